"""Conditions that mean nothing are refused by name."""

import pytest
from kuzet.coverage.conditions import BY_DAY, HEAD_M, LIGHTS, OBSTACLES, Conditions
from kuzet.coverage.errors import InvalidInputError


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"light": "dusk"}, "unknown_light"),
        ({"obstacles": "trees"}, "unknown_obstacles"),
        ({"target_m": -0.1}, "target_height_wrong"),
        ({"target_m": float("nan")}, "target_height_wrong"),
        ({"target_m": float("inf")}, "target_height_wrong"),
    ],
)
def test_wrong_conditions_are_refused(changed, code):
    """A light, an obstacle or a height that is none is told by its code."""
    with pytest.raises(InvalidInputError) as caught:
        Conditions(**changed)
    assert caught.value.code == code


def test_every_known_word_is_taken_and_day_is_meant_where_nothing_is_said():
    """All lights and obstacles work together; silence means day, buildings, a person's head."""
    for light in LIGHTS:
        for obstacles in OBSTACLES:
            assert Conditions(light, obstacles, 0.0).light == light
    assert Conditions() == BY_DAY == Conditions("day", "buildings", HEAD_M)
