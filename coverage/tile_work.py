"""What is done with a tile: its cameras look, its ways are counted. Pure, so that any process can do it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .counting import SURE, count_ways
from .intervals import inside_disc, merge_touching
from .seeing import see_ways
from .tiles import CameraTile, WayTile
from .views import draw_views

Integers = NDArray[np.int64]

CHANCES: Final = ("probability", "dark_probability")


@dataclass(frozen=True)
class TileSight:
    """What the cameras of a tile see.

    Attributes
    ----------
    rows : ndarray of int
        Rows of the register.
    cameras : GeoDataFrame
        One row for each: where it hangs, and the columns that `Coverage.cameras` adds to the register.
    stretches : DataFrame
        Those of `Coverage`: rows of the register, numbers of the city's ways; sorted by way.
    views : GeoDataFrame
        Those of `Coverage`, with `row` of the register.
    """

    rows: Integers
    cameras: gpd.GeoDataFrame
    stretches: pd.DataFrame
    views: gpd.GeoDataFrame


@dataclass(frozen=True)
class Count:
    """How often the ways of a tile are seen: `Coverage.pieces` of them, and a row of `Coverage.tiles`."""

    pieces: pd.DataFrame
    figures: NDArray[np.float64]
    circle_m: float


def look(tile: CameraTile) -> TileSight:
    """Return what the cameras of a tile see."""
    question, classes = tile.question, tile.question.classes
    seen = see_ways(
        tile.cameras,
        tile.buildings,
        tile.ways,
        classes=classes,
        seen_at=question.seen_at,
        barriers=tile.barriers,
        conditions=question.conditions,
    )
    rows = tile.rows[seen.counted]
    names = list(classes)
    looks, height = seen.looks, question.conditions.target_m
    views = draw_views(
        seen.points,
        seen.sight.drawn(seen.points, looks.eyes, looks.farthest_m, target_m=height),
        looks,
        pd.DataFrame({"id": np.arange(len(rows)), "state": tile.cameras["state"].to_numpy()[seen.counted]}),
        classes=names,
        seen_at=question.seen_at,
        crs=tile.cameras.crs,
    )
    views["row"] = rows[views["camera"].to_numpy(dtype=np.int64)]
    views["camera"] = tile.cameras["id"].to_numpy(dtype=object)[seen.counted][views["camera"].to_numpy(int)]
    stretches = seen.stretches
    quality = pd.Categorical(stretches["quality"], categories=names).codes
    columns: dict[str, NDArray] = {
        "camera": rows[stretches["camera"].to_numpy()].astype(np.int32),
        "way": tile.way[stretches["way"].to_numpy()].astype(np.int32),
        "from_m": stretches["from_m"].to_numpy(),
        "to_m": stretches["to_m"].to_numpy(),
        "quality": quality.astype(np.int8),
    }
    columns |= {name: stretches[name].to_numpy() for name in CHANCES if name in stretches}
    order = np.argsort(columns["way"], kind="stable")
    compact = pd.DataFrame({name: values[order] for name, values in columns.items()}, copy=False)
    counted = _as_counted(tile, seen, stretches[quality == names.index(question.seen_at)])
    return TileSight(tile.rows, counted, compact, views)


def count(tile: WayTile) -> Count:
    """Return how often the ways of a tile are seen."""
    pieces, figures = count_ways(
        tile.stretches,
        tile.length_m,
        tile.lit_share,
        classes=list(tile.question.classes),
        seen_at=tile.question.seen_at,
    )
    pieces["way"] = (pieces["way"].to_numpy() + tile.first).astype(np.int32)
    return Count(pieces, figures, _plain_circles(tile))


def _as_counted(tile: CameraTile, seen: Any, stretches: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return one row for each camera: where it hangs, what was assumed of it, what it sees."""
    counted, looks = seen.counted, seen.looks
    table = gpd.GeoDataFrame({"counted": counted}, geometry=list(seen.hung["geometry"]), crs=tile.cameras.crs)
    table["excluded"] = seen.hung["excluded"].to_numpy(dtype=object)
    table["moved_m"] = seen.hung["moved_m"].to_numpy()
    assumed = iter(looks.assumed)
    table["assumed"] = [next(assumed) if here else [] for here in counted]
    known, reach = np.zeros(len(counted), dtype=bool), np.full(len(counted), np.nan)
    known[counted] = ["heading_deg" not in fields for fields in looks.assumed]
    reach[counted] = looks.reach_m
    table["heading_known"], table["reach_m"] = known, reach
    length = (stretches["to_m"] - stretches["from_m"]).to_numpy()
    for level, weight in _levels(stretches, tile.ways.frame["lit_share"].to_numpy(dtype=float)).items():
        metres = np.bincount(stretches["camera"], weights=length * weight, minlength=int(counted.sum()))
        seen_m = np.zeros(len(counted))
        seen_m[counted] = metres
        table[f"seen_{level}_m"] = seen_m
    return table


def _levels(stretches: pd.DataFrame, lit_share: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return how much of each stretch counts at each level."""
    lit = stretches["probability"].to_numpy()
    dark = stretches["dark_probability"].to_numpy() if "dark_probability" in stretches else lit
    share = lit_share[stretches["way"].to_numpy()]
    return {
        "low": (np.where(share >= 1, lit, dark) >= SURE).astype(float),
        "mid": share * lit + (1 - share) * dark,
        "high": (np.where(share <= 0, dark, lit) > 0).astype(float),
    }


def _plain_circles(tile: WayTile) -> float:
    """Return the metres within a plain circle of the live cameras: what a buffer would claim."""
    segments, reach = tile.segments, tile.circles[:, 2]
    ends = segments[["x0", "y0", "x1", "y1"]].to_numpy()
    tree = shapely.STRtree(shapely.linestrings(ends.reshape(-1, 2, 2)))
    camera, row = tree.query(shapely.points(tile.circles[:, :2]), predicate="dwithin", distance=reach)
    here = tile.circles[camera, :2]
    low, high = inside_disc(ends[row] - np.hstack([here, here]), reach[camera])
    hit = high > low
    begin = segments["from_m"].to_numpy()[row]
    length = segments["to_m"].to_numpy()[row] - begin
    _, starts, stops = merge_touching(
        segments["way"].to_numpy()[row][hit], (begin + low * length)[hit], (begin + high * length)[hit]
    )
    return float((stops - starts).sum())
