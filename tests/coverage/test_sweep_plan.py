"""Sweeps on real streets: every blind street once, along the graph, with times that add up."""

from itertools import pairwise, permutations, product

import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from kuzet.coverage.blind_spots import find_blind_spots
from kuzet.coverage.cover import measure_coverage
from kuzet.coverage.errors import CannotHoldError, InvalidInputError
from kuzet.coverage.risk import measure_risk
from kuzet.coverage.streets import ways_of_frame
from kuzet.coverage.sweep_plan import plan_sweep
from scipy import sparse
from scipy.sparse import csgraph


@pytest.fixture(scope="module")
def town_spots(town):
    """Return the blind spots of the tiny town, no camera of which is live."""
    coverage = measure_coverage(town.streets, town.buildings, town.cameras.assign(state="offline"))
    return find_blind_spots(
        coverage, town.buildings, measure_risk(town.incidents, ways_of_frame(coverage.ways))
    )


@pytest.fixture(scope="module")
def swept_city(sample_analysis):
    """Return a sweep of the sample city."""
    city = sample_analysis
    return plan_sweep(city.streets, city.stations, city.units, city.spots, rounds=60, seed=3)


def drives_of(streets, least, spots):
    """Return the directed drivable edges with so many blind metres, by lines laid over each other."""
    blind = shapely.union_all(shapely.buffer(spots.geometry.to_numpy(), 0.5))
    metres = shapely.length(shapely.intersection(streets.geometry.to_numpy(), blind))
    return streets[streets["car"].to_numpy(dtype=bool) & (metres >= least)]


def test_the_tiny_town_is_swept_as_quickly_as_can_be(town, town_spots):
    """Four streets, one car: the plan is the quickest of every order and direction."""
    units = town.units.iloc[:1]
    plan = plan_sweep(town.streets, town.stations, units, town_spots, rounds=200)
    assert plan.streets == 4 and plan.legs["what"].tolist() == ["street"] * 4 + ["home"]
    edges = town.streets.reset_index(drop=True)
    speed = np.where(edges["maxspeed_kph"].notna(), 36.0, 30.0) * 0.7 / 3.6
    seconds = edges["length_m"].to_numpy() / speed
    graph = np.full((5, 5), np.inf)
    for (u, v), cost in zip(edges[["u", "v"]].to_numpy(), seconds, strict=True):
        graph[u, v] = min(graph[u, v], cost)
    between = csgraph.floyd_warshall(np.where(np.isfinite(graph), graph, 0))
    # the station lies a hundredth of the first street along: out by either end of it, and back
    first, whole = 0.01, seconds[0]
    leave = np.minimum(between[2] + (1 - first) * whole, between[1] + first * whole)
    reach = np.minimum(between[:, 1] + first * whole, between[:, 2] + (1 - first) * whole)
    options = [[0, 1], [2, 3], [4, 5], [6]]
    ends = edges[["u", "v"]].to_numpy()
    best = np.inf
    for order in permutations(range(4)):
        for chosen in product(*(options[street] for street in order)):
            total = leave[ends[chosen[0], 0]] + reach[ends[chosen[-1], 1]]
            total += sum(seconds[edge] for edge in chosen)
            total += sum(between[ends[a, 1], ends[b, 0]] for a, b in pairwise(chosen))
            best = min(best, total)
    assert plan.longest_s == pytest.approx(best, abs=0.01)
    assert plan.bound_s <= plan.longest_s + 1e-6


