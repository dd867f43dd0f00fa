"""Places for cameras: on something that is there, off the road, apart, and counted where left out."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from kuzet.coverage.candidate_places import NO_SUPPORT, SOURCES, gather_places
from kuzet.coverage.candidates import REASONS, choose_candidates, find_candidates
from kuzet.coverage.carriageways import half_widths
from kuzet.coverage.errors import CannotHoldError, InvalidInputError
from kuzet.coverage.streets import physical_ways
from shapely import Point, box

from .scene import CRS, houses, streets

NOTHING = houses()


def posts(*places, kind="street_lamp", **known):
    """Return mapped supports."""
    frame = gpd.GeoDataFrame(
        {"id": [f"n{n}" for n in range(len(places))]}, geometry=[Point(place) for place in places], crs=CRS
    )
    return frame.assign(kind=kind, **known)


def areas(*shapes):
    """Return forbidden areas."""
    return gpd.GeoDataFrame({"id": range(len(shapes))}, geometry=list(shapes), crs=CRS)


def own(*places, **known):
    """Return places of the user."""
    frame = gpd.GeoDataFrame(
        {"id": [f"mine {n}" for n in range(len(places))]}, geometry=[Point(p) for p in places], crs=CRS
    )
    return frame.assign(**known)


AVENUE = physical_ways(streets([(0, 0), (200, 0)]))
"""A residential street along the x axis: its carriageway reaches to y = 2.75."""


def from_posts(supports, *, ways=AVENUE, buildings=NOTHING, **options):
    """Choose among mapped supports alone."""
    return choose_candidates(ways, buildings, supports, sources=["supports"], **options)


def test_every_place_of_the_tiny_town_hangs_on_something(town):
    """The lamp first, then corners and facades of houses toward a street, then bare corners."""
    lamps = posts((150, 6), (900, 900), name="Lamp 17", height_m=6.0)
    chosen = choose_candidates(physical_ways(town.streets), town.buildings, lamps)
    places = chosen.places
    assert list(places["support"].drop_duplicates()) == ["street_lamp", "building_corner", "facade", "corner"]
    lamp = places.iloc[0]
    assert (lamp.support_id, lamp.support_m, lamp.height_m, lamp["name"], lamp.flag) == (
        "n0", 0.0, 6.0, "Lamp 17", None,
    )  # fmt: skip
    walls = places[places["support"].isin(["facade", "building_corner"])]
    assert set(walls["support_id"]) == {"A", "B"}
    assert walls["support_m"].to_numpy() == pytest.approx(np.full(len(walls), 0.3), abs=0.13)
    corners = places[places["support"] == "corner"]
    assert (corners["flag"] == NO_SUPPORT).all() and corners["support_m"].isna().all()
    assert places.drop(corners.index)["flag"].isna().all()
    assert chosen.left_out["far_from_street"] >= 1
    assert len(chosen.own_left_out) == 0 and chosen.problem is None


def test_a_facade_faces_its_street_and_no_yard():
    """Of a house with a yard, front and sides are taken; the yard only where a way leads into it."""
    ring = shapely.Polygon(box(50, 10, 90, 32).exterior.coords, [box(60, 16, 80, 26).exterior.coords])
    answer = choose_candidates(AVENUE, houses(ring), posts(), sources=["facades"], spacing_m=0)
    assert {round(point.y, 1) for point in answer.places.geometry} == {9.7, 21.0}
    assert {point.x for point in answer.places.geometry if point.y > 20} == {49.7, 90.3}
    assert answer.left_out["faces_no_street"] == 3
    yard = physical_ways(
        streets([(0, 0), (200, 0)], [(64, 21), (76, 21)], highway=["residential", "footway"])
    )
    inside = choose_candidates(yard, houses(ring), posts(), sources=["facades"], spacing_m=0)
    assert any(box(60, 16, 80, 26).contains(point) for point in inside.places.geometry)


def test_the_way_behind_the_house_does_not_hide_the_street_before_it():
    """The nearest way lies behind the wall, and the second nearest decides."""
    both = physical_ways(streets([(0, 0), (200, 0)], [(0, 22), (200, 22)]))
    answer = choose_candidates(both, houses(box(50, 15, 90, 18)), posts(), sources=["facades"], spacing_m=0)
    assert {14.7, 18.3} <= {round(point.y, 1) for point in answer.places.geometry}


def test_heights_are_those_of_the_support():
    """A mast is used up to 8 m, a low post not at all, an unknown one at 5 m; no camera above its roof."""
    lamps = posts((10, 5), (50, 5), (90, 5), (130, 5), height_m=[25.0, np.nan, 2.0, 4.0])
    chosen = from_posts(lamps)
    assert chosen.places["height_m"].tolist() == [8.0, 5.0, 4.0]
    assert chosen.left_out == {"too_low": 1}
    kiosks = houses(box(20, 8, 30, 20), box(60, 8, 70, 20), box(100, 8, 110, 20), box(140, 8, 150, 20))
    kiosks = kiosks.assign(height_m=[3.0, 20.0, 2.2, 20.0], base_m=[np.nan, np.nan, np.nan, 6.0])
    walls = choose_candidates(AVENUE, kiosks, posts(), sources=["facades"]).places
    assert walls.groupby("support_id")["height_m"].max().to_dict() == {
        "house 0": 3.0, "house 1": 5.0, "house 3": 6.0,
    }  # fmt: skip


def test_posts_on_the_carriageway_are_left_out_but_for_a_median():
    """Known width counts before the class; a post near the middle of a wide road is on its median."""
    lamps = posts((50, 1.5), (80, 4), (110, 0))
    assert from_posts(lamps).left_out == {"on_carriageway": 2}
    wide = physical_ways(streets([(0, 0), (200, 0)], width_m=14.0))
    chosen = from_posts(lamps, ways=wide)
    assert [point.x for point in chosen.places.geometry] == [50]
    path = physical_ways(streets([(0, 0), (200, 0)], highway="footway", width_m=4.0))
    assert len(from_posts(lamps, ways=path).places) == 3
    assert half_widths(wide).tolist() == [7.0] and half_widths(path).tolist() == [0.0]


def test_a_lamp_on_a_wall_is_set_off_it_and_one_deep_inside_is_left_out():
    """What is drawn up to 2 m behind a wall hangs a bracket's length before it."""
    house = houses(box(40, 8, 80, 40))
    chosen = from_posts(posts((60, 9), (60, 20)), buildings=house)
    assert shapely.get_coordinates(chosen.places.geometry.to_numpy()) == pytest.approx(np.array([[60, 7.7]]))
    assert chosen.places["support_m"].tolist() == pytest.approx([1.3])
    assert chosen.left_out == {"inside_building": 1}


