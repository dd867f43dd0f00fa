"""Why a place is not seen, each cause made on purpose and taken away again."""

import geopandas as gpd
import numpy as np
import pytest
from kuzet.coverage.blind_spots import find_blind_spots
from kuzet.coverage.causes import find_causes
from kuzet.coverage.conditions import Conditions
from kuzet.coverage.looks import possible_looks
from kuzet.coverage.obstacles import gather_obstacles
from kuzet.coverage.risk import measure_risk
from kuzet.coverage.streets import ways_of_frame
from shapely import Point, box

from .scene import CRS, EVERYTHING, all_round, barriers, fixed, houses, measure, register, streets

ROAD = streets([(0, 0), (100, 0)], lit=False)
CLASSES = {"coarse": 12.5, "seen": 62.5}
NOBODY = gpd.GeoDataFrame(
    {"id": ["i"], "occurred_from": ["2026-01-01T12:00:00+05:00"], "category": ["theft"]},
    geometry=[Point(5000, 5000)],
    crs=CRS,
)


def why(place, rows, buildings=None, lines=None, *, deck=0.0, **options):
    """Ask why one place is not seen."""
    conditions = Conditions(**options)
    cameras = register(*rows)
    obstacles = gather_obstacles(houses() if buildings is None else buildings, lines, conditions=conditions)
    told = find_causes(
        np.array([place], dtype=float),
        np.array([(row["geometry"].x, row["geometry"].y) for row in rows]),
        possible_looks(cameras, classes=CLASSES, seen_at="seen", target_m=conditions.target_m),
        obstacles,
        seen_at="seen", coarsest="coarse", conditions=conditions, deck_m=np.array([deck]),
    ).iloc[0]  # fmt: skip
    name = obstacles.names[told["owner"]] if told["owner"] >= 0 else None
    return told["cause"], name


def spots_of(rows, buildings=None, lines=None, *, roads=ROAD, **options):
    """Measure a street and return its blind spots, from west to east."""
    buildings = houses() if buildings is None else buildings
    coverage = measure(roads, rows, buildings, barriers=lines, conditions=Conditions(**options))
    risk = measure_risk(NOBODY, ways_of_frame(coverage.ways))
    spots = find_blind_spots(coverage, buildings, risk, barriers=lines).spots
    return spots.sort_values(["way", "from_m"], ignore_index=True)


def test_dark_is_told_where_only_the_night_hides():
    """An unlit street beyond the infrared is dark; by day the same place is no blind spot at all."""
    row = all_round((0, 3), 4.0, ir_range_m=20.0)
    night = spots_of([row], light="night")
    assert night["cause"].tolist() == ["dark"]
    assert night.loc[0, "from_m"] == pytest.approx((20**2 - 3**2) ** 0.5, abs=1e-3)
    assert not len(spots_of([row]))


def test_a_wall_hides_at_night_as_by_day():
    """Behind a house it is the house that is told, even where it is dark: a lamp alone would not help."""
    row = all_round((0, 3), 4.0, ir_range_m=0.0)
    house = houses(box(40, -20, 45, 20), height_m=[9.0])
    told = spots_of([row], house, light="night")
    assert set(told["cause"]) <= {"dark", "hidden_by_building"}
    assert why((80, 0), [row], house, light="night") == ("hidden_by_building", "house 0")
    assert why((30, 0), [row], house, light="night") == ("dark", None)


def test_a_barrier_is_named_and_no_building_is_blamed():
    """What a wall hides is told as hidden by that barrier; in summer a hedge, in winter none."""
    row = all_round((0, 0), 2.0)
    wall = barriers([(30, -40), (30, 40)], height_m=2.5, id="wall 7")
    spots = spots_of([row], lines=wall, obstacles="leaf_off")
    assert spots["cause"].tolist() == ["hidden_by_barrier"]
    assert spots["building"].tolist() == ["wall 7"]
    assert spots["building_name"].isna().all()
    assert spots.loc[0, "from_m"] == pytest.approx(30, abs=1e-3)
    hedge = barriers([(30, -40), (30, 40)], kind="hedge", height_m=2.5)
    assert spots_of([row], lines=hedge, obstacles="leaf_on")["cause"].tolist() == ["hidden_by_barrier"]
    assert not len(spots_of([row], lines=hedge, obstacles="leaf_off"))


def test_a_low_house_is_blamed_only_where_it_hides():
    """From 6 m over a house of 2.5 m, whose far side is 20 m away, a head is seen again from 24.57 m on."""
    row = all_round((0, 0), 6.0)
    house = houses(box(18, -30, 20, 30), height_m=[2.5])
    spots = spots_of([row], house)
    assert spots["cause"].tolist() == ["hidden_by_building"]
    assert spots.loc[0, "to_m"] == pytest.approx(20 * 4.3 / 3.5, abs=1e-3)
    assert why((22, 0), [row], house) == ("hidden_by_building", "house 0")
    # farther away a real wall hides, and the low house is no accomplice
    high = houses(box(18, -30, 20, 30), box(50, -90, 55, 90), height_m=[2.5, 9.0])
    assert why((80, 0), [row], high) == ("hidden_by_building", "house 1")
    assert why((22, 0), [row], high) == ("hidden_by_building", "house 0")
    tall = high.assign(height_m=[5.9, 9.0])
    assert why((80, 0), [row], tall) == ("hidden_by_several", None)


