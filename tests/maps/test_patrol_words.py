"""What a plan can hold is said in all three languages."""

import pytest
from kuzet.coverage.feasibility import REASONS
from kuzet.maps.patrol_words import say_statements
from kuzet.maps.text import LANGUAGES

CAN = {
    "code": "can_hold", "units": 2, "most": 12, "dwell_minutes": 15.0, "travel_minutes": 5.0,
    "gap_minutes": 120.0, "stops": 17, "left_out": 5,
}  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_statement_has_its_sentence(lang):
    """Two cars hold at most 12 stops, 5 are left out; each reason has words and none shows its code."""
    said = [CAN, {"code": "gap_missed", "stop": "stop-1", "near": None, "minutes": 7}]
    said += [{"code": "stop_left_out", "stop": "s", "near": "Абай", "reason": reason} for reason in REASONS]
    said += [{"code": "duty_missed", "stop": "d", "near": "x", "reason": "window"}]
    said += [{"code": "break_missed", "unit": "car-1"}]
    said += [{"code": "off_road", "stop": "d", "near": "x", "metres": 90}]
    sentences = say_statements(said, lang)
    assert len(sentences) == len(said)
    assert all(number in sentences[0] for number in ("2", "12", "15", "120", "17", "5"))
    assert not any(reason in " ".join(sentences) for reason in ("no_time", "too_far", "unreachable"))
