"""Where walls cross: the pairs that share a cell of the grid, and of these the few that really cross."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def find_cuts(walls, x_low, y_low, cell_m, columns, rows, starts, items):
    """Find the points where the insides of two walls cross.

    Walls that only touch, or lie upon each other, have no such point.

    Parameters
    ----------
    walls : float64 array (m, 4)
    x_low, y_low, cell_m, columns, rows, starts, items
        The grid of `wall_grid.grid_walls`.

    Returns
    -------
    wall : int64 array (k,)
        Each crossing gives two cuts, one for either wall, at the very same point.
    share : float64 array (k,)
        How far along the wall the cut lies, as a share of its length.
    points : float64 array (k, 2)
    """
    wall = np.empty(64, np.int64)
    share = np.empty(64)
    points = np.empty((64, 2))
    total = 0
    for cell in range(columns * rows):
        for first in range(starts[cell], starts[cell + 1]):
            i = items[first]
            ax, ay = walls[i, 0], walls[i, 1]
            dx, dy = walls[i, 2] - ax, walls[i, 3] - ay
            left, right = min(ax, walls[i, 2]), max(ax, walls[i, 2])
            low, high = min(ay, walls[i, 3]), max(ay, walls[i, 3])
            for second in range(first + 1, starts[cell + 1]):
                j = items[second]
                bx, by = walls[j, 0], walls[j, 1]
                cx, cy = walls[j, 2], walls[j, 3]
                if max(bx, cx) < left or min(bx, cx) > right or max(by, cy) < low or min(by, cy) > high:
                    continue
                # which side of the first wall the ends of the second lie on, and the other way round
                b_side = dx * (by - ay) - dy * (bx - ax)
                c_side = dx * (cy - ay) - dy * (cx - ax)
                if not ((b_side < 0.0 and c_side > 0.0) or (b_side > 0.0 and c_side < 0.0)):
                    continue
                fx, fy = cx - bx, cy - by
                start_side = fx * (ay - by) - fy * (ax - bx)
                end_side = fx * (walls[i, 3] - by) - fy * (walls[i, 2] - bx)
                if not ((start_side < 0.0 and end_side > 0.0) or (start_side > 0.0 and end_side < 0.0)):
                    continue
                along = start_side / (start_side - end_side)
                # rounding must not push the point out of the boxes, and so out of the cells, of the two walls
                x = min(max(ax + along * dx, left, min(bx, cx)), right, max(bx, cx))
                y = min(max(ay + along * dy, low, min(by, cy)), high, max(by, cy))
                # two walls may share many cells: the one the point lies in speaks for the pair
                column = min(max(int((x - x_low) / cell_m), 0), columns - 1)
                row = min(max(int((y - y_low) / cell_m), 0), rows - 1)
                if row * columns + column != cell:
                    continue
                if total + 2 > wall.shape[0]:
                    wall = np.concatenate((wall, np.empty_like(wall)))
                    share = np.concatenate((share, np.empty_like(share)))
                    points = np.concatenate((points, np.empty_like(points)))
                wall[total], share[total] = i, along
                wall[total + 1], share[total + 1] = j, b_side / (b_side - c_side)
                points[total, 0], points[total, 1] = x, y
                points[total + 1, 0], points[total + 1, 1] = x, y
                total += 2
    return wall[:total].copy(), share[:total].copy(), points[:total].copy()
