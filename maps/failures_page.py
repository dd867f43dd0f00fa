"""What goes blind if one thing fails: the worst points, their cameras, and the streets nobody else sees."""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..coverage.failures import Failures
from ..coverage.intervals import pieces_covered
from ..coverage.results import LEVELS, Coverage
from .camera_layers import camera_layers
from .coverage_page import coverage_notes
from .frames import records, told_rows
from .layers import FeatureLayer
from .legend import badge_swatch, legend_entry, line_swatch
from .page_frame import Figure, Page, PageContext, draw_page, render_answer
from .street_layers import street_layers
from .style import FAILED, FAILING, VERMILION, WHITE
from .text import say_metres, say_number
from .words import assumed_lines, conditions_words, share_of, word

WORST: Final = 10
MOST_NAMES: Final = 8
"""A list entry names this many cameras, and counts the rest."""
_ROWS: Final = ("kind", "live", "low", "mid", "high", "risk", "alone", "cameras")
_SHAPES: Final = {"camera": "circle", "feed": "square"}


def failures_page(found: Failures, coverage: Coverage, *, context: PageContext) -> str:
    """Draw the worst single points of failure of a city.

    Parameters
    ----------
    found : Failures
        Ranked.
    coverage : Coverage
        What they were found in.
    context : PageContext
        For whom.

    Returns
    -------
    str
        A complete page.
    """
    worst = [row for row in records(found.points.head(WORST)) if row["loss_mid_m"] > 0]
    for row in worst:
        row["members"] = members_of(coverage, row["kind"], row["id"])
        row["lost"] = sole_pieces(coverage, row["members"])
    popups = [_popup(row, context) for row in worst]
    page = Page(
        "failures",
        _figures(found, worst, context),
        [
            _lost_layer(worst, popups, coverage, context),
            _point_layer(worst, popups, coverage, context),
            *street_layers(coverage, context, kinds=("certain", "possible")),
            *camera_layers(coverage, context, shown=()),
        ],
        render_answer("failures.html", context, worst=[_entry(row, context) for row in worst]),
        streets=coverage.ways,
        assumed=assumed_lines(
            coverage.assumed, int(np.count_nonzero(coverage.cameras["counted"])), context.lang
        ),
        notes=[
            context.say("fails.note.feeds"),
            context.say("failures.levels"),
            context.say("fails.note.risk"),
            *coverage_notes(coverage, context),
        ],
        conditions=conditions_words(coverage.conditions, context.lang),
    )
    return draw_page(page, context)


def members_of(coverage: Coverage, kind: str, identity: str) -> list[str]:
    """Return the cameras that fail with a camera (itself), or with a recorder or feeder of the register."""
    if kind == "camera":
        return [identity]
    feeds = coverage.cameras["feeds"]
    hangs = [isinstance(text, str) and identity in map(str.strip, text.split(";")) for text in feeds]
    return coverage.cameras["id"][hangs].tolist()


def sole_pieces(coverage: Coverage, members: list[str]) -> gpd.GeoDataFrame:
    """Return the pieces of street that no live camera could see without these: what `loss_high_m` counts."""
    stretches, pieces = coverage.name_stretches(), coverage.pieces
    mine = stretches[
        (stretches["state"] == "live")
        & (stretches["quality"] == coverage.seen_at)
        & stretches["camera"].isin(members)
    ]
    row, piece = pieces_covered(
        *(pieces[name].to_numpy() for name in ("way", "from_m", "to_m")),
        *(mine[name].to_numpy() for name in ("way", "from_m", "to_m")),
    )
    if "dark_probability" in mine:
        # in a street without any lamp only infrared counts
        unlit = coverage.ways["lit_share"].to_numpy(dtype=float)[pieces["way"].to_numpy()[piece]] <= 0
        may = ~unlit | (mine["dark_probability"].to_numpy()[row] > 0)
        row, piece = row[may], piece[may]
    pairs = np.unique(np.stack([piece, pd.factorize(mine["camera"])[0][row]]), axis=1)
    count = np.bincount(pairs[0], minlength=len(pieces))
    return coverage.draw_pieces((count > 0) & (count == pieces["live_high"].to_numpy()))


def _figures(found: Failures, worst: list[dict[str, Any]], context: PageContext) -> list[Figure]:
    lang, seen = context.lang, found.seen_m["mid"]
    feeds = int((found.points["kind"] == "feed").sum())
    loss = float(worst[0]["loss_mid_m"]) if worst else 0.0
    return [
        Figure(
            context.say("fails.figure.worst"),
            say_metres(loss, lang),
            context.say(
                "fails.figure.worst.note", name=_name(worst[0], context), share=share_of(loss, seen, lang)
            )
            if worst
            else context.say("fails.none"),
            "blind",
        ),
        Figure(
            context.say("fails.figure.seen"),
            say_metres(seen, lang),
            context.say("fails.figure.seen.note"),
            "live",
        ),
        Figure(
            context.say("fails.figure.feeds"),
            say_number(feeds, lang),
            context.say("fails.figure.feeds.note" if feeds else "fails.figure.feeds.none"),
        ),
    ]


