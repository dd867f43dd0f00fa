"""Coverage of the tiny town against what a ruler on paper says, and against sampling."""

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage.counting import times_seen
from kuzet.coverage.cover import measure_coverage
from kuzet.coverage.results import LEVELS, Coverage, ResultBrokenError
from kuzet.coverage.schema import STATES
from shapely import Point


def camera(at, **known):
    """Return one live camera of known optics, at head height so that it has no dead zone, changed as told."""
    row = {
        "id": "c", "state": "live", "kind": "fixed", "heading_deg": 90.0, "focal_mm": 4.0, "sensor_width_mm": 5.37,  # noqa: E501
        "pixels_across": 1920.0, "height_m": 1.7, "tilt_deg": 0.0, **known,
    }  # fmt: skip
    return row | {"geometry": Point(at)}


def measure(town, rows, **options):
    """Measure the tiny town with these cameras."""
    cameras = gpd.GeoDataFrame(rows, geometry="geometry", crs=town.crs)
    return measure_coverage(town.streets, town.buildings, cameras, **options)


def test_a_known_camera_sees_its_range_of_the_avenue(town):
    """Looking east along the avenue it sees 22.883 m at 62.5 px/m: all three levels agree."""
    coverage = measure(town, [camera((0, 0))])
    assert coverage.seen_m["live"] == pytest.approx(dict.fromkeys(LEVELS, 22.8827), abs=1e-3)
    assert coverage.circle_m == pytest.approx(22.8827, abs=1e-3)
    assert coverage.network_m == pytest.approx(300 + 100 * 2**0.5)


def test_quality_classes_nest(town):
    """The finer the class, the fewer metres; detection reaches 57.207 m."""
    coverage = measure(town, [camera((0, 0))])
    table = coverage.by_quality.query("state == 'live' and level == 'low'").set_index("quality")["seen_m"]
    assert table["detect"] == pytest.approx(57.2067, abs=1e-3)
    assert table["monitor"] > 114.4134
    assert table["recognise"] == pytest.approx(11.4413, abs=1e-3)
    assert table.is_monotonic_decreasing


def test_the_other_ladder_changes_the_answer(town):
    """At 80 px/m (discern, 2025) the same camera sees 17.877 m."""
    coverage = measure(town, [camera((0, 0))], ladder="2025")
    assert coverage.seen_at == "discern"
    assert coverage.seen_m["live"]["low"] == pytest.approx(1920 * 4 / (80 * 5.37), abs=1e-3)


def test_a_house_hides_the_street_behind_it(town):
    """From behind house A nothing of the avenue is seen; without the house it is."""
    row = camera((50, 60), heading_deg=180.0, pixels_across=9000.0)
    hidden = measure(town, [row])
    assert hidden.seen_m["live"]["high"] == 0
    cameras = gpd.GeoDataFrame([row], geometry="geometry", crs=town.crs)
    assert measure_coverage(town.streets, town.buildings.iloc[1:], cameras).seen_m["live"]["low"] > 50


def test_states_are_never_added_together(town):
    """The same view live, archived, registered and offline counts once under each, and nowhere else."""
    rows = [camera((0, 0), id=state, state=state) for state in STATES]
    coverage = measure(town, rows)
    for state in STATES:
        assert coverage.seen_m[state]["low"] == pytest.approx(22.8827, abs=1e-3)
    assert coverage.cameras_by_state == dict.fromkeys(STATES, 1)
    only_live = measure(town, rows[:1])
    assert only_live.seen_m["live"] == coverage.seen_m["live"]


def test_a_duplicate_adds_nothing_to_seen_once(town):
    """Two equal cameras: as many metres seen, all of them twice."""
    twice = measure(town, [camera((0, 0)), camera((0, 0), id="d")])
    times = twice.times.query("state == 'live' and level == 'low'").set_index("times")["metres"]
    assert twice.seen_m["live"]["low"] == pytest.approx(22.8827, abs=1e-3)
    assert times["2"] == pytest.approx(22.8827, abs=1e-3)
    assert times["1"] == 0
    assert times.sum() == pytest.approx(twice.network_m)


