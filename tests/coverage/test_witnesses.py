"""Which cameras saw a place or a way, against asking every camera one by one."""

import math
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from kuzet.coverage.daylight import is_dark
from kuzet.coverage.errors import InvalidInputError
from kuzet.coverage.optics import LADDERS, range_at
from kuzet.coverage.pictures import offsets, through_wedges
from kuzet.coverage.sightings import find_sightings, make_watch
from kuzet.coverage.streets import physical_ways
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


@pytest.fixture(scope="module")
def city(sample_analysis):
    """Return the sample city with half the headings and some lenses known, and its watch."""
    rng = np.random.default_rng(3)
    cameras = sample_analysis.cameras.copy().reset_index(drop=True)
    known = rng.random(len(cameras)) < 0.5
    cameras["heading_deg"] = np.where(known, rng.uniform(0, 360, len(cameras)), np.nan)
    cameras["focal_mm"] = np.where(rng.random(len(cameras)) < 0.5, 4.0, np.nan)
    cameras["height_m"] = np.where(rng.random(len(cameras)) < 0.5, 5.0, np.nan)
    cameras["tilt_deg"] = 20.0
    cameras["retention_days"] = np.where(
        rng.random(len(cameras)) < 0.7, rng.integers(3, 60, len(cameras)), np.nan
    )
    ways = sample_analysis.coverage.ways.geometry.to_numpy()
    lines = ways[rng.integers(0, len(ways), 500)]
    at = shapely.get_coordinates(shapely.line_interpolate_point(lines, rng.random(500), normalized=True))
    cameras["ir_range_m"] = np.where(
        rng.random(len(cameras)) < 0.5, rng.choice([0.0, 40.0], len(cameras)), np.nan
    )
    streets = sample_analysis.streets.copy()
    # half of the streets without lamps, so that the night makes a difference
    streets["lit"] = np.where(streets["u"] % 2 == 0, streets["lit"], False)
    watch = make_watch(cameras, sample_analysis.buildings, streets=streets)
    return SimpleNamespace(
        cameras=cameras,
        walls=walls_with_heights(sample_analysis.buildings),
        ways=physical_ways(streets).frame,
        wedges={camera: rows.to_dict("records") for camera, rows in watch.looks.wedges.groupby("camera")},
        watch=watch,
        places=at + rng.normal(0, 6, at.shape),
        times=[NOON - timedelta(minutes=int(m)) for m in rng.integers(0, 100_000, 500)],
    )


def walls_with_heights(buildings):
    """Return both ends of every wall, the height of its building, and whether that is only assumed."""
    rows = []
    for house in buildings.itertuples():
        assumed = "height_m" in (house.assumed or [])
        for ring in shapely.get_rings(house.geometry):
            xy = shapely.get_coordinates(ring)
            rows += [(*xy[k], *xy[k + 1], house.height_m, assumed) for k in range(len(xy) - 1)]
    return np.array(rows, dtype=float)


