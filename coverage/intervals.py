"""Intervals along streets: cutting them where anything begins or ends, and clipping straight stretches."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SHORTEST_M = 1e-6
"""Pieces shorter than this are rounding, not street."""


def cut_everywhere(
    lines: Integers, starts: Floats, stops: Floats, *, shortest: float = SHORTEST_M
) -> tuple[Integers, Floats, Floats]:
    """Cut lines at every end of every interval on them.

    Parameters
    ----------
    lines : ndarray of int (n,)
        The line each interval lies on.
    starts, stops : ndarray (n,)
        Measures along the line, starts below stops.
    shortest : float
        Pieces no longer than this are dropped.

    Returns
    -------
    lines, starts, stops : ndarray
        Elementary pieces, sorted by line and start: the parts between neighbouring ends, also those
        that no interval covers but which lie between two that do.
    """
    all_lines = np.concatenate([lines, lines])
    ends = np.concatenate([starts, stops])
    order = np.lexsort((ends, all_lines))
    all_lines, ends = all_lines[order], ends[order]
    piece = (all_lines[1:] == all_lines[:-1]) & (ends[1:] - ends[:-1] > shortest)
    # an end within rounding of its neighbour is taken as that neighbour
    begins = np.flatnonzero(piece)
    return all_lines[:-1][begins], ends[:-1][begins], ends[1:][begins]


def pieces_covered(
    piece_lines: Integers,
    piece_starts: Floats,
    piece_stops: Floats,
    lines: Integers,
    starts: Floats,
    stops: Floats,
) -> tuple[Integers, Integers]:
    """Pair each interval with the elementary pieces it covers.

    Parameters
    ----------
    piece_lines, piece_starts, piece_stops : ndarray (m,)
        Pieces of `cut_everywhere`, or any that are sorted, disjoint and cut at the intervals' ends.
    lines, starts, stops : ndarray (n,)
        The intervals.

    Returns
    -------
    interval, piece : ndarray of int (k,)
    """
    # one axis for all lines, no longer than all of them together, so that places on it stay exact
    known, begin = np.unique(piece_lines, return_index=True)
    if not len(known):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    ends = np.maximum.reduceat(piece_stops, begin)
    offset = np.concatenate([[0.0], np.cumsum(ends + 1.0)])
    number = np.minimum(np.searchsorted(known, lines), len(known) - 1)
    here = known[number] == lines
    axis = offset[np.searchsorted(known, piece_lines)] + 0.5 * (piece_starts + piece_stops)
    first = np.searchsorted(axis, offset[number] + np.minimum(starts, ends[number] + 0.5))
    last = np.searchsorted(axis, offset[number] + np.minimum(stops, ends[number] + 0.5))
    counts = np.where(here, np.maximum(last - first, 0), 0)
    interval = np.repeat(np.arange(len(lines)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return interval, first[interval] + within


def merge_touching(
    lines: Integers, starts: Floats, stops: Floats, *, slack: float = 1e-6
) -> tuple[Integers, Floats, Floats]:
    """Return the union of intervals, line by line: sorted, disjoint and maximal."""
    if not len(lines):
        return lines, starts, stops
    order = np.lexsort((starts, lines))
    lines, starts, stops = lines[order], starts[order], stops[order]
    other = np.flatnonzero(np.diff(lines, prepend=lines[0] - 1))
    counts = np.diff(np.append(other, len(lines)))
    # the lines on one axis, each with room for all that is on it
    room = np.maximum.reduceat(stops, other) - np.minimum.reduceat(starts, other) + 1.0
    begin = np.repeat(np.cumsum(room) - room - starts[other], counts)
    reach = np.maximum.accumulate(begin + stops)
    new = np.ones(len(lines), dtype=bool)
    new[1:] = (begin + starts)[1:] > reach[:-1] + slack
    new[other] = True
    begins = np.flatnonzero(new)
    farthest = np.maximum.reduceat(stops, begins)
    return lines[begins], starts[begins], farthest


def inside_half_plane(value_start: Floats, value_stop: Floats) -> tuple[Floats, Floats]:
    """Return the part of each straight stretch where a linear quantity is at most 0.

    Parameters
    ----------
    value_start, value_stop : ndarray (n,)
        The quantity at both ends.

    Returns
    -------
    low, high : ndarray (n,)
        Share of the stretch, 0 to 1; low above high where there is none.
    """
    change = value_stop - value_start
    with np.errstate(divide="ignore", invalid="ignore"):
        zero = np.where(change != 0, -value_start / change, 0.0)
    low = np.where(change < 0, zero, 0.0)
    high = np.where(change > 0, zero, 1.0)
    never = (change == 0) & (value_start > 0)
    return np.where(never, 1.0, np.clip(low, 0, 1)), np.where(never, 0.0, np.clip(high, 0, 1))


def inside_disc(ends: Floats, radius: Floats) -> tuple[Floats, Floats]:
    """Return the part of each straight stretch within a disc round the origin.

    Parameters
    ----------
    ends : ndarray (n, 4)
        x0, y0, x1, y1 of each stretch.
    radius : ndarray (n,)

    Returns
    -------
    low, high : ndarray (n,)
        Share of the stretch, 0 to 1; low above high where there is none.
    """
    x0, y0, x1, y1 = ends.T
    dx, dy = x1 - x0, y1 - y0
    a = dx * dx + dy * dy
    half_b = x0 * dx + y0 * dy
    root = half_b * half_b - a * (x0 * x0 + y0 * y0 - radius * radius)
    hit = (root > 0) & (a > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = np.sqrt(np.where(hit, root, 0.0)) / a
        low, high = -half_b / a - half, -half_b / a + half
    return np.where(hit, np.clip(low, 0, 1), 1.0), np.where(hit, np.clip(high, 0, 1), 0.0)
