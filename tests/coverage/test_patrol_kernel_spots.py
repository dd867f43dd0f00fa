"""Where a visit comes in cheapest, as the search keeps it, against trying every leg anew."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage.kernels.patrol_routes import UNKNOWN, Problem
from kuzet.coverage.kernels.patrol_search import begin_search, continue_search
from kuzet.coverage.kernels.patrol_spots import find_spots, is_loose, room_left

SLACK = 1e-6


def pose(random, *, windows, chosen):
    """Return a random question with a skew matrix full of holes, two stations and two kinds of unit."""
    stops, units = int(random.integers(1, 16)), int(random.integers(1, 4))
    n = stops + 2
    travel = random.uniform(5, 60, (2, n, n))
    travel[:, random.random((n, n)) < 0.2] = np.inf
    opens = random.uniform(0, 150, n) * windows
    may = random.random((units, n)) < 0.7 if chosen else np.empty((0, 0), dtype=np.bool_)
    return Problem(
        travel=travel,
        profile=random.integers(0, 2, units),
        prize=np.append(random.integers(1, 9, stops), [0, 0]).astype(float),
        service=np.append(random.uniform(0, 9, stops), [0, 0]),
        opens=opens,
        closes=opens + random.uniform(20, 200, n) if windows else np.full(n, np.inf),
        home_out=stops + random.integers(0, 2, units),
        home_in=stops + random.integers(0, 2, units),
        begins=np.zeros(units),
        ends=random.uniform(20, 200, units),
        may=may,
    )


def cheapest(problem, way, unit, visit, *, loose):
    """Walk the route with the visit put behind each place; return the least delay of its next place."""
    travel = problem.travel[problem.profile[unit]]
    if problem.may.size and not problem.may[unit, visit]:
        return np.inf
    least = np.inf
    for k in range(len(way) - 1):
        longer = [*way[: k + 1], visit, *way[k + 1 :]]
        before, after = starts(problem, travel, way, unit), starts(problem, travel, longer, unit)
        if loose or holds(problem, longer, after, unit):
            late = after[k + 2] - before[k + 1]
            # from an empty route without a way home anything is sooner
            least = min(least, late if np.isfinite(late) or late > 0 else 0.0)
    return max(least, 0.0)


def starts(problem, travel, way, unit):
    """Return when each visit of a route starts, and when the unit is home."""
    now, begun = problem.begins[unit], [problem.begins[unit]]
    for k in range(1, len(way)):
        now += travel[way[k - 1], way[k]]
        if k < len(way) - 1:
            now = max(now, problem.opens[way[k]])
        begun.append(now)
        now += problem.service[way[k]]
    return begun


def holds(problem, way, begun, unit):
    """Say whether every visit is in its window and the unit home in time."""
    visits = zip(way[1:-1], begun[1:-1], strict=True)
    return begun[-1] <= problem.ends[unit] + SLACK and all(
        begin <= problem.closes[visit] + SLACK for visit, begin in visits
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.booleans(), st.booleans())
def test_what_is_known_of_insertions_is_what_a_walk_finds(seed, windows, chosen):
    """After every round each delay that is known, and each found anew, is that of trying every leg."""
    problem = pose(np.random.default_rng(seed), windows=windows, chosen=chosen)
    search = begin_search(problem, seed, 40)
    for _ in range(40):
        continue_search(problem, search, 1)
        routes, into = search.now, search.into
        for unit in range(len(problem.begins)):
            way = routes.places[unit, : routes.lengths[unit] + 2].tolist()
            loose = is_loose(routes, unit, search.windowed)
            known = routes.delay[unit].copy()
            find_spots(problem, into, routes, unit, search.useful, search.windowed)
            for visit in search.useful:
                if routes.visited[visit]:
                    continue
                slow = cheapest(problem, way, unit, visit, loose=loose)
                # with windows the search looks again before it trusts what it keeps
                if known[visit] != UNKNOWN and not search.windowed:
                    assert known[visit] == slow or abs(known[visit] - slow) < 1e-9
                if known[visit] == UNKNOWN:
                    found = routes.delay[unit, visit]
                    assert found == slow or abs(found - slow) < 1e-9
                if loose and np.isfinite(slow):
                    fits = cheapest(problem, way, unit, visit, loose=False) < np.inf
                    # the time left is the same on every leg: if the cheapest does not fit none does
                    assert fits == (slow <= room_left(routes, unit, search.windowed))
            routes.delay[unit] = known
