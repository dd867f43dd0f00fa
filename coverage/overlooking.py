"""What walls hide that a camera looks over or under: shadows that begin and end, unlike those of high ones.

On level ground a sight line from an eye at height H to a target at height z, D metres away, passes a wall
d metres away at the height H - (H - z) d / D. It is hidden where that lies between the wall's base and top:
for D from k d to K d, with k = (H - z) / (H - base) and K = (H - z) / (H - top), as far as these are above 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .eyes import Eye, hides_all
from .intervals import cut_everywhere, merge_touching, pieces_covered
from .kernels.low_shadows import BEHIND, hide_lines
from .obstacles import Obstacles

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ANY_EYE: Final = -1
"""Of a camera that may hang at one height only, or sees the same from any."""
EDGE_ON_M: Final = 1e-9
"""A wall whose line passes the camera this closely hides nothing."""
AT_ONCE: Final = 1_000_000
"""Pairs of sight line and wall that are worked on together."""
SHORTEST: Final = 1e-9


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


def look_past_low_walls(
    lines: pd.DataFrame, eyes: list[tuple[Eye, ...]], low: LowWalls, *, target_m: Floats
) -> pd.DataFrame:
    """Take off straight sight lines what low walls hide, for each possible eye of the camera.

    Parameters
    ----------
    lines : DataFrame
        Of `stretches.sight_lines`.
    eyes : list of tuple of Eye
    low : LowWalls
    target_m : ndarray (n,)
        Height above the ground of what must be seen, for each line.

    Returns
    -------
    DataFrame
        The lines, or what is left of them, with a column `eye`: the possibility of the camera's height that
        they are of, or ANY_EYE.
    """
    camera = lines["camera"].to_numpy(dtype=np.int64)
    counts = np.array([len(mine) for mine in eyes], dtype=np.int64)
    touched = np.flatnonzero(np.diff(low.first)[camera] > 0)
    untouched = lines.drop(index=lines.index[touched]).assign(eye=ANY_EYE)
    if not len(touched):
        return untouched.reset_index(drop=True)
    line, eye, height, over = _by_eye(eyes, camera, touched)
    task, start, stop = hide_lines(
        camera[line], lines[["x0", "y0", "x1", "y1"]].to_numpy(dtype=np.float64)[line], height, over,
        target_m[line], low.first, np.column_stack([low.ax, low.ay, low.bx, low.by]),
        low.base_m, low.top_m, low.unsure,
    )  # fmt: skip
    task, start, stop = _left_over(len(line), task, start, stop)
    line, eye, start, stop = _alike_together(line[task], eye[task], start, stop, counts[camera])
    seen = _shortened(lines.iloc[line].reset_index(drop=True), start, stop).assign(eye=eye)
    return pd.concat([untouched, seen], ignore_index=True)


def sees_past_low_walls(
    places: pd.DataFrame, eyes: list[tuple[Eye, ...]], low: LowWalls, *, target_m: Floats
) -> pd.DataFrame:
    """Say with which possible eye each place is seen past the low walls of its camera.

    Parameters
    ----------
    places : DataFrame
        `camera`, `east`, `north`: pairs of camera and place, nothing else between them.
    eyes, low
        As above.
    target_m : ndarray (n,)
        Height of what must be seen, for each pair.

    Returns
    -------
    DataFrame
        `pair` (position) and `eye` wherever it is seen; ANY_EYE once where no low wall is near the camera.
    """
    camera = places["camera"].to_numpy(dtype=np.int64)
    touched = np.flatnonzero(np.diff(low.first)[camera] > 0)
    free = np.setdiff1d(np.arange(len(places)), touched)
    pair, eye, height, over = _by_eye(eyes, camera, touched)
    hidden = np.zeros(len(pair), dtype=bool)
    at = places[["east", "north"]].to_numpy(dtype=np.float64)
    for task, wall in _paired(low.first, camera[pair]):
        near, far = shadow_factors(
            height[task],
            over[task],
            target_m[pair[task]],
            low.base_m[wall],
            low.top_m[wall],
            low.unsure[wall],
        )
        values = _shadow_values(low, wall, near, far, *at[pair[task]].T)
        hidden[task[(far > np.maximum(near, BEHIND)) & (np.maximum.reduce(values) <= 0)]] = True
    return pd.DataFrame(
        {
            "pair": np.concatenate([free, pair[~hidden]]),
            "eye": np.concatenate([np.full(len(free), ANY_EYE), _only_eye(eyes, camera[pair], eye)[~hidden]]),
        }
    )


def draw_low_shadows(
    camera: int, eye: Eye, low: LowWalls, *, reach_m: float, target_m: float
) -> shapely.Geometry:
    """Return what low walls hide from one eye of a camera: relative to it, to beyond its reach."""
    wall = np.arange(low.first[camera], low.first[camera + 1])
    near, far = shadow_factors(
        np.full(len(wall), eye.height_m), np.full(len(wall), eye.over_assumed), np.full(len(wall), target_m),
        low.base_m[wall], low.top_m[wall], low.unsure[wall],
    )  # fmt: skip
    near = np.maximum(near, 1.0)
    a, b = np.column_stack([low.ax, low.ay])[wall], np.column_stack([low.bx, low.by])[wall]
    # the far side is a straight line: it must pass beyond the reach, however close the wall is
    away = (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / np.hypot(*(b - a).T)
    far = np.minimum(far, 1.1 * reach_m / away)
    some = far > near
    quads = np.stack([a * near[:, None], b * near[:, None], b * far[:, None], a * far[:, None]], axis=1)[some]
    return shapely.union_all(shapely.polygons(quads)) if len(quads) else shapely.Polygon()


def shadow_factors(
    height_m: Floats, over_assumed: NDArray[np.bool_], target_m: Floats, base_m: Floats, top_m: Floats,
    unsure: NDArray[np.bool_],
) -> tuple[Floats, Floats]:  # fmt: skip
    """Return from how many times to how many times a wall's distance it hides a target behind it.

    Parameters
    ----------
    height_m, over_assumed : ndarray (n,)
        The eye.
    target_m : ndarray (n,)
        Height of the target.
    base_m, top_m, unsure : ndarray (n,)
        The wall.

    Returns
    -------
    near, far : ndarray (n,)
        It hides nothing where far is not above both near and 1; far may be infinite.
    """
    top = np.where(unsure & ~over_assumed, np.inf, top_m)
    fall = height_m - target_m
    with np.errstate(divide="ignore", invalid="ignore"):
        to_top = np.where(top < height_m, fall / (height_m - top), np.inf)
        to_base = np.where(base_m < height_m, fall / (height_m - base_m), np.inf)
        # to a target above the eye the line rises: it passes over near walls and under the base of far ones
        over_top = np.where(top > height_m, -fall / (top - height_m), np.inf)
        under_base = np.where(base_m > height_m, -fall / (base_m - height_m), np.inf)
    falling = fall > 0
    return np.where(falling, to_base, over_top), np.where(falling, to_top, under_base)


def _by_eye(
    eyes: list[tuple[Eye, ...]], camera: Integers, rows: Integers
) -> tuple[Integers, Integers, Floats, NDArray[np.bool_]]:
    """Return some rows once for every eye of their camera: row, eye, its height, whether it looks over."""
    counts = np.array([len(mine) for mine in eyes], dtype=np.int64)
    first = np.concatenate([[0], np.cumsum(counts)])
    height = np.array([eye.height_m for mine in eyes for eye in mine], dtype=np.float64)
    over = np.array([eye.over_assumed for mine in eyes for eye in mine], dtype=bool)
    times = counts[camera[rows]]
    row = np.repeat(rows, times)
    eye = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    at = first[camera[row]] + eye
    return row, eye, height[at], over[at]


def _only_eye(eyes: list[tuple[Eye, ...]], camera: Integers, eye: Integers) -> Integers:
    """Return ANY_EYE for cameras with one eye: what is seen with the only possible one is seen with any."""
    counts = np.array([len(mine) for mine in eyes], dtype=np.int64)
    return np.where(counts[camera] > 1, eye, ANY_EYE)


def _paired(first: Integers, camera: Integers) -> Iterator[tuple[Integers, Integers]]:
    """Pair tasks with the walls of their cameras, so many at once that they fit in memory."""
    counts = first[camera + 1] - first[camera]
    portion = np.cumsum(counts) // AT_ONCE
    for tasks in np.split(np.arange(len(camera)), np.flatnonzero(np.diff(portion)) + 1):
        times = counts[tasks]
        task = np.repeat(tasks, times)
        within = np.arange(len(task)) - np.repeat(np.cumsum(times) - times, times)
        yield task, first[camera[task]] + within


def _shadow_values(
    low: LowWalls, wall: Integers, near: Floats, far: Floats, x: Floats, y: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return four linear quantities that are all at most 0 in the shadow of a wall."""
    ax, ay, bx, by = low.ax[wall], low.ay[wall], low.bx[wall], low.by[wall]
    # how far along the normal of the wall a place lies, in units of the wall's own distance
    turn = ax * by - ay * bx
    depth = (x * (by - ay) - y * (bx - ax)) / turn
    beyond = np.where(np.isfinite(far), depth - far, -1.0)
    return ay * x - ax * y, by * -x + bx * y, np.maximum(near, BEHIND) - depth, beyond


