"""Walls sorted into square cells, so that those near a viewpoint are found without looking at the rest."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

MARGIN_M = 1e-6
"""A wall this near to a cell counts as in it: so the cell of a place holds every wall the place touches."""
LEFT, BELOW = 1, 2


class WallGrid(NamedTuple):
    """Walls by cell, the cells row by row from the lowest x and y.

    Attributes
    ----------
    x_low, y_low, cell_m : float
        Corner of the first cell and the side of all.
    columns, rows : int
    starts : int64 array (columns * rows + 1,)
        Entries `starts[c]:starts[c + 1]` are the walls whose box touches cell c.
    items : int64 array (k,)
        Which wall an entry is.
    again : uint8 array (k,)
        Whether the same wall is also in the cell to the left (bit `LEFT`) or below (bit `BELOW`).
    walls : float64 array (k, 4)
        x1, y1, x2, y2 of each entry, side by side in memory.
    heights : float64 array (k,)
    """

    x_low: float
    y_low: float
    cell_m: float
    columns: int
    rows: int
    starts: np.ndarray
    items: np.ndarray
    again: np.ndarray
    walls: np.ndarray
    heights: np.ndarray


@njit(cache=True, nogil=True, error_model="numpy")
def grid_walls(walls, heights, cell_m):
    """Sort walls into square cells.

    Parameters
    ----------
    walls : float64 array (m, 4)
        x1, y1, x2, y2 in metres, at least one wall.
    heights : float64 array (m,)
    cell_m : float
        Side of a cell.

    Returns
    -------
    WallGrid
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
    boxes = np.empty((walls.shape[0], 4), np.int32)
    starts = np.zeros(columns * rows + 1, np.int64)
    for i in range(walls.shape[0]):
        boxes[i, 0] = _cell(min(walls[i, 0], walls[i, 2]) - MARGIN_M, x_low, cell_m, columns)
        boxes[i, 1] = _cell(max(walls[i, 0], walls[i, 2]) + MARGIN_M, x_low, cell_m, columns)
        boxes[i, 2] = _cell(min(walls[i, 1], walls[i, 3]) - MARGIN_M, y_low, cell_m, rows)
        boxes[i, 3] = _cell(max(walls[i, 1], walls[i, 3]) + MARGIN_M, y_low, cell_m, rows)
        for r in range(boxes[i, 2], boxes[i, 3] + 1):
            for c in range(boxes[i, 0], boxes[i, 1] + 1):
                starts[r * columns + c + 1] += 1
    for c in range(columns * rows):
        starts[c + 1] += starts[c]
    filled = starts[:-1].copy()
    total = starts[-1]
    items, again = np.empty(total, np.int64), np.empty(total, np.uint8)
    entries, tops = np.empty((total, 4)), np.empty(total)
    for i in range(walls.shape[0]):
        for r in range(boxes[i, 2], boxes[i, 3] + 1):
            for c in range(boxes[i, 0], boxes[i, 1] + 1):
                k = filled[r * columns + c]
                filled[r * columns + c] = k + 1
                items[k] = i
                again[k] = (LEFT if c > boxes[i, 0] else 0) | (BELOW if r > boxes[i, 2] else 0)
                entries[k] = walls[i]
                tops[k] = heights[i]
    return WallGrid(x_low, y_low, cell_m, columns, rows, starts, items, again, entries, tops)


@njit(cache=True, nogil=True, error_model="numpy")
def _cell(x, low, cell_m, count):
    """Return the row or column of a coordinate, the nearest one if it lies outside."""
    return int(min(max((x - low) / cell_m, 0.0), count - 1.0))
