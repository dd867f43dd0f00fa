"""Where walls cross: the pairs that share a cell of the grid, and of these the few that really cross."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True, error_model="numpy")
def find_cuts(grid):
    """Find the points where the insides of two walls cross.

    Walls that only touch, or lie upon each other, have no such point.

    Parameters
    ----------
    grid : WallGrid

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
    for cell in range(grid.columns * grid.rows):
        for first in range(grid.starts[cell], grid.starts[cell + 1]):
            ax, ay = grid.walls[first, 0], grid.walls[first, 1]
            dx, dy = grid.walls[first, 2] - ax, grid.walls[first, 3] - ay
            left, right = min(ax, grid.walls[first, 2]), max(ax, grid.walls[first, 2])
            low, high = min(ay, grid.walls[first, 3]), max(ay, grid.walls[first, 3])
            for second in range(first + 1, grid.starts[cell + 1]):
                bx, by = grid.walls[second, 0], grid.walls[second, 1]
                cx, cy = grid.walls[second, 2], grid.walls[second, 3]
                if max(bx, cx) < left or min(bx, cx) > right or max(by, cy) < low or min(by, cy) > high:
                    continue
                # which side of the first wall the ends of the second lie on, and the other way round
                b_side = dx * (by - ay) - dy * (bx - ax)
                c_side = dx * (cy - ay) - dy * (cx - ax)
                if not ((b_side < 0.0 and c_side > 0.0) or (b_side > 0.0 and c_side < 0.0)):
                    continue
                fx, fy = cx - bx, cy - by
                start_side = fx * (ay - by) - fy * (ax - bx)
                end_side = fx * (grid.walls[first, 3] - by) - fy * (grid.walls[first, 2] - bx)
                if not ((start_side < 0.0 and end_side > 0.0) or (start_side > 0.0 and end_side < 0.0)):
                    continue
                along = start_side / (start_side - end_side)
                # rounding must not push the point out of the boxes, and so out of the cells, of the two walls
                x = min(max(ax + along * dx, left, min(bx, cx)), right, max(bx, cx))
                y = min(max(ay + along * dy, low, min(by, cy)), high, max(by, cy))
                # two walls may share many cells: the one the point lies in speaks for the pair
                column = min(max(int((x - grid.x_low) / grid.cell_m), 0), grid.columns - 1)
                row = min(max(int((y - grid.y_low) / grid.cell_m), 0), grid.rows - 1)
                if row * grid.columns + column != cell:
                    continue
                if total + 2 > wall.shape[0]:
                    wall = np.concatenate((wall, np.empty_like(wall)))
                    share = np.concatenate((share, np.empty_like(share)))
                    points = np.concatenate((points, np.empty_like(points)))
                wall[total], share[total] = grid.items[first], along
                wall[total + 1], share[total + 1] = grid.items[second], b_side / (b_side - c_side)
                points[total, 0], points[total, 1] = x, y
                points[total + 1, 0], points[total + 1, 1] = x, y
                total += 2
    return wall[:total].copy(), share[:total].copy(), points[:total].copy()
