"""What the page of a way draws: its parts by what saw them, and what each camera sees of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import geopandas as gpd

from .frames import pick, records, told_rows
from .layers import FeatureLayer
from .legend import legend_entry, line_swatch
from .page_frame import PageContext
from .sight_words import POPUP_ROWS, popup_labels
from .style import LEG, WAY_PARTS
from .text import say_clock, say_metres, say_number
from .way_parts import PARTS


class Clock:
    """When a metre of the way was passed, at an even pace."""

    def __init__(self, length_m: float, begin: datetime, end: datetime | None, lang: str) -> None:
        self._length_m, self._begin, self._end, self._lang = length_m, begin, end, lang

    def span(self, from_m: float, to_m: float) -> str:
        """Return when a stretch was entered and left, to the second; nothing where all was at once."""
        if self._end is None:
            return ""
        whole = self._end - self._begin
        entered, left = (self._begin + whole * (at_m / self._length_m) for at_m in (from_m, to_m))
        first, last = say_clock(entered, self._lang), say_clock(left, self._lang)
        return first if first == last else f"{first}–{last}"


def span_words(span: tuple[float, float], context: PageContext) -> str:
    """Write from-metre and to-metre of the way."""
    low, high = (say_number(round(at_m), context.lang) for at_m in span)
    return context.say("saw.span", low=low, high=high)


def part_layers(parts: gpd.GeoDataFrame, clock: Clock, context: PageContext) -> list[FeatureLayer]:
    """Return a layer for each kind of part, so that colour and dash say what saw it."""
    layers = []
    for place, name in enumerate(PARTS):
        mine = pick(parts, (parts["part"] == name).to_numpy())
        rows = [
            {
                "id": f"part-{row['from_m']:.1f}",
                "t": context.say(f"saw.part.{name}"),
                "stretches": span_words((row["from_m"], row["to_m"]), context),
                "time": clock.span(row["from_m"], row["to_m"]),
                "cameras": ", ".join(row["cameras"]) or None,
            }
            for row in records(mine)
        ]
        layers.append(
            FeatureLayer(
                f"part_{name}",
                legend_entry(
                    context.say(f"saw.part.{name}"),
                    line_swatch(WAY_PARTS[name]),
                    count=say_metres(float((mine["to_m"] - mine["from_m"]).sum()), context.lang),
                    group=context.say("saw.layer.way") if place == 0 else "",
                ),
                told_rows(rows, ["id", "t", "stretches", "time", "cameras"], mine),
                styles=[WAY_PARTS[name].told()],
                labels={key: context.say(f"saw.popup.{key}") for key in ("stretches", "time", "cameras")},
                order=30 - place,
                hover=True,
            )
        )
    return layers


def stretch_layer(
    cameras: Sequence[dict[str, Any]],
    popups: Sequence[dict[str, object]],
    crs: Any,
    context: PageContext,
) -> FeatureLayer:
    """Return what each camera sees of the way as unseen lines: an item of the list makes its own shine."""
    frame = gpd.GeoDataFrame(geometry=[camera["shape"] for camera in cameras], crs=crs)
    # under the parts, which are to be clicked themselves
    return FeatureLayer(
        "stretches",
        "",
        told_rows(popups, ["id", "t", *POPUP_ROWS], frame),
        styles=[replace(LEG, weight=5.0).told()],
        labels=popup_labels(context),
        order=20,
        listed=False,
    )
