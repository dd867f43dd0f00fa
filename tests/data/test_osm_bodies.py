"""What stands in the way by its tags: buildings, walls, fences, hedges and rows of trees."""

import pytest
from kuzet.data.osm_areas import (
    building_columns,
    is_building,
    is_open_building,
)
from kuzet.data.osm_barriers import barrier_columns, barrier_kind


@pytest.mark.parametrize(
    ("tags", "is_one"),
    [
        ({"building": "yes"}, True),
        ({"building": "apartments", "layer": "0"}, True),
        ({"building": "no"}, False),
        ({"building": "proposed"}, False),
        ({"building": "roof"}, False),
        ({"building": "carport"}, False),
        ({"building": "canopy"}, False),
        ({"building": "yes", "wall": "no"}, False),
        ({"building": "yes", "man_made": "bridge"}, False),
        ({"building": "yes", "bridge": "yes"}, False),
        ({"man_made": "bridge"}, False),
        ({"building": "yes", "disused": "yes"}, True),
        ({"building": "house", "abandoned": "yes"}, True),
        ({"building": "yes", "building:part": "yes"}, True),
        ({"building": "yes", "layer": "1"}, True),
        ({"building": "yes", "location": "underground"}, False),
        ({"building": "parking", "layer": "-1"}, False),
        ({"building": "yes", "demolished": "yes"}, False),
        ({"building:part": "yes"}, False),
    ],
)
def test_what_is_a_building(tags: dict[str, str], is_one: bool) -> None:
    """Only what has walls hides anything; a house out of use still does."""
    assert is_building(tags) == is_one


@pytest.mark.parametrize(
    ("tags", "is_open"),
    [
        ({"building": "roof"}, True),
        ({"building": "yes", "wall": "no"}, True),
        ({"building": "yes", "layer": "-1"}, True),
        ({"building": "yes"}, False),
        ({"building": "no"}, False),
        ({"building": "roof", "razed": "yes"}, False),
        ({"man_made": "bridge"}, False),
    ],
)
def test_what_is_counted_as_left_out(tags: dict[str, str], is_open: bool) -> None:
    """A roof or a cellar is counted; what does not stand or is no building is not."""
    assert is_open_building(tags) == is_open


@pytest.mark.parametrize(
    ("tags", "height", "base"),
    [
        ({"height": "20", "min_height": "5"}, 20, 5),
        ({"height": "20", "building:min_level": "2"}, 20, 6),
        ({"height": "20", "min_height": "5", "building:min_level": "2"}, 20, 5),
        ({"height": "20", "min_height": "0"}, 20, 0),
        ({"building:min_level": "7"}, 24, 21),
        ({"height": "20", "min_height": "25"}, 20, None),
        ({"height": "20"}, 20, None),
    ],
)
def test_where_walls_begin(tags: dict[str, str], height: float, base: float | None) -> None:
    """A part over a street has its base in metres, or 3 m a level; one that is not under the top is none."""
    columns = building_columns({"building": "yes"} | tags)
    assert (columns["height_m"], columns["base_m"]) == (height, base)


@pytest.mark.parametrize(
    ("tags", "kind", "solid"),
    [
        ({"barrier": "wall"}, "wall", True),
        ({"barrier": "city_wall"}, "wall", True),
        ({"barrier": "retaining_wall"}, "wall", True),
        ({"barrier": "fence"}, "fence", None),
        ({"barrier": "fence", "fence_type": "wood"}, "fence", True),
        ({"barrier": "fence", "fence_type": "concrete"}, "fence", True),
        ({"barrier": "fence", "fence_type": "corrugated_metal"}, "fence", True),
        ({"barrier": "fence", "fence_type": "metal"}, "fence", None),
        ({"barrier": "fence", "fence_type": "chain_link"}, "fence", False),
        ({"barrier": "fence", "fence_type": "railing"}, "fence", False),
        ({"barrier": "fence", "fence_type": "wood;wire"}, "fence", False),
        ({"barrier": "hedge"}, "hedge", None),
        ({"natural": "tree_row"}, "tree_row", None),
        ({"barrier": "hedge", "natural": "tree_row"}, "hedge", None),
        ({"barrier": "wall", "disused": "yes"}, "wall", True),
        ({"barrier": "wall", "razed": "yes"}, None, None),
        ({"barrier": "wall", "layer": "-1"}, None, None),
        ({"barrier": "bollard"}, None, None),
        ({"natural": "tree"}, None, None),
    ],
)
def test_what_is_a_barrier(tags: dict[str, str], kind: str | None, solid: bool | None) -> None:
    """Walls, fences, hedges and rows of trees; whether one sees through a fence is told by its type only."""
    assert barrier_kind(tags) == kind
    if kind is not None:
        assert barrier_columns(tags)["solid"] is solid


@pytest.mark.parametrize(
    ("tags", "height", "base", "assumed"),
    [
        ({"barrier": "wall"}, 2, 0, ["height_m"]),
        ({"barrier": "fence", "height": "6'"}, 1.8288, 0, []),
        ({"barrier": "hedge", "height": "tall"}, 1.5, 0, ["height_m"]),
        ({"barrier": "wall", "height": "150"}, 2, 0, ["height_m"]),
        ({"natural": "tree_row"}, 8, 2, ["height_m", "base_m"]),
        ({"natural": "tree_row", "height": "20"}, 20, 2, ["base_m"]),
        ({"natural": "tree_row", "height": "2"}, 2, 0.5, ["base_m"]),
        ({"natural": "tree_row", "height": "12", "min_height": "3"}, 12, 3, []),
        ({"natural": "tree_row", "height": "12", "min_height": "0"}, 12, 0, []),
    ],
)
def test_heights_of_barriers(tags: dict[str, str], height: float, base: float, assumed: list[str]) -> None:
    """A tagged height is taken, a default is named as assumed, and a crown begins below its top."""
    columns = barrier_columns(tags)
    assert (columns["height_m"], columns["base_m"]) == (pytest.approx(height), pytest.approx(base))
    assert columns["assumed"] == assumed


def test_leaves_are_known_of_hedges_and_trees_only() -> None:
    """leaf_cycle tells evergreen from deciduous; mixed rows, and walls, are missing."""
    cycles = ("evergreen", "deciduous", "mixed", "")
    rows = [barrier_columns({"natural": "tree_row", "leaf_cycle": cycle}) for cycle in cycles]
    assert [row["evergreen"] for row in rows] == [True, False, None, None]
    assert barrier_columns({"barrier": "wall", "leaf_cycle": "evergreen"})["evergreen"] is None


def test_heights_of_buildings() -> None:
    """A tagged height beats levels, nonsense falls through to levels, nought levels to the assumption."""
    assert building_columns({"height": "20", "building:levels": "2"})["height_m"] == 20
    assert building_columns({"height": "high", "building:levels": "2,5"})["height_m"] == 7.5
    guessed = building_columns({"building:levels": "0"})
    assert (guessed["height_m"], guessed["assumed"]) == (8.0, ["height_m"])
