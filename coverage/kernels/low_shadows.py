"""The inner loop of looking past low walls: which part of each straight sight line each of them hides."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

SHORTEST = 1e-9
GRAZING_M = 1e-6
"""A sight line that passes the end of a wall this closely passes it: high and low walls are taken alike."""
BEHIND = 1 + 1e-8
"""From so many times a wall's distance on a place lies behind it: nearer is rounding, and a place upon it."""


@njit(cache=True, nogil=True)
def hide_lines(camera, ends, height, over, target, first, wall_ends, base, top, unsure):
    """Find what low walls hide of straight stretches.

    Parameters
    ----------
    camera : int64 array (n,)
        Camera that each stretch is seen from.
    ends : float64 array (n, 4)
        x0, y0, x1, y1 relative to it, metres.
    height, over, target : float64, bool, float64 arrays (n,)
        The eye: its height and whether it looks over walls of unsure height; height of what must be seen.
    first : int64 array (cameras + 1,)
        The walls of camera i are `first[i]:first[i + 1]` of the rest.
    wall_ends : float64 array (k, 4)
        ax, ay, bx, by relative to the camera, counter-clockwise as seen from it.
    base, top, unsure : float64, float64, bool arrays (k,)
        Between which heights a wall hides, and whether its top is only assumed.

    Returns
    -------
    stretch : int64 array (m,)
    start, stop : float64 arrays (m,)
        Shares of the stretch, 0 to 1, that one wall hides.
    """
    stretch = np.empty(1024, np.int64)
    shares = np.empty((1024, 2))
    found = 0
    for n in range(camera.shape[0]):
        x0, y0, x1, y1 = ends[n, 0], ends[n, 1], ends[n, 2], ends[n, 3]
        for w in range(first[camera[n]], first[camera[n] + 1]):
            ax, ay, bx, by = wall_ends[w, 0], wall_ends[w, 1], wall_ends[w, 2], wall_ends[w, 3]
            # outside the cone of the wall on one side: by far the most pairs end here
            grazing = GRAZING_M * math.sqrt(ax * ax + ay * ay)
            low, high = _clip(0.0, 1.0, ay * x0 - ax * y0 + grazing, ay * x1 - ax * y1 + grazing)
            if high - low <= SHORTEST:
                continue
            grazing = GRAZING_M * math.sqrt(bx * bx + by * by)
            low, high = _clip(low, high, bx * y0 - by * x0 + grazing, bx * y1 - by * x1 + grazing)
            if high - low <= SHORTEST:
                continue
            near, far = shadow_span(height[n], over[n], target[n], base[w], top[w], unsure[w])
            near = max(near, BEHIND)
            if far <= near:
                continue
            turn = ax * by - ay * bx
            depth0 = (x0 * (by - ay) - y0 * (bx - ax)) / turn
            depth1 = (x1 * (by - ay) - y1 * (bx - ax)) / turn
            low, high = _clip(low, high, near - depth0, near - depth1)
            if not math.isinf(far):
                low, high = _clip(low, high, depth0 - far, depth1 - far)
            if high - low <= SHORTEST:
                continue
            if found == stretch.shape[0]:
                stretch = np.concatenate((stretch, np.empty(found, np.int64)))
                shares = np.concatenate((shares, np.empty((found, 2))))
            stretch[found], shares[found, 0], shares[found, 1] = n, low, high
            found += 1
    return stretch[:found].copy(), shares[:found, 0].copy(), shares[:found, 1].copy()


@njit(cache=True, nogil=True)
def shadow_spans(height, over, target, base, top, unsure):
    """Return `shadow_span` for one eye and every wall: arrays (k,) of where its shadow begins and ends."""
    near, far = np.empty(base.shape[0]), np.empty(base.shape[0])
    for w in range(base.shape[0]):
        near[w], far[w] = shadow_span(height, over, target, base[w], top[w], unsure[w])
    return near, far


@njit(cache=True, nogil=True)
def shadow_span(height, over, target, base, top, unsure):
    """Return from how many times to how many times its own distance a wall hides a target behind it."""
    if unsure and not over:
        top = math.inf
    fall = height - target
    if fall > 0.0:
        near = fall / (height - base) if base < height else math.inf
        far = fall / (height - top) if top < height else math.inf
        return near, far
    # the line rises to a target above the eye: over the top of near walls, under the base of far ones
    near = -fall / (top - height) if top > height else math.inf
    far = -fall / (base - height) if base > height else math.inf
    return near, far


@njit(cache=True, nogil=True)
def _clip(low, high, at_start, at_stop):
    """Return the part of a stretch, from share low to share high, where a linear quantity is at most 0."""
    if at_start > 0.0:
        if at_stop >= 0.0:
            return 1.0, 0.0
        low = max(low, at_start / (at_start - at_stop))
    elif at_stop > 0.0:
        high = min(high, at_start / (at_start - at_stop))
    return low, high
