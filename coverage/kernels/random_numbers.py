"""Random numbers whose whole state is one array, so that a search can be halted and taken up again.

xorshift64* of S. Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled" (2016).
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def seed_numbers(seed):
    """Return the state that belongs to a seed; neighbouring seeds give unrelated numbers."""
    state = np.empty(1, np.uint64)
    mixed = np.uint64(seed) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state[0] = (mixed ^ (mixed >> np.uint64(31))) | np.uint64(1)
    return state


@njit(cache=True, nogil=True)
def draw(state):
    """Return a number from 0 up to but not 1, and move the state on."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return np.float64((x * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(11)) / 9007199254740992.0


@njit(cache=True, nogil=True)
def draw_below(state, count):
    """Return a whole number from 0 up to but not `count`."""
    return np.int64(draw(state) * count)
