"""Forbidden turns, against a search that remembers every edge it has driven."""

import heapq

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage.travel import EMERGENCY, Profile, build_network
from kuzet.coverage.turns import forbidden_paths, read_path, write_path
from shapely import LineString, Point

PLAIN = Profile(speed_share=1.0)


def streets_of(edges, places):
    """Return a frame of directed streets, 36 km/h, from (u, v) pairs and the places of nodes."""
    lines = [LineString([places[u], places[v]]) for u, v in edges]
    return gpd.GeoDataFrame(
        {
            "u": [u for u, _ in edges], "v": [v for _, v in edges], "key": 0, "name": None,
            "highway": "residential", "length_m": [line.length for line in lines], "maxspeed_kph": 36.0,
            "car": True, "foot": True, "oneway": False,
        },
        geometry=lines, crs=32643,
    )  # fmt: skip


def restrict(*rows):
    """Return restrictions from (kind, path of (u, v) pairs)."""
    return pd.DataFrame(
        {
            "kind": [kind for kind, _ in rows],
            "path": [write_path((u, v, 0) for u, v in path) for _, path in rows],
        },
        dtype=object,
    )


CROSS = {0: (0, 0), 1: (100, 0), 2: (200, 0), 3: (100, 100), 4: (100, -100)}
CROSSING = [(a, b) for a, b in [(0, 1), (1, 2), (1, 3), (1, 4)] for a, b in ((a, b), (b, a))]


def seconds(edges, restrictions, start, stop):
    """Return the seconds between two places."""
    places = np.array([Point(start), Point(stop)])
    network = build_network(streets_of(edges, CROSS), places, profile=PLAIN, restrictions=restrictions)
    return network.times()[0][0, 1]


def test_no_left_turn_goes_round_the_dead_end():
    """From the west to the north is 10 s; with the left turn forbidden one turns in the east."""
    start, stop = (50, 0), (100, 50)
    assert seconds(CROSSING, None, start, stop) == pytest.approx(10)
    no_left = restrict(("no", [(0, 1), (1, 3)]))
    assert seconds(CROSSING, no_left, start, stop) == pytest.approx(30)
    # from the junction's other arms nothing is forbidden
    assert seconds(CROSSING, no_left, (150, 0), stop) == pytest.approx(10)


def test_only_straight_on():
    """`only_straight_on` forbids all others, turning round included."""
    only = restrict(("only", [(0, 1), (1, 2)]))
    assert seconds(CROSSING, only, (50, 0), (100, 50)) == pytest.approx(30)
    assert seconds(CROSSING, only, (50, 0), (150, 0)) == pytest.approx(10)
    assert seconds(CROSSING, only, (50, 0), (20, 0)) == pytest.approx(3)


def test_a_way_between_is_remembered():
    """No way back by a middle way: one may drive onto it and stop there, yet not turn round at its end."""
    no = restrict(("no", [(0, 1), (1, 2), (2, 1)]))
    assert seconds(CROSSING, None, (50, 0), (150, 0)) == pytest.approx(10)
    assert seconds(CROSSING, no, (50, 0), (150, 0)) == pytest.approx(10)
    no_left = restrict(("no", [(0, 1), (1, 3)]), ("no", [(0, 1), (1, 2), (2, 1)]))
    # neither left nor round in the east: down south, round, and straight on
    assert seconds(CROSSING, no_left, (50, 0), (100, 50)) == pytest.approx(30)
    nowhere = restrict(
        ("no", [(0, 1), (1, 3)]), ("no", [(0, 1), (1, 2), (2, 1)]), ("no", [(0, 1), (1, 4), (4, 1)])
    )
    assert seconds(CROSSING, nowhere, (50, 0), (100, 50)) == np.inf


def test_an_emergency_and_people_on_foot_turn_where_they_like():
    """Restrictions bind cars; the emergency profile is asked for by name and says what it may."""
    no_left = restrict(("no", [(0, 1), (1, 3)]))
    streets = streets_of([*CROSSING[:6], (1, 4)], CROSS)
    places = np.array([Point(50, 0), Point(100, 50), Point(100, -50)])
    free = build_network(streets, places, profile=EMERGENCY, restrictions=no_left).times()[0]
    assert free[0, 1] == pytest.approx(10)
    assert free[2, 1] == pytest.approx(10)  # against the one-way street
    walk = build_network(streets, places, kind="foot", restrictions=no_left).times()[0]
    assert walk[0, 1] == pytest.approx(100 / (4.5 / 3.6))