def test_unknown_heading_gives_an_interval(town):
    """Without a heading nothing is certain, the share of the turn is expected, all of it possible."""
    coverage = measure(town, [camera((50, 0), heading_deg=np.nan)])
    seen = coverage.seen_m["live"]
    axis, corner = 22.8827, 22.8827 / math.cos(math.radians(67.743 / 2))
    assert seen["low"] == 0
    assert seen["high"] == pytest.approx(2 * corner, abs=1e-2)
    assert 67.743 / 360 * 2 * axis < seen["mid"] < 67.743 / 360 * 2 * corner
    assert coverage.assumed["heading_deg"] == 1
    # the mean over many headings is the expectation
    rows = [camera((50, 0), id=f"c{turn}", heading_deg=1.5 * turn) for turn in range(240)]
    measured = measure(town, rows).cameras["seen_low_m"]
    assert seen["mid"] == pytest.approx(np.mean(measured), rel=0.01)


def test_unknown_lens_gives_an_interval_between_the_guesses(town):
    """Low is what every plausible lens sees, high what any sees, mid their mean."""
    coverage = measure(town, [camera((0, 0), focal_mm=np.nan, pixels_across=np.nan)])
    ranges = [pixels * focal / (62.5 * 5.37) for focal in (2.8, 4.0, 6.0) for pixels in (1920, 2560)]
    seen = coverage.seen_m["live"]
    assert seen["low"] == pytest.approx(min(ranges), abs=1e-3)
    assert seen["high"] == pytest.approx(max(ranges), abs=1e-3)
    assert seen["mid"] == pytest.approx(np.mean(ranges), abs=1e-3)
    assert coverage.assumed["lens"] == 1


def test_a_panning_camera_shares_its_time(town):
    """A panning camera is never certain to look; its expectation is the share of the turn."""
    coverage = measure(town, [camera((50, 0), kind="panning", hfov_deg=60.0)])
    assert coverage.seen_m["live"]["low"] == 0
    assert 0 < coverage.seen_m["live"]["mid"] < coverage.seen_m["live"]["high"] / 5


def test_a_panorama_sees_all_round_for_certain(town):
    """A panorama of known pixels needs no heading: 2 x 9.778 m of the avenue, at all levels."""
    coverage = measure(
        town, [camera((50, 0), kind="panorama", heading_deg=np.nan, focal_mm=np.nan, pixels_across=3840.0)]
    )
    assert coverage.seen_m["live"] == pytest.approx(
        dict.fromkeys(LEVELS, 2 * 3840 / (2 * math.pi * 62.5)), abs=1e-3
    )
    assert "heading_deg" not in coverage.assumed


def test_a_wide_fisheye_with_a_heading_sees_its_sector(town):
    """180 degrees looking east from the middle: one side of the avenue only."""
    coverage = measure(town, [camera((50, 0), hfov_deg=180.0, pixels_across=3840.0)])
    assert coverage.seen_m["live"]["low"] == pytest.approx(3840 / (math.pi * 62.5), abs=1e-3)
    assert len(coverage.views) >= 1


def test_the_lenses_of_one_head_count_once(town):
    """A head looking east and west sees both sides, each metre once."""
    coverage = measure(town, [camera((50, 0), headings_deg="270;92")])
    times = coverage.times.query("state == 'live' and level == 'high'").set_index("times")["metres"]
    assert coverage.seen_m["live"]["low"] == pytest.approx(2 * 22.8827, abs=2e-2)
    assert times["2"] == 0


def test_the_dead_zone_is_not_seen(town):
    """6 m up, 15 degrees down: a head comes into the picture some metres ahead."""
    low = measure(town, [camera((0, 0), height_m=6.0, tilt_deg=15.0)])
    vfov = math.degrees(2 * math.atan(math.tan(math.radians(67.743 / 2)) * 9 / 16))
    near = (6 - 1.7) / math.tan(math.radians(15 + vfov / 2))
    assert low.seen_m["live"]["low"] == pytest.approx(22.8827 - near, abs=1e-2)


