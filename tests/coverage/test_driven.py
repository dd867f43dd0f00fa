"""Planned against driven: minutes at stops and streets, from tracks with noise, jumps and gaps."""

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from kuzet.coverage.driven import measure_driven
from kuzet.coverage.errors import InvalidInputError
from kuzet.coverage.streets import physical_ways

START = pd.Timestamp("2026-01-16T16:00", tz="UTC")


@pytest.fixture(scope="module")
def shift(town):
    """Return a plan with two stops on the tiny town's avenue, 150 m apart, and its ways."""
    stops = gpd.GeoDataFrame(
        {"stop": ["stop-1", "stop-2"], "name": ["Abai Avenue", "Abai Avenue"], "near": [None, None]},
        geometry=[shapely.Point(20, 0), shapely.Point(170, 0)],
        crs=town.crs,
    )
    visits = pd.DataFrame(
        {
            "unit": ["a", "a"],
            "order": [1, 2],
            "stop": ["stop-1", "stop-2"],
            "arrive": [START + pd.Timedelta(minutes=1), START + pd.Timedelta(minutes=20)],
            "leave": [START + pd.Timedelta(minutes=16), START + pd.Timedelta(minutes=30)],
        }
    )
    plan = SimpleNamespace(units=pd.DataFrame({"id": ["a", "b"]}), stops=stops, visits=visits)
    return plan, physical_ways(town.streets)


def track(town, *, noise=10.0, stand_s=900, seed=1, start=-300.0):
    """Return fixes of a drive along the avenue at 8 m/s, with a stand at x = 20."""
    before = np.arange(start, 20.0, 8.0)
    after = np.arange(28.0, 200.0, 8.0)
    x = np.concatenate([before, np.full(stand_s, 20.0), after])
    random = np.random.default_rng(seed)
    xy = np.column_stack([x, np.zeros(len(x))]) + noise * random.standard_normal((len(x), 2))
    times = START + pd.to_timedelta(np.arange(len(x)), unit="s")
    return gpd.GeoDataFrame({"time": times}, geometry=gpd.points_from_xy(*xy.T), crs=town.crs)


@pytest.mark.parametrize("seed", range(10))
def test_a_stop_of_15_minutes_is_told_to_half_a_minute(shift, town, seed):
    """With 10 m of noise a stand of 15 min is 15 +- 0.5 min, and driving past the other stop is none."""
    found = measure_driven(shift[0], "a", track(town, seed=seed), shift[1])
    table = found.stops.set_index("stop")
    assert table.loc["stop-1", "driven_min"] == pytest.approx(15.0, abs=0.5)
    assert table.loc["stop-1", "visits_driven"] == 1
    assert table.loc["stop-2", "driven_min"] == 0.0
    assert table.loc["stop-2", "planned_min"] == 10.0
    assert pd.isna(table.loc["stop-2", "arrive_driven"])
    assert (found.planned_min, found.driven_min) == (25.0, table.loc["stop-1", "driven_min"])


def test_short_gaps_are_bridged_and_long_ones_are_not(shift, town):
    """A minute and a half without fixes changes nothing; four minutes are told as unknown, not as a stand."""
    whole = track(town)
    second = np.arange(len(whole))
    short = measure_driven(shift[0], "a", whole[(second < 300) | (second > 390)], shift[1])
    assert short.driven_min == pytest.approx(15.0, abs=0.5)
    long = measure_driven(shift[0], "a", whole[(second < 300) | (second >= 540)], shift[1])
    assert long.driven_min == pytest.approx(11.0, abs=0.5)
    assert long.gap_s == pytest.approx(241.0)
    assert short.gap_s == 0.0


def test_single_jumps_and_slow_drift_change_little(shift, town):
    """Fixes that jump 500 m for a second, and a drift of 15 m over the stand, leave 15 +- 0.5 min."""
    fixes = track(town, noise=3.0)
    xy = shapely.get_coordinates(fixes.geometry)
    xy[100:900:97] += 500.0
    xy[60:900, 1] += np.linspace(0, 15, 840)
    fixes = fixes.set_geometry(gpd.GeoSeries(gpd.points_from_xy(*xy.T), crs=town.crs))
    assert measure_driven(shift[0], "a", fixes, shift[1]).driven_min == pytest.approx(15.0, abs=0.5)


def test_streets_driven_are_counted_once(shift, town):
    """A drive from x = 0 to 200 without noise is 200 m of the avenue, also when driven back again."""
    x = np.concatenate([np.arange(0, 201, 5.0), np.arange(200, -1, -5.0)])
    times = START + pd.to_timedelta(np.arange(len(x)), unit="s")
    points = gpd.points_from_xy(x, np.zeros(len(x)))
    found = measure_driven(
        shift[0], "a", gpd.GeoDataFrame({"time": times}, geometry=points, crs=town.crs), shift[1]
    )
    metres = found.streets.set_index("name")["metres"]
    # the smoothing takes up to 15 s off the turn
    assert 100 < metres["Abai Avenue"] <= 200.0 + 1e-6
    assert metres.drop("Abai Avenue").sum() < 10.0


def test_wrong_units_and_single_fixes_are_refused(shift, town):
    """A unit that is not in the plan and a track of one fix are refused with their codes."""
    with pytest.raises(InvalidInputError, match="unit_not_in_plan"):
        measure_driven(shift[0], "zz", track(town), shift[1])
    with pytest.raises(InvalidInputError, match="track_too_short"):
        measure_driven(shift[0], "a", track(town).iloc[:1], shift[1])
