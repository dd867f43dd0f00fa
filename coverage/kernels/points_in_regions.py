"""Which points lie in which regions: points sorted into cells, regions laid over them row by row.

Where no edge of a region passes through a cell, all its points are in or out together and one of them speaks
for all. Rows and columns are the same rising function of a coordinate for points and edges alike, so that no
rounding can put a point on the wrong side of a cell's border.
"""

from __future__ import annotations

import numpy as np
from numba import njit

SURE = 3.3306690738754716e-16
"""Shewchuk's bound: the sign of a difference of two products is right if it is larger than this share."""
OUT, IN, UNSURE = 0, 1, 2


@njit(cache=True, nogil=True, error_model="numpy")
def sort_points(points, low_x, low_y, high_x, high_y, cell_m, columns, rows):
    """Sort the points of a rectangle into square cells, row by row.

    Parameters
    ----------
    points : float64 array (n, 2)
    low_x, low_y, high_x, high_y : float
        The rectangle. Points beyond it are left out.
    cell_m : float
        Side of a cell; the first lies in the corner of the lowest x and y.
    columns, rows : int

    Returns
    -------
    starts : int64 array (columns * rows + 1,)
        Cell c holds `places[starts[c]:starts[c + 1]]`.
    places : float64 array (k, 2)
    rank : int64 array (n,)
        Which of the places each point is; -1 for those left out.
    """
    n = points.shape[0]
    cells, rank = np.empty(n, np.int64), np.empty(n, np.int64)
    starts = np.zeros(columns * rows + 1, np.int64)
    for i in range(n):
        x, y = points[i, 0], points[i, 1]
        cells[i] = -1
        if low_x <= x <= high_x and low_y <= y <= high_y:
            cells[i] = _cell(y, low_y, cell_m, rows) * columns + _cell(x, low_x, cell_m, columns)
            starts[cells[i] + 1] += 1
    for c in range(columns * rows):
        starts[c + 1] += starts[c]
    filled = starts[:-1].copy()
    places = np.empty((starts[-1], 2))
    for i in range(n):
        rank[i] = -1
        if cells[i] >= 0:
            k = filled[cells[i]]
            filled[cells[i]] = k + 1
            rank[i], places[k, 0], places[k, 1] = k, points[i, 0], points[i, 1]
    return starts, places, rank


@njit(cache=True, nogil=True, error_model="numpy")
def find_pairs(places, starts, low_x, low_y, cell_m, columns, rows, edges, edge_starts):
    """Find the points of each region, those on its rim included.

    Parameters
    ----------
    places, starts, low_x, low_y, cell_m, columns, rows
        As of `sort_points`.
    edges : float64 array (m, 4)
        x1, y1, x2, y2 of the edges of all rings. A point is inside where it is inside an odd number of rings.
    edge_starts : int64 array (k + 1,)
        Region i has `edges[edge_starts[i]:edge_starts[i + 1]]`.

    Returns
    -------
    place, region : int64 array (p,)
        Pairs, region by region.
    unsure_place, unsure_region : int64 array (u,)
        Pairs so near to an edge that only exact arithmetic can tell.
    """
    place, region = np.empty(1024, np.int64), np.empty(1024, np.int64)
    unsure_place, unsure_region = np.empty(64, np.int64), np.empty(64, np.int64)
    total, unsure = 0, 0
    # for each row the edges that pass through it; for each column the last row that an edge passes it in
    row_starts, row_edges = np.zeros(rows + 2, np.int64), np.empty(1024, np.int64)
    passed = np.full(columns, -1, np.int64)
    stamp = 0
    for i in range(edge_starts.shape[0] - 1):
        begin, end = edge_starts[i], edge_starts[i + 1]
        if begin == end:
            continue
        c0, c1, r0, r1 = columns, -1, rows, -1
        for e in range(begin, end):
            left, right = _span(edges[e, 0], edges[e, 2], low_x, cell_m, columns)
            below, above = _span(edges[e, 1], edges[e, 3], low_y, cell_m, rows)
            c0, c1, r0, r1 = min(c0, left), max(c1, right), min(r0, below), max(r1, above)
        row_starts[: r1 - r0 + 2] = 0
        for e in range(begin, end):
            below, above = _span(edges[e, 1], edges[e, 3], low_y, cell_m, rows)
            for r in range(below, above + 1):
                row_starts[r - r0 + 1] += 1
        for r in range(r1 - r0 + 1):
            row_starts[r + 1] += row_starts[r]
        if row_starts[r1 - r0 + 1] > row_edges.shape[0]:
            row_edges = np.empty(2 * row_starts[r1 - r0 + 1], np.int64)
        for e in range(begin, end):
            below, above = _span(edges[e, 1], edges[e, 3], low_y, cell_m, rows)
            for r in range(below, above + 1):
                row_edges[row_starts[r - r0]] = e
                row_starts[r - r0] += 1
        first_edge = 0
        for r in range(r0, r1 + 1):
            last_edge = row_starts[r - r0]
            first_place, last_place = starts[r * columns + c0], starts[r * columns + c1 + 1]
            here = row_edges[first_edge:last_edge]
            first_edge = last_edge
            if first_place == last_place:
                continue
            if total + last_place - first_place > place.shape[0]:
                place = _with_room(place, 2 * (total + last_place - first_place))
                region = _with_room(region, 2 * (total + last_place - first_place))
            if unsure + last_place - first_place > unsure_place.shape[0]:
                unsure_place = _with_room(unsure_place, 2 * (unsure + last_place - first_place))
                unsure_region = _with_room(unsure_region, 2 * (unsure + last_place - first_place))
            stamp += 1
            low, high = low_y + r * cell_m, low_y + (r + 1) * cell_m
            for e in here:
                left, right = _columns_passed(edges, e, low, high, low_x, cell_m, columns)
                passed[left : right + 1] = stamp
            c = c0
            while c <= c1:
                following = c + 1
                # cells that no edge passes through, side by side, are in or out together
                together = passed[c] != stamp
                while together and following <= c1 and passed[following] != stamp:
                    following += 1
                first_place, last_place = starts[r * columns + c], starts[r * columns + following]
                c = following
                k = first_place
                while k < last_place:
                    answer = _locate(places[k, 0], places[k, 1], edges, here)
                    until = last_place if together and answer != UNSURE else k + 1
                    if answer == IN:
                        for q in range(k, until):
                            place[total], region[total] = q, i
                            total += 1
                    elif answer == UNSURE:
                        unsure_place[unsure], unsure_region[unsure] = k, i
                        unsure += 1
                    k = until
    return place[:total], region[:total], unsure_place[:unsure], unsure_region[:unsure]


