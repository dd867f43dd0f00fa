"""Stops, slots and units -> timed routes on the directed street graph."""

from __future__ import annotations

import dataclasses
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .balance import balance_routes
from .duties import break_visits, check_duties, duties_as_stops, duty_visits
from .errors import CannotHoldError, InvalidInputError
from .feasibility import say_what_holds
from .orienteering import StopAfter as StopAfter
from .orienteering import StopAtTime as StopAtTime
from .orienteering import team_orienteering as team_orienteering
from .plan_writing import Effort as Effort
from .plan_writing import write_plan
from .progress import Progress, silent
from .results import BlindSpots, Coverage, PatrolPlan
from .risk import StreetRisk
from .shift import Edges, check_reach, check_units, open_streets, pose_shift
from .shift_search import (
    SLOT_S,
    Routes,
    pose_search,
    rounds_for_promises,
    score_visits,
    search,
    stop_visits,
    widest_gaps,
)
from .stops import find_stops
from .timetable import Shift, time_routes
from .unpredictable import Found, draw_plan, shake_question

USUAL_DRIVE_S: Final = 300.0
DWELL_S: Final = (600.0, 960.0)
MAX_GAP_S: Final = 7200.0
MOST_FEWER: Final = 3
"""How often fewer stops are promised where not all could be held."""
POOL: Final = 3
"""Plans made to draw one from, besides the one that is only made to be good."""


def plan_patrol(
    streets: gpd.GeoDataFrame,
    stations: gpd.GeoDataFrame,
    units: pd.DataFrame,
    coverage: Coverage,
    risk: StreetRisk,
    spots: BlindSpots,
    *,
    dwell_s: float = 720.0,
    most_dwell_s: float | None = None,
    most_stops: int | None = None,
    max_gap_s: float = MAX_GAP_S,
    hold: int | None = None,
    hard_gap: bool = False,
    duties: gpd.GeoDataFrame | None = None,
    zones: gpd.GeoDataFrame | None = None,
    closed: Edges = (),
    restrictions: pd.DataFrame | None = None,
    drive_by: float = 0.0,
    camera_blind: bool = False,
    iterations: int = 4000,
    pool: int = POOL,
    balance_loss: float = 0.02,
    seed: int = 0,
    progress: Progress = silent,
) -> PatrolPlan:
    """Plan where each unit drives and stops during its shift, so that what no camera sees is seen.

    Parameters
    ----------
    streets, stations : GeoDataFrame
        Metric frames of `schema`.
    units : DataFrame
        `schema.UNITS`; each unit leaves its station at the start of its shift and is back before its end.
        With `break_minutes`, `break_from`, `break_to` it has a break at its station, with `zone` (ids of
        `zones`, joined by ";") it stops only there.
    coverage, risk, spots
        Of the same streets.
    dwell_s, most_dwell_s : float
        How long a unit stands at a stop, within DWELL_S (10 to 16 minutes); with the second, from the first
        at the stop of the least risk to the second at the one of the most.
    most_stops : int
        Stops weighed; each may be visited once in every two hours. By default half as many again as the
        units could hold if it took them 5 minutes from each to the next.
    max_gap_s, hold, hard_gap
        Longest time for which the best `hold` stops may be alone (by default as many as the units can hold);
        if hard, a plan that cannot keep it is refused, else the miss is stated.
    duties : GeoDataFrame, optional
        What must be done at a time and a place: see `duties.check_duties`.
    zones : GeoDataFrame, optional
        Metric polygons: `id`.
    closed : iterable of (u, v, key)
        Directed edges that nobody may use.
    restrictions : DataFrame, optional
        Turns that cars may not make (`schema.RESTRICTIONS`).
    drive_by : float
        Reward for each metre of blind street driven, in the unit of risk.
    camera_blind : bool
        Plan as though there were no cameras, for comparison.
    iterations, pool
        Rounds of each search, and plans to draw one from: the stop rule. Without a pool it is one search.
    balance_loss : float
        Share of the score that may be given up so that no unit works much longer than another.
    seed : int
        Another seed draws another plan that is about as good; the same one gives the same plan.
    progress : Progress

    Returns
    -------
    PatrolPlan
        `score` sums r (1 - exp(-gap / 120 min)) over the visits; the plan is heuristic and `gap` says how
        far below its bound it may lie.

    Raises
    ------
    CannotHoldError
        When there are no units or stops, a unit's station is unknown, off the road or cut off, a shift ends
        before it begins or is too short for any stop, a window lies outside the shift, or a hard gap
        cannot be kept.
    InvalidInputError
        When the dwell is outside DWELL_S, a unit or a duty stands twice.
    """
    top_s = dwell_s if most_dwell_s is None else most_dwell_s
    if not DWELL_S[0] <= dwell_s <= top_s <= DWELL_S[1]:
        raise InvalidInputError("dwell_outside", low=int(DWELL_S[0] / 60), high=int(DWELL_S[1] / 60))
    if not (max_gap_s > 0 and drive_by >= 0 and pool >= 0):
        raise InvalidInputError("value_negative", name="max_gap_s, drive_by, pool")
    units = check_units(units, stations)
    duties = None if duties is not None and not len(duties) else duties
    if duties is not None:
        check_duties(duties, units)
    streets = open_streets(streets, closed)
    progress(0.0, "stops")
    if camera_blind:
        coverage = _without_cameras(coverage)
    most = _more_than_held(units, dwell_s) if most_stops is None else most_stops
    stops = find_stops(streets, coverage, risk, spots, most=most)
    if not len(stops) and duties is None:
        raise CannotHoldError("no_stops")
    share = stops["risk"].rank(pct=True) if top_s > dwell_s else pd.Series(0.0, index=stops.index)
    stops["dwell_s"] = (dwell_s + (top_s - dwell_s) * share).round()
    count = len(stops)
    if duties is not None:
        stops = duties_as_stops(duties, stops)
    else:
        stops["what"] = "stop"
    progress(0.2, "travel_times")
    blind = spots.spots if drive_by > 0 else None
    shift = pose_shift(
        streets, stations, units, stops,
        restrictions=restrictions, zones=zones, spots=blind, drive_by=drive_by,
    )  # fmt: skip
    check_reach(shift)
    visits = [stop_visits(shift)]
    if duties is not None:
        visits.append(duty_visits(duties, shift.base, count))
    visits.append(break_visits(units, shift.base, shift.home, taken=np.zeros(len(units), dtype=bool)))
    progress(0.4, "search")
    effort = Effort(iterations, pool, seed, balance_loss)
    plan = plan_shift(
        shift, pd.concat([v for v in visits if len(v)], ignore_index=True), effort,
        max_gap_s=max_gap_s, hold=hold, spots=spots.spots, progress=progress,
    )  # fmt: skip
    if hard_gap:
        missed = [said for said in plan.statements if said["code"] == "gap_missed"]
        if missed:
            raise CannotHoldError("gap_not_held", stop=missed[0]["stop"], minutes=missed[0]["minutes"])
    return plan


