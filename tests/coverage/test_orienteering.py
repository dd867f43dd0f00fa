"""Team orienteering against every subset and order there is, and at its edges."""

from itertools import pairwise

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
        took = sum(travel[a, b] for a, b in pairwise(route))
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
        travel[random.uniform(size=(n, n)) < 0.6] = np.inf
        # travel times are of shortest ways: none through a third place is shorter
        for k in range(n):
            travel = np.minimum(travel, travel[:, k, None] + travel[None, k, :])
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


LINE = np.abs(np.subtract.outer(np.arange(5.0), np.arange(5.0)))
"""Five places in a row, one minute from each to the next."""


def solve(**changes):
    """Ask about the row: two vehicles from place 0 to place 4, six minutes each."""
    question = {
        "travel": LINE, "prize": np.array([0, 3, 5, 7, 0.0]), "service": np.zeros(5), "vehicles": 2,
        "limit": 6.0, "start": 0, "end": 4, "seed": 1, "stop": StopAfter(64),
    }  # fmt: skip
    return team_orienteering(**(question | changes))


def test_a_row_is_driven_through():
    """Every place lies on the way: one vehicle takes all three, nobody stands anywhere twice."""
    tours = solve()
    assert tours.score == 15
    assert sorted(place for route in tours.routes for place in route[1:-1]) == [1, 2, 3]
    assert all(route[0] == 0 and route[-1] == 4 for route in tours.routes)


@pytest.mark.parametrize(
    ("changes", "routes", "score"),
    [
        ({"vehicles": 0}, [], 0),
        ({"limit": 3.9}, [[], []], 0),
        ({"limit": [3.9, 4.0]}, [[], [0, 1, 2, 3, 4]], 15),
        ({"prize": np.zeros(5)}, [[0, 4], [0, 4]], 0),
        ({"service": np.full(5, 2.1)}, [[0, 4], [0, 4]], 0),
        ({"travel": np.where(LINE == 0, 0, np.inf)}, [[], []], 0),
        ({"travel": np.zeros((5, 5)), "limit": 0.0, "vehicles": 1, "prize": [9, 0, 0, 2, 9]}, [[0, 3, 4]], 2),
        ({"limit": -1.0, "end": 0}, [[], []], 0),
        ({"limit": 0.0, "end": 0}, [[0, 0], [0, 0]], 0),
        ({"limit": 2.0, "end": 0, "vehicles": 1}, [[0, 1, 0]], 3),
        ({"limit": np.inf, "vehicles": 1}, None, 15),
    ],
)
def test_edges(changes, routes, score):
    """No vehicle, no time, no prize, no way, all in one place, start and end the same, no limit."""
    tours = solve(**changes)
    assert tours.score == score
    assert routes is None or tours.routes == routes


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"travel": LINE[:4]}, "wrong_shape"),
        ({"limit": [1.0, 2.0, 3.0]}, "wrong_shape"),
        ({"travel": LINE * np.nan}, "not_finite"),
        ({"prize": np.full(5, np.inf)}, "not_finite"),
        ({"service": -np.ones(5)}, "value_negative"),
        ({"vehicles": -1}, "value_negative"),
        ({"end": 5}, "place_outside"),
    ],
)
def test_what_cannot_be_asked_says_why(changes, code):
    """Wrong shapes, values that are no time and places that are not there: each its own code."""
    with pytest.raises(InvalidInputError) as caught:
        solve(**changes)
    assert caught.value.code == code


def test_the_same_seed_gives_the_same_routes():
    """Seed 3 twice is one answer to the last index; nothing given is changed."""
    random = np.random.default_rng(5)
    xy = random.uniform(0, 20, (60, 2))
    travel = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    given = travel.copy()
    asked = {
        "travel": travel,
        "prize": random.uniform(1, 9, 60),
        "service": np.ones(60),
        "start": 0,
        "end": 1,
    }
    first, second = (solve(**asked, limit=40.0, seed=3, stop=StopAfter(500)) for _ in range(2))
    assert first == second
    assert (travel == given).all()


def test_a_clock_ends_the_search():
    """A clock that goes on by one second at each look ends a search of three seconds at the third."""
    ticks = []

    def clock():
        ticks.append(None)
        return float(len(ticks))

    solve(limit=4.0, service=np.ones(5), stop=StopAtTime(3.0, clock))
    assert len(ticks) == 4
