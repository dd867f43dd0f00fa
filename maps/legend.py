"""The legend: entries of the layer switch, each with a sample of what it draws."""

from __future__ import annotations

from collections.abc import Sequence

from .safe import safe
from .style import AreaStyle, LineStyle, MarkerStyle


def legend_entry(text: str, swatch: str, *, count: str = "", group: str = "") -> str:
    """Return the HTML of an entry in the layer switch.

    Parameters
    ----------
    text : str
        What the layer is called (not yet safe).
    swatch : str
        HTML of its sample, made by one of the `*_swatch` functions.
    count : str
        How many there are, or how long.
    group : str
        A heading that begins above this entry.
    """
    heading = f' data-group="{safe(group)}"' if group else ""
    amount = f'<span class="legend-count">{safe(count)}</span>' if count else ""
    sample = f'<span class="legend-sample">{swatch}</span>'
    words = f'<span class="legend-text">{safe(text)}</span>'
    return f'<span class="legend-entry"{heading}>{sample}{words}{amount}</span>'


def line_swatch(*styles: LineStyle, texts: Sequence[str] = ()) -> str:
    """Return samples of lines side by side, with a word over each where given."""
    width = 34 if len(styles) == 1 else 18
    middle = 14 if texts else 7
    parts = []
    for place, style in enumerate(styles):
        x = place * (width + 3)
        if style.casing:
            parts.append(_line(x, width, middle, style.casing, style.weight + style.edge))
        parts.append(_line(x, width, middle, style.color, style.weight, style.dashArray, style.opacity))
        if style.arrows:
            tip = f'd="M{x + 23} {middle}l-9 -5l2.5 5l-2.5 5z"'
            parts.append(f'<path {tip} fill="{style.color}" stroke="{style.casing or style.color}"/>')
        if texts:
            at = f'x="{x + width / 2:g}" y="7" text-anchor="middle"'
            parts.append(f'<text {at} class="swatch-text">{safe(texts[place])}</text>')
    return _svg(len(styles) * (width + 3) - 3, 20 if texts else 14, parts)


def marker_swatch(style: MarkerStyle) -> str:
    """Return a sample of a marker."""
    hollow = style.shape in ("ring", "cross")
    paint = f'fill="{"#fff" if hollow else style.color}" stroke="{style.color}" stroke-width="1.8"'
    if style.shape == "square":
        body = [f'<rect x="2.5" y="2.5" width="9" height="9" {paint}/>']
    else:
        body = [f'<circle cx="7" cy="7" r="5" {paint}/>']
    if style.shape == "cross":
        body.append(f'<path d="M4.5 4.5l5 5m0 -5l-5 5" stroke="{style.color}" stroke-width="1.8"/>')
    return _svg(14, 14, body)


def area_swatch(style: AreaStyle) -> str:
    """Return a sample of an area."""
    dash = f' stroke-dasharray="{style.dashArray}"' if style.dashArray else ""
    paint = f'fill="{style.fillColor}" fill-opacity="{max(style.fillOpacity, 0.1) * 1.6:g}"'
    return _svg(
        24, 14, [f'<rect x="1" y="1" width="22" height="12" rx="2" {paint} stroke="{style.color}"{dash}/>']
    )


def badge_swatch(text: str, background: str, ink: str, *, shape: str = "circle") -> str:
    """Return a sample of a numbered marker."""
    paint = f"background:{background};color:{ink}"
    return f'<span class="badge badge-{shape} badge-small" style="{paint}"><span>{safe(text)}</span></span>'


def _line(
    x: float, width: float, y: float, color: str, weight: float, dash: str | None = None, opacity: float = 1.0
) -> str:
    broken = f' stroke-dasharray="{dash}"' if dash else ""
    ink = f'stroke="{color}" stroke-width="{min(weight, 10):g}" stroke-opacity="{opacity:g}"'
    return f'<path d="M{x:g} {y:g}h{width:g}" {ink}{broken}/>'


def _svg(width: float, height: float, body: Sequence[str]) -> str:
    size = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
    return f'<svg class="swatch" aria-hidden="true" {size}>{"".join(body)}</svg>'
