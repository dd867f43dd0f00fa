"""A canvas on a page of a PDF, and text as a PDF can hold it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from fpdf import FPDF

from .canvas import Anchor, Dash, Points
from .style import INK

FONT: Final = "DejaVu"
"""The family that the paper has loaded."""
# breaks and control characters; signs that turn the direction of writing; private use; halves of pairs
_UNPRINTED: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ue000-\uf8ff\ud800-\udfff]+"
)


def printable(text: object) -> str:
    """Return text without what cannot be printed or would change how the rest is read."""
    return _UNPRINTED.sub(" ", str(text)).strip()


class PdfCanvas:
    """A canvas on a page of a paper, its corner at a place of that page (millimetres)."""

    def __init__(self, paper: FPDF, left: float, top: float) -> None:
        self.paper = paper
        self.corner = (left, top)

    def lines(
        self,
        lines: Iterable[Points],
        color: str,
        width: float,
        *,
        dash: Dash | None = None,
        opacity: float = 1.0,
        round_ends: bool = True,
    ) -> None:
        """Draw lines."""
        paper = self.paper
        style = {"stroke_opacity": opacity} if opacity < 1 else {}
        ends = "ROUND" if round_ends else "BUTT"
        with paper.local_context(
            draw_color=color, line_width=width, stroke_cap_style=ends, stroke_join_style="ROUND", **style
        ):
            if dash:
                paper.set_dash_pattern(dash=dash[0], gap=dash[1])
            for line in lines:
                paper.polyline(self._moved(line))

    def areas(
        self,
        areas: Iterable[Points],
        fill: str,
        *,
        opacity: float = 1.0,
        edge: str | None = None,
        width: float = 0.1,
    ) -> None:
        """Fill rings."""
        paper = self.paper
        style = {"fill_opacity": opacity} if opacity < 1 else {}
        with paper.local_context(fill_color=fill, draw_color=edge or fill, line_width=width, **style):
            for corners in areas:
                paper.polygon(self._moved(corners), style="DF" if edge else "F")

    def circle(self, x: float, y: float, radius: float, fill: str, *, edge: str, width: float = 0.3) -> None:
        """Draw a filled circle."""
        left, top = self.corner
        with self.paper.local_context(fill_color=fill, draw_color=edge, line_width=width):
            self.paper.circle(left + x, top + y, radius, style="DF")

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 8.0,
        color: str = INK,
        bold: bool = False,
        anchor: Anchor = "start",
        halo: bool = False,
    ) -> None:
        """Write one line of words."""
        paper, (left, top) = self.paper, self.corner
        words = printable(text)
        if not words:
            return
        with paper.local_context():
            paper.set_font(FONT, "B" if bold else "", size)
            wide = paper.get_string_width(words)
            at = left + x - wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
            if halo:
                with paper.local_context(text_mode="STROKE", draw_color="#FFFFFF", line_width=0.8):
                    paper.text(at, top + y, words)
            paper.set_text_color(color)
            paper.text(at, top + y, words)

    def _moved(self, line: Points) -> list[tuple[float, float]]:
        left, top = self.corner
        return [(left + x, top + y) for x, y in line.tolist()]
