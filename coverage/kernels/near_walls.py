"""What the sweep round one viewpoint is given: the walls within its disc, in the order they begin in.

Directions are measured as turns, from -2 to 2: the place where a ray leaves the square |x| + |y| = 1. A turn
grows with the angle and costs no arc tangent; and in turns the nearness of a wall, 1 / distance with the
distance counted in lengths from the middle to that square, is the scalar product of the place on the square
with a vector of the wall: the wall's slope here.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from .wall_grid import BELOW, LEFT

ON_WALL_M = 1e-9
"""A wall whose line passes the viewpoint this closely is seen edge-on, or stood upon: it hides nothing."""
AX, AY, BX, BY, FIRST, LAST, SLOPE_X, SLOPE_Y = range(8)
"""Rows of the table of walls in sight: both ends in the order they are seen, their turns, the slope."""


@njit(cache=True, nogil=True, error_model="numpy")
def room_for(grid, viewpoints, radii):
    """Return how many walls `near_walls` can find at most for any of these viewpoints."""
    most = 0
    for view in range(viewpoints.shape[0]):
        c0, c1, r0, r1 = _window(viewpoints[view, 0], viewpoints[view, 1], radii[view], grid)
        count = 0
        for r in range(r0, r1 + 1):
            count += grid.starts[r * grid.columns + c1 + 1] - grid.starts[r * grid.columns + c0]
        most = max(most, count)
    # the last write goes one beyond; a wall behind may be cut in two
    return 2 * most + 8


@njit(cache=True, nogil=True, error_model="numpy")
def near_walls(vx, vy, radius, eye, grid, solid, sight, order, keys, drawers):
    """Collect the walls that a viewpoint can see within its disc.

    Parameters
    ----------
    vx, vy, radius, eye : float
        The viewpoint, how far it sees, and the height of its eye: lower walls take no part.
    grid : WallGrid
    solid : bool
        Whether walls with the viewpoint to their left may be left out.
    sight : float64 array (8, `room_for`)
        Filled: a wall in each column. A wall that crosses the direction of minus x is cut in two there.
    order : int64 array (`room_for`,)
        Filled: the columns of `sight` in the order of their first turn.
    keys : float64 array (`room_for`,)
    drawers : int64 array (2 * `room_for` + 128,)
        For the work.

    Returns
    -------
    int
        How many there are.
    """
    if solid and _stands_on_wall(vx, vy, eye, grid):
        solid = False
    count = _pick(vx, vy, radius, eye, grid, solid, sight)
    _clip(radius, sight, count)
    _measure(sight, count)
    count = _cut_at_minus_x(sight, count)
    _sort(sight, count, order, keys, drawers)
    return count


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def turn_of(x, y):
    """Return the turn of a point. Minus x is 2, and -2 where a wall begins there."""
    share = y / (abs(x) + abs(y))
    return share if x >= 0.0 else (2.0 - share if y >= 0.0 else -2.0 - share)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def nearness(sight, k, turn):
    """Return how near wall k is in a direction, as 1 / distance in the measure of turns."""
    along = abs(turn)
    x = 1.0 - along
    y = turn if along <= 1.0 else (2.0 - turn if turn > 0.0 else -2.0 - turn)
    return sight[SLOPE_X, k] * x + sight[SLOPE_Y, k] * y


@njit(cache=True, nogil=True, error_model="numpy")
def _window(vx, vy, radius, grid):
    """Return the first and last column, and row, of the cells that the square of the disc touches."""
    last_column, last_row = grid.columns - 1.0, grid.rows - 1.0
    c0 = int(min(max((vx - radius - grid.x_low) / grid.cell_m, 0.0), last_column))
    c1 = int(min(max((vx + radius - grid.x_low) / grid.cell_m, 0.0), last_column))
    r0 = int(min(max((vy - radius - grid.y_low) / grid.cell_m, 0.0), last_row))
    r1 = int(min(max((vy + radius - grid.y_low) / grid.cell_m, 0.0), last_row))
    return c0, c1, r0, r1


@njit(cache=True, nogil=True, error_model="numpy")
def _stands_on_wall(vx, vy, eye, grid):
    """Tell whether the viewpoint touches a wall."""
    c, _, r, _ = _window(vx, vy, 0.0, grid)
    for k in range(grid.starts[r * grid.columns + c], grid.starts[r * grid.columns + c + 1]):
        if grid.heights[k] < eye:
            continue
        ax, ay = grid.walls[k, 0] - vx, grid.walls[k, 1] - vy
        bx, by = grid.walls[k, 2] - vx, grid.walls[k, 3] - vy
        ex, ey = bx - ax, by - ay
        length2, cross = ex * ex + ey * ey, ax * ey - ay * ex
        on_line = cross * cross <= ON_WALL_M * ON_WALL_M * length2
        if on_line and ax * bx + ay * by <= ON_WALL_M * math.sqrt(length2):
            return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def _pick(vx, vy, radius, eye, grid, solid, sight):
    """Write the walls that reach into the disc, turned left, one after another without a branch."""
    c0, c1, r0, r1 = _window(vx, vy, radius, grid)
    radius2 = radius * radius
    count = 0
    for r in range(r0, r1 + 1):
        row = r * grid.columns
        # a wall of several cells is taken in the first of them: the lowest row, in that the leftmost column
        for part in range(2):
            seen = np.uint8((BELOW if r > r0 else 0) | (LEFT if part == 1 else 0))
            begin = grid.starts[row + c0 + part]
            end = grid.starts[row + c0 + 1] if part == 0 else grid.starts[row + c1 + 1]
            for k in range(begin, end):
                ax, ay = grid.walls[k, 0] - vx, grid.walls[k, 1] - vy
                bx, by = grid.walls[k, 2] - vx, grid.walls[k, 3] - vy
                ex, ey = bx - ax, by - ay
                cross = ax * ey - ay * ex
                cross2, length2 = cross * cross, ex * ex + ey * ey
                along = ax * ex + ay * ey
                inside = (ax * ax + ay * ay < radius2) | (bx * bx + by * by < radius2)
                passes = (along < 0.0) & (along + length2 > 0.0) & (cross2 < radius2 * length2)
                taken = (
                    (inside | passes)
                    & (cross2 > ON_WALL_M * ON_WALL_M * length2)
                    & ((cross < 0.0) | (not solid))
                    & ((grid.again[k] & seen) == 0)
                    & (grid.heights[k] >= eye)
                )
                left = cross > 0.0
                sight[AX, count] = ax if left else bx
                sight[AY, count] = ay if left else by
                sight[BX, count] = bx if left else ax
                sight[BY, count] = by if left else ay
                count += 1 if taken else 0
    return count


@njit(cache=True, nogil=True, error_model="numpy")
def _clip(radius, sight, count):
    """Cut off what of the walls lies beyond the disc."""
    radius2 = radius * radius
    for k in range(count):
        ax, ay, bx, by = sight[AX, k], sight[AY, k], sight[BX, k], sight[BY, k]
        a2, b2 = ax * ax + ay * ay, bx * bx + by * by
        if a2 <= radius2 and b2 <= radius2:
            continue
        # the part of the wall inside the circle: |a + t e|^2 = r^2
        ex, ey = bx - ax, by - ay
        length2 = ex * ex + ey * ey
        along = ax * ex + ay * ey
        cross = ax * ey - ay * ex
        root = math.sqrt(max(0.0, radius2 * length2 - cross * cross))
        if a2 > radius2:
            t = (-along - root) / length2
            sight[AX, k], sight[AY, k] = ax + t * ex, ay + t * ey
        if b2 > radius2:
            t = (-along + root) / length2
            sight[BX, k], sight[BY, k] = ax + t * ex, ay + t * ey


@njit(cache=True, nogil=True, error_model="numpy")
def _measure(sight, count):
    """Work out the turns of the ends, and the slope."""
    for k in range(count):
        ax, ay, bx, by = sight[AX, k], sight[AY, k], sight[BX, k], sight[BY, k]
        ex, ey = bx - ax, by - ay
        scale = 1.0 / (ax * ey - ay * ex)
        first = turn_of(ax, ay)
        sight[FIRST, k] = first if first < 2.0 else -2.0
        sight[LAST, k] = turn_of(bx, by)
        sight[SLOPE_X, k] = ey * scale
        sight[SLOPE_Y, k] = -ex * scale


@njit(cache=True, nogil=True, error_model="numpy")
def _cut_at_minus_x(sight, count):
    """Cut in two what crosses minus x: it is both ends of the turn."""
    total = count
    for k in range(count):
        span = sight[LAST, k] - sight[FIRST, k]
        if span < -2.0:
            for row in range(8):
                sight[row, total] = sight[row, k]
            sight[LAST, k] = 2.0
            sight[FIRST, total] = -2.0
            total += 1
        elif span > 2.0:
            # a wall fills less than half the sky: this one is all but edge-on, and rounding turned it round
            sight[LAST, k] = sight[FIRST, k]
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _sort(sight, count, order, keys, drawers):
    """Order by the first turn: into drawers, about as many as there are walls, then each to its place."""
    size = 64
    while size < count:
        size *= 2
    scale = size / 4.0
    drawers[: size + 1] = 0
    for k in range(count):
        drawers[int((sight[FIRST, k] + 2.0) * scale) + 1] += 1
    for drawer in range(size):
        drawers[drawer + 1] += drawers[drawer]
    for k in range(count):
        drawer = int((sight[FIRST, k] + 2.0) * scale)
        keys[drawers[drawer]], order[drawers[drawer]] = sight[FIRST, k], k
        drawers[drawer] += 1
    for k in range(1, count):
        key, wall, at = keys[k], order[k], k
        while at > 0 and keys[at - 1] > key:
            keys[at], order[at] = keys[at - 1], order[at - 1]
            at -= 1
        keys[at], order[at] = key, wall
