"""Blind spots of the tiny town and of the sample city, each cause proven by taking it away."""

import geopandas as gpd
import numpy as np
import pytest
from kuzet.coverage.blind_spots import find_blind_spots
from kuzet.coverage.cover import measure_coverage
from kuzet.coverage.optics import LADDERS
from kuzet.coverage.risk import measure_risk
from kuzet.coverage.seeing import see_ways
from kuzet.coverage.streets import ways_of_frame
from shapely import Point

CLASSES = LADDERS["2014"]


def find(town, rows, buildings=None, incidents=None):
    """Measure, weigh and find the blind spots of the tiny town with these cameras."""
    cameras = gpd.GeoDataFrame(rows, geometry="geometry", crs=town.crs)
    houses = town.buildings if buildings is None else buildings
    coverage = measure_coverage(town.streets, houses, cameras)
    risk = measure_risk(town.incidents if incidents is None else incidents, ways_of_frame(coverage.ways))
    return coverage, find_blind_spots(coverage, houses, risk)


def camera(at, heading, **known):
    """Return a camera of known optics that observes as far as 95 m."""
    row = {"id": "c", "state": "live", "kind": "fixed", "heading_deg": heading, "focal_mm": 4.0}
    row |= {"sensor_width_mm": 5.37, "pixels_across": 8000.0, "height_m": 1.7, "tilt_deg": 0.0}
    return row | {**known, "geometry": Point(at)}


def causes_on(spots, name):
    """Return the causes told for a street."""
    return set(spots.spots.loc[spots.spots["name"] == name, "cause"])


def test_spots_are_the_unseen_metres_ranked_by_risk(town):
    """Seen, unsure and blind metres add up to the network; the riskiest comes first."""
    coverage, spots = find(town, [camera((0, 0), 90.0, pixels_across=1920.0)])
    assert spots.unseen_m + coverage.seen_m["live"]["high"] == pytest.approx(coverage.network_m)
    assert spots.unsure_m == 0
    assert spots.spots["risk"].is_monotonic_decreasing
    assert spots.spots["risk"].sum() == pytest.approx(2)
    assert spots.spots["rank"].tolist() == list(range(1, len(spots.spots) + 1))


def test_a_house_is_named_and_taking_it_away_opens_the_view(town):
    """House A hides the avenue from a camera north of it; without the house the street is seen."""
    row = camera((50, 60), 180.0)
    _, spots = find(town, [row])
    hidden = spots.spots[spots.spots["cause"] == "hidden_by_building"]
    assert set(hidden["building"]) == {"A"}
    assert set(hidden["building_name"]) == {"House A"}
    assert set(hidden["camera"]) == {"c"}
    _, without = find(town, [row], buildings=town.buildings.iloc[1:])
    assert without.unseen_m < spots.unseen_m - 20


def test_two_houses_one_behind_the_other_are_told_as_several(town):
    """Where two houses stand between, neither alone is blamed."""
    second = town.buildings.iloc[[0]].assign(id="A2", geometry=town.buildings.geometry.iloc[0].buffer(-4))
    second = second.set_geometry(second.translate(0, 30).values)
    houses = gpd.GeoDataFrame(
        {"id": ["A", "A2"], "name": [None, None]},
        geometry=[town.buildings.geometry.iloc[0], second.geometry.iloc[0]],
        crs=town.crs,
    )
    _, spots = find(town, [camera((50, 90), 180.0, pixels_across=12000.0)], buildings=houses)
    assert "hidden_by_several" in causes_on(spots, "Abai Avenue")
    assert spots.spots.loc[spots.spots["cause"] == "hidden_by_several", "building"].isna().all()


def test_too_few_pixels_and_no_camera_in_reach(town):
    """Past its range the camera has too few pixels; behind it there is none in reach."""
    open_town = town.buildings.iloc[:0]
    _, spots = find(town, [camera((100, 0), 0.0, pixels_across=1920.0)], buildings=open_town)
    assert causes_on(spots, "Cross Street") == {"too_few_pixels"}
    assert causes_on(spots, "Abai Avenue") == {"no_camera_in_reach"}


def test_a_dead_zone_is_told(town):
    """Looking steeply down from 30 m, what is right below is in the dead zone."""
    _, spots = find(
        town, [camera((0, 0), 90.0, height_m=30.0, tilt_deg=5.0)], buildings=town.buildings.iloc[:0]
    )
    near = spots.spots[(spots.spots["name"] == "Abai Avenue") & (spots.spots["cause"] == "dead_zone")]
    assert near["length_m"].iloc[0] == pytest.approx(
        (30 - 1.7) / np.tan(np.radians(5 + 41.363 / 2)), rel=0.01
    )


@pytest.mark.parametrize("state", ["archive", "registered", "offline"])
def test_what_only_another_state_sees_is_told_by_its_state(town, state):
    """A street that only an archived, registered or offline camera sees says so."""
    _, spots = find(town, [camera((100, 0), 0.0, state=state)], buildings=town.buildings.iloc[:0])
    assert f"{state}_only" in causes_on(spots, "Cross Street")


def test_nothing_is_blind_where_everything_is_seen(town):
    """With cameras all along, no spot is left and nothing breaks."""
    rows = [
        camera((0, 0), 90.0, id="a", pixels_across=30000.0),
        camera((100, 0), 0.0, id="b", pixels_across=30000.0),
        camera((100, 100), 135.0, id="d", pixels_across=30000.0),
    ]
    _, spots = find(town, rows, buildings=town.buildings.iloc[:0])
    assert spots.unseen_m == pytest.approx(0, abs=0.1)


def test_hidden_by_is_proven_in_the_sample_city(sample_analysis, record_property):
    """All cameras live, 200 spots hidden by a building: without it the camera named sees part of 95%."""
    city = sample_analysis
    live = city.cameras.assign(state="live")
    coverage = measure_coverage(city.streets, city.buildings, live)
    spots = find_blind_spots(coverage, city.buildings, city.risk).spots
    hidden = spots[spots["cause"] == "hidden_by_building"].sample(200, random_state=1)
    ways = ways_of_frame(coverage.ways)
    opened = 0
    for spot in hidden.itertuples():
        # where it hangs, though it may be the wall of the very building
        named = coverage.cameras[coverage.cameras["id"] == spot.camera].reset_index(drop=True)
        houses = city.buildings[city.buildings.distance(named.geometry.iloc[0]) < 250]
        houses = houses[houses["id"] != spot.building].reset_index(drop=True)
        way = ways.take(np.array([spot.way]))
        told = see_ways(named, houses, way, classes=CLASSES, seen_at="observe").stretches
        told = told[told["quality"] == "observe"]
        both = np.minimum(told["to_m"], spot.to_m) - np.maximum(told["from_m"], spot.from_m)
        opened += bool((both > min(0.2, 0.5 * spot.length_m)).any())
    record_property("opened", opened)
    print(f"opened: {opened} of {len(hidden)}")
    assert opened >= 190
