"""The inner loop of patrol planning: ruin and recreate for team orienteering with time windows.

Routes are rows of an array. For each visit the start of service and the latest start that still lets the
rest of the route hold are kept, so that whether a visit fits at a place is known in constant time.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

TIME_SLACK = 1e-6
NOISE = 1.0
"""How much a visit's prize is shaken when routes are built again, as a share of it."""
BLINK = 0.1
"""How often a place in a route is overlooked, so that the cheapest one is not always taken."""


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
    np.random.seed(seed)
    n, units = problem.prize.shape[0], problem.begins.shape[0]
    routes = np.full((units, n), -1, np.int64)
    lengths = np.zeros(units, np.int64)
    start = np.zeros((units, n + 1))
    latest = np.zeros((units, n + 1))
    visited = np.zeros(n, np.bool_)
    for unit in range(units):
        _time_route(problem, unit, routes, lengths, start, latest)
    _recreate(problem, routes, lengths, start, latest, visited, 0.0)
    score, cost = _worth(problem, routes, lengths, start)
    best_routes, best_lengths, best_score, best_cost = routes.copy(), lengths.copy(), score, cost
    kept_routes, kept_lengths, kept_score, kept_cost = routes.copy(), lengths.copy(), score, cost
    heat = 0.05 * max(score, 1e-9) / max(1.0, lengths.sum())
    for turn in range(iterations):
        _ruin(problem, routes, lengths, visited)
        for unit in range(units):
            _time_route(problem, unit, routes, lengths, start, latest)
        _recreate(problem, routes, lengths, start, latest, visited, NOISE)
        score, cost = _worth(problem, routes, lengths, start)
        cooled = heat * (1.0 - turn / iterations)
        lost = kept_score - score
        accept = lost < 0 or (lost == 0 and cost <= kept_cost)
        if not accept and cooled > 0 and np.random.random() < math.exp(-max(lost, 1e-12) / cooled):
            accept = True
        if accept:
            kept_routes[:], kept_lengths[:], kept_score, kept_cost = routes, lengths, score, cost
            if score > best_score + 1e-12 or (score >= best_score - 1e-12 and cost < best_cost):
                best_routes[:], best_lengths[:], best_score, best_cost = routes, lengths, score, cost
        else:
            routes[:], lengths[:] = kept_routes, kept_lengths
            visited[:] = False
            for unit in range(units):
                for k in range(lengths[unit]):
                    visited[routes[unit, k]] = True
    return best_routes, best_lengths, best_score


@njit(cache=True, nogil=True)
def _time_route(problem, unit, routes, lengths, start, latest):
    """Work out when each visit starts, and the latest it may start."""
    way = problem.profile[unit]
    place, now = problem.home_out[unit], problem.begins[unit]
    count = lengths[unit]
    for k in range(count):
        visit = routes[unit, k]
        now = max(now + problem.travel[way, place, visit], problem.opens[visit])
        start[unit, k] = now
        now += problem.service[visit]
        place = visit
    start[unit, count] = now + problem.travel[way, place, problem.home_in[unit]]
    limit = problem.ends[unit] + TIME_SLACK
    latest[unit, count] = limit
    place = problem.home_in[unit]
    for k in range(count - 1, -1, -1):
        visit = routes[unit, k]
        limit = min(
            problem.closes[visit] + TIME_SLACK,
            limit - problem.travel[way, visit, place] - problem.service[visit],
        )
        latest[unit, k] = limit
        place = visit


