"""A map on paper: lines, areas and numbered marks on a canvas, with a scale bar, north and its source."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from .canvas import Canvas, Dash, Points, ring
from .style import INK, WHITE, text_on
from .text import say, say_metres

STREET: Final = "#C3CAD1"
BUILDING: Final = "#ECE9E4"
FOOTPRINT_MM: Final = 0.35
"""Buildings smaller than this on paper are left out: they would be dust."""
LEAST_ACROSS_M: Final = 250.0
_DETAIL_MM: Final = 0.06
_FRAME: Final = "#8A949E"
_MARK_MM: Final = 2.3
_LEGEND_ROW_MM: Final = 4.6


@dataclass(frozen=True)
class MapLines:
    """Lines (metric) drawn alike; width and dash in millimetres; `legend`: what they are called there."""

    shapes: NDArray[np.object_]
    color: str
    width: float
    dash: Dash | None = None
    legend: str = ""
    opacity: float = 1.0


@dataclass(frozen=True)
class MapAreas:
    """Areas (metric) drawn alike."""

    shapes: NDArray[np.object_]
    fill: str
    opacity: float = 1.0
    edge: str | None = None
    legend: str = ""


@dataclass(frozen=True)
class MapMarks:
    """Numbered places (metric points); `headings`: which way each looks, degrees, NaN for none."""

    places: NDArray[np.object_]
    texts: Sequence[str]
    color: str
    shape: Literal["circle", "square"] = "circle"
    legend: str = ""
    headings: Sequence[float] = ()


Layer = MapLines | MapAreas | MapMarks


@dataclass(frozen=True)
class PaperMap:
    """A map to be drawn, its layers from the lowest.

    Attributes
    ----------
    layers : sequence of MapLines, MapAreas or MapMarks
    bounds : tuple of float
        What must be seen: left, bottom, right, top in metres of the layers' common system.
    """

    layers: Sequence[Layer]
    bounds: tuple[float, float, float, float]
    lang: str
    notes: Sequence[str] = field(default=())


def framed(
    *shapes: NDArray[np.object_] | gpd.GeoSeries, margin_m: float = 60.0
) -> tuple[float, float, float, float]:
    """Return bounds that hold all shapes and a margin, at least `LEAST_ACROSS_M` across.

    Parameters
    ----------
    *shapes : array of geometries
        Metric; at least one of all of them must not be empty.
    margin_m : float
    """
    every = np.vstack(
        [shapely.bounds(np.asarray(group, dtype=object)).reshape(-1, 4) for group in shapes if len(group)]
    )
    every = every[np.isfinite(every).all(axis=1)]
    left, bottom = every[:, :2].min(axis=0) - margin_m
    right, top = every[:, 2:].max(axis=0) + margin_m
    wider = max(0.0, LEAST_ACROSS_M - (right - left)) / 2
    higher = max(0.0, LEAST_ACROSS_M - (top - bottom)) / 2
    return float(left - wider), float(bottom - higher), float(right + wider), float(top + higher)


def map_height(picture: PaperMap, width: float, height: float) -> float:
    """Return how high the picture and its legend are together, millimetres, for a picture of that size."""
    return height + 2.0 + _LEGEND_ROW_MM * math.ceil(len(_told(picture)) / _columns(width))


def draw_paper_map(canvas: Canvas, picture: PaperMap, *, width: float, height: float) -> None:
    """Draw a map and, below it, its legend.

    Parameters
    ----------
    canvas : Canvas
        Its upper left corner is that of the map.
    picture : PaperMap
    width, height : float
        Of the map without its legend, millimetres. North is up; the scale is the largest that shows all
        of `picture.bounds`.
    """
    view = _View.fitted(picture.bounds, width, height)
    canvas.areas([_box(0, 0, width, height)], WHITE)
    for layer in picture.layers:
        if isinstance(layer, MapLines):
            canvas.lines(
                view.lines(layer.shapes), layer.color, layer.width, dash=layer.dash, opacity=layer.opacity,
                round_ends=layer.dash is None,
            )  # fmt: skip
        elif isinstance(layer, MapAreas):
            canvas.areas(view.rings(layer.shapes), layer.fill, opacity=layer.opacity, edge=layer.edge)
    for layer in picture.layers:
        if isinstance(layer, MapMarks):
            _draw_marks(canvas, layer, view)
    _draw_scale(canvas, view, picture.lang)
    _draw_north(canvas, width, say("paper.north", picture.lang))
    owner = f"© {say('page.osm', picture.lang)}"
    canvas.text(width - 1.5, height - 1.5, owner, size=6, anchor="end", halo=True)
    canvas.lines([_box(0, 0, width, height)], _FRAME, 0.25)
    _draw_legend(canvas, picture, width, height + 1.5)


@dataclass(frozen=True)
class _View:
    """From metres to millimetres on the canvas."""

    left: float
    top: float
    scale: float
    width: float
    height: float

    @classmethod
    def fitted(cls, bounds: tuple[float, float, float, float], width: float, height: float) -> _View:
        left, bottom, right, top = bounds
        scale = min(width / (right - left), height / (top - bottom))
        middle = ((left + right) / 2, (bottom + top) / 2)
        return cls(middle[0] - width / scale / 2, middle[1] + height / scale / 2, scale, width, height)

    def places(self, metres: Points) -> Points:
        return np.column_stack(
            [(metres[:, 0] - self.left) * self.scale, (self.top - metres[:, 1]) * self.scale]
        )

    def lines(self, shapes: NDArray[np.object_]) -> list[Points]:
        parts = shapely.get_parts(self._inside(shapes))
        parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING]
        parts = shapely.simplify(parts, _DETAIL_MM / self.scale, preserve_topology=False)
        return [self.places(shapely.get_coordinates(part)) for part in parts if not part.is_empty]

    def rings(self, shapes: NDArray[np.object_]) -> list[Points]:
        parts = shapely.get_parts(shapely.get_parts(self._inside(shapes)))
        parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
        parts = parts[shapely.area(parts) * self.scale**2 >= FOOTPRINT_MM**2]
        outer = shapely.simplify(shapely.get_exterior_ring(parts), _DETAIL_MM / self.scale)
        return [self.places(shapely.get_coordinates(part)) for part in outer]

    def _inside(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        """Cut shapes at the frame: nothing may be drawn over the words around the map."""
        shapes = np.asarray(shapes, dtype=object)
        box = (self.left, self.top - self.height / self.scale, self.left + self.width / self.scale, self.top)
        near = shapely.intersects(shapely.envelope(shapes), shapely.box(*box))
        kept = shapely.make_valid(shapes[near]) if _has_areas(shapes) else shapes[near]
        return np.asarray(shapely.clip_by_rect(kept, *box), dtype=object)


def _has_areas(shapes: NDArray[np.object_]) -> bool:
    return bool(np.isin(shapely.get_dimensions(shapes), [2]).any())


def _draw_marks(canvas: Canvas, marks: MapMarks, view: _View) -> None:
    if not len(marks.places):
        return
    places = _apart(view.places(shapely.get_coordinates(marks.places)), 1.7 * _MARK_MM, view)
    exact = view.places(shapely.get_coordinates(marks.places))
    for place, heading in zip(places, marks.headings, strict=False):
        if np.isfinite(heading):
            canvas.areas([_pointer(place, heading)], marks.color, edge=WHITE, width=0.2)
    for (x, y), (true_x, true_y), text in zip(places, exact, marks.texts, strict=True):
        if math.hypot(x - true_x, y - true_y) > 0.3:
            canvas.lines([ring([(x, y), (true_x, true_y)])], INK, 0.2)
            canvas.circle(true_x, true_y, 0.5, marks.color, edge=WHITE, width=0.1)
        radius = _MARK_MM if len(text) < 3 else _MARK_MM * 1.25
        if marks.shape == "circle":
            canvas.circle(x, y, radius, marks.color, edge=WHITE)
        else:
            canvas.areas(
                [_box(x - radius, y - radius, 2 * radius, 2 * radius)], marks.color, edge=WHITE, width=0.3
            )
        canvas.text(x, y + 0.95, text, size=7.5 if len(text) < 3 else 6.5, bold=True, anchor="middle",
                    color=text_on(marks.color))  # fmt: skip


def _apart(places: Points, least: float, view: _View) -> Points:
    """Push marks that would lie on each other apart, a little at a time; far ones stay where they are."""
    moved = places.copy()
    for _ in range(40):
        difference = moved[:, None, :] - moved[None, :, :]
        distance = np.hypot(difference[..., 0], difference[..., 1])
        np.fill_diagonal(distance, np.inf)
        close = distance < least
        if not close.any():
            break
        # two at one spot part along a direction that depends on their order only
        turn = np.arange(len(moved)) * 2.4
        aside = np.column_stack([np.cos(turn), np.sin(turn)]) * 1e-3
        away = np.where(close[..., None], difference + aside[:, None, :] - aside[None, :, :], 0.0)
        length = np.maximum(np.hypot(away[..., 0], away[..., 1]), 1e-9)
        push = (
            away
            / length[..., None]
            * np.where(close, (least - np.minimum(distance, least)) / 2, 0.0)[..., None]
        )
        moved = moved + push.sum(axis=1)
    return np.clip(moved, _MARK_MM, [view.width - _MARK_MM, view.height - _MARK_MM])


def _pointer(place: Points, heading: float) -> Points:
    """Return an arrowhead beside a mark: 0 is up, clockwise."""
    turn = np.deg2rad(heading + np.array([-32.0, 0.0, 32.0]))
    reach = np.array([_MARK_MM * 0.9, _MARK_MM * 2.0, _MARK_MM * 0.9])
    return np.column_stack([place[0] + reach * np.sin(turn), place[1] - reach * np.cos(turn)])


def _draw_scale(canvas: Canvas, view: _View, lang: str) -> None:
    metres = _round_length(view.width / view.scale / 4)
    length, bottom = metres * view.scale, view.height - 3.0
    canvas.areas([_box(1.5, bottom - 4.6, length + 6, 6.4)], WHITE, opacity=0.85)
    for part in range(2):
        fill = INK if part == 0 else WHITE
        canvas.areas([_box(3 + part * length / 2, bottom - 0.6, length / 2, 1.2)], fill, edge=INK, width=0.2)
    canvas.text(3, bottom - 1.6, "0", size=6.5)
    canvas.text(3 + length, bottom - 1.6, say_metres(metres, lang), size=6.5, anchor="end")


def _round_length(wanted: float) -> float:
    """Return the largest of 1, 2 or 5 times a power of ten that is not longer."""
    power = 10 ** math.floor(math.log10(wanted))
    return max(step * power for step in (1, 2, 5) if step * power <= wanted)


def _draw_north(canvas: Canvas, width: float, word: str) -> None:
    x = width - 5.0
    canvas.areas([ring([(x, 2.0), (x + 2.1, 8.5), (x, 7.0)])], INK, edge=INK, width=0.2)
    canvas.areas([ring([(x, 2.0), (x - 2.1, 8.5), (x, 7.0)])], WHITE, edge=INK, width=0.2)
    canvas.text(x, 11.8, word, size=7, bold=True, anchor="middle", halo=True)


def _told(picture: PaperMap) -> list[Layer]:
    return [layer for layer in picture.layers if layer.legend]


def _columns(width: float) -> int:
    return max(1, int(width // 58))


def _draw_legend(canvas: Canvas, picture: PaperMap, width: float, top: float) -> None:
    columns = _columns(width)
    for place, layer in enumerate(_told(picture)):
        x, y = (place % columns) * width / columns, top + (place // columns) * _LEGEND_ROW_MM + 2.4
        if isinstance(layer, MapLines):
            line = [ring([(x + 0.5, y), (x + 7.5, y)])]
            canvas.lines(
                line, layer.color, layer.width, dash=layer.dash, opacity=layer.opacity, round_ends=False
            )
        elif isinstance(layer, MapAreas):
            canvas.areas([_box(x + 0.5, y - 1.4, 7, 2.8)], layer.fill, opacity=layer.opacity, edge=layer.edge)
        elif layer.shape == "circle":
            canvas.circle(x + 4, y, 1.5, layer.color, edge=WHITE)
        else:
            canvas.areas([_box(x + 2.6, y - 1.4, 2.8, 2.8)], layer.color)
        canvas.text(x + 9.5, y + 1.0, layer.legend, size=7.5)


def _box(x: float, y: float, width: float, height: float) -> Points:
    return ring([(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)])
