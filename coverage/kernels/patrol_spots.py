"""Where a visit comes into a route with the least delay: found, and brought up to date as the route changes.

Without windows what an insertion takes depends on its two neighbours alone: the delay is kept whether or not
the route has room for it, and only the legs that are new are looked at. With windows every delay is of an
insertion that holds, and most must be found again. Written as loops over rows: calls inside them cost ten
times what they do.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from .patrol_routes import TIME_SLACK, UNKNOWN


@njit(cache=True, nogil=True)
def is_loose(routes, unit, windowed):
    """Return whether the delays of a route are kept whether or not there is room.

    They are where there are no windows. From an empty route whose unit cannot go straight home in time, a
    way through a third place may still hold, so that only insertions that hold are kept.
    """
    count = routes.lengths[unit]
    return not windowed and (count > 0 or routes.start[unit, 1] <= routes.latest[unit, 1])


@njit(cache=True, nogil=True)
def room_left(routes, unit, windowed):
    """Return the most that a delay of `find_spots` may be for its visit to fit: a number, never infinite."""
    last = routes.lengths[unit] + 1
    if is_loose(routes, unit, windowed):
        return min(routes.latest[unit, last] - routes.start[unit, last], np.finfo(np.float64).max)
    return np.finfo(np.float64).max


@njit(cache=True, nogil=True)
def find_spots(problem, into, routes, unit, visits, windowed):
    """Note for each visit where it delays the next one of a route least, and by how much.

    Only those not visited whose delay is UNKNOWN are worked out; it is infinite where the unit may not make
    the visit, where no way leads there and, unless the route `is_loose`, where the visit fits nowhere.
    `into` is the travel with its two places swapped.
    """
    travel, back = problem.travel[problem.profile[unit]], into[problem.profile[unit]]
    visited, opens = routes.visited, problem.opens
    places, start, leave = routes.places[unit], routes.start[unit], routes.leave[unit]
    latest, delay, spot = routes.latest[unit], routes.delay[unit], routes.spot[unit]
    last = routes.lengths[unit] + 1
    chosen, loose = problem.may.shape[0] > 0, is_loose(routes, unit, windowed)
    for visit in visits:
        if visited[visit] or delay[visit] != UNKNOWN:
            continue
        if chosen and not problem.may[unit, visit]:
            delay[visit] = np.inf
            continue
        come, go = back[visit], travel[visit]
        earliest, service = opens[visit], problem.service[visit]
        least, where = np.inf, 0
        if loose:
            for k in range(last):
                longer = come[places[k]] + go[places[k + 1]] - (start[k + 1] - leave[k])
                if longer < least:
                    least, where = longer, k
            delay[visit], spot[visit] = max(least + service, 0.0), where
            continue
        closes = problem.closes[visit] + TIME_SLACK
        for k in range(last):
            after = places[k + 1]
            begin = leave[k] + come[places[k]]
            if begin < earliest:
                begin = earliest
            arrive = begin + service + go[after]
            if begin > closes or arrive > latest[k + 1]:
                continue
            if arrive < opens[after] and k + 1 < last:
                arrive = opens[after]
            if arrive - start[k + 1] < least:
                least, where = arrive - start[k + 1], k
        # a way through a third place can be shorter than the direct one
        delay[visit], spot[visit] = max(least, 0.0), where


@njit(cache=True, nogil=True)
def keep_spots(problem, into, routes, unit, visits, moved, joined):
    """Bring up to date what is known of a route that `is_loose` from which visits were taken out.

    `moved` names for each old leg where it is now, -1 where it is gone; `joined` are the legs that are new.
    """
    travel, back = problem.travel[problem.profile[unit]], into[problem.profile[unit]]
    places, start, leave = routes.places[unit], routes.start[unit], routes.leave[unit]
    visited, delay, spot = routes.visited, routes.delay[unit], routes.spot[unit]
    chosen = problem.may.shape[0] > 0
    for visit in visits:
        if visited[visit] or delay[visit] == UNKNOWN or (chosen and not problem.may[unit, visit]):
            continue
        where = moved[spot[visit]]
        if where < 0:
            delay[visit] = UNKNOWN
            continue
        least, service = delay[visit], problem.service[visit]
        for k in joined:
            longer = (
                travel[places[k], visit] + back[places[k + 1], visit] + service - (start[k + 1] - leave[k])
            )
            if longer < least:
                least, where = longer, k
        delay[visit], spot[visit] = max(least, 0.0), where


@njit(cache=True, nogil=True)
def renew_spots(problem, into, routes, unit, visits, put, windowed):
    """Bring up to date what is known of a route since a visit was put behind place `put`.

    Looks at the spot known and at the two legs that are new; where the spot is gone the delay becomes
    UNKNOWN. With windows a delay elsewhere may have changed as well: make sure of it before the visit is put
    there; one that fitted nowhere still fits nowhere.
    """
    travel, back = problem.travel[problem.profile[unit]], into[problem.profile[unit]]
    visited, opens = routes.visited, problem.opens
    places, start, leave = routes.places[unit], routes.start[unit], routes.leave[unit]
    latest, delay, spot = routes.latest[unit], routes.delay[unit], routes.spot[unit]
    last = routes.lengths[unit] + 1
    if is_loose(routes, unit, windowed):
        _renew_loose(problem, into, routes, unit, visits, put)
        return
    for visit in visits:
        if visited[visit] or delay[visit] == UNKNOWN or delay[visit] == np.inf:
            continue
        known = spot[visit]
        if known == put:
            delay[visit] = UNKNOWN
            continue
        if known > put:
            known += 1
        come, go = back[visit], travel[visit]
        earliest, service = opens[visit], problem.service[visit]
        closes = problem.closes[visit] + TIME_SLACK
        least, where = np.inf, known
        for step in range(3):
            k = known if step == 0 else put + step - 1
            after = places[k + 1]
            begin = leave[k] + come[places[k]]
            if begin < earliest:
                begin = earliest
            arrive = begin + service + go[after]
            if begin > closes or arrive > latest[k + 1]:
                if step == 0:
                    break
                continue
            if arrive < opens[after] and k + 1 < last:
                arrive = opens[after]
            if arrive - start[k + 1] < least:
                least, where = arrive - start[k + 1], k
        delay[visit], spot[visit] = UNKNOWN if least == np.inf else max(least, 0.0), where


@njit(cache=True, nogil=True)
def _renew_loose(problem, into, routes, unit, visits, put):
    """Do the work of `renew_spots` where delays are kept whether or not there is room."""
    way = problem.profile[unit]
    start, leave = routes.start[unit], routes.leave[unit]
    visited, delay, spot = routes.visited, routes.delay[unit], routes.spot[unit]
    before, new, after = routes.places[unit, put], routes.places[unit, put + 1], routes.places[unit, put + 2]
    first, second = start[put + 1] - leave[put], start[put + 2] - leave[put + 1]
    # rows: from each of the places to every visit, and from every visit to each
    from_before, from_new = problem.travel[way, before], problem.travel[way, new]
    to_new, to_after = into[way, new], into[way, after]
    chosen = problem.may.shape[0] > 0
    for visit in visits:
        if visited[visit] or delay[visit] == UNKNOWN or (chosen and not problem.may[unit, visit]):
            continue
        where = spot[visit]
        if where == put:
            delay[visit] = UNKNOWN
            continue
        if where > put:
            where += 1
        least, service = delay[visit], problem.service[visit]
        longer = from_before[visit] + to_new[visit] - first + service
        if longer < least:
            least, where = longer, put
        longer = from_new[visit] + to_after[visit] - second + service
        if longer < least:
            least, where = longer, put + 1
        delay[visit], spot[visit] = max(least, 0.0), where
