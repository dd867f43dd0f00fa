"""A city cut into tiles, each small enough for one process: some cameras with all they may see, or some ways.

Cameras look tile by tile at whatever lies in their reach, the halo; then ways are counted tile by tile from
what all cameras saw of them. Nothing is done twice, and nothing at a rim differs from the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .catalogue import plausible_optics
from .conditions import Conditions
from .mounting import DEEPEST_M
from .optics import LADDERS
from .schema import STATES
from .streets import Ways

CAMERAS_PER_TILE: Final = 64
WAYS_PER_TILE: Final = 500
SLACK: Final = 1.01
"""How much farther than a camera may see things are looked for: a round reach is drawn with corners."""

Integers = NDArray[np.int64]
T = TypeVar("T")
R = TypeVar("R")


class Over(Protocol):
    """The seam for more processes or machines: `map`, or anything that does the same elsewhere.

    It calls a pure function of this package with each item and gives the answers in order. Items are made
    as they are asked for; function, items and answers can be pickled.
    """

    def __call__(self, function: Callable[[T], R], items: Iterable[T], /) -> Iterable[R]:
        """Return the function's answer for each item, in order."""
        ...


@dataclass(frozen=True)
class Question:
    """What is asked of every tile."""

    ladder: str
    seen_at: str
    conditions: Conditions

    @property
    def classes(self) -> dict[str, float]:
        """Pixels per metre of each class of the ladder, the coarsest first."""
        return dict(LADDERS[self.ladder])


@dataclass(frozen=True)
class CameraTile:
    """Some cameras, with all that lies in their reach.

    Attributes
    ----------
    question : Question
    rows : ndarray of int
        Rows of the register.
    cameras, buildings, barriers : GeoDataFrame
        Metric frames of `schema`, numbered anew.
    ways : Ways
    way : ndarray of int
        The number of each of them in the city.
    """

    question: Question
    rows: Integers
    cameras: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame | None
    ways: Ways
    way: Integers


@dataclass(frozen=True)
class WayTile:
    """Some neighbouring ways, with all that was seen of them.

    Attributes
    ----------
    question : Question
    first : int
        The number of the first of them in the city.
    length_m, lit_share : ndarray (n,)
    segments : DataFrame
        `Ways.segments`, the ways numbered from 0.
    stretches : DataFrame
        As `counting.count_ways` takes them.
    circles : ndarray (k, 3)
        Place and reach of the live cameras around.
    """

    question: Question
    first: int
    length_m: NDArray[np.float64]
    lit_share: NDArray[np.float64]
    segments: pd.DataFrame
    stretches: pd.DataFrame
    circles: NDArray[np.float64]


def cut_cameras(
    rows: Integers,
    cameras: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    ways: Ways,
    question: Question,
    *,
    barriers: gpd.GeoDataFrame | None = None,
    most: int = CAMERAS_PER_TILE,
) -> list[CameraCut]:
    """Group the cameras in `rows` with their neighbours.

    Returns
    -------
    list of CameraCut
        Each makes its tile when asked to, so that not all are in memory at one time.
    """
    points = cameras.geometry.to_numpy()[rows]
    if len(rows) > 1:
        rows = rows[np.argsort(gpd.GeoSeries(points).hilbert_distance().to_numpy(), kind="stable")]
    reach = farthest_sight(cameras.iloc[rows], next(iter(question.classes.values())))
    city = _City(cameras, buildings, barriers, ways, question)
    return [
        CameraCut(city, rows[first : first + most], reach[first : first + most])
        for first in range(0, max(len(rows), 1), most)
    ]


@dataclass(frozen=True)
class _City:
    cameras: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame | None
    ways: Ways
    question: Question


@dataclass(frozen=True)
class CameraCut:
    """Which cameras a tile is to hold, and how far each may see."""

    city: _City
    rows: Integers
    reach_m: NDArray[np.float64]

    def tile(self) -> CameraTile:
        """Return the tile."""
        city = self.city
        x, y = shapely.get_coordinates(city.cameras.geometry.to_numpy()[self.rows]).T
        # a camera may be set off its wall, and the walls around it decide whereto
        far = self.reach_m * SLACK + 2 * DEEPEST_M + 2
        boxes = shapely.box(x - far, y - far, x + far, y + far)
        way = _touched(city.ways.frame, boxes)
        return CameraTile(
            city.question,
            self.rows,
            city.cameras.iloc[self.rows].reset_index(drop=True),
            city.buildings.iloc[_touched(city.buildings, boxes)].reset_index(drop=True),
            None
            if city.barriers is None
            else city.barriers.iloc[_touched(city.barriers, boxes)].reset_index(drop=True),
            city.ways.take(way),
            way,
        )


