"""Runs: their ids, and what differs between two."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from kuzet.data.runs import list_differences, make_run, run_identifier, to_json

QUESTION = {
    "inputs": {"cameras": "aa", "streets": "bb"},
    "parameters": {"ladder": "2014", "count": 5},
    "seed": 0,
    "version": "0.1.0",
}
NOON = datetime(2026, 6, 5, 12, tzinfo=timezone(timedelta(hours=5)))


def test_same_question_same_id():
    """The id depends on the question only: not on the order of names, the clock or numpy's types."""
    turned = QUESTION | {
        "inputs": {"streets": "bb", "cameras": "aa"},
        "parameters": {"count": np.int64(5), "ladder": "2014"},
    }
    first = make_run("sites", **QUESTION, created_at=NOON)
    second = make_run("sites", **turned, created_at=NOON + timedelta(days=1), summary={"gain": 3})
    assert first.run_id == second.run_id == run_identifier("sites", **QUESTION)
    assert len(first.run_id) == 16
    assert int(first.run_id, 16) >= 0
    assert first.created_at == NOON
    assert first.created_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"seed": 1}, ["seed"]),
        ({"version": "0.2.0"}, ["version"]),
        ({"inputs": {"cameras": "cc", "streets": "bb"}}, ["inputs.cameras"]),
        (
            {"parameters": {"ladder": "2025", "area": None, "count": 5}},
            ["parameters.area", "parameters.ladder"],
        ),
    ],
)
def test_any_change_gives_another_id(change, named):
    """Whatever changes in the question changes the id, and is named."""
    first = make_run("sites", **QUESTION, created_at=NOON)
    second = make_run("sites", **QUESTION | change, created_at=NOON)
    assert first.run_id != second.run_id
    assert list_differences(first, second) == named
    assert list_differences(first, first) == []


def test_kind_is_part_of_the_question():
    """Two kinds of the same question have different ids."""
    assert run_identifier("sites", **QUESTION) != run_identifier("coverage", **QUESTION)


def test_what_cannot_be_a_run_is_refused():
    """An unknown kind, a time without a zone and a parameter without a plain form are refused."""
    with pytest.raises(ValueError, match="kind"):
        make_run("guess", **QUESTION, created_at=NOON)
    with pytest.raises(TypeError):
        to_json({"when": datetime(2026, 1, 1)})
    with pytest.raises(TypeError):
        to_json({"what": object()})
    with pytest.raises(ValueError, match="JSON"):
        to_json({"share": float("nan")})
