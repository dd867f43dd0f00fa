"""Duties, breaks, zones, gaps, closed streets and balance, checked from what a plan says alone."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from kuzet.coverage.blind_spots import find_blind_spots
from kuzet.coverage.cover import measure_coverage
from kuzet.coverage.errors import KuzetError
from kuzet.coverage.feasibility import REASONS, most_held
from kuzet.coverage.patrol import plan_patrol
from kuzet.coverage.risk import measure_risk
from kuzet.coverage.streets import ways_of_frame
from kuzet.coverage.turns import write_path
from kuzet.coverage.unpredictable import WITHIN, even_share, evenness_of_first_stops, evenness_of_times

from .plan_checker import find_faults


@pytest.fixture(scope="module")
def analysed(town):
    """Return the tiny town's coverage, risk and blind spots."""
    coverage = measure_coverage(town.streets, town.buildings, town.cameras)
    risk = measure_risk(town.incidents, ways_of_frame(coverage.ways))
    return coverage, risk, find_blind_spots(coverage, town.buildings, risk)


def make_duties(town, random, count):
    """Return duties somewhere in the tiny town, at some time of its shift."""
    start = town.units["shift_start"].min()
    opens = [start + pd.Timedelta(minutes=int(m)) for m in random.integers(0, 180, count)]
    stay = random.integers(10, 40, count) * 60.0
    spare = random.integers(0, 30, count)
    ends = zip(opens, stay, spare, strict=True)
    return gpd.GeoDataFrame(
        {
            "id": [f"d{n}" for n in range(count)],
            "opens": pd.Series(opens),
            "closes": pd.Series([o + pd.Timedelta(seconds=s, minutes=int(x)) for o, s, x in ends]),
            "dwell_s": stay,
        },
        geometry=list(shapely.points(random.uniform(0, 150, count), random.uniform(-5, 5, count))),
        crs=town.crs,
    )


@pytest.mark.parametrize("case", range(50))
def test_random_plans_keep_every_rule(town, analysed, case):
    """50 random shifts with duties, breaks, zones, feet and dwells: the checker finds no fault."""
    random = np.random.default_rng(case)
    count = int(random.integers(1, 4))
    start = town.units["shift_start"].min()
    begins = [start + pd.Timedelta(minutes=int(m)) for m in random.integers(0, 60, count)]
    zones = gpd.GeoDataFrame(
        {"id": ["west", "east"]},
        geometry=[shapely.box(-10, -10, 120, 200), shapely.box(90, -10, 300, 200)],
        crs=town.crs,
    )
    units = pd.DataFrame(
        {
            "id": [f"u{n}" for n in range(count)],
            "station": "s1",
            "kind": random.choice(["car", "foot"], count),
            "shift_start": pd.Series(begins),
            "shift_end": pd.Series(
                [b + pd.Timedelta(minutes=int(random.integers(150, 300))) for b in begins]
            ),
            "break_minutes": random.choice([np.nan, 20.0, 30.0], count),
            "break_from": pd.Series([b + pd.Timedelta(minutes=60) for b in begins]),
            "break_to": pd.Series([b + pd.Timedelta(minutes=130) for b in begins]),
            "zone": random.choice(np.array([None, "west", "east", "west;east"], dtype=object), count),
        }
    )
    duties = make_duties(town, random, int(random.integers(0, 3)))
    low, high = sorted(random.uniform(600, 960, 2))
    gap = float(random.choice([3600, 5400, 7200]))
    plan = plan_patrol(
        town.streets, town.stations, units, *analysed, seed=case, iterations=200, pool=1,
        dwell_s=low, most_dwell_s=high, max_gap_s=gap, duties=duties, zones=zones,
    )  # fmt: skip
    faults = find_faults(plan, units, dwell_s=(low, high), max_gap_s=gap, duties=duties, zones=zones)
    assert faults == []
    why = plan.stops["why"]
    assert (why.notna() == (plan.stops["held"] == 0)).all()
    assert set(why.dropna()) <= set(REASONS)


