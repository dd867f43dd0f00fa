"""Cameras that move: seconds of street watched, gaps, and fixed totals that stay as they are."""

import numpy as np
import pandas as pd
import pytest
from kuzet.coverage.cover import measure_coverage
from kuzet.coverage.mobile import fixes_of_tracks, watch_moving
from kuzet.coverage.patrol import plan_patrol
from kuzet.coverage.streets import physical_ways, ways_of_frame
from kuzet.coverage.tracks import follow_plan


def stand(x, y, seconds, *, heading=0.0):
    """Return fixes of a dashcam that stands, one a second."""
    moments = np.arange(seconds + 1.0)
    return pd.DataFrame(
        {"unit": "car-1", "camera": "dashcam", "seconds": moments, "x": x, "y": y, "heading_deg": heading}
    )


def seconds_on(found, ways, name, from_m, to_m):
    """Return the mean seconds watched between two measures of the ways of a name."""
    rows = np.flatnonzero((ways.frame["name"] == name).to_numpy())
    mine = found.pieces[found.pieces["way"].isin(rows)]
    low, high = mine["from_m"].clip(lower=from_m), mine["to_m"].clip(upper=to_m)
    return float(((high - low).clip(lower=0) * mine["seconds"]).sum() / (to_m - from_m))


def test_a_stand_facing_north_watches_what_is_before_it(town):
    """600 s at (100, 50) facing north: Cross Street ahead gets 600 +-1 s, behind 0, and the avenue 0."""
    ways = physical_ways(town.streets)
    found = watch_moving(stand(100.0, 50.0, 600), town.buildings, ways, seen_at="observe")
    row = int(np.flatnonzero((ways.frame["name"] == "Cross Street").to_numpy())[0])
    up = ways.points([row], [0.0])[0, 1] < 50
    ahead, behind = ((51.0, 58.0), (0.0, 49.0)) if up else ((42.0, 49.0), (51.0, 100.0))
    assert seconds_on(found, ways, "Cross Street", *ahead) == pytest.approx(600.0, abs=1.0)
    assert seconds_on(found, ways, "Cross Street", *behind) == 0.0
    assert seconds_on(found, ways, "Abai Avenue", 0.0, 100.0) == 0.0
    assert found.watched_s == pytest.approx(600.0)


def test_a_house_hides_what_is_behind_it(town):
    """A camera south of a house sees none of what the house hides: the same place without it is watched."""
    ways = physical_ways(town.streets)
    fixes = stand(130.0, -41.0, 100)
    hidden = watch_moving(fixes, town.buildings, ways, seen_at="monitor")
    free = watch_moving(fixes, town.buildings.iloc[:0], ways, seen_at="monitor")
    rows = np.flatnonzero((ways.frame["name"] == "Abai Avenue").to_numpy())
    watched = [
        (one.pieces["seconds"] * (one.pieces["to_m"] - one.pieces["from_m"]))[
            one.pieces["way"].isin(rows)
        ].sum()
        for one in (hidden, free)
    ]
    assert watched[0] < watched[1]


def test_long_gaps_are_not_bridged(town):
    """A gap of 30 s counts, one of 31 s counts for nothing and is told."""
    ways = physical_ways(town.streets)
    fixes = stand(100.0, 50.0, 600)
    for missing, lost in ((30, 0.0), (31, 31.0)):
        kept = fixes[(fixes["seconds"] <= 100) | (fixes["seconds"] >= 100 + missing)]
        found = watch_moving(kept, town.buildings, ways)
        assert found.gap_s == lost
        assert found.watched_s == pytest.approx(600.0 - lost)


def test_a_car_looks_where_it_goes(town):
    """Without a heading, a drive east along the avenue and a stand at its end watch the east only."""
    ways = physical_ways(town.streets)
    x = np.concatenate([np.arange(0, 101, 10.0), np.full(60, 100.0)])
    fixes = pd.DataFrame(
        {"unit": "a", "camera": "dashcam", "seconds": np.arange(len(x)) * 1.0, "x": x, "y": 0.0}
    )
    found = watch_moving(fixes, town.buildings, ways)
    places = ways.points(found.pieces["way"], (found.pieces["from_m"] + found.pieces["to_m"]) / 2)
    held = found.pieces["seconds"].to_numpy() > 30
    assert held.any()
    assert places[held, 0].min() >= 100.0


def test_fixed_cameras_see_what_they_saw(town):
    """Measuring moving cameras changes nothing in the totals of fixed ones."""
    before = measure_coverage(town.streets, town.buildings, town.cameras)
    watch_moving(stand(100.0, 50.0, 60), town.buildings, physical_ways(town.streets))
    after = measure_coverage(town.streets, town.buildings, town.cameras)
    assert before.seen_m == after.seen_m
    pd.testing.assert_frame_equal(before.pieces, after.pieces)


def test_a_plan_is_watched_by_the_cameras_its_units_carry(sample_analysis):
    """Only units with a camera watch; their camera seconds are the time they are out."""
    sample = sample_analysis
    units = sample.units.iloc[:2].assign(
        cameras=["dashcam", None], shift_end=sample.units["shift_start"].iloc[0] + pd.Timedelta(hours=1)
    )
    plan = plan_patrol(
        sample.streets, sample.stations, units, sample.coverage, sample.risk, sample.spots, iterations=50
    )
    tracks = follow_plan(plan)
    fixes = fixes_of_tracks(tracks, units)
    assert set(fixes["unit"]) == {units["id"].iloc[0]}
    found = watch_moving(fixes, sample.buildings, ways_of_frame(sample.coverage.ways))
    out = (plan.units["back_at"].iloc[0] - plan.units["shift_start"].iloc[0]).total_seconds()
    assert found.watched_s == pytest.approx(out, abs=2.0)
    assert found.streets["metre_seconds"].sum() > 0
