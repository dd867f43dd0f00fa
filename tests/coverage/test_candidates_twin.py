"""Random towns: every place keeps the promises, and the sieve equals a slow and obvious one."""

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage.candidate_places import SOURCES, gather_places
from kuzet.coverage.candidates import choose_candidates
from kuzet.coverage.carriageways import half_widths
from kuzet.coverage.streets import physical_ways
from shapely import Point, box

from .scene import CRS, houses, streets

CLASSES = ("residential", "primary", "footway", "service")


@st.composite
def towns(draw):
    """Draw a few streets, houses, lamps, own places, forbidden areas and cameras on a 100 m square."""
    at = st.tuples(st.integers(0, 100), st.integers(0, 100))
    ends = draw(
        st.lists(st.tuples(at, at).filter(lambda e: e[0] != e[1]), min_size=1, max_size=5, unique=True)
    )
    known = {
        "highway": draw(st.lists(st.sampled_from(CLASSES), min_size=len(ends), max_size=len(ends))),
        "width_m": draw(
            st.lists(st.sampled_from([np.nan, 5.0, 16.0]), min_size=len(ends), max_size=len(ends))
        ),
    }
    boxes = draw(st.lists(st.tuples(at, st.integers(3, 40), st.integers(3, 40)), max_size=4))
    shapes = [box(x, y, x + wide, y + deep) for (x, y), wide, deep in boxes]
    dots = {name: draw(st.lists(at, max_size=8)) for name in ("supports", "own", "existing")}
    banned = draw(st.lists(st.tuples(at, st.integers(1, 60)), max_size=2))
    own_kinds = draw(
        st.lists(
            st.sampled_from([None, "pole", "wall"]), min_size=len(dots["own"]), max_size=len(dots["own"])
        )
    )
    frames = {
        name: gpd.GeoDataFrame({"id": range(len(dot))}, geometry=[Point(p) for p in dot], crs=CRS)
        for name, dot in dots.items()
    }
    return {
        "ways": physical_ways(streets(*ends, **known)),
        "buildings": houses(*shapes),
        "supports": frames["supports"].assign(kind="street_lamp"),
        "own": frames["own"].assign(kind=own_kinds),
        "existing": frames["existing"].assign(state="live") if draw(st.booleans()) else None,
        "forbidden": gpd.GeoDataFrame(
            geometry=[box(x, y, x + side, y + side) for (x, y), side in banned], crs=CRS
        ),
        "spacing_m": draw(st.sampled_from([0.0, 4.0, 15.0])),
    }


def judge(row, point, town, lines, half):
    """Say by simple rules, one place at a time, why it cannot be used; None where it can."""
    shapes = town["buildings"].geometry.to_list()
    if any(shapely.distance(shape, point) <= 0.15 for shape in shapes):
        return "inside_building"
    distance = [line.distance(point) for line in lines]
    if min(distance) > 25:
        return "far_from_street"
    widths = town["ways"].frame["width_m"]
    mapped = row.source in ("own", "supports") and row.support_m == row.support_m
    for far, reach, width in zip(distance, half, widths, strict=True):
        if far < reach and not (mapped and width >= 12 and 0.2 <= far <= 2):
            return "on_carriageway"
    views = [shapely.shortest_line(point, line) for line in lines if line.distance(point) <= 25]
    if row.source != "own" and all(any(view.intersects(shape) for shape in shapes) for view in views):
        return "faces_no_street"
    if any(area.intersects(point) for area in town["forbidden"].geometry):
        return "forbidden"
    if town["existing"] is not None and any(
        camera.distance(point) <= town["spacing_m"] for camera in town["existing"].geometry
    ):
        return "near_camera"
    return None


def choose_slowly(town):
    """Go through the places in order, each by itself; return those kept and the reasons of the others."""
    found = gather_places(town["ways"], town["buildings"], town["supports"], own=town["own"])
    lines, half = town["ways"].frame.geometry.to_list(), half_widths(town["ways"])
    kept, reasons = [], []
    for row in found.itertuples():
        reason = judge(row, row.geometry, town, lines, half)
        if reason is None and any(row.geometry.distance(other) <= town["spacing_m"] for other in kept):
            reason = "too_close"
        if reason is None:
            kept.append(row.geometry)
        else:
            reasons.append(reason)
    return kept, {reason: reasons.count(reason) for reason in set(reasons)}


@settings(max_examples=60)
@given(towns())
def test_the_sieve_equals_the_slow_one(town):
    """The same places are kept in the same order, and the others are counted under the same reasons."""
    kept, reasons = choose_slowly(town)
    chosen = choose_candidates(**town)
    assert (chosen.problem is None) == (len(kept) > 0)
    assert [point.coords[0] for point in chosen.places.geometry] == [point.coords[0] for point in kept]
    assert chosen.left_out == reasons


@settings(max_examples=60)
@given(towns())
def test_no_place_breaks_a_promise(town):
    """Never in a building, on a carriageway or forbidden; apart; within 2 m of a support, or flagged."""
    places = choose_candidates(**town).places
    ways, half = town["ways"].frame, half_widths(town["ways"])
    things = [*town["buildings"].geometry, *town["supports"].geometry]
    things += list(town["own"].geometry[town["own"]["kind"].notna()])
    points = places.geometry.to_list()
    for place in places.itertuples():
        assert not any(shape.contains(place.geometry) for shape in town["buildings"].geometry)
        assert not any(area.intersects(place.geometry) for area in town["forbidden"].geometry)
        on_post = place.support in ("street_lamp", "pole", "wall")
        for line, reach, width in zip(ways.geometry, half, ways["width_m"], strict=True):
            far = line.distance(place.geometry)
            assert far >= reach or (on_post and width >= 12 and far <= 2)
        near = any(thing.distance(place.geometry) <= 2 + 1e-9 for thing in things)
        assert (place.flag == "no_support_known" and np.isnan(place.support_m)) or (
            near and place.support_m <= 2
        )
    for number, point in enumerate(points):
        assert all(point.distance(other) > town["spacing_m"] for other in points[:number])
    assert set(SOURCES) == {"own", "supports", "facades", "corners"}