def farthest_sight(cameras: pd.DataFrame, coarsest: float) -> NDArray[np.float64]:
    """Return for each camera how far it can see at most at a pixel density, whatever is unknown, metres."""
    names = ["kind", "hfov_deg", "focal_mm", "sensor_width_mm", "pixels_across"]
    lenses = cameras.reindex(columns=names)
    lenses = lenses.astype(object).where(lenses.notna(), None)
    # a register knows few kinds of lens
    known: dict[Any, float] = {}
    out = np.empty(len(lenses))
    for at, lens in enumerate(lenses.itertuples(index=False, name=None)):
        if lens not in known:
            kind, *numbers = lens
            guesses = plausible_optics(kind, *(None if value is None else float(value) for value in numbers))
            known[lens] = max(optics.farthest(coarsest) for optics in guesses)
        out[at] = known[lens]
    return out


def cut_ways(
    tiles: Iterable[int],
    edges: Integers,
    ways: Ways,
    stretches: pd.DataFrame,
    cameras: gpd.GeoDataFrame,
    question: Question,
) -> Iterator[WayTile]:
    """Yield tiles of ways, with what is seen of them.

    Parameters
    ----------
    tiles : iterable of int
        Which.
    edges : ndarray of int (m + 1,)
        Tile i holds the ways `edges[i]:edges[i + 1]`.
    ways : Ways
    stretches, cameras : DataFrame, GeoDataFrame
        Those of `Coverage`.
    question : Question
    """
    bounds = np.searchsorted(stretches["way"].to_numpy(), edges)
    state = pd.Categorical(cameras["state"], categories=STATES).codes
    panning = is_panning(cameras)
    places = circles(cameras)
    tree = shapely.STRtree(circle_boxes(places))
    boxes = tile_boxes(ways, edges)
    length, lit = (ways.frame[name].to_numpy(dtype=float) for name in ("length_m", "lit_share"))
    for tile in tiles:
        first, last = int(edges[tile]), int(edges[tile + 1])
        mine = stretches.iloc[bounds[tile] : bounds[tile + 1]]
        camera = mine["camera"].to_numpy()
        yield WayTile(
            question,
            first,
            length[first:last],
            lit[first:last],
            ways.take(np.arange(first, last)).segments,
            mine.assign(
                way=mine["way"].to_numpy().astype(np.int64) - first,
                state=state[camera],
                panning=panning[camera],
            ),
            places[np.sort(tree.query(boxes[tile]))],
        )


def is_panning(cameras: pd.DataFrame) -> NDArray[np.bool_]:
    """Return for each camera whether it turns."""
    return (cameras["kind"] == "panning").to_numpy(dtype=bool) if "kind" in cameras else np.zeros(
        len(cameras), dtype=bool
    )  # fmt: skip


def circles(cameras: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return place and reach (n, 3) of the live cameras that count, metres."""
    mine = cameras[cameras["counted"].to_numpy(dtype=bool) & (cameras["state"] == "live").to_numpy()]
    return np.column_stack(
        [shapely.get_coordinates(mine.geometry.to_numpy()), mine["reach_m"].to_numpy(dtype=float)]
    )


def circle_boxes(places: NDArray[np.float64]) -> NDArray[np.object_]:
    """Return the boxes round circles (n, 3)."""
    x, y, reach = places.T
    return np.asarray(shapely.box(x - reach, y - reach, x + reach, y + reach))


def tile_boxes(ways: Ways, edges: Integers) -> NDArray[np.object_]:
    """Return the box round the ways of each tile."""
    start = ways.first[edges[:-1]]
    low, high = np.minimum.reduceat(ways.xy, start), np.maximum.reduceat(ways.xy, start)
    return np.asarray(shapely.box(*low.T, *high.T))


def _touched(frame: gpd.GeoDataFrame, boxes: NDArray[np.object_]) -> Integers:
    if not len(frame):
        return np.empty(0, dtype=np.int64)
    met = np.zeros(len(frame), dtype=bool)
    met[frame.sindex.query(boxes)[1]] = True
    return np.flatnonzero(met)
