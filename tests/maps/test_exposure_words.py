"""What is said of a patrol's worth agrees with its figures."""

import pandas as pd
import pytest
from kuzet.coverage.exposure import Exposure
from kuzet.maps.exposure_words import promise_sentence, saved_sentence


def found(blind: float, joint: float, low: float, high: float) -> Exposure:
    """Return a comparison of two plans by the minutes that nobody watches."""
    away = {"difference": blind - joint, "difference_low": low * blind, "difference_high": high * blind}
    share = {"relative": (blind - joint) / blind, "relative_low": low, "relative_high": high}
    own = {name: 0.0 for name in (*away, *share)}
    rows = [
        {"plan": plan, "measure": measure, "value": value, "low": 0.0, "high": 0.0, **more}
        for plan, minutes, more in (("camera_blind", blind, away | share), ("joint", joint, own))
        for measure, value in (("nobody_min", minutes), ("unit_min", 480.0 - minutes), ("camera_min", 0.0))
    ]
    planned = pd.DataFrame({"plan": ["camera_blind", "joint"]})
    return Exposure(pd.DataFrame(rows), planned, "joint", {"camera_share": 0.054, "shift_min": 480.0})


@pytest.mark.parametrize(
    ("blind", "joint", "low", "high", "said"),
    [
        (200.0, 150.0, 0.20, 0.30, "leaves 25.00% fewer risk-weighted minutes unwatched"),
        (200.0, 202.0, -0.03, 0.01, "leaves 1.00% more risk-weighted minutes unwatched"),
    ],
)
def test_fewer_and_more_are_told_apart(blind, joint, low, high, said):
    """A joint plan that leaves more minutes unwatched than the blind one is said to leave more."""
    assert said in saved_sentence(found(blind, joint, low, high), "en")


def test_an_interval_that_holds_nothing_is_said():
    """Where 0 lies within the interval no difference is claimed; where it does not, nothing is added."""
    assert "holds 0" in saved_sentence(found(200.0, 199.0, -0.02, 0.03), "en")
    assert "holds 0" in saved_sentence(found(200.0, 202.0, -0.03, 0.01), "en")
    assert "holds 0" not in saved_sentence(found(200.0, 150.0, 0.2, 0.3), "en")
    assert "holds 0" not in saved_sentence(found(200.0, 230.0, -0.2, -0.1), "en")


@pytest.mark.parametrize(
    ("joint", "other", "said"),
    [
        (0.95, 0.99, ("at 95.0% of the incidents",)),
        (0.80, 0.93, ("at 80.0%", "it is by “driving about at random”: 93.0%")),
        (0.80, 0.83, ("at 80.0%", "not kept by any of these plans; the most is 83.0%")),
    ],
)
def test_a_promise_that_cannot_be_kept_is_said(joint, other, said):
    """Nine of ten in time: kept, kept by another plan alone, or by none, with the most there is."""
    before = found(200.0, 150.0, 0.2, 0.3)
    assert promise_sentence(before, "en") == ""
    rows = [
        {"plan": plan, "measure": "promise_share", "value": value, "low": value - 0.01, "high": value + 0.01}
        for plan, value in (("joint", joint), ("random", other))
    ]
    rows.append({"plan": "joint", "measure": "response_p90_s", "value": 330.0})
    told = promise_sentence(_with(before, rows), "en")
    assert all(part in told for part in said)
    assert "within 5 min" in told
    assert "5.5 min" in told
    assert ("not kept" in told) == (joint < 0.9)


def _with(before: Exposure, rows: list[dict[str, object]]) -> Exposure:
    minutes = (("nobody_min", 480.0), ("unit_min", 0.0), ("camera_min", 0.0))
    random = [{"plan": "random", "measure": name, "value": value} for name, value in minutes]
    whole = pd.concat([before.figures, pd.DataFrame([*rows, *random])], ignore_index=True)
    return Exposure(whole, before.planned, "joint", before.settings | {"promise_s": 300.0})
