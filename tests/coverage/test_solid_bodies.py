"""The far sides of solid bodies left out, work shared among threads, rings trusted: same regions, sooner."""

from concurrent.futures import ThreadPoolExecutor

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from kuzet.coverage.kernels.star_rings import find_doubtful
from kuzet.coverage.projection import metric_crs, to_metric
from kuzet.coverage.visibility import visible_regions, walls_of
from kuzet.data.osm import read_osm
from kuzet.data.sample_city import sample_path

whole = st.integers(-40, 40).map(float)


def rectangles(draws):
    """Return rectangles of these middles, half sides and angles: they may overlap, touch, hold each other."""
    bodies = []
    for x, y, wide, high, angle in draws:
        box = shapely.box(x - wide, y - high, x + wide, y + high)
        bodies.append(shapely.affinity.rotate(box, angle) if angle else box)
    return bodies


some_bodies = st.lists(
    st.tuples(whole, whole, st.integers(1, 15), st.integers(1, 15), st.sampled_from([0, 0, 0, 17, 45, 300])),
    min_size=1,
    max_size=8,
).map(rectangles)
a_point = arrays(np.float64, (2,), elements=st.integers(-45, 45).map(float) | st.floats(-45, 45))


def frame(bodies):
    return gpd.GeoDataFrame(geometry=list(bodies))


@settings(max_examples=200, deadline=None)
@given(some_bodies, a_point, st.booleans())
def test_far_sides_of_bodies_change_nothing(bodies, viewpoint, yard):
    """Overlapping, touching and hollow bodies give the same region with and without their far sides.

    The viewpoint may stand on a wall or a corner, from where it looks into the body too.
    """
    if yard:
        bodies = [shapely.box(-60, -60, 60, 60).difference(shapely.box(-50, -50, 50, 50)), *bodies]
    place = shapely.Point(viewpoint)
    if any(body.contains(place) for body in bodies):
        return
    walls = walls_of(frame(bodies))[0]
    full = visible_regions([viewpoint], walls, radius=80)[0]
    quick = visible_regions([viewpoint], walls, radius=80, solid=True)[0]
    assert quick.is_valid
    # a place nearer to a body than coordinates are exact may be in it and on its wall at once
    if 0.0 < min(body.boundary.distance(place) for body in bodies) < 1e-8:
        return
    assert quick.symmetric_difference(full).area < 1e-6


@pytest.fixture(scope="module")
def helsinki():
    """Return the buildings of the sample city in metres."""
    extract = read_osm(sample_path())
    return to_metric(extract.buildings, metric_crs(extract.bounds))


def places_outside(buildings, count, reach):
    """Return places outside every building: random ones, and ones 0.3 m before a wall."""
    random = np.random.default_rng(3)
    walls = walls_of(buildings)[0]
    chosen = walls[random.integers(0, len(walls), count)]
    along = chosen[:, 1] - chosen[:, 0]
    out = np.column_stack([along[:, 1], -along[:, 0]]) / np.hypot(*along.T)[:, None]
    before = chosen.mean(axis=1) + 0.3 * out
    anywhere = chosen[:, 0] + random.uniform(-reach, reach, (count, 2))
    places = np.concatenate([before, anywhere])
    inside = buildings.sindex.query(shapely.points(places), predicate="within")[0]
    return np.delete(places, inside, axis=0)


@pytest.mark.parametrize("radius", [30.0, 120.0])
def test_far_sides_change_nothing_in_the_sample_city(helsinki, radius):
    """Among real houses and courtyards, from 0.3 m off walls and elsewhere, areas are the same."""
    walls = walls_of(helsinki)[0]
    places = places_outside(helsinki, 1500, 40)
    assert len(places) > 1500
    full = shapely.area(visible_regions(places, walls, radius=radius))
    quick = visible_regions(places, walls, radius=radius, solid=True)
    assert shapely.is_valid(quick).all()
    assert np.allclose(shapely.area(quick), full, rtol=1e-9, atol=1e-9)


