"""The blind-spot map: unseen stretches by risk, each with its cause; the ten worst beside it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

import geopandas as gpd
import numpy as np

from ..coverage.results import CAUSES, BlindSpots, Coverage
from .camera_layers import camera_layers
from .coverage_page import coverage_notes
from .frames import pick, present, records, told_rows
from .layers import FeatureLayer
from .legend import badge_swatch, legend_entry, line_swatch
from .page_frame import Figure, Page, PageContext, draw_page, render_answer
from .street_layers import street_layers
from .style import BLIND_STEPS, VERMILION, WHITE, blind_step
from .text import say_metres, say_number, say_share
from .words import assumed_lines, cause_sentence, conditions_words, share_of, street_name, word

WORST: Final = 10
_ROWS: Final = ("length", "risk", "way", "share", "building", "barrier", "camera")


def blind_spots_page(spots: BlindSpots, coverage: Coverage, *, context: PageContext) -> str:
    """Draw the blind spots of a city.

    Parameters
    ----------
    spots : BlindSpots
        Unseen stretches, ranked.
    coverage : Coverage
        What they were found in.
    context : PageContext
        For whom.

    Returns
    -------
    str
        A complete page.
    """
    texts = _texts(spots, context)
    layers = [
        *_spot_layers(spots, texts, context),
        *street_layers(coverage, context, kinds=("certain", "possible", "archive")),
        *camera_layers(coverage, context, shown=()),
    ]
    page = Page(
        "blind-spots",
        _figures(spots, coverage, context),
        layers,
        render_answer(
            "blind_spots.html", context, worst=_worst(spots, context), causes=_causes(spots, context)
        ),
        streets=coverage.ways,
        assumed=assumed_lines(
            coverage.assumed, int(np.count_nonzero(coverage.cameras["counted"])), context.lang
        ),
        notes=[context.say("blind.meaning"), *coverage_notes(coverage, context)],
        conditions=conditions_words(coverage.conditions, context.lang),
    )
    return draw_page(page, context)


def _figures(spots: BlindSpots, coverage: Coverage, context: PageContext) -> list[Figure]:
    lang, network = context.lang, coverage.network_m
    risks = np.asarray(spots.spots["risk"], dtype=float)
    return [
        Figure(
            context.say("blind.figure.unseen"),
            say_metres(spots.unseen_m, lang),
            context.say("blind.figure.unseen.note", share=share_of(spots.unseen_m, network, lang)),
            "blind",
        ),
        Figure(
            context.say("blind.figure.worst"),
            share_of(float(risks[:WORST].sum()), float(risks.sum()), lang),
            context.say("blind.figure.worst.note", count=len(risks)),
            "blind",
        ),
        Figure(
            context.say("blind.figure.unsure"),
            say_metres(spots.unsure_m, lang),
            context.say("blind.figure.unsure.note", share=share_of(spots.unsure_m, network, lang)),
            "live",
        ),
    ]


def _spot_layers(spots: BlindSpots, texts: gpd.GeoDataFrame, context: PageContext) -> list[FeatureLayer]:
    count = len(texts)
    steps = [style.told() for style in BLIND_STEPS]
    labels = {name: context.say(f"popup.spot.{name}") for name in _ROWS}
    numbers = pick(texts, np.arange(min(WORST, count))).copy()
    numbers["n"] = [str(place) for place in range(1, len(numbers) + 1)]
    numbers["id"] = None
    numbers["s"] = 0
    numbers = numbers.set_geometry(numbers.geometry.interpolate(0.5, normalized=True))
    badge = {"shape": "circle", "color": VERMILION, "text": WHITE, "size": 26}
    return [
        FeatureLayer(
            "spots",
            legend_entry(
                context.say("layers.spots"),
                line_swatch(*BLIND_STEPS[::2], texts=("", "", "")),
                count=say_number(count, context.lang),
                group=context.say("layers.spots.group"),
            ),
            texts,
            styles=steps,
            labels=labels,
            order=30,
            hover=True,
        ),
        FeatureLayer(
            "worst",
            legend_entry(
                context.say("layers.worst", count=len(numbers)),
                badge_swatch(f"1–{len(numbers)}", VERMILION, WHITE),
            ),
            numbers,
            styles=[badge],
            labels=labels,
            order=60,
            hover=True,
        ),
    ]


def _texts(spots: BlindSpots, context: PageContext) -> gpd.GeoDataFrame:
    rows = records(spots.spots)
    greatest = max((float(row["risk"]) for row in rows), default=0.0)
    told = [_text(row, greatest, context) for row in rows]
    return told_rows(told, ["id", "t", "w", "s", *_ROWS], spots.spots)


def _text(spot: dict[str, Any], greatest: float, context: PageContext) -> dict[str, object]:
    lang = context.lang
    street = street_name(spot["name"], lang, highway=spot["highway"], near=spot.get("near"))
    told: dict[str, object] = {
        "id": f"spot-{spot['rank']}",
        "t": context.say("popup.spot", rank=int(spot["rank"]), street=street),
        "w": cause_sentence(spot, lang),
        "s": blind_step(float(spot["risk"]) / greatest if greatest > 0 else 0.0),
        "length": say_metres(spot["length_m"], lang),
        "risk": say_number(spot["risk"], lang, digits=1),
        "way": word("highways", spot["highway"], lang),
        "share": say_share(spot["cause_share"], lang),
    }
    for name, column in (("building", "building_name"), ("camera", "camera")):
        if present(spot.get(column)):
            told[name] = str(spot[column])
    if spot["cause"] == "hidden_by_barrier" and present(spot.get("building")):
        told["barrier"] = str(spot["building"])
    return told


def _worst(spots: BlindSpots, context: PageContext) -> list[dict[str, str]]:
    lang = context.lang
    rows = records(spots.spots)
    whole = sum(float(row["risk"]) for row in rows)
    return [
        {
            "target": f"spot-{row['rank']}",
            "rank": say_number(int(row["rank"]), lang),
            "name": street_name(row["name"], lang, highway=row["highway"], near=row.get("near")),
            "why": cause_sentence(row, lang),
            "length": say_metres(row["length_m"], lang),
            "risk": context.say("blind.risk", count=say_number(row["risk"], lang, digits=1)),
            "share": context.say("blind.share", share=share_of(float(row["risk"]), whole, lang)),
        }
        for row in rows[:WORST]
    ]


def _causes(spots: BlindSpots, context: PageContext) -> list[dict[str, str]]:
    metres: dict[str, float] = defaultdict(float)
    counts: dict[str, int] = defaultdict(int)
    for row in records(spots.spots):
        metres[row["cause"]] += float(row["length_m"])
        counts[row["cause"]] += 1
    return [
        {
            "name": context.say(f"causes.{cause}"),
            "count": say_number(counts[cause], context.lang),
            "metres": say_metres(metres[cause], context.lang),
            "share": share_of(metres[cause], spots.unseen_m, context.lang),
        }
        for cause in sorted(CAUSES, key=lambda cause: -metres[cause])
        if counts[cause]
    ]