def test_every_blind_street_is_driven_exactly_once(sample_analysis, swept_city):
    """Streets of the plan are those that lines laid over each other find, none twice, and each is whole."""
    city, plan = sample_analysis, swept_city
    found = drives_of(city.streets, 10.0, city.spots.spots)
    known = {shape.normalize().wkb for shape in found.geometry}
    legs = plan.legs[plan.legs["what"] == "street"]
    driven = []
    for leg in legs.itertuples():
        length = shapely.length(leg.geometry)
        last = shapely.ops.substring(leg.geometry, length - leg.street_m, length)
        near = found[found.geometry.distance(last.interpolate(0.5, normalized=True)) < 0.3]
        same = near[np.abs(near["length_m"] - leg.street_m) < 0.01 * leg.street_m + 0.5]
        assert len(same), leg
        ends = [np.asarray(shape.coords[-1]) for shape in same.geometry]
        at = int(np.argmin([np.hypot(*(end - np.asarray(last.coords[-1]))) for end in ends]))
        assert np.hypot(*(ends[at] - np.asarray(last.coords[-1]))) < 0.1, "driven against its direction"
        driven.append(same.geometry.iloc[at].normalize().wkb)
    assert len(set(driven)) == len(driven) == plan.streets
    # what is not driven lies in parts of the map from which no car comes back
    assert set(driven) <= known
    assert len(known) - len(driven) < 0.2 * len(known)


def test_routes_hang_together_and_times_add_up(sample_analysis, swept_city):
    """Each drive begins where the one before ended; lengths are those of the lines; all come home."""
    city, plan = sample_analysis, swept_city
    assert plan.legs["drive_m"].to_numpy() == pytest.approx(plan.legs.length.to_numpy(), rel=0.01, abs=1.0)
    for unit in plan.units.itertuples():
        mine = plan.legs[plan.legs["unit"] == unit.id]
        assert mine["what"].tolist() == ["street"] * (len(mine) - 1) + ["home"]
        assert mine["depart"].iloc[0] == unit.shift_start and mine["arrive"].iloc[-1] == unit.back_at
        assert (mine["depart"].to_numpy()[1:] == mine["arrive"].to_numpy()[:-1]).all()
        ends = [np.array([line.coords[0], line.coords[-1]]) for line in mine.geometry]
        for before, after in pairwise(ends):
            assert np.hypot(*(before[1] - after[0])) < 0.01
        assert np.hypot(*(ends[0][0] - ends[-1][1])) < 0.01
        station = city.stations.geometry[(city.stations["id"] == unit.station).to_numpy()].iloc[0]
        assert station.distance(shapely.Point(ends[0][0])) < 100
        assert mine["drive_s"].sum() == pytest.approx(unit.drive_s)
    assert plan.units["drive_s"].max() == pytest.approx(plan.longest_s)
    assert plan.bound_s <= plan.longest_s and plan.units["in_shift"].all()


def test_drives_between_streets_are_the_quickest(sample_analysis, swept_city):
    """Seconds to each street equal those of a plain search over the same edges."""
    city, plan = sample_analysis, swept_city
    cars = city.streets[city.streets["car"].to_numpy(dtype=bool)]
    nodes = {}
    for row in cars.itertuples():
        nodes[tuple(np.round(row.geometry.coords[0], 2))] = row.u
        nodes[tuple(np.round(row.geometry.coords[-1], 2))] = row.v
    kph = {"primary": 50, "secondary": 50, "tertiary": 40, "unclassified": 40, "residential": 30,
           "living_street": 10, "service": 15, "track": 15, "trunk": 70, "motorway": 90}  # fmt: skip
    usual = cars["highway"].str.removesuffix("_link").map(kph).fillna(20)
    speed = cars["maxspeed_kph"].astype(float).fillna(usual) * 0.7 / 3.6
    names = pd.Index(np.unique(cars[["u", "v"]].to_numpy()))
    table = pd.DataFrame({"u": names.get_indexer(cars["u"]), "v": names.get_indexer(cars["v"]),
                          "s": (cars["length_m"] / speed).to_numpy()})  # fmt: skip
    table = table.sort_values("s").drop_duplicates(["u", "v"])
    size = len(names)
    between = csgraph.dijkstra(sparse.csr_array((table["s"], (table["u"], table["v"])), shape=(size, size)))
    tried = 0
    for _, mine in plan.legs[plan.legs["what"] == "street"].groupby("unit"):
        for leg in mine.iloc[1:].itertuples():
            length = shapely.length(leg.geometry)
            begin, turn = (np.round(np.asarray(shapely.line_interpolate_point(leg.geometry, at).coords[0]), 2)
                           for at in (0.0, max(length - leg.street_m, 0.0)))  # fmt: skip
            if tuple(begin) in nodes and tuple(turn) in nodes:
                row, column = (names.get_loc(nodes[tuple(place)]) for place in (begin, turn))
                assert leg.drive_s - leg.street_s == pytest.approx(between[row, column], abs=0.01)
                tried += 1
    assert tried > 100