@njit(cache=True, nogil=True)
def _recreate(problem, routes, lengths, start, latest, visited, noise):
    """Insert visits, the best prize for the time it takes first, until none fits."""
    n, units = problem.prize.shape[0], lengths.shape[0]
    best_ratio = np.full((n, units), -1.0)
    best_place = np.zeros((n, units), np.int64)
    stale = np.ones(units, np.bool_)
    shake = np.ones(n)
    for visit in range(n):
        shake[visit] = 1.0 + noise * (np.random.random() - 0.5)
    while True:
        for unit in range(units):
            if not stale[unit]:
                continue
            way, count = problem.profile[unit], lengths[unit]
            for visit in range(n):
                best_ratio[visit, unit] = -1.0
                if visited[visit] or problem.prize[visit] <= 0.0:
                    continue
                for k in range(count + 1):
                    before = problem.home_out[unit] if k == 0 else routes[unit, k - 1]
                    left = problem.begins[unit] if k == 0 else start[unit, k - 1] + problem.service[before]
                    after = problem.home_in[unit] if k == count else routes[unit, k]
                    begin = max(left + problem.travel[way, before, visit], problem.opens[visit])
                    if begin > problem.closes[visit] + TIME_SLACK:
                        break
                    if noise > 0.0 and np.random.random() < BLINK:
                        continue
                    arrive = begin + problem.service[visit] + problem.travel[way, visit, after]
                    if arrive > latest[unit, k]:
                        continue
                    if k < count:
                        delay = max(arrive, problem.opens[after]) - start[unit, k]
                    else:
                        delay = arrive - start[unit, count]
                    ratio = problem.prize[visit] * shake[visit] / (max(delay, 0.0) + 60.0)
                    if ratio > best_ratio[visit, unit]:
                        best_ratio[visit, unit] = ratio
                        best_place[visit, unit] = k
            stale[unit] = False
        chosen, on, top = -1, -1, 0.0
        for visit in range(n):
            if visited[visit]:
                continue
            for unit in range(units):
                if best_ratio[visit, unit] > top:
                    top, chosen, on = best_ratio[visit, unit], visit, unit
        if chosen < 0:
            return
        for k in range(lengths[on], best_place[chosen, on], -1):
            routes[on, k] = routes[on, k - 1]
        routes[on, best_place[chosen, on]] = chosen
        lengths[on] += 1
        visited[chosen] = True
        stale[on] = True
        _time_route(problem, on, routes, lengths, start, latest)


@njit(cache=True, nogil=True)
def _ruin(problem, routes, lengths, visited):
    """Take out either a run of visits of one unit, or visits near one another whoever makes them."""
    units, total = lengths.shape[0], lengths.sum()
    if total == 0:
        return
    how_many = 1 + np.random.randint(0, min(total, 4 + total // 4))
    pick = np.random.randint(0, total)
    unit = 0
    while pick >= lengths[unit]:
        pick -= lengths[unit]
        unit += 1
    if np.random.random() < 0.5:
        first = max(0, pick - np.random.randint(0, how_many))
        last = min(lengths[unit], first + how_many)
        for k in range(first, last):
            visited[routes[unit, k]] = False
        moved = lengths[unit] - last
        for k in range(moved):
            routes[unit, first + k] = routes[unit, last + k]
        lengths[unit] -= last - first
        return
    seed_visit = routes[unit, pick]
    way = problem.profile[unit]
    everyone = np.empty(total)
    names = np.empty(total, np.int64)
    at = 0
    for other in range(units):
        for k in range(lengths[other]):
            names[at] = routes[other, k]
            everyone[at] = problem.travel[way, seed_visit, names[at]] * (0.5 + np.random.random())
            at += 1
    order = np.argsort(everyone)
    for k in range(how_many):
        visited[names[order[k]]] = False
    for other in range(units):
        kept = 0
        for k in range(lengths[other]):
            if visited[routes[other, k]]:
                routes[other, kept] = routes[other, k]
                kept += 1
        lengths[other] = kept


@njit(cache=True, nogil=True)
def _worth(problem, routes, lengths, start):
    """Return the prize collected, and the time from leaving to coming home."""
    score, cost = 0.0, 0.0
    for unit in range(lengths.shape[0]):
        for k in range(lengths[unit]):
            score += problem.prize[routes[unit, k]]
        cost += start[unit, lengths[unit]] - problem.begins[unit]
    return score, cost