def test_far_sides_change_nothing_in_monaco(shared):
    """The same among the overlapping, stepped and joined houses of Monaco."""
    extract = read_osm(shared / "data/monaco/monaco_2025.osm.pbf")
    buildings = to_metric(extract.buildings, metric_crs(extract.bounds))
    walls = walls_of(buildings)[0]
    places = places_outside(buildings, 2000, 30)
    full = visible_regions(places, walls, radius=100)
    quick = visible_regions(places, walls, radius=100, solid=True)
    assert shapely.is_valid(quick).all()
    assert np.allclose(shapely.area(quick), shapely.area(full), rtol=1e-9, atol=1e-9)


def test_walls_have_their_building_to_the_left():
    """Whichever way the rings were drawn, a step to the left of a wall leads into its building."""
    house = shapely.box(0, 0, 10, 10, ccw=False).difference(shapely.box(4, 4, 6, 6))
    pair = shapely.MultiPolygon([shapely.box(20, 0, 30, 5, ccw=False), shapely.box(40, 0, 50, 5)])
    walls, owner = walls_of(frame([house, pair]))
    along = walls[:, 1] - walls[:, 0]
    left = np.column_stack([-along[:, 1], along[:, 0]]) / np.hypot(*along.T)[:, None]
    inside = shapely.contains_xy(np.array([house, pair])[owner], walls.mean(axis=1) + 0.5 * left)
    assert inside.all()


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_any_number_of_threads_gives_the_same_regions(helsinki, threads):
    """Corner for corner, however the viewpoints are shared out."""
    walls = walls_of(helsinki)[0]
    places = places_outside(helsinki, 40, 40)
    alone = visible_regions(places, walls, radius=60)
    with ThreadPoolExecutor(threads) as pool:
        shared_out = visible_regions(places, walls, radius=60, over=pool.map, shares=4 * threads)
        few = visible_regions(places[:2], walls, radius=60, over=pool.map, shares=4 * threads)
    assert len(shared_out) == len(alone)
    assert all(one.equals_exact(other, 0) for one, other in zip(alone, shared_out, strict=True))
    assert [shape.wkb for shape in few] == [shape.wkb for shape in alone[:2]]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 15), st.integers(1, 4), st.floats(-1e-9, 1e-9)), min_size=0, max_size=12
    )
)
def test_a_ring_that_is_trusted_is_valid(steps):
    """Whatever the ring, with edges along lines of sight and corners turned back: trusted, so valid."""
    steps = sorted(steps, key=lambda step: step[0])
    corners = np.array(
        [
            [reach * np.cos(a / 16 * 2 * np.pi + shake), reach * np.sin(a / 16 * 2 * np.pi + shake)]
            for a, reach, shake in steps
        ]
    ).reshape(-1, 2)
    corners = np.concatenate([corners, corners[:1]])
    offsets = np.array([0, len(corners)])
    if not find_doubtful(corners, offsets, np.zeros((1, 2)))[0]:
        ring = shapely.Polygon(corners)
        assert ring.is_valid
        assert ring.exterior.is_ccw
        assert ring.contains(shapely.Point(0, 0))


def test_rings_of_real_views_are_trusted(helsinki):
    """Nearly all rings are known to be simple without a general test, in coordinates of any size."""
    walls = walls_of(helsinki)[0]
    places = places_outside(helsinki, 500, 40)
    for shift in (0.0, 6_600_000.0):
        regions = visible_regions(places + shift, walls + shift, radius=80)
        corners, ring_of = shapely.get_coordinates(regions, return_index=True)
        offsets = np.searchsorted(ring_of, np.arange(len(places) + 1))
        doubtful = find_doubtful(corners, offsets, places + shift)
        assert doubtful.mean() < 0.01
        assert shapely.is_valid(regions).all()
