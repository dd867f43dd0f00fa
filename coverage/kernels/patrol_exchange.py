"""Moves between routes that make them shorter together: a visit given away, two changed over, tails swapped.

After M. Savelsbergh, "The vehicle routing problem with time windows: minimizing route duration" (1992): with
the earliest and the latest start of each visit at hand, whether a move holds needs no walk along the routes.
"""

from __future__ import annotations

from numba import njit

from .patrol_routes import TIME_SLACK, UNKNOWN, time_route

GIVE, CHANGE, TAILS = 0, 1, 2
LEAST_GAIN = 1e-7


@njit(cache=True, nogil=True)
def shorten_between(problem, routes, changed):
    """Take the best move between two routes until none makes them shorter; return whether any did.

    Only pairs of which one is `changed` are looked at; a route that a move changes is marked so.
    """
    units = routes.lengths.shape[0]
    shorter = False
    again = True
    while again:
        again = False
        for one in range(units):
            for other in range(one + 1, units):
                if not (changed[one] or changed[other]):
                    continue
                if problem.profile[one] != problem.profile[other]:
                    continue
                gain, kind, giver, here, there = _best_move(problem, routes, one, other)
                if gain <= LEAST_GAIN:
                    continue
                taker = one + other - giver
                if _take(problem, routes, kind, giver, taker, here, there):
                    changed[one] = changed[other] = True
                    again = shorter = True
    return shorter


@njit(cache=True, nogil=True)
def _best_move(problem, routes, one, other):
    """Return the gain of the best move between two routes, its kind, whose visit it is, and where."""
    best, kind, giver, here, there = 0.0, -1, one, 0, 0
    for turn in range(2):
        source, target = (one, other) if turn == 0 else (other, one)
        gain, i, j = _best_gift(problem, routes, source, target)
        if gain > best:
            best, kind, giver, here, there = gain, GIVE, source, i, j
    gain, i, j = _best_change(problem, routes, one, other)
    if gain > best:
        best, kind, giver, here, there = gain, CHANGE, one, i, j
    gain, i, j = _best_tails(problem, routes, one, other)
    if gain > best:
        best, kind, giver, here, there = gain, TAILS, one, i, j
    return best, kind, giver, here, there


@njit(cache=True, nogil=True)
def _best_gift(problem, routes, source, target):
    """Find the visit of a route that another takes over with the most gain, and behind which place."""
    travel = problem.travel[problem.profile[source]]
    places, others = routes.places[source], routes.places[target]
    leave, latest = routes.leave[target], routes.latest[target]
    # written out in these loops: a call inside them costs more than all else that they do
    chosen, may = problem.may.shape[0] > 0, problem.may
    best, here, there = 0.0, 0, 0
    for i in range(1, routes.lengths[source] + 1):
        visit = places[i]
        if chosen and not may[target, visit]:
            continue
        freed = travel[places[i - 1], visit] + travel[visit, places[i + 1]]
        freed -= travel[places[i - 1], places[i + 1]]
        if freed <= best:
            continue
        opens, closes = problem.opens[visit], problem.closes[visit] + TIME_SLACK
        service = problem.service[visit]
        for k in range(routes.lengths[target] + 1):
            before, after = others[k], others[k + 1]
            come, go = travel[before, visit], travel[visit, after]
            gain = freed - come - go + travel[before, after]
            if gain <= best:
                continue
            begin = max(leave[k] + come, opens)
            if begin <= closes and begin + service + go <= latest[k + 1]:
                best, here, there = gain, i, k
    return best, here, there