def eyes_that_see(walls, here, place, eyes):
    """Return which eyes see the head of a person at a place, by the height of the sight line at every wall."""
    way, wall, to_wall = place - here, walls[:, 2:4] - walls[:, :2], walls[:, :2] - here
    below = way[0] * wall[:, 1] - way[1] * wall[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        along = (to_wall[:, 0] * wall[:, 1] - to_wall[:, 1] * wall[:, 0]) / below
        across = (to_wall[:, 0] * way[1] - to_wall[:, 1] * way[0]) / below
    crossed = (along > 0) & (along < 1) & (across >= 0) & (across <= 1)
    seeing = []
    for number, eye in enumerate(eyes):
        top = np.where((walls[:, 5] == 1) & (not eye.over_assumed), np.inf, walls[:, 4])
        if not (crossed & (eye.height_m - (eye.height_m - 1.7) * along < top)).any():
            seeing.append(number)
    return seeing


def light_on(city, place, time, distance, reach, chance):
    """Return how likely a place has light: the sun, else a lamp of the nearest street, else infrared."""
    if not is_dark(24.94, 60.17, [time])[0]:
        return 1.0
    away = shapely.distance(city.ways.geometry.to_numpy(), Point(place))
    lamp = city.ways["lit_share"].iloc[int(np.argmin(away))] if away.min() <= 30 else 0.5
    return lamp + (1 - lamp) * (chance if distance <= reach else 0.0)


def ask_one_by_one(city, place, time):
    """Return the cameras (with probability) that see a place, and those for which it is too dark, one by one."""
    watch, seen, dark = city.watch, {}, {}
    rings = watch.looks.rings[watch.looks.rings["quality"] == COARSEST]
    for position, here in enumerate(watch.points):
        distance = math.hypot(*(place - here))
        if distance > watch.looks.farthest_m[position]:
            continue
        eyes = watch.looks.eyes[position]
        seeing = eyes_that_see(city.walls, here, place, eyes)
        guesses, bearing = {}, math.degrees(math.atan2(*(place - here)))
        for row in city.wedges.get(position, []):
            off = abs((bearing - row["heading_deg"] + 180) % 360 - 180)
            depth = distance * math.cos(math.radians(off))
            far = distance if row["disc"] else depth
            held = row["near_m"] <= depth <= row["far_m"] and far <= row[COARSEST]
            if row["eye"] in seeing and off <= row["half_deg"] and held:
                guesses[row["guess"]] = row["weight"]
        chance = sum(guesses.values())
        mine = rings[rings["camera"] == position]
        if len(mine) and seeing:
            # where no wall could be looked over, all eyes are told together
            apart = len(eyes) > 1 and np.diff(watch.sight.low.first)[position] > 0
            mine = mine[mine["eye"].isin(seeing if apart else [-1])]
            at = mine[(mine["inner_m"] <= distance) & (distance <= mine["outer_m"])]
            chance = float(at.groupby("eye")["probability"].max().sum())
        if chance > 0:
            row = city.cameras.iloc[watch.outside[position]]
            known = not math.isnan(row["ir_range_m"])
            light = light_on(
                city, place, time, distance, row["ir_range_m"] if known else 30.0, 1.0 if known else 0.5
            )
            (seen if light > 0 else dark)[row["id"]] = chance * (light or 1.0)
    return seen, dark


def test_the_sample_city_answers_as_one_by_one(city):
    """On 500 random places, by day and night, the cameras and their likelihoods are those of asking each."""
    found = find_witnesses(city.watch, city.places, city.times)
    no_light = found.silent["camera"].isin(found.silent.loc[found.silent["reason"] == "dark", "camera"])
    both = pd.concat([found.seen, found.silent])
    told = {
        place: dict(zip(rows["camera"], rows["probability"], strict=True))
        for place, rows in both.groupby("place")
    }
    pairs = blinded = 0
    for number, (place, time) in enumerate(zip(city.places, city.times, strict=True)):
        seen, dark = ask_one_by_one(city, place, time)
        assert told.get(number, {}) == pytest.approx(seen | dark), number
        pairs, blinded = pairs + len(seen), blinded + len(dark)
    assert pairs > 1000
    assert blinded > 20
    assert no_light.any()
    assert len(found.silent) > 50
    for _, rows in found.seen.groupby("place"):
        known = rows["delete_at"].dropna()
        assert known.is_monotonic_increasing
        assert rows["delete_at"].iloc[: len(known)].notna().all()
    waited = (found.seen["delete_at"] - found.seen["time"]).dt.total_seconds() / 86_400
    assert np.allclose(waited, found.seen["retention_days"], equal_nan=True)
    assert (found.seen["time"] == pd.to_datetime(city.times, utc=True)[found.seen["place"]]).all()


def test_pixels_stand_in_their_order_and_reach_the_class(city):
    """Everywhere low <= mid <= high, low is at least the coarsest class and names the class that is told."""
    seen = find_sightings(city.watch, city.places).seen
    assert (seen["pixels_low"] >= CLASSES[COARSEST] * (1 - 1e-9)).all()
    assert (seen["pixels_low"] <= seen["pixels_mid"] * (1 + 1e-9)).all()
    assert (seen["pixels_mid"] <= seen["pixels_high"] * (1 + 1e-9)).all()
    floor = seen["quality"].map(CLASSES)
    assert (seen["pixels_low"] >= floor * (1 - 1e-6)).all()
    assert len(set(seen["quality"])) > 3


def test_a_way_is_made_of_its_places(city):
    """Along a way the stretches of the coarsest class hold a place just for the place's own witnesses."""
    way = LineString(city.places[:6])
    along = find_way_witnesses(city.watch, way, NOON)
    rows = pd.concat([along.seen, along.silent])
    rows = rows[rows["quality"] == COARSEST]
    at = np.random.default_rng(1).uniform(0, way.length, 300)
    places = shapely.get_coordinates(shapely.line_interpolate_point(way, at))
    found = find_witnesses(city.watch, places, NOON)
    both = pd.concat([found.seen, found.silent])
    for number, metre in enumerate(at):
        mine = rows[(rows["from_m"] <= metre) & (metre <= rows["to_m"])]
        assert set(mine["camera"]) == set(both.loc[both["place"] == number, "camera"]), metre
    assert len(both) > 100
    seen = [((along.seen["from_m"] <= m) & (m <= along.seen["to_m"])).any() for m in at]
    assert along.seen_m / along.length_m == pytest.approx(np.mean(seen), abs=0.1)


def test_the_nearest_are_the_nearest(city):
    """The four nearest are those of sorting the whole register; the blind ones are not among the seers."""
    found = find_witnesses(city.watch, city.places[:40], NOON)
    xy = shapely.get_coordinates(city.cameras.geometry.to_numpy())
    both = pd.concat([found.seen, found.silent])
    for number, place in enumerate(city.places[:40]):
        order = np.argsort(np.hypot(*(xy - place).T), kind="stable")[:4]
        mine = found.nearest[found.nearest["place"] == number]
        assert mine["camera"].tolist() == city.cameras["id"].iloc[order].tolist()
        seers = set(both.loc[both["place"] == number, "camera"])
        assert found.places.loc[number, "nearest_blind"] == sum(name not in seers for name in mine["camera"])
    assert set(found.nearest["why"].dropna()) >= {"hidden", "too_far", "looks_elsewhere"}


def test_wedges_are_looked_through_by_their_own_camera():
    """A place east of a camera that looks east is inside, ahead and deep; one behind it is not."""
    wedges = pd.DataFrame(
        {
            "camera": [0], "heading_deg": [90.0], "half_deg": [30.0], "near_m": [5.0], "far_m": [9.0],
            "drop_m": [4.0], "disc": [False],
        }
    )  # fmt: skip
    places = np.array([[10.0, 0.0], [-10.0, 0.0], [3.0, 0.0], [8.0, 7.0]])
    pairs = offsets(places, np.zeros((1, 2)), np.zeros(4, dtype=np.int64), np.arange(4))
    both = through_wedges(pairs, wedges)
    assert both["inside"].tolist() == [True, False, True, False]
    assert both["too_near"].tolist() == [False, False, True, False]
    assert both["too_far"].tolist() == [True, False, False, False]
    assert both["depth_m"].tolist() == pytest.approx([10, -10, 3, 8])
    on_a_bridge = through_wedges(pairs.assign(deck_m=2.0), wedges)
    assert on_a_bridge["too_near"].tolist() == [False, False, False, False]


def test_asking_changes_nothing(city):
    """One question after another is answered alike: nothing is kept or changed between them."""
    before = city.watch.looks.wedges.copy(), city.watch.register.copy()
    first = find_witnesses(city.watch, city.places[:1], NOON)
    find_witnesses(city.watch, city.places, NOON)
    again = find_witnesses(city.watch, city.places[:1], NOON)
    pd.testing.assert_frame_equal(again.seen, first.seen)
    pd.testing.assert_frame_equal(city.watch.looks.wedges, before[0])
    pd.testing.assert_frame_equal(city.watch.register, before[1])
