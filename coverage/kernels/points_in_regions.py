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
def sort_points(points, low_x, low_y, cell_m, columns, rows):
    """Sort points into square cells, row by row.

    Parameters
    ----------
    points : float64 array (n, 2)
    low_x, low_y, cell_m : float
        Corner of the first cell and the side of all. Points beyond the cells count to the outermost ones.
    columns, rows : int

    Returns
    -------
    starts : int64 array (columns * rows + 1,)
        Cell c holds `order[starts[c]:starts[c + 1]]`.
    order : int64 array (n,)
    places : float64 array (n, 2)
        The points in that order.
    """
    n = points.shape[0]
    cells = np.empty(n, np.int64)
    starts = np.zeros(columns * rows + 1, np.int64)
    for i in range(n):
        row = _cell(points[i, 1], low_y, cell_m, rows)
        cells[i] = row * columns + _cell(points[i, 0], low_x, cell_m, columns)
        starts[cells[i] + 1] += 1
    for c in range(columns * rows):
        starts[c + 1] += starts[c]
    filled = starts[:-1].copy()
    order, places = np.empty(n, np.int64), np.empty((n, 2))
    for i in range(n):
        k = filled[cells[i]]
        filled[cells[i]] = k + 1
        order[k], places[k, 0], places[k, 1] = i, points[i, 0], points[i, 1]
    return starts, order, places


@njit(cache=True, nogil=True, error_model="numpy")
def find_pairs(places, order, starts, low_x, low_y, cell_m, columns, rows, edges, edge_starts):
    """Find the points of each region, those on its rim included.

    Parameters
    ----------
    places, order, starts, low_x, low_y, cell_m, columns, rows
        As of `sort_points`.
    edges : float64 array (m, 4)
        x1, y1, x2, y2 of the edges of all rings. A point is inside where it is inside an odd number of rings.
    edge_starts : int64 array (k + 1,)
        Region i has `edges[edge_starts[i]:edge_starts[i + 1]]`.

    Returns
    -------
    point, region : int64 array (p,)
        Pairs, region by region.
    unsure_point, unsure_region : int64 array (u,)
        Pairs so near to an edge that only exact arithmetic can tell.
    """
    point, region = np.empty(1024, np.int64), np.empty(1024, np.int64)
    unsure_point, unsure_region = np.empty(64, np.int64), np.empty(64, np.int64)
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
            if total + last_place - first_place > point.shape[0]:
                point = _with_room(point, 2 * (total + last_place - first_place))
                region = _with_room(region, 2 * (total + last_place - first_place))
            if unsure + last_place - first_place > unsure_point.shape[0]:
                unsure_point = _with_room(unsure_point, 2 * (unsure + last_place - first_place))
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
                            point[total], region[total] = order[q], i
                            total += 1
                    elif answer == UNSURE:
                        unsure_point[unsure], unsure_region[unsure] = order[k], i
                        unsure += 1
                    k = until
    return point[:total], region[:total], unsure_point[:unsure], unsure_region[:unsure]


@njit(cache=True, nogil=True)
def sort_pairs(point, region, count):
    """Sort pairs that come region by region: by point, then by region.

    Parameters
    ----------
    point, region : int64 array (p,)
    count : int
        How many points there are.

    Returns
    -------
    point, region : int64 array (p,)
    """
    starts = np.zeros(count + 1, np.int64)
    for k in range(point.shape[0]):
        starts[point[k] + 1] += 1
    for i in range(count):
        starts[i + 1] += starts[i]
    points, regions = np.empty_like(point), np.empty_like(region)
    for k in range(point.shape[0]):
        at = starts[point[k]]
        starts[point[k]] = at + 1
        points[at], regions[at] = point[k], region[k]
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
