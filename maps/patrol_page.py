"""The patrol map: a colour, arrows and numbered stops for each unit, and its timetable beside the map."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import geopandas as gpd

from ..coverage.results import Coverage, PatrolPlan
from .coverage_page import condition_notes
from .frames import present, records
from .page_frame import Figure, Page, PageContext, draw_page, render_answer
from .patrol_layers import station_layer, unit_layer, unvisited_layer
from .patrol_times import in_zone
from .patrol_words import say_statements
from .shift import played_shift
from .street_layers import blind_streets
from .style import INK, QUIET_BLIND, route_style, text_on
from .text import say_date, say_hours, say_metres, say_minutes, say_number, say_share, say_time
from .words import conditions_words, street_name, word


def patrol_page(
    plan: PatrolPlan, *, stations: gpd.GeoDataFrame, coverage: Coverage | None, context: PageContext
) -> str:
    """Draw the routes of a shift.

    Parameters
    ----------
    plan : PatrolPlan
        Timed routes.
    stations : GeoDataFrame
        `id`, `name`, points in any system.
    coverage : Coverage
        Its blind streets are drawn quietly underneath, so that it shows why units go where they go.
    context : PageContext
        For whom.

    Returns
    -------
    str
        A complete page.
    """
    plan = in_zone(plan, context.made_at.tzinfo)
    units = records(plan.units)
    layers = [unit_layer(place, unit, plan, context) for place, unit in enumerate(units)]
    layers += [station_layer(stations, context), unvisited_layer(plan, context)]
    if coverage is not None:
        layers.append(blind_streets(coverage, context, QUIET_BLIND))
    names = {str(row["id"]): row.get("name") for row in records(stations)}
    answer = render_answer(
        "patrol.html",
        context,
        units=[_timetable(place, unit, names, plan, context) for place, unit in enumerate(units)],
        bound=context.say(
            "patrol.bound",
            score=say_number(plan.score, context.lang, digits=2),
            bound=say_number(plan.upper_bound, context.lang, digits=2),
            gap=say_share(plan.gap, context.lang, digits=1),
        ),
        left=context.say("patrol.left", count=plan.left_out, weighed=len(plan.stops))
        if plan.left_out
        else "",
        held=say_statements(plan.statements, context.lang),
    )
    page = Page(
        "patrol",
        _figures(plan, units, context),
        layers,
        answer,
        streets=coverage.ways if coverage is not None else _leg_streets(plan),
        notes=[
            context.say("patrol.drawn", seed=str(plan.seed)),
            context.say("patrol.meaning"),
            *([] if coverage is None else condition_notes(coverage, context)),
        ],
        shift=played_shift(plan, context),
        conditions="" if coverage is None else conditions_words(coverage.conditions, context.lang),
    )
    return draw_page(page, context)


def _figures(plan: PatrolPlan, units: list[dict[str, Any]], context: PageContext) -> list[Figure]:
    lang = context.lang
    visited = len(plan.stops) - plan.left_out
    drive_m = sum(float(unit["drive_m"]) for unit in units)
    dwell_s = sum(float(unit["dwell_s"]) for unit in units)
    return [
        Figure(
            context.say("patrol.figure.stops"),
            context.say("patrol.of", part=visited, whole=len(plan.stops)),
            context.say("patrol.figure.stops.note", visits=len(plan.visits)),
            "gain",
        ),
        Figure(
            context.say("patrol.figure.presence"),
            say_hours(dwell_s, lang),
            context.say("patrol.figure.presence.note", units=len(units)),
            "live",
        ),
        Figure(
            context.say("patrol.figure.drive"),
            say_metres(drive_m, lang),
            context.say("patrol.figure.drive.note", gap=say_share(plan.gap, lang, digits=1)),
        ),
    ]


def _timetable(
    place: int, unit: dict[str, Any], stations: dict[str, Any], plan: PatrolPlan, context: PageContext
) -> dict[str, object]:
    lang = context.lang
    name = str(unit["id"])
    mine = sorted(
        (row for row in records(plan.visits) if str(row["unit"]) == name), key=lambda row: row["order"]
    )
    first: dict[object, int] = {}
    for row in mine:
        first.setdefault(row["stop"], int(row["order"]))
    station = stations.get(str(unit["station"]))
    color = route_style(place).color
    return {
        "name": name,
        "layer": f"data_unit_{place}",
        "color": color,
        "ink": text_on(color),
        "edge": INK if color == "#F0E442" else color,
        "links": _links(name, context),
        "kind": word("unit_kinds", unit["kind"], lang) if present(unit.get("kind")) else "",
        "station": str(station) if present(station) else str(unit["station"]),
        "day": say_date(unit["shift_start"], lang),
        "shift": f"{say_time(unit['shift_start'], lang)} – {say_time(unit['shift_end'], lang)}",
        "back": say_time(unit["back_at"], lang),
        "totals": context.say(
            "patrol.totals",
            stops=len(mine),
            drive=say_metres(float(unit["drive_m"]), lang),
            dwell=say_hours(float(unit["dwell_s"]), lang),
        ),
        "stops": [
            {
                "target": f"stop-{name}-{first[row['stop']]}",
                "order": say_number(int(row["order"]), lang),
                "from": int(row["arrive"].timestamp()),
                "to": int(row["leave"].timestamp()),
                "arrive": say_time(row["arrive"], lang),
                "leave": say_time(row["leave"], lang),
                "name": street_name(row["name"], lang, near=row.get("near")),
                "drive": say_minutes(row["drive_s"], lang),
            }
            for row in mine
        ],
    }


def _links(unit: str, context: PageContext) -> list[tuple[str, str]]:
    """Return where the papers of a unit are, with what they are called; none in a page without a server."""
    if context.home is None:
        return []
    route, lang = f"/routes/{quote(unit, safe='')}", context.lang
    return [
        (f"/documents/patrol?unit={quote(unit, safe='')}&lang={lang}", context.say("sheet.link")),
        (f"{route}.html?lang={lang}", context.say("unit.link")),
        (f"{route}.gpx", "GPX"),
        (f"{route}.kml", "KML"),
    ]


def _leg_streets(plan: PatrolPlan) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"name": [None] * len(plan.legs)}, geometry=list(plan.legs.geometry), crs=plan.legs.crs
    )