def test_own_places_hang_on_what_is_said_or_mapped_or_are_flagged():
    """Said kinds are believed, else a post or a wall within 2 m counts, else no support is known."""
    mine = own(
        (10, 6), (50, 6), (95, 9.0), (150, 6),
        kind=["pole", None, None, None], height_m=[np.nan, 7.0, np.nan, np.nan],
        name=["First", None, None, None], extra_cost=[100.0, np.nan, np.nan, 0.0],
    )  # fmt: skip
    lamp, house = posts((51, 6)), houses(box(90, 10, 110, 30), height_m=[4.0])
    places = find_candidates(AVENUE, house, lamp, own=mine, sources=["own"])
    assert places["support"].tolist() == ["pole", "street_lamp", "facade", "own"]
    assert places["support_id"].tolist() == ["mine 0", "n0", "house 0", None]
    assert places["support_m"].tolist() == pytest.approx([0.0, 1.0, 1.0, np.nan], nan_ok=True)
    assert places["height_m"].tolist() == [5.0, 7.0, 4.0, 5.0]
    assert places["flag"].tolist() == [None, None, None, NO_SUPPORT]
    assert places["extra_cost"].tolist() == [100.0, 0.0, 0.0, 0.0]
    assert places["name"].tolist()[0] == "First"


def test_own_places_that_cannot_be_used_are_named_with_the_reason():
    """Each place of the user that is left out comes back with its id; the others stay."""
    mine = own((10, 6), (60, 25), (100, 500), (150, 0), (12, 6), (190, 8))
    house = houses(box(40, 8, 80, 40))
    chosen = choose_candidates(
        AVENUE, house, posts(), own=mine, forbidden=areas(box(180, 0, 200, 20)), sources=["own"]
    )
    assert len(chosen.places) == 1
    assert dict(chosen.own_left_out.itertuples(index=False, name=None)) == {
        "mine 1": "inside_building", "mine 2": "far_from_street", "mine 3": "on_carriageway",
        "mine 4": "too_close", "mine 5": "forbidden",
    }  # fmt: skip
    assert sum(chosen.left_out.values()) == 5


def test_supports_come_before_facades_and_facades_before_bare_corners(town):
    """Where the whole town has room for one, it is the user's, the lamp, a house, a corner, in turn."""
    ways, lamp = physical_ways(town.streets), posts((150, 6))
    options = {"spacing_m": 1000.0, "own": own((3, 5))}
    kept = []
    for sources in (SOURCES, SOURCES[1:], SOURCES[2:], SOURCES[3:]):
        places = find_candidates(ways, town.buildings, lamp, sources=sources, **options)
        assert len(places) == 1
        kept.append(places["support"].iloc[0])
    assert kept == ["own", "street_lamp", "building_corner", "corner"]


