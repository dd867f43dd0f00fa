"""Which cameras saw a place or a way, against asking every camera one by one."""

import math
from datetime import UTC, datetime, timedelta

import geopandas as gpd
import numpy as np
import pytest
from kuzet.coverage.errors import InvalidInputError
from kuzet.coverage.optics import LADDERS, range_at
from kuzet.coverage.sightings import make_watch
from kuzet.coverage.witnesses import find_way_witnesses, find_witnesses
from shapely import LineString, Point

NOON = datetime(2026, 11, 24, 7, tzinfo=UTC)
"""Midday in Taldykorgan, morning in Helsinki."""
CLASSES = LADDERS["2014"]
COARSEST = "monitor"


def camera(name, at, heading, **known):
    """Return a live camera whose lens and heading are known, at head height so that it has no dead zone."""
    row = {"id": name, "state": "live", "kind": "fixed", "heading_deg": heading, "focal_mm": 4.0}
    row |= {"sensor_width_mm": 5.37, "pixels_across": 1920.0, "height_m": 1.7, "tilt_deg": 0.0}
    return row | {**known, "geometry": Point(at)}


def ask(town, rows, place, time=NOON):
    """Return what the witnesses of one place in the tiny town are."""
    watch = make_watch(gpd.GeoDataFrame(rows, geometry="geometry", crs=town.crs), town.buildings)
    return find_witnesses(watch, np.array([place], dtype=float), time)


def test_pixels_of_a_known_lens_are_exact(town):
    """A known camera 57.207 m deep has 25 px/m on the target, also off its axis: depth counts."""
    deep = float(range_at(25, focal_mm=4, sensor_width_mm=5.37, pixels_across=1920))
    assert deep == pytest.approx(57.207, abs=1e-3)
    for aside in (0.0, -30.0):
        seen = ask(town, [camera("a", (0, 0), 90.0)], (deep, aside)).seen
        assert seen["camera"].tolist() == ["a"]
        for name in ("pixels_low", "pixels_mid", "pixels_high"):
            assert seen[name].iloc[0] == pytest.approx(25)
        assert seen["quality"].iloc[0] == "detect"
        assert seen["probability"].iloc[0] == 1
        assert seen["distance_m"].iloc[0] == pytest.approx(math.hypot(deep, aside))


def test_the_first_to_be_deleted_comes_first_and_the_unknown_last(town):
    """Footage is kept for the days the register says; days that are not known are missing, never zero."""
    days = {"month": 30.0, "unknown": math.nan, "none": 0.0, "week": 7.0}
    rows = [camera(name, (0, 0), 90.0, retention_days=kept) for name, kept in days.items()]
    seen = ask(town, rows, (50, 0)).seen
    assert seen["camera"].tolist() == ["none", "week", "month", "unknown"]
    assert seen["delete_at"].iloc[:3].tolist() == [NOON + timedelta(days=n) for n in (0, 7, 30)]
    assert seen["delete_at"].isna().tolist() == [False, False, False, True]


def test_cameras_that_record_nothing_are_told_apart(town):
    """Live and archive cameras recorded it; registered and offline ones look there and did not."""
    rows = [camera(s, (0, 0), 90.0, state=s) for s in ("offline", "archive", "registered", "live")]
    found = ask(town, rows, (50, 0))
    assert set(found.seen["camera"]) == {"live", "archive"}
    assert dict(zip(found.silent["camera"], found.silent["reason"], strict=True)) == {
        "offline": "offline",
        "registered": "registered",
    }
    assert "delete_at" not in found.silent
    assert found.places.loc[0, ["seen", "silent", "nearest_blind"]].tolist() == [2, 2, 0]


def test_the_four_nearest_are_not_those_that_see(town):
    """Of the four nearest one looks away, one is behind a house, one is indoors; each with its why."""
    rows = [
        camera("sees", (0, 0), 90.0),
        camera("away", (45, 0), 270.0),
        camera("hidden", (50, 45), 180.0),
        camera("inside", (51, 2), 180.0, indoor=True),
        camera("fifth", (150, 0), 270.0),
    ]
    found = ask(town, rows, (50, 0))
    why = found.nearest.set_index("camera")["why"].to_dict()
    assert why == {"sees": None, "away": "looks_elsewhere", "hidden": "hidden", "inside": "indoor"}
    assert found.places.loc[0, "nearest_blind"] == 3
    assert set(found.seen["camera"]) == {"sees", "fifth"}


def test_a_place_in_a_house_is_named_so(town):
    """Nobody outside sees into house A, and the answer says that the place lies in it."""
    found = ask(town, [camera("a", (50, 0), 0.0)], (50, 20))
    assert len(found.seen) == 0
    assert found.places.loc[0, "building"] == "A"
    assert ask(town, [camera("a", (50, 0), 0.0)], (50, 5)).places.loc[0, "building"] is None


