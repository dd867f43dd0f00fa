"""The coverage map: which streets cameras see, how often, how surely, and in which state they are."""

from __future__ import annotations

from collections import Counter

import numpy as np

from ..coverage.optics import LADDERS
from ..coverage.results import LEVELS, TIMES, Coverage
from ..coverage.schema import STATES
from .camera_layers import camera_layers, view_layers
from .frames import lookup, present, records
from .page_frame import Figure, Page, PageContext, draw_page, render_answer
from .street_layers import street_layers
from .text import Speaker, say_metres, say_number
from .words import assumed_lines, conditions_words, metres_range, share_of, word

MOST = 10


def coverage_page(coverage: Coverage, *, context: PageContext) -> str:
    """Draw the coverage of a city.

    Parameters
    ----------
    coverage : Coverage
        What cameras see; each state is a layer and a row of its own, never added to another.
    context : PageContext
        For whom.

    Returns
    -------
    str
        A complete page.
    """
    layers = [
        *street_layers(coverage, context),
        *view_layers(coverage, context),
        *camera_layers(coverage, context),
    ]
    page = Page(
        "coverage",
        _figures(coverage, context),
        layers,
        render_answer("coverage.html", context, **_tables(coverage, context)),
        streets=coverage.ways,
        assumed=assumed_lines(
            coverage.assumed, int(np.count_nonzero(coverage.cameras["counted"])), context.lang
        ),
        notes=coverage_notes(coverage, context),
        conditions=conditions_words(coverage.conditions, context.lang),
    )
    return draw_page(page, context)


def coverage_notes(coverage: Coverage, context: Speaker) -> list[str]:
    """Say what the figures of a coverage count and leave out."""
    quality = word("classes", coverage.seen_at, context.lang)
    density = LADDERS[coverage.ladder][coverage.seen_at]
    notes = [context.say("coverage.seen_at", quality=quality, density=density, ladder=coverage.ladder)]
    notes += condition_notes(coverage, context)
    left_out = Counter(str(reason) for reason in coverage.cameras["excluded"] if present(reason))
    for reason, count in sorted(left_out.items()):
        notes.append(
            context.say("coverage.left_out", reason=word("excluded", reason, context.lang), count=count)
        )
    if coverage.tunnel_m > 0:
        notes.append(context.say("coverage.tunnels", metres=say_metres(coverage.tunnel_m, context.lang)))
    notes.append(context.say("coverage.levels"))
    return notes


def condition_notes(coverage: Coverage, context: Speaker) -> list[str]:
    """Say what is not known of the conditions that the figures hold under."""
    notes = [context.say("conditions.note.level")]
    if coverage.conditions["light"] == "night":
        notes.append(context.say("conditions.note.night"))
    if coverage.conditions["obstacles"] != "buildings":
        notes.append(context.say("conditions.note.barriers"))
    return notes


def _figures(coverage: Coverage, context: PageContext) -> list[Figure]:
    lang, network = context.lang, coverage.network_m
    live = coverage.seen_m["live"]
    unseen = network - live["high"]
    times = coverage.circle_m / live["mid"] if live["mid"] > 0 else float("nan")
    return [
        Figure(
            context.say("coverage.figure.live"),
            share_of(live["mid"], network, lang, digits=1),
            context.say(
                "coverage.figure.live.note",
                seen=say_metres(live["mid"], lang),
                network=say_metres(network, lang),
                span=metres_range(live["low"], live["high"], lang),
            ),
            "live",
        ),
        Figure(
            context.say("coverage.figure.unseen"),
            say_metres(unseen, lang),
            context.say("coverage.figure.unseen.note", share=share_of(unseen, network, lang)),
            "blind",
        ),
        Figure(
            context.say("coverage.figure.circle"),
            say_metres(coverage.circle_m, lang),
            context.say("coverage.figure.circle.note", times=say_number(times, lang, digits=1)),
        ),
    ]


def _tables(coverage: Coverage, context: PageContext) -> dict[str, object]:
    lang, network = context.lang, coverage.network_m
    metres = lookup(coverage.times, ["state", "times", "level"], "metres")
    times = [
        {
            "name": context.say(f"times.{n}"),
            "cells": [say_metres(metres["live", n, lv], lang) for lv in LEVELS],
        }
        for n in TIMES
    ]
    counts, seen = coverage.cameras_by_state, coverage.seen_m
    states = [
        {
            "state": state,
            "name": context.say(f"states.{state}"),
            "cameras": say_number(counts[state], lang),
            "cells": [say_metres(seen[state][level], lang) for level in LEVELS],
        }
        for state in STATES
    ]
    return {
        "times": times,
        "network": say_metres(network, lang),
        "states": states,
        "panning": _panning(coverage, context),
        "ladder": _ladder(coverage, context),
        "classes": _classes(coverage, context),
        "best": _best_cameras(coverage, context),
        "levels": [context.say(f"levels.{level}") for level in LEVELS],
    }


def _panning(coverage: Coverage, context: PageContext) -> list[dict[str, str]]:
    """Return the panning cameras of each state that has any: they have one time for all they could see."""
    return [
        {
            "state": state,
            "name": context.say(f"states.{state}"),
            "cameras": say_number(told["cameras"], context.lang),
            "expected": say_metres(told["expected_m"], context.lang),
            "potential": say_metres(told["potential_m"], context.lang),
        }
        for state in STATES
        if (told := coverage.panning.get(state)) is not None and told["cameras"]
    ]


def _ladder(coverage: Coverage, context: PageContext) -> list[dict[str, object]]:
    metres = lookup(coverage.by_quality, ["state", "quality", "level"], "seen_m")
    return [
        {
            "name": word("classes", quality, context.lang),
            "density": context.say("coverage.density", density=density),
            "here": quality == coverage.seen_at,
            "cells": [
                say_metres(metres.get(("live", quality, level), 0.0), context.lang) for level in LEVELS
            ],
        }
        for quality, density in LADDERS[coverage.ladder].items()
    ]


def _classes(coverage: Coverage, context: PageContext) -> list[dict[str, str]]:
    rows = [row for row in records(coverage.by_class) if row["state"] == "live" and row["level"] == "mid"]
    rows.sort(key=lambda row: -row["network_m"])
    return [
        {
            "name": word("highways", row["highway"], context.lang),
            "network": say_metres(row["network_m"], context.lang),
            "share": share_of(row["seen_m"], row["network_m"], context.lang),
        }
        for row in rows[:MOST]
    ]


def _best_cameras(coverage: Coverage, context: PageContext) -> list[dict[str, str]]:
    live = [row for row in records(coverage.cameras) if row["state"] == "live" and row["counted"]]
    live.sort(key=lambda row: (-row["seen_mid_m"], str(row["id"])))
    return [
        {
            "target": f"camera-{row['id']}",
            "name": str(row["id"]),
            "value": say_metres(row["seen_mid_m"], context.lang),
            "span": metres_range(row["seen_low_m"], row["seen_high_m"], context.lang),
        }
        for row in live[:MOST]
        if row["seen_mid_m"] > 0
    ]
