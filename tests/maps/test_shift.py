"""The shift played over the patrol map: by hand, by key and by itself units stand where the plan has them."""

from __future__ import annotations

from datetime import timedelta

import geopandas as gpd
import pytest
from kuzet.maps.shift import played_shift

from .conftest import draw, make_context
from .make_results import START, make_patrol
from .test_paper import make_paper_context


def _open(watch, write_page, **options):
    seen = watch(**options)
    seen.open(write_page("shift", draw("patrol", make_context("en"))))
    return seen


def test_a_played_shift_holds_every_leg_with_its_times() -> None:
    """Each unit's legs are there in order, from the beginning of the shift to its end."""
    plan = make_patrol()
    told = played_shift(plan, make_paper_context("en"))
    assert told["from"] == int(START.timestamp())
    assert told["to"] == int((START + timedelta(hours=8)).timestamp())
    for unit in told["units"]:
        legs = plan.legs[plan.legs["unit"] == unit["name"]].sort_values("order")
        assert [leg[0] for leg in unit["legs"]] == [int(moment.timestamp()) for moment in legs["depart"]]
    assert [unit["short"] for unit in told["units"]] == ["1", "2"]


def test_units_stand_where_the_plan_has_them(watch, write_page) -> None:
    """Halfway through a leg a unit is halfway along it, after it at its stop, before all at its station."""
    plan = make_patrol()
    seen = _open(watch, write_page)
    leg = plan.legs[plan.legs["unit"] == "Қ-1"].iloc[0]
    middle = leg["depart"] + (leg["arrive"] - leg["depart"]) / 2
    line = leg["geometry"]
    for moment, share in ((leg["depart"], 0.0), (middle, 0.5), (leg["arrive"] + timedelta(minutes=5), 1.0)):
        seen.page.evaluate(f"kuzetShift.show({moment.timestamp()})")
        place = seen.page.evaluate("kuzetShift.places()[0]")
        # in metres: in degrees half of the way is another place
        point = gpd.GeoSeries([line.interpolate(share, normalized=True)], crs=plan.legs.crs)
        wanted = point.to_crs(4326).iloc[0]
        assert place["lng"] == pytest.approx(wanted.x, abs=3e-5)
        assert place["lat"] == pytest.approx(wanted.y, abs=3e-5)
    assert seen.page.locator(".timetable tr.now").count() >= 1
    assert seen.troubles == []


def test_the_slider_is_used_by_keys_and_says_the_time(watch, write_page) -> None:
    """Arrow and End keys move the shift; the time is told as the clock of the city shows it."""
    seen = _open(watch, write_page)
    slider = seen.page.locator(".shift-slider")
    slider.focus()
    # the shift begins at 20:00 in UTC
    assert slider.get_attribute("aria-valuetext") == seen.page.locator(".shift-clock").inner_text()
    before = slider.get_attribute("aria-valuetext")
    seen.page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == f"{before[:3]}01"
    seen.page.keyboard.press("End")
    assert seen.page.locator(".timetable tr.now").count() == 0


def test_the_shift_plays_and_stops(watch, write_page) -> None:
    """The button plays; pressed again it pauses, and the time stands."""
    seen = _open(watch, write_page)
    play = seen.page.locator(".shift-play")
    first = seen.page.locator(".shift-slider").input_value()
    play.click()
    seen.page.wait_for_timeout(600)
    assert seen.page.locator(".shift-slider").input_value() > first
    assert play.get_attribute("aria-label") == "Pause"
    play.click()
    assert play.get_attribute("aria-label") == "Play the shift"
    stood = seen.page.locator(".shift-slider").input_value()
    seen.page.wait_for_timeout(200)
    assert seen.page.locator(".shift-slider").input_value() == stood
