"""Walls that a camera looks over or under, and their shadows, which end, unlike those of high walls.

On level ground a sight line from an eye at height H to a target at height z, D metres away, passes a wall
d metres away at the height H - (H - z) d / D. It is hidden where that lies between the wall's base and top:
for D from k d to K d, with k = (H - z) / (H - base) and K = (H - z) / (H - top), as far as these are above 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from .eyes import Eye, hides_all
from .kernels.low_shadows import shadow_spans
from .obstacles import Obstacles

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

EDGE_ON_M: Final = 1e-9
"""A wall whose line passes the camera this closely hides nothing."""


@dataclass(frozen=True)
class LowWalls:
    """Walls near cameras that hide only part of what is behind them.

    Attributes
    ----------
    first : ndarray of int (n + 1,)
        The walls of camera i are rows `first[i]:first[i + 1]` of the rest.
    ax, ay, bx, by : ndarray (k,)
        Ends of the wall relative to the camera, counter-clockwise as seen from it.
    base_m, top_m : ndarray (k,)
    unsure : ndarray of bool (k,)
    owner : ndarray of int (k,)
        As in `Obstacles`.
    """

    first: Integers
    ax: Floats = field(repr=False)
    ay: Floats = field(repr=False)
    bx: Floats = field(repr=False)
    by: Floats = field(repr=False)
    base_m: Floats = field(repr=False)
    top_m: Floats = field(repr=False)
    unsure: NDArray[np.bool_] = field(repr=False)
    owner: Integers = field(repr=False)


def find_low_walls(
    viewpoints: Floats,
    regions: NDArray[np.object_],
    above_m: Floats,
    obstacles: Obstacles,
    *,
    target_m: float,
) -> LowWalls:
    """Return the walls in sight of each camera that it may look over or under.

    Parameters
    ----------
    viewpoints : ndarray (n, 2)
        Metres.
    regions : ndarray of Polygon (n,)
        What high walls leave in sight; a wall outside hides nothing more.
    above_m : ndarray (n,)
        The greatest height at which a sight line of each camera begins or ends.
    obstacles : Obstacles
    target_m : float
        Height of what must be seen. Walls that end below it and begin at the ground hide nothing.

    Returns
    -------
    LowWalls
        All walls that `hides_all` leaves out of the visible regions of these cameras.
    """
    opaque_below = hides_all(obstacles, target_m=target_m)
    rows = np.flatnonzero(opaque_below < above_m.max(initial=-np.inf))
    if not len(rows):
        camera = wall = np.empty(0, dtype=np.int64)
    else:
        tree = shapely.STRtree(np.asarray(shapely.linestrings(obstacles.walls[rows])))
        camera, near = tree.query(regions, predicate="intersects")
        wall = rows[near]
        kept = opaque_below[wall] < above_m[camera]
        camera, wall = camera[kept], wall[kept]
    order = np.lexsort((wall, camera))
    camera, wall = camera[order], wall[order]
    a = obstacles.walls[wall, 0] - viewpoints[camera]
    b = obstacles.walls[wall, 1] - viewpoints[camera]
    turn = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    seen = np.abs(turn) > EDGE_ON_M * np.hypot(*(b - a).T)
    camera, wall, a, b, turn = camera[seen], wall[seen], a[seen], b[seen], turn[seen]
    left = (turn > 0)[:, None]
    a, b = np.where(left, a, b), np.where(left, b, a)
    return LowWalls(
        first=np.searchsorted(camera, np.arange(len(viewpoints) + 1)),
        ax=a[:, 0], ay=a[:, 1], bx=b[:, 0], by=b[:, 1],
        base_m=obstacles.base_m[wall], top_m=obstacles.top_m[wall],
        unsure=obstacles.unsure[wall], owner=obstacles.owner[wall],
    )  # fmt: skip


def draw_low_shadows(
    camera: int, eye: Eye, low: LowWalls, *, reach_m: float, target_m: float
) -> shapely.Geometry:
    """Return what low walls hide from one eye of a camera: relative to it, to beyond its reach."""
    wall = np.arange(low.first[camera], low.first[camera + 1])
    near, far = shadow_spans(
        eye.height_m, eye.over_assumed, target_m, low.base_m[wall], low.top_m[wall], low.unsure[wall]
    )
    near = np.maximum(near, 1.0)
    a, b = np.column_stack([low.ax, low.ay])[wall], np.column_stack([low.bx, low.by])[wall]
    # the far side is a straight line: it must pass beyond the reach, however close the wall is
    away = (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / np.hypot(*(b - a).T)
    far = np.minimum(far, 1.1 * reach_m / away)
    some = far > near
    quads = np.stack([a * near[:, None], b * near[:, None], b * far[:, None], a * far[:, None]], axis=1)[some]
    return shapely.union_all(shapely.polygons(quads)) if len(quads) else shapely.Polygon()
