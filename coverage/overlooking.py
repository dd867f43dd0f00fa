"""What is left of sight lines and places past the walls that a camera looks over or under."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .eyes import ANY_EYE, Eye
from .intervals import cut_everywhere, merge_touching, pieces_covered
from .kernels.low_shadows import hide_lines
from .low_walls import LowWalls

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SHORTEST: Final = 1e-9
"""Shares of a sight line shorter than this are rounding."""


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
    at = places[["east", "north"]].to_numpy(dtype=np.float64)[pair]
    # a place is a sight line of no length: hidden whole or not at all
    behind, _, _ = hide_lines(
        camera[pair], np.hstack([at, at]), height, over, target_m[pair], low.first,
        np.column_stack([low.ax, low.ay, low.bx, low.by]), low.base_m, low.top_m, low.unsure,
    )  # fmt: skip
    hidden = np.zeros(len(pair), dtype=bool)
    hidden[behind] = True
    return pd.DataFrame(
        {
            "pair": np.concatenate([free, pair[~hidden]]),
            "eye": np.concatenate([np.full(len(free), ANY_EYE), _only_eye(eyes, camera[pair], eye)[~hidden]]),
        }
    )


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
