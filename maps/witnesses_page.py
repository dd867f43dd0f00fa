"""Which cameras saw a place: lines of sight, and beside them the cameras by deletion of their footage."""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import LineString, Point

from ..coverage.counting import SURE
from ..coverage.projection import WGS84
from ..coverage.witnesses import RECORDING, Witnesses
from .ask import Ask
from .frames import pick, present, records, told_rows
from .layers import FeatureLayer
from .legend import badge_swatch, legend_entry, line_swatch
from .page_frame import Figure, Page, PageContext, draw_page, render_answer
from .sight_layers import degrees_round, numbered_layer, other_cameras, place_layer, silent_layer
from .sight_words import (
    POPUP_ROWS,
    as_read,
    blind_words,
    camera_name,
    chance_words,
    common_rows,
    count_by_state,
    deletion_words,
    desk_words,
    first_deleted,
    hollow_state,
    local_moment,
    notes,
    pixel_words,
    place_words,
    popup_labels,
    reason_words,
)
from .style import DARK_GREY, SIGHT_ARCHIVE, SIGHT_LIVE, SIGHT_SILENT, WHITE
from .text import say_metres, say_moment, say_number
from .words import word

NEAR_STREET_M: Final = 60.0
"""A place this near to a street is named by it."""
ROUND_M: Final = 60.0
"""The map opens on what saw the place, with this much round it."""


def witnesses_page(
    found: Witnesses,
    *,
    place: Point,
    register: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
    ask: Ask | None,
    context: PageContext,
    obstacles: str = "buildings",
) -> str:
    """Draw which cameras saw a place.

    Parameters
    ----------
    found : Witnesses
        Of this one place.
    place : Point
        In the system of the register.
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
    seen, silent = as_read(found.seen, context), found.silent
    popups, quiet = ([_popup(camera, context) for camera in records(frame)] for frame in (seen, silent))
    where = gpd.GeoSeries([place], crs=register.crs)
    lon, lat = shapely.get_coordinates(where.to_crs(WGS84).to_numpy())[0].tolist()
    when = local_moment(found.places["time"].iloc[0], context)
    assert when is not None
    spot = " · ".join([*_street_near(streets, place, context), place_words(lon, lat, context.lang)])
    light = found.places["light"].iloc[0] if "light" in found.places else None
    shining = word("saw.light", light, context.lang) if present(light) else ""
    nearest = _nearest(found, register)
    told = {str(row["camera"]) for row in (*records(seen), *records(silent))}
    others, not_drawn = other_cameras(register, told, place, context)
    layers = [
        place_layer([("", spot)], where, context.say("saw.layer.place"), context),
        numbered_layer(popups, seen, context),
        silent_layer(quiet, silent, context),
        _blind_nearest(nearest, context),
        others,
        *_sight_layers(place, (seen, popups), (silent, quiet), context),
    ]
    page = Page(
        "witnesses",
        _figures(found, context),
        layers,
        render_answer(
            "witnesses.html",
            context,
            ask=ask,
            open=False,
            rows=[_entry(camera, n, context) for n, camera in enumerate(records(seen), start=1)],
            undated=bool((seen["delete_at"].isna() | (seen["delete_at"] <= context.made_at)).any()),
            nobody=context.say("saw.none"),
            silent=[_silent_entry(camera, context) for camera in records(silent)],
            inside=context.say("saw.inside") if present(found.places["building"].iloc[0]) else "",
            nearest=[_near(camera, told, context) for camera in records(nearest)],
            nearest_title=context.say("saw.nearest", count=len(nearest)),
            parts=[],
            gaps=[],
            whole="",
        ),
        streets=streets,
        notes=[
            *([context.say("saw.note.night")] if light == "night" else []),
            *notes(context, looking=(seen, silent), not_drawn=not_drawn, obstacles=obstacles),
        ],
        about=" · ".join(filter(None, [spot, say_moment(when, context.lang), shining])),
        focus=degrees_round(
            gpd.GeoSeries([place, *seen.geometry, *silent.geometry, *nearest.geometry[:1]], crs=register.crs),
            ROUND_M,
        ),
        ask=ask,
    )
    return draw_page(page, context)


def _figures(found: Witnesses, context: PageContext) -> list[Figure]:
    lang, seen = context.lang, found.seen
    certain = int((seen["probability"] >= SURE).sum())
    blind, asked = int(found.places["nearest_blind"].iloc[0]), len(found.nearest)
    states = count_by_state(seen["state"], lang)
    note = context.say("saw.figure.seen.note", states=states, certain=certain) if len(seen) else (
        context.say("saw.figure.silent.note", silent=len(found.silent))
    )  # fmt: skip
    return [
        Figure(
            context.say("saw.figure.seen"),
            say_number(len(seen), lang),
            note,
            "live" if len(seen) else "blind",
        ),
        first_deleted(records(seen), context),
        Figure(
            context.say("saw.figure.nearest"),
            context.say("saw.of", part=blind, whole=asked),
            context.say("saw.figure.nearest.note"),
            "blind" if blind else "plain",
        ),
    ]


def _popup(camera: dict[str, Any], context: PageContext) -> dict[str, object]:
    lang = context.lang
    return {
        "id": f"sight-{camera['camera']}",
        "t": context.say("popup.camera", camera=camera_name(camera)),
        **common_rows(camera, context),
        "distance": say_metres(camera["distance_m"], lang),
        "pixels": pixel_words(camera, context),
        "quality": word("classes", camera["quality"], lang),
        "chance": chance_words(camera["probability"], context),
    }


def _entry(camera: dict[str, Any], n: int, context: PageContext) -> dict[str, object]:
    when, kept, tone = deletion_words(camera["delete_at"], context)
    state = word("states", camera["state"], context.lang)
    return {
        "target": f"sight-{camera['camera']}",
        "n": say_number(n, context.lang),
        "state": camera["state"],
        "name": camera_name(camera),
        "when": when,
        "tone": tone,
        "sight": f"{state} · {chance_words(camera['probability'], context)}",
        "stretches": [f"{say_metres(camera['distance_m'], context.lang)} · {_picture(camera, context)}"],
        "kept": kept,
        "desk": desk_words(camera, context),
    }


def _silent_entry(camera: dict[str, Any], context: PageContext) -> dict[str, object]:
    chance = chance_words(camera["probability"], context)
    return {
        "target": f"sight-{camera['camera']}",
        "state": hollow_state(camera),
        "name": camera_name(camera),
        "when": say_metres(camera["distance_m"], context.lang),
        "sight": reason_words(camera, context.lang),
        "stretches": [f"{_picture(camera, context)} · {chance}"],
        "desk": desk_words(camera, context),
    }


def _picture(camera: dict[str, Any], context: PageContext) -> str:
    return f"{pixel_words(camera, context)}, {word('classes', camera['quality'], context.lang)}"


def _sight_layers(
    place: Point,
    seen: tuple[gpd.GeoDataFrame, list[dict[str, object]]],
    silent: tuple[gpd.GeoDataFrame, list[dict[str, object]]],
    context: PageContext,
) -> list[FeatureLayer]:
    """Return a line from each camera to the place: by state, and thinner where it only may have seen it."""
    layers = []
    for name, styles, (frame, texts) in (
        ("live", SIGHT_LIVE, seen),
        ("archive", SIGHT_ARCHIVE, seen),
        ("silent", (SIGHT_SILENT, SIGHT_SILENT), silent),
    ):
        states = frame["state"].to_numpy()
        # a camera that was live may have recorded nothing too, for the dark
        mine = np.full(len(states), True) if name == "silent" else states == name
        rows = [
            dict(text, s=int(chance < SURE))
            for text, chance, here in zip(texts, frame["probability"], mine, strict=True)
            if here
        ]
        lines = [LineString([hung, place]) for hung in frame.geometry[mine]]
        layers.append(
            FeatureLayer(
                f"sight_{name}",
                legend_entry(
                    context.say(f"saw.layer.sight.{name}"),
                    line_swatch(*styles[: 1 if name == "silent" else 2]),
                    count=say_number(len(rows), context.lang),
                    group=context.say("saw.layer.sights") if name == "live" else "",
                ),
                told_rows(
                    rows, ["id", "t", "s", *POPUP_ROWS], gpd.GeoDataFrame(geometry=lines, crs=frame.crs)
                ),
                styles=[style.told() for style in styles],
                labels=popup_labels(context),
                order=30 if name == "live" else 25,
                hover=True,
            )
        )
    return layers


def _nearest(found: Witnesses, register: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the nearest cameras with their names and where the register puts them."""
    known = register.assign(camera=register["id"]).drop_duplicates("camera").set_index("camera")
    mine = known.loc[found.nearest["camera"], ["name", known.geometry.name]]
    table = pd.DataFrame(found.nearest).assign(name=mine["name"].to_numpy())
    return gpd.GeoDataFrame(table, geometry=np.asarray(mine.geometry.array), crs=register.crs)


