"""The visible region against a slow twin that tests one line of sight at a time."""

import json
import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from kuzet.coverage.errors import InvalidInputError
from kuzet.coverage.projection import metric_crs, to_metric
from kuzet.coverage.visibility import visible_regions, walls_of
from kuzet.data.osm import read_osm
from kuzet.data.sample_city import sample_path

coordinate = st.floats(-40, 40, allow_nan=False).map(lambda x: round(x, 2))
some_walls = arrays(np.float64, st.tuples(st.integers(1, 8), st.just(2), st.just(2)), elements=coordinate)
a_point = arrays(np.float64, (2,), elements=coordinate)


def sees(viewpoint, targets, walls):
    """Tell the slow way which targets a viewpoint sees: no wall crosses the line between."""
    lines = shapely.linestrings([[viewpoint, target] for target in targets])
    shapes = shapely.linestrings(walls)
    pair, _ = shapely.STRtree(shapes).query(lines, predicate="intersects")
    blocked = np.zeros(len(lines), dtype=bool)
    blocked[pair] = True
    return ~blocked


def square(low, high):
    """Return the four walls of a square room."""
    corners = [(low, low), (high, low), (high, high), (low, high)]
    return np.array([[corners[i], corners[(i + 1) % 4]] for i in range(4)], dtype=float)


def test_open_ground_is_the_whole_disc():
    """Without walls a viewpoint sees its disc, drawn in chords inside the circle."""
    region = visible_regions([[5, 5]], np.empty((0, 2, 2)), radius=100)[0]
    assert region.area == pytest.approx(64 * math.sin(2 * math.pi / 128) * 100**2, rel=1e-9)
    assert region.is_valid


def test_a_wall_casts_its_shadow():
    """One wall 10 m ahead, 20 m wide, leaves of a far square room what hand calculation leaves."""
    walls = np.concatenate([square(-50, 50), [[[10, -10], [10, 10]]]])
    region = visible_regions([[0, 0]], walls, radius=1000)[0]
    # the shadow between the two diagonals behind x = 10 is a trapezoid: (20 + 100) / 2 * 40
    assert region.area == pytest.approx(100 * 100 - 2400, rel=1e-12)


def test_a_viewpoint_on_a_wall_sees_both_sides():
    """A wall under the viewpoint hides nothing; inside the room all of it is seen from wall and corner."""
    walls = square(0, 10)
    room = shapely.box(0, 0, 10, 10)
    on_wall, corner = visible_regions([[5, 0], [10, 10]], walls, radius=100)
    assert on_wall.intersection(room).area == pytest.approx(100)
    assert corner.intersection(room).area == pytest.approx(100)


def test_crossing_walls_are_cut_where_they_cross():
    """Two walls that cross hide the same in any order, and no more than the slow twin says."""
    walls = np.array([[[10, -10], [20, 10]], [[20, -10], [10, 10]]], dtype=float)
    first, second = (
        visible_regions([[0, 0]], walls, radius=60)[0],
        visible_regions([[0, 0]], walls[::-1], radius=60)[0],
    )
    assert first.equals_exact(second, 1e-9) or first.symmetric_difference(second).area < 1e-9
    targets = np.random.default_rng(1).uniform(-40, 40, (3000, 2))
    inside = shapely.contains_xy(first, targets)
    near_rim = shapely.distance(first.boundary, shapely.points(targets)) < 1e-6
    assert (inside == sees([0, 0], targets, walls))[~near_rim].all()


@settings(max_examples=150, deadline=None)
@given(some_walls, a_point)
def test_regions_agree_with_the_slow_twin(walls, viewpoint):
    """Whatever the walls, a place is in the region exactly when no wall crosses the line to it."""
    region = visible_regions([viewpoint], walls, radius=80)[0]
    assert region.is_valid
    targets = np.random.default_rng(0).uniform(-45, 45, (200, 2))
    away = (shapely.distance(region.boundary, shapely.points(targets)) > 1e-3) & (
        np.hypot(*(targets - viewpoint).T) < 79
    )
    # a wall through the viewpoint hides nothing here, but stops the twin's line at its very start
    start = shapely.points(viewpoint)
    clear = walls[shapely.distance(shapely.linestrings(walls), start) > 1e-9]
    expected = sees(viewpoint, targets, clear) if len(clear) else np.ones(len(targets), dtype=bool)
    assert (shapely.contains_xy(region, targets) == expected)[away].all()


@settings(max_examples=60, deadline=None)
@given(some_walls, a_point, a_point)
def test_sight_is_symmetric(walls, here, there):
    """If here sees there, there sees here."""
    lines = shapely.linestrings(walls)
    regions = visible_regions([here, there], walls, radius=200)
    rim = [shapely.distance(regions[i].boundary, shapely.points(p)) for i, p in enumerate((there, here))]
    off_walls = min(shapely.distance(lines, shapely.points(p)).min() for p in (here, there)) > 1e-6
    if off_walls and min(rim) > 1e-6:
        assert shapely.contains_xy(regions[0], *there) == shapely.contains_xy(regions[1], *here)


