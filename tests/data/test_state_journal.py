"""The journal of states: read from files, and written when a register changes."""

from datetime import UTC, datetime

import pandas as pd
import pytest
from kuzet.coverage.errors import InvalidInputError
from kuzet.coverage.schema import CAMERA_STATES, check_frame
from kuzet.data.state_journal import note_changes, put_rows
from kuzet.data.tables import read_states

from .store_samples import make_cameras, make_extract, store

__all__ = ["store"]
AT = datetime(2026, 11, 25, 3, 4, 5, 678_901, tzinfo=UTC)
JOURNAL = (
    "камера;состояние;с\n"
    "c0;не работает;05.06.2026 20:00\n"
    "c0;в реальном времени;06.06.2026\n"
    "c9;не работает;05.06.2026 20:00\n"
    "c1;спит;05.06.2026 20:00\n"
    "c1;архив;\n"
    "c0;архив;05.06.2026 20:00\n"
    ";архив;05.06.2026 20:00\n"
)


def noted(store) -> list[tuple[str, str, str | None]]:
    """Return camera, state and the state before of each row of the journal."""
    journal = store.read_frame("states")
    return list(journal[["camera", "state", "was"]].itertuples(index=False, name=None))


def test_a_journal_is_read_row_by_row():
    """Sound rows are taken; unknown cameras and words, no moment, and one moment twice are refused."""
    intake = read_states(
        JOURNAL.encode("cp1251"), filename="j.csv", cameras={"c0", "c1"}, date_order="day_first"
    )
    assert check_frame(intake.frame, CAMERA_STATES) == []
    assert list(intake.frame["state"]) == ["offline", "live"]
    assert intake.frame["since"].tolist() == [
        datetime(2026, 6, 5, 15, tzinfo=UTC),
        datetime(2026, 6, 5, 19, tzinfo=UTC),
    ]
    rejected = intake.rejected
    assert list(zip(rejected["line"], rejected["column"], rejected["reason"], strict=True)) == [
        (4, "камера", "unknown_camera"),
        (5, "состояние", "unknown_word"),
        (6, "с", "missing"),
        (7, "с", "duplicate"),
        (8, "камера", "missing"),
    ]
    assert intake.rows_in == 7


def test_a_journal_needs_its_three_columns():
    """A file without states or moments is refused whole: neither can be assumed of an event."""
    for text, columns in ((b"camera,since\nc0,2026-06-05\n", "state"), (b"camera,state\nc0,live\n", "since")):
        with pytest.raises(InvalidInputError) as caught:
            read_states(text, filename="j.csv")
        assert caught.value.facts["columns"] == columns


def test_the_first_register_writes_no_row(store):
    """A camera that was not there before has no state that could have changed."""
    store.replace_cameras(make_cameras(4), at=AT)
    assert noted(store) == []


def test_a_changed_state_is_written_with_its_moment(store):
    """Only a camera whose state is another gets a row: what it was, what it is, and when, to the ms."""
    store.replace_cameras(make_cameras(3), at=AT)
    cameras = make_cameras(3)
    cameras.loc[2, "state"] = "offline"
    store.replace_cameras(cameras, at=AT)
    assert noted(store) == [("c2", "offline", "live")]
    assert store.read_frame("states")["since"].tolist() == [AT.replace(microsecond=678_000)]
    assert store.read_frame("cameras")["state"].tolist() == ["live", "live", "offline"]
    store.replace_cameras(cameras, at=datetime(2026, 11, 26, tzinfo=UTC))
    assert len(noted(store)) == 1
    store.replace_cameras(make_cameras(3), at=datetime(2026, 11, 27, tzinfo=UTC))
    assert noted(store) == [("c2", "offline", "live"), ("c2", "live", "offline")]


def test_an_assumption_is_no_event():
    """A state nobody said makes no row, and what replaces it does not say what was before."""
    before, after = make_cameras(3), make_cameras(3)
    after["state"] = ["registered", "offline", "live"]
    after["assumed"] = [["state"], [], []]
    before["assumed"] = [[], ["state"], ["state"]]
    journal = note_changes(pd.DataFrame(), before, after, at=AT)
    assert list(journal[["camera", "state", "was"]].itertuples(index=False, name=None)) == [
        ("c1", "offline", None)
    ]


def test_a_register_keeps_the_journal_of_cameras_that_are_gone(store):
    """Taking a camera out of the register writes no row and takes none away."""
    cameras = make_cameras(2)
    cameras["state"] = ["offline", "archive"]
    store.replace_cameras(cameras, at=AT)
    store.replace_cameras(cameras.iloc[1:], at=datetime(2026, 11, 27, tzinfo=UTC))
    assert noted(store) == [("c0", "offline", "live"), ("c1", "archive", "live")]


def test_a_faulty_register_changes_nothing(store):
    """A register that is refused leaves cameras and journal as they were."""
    cameras = make_cameras(2)
    cameras["state"] = ["offline", "asleep"]
    with pytest.raises(InvalidInputError):
        store.replace_cameras(cameras, at=AT)
    assert noted(store) == []
    assert store.read_frame("cameras")["state"].tolist() == ["live", "live"]
    with pytest.raises(InvalidInputError) as caught:
        store.replace_cameras(make_cameras(2).assign(state="offline"), at=AT.replace(tzinfo=None))
    assert caught.value.code == "time_without_zone"


def test_another_city_has_no_journal(store):
    """The journal of another city's cameras goes with them, unless it is to be kept."""
    store.replace_cameras(make_cameras(2).assign(state="offline"), at=AT)
    store.replace_city(make_extract(), basemap=b"2", keep=["states"])
    assert len(noted(store)) == 2
    store.replace_city(make_extract(), basemap=b"2")
    assert noted(store) == []


def test_rows_take_the_place_of_those_of_the_same_key():
    """A row of the same camera and moment is replaced, others stay before it, and no argument is changed."""
    frame = pd.DataFrame({"camera": ["a", "b", "a"], "since": [1, 1, 2], "state": ["live"] * 3})
    rows = pd.DataFrame({"camera": ["a"], "since": [1], "state": ["offline"]})
    both = put_rows(frame, rows, ["camera", "since"])
    assert both["camera"].tolist() == ["b", "a", "a"]
    assert both["state"].tolist() == ["live", "live", "offline"]
    assert (len(frame), len(rows)) == (3, 1)
