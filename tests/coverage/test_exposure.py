"""The proof by simulation: tracks, nearness, response and the replay, each against a plain twin."""

from zoneinfo import ZoneInfo

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from kuzet.coverage.blind_spots import find_blind_spots
from kuzet.coverage.errors import InvalidInputError, NotReadyError
from kuzet.coverage.exposure import replay_plans
from kuzet.coverage.exposure_plans import PLANS, compare_plans
from kuzet.coverage.patrol import plan_patrol
from kuzet.coverage.replay import Replay, draw_replay, split_by_time
from kuzet.coverage.response import measure_reach, respond
from kuzet.coverage.risk import measure_risk
from kuzet.coverage.streets import ways_of_frame
from kuzet.coverage.tracks import follow_plan, join_tracks, near_spells

ZONE = ZoneInfo("Asia/Almaty")
BASE = pd.Timestamp("2026-01-16T16:00", tz=ZONE)


@pytest.fixture(scope="module")
def plan(sample_analysis):
    """Return one plan of the sample city."""
    sample = sample_analysis
    return plan_patrol(
        sample.streets, sample.stations, sample.units, sample.coverage, sample.risk, sample.spots,
        iterations=300,
    )  # fmt: skip


@pytest.fixture(scope="module")
def compared(sample_analysis):
    """Return the six plans of the sample city, its last year held back."""
    sample = sample_analysis
    before, after, _ = split_by_time(sample.incidents, months=12)
    risk = measure_risk(before, ways_of_frame(sample.coverage.ways))
    spots = find_blind_spots(sample.coverage, sample.buildings, risk)
    return compare_plans(
        sample.streets, sample.stations, sample.units, sample.coverage, risk, spots, after,
        zone=ZONE, iterations=300, timetables=2, replications=200,
    )  # fmt: skip


def _place_of(plan, unit, second):
    """Say where a unit is, from the plan's own tables alone."""
    base = plan.units["shift_start"].min()
    moment = base + pd.Timedelta(seconds=float(second))
    legs = plan.legs[plan.legs["unit"] == unit].sort_values("order")
    for leg in legs.itertuples():
        if moment <= leg.arrive:
            if moment <= leg.depart:
                return leg.geometry.interpolate(0)
            share = (moment - leg.depart) / (leg.arrive - leg.depart)
            return leg.geometry.interpolate(share, normalized=True)
    return legs.geometry.iloc[-1].interpolate(1, normalized=True)


def test_positions_are_those_of_legs_and_visits(plan):
    """At any second a unit is where its legs have it, within a centimetre, and stands during its visits."""
    tracks = follow_plan(plan)
    seconds = np.random.default_rng(5).uniform(0, 8 * 3600, 200)
    places = tracks.at(seconds)
    for number, unit in enumerate(tracks.units):
        for column, second in enumerate(seconds):
            wanted = _place_of(plan, unit, second)
            assert wanted.distance(shapely.Point(places[number, column])) < 0.01
    base = plan.units["shift_start"].min()
    stops = plan.stops.set_index("stop").geometry
    for visit in plan.visits.itertuples():
        middle = (visit.arrive - base).total_seconds() + 60.0
        here = tracks.at([middle])[tracks.units.index(visit.unit), 0]
        assert stops[visit.stop].distance(shapely.Point(here)) < 0.5


def test_nobody_is_anywhere_outside_a_shift(plan):
    """Before and after its shift a unit has no place."""
    assert np.isnan(follow_plan(plan).at([-1.0, 8 * 3600 + 1.0])).all()


def test_near_spells_equal_asking_every_second():
    """The spells of two units about three places are what asking at every tenth of a second finds."""
    random = np.random.default_rng(3)
    parts = []
    for _ in range(2):
        seconds = np.sort(random.uniform(0, 600, 12))
        parts.append([(seconds, random.uniform(0, 300, (12, 2)), True)])
        parts[-1].append((np.array([seconds[-1] + 50, seconds[-1] + 80]), np.full((2, 2), 150.0), False))
    tracks = join_tracks(["a", "b"], ["car", "car"], BASE, parts)
    places = random.uniform(50, 250, (3, 2))
    spells = near_spells(tracks, places, within_m=80.0)
    moments = np.arange(0, 700, 0.1)
    out = [part[1][0][0] for part in parts]
    at = tracks.at(moments)
    for unit, home in enumerate(out):
        at[unit, moments > home] = np.nan
    for place in range(3):
        near = (np.hypot(*(at - places[place]).transpose(2, 0, 1)) <= 80.0).any(axis=0)
        mine = spells[spells["place"] == place]
        told = (moments >= mine["begin"].to_numpy()[:, None]) & (moments <= mine["end"].to_numpy()[:, None])
        assert (near != told.any(axis=0)).sum() <= 2 * len(mine)
        assert (mine["begin"].to_numpy()[1:] > mine["end"].to_numpy()[:-1]).all()


