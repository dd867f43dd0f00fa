"""Visits of a shift -> the routes that are worth the most, and how much any routes could be worth."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import optimize, sparse

from .duties import MUST
from .kernels.patrol_search import Problem, Revisits, search_stops
from .timetable import Shift, time_routes

SLOT_S: Final = 7200.0
"""A stop is worth a visit in each slot of two hours."""
MEMORY_S: Final = 7200.0
"""A visit after this gap is worth 1 - 1/e of the most it can be."""
PROMISED: Final = 3.0
"""How much sooner a stop whose gap is promised is put into a route."""
LARGEST_PROGRAM: Final = 150
"""Places up to which the bound follows the drives from place to place."""

Routes = list[list[int]]


class Question(NamedTuple):
    """A shift as the search takes it: the visits, and what those of the same stops are worth."""

    problem: Problem
    again: Revisits


def stop_visits(shift: Shift, *, slot_s: float = SLOT_S) -> pd.DataFrame:
    """Return a copy of every stop for every slot: `place`, `opens`, `closes`, `service`, `what`, `only`."""
    places = np.flatnonzero((shift.stops["what"] == "stop").to_numpy())
    slots = max(1, int(np.ceil((shift.ends.max() - shift.begins.min()) / slot_s - 1e-9)))
    place, slot = np.repeat(places, slots), np.tile(np.arange(slots), len(places))
    service = shift.stops["dwell_s"].to_numpy(dtype=np.float64)[place]
    opens = shift.begins.min() + slot * slot_s
    return pd.DataFrame(
        {
            "place": place,
            "opens": opens,
            "closes": opens + slot_s - service,
            "service": service,
            "what": "stop",
            "only": -1,
        }
    )


def pose_search(
    shift: Shift, visits: pd.DataFrame, promise: NDArray[np.float64], *, risk: NDArray[np.float64]
) -> Question:
    """Return the question of a shift as the search takes it.

    Parameters
    ----------
    shift : Shift
    visits : DataFrame
        Of `stop_visits` first, then duties and breaks; `only` names the unit that alone may make one.
    promise : ndarray (stops,)
        Longest time each stop may be alone, infinite where nothing is promised.
    risk : ndarray (stops,)
        What each stop is worth to this search.
    """
    count, units = len(visits), len(shift.units)
    homes, where = np.unique(np.concatenate([shift.start, shift.home]), return_inverse=True)
    mine = visits["place"].to_numpy()
    place = np.concatenate([mine, homes])
    travel = shift.times[:, place][:, :, place].copy()
    # one visit after the other at the same stop is one visit, not two
    at_stop = np.concatenate([(visits["what"] == "stop").to_numpy(), np.zeros(len(homes), dtype=bool)])
    same = (place[:, None] == place[None, :]) & at_stop[:, None] & at_stop[None, :]
    travel[:, same] = np.inf
    extra = np.zeros(len(homes))
    must = MUST * max(float(risk.max(initial=0.0)), 1e-9)
    sooner = np.where(np.isfinite(promise), PROMISED, 1.0)
    stop = np.where(at_stop[:count], mine, -1)
    prize = np.where(stop >= 0, (risk * sooner)[np.maximum(stop, 0) % len(risk)] * (1 - np.exp(-1)), must)
    may = np.ones((units, count + len(homes)), dtype=bool)
    here = mine < len(shift.stops)
    may[:, np.flatnonzero(here)] = shift.may[:, mine[here]]
    only = visits["only"].to_numpy()
    for visit in np.flatnonzero(only >= 0):
        may[:, visit] = np.arange(units) == only[visit]
    problem = Problem(
        travel=travel,
        profile=shift.profile,
        prize=np.concatenate([prize, extra]),
        service=np.concatenate([visits["service"].to_numpy(dtype=np.float64), extra]),
        opens=np.concatenate([visits["opens"].to_numpy(dtype=np.float64), extra]),
        closes=np.concatenate([visits["closes"].to_numpy(dtype=np.float64), extra]),
        home_out=(count + where[:units]).astype(np.int64),
        home_in=(count + where[units:]).astype(np.int64),
        begins=shift.begins,
        ends=shift.ends,
        may=may,
    )
    again = Revisits(
        place=place.astype(np.int64),
        stop=np.concatenate([stop, np.full(len(homes), -1)]).astype(np.int64),
        worth=risk.astype(np.float64),
        promise=promise.astype(np.float64),
        since=shift.since.astype(np.float64),
        passing=shift.passing,
        memory=MEMORY_S,
        watch_from=float(shift.begins.min()),
        watch_to=float(shift.ends.max()),
    )
    return Question(problem, again)


def search(question: Question, iterations: int, seed: int) -> Routes:
    """Return for each unit its visits (rows of the visits posed) in order."""
    routes, lengths, _ = search_stops(question.problem, question.again, iterations, seed)
    return [routes[unit, : lengths[unit]].tolist() for unit in range(len(lengths))]


def score_visits(timetable: pd.DataFrame, shift: Shift) -> float:
    """Sum what the visits are worth, by the gap since anyone last stood there, and what the drives pass."""
    risk = shift.stops["risk"].to_numpy()
    mine = timetable[timetable["what"] == "stop"].sort_values(["place", "arrive"])
    since = pd.Series(shift.since[mine["place"]], index=mine.index).replace(-np.inf, np.nan)
    left = mine.groupby("place")["leave"].shift().fillna(since)
    gap = (mine["arrive"] - left).fillna(MEMORY_S).clip(lower=0.0)
    worth = float((risk[mine["place"]] * (1 - np.exp(-gap / MEMORY_S))).sum())
    if not shift.passing.size:
        return worth
    way = shift.profile[timetable["unit"]]
    return worth + float(shift.passing[way, timetable["origin"], timetable["place"]].sum())


def widest_gaps(timetable: pd.DataFrame, shift: Shift) -> NDArray[np.float64]:
    """Return for each stop the longest time alone, from the first unit's begin to the last one's end."""
    begin, end = float(shift.begins.min()), float(shift.ends.max())
    widest = np.full(len(shift.stops), end - begin)
    mine = timetable[timetable["place"] < len(shift.stops)].sort_values("arrive")
    for place, visits in mine.groupby("place"):
        left = np.concatenate([[max(begin, shift.since[place])], visits["leave"]])  # pyright: ignore
        widest[place] = (np.concatenate([visits["arrive"], [end]]) - left).max()  # pyright: ignore
    return widest


def bound_score(shift: Shift, visits: pd.DataFrame) -> float:
    """Return a score that no routes exceed: a linear program in which drives are split as one likes.

    Each visit costs its dwell, and there are as many drives to each place as from it. m visits of a stop
    share at most the span of the shifts less their dwells plus one memory, so that they are worth at most
    m equal gaps. All units' time is one. Past LARGEST_PROGRAM places each visit costs its shortest drives,
    half of that there and half of that on.
    """
    stops = np.flatnonzero((shift.stops["what"] == "stop").to_numpy() & shift.may.any(axis=0))
    risk, dwell = (shift.stops[name].to_numpy(dtype=np.float64)[stops] for name in ("risk", "dwell_s"))
    standing = visits[(visits["what"] == "stop").to_numpy()]
    most = int(standing.groupby("place").size().max()) if len(standing) else 0
    if not len(stops) or most == 0:
        return 0.0
    span = float(shift.ends.max() - shift.begins.min()) + MEMORY_S
    # a stop left before the shift, in a plan made anew, has waited at most so long
    span += float(np.where(np.isfinite(shift.since[stops]), -shift.since[stops], 0.0).max(initial=0.0))
    many = np.arange(1, most + 1)
    gaps = np.maximum(span - many[None, :] * dwell[:, None], 0.0) / many
    total = many * (1 - np.exp(-gaps / MEMORY_S))
    value = np.maximum(np.diff(np.maximum.accumulate(total, axis=1), axis=1, prepend=0.0), 0.0)
    value *= risk[:, None]
    time = float((shift.ends - shift.begins).sum())
    quickest = shift.times[np.unique(shift.profile)].min(axis=0)
    passed = float(_most_passed(shift, time, float(dwell.min())))
    homes = np.unique(np.concatenate([shift.start, shift.home]))
    if len(stops) > LARGEST_PROGRAM or (visits["what"] != "stop").any():
        inner = quickest[:, stops].copy()
        inner[stops, np.arange(len(stops))] = np.inf
        outer = quickest[stops].copy()
        outer[np.arange(len(stops)), stops] = np.inf
        cost = dwell + (inner.min(axis=0) + outer.min(axis=1)) / 2
        return passed + _fill(value.ravel(), np.repeat(cost, most), time)
    return passed + _program(value, dwell, quickest, stops, homes, most, time, len(shift.units))


def _most_passed(shift: Shift, time: float, dwell_s: float) -> float:
    """Bound what the drives can pass: as many as there may be, each the best one."""
    if not shift.passing.size:
        return 0.0
    drives = int(time // dwell_s) + len(shift.units)
    return drives * float(shift.passing.max())


def _fill(value: NDArray[np.float64], price: NDArray[np.float64], time: float) -> float:
    # a stop that nobody can drive to has no price that could be paid
    reached = np.isfinite(price)
    value, price = value[reached], price[reached]
    order = np.argsort(-value / price, kind="stable")
    spent = np.concatenate([[0.0], np.cumsum(price[order])[:-1]])
    return float(np.clip((time - spent) / price[order], 0.0, 1.0) @ value[order])


def _program(
    value: NDArray[np.float64],
    dwell: NDArray[np.float64],
    quickest: NDArray[np.float64],
    stops: NDArray[np.int64],
    homes: NDArray[np.int64],
    most: int,
    time: float,
    units: int,
) -> float:
    """Solve the program of `bound_score`; the homes are one place, at each one's shortest drive."""
    n = len(stops)
    ways = np.zeros((n + 1, n + 1))
    ways[:n, :n] = quickest[np.ix_(stops, stops)]
    ways[n, :n] = quickest[np.ix_(homes, stops)].min(axis=0)
    ways[:n, n] = quickest[np.ix_(stops, homes)].min(axis=1)
    tail, head = np.nonzero(~np.eye(n + 1, dtype=bool) & np.isfinite(ways))
    drives, row, leg = len(tail), np.arange(n), np.arange(len(tail))
    step = np.repeat(row, most)
    made = sparse.csr_array((np.ones(n * most), (step, np.arange(n * most))), shape=(n + 1, n * most))
    come = sparse.csr_array((np.ones(drives), (head, leg)), shape=(n + 1, drives))
    go = sparse.csr_array((np.ones(drives), (tail, leg)), shape=(n + 1, drives))
    equal = sparse.vstack(
        [sparse.hstack([come[:n], -made[:n]]), sparse.hstack([go[:n], -made[:n]])], format="csr"
    )
    upper = sparse.vstack(
        [
            sparse.csr_array(np.concatenate([ways[tail, head], np.repeat(dwell, most)])[None]),
            sparse.csr_array(np.concatenate([(tail == n).astype(float), np.zeros(n * most)])[None]),
        ],
        format="csr",
    )
    found = optimize.linprog(
        -np.concatenate([np.zeros(drives), value.ravel()]),
        A_ub=upper,
        b_ub=[time, units],
        A_eq=equal,
        b_eq=np.zeros(2 * n),
        bounds=[(0, most)] * drives + [(0, 1)] * (n * most),
        method="highs",
    )
    best = float(value.sum())
    return min(best, -float(found.fun) * (1 + 1e-9)) if found.status == 0 else best


