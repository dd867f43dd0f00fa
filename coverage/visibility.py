"""Viewpoints and walls -> the exact region each viewpoint sees, all of them at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from .errors import InvalidInputError
from .kernels.star_rings import find_doubtful
from .kernels.visible_region import sweep_regions
from .kernels.wall_cuts import find_cuts
from .kernels.wall_grid import grid_walls

ARC_STEP_DEG = 2.8125
"""128 chords to the full circle: at 100 m the chord lies at most 3 cm inside it."""
NO_WALL = np.array([[0.0, 0.0, 0.0, 0.0]])


def visible_regions(
    viewpoints: ArrayLike,
    walls: ArrayLike,
    *,
    radius: ArrayLike,
    arc_step_deg: float = ARC_STEP_DEG,
    wall_heights: ArrayLike | None = None,
    eye_heights: ArrayLike | None = None,
    solid: bool = False,
    over: Callable[..., Iterable[NDArray[np.object_]]] = map,
    shares: int = 1,
) -> NDArray[np.object_]:
    """Return what each viewpoint sees past straight, opaque walls.

    Parameters
    ----------
    viewpoints : array_like (n, 2)
        Metres.
    walls : array_like (m, 2, 2)
        Both ends of each wall, metres. Walls may touch and cross, in any order.
    radius : float or array_like (n,)
        How far each viewpoint sees, metres, above 0. The rim of the disc is drawn in chords.
    arc_step_deg : float
        Widest angle of one chord of the rim, degrees.
    wall_heights : float or array_like (m,), optional
        Metres above the same level as `eye_heights`; may be infinite. None: every wall is infinitely high.
    eye_heights : float or array_like (n,), optional
        Metres. A wall takes part for a viewpoint only where it is at least as high as the eye; lower ones
        are looked over. None: every eye is below every wall.
    solid : bool
        The caller promises that the walls are the rims of solid bodies, each body to the left of its walls
        and of one height, and that no viewpoint lies strictly inside one, as for `walls_of`. Then the walls
        on the far side of a body need not be looked at: the answer is the same, sooner.
    over : callable
        Puts a function to many items, in order: `map`, or that of a pool of threads, which the inner loops
        do not keep waiting.
    shares : int
        In how many parts the viewpoints are given to it. The answer does not depend on either.

    Returns
    -------
    ndarray of Polygon (n,)
        Valid polygons, exterior counter-clockwise. A wall that the viewpoint stands upon, or sees
        edge-on, hides nothing: from a point on a wall both its sides are seen. A viewpoint so hemmed
        in that it sees no area gets an empty polygon.

    Raises
    ------
    InvalidInputError
        For shapes other than these, values that are not finite, NaN as a height, or a radius not above 0.

    Notes
    -----
    Angular sweep over the walls in the order they begin in, keeping the nearest (after Asano 1985, "An
    efficient algorithm for finding the visibility polygon for a polygonal region with holes"), with a grid to
    find the walls near a viewpoint.
    """
    points = _as_finite(viewpoints, (2,), "viewpoints")
    segments = _as_finite(walls, (2, 2), "walls").reshape(-1, 4)
    radii = np.broadcast_to(np.asarray(radius, dtype=np.float64), (len(points),)).copy()
    if not (np.isfinite(radii).all() and (radii > 0).all()):
        raise InvalidInputError("radius_not_positive")
    heights = _as_heights(wall_heights, len(segments), np.inf, "wall_heights")
    eyes = _as_heights(eye_heights, len(points), -np.inf, "eye_heights")
    if not len(points):
        return np.empty(0, dtype=object)
    cell_m = _cell_size(segments, radii) if len(segments) else 1.0
    segments, heights = _cut_crossings(segments, heights, cell_m)
    grid = grid_walls(segments, heights, cell_m)

    def trace(share: slice) -> NDArray[np.object_]:
        corners, offsets = sweep_regions(
            points[share], radii[share], eyes[share], grid, solid, math.radians(arc_step_deg)
        )
        return _to_polygons(corners, offsets, points[share])

    edges = np.linspace(0, len(points), max(shares, 1) + 1).astype(int)
    parts = [slice(low, high) for low, high in pairwise(edges.tolist()) if high > low]
    return np.concatenate(list(over(trace, parts)))


def round_disc(radius: ArrayLike) -> NDArray[np.float64]:
    """Return the radius whose chords leave nothing out of a disc: for ranges that are measured, not drawn."""
    return np.asarray(radius, dtype=np.float64) / math.cos(math.radians(ARC_STEP_DEG) / 2) + 1e-3


def walls_of(buildings: gpd.GeoDataFrame) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the walls of buildings and the row of the building each belongs to.

    Parameters
    ----------
    buildings : GeoDataFrame
        Polygons and multipolygons in metres.

    Returns
    -------
    walls : ndarray (m, 2, 2)
        Courtyards included. Each building lies to the left of its walls.
    owner : ndarray of int (m,)
        Position (not label) of the building in the frame.
    """
    if not len(buildings):
        return np.empty((0, 2, 2)), np.empty(0, dtype=np.int64)
    bodies = shapely.orient_polygons(buildings.geometry.to_numpy())
    rings, of_building = shapely.get_rings(bodies, return_index=True)
    coordinates, of_ring = shapely.get_coordinates(rings, return_index=True)
    same = of_ring[1:] == of_ring[:-1]
    walls = np.stack([coordinates[:-1][same], coordinates[1:][same]], axis=1)
    return walls, of_building[of_ring[1:][same]].astype(np.int64)


def _as_finite(values: ArrayLike, tail: tuple[int, ...], name: str) -> NDArray[np.float64]:
    array = np.ascontiguousarray(values, dtype=np.float64)
    if array.size == 0:
        return array.reshape(0, *tail)
    if array.shape[1:] != tail:
        raise InvalidInputError("wrong_shape", name=name, expected=str(("n", *tail)), found=str(array.shape))
    if not np.isfinite(array).all():
        raise InvalidInputError("not_finite", name=name)
    return array


def _as_heights(values: ArrayLike | None, count: int, default: float, name: str) -> NDArray[np.float64]:
    heights = np.asarray(default if values is None else values, dtype=np.float64)
    if heights.shape not in ((), (count,)):
        raise InvalidInputError("wrong_shape", name=name, expected=str((count,)), found=str(heights.shape))
    if np.isnan(heights).any():
        raise InvalidInputError("not_finite", name=name)
    return np.broadcast_to(heights, (count,)).copy()


def _cut_crossings(
    segments: NDArray[np.float64], heights: NDArray[np.float64], cell_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cut walls where they cross, and drop those without length. A piece keeps the height of its wall."""
    long = (segments[:, :2] != segments[:, 2:]).any(axis=1)
    segments, heights = np.ascontiguousarray(segments[long]), heights[long]
    if not len(segments):
        return NO_WALL, np.array([np.inf])
    wall, share, points = find_cuts(grid_walls(segments, heights, cell_m))
    if not len(wall):
        return segments, heights
    # from each wall's start over its cuts to its end
    crossed = np.unique(wall)
    stops = np.concatenate([segments[crossed, :2], points, segments[crossed, 2:]])
    of_wall = np.concatenate([crossed, wall, crossed])
    place = np.concatenate([np.zeros(len(crossed)), share, np.ones(len(crossed))])
    kind = np.repeat([0, 1, 2], [len(crossed), len(wall), len(crossed)])
    order = np.lexsort((place, kind, of_wall))
    stops, of_wall = stops[order], of_wall[order]
    piece = (of_wall[1:] == of_wall[:-1]) & (stops[1:] != stops[:-1]).any(axis=1)
    whole = np.ones(len(segments), dtype=bool)
    whole[crossed] = False
    pieces = np.hstack([stops[:-1][piece], stops[1:][piece]])
    return (
        np.ascontiguousarray(np.concatenate([segments[whole], pieces])),
        np.concatenate([heights[whole], heights[of_wall[1:][piece]]]),
    )


def _cell_size(segments: NDArray[np.float64], radii: NDArray[np.float64]) -> float:
    """Choose cells of about a third of a radius, but with a few walls each, and never too many of them."""
    wide = float(np.ptp(segments[:, [0, 2]])) or 1.0
    high = float(np.ptp(segments[:, [1, 3]])) or 1.0
    dense = math.sqrt(wide * high / (0.5 * len(segments) + 1))
    return max(float(np.median(radii)) / 3, dense, max(wide, high) / 4000)


def _to_polygons(
    corners: NDArray[np.float64], offsets: NDArray[np.int64], points: NDArray[np.float64]
) -> NDArray[np.object_]:
    polygons = np.full(len(points), shapely.Polygon(), dtype=object)
    drawn = np.diff(offsets) > 0
    if drawn.any():
        starts = np.append(offsets[:-1][drawn], offsets[-1])
        polygons[drawn] = shapely.from_ragged_array(
            shapely.GeometryType.POLYGON, corners, (starts, np.arange(len(starts)))
        )
    # almost every ring is known to be simple; a general test of all would take longer than tracing them
    doubtful = np.flatnonzero(find_doubtful(corners, offsets, points))
    broken = doubtful[~shapely.is_valid(polygons[doubtful])]
    polygons[broken] = [_largest_polygon(shapely.make_valid(shape)) for shape in polygons[broken]]
    return polygons


def _largest_polygon(shape: shapely.Geometry) -> shapely.Polygon:
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)]
    return max(parts, key=lambda part: part.area, default=shapely.Polygon())
