"""Streets as layers: seen for certain, perhaps seen, archive only, blind."""

from __future__ import annotations

from typing import Final

import numpy as np

from ..coverage.results import Coverage
from ..coverage.schema import STATES
from .frames import pick, records, told_frame, told_rows
from .layers import FeatureLayer
from .legend import legend_entry, line_swatch
from .page_frame import PageContext
from .street_runs import KINDS, merge_pieces, piece_kinds
from .style import BLIND, SEEN_ARCHIVE, SEEN_CERTAIN, SEEN_POSSIBLE, LineStyle
from .text import say_metres, say_number, say_share
from .words import street_name, word

_STYLES: Final[dict[str, tuple[LineStyle, ...]]] = {
    "certain": SEEN_CERTAIN,
    "possible": SEEN_POSSIBLE,
    "archive": (SEEN_ARCHIVE,),
    "blind": (BLIND,),
}
_TEXTS: Final = {"certain": ("1×", "2×", "3×+"), "possible": ("<⅓", "", ">⅔")}
_ROWS: Final = {"h": "popup.way", "m": "popup.length", "p": "popup.probability"}


def street_layers(
    coverage: Coverage, context: PageContext, *, kinds: tuple[str, ...] = KINDS
) -> list[FeatureLayer]:
    """Return the streets as up to four layers by what live cameras make of them.

    Parameters
    ----------
    coverage : Coverage
        Every stretch falls into exactly one layer: some live camera sees it for certain; some may; none
        can, but an archive may hold it; or no live and no archive camera can see it.
    context : PageContext
        For whom.
    kinds : tuple of str
        Which layers are wanted; all are on when the page opens.
    """
    runs = merge_pieces(coverage.draw_pieces())
    metres = np.bincount(
        piece_kinds(coverage.pieces), weights=coverage.pieces["length_m"], minlength=len(KINDS)
    )
    labels = {name: context.say(key) for name, key in _ROWS.items()}
    labels |= {state: context.say(f"popup.seen_by.{state}") for state in STATES}
    layers = []
    for kind in kinds:
        mine = pick(runs, np.asarray(runs["kind"]) == KINDS.index(kind))
        layers.append(
            FeatureLayer(
                f"streets_{kind}",
                legend_entry(
                    context.say(f"layers.streets.{kind}"),
                    line_swatch(*_STYLES[kind], texts=_TEXTS.get(kind, ())),
                    count=say_metres(float(metres[KINDS.index(kind)]), context.lang),
                    group=context.say("layers.streets") if kind == kinds[0] else "",
                ),
                told_rows([_text(row, context) for row in records(mine)], ["t", "s", *_ROWS, *STATES], mine),
                styles=[style.told() for style in _STYLES[kind]],
                labels=labels,
                order=20 - 2 * KINDS.index(kind),
            )
        )
    return layers


def blind_streets(coverage: Coverage, context: PageContext, style: LineStyle) -> FeatureLayer:
    """Return the blind streets as a quiet layer without popups, to be looked past."""
    runs = merge_pieces(coverage.draw_pieces())
    mine = pick(runs, np.asarray(runs["kind"]) == KINDS.index("blind"))
    title = legend_entry(context.say("layers.streets.blind"), line_swatch(style))
    return FeatureLayer("streets_blind", title, told_frame({}, mine), styles=[style.told()], order=10)


def _text(run: dict[str, object], context: PageContext) -> dict[str, object]:
    lang = context.lang
    told: dict[str, object] = {
        "t": street_name(run["name"], lang, highway=run["highway"]),
        "s": run["step"],
        "h": word("highways", run["highway"], lang),
        "m": say_metres(float(str(run["length_m"])), lang),
        "p": say_share(float(str(run["probability"])), lang) if run["live_high"] else None,
    }
    for state in STATES:
        low, high = run[f"{state}_low"], run[f"{state}_high"]
        # a state with no camera in sight is left out of the popup, not written as 0
        if high:
            told[state] = _span(int(str(low)), int(str(high)), lang)
    return told


def _span(low: int, high: int, lang: str) -> str:
    return say_number(high, lang) if low == high else f"{say_number(low, lang)}–{say_number(high, lang)}"
