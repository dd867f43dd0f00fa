"""The inner loop of sight: one angular sweep per viewpoint over the walls near it.

As long as no two walls cross (the caller cuts them where they do), which of two is the nearer one stays the
same wherever both are in sight. So the nearest wall can only change where another begins in front of it, or
where it ends; a wall that begins and ends behind it is never looked at again.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from .near_walls import AX, AY, BX, BY, FIRST, LAST, near_walls, nearness, room_for, turn_of

NARROW_M = 1e-7
"""An opening narrower than this at the rim of the disc is no opening; it would only spoil the polygon."""
SAME_M = 1e-6
"""Corners this near to each other are one."""


@njit(cache=True, nogil=True, error_model="numpy")
def sweep_regions(viewpoints, radii, eyes, grid, solid, arc_step):
    """Trace the visible region of every viewpoint.

    Parameters
    ----------
    viewpoints : float64 array (n, 2)
    radii : float64 array (n,)
    eyes : float64 array (n,)
        Height of each viewpoint: a wall lower than the eye takes no part.
    grid : WallGrid
        Walls that do not cross.
    solid : bool
        Whether the walls are the rims of bodies to their left that hold no viewpoint inside.
    arc_step : float
        Widest angle, in radians, that one chord of the disc may span.

    Returns
    -------
    corners : float64 array (k, 2)
        Counter-clockwise, relative to nothing: absolute metres.
    offsets : int64 array (n + 1,)
        Ring i is `corners[offsets[i]:offsets[i + 1]]`, its first corner repeated as its last; nothing where
        less than a triangle is seen.
    """
    n = viewpoints.shape[0]
    offsets = np.zeros(n + 1, np.int64)
    corners = np.empty((max(1024, 64 * n), 2))
    rim = _rim(arc_step)
    room = room_for(grid, viewpoints, radii)
    sight = np.empty((8, room))
    order, waiting = np.empty(room, np.int64), np.empty(room, np.int64)
    keys, drawers = np.empty(room), np.empty(2 * room + 128, np.int64)
    total = 0
    for view in range(n):
        vx, vy, radius = viewpoints[view, 0], viewpoints[view, 1], radii[view]
        count = near_walls(vx, vy, radius, eyes[view], grid, solid, sight, order, keys, drawers)
        # a wall adds two corners where it begins and two where it ends
        needed = total + 4 * count + rim.shape[0] + 8
        if needed > corners.shape[0]:
            larger = np.empty((2 * needed, 2))
            larger[:total] = corners[:total]
            corners = larger
        total = _trace(vx, vy, radius, sight, count, order, waiting, rim, corners, total)
        offsets[view + 1] = total
    return corners[:total], offsets


@njit(cache=True, nogil=True, error_model="numpy")
def _rim(arc_step):
    """Return the corners of the disc, which lie at fixed directions whatever is in sight, and their turns."""
    chords = max(3, math.ceil(2 * math.pi / arc_step - 1e-9))
    rim = np.empty((chords + 1, 3))
    for k in range(chords + 1):
        angle = -math.pi + 2 * math.pi * k / chords
        rim[k, 0], rim[k, 1] = math.cos(angle), math.sin(angle)
        rim[k, 2] = turn_of(rim[k, 0], rim[k, 1])
    rim[0, 2], rim[chords, 2] = -2.0, 2.0
    return rim


@njit(cache=True, nogil=True, error_model="numpy")
def _trace(vx, vy, radius, sight, count, order, waiting, rim, corners, total):
    """Add the corners of one region, from minus x round to minus x.

    `waiting` are walls that have begun behind the nearest one and reach beyond its end.
    """
    begin, narrow = total, NARROW_M / radius
    position, queued, chord = 0, 0, 1
    nearest, turn, px, py = -1, -2.0, -radius, 0.0
    ended = True
    while True:
        if ended:
            # at the turn of p nothing is nearest any more: whoever is in sight beyond it, and nearest there
            while position < count and sight[FIRST, order[position]] <= turn + narrow:
                waiting[queued] = order[position]
                queued += 1
                position += 1
            kept, latest = 0, turn
            for q in range(queued):
                k = waiting[q]
                last = sight[LAST, k]
                if last <= turn + narrow:
                    latest = max(latest, last)
                    continue
                waiting[kept] = k
                kept += 1
                if nearest < 0 or _is_nearer(sight, k, nearest, turn):
                    nearest = k
            queued = kept
            if nearest < 0 and latest > turn:
                # a chain of walls each too narrow to see leads on to the next one
                turn = latest
                if position < count and sight[FIRST, order[position]] <= turn + narrow:
                    continue
            if nearest < 0:
                total = _add_on_rim(corners, total, begin, px, py, radius, vx, vy)
            elif turn > -2.0 and sight[FIRST, nearest] >= turn - narrow:
                total = _add(corners, total, begin, vx + sight[AX, nearest], vy + sight[AY, nearest])
            else:
                total = _add_on_wall(corners, total, begin, sight, nearest, px, py, vx, vy)
            ended = False
            continue
        k, first, last = -1, 2.0, 2.0
        if position < count:
            k = order[position]
            first, last = sight[FIRST, k], sight[LAST, k]
        if nearest < 0:
            position += 1
            if k >= 0 and last - first <= narrow:
                continue
            while rim[chord, 2] <= turn:
                chord += 1
            while chord < rim.shape[0] - 1 and rim[chord, 2] < first:
                corners[total, 0], corners[total, 1] = (
                    vx + radius * rim[chord, 0],
                    vy + radius * rim[chord, 1],
                )
                total += 1
                chord += 1
            if k < 0:
                total = _add(corners, total, begin, vx - radius, vy)
                break
            px, py = sight[AX, k], sight[AY, k]
            total = _add_on_rim(corners, total, begin, px, py, radius, vx, vy)
            total = _add(corners, total, begin, vx + px, vy + py)
            nearest = k
            continue
        end = sight[LAST, nearest]
        if k < 0 or end <= first + narrow:
            if end >= 2.0:
                total = _add_on_wall(corners, total, begin, sight, nearest, -1.0, 0.0, vx, vy)
                break
            turn, px, py = end, sight[BX, nearest], sight[BY, nearest]
            total = _add(corners, total, begin, vx + px, vy + py)
            nearest, ended = -1, True
            continue
        position += 1
        if last - first <= narrow:
            continue
        if _is_nearer(sight, k, nearest, first):
            px, py = sight[AX, k], sight[AY, k]
            total = _add_on_wall(corners, total, begin, sight, nearest, px, py, vx, vy)
            total = _add(corners, total, begin, vx + px, vy + py)
            if end > last:
                waiting[queued] = nearest
                queued += 1
            nearest = k
        elif last > end:
            waiting[queued] = k
            queued += 1
    while total > begin and _close(corners, total - 1, corners[begin, 0], corners[begin, 1]):
        total -= 1
    if total - begin < 3:
        return begin
    corners[total] = corners[begin]
    return total + 1


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _is_nearer(sight, one, other, turn):
    """Tell which of two walls that are both in sight from a turn on is the nearer, half-way through that."""
    middle = 0.5 * (turn + min(sight[LAST, one], sight[LAST, other]))
    return nearness(sight, one, middle) > nearness(sight, other, middle)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _add_on_wall(corners, total, begin, sight, k, dx, dy, vx, vy):
    """Add the point where the direction (dx, dy) meets wall k, never beyond the wall's own ends."""
    ax, ay = sight[AX, k], sight[AY, k]
    ex, ey = sight[BX, k] - ax, sight[BY, k] - ay
    below = ex * dy - ey * dx
    t = 0.0 if below == 0.0 else (dx * ay - dy * ax) / below
    t = min(1.0, max(0.0, t))
    return _add(corners, total, begin, vx + ax + t * ex, vy + ay + t * ey)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _add_on_rim(corners, total, begin, dx, dy, radius, vx, vy):
    """Add the point of the rim in the direction (dx, dy)."""
    scale = radius / math.sqrt(dx * dx + dy * dy)
    return _add(corners, total, begin, vx + dx * scale, vy + dy * scale)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _add(corners, total, begin, x, y):
    if total > begin and _close(corners, total - 1, x, y):
        return total
    corners[total, 0] = x
    corners[total, 1] = y
    return total + 1


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _close(corners, k, x, y):
    return abs(corners[k, 0] - x) < SAME_M and abs(corners[k, 1] - y) < SAME_M
