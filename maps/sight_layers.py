"""What the pages of witnesses draw besides their answer: cameras with numbers, the rest of the register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import geopandas as gpd
import numpy as np

from ..coverage.schema import STATES
from .frames import pick, records, told_frame, told_rows
from .layers import FeatureLayer
from .legend import badge_swatch, legend_entry, marker_swatch
from .page_frame import PageContext
from .sight_words import POPUP_ROWS, camera_name, popup_labels
from .style import BLUE, CAMERAS, INK, LIGHT_BLUE, WHITE, MarkerStyle
from .text import say_number
from .words import word

NUMBERED: Final = 99
"""More than this many are drawn without their number, which would not fit."""
MOST_OTHERS: Final = 1_500
"""Of the rest of the register only the nearest are drawn: a page has to stay light."""
_BADGES: Final = (
    {"shape": "circle", "color": BLUE, "text": WHITE, "size": 22},
    {"shape": "square", "color": LIGHT_BLUE, "text": INK, "size": 22},
)
_QUIET_RADIUS: Final = 3.2


def numbered_layer(
    rows: Sequence[Mapping[str, object]], cameras: gpd.GeoDataFrame, context: PageContext
) -> FeatureLayer:
    """Return the cameras that recorded, numbered as in the list.

    Parameters
    ----------
    rows : sequence of mapping
        Texts of `cameras`, one for each, in the order of the list.
    cameras : GeoDataFrame
        `state`, and where they hang.
    context : PageContext
        For whom.
    """
    told = [
        dict(row, id=None, n=str(place) if place <= NUMBERED else "", s=int(state != "live"))
        for place, (row, state) in enumerate(zip(rows, cameras["state"], strict=True), start=1)
    ]
    return FeatureLayer(
        "cameras",
        legend_entry(
            context.say("saw.layer.cameras"),
            badge_swatch("1", BLUE, WHITE) + badge_swatch("2", LIGHT_BLUE, INK, shape="square"),
            count=say_number(len(told), context.lang),
            group=context.say("saw.layer.group"),
        ),
        told_rows(told, ["t", "w", "n", "s", *POPUP_ROWS], cameras),
        styles=_BADGES,
        labels=popup_labels(context),
        order=60,
        hover=True,
    )


def silent_layer(
    rows: Sequence[Mapping[str, object]], cameras: gpd.GeoDataFrame, context: PageContext
) -> FeatureLayer:
    """Return the cameras that look there but recorded nothing, hollow."""
    styles = ("registered", "offline")
    told = [
        dict(row, id=None, s=int(state == "offline"))
        for row, state in zip(rows, cameras["state"], strict=True)
    ]
    return FeatureLayer(
        "cameras_silent",
        legend_entry(
            context.say("saw.layer.silent"),
            marker_swatch(CAMERAS["registered"]) + marker_swatch(CAMERAS["offline"]),
            count=say_number(len(told), context.lang),
        ),
        told_rows(told, ["t", "w", "s", *POPUP_ROWS], cameras),
        styles=[CAMERAS[state].told() for state in styles],
        labels=popup_labels(context),
        order=50,
        hover=True,
    )


def other_cameras(
    register: gpd.GeoDataFrame, told: set[str], near: Any, context: PageContext
) -> tuple[FeatureLayer, int]:
    """Return the rest of the register, small, and how many of it are not drawn.

    Parameters
    ----------
    register : GeoDataFrame
        Every camera, in metres.
    told : set of str
        Ids that other layers draw.
    near : shapely geometry
        The nearest MOST_OTHERS to it are drawn.
    context : PageContext
        For whom.
    """
    rest = pick(register, ~register["id"].astype(str).isin(told).to_numpy())
    order = np.argsort(rest.geometry.distance(near).to_numpy(), kind="stable")[:MOST_OTHERS]
    drawn = pick(rest, np.sort(order))
    rows = [
        {
            "t": context.say("popup.camera", camera=camera_name(row, "id")),
            "s": STATES.index(row["state"]),
            "state": word("states", row["state"], context.lang),
        }
        for row in records(drawn)
    ]
    quiet = [MarkerStyle(CAMERAS[state].shape, CAMERAS[state].color, _QUIET_RADIUS) for state in STATES]
    layer = FeatureLayer(
        "others",
        legend_entry(
            context.say("saw.layer.others" if told else "saw.layer.all"),
            "".join(marker_swatch(style) for style in quiet[:3]),
            count=say_number(len(drawn), context.lang),
        ),
        told_rows(rows, ["t", "s", "state"], drawn),
        styles=[style.told() for style in quiet],
        labels={"state": context.say("saw.popup.state")},
        order=10,
        hover=True,
    )
    return layer, len(rest) - len(drawn)


def place_layer(
    texts: Sequence[tuple[str, str]], places: gpd.GeoSeries, title: str, context: PageContext
) -> FeatureLayer:
    """Return the place that is asked about, or the ends of a way: a sign and a title for each."""
    rows = told_frame(
        {"n": [sign for sign, _ in texts], "t": [told for _, told in texts], "s": [0] * len(texts)},
        gpd.GeoDataFrame(geometry=places),
    )
    return FeatureLayer(
        "place",
        legend_entry(title, badge_swatch(texts[0][0], INK, WHITE, shape="place")),
        rows,
        styles=[{"shape": "place", "color": INK, "text": WHITE, "size": 26}],
        order=80,
        hover=True,
    )


def degrees_round(shapes: gpd.GeoSeries, margin_m: float) -> tuple[float, float, float, float]:
    """Return west, south, east, north round shapes in metres, with a margin."""
    west, south, east, north = shapes.buffer(margin_m).to_crs("EPSG:4326").total_bounds.tolist()
    return west, south, east, north
