"""Of places in order, those that no earlier one kept is near."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def keep_apart(
    xy: NDArray[np.float64], cell: NDArray[np.int64], around: NDArray[np.int64], spacing_m: float
) -> NDArray[np.bool_]:
    """Keep each place unless one kept before it lies no farther than the spacing.

    Parameters
    ----------
    xy : ndarray (n, 2)
        Places in the order in which they are preferred.
    cell : ndarray of int (n,)
        Number of the square of a grid, at least `spacing_m` wide, that each lies in.
    around : ndarray of int (cells, 9)
        Numbers of the squares at and around each square; -1 where no place lies in one.
    spacing_m : float
        Metres.

    Returns
    -------
    ndarray of bool (n,)
    """
    kept = np.zeros(len(xy), dtype=np.bool_)
    # of each square the place kept last, and of each place the one kept in its square before
    last = np.full(len(around), -1, dtype=np.int64)
    before = np.full(len(xy), -1, dtype=np.int64)
    limit = spacing_m * spacing_m
    for row in range(len(xy)):
        free = True
        for square in around[cell[row]]:
            if square < 0:
                continue
            other = last[square]
            while other >= 0 and free:
                across = xy[row, 0] - xy[other, 0]
                up = xy[row, 1] - xy[other, 1]
                free = across * across + up * up > limit
                other = before[other]
        if free:
            kept[row] = True
            before[row] = last[cell[row]]
            last[cell[row]] = row
    return kept
