"""Walls are looked over and under as straight lines in space say, however often they are tried."""

import math

import numpy as np
import pytest
import shapely
from kuzet.coverage.conditions import Conditions
from kuzet.coverage.eyes import possible_eyes
from kuzet.coverage.seeing import see_ways
from kuzet.coverage.sightings import find_sightings, make_watch
from kuzet.coverage.streets import physical_ways
from shapely import LineString, Point, Polygon, box
from shapely.affinity import rotate

from .scene import (
    EVERYTHING,
    all_round,
    barriers,
    blocked,
    fixed,
    houses,
    measure,
    prisms,
    register,
    seen_parts,
    streets,
    upright,
)

CLASSES = {"any": 1e-3, "seen": 2e-3}
ROAD = streets([(0, 0), (60, 0)])
ACROSS = [(10, -40), (10, 40)]


@pytest.mark.parametrize(("target", "until"), [(0.0, 17.142857), (1.7, 12.285714)])
def test_the_wall_of_the_design_hides_to_the_last_digit(target, until):
    """From 6 m, a 2.5 m wall 10 m away hides the ground from 10.00 to 17.14 m, a head to 12.29 m."""
    wall = barriers(ACROSS, height_m=2.5)
    coverage = measure(
        ROAD,
        [all_round((0, 0), 6.0)],
        barriers=wall,
        conditions=Conditions(obstacles="leaf_off", target_m=target),
    )
    for column in ("live_low", "live_high"):
        assert seen_parts(coverage, column) == [
            (0, 0.0, pytest.approx(10, abs=1e-6)),
            (0, pytest.approx(until, abs=1e-6), 60.0),
        ]


@pytest.mark.parametrize(("target", "until"), [(0.0, 17.142857), (1.7, 12.285714)])
def test_a_low_building_hides_as_far_as_a_wall(target, until):
    """A building 2.5 m high, whose far side stands 10 m away, hides as far behind it as the wall would."""
    shed = houses(box(9.5, -40, 10, 40), height_m=2.5)
    coverage = measure(ROAD, [all_round((0, 0), 6.0)], shed, conditions=Conditions(target_m=target))
    assert seen_parts(coverage) == [
        (0, 0.0, pytest.approx(9.5, abs=1e-6)),
        (0, pytest.approx(until, abs=1e-6), 60.0),
    ]


@pytest.mark.parametrize(("target", "near"), [(0.0, 7.15), (1.7, 5.12)])
def test_the_mast_of_the_design(target, near):
    """6 m up, tilted 15 degrees, 50 degrees high: the ground is seen from 7.15 m, a head from 5.12 m."""
    wide = math.degrees(2 * math.atan(math.tan(math.radians(25)) * 16 / 9))
    row = fixed((0, 0), 90.0, height_m=6.0, tilt_deg=15.0, hfov_deg=wide, pixels_across=EVERYTHING)
    parts = seen_parts(measure(ROAD, [row], conditions=Conditions(target_m=target)))
    assert parts == [(0, pytest.approx(near, abs=5e-3), 60.0)]


def test_the_steep_mast_of_the_design():
    """4 m up, tilted 30 degrees, 41.363 degrees high: the ground is seen from 3.276 to 24.377 m."""
    wide = math.degrees(2 * math.atan(math.tan(math.radians(41.363 / 2)) * 16 / 9))
    row = fixed((0, 0), 90.0, height_m=4.0, tilt_deg=30.0, hfov_deg=wide, pixels_across=EVERYTHING)
    parts = seen_parts(measure(ROAD, [row], conditions=Conditions(target_m=0.0)))
    assert parts == [(0, pytest.approx(3.276, abs=5e-4), pytest.approx(24.377, abs=1e-3))]


def test_tree_crowns_hide_only_what_lies_behind_them():
    """Crowns from 2 to 8 m, 10 m away, hide what a line from 4 m passes between those heights."""
    row = all_round((0, 0), 4.0)
    trees = barriers(ACROSS, kind="tree_row", height_m=8.0, base_m=2.0)
    leafy = measure(ROAD, [row], barriers=trees, conditions=Conditions(obstacles="leaf_on"))
    # 4 - 2.3 x 10 / D is above 2 from D = 11.5 on: nearer, one looks under the crowns
    assert seen_parts(leafy) == [(0, 0.0, pytest.approx(11.5, abs=1e-6))]
    bare = measure(ROAD, [row], barriers=trees, conditions=Conditions(obstacles="leaf_off"))
    assert seen_parts(bare) == [(0, 0.0, 60.0)]
    child = Conditions(obstacles="leaf_on", target_m=0.0)
    assert seen_parts(measure(ROAD, [row], barriers=trees, conditions=child)) == [
        (0, 0.0, pytest.approx(20, abs=1e-6))
    ]
    low = all_round((0, 0), 1.8)
    assert seen_parts(measure(ROAD, [low], barriers=trees, conditions=child)) == [(0, 0.0, 60.0)]


