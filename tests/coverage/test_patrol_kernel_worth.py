"""What routes are worth, against adding up stop by stop as one would on paper."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage.kernels.patrol_routes import Problem, Revisits, empty_routes, time_route
from kuzet.coverage.kernels.patrol_search import no_revisits
from kuzet.coverage.kernels.patrol_worth import MISS, plan_worth


def pose(random, *, passed):
    """Return visits of a few stops in slots, single places among them, and routes through some of them."""
    stops, slots, single = int(random.integers(1, 5)), int(random.integers(1, 4)), int(random.integers(0, 4))
    units = int(random.integers(1, 4))
    stop = np.concatenate([np.repeat(np.arange(stops), slots), np.full(single + 1, -1)])
    slot = np.concatenate([np.tile(np.arange(slots), stops), np.zeros(single + 1, dtype=int)])
    n = len(stop)
    service = np.append(random.uniform(1, 20, n - 1), 0.0)
    kinds, places = 2, stops + single + 1
    place = np.where(stop >= 0, stop, stops + np.maximum(np.arange(n) - stops * slots, 0))
    problem = Problem(
        travel=random.uniform(1, 30, (kinds, n, n)),
        profile=random.integers(0, kinds, units),
        prize=np.append(random.uniform(1, 9, n - 1), 0.0),
        service=service,
        opens=slot * 100.0,
        # the windows of a stop do not overlap, not even with the time that its visit takes
        closes=np.where(stop >= 0, slot * 100.0 + 100.0 - service, np.inf),
        home_out=np.full(units, n - 1),
        home_in=np.full(units, n - 1),
        begins=random.uniform(0, 30, units),
        ends=np.full(units, 500.0),
    )
    again = Revisits(
        place=place,
        stop=stop,
        worth=random.uniform(1, 9, stops),
        promise=np.where(random.random(stops) < 0.5, random.uniform(20, 200, stops), np.inf),
        since=np.where(random.random(stops) < 0.5, random.uniform(-200, 0, stops), -np.inf),
        passing=random.uniform(0, 1, (kinds, places, places)) if passed else np.empty((0, 0, 0)),
        memory=120.0,
        watch_from=float(problem.begins.min()),
        watch_to=400.0,
    )
    routes = empty_routes(problem)
    for visit in sorted(random.permutation(n - 1)[: int(random.integers(0, n))], key=lambda i: slot[i]):
        unit = int(random.integers(units))
        count = routes.lengths[unit]
        routes.places[unit, count + 1 : count + 3] = visit, n - 1
        routes.lengths[unit] = count + 1
        time_route(problem, routes, unit)
        if routes.start[unit, count + 1] > problem.closes[visit]:
            routes.places[unit, count + 1], routes.lengths[unit] = n - 1, count
            time_route(problem, routes, unit)
    return problem, again, routes


def on_paper(problem, again, routes):
    """Walk the routes, write down who is where from when to when, and add up stop by stop."""
    stays, total, seen = {}, 0.0, 0.0
    for unit, way in enumerate(routes.places):
        travel, kind = problem.travel[problem.profile[unit]], problem.profile[unit]
        now, last = problem.begins[unit], way[0]
        for visit in way[1 : routes.lengths[unit] + 2]:
            if again.passing.size:
                seen += again.passing[kind, again.place[last], again.place[visit]]
            now = max(now + travel[last, visit], problem.opens[visit])
            if again.stop[visit] >= 0:
                stays.setdefault(again.stop[visit], []).append((now, now + problem.service[visit]))
            else:
                total += problem.prize[visit]
            now, last = now + problem.service[visit], visit
    missed = 0.0
    for stop, worth in enumerate(again.worth):
        mine = sorted(stays.get(stop, []))
        left = again.since[stop]
        for arrive, leave in mine:
            gap = arrive - left if math.isfinite(left) else again.memory
            seen += worth * (1 - math.exp(-max(gap, 0.0) / again.memory))
            left = leave
        if math.isfinite(again.promise[stop]):
            begin = max(again.watch_from, again.since[stop])
            ends = [arrive for arrive, _ in mine] + [again.watch_to]
            for away, back in zip([begin] + [leave for _, leave in mine], ends, strict=True):
                missed += worth * max(0.0, back - away - again.promise[stop])
    return total + seen - MISS * missed / again.memory, seen


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 100_000), st.booleans())
def test_worth_is_what_one_adds_up_on_paper(seed, passed):
    """Gaps, promises, single places and what drives pass, for routes of up to three units."""
    problem, again, routes = pose(np.random.default_rng(seed), passed=passed)
    found = plan_worth(problem, again, routes, np.empty(len(problem.prize)))
    assert found == pytest.approx(on_paper(problem, again, routes))


def test_without_revisits_it_is_the_prizes():
    """Where no stop is visited again the worth and the heat are both the sum of the prizes."""
    problem, _, routes = pose(np.random.default_rng(8), passed=False)
    visits = [v for u, way in enumerate(routes.places) for v in way[1 : routes.lengths[u] + 1]]
    prizes = problem.prize[visits].sum()
    assert visits
    assert plan_worth(problem, no_revisits(), routes, np.empty(0)) == pytest.approx((prizes, prizes))


def test_a_gap_by_hand():
    """Left 60 s before the watch, visited at 0, promised each 100 s: r (1 - exp(-0.5)), 80 s missed."""
    still = np.zeros((1, 2, 2))
    home, none = np.array([1]), np.empty((0, 0, 0))
    problem = Problem(
        still, np.array([0]), np.ones(2), np.array([20.0, 0.0]), np.zeros(2), np.full(2, np.inf),
        home, home, np.zeros(1), np.full(1, 500.0),
    )  # fmt: skip
    again = Revisits(
        np.array([0, 1]), np.array([0, -1]), np.array([3.0]), np.array([100.0]), np.array([-60.0]), none,
        120.0, 0.0, 200.0,
    )  # fmt: skip
    routes = empty_routes(problem)
    routes.places[0, 1:3], routes.lengths[0] = (0, 1), 1
    time_route(problem, routes, 0)
    worth, heat = plan_worth(problem, again, routes, np.empty(2))
    assert heat == pytest.approx(3 * (1 - math.exp(-0.5)))
    assert worth == pytest.approx(heat - MISS * 3 * 80 / 120)