def test_a_steep_camera_sees_no_farther_than_its_picture(town):
    """4 m up, 30 degrees down: a head is in the picture from 1.88 to 14.02 m, whatever the pixels allow."""
    steep = measure(town, [camera((0, 0), height_m=4.0, tilt_deg=30.0)], seen_at="monitor")
    half = 41.363 / 2
    near, far = (2.3 / math.tan(math.radians(30 + side * half)) for side in (1, -1))
    assert steep.seen_m["live"] == pytest.approx(dict.fromkeys(LEVELS, far - near), abs=1e-2)


def test_pieces_say_what_sampling_says(town):
    """At 2,000 places the pieces' counts equal asking each camera's wedge and walls directly."""
    rows = [
        camera((0, 0)),
        camera((100, 50), id="d", heading_deg=170.0),
        camera((150, 5), id="e", heading_deg=270.0),
    ]
    coverage = measure(town, rows, seen_at="detect")
    random = np.random.default_rng(3)
    pieces = coverage.draw_pieces()
    for _ in range(2000):
        piece = pieces.iloc[random.integers(len(pieces))]
        place = piece.geometry.interpolate(random.uniform(0.05, 0.95), normalized=True)
        count = 0
        for row in rows:
            east, north = place.x - row["geometry"].x, place.y - row["geometry"].y
            turn = math.radians(row["heading_deg"])
            ahead = east * math.sin(turn) + north * math.cos(turn)
            aside = east * math.cos(turn) - north * math.sin(turn)
            inside = 0 < ahead <= 57.2067 and abs(aside) <= ahead * 5.37 / 8
            sight = shapely.LineString([row["geometry"], place])
            count += inside and not town.buildings.crosses(sight).any()
        assert piece["live_low"] == piece["live_high"] == count


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0, 1)), max_size=6))
def test_times_seen_is_the_poisson_binomial(pairs):
    """The spread over 0, 1, 2, 3+ equals summing over all outcomes."""
    piece = np.array([p for p, _ in pairs], dtype=np.int64)
    chance = np.array([c for _, c in pairs])
    spread = times_seen(piece, chance, 3)
    for number in range(3):
        mine = chance[piece == number]
        expected = np.zeros(4)
        for outcome in range(2 ** len(mine)):
            bits = np.array([(outcome >> k) & 1 for k in range(len(mine))], dtype=bool)
            expected[min(int(bits.sum()), 3)] += np.prod(np.where(bits, mine, 1 - mine))
        assert spread[number] == pytest.approx(expected)


def test_indoor_cameras_are_counted_but_see_nothing(town):
    """A camera marked indoor stays in the count of its state and adds no metre."""
    coverage = measure(town, [camera((0, 0)), camera((30, 0), id="in", indoor=True)])
    assert coverage.cameras_by_state["live"] == 2
    assert coverage.cameras.set_index("id").loc["in", "excluded"] == "indoor"
    assert coverage.seen_m["live"]["high"] == pytest.approx(22.8827, abs=1e-3)


def test_a_town_without_cameras_is_all_unseen(town):
    """No cameras: every metre 0 times, no view, no error."""
    nobody = gpd.GeoDataFrame({"id": [], "state": []}, geometry=[], crs=town.crs)
    coverage = measure_coverage(town.streets, town.buildings, nobody)
    assert coverage.seen_m["live"]["high"] == 0
    assert len(coverage.views) == 0


def test_figures_of_road_classes_add_up(town):
    """Seen metres by road class sum to the whole."""
    coverage = measure(town, [camera((0, 0)), camera((100, 50), id="d", heading_deg=np.nan)])
    for level in LEVELS:
        mine = coverage.by_class.query("state == 'live' and level == @level")
        assert mine["seen_m"].sum() == pytest.approx(coverage.seen_m["live"][level])
        assert mine["network_m"].sum() == pytest.approx(coverage.network_m)


def test_a_result_that_contradicts_itself_cannot_be_made(town):
    """Metres that do not add up to the network are refused where the result is made."""
    good = measure(town, [camera((0, 0))])
    fields = {name: getattr(good, name) for name in good.__dataclass_fields__}
    broken = good.times.assign(metres=good.times["metres"] + 1)
    with pytest.raises(ResultBrokenError):
        Coverage(**(fields | {"times": broken}))
    assert isinstance(good.stretches, pd.DataFrame)
