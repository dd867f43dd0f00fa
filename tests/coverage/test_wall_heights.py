"""Walls lower than the eye are looked over, and walls of any height are cut where they cross."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from kuzet.coverage.errors import InvalidInputError
from kuzet.coverage.kernels.wall_cuts import find_cuts
from kuzet.coverage.kernels.wall_grid import grid_walls
from kuzet.coverage.visibility import visible_regions

coordinate = st.floats(-40, 40, allow_nan=False).map(lambda x: round(x, 2))
some_walls = arrays(np.float64, st.tuples(st.integers(1, 8), st.just(2), st.just(2)), elements=coordinate)
a_point = arrays(np.float64, (2,), elements=coordinate)
storeys = st.lists(st.sampled_from([2.0, 3.0, 6.0, 9.0, np.inf]), min_size=8, max_size=8)
AHEAD = [[[10, -10], [10, 10]]]


@settings(max_examples=100, deadline=None)
@given(some_walls, storeys, a_point, st.sampled_from([-np.inf, 2.5, 3.0, 7.0]))
def test_a_wall_lower_than_the_eye_takes_no_part(walls, heights, viewpoint, eye):
    """With heights, the region is the one among the walls that reach the eye, and no others."""
    tall = np.array(heights)[: len(walls)]
    mixed = visible_regions([viewpoint], walls, radius=80, wall_heights=tall, eye_heights=[eye])[0]
    alone = visible_regions([viewpoint], walls[tall >= eye], radius=80)[0]
    assert mixed.is_valid
    assert mixed.symmetric_difference(alone).area < 1e-6


def test_each_viewpoint_has_an_eye_of_its_own():
    """From under the wall's top, and level with it, the wall hides; from above it does not."""
    below, level, above = visible_regions(
        [[0, 0]] * 3, AHEAD, radius=50, wall_heights=[4], eye_heights=[3, 4, 4.1]
    )
    open_ground = visible_regions([[0, 0]], np.empty((0, 2, 2)), radius=50)[0]
    assert below.equals_exact(level, 0)
    assert below.area < 0.9 * above.area
    assert above.equals_exact(open_ground, 0)


def test_heights_may_be_one_number_for_all():
    """A single height stands for every wall, a single eye height for every viewpoint."""
    one = visible_regions([[0, 0]], AHEAD, radius=50, wall_heights=4, eye_heights=5)[0]
    assert one.equals(visible_regions([[0, 0]], np.empty((0, 2, 2)), radius=50)[0])


@pytest.mark.parametrize(
    ("heights", "code"),
    [
        ({"wall_heights": [1, 2]}, "wrong_shape"),
        ({"eye_heights": [[1]]}, "wrong_shape"),
        ({"wall_heights": [float("nan")]}, "not_finite"),
        ({"eye_heights": float("nan")}, "not_finite"),
    ],
)
def test_bad_heights_are_refused_by_name(heights, code):
    """A height for each wall and eye or one for all; never NaN."""
    with pytest.raises(InvalidInputError) as caught:
        visible_regions([[0, 0]], AHEAD, radius=50, **heights)
    assert caught.value.code == code


@settings(max_examples=200, deadline=None)
@given(
    arrays(
        np.float64,
        st.tuples(st.integers(1, 25), st.just(4)),
        elements=st.integers(-6, 6).map(float) | st.floats(-6, 6),
    ),
    st.sampled_from([0.7, 2.0, 50.0]),
)
def test_cuts_are_where_the_slow_twin_finds_walls_crossing(walls, cell_m):
    """The grid finds each crossing pair once, whatever its cells, as trying every pair with GEOS does."""
    walls = walls[np.hypot(walls[:, 2] - walls[:, 0], walls[:, 3] - walls[:, 1]) > 1e-3]
    if not len(walls):
        return
    wall, share, points = find_cuts(grid_walls(walls, np.zeros(len(walls)), cell_m))
    found = sorted(tuple(sorted(pair)) for pair in wall.reshape(-1, 2).tolist())
    lines = shapely.linestrings(walls.reshape(-1, 2, 2))
    expected = []
    for i in range(len(walls)):
        for j in range(i + 1, len(walls)):
            if shapely.relate_pattern(lines[i], lines[j], "0********"):
                ends = np.concatenate([walls[i].reshape(2, 2), walls[j].reshape(2, 2)])
                there = shapely.intersection(lines[i], lines[j])
                # where an end all but touches, rounding decides
                if np.hypot(*(ends - [there.x, there.y]).T).min() > 1e-9:
                    expected.append((i, j))
    assert set(expected) <= set(found)
    assert len(found) == len(set(found))
    for pair in set(found) - set(expected):
        assert shapely.distance(lines[pair[0]], lines[pair[1]]) < 1e-9
    on_wall = walls[wall, :2] + share[:, None] * (walls[wall, 2:] - walls[wall, :2])
    assert np.allclose(on_wall, points, atol=1e-9)
    assert np.array_equal(points[::2], points[1::2])