@njit(cache=True, nogil=True)
def sort_pairs(place, region, count, rank):
    """Sort pairs that come region by region: by point, then by region.

    Parameters
    ----------
    place, region : int64 array (p,)
    count : int
        How many places there are.
    rank : int64 array (n,)
        As of `sort_points`.

    Returns
    -------
    point, region : int64 array (p,)
    """
    # by place first: places side by side are in the same regions, and near each other in memory
    starts = np.zeros(count + 2, np.int64)
    for k in range(place.shape[0]):
        starts[place[k] + 2] += 1
    for i in range(count):
        starts[i + 2] += starts[i + 1]
    by_place = np.empty_like(region)
    for k in range(place.shape[0]):
        by_place[starts[place[k] + 1]] = region[k]
        starts[place[k] + 1] += 1
    points, regions = np.empty_like(place), np.empty_like(region)
    total = 0
    for i in range(rank.shape[0]):
        if rank[i] >= 0:
            for q in range(starts[rank[i]], starts[rank[i] + 1]):
                points[total], regions[total] = i, by_place[q]
                total += 1
    return points, regions


@njit(cache=True, nogil=True, error_model="numpy")
def _cell(x, low, cell_m, count):
    """Return the row or column of a coordinate, the outermost one if it lies beyond."""
    return int(min(max((x - low) / cell_m, 0.0), count - 1.0))


@njit(cache=True, nogil=True, error_model="numpy")
def _span(one, other, low, cell_m, count):
    """Return the first and last row or column between two coordinates."""
    return _cell(min(one, other), low, cell_m, count), _cell(max(one, other), low, cell_m, count)


@njit(cache=True, nogil=True, error_model="numpy")
def _columns_passed(edges, e, low, high, low_x, cell_m, columns):
    """Return the first and last column that an edge passes through between two heights, or a few more."""
    ax, ay, bx, by = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
    left, right = min(ax, bx), max(ax, bx)
    if abs(by - ay) > cell_m:
        # a margin that rounding cannot use up: points at the border of a row may lie a little beyond it
        margin = 1e-9 * (abs(ax) + abs(bx) + abs(ay) + abs(by) + cell_m)
        slope = (bx - ax) / (by - ay)
        start, stop = ax + (low - ay) * slope, ax + (high - ay) * slope
        margin *= 1.0 + abs(slope)
        left, right = max(left, min(start, stop) - margin), min(right, max(start, stop) + margin)
    return _span(left, right, low_x, cell_m, columns)


@njit(cache=True, nogil=True, error_model="numpy")
def _locate(x, y, edges, here):
    """Tell whether a point is inside: whether a ray to the right meets an odd number of edges."""
    inside = False
    for e in here:
        ay, by = edges[e, 1], edges[e, 3]
        if (ay > y and by > y) or (ay < y and by < y):
            continue
        ax, bx = edges[e, 0], edges[e, 2]
        if ax < x and bx < x:
            continue
        if ay == by:
            if min(ax, bx) <= x:
                return IN
            continue
        if (ax == x and ay == y) or (bx == x and by == y):
            return IN
        if (ay > y) == (by > y):
            continue
        if ax > x and bx > x:
            inside = not inside
            continue
        one, other = (bx - ax) * (y - ay), (by - ay) * (x - ax)
        side = one - other
        if abs(side) <= SURE * (abs(one) + abs(other)):
            return UNSURE
        if (side > 0.0) == (by > ay):
            inside = not inside
    return IN if inside else OUT


@njit(cache=True, nogil=True)
def _with_room(values, size):
    larger = np.empty(size, values.dtype)
    larger[: values.shape[0]] = values
    return larger
