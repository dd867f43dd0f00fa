"""At night only what a lamp or the camera's own infrared lights up is seen."""

import numpy as np
import pytest
from kuzet.coverage.conditions import Conditions
from kuzet.coverage.results import LEVELS
from shapely import box

from .scene import all_round, fixed, houses, measure, seen_parts, streets

NIGHT = Conditions(light="night")
LINES = ([(0, 0), (100, 0)], [(20, -40), (20, 40)])
FAR = {"pixels_across": 8000.0}


def road(lit):
    """Return one street of 100 m."""
    return streets(LINES[0], lit=lit)


def random_rows(seed):
    """Return cameras of all kinds, known and unknown."""
    random = np.random.default_rng(seed)
    rows = []
    for n in range(8):
        known = random.random(6) < 0.6
        kind = random.choice(["fixed", "dome", "panning", "panorama"])
        rows.append(
            {
                "id": f"c{n}", "state": "offline" if n % 4 == 0 else "live", "kind": kind,
                "heading_deg": random.uniform(0, 360) if known[0] else np.nan,
                "pixels_across": 2560.0 if known[1] else np.nan,
                "height_m": random.uniform(2.5, 12) if known[2] else np.nan,
                "tilt_deg": random.uniform(0, 30) if known[3] else np.nan,
                "focal_mm": 4.0 if known[4] else np.nan,
                "ir_range_m": random.choice([0.0, 20.0, 45.0]) if known[5] else np.nan,
            }
            | {"geometry": all_round(random.uniform(-10, 40, 2), 1.0)["geometry"]}
        )  # fmt: skip
    return rows


@pytest.mark.parametrize("seed", range(6))
def test_night_is_never_more_than_day(seed):
    """At each place, in each state and level, and in every figure."""
    roads = streets(*LINES, [(0, 10), (60, 30)], lit=[True, False, None])
    shapes = houses(box(5, 3, 15, 8), box(30, -20, 34, -2), height_m=[5.0, np.nan])
    day, night = (measure(roads, random_rows(seed), shapes, conditions=c) for c in (Conditions(), NIGHT))
    for way, length in enumerate(day.ways["length_m"]):
        at = np.arange(0.11, length, 0.7)
        for state in ("live", "offline"):
            for level in LEVELS:
                told = []
                for coverage in (day, night):
                    mine = coverage.pieces[coverage.pieces["way"] == way]
                    row = np.searchsorted(mine["from_m"].to_numpy(), at, side="right") - 1
                    told.append(mine[f"{state}_{level}"].to_numpy(dtype=float)[row])
                assert (told[1] <= told[0] + 1e-12).all()
    both = day.by_quality.merge(night.by_quality, on=["state", "level", "quality"])
    assert (both["seen_m_y"] <= both["seen_m_x"] + 1e-9).all()
    assert 0 < night.seen_m["live"]["mid"] < day.seen_m["live"]["mid"]


def test_without_lamp_and_infrared_nothing_is_seen():
    """0 m in low, mid and high, and in every class; on a lit street it is as by day."""
    row = fixed((0, 0), 90.0, ir_range_m=0.0, **FAR)
    dark = measure(road(False), [row], conditions=NIGHT)
    assert dark.seen_m["live"] == dict.fromkeys(LEVELS, 0)
    assert (dark.by_quality["seen_m"] == 0).all()
    lit, day = measure(road(True), [row], conditions=NIGHT), measure(road(True), [row])
    assert lit.seen_m == day.seen_m
    assert day.seen_m["live"]["low"] > 80


@pytest.mark.parametrize("row", [fixed((0, 0), 90.0, **FAR), all_round((0, 3), 4.0)])
def test_infrared_reaches_as_far_as_it_reaches(row):
    """On an unlit street, 30 m of infrared show 30 m, measured from the camera."""
    edge = (30**2 - row["geometry"].y ** 2) ** 0.5
    dark = measure(road(False), [row | {"ir_range_m": 30.0}], conditions=NIGHT)
    for column in ("live_low", "live_high"):
        assert seen_parts(dark, column) == [(0, pytest.approx(0, abs=1e-6), pytest.approx(edge, abs=1e-6))]


def test_infrared_that_is_not_known():
    """Low is none, high what 30 m show, mid half of it."""
    row = fixed((0, 0), 90.0, **FAR)
    unknown = measure(road(False), [row], conditions=NIGHT).seen_m["live"]
    assert unknown == pytest.approx({"low": 0, "mid": 15, "high": 30})


def test_lamps_that_are_not_known_are_the_mean_of_both_answers():
    """Low as unlit, high as lit, mid their mean: for one camera, and for two that share their fate."""
    one = fixed((0, 0), 90.0, id="a", ir_range_m=20.0, **FAR)
    two = fixed((0, 0), 90.0, id="b", ir_range_m=0.0, **FAR)
    for rows in ([one], [two], [one, two], [two, two | {"id": "c"}], [one, fixed((50, 0), np.nan, id="d")]):
        lit, unlit, unknown = (
            measure(road(known), rows, conditions=NIGHT).seen_m["live"] for known in (True, False, None)
        )
        assert unknown["mid"] == pytest.approx((lit["mid"] + unlit["mid"]) / 2, abs=1e-9)
        assert unknown["low"] == pytest.approx(unlit["low"])
        assert unknown["high"] == pytest.approx(lit["high"])


def test_two_cameras_under_a_doubtful_lamp_are_dark_together():
    """Two cameras without infrared see half of the street in the mean, not 1 - 1/4 of it."""
    rows = [fixed((0, 0), 90.0, id=name, ir_range_m=0.0, **FAR) for name in "ab"]
    night = measure(road(None), rows, conditions=NIGHT)
    day = measure(road(None), rows)
    assert night.seen_m["live"]["mid"] == pytest.approx(day.seen_m["live"]["low"] / 2)
    times = night.times.query("state == 'live' and level == 'mid'").set_index("times")["metres"]
    assert times["2"] == pytest.approx(day.seen_m["live"]["low"] / 2)
    assert times["1"] == pytest.approx(0, abs=1e-9)


def test_figures_at_night_add_up_to_the_network():
    """0x + 1x + 2x + 3x+ are the network, in each state and level, at night too."""
    roads = streets(*LINES, lit=[None, False])
    night = measure(roads, random_rows(3), conditions=NIGHT)
    for _, metres in night.times.groupby(["state", "level"])["metres"]:
        assert metres.sum() == pytest.approx(night.network_m)
