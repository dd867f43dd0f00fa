"""The inner loop of patrol planning: ruin and recreate for team orienteering with time windows.

After G. Schrimpf and others, "Record breaking optimization results using the ruin and recreate principle"
(2000), with simulated annealing. The search can be halted after any round and taken up again.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from .patrol_moves import shorten_route
from .patrol_routes import (
    UNKNOWN,
    Problem,
    Routes,
    copy_route,
    empty_routes,
    find_spots,
    insert,
    mend_route,
    renew_spots,
    time_route,
)
from .random_numbers import draw, draw_below, seed_numbers

SCORE, COST, BEST_SCORE, BEST_COST = 0, 1, 2, 3
NOISE = 1.0
HEAT = 0.3
COLD = 0.003
TIME_WEIGHT = 0.05


class Search(NamedTuple):
    now: Routes
    kept: Routes
    best_places: np.ndarray
    best_lengths: np.ndarray
    figures: np.ndarray
    random: np.ndarray
    useful: np.ndarray
    into: np.ndarray


@njit(cache=True, nogil=True)
def search_routes(problem, iterations, seed):
    """Search routes that collect the most problem.prize.

    Parameters
    ----------
    problem : Problem
    iterations : int
        Rounds of ruin and recreate.
    seed : int

    Returns
    -------
    routes : int64 array (k, n)
        Visits in order, -1 behind the last.
    lengths : int64 array (k,)
    score : float
    """
    search = begin_search(problem, seed)
    for turn in range(iterations):
        continue_search(problem, search, 1, turn / iterations)
    units, n = search.best_lengths.shape[0], problem.prize.shape[0]
    routes = np.full((units, n), -1, np.int64)
    for unit in range(units):
        count = search.best_lengths[unit]
        routes[unit, :count] = search.best_places[unit, 1 : count + 1]
    return routes, search.best_lengths, search.figures[BEST_SCORE]


@njit(cache=True, nogil=True)
def begin_search(problem, seed):
    now, kept = empty_routes(problem), empty_routes(problem)
    useful = _find_useful(problem)
    into = problem.travel.transpose(0, 2, 1).copy()
    random = seed_numbers(seed)
    changed = np.ones(now.lengths.shape[0], np.bool_)
    figures = np.zeros(32)
    figures[16] = 1.0 if _is_windowed(problem, useful) else 0.0
    _recreate(problem, into, now, changed, useful, random, 0.0, -1, figures)
    for unit in range(now.lengths.shape[0]):
        copy_route(now, kept, unit)
    figures[4:16] = np.array([1.0, 2.0, 0.2, 0.0, 1.0, 0.4, 0.7, 4.0, 0.25, 1.0, 0.0, 0.0])
    figures[SCORE] = figures[BEST_SCORE] = now.prize.sum()
    figures[COST] = figures[BEST_COST] = now.span.sum()
    return Search(now, kept, now.places.copy(), now.lengths.copy(), figures, random, useful, into)


def best_score(search):
    """Return the most that was collected so far."""
    return search.figures[BEST_SCORE]


@njit(cache=True, nogil=True)
def continue_search(problem, search, rounds, share):
    now, kept, figures, random = search.now, search.kept, search.figures, search.random
    units = now.lengths.shape[0]
    changed = np.zeros(units, np.bool_)
    whole = (problem.ends - problem.begins).sum()
    for _ in range(rounds):
        changed[:] = False
        forced = _ruin(problem, now, changed, search.useful, random, figures)
        _recreate(problem, search.into, now, changed, search.useful, random, figures[4], forced, figures)
        again = False
        for unit in range(units):
            if figures[13] > 0 and changed[unit] and shorten_route(problem, now, unit):
                now.delay[unit, :] = UNKNOWN
                again = True
        if again:
            _recreate(problem, search.into, now, changed, search.useful, random, figures[4], -1, figures)
        score, cost = now.prize.sum(), now.span.sum()
        visits = max(1, kept.lengths.sum())
        heat = figures[5] * (figures[SCORE] / visits) * (figures[6] / figures[5]) ** share
        weight = figures[7] * figures[SCORE] / whole
        lost = figures[SCORE] - score + weight * (cost - figures[COST])
        if lost <= 0.0 or draw(random) < math.exp(-lost / max(heat, 1e-300)):
            for unit in range(units):
                if changed[unit]:
                    copy_route(now, kept, unit)
            kept.delay[:] = now.delay
            kept.spot[:] = now.spot
            figures[SCORE], figures[COST] = score, cost
            if score > figures[BEST_SCORE] + 1e-9 or (
                score > figures[BEST_SCORE] - 1e-9 and cost < figures[BEST_COST]
            ):
                for unit in range(units):
                    ends = now.lengths[unit] + 2
                    search.best_places[unit, :ends] = now.places[unit, :ends]
                search.best_lengths[:] = now.lengths
                figures[BEST_SCORE], figures[BEST_COST] = score, cost
        else:
            for unit in range(units):
                if changed[unit]:
                    for k in range(1, now.lengths[unit] + 1):
                        now.visited[now.places[unit, k]] = False
            for unit in range(units):
                if changed[unit]:
                    copy_route(kept, now, unit)
                    for k in range(1, now.lengths[unit] + 1):
                        now.visited[now.places[unit, k]] = True


@njit(cache=True, nogil=True)
def _is_windowed(problem, useful):
    """Return whether some visit may have to wait or come too late though its unit is on its shift."""
    for visit in useful:
        if problem.opens[visit] > problem.begins.min() or problem.closes[visit] < problem.ends.max():
            return True
    return False


@njit(cache=True, nogil=True)
def _find_useful(problem):
    """Return the places worth a visit."""
    n = problem.prize.shape[0]
    useful = np.empty(n, np.int64)
    count = 0
    for visit in range(n):
        if problem.prize[visit] > 0.0:
            useful[count] = visit
            count += 1
    return useful[:count].copy()


@njit(cache=True, nogil=True)
def _recreate(problem, into, routes, changed, useful, random, noise, forced, figures):
    """Insert visits, the best prize for the time it takes first, until none fits."""
    units, n = routes.delay.shape
    shake = np.ones(n)
    extra = 0.0
    if noise > 0.0:
        for visit in useful:
            shake[visit] = 1.0 + noise * (draw(random) - 0.5)
        extra = draw(random)
        extra = extra * extra * figures[8]
    whole, held = 0.0, 0
    for unit in range(units):
        whole += problem.ends[unit] - problem.begins[unit]
        held += routes.lengths[unit]
    extra = extra * whole / (held + units) + 1e-9
    if forced >= 0:
        shake[forced] *= 1e6
    names = np.empty(units * useful.shape[0], np.int64)
    whose = np.empty(units * useful.shape[0], np.int64)
    value = np.empty(units * useful.shape[0])
    count, chosen = 0, 0
    prize, visited = problem.prize, routes.visited
    one = np.empty(1, np.int64)
    windowed = figures[16] > 0
    for unit in range(units):
        find_spots(problem, into, routes, unit, useful)
        delay = routes.delay[unit]
        for visit in useful:
            if not visited[visit] and delay[visit] < np.inf:
                names[count], whose[count] = visit, unit
                value[count] = prize[visit] * shake[visit] / (delay[visit] + extra)
                if value[count] > value[chosen]:
                    chosen = count
                count += 1
    while count > 0:
        one[0], unit = names[chosen], whose[chosen]
        delay = routes.delay[unit]
        known = delay[one[0]]
        delay[one[0]] = UNKNOWN
        find_spots(problem, into, routes, unit, one)
        # what was known may be from before other visits came in
        if delay[one[0]] <= known * (1 + 1e-9) + 1e-9:
            put = routes.spot[unit, one[0]]
            insert(problem, routes, unit, one[0])
            changed[unit] = True
            renew_spots(problem, into, routes, unit, put, names, whose, count, windowed)
            find_spots(problem, into, routes, unit, names[:count])
        k, chosen = 0, 0
        while k < count:
            visit = names[k]
            if whose[k] == unit:
                value[k] = prize[visit] * shake[visit] / (delay[visit] + extra)
            if visited[visit] or value[k] == 0.0:
                count -= 1
                names[k], whose[k], value[k] = names[count], whose[count], value[count]
                continue
            if value[k] > value[chosen]:
                chosen = k
            k += 1


@njit(cache=True, nogil=True)
def _ruin(problem, routes, changed, useful, random, figures):
    """Take out visits: a run of one unit's, or visits near a place whoever makes them."""
    units, total = routes.lengths.shape[0], routes.lengths.sum()
    if total == 0:
        return -1
    how_many = 1 + draw_below(random, min(total, int(figures[11] + total * figures[12])))
    pick = draw_below(random, total)
    unit = 0
    while pick >= routes.lengths[unit]:
        pick -= routes.lengths[unit]
        unit += 1
    forced = -1
    kind = draw(random)
    if kind < figures[9]:
        first = max(1, pick + 1 - draw_below(random, how_many))
        for k in range(first, min(routes.lengths[unit] + 1, first + how_many)):
            _take_out(routes, routes.places[unit, k])
        changed[unit] = True
    else:
        centre = routes.places[unit, pick + 1]
        if kind < figures[10]:
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
            places, kept = routes.places[other], 0
            count = routes.lengths[other]
            for k in range(1, count + 1):
                if routes.visited[places[k]]:
                    kept += 1
                    places[kept] = places[k]
            places[kept + 1] = places[count + 1]
            routes.lengths[other] = kept
            mend_route(problem, routes, other)
            routes.delay[other, :] = UNKNOWN
    return forced


@njit(cache=True, nogil=True)
def _take_out(routes, visit):
    routes.visited[visit] = False
    routes.delay[:, visit] = UNKNOWN
