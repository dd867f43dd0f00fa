"""Cameras on walls and inside outlines."""

import geopandas as gpd
import pytest
from kuzet.coverage.mounting import set_off_walls
from shapely import Point, box


def hang(points, houses, **columns):
    """Hang cameras at points of a town with these houses."""
    cameras = gpd.GeoDataFrame({"id": range(len(points)), **columns}, geometry=[Point(p) for p in points])
    return set_off_walls(cameras, gpd.GeoDataFrame({"id": range(len(houses))}, geometry=houses))


def test_a_camera_in_a_house_is_set_off_its_nearest_wall():
    """One metre inside the south wall it moves 1.3 m, to 0.3 m outside; the one in the street stays."""
    out = hang([(50, 1), (50, -20)], [box(0, 0, 100, 40)])
    assert out["moved_m"].tolist() == pytest.approx([1.3, 0])
    assert out["geometry"].iloc[0].equals_exact(Point(50, -0.3), 1e-9)
    assert out["building"].tolist() == [0, -1]


def test_a_camera_on_the_wall_is_set_off_too():
    """Right on the facade it would hide behind its own wall."""
    out = hang([(100, 20)], [box(0, 0, 100, 40)])
    assert out["geometry"].iloc[0].equals_exact(Point(100.3, 20), 1e-9)


def test_it_never_steps_into_the_neighbouring_house():
    """Of two houses wall to wall, the way out leads to the street, not next door."""
    out = hang([(99, 5)], [box(0, 0, 100, 40), box(100, 0, 200, 40)])
    assert out["geometry"].iloc[0].y == pytest.approx(-0.3)


def test_indoor_cameras_are_left_out_with_the_reason():
    """One marked indoor and one deep inside a hall are left out, each with its reason."""
    out = hang([(1, 1), (50, 50)], [box(0, 0, 100, 100)], indoor=[True, None])
    assert out["excluded"].tolist() == ["indoor", "inside_building"]
    assert out["moved_m"].tolist() == [0, 0]


def test_a_town_without_houses_moves_nobody():
    """Without buildings every camera hangs where the register says."""
    out = hang([(1, 1)], [])
    assert out["moved_m"].tolist() == [0]
    assert out["excluded"].isna().all()
