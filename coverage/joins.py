"""Points and regions -> which points lie in which regions, millions of pairs at once."""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from .errors import InvalidInputError
from .kernels.points_in_regions import find_pairs, sort_pairs, sort_points

POINTS_A_CELL = 8
POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def pair_points_with_regions(
    points: ArrayLike, regions: ArrayLike
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which points lie in which regions.

    Parameters
    ----------
    points : array_like (n, 2)
        In the units of the regions.
    regions : array_like of Polygon or MultiPolygon (m,)
        Valid; with or without holes. One that is empty or None holds no point.

    Returns
    -------
    point_index, region_index : ndarray of int (k,)
        Sorted by point, then by region.

    Raises
    ------
    InvalidInputError
        For points of another shape or not finite, and for regions that are not polygons.

    Notes
    -----
    The pairs are those of `geopandas.sjoin` with the predicate "intersects", exactly: a point on the rim of
    a region, or of a hole in it, belongs to it, since the wall at the end of a view is seen too. ("within"
    would leave out these points and no others.) Points too near to an edge for arithmetic in double
    precision are left to GEOS.
    """
    places = np.ascontiguousarray(points, dtype=np.float64)
    if places.size == 0:
        places = places.reshape(0, 2)
    if places.ndim != 2 or places.shape[1] != 2:
        raise InvalidInputError("wrong_shape", name="points", expected=str(("n", 2)), found=str(places.shape))
    if not np.isfinite(places).all():
        raise InvalidInputError("not_finite", name="points")
    shapes = np.asarray(regions, dtype=object)
    edges, edge_starts = _edges(shapes)
    if not len(edges) or not len(places):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    # cells are laid over the points that can be in any region
    low, high = edges.reshape(-1, 2).min(axis=0), edges.reshape(-1, 2).max(axis=0)
    near = np.flatnonzero(((places >= low) & (places <= high)).all(axis=1))
    if not len(near):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    chosen = places if len(near) == len(places) else places[near]
    low, high = chosen.min(axis=0), chosen.max(axis=0)
    wide, tall = (high - low).tolist()
    cell = math.sqrt(wide * tall * POINTS_A_CELL / len(chosen)) or max(wide, tall) / len(chosen) or 1.0
    # points on a line, or nearly so, must not ask for more cells than there are points
    cell = max(cell, max(wide, tall) / len(chosen))
    low_x, low_y = low.tolist()
    columns, rows = int(wide / cell) + 1, int(tall / cell) + 1
    starts, order, by_cell = sort_points(chosen, low_x, low_y, cell, columns, rows)
    found = find_pairs(by_cell, order, starts, low_x, low_y, cell, columns, rows, edges, edge_starts)
    point, region, unsure_point, unsure_region = (np.asarray(one, dtype=np.int64) for one in found)
    if len(unsure_point):
        meets = shapely.intersects_xy(shapes[unsure_region], chosen[unsure_point])
        region = np.concatenate([region, unsure_region[meets]])
        point = np.concatenate([point, unsure_point[meets]])
        by_region = np.argsort(region, kind="stable")
        point, region = point[by_region], region[by_region]
    return sort_pairs(near[point], region, len(places))


def _edges(shapes: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the edges of all rings, and where those of each region begin."""
    kinds = shapely.get_type_id(shapes)
    if not np.isin(kinds, [-1, *POLYGONS]).all():
        found = shapely.GeometryType(int(kinds[~np.isin(kinds, [-1, *POLYGONS])][0])).name
        raise InvalidInputError("wrong_shape", name="regions", expected="POLYGON", found=found)
    parts, of_region = shapely.get_parts(shapes, return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    coordinates, of_ring = shapely.get_coordinates(rings, return_index=True)
    same = of_ring[1:] == of_ring[:-1]
    edges = np.hstack([coordinates[:-1][same], coordinates[1:][same]])
    region = of_region[of_part[of_ring[1:][same]]]
    return edges, np.searchsorted(region, np.arange(len(shapes) + 1)).astype(np.int64)
