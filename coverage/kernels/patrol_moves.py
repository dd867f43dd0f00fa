"""Moves within one route that make it shorter: a stretch driven the other way round, or moved elsewhere."""

from __future__ import annotations

import numpy as np
from numba import njit

from .patrol_routes import TIME_SLACK, time_route

LONGEST_MOVED = 3
LEAST_GAIN = 1e-7


@njit(cache=True, nogil=True)
def shorten_route(problem, routes, unit):
    """Take the best move within one route until none makes it shorter; return whether any did.

    A move is taken if less is driven, every window holds and the unit is not back later than before.
    """
    travel = problem.travel[problem.profile[unit]]
    places = routes.places[unit]
    last = routes.lengths[unit] + 1
    if last < 3:
        return False
    ahead, back = np.zeros(last + 1), np.zeros(last + 1)
    order = np.empty(last + 1, np.int64)
    shorter = False
    while True:
        for k in range(1, last + 1):
            ahead[k] = ahead[k - 1] + travel[places[k - 1], places[k]]
            back[k] = back[k - 1] + travel[places[k], places[k - 1]]
        gain, first, final, target = _best_move(travel, places, last, ahead, back)
        if gain <= LEAST_GAIN:
            return shorter
        _move(places, last, first, final, target, order)
        if not _holds(problem, unit, order, last, routes.start[unit, last]):
            return shorter
        places[: last + 1] = order
        time_route(problem, routes, unit)
        shorter = True


@njit(cache=True, nogil=True)
def _best_move(travel, places, last, ahead, back):
    """Return the gain of the best move, the stretch's first and final place, and where it goes.

    The target is the place behind which the stretch goes, -1 - target if turned round as well, and the
    stretch's own predecessor if it is turned round where it is.
    """
    best, first, final, target = 0.0, 0, 0, 0
    for i in range(1, last - 1):
        before = places[i - 1]
        for j in range(i + 1, last):
            gain = (
                (ahead[j + 1] - ahead[i - 1])
                - travel[before, places[j]]
                - travel[places[i], places[j + 1]]
                - (back[j] - back[i])
            )
            if gain > best:
                best, first, final, target = gain, i, j, -1 - (i - 1)
    for i in range(1, last):
        before = places[i - 1]
        for j in range(i, min(last, i + LONGEST_MOVED)):
            head, tail, after = places[i], places[j], places[j + 1]
            freed = travel[before, head] + travel[tail, after] - travel[before, after]
            if freed <= best:
                continue
            turned = (back[j] - back[i]) - (ahead[j] - ahead[i])
            for k in range(last):
                if i - 1 <= k <= j:
                    continue
                here, there = places[k], places[k + 1]
                gain = freed + travel[here, there]
                straight = gain - travel[here, head] - travel[tail, there]
                if straight > best:
                    best, first, final, target = straight, i, j, k
                round_about = gain - travel[here, tail] - travel[head, there] - turned
                if round_about > best:
                    best, first, final, target = round_about, i, j, -1 - k
    return best, first, final, target


@njit(cache=True, nogil=True)
def _move(places, last, first, final, target, order):
    """Write the order of places after a move."""
    turn = target < 0
    behind = -1 - target if turn else target
    at = 0
    for k in range(last + 1):
        if k < first or k > final:
            order[at] = places[k]
            at += 1
        if k == behind:
            for step in range(final - first + 1):
                order[at] = places[final - step] if turn else places[first + step]
                at += 1


@njit(cache=True, nogil=True)
def _holds(problem, unit, order, last, back_by):
    """Return whether a route keeps its windows and is back in time."""
    travel = problem.travel[problem.profile[unit]]
    now = problem.begins[unit]
    for k in range(1, last):
        visit = order[k]
        now = max(now + travel[order[k - 1], visit], problem.opens[visit])
        if now > problem.closes[visit] + TIME_SLACK:
            return False
        now += problem.service[visit]
    return now + travel[order[last - 1], order[last]] <= back_by
