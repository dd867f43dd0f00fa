"""Cameras by state, and the regions they see."""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import numpy as np

from ..coverage.results import Coverage
from ..coverage.schema import STATES
from .frames import pick, present, records, told_frame, told_rows
from .layers import FeatureLayer
from .legend import area_swatch, legend_entry, marker_swatch
from .page_frame import PageContext
from .style import CAMERAS, VIEWS
from .text import say_metres, say_number
from .words import word

_SHAPE_M: Final = 0.25
_ROWS: Final = ("state", "kind", "programme", "reach", "low", "mid", "high", "moved", "assumed", "synthetic")


def camera_layers(
    coverage: Coverage,
    context: PageContext,
    *,
    states: tuple[str, ...] = STATES,
    shown: tuple[str, ...] = STATES,
) -> list[FeatureLayer]:
    """Return one layer of markers for each state, cameras left out of the figures included."""
    cameras = coverage.cameras
    layers = []
    for state in states:
        mine = pick(cameras, np.asarray(cameras["state"] == state))
        layers.append(
            FeatureLayer(
                f"cameras_{state}",
                legend_entry(
                    context.say(f"layers.cameras.{state}"),
                    marker_swatch(CAMERAS[state]),
                    count=say_number(len(mine), context.lang),
                    group=context.say("layers.cameras") if state == states[0] else "",
                ),
                _texts(mine, context),
                styles=[CAMERAS[state].told()],
                labels={name: context.say(f"popup.camera.{name}") for name in _ROWS},
                order=40 + 2 * (len(STATES) - STATES.index(state)),
                show=state in shown,
                hover=True,
            )
        )
    return layers


def view_layers(coverage: Coverage, context: PageContext) -> list[FeatureLayer]:
    """Return the visible regions as layers: live certain, live possible, and each other state."""
    views = coverage.views
    sure = bool(((views["state"] == "live") & views["certain"].astype(bool)).any())
    # where no optics are known nothing is certain: then what could be seen is shown
    first = "live_certain" if sure else "live_possible"
    layers = []
    for place, (name, style) in enumerate(VIEWS.items()):
        state, _, level = name.partition("_")
        chosen = np.asarray(views["state"] == state)
        if level:
            chosen = chosen & (np.asarray(views["certain"], dtype=bool) == (level == "certain"))
        layers.append(
            FeatureLayer(
                f"views_{name}",
                legend_entry(
                    context.say(f"layers.views.{name}"),
                    area_swatch(style),
                    group=context.say("layers.views") if place == 0 else "",
                ),
                told_frame({}, _thinned(pick(views, chosen))),
                styles=[style.told()],
                order=len(VIEWS) - place,
                show=name == first,
            )
        )
    return layers


def _thinned(views: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=views.geometry.simplify(_SHAPE_M), crs=views.crs)


def _texts(cameras: gpd.GeoDataFrame, context: PageContext) -> gpd.GeoDataFrame:
    return told_rows([_text(row, context) for row in records(cameras)], ["id", "t", "w", *_ROWS], cameras)


def _text(camera: dict[str, Any], context: PageContext) -> dict[str, str | None]:
    lang = context.lang
    identity = str(camera["id"])
    named = camera.get("name")
    title = f"{named} ({identity})" if present(named) and str(named) != identity else identity
    told: dict[str, str | None] = {
        "id": f"camera-{identity}",
        "t": context.say("popup.camera", camera=title),
        "state": context.say(f"states.{camera['state']}"),
    }
    for name, area in (("kind", "kinds"), ("programme", "programmes")):
        if present(camera.get(name)):
            told[name] = word(area, camera[name], lang)
    if present(camera["excluded"]):
        told["w"] = context.say("popup.camera.left_out", reason=word("excluded", camera["excluded"], lang))
        return told
    told["w"] = context.say("popup.camera.unknown_heading") if camera.get("heading_known") is False else None
    told["reach"] = say_metres(camera["reach_m"], lang)
    for level in ("low", "mid", "high"):
        told[level] = say_metres(camera[f"seen_{level}_m"], lang)
    if camera["moved_m"] > 0.05:
        told["moved"] = say_metres(camera["moved_m"], lang)
    for name in ("assumed", "synthetic"):
        fields = camera.get(name)
        if isinstance(fields, list | tuple) and fields:
            told[name] = ", ".join(word("fields", field, lang) for field in fields)
    return told
