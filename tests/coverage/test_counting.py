"""Counting at night: streets lit, unlit and unknown, one camera and many."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage.counting import count_ways, figure_names
from kuzet.coverage.results import LEVELS, TIMES
from kuzet.coverage.schema import STATES

CLASSES = ["coarse", "fine"]


def count(rows, lit, *, night=True):
    """Count ways of 10 m from rows of (camera's state, way, from, to, class, probability, in the dark)."""
    columns = ["state", "way", "from_m", "to_m", "quality", "probability", "dark_probability"]
    kinds = dict.fromkeys(("state", "way", "quality"), int)
    table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns, float) | kinds)
    table["panning"] = False
    table = table if night else table.drop(columns="dark_probability")
    lit = np.asarray(lit, dtype=float)
    pieces, figures = count_ways(table, np.full(len(lit), 10.0), lit, classes=CLASSES, seen_at="fine")
    return pieces, dict(zip(figure_names(CLASSES), figures, strict=True))


def test_an_unlit_street_is_seen_as_in_the_dark():
    """Lit: seen; unlit and no infrared: 0; not known: between 0 and all, half of it expected."""
    rows = [(0, way, 0.0, 10.0, 1, 1.0, 0.0) for way in range(3)]
    pieces, figures = count(rows, [1.0, 0.0, 0.5])
    assert pieces["live_low"].tolist() == [1, 0, 0]
    assert pieces["live_mid"].tolist() == [1.0, 0.0, 0.5]
    assert pieces["live_high"].tolist() == [1, 0, 1]
    assert [figures[f"live {level} 1"] for level in LEVELS] == [10.0, 15.0, 20.0]
    assert [figures[f"live {level} fine"] for level in LEVELS] == [10.0, 15.0, 20.0]


def test_twice_seen_where_it_is_lit_is_once_where_it_is_not():
    """Two cameras, one with infrared: half the time of a half-lit street both see it, half the time one."""
    rows = [(0, 0, 0.0, 10.0, 1, 1.0, 1.0), (0, 0, 0.0, 10.0, 1, 1.0, 0.0)]
    _, figures = count(rows, [0.5])
    assert [figures[f"live mid {times}"] for times in TIMES] == pytest.approx([0, 5, 5, 0])
    assert figures["live low 1"] == figures["live high 2"] == 10


chances = st.floats(0.01, 1)
rows_of = st.lists(
    st.tuples(
        st.integers(0, 3), st.integers(0, 2), st.integers(0, 8), st.integers(1, 4), st.integers(0, 1),
        chances,
        st.sampled_from([0.0, 0.5, 1.0]),
    ),
    max_size=12,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(rows_of, st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=3, max_size=3))
def test_night_is_never_more_than_day(rows, lit):
    """On every piece and in every figure of what is seen, night is at most day; all adds up to the street."""
    rows = [(s, w, float(a), min(float(a + d), 10.0), q, p, p * share) for s, w, a, d, q, p, share in rows]
    day, by_day = count(rows, lit, night=False)
    dark, by_night = count(rows, lit)
    for state in STATES:
        for level in LEVELS:
            assert (dark[f"{state}_{level}"] <= day[f"{state}_{level}"] + 1e-9).all()
            assert by_night[f"{state} {level} fine"] <= by_day[f"{state} {level} fine"] + 1e-9
            assert sum(by_night[f"{state} {level} {times}"] for times in TIMES) == pytest.approx(30)
            seen = 30 - by_night[f"{state} {level} 0"]
            assert seen == pytest.approx(by_night[f"{state} {level} fine"], abs=1e-6)
        assert (dark[f"{state}_low"] <= dark[f"{state}_high"]).all()
        assert (dark[f"{state}_mid"] <= (dark[f"{state}_high"] > 0) + 1e-9).all()
