"""A city in tiles: whatever their size, the answer is that of the whole."""

from dataclasses import fields

import numpy as np
import pytest
import shapely
from kuzet.coverage.cover import measure_coverage
from kuzet.coverage.looks import possible_looks
from kuzet.coverage.optics import LADDERS
from kuzet.coverage.tiles import farthest_sight

from .same import assert_same_coverage

SIZES = ((40, 100), (17, 1_000), (1, 50))


@pytest.mark.parametrize(("cameras", "ways"), SIZES)
def test_tiles_equal_the_whole(sample_analysis, cameras, ways):
    """The sample city in tiles of several sizes has the stretches, pieces and figures of one tile."""
    again = measure_coverage(
        sample_analysis.streets,
        sample_analysis.buildings,
        sample_analysis.cameras,
        cameras_per_tile=cameras,
        ways_per_tile=ways,
    )
    assert len(again.tiles) == -(-len(again.ways) // ways)
    assert_same_coverage(again, sample_analysis.coverage)


def test_streets_in_parts_are_the_same_streets(sample_analysis):
    """Streets handed over in parts give the same ways, in the same order."""
    parts = np.array_split(np.arange(len(sample_analysis.streets)), 7)
    again = measure_coverage(
        (sample_analysis.streets.iloc[rows] for rows in parts),
        sample_analysis.buildings,
        sample_analysis.cameras,
    )
    assert_same_coverage(again, sample_analysis.coverage)


def test_the_figures_are_the_sums_of_the_tiles(sample_analysis):
    """Metres seen so often and so well are the sums of the tiles' columns."""
    tiles = sample_analysis.coverage.tiles
    for state, level, times, metres in sample_analysis.coverage.times.itertuples(index=False):
        assert metres == pytest.approx(tiles[f"{state} {level} {times}"].sum())
    for state, level, quality, metres in sample_analysis.coverage.by_quality.itertuples(index=False):
        assert metres == pytest.approx(tiles[f"{state} {level} {quality}"].sum())
    assert sample_analysis.coverage.circle_m == pytest.approx(tiles["circle_m"].sum())
    assert tiles["first_way"].is_monotonic_increasing


def test_the_halo_is_wide_enough(sample_analysis):
    """No camera can see farther than its tile reaches."""
    classes = LADDERS["2014"]
    looks = possible_looks(sample_analysis.cameras, classes=classes, seen_at="observe")
    far = farthest_sight(sample_analysis.cameras, next(iter(classes.values())))
    assert (far >= looks.farthest_m - 1e-9).all()


def test_twice_the_buffer_changes_next_to_nothing(sample_analysis):
    """Inside a study area the figures with 500 m fetched around it differ by less than 0.5% from 1,000 m."""
    middle = shapely.box(*sample_analysis.streets.total_bounds).centroid
    area = shapely.box(middle.x - 150, middle.y - 150, middle.x + 150, middle.y + 150)
    found = []
    for buffer in (500, 1_000):
        box = area.buffer(buffer, join_style="mitre")
        parts = [
            frame[frame.intersects(box)].reset_index(drop=True)
            for frame in (sample_analysis.streets, sample_analysis.buildings, sample_analysis.cameras)
        ]
        found.append(measure_coverage(*parts, area=area))
    near, far = found
    assert len(far.cameras) > len(near.cameras)
    assert near.network_m == pytest.approx(far.network_m)
    for table in ("times", "by_class", "by_quality"):
        one, two = (getattr(coverage, table).iloc[:, -1].to_numpy() for coverage in found)
        change = np.abs(one - two) / np.maximum(two, 1.0)
        assert change.max() < 0.005, table
    assert near.circle_m == pytest.approx(far.circle_m, rel=0.005)


def test_every_field_is_compared(sample_analysis):
    """The comparison above leaves no field out but the tiles themselves, whose number differs."""
    assert_same_coverage(sample_analysis.coverage, sample_analysis.coverage)
    assert {field.name for field in fields(sample_analysis.coverage)} >= {"panning", "conditions", "assumed"}
