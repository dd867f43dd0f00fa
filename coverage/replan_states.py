"""Where each unit is in the middle of a shift, and what it has finished."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import ops

from .results import PatrolPlan


@dataclass(frozen=True)
class UnitState:
    """Where a unit is: its finished visits and legs, and from where and when it goes on."""

    unit: str
    visits: pd.DataFrame
    legs: gpd.GeoDataFrame
    point: Any
    time: pd.Timestamp
    rested: bool
    begun: dict[str, Any] | None = None


def find_done(plan: PatrolPlan, unit: str, now: pd.Timestamp) -> UnitState:
    """Return what a unit has begun that stops now."""
    visits = plan.visits[(plan.visits["unit"] == unit) & (plan.visits["arrive"] <= now)]
    legs = plan.legs[(plan.legs["unit"] == unit) & (plan.legs["arrive"] <= now)]
    return UnitState(unit, visits, legs, None, now, True)


def find_state(
    plan: PatrolPlan,
    unit: Any,
    now: pd.Timestamp,
    streets: gpd.GeoDataFrame,
    stations: gpd.GeoDataFrame,
    closed: set[tuple[int, int, int]],
) -> UnitState:
    """Return where a unit is and when it can be sent elsewhere; on its way it finishes its way.

    A unit on a closed street, or past it, finishes its drive; one before it turns back.
    """
    legs = plan.legs[plan.legs["unit"] == unit.id].sort_values("order")
    visits = plan.visits[plan.visits["unit"] == unit.id]
    home = stations.geometry[(stations["id"] == unit.station).to_numpy()].iloc[0]
    row = plan.units[plan.units["id"] == unit.id].iloc[0]
    rest_from, rest_to = row.get("break_begin"), row.get("break_end")
    left = legs[legs["depart"] <= now]
    # the drive home is not finished: a unit on it can be sent elsewhere only from its station
    if not len(left) or (now <= unit.shift_start and not closed):
        return UnitState(unit.id, visits.iloc[:0], legs.iloc[:0], home, max(now, unit.shift_start), False)
    last = left.iloc[-1]
    rested = bool(pd.notna(rest_from) and last["depart"] <= rest_from and last["arrive"] <= now)
    rested = rested or bool(pd.notna(rest_to) and rest_to <= now)
    turn = _turning_point(last, now, streets, closed)
    if turn is not None:
        point, time, begun = turn
        before = legs[legs["order"] < last["order"]]
        return UnitState(unit.id, visits[visits["order"] < last["order"]], before, point, time, rested, begun)
    mine = visits[visits["order"] <= last["order"]]
    done = legs[legs["order"] <= last["order"]]
    here = visits[visits["order"] == last["order"]]
    point = shapely.Point(last.geometry.coords[-1])
    if len(here):
        return UnitState(unit.id, mine, done, point, max(now, here["leave"].iloc[0]), rested)
    if last["order"] < legs["order"].max() and pd.notna(rest_to):
        return UnitState(unit.id, mine, done, point, max(now, rest_to), True)
    return UnitState(unit.id, mine, done, point, max(now, last["arrive"]), rested)


def with_begun(ways: gpd.GeoDataFrame, begun: dict[str, Any]) -> gpd.GeoDataFrame:
    """Put what was driven before a unit turned in front of its next drive."""
    at = ways.index[0]
    first = ways.loc[at]
    line = shapely.get_coordinates([begun["line"], first.geometry])
    rest = {
        "depart": begun["depart"],
        "drive_s": begun["drive_s"] + first["drive_s"],
        "drive_m": begun["drive_m"] + first["drive_m"],
        "edges": [*begun["edges"], *first["edges"]],
        "turns": [*begun["turns"], *first["turns"]],
    }
    rows = ways.to_dict("records")
    rows[0] |= rest | {"geometry": shapely.LineString(line)}
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=ways.crs)


def _turning_point(
    leg: Any, now: pd.Timestamp, streets: gpd.GeoDataFrame, closed: set[tuple[int, int, int]]
) -> tuple[Any, pd.Timestamp, dict[str, Any]] | None:
    """Return where a unit turns back before a closed street, when, and what it has driven till then."""
    edges = [tuple(edge) for edge in leg["edges"]]
    ahead = [at for at, edge in enumerate(edges) if edge in closed]
    if leg["arrive"] <= now or not ahead or ahead[0] == 0:
        return None
    at = ahead[0]
    names = zip(*(streets[name].astype(int) for name in ("u", "v", "key")), strict=True)
    row_of = {edge: row for row, edge in enumerate(names)}
    ends = [shapely.Point(streets.geometry.iloc[row_of[edge]].coords[-1]) for edge in edges[:at]]
    lengths = streets["length_m"].to_numpy()[[row_of[edge] for edge in edges[:at]]]
    whole = leg["drive_m"]
    first = leg.geometry.project(ends[0])
    metres = np.concatenate([[first], lengths[1:]])
    share = min(1.0, float(metres.sum()) / whole) if whole > 0 else 0.0
    reach = leg["depart"] + pd.Timedelta(seconds=round(leg["drive_s"] * share))
    if reach < now:
        # it is on the closed street, or past it
        return None
    street = [streets["name"].iloc[row_of[edge]] for edge in edges[:at]]
    begun = {
        "depart": leg["depart"],
        "drive_s": (reach - leg["depart"]).total_seconds(),
        "drive_m": float(metres.sum()),
        "edges": edges[:at],
        "turns": [[n if isinstance(n, str) else None, float(m)] for n, m in zip(street, metres, strict=True)],
        "line": ops.substring(leg.geometry, 0.0, float(metres.sum())),
    }
    return ends[-1], reach, begun
