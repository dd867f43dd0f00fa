"""Drives of plans, held against the raw file of their city: one-way streets, forbidden turns, barriers."""

import os
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
import shapely
from kuzet.coverage.blind_spots import find_blind_spots
from kuzet.coverage.cover import measure_coverage
from kuzet.coverage.patrol import plan_patrol
from kuzet.coverage.projection import metric_crs, to_metric
from kuzet.coverage.risk import measure_risk
from kuzet.coverage.streets import ways_of_frame
from kuzet.coverage.sweep_plan import plan_sweep
from kuzet.data.osm import read_osm
from kuzet.data.sample_city import make_incidents, make_stations, sample_path

from .plan_checker import find_faults
from .road_law import RoadLaw

# a few by default; KUZET_PLANS=100 draws as many for each city
PLANS = int(os.environ.get("KUZET_PLANS", "3"))
SHARED = Path(__file__).parents[3] / "shared" / "data"
CITIES = {
    "sample": sample_path(),
    "washington": SHARED / "washington_dc" / "dc_streets_nw.osm.pbf",
    "liechtenstein": SHARED / "liechtenstein" / "liechtenstein_2019-11.osm.pbf",
}


@pytest.fixture(scope="module", params=CITIES)
def city(request) -> SimpleNamespace:
    """Return the streets of a city as though no camera were there, incidents made up, and its law."""
    path = CITIES[request.param]
    if not path.exists():
        pytest.skip("the folder ../shared with real cities is not here")
    extract = read_osm(path)
    crs = metric_crs(extract.bounds)
    streets = to_metric(extract.streets, crs)
    nothing = to_metric(extract.buildings, crs)[:0], to_metric(extract.cameras, crs)[:0]
    coverage = measure_coverage(streets, *nothing)
    risk = measure_risk(to_metric(make_incidents(extract.streets), crs), ways_of_frame(coverage.ways))
    return SimpleNamespace(
        crs=crs, streets=streets, restrictions=extract.restrictions, wgs84=extract.streets,
        question=(coverage, risk, find_blind_spots(coverage, nothing[0], risk)), law=RoadLaw(path),
    )  # fmt: skip


def draw_shift(city, random):
    """Return stations and units somewhere in the city, some with breaks."""
    stations = make_stations(city.wgs84, seed=int(random.integers(1000)))
    count = int(random.integers(1, 6))
    start = pd.Timestamp(datetime(2026, 1, 16, int(random.integers(24)), tzinfo=ZoneInfo("Asia/Almaty")))
    begins = [start + pd.Timedelta(minutes=int(m)) for m in random.integers(0, 90, count)]
    units = pd.DataFrame(
        {
            "id": [f"u{number}" for number in range(count)],
            "station": random.choice(stations["id"], count),
            "kind": "car",
            "shift_start": pd.Series(begins).dt.tz_convert("UTC"),
            "shift_end": pd.Series([b + pd.Timedelta(hours=int(random.integers(3, 9))) for b in begins]).dt
            .tz_convert("UTC"),
            "break_minutes": random.choice([np.nan, 20.0, 30.0], count),
        }
    )  # fmt: skip
    return to_metric(stations, city.crs), units


@pytest.mark.parametrize("case", range(PLANS))
def test_random_plans_are_lawful(city, case):
    """No drive goes against a one-way street, makes a forbidden turn or passes a bollard; times add up."""
    random = np.random.default_rng(case)
    stations, units = draw_shift(city, random)
    low, high = sorted(random.uniform(600, 960, 2))
    plan = plan_patrol(
        city.streets, stations, units, *city.question, seed=case, iterations=100, pool=0,
        dwell_s=low, most_dwell_s=high, restrictions=city.restrictions,
    )  # fmt: skip
    faults = [fault for leg in plan.legs.geometry for fault in city.law.find_faults(leg, city.crs)]
    assert faults == []
    assert find_faults(plan, units, dwell_s=(low, high)) == []
    assert len(plan.visits) > 0


@pytest.mark.parametrize("city", ["sample"], indirect=True)
def test_a_sweep_is_lawful(city):
    """All blind streets of 40 metres and more, driven by three cars: each whole drive is lawful."""
    stations, units = draw_shift(city, np.random.default_rng(5))
    units = pd.concat([units.iloc[:1].assign(id=f"u{number}") for number in range(3)], ignore_index=True)
    plan = plan_sweep(
        city.streets, stations, units, city.question[2],
        restrictions=city.restrictions, least_m=40.0, rounds=20,
    )  # fmt: skip
    assert plan.streets > 10
    for _, legs in plan.legs.groupby("unit"):
        legs = legs.sort_values("order")
        whole = shapely.LineString(np.concatenate([leg.coords for leg in legs.geometry]))
        assert city.law.find_faults(shapely.remove_repeated_points(whole), city.crs) == []


@pytest.mark.parametrize("city", ["sample"], indirect=True)
def test_the_law_is_found_broken(city):
    """Drives planned without the restrictions break some: the checker can see it."""
    random = np.random.default_rng(0)
    broken = []
    for seed in range(4):
        stations, units = draw_shift(city, random)
        plan = plan_patrol(
            city.streets, stations, units, *city.question, seed=seed, iterations=100, pool=0
        )  # fmt: skip
        broken += [fault for leg in plan.legs.geometry for fault in city.law.find_faults(leg, city.crs)]
        backwards = plan.legs.geometry.reverse()
        against = [fault for leg in backwards for fault in city.law.find_faults(leg, city.crs)]
        assert any("may not be driven" in fault or "against" in fault for fault in against)
    assert any("turn" in fault or "only into" in fault for fault in broken)
