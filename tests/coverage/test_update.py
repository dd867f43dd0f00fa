"""A coverage brought up to date equals one measured anew."""

import geopandas as gpd
import pandas as pd
import pytest
from kuzet.coverage.conditions import Conditions
from kuzet.coverage.cover import measure_coverage
from kuzet.coverage.update import changed_cameras, update_coverage

from .same import assert_same_coverage


def turn_one(cameras):
    """Turn a camera round."""
    out = cameras.copy()
    out.loc[20, "heading_deg"] = 200.0
    return out, {out["id"].iloc[20]}


def move_one(cameras):
    """Hang a camera elsewhere."""
    out = cameras.copy()
    out.loc[100, "geometry"] = out.geometry.iloc[3]
    return out, {out["id"].iloc[100]}


def remove_two(cameras):
    """Take two cameras down."""
    return cameras.drop(index=[5, 150]).reset_index(drop=True), set()


def add_one(cameras):
    """Hang one camera more, in the middle of the register."""
    new = cameras.iloc[[60]].assign(id="new", heading_deg=10.0, state="live", kind="fixed")
    out = pd.concat([cameras.iloc[:90], new, cameras.iloc[90:]], ignore_index=True)
    return gpd.GeoDataFrame(out, crs=cameras.crs), {"new"}


def switch_off(cameras):
    """Mark a tenth of the cameras offline."""
    out = cameras.copy()
    out.loc[::10, "state"] = "offline"
    return out, set(out["id"][out["state"] != cameras["state"]])


def sort_anew(cameras):
    """Turn the register upside down, and one camera with it."""
    out = cameras.iloc[::-1].reset_index(drop=True)
    return turn_one(out)


@pytest.mark.parametrize("change", [turn_one, move_one, remove_two, add_one, switch_off, sort_anew])
def test_an_update_equals_measuring_anew(sample_analysis, change):
    """Cameras turned, moved, added, removed, switched off: the same answer, bit for bit."""
    city = sample_analysis
    cameras, changed = change(city.cameras)
    found, _ = changed_cameras(city.coverage, cameras)
    assert found == changed
    anew = measure_coverage(city.streets, city.buildings, cameras)
    updated = update_coverage(city.coverage, city.buildings, cameras)
    assert_same_coverage(updated, anew)
    named = update_coverage(city.coverage, city.buildings, cameras, changed=changed)
    assert_same_coverage(named, updated, exactly=True)
    assert updated.seen_m != city.coverage.seen_m or change is sort_anew


def test_an_update_keeps_the_question(town):
    """Ladder, class and conditions are those of the coverage that is brought up to date."""
    night = Conditions(light="night")
    asked = {"ladder": "2025", "seen_at": "outline", "conditions": night}
    before = measure_coverage(town.streets, town.buildings, town.cameras.iloc[:0], **asked)
    anew = measure_coverage(town.streets, town.buildings, town.cameras, **asked)
    assert_same_coverage(update_coverage(before, town.buildings, town.cameras), anew)
    assert changed_cameras(anew, town.cameras.iloc[:0]) == (set(), set(town.cameras["id"]))


def test_nothing_changed_changes_nothing(sample_analysis):
    """With the register as it was the answer is the same, bit for bit."""
    city = sample_analysis
    assert_same_coverage(
        update_coverage(city.coverage, city.buildings, city.cameras), city.coverage, exactly=True
    )
