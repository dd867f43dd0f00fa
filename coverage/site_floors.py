"""Least shares of each district that a plan must see: stated, named and checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .errors import CannotHoldError
from .expected import Cells, ExpectedCover
from .ledger import Ledger
from .site_goals import Goal
from .streets import Ways

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Floors:
    """Least share of each district's weight that must be seen: `districts` of the cells, `shares` of each."""

    districts: Integers
    shares: NDArray[np.float64]


def state_floors(goal: Goal, cells: Cells, ways: Ways) -> Floors | None:
    """Return the floors of a goal on cells; None where it has none."""
    if goal.floor <= 0 or goal.districts is None:
        return None
    middle = ways.points(cells.way, 0.5 * (cells.from_m + cells.to_m))
    shares = np.append(np.full(len(goal.districts), goal.floor), 0.0)
    return Floors(find_districts(middle, goal.districts), shares)


def find_short(
    cover: ExpectedCover, options: pd.DataFrame, chosen: list[int], floors: Floors | None, goal: Goal
) -> list[dict[str, Any]]:
    """Name the districts whose floor is held only if uncertain cameras see more than is expected of them."""
    if floors is None or goal.districts is None:
        return []
    weight, state = cover.cells.weight, Ledger(cover, options, chosen).state
    whole, seen = (
        np.bincount(floors.districts, weights=values, minlength=len(floors.shares))
        for values in (weight, weight * (1 - state.none))
    )
    names = goal.districts["name"] if "name" in goal.districts else pd.Series(range(1, len(whole)))
    return [
        {
            "code": "floor_short",
            "district": str(names.iloc[row]),
            "seen": round(100 * float(seen[row] / whole[row]), 1),
            "asked": round(100 * float(floors.shares[row]), 1),
        }
        for row in np.flatnonzero(seen < floors.shares * whole * (1 - 1e-6))
    ]


def name_district(fault: CannotHoldError, districts: gpd.GeoDataFrame) -> CannotHoldError:
    """Return an error that names a district by its number, with the district's name instead."""
    row = int(str(fault.facts["district"]))
    name = districts["name"].iloc[row] if "name" in districts and row < len(districts) else None
    told = name if isinstance(name, str) and name else str(row + 1)
    return CannotHoldError(fault.code, **(fault.facts | {"district": told}))


def find_districts(xy: NDArray[np.float64], districts: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Return the district (row) each point lies in, and one more for those that lie in none."""
    out = np.full(len(xy), len(districts), dtype=np.int64)
    tree = shapely.STRtree(districts.geometry.to_numpy())
    point, district = tree.query(shapely.points(xy), predicate="intersects")
    # on a border, the first
    np.minimum.at(out, point, district)
    return out
