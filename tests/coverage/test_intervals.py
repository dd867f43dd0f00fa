"""Intervals along streets against twins that ask place by place."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage.intervals import (
    cut_everywhere,
    inside_disc,
    inside_half_plane,
    merge_touching,
    pieces_covered,
)

some_intervals = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 20), st.integers(1, 10)), min_size=1, max_size=12
)


def as_arrays(rows):
    """Return line, start and stop of drawn intervals."""
    line = np.array([row[0] for row in rows])
    start = np.array([row[1] for row in rows], dtype=float)
    return line, start, start + [row[2] for row in rows]


@given(some_intervals)
def test_pieces_are_covered_by_exactly_the_intervals_over_their_middle(rows):
    """Cutting loses nothing: each piece is paired with each interval that holds its middle, and no other."""
    line, start, stop = as_arrays(rows)
    pieces = cut_everywhere(line, start, stop)
    pairs = set(zip(*(a.tolist() for a in pieces_covered(*pieces, line, start, stop)), strict=True))
    expected = {
        (i, p)
        for i in range(len(line))
        for p in range(len(pieces[0]))
        if line[i] == pieces[0][p] and start[i] < (pieces[1][p] + pieces[2][p]) / 2 < stop[i]
    }
    assert pairs == expected


@given(some_intervals)
def test_merging_is_the_union(rows):
    """Merged intervals are disjoint, maximal, and hold the same unit steps."""
    line, start, stop = as_arrays(rows)
    merged = merge_touching(line, start, stop)
    steps = {(n, k) for n, a, b in zip(line, start, stop, strict=True) for k in range(int(a), int(b))}
    again = {(n, k) for n, a, b in zip(*merged, strict=True) for k in range(int(a), int(b))}
    assert steps == again
    for n in range(3):
        mine = merged[0] == n
        assert (merged[1][mine][1:] > merged[2][mine][:-1]).all()


def test_merging_nothing_is_nothing():
    """No intervals, no union."""
    nothing = merge_touching(np.empty(0, dtype=int), np.empty(0), np.empty(0))
    assert all(len(part) == 0 for part in nothing)


@given(st.floats(-10, 10), st.floats(-10, 10))
def test_half_plane_keeps_what_is_at_most_zero(first, last):
    """A place on the stretch is kept exactly when the linear quantity there is at most 0."""
    low, high = inside_half_plane(np.array([first]), np.array([last]))
    for share in np.linspace(0.01, 0.99, 25):
        value = first + share * (last - first)
        if abs(value) > 1e-6:
            assert (low[0] <= share <= high[0]) == (value < 0)


@settings(deadline=None)
@given(*[st.floats(-10, 10)] * 4, st.floats(0, 8))
def test_disc_keeps_what_is_near(x0, y0, x1, y1, radius):
    """A place on the stretch is kept exactly when it lies within the radius."""
    low, high = inside_disc(np.array([[x0, y0, x1, y1]]), np.array([radius]))
    if np.hypot(x1 - x0, y1 - y0) < 1e-3:
        return
    for share in np.linspace(0.01, 0.99, 25):
        distance = np.hypot(x0 + share * (x1 - x0), y0 + share * (y1 - y0))
        if abs(distance - radius) > 1e-4:
            assert (low[0] < share < high[0]) == (distance < radius)


def test_a_constant_quantity_is_all_or_nothing():
    """A stretch along the border of a half plane is kept whole or not at all."""
    low, high = inside_half_plane(np.array([1.0, -1.0, 0.0]), np.array([1.0, -1.0, 0.0]))
    assert (high - low).tolist() == pytest.approx([-1.0, 1.0, 1.0])
