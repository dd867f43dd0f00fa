"""Figures of the sample city against adding up, in plain Python, what each camera sees."""

from collections import defaultdict
from itertools import pairwise

import geopandas as gpd
import pandas as pd
import pytest
from kuzet.coverage.cover import measure_coverage
from kuzet.coverage.optics import LADDERS
from kuzet.coverage.results import LEVELS
from kuzet.coverage.schema import STATES

OBSERVE = list(LADDERS["2014"]).index("observe")


def add_up(coverage, cameras):
    """Return the metres seen by some cameras (low, mid, high), street by street and piece by piece."""
    seen = defaultdict(list)
    for row in coverage.stretches.itertuples():
        if row.quality == OBSERVE and row.camera in cameras:
            seen[row.way].append((row.from_m, row.to_m, row.probability))
    metres = dict.fromkeys(LEVELS, 0.0)
    for stretches in seen.values():
        cuts = sorted({end for start, stop, _ in stretches for end in (start, stop)})
        for start, stop in pairwise(cuts):
            missed, sure = 1.0, False
            here = [p for a, b, p in stretches if a <= start and b >= stop]
            for chance in here:
                missed *= 1 - chance
                sure |= chance > 1 - 1e-9
            metres["low"] += (stop - start) * sure
            metres["mid"] += (stop - start) * (1 - missed)
            metres["high"] += (stop - start) * bool(here)
    return metres


def of_state(cameras, state):
    """Return the rows of the cameras of a state."""
    return set(cameras.reset_index(drop=True).index[cameras["state"] == state])


def test_every_state_is_the_sum_of_its_own_cameras(sample_analysis):
    """Live, archive, registered and offline metres are what their cameras see, each state alone."""
    city = sample_analysis
    for state in STATES:
        expected = add_up(city.coverage, of_state(city.cameras, state))
        assert city.coverage.seen_m[state] == pytest.approx(expected, abs=0.1)
        assert expected["high"] > 100


def test_a_tenth_offline_moves_only_live_and_offline(sample_analysis):
    """Every tenth live camera goes offline: both figures move by what those saw, no other does."""
    city = sample_analysis
    failed = city.cameras[city.cameras["state"] == "live"].index[::10]
    cameras = city.cameras.copy()
    cameras.loc[failed, "state"] = "offline"
    after = measure_coverage(city.streets, city.buildings, cameras)
    for state in ("archive", "registered"):
        assert after.seen_m[state] == city.coverage.seen_m[state]
        assert after.cameras_by_state[state] == city.coverage.cameras_by_state[state]
    for state in ("live", "offline"):
        expected = add_up(city.coverage, of_state(cameras, state))
        assert after.seen_m[state] == pytest.approx(expected, abs=0.1)
    assert after.seen_m["live"]["high"] < city.coverage.seen_m["live"]["high"]
    assert after.seen_m["offline"]["high"] > city.coverage.seen_m["offline"]["high"]
    assert after.network_m == city.coverage.network_m


def test_a_duplicate_of_a_camera_adds_no_metre(sample_analysis):
    """Sixty cameras, all known, hung a second time: not a metre more is seen; what was once is twice."""
    city = sample_analysis
    mine = city.cameras.iloc[:60].reset_index(drop=True)
    mine = mine.assign(
        kind="fixed", heading_deg=[37.0 * n % 360 for n in range(60)], hfov_deg=67.743, pixels_across=1920.0,
        height_m=4.0, tilt_deg=15.0,
    )  # fmt: skip
    both = pd.concat([mine, mine.assign(id=mine["id"].astype(str) + " again")], ignore_index=True)
    once = measure_coverage(city.streets, city.buildings, mine)
    twice = measure_coverage(city.streets, city.buildings, gpd.GeoDataFrame(both, crs=mine.crs))
    assert once.seen_m["live"]["low"] == pytest.approx(once.seen_m["live"]["high"])
    assert once.seen_m["live"]["low"] > 100
    for state in STATES:
        assert twice.seen_m[state] == pytest.approx(once.seen_m[state], abs=1e-6)
    low = twice.times.query("level == 'low' and times == '1'")
    assert low["metres"].sum() == pytest.approx(0, abs=1e-6)


def test_how_often_adds_up_to_the_network(sample_analysis):
    """0x + 1x + 2x + 3x+ is the network, in every state and level."""
    coverage = sample_analysis.coverage
    for _, metres in coverage.times.groupby(["state", "level"])["metres"]:
        assert metres.sum() == pytest.approx(coverage.network_m, rel=1e-9)
