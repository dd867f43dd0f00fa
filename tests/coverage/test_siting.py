"""Maximal cover against exhaustive search and published optima."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage import siting_program
from kuzet.coverage.errors import InvalidInputError
from kuzet.coverage.siting import StopRules, maximal_cover
from scipy import sparse


def exhaustive(cover, weights, costs, budget, fixed, groups, levels=(1.0,)):
    """Try every choice and return the most weight covered."""
    sites = len(cover)
    choices = (np.arange(2**sites)[:, None] >> np.arange(sites)) & 1
    allowed = (choices @ costs <= budget + 1e-9) & ~choices[:, list(fixed)].any(axis=1)
    for group in np.unique(groups):
        allowed &= choices[:, groups == group].sum(axis=1) <= 1
    choices = choices[allowed]
    choices[:, list(fixed)] = 1
    until = np.concatenate([[0.0], np.cumsum(levels)])
    times = np.minimum(choices.astype(np.float32) @ cover.astype(np.float32), len(levels))
    return float((until[times.astype(int)] @ weights).max())


def draw_problem(random, most_sites):
    """Draw a problem with groups, costs and fixed sites: whole numbers or not, of one price or not."""
    sites, demands = random.integers(1, most_sites + 1), random.integers(1, 30)
    cover = random.random((sites, demands)) < random.uniform(0.05, 0.6)
    weights = (
        random.integers(0, 10, demands).astype(float) if random.random() < 0.5 else random.random(demands)
    )
    costs = [np.ones(sites), random.integers(1, 6, sites).astype(float), random.uniform(0.5, 4, sites)]
    fixed = tuple(np.flatnonzero(random.random(sites) < 0.15))
    groups = random.integers(0, max(1, sites - random.integers(0, 5)), sites)
    return cover, weights, costs[random.integers(3)], float(random.integers(0, 12)), fixed, groups


def agrees(plan, problem, best, levels=(1.0,)):
    """Assert that a plan keeps the rules, counts right, and holds the best between itself and its bound."""
    cover, weights, costs, budget, fixed, groups = problem
    assert plan.covered <= best + 1e-9 <= plan.upper_bound * (1 + 1e-9) + 2e-9
    if plan.proved:
        assert plan.covered == pytest.approx(best)
    assert plan.cost == pytest.approx(costs[plan.chosen].sum())
    assert plan.cost <= budget + 1e-9
    assert not set(plan.chosen) & set(fixed)
    assert len(set(groups[plan.chosen])) == len(plan.chosen)
    until = np.concatenate([[0.0], np.cumsum(levels)])
    times = cover[[*plan.chosen, *fixed]].sum(axis=0)
    worth = until[np.minimum(times, len(levels)).astype(int)] @ weights
    standing = until[np.minimum(cover[list(fixed)].sum(axis=0), len(levels)).astype(int)] @ weights
    assert plan.covered == pytest.approx(worth)
    assert plan.gains.sum() == pytest.approx(worth - standing)
    assert plan.gap == pytest.approx(
        (plan.upper_bound - worth) / plan.upper_bound if plan.upper_bound else 0.0, abs=1e-9
    )


@pytest.mark.parametrize("block", range(10))
def test_random_problems_of_up_to_18_sites_equal_exhaustive_search(block):
    """300 plans are proved and equal exhaustive search; the quick ones lie between greedy and their bound."""
    for seed in range(30 * block, 30 * block + 30):
        problem = draw_problem(np.random.default_rng(seed), 18)
        cover, weights, costs, budget, fixed, groups = problem
        best = exhaustive(*problem)
        options = {"costs": costs, "budget": budget, "fixed": fixed, "groups": groups}
        plan = maximal_cover(sparse.csr_array(cover), weights, **options)
        assert plan.proved and plan.stopped == ""
        quick = maximal_cover(cover, weights, **options, quick=True)
        for one in (plan, quick):
            agrees(one, problem, best)
            assert (np.diff(one.gains) <= 1e-9).all()
            assert one.covered >= greedy(problem) - 1e-9


def greedy(problem):
    """Return what the plain greedy choice covers: the most gain first, until nothing affordable adds."""
    cover, weights, costs, budget, fixed, groups = problem
    seen, taken = cover[list(fixed)].any(axis=0), set()
    while True:
        left = [
            s
            for s in range(len(cover))
            if s not in fixed and groups[s] not in taken and costs[s] <= budget + 1e-9
        ]
        gains = [weights[cover[s] & ~seen].sum() for s in left]
        if not left or max(gains) <= 0:
            return float(weights[seen].sum())
        best = left[int(np.argmax(gains))]
        seen, budget = seen | cover[best], budget - costs[best]
        taken.add(groups[best])


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 10**6),
    st.lists(st.floats(0, 1).map(lambda x: round(x, 2)), min_size=1, max_size=3),
    st.booleans(),
)
def test_worth_of_further_cover_equals_exhaustive_search(seed, levels, quick):
    """Whatever covering a demand once, twice, three times is worth, rising or falling, the plan is best."""
    problem = draw_problem(np.random.default_rng(seed), 9)
    cover, weights, costs, budget, fixed, groups = problem
    plan = maximal_cover(
        cover, weights, costs=costs, budget=budget, fixed=fixed, groups=groups, levels=levels, quick=quick
    )
    assert plan.proved or quick
    agrees(plan, problem, exhaustive(*problem, levels), levels)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([{"gap": 0.1}, {"most_nodes": 0}, {"most_sites": 3}]))
def test_a_search_that_stops_early_says_why_and_keeps_its_bound(seed, rules):
    """Under any stop rule the best lies between plan and bound; an unproved plan names what stopped it."""
    problem = draw_problem(np.random.default_rng(seed), 12)
    cover, weights, costs, budget, fixed, groups = problem
    plan = maximal_cover(
        cover, weights, costs=costs, budget=budget, fixed=fixed, groups=groups, rules=StopRules(**rules)
    )
    agrees(plan, problem, exhaustive(*problem))
    assert plan.stopped in ({"", "gap"} if "gap" in rules else {"", "nodes", "sites"})


def crowded_city(sites=300, demands=900):
    """Return a cover that greedy does not solve: sites and demands on a square, discs of one radius."""
    random = np.random.default_rng(5)
    places, people = random.random((sites, 2)), random.random((demands, 2))
    return np.hypot(*(places[:, None] - people[None]).transpose(2, 0, 1)) < 0.09, random.random(demands)


def test_a_time_limit_that_cuts_in_is_told():
    """With no time at all the plan is the quick one, with a bound, and says that time stopped it."""
    cover, weights = crowded_city()
    plan = maximal_cover(cover, weights, budget=20, rules=StopRules(time_limit_s=0.0))
    proved = maximal_cover(cover, weights, budget=20)
    assert plan.stopped == "time" and not plan.proved
    assert plan.covered < proved.covered <= plan.upper_bound
    assert proved.proved and proved.stopped == ""


def test_a_solver_that_fails_leaves_a_plan_and_a_bound(monkeypatch):
    """Where the solver gives no answer, the plan is that of the search, its bound that of the prices."""
    cover, weights = crowded_city()
    proved = maximal_cover(cover, weights, budget=20)
    monkeypatch.setattr(siting_program, "run_solver", lambda solver, model: "failed")
    plan = maximal_cover(cover, weights, budget=20)
    assert plan.stopped == "failed" and not plan.proved
    assert 0.95 * proved.covered < plan.covered < proved.covered <= plan.upper_bound


def test_an_answer_that_does_not_add_up_is_a_failure(monkeypatch):
    """A solver whose objective is not that of its own columns is not believed."""
    rules = StopRules()
    model = siting_program.pose(np.array([-1.0, -2.0]), sparse.csr_array([[1.0, 1.0]]), upper=np.ones(1))
    assert siting_program.run_solver(siting_program.start_solver(rules), model) == ""
    lying = siting_program.start_solver(rules)
    monkeypatch.setattr(lying, "getInfo", lambda: SimpleNamespace(objective_function_value=-3.0))
    assert siting_program.run_solver(lying, model) == "failed"


@pytest.mark.parametrize("quick", [True, False])
def test_the_same_arguments_give_the_same_plan(quick):
    """There is no hidden randomness."""
    cover, weights = crowded_city()
    one, two = (maximal_cover(cover, weights, budget=20, quick=quick) for _ in range(2))
    assert one.chosen.tolist() == two.chosen.tolist()
    assert one.upper_bound == two.upper_bound
    assert one.gap < (0.1 if quick else 1e-9)


def test_more_money_never_covers_less():
    """Proved plans for a growing budget never fall, and neither do their bounds."""
    cover, weights = crowded_city()
    costs = np.random.default_rng(1).integers(1, 4, len(cover)).astype(float)
    plans = [maximal_cover(cover, weights, costs=costs, budget=budget) for budget in range(0, 24, 4)]
    assert all(plan.proved for plan in plans)
    assert all(less.covered <= more.covered + 1e-9 for less, more in pairwise(plans))


def test_nothing_to_buy_returns_what_stands():
    """Without budget the plan is empty and covers what the fixed sites cover."""
    plan = maximal_cover([[1, 1, 0], [0, 0, 1]], [1, 2, 4], budget=0, fixed=[0])
    assert len(plan.chosen) == 0
    assert plan.covered == plan.upper_bound == 3
    assert plan.proved


@pytest.mark.parametrize(
    ("changes", "chosen", "covered"),
    [
        ({"budget": 0.5}, [], 0),
        ({"budget": 5, "costs": [6, 7]}, [], 0),
        ({"budget": -1}, [], 0),
        ({"budget": 1e9}, [0, 1], 7),
        ({"budget": 9, "fixed": [0, 1]}, [], 7),
        ({"budget": 9, "fixed": [0]}, [1], 7),
        ({"budget": 9, "weights": [0, 0, 0]}, [], 0),
        ({"budget": 9, "groups": [3, 3]}, [1], 6),
        ({"budget": 9, "cover": np.zeros((2, 3))}, [], 0),
        ({"budget": 9, "cover": np.zeros((0, 3))}, [], 0),
        ({"budget": 9, "cover": np.zeros((2, 0)), "weights": []}, [], 0),
    ],
)
@pytest.mark.parametrize("quick", [True, False])
def test_edges_have_an_answer(changes, chosen, covered, quick):
    """Too little money, too much, no site, no demand, everything standing: a proved plan, no exception."""
    arguments = {"cover": [[1, 1, 0], [0, 1, 1]], "weights": [1, 2, 4]} | changes
    plan = maximal_cover(arguments.pop("cover"), arguments.pop("weights"), **arguments, quick=quick)
    assert sorted(plan.chosen) == chosen
    assert plan.covered == plan.upper_bound == covered
    assert plan.proved and plan.stopped == ""


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"weights": [1, 2]}, "cover_shapes"),
        ({"weights": [1, -2, 3]}, "weights_negative"),
        ({"levels": [1, -1]}, "weights_negative"),
        ({"costs": [0, 1]}, "costs_not_positive"),
        ({"budget": float("nan")}, "costs_not_positive"),
        ({"fixed": [7]}, "fixed_site_unknown"),
        ({"fixed": [-1]}, "fixed_site_unknown"),
        ({"groups": [1]}, "cover_shapes"),
    ],
)
def test_bad_arguments_are_refused_by_name(changes, code):
    """Shapes, signs and unknown sites are refused with their own code."""
    arguments = {"weights": [1, 2, 3], "budget": 1.0} | changes
    weights = arguments.pop("weights")
    with pytest.raises(InvalidInputError) as caught:
        maximal_cover([[1, 1, 0], [0, 1, 1]], weights, **arguments)
    assert caught.value.code == code


def test_arguments_are_left_as_they_were():
    """Neither the matrix nor the arrays are changed."""
    cover = sparse.csr_array(np.array([[2.0, 0.0, 3.0], [0.0, 1.0, 0.0]]))
    weights, costs = np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0])
    maximal_cover(cover, weights, costs=costs, budget=2)
    assert cover.toarray().tolist() == [[2, 0, 3], [0, 1, 0]]
    assert weights.tolist() == [1, 2, 3] and costs.tolist() == [1, 2]
