"""Timed routes in plain arrays: what a search may ask of them in constant time.

For each visit the start of service and the latest start that still lets the rest of the route hold are kept,
so that whether another visit fits at a place needs no walk along the route.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

TIME_SLACK = 1e-6
UNKNOWN = -1.0
"""Delay of an insertion that must be worked out anew."""


class Problem(NamedTuple):
    """What a search is given: n places to visit or start from, k units, p kinds of unit.

    Attributes
    ----------
    travel : float64 array (p, n, n)
        Seconds between places, for each kind of unit; infinite where there is no way.
    profile : int64 array (k,)
        Kind of each unit.
    prize, service, opens, closes : float64 array (n,)
        Reward of a visit, its length, and the window in which it may start. Prize 0 is never visited.
    home_out, home_in : int64 array (k,)
        Place where each unit starts and ends.
    begins, ends : float64 array (k,)
        Shift of each unit, seconds.
    may : bool array (k, n)
        Whether a unit may make a visit; empty where all may.
    """

    travel: np.ndarray
    profile: np.ndarray
    prize: np.ndarray
    service: np.ndarray
    opens: np.ndarray
    closes: np.ndarray
    home_out: np.ndarray
    home_in: np.ndarray
    begins: np.ndarray
    ends: np.ndarray
    may: np.ndarray = np.empty((0, 0), np.bool_)


class Revisits(NamedTuple):
    """What visits of the same stops are worth (`patrol_worth`); apart from `Problem`, which every call takes.

    Attributes
    ----------
    place, stop : int64 array (n,)
        Where a visit is made, as a row of `passing`, and which stop it visits; -1 where it is none.
    worth, promise, since : float64 array (stops,)
        Reward r of each stop, the longest time it is promised to be alone (infinite where nothing is
        promised), and when someone last left it (-inf where nobody did). Empty where prizes alone count.
    passing : float64 array (p, places, places)
        Reward of what a drive passes; empty where nothing is.
    memory, watch_from, watch_to : float
        Seconds; see `patrol_worth`.
    """

    place: np.ndarray
    stop: np.ndarray
    worth: np.ndarray
    promise: np.ndarray
    since: np.ndarray
    passing: np.ndarray
    memory: float
    watch_from: float
    watch_to: float


class Routes(NamedTuple):
    """The routes of k units; in each row the start comes first and the end behind the last visit.

    Attributes
    ----------
    places : int64 array (k, n + 2)
    lengths : int64 array (k,)
        Visits of each unit, start and end not counted.
    start, leave, latest : float64 array (k, n + 2)
        When service starts and ends, and the latest it may start.
    visited : bool array (n,)
    delay, spot : float64, int64 array (k, n)
        By how much the cheapest insertion of a place delays the unit's end (infinite where there is none,
        UNKNOWN where it was not worked out), and behind which place of the row it is; see `patrol_spots`.
    prize, span : float64 array (k,)
        What each route collects, and the seconds from its begin to its end.
    """

    places: np.ndarray
    lengths: np.ndarray
    start: np.ndarray
    leave: np.ndarray
    latest: np.ndarray
    visited: np.ndarray
    delay: np.ndarray
    spot: np.ndarray
    prize: np.ndarray
    span: np.ndarray


@njit(cache=True, nogil=True)
def empty_routes(problem):
    """Return routes that lead from each unit's start straight to its end."""
    n, units = problem.prize.shape[0], problem.begins.shape[0]
    routes = Routes(
        np.zeros((units, n + 2), np.int64),
        np.zeros(units, np.int64),
        np.zeros((units, n + 2)),
        np.zeros((units, n + 2)),
        np.zeros((units, n + 2)),
        np.zeros(n, np.bool_),
        np.full((units, n), UNKNOWN),
        np.zeros((units, n), np.int64),
        np.zeros(units),
        np.zeros(units),
    )
    for unit in range(units):
        routes.places[unit, 0] = problem.home_out[unit]
        routes.places[unit, 1] = problem.home_in[unit]
        time_route(problem, routes, unit)
    return routes


@njit(cache=True, nogil=True)
def time_route(problem, routes, unit):
    """Work out when each visit starts, the latest it may start, and what the route collects."""
    travel = problem.travel[problem.profile[unit]]
    places, start, leave = routes.places[unit], routes.start[unit], routes.leave[unit]
    latest = routes.latest[unit]
    last = routes.lengths[unit] + 1
    now, prize = problem.begins[unit], 0.0
    start[0] = leave[0] = now
    for k in range(1, last):
        visit = places[k]
        now = max(now + travel[places[k - 1], visit], problem.opens[visit])
        start[k] = now
        now += problem.service[visit]
        leave[k] = now
        prize += problem.prize[visit]
    start[last] = leave[last] = now + travel[places[last - 1], places[last]]
    limit = problem.ends[unit] + TIME_SLACK
    latest[last] = limit
    for k in range(last - 1, 0, -1):
        visit = places[k]
        limit = min(
            problem.closes[visit] + TIME_SLACK,
            limit - travel[visit, places[k + 1]] - problem.service[visit],
        )
        latest[k] = limit
    routes.prize[unit] = prize
    routes.span[unit] = start[last] - problem.begins[unit] if last > 1 else 0.0


@njit(cache=True, nogil=True)
def mend_route(problem, routes, unit):
    """Leave out visits that cannot be made in time; taking one out can make another one late.

    That happens where a direct way is longer than one through a third place, or where there is none.
    """
    travel = problem.travel[problem.profile[unit]]
    places = routes.places[unit]
    count, kept, now = routes.lengths[unit], 0, problem.begins[unit]
    end = places[count + 1]
    for k in range(1, count + 1):
        visit = places[k]
        begin = max(now + travel[places[kept], visit], problem.opens[visit])
        if begin > problem.closes[visit] + TIME_SLACK or begin == np.inf:
            routes.visited[visit] = False
            routes.delay[:, visit] = UNKNOWN
            continue
        kept += 1
        places[kept] = visit
        now = begin + problem.service[visit]
    places[kept + 1] = end
    routes.lengths[unit] = kept
    time_route(problem, routes, unit)
    while routes.lengths[unit] > 0 and routes.start[unit, routes.lengths[unit] + 1] > (
        problem.ends[unit] + TIME_SLACK
    ):
        last = routes.lengths[unit]
        routes.visited[places[last]] = False
        routes.delay[:, places[last]] = UNKNOWN
        places[last] = end
        routes.lengths[unit] = last - 1
        time_route(problem, routes, unit)


@njit(cache=True, nogil=True)
def insert(problem, routes, unit, visit):
    """Put a visit where its spot is."""
    places, spot = routes.places[unit], routes.spot[unit, visit]
    for k in range(routes.lengths[unit] + 1, spot, -1):
        places[k + 1] = places[k]
    places[spot + 1] = visit
    routes.lengths[unit] += 1
    routes.visited[visit] = True
    time_route(problem, routes, unit)


@njit(cache=True, nogil=True)
def copy_route(source, target, unit):
    """Copy one unit's route and what is known of insertions into it; `visited` is left alone."""
    ends = source.lengths[unit] + 2
    for k in range(ends):
        target.places[unit, k] = source.places[unit, k]
        target.start[unit, k] = source.start[unit, k]
        target.leave[unit, k] = source.leave[unit, k]
        target.latest[unit, k] = source.latest[unit, k]
    target.lengths[unit] = source.lengths[unit]
    target.prize[unit], target.span[unit] = source.prize[unit], source.span[unit]
    target.delay[unit, :] = source.delay[unit, :]
    target.spot[unit, :] = source.spot[unit, :]