def test_a_bridge_is_seen_over_a_wall_that_hides_the_street():
    """A wall as high as a house hides the street from a low camera, but not the bridge above it."""
    roads = streets([(0, 1), (60, 1)], [(0, -1), (60, -1)], bridge=[False, True], layer=[0, 2])
    wall = barriers(ACROSS, height_m=5.0)
    coverage = measure(
        roads, [all_round((0, 0), 4.0)], barriers=wall, conditions=Conditions(obstacles="leaf_off")
    )
    deck = int(np.flatnonzero(coverage.ways["deck_m"] == 10)[0])
    seen = {way: [] for way in (0, 1)}
    for way, start, stop in seen_parts(coverage):
        seen[way].append((start, stop))
    assert seen[1 - deck] == [(0.0, pytest.approx(10, abs=1e-6))]
    # the line rises 7.7 m and is above 5 m at the wall as long as D is below 77 m
    assert seen[deck] == [(0.0, 60.0)]


@pytest.mark.parametrize("height", [1.0, 2.5, 3.0, 20.0])
def test_a_street_along_a_facade_is_seen_whatever_the_height_of_the_house(height):
    """A way that shares its corners with a house runs in front of it, be the house low or high."""
    corners = np.array([(-65.991, -320.273), (-58.624, -319.806), (-19.819, -318.001)])
    house = houses(Polygon([*corners, (-19.0, -340.0), (-65.0, -341.0)]), height_m=height)
    roads = streets(corners)
    coverage = measure(roads, [all_round((-67.234, -302.146), 8.0)], house)
    assert coverage.seen_m["live"]["low"] == pytest.approx(coverage.network_m, abs=1e-5)
    watch = make_watch(register(all_round((-67.234, -302.146), 8.0)), house)
    places = np.array([LineString(corners).interpolate(d).coords[0] for d in np.arange(0.5, 46, 0.5)])
    nearer = places + np.array([0.0, 1e-4])
    assert set(find_sightings(watch, nearer).seen["place"]) == set(range(len(places)))


def random_scene(seed):
    """Return walls, houses, cameras and streets strewn over 100 m, and where the lines end."""
    random = np.random.default_rng(seed)
    shapes = []
    for _ in range(6):
        x, y = random.uniform(-50, 50, 2)
        shapes.append(
            rotate(box(x, y, x + random.uniform(2, 15), y + random.uniform(2, 15)), random.uniform(0, 90))
        )
    height = np.where(random.random(6) < 0.4, np.nan, random.uniform(2, 15, 6))
    buildings = houses(*shapes, height_m=height)
    start = random.uniform(-50, 50, (12, 2))
    lines = np.stack([start, start + random.uniform(-20, 20, (12, 2))], axis=1)
    base = np.where(random.random(12) < 0.5, 0.0, random.uniform(0, 6, 12))
    walls = barriers(*lines, base_m=base, height_m=base + random.uniform(0.5, 10, 12))
    solid = shapely.union_all(shapes)
    rows = []
    while len(rows) < 4:
        at = random.uniform(-50, 50, 2)
        if solid.distance(Point(at)) > 0.5:
            known = random.random() < 0.85
            rows.append(all_round(at, random.uniform(2, 20) if known else np.nan, id=f"c{len(rows)}"))
    ends = random.uniform(-50, 50, (8, 2, 2))
    layer = random.choice([0, 1, 2], 8)
    roads = streets(*ends, bridge=layer > 0, layer=layer)
    return random, buildings, walls, register(*rows), roads


def chances(buildings, walls, cameras, points, which, targets):
    """Return how likely each target (n, 3) is seen by a camera: each line to each eye tried in space."""
    chance = np.zeros(len(targets))
    fences = upright(
        shapely.get_coordinates(walls.geometry.to_numpy()).reshape(-1, 2, 2),
        walls["base_m"],
        walls["height_m"],
    )
    for number, camera in enumerate(cameras.to_dict("records")):
        mine = np.flatnonzero(which == number)
        for eye in possible_eyes(camera):
            top = buildings["height_m"].fillna(8.0 if eye.over_assumed else 1e5)
            triangles = np.concatenate([fences, prisms(buildings.geometry, [0.0] * len(top), top)])
            eyes = np.tile([*points[number], eye.height_m], (len(mine), 1))
            chance[mine] += eye.weight * ~blocked(eyes, targets[mine], triangles)
    return chance


