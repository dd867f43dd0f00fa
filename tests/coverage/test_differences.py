"""Two coverages compared: signed, exact, and the same as counting metre by metre."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from kuzet.coverage.cover import measure_coverage
from kuzet.coverage.differences import COUNTS, compare_coverage
from kuzet.coverage.errors import InvalidInputError
from kuzet.coverage.results import LEVELS
from kuzet.coverage.risk import measure_risk
from kuzet.coverage.scenarios import Change, apply_changes
from kuzet.coverage.schema import STATES
from kuzet.coverage.streets import ways_of_frame
from kuzet.coverage.update import update_coverage
from pandas.testing import assert_frame_equal

SIGNED = ("change_m", "risk_change")
EXCHANGED = {
    "before_m": "after_m",
    "gained_m": "lost_m",
    "risk_gained": "risk_lost",
    "risk_before": "risk_after",
}
EXCHANGED |= {its: mine for mine, its in EXCHANGED.items()}
OTHER_WAY = {"gone": "new", "new": "gone", "larger": "smaller", "smaller": "larger", "moved": "moved"}

places = st.tuples(st.floats(-40, 240), st.floats(-40, 140))
headings = st.floats(0, 360)
states = st.sampled_from(STATES)
added = st.builds(
    lambda place, heading, state: Change("add", place=place, heading_deg=heading, state=state),
    places,
    headings,
    states,
)
changed = st.one_of(
    added,
    st.builds(lambda place: Change("move", "east", place), places),
    st.builds(lambda heading: Change("turn", "east", heading_deg=heading), headings),
    st.builds(lambda state: Change("set", "east", state=state), states),
)
scenarios = st.lists(changed, max_size=2)


@pytest.fixture(scope="module")
def measured(town):
    """Return the tiny town measured, and its risk."""
    coverage = measure_coverage(town.streets, town.buildings, town.cameras)
    return coverage, measure_risk(town.incidents, ways_of_frame(coverage.ways))


def measure(town, coverage, changes):
    """Return the coverage of the town after some changes."""
    return update_coverage(coverage, town.buildings, apply_changes(town.cameras, changes))


def exchange(table):
    """Return a table of a difference as it must be with the two exchanged."""
    out = table.rename(columns=EXCHANGED)[list(table.columns)].copy()
    for name in set(SIGNED) & set(out.columns):
        # no zero with a sign
        out[name] = 0.0 - out[name]
    if "change" in out:
        out["change"] = pd.Series([OTHER_WAY[word] for word in out["change"]], dtype=object)
    return out


@settings(max_examples=15)
@given(first=scenarios, second=scenarios)
def test_a_difference_exchanged_is_its_opposite(town, measured, first, second):
    """diff(A, B) = -diff(B, A), bit for bit: every segment, every sum, every blind spot."""
    coverage, risk = measured
    one, other = measure(town, coverage, first), measure(town, coverage, second)
    there, back = compare_coverage(one, other, risk), compare_coverage(other, one, risk)
    where = ["way", "from_m", "to_m", "length_m", "risk"]
    assert_frame_equal(there.segments[where], back.segments[where], check_exact=True)
    for name in COUNTS:
        assert (there.segments[name].to_numpy() == -back.segments[name].to_numpy()).all()
    for table in ("metres", "by_class", "spots"):
        assert_frame_equal(
            exchange(getattr(there, table)), getattr(back, table), check_exact=True, check_dtype=False
        )
    assert there.blind_m == back.blind_m[::-1]


@settings(max_examples=8)
@given(changes=scenarios)
@example(changes=[Change("set", "east", state="archive"), Change("move", "east", (5e-7, 0.0))])
def test_a_difference_is_what_a_walk_along_the_streets_finds(town, measured, changes):
    """Step by step: the segment there says how much more is seen, and none says that nothing changed."""
    before, risk = measured
    after = measure(town, before, changes)
    found = compare_coverage(before, after, risk)
    for way, length in enumerate(before.ways["length_m"]):
        at = np.arange(0.1, length, 0.7)
        was, now = (_values_on(one.pieces, way, at) for one in (before, after))
        assert (_values_on(found.segments, way, at) == now - was).all()
    for row in found.metres.itertuples():
        assert row.gained_m - row.lost_m == pytest.approx(row.after_m - row.before_m, abs=1e-4)
    lost, won = (found.spots[name].sum() for name in ("before_m", "after_m"))
    assert won - lost == pytest.approx(found.blind_m[1] - found.blind_m[0], abs=1e-4)


def _values_on(pieces, way, at):
    """Return what is said of places of a way; 0 where nothing is."""
    out = np.zeros((len(at), len(COUNTS)))
    for row in pieces[pieces["way"] == way].to_dict("records"):
        out[(row["from_m"] <= at) & (row["to_m"] > at)] = [row[name] for name in COUNTS]
    return out


def test_nothing_changed_is_no_difference(measured):
    """A coverage compared with itself has no segment, no spot and no metre of change."""
    coverage, risk = measured
    found = compare_coverage(coverage, coverage, risk)
    assert (len(found.segments), len(found.spots), len(found.by_class)) == (0, 0, 0)
    assert (found.metres[["gained_m", "lost_m", "change_m"]] == 0).all(axis=None)
    assert len(found.draw_segments(risk)) == len(found.draw_spots(risk)) == 0


def test_a_camera_taken_down_leaves_blind_spots(town, measured):
    """Without its only camera all the town saw is lost, and what was seen is part of blind spots now."""
    before, risk = measured
    found = compare_coverage(before, measure(town, before, [Change("remove", "east")]), risk)
    rows = found.metres.set_index(["state", "level"])
    for level in LEVELS:
        row = rows.loc[("live", level)]
        assert (row["lost_m"], row["gained_m"], row["after_m"]) == (pytest.approx(row["before_m"]), 0, 0)
    assert (found.segments["live_high"] <= 0).all()
    assert set(found.spots["change"]) <= {"new", "larger"}
    drawn = found.draw_segments(risk)
    assert drawn.length.sum() == pytest.approx(found.segments["length_m"].sum())
    assert isinstance(drawn, gpd.GeoDataFrame)


def test_risk_is_gained_where_incidents_are_newly_seen(town, measured):
    """A camera that looks at the place of a theft gains its weight, and the spot of its street is smaller."""
    before, risk = measured
    changes = [Change("add", place=(100.0, 95.0), heading_deg=180.0)]
    found = compare_coverage(before, measure(town, before, changes), risk)
    row = found.metres.set_index(["state", "level"]).loc[("live", "high")]
    assert row["risk_gained"] == pytest.approx(0.41, abs=0.01)
    assert row["risk_lost"] == 0
    assert "Cross Street" in set(found.spots["name"])


def test_other_questions_are_not_compared(town, measured):
    """Coverages of different ladders are refused."""
    before, risk = measured
    other = measure_coverage(town.streets, town.buildings, town.cameras, ladder="2025", seen_at=None)
    with pytest.raises(InvalidInputError, match="not_comparable"):
        compare_coverage(before, other, risk)
