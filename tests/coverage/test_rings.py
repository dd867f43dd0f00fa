"""Likelihood over distance: few steps that keep the expected area, and the mean over headings."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage import rings
from kuzet.coverage.optics import Optics
from kuzet.coverage.rings import MOST_RINGS, RING_COLUMNS, Reach, ring_profile
from shapely import box

from .scene import fixed, houses, measure, streets

CLASSES = {"coarse": 12.5, "fine": 62.5}

reach = st.builds(
    Reach,
    st.builds(Optics, st.floats(15, 360), st.floats(800, 6000)),
    st.just(0.0) | st.floats(0.5, 12),
    st.just(math.inf) | st.floats(10, 80),
    st.just(0.2),
)


def share_of_headings(reach, density, distance):
    """Return the share of 20,000 headings with which a place at a distance is in the picture."""
    turn = np.linspace(-np.pi, np.pi, 20_001)[:-1] + 1e-6
    half = math.radians(reach.optics.hfov_deg) / 2
    if reach.optics.hfov_deg > 120:
        held = (np.abs(turn) <= half) & (reach.near_m <= distance <= reach.far_m)
        depth = np.full(len(turn), distance)
        pixels = reach.optics.pixels_across / (2 * half * distance)
    else:
        depth = distance * np.cos(turn)
        held = (np.abs(turn) <= half) & (depth >= reach.near_m) & (depth <= reach.far_m)
        pixels = reach.optics.pixels_across / (2 * math.tan(half) * np.maximum(depth, 1e-9))
    return float((held & (pixels >= density)).mean())


@settings(max_examples=60, deadline=None)
@given(st.lists(reach, min_size=1, max_size=5))
def test_rings_are_few_and_touch(reaches):
    """Each class has at most MOST_RINGS rings, sorted, that touch, each with a likelihood of at most 1."""
    profile = ring_profile(reaches, CLASSES)
    assert list(profile.columns) == RING_COLUMNS
    for _, mine in profile.groupby("quality"):
        assert len(mine) <= MOST_RINGS
        assert (mine["outer_m"] > mine["inner_m"]).all()
        assert np.array_equal(mine["outer_m"].to_numpy()[:-1], mine["inner_m"].to_numpy()[1:])
        assert mine["probability"].between(0, 1 + 1e-12).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(reach, min_size=1, max_size=3))
def test_rings_end_where_the_last_possibility_ends(reaches):
    """Inside the innermost and beyond the outermost ring no heading holds a place; just within, some may."""
    profile = ring_profile(reaches, CLASSES)
    for name, density in CLASSES.items():
        mine = profile[profile["quality"] == name]
        possible = [
            (r.near_m, min(r.far_m, r.optics.reach(density)), r.optics)
            for r in reaches
            if min(r.far_m, r.optics.reach(density)) > r.near_m
        ]
        if not possible:
            assert not len(mine)
            continue
        first = min(near for near, _, _ in possible)
        last = max(
            far / math.cos(math.radians(o.hfov_deg) / 2) if o.hfov_deg <= 120 else far
            for _, far, o in possible
        )
        assert mine["inner_m"].min() == pytest.approx(first, abs=1e-9)
        assert mine["outer_m"].max() == pytest.approx(last)


@settings(max_examples=10, deadline=None)
@given(st.lists(reach, min_size=1, max_size=2), st.sampled_from(list(CLASSES)))
def test_rings_keep_the_expected_area(reaches, quality):
    """Likelihood times area, summed over the rings, is that of trying 20,000 headings at 300 distances."""
    profile = ring_profile(reaches, CLASSES).query("quality == @quality")
    told = (profile["probability"] * (profile["outer_m"] ** 2 - profile["inner_m"] ** 2)).sum()
    if not len(profile):
        return
    edges = np.linspace(0, profile["outer_m"].max() * 1.001, 301)
    middle = np.sqrt((edges[1:] ** 2 + edges[:-1] ** 2) / 2)
    share = sum(
        r.weight * np.array([share_of_headings(r, CLASSES[quality], d) for d in middle]) for r in reaches
    )
    assert told == pytest.approx((share * np.diff(edges**2)).sum(), rel=0.02)


@settings(max_examples=60, deadline=None)
@given(st.lists(reach, min_size=1, max_size=5))
def test_joining_steps_keeps_the_expected_area(reaches):
    """However many steps are joined, likelihood times area of each class stays as it was, to a millionth."""
    few = ring_profile(reaches, CLASSES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rings, "MOST_RINGS", 1000)
        many = ring_profile(reaches, CLASSES)
    areas = [
        (p["probability"] * (p["outer_m"] ** 2 - p["inner_m"] ** 2)).groupby(p["quality"]).sum()
        for p in (few, many)
    ]
    assert areas[0].to_dict() == pytest.approx(areas[1].to_dict(), rel=1e-6)


@settings(max_examples=100, deadline=None)
@given(
    st.floats(15, 120),
    st.floats(800, 6000),
    st.just(0.0) | st.floats(0.5, 12),
    st.just(math.inf) | st.floats(20, 80),
)
def test_a_picture_covers_its_trapezium(hfov, pixels, near, far):
    """One flat picture's expected area is the trapezium it covers on the ground, within 3 in 1,000."""
    optics = Optics(hfov, pixels)
    end = min(far, optics.reach(12.5))
    if end <= near:
        return
    profile = ring_profile([Reach(optics, near, far, 1.0)], {"coarse": 12.5})
    told = np.pi * (profile["probability"] * (profile["outer_m"] ** 2 - profile["inner_m"] ** 2)).sum()
    assert told == pytest.approx((end**2 - near**2) * math.tan(math.radians(hfov) / 2), rel=3e-3)


SITUATIONS = [
    fixed((50, 3), np.nan, height_m=5.0, tilt_deg=18.0),
    fixed((40, -6), np.nan, height_m=3.0, tilt_deg=np.nan, hfov_deg=100.0, pixels_across=3840.0),
    fixed((70, 12), np.nan, height_m=6.0, tilt_deg=30.0, hfov_deg=50.0, pixels_across=2560.0),
    fixed((20, 20), np.nan, hfov_deg=30.0, pixels_across=2560.0),
    fixed((55, -15), np.nan, hfov_deg=200.0, pixels_across=3840.0),
]


@pytest.mark.parametrize(("seed", "row"), list(enumerate(SITUATIONS)))
def test_expected_metres_are_the_mean_over_headings(seed, row):
    """Past houses, dead zone and all, on random streets: mid is the mean over 120 headings, within 2%."""
    random = np.random.default_rng(seed)
    roads = streets([(0, 0), (100, 0)], *random.uniform(-20, 120, (4, 2, 2)))
    shapes = houses(box(10, 4, 25, 12), box(60, -12, 75, -3), height_m=[9.0, 20.0])
    expected = measure(roads, [row], shapes, seen_at="detect").seen_m["live"]["mid"]
    rows = [row | {"id": f"h{turn}", "heading_deg": 3.0 * turn + 0.7} for turn in range(120)]
    known = measure(roads, rows, shapes, seen_at="detect")
    assert (known.cameras["seen_low_m"] == known.cameras["seen_high_m"]).all()
    assert expected > 5
    assert expected == pytest.approx(known.cameras["seen_low_m"].mean(), rel=0.02)