def outside_houses(buildings, targets):
    """Say which targets do not lie in a house or below its roof: no street runs there."""
    free = np.ones(len(targets), dtype=bool)
    for shape, top in zip(buildings.geometry, buildings["height_m"].fillna(np.inf), strict=True):
        free &= ~(shapely.intersects_xy(shape, targets[:, 0], targets[:, 1]) & (targets[:, 2] < top))
    return free


def test_50000_sight_lines_to_places_against_lines_in_space():
    """Of 50,000 random lines past walls, trees and houses, no more than 1 in 1,000 is told wrong."""
    asked = wrong = 0
    seed = 0
    while asked < 50_000:
        random, buildings, walls, cameras, _ = random_scene(seed)
        seed += 1
        target = float(random.choice([0.0, 1.7]))
        conditions = Conditions(obstacles="leaf_off", target_m=target)
        watch = make_watch(cameras, buildings, barriers=walls, conditions=conditions)
        places = random.uniform(-50, 50, (300, 2))
        targets = np.column_stack([places, np.full(len(places), target)])
        places = places[outside_houses(buildings, targets)]
        seen = find_sightings(watch, places).seen
        told = np.zeros((len(cameras), len(places)))
        told[seen["camera"], seen["place"]] = seen["probability"]
        which, place = (index.ravel() for index in np.indices(told.shape))
        targets = np.column_stack([places[place], np.full(len(place), target)])
        expected = chances(buildings, walls, cameras, watch.points, which, targets)
        asked += len(expected)
        wrong += int((np.abs(told.ravel() - expected) > 1e-9).sum())
    print(f"places: {asked - wrong} of {asked} agree")
    assert wrong <= asked / 1000


def test_50000_sight_lines_to_streets_against_lines_in_space():
    """The same on streets and bridges: the stretches that cameras see, asked at random metres."""
    asked = wrong = 0
    seed = 10_000
    while asked < 50_000:
        random, buildings, walls, cameras, roads = random_scene(seed)
        seed += 1
        conditions = Conditions(obstacles="leaf_off", target_m=float(random.choice([0.0, 1.7])))
        ways = physical_ways(roads)
        seen = see_ways(
            cameras, buildings, ways, classes=CLASSES, seen_at="seen", barriers=walls, conditions=conditions
        )
        way = random.integers(0, len(roads), 300)
        at_m = random.uniform(0, 1, 300) * ways.frame["length_m"].to_numpy()[way]
        height = conditions.target_m + ways.frame["deck_m"].to_numpy()[way]
        targets = np.column_stack([ways.points(way, at_m), height])
        free = outside_houses(buildings, targets)
        way, at_m, targets = way[free], at_m[free], targets[free]
        told = np.zeros((len(cameras), len(way)))
        for row in seen.stretches[seen.stretches["quality"] == "seen"].itertuples():
            here = (way == row.way) & (at_m > row.from_m) & (at_m < row.to_m)
            told[row.camera, here] += row.probability
        which, place = (index.ravel() for index in np.indices(told.shape))
        expected = chances(buildings, walls, cameras, seen.points, which, targets[place])
        asked += len(expected)
        wrong += int((np.abs(told.ravel() - expected) > 1e-9).sum())
    print(f"streets: {asked - wrong} of {asked} agree")
    assert wrong <= asked / 1000


def test_the_view_drawn_is_what_the_best_eye_sees():
    """Of 6,000 random places in sight, those in the polygon drawn are those that a line in space meets."""
    asked = wrong = 0
    for seed in range(20_000, 20_006):
        random, buildings, walls, cameras, _ = random_scene(seed)
        watch = make_watch(cameras, buildings, barriers=walls, conditions=Conditions(obstacles="leaf_off"))
        eyes = watch.looks.eyes
        views = watch.sight.drawn(watch.points, eyes, watch.looks.farthest_m, target_m=1.7)
        places = random.uniform(-50, 50, (250, 2))
        targets = np.column_stack([places, np.full(len(places), 1.7)])
        targets = targets[outside_houses(buildings, targets)]
        for number, view in enumerate(views):
            best = max(eyes[number], key=lambda eye: (eye.height_m, eye.over_assumed))
            top = buildings["height_m"].fillna(8.0)
            lines = shapely.get_coordinates(walls.geometry.to_numpy()).reshape(-1, 2, 2)
            triangles = np.concatenate(
                [
                    upright(lines, walls["base_m"], walls["height_m"]),
                    prisms(buildings.geometry, [0.0] * len(top), top),
                ]
            )
            start = np.tile([*watch.points[number], best.height_m], (len(targets), 1))
            told = shapely.intersects_xy(view, targets[:, 0], targets[:, 1])
            asked += len(targets)
            wrong += int((told == blocked(start, targets, triangles)).sum())
    assert asked > 5000
    assert wrong <= asked / 1000