def _blind_nearest(nearest: gpd.GeoDataFrame, context: PageContext) -> FeatureLayer:
    mine = pick(nearest, ~nearest["sees"].to_numpy(dtype=bool))
    rows = [
        {
            "id": f"near-{row['camera']}",
            "t": context.say("popup.camera", camera=camera_name(row)),
            "w": context.say("saw.blind", why=blind_words(row["why"], context.lang)),
            "n": "×",
            "s": 0,
            "state": word("states", row["state"], context.lang),
            "distance": say_metres(row["distance_m"], context.lang),
        }
        for row in records(mine)
    ]
    return FeatureLayer(
        "nearest",
        legend_entry(
            context.say("saw.layer.nearest"),
            badge_swatch("×", DARK_GREY, WHITE, shape="cross"),
            count=context.say("saw.of", part=len(mine), whole=len(nearest)),
        ),
        told_rows(rows, ["id", "t", "w", "n", "s", "state", "distance"], mine),
        styles=[{"shape": "cross", "color": DARK_GREY, "text": WHITE, "size": 20}],
        labels={name: context.say(f"saw.popup.{name}") for name in ("state", "distance")},
        order=55,
        hover=True,
    )


def _near(camera: dict[str, Any], told: set[str], context: PageContext) -> dict[str, object]:
    identity = str(camera["camera"])
    if camera["sees"]:
        why = context.say("witnesses.sees" if camera["state"] in RECORDING else "witnesses.looks")
    else:
        why = blind_words(camera["why"], context.lang)
    return {
        "target": f"sight-{identity}" if identity in told else f"near-{identity}",
        "sees": bool(camera["sees"]),
        "name": camera_name(camera),
        "distance": say_metres(camera["distance_m"], context.lang),
        "why": f"{word('states', camera['state'], context.lang)} · {why}",
    }


def _street_near(streets: gpd.GeoDataFrame, place: Point, context: PageContext) -> list[str]:
    """Return the nearest street with a name, if one is near."""
    named = pick(streets, streets["name"].notna().to_numpy())
    if named.empty:
        return []
    far = named.geometry.distance(place).to_numpy()
    nearest = int(np.argmin(far))
    return [str(named["name"].iloc[nearest])] if far[nearest] <= NEAR_STREET_M else []
