"""Stops, slots and units -> timed routes on the directed street graph."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .errors import CannotHoldError, InvalidInputError
from .kernels.patrol_search import Problem, search_routes
from .orienteering import StopAfter as StopAfter
from .orienteering import StopAtTime as StopAtTime
from .orienteering import team_orienteering as team_orienteering
from .progress import Progress, silent
from .results import BlindSpots, Coverage, PatrolPlan
from .risk import StreetRisk
from .stops import find_stops
from .timetable import Shift, draw_legs, list_units, list_visits, time_routes
from .travel import build_network

SLOT_S: Final = 7200.0
"""A stop is worth a visit in each slot of two hours."""
MEMORY_S: Final = 7200.0
"""A visit after this gap is worth 1 - 1/e of the most it can be."""
USUAL_DRIVE_S: Final = 300.0
DWELL_S: Final = (600.0, 960.0)
FARTHEST_STATION_M: Final = 500.0


def plan_patrol(
    streets: gpd.GeoDataFrame,
    stations: gpd.GeoDataFrame,
    units: pd.DataFrame,
    coverage: Coverage,
    risk: StreetRisk,
    spots: BlindSpots,
    *,
    dwell_s: float = 720.0,
    most_stops: int | None = None,
    iterations: int = 4000,
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
    coverage, risk, spots
        Of the same streets.
    dwell_s : float
        How long a unit stands at a stop, within DWELL_S (10 to 16 minutes).
    most_stops : int
        Stops weighed; each may be visited once in every two hours. By default half as many again as the
        units could hold if it took them 5 minutes from each to the next.
    iterations : int
        Rounds of search: the stop rule.
    seed : int
        Another seed gives another plan that is about as good; the same one gives the same plan.
    progress : Progress

    Returns
    -------
    PatrolPlan
        `score` sums r (1 - exp(-gap / 120 min)) over the visits; the plan is heuristic and `gap` says how
        far below its bound it may lie.

    Raises
    ------
    CannotHoldError
        When there are no units or stops, a unit's station is unknown or off the road, or a shift ends
        before it begins.
    InvalidInputError
        When the dwell is outside DWELL_S.
    """
    if not DWELL_S[0] <= dwell_s <= DWELL_S[1]:
        raise InvalidInputError("dwell_outside", low=int(DWELL_S[0] / 60), high=int(DWELL_S[1] / 60))
    _check_units(units, stations)
    kind = units["kind"] if "kind" in units else pd.Series(None, index=units.index, dtype=object)
    units = units.assign(kind=np.where(kind == "foot", "foot", "car")).reset_index(drop=True)
    progress(0.0, "stops")
    begins, ends, base = _shifts(units)
    most = _more_than_held(begins, ends, dwell_s) if most_stops is None else most_stops
    stops = find_stops(streets, coverage, risk, spots, most=most)
    if not len(stops):
        raise CannotHoldError("no_stops")
    progress(0.2, "travel_times")
    points = np.concatenate([stops.geometry.to_numpy(), stations.geometry.to_numpy()])
    kinds = sorted(set(units["kind"]))
    networks = [build_network(streets, points, kind=kind) for kind in kinds]
    times, before = zip(*(network.times() for network in networks), strict=True)
    row_of = pd.Series(np.arange(len(stations)), index=stations["id"].to_numpy())
    shift = Shift(
        units=units,
        stops=stops,
        networks=networks,
        before=list(before),
        times=np.stack(times),
        profile=np.array([kinds.index(kind) for kind in units["kind"]], dtype=np.int64),
        home=len(stops) + row_of.loc[units["station"]].to_numpy(dtype=np.int64),
        begins=begins,
        ends=ends,
        base=base,
        dwell_s=dwell_s,
    )
    _check_homes(shift)
    progress(0.4, "search")
    visits = _visits(shift)
    timetable = time_routes(_search(shift, visits, iterations, seed), visits, shift)
    progress(0.9, "timetable")
    score = _score(timetable, stops["risk"].to_numpy())
    bound = max(score, _upper_bound(shift, visits))
    held = timetable[timetable["place"] < len(stops)].groupby("place").size()
    stops["dwell_s"] = dwell_s
    stops["held"] = held.reindex(range(len(stops)), fill_value=0).to_numpy()
    legs = draw_legs(timetable, shift)
    return PatrolPlan(
        units=list_units(timetable, legs, shift),
        stops=stops,
        visits=list_visits(timetable, legs, shift),
        legs=legs,
        score=score,
        upper_bound=bound,
        gap=(bound - score) / bound if bound > 0 else 0.0,
        seed=seed,
        left_out=int((stops["held"] == 0).sum()),
    )


def _check_units(units: pd.DataFrame, stations: gpd.GeoDataFrame) -> None:
    if not len(units):
        raise CannotHoldError("no_units")
    if units["id"].duplicated().any():
        raise InvalidInputError("unit_twice", unit=str(units.loc[units["id"].duplicated(), "id"].iloc[0]))
    unknown = ~units["station"].isin(stations["id"])
    if unknown.any():
        raise CannotHoldError("station_unknown", unit=str(units.loc[unknown, "id"].iloc[0]))
    early = units["shift_end"] <= units["shift_start"]
    if early.any():
        raise CannotHoldError("shift_ends_early", unit=str(units.loc[early, "id"].iloc[0]))


