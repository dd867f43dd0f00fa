"""Words and lines of the map of scenarios, as its script needs them."""

from __future__ import annotations

from typing import Final

from ..coverage.schema import STATES
from .style import GREEN, VERMILION, WHITE, LineStyle
from .text import say, say_number

DIFFERENCE_STYLES: Final = {
    # what is gained is solid, what is lost is dashed: apart in black and white too
    "gain": LineStyle(GREEN, 6.0, lineCap="butt", casing=WHITE, edge=3.0),
    "loss": LineStyle(VERMILION, 6.0, dashArray="9 5", lineCap="butt", casing=WHITE, edge=3.0),
    "other": LineStyle("#6B7280", 3.0, dashArray="2 5", lineCap="butt", casing=WHITE, edge=2.0),
}
_TEXTS: Final = (
    "before", "after", "change", "state", "highway", "metres", "kilometres", "seen_by_state", "by_class",
    "spots", "spots.none", "spot.gone", "spot.smaller", "spot.moved", "spot.larger", "spot.new",
    "spot.note", "unnamed", "near", "nothing", "gain", "loss", "other", "changed",
    "excluded.inside_building", "excluded.indoor", "moved_off", "no_heading", "pair", "waiting",
    "failed", "camera", "more", "risk", "probability", "certain", "possible", "marker", "handle",
    "adding", "outside", "edit.removed", "edit.added", "edit.changed", "unit.risk",
)  # fmt: skip


def script_texts(lang: str) -> dict[str, str]:
    """Return what the script says, in a language."""
    told = {name: say(f"whatif.{name}", lang) for name in _TEXTS}
    # as this language writes numbers: a browser may not know Kazakh
    group, decimal = (say_number(1234.5, lang, digits=1)[place] for place in (1, -2))
    told |= {"number.group": group, "number.decimal": decimal}
    return told | {f"state.{state}": say(f"states.{state}", lang) for state in STATES}
