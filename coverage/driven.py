"""What a unit drove, by its fixes: minutes at each stop beside those planned, and the streets it took."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .errors import InvalidInputError
from .intervals import merge_touching
from .results import PatrolPlan
from .streets import Ways

Floats = NDArray[np.float64]

STOP_M: Final = 50.0
"""A unit this near to a stop, and standing, is at the stop."""
GAP_S: Final = 120.0
"""Longer without a fix nothing is known; shorter, with both ends at the stop, the unit was there."""
SMOOTH_S: Final = 30.0
STANDS_MPS: Final = 1.0
AWAY_S: Final = 60.0
"""Who is away from a stop for less has not left it."""
SHORTEST_S: Final = 60.0
"""Who stands for less waited at a light."""
STREET_M: Final = 25.0


@dataclass(frozen=True)
class Driven:
    """Planned beside driven. A track shows where a receiver was, not what anybody did there.

    Attributes
    ----------
    unit : str
        Whose plan.
    stops : DataFrame
        One row for each stop in the plan of the unit, and for stops of others where it stood: `stop`, `name`,
        `near`, `planned_min`, `driven_min`, `visits_planned`, `visits_driven`, `arrive_planned`,
        `arrive_driven` (first; NaT where none).
    stays : DataFrame
        `stop`, `arrive`, `leave`, `minutes`: every stay.
    streets : DataFrame
        `name`, `metres`: streets driven, each metre once, the longest first.
    planned_min, driven_min : float
        At the stops of the unit's own plan.
    fixes : int
    known_s, gap_s : float
        Seconds between the first and the last fix that the track tells of, and those it does not (gaps over
        GAP_S).
    """

    unit: str
    stops: pd.DataFrame
    stays: pd.DataFrame
    streets: pd.DataFrame
    planned_min: float
    driven_min: float
    fixes: int
    known_s: float
    gap_s: float
    settings: dict[str, float] = field(default_factory=dict)


def measure_driven(
    plan: PatrolPlan,
    unit: str,
    fixes: gpd.GeoDataFrame,
    ways: Ways,
    *,
    stop_m: float = STOP_M,
    gap_s: float = GAP_S,
) -> Driven:
    """Compare what a unit drove with its plan.

    Parameters
    ----------
    plan : PatrolPlan
    unit : str
        One of its units.
    fixes : GeoDataFrame
        Metric points with `time` (aware), in any order.
    ways : Ways
    stop_m : float
        How far from a stop the unit may stand, metres.
    gap_s : float
        Longest time without a fix that is bridged.

    Returns
    -------
    Driven

    Raises
    ------
    InvalidInputError
        `unit_not_in_plan`, or `track_too_short` with fewer than two fixes.

    Notes
    -----
    Places are medians over SMOOTH_S, which takes single jumps out and most of the noise; standing is moving
    by less than STANDS_MPS over that time. Each fix stands for half the time to its neighbours.
    """
    if unit not in set(plan.units["id"]):
        raise InvalidInputError("unit_not_in_plan", unit=unit[:60])
    if len(fixes) < 2:
        raise InvalidInputError("track_too_short")
    fixes = gpd.GeoDataFrame(fixes.sort_values("time", kind="stable").drop_duplicates("time"))
    base = fixes["time"].iloc[0]
    seconds = (fixes["time"] - base).dt.total_seconds().to_numpy(dtype=np.float64)
    xy = _smooth(fixes)
    stays = _stays(seconds, xy, plan, stop_m, gap_s)
    step = np.diff(seconds)
    mine = plan.visits[plan.visits["unit"] == unit]
    stops = _beside(plan, mine, stays, base)
    own = stops["visits_planned"] > 0
    return Driven(
        unit=unit,
        stops=stops,
        stays=stays.assign(
            arrive=_moment(base, stays["begin"]),
            leave=_moment(base, stays["end"]),
            minutes=(stays["end"] - stays["begin"]) / 60,
        )[["stop", "arrive", "leave", "minutes"]],
        streets=_streets(seconds, xy, ways, gap_s),
        planned_min=float(stops.loc[own, "planned_min"].sum()),
        driven_min=float(stops.loc[own, "driven_min"].sum()),
        fixes=len(fixes),
        known_s=float(step[step <= gap_s].sum()),
        gap_s=float(step[step > gap_s].sum()),
        settings={"stop_m": stop_m, "bridged_s": gap_s, "street_m": STREET_M},
    )


def _smooth(fixes: gpd.GeoDataFrame) -> Floats:
    places = pd.DataFrame({"x": fixes.geometry.x, "y": fixes.geometry.y}).set_axis(
        pd.DatetimeIndex(fixes["time"]), axis=0
    )
    return places.rolling(f"{SMOOTH_S:.0f}s", center=True).median().to_numpy(dtype=np.float64)


def _stays(seconds: Floats, xy: Floats, plan: PatrolPlan, stop_m: float, gap_s: float) -> pd.DataFrame:
    """Return when the unit stood at which stop: `stop`, `begin`, `end`."""
    half = SMOOTH_S / 2
    before, after = (np.clip(seconds + side * half, seconds[0], seconds[-1]) for side in (-1.0, 1.0))
    ends = [np.column_stack([np.interp(t, seconds, xy[:, side]) for side in (0, 1)]) for t in (before, after)]
    pace = np.hypot(*(ends[1] - ends[0]).T) / np.maximum(after - before, 1e-9)
    places = plan.stops.geometry.to_numpy()
    nearest = np.asarray(shapely.STRtree(places).nearest(np.asarray(shapely.points(xy))), dtype=np.int64)
    away = np.hypot(*(shapely.get_coordinates(places)[nearest] - xy).T)
    at = np.where((away <= stop_m) & (pace < STANDS_MPS), nearest, -1)
    # each fix stands for half of the time to its neighbours, and for none of a gap
    step = np.diff(seconds)
    reach = np.where(step <= gap_s, step / 2, 0.0)
    begin = seconds - np.concatenate([[0.0], reach])
    end = seconds + np.concatenate([reach, [0.0]])
    there = at >= 0
    where, since, until = merge_touching(
        at[there], begin[there], end[there], slack=min(AWAY_S, gap_s) if there.any() else 0.0
    )
    long = until - since >= SHORTEST_S
    names = plan.stops["stop"].to_numpy(dtype=object)
    return pd.DataFrame({"stop": names[where[long]], "begin": since[long], "end": until[long]}).sort_values(
        "begin", ignore_index=True
    )


def _beside(plan: PatrolPlan, mine: pd.DataFrame, stays: pd.DataFrame, base: pd.Timestamp) -> pd.DataFrame:
    names = plan.stops.set_index("stop")[["name", "near"]]
    planned = mine.assign(minutes=(mine["leave"] - mine["arrive"]).dt.total_seconds() / 60).groupby("stop")
    driven = stays.assign(minutes=(stays["end"] - stays["begin"]) / 60).groupby("stop")
    table = pd.DataFrame(
        {
            "planned_min": planned["minutes"].sum(),
            "driven_min": driven["minutes"].sum(),
            "visits_planned": planned.size(),
            "visits_driven": driven.size(),
            "arrive_planned": planned["arrive"].min(),
            "first": driven["begin"].min(),
        }
    )
    table["arrive_driven"] = _moment(base, table["first"])
    counts = ["planned_min", "driven_min", "visits_planned", "visits_driven"]
    table[counts] = table[counts].fillna(0)
    table = table.astype({"visits_planned": int, "visits_driven": int}).join(names)
    table.index.name = "stop"
    table = table.sort_values(["arrive_planned", "arrive_driven"]).reset_index()
    return table[["stop", "name", "near", *counts, "arrive_planned", "arrive_driven"]]


def _streets(seconds: Floats, xy: Floats, ways: Ways, gap_s: float) -> pd.DataFrame:
    """Set the moving fixes on their nearest ways and add up what lies between neighbours on one way."""
    way, at_m, off = ways.nearest(np.asarray(shapely.points(xy)))
    same = (way[1:] == way[:-1]) & (off[1:] <= STREET_M) & (off[:-1] <= STREET_M)
    same &= (np.diff(seconds) <= gap_s) & (np.abs(np.diff(at_m)) > 1e-6)
    low, high = np.minimum(at_m[1:], at_m[:-1])[same], np.maximum(at_m[1:], at_m[:-1])[same]
    line, since, until = merge_touching(way[1:][same], low, high)
    names = ways.frame["name"].to_numpy(dtype=object)[line]
    table = pd.DataFrame({"name": names, "metres": until - since})
    table["name"] = table["name"].where(table["name"].notna(), None)
    out = table.groupby("name", dropna=False)["metres"].sum().sort_values(ascending=False, kind="stable")
    out = out.reset_index()
    return out.assign(name=out["name"].astype(object).where(out["name"].notna(), None))


def _moment(base: pd.Timestamp, seconds: pd.Series) -> pd.Series:
    return base + pd.to_timedelta(seconds.round(), unit="s")
