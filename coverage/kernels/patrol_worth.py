"""What routes are worth: prizes, or for stops visited again and again the real gaps between the visits."""

from __future__ import annotations

import math

from numba import njit

MISS = 20.0
"""A promised gap missed by as much as the memory costs this many times the worth of a stop."""


@njit(cache=True, nogil=True)
def plan_worth(problem, routes, when):
    """Return what the routes are worth, and how much of it the heat of the search is measured by.

    Without stops to be visited again (`problem.worth` is empty) it is the sum of the prizes. Else each visit
    of a stop is worth r (1 - exp(-gap / memory)), the first one as if the gap had been one memory, each place
    without a stop its prize, each drive what it passes, less MISS r times the time by which a promised gap is
    missed, in memories. The visits of a stop follow each other in `problem`, in the order of their windows,
    which do not overlap. `when` (n,) is written over.
    """
    if problem.worth.shape[0] == 0:
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
                if problem.stop[visit] < 0:
                    fixed += problem.prize[visit]
            if problem.passing.shape[0] > 0:
                passed += problem.passing[
                    way, problem.place[routes.places[unit, k - 1]], problem.place[visit]
                ]
    seen, missed, n = 0.0, 0.0, when.shape[0]
    visit = 0
    while visit < n:
        stop = problem.stop[visit]
        if stop < 0:
            visit += 1
            continue
        risk, promise = problem.worth[stop], problem.promise[stop]
        left = problem.since[stop]
        away = max(left, problem.watch_from)
        while visit < n and problem.stop[visit] == stop:
            if when[visit] >= 0.0:
                gap = problem.memory if left == -math.inf else max(when[visit] - left, 0.0)
                seen += risk * (1.0 - math.exp(-gap / problem.memory))
                missed += risk * max(when[visit] - away - promise, 0.0)
                left = away = when[visit] + problem.service[visit]
            visit += 1
        missed += risk * max(problem.watch_to - away - promise, 0.0)
    return seen + passed + fixed - MISS * missed / problem.memory, seen + passed
