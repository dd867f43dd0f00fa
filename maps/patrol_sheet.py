"""The sheet of one unit: its map, times, stops with a reason each, and the way there by street; two pages."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from ..coverage.errors import NotFoundError
from ..coverage.results import PatrolPlan
from .document import (
    Align,
    Block,
    Document,
    Figures,
    Heading,
    Notice,
    Paragraph,
    Picture,
    Table,
    document_pages,
)
from .frames import pick, present, records
from .paper import PaperContext
from .paper_map import BUILDING, STREET, MapAreas, MapLines, MapMarks, PaperMap, framed
from .patrol_times import in_zone
from .style import BLUE, INK, STATION
from .text import say_date, say_hours, say_metres, say_number, say_time
from .words import street_name

MOST_PAGES: Final = 2
_LEAST_NAMED_M: Final = 25.0
"""A street without a name shorter than this is a crossing, not a turn to be told."""


class _Fit(NamedTuple):
    """How tightly a sheet is set: letters in points, map in millimetres, streets told of each leg."""

    size: float
    map_mm: float
    streets: int


_FITS: Final = (
    _Fit(8.0, 105.0, 12),
    _Fit(7.5, 95.0, 8),
    _Fit(7.0, 88.0, 6),
    _Fit(6.5, 80.0, 4),
    _Fit(6.0, 72.0, 2),
    _Fit(5.5, 60.0, 0),
)
"""From loose to tight: the first that keeps the sheet on two pages is taken."""


def patrol_sheet(
    plan: PatrolPlan,
    unit: str,
    *,
    stations: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame | None,
    context: PaperContext,
) -> Document:
    """Return the sheet of a unit, set so that it fits on two pages.

    Parameters
    ----------
    plan : PatrolPlan
    unit : str
        Its id.
    stations : GeoDataFrame
        `id`, `name`, points.
    streets, buildings : GeoDataFrame
        For the map, in any system.
    context : PaperContext

    Raises
    ------
    NotFoundError
        Code `unit_not_in_plan`.
    """
    if unit not in set(plan.units["id"].astype(str)):
        raise NotFoundError("unit_not_in_plan", unit=unit[:60])
    plan = in_zone(plan, context.made_at.tzinfo)
    mine = next(row for row in records(plan.units) if str(row["id"]) == unit)
    shown = _map(plan, mine, stations, streets, buildings, context)
    sheet = _sheet(plan, mine, stations, shown, _FITS[0], context)
    for fit in _FITS[1:]:
        if document_pages(sheet) <= MOST_PAGES:
            break
        sheet = _sheet(plan, mine, stations, shown, fit, context)
    return sheet


def _sheet(
    plan: PatrolPlan,
    unit: dict[str, Any],
    stations: gpd.GeoDataFrame,
    shown: PaperMap,
    fit: _Fit,
    context: PaperContext,
) -> Document:
    lang, name = context.lang, str(unit["id"])
    named = {str(row["id"]): row.get("name") for row in records(stations)}
    station = named.get(str(unit["station"]))
    shift = f"{say_time(unit['shift_start'], lang)} – {say_time(unit['shift_end'], lang)}"
    about = context.say(
        "sheet.about",
        city=context.city,
        station=str(station) if present(station) else str(unit["station"]),
        day=say_date(unit["shift_start"], lang),
        shift=shift,
    )
    figures = [
        (context.say("sheet.figure.stops"), say_number(int(unit["stops"]), lang), ""),
        (context.say("sheet.figure.drive"), say_metres(float(unit["drive_m"]), lang), ""),
        (context.say("sheet.figure.dwell"), say_hours(float(unit["dwell_s"]), lang), ""),
        (context.say("sheet.figure.back"), say_time(unit["back_at"], lang), ""),
    ]
    blocks: list[Block] = [
        Notice(context.say("sheet.secret")),
        Figures(figures),
        Picture(shown, fit.map_mm, context.say("sheet.map", unit=name)),
        *_stops(plan, unit, fit, context),
        Paragraph(context.say("sheet.notes"), soft=True),
    ]
    return Document(context.say("sheet.title", unit=name), context, blocks, about=about)


def _stops(plan: PatrolPlan, unit: dict[str, Any], fit: _Fit, context: PaperContext) -> list[Block]:
    visits = _of_unit(records(plan.visits), unit)
    if not visits:
        return [Heading(context.say("sheet.none"))]
    weighed = {row["stop"]: row for row in records(plan.stops)}
    times = Counter(row["stop"] for row in visits)
    legs = {int(row["order"]): row for row in _of_unit(records(plan.legs), unit)}
    seen: Counter[Any] = Counter()
    rows = []
    for visit in visits:
        seen[visit["stop"]] += 1
        again = (seen[visit["stop"]], times[visit["stop"]])
        rows.append(
            [
                say_number(int(visit["order"]), context.lang),
                say_time(visit["arrive"], context.lang),
                say_time(visit["leave"], context.lang),
                f"{_place(visit, context)} – {_reason(weighed[visit['stop']], again, context)}",
                _way(legs.get(int(visit["order"])), fit.streets, context),
            ]
        )
    last = max(legs) if legs else 0
    back = _way(legs.get(last), fit.streets, context) if last > len(visits) else ""
    rows.append(["", say_time(unit["back_at"], context.lang), "", context.say("sheet.back"), back])
    heads = [context.say(f"sheet.col.{name}") for name in ("order", "arrive", "leave", "where", "way")]
    align: list[Align] = ["R", "L", "L", "L", "L"]
    return [Table(heads, rows, (7, 13, 13, 70, 77), align, fit.size)]


def _place(visit: dict[str, Any], context: PaperContext) -> str:
    return street_name(visit["name"], context.lang, near=visit.get("near"))


def _reason(stop: dict[str, Any], again: tuple[int, int], context: PaperContext) -> str:
    """Say why a unit is sent there: what no camera sees, what happens there, and which visit it is."""
    told = []
    if present(stop.get("cause")):
        told.append(context.say("sheet.reason.blind", cause=context.say(f"causes.{stop['cause']}")))
    if present(stop.get("risk")) and float(stop["risk"]) > 0:
        told.append(context.say("sheet.reason.risk", risk=say_number(stop["risk"], context.lang, digits=1)))
    visit, visits = again
    if visits > 1:
        told.append(context.say("sheet.reason.again", visit=visit, visits=visits))
    return "; ".join(told)


def _way(leg: dict[str, Any] | None, most: int, context: PaperContext) -> str:
    """Name the streets of a leg with their lengths, the first `most` of them."""
    if leg is None or not most:
        return ""
    turns = [
        f"{street_name(name, context.lang)} {say_metres(float(metres), context.lang)}"
        for name, metres in leg["turns"]
        if (present(name) and str(name).strip()) or float(metres) >= _LEAST_NAMED_M
    ]
    told = " → ".join(turns[:most])
    left = len(turns) - most
    return f"{told} → {context.say('sheet.more', count=left)}" if left > 0 else told


def _map(
    plan: PatrolPlan,
    unit: dict[str, Any],
    stations: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame | None,
    context: PaperContext,
) -> PaperMap:
    crs = plan.legs.crs
    legs = pick(plan.legs, np.asarray(plan.legs["unit"].astype(str) == str(unit["id"])))
    visits = _of_unit(records(plan.visits), unit)
    numbers: dict[Any, list[str]] = {}
    for visit in visits:
        numbers.setdefault(visit["stop"], []).append(say_number(int(visit["order"]), context.lang))
    stops = pick(plan.stops, np.asarray(plan.stops["stop"].isin(list(numbers))))
    home = stations[stations["id"].astype(str) == str(unit["station"])].to_crs(crs)
    ways = streets.to_crs(crs).geometry.to_numpy()
    routes = legs.geometry.to_numpy()
    layers = [
        MapLines(ways, STREET, 0.4),
        MapLines(routes, BLUE, 0.9, legend=context.say("sheet.route"), opacity=0.85),
        MapMarks(
            home.geometry.to_numpy(), ["★"] * len(home), STATION, "square", context.say("sheet.station")
        ),
        MapMarks(
            stops.geometry.to_numpy(),
            # of a place that is visited often the first number stands for all
            [numbers[row["stop"]][0] for row in records(stops)],
            INK,
            legend=context.say("sheet.stop"),
        ),
    ]
    if buildings is not None and len(buildings):
        layers.insert(0, MapAreas(buildings.to_crs(crs).geometry.to_numpy(), BUILDING))
    seen = [group for group in (routes, stops.geometry.to_numpy(), home.geometry.to_numpy()) if len(group)]
    bounds = framed(*seen) if seen and not shapely.is_empty(np.concatenate(seen)).all() else framed(ways)
    return PaperMap(layers, bounds, context.lang)


def _of_unit(rows: list[dict[str, Any]], unit: dict[str, Any]) -> list[dict[str, Any]]:
    mine = [row for row in rows if str(row["unit"]) == str(unit["id"])]
    return sorted(mine, key=lambda row: row["order"])
