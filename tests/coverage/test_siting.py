"""Maximal cover against exhaustive search."""

import csv
import re
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage.errors import InvalidInputError
from kuzet.coverage.siting import maximal_cover
from scipy import sparse


def exhaustive(cover, weights, costs, budget, fixed, groups):
    """Try every choice the slow way and return the most weight covered."""
    sites = [s for s in range(len(cover)) if s not in fixed]
    best = 0.0
    for size in range(len(sites) + 1):
        for chosen in combinations(sites, size):
            names = [groups[s] for s in chosen]
            if len(set(names)) < len(names) or costs[list(chosen)].sum() > budget + 1e-9:
                continue
            seen = (
                cover[list(chosen) + list(fixed)].any(axis=0) if chosen or fixed else np.zeros(cover.shape[1])
            )
            best = max(best, float(weights[seen.astype(bool)].sum()))
    return best


@st.composite
def problems(draw):
    """Draw a small problem with groups, costs and fixed sites."""
    sites, demands = draw(st.integers(1, 9)), draw(st.integers(1, 12))
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    cover = random.random((sites, demands)) < draw(st.floats(0.1, 0.6))
    weights = random.integers(0, 10, demands).astype(float)
    costs = random.integers(1, 5, sites).astype(float)
    fixed = tuple(np.flatnonzero(random.random(sites) < 0.15))
    groups = random.integers(0, max(1, sites - 2), sites)
    return cover, weights, costs, float(draw(st.integers(0, 10))), fixed, groups


@settings(max_examples=120, deadline=None)
@given(problems())
def test_small_problems_are_solved_to_the_proven_best(problem):
    """With the solver allowed, the plan equals exhaustive search and says proved."""
    cover, weights, costs, budget, fixed, groups = problem
    plan = maximal_cover(cover, weights, costs=costs, budget=budget, fixed=fixed, groups=groups)
    assert plan.proved
    assert plan.covered == pytest.approx(exhaustive(*problem))
    assert plan.cost == pytest.approx(costs[plan.chosen].sum()) and plan.cost <= budget + 1e-9
    assert not set(plan.chosen) & set(fixed)
    assert len(set(groups[plan.chosen])) == len(plan.chosen)


@settings(max_examples=120, deadline=None)
@given(problems())
def test_the_heuristic_lies_between_half_the_best_and_its_bound(problem):
    """Greedy with swaps never beats the best, and the best never beats the bound."""
    cover, weights, costs, budget, fixed, groups = problem
    plan = maximal_cover(
        sparse.csr_array(cover),
        weights,
        costs=costs,
        budget=budget,
        fixed=fixed,
        groups=groups,
        quick=True,
    )
    best = exhaustive(*problem)
    assert plan.covered <= best + 1e-9 <= plan.upper_bound + 2e-9
    assert plan.gap == pytest.approx(
        (plan.upper_bound - plan.covered) / plan.upper_bound if plan.upper_bound else 0
    )
    assert (np.diff(plan.gains) <= 1e-9).all()
    seen = (
        cover[list(plan.chosen) + list(fixed)].any(axis=0)
        if len(plan.chosen) or fixed
        else np.zeros(len(weights), bool)
    )
    assert plan.covered == pytest.approx(weights[seen].sum())


def test_nothing_to_buy_returns_what_stands():
    """Without budget the plan is empty and covers what the fixed sites cover."""
    plan = maximal_cover([[1, 1, 0], [0, 0, 1]], [1, 2, 4], budget=0, fixed=[0])
    assert len(plan.chosen) == 0
    assert plan.covered == plan.upper_bound == 3
    assert plan.proved


@pytest.mark.parametrize("quick", [True, False])
def test_the_same_arguments_give_the_same_plan(quick):
    """There is no hidden randomness."""
    random = np.random.default_rng(2)
    cover, weights = random.random((60, 300)) < 0.05, random.random(300)
    plans = [maximal_cover(cover, weights, budget=8, quick=quick) for _ in range(2)]
    assert plans[0].chosen.tolist() == plans[1].chosen.tolist()
    assert plans[0].upper_bound == plans[1].upper_bound
    assert plans[0].gap < (0.2 if quick else 1e-9)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"weights": [1, 2]}, "cover_shapes"),
        ({"weights": [1, -2, 3]}, "weights_negative"),
        ({"costs": [0, 1]}, "costs_not_positive"),
        ({"budget": float("nan")}, "costs_not_positive"),
        ({"fixed": [7]}, "fixed_site_unknown"),
    ],
)
def test_bad_arguments_are_refused_by_name(changes, code):
    """Shapes, signs and unknown sites are refused with their own code."""
    arguments = {"weights": [1, 2, 3], "budget": 1.0} | changes
    weights = arguments.pop("weights")
    with pytest.raises(InvalidInputError) as caught:
        maximal_cover([[1, 1, 0], [0, 1, 1]], weights, **arguments)
    assert caught.value.code == code


def test_published_optima(shared):
    """San Francisco's stores: every published optimum is found and proved; the heuristic is within 5%."""
    folder = shared / "benchmarks/spopt"
    known = {row["metric"]: row["value"] for row in csv.DictReader((folder / "best_known.csv").open())}
    name = "data/SF_network_distance_candidateStore_16_censusTract_205_new.csv"
    table = list(csv.DictReader((folder / name).open()))
    stores, tracts = (sorted({row[column] for row in table}) for column in ("name", "DestinationName"))
    cover, weights = np.zeros((len(stores), len(tracts)), dtype=bool), np.zeros(len(tracts))
    for row in table:
        tract = tracts.index(row["DestinationName"])
        cover[stores.index(row["name"]), tract] = float(row["distance"]) <= 5000
        weights[tract] = float(row["demand"])
    tried = 0
    for metric, optimum in known.items():
        found = re.fullmatch(r"MCLP_5000m_p(\d+)_POP2000", metric)
        if found:
            tried += 1
            exact = maximal_cover(cover, weights, budget=int(found[1]))
            fast = maximal_cover(cover, weights, budget=int(found[1]), quick=True)
            assert exact.proved
            assert exact.covered == pytest.approx(float(optimum))
            assert 0.95 * float(optimum) <= fast.covered <= float(optimum) + 1e-6 <= fast.upper_bound + 2e-6
    assert tried == 4
