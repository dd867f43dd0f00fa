"""A height that is not known gives an interval: both answers, and their mean."""

import numpy as np
import pytest
from kuzet.coverage.conditions import Conditions
from kuzet.coverage.eyes import Eye, possible_eyes
from kuzet.coverage.results import LEVELS
from shapely import box

from .scene import EVERYTHING, all_round, barriers, fixed, houses, measure, streets

ROADS = streets([(-40, 0), (60, 0)], [(20, -40), (20, 50)])
WALL = barriers([(8, -40), (8, 40)], [(-15, -5), (-5, 12)], height_m=[2.5, 3.5])
LEAFLESS = Conditions(obstacles="leaf_off")


def pieces_of(coverage):
    """Return the three answers at places along each way."""
    metres = np.arange(0.13, 99, 0.5)
    out = []
    for way, length in enumerate(coverage.ways["length_m"]):
        mine = coverage.pieces[coverage.pieces["way"] == way]
        row = np.searchsorted(mine["from_m"].to_numpy(), metres[metres < length], side="right") - 1
        out.append(mine[[f"live_{level}" for level in LEVELS]].to_numpy(dtype=float)[row])
    return np.concatenate(out)


CAMERAS = [
    fixed((0, 0), 80.0, tilt_deg=20.0, pixels_across=EVERYTHING),
    fixed((0, 4), 120.0, tilt_deg=-5.0, pixels_across=EVERYTHING, kind="dome"),
    fixed((0, 4), 250.0, tilt_deg=12.0, pixels_across=EVERYTHING, kind="anpr"),
    all_round((1, 2), np.nan),
]


@pytest.mark.parametrize("row", CAMERAS, ids=lambda row: f"{row['kind']} {row.get('heading_deg', '')}")
@pytest.mark.parametrize("light", ["day", "night"])
def test_an_unknown_height_is_both_heights(row, light):
    """Low is what is seen from either height, high from any, mid the mean, place by place."""
    low, high = (4.0, 6.0) if row["kind"] == "anpr" else (3.0, 6.0)
    conditions = Conditions(light, "leaf_off")
    one, other, unknown = (
        pieces_of(
            measure(ROADS, [row | {"height_m": h, "ir_range_m": 35.0}], barriers=WALL, conditions=conditions)
        )
        for h in (low, high, np.nan)
    )
    assert (one != other).any()
    assert np.array_equal(unknown[:, 0], np.minimum(one, other)[:, 0])
    assert np.array_equal(unknown[:, 2], np.maximum(one, other)[:, 2])
    assert np.allclose(unknown[:, 1], (one + other)[:, 1] / 2, atol=1e-12)


def test_a_panning_camera_of_unknown_height_is_the_mean_too():
    """Where the heading is shared in time as well, mid is the mean of both heights' mids."""
    row = fixed((0, 0), np.nan, kind="panning", hfov_deg=60.0, tilt_deg=10.0, pixels_across=8000.0)
    walls = barriers([(8, -40), (8, 40)], [(-8, -40), (-8, 40)], height_m=4.5)
    one, other, unknown = (
        measure(ROADS, [row | {"height_m": h}], barriers=walls, conditions=LEAFLESS).seen_m["live"]
        for h in (5.0, 8.0, np.nan)
    )
    assert one["mid"] != pytest.approx(other["mid"], rel=0.01)
    assert unknown["mid"] == pytest.approx((one["mid"] + other["mid"]) / 2, rel=0.01)
    assert unknown["high"] == pytest.approx(max(one["high"], other["high"]), rel=0.05)
    assert unknown["low"] == 0


HOUSE = box(8, -30, 12, 30)


def test_over_a_house_of_assumed_height_one_sees_perhaps():
    """From 12 m, a house that may be 8 m hides all behind it in low, what 8 m hide in high, half in mid."""
    row = all_round((0, 0), 12.0)
    unknown, walled, eight = (
        pieces_of(measure(ROADS, [row], houses(HOUSE, height_m=height))) for height in (np.nan, 1000.0, 8.0)
    )
    assert (walled[:, 1] < eight[:, 1]).any()
    assert np.array_equal(unknown[:, 0], walled[:, 0])
    assert np.array_equal(unknown[:, 2], eight[:, 2])
    assert np.allclose(unknown[:, 1], (walled[:, 1] + eight[:, 1]) / 2)


def test_a_known_height_leaves_no_interval():
    """8 m on record: low, mid and high agree everywhere; the same 8 m marked as assumed do not."""
    row = all_round((0, 0), 12.0)
    known = pieces_of(measure(ROADS, [row], houses(HOUSE, height_m=8.0)))
    assert np.array_equal(known[:, 0], known[:, 2])
    assert np.allclose(known[:, 1], known[:, 0])
    marked = pieces_of(measure(ROADS, [row], houses(HOUSE, height_m=8.0, assumed=[["height_m"]])))
    assert (marked[:, 0] < marked[:, 2]).any()


def test_below_an_assumed_roof_there_is_no_doubt():
    """A camera no higher than the assumed roof sees nothing behind the house, whatever its height is."""
    row = all_round((0, 0), 7.9)
    seen = pieces_of(measure(ROADS, [row], houses(HOUSE)))
    assert np.array_equal(seen[:, 0], seen[:, 2])


@pytest.mark.parametrize(
    ("camera", "eyes"),
    [
        ({"height_m": 4.0}, [(4.0, True, 1)]),
        ({"height_m": 8.0}, [(8.0, True, 1)]),
        ({"height_m": 9.0, "kind": "dome"}, [(9.0, False, 0.5), (9.0, True, 0.5)]),
        ({}, [(3.0, True, 0.5), (6.0, True, 0.5)]),
        ({"height_m": np.nan, "kind": "panning"}, [(5.0, True, 0.5), (8.0, True, 0.5)]),
        ({"height_m": None, "kind": None}, [(3.0, True, 0.5), (6.0, True, 0.5)]),
    ],
)
def test_the_heights_a_camera_may_hang_at(camera, eyes):
    """Known: one; above roofs of assumed height: two answers; unknown: the usual ones of its kind."""
    assert possible_eyes(camera) == tuple(Eye(*eye) for eye in eyes)
