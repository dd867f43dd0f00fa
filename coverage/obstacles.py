"""What stands between a camera and the street: walls, fences, hedges, rows of trees, and their heights."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .conditions import Conditions
from .flags import flags
from .visibility import walls_of

ASSUMED_HEIGHT_M: Final = 8.0
"""Height of a building of which nothing is known."""
SOLID: Final = ("wall",)
"""Barriers that hide wherever they stand; a fence does where it is known to be solid."""
LEAFY: Final = ("hedge", "tree_row")
"""Barriers that hide as long as they have leaves."""


@dataclass(frozen=True)
class Obstacles:
    """Upright walls that hide what is behind them between their base and their top.

    Attributes
    ----------
    walls : ndarray (m, 2, 2)
        Both ends of each, metres.
    base_m, top_m : ndarray (m,)
        Heights above the ground between which it hides.
    unsure : ndarray of bool (m,)
        True where a building's height is assumed: whether a camera looks over it is not known.
    owner : ndarray of int (m,)
        Row of the building; row of the barrier plus the number of buildings.
    names : ndarray of object
        Identity of each owner.
    buildings : int
        How many of the owners are buildings; the rest are barriers.
    """

    walls: NDArray[np.float64] = field(repr=False)
    base_m: NDArray[np.float64] = field(repr=False)
    top_m: NDArray[np.float64] = field(repr=False)
    unsure: NDArray[np.bool_] = field(repr=False)
    owner: NDArray[np.int64] = field(repr=False)
    names: NDArray[np.object_] = field(repr=False)
    buildings: int


def gather_obstacles(
    buildings: gpd.GeoDataFrame, barriers: gpd.GeoDataFrame | None, *, conditions: Conditions
) -> Obstacles:
    """Return every wall that may hide something under these conditions.

    Parameters
    ----------
    buildings : GeoDataFrame
        Metric; `height_m`, `base_m` and `assumed` where known. A missing height is ASSUMED_HEIGHT_M.
    barriers : GeoDataFrame or None
        Metric lines: `kind`, `height_m`, `base_m`, `solid`, `evergreen`.
    conditions : Conditions
        Which barriers count.

    Returns
    -------
    Obstacles
    """
    walls, owner = walls_of(buildings)
    top = _numbers(buildings, "height_m", ASSUMED_HEIGHT_M)
    assumed = _numbers(buildings, "height_m", np.nan)
    guessed = np.isnan(assumed) | _names(buildings, "assumed", "height_m")
    names = _identities(buildings)
    parts = [(walls, _numbers(buildings, "base_m", 0.0)[owner], top[owner], guessed[owner], owner)]
    if barriers is not None and conditions.obstacles != "buildings" and len(barriers):
        hiding = _hides(barriers, conditions)
        lines, line_owner = _segments(barriers.geometry.to_numpy(), hiding)
        parts.append(
            (
                lines,
                _numbers(barriers, "base_m", 0.0)[line_owner],
                _numbers(barriers, "height_m", 2.0)[line_owner],
                np.zeros(len(lines), dtype=bool),
                line_owner + len(buildings),
            )
        )
        names = np.concatenate([names, _identities(barriers)])
    joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return Obstacles(*joined, names=names, buildings=len(buildings))


def _hides(barriers: gpd.GeoDataFrame, conditions: Conditions) -> NDArray[np.bool_]:
    kind = barriers["kind"].to_numpy(dtype=object)
    solid = np.isin(kind, SOLID) | ((kind == "fence") & flags(barriers, "solid"))
    leafy = np.isin(kind, LEAFY)
    green = leafy if conditions.obstacles == "leaf_on" else leafy & flags(barriers, "evergreen")
    return solid | green


def _segments(lines: NDArray[np.object_], chosen: NDArray[np.bool_]) -> tuple[NDArray, NDArray]:
    rows = np.flatnonzero(chosen)
    xy, of_line = shapely.get_coordinates(lines[rows], return_index=True)
    same = of_line[1:] == of_line[:-1]
    ends = np.stack([xy[:-1][same], xy[1:][same]], axis=1).reshape(-1, 2, 2)
    return ends, rows[of_line[1:][same]]


def _numbers(frame: pd.DataFrame, name: str, missing: float) -> NDArray[np.float64]:
    if name not in frame:
        return np.full(len(frame), missing)
    values = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=np.float64)
    return np.where(np.isnan(values), missing, values)


def _names(frame: pd.DataFrame, column: str, name: str) -> NDArray[np.bool_]:
    if column not in frame:
        return np.zeros(len(frame), dtype=bool)
    return np.array([isinstance(v, (list, tuple)) and name in v for v in frame[column]], dtype=bool)


def _identities(frame: pd.DataFrame) -> NDArray[np.object_]:
    return frame["id"].to_numpy(dtype=object) if "id" in frame else np.arange(len(frame)).astype(object)
