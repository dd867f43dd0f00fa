"""Which cameras saw a way, an escape route for example: its stretches by state, and the cameras beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from shapely import LineString, Point

from ..coverage.intervals import merge_touching
from ..coverage.optics import LADDERS
from ..coverage.witnesses import WayWitnesses
from .ask import Ask
from .frames import pick
from .page_frame import Figure, Page, PageContext, draw_page, render_answer
from .sight_layers import degrees_round, numbered_layer, other_cameras, place_layer, silent_layer
from .sight_words import (
    as_read,
    camera_name,
    chance_words,
    common_rows,
    count_by_state,
    deletion_words,
    desk_words,
    first_deleted,
    hollow_state,
    notes,
    reason_words,
)
from .text import say_metres, say_moment, say_number, say_time
from .way_layers import Clock, part_layers, span_words, stretch_layer
from .way_parts import PARTS, way_parts
from .words import share_of, word

ROUND_M: Final = 60.0
_DENSITY: Final = {name: density for ladder in LADDERS.values() for name, density in ladder.items()}
MOST_STRETCHES: Final = 4
"""A list entry names this many stretches of a camera, and counts the rest."""


def way_witnesses_page(
    found: WayWitnesses,
    *,
    way: LineString,
    times: tuple[datetime, datetime | None],
    register: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
    ask: Ask | None,
    context: PageContext,
    obstacles: str = "buildings",
) -> str:
    """Draw which cameras saw a way.

    Parameters
    ----------
    found : WayWitnesses
    way : LineString
        What was asked, in the system of the register.
    times : tuple of datetime
        When it was begun and ended, in the zone of the city; without an end all was at once.
    register : GeoDataFrame
        Every camera, in metres.
    streets : GeoDataFrame
        `name` and lines, in metres.
    ask : Ask or None
        The form for another question; None where there is no server to ask.
    context : PageContext
        For whom; `made_at` is now.
    obstacles : {"buildings", "leaf_off", "leaf_on"}
        What was taken to hide besides buildings.

    Returns
    -------
    str
        A complete page.
    """
    parts = way_parts(found, way)
    clock = Clock(found.length_m, *times, context.lang)
    seen, silent = (_by_camera(frame, clock) for frame in (as_read(found.seen, context), found.silent))
    places = register.assign(camera=register["id"]).drop_duplicates("camera").set_index("camera").geometry
    popups = [_popup(camera, "way", context) for camera in seen]
    quiet = [_popup(camera, "mute", context) for camera in silent]
    told = {str(camera["camera"]) for camera in (*seen, *silent)}
    others, not_drawn = other_cameras(register, told, way, context)
    ends = gpd.GeoSeries([Point(way.coords[0]), Point(way.coords[-1])], crs=register.crs)
    layers = [
        place_layer(
            [("A", context.say("saw.way.begin")), ("B", context.say("saw.way.end"))],
            ends,
            context.say("saw.layer.ends"),
            context,
        ),
        *part_layers(parts, clock, context),
        stretch_layer((*seen, *silent), (*popups, *quiet), register.crs, context),
        numbered_layer(popups, _hung(seen, places), context),
        silent_layer(quiet, _hung(silent, places), context),
        others,
    ]
    begin, end = times
    when = say_moment(begin, context.lang) + (f" – {say_time(end, context.lang)}" if end is not None else "")
    unseen = pick(parts, parts["part"].isin(["silent", "nobody"]).to_numpy())
    page = Page(
        "witnesses",
        _figures(found, seen, context),
        layers,
        render_answer(
            "witnesses.html",
            context,
            ask=ask,
            open=False,
            rows=[_entry(camera, n, context) for n, camera in enumerate(seen, start=1)],
            undated=bool(
                (found.seen["delete_at"].isna() | (found.seen["delete_at"] <= context.made_at)).any()
            ),
            nobody=context.say("saw.way.none"),
            silent=[_silent_entry(camera, context) for camera in silent],
            inside="",
            nearest=[],
            nearest_title="",
            parts=_part_table(parts, found, context),
            gaps=[_gap(*span, clock, context) for span in _joined(unseen)],
            whole=say_metres(found.length_m, context.lang),
        ),
        streets=streets,
        notes=notes(context, looking=(found.seen, found.silent), not_drawn=not_drawn, obstacles=obstacles),
        about=f"{context.say('saw.way.about', length=say_metres(found.length_m, context.lang))} · {when}",
        focus=degrees_round(gpd.GeoSeries([way], crs=register.crs), ROUND_M),
        ask=ask,
    )
    return draw_page(page, context)


def _by_camera(frame: gpd.GeoDataFrame, clock: Clock) -> list[dict[str, Any]]:
    """Return one row for each camera, in the order of the frame: its spans, finest class, best chance."""
    out = []
    for _, rows in frame.groupby("camera", sort=False):
        first = dict(rows.iloc[0])
        lines = np.zeros(len(rows), dtype=np.int64)
        _, low, high = merge_touching(lines, rows["from_m"].to_numpy(float), rows["to_m"].to_numpy(float))
        spans = list(zip(low.tolist(), high.tolist(), strict=True))
        first |= {
            "spans": spans,
            "clocks": [clock.span(*span) for span in spans],
            "probability": float(rows["probability"].max()),
            "quality": max(rows["quality"], key=lambda name: _DENSITY[name]),
            "shape": shapely.union_all(rows.geometry.to_numpy()),
        }
        if "delete_at" in rows:
            first["delete_at"] = rows["delete_at"].min()
        out.append(first)
    return out


def _hung(cameras: list[dict[str, Any]], places: gpd.GeoSeries) -> gpd.GeoDataFrame:
    names = [camera["camera"] for camera in cameras]
    states = [camera["state"] for camera in cameras]
    hung = np.asarray(places.loc[names].array)
    return gpd.GeoDataFrame({"state": states}, geometry=hung, crs=places.crs)


def _figures(found: WayWitnesses, seen: list[dict[str, Any]], context: PageContext) -> list[Figure]:
    lang, unseen = context.lang, max(found.length_m - found.seen_m, 0.0)
    states = count_by_state((camera["state"] for camera in seen), lang)
    return [
        Figure(
            context.say("saw.figure.seen"),
            say_number(len(seen), lang),
            states
            if seen
            else context.say("saw.figure.silent.note", silent=found.silent["camera"].nunique()),
            "live" if seen else "blind",
        ),
        first_deleted(seen, context),
        Figure(
            context.say("saw.figure.unseen"),
            say_metres(unseen, lang),
            context.say(
                "saw.figure.unseen.note",
                share=share_of(unseen, found.length_m, lang),
                whole=say_metres(found.length_m, lang),
            ),
            "blind" if unseen >= 0.5 else "plain",
        ),
    ]


def _popup(camera: Mapping[str, Any], kind: str, context: PageContext) -> dict[str, object]:
    return {
        "id": f"{kind}-{camera['camera']}",
        "t": context.say("popup.camera", camera=camera_name(camera)),
        **common_rows(camera, context),
        "stretches": ", ".join(span_words(span, context) for span in camera["spans"]),
        "quality": context.say("saw.up_to", quality=word("classes", camera["quality"], context.lang)),
        "chance": chance_words(camera["probability"], context),
    }


def _entry(camera: Mapping[str, Any], n: int, context: PageContext) -> dict[str, object]:
    when, kept, tone = deletion_words(camera["delete_at"], context)
    return {
        "target": f"way-{camera['camera']}",
        "n": say_number(n, context.lang),
        "state": camera["state"],
        "name": camera_name(camera),
        "when": when,
        "tone": tone,
        "sight": _sight(camera, context),
        "stretches": _stretches(camera, context),
        "kept": kept,
        "desk": desk_words(camera, context),
    }


def _silent_entry(camera: Mapping[str, Any], context: PageContext) -> dict[str, object]:
    return {
        "target": f"mute-{camera['camera']}",
        "state": hollow_state(camera),
        "name": camera_name(camera),
        "when": "",
        "sight": reason_words(camera, context.lang),
        "stretches": _stretches(camera, context),
        "desk": desk_words(camera, context),
    }


def _sight(camera: Mapping[str, Any], context: PageContext) -> str:
    lang = context.lang
    quality = context.say("saw.up_to", quality=word("classes", camera["quality"], lang))
    chance = chance_words(camera["probability"], context)
    return f"{word('states', camera['state'], lang)} · {chance} · {quality}"


def _stretches(camera: Mapping[str, Any], context: PageContext) -> list[str]:
    spans = camera["spans"]
    clocks = camera["clocks"]
    told = [
        f"{span_words(span, context)} ({clock})" if clock else span_words(span, context)
        for span, clock in zip(spans[:MOST_STRETCHES], clocks, strict=False)
    ]
    if len(spans) > MOST_STRETCHES:
        told.append(context.say("saw.more", count=len(spans) - MOST_STRETCHES))
    return [context.say("saw.stretches", spans=", ".join(told))]


def _part_table(parts: gpd.GeoDataFrame, found: WayWitnesses, context: PageContext) -> list[dict[str, str]]:
    metres = (parts["to_m"] - parts["from_m"]).groupby(parts["part"]).sum()
    return [
        {
            "name": context.say(f"saw.part.{name}"),
            "metres": say_metres(float(metres.get(name, 0.0)), context.lang),
            "share": share_of(float(metres.get(name, 0.0)), found.length_m, context.lang),
        }
        for name in PARTS
    ]


def _joined(parts: gpd.GeoDataFrame) -> list[tuple[float, float]]:
    """Return spans that no camera recorded, neighbours joined."""
    lines = np.zeros(len(parts), dtype=np.int64)
    _, low, high = merge_touching(lines, parts["from_m"].to_numpy(float), parts["to_m"].to_numpy(float))
    return list(zip(low.tolist(), high.tolist(), strict=True))


def _gap(low: float, high: float, clock: Clock, context: PageContext) -> dict[str, str]:
    return {
        "target": f"part-{low:.1f}",
        "span": span_words((low, high), context),
        "metres": say_metres(high - low, context.lang),
        "times": clock.span(low, high),
    }
