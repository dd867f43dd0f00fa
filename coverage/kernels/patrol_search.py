"""The inner loop of patrol planning: ruin and recreate for team orienteering with time windows.

After G. Schrimpf and others, "Record breaking optimization results using the ruin and recreate principle"
(2000), with simulated annealing. The search can be halted after any round and taken up again.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from .patrol_exchange import shorten_between
from .patrol_moves import shorten_route
from .patrol_routes import (
    UNKNOWN,
    Routes,
    copy_route,
    empty_routes,
    insert,
)
from .patrol_routes import (
    Problem as Problem,
)
from .patrol_routes import (
    Revisits as Revisits,
)
from .patrol_ruin import ruin
from .patrol_spots import find_spots, renew_spots, room_left
from .patrol_worth import plan_worth
from .random_numbers import draw, seed_numbers

SCORE, COST, BEST_SCORE, BEST_COST, ROUNDS, WARMTH = 0, 1, 2, 3, 4, 5
"""Rows of `Search.figures`."""
HOT, COLD = 2.0, 0.05
"""A loss of as much as this many visits is taken once in e times: at the start of a cycle, and at its end."""
ROUNDS_PER_VISIT, MOST_ROUNDS = 25, 12_000
"""How long a cycle is: so many rounds for each place worth a visit, and no more than the second."""
FEW = 60.0
"""With more visits than this the heat falls in proportion: one visit is ever less of the whole."""
CALM = 8.0
"""At most how many visits' time is added to every delay when prizes are weighed against delays."""


class Search(NamedTuple):
    """A search that stands still: the routes at hand, those last kept, the best ones and the random state."""

    now: Routes
    kept: Routes
    best_places: np.ndarray
    best_lengths: np.ndarray
    figures: np.ndarray
    random: np.ndarray
    useful: np.ndarray
    into: np.ndarray
    when: np.ndarray
    again: Revisits
    cycle: int
    windowed: bool


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
    return search_stops(problem, no_revisits(), iterations, seed)


@njit(cache=True, nogil=True)
def search_stops(problem, again, iterations, seed):
    """Search routes that are worth the most (`patrol_worth`); else as `search_routes`."""
    search = begin_stops(problem, again, seed, iterations)
    continue_search(problem, search, iterations)
    units, n = search.best_lengths.shape[0], problem.prize.shape[0]
    routes = np.full((units, n), -1, np.int64)
    for unit in range(units):
        count = search.best_lengths[unit]
        routes[unit, :count] = search.best_places[unit, 1 : count + 1]
    return routes, search.best_lengths, search.figures[BEST_SCORE]


@njit(cache=True, nogil=True)
def begin_search(problem, seed, most_rounds):
    """Return a search with the routes that greedy insertion builds; cycles are at most `most_rounds` long."""
    return begin_stops(problem, no_revisits(), seed, most_rounds)


@njit(cache=True, nogil=True)
def no_revisits():
    """Return what revisits are worth where prizes alone count."""
    none, names = np.empty(0), np.empty(0, np.int64)
    return Revisits(names, names, none, none, none, np.empty((0, 0, 0)), 1.0, 0.0, 0.0)


@njit(cache=True, nogil=True)
def begin_stops(problem, again, seed, most_rounds):
    """Return a search as `begin_search` does, by what the visits of stops are worth."""
    now, kept = empty_routes(problem), empty_routes(problem)
    useful = np.flatnonzero(problem.prize > 0.0)
    into = problem.travel.transpose(0, 2, 1).copy()
    random = seed_numbers(seed)
    windowed = _is_windowed(problem, useful)
    units = now.lengths.shape[0]
    _recreate(problem, into, windowed, now, np.ones(units, np.bool_), useful, random, -1, False)
    for unit in range(units):
        copy_route(now, kept, unit)
    figures, when = np.zeros(6), np.empty(problem.prize.shape[0])
    score, warmth = plan_worth(problem, again, now, when)
    figures[SCORE] = figures[BEST_SCORE] = score
    figures[WARMTH] = warmth
    figures[COST] = figures[BEST_COST] = now.span.sum()
    cycle = max(1, min(most_rounds, MOST_ROUNDS, ROUNDS_PER_VISIT * useful.shape[0]))
    return Search(
        now,
        kept,
        now.places.copy(),
        now.lengths.copy(),
        figures,
        random,
        useful,
        into,
        when,
        again,
        cycle,
        windowed,
    )


def best_score(search):
    """Return the most that was collected so far."""
    return search.figures[BEST_SCORE]


