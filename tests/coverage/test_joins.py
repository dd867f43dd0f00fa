"""Points joined with regions: the pairs that GEOS finds trying each with each, not one more or less."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from kuzet.coverage.errors import InvalidInputError
from kuzet.coverage.joins import pair_points_with_regions
from kuzet.coverage.projection import metric_crs, to_metric
from kuzet.coverage.visibility import visible_regions, walls_of
from kuzet.data.osm import read_osm
from kuzet.data.sample_city import sample_path

whole = st.integers(-6, 6).map(float)
some_points = arrays(np.float64, st.tuples(st.integers(0, 60), st.just(2)), elements=whole | st.floats(-7, 7))
a_ring = arrays(np.float64, st.tuples(st.integers(3, 9), st.just(2)), elements=whole)


def as_region(rings):
    """Return what an odd number of the rings covers: polygons with holes, or several, or none."""
    shape = shapely.Polygon()
    for ring in rings:
        shape = shape.symmetric_difference(shapely.make_valid(shapely.Polygon(ring)))
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    merged = shapely.union_all(parts)
    return merged if merged.geom_type in ("Polygon", "MultiPolygon") else shapely.Polygon()


some_regions = st.lists(st.lists(a_ring, max_size=3).map(as_region) | st.none(), max_size=6)


def each_with_each(points, regions):
    """Return the pairs the slow way: GEOS, each point with each region."""
    shapes = shapely.points(points)
    meets = np.array([[bool(shapely.intersects(region, point)) for region in regions] for point in shapes])
    return np.argwhere(meets.reshape(len(points), len(regions)))


def found(points, regions):
    return np.column_stack(pair_points_with_regions(points, regions))


@settings(max_examples=300, deadline=None)
@given(some_points, some_regions, st.sampled_from([0.0, 5_000_000.1]), st.sampled_from([1.0, 1 / 3, 1e-3]))
def test_pairs_are_those_of_trying_each_with_each(points, regions, shift, scale):
    """Holes, several parts, none at all; points on edges, corners and rims of holes; any origin and size."""
    regions = [
        None if region is None else shapely.transform(region, lambda xy: xy * scale + shift)
        for region in regions
    ]
    if not shapely.is_valid([region for region in regions if region is not None]).all():
        return
    points = points * scale + shift
    assert np.array_equal(found(points, regions), each_with_each(points, regions).reshape(-1, 2))


def test_points_on_the_rim_belong():
    """Corner, edge and the rim of a hole count; the inside of the hole does not."""
    ring = shapely.box(0, 0, 9, 9).difference(shapely.box(3, 3, 6, 6))
    points = [[0, 0], [9, 4], [3, 4], [4, 4], [1, 1], [9.1, 4]]
    assert found(points, [ring]).tolist() == [[0, 0], [1, 0], [2, 0], [4, 0]]


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 2**30), st.integers(1, 2**30), st.integers(0, 2**20), st.integers(-2, 2))
def test_a_point_within_rounding_of_an_edge_is_told_as_geos_tells_it(x, y, share, units):
    """On a slanted edge, and a few units in the last place off it, exact arithmetic decides."""
    triangle = shapely.Polygon([(0, 0), (x / 7, y / 3), (-1, y / 3 + 1)])
    at = np.array([x / 7, y / 3]) * (share / 2**20)
    for _ in range(abs(units)):
        at[0] = np.nextafter(at[0], np.inf * units)
    assert np.array_equal(found([at], [triangle]), each_with_each(np.array([at]), [triangle]).reshape(-1, 2))


def test_equal_to_geopandas_in_the_sample_city():
    """100,000 random places and 10,000 that lie on rims, in 300 real views: the pairs of geopandas.sjoin."""
    extract = read_osm(sample_path())
    walls = walls_of(to_metric(extract.buildings, metric_crs(extract.bounds)))[0]
    random = np.random.default_rng(2)
    low, high = walls.reshape(-1, 2).min(axis=0), walls.reshape(-1, 2).max(axis=0)
    regions = visible_regions(random.uniform(low, high, (300, 2)), walls, radius=90)
    corners = shapely.get_coordinates(regions)
    on_rim = corners[random.integers(0, len(corners), 10_000)]
    points = np.concatenate([random.uniform(low - 50, high + 50, (100_000, 2)), on_rim])
    joined = gpd.sjoin(
        gpd.GeoDataFrame(geometry=shapely.points(points)),
        gpd.GeoDataFrame(geometry=regions),
        predicate="intersects",
    )
    expected = np.column_stack([joined.index, joined["index_right"]])
    expected = expected[np.lexsort((expected[:, 1], expected[:, 0]))]
    assert len(expected) > 10_000
    assert np.array_equal(found(points, regions), expected)


@pytest.mark.parametrize(
    "points",
    [
        np.empty((0, 2)),
        [[3.0, 3.0]] * 7,
        [[x, 2.0] for x in range(9)],
        [[2.0, y] for y in range(9)],
        [[50, 50]],
    ],
)
def test_points_on_a_heap_or_a_line_are_no_special_case(points):
    """No points, one place many times, a row, a column, none near: as trying each with each."""
    regions = [shapely.box(1, 1, 5, 5), shapely.box(2, 2, 3, 3), shapely.Polygon(), None]
    expected = each_with_each(np.asarray(points).reshape(-1, 2), regions)
    assert np.array_equal(found(points, regions), expected.reshape(-1, 2))


@pytest.mark.parametrize(
    ("points", "regions", "code"),
    [
        ([[0, 0, 0]], [shapely.box(0, 0, 1, 1)], "wrong_shape"),
        ([1.0, 2.0], [shapely.box(0, 0, 1, 1)], "wrong_shape"),
        ([[0, float("nan")]], [shapely.box(0, 0, 1, 1)], "not_finite"),
        ([[0, 0]], [shapely.LineString([(0, 0), (1, 1)])], "wrong_shape"),
    ],
)
def test_bad_input_is_refused_by_name(points, regions, code):
    """Points that are not pairs of finite numbers, and regions without an area."""
    with pytest.raises(InvalidInputError) as caught:
        pair_points_with_regions(points, regions)
    assert caught.value.code == code
