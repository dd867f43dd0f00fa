"""Routes -> a plan: times, legs, what is held, and what is not and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from .feasibility import why_not_held
from .results import PatrolPlan
from .shift import blind_shares
from .shift_search import Routes, bound_score, score_visits, widest_gaps
from .timetable import Shift, draw_legs, list_units, list_visits, time_routes

OFF_ROAD_M: Final = 30.0
"""A stop farther than this from the nearest road one may drive lies off the road."""


@dataclass(frozen=True)
class Effort:
    """How a plan is looked for: rounds of each search, plans to draw one from, seed, loss for balance."""

    iterations: int = 4000
    pool: int = 3
    seed: int = 0
    balance_loss: float = 0.02


def write_plan(
    shift: Shift,
    visits: pd.DataFrame,
    routes: Routes,
    effort: Effort,
    *,
    max_gap_s: float,
    asked: int,
    can: dict[str, Any],
    spots: gpd.GeoDataFrame | None,
    pool: dict[str, float],
) -> PatrolPlan:
    """Return the plan of routes: times, legs, what is held and what is not, and why."""
    timetable = time_routes(routes, visits, shift)
    score = score_visits(timetable, shift)
    bound = max(score, bound_score(shift, visits))
    held = timetable[timetable["place"] < len(shift.stops)].groupby("place").size()
    stops = shift.stops.copy()
    stops["held"] = held.reindex(range(len(stops)), fill_value=0).to_numpy()
    stops["why"] = why_not_held(shift, visits, stops["held"].to_numpy())
    stops["widest_gap_s"] = widest_gaps(timetable, shift)
    stops["gap_kept"] = (stops["widest_gap_s"] <= max_gap_s) & (stops["held"] > 0)
    legs = draw_legs(timetable, shift, [blind_shares(network, spots) for network in shift.networks])
    units = list_units(timetable, legs, shift)
    listed = list_visits(timetable, legs, shift)
    said = [can, *_statements(stops, units, visits, routes, max_gap_s=max_gap_s, asked=asked)]
    is_stop = (stops["what"] == "stop").to_numpy()
    return PatrolPlan(
        units=units,
        stops=stops.drop(columns=["in_zone", "on_road"]),
        visits=listed,
        legs=legs,
        score=score,
        upper_bound=bound,
        gap=(bound - score) / bound if bound > 0 else 0.0,
        seed=effort.seed,
        left_out=int((stops["held"].to_numpy()[is_stop] == 0).sum()),
        statements=said,
        pool=pool,
    )


def _statements(
    stops: gpd.GeoDataFrame,
    units: pd.DataFrame,
    visits: pd.DataFrame,
    routes: Routes,
    *,
    max_gap_s: float,
    asked: int,
) -> list[dict[str, Any]]:
    """Say what is not held (stops, duties, breaks, gaps) and to which stops no road leads."""
    said: list[dict[str, Any]] = []
    for row, stop in enumerate(stops.itertuples()):
        if stop.held == 0:
            code = "stop_left_out" if stop.what == "stop" else "duty_missed"
            said.append({"code": code, "stop": stop.stop, "near": stop.near, "reason": stop.why})
        elif row < asked and stop.what == "stop" and not stop.gap_kept:
            over = int(np.ceil((stop.widest_gap_s - max_gap_s) / 60))
            said.append({"code": "gap_missed", "stop": stop.stop, "near": stop.near, "minutes": over})
        if stop.held and stop.access_gap_m > OFF_ROAD_M:
            metres = round(stop.access_gap_m)
            said.append({"code": "off_road", "stop": stop.stop, "near": stop.near, "metres": metres})
    rests = visits[(visits["what"] == "break").to_numpy()]
    for visit, unit in zip(rests.index, rests["only"], strict=True):
        if visit not in routes[unit]:
            said.append({"code": "break_missed", "unit": str(units["id"].iloc[unit])})
    return said
