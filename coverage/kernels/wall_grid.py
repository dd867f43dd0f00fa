"""Walls sorted into square cells, so that those near a viewpoint are found without looking at the rest."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def grid_walls(walls, cell_m):
    """Sort walls into square cells.

    Parameters
    ----------
    walls : float64 array (m, 4)
        x1, y1, x2, y2 in metres.
    cell_m : float
        Side of a cell.

    Returns
    -------
    origin_x, origin_y : float
    columns, rows : int
    starts : int64 array (columns * rows + 1,)
        `items[starts[c]:starts[c + 1]]` are the walls whose box touches cell c.
    items : int64 array
    """
    x_low = y_low = np.inf
    x_high = y_high = -np.inf
    for i in range(walls.shape[0]):
        x_low = min(x_low, walls[i, 0], walls[i, 2])
        x_high = max(x_high, walls[i, 0], walls[i, 2])
        y_low = min(y_low, walls[i, 1], walls[i, 3])
        y_high = max(y_high, walls[i, 1], walls[i, 3])
    columns = max(1, int((x_high - x_low) / cell_m) + 1)
    rows = max(1, int((y_high - y_low) / cell_m) + 1)
    starts = np.zeros(columns * rows + 1, np.int64)
    items = np.empty(0, np.int64)
    filled = starts[:-1].copy()
    for turn in range(2):
        if turn == 1:
            for c in range(columns * rows):
                starts[c + 1] += starts[c]
            items = np.empty(starts[-1], np.int64)
            filled = starts[:-1].copy()
        for i in range(walls.shape[0]):
            c0 = int((min(walls[i, 0], walls[i, 2]) - x_low) / cell_m)
            c1 = int((max(walls[i, 0], walls[i, 2]) - x_low) / cell_m)
            r0 = int((min(walls[i, 1], walls[i, 3]) - y_low) / cell_m)
            r1 = int((max(walls[i, 1], walls[i, 3]) - y_low) / cell_m)
            for r in range(r0, r1 + 1):
                for c in range(c0, c1 + 1):
                    if turn == 0:
                        starts[r * columns + c + 1] += 1
                    else:
                        items[filled[r * columns + c]] = i
                        filled[r * columns + c] += 1
    return x_low, y_low, columns, rows, starts, items