def rounds_for_promises(
    shift: Shift, visits: pd.DataFrame, routes: Routes, asked: int, *, max_gap_s: float
) -> pd.DataFrame:
    """Return the visits with those of the first `asked` stops timed so that no gap is over `max_gap_s`.

    Each such stop is visited in rounds, the first when the routes given come to it first, in windows a sixth
    of the gap wide: whoever keeps every window keeps every gap, the ones to the begin and end of the shifts
    as well.
    """
    begin, end, width = float(shift.begins.min()), float(shift.ends.max()), max_gap_s / 6
    timetable = time_routes(routes, visits, shift)
    first = timetable[timetable["what"] == "stop"].groupby("place")["arrive"].min()
    rows = []
    for place in np.flatnonzero((shift.stops["what"] == "stop").to_numpy())[:asked].tolist():
        stay = float(shift.stops["dwell_s"].iloc[place])
        since = max(begin, float(shift.since[place]))
        every = max_gap_s + stay - width
        phase = float(first.get(place, since + max_gap_s / 2))
        phase = min(phase, since + max_gap_s - width / 2)
        latest = end - max_gap_s - stay + width / 2
        rounds = 1 + max(0, int(np.ceil((latest - phase) / every)))
        for number in range(rounds):
            opens = max(begin, phase + number * every - width / 2)
            closes = phase + number * every + width / 2
            if opens + stay <= end:
                rows.append((place, opens, closes, stay, "stop", -1))
    held = pd.DataFrame(rows, columns=visits.columns)
    free = visits[~((visits["what"] == "stop") & visits["place"].isin(held["place"])).to_numpy()]
    parts = [part for part in (held, free) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else visits
