"""What routes are worth: prizes, or for stops visited again and again the real gaps between the visits."""

from __future__ import annotations

import math

from numba import njit

MISS = 20.0
"""A promised gap missed by as much as the memory costs this many times the worth of a stop."""


@njit(cache=True, nogil=True)
def plan_worth(problem, again, routes, when):
    """Return what the routes are worth, and how much of it the heat of the search is measured by.

    Without stops to be visited again (`again.worth` is empty) it is the sum of the prizes. Else each visit
    of a stop is worth r (1 - exp(-gap / memory)), the first one as if the gap had been one memory, each place
    without a stop its prize, each drive what it passes, less MISS r times the time by which a promised gap is
    missed, in memories. The visits of a stop follow each other in `again`, in the order of their windows,
    which do not overlap. `when` (n,) is written over.
    """
    if again.worth.shape[0] == 0:
        plain = routes.prize.sum()
        return plain, plain
    when[:] = -1.0
    fixed, passed = 0.0, 0.0
    for unit in range(routes.lengths.shape[0]):
        way = problem.profile[unit]
        last = routes.lengths[unit] + 1
        for k in range(1, last + 1):
            visit = routes.places[unit, k]
            if k < last:
                when[visit] = routes.start[unit, k]
                if again.stop[visit] < 0:
                    fixed += problem.prize[visit]
            if again.passing.shape[0] > 0:
                passed += again.passing[way, again.place[routes.places[unit, k - 1]], again.place[visit]]
    seen, missed, n = 0.0, 0.0, when.shape[0]
    visit = 0
    while visit < n:
        stop = again.stop[visit]
        if stop < 0:
            visit += 1
            continue
        risk, promise = again.worth[stop], again.promise[stop]
        left = again.since[stop]
        away = max(left, again.watch_from)
        while visit < n and again.stop[visit] == stop:
            if when[visit] >= 0.0:
                gap = again.memory if left == -math.inf else max(when[visit] - left, 0.0)
                seen += risk * (1.0 - math.exp(-gap / again.memory))
                missed += risk * max(when[visit] - away - promise, 0.0)
                left = away = when[visit] + problem.service[visit]
            visit += 1
        missed += risk * max(again.watch_to - away - promise, 0.0)
    return seen + passed + fixed - MISS * missed / again.memory, seen + passed
