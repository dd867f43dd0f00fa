"""Optics and height against numbers worked out by hand."""

import math

import pytest
from kuzet.coverage.catalogue import MODELS, plausible_optics
from kuzet.coverage.errors import InvalidInputError
from kuzet.coverage.optics import (
    LADDERS,
    Optics,
    far_edge,
    field_of_view,
    ladder_of,
    near_edge,
    pixel_density,
    range_at,
    vertical_field,
)

from .scene import fixed, measure, streets


@pytest.mark.parametrize(
    ("density", "metres"),
    [(12.5, 114.413), (25, 57.207), (62.5, 22.883), (125, 11.441), (250, 5.720), (1000, 1.430)],
)
def test_ranges_of_a_4_mm_lens(density, metres):
    """F 4 mm, w 5.37 mm, 1920 px reaches each density of 2014 at the published distance."""
    lens = {"focal_mm": 4, "sensor_width_mm": 5.37, "pixels_across": 1920}
    assert range_at(density, **lens) == pytest.approx(metres, abs=1e-3)
    assert pixel_density(range_at(density, **lens), **lens) == pytest.approx(density)
    optics = Optics(float(field_of_view(4, 5.37)), 1920)
    assert optics.reach(density) == pytest.approx(metres, abs=1e-3)
    assert optics.farthest(density) == pytest.approx(metres / math.cos(math.radians(67.743 / 2)), abs=2e-3)


@pytest.mark.parametrize(
    ("density", "metres"),
    [(12.5, 89.60), (25, 44.80), (62.5, 17.92), (125, 8.96), (250, 4.48), (1000, 1.12), (20, 56.00), (40, 28.00),  # noqa: E501
     (80, 14.00), (500, 2.24), (1500, 0.75)],
)  # fmt: skip
def test_ranges_of_a_28_mm_lens(density, metres):
    """F 2.8 mm, w 4.8 mm, 1920 px: both ladders, to the last digit given."""
    assert range_at(density, focal_mm=2.8, sensor_width_mm=4.8, pixels_across=1920) == pytest.approx(
        metres, abs=5e-3
    )


def test_fields_of_view():
    """Field of view follows 2 atan(w / 2f)."""
    assert field_of_view(4, 5.37) == pytest.approx(67.743, abs=5e-4)
    assert field_of_view(2.8, 4.8) == pytest.approx(81.20, abs=5e-3)
    assert vertical_field(67.743) == pytest.approx(
        2 * math.degrees(math.atan(math.tan(math.radians(33.8715)) * 9 / 16))
    )


def test_dead_zone():
    """Masts of 6 m and 4 m: near and far edges on the ground and at head height."""
    assert near_edge(6, 15, 50) == pytest.approx(7.15, abs=5e-3)
    assert near_edge(6, 15, 50, target_m=1.7) == pytest.approx(5.12, abs=5e-3)
    assert near_edge(4, 30, 41.363) == pytest.approx(3.276, abs=5e-4)
    assert far_edge(4, 30, 41.363) == pytest.approx(24.377, abs=5e-3)
    assert math.isinf(far_edge(6, 15, 50))
    assert near_edge(6, 80, 40) == 0
    assert math.isinf(near_edge(6, -30, 40))
    assert near_edge(1.5, 10, 40, target_m=1.7) == 0


def test_a_fisheye_spreads_its_pixels_over_the_angle():
    """A panorama of 3840 px over the full turn meets 62.5 px/m on a circle of 9.78 m."""
    panorama = MODELS["panorama 8 MP"].optics
    assert not panorama.rectilinear
    assert panorama.reach(62.5) == pytest.approx(3840 / (2 * math.pi * 62.5))
    assert panorama.farthest(62.5) == panorama.reach(62.5)


def test_ladders_grow_and_are_checked():
    """Both ladders climb; unknown names are refused with what is known."""
    for classes in LADDERS.values():
        assert list(classes.values()) == sorted(classes.values())
    assert ladder_of("2014")[1] == "observe"
    assert ladder_of("2025", "outline")[1] == "outline"
    with pytest.raises(InvalidInputError, match="unknown_ladder"):
        ladder_of("1999")
    with pytest.raises(InvalidInputError, match="unknown_class"):
        ladder_of("2014", "outline")


def test_what_is_known_narrows_the_guesses():
    """A stated lens, field or pixel count leaves fewer possible optics, and one where all is known."""
    assert len(plausible_optics(None, None, None, None, None)) == 6
    assert len(plausible_optics("fixed", None, 4.0, 5.37, None)) == 2
    assert plausible_optics("fixed", None, 4.0, 5.37, 1920) == [Optics(float(field_of_view(4.0, 5.37)), 1920)]
    assert plausible_optics("fixed", 45.0, None, None, 1920) == [Optics(45.0, 1920)]
    assert {o.hfov_deg for o in plausible_optics("panorama", None, None, None, None)} == {360.0}
    assert len(plausible_optics("panning", None, None, None, 1920)) == 1
    assert len(plausible_optics("anpr", None, None, None, 1920)) == 2


@pytest.mark.parametrize(
    ("ladder", "seen_at"), [(name, quality) for name in LADDERS for quality in LADDERS[name]]
)
def test_every_class_of_both_ladders_reaches_as_far_on_the_street(ladder, seen_at):
    """F 2.8 mm, w 4.8 mm: the metres seen straight ahead are the ranges of the golden table."""
    golden = {12.5: 89.60, 20: 56.00, 25: 44.80, 40: 28.00, 62.5: 17.92, 80: 14.00, 125: 8.96, 250: 4.48,
              500: 2.24, 1000: 1.12, 1500: 0.75}  # fmt: skip
    row = fixed((0, 0), 90.0, hfov_deg=float(field_of_view(2.8, 4.8)))
    coverage = measure(streets([(0, 0), (150, 0)]), [row], ladder=ladder, seen_at=seen_at)
    assert coverage.seen_m["live"]["low"] == pytest.approx(golden[LADDERS[ladder][seen_at]], abs=5e-3)


def test_a_circle_overstates_a_cone():
    """The plain circle beside a cone of 170 degrees overstates it by 360 / 170, before any building."""
    spokes = [
        ((0, 0), (100 * math.sin(a), 100 * math.cos(a))) for a in [math.radians(k + 0.5) for k in range(360)]
    ]
    row = fixed((0, 0), 90.0, kind="panorama", hfov_deg=170.0, pixels_across=1000.0)
    coverage = measure(streets(*spokes), [row])
    assert coverage.circle_m / coverage.seen_m["live"]["low"] == pytest.approx(360 / 170, rel=1e-3)


def test_flat_pictures_reach_farther_at_their_edges():
    """At the edge of the picture the range is 1 / cos(hfov / 2) of that on the axis: no circular sector."""
    edge = math.radians(67.743 / 2 - 0.01)
    axis, side = (
        measure(streets([(0, 0), (150 * math.sin(a), 150 * math.cos(a))]), [fixed((0, 0), 0.0)]).seen_m[
            "live"
        ]["low"]
        for a in (0.0, edge)
    )
    assert side / axis == pytest.approx(1 / math.cos(edge), rel=1e-6)