def _check_homes(shift: Shift) -> None:
    for unit, (kind, place) in enumerate(zip(shift.profile, shift.home, strict=True)):
        gap = float(shift.networks[kind].gap_m[place])
        if gap > FARTHEST_STATION_M:
            name = str(shift.units["id"].iloc[unit])
            raise CannotHoldError("station_off_road", unit=name, metres=round(gap))


def _shifts(units: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64], pd.Timestamp]:
    """Return starts and ends of the shifts in seconds after the earliest start."""
    base = units["shift_start"].min()
    begins = (units["shift_start"] - base).dt.total_seconds().to_numpy(dtype=np.float64)
    ends = (units["shift_end"] - base).dt.total_seconds().to_numpy(dtype=np.float64)
    return begins, ends, base


def _more_than_held(begins: NDArray, ends: NDArray, dwell_s: float) -> int:
    return int(np.ceil(1.5 * (ends - begins).clip(max=SLOT_S).sum() / (dwell_s + USUAL_DRIVE_S)))


def _visits(shift: Shift) -> pd.DataFrame:
    """Return a copy of every stop for every slot: `place`, `opens`, `closes`."""
    slots = max(1, int(np.ceil((shift.ends.max() - shift.begins.min()) / SLOT_S - 1e-9)))
    place, slot = (
        a.ravel() for a in np.meshgrid(np.arange(len(shift.stops)), np.arange(slots), indexing="ij")
    )
    opens = slot * SLOT_S
    return pd.DataFrame({"place": place, "opens": opens, "closes": opens + SLOT_S - shift.dwell_s})


def _search(shift: Shift, visits: pd.DataFrame, iterations: int, seed: int) -> list[list[int]]:
    """Return for each unit its visits (rows of `visits`) in order."""
    homes, where = np.unique(shift.home, return_inverse=True)
    place = np.concatenate([visits["place"].to_numpy(), homes])
    travel = shift.times[:, place][:, :, place].copy()
    # one visit after the other at the same stop is one visit, not two
    same = (place[:, None] == place[None, :]) & (place[:, None] < len(shift.stops))
    travel[:, same] = np.inf
    extra = np.zeros(len(homes))
    home = (len(visits) + where).astype(np.int64)
    problem = Problem(
        travel=travel,
        profile=shift.profile,
        prize=np.concatenate([shift.stops["risk"].to_numpy()[visits["place"]], extra]),
        service=np.concatenate([np.full(len(visits), shift.dwell_s), extra]),
        opens=np.concatenate([visits["opens"].to_numpy(dtype=np.float64), extra]),
        closes=np.concatenate([visits["closes"].to_numpy(dtype=np.float64), extra]),
        home_out=home,
        home_in=home,
        begins=shift.begins,
        ends=shift.ends,
    )
    routes, lengths, _ = search_routes(problem, iterations, seed)
    return [routes[unit, : lengths[unit]].tolist() for unit in range(len(shift.home))]


def _score(timetable: pd.DataFrame, risk: NDArray[np.float64]) -> float:
    """Sum what the visits are worth, by the gap since anyone last stood there."""
    mine = timetable[timetable["place"] < len(risk)].sort_values(["place", "arrive"])
    gap = (mine["arrive"] - mine.groupby("place")["leave"].shift()).fillna(MEMORY_S).clip(lower=0.0)
    return float((risk[mine["place"]] * (1 - np.exp(-gap / MEMORY_S))).sum())


def _upper_bound(shift: Shift, visits: pd.DataFrame) -> float:
    """Fill all units' time with the most valuable visits, each at its dwell and the shortest way there.

    m visits of a stop share at most the span of the shifts plus one memory, so that they are worth at most
    m equal gaps.
    """
    risk = shift.stops["risk"].to_numpy()
    stops = len(risk)
    span = float(shift.ends.max() - shift.begins.min()) + MEMORY_S
    shortest = shift.times[:, :, :stops].min(axis=0)
    shortest[np.arange(stops), np.arange(stops)] = np.inf
    cost = shift.dwell_s + shortest.min(axis=0)
    most = int(visits.groupby("place").size().max())
    many = np.arange(1, most + 1)
    total = np.concatenate([[0.0], many * (1 - np.exp(-span / (many * MEMORY_S)))])
    value = (risk[:, None] * np.diff(total)[None, :]).ravel()
    price = np.repeat(cost, most)
    way_home = np.array(
        [shift.times[kind, :stops, home].min() for kind, home in zip(shift.profile, shift.home, strict=True)]
    )
    time = float(np.maximum(shift.ends - shift.begins - way_home, 0.0).sum())
    order = np.argsort(-value / price, kind="stable")
    spent = np.concatenate([[0.0], np.cumsum(price[order])[:-1]])
    return float(np.clip((time - spent) / price[order], 0.0, 1.0) @ value[order])
