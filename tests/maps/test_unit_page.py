"""The page of a unit for its telephone: the next stop, no network, nothing of other units."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from kuzet.maps.text import LANGUAGES, say
from kuzet.maps.unit_page import unit_page

from .make_results import START, make_patrol, make_stations, make_streets
from .test_paper import make_paper_context

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def draw_unit(plan=None, unit: str = "Қ-1", lang: str = "en") -> str:
    """Return the page of a unit of the small town."""
    return unit_page(
        plan or make_patrol(),
        unit,
        stations=make_stations(),
        streets=make_streets(),
        context=make_paper_context(lang),
    )


@pytest.fixture
def phone(watch, write_page):
    """Return a function that opens a page on a telephone whose clock shows a moment."""

    def open_at(moment: datetime, html: str):
        seen = watch(**PHONE)
        seen.page.clock.install(time=moment)
        seen.page.goto(write_page("unit", html))
        return seen

    return open_at


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_holds_its_stops_without_any_script(lang: str) -> None:
    """Stops, times and reasons are in the page itself, in its language, and nothing is fetched."""
    html = draw_unit(lang=lang)
    visits = make_patrol().visits
    assert html.count("<li data-stop>") == int((visits["unit"] == "Қ-1").sum())
    assert f'<html lang="{lang}"' in html and say("unit.done", lang) in html
    assert say("sheet.reason.blind", lang, cause=say("causes.no_camera_in_reach", lang)) in html
    assert not re.search(r'(?:src|href)="(?!#)', html)
    assert "connect-src 'none'" in html and "default-src 'none'" in html


def test_nothing_of_another_unit_is_in_the_page() -> None:
    """Neither the name, nor the stops, nor the places of the other unit can be read from it."""
    plan = make_patrol(("alpha", "bravo"))
    renamed = replace(plan, visits=plan.visits.assign(name=[f"{unit} road" for unit in plan.visits["unit"]]))
    html = draw_unit(renamed, "alpha")
    assert "alpha road" in html and "bravo" not in html
    found = re.search(r'id="unit">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    told = json.loads(found.group(1))
    assert len(told["stops"]) == int((plan.visits["unit"] == "alpha").sum())


def test_done_goes_to_the_next_stop_and_is_kept(phone) -> None:
    """Each press shows the next stop, back returns, opening anew goes on, and the end is told; no network."""
    seen = phone(START, draw_unit())
    seen.page.context.set_offline(True)
    page = seen.page
    assert page.locator("#number").inner_text() == "1"
    page.locator("#done").tap()
    assert page.locator("#number").inner_text() == "2"
    assert page.locator("[data-stop].past").count() == 1
    page.locator("#back").tap()
    assert page.locator("#number").inner_text() == "1"
    stops = page.locator("[data-stop]").count()
    for _ in range(stops - 1):
        page.locator("#done").tap()
    page.reload()
    assert page.locator("#number").inner_text() == str(stops)
    page.locator("#done").tap()
    assert page.locator("#next").is_hidden() and page.locator("#end").is_visible()
    assert page.locator("#done").is_disabled()
    assert seen.troubles == []


def test_the_page_says_in_how_long_and_how_late(phone) -> None:
    """Before arrival the minutes left, during the stay those to stay, after it the delay."""
    plan = make_patrol()
    visit = plan.visits[plan.visits["unit"] == "Қ-1"].iloc[0]
    arrive, leave = (moment.to_pydatetime().astimezone(UTC) for moment in (visit["arrive"], visit["leave"]))
    for moment, told in (
        (arrive - timedelta(minutes=7), "in 7 min"),
        (leave - timedelta(minutes=3), "stay 3 min more"),
        (leave + timedelta(minutes=8), "20 min behind the plan"),
        (arrive + timedelta(days=3), ""),
    ):
        seen = phone(moment, draw_unit(plan))
        assert seen.page.locator("#left").inner_text() == told


def test_buttons_are_large_and_any_stop_can_be_chosen(phone) -> None:
    """A thumb finds the buttons, and a tap on a stop of the list makes it the next."""
    seen = phone(START, draw_unit())
    for name in ("#done", "#back"):
        box = seen.page.locator(name).bounding_box()
        assert box["height"] >= 48 and box["y"] + box["height"] <= 844
    seen.page.locator("[data-stop] button").nth(2).tap()
    assert seen.page.locator("#number").inner_text() == "3"
    assert seen.page.locator("#geo").get_attribute("href").startswith("geo:45.0")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_names_stay_text(phone) -> None:
    """A name with tags and scripts shows as it is written and runs nothing."""
    nasty = "</script><img src=x onerror=alert(1)>`${alert(2)}"
    plan = make_patrol((f"{nasty} 1", "b"), nasty)
    seen = phone(START, draw_unit(plan, f"{nasty} 1"))
    assert seen.page.locator("#name").inner_text() == nasty
    assert seen.dialogs == [] and seen.troubles == []


def test_a_unit_without_stops_has_a_page(phone) -> None:
    """A unit that stays at its station is told so."""
    plan = make_patrol()
    mine = plan.visits["unit"] == "Қ-1"
    idle = replace(plan, visits=plan.visits[~mine], legs=plan.legs[plan.legs["unit"] != "Қ-1"])
    seen = phone(START, draw_unit(idle))
    assert seen.page.get_by_text(say("sheet.none", "en")).is_visible()
    assert seen.troubles == []