def test_the_same_seed_gives_the_same_sweep(town, town_spots):
    """Twice asked it is one plan; two cars are never later home than one."""
    plans = [plan_sweep(town.streets, town.stations, town.units, town_spots, seed=5) for _ in range(2)]
    pd.testing.assert_frame_equal(plans[0].legs, plans[1].legs)
    alone = plan_sweep(town.streets, town.stations, town.units.iloc[:1], town_spots, seed=5)
    assert plans[0].longest_s <= alone.longest_s + 1e-6


def test_foot_patrols_stay_at_home_beside_cars_and_walk_alone(town, town_spots):
    """Beside a car a foot patrol has nothing to do; without cars it walks, one-way streets as well."""
    mixed = town.units.assign(kind=["car", "foot"])
    plan = plan_sweep(town.streets, town.stations, mixed, town_spots)
    assert plan.units["streets"].tolist() == [4, 0] and plan.units["drive_s"].iloc[1] == 0
    assert plan.units["back_at"].iloc[1] == plan.units["shift_start"].iloc[1]
    afoot = plan_sweep(town.streets, town.stations, town.units.assign(kind="foot"), town_spots)
    assert afoot.longest_s > plan.longest_s / 2 and afoot.streets == 4


def test_a_sweep_longer_than_the_shift_says_so(town, town_spots):
    """A shift of ten seconds is over before the unit is home."""
    units = town.units.assign(shift_end=town.units["shift_start"] + pd.Timedelta(seconds=10))
    plan = plan_sweep(town.streets, town.stations, units, town_spots)
    assert not plan.units["in_shift"].all()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda t: {"least_m": 5000.0}, "no_blind_streets"),
        (lambda t: {"units": t.units.iloc[:0]}, "no_units"),
        (lambda t: {"units": t.units.assign(id="same")}, "unit_twice"),
        (lambda t: {"units": t.units.assign(station="nowhere")}, "station_unknown"),
        (
            lambda t: {"stations": t.stations.set_geometry([shapely.Point(9000, 0)], crs=t.crs)},
            "station_off_road",
        ),
    ],
)
def test_what_cannot_be_swept_says_why(town, town_spots, change, code):
    """Nothing to drive, nobody to drive, nowhere to start from: each its own code."""
    asked = {"units": town.units, "stations": town.stations, "least_m": 10.0} | change(town)
    with pytest.raises((CannotHoldError, InvalidInputError)) as caught:
        plan_sweep(
            town.streets, asked["stations"], asked["units"], town_spots, least_m=asked["least_m"], rounds=5
        )
    assert caught.value.code == code


def test_more_streets_than_can_be_weighed_are_refused(town, town_spots, monkeypatch):
    """Beyond the most streets the answer is an error with the number, not an endless wait."""
    monkeypatch.setattr("kuzet.coverage.sweep_plan.MOST_STREETS", 3)
    with pytest.raises(CannotHoldError) as caught:
        plan_sweep(town.streets, town.stations, town.units, town_spots)
    assert (caught.value.code, caught.value.facts["streets"]) == ("too_many_streets", 4)


def test_no_argument_is_changed(town, town_spots):
    """Streets, stations and units are as they were."""
    before = [frame.copy() for frame in (town.streets, town.stations, town.units)]
    plan_sweep(town.streets, town.stations, town.units, town_spots, rounds=5)
    assert_geodataframe_equal(before[0], town.streets)
    assert_geodataframe_equal(before[1], town.stations)
    pd.testing.assert_frame_equal(before[2], town.units)
