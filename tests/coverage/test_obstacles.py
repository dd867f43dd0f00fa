"""Which walls hide under which conditions, and between which heights."""

import numpy as np
import pytest
from kuzet.coverage.conditions import Conditions
from kuzet.coverage.obstacles import ASSUMED_HEIGHT_M, gather_obstacles
from shapely import box

from .scene import barriers, houses

LINE = [(0, 0), (5, 0), (5, 5)]


def gathered(lines, leaves):
    """Return the names of the barriers that hide."""
    obstacles = gather_obstacles(houses(), lines, conditions=Conditions(obstacles=leaves))
    return {str(obstacles.names[owner]) for owner in obstacles.owner}


def test_what_hides_in_winter_and_in_summer():
    """Walls and solid fences always, hedges and trees with their leaves, evergreens always, wire never."""
    lines = barriers(*[LINE] * 6).assign(
        id=["wall", "wire", "boards", "hedge", "trees", "firs"],
        kind=["wall", "fence", "fence", "hedge", "tree_row", "tree_row"],
        solid=[None, False, True, None, None, None],
        evergreen=[None, None, None, False, None, True],
    )
    assert gathered(lines, "buildings") == set()
    assert gathered(lines, "leaf_off") == {"wall", "boards", "firs"}
    assert gathered(lines, "leaf_on") == {"wall", "boards", "firs", "hedge", "trees"}


def test_a_fence_of_which_nothing_is_known_hides_nothing():
    """Without a word on it, one is taken to see through a fence."""
    assert gathered(barriers(LINE, kind="fence"), "leaf_on") == set()


def test_heights_known_assumed_and_missing():
    """A missing height is 8 m and unsure; one marked as assumed is unsure too; a known one is not."""
    shapes = [box(10 * n, 0, 10 * n + 5, 5) for n in range(4)]
    buildings = houses(
        *shapes,
        height_m=[12.0, np.nan, 8.0, 3.0],
        base_m=[np.nan, 0, 0, 2.5],
        assumed=[[], [], ["height_m"], ["name"]],
    )
    found = gather_obstacles(
        buildings, barriers(LINE, height_m=2.5), conditions=Conditions(obstacles="leaf_on")
    )
    of = [np.flatnonzero(found.owner == n)[0] for n in range(5)]
    assert found.top_m[of].tolist() == [12.0, ASSUMED_HEIGHT_M, 8.0, 3.0, 2.5]
    assert found.base_m[of].tolist() == [0.0, 0.0, 0.0, 2.5, 0.0]
    assert found.unsure[of].tolist() == [False, True, True, False, False]
    assert found.buildings == 4
    assert found.names.tolist() == [*buildings["id"], "barrier 0"]


def test_a_barrier_is_a_wall_for_each_straight_part():
    """A line of three corners is two walls, and the walls of buildings come before it."""
    found = gather_obstacles(
        houses(box(0, 0, 1, 1)), barriers(LINE, LINE[:2]), conditions=Conditions(obstacles="leaf_off")
    )
    assert np.bincount(found.owner).tolist() == [4, 2, 1]
    assert found.walls[4:].tolist() == [[[0, 0], [5, 0]], [[5, 0], [5, 5]], [[0, 0], [5, 0]]]


@pytest.mark.parametrize("lines", [None, barriers()])
def test_no_barriers_no_buildings(lines):
    """Without either there are no walls, and nothing breaks."""
    found = gather_obstacles(houses(), lines, conditions=Conditions(obstacles="leaf_on"))
    assert found.walls.shape == (0, 2, 2)
    assert found.buildings == 0
