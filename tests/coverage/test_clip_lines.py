"""Segments clipped to star-shaped regions, against Shapely's intersection."""

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from kuzet.coverage.kernels.clip_lines import clip_lines


def clip(region, segments, place):
    """Return the parts of each segment inside a region that is star-shaped about a place."""
    corners = shapely.get_coordinates(region)[:-1] - place
    ends = np.asarray(segments, dtype=float).reshape(-1, 4) - np.tile(place, 2)
    row, start, stop = clip_lines(corners, np.array([0, len(corners)]), np.zeros(len(ends), np.int64), ends)
    return [list(zip(start[row == i], stop[row == i], strict=True)) for i in range(len(ends))]


def star(random, corners):
    """Return a region that is star-shaped about the origin, with radial sides like those behind a wall."""
    angle = np.sort(random.uniform(-np.pi, np.pi, corners))
    angle = np.repeat(angle, random.integers(1, 3, corners))
    radius = random.uniform(1, 10, len(angle))
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(6, 60))
@example(257, 20)  # needles of a region whose sides point far beyond their ends
@example(289, 51)
@example(176, 51)
def test_parts_are_those_of_the_intersection(seed, corners):
    """As many metres of each segment are inside as Shapely says, in order and apart, wherever rings begin."""
    random = np.random.default_rng(seed)
    place = random.uniform(-1e3, 1e3, 2)
    ring = np.roll(star(random, corners), random.integers(corners), axis=0) + place
    region = shapely.Polygon(ring)
    if not region.is_valid or not region.covers(shapely.Point(place)):
        return
    segments = random.uniform(-12, 12, (40, 4)) + np.tile(place, 2)
    for parts, ends in zip(clip(region, segments, place), segments, strict=True):
        line = shapely.LineString(ends.reshape(2, 2))
        inside = sum(b - a for a, b in parts) * line.length
        # what lies along a side, to a millionth of a metre, counts as inside
        assert region.intersection(line).length - 1e-6 <= inside
        assert inside <= region.buffer(3e-6, join_style="mitre").intersection(line).length + 1e-6
        flat = [side for part in parts for side in part]
        assert flat == sorted(flat)
        assert all(0 <= side <= 1 for side in flat)
        for a, b in parts:
            middle = line.interpolate((a + b) / 2, normalized=True)
            assert region.distance(middle) < 3e-6


def test_segments_that_point_at_the_place():
    """A street that leads to the camera, away from it, or past under it is seen as far as the region goes."""
    region = shapely.Polygon([(5, -5), (5, 5), (-5, 5), (-5, -5)])
    segments = [(1, 0, 9, 0), (9, 0, 1, 0), (-9, 0, 9, 0), (0, 0, 0, 10), (6, 0, 9, 0), (0, 0, 0, 0)]
    found = clip(region, segments, np.zeros(2))
    assert np.ravel(found[0]) == pytest.approx([0, 0.5])
    assert np.ravel(found[1]) == pytest.approx([0.5, 1])
    assert np.ravel(found[2]) == pytest.approx([2 / 9, 7 / 9])
    assert np.ravel(found[3]) == pytest.approx([0, 0.5])
    assert found[4] == found[5] == []


def test_nothing_is_seen_in_an_empty_region():
    """A camera so hemmed in that it sees no area sees no street."""
    row, start, stop = clip_lines(
        np.empty((0, 2)), np.array([0, 0]), np.zeros(1, np.int64), np.array([[0.0, 1.0, 2.0, 1.0]])
    )
    assert len(row) == len(start) == len(stop) == 0
