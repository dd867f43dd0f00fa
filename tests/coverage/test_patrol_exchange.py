"""Moves between routes, against trying every move anew."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage.kernels.patrol_exchange import shorten_between
from kuzet.coverage.kernels.patrol_routes import Problem, empty_routes, insert, time_route

SLACK = 1e-6


def pose(random, visits, units, *, windows):
    """Return a random problem in a plane and routes that hold, one visit after the other put at the end."""
    xy = random.uniform(0, 100, (visits + 1, 2))
    travel = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    opens = random.uniform(0, 300, visits + 1) * windows
    closes = opens + random.uniform(50, 400, visits + 1) if windows else np.full(visits + 1, np.inf)
    home = np.full(units, visits)
    problem = Problem(
        travel[None], np.zeros(units, np.int64), np.ones(visits + 1), np.full(visits + 1, 5.0), opens, closes,
        home, home, np.zeros(units), np.full(units, 900.0),
    )  # fmt: skip
    routes = empty_routes(problem)
    for visit in random.permutation(visits):
        unit = int(random.integers(units))
        routes.spot[unit, visit] = routes.lengths[unit]
        before = routes.places[unit].copy(), routes.lengths[unit]
        insert(problem, routes, unit, visit)
        if not holds(problem, routes.places[unit, : routes.lengths[unit] + 2], unit):
            routes.places[unit], routes.lengths[unit] = before
            routes.visited[visit] = False
            time_route(problem, routes, unit)
    return problem, routes


def holds(problem, way, unit):
    """Walk a route and say whether each visit is in its window and the unit home in time."""
    now = problem.begins[unit]
    for a, b in pairwise(way):
        now = max(now + problem.travel[0, a, b], problem.opens[b] if b != problem.home_in[unit] else 0.0)
        if b != problem.home_in[unit]:
            if now > problem.closes[b] + SLACK:
                return False
            now += problem.service[b]
    return now <= problem.ends[unit] + SLACK


def driven(problem, ways):
    """Add up the legs of all routes."""
    return sum(problem.travel[0, way[:-1], way[1:]].sum() for way in ways)


def all_moves(first, second):
    """Return what two routes become by every gift, change and swap of tails."""
    for i in range(1, len(first) - 1):
        for k in range(1, len(second)):
            yield np.delete(first, i), np.insert(second, k, first[i])
    for i in range(1, len(first) - 1):
        for k in range(1, len(second) - 1):
            a, b = first.copy(), second.copy()
            a[i], b[k] = second[k], first[i]
            yield a, b
    for i in range(1, len(first)):
        for k in range(1, len(second)):
            yield np.concatenate([first[:i], second[k:]]), np.concatenate([second[:k], first[i:]])


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 14), st.integers(1, 3), st.booleans())
def test_no_move_is_left_and_no_visit_lost(seed, visits, units, windows):
    """Routes keep their visits and hold, are not longer than before, and no move makes them shorter."""
    problem, routes = pose(np.random.default_rng(seed), visits, units, windows=windows)
    before = [routes.places[unit, : routes.lengths[unit] + 2].copy() for unit in range(units)]
    shorter = shorten_between(problem, routes, np.ones(units, dtype=bool))
    after = [routes.places[unit, : routes.lengths[unit] + 2] for unit in range(units)]
    assert sorted(np.concatenate(before)) == sorted(np.concatenate(after))
    assert all(holds(problem, way, unit) for unit, way in enumerate(after))
    assert (driven(problem, after) < driven(problem, before) - 1e-9) == shorter
    for one in range(units):
        for other in range(units):
            if one != other:
                now = driven(problem, [after[one], after[other]])
                for first, second in all_moves(after[one], after[other]):
                    if driven(problem, [first, second]) < now - 1e-6:
                        assert not (holds(problem, first, one) and holds(problem, second, other))


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_a_unit_makes_no_visit_that_it_may_not(seed):
    """Where only some units may make a visit, moves leave it with one of them."""
    random = np.random.default_rng(seed)
    problem, routes = pose(random, 12, 3, windows=False)
    may = random.random((3, 13)) < 0.6
    for unit in range(3):
        may[unit, routes.places[unit, 1 : routes.lengths[unit] + 1]] = True
    shorten_between(problem._replace(may=may), routes, np.ones(3, dtype=bool))
    for unit in range(3):
        assert may[unit, routes.places[unit, 1 : routes.lengths[unit] + 1]].all()


def test_units_of_another_kind_keep_their_visits():
    """A visit never goes from a car to a foot patrol, and nothing happens where no route is changed."""
    problem, routes = pose(np.random.default_rng(4), 12, 2, windows=False)
    kinds = problem._replace(
        travel=np.concatenate([problem.travel, problem.travel * 3]), profile=np.array([0, 1])
    )
    before = routes.places.copy()
    assert not shorten_between(kinds, routes, np.ones(2, dtype=bool))
    assert not shorten_between(problem, routes, np.zeros(2, dtype=bool))
    assert (routes.places == before).all()
    assert shorten_between(problem, routes, np.ones(2, dtype=bool))
