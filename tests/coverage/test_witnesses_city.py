"""The sample city asked which cameras saw a place or a way, against asking every camera one by one."""

import math
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import shapely
from kuzet.coverage.daylight import is_dark
from kuzet.coverage.optics import LADDERS
from kuzet.coverage.pictures import offsets, through_wedges
from kuzet.coverage.sightings import find_sightings, make_watch
from kuzet.coverage.streets import physical_ways
from kuzet.coverage.witnesses import find_way_witnesses, find_witnesses
from shapely import LineString, Point

NOON = datetime(2026, 11, 24, 7, tzinfo=UTC)
"""Midday in Taldykorgan, morning in Helsinki."""
CLASSES = LADDERS["2014"]
COARSEST = "monitor"


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
    """Return both ends of every wall, its top, whether that is only assumed, and its base."""
    rows = []
    for house in buildings.itertuples():
        assumed, base = "height_m" in (house.assumed or []), 0.0 if pd.isna(house.base_m) else house.base_m
        for ring in shapely.get_rings(house.geometry):
            xy = shapely.get_coordinates(ring)
            rows += [(*xy[k], *xy[k + 1], house.height_m, assumed, base) for k in range(len(xy) - 1)]
    return np.array(rows, dtype=float)


def eyes_that_see(walls, here, place, eyes):
    """Return which eyes see a person's head at a place, by the height of the sight line at every wall."""
    way, wall, to_wall = place - here, walls[:, 2:4] - walls[:, :2], walls[:, :2] - here
    below = way[0] * wall[:, 1] - way[1] * wall[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        along = (to_wall[:, 0] * wall[:, 1] - to_wall[:, 1] * wall[:, 0]) / below
        across = (to_wall[:, 0] * way[1] - to_wall[:, 1] * way[0]) / below
    crossed = (along > 0) & (along < 1) & (across >= 0) & (across <= 1)
    seeing = []
    for number, eye in enumerate(eyes):
        top = np.where((walls[:, 5] == 1) & (not eye.over_assumed), np.inf, walls[:, 4])
        passes = eye.height_m - (eye.height_m - 1.7) * along
        if not (crossed & (passes > walls[:, 6]) & (passes < top)).any():
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
    """Return the cameras that see a place, and those for which it is too dark, each with its likelihood."""
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