def test_an_assumed_house_is_blamed_by_what_sees_most():
    """From 12 m over a house of unknown height: seen perhaps far away, hidden for sure close behind."""
    row = all_round((0, 0), 12.0)
    house = houses(box(18, -30, 20, 30), height_m=[np.nan])
    assert why((25, 0), [row], house) == ("hidden_by_building", "house 0")
    spots = spots_of([row], house)
    assert spots["to_m"].max() == pytest.approx(20 * 10.3 / 4, abs=1e-3)


def test_under_crowns_and_over_fences():
    """Crowns hide from above, not from below."""
    trees = barriers([(30, -40), (30, 40)], kind="tree_row", base_m=2.0, height_m=8.0)
    high, low = all_round((0, 0), 6.0), all_round((0, 0), 1.9)
    assert why((60, 0), [high], lines=trees, obstacles="leaf_on") == ("hidden_by_barrier", "barrier 0")
    # what nothing hides is no blind place: asked all the same, no barrier is blamed
    assert why((60, 0), [low], lines=trees, obstacles="leaf_on")[0] != "hidden_by_barrier"


def test_dead_zone_and_pixels():
    """Right below a tilted camera it is the dead zone, far ahead the pixels; behind it no camera at all."""
    row = fixed((0, 0), 90.0, height_m=6.0, tilt_deg=15.0)
    spots = spots_of([row])
    assert spots["cause"].tolist() == ["dead_zone", "too_few_pixels"]
    assert why((2, 0), [row]) == ("dead_zone", None)
    assert why((40, 0), [row]) == ("too_few_pixels", None)
    assert why((-10, 0), [row]) == ("no_camera_in_reach", None)
    unknown = fixed((0, 0), np.nan, height_m=6.0, tilt_deg=15.0)
    assert why((2, 0), [unknown]) == ("dead_zone", None)
    assert why((-60, 0), [unknown]) == ("too_few_pixels", None)


def test_on_a_bridge_causes_reckon_with_its_height():
    """A wall that hides the street does not hide the bridge; the dead zone under a camera shrinks."""
    row = all_round((0, 0), 4.0)
    house = houses(box(20, -40, 25, 40), height_m=[5.0])
    assert why((40, 0), [row], house) == ("hidden_by_building", "house 0")
    assert why((40, 0), [row], house, deck=10.0)[0] != "hidden_by_building"
    tilted = fixed((0, 0), 90.0, height_m=9.0, tilt_deg=15.0, pixels_across=EVERYTHING)
    near = 7.3 / np.tan(np.radians(15 + 41.372 / 2))
    assert why((near - 0.5, 0), [tilted]) == ("dead_zone", None)
    assert why((near * 2.3 / 7.3 - 0.2, 0), [tilted], deck=5.0) == ("dead_zone", None)
    assert why((near * 2.3 / 7.3 + 0.2, 0), [tilted], deck=5.0)[0] != "dead_zone"


@pytest.mark.parametrize("light", ["day", "night"])
@pytest.mark.parametrize("seed", range(4))
def test_each_blind_place_has_a_cause_that_holds(seed, light):
    """In random streets: take the house or the wall away that is blamed, and the place may be seen."""
    random = np.random.default_rng(seed)
    roads = streets(*random.uniform(0, 100, (6, 2, 2)), lit=True)
    shapes = [box(x, y, x + 12, y + 9) for x, y in random.uniform(0, 90, (5, 2))]
    buildings = houses(*shapes, height_m=random.choice([2.5, 5.0, 9.0, np.nan], 5))
    start = random.uniform(0, 100, (6, 2))
    lines = barriers(
        *np.stack([start, start + random.uniform(-15, 15, (6, 2))], axis=1), height_m=2.5, base_m=0.0
    )
    rows = [
        all_round(random.uniform(0, 100, 2), random.uniform(2, 10), id=f"c{n}", ir_range_m=0.0)
        for n in range(2)
    ]
    spots = spots_of(rows, buildings, lines, roads=roads, light=light, obstacles="leaf_off")
    hidden = spots[spots["cause"].isin(["hidden_by_building", "hidden_by_barrier"])]
    opened = 0
    for spot in hidden.itertuples():
        left, walls = buildings[buildings["id"] != spot.building], lines[lines["id"] != spot.building]
        again = measure(roads, rows, left, barriers=walls, conditions=Conditions(light, "leaf_off"))
        mine = again.pieces[(again.pieces["way"] == spot.way) & (again.pieces["live_high"] > 0)]
        both = np.minimum(mine["to_m"], spot.to_m) - np.maximum(mine["from_m"], spot.from_m)
        opened += bool((both > 1e-3).any())
    assert len(hidden) > 0
    assert opened == len(hidden)
