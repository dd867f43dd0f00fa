"""The sheet of a unit: two pages at most, with times, reasons, turns and nothing of other units."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import geopandas as gpd
import pandas as pd
import pytest
from kuzet.coverage.errors import NotFoundError
from kuzet.coverage.results import PatrolPlan
from kuzet.maps.document import document_pdf
from kuzet.maps.document_page import document_page
from kuzet.maps.patrol_sheet import patrol_sheet
from kuzet.maps.text import LANGUAGES, say, say_time
from shapely import LineString, Point

from .conftest import MADE_AT
from .make_results import CRS, START, make_buildings, make_patrol, make_stations, make_streets
from .test_paper import make_paper_context, read_pages


def make_sheet(plan: PatrolPlan, unit: str = "Қ-1", lang: str = "en"):
    """Return the sheet of a unit of the small town."""
    return patrol_sheet(
        plan,
        unit,
        stations=make_stations(),
        streets=make_streets(),
        buildings=make_buildings(),
        context=make_paper_context(lang),
    )


def read(plan: PatrolPlan, unit: str = "Қ-1", lang: str = "en") -> str:
    """Return the text of a printed sheet with every gap as one space."""
    return re.sub(r"\s+", " ", " ".join(read_pages(document_pdf(make_sheet(plan, unit, lang)))))


def make_long_plan(stops: int, turns: int) -> PatrolPlan:
    """Return a plan in which one unit makes many stops, each at the end of many streets with long names."""
    name = "Мұхамеджан Тынышбаев атындағы көше"
    points = [Point(40 * k, 30 * (k % 9)) for k in range(stops)]
    times = [START + timedelta(minutes=10 * k) for k in range(stops + 2)]
    frame = gpd.GeoDataFrame(
        {"stop": range(stops), "name": name, "near": None, "risk": 3.0, "dwell_s": 600.0, "held": 1,
         "access_gap_m": 0.0, "cause": "hidden_by_several"}, geometry=points, crs=CRS,
    )  # fmt: skip
    visits = pd.DataFrame(
        {"unit": "u", "order": range(1, stops + 1), "stop": range(stops), "name": name, "near": None,
         "arrive": times[:stops], "leave": times[:stops], "drive_s": 60.0, "drive_m": 500.0}
    )  # fmt: skip
    legs = gpd.GeoDataFrame(
        {"unit": "u", "order": range(1, stops + 2),
         "depart": times[: stops + 1], "arrive": times[: stops + 1],
         "drive_s": 60.0, "drive_m": 500.0, "edges": [[]] * (stops + 1),
         "turns": [[[name, 90.0]] * turns] * (stops + 1)},
        geometry=[LineString([(0, 0), (10 * k + 1, 5)]) for k in range(stops + 1)], crs=CRS,
    )  # fmt: skip
    units = pd.DataFrame(
        {"id": ["u"], "station": ["st1"], "kind": ["car"], "shift_start": [START], "shift_end": [times[-1]],
         "back_at": [times[-1]], "stops": [stops], "drive_s": [1.0], "drive_m": [1.0], "dwell_s": [1.0],
         "wait_s": [0.0]}
    )  # fmt: skip
    return PatrolPlan(units, frame, visits, legs, score=1.0, upper_bound=1.0, gap=0.0, seed=0, left_out=0)


@pytest.mark.parametrize(("stops", "turns"), [(1, 1), (8, 4), (33, 15), (48, 20)])
def test_a_sheet_has_two_pages_at_most_and_every_stop(stops: int, turns: int) -> None:
    """However long the shift, all stops stand on two pages; only streets of a leg may be counted instead."""
    plan = make_long_plan(stops, turns)
    content = document_pdf(make_sheet(plan, "u"))
    pages = read_pages(content)
    assert len(pages) <= 2
    rows = re.findall(r"^(\d+) \d\d:\d\d \d\d:\d\d", "\n".join(pages), re.MULTILINE)
    assert rows == [str(k) for k in range(1, stops + 1)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_sheet_tells_times_reasons_and_turns(lang: str) -> None:
    """Arrival and departure in the zone of the run, why a unit is sent there, and the streets of the way."""
    plan = make_patrol()
    told = read(plan, lang=lang)
    first = plan.visits[plan.visits["unit"] == "Қ-1"].iloc[0]
    zone = MADE_AT.tzinfo
    for moment in (first["arrive"], first["leave"]):
        assert say_time(moment.astimezone(zone), lang) in told
    assert say("sheet.reason.blind", lang, cause=say("causes.no_camera_in_reach", lang)) in told
    assert "Өтенай көшесі 120" in told and say("sheet.secret", lang) in told
    assert say("sheet.back", lang) in told


def test_a_sheet_holds_nothing_of_other_units() -> None:
    """Neither the name nor the stops of the other unit are on the sheet."""
    plan = make_patrol(("alpha", "bravo"))
    renamed = plan.visits.assign(name=[f"{unit} street" for unit in plan.visits["unit"]])
    told = read(replace(plan, visits=renamed), "alpha")
    assert "alpha street" in told and "bravo" not in told


def test_a_repeated_stop_says_which_visit_it_is() -> None:
    """The second of two visits to one place is told as such."""
    plan = make_patrol()
    mine = plan.visits["unit"] == "Қ-1"
    same = plan.visits.assign(stop=plan.visits["stop"].where(~mine, 0))
    assert "visit 2 of" in read(replace(plan, visits=same))


def test_names_on_a_sheet_stay_text_and_an_unknown_unit_is_not_found() -> None:
    """A name with tags comes out as text in the page; a unit that is not in the plan is an error."""
    nasty = "</title><script>alert(1)</script>`${1}"
    plan = make_patrol((f"{nasty} 1", "b"), nasty)
    page = document_page(make_sheet(plan, f"{nasty} 1"))
    assert "<script" not in page and "${" not in page
    with pytest.raises(NotFoundError, match="unit_not_in_plan"):
        make_sheet(plan, "nobody")


def test_a_unit_without_stops_and_the_same_bytes_twice() -> None:
    """A unit that stays at its station has a sheet that says so; two prints are equal."""
    plan = make_patrol()
    mine = plan.visits["unit"] == "Қ-1"
    idle = replace(plan, visits=plan.visits[~mine], legs=plan.legs[plan.legs["unit"] != "Қ-1"])
    assert "No stop fits into this shift." in read(idle)
    assert document_pdf(make_sheet(plan)) == document_pdf(make_sheet(plan))
