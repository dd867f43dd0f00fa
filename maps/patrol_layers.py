"""What the patrol map draws: each unit's route and stops, the stations, what nobody visits."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..coverage.results import PatrolPlan
from .frames import pick, present, records, told_rows
from .layers import FeatureLayer
from .legend import badge_swatch, legend_entry, line_swatch, marker_swatch
from .page_frame import PageContext
from .style import LEG, PAUSED, STATION, WHITE, route_style, text_on
from .text import say_metres, say_minutes, say_number, say_time
from .words import street_name

_STOP_ROWS: Final = ("unit", "times", "dwell", "cause")
_LEG_ROWS: Final = ("unit", "time", "drive", "length", "via")


def unit_layer(place: int, unit: dict[str, Any], plan: PatrolPlan, context: PageContext) -> FeatureLayer:
    """Return the route of a unit, its legs (to be clicked) and its stops, numbered with arrival times."""
    style = route_style(place)
    name = str(unit["id"])
    badge = {
        "shape": "stop",
        "color": style.color,
        "text": text_on(style.color),
        "size": 24,
    }
    legs = pick(plan.legs, np.asarray(plan.legs["unit"] == unit["id"]))
    last = int(unit["stops"])
    lines = told_rows([_leg(row, last, context) for row in records(legs)], ["t", "s", *_LEG_ROWS], legs)
    route = _route(legs)
    stops = _stops(name, plan, context)
    columns = {key: context.say(f"popup.leg.{key}") for key in _LEG_ROWS}
    columns |= {key: context.say(f"popup.stop.{key}") for key in _STOP_ROWS}
    return FeatureLayer(
        f"unit_{place}",
        legend_entry(
            context.say("layers.unit", unit=name),
            line_swatch(style),
            count=say_number(last, context.lang),
            group=context.say("layers.units") if place == 0 else "",
        ),
        gpd.GeoDataFrame(pd.concat([route, lines, stops], ignore_index=True), crs=stops.crs),
        styles=[style.told(), LEG.told(), badge],
        labels=columns,
        order=20 + place,
        hover=True,
    )


def station_layer(stations: gpd.GeoDataFrame, context: PageContext) -> FeatureLayer:
    """Return the stations."""
    rows = [
        {"t": str(row["name"]) if present(row.get("name")) else str(row["id"]), "n": "★", "s": 0}
        for row in records(stations)
    ]
    return FeatureLayer(
        "stations",
        legend_entry(context.say("layers.stations"), badge_swatch("★", STATION, WHITE, shape="square")),
        told_rows(rows, ["t", "n", "s"], stations),
        styles=[{"shape": "square", "color": STATION, "text": WHITE, "size": 26}],
        order=50,
        hover=True,
    )


def unvisited_layer(plan: PatrolPlan, context: PageContext) -> FeatureLayer:
    """Return the stops that were weighed and that no unit visits."""
    lang = context.lang
    left = pick(plan.stops, np.asarray(plan.stops["held"] == 0))
    rows = [
        {
            "t": street_name(row["name"], lang, near=row.get("near")),
            "w": context.say("patrol.unvisited"),
            "cause": context.say(f"causes.{row['cause']}") if present(row.get("cause")) else None,
        }
        for row in records(left)
    ]
    return FeatureLayer(
        "unvisited",
        legend_entry(
            context.say("layers.unvisited"), marker_swatch(PAUSED), count=say_number(len(left), context.lang)
        ),
        told_rows(rows, ["t", "w", "cause"], left),
        styles=[PAUSED.told()],
        labels={"cause": context.say("popup.stop.cause")},
        order=15,
        hover=True,
    )


def _route(legs: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the way of a unit as long directed lines, each stretch once however often it is driven."""
    places, leg = shapely.get_coordinates(np.asarray(legs.geometry.array), return_index=True)
    same = leg[1:] == leg[:-1]
    steps = np.unique(np.hstack([places[:-1], places[1:]])[same].round(3), axis=0)
    merged = shapely.line_merge(shapely.MultiLineString(list(steps.reshape(-1, 2, 2))), directed=True)
    lines = shapely.get_parts(merged)
    return gpd.GeoDataFrame({"s": [0] * len(lines)}, geometry=lines, crs=legs.crs)


def _leg(leg: dict[str, Any], last: int, context: PageContext) -> dict[str, object]:
    lang = context.lang
    turns = [f"{street_name(name, lang)} ({say_metres(metres, lang)})" for name, metres in leg["turns"]]
    return {
        "t": context.say("popup.leg" if leg["order"] <= last else "popup.leg.back", order=int(leg["order"])),
        "s": 1,
        "unit": str(leg["unit"]),
        "time": f"{say_time(leg['depart'], lang)} – {say_time(leg['arrive'], lang)}",
        "drive": say_minutes(leg["drive_s"], lang),
        "length": say_metres(leg["drive_m"], lang),
        "via": " → ".join(turns) if turns else None,
    }


def _stops(unit: str, plan: PatrolPlan, context: PageContext) -> gpd.GeoDataFrame:
    """Return one marker for each place a unit stops at, with all its visits there."""
    lang = context.lang
    visits: dict[object, list[dict[str, Any]]] = defaultdict(list)
    for row in records(plan.visits):
        if str(row["unit"]) == unit:
            visits[row["stop"]].append(row)
    places = {row["stop"]: position for position, row in enumerate(records(plan.stops))}
    weighed = records(plan.stops)
    rows = []
    for stop, mine in visits.items():
        cause = weighed[places[stop]].get("cause")
        others = sorted({str(row["unit"]) for row in records(plan.visits) if row["stop"] == stop})
        times = [f"{say_time(row['arrive'], lang)}–{say_time(row['leave'], lang)}" for row in mine]
        rows.append(
            {
                "id": f"stop-{unit}-{mine[0]['order']}",
                "t": street_name(mine[0]["name"], lang, near=mine[0].get("near")),
                "n": "·".join(say_number(int(row["order"]), lang) for row in mine),
                "l": " ".join(say_time(row["arrive"], lang) for row in mine),
                "s": 2,
                "place": others.index(unit),
                "unit": unit,
                "times": ", ".join(times),
                "dwell": say_minutes(weighed[places[stop]]["dwell_s"], lang),
                "cause": context.say(f"causes.{cause}") if present(cause) else None,
            }
        )
    frame = pick(plan.stops, np.array([places[stop] for stop in visits], dtype=int))
    return told_rows(rows, ["id", "t", "n", "l", "s", "place", *_STOP_ROWS], frame)