def test_live_cameras_keep_others_away_only_where_asked():
    """A live camera 10 m off takes a lamp away, an archived one does not, and without asking none does."""
    lamps = posts((50, 6), (150, 6))
    cameras = posts((60, 6), (150, 8)).assign(state=["live", "archive"])
    assert len(from_posts(lamps).places) == 2
    chosen = from_posts(lamps, existing=cameras)
    assert [point.x for point in chosen.places.geometry] == [150]
    assert chosen.left_out == {"near_camera": 1}


@pytest.mark.parametrize(
    ("options", "code", "facts"),
    [
        ({"forbidden": areas(box(0, -50, 100, 50), box(90, -50, 300, 50))}, "all_places_forbidden",
         {"places": 2, "areas": 2}),
        ({"existing": posts((55, 6), (150, 9))}, "all_places_near_cameras",
         {"places": 2, "forbidden": 0, "spacing_m": 15.0}),
        ({"sources": ["own"]}, "no_own_places", {}),
        ({"sources": ["own"], "own": own((150, 0), (60, 25), (10, 900), (20, 900))}, "own_places_unusable",
         {"places": 4, "inside_building": 1, "far_from_street": 2, "on_carriageway": 1}),
        ({"sources": ["corners"]}, "no_place_for_camera", {}),
    ],
)  # fmt: skip
def test_no_place_at_all_says_why(options, code, facts):
    """All forbidden, cameras everywhere, no list, a list that fits nowhere, an empty map: told apart."""
    asked = {"sources": ["supports"]} | options
    town = (AVENUE, houses(box(40, 10, 80, 40)), posts((50, 6), (150, 6)))
    chosen = choose_candidates(*town, **asked)
    assert isinstance(chosen.problem, CannotHoldError)
    assert (chosen.problem.code, chosen.problem.facts) == (code, facts)
    assert len(chosen.places) == len(find_candidates(*town, **asked)) == 0
    assert chosen.places.crs == CRS and "support_m" in chosen.places


@pytest.mark.parametrize(
    ("options", "code"),
    [({"spacing_m": -1.0}, "spacing_negative"), ({"spacing_m": np.nan}, "spacing_negative"),
     ({"sources": ["trees"]}, "unknown_source"), ({"sources": []}, "unknown_source")],
)  # fmt: skip
def test_bad_wishes_are_refused(options, code):
    """A spacing that is none and sources that are none are refused by name."""
    with pytest.raises(InvalidInputError) as caught:
        find_candidates(AVENUE, NOTHING, posts((50, 6)), **options)
    assert caught.value.code == code


def test_corners_of_a_junction_lie_between_its_arms():
    """A crossing has four corners and a fork three, each 1 m off the wider carriageway beside it."""
    cross = physical_ways(
        streets([(0, 0), (50, 0)], [(0, 0), (-50, 0)], [(0, 0), (0, 50)], [(0, 0), (0, -50)], width_m=8.0)
    )
    found = gather_places(cross, NOTHING, posts(), sources=["corners"])
    xy = shapely.get_coordinates(found["geometry"].to_numpy(dtype=object))
    assert sorted(map(tuple, xy.round(6))) == [(-5, -5), (-5, 5), (5, -5), (5, 5)]
    bend = physical_ways(streets([(0, 0), (50, 0)], [(0, 0), (0, 50)]))
    assert len(gather_places(bend, NOTHING, posts(), sources=["corners"])) == 0


def test_arguments_stay_as_they_are(town):
    """Nothing that is handed over is changed."""
    mine, lamps = own((150, 6), kind=[None]), posts((150, 6), (60, 9), height_m=6.0)
    before = [frame.copy() for frame in (town.buildings, lamps, mine)]
    choose_candidates(physical_ways(town.streets), town.buildings, lamps, own=mine)
    for frame, kept in zip((town.buildings, lamps, mine), before, strict=True):
        assert frame.equals(kept)


def test_an_older_store_knows_kinds_and_names_only():
    """Supports without ids and heights are used, their id unknown."""
    old = posts((50, 6)).drop(columns="id").assign(name=None)
    place = from_posts(old).places.iloc[0]
    assert (place.support_id, place.height_m, place.support_m) == (None, 5.0, 0.0)


def test_places_of_the_sample_city(sample_analysis):
    """In Helsinki most lamps hold a camera, and each reason and kind is one that is known."""
    city = sample_analysis
    ways = physical_ways(city.streets)
    lamps = choose_candidates(ways, city.buildings, city.supports, sources=["supports"], spacing_m=0)
    assert (lamps.places["support"] == "street_lamp").sum() > 500
    chosen = choose_candidates(ways, city.buildings, city.supports)
    assert set(chosen.left_out) <= set(REASONS)
    kinds = chosen.places["support"].value_counts()
    assert kinds["street_lamp"] > 300 and kinds["building_corner"] > 300 and kinds["facade"] > 300
    on_nothing = chosen.places["support_m"].isna()
    assert (on_nothing == (chosen.places["flag"] == NO_SUPPORT)).all()
    assert chosen.places["support_m"].max() <= 2.0