def test_the_checker_finds_faults(town, analysed):
    """A plan whose times, dwell or home-coming are changed is found out."""
    plan = plan_patrol(town.streets, town.stations, town.units, *analysed, iterations=200)
    assert find_faults(plan, town.units) == []
    plan.visits["leave"] += pd.Timedelta(minutes=9)
    assert any("dwell" in fault for fault in find_faults(plan, town.units))


def test_the_sample_city_keeps_its_gaps(sample_analysis):
    """In the sample city every held stop is never alone for more than two hours, and many are held."""
    city = sample_analysis
    question = (city.streets, city.stations, city.units, city.coverage, city.risk, city.spots)
    plan = plan_patrol(*question, seed=2, dwell_s=600, iterations=1000, pool=1)
    assert find_faults(plan, city.units) == []
    assert plan.stops["gap_kept"].sum() >= 20
    duty = plan.units["duty_s"]
    assert duty.max() <= 1.15 * duty.min()


def test_what_can_be_held_is_the_formula():
    """120 min by 15 + 5: six stops a unit; by 15 + 10 four; two cars hold twelve."""
    assert most_held(1, gap_s=7200, dwell_s=900, travel_s=300) == 6
    assert most_held(1, gap_s=7200, dwell_s=900, travel_s=900) == 4
    assert most_held(2, gap_s=7200, dwell_s=900, travel_s=300) == 12


def test_plans_differ_and_are_good(sample_analysis):
    """Six seeds: each plan within 5% of the best, first stops spread, the same seed the same plan."""
    city = sample_analysis
    question = (city.streets, city.stations, city.units, city.coverage, city.risk, city.spots)
    plans = [plan_patrol(*question, seed=seed, iterations=500) for seed in (0, 1, 2, 3, 4, 5, 5)]
    assert all(plan.pool["within"] >= 1 - WITHIN for plan in plans)
    pd.testing.assert_frame_equal(plans[-1].visits, plans[-2].visits)
    visits = [plan.visits for plan in plans[:-1]]
    # 24 first stops cannot fill all stops evenly
    assert evenness_of_first_stops(visits, 24) >= 0.7
    shift = city.units["shift_start"].min(), city.units["shift_end"].max()
    assert 0.3 < evenness_of_times(visits, *shift) < 1.0


def test_even_shares():
    """Entropy is 1 of equal counts, 0 of one alone, and that of a biased coin in between."""
    assert even_share([3, 3, 3]) == pytest.approx(1.0)
    assert even_share([5, 0, 0]) == 0.0
    assert even_share([1, 3]) == pytest.approx(0.8112781)


def test_closed_streets_and_drives_past_blind_streets(town, analysed):
    """No leg uses a closed edge; rewarded drives pass at least as many blind metres."""
    closed = [(2, 3, 0)]
    plan = plan_patrol(town.streets, town.stations, town.units, *analysed, closed=closed, iterations=200)
    assert find_faults(plan, town.units, closed=closed) == []
    more = plan_patrol(town.streets, town.stations, town.units, *analysed, drive_by=0.01, iterations=200)
    assert find_faults(more, town.units) == []
    assert (more.legs["blind_m"] <= more.legs["drive_m"] + 1e-6).all()
    assert more.legs["blind_m"].sum() > 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"closes": pd.Timedelta(hours=-2), "opens": pd.Timedelta(hours=-3)}, "window_before_shift"),
        ({"closes": pd.Timedelta(hours=9), "opens": pd.Timedelta(hours=8)}, "window_after_shift"),
        ({"closes": pd.Timedelta(0), "opens": pd.Timedelta(0)}, "duty_too_short"),
    ],
)
def test_impossible_duties_are_refused(town, analysed, change, code):
    """A window before or after the shift, or shorter than the stay, is its own clear error."""
    start = town.units["shift_start"].min()
    duties = make_duties(town, np.random.default_rng(1), 1)
    duties = duties.assign(**{name: [start + shift] for name, shift in change.items()})
    with pytest.raises(KuzetError) as caught:
        plan_patrol(town.streets, town.stations, town.units, *analysed, duties=duties)
    assert caught.value.code == code


