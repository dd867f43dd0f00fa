"""The sheet of one unit: its map, times, stops with a reason each, and the way there by street; two pages."""

from __future__ import annotations

from typing import Final, NamedTuple

import geopandas as gpd

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
from .paper import PaperContext
from .paper_map import PaperMap
from .text import say_hours, say_metres, say_number, say_time
from .unit_shift import UnitShift, unit_map, unit_shift

MOST_PAGES: Final = 2


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
    shift = unit_shift(plan, unit, stations=stations, context=context)
    shown = unit_map(shift, stations=stations, streets=streets, buildings=buildings, context=context)
    sheet = _sheet(shift, shown, _FITS[0], context)
    for fit in _FITS[1:]:
        if document_pages(sheet) <= MOST_PAGES:
            break
        sheet = _sheet(shift, shown, fit, context)
    return sheet


def _sheet(shift: UnitShift, shown: PaperMap, fit: _Fit, context: PaperContext) -> Document:
    lang, unit = context.lang, shift.row
    figures = [
        (context.say("sheet.figure.stops"), say_number(len(shift.stops), lang), ""),
        (context.say("sheet.figure.drive"), say_metres(float(unit["drive_m"]), lang), ""),
        (context.say("sheet.figure.dwell"), say_hours(float(unit["dwell_s"]), lang), ""),
        (context.say("sheet.figure.back"), say_time(unit["back_at"], lang), ""),
    ]
    blocks: list[Block] = [
        Notice(context.say("sheet.secret")),
        Figures(figures),
        Picture(shown, fit.map_mm, context.say("sheet.map", unit=shift.name)),
        _timetable(shift, fit, context) if shift.stops else Heading(context.say("sheet.none")),
        Paragraph(context.say("sheet.notes"), soft=True),
    ]
    return Document(shift.title, context, blocks, about=shift.about)


def _timetable(shift: UnitShift, fit: _Fit, context: PaperContext) -> Table:
    rows = [
        [
            stop.number,
            stop.arrive,
            stop.leave,
            f"{stop.place} – {stop.reason}",
            _short(stop.way, fit.streets, context),
        ]
        for stop in shift.stops
    ]
    back = say_time(shift.row["back_at"], context.lang)
    rows.append(["", back, "", context.say("sheet.back"), _short(shift.way_back, fit.streets, context)])
    heads = [context.say(f"sheet.col.{name}") for name in ("order", "arrive", "leave", "where", "way")]
    align: list[Align] = ["R", "L", "L", "L", "L"]
    return Table(heads, rows, (7, 13, 13, 70, 77), align, fit.size)


def _short(way: list[str], most: int, context: PaperContext) -> str:
    """Return the first `most` streets, and how many more there are."""
    if not most:
        return ""
    told, left = " → ".join(way[:most]), len(way) - most
    return f"{told} → {context.say('sheet.more', count=left)}" if left > 0 else told
