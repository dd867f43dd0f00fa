"""What if: two maps side by side, before and after, the signed difference, and cameras to be changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np

from ..coverage.catalogue import MODELS
from ..coverage.projection import WGS84
from ..coverage.results import Coverage
from ..coverage.scenarios import DEFAULT_MODEL
from ..coverage.schema import STATES
from .coverage_page import coverage_notes
from .frames import present, records
from .page_frame import Figure, Page, PageContext, Tool, draw_page, render_answer
from .scenario_words import DIFFERENCE_STYLES, script_texts
from .street_layers import street_layers
from .style import CAMERAS
from .text import say, say_metres, say_number
from .words import conditions_words, word

Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Choice:
    """A scenario that can be chosen: its id (or `today`) and its name, which is text and never HTML."""

    identity: str
    name: str


@dataclass(frozen=True)
class Editing:
    """What a person needs to change cameras on the map; only a server has it.

    Attributes
    ----------
    page, preview, keep : str
        Addresses of this page, of trying out and of keeping.
    bounds : tuple of float
        West, south, east, north in degrees that a camera may be put in.
    changes : sequence of dict
        Those of the scenario that is shown.
    register : GeoDataFrame
        The cameras as they are today (WGS 84).
    choices : sequence of Choice
        Kept scenarios, today first.
    """

    page: str
    preview: str
    keep: str
    bounds: tuple[float, float, float, float]
    changes: Sequence[Mapping[str, Any]]
    register: gpd.GeoDataFrame
    choices: Sequence[Choice]


def scenario_page(
    before: Coverage,
    answer: Answer,
    *,
    names: tuple[Choice, Choice],
    editing: Editing | None,
    context: PageContext,
) -> str:
    """Draw what differs between two scenarios.

    Parameters
    ----------
    before : Coverage
        What the first sees.
    answer : mapping
        What changes to the second, as the API tells it (`scenarios.describe_difference`).
    names : tuple of Choice
        The first and the second.
    editing : Editing, optional
        Lets a person change cameras on the map; needs a server.
    context : PageContext
        For whom.

    Returns
    -------
    str
        A complete page.
    """
    lang = context.lang
    basemap = "#basemap" if isinstance(context.basemap, bytes) else context.basemap
    told: dict[str, Any] = {
        "answer": answer,
        "basemap": basemap,
        "names": [choice.name for choice in names],
        "texts": script_texts(lang),
        "highways": {str(kind): word("highways", kind, lang) for kind in sorted(set(before.ways["highway"]))},
        "styles": {
            "change": {name: style.told() for name, style in DIFFERENCE_STYLES.items()},
            "camera": {state: CAMERAS[state].told() for state in STATES},
        },
        "streets": ["data_streets_certain", "data_streets_possible"],
        "cameras": _cameras(before),
        "edit": None if editing is None else _edit(editing, lang),
    }
    scripts = ["leaflet_sync", "kuzet_scenario", *(["kuzet_scenario_edit"] if editing else [])]
    page = Page(
        "what-if",
        _figures(answer["figures"], context),
        street_layers(before, context, kinds=("certain", "possible")),
        render_answer(
            "scenario.html",
            context,
            editing=editing,
            names=names,
            models=list(MODELS),
            default_model=DEFAULT_MODEL,
            states=STATES,
        ),
        streets=before.ways,
        notes=[
            context.say("whatif.note.paper"),
            context.say("whatif.note.risk"),
            *coverage_notes(before, context),
        ],
        about=context.say("whatif.about", first=names[0].name, second=names[1].name),
        conditions=conditions_words(before.conditions, lang),
        tool=Tool("kuzetScenario", told, scripts, ["kuzet_scenario_css"], sends=editing is not None),
    )
    return draw_page(page, context)


def _figures(figures: Answer, context: PageContext) -> list[Figure]:
    """Return the three key figures, what changes first; the script writes them anew after each change."""
    lang, seen = context.lang, figures["seen"]["live"]["mid"]
    blind, risk = figures["blind_m"], seen["risk_change"]
    return [
        Figure(
            context.say("whatif.figure.seen"),
            _signed_metres(seen["change_m"], lang),
            _from_to(seen["before_m"], seen["after_m"], lang),
            "live",
        ),
        Figure(
            context.say("whatif.figure.risk"),
            _sign(round(risk, 1)) + say_number(abs(risk), lang, digits=1),
            context.say(
                "whatif.figure.risk.note",
                gained=say_number(seen["risk_gained"], lang, digits=1),
                lost=say_number(seen["risk_lost"], lang, digits=1),
            ),
            "gain",
        ),
        Figure(
            context.say("whatif.figure.blind"),
            _signed_metres(blind["change"], lang),
            _from_to(blind["before"], blind["after"], lang),
            "blind",
        ),
    ]


def _from_to(before: float, after: float, lang: str) -> str:
    # whole metres: in kilometres most changes would be told as none
    first, last = (say_number(round(value), lang) for value in (before, after))
    return f"{first} → {last}\N{NO-BREAK SPACE}{say('whatif.metres', lang)}"


def _sign(value: float) -> str:
    # a true minus, as wide as the plus
    return "+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else "±"


def _signed_metres(value: float, lang: str) -> str:
    return _sign(round(value)) + say_metres(abs(value), lang)


def _cameras(coverage: Coverage) -> list[dict[str, Any]]:
    """Return the cameras of a coverage, where they are taken to hang."""
    places = coverage.cameras.geometry.to_crs(WGS84)
    return [
        {"id": str(identity), "state": state, "lon": round(place.x, 6), "lat": round(place.y, 6)}
        for identity, state, place in zip(
            coverage.cameras["id"], coverage.cameras["state"], places, strict=True
        )
    ]


def _edit(editing: Editing, lang: str) -> dict[str, Any]:
    register = editing.register
    names = [name for name in ("id", "name", "state", "kind", "heading_deg", "height_m") if name in register]
    rows = []
    for row, place in zip(records(register[names]), register.geometry, strict=True):
        told = {name: _plain(value) for name, value in row.items() if present(value)}
        rows.append(told | {"lon": round(place.x, 7), "lat": round(place.y, 7)})
    return {
        "lang": lang,
        "page": editing.page,
        "preview": editing.preview,
        "keep": editing.keep,
        "bounds": list(editing.bounds),
        "changes": [dict(change) for change in editing.changes],
        "register": rows,
    }


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