def test_a_street_nobody_may_turn_into_leaves_the_bound_a_number(town, analysed):
    """Every turn into one stop's street is forbidden: it is left out, and the gap is a number."""
    duties = make_duties(town, np.random.default_rng(1), 1)
    duties = duties.assign(closes=duties["opens"] + pd.Timedelta(hours=2))
    options = {"duties": duties, "iterations": 200, "pool": 0}
    free = plan_patrol(town.streets, town.stations, town.units, *analysed, **options)
    home = town.stations.geometry.iloc[0]
    stop = max(free.stops.itertuples(), key=lambda one: one.geometry.distance(home))
    edges = list(zip(town.streets["u"], town.streets["v"], town.streets["key"], strict=True))
    near = (town.streets.distance(stop.geometry) < 1).to_numpy()
    into = [edge for edge, here in zip(edges, near, strict=True) if here]
    paths = [write_path([before, edge]) for edge in into for before in edges if before[1] == edge[0]]
    forbidden = pd.DataFrame({"kind": "no", "path": paths})
    plan = plan_patrol(town.streets, town.stations, town.units, *analysed, restrictions=forbidden, **options)
    assert plan.stops.set_index("stop").loc[stop.stop, "why"] == "unreachable"
    assert 0 < plan.score <= plan.upper_bound < float("inf")
    assert 0 < plan.gap < 1


def test_a_pasture_is_reached_by_road_and_the_rest_is_said(town, analysed):
    """A duty 90 m beside the street: the drive ends on the road next to it, the gap stated and warned of."""
    duty = make_duties(town, np.random.default_rng(1), 1)
    pasture = shapely.Point(50, -90)
    duty = duty.assign(closes=duty["opens"] + pd.Timedelta(hours=2)).set_geometry([pasture], crs=town.crs)
    plan = plan_patrol(
        town.streets, town.stations, town.units, *analysed, duties=duty, iterations=200, pool=0
    )
    stop = plan.stops.iloc[-1]
    gap = town.streets.geometry.distance(pasture).min()
    assert (stop["what"], stop["held"], stop["access_gap_m"]) == ("duty", 1, pytest.approx(gap, abs=0.1))
    visit = plan.visits[plan.visits["stop"] == stop["stop"]].iloc[0]
    leg = plan.legs[(plan.legs["unit"] == visit["unit"]) & (plan.legs["order"] == visit["order"])].iloc[0]
    assert shapely.Point(leg.geometry.coords[-1]).distance(pasture) == pytest.approx(gap, abs=0.1)
    warned = [said for said in plan.statements if said["code"] == "off_road"]
    assert [(said["stop"], said["metres"]) for said in warned] == [(stop["stop"], round(gap))]


def test_a_shift_shorter_than_any_stop_is_refused(town, analysed):
    """Five minutes are not enough to stand for twelve and come home."""
    units = town.units.assign(shift_end=town.units["shift_start"] + pd.Timedelta(minutes=5))
    with pytest.raises(KuzetError, match="shift_too_short"):
        plan_patrol(town.streets, town.stations, units, *analysed)


def test_a_station_in_another_part_is_refused(town, analysed):
    """A station on a street from which no car comes back is not set on another street in silence."""
    island = town.streets.iloc[:2].assign(u=[90, 91], v=[91, 90])
    island = island.set_geometry([shapely.LineString([(0, 300), (60, 300)])] * 2, crs=town.crs)
    streets = gpd.GeoDataFrame(pd.concat([town.streets, island], ignore_index=True), crs=town.crs)
    stations = town.stations.set_geometry([shapely.Point(10, 301)], crs=town.crs)
    with pytest.raises(KuzetError, match="station_cut_off"):
        plan_patrol(streets, stations, town.units, *analysed)
