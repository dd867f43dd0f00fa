"""What a picture on paper is drawn on: millimetres, from the upper left; as SVG in a page, or in a PDF."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, Protocol

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from .safe import safe

Anchor = Literal["start", "middle", "end"]
Points = NDArray[np.float64]
Dash = tuple[float, float]
MM_PER_POINT = 25.4 / 72


class Canvas(Protocol):
    """A sheet that lines, areas and words are put on; what comes later lies on top.

    Places, widths and dashes are in millimetres, colours `#rrggbb`, opacities 0 to 1, letters in points.
    """

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
        """Draw lines, each an array (n, 2)."""
        ...

    def areas(
        self,
        areas: Iterable[Points],
        fill: str,
        *,
        opacity: float = 1.0,
        edge: str | None = None,
        width: float = 0.1,
    ) -> None:
        """Fill rings, each an array (n, 2)."""
        ...

    def circle(self, x: float, y: float, radius: float, fill: str, *, edge: str, width: float = 0.3) -> None:
        """Draw a filled circle."""
        ...

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 8.0,
        color: str = "#1B2733",
        bold: bool = False,
        anchor: Anchor = "start",
        halo: bool = False,
    ) -> None:
        """Write one line of words, `y` its baseline; a halo keeps it readable over lines."""
        ...


class SvgCanvas:
    """A canvas that becomes an SVG element: sharp on screen and in print, without any script.

    Parameters
    ----------
    width, height : float
        Millimetres.
    title : str
        What the picture shows, for those who cannot see it.
    """

    def __init__(self, width: float, height: float, *, title: str) -> None:
        self.size = (width, height)
        self.title = title
        self._parts: list[str] = []

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
        """Draw lines as one path."""
        path = "".join(_path(line) for line in lines)
        if not path:
            return
        ends = "round" if round_ends else "butt"
        style = f'fill="none" stroke="{safe(color)}" stroke-width="{width:g}" stroke-linecap="{ends}"'
        style += ' stroke-linejoin="round"'
        if dash:
            style += f' stroke-dasharray="{dash[0]:g} {dash[1]:g}"'
        if opacity < 1:
            style += f' stroke-opacity="{opacity:g}"'
        self._parts.append(f'<path d="{path}" {style}/>')

    def areas(
        self,
        areas: Iterable[Points],
        fill: str,
        *,
        opacity: float = 1.0,
        edge: str | None = None,
        width: float = 0.1,
    ) -> None:
        """Fill rings as one path, so that overlaps are no darker."""
        path = "".join(_path(ring) + "Z" for ring in areas)
        if not path:
            return
        stroke = f' stroke="{safe(edge)}" stroke-width="{width:g}"' if edge else ""
        self._parts.append(f'<path d="{path}" fill="{safe(fill)}" fill-opacity="{opacity:g}"{stroke}/>')

    def circle(self, x: float, y: float, radius: float, fill: str, *, edge: str, width: float = 0.3) -> None:
        """Draw a filled circle."""
        place = f'cx="{x:.2f}" cy="{y:.2f}" r="{radius:g}"'
        self._parts.append(
            f'<circle {place} fill="{safe(fill)}" stroke="{safe(edge)}" stroke-width="{width:g}"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 8.0,
        color: str = "#1B2733",
        bold: bool = False,
        anchor: Anchor = "start",
        halo: bool = False,
    ) -> None:
        """Write one line of words."""
        look = f'font-size="{size * MM_PER_POINT:.3f}" fill="{safe(color)}" text-anchor="{anchor}"'
        look += ' font-weight="700"' if bold else ""
        if halo:
            look += ' stroke="#fff" stroke-width="0.7" stroke-linejoin="round" paint-order="stroke"'
        self._parts.append(f'<text x="{x:.2f}" y="{y:.2f}" {look}>{safe(text)}</text>')

    def markup(self) -> Markup:
        """Return the finished element."""
        width, height = self.size
        head = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width:g} {height:g}"'
        return Markup(f"{head}><title>{safe(self.title)}</title>{''.join(self._parts)}</svg>")


def ring(points: Sequence[tuple[float, float]]) -> Points:
    """Return corners as an array (n, 2)."""
    return np.asarray(points, dtype=np.float64)


def _path(line: Points) -> str:
    steps = " ".join(f"{x:.2f},{y:.2f}" for x, y in line.tolist())
    return f"M{steps}"