@settings(max_examples=60, deadline=None)
@given(some_walls, a_point, st.randoms(use_true_random=False))
def test_removing_a_wall_never_shrinks_a_view_and_order_does_not_matter(walls, viewpoint, random):
    """Fewer walls, no smaller region; the same walls in another order, the same region."""
    room = np.concatenate([walls, square(-90, 90)])
    whole = visible_regions([viewpoint], room, radius=400)[0]
    fewer = visible_regions([viewpoint], room[1:], radius=400)[0]
    assert whole.difference(fewer.buffer(1e-6)).area < 1e-6
    order = list(range(len(room)))
    random.shuffle(order)
    again = visible_regions([viewpoint], room[order][:, ::-1], radius=400)[0]
    assert whole.symmetric_difference(again).area < 1e-5


@settings(max_examples=60, deadline=None)
@given(some_walls, a_point, st.floats(0, 360), coordinate, coordinate)
def test_turning_and_moving_everything_turns_and_moves_the_view(walls, viewpoint, angle, east, north):
    """The region does not depend on where the origin lies or where north is."""
    turn = math.radians(angle)
    matrix = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    room = np.concatenate([walls, square(-90, 90)])
    moved = room @ matrix.T + [1000 + east, north]
    first = visible_regions([viewpoint], room, radius=400)[0]
    second = visible_regions([viewpoint @ matrix.T + [1000 + east, north]], moved, radius=400)[0]
    assert first.area == pytest.approx(second.area, rel=1e-6, abs=1e-4)


@pytest.mark.parametrize(
    ("viewpoints", "walls", "radius", "code"),
    [
        ([[0, 0]], [[[0, 0], [1, float("nan")]]], 10, "not_finite"),
        ([[0, 0]], [[0, 0, 1, 1]], 10, "wrong_shape"),
        ([[0, 0]], [[[0, 0], [1, 1]]], 0, "radius_not_positive"),
        ([[0, 0]], [[[0, 0], [1, 1]]], float("inf"), "radius_not_positive"),
    ],
)
def test_bad_input_is_refused_by_name(viewpoints, walls, radius, code):
    """Wrong shapes, NaN and radii not above 0 are refused with their own code."""
    with pytest.raises(InvalidInputError) as caught:
        visible_regions(viewpoints, walls, radius=radius)
    assert caught.value.code == code


def test_no_viewpoints_give_no_regions():
    """An empty question has an empty answer."""
    assert len(visible_regions(np.empty((0, 2)), square(0, 1), radius=5)) == 0


def test_walls_of_buildings_keep_courtyards_and_owners():
    """A house with a courtyard gives eight walls, all of them its own."""
    import geopandas as gpd

    house = shapely.box(0, 0, 10, 10).difference(shapely.box(4, 4, 6, 6))
    walls, owner = walls_of(gpd.GeoDataFrame(geometry=[shapely.box(20, 0, 21, 1), house]))
    assert walls.shape == (12, 2, 2)
    assert owner.tolist() == [0] * 4 + [1] * 8


@pytest.fixture(scope="module")
def helsinki_walls():
    """Return the walls and buildings of the sample city in metres."""
    extract = read_osm(sample_path())
    buildings = to_metric(extract.buildings, metric_crs(extract.bounds))
    return walls_of(buildings)[0], buildings


def test_100_000_random_targets_in_the_sample_city(helsinki_walls):
    """Of 100,000 lines of sight among real houses 99.9% agree, every miss within 0.5 m of an edge."""
    walls, _ = helsinki_walls
    random = np.random.default_rng(7)
    low, high = walls.reshape(-1, 2).min(axis=0), walls.reshape(-1, 2).max(axis=0)
    viewpoints = random.uniform(low, high, (1000, 2))
    regions = visible_regions(viewpoints, walls, radius=100)
    assert shapely.is_valid(regions).all()
    angle, distance = (
        random.uniform(0, 2 * np.pi, (1000, 100)),
        99 * np.sqrt(random.uniform(0, 1, (1000, 100))),
    )
    targets = viewpoints[:, None, :] + np.stack([distance * np.cos(angle), distance * np.sin(angle)], axis=-1)
    lines = shapely.linestrings(
        np.stack([np.repeat(viewpoints, 100, axis=0), targets.reshape(-1, 2)], axis=1)
    )
    pair, _ = shapely.STRtree(shapely.linestrings(walls)).query(lines, predicate="intersects")
    clear = np.ones(len(lines), dtype=bool)
    clear[pair] = False
    inside = shapely.contains_xy(np.repeat(regions, 100), targets.reshape(-1, 2))
    missed = np.flatnonzero(inside != clear)
    assert len(missed) <= 100
    rims = shapely.boundary(np.repeat(regions, 100)[missed])
    assert (shapely.distance(rims, shapely.points(targets.reshape(-1, 2)[missed])) <= 0.5).all()


def test_published_areas(shared):
    """Areas of published visibility cases, a viewpoint on a wall included, within 1e-6."""
    cases = json.loads((shared / "benchmarks/visibility/cases.json").read_text())
    assert cases
    for case in cases.values():
        walls = np.array(case["polygon_edges"])
        room = shapely.polygonize(list(shapely.linestrings(walls))).geoms[0]
        region = visible_regions([case["query"]], walls, radius=1000)[0].intersection(room)
        assert region.area == pytest.approx(case["visibility_area"], rel=1e-6)