def _name(row: dict[str, Any], context: PageContext) -> str:
    return context.say(
        "fails.name", kind=word("failures.kinds", row["kind"], context.lang), name=str(row["id"])
    )


def _names(row: dict[str, Any], context: PageContext) -> str:
    names = [str(name) for name in row["members"]]
    told = ", ".join(names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return f"{told} {context.say('saw.more', count=more)}" if more > 0 else told


def _popup(row: dict[str, Any], context: PageContext) -> dict[str, object]:
    lang = context.lang
    return {
        "t": f"{row['rank']}. {_name(row, context)}",
        "kind": word("failures.kinds", row["kind"], lang),
        "live": say_number(int(row["live"]), lang),
        **{level: say_metres(row[f"loss_{level}_m"], lang) for level in LEVELS},
        "risk": say_number(row["risk_mid"], lang, digits=1),
        "alone": say_metres(float(row["lost"]["length_m"].sum()), lang),
        "cameras": _names(row, context) if row["kind"] == "feed" else None,
    }


def _entry(row: dict[str, Any], context: PageContext) -> dict[str, object]:
    lang = context.lang
    return {
        "target": f"fail-{row['rank']}",
        "rank": say_number(int(row["rank"]), lang),
        "name": _name(row, context),
        "value": say_metres(row["loss_mid_m"], lang),
        "why": context.say(
            "fails.why",
            risk=say_number(row["risk_mid"], lang, digits=1),
            alone=say_metres(float(row["lost"]["length_m"].sum()), lang),
        ),
        "cameras": context.say("fails.cameras", live=int(row["live"]), names=_names(row, context))
        if row["kind"] == "feed"
        else "",
    }


def _lost_layer(
    worst: list[dict[str, Any]], popups: list[dict[str, object]], coverage: Coverage, context: PageContext
) -> FeatureLayer:
    """Return for each point the streets that nobody else may see, as one shape to fly to."""
    rows, shapes = [], []
    for row, popup in zip(worst, popups, strict=True):
        if len(row["lost"]):
            rows.append({"id": f"fail-{row['rank']}", **popup})
            shapes.append(shapely.multilinestrings(shapely.get_parts(row["lost"].geometry.to_numpy())))
    frame = gpd.GeoDataFrame(geometry=shapes, crs=coverage.ways.crs)
    return FeatureLayer(
        "lost",
        legend_entry(
            context.say("fails.layer.lost"),
            line_swatch(FAILING),
            group=context.say("fails.layer.group"),
        ),
        told_rows(rows, ["id", "t", *_ROWS], frame),
        styles=[FAILING.told()],
        labels=_labels(context),
        order=30,
        hover=True,
    )


def _point_layer(
    worst: list[dict[str, Any]], popups: list[dict[str, object]], coverage: Coverage, context: PageContext
) -> FeatureLayer:
    """Return the cameras of each point with its rank; a recorder's are square."""
    places = coverage.cameras.drop_duplicates("id").set_index("id").geometry
    rows, hung = [], []
    for row, popup in zip(worst, popups, strict=True):
        mine = places.loc[row["members"]]
        middle = mine.distance(mine.union_all().centroid).to_numpy().argmin()
        sign = list(_SHAPES).index(row["kind"])
        for place, shape in enumerate(mine):
            hub = place == middle
            # the badge stands for a point whose streets others may see too
            identity = f"fail-{row['rank']}" if hub and not len(row["lost"]) else None
            badge = {
                "id": identity,
                "n": str(row["rank"]) if hub else None,
                "s": sign if hub else len(_SHAPES),
            }
            rows.append({**popup, **badge})
            hung.append(shape)
    styles = [{"shape": shape, "color": VERMILION, "text": WHITE, "size": 24} for shape in _SHAPES.values()]
    styles.append(FAILED.told())
    swatches = "".join(
        badge_swatch(str(n), VERMILION, WHITE, shape=shape)
        for n, shape in enumerate(_SHAPES.values(), start=1)
    )
    return FeatureLayer(
        "points",
        legend_entry(context.say("fails.layer.points"), swatches, count=say_number(len(worst), context.lang)),
        told_rows(
            rows, ["id", "t", "n", "s", *_ROWS], gpd.GeoDataFrame(geometry=hung, crs=coverage.cameras.crs)
        ),
        styles=styles,
        labels=_labels(context),
        order=60,
        hover=True,
    )


def _labels(context: PageContext) -> dict[str, str]:
    return {name: context.say(f"fails.popup.{name}") for name in _ROWS}