def test_unknown_optics_bracket_the_known(town):
    """A camera of which nothing is known is given its chance, and pixels between the least and the most."""
    row = {"id": "u", "state": "live", "kind": "fixed", "geometry": Point(0, 0)}
    seen = ask(town, [row], (40, 0)).seen.iloc[0]
    assert 0 < seen["probability"] < 1
    assert seen["pixels_low"] < seen["pixels_mid"] < seen["pixels_high"]
    known = ask(town, [camera("k", (0, 0), 90.0)], (40, 0)).seen.iloc[0]
    assert seen["pixels_low"] <= known["pixels_mid"] <= seen["pixels_high"]


def test_expected_pixels_are_the_mean_over_headings(town):
    """The closed form of the mean over all headings that hold the place equals trying 20,001 of them."""
    row = camera("u", (0, 0), math.nan)
    seen = ask(town, [row], (0, -116)).seen.iloc[0]
    half = math.atan(5.37 / 8)
    off = np.linspace(-half, half, 20_001)
    pixels = 1920 / (2 * math.tan(half) * 116 * np.cos(off))
    held = pixels[pixels >= CLASSES[COARSEST]]
    assert 0 < len(held) < len(off)
    assert seen["pixels_mid"] == pytest.approx(held.mean(), rel=1e-4)
    assert seen["pixels_low"] == pytest.approx(held.min(), rel=1e-4)
    assert seen["pixels_high"] == pytest.approx(held.max(), rel=1e-4)


def test_a_panorama_has_one_figure(town):
    """A fisheye spreads its pixels over the angle: pixels over arc, whatever its heading."""
    row = camera("p", (0, 0), math.nan, kind="panorama", hfov_deg=360.0, pixels_across=3840.0)
    seen = ask(town, [row], (0, -40)).seen.iloc[0]
    exact = 3840 / (2 * math.pi * 40)
    assert seen[["pixels_low", "pixels_mid", "pixels_high"]].tolist() == pytest.approx([exact] * 3)
    assert seen["probability"] == 1


def test_a_way_is_seen_in_stretches(town):
    """Along the avenue the camera sees from the start to its range, entered and left at an even pace."""
    watch = make_watch(
        gpd.GeoDataFrame([camera("a", (0, 0), 90.0, retention_days=7.0)], geometry="geometry", crs=town.crs),
        town.buildings,
    )
    way = LineString([(0, 0), (200, 0)])
    found = find_way_witnesses(watch, way, NOON, NOON + timedelta(seconds=200))
    coarse = found.seen[found.seen["quality"] == COARSEST]
    assert coarse[["from_m", "to_m"]].to_numpy().tolist() == [pytest.approx([0, 114.413], abs=1e-3)]
    assert coarse["end_time"].iloc[0] - NOON == pytest.approx(
        timedelta(seconds=114.413), abs=timedelta(milliseconds=2)
    )
    assert coarse["delete_at"].iloc[0] == NOON + timedelta(days=7)
    assert found.seen_m == pytest.approx(114.413, abs=1e-3)
    assert found.length_m == 200
    back = find_way_witnesses(watch, way.reverse(), NOON)
    assert back.seen_m == pytest.approx(found.seen_m)
    assert back.seen.loc[back.seen["quality"] == COARSEST, "to_m"].tolist() == [pytest.approx(200)]


def test_a_way_nobody_watches_has_no_stretch(town):
    """A way out of every camera's sight gives an empty answer, not a fault."""
    watch = make_watch(
        gpd.GeoDataFrame([camera("a", (0, 0), 270.0)], geometry="geometry", crs=town.crs), town.buildings
    )
    found = find_way_witnesses(watch, LineString([(5, 0), (200, 0)]), NOON)
    assert (len(found.seen), len(found.silent), found.seen_m) == (0, 0, 0)
    assert len(find_witnesses(watch, np.array([[50.0, 0.0]]), NOON).seen) == 0


def test_what_cannot_be_asked_is_refused(town):
    """Times without a zone or of another age, endless places and ways without length are refused."""
    watch = make_watch(town.cameras, town.buildings)
    place = np.array([[50.0, 0.0]])
    for code, question in {
        "time_without_zone": lambda: find_witnesses(watch, place, NOON.replace(tzinfo=None)),
        "time_out_of_age": lambda: find_witnesses(watch, place, NOON.replace(year=9999)),
        "not_finite": lambda: find_witnesses(watch, place * math.nan, NOON),
        "wrong_shape": lambda: find_witnesses(watch, place, [NOON, NOON]),
        "way_wrong": lambda: find_way_witnesses(watch, LineString([(0, 0), (0, 0)]), NOON),
        "way_times_wrong": lambda: find_way_witnesses(
            watch, LineString([(0, 0), (9, 0)]), NOON, NOON - timedelta(1)
        ),
    }.items():
        with pytest.raises(InvalidInputError) as caught:
            question()
        assert caught.value.code == code