@njit(cache=True, nogil=True)
def _best_change(problem, routes, one, other):
    """Find the two visits of two routes that gain most when each takes the other's place."""
    travel = problem.travel[problem.profile[one]]
    first, second = routes.places[one], routes.places[other]
    chosen, may = problem.may.shape[0] > 0, problem.may
    best, here, there = 0.0, 0, 0
    for i in range(1, routes.lengths[one] + 1):
        a, before_a, after_a = first[i], first[i - 1], first[i + 1]
        if chosen and not may[other, a]:
            continue
        old = travel[before_a, a] + travel[a, after_a]
        for k in range(1, routes.lengths[other] + 1):
            b, before_b, after_b = second[k], second[k - 1], second[k + 1]
            gain = old + travel[before_b, b] + travel[b, after_b]
            gain -= travel[before_a, b] + travel[b, after_a] + travel[before_b, a] + travel[a, after_b]
            if gain <= best or (chosen and not may[one, b]):
                continue
            begin = max(routes.leave[one, i - 1] + travel[before_a, b], problem.opens[b])
            if begin > problem.closes[b] + TIME_SLACK:
                continue
            if begin + problem.service[b] + travel[b, after_a] > routes.latest[one, i + 1]:
                continue
            begin = max(routes.leave[other, k - 1] + travel[before_b, a], problem.opens[a])
            if begin > problem.closes[a] + TIME_SLACK:
                continue
            if begin + problem.service[a] + travel[a, after_b] > routes.latest[other, k + 1]:
                continue
            best, here, there = gain, i, k
    return best, here, there


@njit(cache=True, nogil=True)
def _best_tails(problem, routes, one, other):
    """Find where two routes that end alike gain most by going on as the other did."""
    best, here, there = 0.0, 0, 0
    if problem.home_in[one] != problem.home_in[other] or problem.ends[one] != problem.ends[other]:
        return best, here, there
    travel = problem.travel[problem.profile[one]]
    first, second = routes.places[one], routes.places[other]
    for i in range(_last_own(problem, routes, one, other), routes.lengths[one] + 1):
        old = travel[first[i], first[i + 1]]
        for k in range(_last_own(problem, routes, other, one), routes.lengths[other] + 1):
            cross, back = travel[first[i], second[k + 1]], travel[second[k], first[i + 1]]
            gain = old + travel[second[k], second[k + 1]] - cross - back
            if gain <= best:
                continue
            if routes.leave[one, i] + cross > routes.latest[other, k + 1]:
                continue
            if routes.leave[other, k] + back > routes.latest[one, i + 1]:
                continue
            best, here, there = gain, i, k
    return best, here, there


@njit(cache=True, nogil=True)
def _last_own(problem, routes, unit, other):
    """Return the last position of a route whose visit another unit may not make, else 0."""
    if problem.may.shape[0] == 0:
        return 0
    for k in range(routes.lengths[unit], 0, -1):
        if not problem.may[other, routes.places[unit, k]]:
            return k
    return 0


@njit(cache=True, nogil=True)
def _take(problem, routes, kind, giver, taker, here, there):
    """Make a move; it is undone where a route does not hold after all, and that is told."""
    mine, yours = routes.places[giver], routes.places[taker]
    own, taken = routes.lengths[giver], routes.lengths[taker]
    old_mine, old_yours = mine[: own + 2].copy(), yours[: taken + 2].copy()
    if kind == GIVE:
        visit = mine[here]
        mine[here : own + 1] = old_mine[here + 1 :]
        yours[there + 1] = visit
        yours[there + 2 : taken + 3] = old_yours[there + 1 :]
        routes.lengths[giver], routes.lengths[taker] = own - 1, taken + 1
    elif kind == CHANGE:
        mine[here], yours[there] = old_yours[there], old_mine[here]
    else:
        routes.lengths[giver] = here + taken - there
        routes.lengths[taker] = there + own - here
        mine[here + 1 : routes.lengths[giver] + 2] = old_yours[there + 1 :]
        yours[there + 1 : routes.lengths[taker] + 2] = old_mine[here + 1 :]
    time_route(problem, routes, giver)
    time_route(problem, routes, taker)
    if _holds(problem, routes, giver) and _holds(problem, routes, taker):
        routes.delay[giver, :] = UNKNOWN
        routes.delay[taker, :] = UNKNOWN
        return True
    mine[: own + 2], yours[: taken + 2] = old_mine, old_yours
    routes.lengths[giver], routes.lengths[taker] = own, taken
    time_route(problem, routes, giver)
    time_route(problem, routes, taker)
    return False


@njit(cache=True, nogil=True)
def _holds(problem, routes, unit):
    """Return whether every visit of a route starts in its window and the unit is home in time."""
    last = routes.lengths[unit] + 1
    for k in range(1, last):
        if routes.start[unit, k] > problem.closes[routes.places[unit, k]] + TIME_SLACK:
            return False
    return routes.start[unit, last] <= problem.ends[unit] + TIME_SLACK
