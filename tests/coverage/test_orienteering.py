"""Team orienteering against every subset and order there is, and at its edges."""

import numpy as np
import pytest
from kuzet.coverage.errors import InvalidInputError
from kuzet.coverage.kernels.patrol_routes import Problem
from kuzet.coverage.kernels.patrol_search import search_routes
from kuzet.coverage.patrol import StopAfter, StopAtTime, team_orienteering


def best_of_all(problem):
    """Return the most any set of routes collects: for each unit all subsets in all orders, then all splits.

    The earliest end of each subset at each last visit is enough to know of all its orders.
    """
    visits = np.flatnonzero(problem.prize > 0)
    count = len(visits)
    subsets = range(1 << count)
    worth = np.array([sum(problem.prize[visits[i]] for i in range(count) if s >> i & 1) for s in subsets])
    total = np.zeros(1 << count)
    for unit in range(len(problem.begins)):
        travel = problem.travel[problem.profile[unit]]
        away, home = problem.home_out[unit], problem.home_in[unit]
        ready, holds = {(0, away): problem.begins[unit]}, np.zeros(1 << count, dtype=bool)
        holds[0] = True
        for subset in subsets:
            for last in [away] if subset == 0 else [visits[i] for i in range(count) if subset >> i & 1]:
                now = ready.get((subset, last), np.inf)
                if subset and now + travel[last, home] <= problem.ends[unit] + 1e-6:
                    holds[subset] = True
                for i in range(count):
                    visit = visits[i]
                    begin = max(now + travel[last, visit], problem.opens[visit])
                    if not subset >> i & 1 and begin <= problem.closes[visit] + 1e-6:
                        key = (subset | 1 << i, visit)
                        ready[key] = min(ready.get(key, np.inf), begin + problem.service[visit])
        before, total = total, np.full(1 << count, -np.inf)
        for subset in subsets:
            part = subset
            while True:
                if holds[part]:
                    total[subset] = max(total[subset], worth[part] + before[subset ^ part])
                if part == 0:
                    break
                part = (part - 1) & subset
    return total.max()


def faults_of(tours, travel, prize, service, vehicles, limit, start, end):
    """Walk all routes; return what is wrong with them."""
    faults, seen = [], []
    if len(tours.routes) != vehicles:
        faults.append("a route for each vehicle")
    for route, most in zip(tours.routes, np.broadcast_to(limit, vehicles), strict=True):
        if not route:
            if travel[start, end] <= most:
                faults.append("stays though it need not")
            continue
        if route[0] != start or route[-1] != end:
            faults.append("starts or ends elsewhere")
        took = sum(travel[a, b] for a, b in zip(route[:-1], route[1:], strict=True))
        took += service[route[1:-1]].sum()
        if took > most + 1e-6:
            faults.append(f"takes {took}, may {most}")
        seen += route[1:-1]
    if len(set(seen)) != len(seen) or {start, end} & set(seen):
        faults.append("a place twice")
    if tours.score != pytest.approx(prize[seen].sum()):
        faults.append("another score")
    return faults


def draw_case(seed):
    """Return a random question: up to 9 stops, 1 to 3 vehicles, every third one with a matrix of its own."""
    random = np.random.default_rng(seed)
    stops, vehicles = int(random.integers(0, 10)), int(random.integers(1, 4))
    n = stops + 2
    xy = random.integers(0, 8, (n, 2)).astype(float)
    travel = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    if seed % 3 == 1:
        travel = travel * random.uniform(0.6, 1.6, (n, n))
    if seed % 3 == 2:
        travel = random.uniform(1, 10, (n, n))
        travel[random.uniform(size=(n, n)) < 0.2] = np.inf
    start, end = n - 2, n - 2 if seed % 2 else n - 1
    prize = random.integers(0, 6, n).astype(float)
    prize[[n - 2, n - 1]] = 0
    service = random.uniform(0, 2, n)
    limit = random.uniform(4, 22) if seed % 5 else random.uniform(4, 22, vehicles)
    return travel, prize, service, vehicles, limit, start, end


def test_it_equals_exhaustive_search():
    """200 questions of up to 9 stops, symmetric, skew and full of holes: the best there is, every time."""
    wrong = []
    for seed in range(200):
        travel, prize, service, vehicles, limit, start, end = case = draw_case(seed)
        tours = team_orienteering(
            travel, prize, service, vehicles=vehicles, limit=limit, start=start, end=end, seed=seed,
            stop=StopAfter(2000),
        )  # fmt: skip
        n = len(prize)
        service = service.copy()
        service[[start, end]] = 0
        best = best_of_all(
            Problem(
                travel[None], np.zeros(vehicles, np.int64), prize, service, np.zeros(n), np.full(n, np.inf),
                np.full(vehicles, start), np.full(vehicles, end), np.zeros(vehicles),
                np.broadcast_to(limit, vehicles),
            )
        )  # fmt: skip
        faults = faults_of(tours, *case)
        if faults or tours.score != pytest.approx(best):
            wrong.append((seed, tours.score, best, faults))
    assert wrong == []


def test_windows_homes_and_kinds_equal_exhaustive_search():
    """60 questions to the same search with windows, two kinds of unit and two stations each."""
    wrong = []
    for seed in range(60):
        random = np.random.default_rng(seed)
        stops, units = int(random.integers(1, 9)), int(random.integers(1, 4))
        n = stops + 2
        xy = random.uniform(0, 600, (n, 2))
        crow = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
        opens = np.append(random.uniform(0, 1500, stops), [0, 0])
        problem = Problem(
            travel=np.stack([crow, 3 * crow]),
            profile=random.integers(0, 2, units),
            prize=np.append(random.integers(1, 9, stops), [0, 0]).astype(float),
            service=np.append(random.uniform(6, 200, stops), [0, 0]),
            opens=opens,
            closes=opens + random.uniform(0, 900, n),
            home_out=stops + random.integers(0, 2, units),
            home_in=stops + random.integers(0, 2, units),
            begins=random.uniform(0, 500, units),
            ends=random.uniform(1000, 2500, units),
        )
        score = search_routes(problem, 2000, seed)[2]
        if score != pytest.approx(best_of_all(problem)):
            wrong.append((seed, score, best_of_all(problem)))
    assert wrong == []
