"""In which state a camera was: by its journal, by what the journal says was before, else by the register."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage.journal import states_at
from kuzet.coverage.schema import STATES

DAY = datetime(2026, 11, 25, tzinfo=UTC)
NAMES = ("a", "b", "c")
minutes = st.integers(0, 12)
lines = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(STATES), minutes, st.sampled_from([*STATES, None])),
    max_size=12,
    unique_by=lambda line: (line[0], line[2]),
)
questions = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(STATES), minutes), max_size=12)


def at(minute: int) -> datetime:
    """Return a moment of the day."""
    return DAY + timedelta(minutes=minute)


def journal_of(rows: list[tuple[str, str, int, str | None]]) -> pd.DataFrame:
    """Return lines as the journal's frame."""
    frame = pd.DataFrame(rows, columns=["camera", "state", "since", "was"]).astype({"was": object})
    return frame.assign(since=pd.to_datetime([at(minute) for minute in frame["since"]], utc=True))


def ask(journal: pd.DataFrame | None, rows: list[tuple[str, str, int]]) -> list[tuple[str, bool]]:
    """Return state and whether it is known, for each camera, its state now, and minute."""
    cameras = np.array([row[0] for row in rows], dtype=object)
    now = np.array([row[1] for row in rows], dtype=object)
    moments = pd.DatetimeIndex(pd.to_datetime([at(row[2]) for row in rows], utc=True))
    state, known = states_at(journal, cameras, now, moments)
    return list(zip(state.tolist(), known.tolist(), strict=True))


def read_line_by_line(
    journal: list[tuple[str, str, int, str | None]], camera: str, now: str, minute: int
) -> tuple[str, bool]:
    """Say what a person would who reads the journal with a finger."""
    mine = sorted((line for line in journal if line[0] == camera), key=lambda line: line[2])
    before = [line for line in mine if line[2] <= minute]
    if before:
        return before[-1][1], True
    if mine and mine[0][3] is not None:
        return mine[0][3], True
    return now, False


@settings(deadline=None, max_examples=60)
@given(lines, questions)
def test_states_are_those_of_a_person_who_reads_the_journal(
    journal: list[tuple[str, str, int, str | None]], rows: list[tuple[str, str, int]]
) -> None:
    """For any journal in any order and any times, the state is that of reading it line by line."""
    expected = [read_line_by_line(journal, *row) for row in rows]
    assert ask(journal_of(journal), rows) == expected
    without = [(*line[:3], None) for line in journal]
    told = ask(journal_of(without).drop(columns="was").astype({"camera": "str"}), rows)
    assert told == [read_line_by_line(without, *row) for row in rows]


def test_before_its_first_line_a_camera_is_what_it_was() -> None:
    """A line at noon that says `was live` tells the morning too; one that does not leaves it unknown."""
    journal = journal_of([("a", "offline", 6, "live"), ("b", "offline", 6, None)])
    asked = [("a", "offline", 5), ("a", "offline", 6), ("b", "archive", 5), ("c", "live", 9)]
    assert ask(journal, asked) == [("live", True), ("offline", True), ("archive", False), ("live", False)]


def test_without_a_journal_the_register_holds() -> None:
    """No journal, and one without lines, leave every state as the register has it, and unknown then."""
    for journal in (None, journal_of([])):
        assert ask(journal, [("a", "live", 3), ("b", "offline", 4)]) == [("live", False), ("offline", False)]
