"""What if: changes made to a copy of the register, their faults told all at once."""

import geopandas as gpd
import pytest
from kuzet.coverage.catalogue import MODELS
from kuzet.coverage.cover import measure_coverage
from kuzet.coverage.scenarios import Change, ChangesError, apply_changes, check_changes, named_cameras
from kuzet.coverage.schema import CAMERAS, check_frame
from kuzet.coverage.update import changed_cameras, update_coverage
from pandas.testing import assert_frame_equal
from shapely import Point, box

from .same import assert_same_coverage

AREA = box(-50, -50, 250, 150)
EVERY = [
    Change("add", place=(100.0, 5.0), heading_deg=0.0),
    Change("move", "east", (3.0, 0.0)),
    Change("turn", "east", heading_deg=80.0),
    Change("set", "new-1", state="archive", model="panorama 8 MP", height_m=4.5),
    Change("add", "gate", (190.0, 0.0), 270.0, "registered", "ANPR 8 mm 2 MP", 6.0),
    Change("remove", "gate"),
]


def test_every_kind_of_change_is_made(town):
    """Added, moved, turned, set and removed: the frame says so, is sound, and the register is as it was."""
    before = town.cameras.copy()
    out = apply_changes(town.cameras, EVERY, area=AREA)
    assert_frame_equal(town.cameras, before)
    assert check_frame(out, CAMERAS) == []
    assert out["id"].tolist() == ["east", "new-1"]
    east, new = out.iloc[0], out.iloc[1]
    assert (east.geometry, east["heading_deg"], east["focal_mm"]) == (Point(3, 0), 80.0, 4.0)
    model = MODELS["panorama 8 MP"]
    assert (new["state"], new["kind"], new["height_m"]) == ("archive", model.kind, 4.5)
    assert (new["hfov_deg"], new["pixels_across"]) == (model.optics.hfov_deg, model.optics.pixels_across)
    assert named_cameras(town.cameras, EVERY) == ["new-1", "east", "gate"]


def test_what_a_change_says_is_no_longer_assumed(town):
    """A state that was set is neither assumed nor made up; what was not touched still is."""
    cameras = town.cameras.assign(
        assumed=[["state", "kind"]], synthetic=[["state"]], headings_deg=["180;270"]
    )
    out = apply_changes(
        cameras, [Change("set", "east", state="offline"), Change("turn", "east", heading_deg=100.0)]
    )
    assert (out["assumed"].iloc[0], out["synthetic"].iloc[0]) == (["kind"], [])
    # a head with several lenses turns as a whole
    assert out["headings_deg"].iloc[0] == "190;280"
    assert cameras["assumed"].iloc[0] == ["state", "kind"]


def test_all_faults_are_told_with_their_place(town):
    """Each faulty change of a list is told by its number, field and reason; nothing is made."""
    changes = [
        Change("move", "east"),
        Change("move", "nobody", (0.0, 0.0)),
        Change("add", "east", (0.0, 0.0)),
        Change("add", place=(1e6, 0.0), model="no such"),
        Change("turn", "east", heading_deg=400.0),
        Change("set", "east"),
        Change("remove", "east", heading_deg=1.0),
        Change("turn", "east", heading_deg=10.0),
        Change("add", "x", (float("nan"), 0.0), state="asleep", height_m=0.0),
        Change("fly", "east"),  # pyright: ignore[reportArgumentType]
    ]
    told = [
        (fault.change, fault.field, fault.reason) for fault in check_changes(town.cameras, changes, area=AREA)
    ]
    assert told == [
        (1, "place", "missing"),
        (2, "camera", "unknown_camera"),
        (3, "camera", "camera_twice"),
        (4, "place", "outside_city"),
        (4, "model", "unknown_word"),
        (5, "heading_deg", "out_of_range"),
        (6, "state", "nothing_set"),
        (7, "heading_deg", "not_used"),
        (8, "camera", "unknown_camera"),
        (9, "place", "not_finite"),
        (9, "height_m", "out_of_range"),
        (9, "state", "unknown_word"),
        (10, "action", "unknown_word"),
        (10, "camera", "unknown_camera"),
    ]
    with pytest.raises(ChangesError) as raised:
        apply_changes(town.cameras, changes, area=AREA)
    assert raised.value.code == "changes_wrong"
    assert len(raised.value.facts["faults"]) == len(told)


def test_a_camera_in_a_building_is_told_as_any_other(town):
    """A step into a house it is set off the wall; deep inside a large one it is left out, with the reason."""
    coverage = measure_coverage(town.streets, town.buildings, town.cameras)
    large = gpd.GeoDataFrame(
        {"id": ["A"], "name": [None], "height_m": [9.0]}, geometry=[box(0, 20, 100, 120)], crs=town.crs
    )
    for buildings, place, excluded in (
        (town.buildings, (50.0, 11.0), None),
        (large, (50.0, 70.0), "inside_building"),
    ):
        out = apply_changes(town.cameras, [Change("add", "x", place, 180.0)])
        seen = update_coverage(coverage, buildings, out, changed=["x"]).cameras.iloc[1]
        assert (seen["moved_m"] > 0, seen["excluded"]) == (excluded is None, excluded)


def test_an_empty_register_takes_a_camera(town):
    """The first camera of a city can be tried out too."""
    out = apply_changes(town.cameras.iloc[:0], [Change("add", place=(0.0, 0.0), heading_deg=90.0)])
    assert out["id"].tolist() == ["new-1"]
    assert out.crs == town.crs
    assert measure_coverage(town.streets, town.buildings, out).seen_m["live"]["mid"] > 0


def test_a_scenario_equals_measuring_anew(sample_analysis):
    """On the sample city: changes of every kind, brought up to date, are what measuring everything gives."""
    city = sample_analysis
    live = city.cameras[city.cameras["state"] == "live"]
    one, two, three, four = live["id"].iloc[[3, 20, 40, 60]]
    x, y = live.geometry.iloc[3].x, live.geometry.iloc[3].y
    changes = [
        Change("move", one, (x + 30, y + 10)),
        Change("turn", two, heading_deg=123.0),
        Change("remove", three),
        Change("set", four, state="offline"),
        Change("add", place=(x, y), heading_deg=45.0),
    ]
    cameras = apply_changes(city.cameras, changes)
    named = named_cameras(city.cameras, changes)
    assert changed_cameras(city.coverage, cameras)[0] == set(named) - {three}
    updated = update_coverage(city.coverage, city.buildings, cameras, changed=named)
    assert_same_coverage(updated, measure_coverage(city.streets, city.buildings, cameras))
