"""The inner loop of streets in sight: straight segments clipped to regions star-shaped about a place.

A region is walked corner by corner in the order of their directions; between two of them it is one triangle
with the place at its tip, and a segment is clipped by one side of it. So an answer hangs on no more than the
corners on either side, however many spikes a region has.
"""

from __future__ import annotations

import numpy as np
from numba import njit

ON_SIDE_M = 1e-6
"""A street that runs along the side of a region, on a wall for one, is inside: rounding must not tear it."""
TOUCHING = 1e-12
"""Parts of a segment nearer to one another than this share of it are one part; one no longer is none."""


@njit(cache=True, nogil=True)
def clip_lines(corners, first, region, ends):
    """Clip segments to regions.

    Parameters
    ----------
    corners : float64 array (k, 2)
        Corners of all regions, relative to the place each is star-shaped about, counter-clockwise. Rings are
        not closed and may begin anywhere.
    first : int64 array (n + 1,)
        Corners of region i are `corners[first[i]:first[i + 1]]`.
    region : int64 array (m,)
        The region each segment is clipped to, in ascending order.
    ends : float64 array (m, 4)
        x0, y0, x1, y1 of each segment, relative to the place of its region.

    Returns
    -------
    segment : int64 array (p,)
        Row of `ends` that each part belongs to, in ascending order.
    start, stop : float64 array (p,)
        Shares of the segment, start below stop; parts of one segment do not touch.
    """
    segment = np.empty(max(64, 2 * ends.shape[0]), np.int64)
    start = np.empty(segment.shape[0])
    stop = np.empty(segment.shape[0])
    total, known = 0, -1
    turns = np.empty(0)
    ring = np.empty((0, 2))
    for row in range(ends.shape[0]):
        if region[row] != known:
            known = region[row]
            ring, turns = _in_order(corners[first[known] : first[known + 1]])
        count = ring.shape[0]
        if count < 3:
            continue
        while total + count + 4 > segment.shape[0]:
            segment = np.concatenate((segment, np.empty_like(segment)))
            start = np.concatenate((start, np.empty_like(start)))
            stop = np.concatenate((stop, np.empty_like(stop)))
        ax, ay, bx, by = ends[row, 0], ends[row, 1], ends[row, 2], ends[row, 3]
        size = np.hypot(ax, ay) * np.hypot(bx, by)
        cross = ax * by - ay * bx
        begin = total
        if abs(cross) <= 1e-14 * size or size == 0.0:
            total = _clip_radial(ring, turns, ax, ay, bx, by, start, stop, total)
        else:
            flip = cross < 0.0
            if flip:
                ax, ay, bx, by = bx, by, ax, ay
            total = _clip_turning(ring, turns, ax, ay, bx, by, start, stop, total)
            if flip:
                _reverse(start, stop, begin, total)
        for part in range(begin, total):
            segment[part] = row
    return segment[:total].copy(), start[:total].copy(), stop[:total].copy()


@njit(cache=True, nogil=True)
def _turn(x, y):
    """Return a number from -2 to 2 that grows with the angle of a direction, and costs no arc tangent."""
    share = y / (abs(x) + abs(y))
    if x >= 0.0:
        return share
    return 2.0 - share if y >= 0.0 else -2.0 - share


@njit(cache=True, nogil=True)
def _in_order(corners):
    """Return a ring from its least direction on, and the directions, none before the one before it."""
    count = corners.shape[0]
    raw = np.empty(count)
    for k in range(count):
        x, y = corners[k, 0], corners[k, 1]
        raw[k] = _turn(x, y) if x != 0.0 or y != 0.0 else np.nan
    # the one great fall is where the ring passes the direction of minus x
    seam, fall = 0, 0.0
    for k in range(count):
        step = raw[k] - raw[k - 1]
        if step < fall:
            seam, fall = k, step
    ring = np.empty((count, 2))
    turns = np.empty(count)
    kept, highest = 0, -2.0
    for k in range(count):
        at = (seam + k) % count
        if np.isnan(raw[at]):
            continue
        ring[kept, 0], ring[kept, 1] = corners[at, 0], corners[at, 1]
        highest = max(highest, raw[at])
        turns[kept] = highest
        kept += 1
    return ring[:kept], turns[:kept]