@settings(max_examples=80)
@given(st.integers(0, 100_000))
def test_times_and_paths_equal_a_search_that_remembers_all(seed):
    """On random graphs with random restrictions of two to four edges times are exact and paths are legal."""
    random = np.random.default_rng(seed)
    count = int(random.integers(3, 8))
    xy = {node: tuple(random.uniform(0, 500, 2)) for node in range(count)}
    ring = [(node, (node + 1) % count) for node in range(count)]
    more = {tuple(random.choice(count, 2, replace=False).tolist()) for _ in range(count)}
    edges = sorted({*ring, *more, *((b, a) for a, b in ring if random.random() < 0.6)})
    streets = streets_of(edges, xy)
    restrictions = random_restrictions(random, edges)
    at = random.integers(len(edges), size=4)
    points = shapely.line_interpolate_point(
        streets.geometry.to_numpy()[at], random.uniform(0.1, 0.9, 4), normalized=True
    )
    network = build_network(streets, points, profile=PLAIN, restrictions=restrictions)
    forbidden = set(forbidden_paths(network.edges, restrictions))
    found, before = network.times()
    on = places_on(network)
    for start in range(4):
        for stop in range(4):
            if start == stop:
                continue
            slow = remember_all(network, forbidden, on, start, stop)
            assert found[start, stop] == pytest.approx(slow, abs=1e-3)
            if np.isfinite(slow):
                path = network.path(before, start, stop)
                edge = path["edge"].tolist()
                took = network.edges["seconds"].to_numpy()[edge] * (path["high"] - path["low"])
                assert took.sum() == pytest.approx(slow, abs=1e-3)
                for length in (2, 3, 4):
                    assert forbidden.isdisjoint(tuple(edge[k : k + length]) for k in range(len(edge)))
                heads, tails = network.edges["v"].to_numpy()[edge], network.edges["u"].to_numpy()[edge]
                assert (heads[:-1] == tails[1:]).all()


def random_restrictions(random, edges):
    rows = []
    for _ in range(int(random.integers(0, 5))):
        path = [edges[int(random.integers(len(edges)))]]
        for _ in range(int(random.integers(1, 4))):
            on = [edge for edge in edges if edge[0] == path[-1][1]]
            path.append(on[int(random.integers(len(on)))])
        rows.append(("only" if random.random() < 0.3 else "no", path))
    return restrict(*rows)


def places_on(network):
    """Return the edges each place lies on, with its share of them."""
    lines = network.edges.geometry.to_numpy()
    out = []
    for xy in network.place_xy:
        near = np.flatnonzero(shapely.distance(lines, Point(xy)) < 0.01)
        out.append(
            [(int(e), float(shapely.line_locate_point(lines[e], Point(xy), normalized=True))) for e in near]
        )
    return out


def remember_all(network, forbidden, on, start, stop):
    """Dijkstra over (edge just driven, the three before it); slow and plain."""
    cost = network.edges["seconds"].to_numpy()
    tails, heads = network.edges["u"].to_numpy(), network.edges["v"].to_numpy()
    target = dict(on[stop])
    best, queue = np.inf, []
    for edge, share in on[start]:
        if edge in target and target[edge] >= share:
            best = min(best, cost[edge] * (target[edge] - share))
        heapq.heappush(queue, (cost[edge] * (1 - share), (edge,)))
    done = set()
    while queue:
        spent, history = heapq.heappop(queue)
        if spent >= best or history in done:
            continue
        done.add(history)
        for edge in np.flatnonzero(tails == heads[history[-1]]).tolist():
            driven = (*history, edge)
            if any(driven[k:] in forbidden for k in range(len(driven))):
                continue
            if edge in target:
                best = min(best, spent + cost[edge] * target[edge])
            heapq.heappush(queue, (spent + cost[edge], driven[-4:]))
    return best


def test_paths_are_written_as_they_are_read():
    """A path goes into the store and comes back."""
    path = [(1, 2, 0), (2, 3, 1), (3, 12_345_678_901, 0)]
    assert read_path(write_path(path)) == path