def test_response_is_the_quickest_way_of_the_nearest_unit(plan, sample_analysis):
    """For 1,000 incidents the median and the 90% of response equal a script's of its own, within a second."""
    sample = sample_analysis
    random = np.random.default_rng(11)
    rows = random.integers(len(sample.incidents), size=40)
    points = sample.incidents.geometry.to_numpy()[rows]
    tracks = follow_plan(plan)
    reach = measure_reach(sample.streets, points, tracks.kinds)
    place, moment = random.integers(40, size=1000), random.uniform(0, 8 * 3600, 1000)
    found = respond(tracks, reach, place, moment)
    graph, edges = _drivable(sample.streets)
    tree = shapely.STRtree(list(edges.geometry))
    goals = []
    for point in points:
        edge = edges.iloc[int(tree.nearest(point))]
        goals.append(edge.geometry.interpolate(edge.geometry.project(point)))
    back = [_to_goal(graph, edges, tree, goal) for goal in goals]
    expected = np.full(1000, np.inf)
    for draw in range(1000):
        for unit in tracks.units:
            here = _place_of(plan, unit, moment[draw])
            goal = goals[place[draw]]
            expected[draw] = min(expected[draw], _from_place(edges, tree, here, goal, back[place[draw]]))
    assert np.quantile(found, 0.5) == pytest.approx(np.quantile(expected, 0.5), abs=1.0)
    assert np.quantile(found, 0.9) == pytest.approx(np.quantile(expected, 0.9), abs=1.0)
    assert np.abs(found - expected).max() < 1.0


def _drivable(streets):
    """Return the largest part of the streets that cars may use, with seconds by the rules as written."""
    usual = {"primary": 50, "secondary": 50, "tertiary": 40, "unclassified": 40, "residential": 30,
             "living_street": 10, "service": 15, "track": 15, "trunk": 70, "motorway": 90}  # fmt: skip
    frame = streets.reset_index() if "u" not in streets else streets
    frame = frame[[bool(car) and car == 1 for car in frame["car"]]].reset_index(drop=True)
    frame = frame[frame["length_m"] > 0].reset_index(drop=True)
    kph = [
        limit if limit == limit and limit is not None else usual.get(str(kind).removesuffix("_link"), 20)
        for limit, kind in zip(frame["maxspeed_kph"], frame["highway"], strict=True)
    ]
    frame["seconds"] = frame["length_m"] / (np.array(kph, dtype=float) * 0.7 / 3.6)
    graph = nx.MultiDiGraph()
    for edge in frame.itertuples():
        graph.add_edge(edge.u, edge.v, seconds=edge.seconds, metres=edge.length_m)
    parts = [graph.subgraph(part) for part in nx.strongly_connected_components(graph)]
    core = max(parts, key=lambda part: sum(m for _, _, m in part.edges(data="metres")))
    kept = frame[frame["u"].isin(core.nodes) & frame["v"].isin(core.nodes)].reset_index(drop=True)
    return core, kept


def _to_goal(graph, edges, tree, goal):
    """Return the seconds from every node to a place on an edge."""
    whole = {}
    for row in tree.query(goal, predicate="dwithin", distance=0.01):
        edge = edges.iloc[int(row)]
        share = edge.geometry.project(goal, normalized=True)
        ways = nx.single_source_dijkstra_path_length(graph.reverse(copy=False), edge.u, weight="seconds")
        for node, seconds in ways.items():
            whole[node] = min(whole.get(node, np.inf), seconds + share * edge.seconds)
    return whole


def _from_place(edges, tree, here, goal, to_goal):
    best = np.inf
    near = edges.iloc[int(tree.nearest(here))].geometry
    here = near.interpolate(near.project(here))
    for row in tree.query(here, predicate="dwithin", distance=0.01):
        edge = edges.iloc[int(row)]
        share = edge.geometry.project(here, normalized=True)
        best = min(best, (1 - share) * edge.seconds + to_goal.get(edge.v, np.inf))
        if edge.geometry.distance(goal) <= 0.01:
            ahead = edge.geometry.project(goal, normalized=True) - share
            if ahead >= 0:
                best = min(best, ahead * edge.seconds)
    return best


