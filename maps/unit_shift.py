"""The shift of one unit in words, and its map: shared by the printed sheet and the page for the telephone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely

from ..coverage.errors import NotFoundError
from ..coverage.plan_writing import OFF_ROAD_M
from ..coverage.results import PatrolPlan
from .frames import pick, present, records
from .paper import PaperContext
from .paper_map import BUILDING, STREET, Layer, MapAreas, MapLines, MapMarks, PaperMap, framed
from .patrol_times import in_zone
from .style import BLUE, INK, STATION
from .text import say_date, say_metres, say_number, say_time
from .words import street_name

_LEAST_NAMED_M: Final = 25.0
"""A street without a name shorter than this is a crossing, not a turn to be told."""


@dataclass(frozen=True)
class ToldStop:
    """A visit in words: number, place, why a unit is sent there, times, the streets on the way there."""

    number: str
    place: str
    reason: str
    arrive: str
    leave: str
    way: list[str]


@dataclass(frozen=True)
class UnitShift:
    """What one unit drives in its shift.

    Attributes
    ----------
    plan : PatrolPlan
        The whole plan, its times in the zone of the reader. Only what is this unit's may be shown.
    row : dict
        The unit's row of `plan.units`.
    visits, legs : list of dict
        Its rows of the plan, in their order.
    stops : list of ToldStop
        The visits in words.
    way_back : list of str
        The streets back to the station.
    title, about : str
        Whose shift, and where and when.
    """

    plan: PatrolPlan
    row: dict[str, Any]
    visits: list[dict[str, Any]]
    legs: list[dict[str, Any]]
    stops: list[ToldStop]
    way_back: list[str]
    title: str
    about: str

    @property
    def name(self) -> str:
        """The id of the unit."""
        return str(self.row["id"])


def unit_shift(
    plan: PatrolPlan, unit: str, *, stations: gpd.GeoDataFrame, context: PaperContext
) -> UnitShift:
    """Return the shift of a unit in words.

    Parameters
    ----------
    plan : PatrolPlan
    unit : str
        Its id.
    stations : GeoDataFrame
        `id`, `name`, points.
    context : PaperContext

    Raises
    ------
    NotFoundError
        Code `unit_not_in_plan`.
    """
    if unit not in set(plan.units["id"].astype(str)):
        raise NotFoundError("unit_not_in_plan", unit=unit[:60])
    plan = in_zone(plan, context.made_at.tzinfo)
    row = next(row for row in records(plan.units) if str(row["id"]) == unit)
    visits, legs = (_of_unit(records(frame), unit) for frame in (plan.visits, plan.legs))
    by_order = {int(leg["order"]): leg for leg in legs}
    last = max(by_order, default=0)
    return UnitShift(
        plan,
        row,
        visits,
        legs,
        _told_stops(plan, visits, by_order, context),
        _way(by_order[last], context) if last > len(visits) else [],
        title=context.say("sheet.title", unit=unit),
        about=_about(row, stations, context),
    )


def unit_map(
    shift: UnitShift,
    *,
    stations: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame | None,
    context: PaperContext,
) -> PaperMap:
    """Return the map of a unit's route; of a place visited often it shows the number of the first visit.

    Parameters
    ----------
    shift : UnitShift
    stations, streets, buildings : GeoDataFrame
        In any system; without buildings the map is lighter.
    context : PaperContext
    """
    plan, crs = shift.plan, shift.plan.legs.crs
    legs = pick(plan.legs, np.asarray(plan.legs["unit"].astype(str) == shift.name))
    numbers: dict[Any, str] = {}
    for visit, told in zip(shift.visits, shift.stops, strict=True):
        numbers.setdefault(visit["stop"], told.number)
    stops = pick(plan.stops, np.asarray(plan.stops["stop"].isin(list(numbers))))
    home = stations[stations["id"].astype(str) == str(shift.row["station"])].to_crs(crs).geometry.to_numpy()
    ways = streets.to_crs(crs).geometry.to_numpy()
    routes, places = legs.geometry.to_numpy(), stops.geometry.to_numpy()
    layers: list[Layer] = [
        MapLines(ways, STREET, 0.4),
        MapLines(routes, BLUE, 0.9, legend=context.say("sheet.route"), opacity=0.85),
        MapMarks(home, ["★"] * len(home), STATION, "square", context.say("sheet.station")),
        MapMarks(
            places, [numbers[row["stop"]] for row in records(stops)], INK, legend=context.say("sheet.stop")
        ),
    ]
    if buildings is not None and len(buildings):
        layers.insert(0, MapAreas(buildings.to_crs(crs).geometry.to_numpy(), BUILDING))
    seen = [group for group in (routes, places, home) if len(group)]
    whole = seen and not shapely.is_empty(np.concatenate(seen)).all()
    return PaperMap(layers, framed(*(seen if whole else (ways,))), context.lang)


def _told_stops(
    plan: PatrolPlan, visits: list[dict[str, Any]], legs: dict[int, dict[str, Any]], context: PaperContext
) -> list[ToldStop]:
    lang = context.lang
    weighed = {row["stop"]: row for row in records(plan.stops)}
    times, seen = Counter(visit["stop"] for visit in visits), Counter()
    out = []
    for visit in visits:
        seen[visit["stop"]] += 1
        leg = legs.get(int(visit["order"]))
        again = (seen[visit["stop"]], times[visit["stop"]])
        out.append(
            ToldStop(
                say_number(int(visit["order"]), lang),
                street_name(visit["name"], lang, near=visit.get("near")),
                _reason(weighed[visit["stop"]], again, context),
                say_time(visit["arrive"], lang),
                say_time(visit["leave"], lang),
                [] if leg is None else _way(leg, context),
            )
        )
    return out


def _about(row: dict[str, Any], stations: gpd.GeoDataFrame, context: PaperContext) -> str:
    lang = context.lang
    named = {str(station["id"]): station.get("name") for station in records(stations)}
    station = named.get(str(row["station"]))
    return context.say(
        "sheet.about",
        city=context.city,
        station=str(station) if present(station) else str(row["station"]),
        day=say_date(row["shift_start"], lang),
        shift=f"{say_time(row['shift_start'], lang)} – {say_time(row['shift_end'], lang)}",
    )


def _reason(stop: dict[str, Any], again: tuple[int, int], context: PaperContext) -> str:
    """Say why a unit is sent there: what no camera sees, what happens there, and which visit it is."""
    told = []
    if present(stop.get("cause")):
        told.append(context.say("sheet.reason.blind", cause=context.say(f"causes.{stop['cause']}")))
    if present(stop.get("risk")) and float(stop["risk"]) > 0:
        told.append(context.say("sheet.reason.risk", risk=say_number(stop["risk"], context.lang, digits=1)))
    if float(stop["access_gap_m"]) > OFF_ROAD_M:
        metres = say_metres(float(stop["access_gap_m"]), context.lang)
        told.append(context.say("sheet.reason.off_road", metres=metres))
    visit, visits = again
    if visits > 1:
        told.append(context.say("sheet.reason.again", visit=visit, visits=visits))
    return "; ".join(told)


def _way(leg: dict[str, Any], context: PaperContext) -> list[str]:
    """Name the streets of a leg with their lengths."""
    return [
        f"{street_name(name, context.lang)} {say_metres(float(metres), context.lang)}"
        for name, metres in leg["turns"]
        if (present(name) and str(name).strip()) or float(metres) >= _LEAST_NAMED_M
    ]


def _of_unit(rows: list[dict[str, Any]], unit: str) -> list[dict[str, Any]]:
    return sorted((row for row in rows if str(row["unit"]) == unit), key=lambda row: row["order"])
