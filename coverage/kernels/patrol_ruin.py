"""What a round of search takes out of the routes, so that others can be built."""

from __future__ import annotations

import numpy as np
from numba import njit

from .patrol_routes import TIME_SLACK, UNKNOWN, mend_route, time_route
from .patrol_spots import is_loose, keep_spots
from .random_numbers import draw, draw_below

RUN, NEAR_UNVISITED = 0.1, 0.45
"""How often a run of one route is taken out, and what lies round a place that nobody visits."""
MOST_TAKEN_OUT = 20
"""On a large problem many small rounds find more than few large ones."""
WALK = 0.05
"""How often routes are built anew from their starts, and not by insertion."""


@njit(cache=True, nogil=True)
def ruin(problem, into, windowed, routes, changed, useful, random):
    """Take out visits: a run of one unit's, or visits near a place whoever makes them.

    Returns a place that nobody visits if it was the middle of what was taken out, else -1.
    """
    units, total = routes.lengths.shape[0], routes.lengths.sum()
    if total == 0 or draw(random) < WALK:
        changed[draw_below(random, units)] = True
        for unit in range(units):
            if draw(random) < 0.5:
                changed[unit] = True
            if changed[unit]:
                for k in range(1, routes.lengths[unit] + 1):
                    _take_out(routes, routes.places[unit, k])
        for unit in range(units):
            if changed[unit]:
                _walk(problem, routes, unit, useful, random)
                routes.delay[unit, :] = UNKNOWN
        return -1
    how_many = 1 + draw_below(random, min(total, 4 + total // 4, MOST_TAKEN_OUT))
    pick = draw_below(random, total)
    unit = 0
    while pick >= routes.lengths[unit]:
        pick -= routes.lengths[unit]
        unit += 1
    forced = -1
    kind = draw(random)
    if kind < RUN:
        first = max(1, pick + 1 - draw_below(random, how_many))
        for k in range(first, min(routes.lengths[unit] + 1, first + how_many)):
            _take_out(routes, routes.places[unit, k])
        changed[unit] = True
    else:
        centre = routes.places[unit, pick + 1]
        if kind < RUN + NEAR_UNVISITED:
            other = useful[draw_below(random, useful.shape[0])]
            if not routes.visited[other]:
                centre = forced = other
        way = problem.profile[unit]
        names, whose, far = np.empty(total, np.int64), np.empty(total, np.int64), np.empty(total)
        at = 0
        for other in range(units):
            for k in range(1, routes.lengths[other] + 1):
                visit = routes.places[other, k]
                names[at], whose[at] = visit, other
                far[at] = problem.travel[way, centre, visit] * (0.5 + draw(random))
                at += 1
        for _ in range(how_many):
            nearest = 0
            for k in range(1, total):
                if far[k] < far[nearest]:
                    nearest = k
            if far[nearest] == np.inf:
                break
            far[nearest] = np.inf
            _take_out(routes, names[nearest])
            changed[whose[nearest]] = True
    for other in range(units):
        if changed[other]:
            _close_gaps(problem, into, windowed, routes, other, useful)
    return forced


@njit(cache=True, nogil=True)
def _take_out(routes, visit):
    routes.visited[visit] = False
    routes.delay[:, visit] = UNKNOWN


@njit(cache=True, nogil=True)
def _close_gaps(problem, into, windowed, routes, unit, useful):
    """Close up a route from which visits were taken out; keep what is known of insertions if it holds."""
    places, count = routes.places[unit], routes.lengths[unit]
    moved, joined = np.full(count + 1, -1), np.empty(count + 1, np.int64)
    kept, gaps, gone = 0, 0, False
    for k in range(1, count + 2):
        if k <= count and not routes.visited[places[k]]:
            gone = True
            continue
        if gone:
            joined[gaps] = kept
            gaps += 1
        else:
            moved[k - 1] = kept
        gone = False
        if k <= count:
            kept += 1
            places[kept] = places[k]
    places[kept + 1] = places[count + 1]
    routes.lengths[unit] = kept
    mend_route(problem, routes, unit)
    if is_loose(routes, unit, windowed) and routes.lengths[unit] == kept:
        keep_spots(problem, into, routes, unit, useful, moved, joined[:gaps])
    else:
        routes.delay[unit, :] = UNKNOWN


@njit(cache=True, nogil=True)
def _walk(problem, routes, unit, useful, random):
    """Lead a unit from its start on and on, and home from the last place from where it is home in time.

    Finds what insertion cannot where a way through other places is shorter than the direct one.
    """
    travel = problem.travel[problem.profile[unit]]
    places, home = routes.places[unit], problem.home_in[unit]
    now, last, length = problem.begins[unit], 0, 0
    greedy = draw(random) < 0.5
    while True:
        top, chosen, leave = -1.0, -1, 0.0
        for visit in useful:
            if routes.visited[visit] or (problem.may.shape[0] > 0 and not problem.may[unit, visit]):
                continue
            begin = max(now + travel[places[last], visit], problem.opens[visit])
            done = begin + problem.service[visit]
            if begin > problem.closes[visit] + TIME_SLACK or done > problem.ends[unit] + TIME_SLACK:
                continue
            value = draw(random)
            if greedy:
                value *= problem.prize[visit] / (done - now + 1e-9)
            if value > top:
                top, chosen, leave = value, visit, done
        if chosen < 0:
            break
        last += 1
        places[last], now = chosen, leave
        routes.visited[chosen] = True
        if now + travel[chosen, home] <= problem.ends[unit] + TIME_SLACK:
            length = last
    for k in range(length + 1, last + 1):
        routes.visited[places[k]] = False
    places[length + 1] = home
    routes.lengths[unit] = length
    time_route(problem, routes, unit)
