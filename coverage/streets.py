"""The street graph as metres of street: each physical way once, and places along it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from .errors import InvalidInputError
from .flags import flags

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

GAP_M: Final = 1.0
"""Room between two ways on the common axis, so that nothing runs from one into the next."""
DECK_M: Final = 5.0
"""How much higher each layer of bridges lies than the one below it."""
LIT_UNKNOWN: Final = 0.5
"""Share of a street taken as lit where the map does not say."""


@dataclass(frozen=True)
class Ways:
    """The physical ways of a city, laid end to end on one axis.

    Attributes
    ----------
    frame : GeoDataFrame
        Metric LineStrings, index 0 to n - 1: `name`, `highway`, `length_m`, `lit_share` (1 lit, 0 unlit,
        LIT_UNKNOWN where the map does not say), `deck_m` (how high above the ground a bridge lies),
        `width_m` (of the carriageway; NaN where the map does not say).
    tunnel_m : float
        Metres of tunnel, which no street camera sees and which do not count.
    xy : ndarray (k, 2)
        Vertices of all ways, one after the other.
    measure : ndarray (k,)
        Metres from the start of the way to each vertex.
    first : ndarray of int (n + 1,)
        Vertices of way i are `first[i]:first[i + 1]`.
    offset : ndarray (n,)
        Where each way begins on the common axis.
    """

    frame: gpd.GeoDataFrame
    tunnel_m: float
    xy: Floats = field(repr=False)
    measure: Floats = field(repr=False)
    first: Integers = field(repr=False)
    offset: Floats = field(repr=False)

    @property
    def length_m(self) -> float:
        """Metres of street, tunnels aside."""
        return float(self.frame["length_m"].sum())

    @property
    def deck_m(self) -> Floats:
        """How high each way runs above the ground, metres (n,)."""
        return self.frame["deck_m"].to_numpy(dtype=np.float64)

    @property
    def segments(self) -> pd.DataFrame:
        """The straight segments: `way`, `from_m`, `to_m`, `x0`, `y0`, `x1`, `y1`."""
        start = np.setdiff1d(np.arange(len(self.measure)), self.first[1:] - 1)
        columns = {
            "way": np.searchsorted(self.first, start, side="right") - 1,
            "from_m": self.measure[start],
            "to_m": self.measure[start + 1],
            "x0": self.xy[start, 0],
            "y0": self.xy[start, 1],
            "x1": self.xy[start + 1, 0],
            "y1": self.xy[start + 1, 1],
        }
        table = pd.DataFrame(columns)
        return table[table["to_m"] > table["from_m"]].reset_index(drop=True)

    def take(self, rows: Integers) -> Ways:
        """Return some of the ways, numbered anew in the order of `rows`; their metres stay as they are."""
        counts = np.diff(self.first)[rows]
        first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        vertex = np.repeat(self.first[rows] - first[:-1], counts) + np.arange(first[-1])
        measure = self.measure[vertex]
        frame = self.frame.iloc[rows].reset_index(drop=True)
        frame.index.name = self.frame.index.name
        return Ways(frame, 0.0, self.xy[vertex], measure, first, _offsets(measure, first))

    def points(self, way: ArrayLike, at_m: ArrayLike) -> Floats:
        """Return the place (n, 2) at a measure along each way."""
        axis = self.offset[np.asarray(way)] + np.asarray(at_m, dtype=np.float64)
        known = self._axis
        return np.column_stack([np.interp(axis, known, self.xy[:, 0]), np.interp(axis, known, self.xy[:, 1])])

    def lines(self, way: ArrayLike, from_m: ArrayLike, to_m: ArrayLike) -> NDArray[np.object_]:
        """Return the stretch between two measures of each way as a LineString."""
        way = np.asarray(way, dtype=np.int64)
        if not len(way):
            return np.empty(0, dtype=object)
        low = self.offset[way] + np.asarray(from_m, dtype=np.float64)
        high = self.offset[way] + np.asarray(to_m, dtype=np.float64)
        begin = np.searchsorted(self._axis, low, side="right")
        end = np.searchsorted(self._axis, high, side="left")
        inner = np.maximum(end - begin, 0)
        ring = np.repeat(np.arange(len(way)), inner)
        within = np.arange(inner.sum()) - np.repeat(np.cumsum(inner) - inner, inner)
        owner = np.concatenate([np.arange(len(way)), ring, np.arange(len(way))])
        place = np.concatenate([low, self._axis[begin[ring] + within], high])
        xy = np.concatenate([self.points(way, from_m), self.xy[begin[ring] + within], self.points(way, to_m)])
        order = np.lexsort((place, owner))
        return np.asarray(shapely.linestrings(xy[order], indices=owner[order]))

    def nearest(self, points: NDArray[np.object_]) -> tuple[Integers, Floats, Floats]:
        """Return for each point the nearest way, the measure along it and the distance, metres."""
        lines = self.frame.geometry.to_numpy()
        way = np.asarray(self._tree.nearest(points), dtype=np.int64)
        at_m = shapely.line_locate_point(lines[way], points)
        return way, at_m, shapely.distance(lines[way], points)

    def names_near(self, places: Floats) -> NDArray[np.object_]:
        """Return the nearest street name for each place (n, 2); None in a city without names."""
        named = self.frame.dropna(subset=["name"])
        if not len(named):
            return np.full(len(places), None, dtype=object)
        row = shapely.STRtree(named.geometry.to_numpy()).nearest(np.asarray(shapely.points(places)))
        return named["name"].to_numpy(dtype=object)[row]

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.frame.geometry.to_numpy())

    @property
    def _axis(self) -> Floats:
        return np.repeat(self.offset, np.diff(self.first)) + self.measure


def physical_ways(
    streets: gpd.GeoDataFrame | Iterable[gpd.GeoDataFrame], *, area: shapely.Polygon | None = None
) -> Ways:
    """Return each physical way once, whichever directions may be driven on it.

    Parameters
    ----------
    streets : GeoDataFrame or iterable of GeoDataFrame
        Directed edges in metres (`schema.STREETS`), or parts of them, so that a large city need not be in
        memory whole.
    area : Polygon, optional
        Only what lies inside counts; the rest was fetched so that the edge of the study is right.

    Returns
    -------
    Ways
        Neighbours in space have neighbouring numbers (along a Hilbert curve). Separately mapped sidewalks
        and crossings are left to their street; tunnels are kept apart.

    Raises
    ------
    InvalidInputError
        When no street is left to count.
    """
    known: set[bytes] = set()
    frames, tunnel_m = [], 0.0
    for part in [streets] if isinstance(streets, gpd.GeoDataFrame) else streets:
        frame, tunnel = _ways_of_part(part, known, area)
        frames.append(frame)
        tunnel_m += tunnel
    if not sum(map(len, frames)):
        raise InvalidInputError("no_streets")
    frame = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    return _lay_out(_along_a_curve(gpd.GeoDataFrame(frame, crs=frames[0].crs)), tunnel_m)


def ways_of_frame(frame: gpd.GeoDataFrame, *, tunnel_m: float = 0.0) -> Ways:
    """Return the Ways of a frame that `physical_ways` once made, as kept in a result."""
    absent = {"lit_share": LIT_UNKNOWN, "deck_m": 0.0, "width_m": np.nan}
    return _lay_out(frame.assign(**{n: v for n, v in absent.items() if n not in frame}), tunnel_m)


def _ways_of_part(
    streets: gpd.GeoDataFrame, known: set[bytes], area: shapely.Polygon | None
) -> tuple[gpd.GeoDataFrame, float]:
    """Return the ways of some edges that are not known yet, and their metres of tunnel; add to the known."""
    lines = streets.geometry.to_numpy()
    shapes = shapely.to_wkb(shapely.normalize(shapely.set_precision(lines, 0.001)))
    once = ~flags(streets, "sidewalk")
    for row, shape in enumerate(shapes):
        key = blake2b(shape, digest_size=16).digest()
        once[row] &= key not in known
        known.add(key)
    kept = streets.loc[once, ["name", "highway"]].reset_index(drop=True)
    kept["lit_share"], kept["deck_m"] = _lit_share(streets)[once], _deck_m(streets)[once]
    kept["width_m"] = _width_m(streets)[once]
    tunnel = flags(streets, "tunnel")[once]
    shapes, row = lines[once], np.arange(int(once.sum()))
    if area is not None:
        shapes, row = _clip(shapes, area)
    length = shapely.length(shapes)
    counted = ~tunnel[row] & (length > 0)
    frame = gpd.GeoDataFrame(
        kept.iloc[row[counted]].reset_index(drop=True), geometry=list(shapes[counted]), crs=streets.crs
    )
    frame["length_m"] = length[counted]
    return frame, float(length[tunnel[row]].sum())


def _along_a_curve(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    middles = shapely.line_interpolate_point(frame.geometry.to_numpy(), 0.5, normalized=True)
    order = np.argsort(gpd.GeoSeries(middles).hilbert_distance().to_numpy(), kind="stable")
    frame = frame.iloc[order].reset_index(drop=True)
    for name in ("name", "highway"):
        # one text for all ways of a street: a large city holds it a hundred thousand times
        code, texts = pd.factorize(frame[name])
        frame[name] = np.array([*texts, None], dtype=object)[code]
    frame.index.name = "way"
    return frame


def _lit_share(streets: pd.DataFrame) -> Floats:
    dark = np.zeros(len(streets), dtype=bool)
    if "lit" in streets:
        dark = streets["lit"].map(lambda value: value is False or value == 0).to_numpy(dtype=bool)
    return np.select([flags(streets, "lit"), dark], [1.0, 0.0], LIT_UNKNOWN)


def _deck_m(streets: pd.DataFrame) -> Floats:
    if "layer" not in streets:
        return np.zeros(len(streets))
    layer = pd.to_numeric(streets["layer"], errors="coerce").fillna(0.0).to_numpy(dtype=float)
    return np.where(flags(streets, "bridge") & (layer >= 1), DECK_M * layer, 0.0)


def _width_m(streets: pd.DataFrame) -> Floats:
    if "width_m" not in streets:
        return np.full(len(streets), np.nan)
    return pd.to_numeric(streets["width_m"], errors="coerce").to_numpy(dtype=float)


def _clip(shapes: NDArray[np.object_], area: shapely.Polygon) -> tuple[NDArray[np.object_], Integers]:
    parts, row = shapely.get_parts(shapely.intersection(shapes, area), return_index=True)
    # a way that leaves and comes back has several parts; where it only touches, a point remains
    is_line = shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING
    return parts[is_line], row[is_line]


def _lay_out(frame: gpd.GeoDataFrame, tunnel_m: float) -> Ways:
    xy, owner = shapely.get_coordinates(frame.geometry.to_numpy(), return_index=True)
    first = np.searchsorted(owner, np.arange(len(frame) + 1))
    steps = np.zeros(len(xy))
    steps[1:] = np.hypot(*(xy[1:] - xy[:-1]).T)
    steps[first[:-1]] = 0.0
    total = np.cumsum(steps)
    measure = total - np.repeat(total[first[:-1]], np.diff(first))
    return Ways(frame, tunnel_m, xy, measure, first.astype(np.int64), _offsets(measure, first))


def _offsets(measure: Floats, first: Integers) -> Floats:
    return np.concatenate([[0.0], np.cumsum(measure[first[1:] - 1] + GAP_M)[:-1]])