def plan_shift(
    shift: Shift,
    visits: pd.DataFrame,
    effort: Effort,
    *,
    max_gap_s: float,
    hold: int | None,
    spots: gpd.GeoDataFrame | None,
    progress: Progress = silent,
) -> PatrolPlan:
    """Look for routes, draw one of the good plans and write it down.

    Parameters
    ----------
    shift : Shift
    visits : DataFrame
        `shift_search.stop_visits`, then those of duties and breaks.
    effort : Effort
    max_gap_s, hold
        See `plan_patrol`.
    spots : GeoDataFrame, optional
        Blind stretches, to say how many metres of them each drive passes.
    progress : Progress
    """
    can = say_what_holds(shift, gap_s=max_gap_s)
    asked = min(can["most"] if hold is None else hold, can["stops"])
    risk = shift.stops["risk"].to_numpy(dtype=np.float64)
    fewest = 0

    def look(seed: int, random: np.random.Generator | None) -> Found:
        """Look for routes, then for such as keep the promises; a plan short of duties is none of the pool."""
        mine, promise = visits, np.full(len(shift.stops), np.inf)
        question = pose_search(shift, mine, promise, risk=risk)
        if random is not None:
            question = shake_question(question, random)
        routes = search(question, effort.iterations, seed)
        if asked:
            mine = rounds_for_promises(shift, visits, routes, asked, max_gap_s=max_gap_s)
            promise[:asked] = max_gap_s
            routes = search(pose_search(shift, mine, promise, risk=risk), effort.iterations, seed)
        score = score_visits(time_routes(routes, mine, shift), shift)
        return Found(mine, routes, score if _musts(mine, routes) >= fewest else -np.inf)

    first = look(0, None)
    for _ in range(MOST_FEWER if hold is None else 0):
        table = time_routes(first.routes, first.visits, shift)
        kept = int((widest_gaps(table, shift)[:asked] <= max_gap_s).sum())
        if kept == asked:
            break
        # what is promised and missed costs the rest of the plan: promise what can be kept
        asked = kept
        first = look(0, None)
    fewest = _musts(first.visits, first.routes)

    def make(number: int) -> Found:
        progress(0.4 + 0.5 * (number + 1) / (effort.pool + 1), "search")
        random = np.random.default_rng([effort.seed, number])
        return look(int(random.integers(2**31)), random)

    drawn, top, near = draw_plan(first, make, seed=effort.seed, tries=effort.pool)
    routes = balance_routes(drawn.routes, drawn.visits, shift, most_loss=effort.balance_loss)
    progress(0.9, "timetable")
    return write_plan(
        shift, drawn.visits, routes, effort, max_gap_s=max_gap_s, asked=asked, can=can, spots=spots,
        pool={"best": top, "plans": near, "within": drawn.score / top if top > 0 else 1.0},
    )  # fmt: skip


def _musts(visits: pd.DataFrame, routes: Routes) -> int:
    must = (visits["what"] != "stop").to_numpy()
    return int(sum(must[visit] for route in routes for visit in route))


def _without_cameras(coverage: Coverage) -> Coverage:
    pieces = coverage.pieces.assign(live_mid=0.0)
    return dataclasses.replace(coverage, pieces=pieces)


def _more_than_held(units: pd.DataFrame, dwell_s: float) -> int:
    spans = (units["shift_end"] - units["shift_start"]).dt.total_seconds().to_numpy()
    hours: NDArray[np.float64] = spans.clip(max=SLOT_S)
    return int(np.ceil(1.5 * hours.sum() / (dwell_s + USUAL_DRIVE_S)))