@njit(cache=True, nogil=True)
def continue_search(problem, search, rounds):
    """Go on for so many rounds: ruin, recreate, and keep what is better or, while hot, a little worse."""
    now, kept, figures, random = search.now, search.kept, search.figures, search.random
    units = now.lengths.shape[0]
    changed = np.zeros(units, np.bool_)
    for _ in range(rounds):
        cooled = (figures[ROUNDS] % search.cycle) / search.cycle
        figures[ROUNDS] += 1
        changed[:] = False
        forced = ruin(problem, search.into, search.windowed, now, changed, search.useful, random)
        _recreate(problem, search.into, search.windowed, now, changed, search.useful, random, forced, True)
        score, warmth = plan_worth(problem, search.again, now, search.when)
        if score >= figures[SCORE]:
            _shorten(problem, search, changed)
            score, warmth = plan_worth(problem, search.again, now, search.when)
        cost = now.span.sum()
        visits = max(1, kept.lengths.sum())
        heat = HOT * (COLD / HOT) ** cooled * figures[WARMTH] / visits * min(1.0, FEW / visits)
        lost = figures[SCORE] - score
        if (
            lost < 0.0
            or (lost == 0.0 and cost <= figures[COST])
            or draw(random) < math.exp(-max(lost, 0.0) / max(heat, 1e-300))
        ):
            for unit in range(units):
                if changed[unit]:
                    copy_route(now, kept, unit)
            kept.delay[:] = now.delay
            kept.spot[:] = now.spot
            figures[SCORE], figures[COST], figures[WARMTH] = score, cost, warmth
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
def _shorten(problem, search, changed):
    """Shorten the routes changed, and fill the time that this frees."""
    again = shorten_between(problem, search.now, changed)
    for unit in range(changed.shape[0]):
        if changed[unit] and shorten_route(problem, search.now, unit):
            search.now.delay[unit, :] = UNKNOWN
            again = True
    if again:
        _recreate(
            problem, search.into, search.windowed, search.now, changed, search.useful, search.random, -1, True
        )


@njit(cache=True, nogil=True)
def _recreate(problem, into, windowed, routes, changed, useful, random, forced, shaken):
    """Insert visits, the best prize for the time it takes first, until none fits.

    Shaken, each prize is multiplied by a number from 0 to 1 and the time counts now more, now less, so that
    plans of another shape come up. A forced visit is tried first.
    """
    units, n = routes.delay.shape
    shake, calm = np.ones(n), 0.0
    if shaken:
        for visit in useful:
            shake[visit] = draw(random)
        calm = CALM * draw(random) ** 2
    if forced >= 0:
        shake[forced] = 1e6
    usual = (problem.ends - problem.begins).sum() / (routes.lengths.sum() + units)
    extra = max(calm * usual, 1e-9)
    names = np.empty(units * useful.shape[0], np.int64)
    whose = np.empty(units * useful.shape[0], np.int64)
    value = np.empty(units * useful.shape[0])
    count, chosen = 0, 0
    prize, visited = problem.prize, routes.visited
    one = np.empty(1, np.int64)
    for unit in range(units):
        find_spots(problem, into, routes, unit, useful, windowed)
        delay, room = routes.delay[unit], room_left(routes, unit, windowed)
        for visit in useful:
            if not visited[visit] and delay[visit] <= room:
                names[count], whose[count] = visit, unit
                value[count] = prize[visit] * shake[visit] / (delay[visit] + extra)
                if value[count] > value[chosen]:
                    chosen = count
                count += 1
    while count > 0:
        one[0], unit = names[chosen], whose[chosen]
        delay = routes.delay[unit]
        known = delay[one[0]]
        if windowed:
            # what is known may be from before other visits came in
            delay[one[0]] = UNKNOWN
            find_spots(problem, into, routes, unit, one, windowed)
        if delay[one[0]] <= known * (1 + 1e-9) + 1e-9:
            put = routes.spot[unit, one[0]]
            insert(problem, routes, unit, one[0])
            changed[unit] = True
            renew_spots(problem, into, routes, unit, useful, put, windowed)
            find_spots(problem, into, routes, unit, names[:count], windowed)
        room = room_left(routes, unit, windowed)
        k, chosen = 0, 0
        while k < count:
            visit = names[k]
            if whose[k] == unit:
                fits = delay[visit] <= room
                value[k] = prize[visit] * shake[visit] / (delay[visit] + extra) if fits else 0.0
            if visited[visit] or value[k] == 0.0:
                count -= 1
                names[k], whose[k], value[k] = names[count], whose[count], value[count]
                continue
            if value[k] > value[chosen]:
                chosen = k
            k += 1