@njit(cache=True, nogil=True)
def _clip_turning(ring, turns, ax, ay, bx, by, start, stop, total):
    """Clip a segment that is seen turning left."""
    count = ring.shape[0]
    ex, ey = bx - ax, by - ay
    from_turn, to_turn = _turn(ax, ay), _turn(bx, by)
    at = np.searchsorted(turns, from_turn, side="right")
    last = np.searchsorted(turns, to_turn, side="left")
    inner = last - at if to_turn >= from_turn else count - at + last
    inner = max(inner, 0)
    begin, low = total, 0.0
    for step in range(inner + 1):
        p, q = (at + step - 1) % count, (at + step) % count
        high = 1.0
        if step < inner:
            # where the segment meets the direction of the next corner
            x, y = ring[q, 0], ring[q, 1]
            below = x * ey - y * ex
            high = min(max((y * ax - x * ay) / below, low), 1.0) if below > 0.0 else low
        if high > low:
            px, py = ring[p, 0], ring[p, 1]
            sx, sy = ring[q, 0] - px, ring[q, 1] - py
            # behind a corner the place itself lies on or beyond nothing is in sight
            if px * sy - py * sx > 0.0:
                t0, t1 = _inside(sx, sy, px, py, ax + low * ex, ay + low * ey, ax + high * ex, ay + high * ey)
                if t1 > t0:
                    total = _add(start, stop, begin, total, low + t0 * (high - low), low + t1 * (high - low))
            low = high
    return total


@njit(cache=True, nogil=True)
def _clip_radial(ring, turns, ax, ay, bx, by, start, stop, total):
    """Clip a segment that points at the place: what is in sight begins at the place, or at its near end."""
    begin = total
    near, far = np.hypot(ax, ay), np.hypot(bx, by)
    if near == 0.0 and far == 0.0:
        return total
    if near > 0.0 and far > 0.0 and ax * bx + ay * by < 0.0:
        # it passes the place: two rays
        middle = near / (near + far)
        reach = min(1.0, _ray(ring, turns, ax, ay))
        total = _add(start, stop, begin, total, middle - middle * reach, middle)
        reach = min(1.0, _ray(ring, turns, bx, by))
        return _add(start, stop, begin, total, middle, middle + (1.0 - middle) * reach)
    if far >= near:
        reach = min(1.0, _ray(ring, turns, bx, by)) * far
        if reach > near:
            total = _add(start, stop, begin, total, 0.0, (reach - near) / (far - near))
    else:
        reach = min(1.0, _ray(ring, turns, ax, ay)) * near
        if reach > far:
            total = _add(start, stop, begin, total, (near - reach) / (near - far), 1.0)
    return total


@njit(cache=True, nogil=True)
def _ray(ring, turns, dx, dy):
    """Return how far the region reaches in a direction, in lengths of it."""
    count = ring.shape[0]
    q = np.searchsorted(turns, _turn(dx, dy), side="right") % count
    p = (q - 1) % count
    px, py = ring[p, 0], ring[p, 1]
    sx, sy = ring[q, 0] - px, ring[q, 1] - py
    above, below = px * sy - py * sx, dx * sy - dy * sx
    return above / below if above > 0.0 and below > 0.0 else 0.0


@njit(cache=True, nogil=True)
def _inside(sx, sy, px, py, x0, y0, x1, y1):
    """Return the share of a stretch that lies left of a side, or along it."""
    value0 = sx * (y0 - py) - sy * (x0 - px)
    value1 = sx * (y1 - py) - sy * (x1 - px)
    if value0 >= 0.0 and value1 >= 0.0:
        return 0.0, 1.0
    start, stop = _share_above(value0, value1)
    length = np.hypot(sx, sy)
    slack = ON_SIDE_M * length
    along_start, along_stop = _share_above(value0 + slack, value1 + slack)
    # along a side means between its ends: seen from the place a side may be a needle that points far beyond
    along0 = (sx * (x0 - px) + sy * (y0 - py)) / length
    along1 = (sx * (x1 - px) + sy * (y1 - py)) / length
    for low, high in ((along0, along1), (length - along0, length - along1)):
        share0, share1 = _share_above(low + ON_SIDE_M, high + ON_SIDE_M)
        along_start, along_stop = max(along_start, share0), min(along_stop, share1)
    if along_stop <= along_start:
        return start, stop
    if stop <= start:
        return along_start, along_stop
    return min(start, along_start), max(stop, along_stop)


@njit(cache=True, nogil=True)
def _share_above(value0, value1):
    """Return where a value that changes evenly over a stretch is not negative; nothing is (1, 0)."""
    if value0 < 0.0 and value1 < 0.0:
        return 1.0, 0.0
    if value0 < 0.0:
        return value0 / (value0 - value1), 1.0
    if value1 < 0.0:
        return 0.0, value0 / (value0 - value1)
    return 0.0, 1.0


@njit(cache=True, nogil=True)
def _add(start, stop, begin, total, t0, t1):
    if t1 - t0 <= TOUCHING:
        return total
    if total > begin and t0 <= stop[total - 1] + TOUCHING:
        stop[total - 1] = t1
        return total
    start[total], stop[total] = t0, t1
    return total + 1


@njit(cache=True, nogil=True)
def _reverse(start, stop, begin, total):
    """Turn the parts round, as the segment was."""
    count = total - begin
    for k in range((count + 1) // 2):
        i, j = begin + k, total - 1 - k
        a, b = 1.0 - stop[j], 1.0 - start[j]
        start[j], stop[j] = 1.0 - stop[i], 1.0 - start[i]
        start[i], stop[i] = a, b
