"""Rings seen from inside, known to be simple without a general test.

The directions of a visible region's corners turn one way round. Then no two edges can meet, except where an
edge runs along a line of sight and rounding turns its end back a little: there only its neighbours can meet.
"""

from __future__ import annotations

import numpy as np
from numba import njit

ROUNDING = 1e-15
FLAT_M2 = 1e-12


@njit(cache=True, nogil=True, error_model="numpy")
def find_doubtful(corners, offsets, viewpoints):
    """Tell which rings are not surely simple.

    Parameters
    ----------
    corners : float64 array (k, 2)
    offsets : int64 array (n + 1,)
        Ring i is `corners[offsets[i]:offsets[i + 1]]`, its first corner repeated as its last.
    viewpoints : float64 array (n, 2)

    Returns
    -------
    bool array (n,)
        False: the ring is simple and goes round its viewpoint once, counter-clockwise. True: who knows.
    """
    n = viewpoints.shape[0]
    doubtful = np.zeros(n, np.bool_)
    for ring in range(n):
        begin, size = offsets[ring], offsets[ring + 1] - offsets[ring] - 1
        vx, vy = viewpoints[ring, 0], viewpoints[ring, 1]
        rounds, doubt = 0, size < 3
        k = 0
        while k < size and not doubt:
            following = begin + k + 1
            ax, ay = corners[begin + k, 0] - vx, corners[begin + k, 1] - vy
            bx, by = corners[following, 0] - vx, corners[following, 1] - vy
            left, right = ax * by, ay * bx
            if left - right > ROUNDING * (abs(left) + abs(right)):
                rounds += 1 if ay >= 0.0 and by < 0.0 else 0
            else:
                # the direction stands still or turns back: both times minus x may be crossed
                rounds += 1 if ay >= 0.0 and by < 0.0 and ax < 0.0 else 0
                rounds -= 1 if ay < 0.0 and by >= 0.0 and ax < 0.0 else 0
                before = begin + k - 1 if k > 0 else begin + size - 1
                after = begin + k + 2 if k + 2 <= size else begin + 1
                zx, zy = corners[before, 0] - vx, corners[before, 1] - vy
                cx, cy = corners[after, 0] - vx, corners[after, 1] - vy
                doubt = (
                    ax * bx + ay * by <= 0.0
                    or not (_turns_left(zx, zy, ax, ay) and _turns_left(zx, zy, bx, by))
                    or not (_turns_left(bx, by, cx, cy) and _turns_left(ax, ay, cx, cy))
                    or not _are_apart(zx, zy, ax, ay, bx, by, cx, cy)
                )
            k += 1
        doubtful[ring] = doubt or rounds != 1
    return doubtful


@njit(cache=True, nogil=True, error_model="numpy")
def _turns_left(ax, ay, bx, by):
    """Tell whether b surely lies counter-clockwise of a, by less than half a turn."""
    left, right = ax * by, ay * bx
    return left - right > ROUNDING * (abs(left) + abs(right))


@njit(cache=True, nogil=True, error_model="numpy")
def _are_apart(zx, zy, ax, ay, bx, by, cx, cy):
    """Tell whether the edges z-a and b-c surely do not meet, nor lie along the edge a-b between them."""
    b_side = (ax - zx) * (by - zy) - (ay - zy) * (bx - zx)
    c_side = (ax - zx) * (cy - zy) - (ay - zy) * (cx - zx)
    z_side = (cx - bx) * (zy - by) - (cy - by) * (zx - bx)
    a_side = (cx - bx) * (ay - by) - (cy - by) * (ax - bx)
    if abs(b_side) < FLAT_M2 or abs(a_side) < FLAT_M2:
        return False
    return (b_side * c_side > 0.0 and abs(c_side) > FLAT_M2) or (
        a_side * z_side > 0.0 and abs(z_side) > FLAT_M2
    )
