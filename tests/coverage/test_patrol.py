"""Patrol plans, checked by code that shares nothing with the planner."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage.blind_spots import find_blind_spots
from kuzet.coverage.cover import measure_coverage
from kuzet.coverage.errors import CannotHoldError, InvalidInputError
from kuzet.coverage.kernels.patrol_search import Problem, search_routes
from kuzet.coverage.patrol import plan_patrol
from kuzet.coverage.risk import measure_risk
from kuzet.coverage.streets import ways_of_frame


def check_plan(plan, streets, units, dwell_s):
    """Walk every leg on the directed edges and every unit through its shift; return the faults found."""
    faults = []
    known = {(int(e.u), int(e.v), int(e.key)): e for e in streets.itertuples()}
    for leg in plan.legs.itertuples():
        lines = []
        for edge in leg.edges:
            if edge not in known or not known[edge].car:
                faults.append(f"{leg.unit}: no such drivable edge {edge}")
            else:
                lines.append(known[edge].geometry)
        for first, second in zip(leg.edges[:-1], leg.edges[1:], strict=True):
            if first[1] != second[0]:
                faults.append(f"{leg.unit}: {first} does not lead to {second}")
        if lines:
            road = shapely.union_all([line.buffer(1.0) for line in lines])
            if not road.contains(leg.geometry):
                faults.append(f"{leg.unit}: the line leaves the street")
            whole = shapely.get_coordinates(lines[0])
            start, drawn = shapely.Point(leg.geometry.coords[0]), shapely.LineString(whole)
            ahead = drawn.project(shapely.Point(leg.geometry.coords[1])) if leg.geometry.length else 0.0
            if len(lines) == 1 and drawn.project(start) > ahead + 1e-3:
                faults.append(f"{leg.unit}: drives against the edge")
        if sum(metres for _, metres in leg.turns) != pytest.approx(leg.drive_m, abs=0.01):
            faults.append(f"{leg.unit}: turns do not add up")
    for unit in units.itertuples():
        legs = plan.legs[plan.legs["unit"] == unit.id].sort_values("order")
        visits = plan.visits[plan.visits["unit"] == unit.id].sort_values("order")
        row = plan.units.set_index("id").loc[unit.id]
        if legs["depart"].iloc[0] != unit.shift_start or row["back_at"] > unit.shift_end:
            faults.append(f"{unit.id}: outside its shift")
        if legs["arrive"].iloc[-1] != row["back_at"]:
            faults.append(f"{unit.id}: does not come home when it says")
        home, away = (
            shapely.Point(legs.geometry.iloc[-1].coords[-1]),
            shapely.Point(legs.geometry.iloc[0].coords[0]),
        )
        if home.distance(away) > 0.01:
            faults.append(f"{unit.id}: ends where it did not start")
        stay = (visits["leave"] - visits["arrive"]).dt.total_seconds()
        if not np.allclose(stay, dwell_s, atol=1.0):
            faults.append(f"{unit.id}: wrong dwell")
        drive = (legs["arrive"] - legs["depart"]).dt.total_seconds().to_numpy()
        if not np.allclose(drive, legs["drive_s"], atol=1.0):
            faults.append(f"{unit.id}: a drive takes another time than it says")
        if (visits["arrive"].to_numpy() < legs["arrive"].to_numpy()[:-1]).any():
            faults.append(f"{unit.id}: stands before it has come")
        if (legs["depart"].to_numpy()[1:] < visits["leave"].to_numpy()).any():
            faults.append(f"{unit.id}: leaves before its dwell is over")
        for leg, visit in zip(legs.itertuples(), visits.itertuples(), strict=False):
            stop = plan.stops.set_index("stop").geometry[visit.stop]
            if stop.distance(shapely.Point(leg.geometry.coords[-1])) > 1.0:
                faults.append(f"{unit.id}: stops elsewhere")
    return faults


@pytest.fixture(scope="module")
def tiny_question(town):
    """Return what a plan for the tiny town is made of."""
    coverage = measure_coverage(town.streets, town.buildings, town.cameras)
    risk = measure_risk(town.incidents, ways_of_frame(coverage.ways))
    return coverage, risk, find_blind_spots(coverage, town.buildings, risk)


def test_the_tiny_town_is_patrolled_legally(town, tiny_question):
    """Two cars for four hours: every leg on its edges in their direction, home in time, dwell kept."""
    plan = plan_patrol(town.streets, town.stations, town.units, *tiny_question, seed=1)
    assert check_plan(plan, town.streets, town.units, 720) == []
    assert plan.score > 0
    assert plan.left_out == 0
    # no stop is alone for more than two hours
    assert plan.stops["gap_kept"].all()


def test_the_sample_city_is_patrolled_legally(sample_analysis):
    """Four cars for eight hours in the sample city: no fault found, little left on the table."""
    city = sample_analysis
    plan = plan_patrol(
        city.streets, city.stations, city.units, city.coverage, city.risk, city.spots, seed=2, dwell_s=600
    )
    assert check_plan(plan, city.streets, city.units, 600) == []
    assert (plan.units["stops"] > 15).all()
    assert plan.gap < 0.2
    assert plan.stops["held"].max() <= 6


def test_the_same_seed_gives_the_same_plan(town, tiny_question):
    """Seed 5 twice is one plan; the visits and times are equal to the second."""
    plans = [plan_patrol(town.streets, town.stations, town.units, *tiny_question, seed=5) for _ in range(2)]
    pd.testing.assert_frame_equal(plans[0].visits, plans[1].visits)
    assert plans[0].score == plans[1].score


def test_foot_patrols_get_a_plan_of_their_own(town, tiny_question):
    """A car and a foot patrol in one shift: each keeps to its own way of moving."""
    units = town.units.assign(kind=["car", "foot"])
    plan = plan_patrol(town.streets, town.stations, units, *tiny_question)
    assert plan.units["kind"].tolist() == ["car", "foot"]
    foot = plan.legs[(plan.legs["unit"] == "car-2") & (plan.legs["drive_m"] > 1)]
    assert np.allclose(foot["drive_m"] / foot["drive_s"], 1.25)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda t: {"units": t.units.iloc[:0]}, "no_units"),
        (lambda t: {"units": t.units.assign(id="same")}, "unit_twice"),
        (lambda t: {"units": t.units.assign(station="nowhere")}, "station_unknown"),
        (lambda t: {"units": t.units.assign(shift_end=t.units["shift_start"])}, "shift_ends_early"),
        (
            lambda t: {"stations": t.stations.set_geometry([shapely.Point(9000, 0)], crs=t.crs)},
            "station_off_road",
        ),
    ],
)
def test_what_cannot_be_planned_says_why(town, tiny_question, change, code):
    """No units, one id twice, unknown or unreachable stations, empty shifts: each its own code."""
    arguments = {"units": town.units, "stations": town.stations} | change(town)
    with pytest.raises((CannotHoldError, InvalidInputError)) as caught:
        plan_patrol(town.streets, arguments["stations"], arguments["units"], *tiny_question)
    assert caught.value.code == code


def test_a_dwell_outside_ten_to_sixteen_minutes_is_refused(town, tiny_question):
    """Five minutes is no stop."""
    with pytest.raises(InvalidInputError, match="dwell_outside"):
        plan_patrol(town.streets, town.stations, town.units, *tiny_question, dwell_s=300)


def test_nothing_unseen_leaves_nothing_to_patrol(town, tiny_question):
    """Without demand anywhere but under cameras there is no stop, and the plan says so."""
    coverage, risk, spots = tiny_question
    with pytest.raises(CannotHoldError, match="no_stops"):
        plan_patrol(town.streets, town.stations, town.units, coverage, risk, spots, most_stops=0)


def best_by_trying(travel, prize, service, opens, closes, home, limit):
    """Try every order of every subset for one unit."""
    best = 0.0
    for size in range(len(prize)):
        for order in permutations(range(len(prize) - 1), size):
            place, now, worth = home, 0.0, 0.0
            for visit in order:
                now = max(now + travel[place, visit], opens[visit])
                if now > closes[visit]:
                    break
                now, place, worth = now + service[visit], visit, worth + prize[visit]
            else:
                if now + travel[place, home] <= limit:
                    best = max(best, worth)
    return best


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 6))
def test_the_search_equals_trying_everything(seed, visits):
    """One unit, up to six visits with windows: the search finds the best there is."""
    random = np.random.default_rng(seed)
    xy = random.uniform(0, 600, (visits + 1, 2))
    travel = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    prize = np.append(random.integers(1, 9, visits), 0).astype(float)
    service = np.append(random.uniform(6, 120, visits), 0)
    opens = np.append(random.uniform(0, 600, visits), 0)
    closes = opens + 720
    home, limit = visits, 1800.0
    problem = Problem(
        travel[None], np.zeros(1, np.int64), prize, service, opens, closes, np.array([home]), np.array([home]),  # noqa: E501
        np.zeros(1), np.array([limit]),
    )  # fmt: skip
    routes, lengths, score = search_routes(problem, 1000, 1)
    assert score == pytest.approx(best_by_trying(travel, prize, service, opens, closes, home, limit))
    assert score == pytest.approx(prize[routes[0, : lengths[0]]].sum())