def _left_over(tasks: int, task: Integers, start: Floats, stop: Floats) -> tuple[Integers, Floats, Floats]:
    """Return what remains of the stretches from 0 to 1 outside the hidden intervals on them."""
    every = np.arange(tasks)
    line, low, high = cut_everywhere(
        np.concatenate([every, task]),
        np.concatenate([np.zeros(tasks), start]),
        np.concatenate([np.ones(tasks), stop]),
        shortest=SHORTEST,
    )
    _, piece = pieces_covered(line, low, high, task, start, stop)
    seen = np.ones(len(line), dtype=bool)
    seen[piece] = False
    return merge_touching(line[seen], low[seen], high[seen], slack=SHORTEST)


def _alike_together(
    line: Integers, eye: Integers, start: Floats, stop: Floats, eyes: Integers
) -> tuple[Integers, Integers, Floats, Floats]:
    """Tell what every eye of a camera sees once, as ANY_EYE, and only the rest eye by eye."""
    piece_line, low, high = cut_everywhere(line, start, stop, shortest=SHORTEST)
    row, piece = pieces_covered(piece_line, low, high, line, start, stop)
    every = np.bincount(piece, minlength=len(piece_line)) == eyes[piece_line]
    common = merge_touching(piece_line[every], low[every], high[every], slack=SHORTEST)
    alone = ~every[piece]
    most = int(eye.max(initial=0)) + 1
    key, own_low, own_high = merge_touching(
        line[row[alone]] * most + eye[row[alone]], low[piece[alone]], high[piece[alone]], slack=SHORTEST
    )
    return (
        np.concatenate([common[0], key // most]),
        np.concatenate([np.full(len(common[0]), ANY_EYE), key % most]),
        np.concatenate([common[1], own_low]),
        np.concatenate([common[2], own_high]),
    )


def _shortened(lines: pd.DataFrame, start: Floats, stop: Floats) -> pd.DataFrame:
    out = lines.copy()
    for first, last in (("from_m", "to_m"), ("x0", "x1"), ("y0", "y1")):
        begin, whole = lines[first].to_numpy(), (lines[last] - lines[first]).to_numpy()
        out[first], out[last] = begin + start * whole, begin + stop * whole
    return out
