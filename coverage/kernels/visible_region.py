"""The inner loop of sight: one angular sweep per viewpoint over the walls near it.

The critical directions are the ends of the walls; between two neighbouring ones a single wall is nearest, as
long as no two walls cross (the caller splits them where they do).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

ON_WALL_M = 1e-9
"""A wall whose line passes the viewpoint this closely is seen edge-on, or stood upon: it hides nothing."""
NARROW_M = 1e-7
"""An opening narrower than this at the rim of the disc is no opening; it would only spoil the polygon."""


@njit(cache=True, nogil=True)
def sweep_regions(
    viewpoints,
    radii,
    eyes,
    walls,
    heights,
    x_low,
    y_low,
    cell_m,
    columns,
    rows,
    starts,
    items,
    arc_step,
):
    """Trace the visible region of every viewpoint.

    Parameters
    ----------
    viewpoints : float64 array (n, 2)
    radii : float64 array (n,)
    eyes : float64 array (n,)
        Height of each viewpoint.
    walls : float64 array (m, 4)
    heights : float64 array (m,)
        A wall lower than the eye takes no part.
    x_low, y_low, cell_m, columns, rows, starts, items
        The grid of `wall_grid.grid_walls`.
    arc_step : float
        Widest angle, in radians, that one chord of the disc may span.

    Returns
    -------
    corners : float64 array (k, 2)
        Counter-clockwise, relative to nothing: absolute metres. Rings are not closed.
    offsets : int64 array (n + 1,)
        Ring i is `corners[offsets[i]:offsets[i + 1]]`.
    """
    n = viewpoints.shape[0]
    m = walls.shape[0]
    offsets = np.zeros(n + 1, np.int64)
    corners = np.empty((max(1024, 64 * n), 2))
    stamp = np.full(m, -1, np.int64)
    # the rim's corners lie at fixed directions, whatever is in sight
    chords = max(3, math.ceil(2 * math.pi / arc_step - 1e-9))
    rim = np.empty((chords + 1, 3))
    for k in range(chords + 1):
        angle = -math.pi + 2 * math.pi * k / chords
        rim[k, 0], rim[k, 1] = math.cos(angle), math.sin(angle)
        rim[k, 2] = _turn(rim[k, 0], rim[k, 1], -2.0 if k == 0 else 2.0)
    # a wall that crosses the direction of minus x is cut in two there, hence twice the room
    seen_wall = np.empty((2 * m + 2, 4))
    event_turn = np.empty(4 * m + 8)
    event_wall = np.empty(4 * m + 8, np.int64)
    active = np.empty(2 * m + 2, np.int64)
    place = np.empty(2 * m + 2, np.int64)
    fresh = np.empty(2 * m + 2, np.int64)
    total = 0
    for view in range(n):
        vx, vy, radius = viewpoints[view, 0], viewpoints[view, 1], radii[view]
        near = _walls_near(
            vx,
            vy,
            radius,
            eyes[view],
            walls,
            heights,
            x_low,
            y_low,
            cell_m,
            columns,
            rows,
            starts,
            items,
            stamp,
            view,
            seen_wall,
        )
        events = 0
        for w in range(near):
            first = _turn(seen_wall[w, 0], seen_wall[w, 1], -2.0)
            last = _turn(seen_wall[w, 2], seen_wall[w, 3], 2.0)
            # a wall seen so nearly edge-on that rounding turns it round hides nothing
            if last <= first:
                continue
            event_turn[events], event_wall[events] = first, w
            event_turn[events + 1], event_wall[events + 1] = last, ~w
            events += 2
        order = np.argsort(event_turn[:events])
        needed = total + 4 * events + 2 * (chords + 2) + 16
        if needed > corners.shape[0]:
            larger = np.empty((2 * needed, 2))
            larger[:total] = corners[:total]
            corners = larger
        begin, count, new = total, 0, 0
        nearest, rescan = -1, False
        turn0, x0, y0 = -2.0, -radius, 0.0
        next_chord = 1
        for position in range(events + 1):
            w = 0
            if position < events:
                e = order[position]
                w = event_wall[e]
                turn1 = event_turn[e]
                if w >= 0:
                    x1, y1 = seen_wall[w, 0], seen_wall[w, 1]
                else:
                    x1, y1 = seen_wall[~w, 2], seen_wall[~w, 3]
            else:
                turn1, x1, y1 = 2.0, -radius, 0.0
            if turn1 - turn0 > NARROW_M / radius:
                dx, dy = _between(x0, y0, x1, y1)
                if rescan:
                    nearest = _nearest_wall(seen_wall, active, count, -1, dx, dy)
                elif new:
                    nearest = _nearest_wall(seen_wall, fresh, new, nearest, dx, dy)
                rescan, new = False, 0
                if nearest >= 0:
                    total = _add_on_wall(corners, total, begin, seen_wall, nearest, x0, y0, vx, vy)
                    total = _add_on_wall(corners, total, begin, seen_wall, nearest, x1, y1, vx, vy)
                else:
                    total = _add_on_rim(corners, total, begin, x0, y0, radius, vx, vy)
                    while rim[next_chord, 2] <= turn0:
                        next_chord += 1
                    while next_chord < chords and rim[next_chord, 2] < turn1:
                        x, y = vx + radius * rim[next_chord, 0], vy + radius * rim[next_chord, 1]
                        total = _add(corners, total, begin, x, y)
                        next_chord += 1
                    total = _add_on_rim(corners, total, begin, x1, y1, radius, vx, vy)
                turn0, x0, y0 = turn1, x1, y1
            if position == events:
                break
            if w >= 0:
                active[count] = w
                place[w] = count
                count += 1
                fresh[new] = w
                new += 1
            else:
                w = ~w
                count -= 1
                other = active[count]
                active[place[w]] = other
                place[other] = place[w]
                rescan = rescan or w == nearest
                for k in range(new):
                    if fresh[k] == w:
                        new -= 1
                        fresh[k] = fresh[new]
                        break
        while total - begin > 3 and _close(corners, total - 1, corners[begin, 0], corners[begin, 1]):
            total -= 1
        offsets[view + 1] = total
    return corners[:total].copy(), offsets


@njit(cache=True, nogil=True)
def _turn(x, y, at_minus_x):
    """Return a number from -2 to 2 that grows with the angle of a point, and costs no arc tangent.

    The two halves of a cut wall meet at minus x, which is both ends of the turn.
    """
    if y == 0.0 and x < 0.0:
        return at_minus_x
    share = y / (abs(x) + abs(y))
    if x >= 0.0:
        return share
    return 2.0 - share if y > 0.0 else -2.0 - share


@njit(cache=True, nogil=True)
def _between(x0, y0, x1, y1):
    """Return a direction between two others, the way round that turns left."""
    size0, size1 = math.hypot(x0, y0), math.hypot(x1, y1)
    ax, ay, bx, by = x0 / size0, y0 / size0, x1 / size1, y1 / size1
    if ax * by - ay * bx > 1e-3:
        return ax + bx, ay + by
    # nearly the same, nearly opposite or more than half a turn: halve the angle itself
    angle0, angle1 = math.atan2(ay, ax), math.atan2(by, bx)
    if y0 == 0.0 and x0 < 0.0:
        angle0 = -math.pi
    if y1 == 0.0 and x1 < 0.0:
        angle1 = math.pi
    return math.cos(0.5 * (angle0 + angle1)), math.sin(0.5 * (angle0 + angle1))


@njit(cache=True, nogil=True)
def _walls_near(
    vx,
    vy,
    radius,
    eye,
    walls,
    heights,
    x_low,
    y_low,
    cell_m,
    columns,
    rows,
    starts,
    items,
    stamp,
    view,
    seen_wall,
):
    """Collect the walls within the disc: relative to the viewpoint, clipped, turned left, cut at minus x."""
    near = 0
    c0 = min(max(math.floor((vx - radius - x_low) / cell_m), 0), columns)
    c1 = max(min(math.floor((vx + radius - x_low) / cell_m), columns - 1), -1)
    r0 = min(max(math.floor((vy - radius - y_low) / cell_m), 0), rows)
    r1 = max(min(math.floor((vy + radius - y_low) / cell_m), rows - 1), -1)
    for r in range(r0, r1 + 1):
        for k in range(starts[r * columns + c0], starts[r * columns + c1 + 1] if c1 >= c0 else 0):
            i = items[k]
            if stamp[i] == view or heights[i] < eye:
                continue
            stamp[i] = view
            ax, ay = walls[i, 0] - vx, walls[i, 1] - vy
            ex, ey = walls[i, 2] - walls[i, 0], walls[i, 3] - walls[i, 1]
            length2 = ex * ex + ey * ey
            cross = ax * ey - ay * ex
            if cross * cross <= ON_WALL_M * ON_WALL_M * length2:
                continue
            # the part of the wall inside the circle: |a + t e|^2 = r^2
            half_b = ax * ex + ay * ey
            root = half_b * half_b - length2 * (ax * ax + ay * ay - radius * radius)
            if root <= 0.0:
                continue
            root = math.sqrt(root)
            t0 = max(0.0, (-half_b - root) / length2)
            t1 = min(1.0, (-half_b + root) / length2)
            if t1 <= t0:
                continue
            bx, by = (ax + ex, ay + ey) if t1 == 1.0 else (ax + t1 * ex, ay + t1 * ey)
            if t0 > 0.0:
                ax, ay = ax + t0 * ex, ay + t0 * ey
            if cross < 0.0:
                ax, ay, bx, by = bx, by, ax, ay
            if ay > 0.0 and by < 0.0:
                # counter-clockwise from above to below the x axis: it crosses the direction of minus x
                x = ax + (bx - ax) * ay / (ay - by)
                seen_wall[near, 0], seen_wall[near, 1], seen_wall[near, 2], seen_wall[near, 3] = (
                    ax,
                    ay,
                    x,
                    0.0,
                )
                near += 1
                ax, ay = x, 0.0
            seen_wall[near, 0], seen_wall[near, 1], seen_wall[near, 2], seen_wall[near, 3] = ax, ay, bx, by
            near += 1
    return near


@njit(cache=True, nogil=True)
def _nearest_wall(seen_wall, some, count, nearest, dx, dy):
    """Return which of some walls, or the one held nearest so far (-1: none), a ray meets first."""
    best = np.inf if nearest < 0 else _distance(seen_wall, nearest, dx, dy)
    for k in range(count):
        distance = _distance(seen_wall, some[k], dx, dy)
        if distance < best:
            best, nearest = distance, some[k]
    return nearest


@njit(cache=True, nogil=True)
def _distance(seen_wall, w, dx, dy):
    """Return how far along the direction (dx, dy) wall w lies, in lengths of that direction."""
    ax, ay = seen_wall[w, 0], seen_wall[w, 1]
    ex, ey = seen_wall[w, 2] - ax, seen_wall[w, 3] - ay
    return (ax * ey - ay * ex) / (dx * ey - dy * ex)


@njit(cache=True, nogil=True)
def _add_on_wall(corners, total, begin, seen_wall, w, dx, dy, vx, vy):
    """Add the point where the direction (dx, dy) meets wall w, never beyond the wall's own ends."""
    ax, ay = seen_wall[w, 0], seen_wall[w, 1]
    ex, ey = seen_wall[w, 2] - ax, seen_wall[w, 3] - ay
    below = ex * dy - ey * dx
    t = 0.0 if below == 0.0 else (dx * ay - dy * ax) / below
    t = min(1.0, max(0.0, t))
    return _add(corners, total, begin, vx + ax + t * ex, vy + ay + t * ey)


@njit(cache=True, nogil=True)
def _add_on_rim(corners, total, begin, dx, dy, radius, vx, vy):
    """Add the point of the rim in the direction (dx, dy)."""
    scale = radius / math.hypot(dx, dy)
    return _add(corners, total, begin, vx + dx * scale, vy + dy * scale)


@njit(cache=True, nogil=True)
def _add(corners, total, begin, x, y):
    if total > begin and _close(corners, total - 1, x, y):
        return total
    corners[total, 0] = x
    corners[total, 1] = y
    return total + 1


@njit(cache=True, nogil=True)
def _close(corners, k, x, y):
    return abs(corners[k, 0] - x) < 1e-6 and abs(corners[k, 1] - y) < 1e-6