def test_no_incident_is_both_known_and_replayed(sample_analysis):
    """The parts before and after the cut share no incident, and all of the later one begin after it."""
    before, after, cut = split_by_time(sample_analysis.incidents, months=6)
    assert not set(before["id"]) & set(after["id"])
    assert (after["occurred_from"] >= cut).all()
    assert (before["occurred_to"].fillna(before["occurred_from"]) < cut).all()
    with pytest.raises(NotReadyError):
        split_by_time(sample_analysis.incidents.iloc[:0], months=6)


def test_minutes_add_up_and_the_joint_plan_is_never_worse(compared):
    """Camera, unit and nobody fill the shift; joint <= camera-blind <= no patrol by the risk of the plans."""
    left = compared.planned.set_index("plan")["nobody_min"]
    whole = compared.planned[["camera_min", "unit_min", "nobody_min"]].sum(axis=1)
    assert whole.to_numpy() == pytest.approx(480.0)
    assert left["joint"] <= left["camera_blind"] <= left["none"]
    table = compared.figures.pivot_table(index="plan", columns="measure", values="value")
    assert set(table.index) == set(PLANS)
    assert table.loc["none", "unit_min"] == 0.0
    assert table["camera_min"].nunique() == 1
    assert table.loc["joint", "nobody_min"] < table.loc["random", "nobody_min"]
    assert table.loc["joint", "near_share"] > table.loc["none", "near_share"]


def test_replay_equals_counting_by_hand():
    """One unit that stands 10 minutes at a place: minutes, nearness, gap and response as on paper."""
    crs = 32643
    streets = _straight_road(crs)
    stand = [(np.array([0.0, 600.0]), np.array([[0.0, 0.0], [0.0, 0.0]]), True)]
    stand.append((np.array([600.0, 3600.0]), np.array([[0.0, 0.0], [0.0, 0.0]]), False))
    tracks = join_tracks(["a"], ["car"], BASE, [stand])
    places = gpd.GeoDataFrame(
        {"way": [0, 0], "at_m": [0.0, 900.0], "weight": [1.0, 1.0], "camera": [0.25, 0.0]},
        geometry=[shapely.Point(0, 0), shapely.Point(900, 0)],
        crs=crs,
    )
    replay = Replay(
        places, np.array([0, 0, 0]), np.array([0, 0, 1]), np.array([2400.0, 2401.0, 100.0]), 3600.0
    )
    reach = measure_reach(streets, places.geometry.to_numpy(), ("car",))
    figures, _ = replay_plans({"a": [tracks]}, replay, reach, reference="a", promise_s=60.0)
    value = figures.set_index("measure")["value"]
    # the place itself is drawn twice, the far one once; 36 km/h x 0.7 is 7 m/s
    assert value["near_share"] == pytest.approx(1 / 3)
    assert value["camera_min"] == pytest.approx(2 / 3 * 0.25 * 60)
    assert value["unit_min"] == pytest.approx(2 / 3 * 0.75 * 10)
    assert value["longest_gap_min"] == pytest.approx((2 * 50 + 60) / 3)
    assert value["response_p50_s"] == pytest.approx(0.0, abs=1e-2)
    assert value["response_p90_s"] == pytest.approx(0.8 * 900 / 7, abs=1e-2)
    # at the place itself at once, at the far one after 129 s
    assert value["promise_share"] == pytest.approx(2 / 3)


def test_same_seed_same_draws_and_too_few_are_refused(sample_analysis):
    """A seed decides the draws; fewer than 200 replications or 30 incidents are refused."""
    sample = sample_analysis
    _, after, _ = split_by_time(sample.incidents, months=12)
    ways = ways_of_frame(sample.coverage.ways)
    common = {"shift_start": BASE, "shift_s": 28_800.0, "zone": ZONE, "seed": 4}
    one, two = (draw_replay(after, sample.coverage, ways, replications=200, **common) for _ in range(2))
    assert (one.place == two.place).all() and (one.moment == two.moment).all()
    assert one.moment.min() >= 0 and one.moment.max() < 28_800
    with pytest.raises(InvalidInputError):
        draw_replay(after, sample.coverage, ways, replications=199, **common)
    with pytest.raises(NotReadyError):
        draw_replay(after.iloc[:20], sample.coverage, ways, replications=200, **common)


def _straight_road(crs):
    line = shapely.LineString([(0, 0), (900, 0)])
    rows = [
        {"u": u, "v": v, "key": 0, "length_m": 900.0, "highway": "residential", "name": "Abai",
         "oneway": False, "maxspeed_kph": 36.0, "car": True, "foot": True, "geometry": shape}
        for u, v, shape in ((1, 2, line), (2, 1, line.reverse()))
    ]  # fmt: skip
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=crs)
