"""What is known of a camera becomes looks whose likelihoods add up: presets share time, heads do not."""

import numpy as np
import pytest
from kuzet.coverage.looks import possible_looks
from kuzet.coverage.results import LEVELS

from .scene import fixed, measure, register, seen_parts, streets

CLASSES = {"coarse": 12.5, "seen": 62.5}
STAR = streets([(0, 0), (100, 0)], [(0, 0), (0, 100)], [(0, 0), (-100, 0)], [(0, 0), (0, -100)])
RANGE = 1920 / (2 * 62.5 * np.tan(np.radians(67.743 / 2)))


def looks(*rows):
    """Return the looks of cameras."""
    return possible_looks(register(*rows), classes=CLASSES, seen_at="seen")


@pytest.mark.parametrize("more", ["90", "90;180", "90;180;270", "350;0.5;10;20"])
def test_presets_share_the_time(more):
    """However many presets, each has the same share, and all together 1."""
    row = fixed((0, 0), 0.0, kind="panning", headings_deg=more)
    wedges = looks(row).wedges
    shares = wedges.groupby("guess")["weight"].first()
    assert len(shares) == 1 + len(more.split(";"))
    assert shares.nunique() == 1
    assert shares.sum() == pytest.approx(1)


def test_shares_add_up_whatever_is_unknown():
    """Unknown lens, pixels, height and several presets: the shares of all possibilities add up to 1."""
    row = fixed((0, 0), 10.0, kind="panning", headings_deg="120;240", pixels_across=np.nan, height_m=np.nan)
    unknown = fixed((0, 0), 10.0, hfov_deg=np.nan, pixels_across=np.nan, height_m=12.0)
    wedges = looks(row, unknown).wedges
    shares = wedges.drop_duplicates(["camera", "guess"]).groupby("camera")["weight"].sum()
    assert shares.tolist() == pytest.approx([1, 1])


def test_reach_and_expected_watch_are_apart():
    """Two presets see both streets half of the time: the reach is their sum, the expectation half of it."""
    row = fixed((0, 0), 0.0, kind="panning", headings_deg="90")
    coverage = measure(STAR, [row])
    assert coverage.seen_m["live"] == pytest.approx({"low": 0, "mid": RANGE, "high": 2 * RANGE})
    told = coverage.panning["live"]
    assert told == pytest.approx({"cameras": 1, "potential_m": 2 * RANGE, "expected_m": RANGE})
    assert coverage.panning["offline"] == {"cameras": 0, "potential_m": 0, "expected_m": 0}


def test_overlapping_presets_add_up():
    """Where two of three presets look, a place is watched two thirds of the time."""
    row = fixed((0, 0), 90.0, kind="panning", headings_deg="100;0")
    coverage = measure(STAR, [row])
    told = coverage.pieces.groupby(coverage.pieces["live_mid"].round(6))["length_m"].sum()
    axis, turned = RANGE, RANGE / np.cos(np.radians(10))
    assert told[round(2 / 3, 6)] == pytest.approx(axis, abs=1e-6)
    assert told[round(1 / 3, 6)] == pytest.approx(axis + turned - axis, abs=1e-6)


def test_without_presets_a_panning_camera_shares_the_full_turn():
    """Near by, each place is watched hfov / 360 of the time, and the reach is all round."""
    row = fixed((0, 0), np.nan, kind="panning")
    coverage = measure(STAR, [row])
    near = coverage.pieces[coverage.pieces["from_m"] < 1]
    assert near["live_mid"].tolist() == pytest.approx([67.743 / 360] * 4, rel=2e-3)
    corner = RANGE / np.cos(np.radians(67.743 / 2))
    assert coverage.panning["live"]["potential_m"] == pytest.approx(4 * corner)
    assert coverage.panning["live"]["expected_m"] == pytest.approx(coverage.seen_m["live"]["mid"])
    assert coverage.seen_m["live"]["low"] == 0
    assert "heading_deg" not in coverage.assumed


def test_one_heading_does_not_hold_a_panning_camera():
    """A panning camera with one heading on record still turns: that heading was a moment's."""
    one = measure(STAR, [fixed((0, 0), 90.0, kind="panning")])
    none = measure(STAR, [fixed((0, 0), np.nan, kind="panning")])
    assert one.seen_m["live"] == pytest.approx(none.seen_m["live"])


def test_a_head_of_several_lenses_looks_all_ways_at_once():
    """The same two headings on a fixed head: both streets for certain, and nothing is panning."""
    coverage = measure(STAR, [fixed((0, 0), 0.0, headings_deg="90")])
    assert coverage.seen_m["live"] == pytest.approx(dict.fromkeys(LEVELS, 2 * RANGE))
    assert coverage.panning["live"]["cameras"] == 0


def test_what_a_panning_camera_sees_is_apart_from_the_others():
    """Beside a fixed camera on the same street, the panning one's own metres stay its own."""
    turning = fixed((0, 0), 0.0, kind="panning", headings_deg="90", id="turns")
    coverage = measure(STAR, [turning, fixed((0, 0), 90.0, id="stays")])
    assert coverage.panning["live"] == pytest.approx(
        {"cameras": 1, "potential_m": 2 * RANGE, "expected_m": RANGE}
    )
    assert coverage.seen_m["live"] == pytest.approx(
        {"low": RANGE, "mid": RANGE + RANGE / 2, "high": 2 * RANGE}
    )


def test_an_unknown_tilt_has_a_dead_zone_and_no_end():
    """The upper edge of the picture is on the horizon: the picture begins where the lower edge points."""
    row = fixed((0, 0), 90.0, height_m=6.0, tilt_deg=np.nan, pixels_across=20000.0)
    parts = seen_parts(measure(STAR, [row]))
    vfov = 2 * np.degrees(np.arctan(np.tan(np.radians(67.743 / 2)) * 9 / 16))
    assert [part[1:] for part in parts] == [(pytest.approx(4.3 / np.tan(np.radians(vfov)), abs=1e-6), 100.0)]


def test_what_was_assumed_is_told():
    """Each answer lists what was assumed and for how many cameras."""
    rows = [
        fixed((0, 0), np.nan, id="a"),
        fixed((0, 0), 0.0, id="b", height_m=np.nan),
        fixed((0, 0), 0.0, id="c", hfov_deg=np.nan, tilt_deg=np.nan),
        fixed((0, 0), np.nan, id="d", kind="panorama", hfov_deg=np.nan, pixels_across=np.nan),
    ]
    told = measure(STAR, rows).assumed
    assert told["heading_deg"] == 1
    assert told["height_m"] == 1
    assert told["tilt_deg"] == 1
    assert told["pixels_across"] == 1
    assert told["lens"] == 2
