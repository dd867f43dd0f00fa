"""Colours, widths and dashes: one place, used by the map, its legend and its lists.

The colours are those of Okabe and Ito, which colour-blind readers can tell apart; width, dash and shape
say the same again for a black-and-white printer.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

BLUE: Final = "#0072B2"
LIGHT_BLUE: Final = "#56B4E9"
GREY: Final = "#999999"
DARK_GREY: Final = "#6B7280"
VERMILION: Final = "#D55E00"
GREEN: Final = "#009E73"
WHITE: Final = "#FFFFFF"
INK: Final = "#1B2733"
PINK: Final = "#CC79A7"
ORANGE: Final = "#E69F00"
ROUTES: Final = (PINK, ORANGE, "#000000", "#F0E442")


@dataclass(frozen=True)
class LineStyle:
    """A line: colour, width in pixels, dash pattern and opacity; `casing` and `edge`: its rim."""

    color: str
    weight: float
    dashArray: str | None = None  # noqa: N815  (the names are Leaflet's)
    opacity: float = 1.0
    lineCap: str = "round"  # noqa: N815
    casing: str | None = None
    edge: float = 3.0
    arrows: bool = False
    offset: float = 0.0

    def told(self) -> dict[str, object]:
        """Return the style as the page reads it."""
        return {
            name: value for name, value in asdict(self).items() if value is not None and value is not False
        }


@dataclass(frozen=True)
class AreaStyle:
    """A filled area with a thin edge."""

    fillColor: str  # noqa: N815
    fillOpacity: float  # noqa: N815
    color: str
    weight: float = 0.8
    opacity: float = 0.5
    dashArray: str | None = None  # noqa: N815

    def told(self) -> dict[str, object]:
        """Return the style as the page reads it."""
        return {"fill": True, **{name: value for name, value in asdict(self).items() if value is not None}}


@dataclass(frozen=True)
class MarkerStyle:
    """A point: its shape (circle, square, ring, cross), colour and radius in pixels."""

    shape: str
    color: str
    radius: float = 5.0

    def told(self) -> dict[str, object]:
        """Return the style as the page reads it."""
        return asdict(self)


# by one, two, three or more cameras
SEEN_CERTAIN: Final = (LineStyle(BLUE, 3.0), LineStyle(BLUE, 5.0), LineStyle(BLUE, 7.5))
# the gap says "perhaps": on paper the line is broken even where blue prints as grey; the likelier, the fuller
SEEN_POSSIBLE: Final = (
    LineStyle(BLUE, 1.8, dashArray="2 6", opacity=0.8, lineCap="butt"),
    LineStyle(BLUE, 2.4, dashArray="5 5", opacity=0.85, lineCap="butt"),
    LineStyle(BLUE, 2.8, dashArray="9 4", opacity=0.9, lineCap="butt"),
)
SEEN_ARCHIVE: Final = LineStyle(LIGHT_BLUE, 3.0, dashArray="9 5", lineCap="butt")
BLIND: Final = LineStyle(VERMILION, 1.7, opacity=0.75)
# from a camera to what it saw: for certain, and perhaps
SIGHT_LIVE: Final = (LineStyle(BLUE, 3.6), LineStyle(BLUE, 1.8, opacity=0.85))
SIGHT_ARCHIVE: Final = (
    LineStyle(LIGHT_BLUE, 3.6, dashArray="9 5", lineCap="butt"),
    LineStyle(LIGHT_BLUE, 2.0, dashArray="6 5", lineCap="butt"),
)
SIGHT_SILENT: Final = LineStyle(WHITE, 1.8, casing=GREY, edge=2.2)
# stretches of a way, broad enough for the sight lines and streets under them
WAY_PARTS: Final = {
    "live": LineStyle(BLUE, 7.0, lineCap="butt"),
    "live_perhaps": LineStyle(BLUE, 4.0, dashArray="9 4", lineCap="butt"),
    "archive": LineStyle(LIGHT_BLUE, 6.0, dashArray="9 5", lineCap="butt"),
    "silent": LineStyle(WHITE, 3.0, lineCap="butt", casing=GREY, edge=3.0),
    "nobody": LineStyle(VERMILION, 3.0, lineCap="butt"),
}
GAIN: Final = LineStyle(GREEN, 5.0)

CAMERAS: Final = {
    "live": MarkerStyle("circle", BLUE),
    "archive": MarkerStyle("square", LIGHT_BLUE),
    "registered": MarkerStyle("ring", DARK_GREY),
    "offline": MarkerStyle("cross", DARK_GREY),
}
VIEWS: Final = {
    "live_certain": AreaStyle(BLUE, 0.16, BLUE),
    "live_possible": AreaStyle(BLUE, 0.05, BLUE, opacity=0.4, dashArray="3 4"),
    "archive": AreaStyle(LIGHT_BLUE, 0.10, LIGHT_BLUE, dashArray="6 4"),
    "registered": AreaStyle(GREY, 0.10, DARK_GREY, dashArray="2 3"),
    "offline": AreaStyle(GREY, 0.06, DARK_GREY, dashArray="1 5"),
}
VIEW_PROPOSED: Final = AreaStyle(GREEN, 0.16, GREEN, opacity=0.8, weight=1.0)


# a blind spot is drawn in one of five widths, by its share of the greatest risk
BLIND_STEPS: Final = (
    LineStyle(VERMILION, 1.2, opacity=0.55),
    LineStyle(VERMILION, 2.2, opacity=0.75),
    LineStyle(VERMILION, 4.0, opacity=0.9),
    LineStyle(VERMILION, 6.5, opacity=0.95),
    LineStyle(VERMILION, 9.0),
)
_STEP_FROM: Final = (0.02, 0.1, 0.3, 0.6)
QUIET_BLIND: Final = LineStyle(VERMILION, 1.6, opacity=0.45)
STATION: Final = "#0B2942"
FAILING: Final = LineStyle(VERMILION, 4.5, opacity=0.9)
FAILED: Final = MarkerStyle("square", VERMILION, 4.0)
PAUSED: Final = MarkerStyle("ring", VERMILION, 4.0)


def blind_step(share: float) -> int:
    """Return the place in `BLIND_STEPS` of a blind spot with `share` (0 to 1) of the greatest risk."""
    return sum(share >= least for least in _STEP_FROM)


def route_style(place: int) -> LineStyle:
    """Return the line of the unit in that place (from 0): colours repeat after four, dashes do not."""
    color = ROUTES[place % len(ROUTES)]
    dashes = (None, "12 6", "3 6", "12 5 3 5")
    return LineStyle(
        color,
        2.6,
        dashArray=dashes[(place // len(ROUTES)) % len(dashes)],
        # yellow needs a dark rim on pale ground, the others a white one
        casing=INK if color == "#F0E442" else WHITE,
        edge=1.2 if color == "#F0E442" else 2.4,
        arrows=True,
        offset=2.0 + 3.2 * (place % len(ROUTES)),
    )


# legs lie unseen over the route of their unit, to be clicked
LEG: Final = LineStyle(INK, 12.0, opacity=0.0)


def text_on(color: str) -> str:
    """Return the colour, ink or white, that can be read on a background."""
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else WHITE
