"""Maximal cover: which sites to choose so that the most weight is covered, with a bound on what was left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from .results import SitePlan
from .siting_prices import search_prices
from .siting_problem import CoverProblem, Integers, entries_of, state_problem
from .siting_program import StopRules
from .siting_proof import prove
from .siting_search import search_sites

QUICK_PRICE_STEPS: Final = 20
ONCE: Final = (1.0,)
NOTHING: Final = np.empty(0, dtype=np.int64)


def maximal_cover(
    cover: sparse.sparray | sparse.spmatrix | ArrayLike,
    weights: ArrayLike,
    *,
    budget: float,
    costs: ArrayLike | None = None,
    fixed: Sequence[int] = (),
    groups: ArrayLike | None = None,
    levels: ArrayLike = ONCE,
    quick: bool = False,
    rules: StopRules | None = None,
) -> SitePlan:
    """Choose sites that cover the most weight within a budget.

    Parameters
    ----------
    cover : sparse or dense matrix (sites, demands)
        Not zero where the site covers the demand.
    weights : array_like (demands,)
        Not negative.
    budget : float
        Money; without `costs` the number of sites.
    costs : array_like (sites,), optional
        Above 0; 1 for each site by default.
    fixed : sequence of int
        Sites that already stand: they cover, cost nothing and are not chosen.
    groups : array_like of int (sites,), optional
        At most one site of a group is chosen (one heading and model for each support). A fixed site does
        not use its group up.
    levels : array_like (levels,)
        Share of its weight that a demand adds when it is covered once, once more, and so on: see
        `backup_levels` and `failing_levels`. Covered once is everything by default.
    quick : bool
        Answer at once by greedy choice and exchanges, with a loose bound; the solver is not asked.
    rules : StopRules, optional
        When the solver stops before it has a proof; `StopRules()` by default.

    Returns
    -------
    SitePlan
        The same arguments give the same plan, unless a time limit cuts in: then `stopped` says so. Never
        worth less than the greedy choice.

    Raises
    ------
    InvalidInputError
        For shapes that do not match, weights below 0, costs not above 0, or a fixed site that is not there.

    Notes
    -----
    Church & ReVelle 1974, "The maximal covering location problem". Demands with the same covering set are
    merged first, which changes nothing. Greedy and exchanges answer at once (`siting_search`); a linear
    program over the sites that matter gives the bound, and branch and cut over its core the plan
    (`siting_proof`).
    """
    problem = state_problem(
        cover, weights, budget=budget, costs=costs, fixed=fixed, groups=groups, levels=levels
    )
    if not problem.cover.nnz:
        return _describe(problem, NOTHING, 0.0, "")
    chosen = search_sites(problem)
    if quick:
        _, bound = search_prices(problem, problem.value(chosen), steps=QUICK_PRICE_STEPS)
        again = search_sites(problem, bound.chosen)
        return _describe(problem, max(chosen, again, key=problem.value), bound.value, "quick")
    proof = prove(problem, chosen, rules or StopRules())
    return _describe(problem, proof.chosen, proof.bound, proof.stopped)


def _describe(problem: CoverProblem, chosen: Integers, bound: float, stopped: str) -> SitePlan:
    """Order the chosen sites by what each adds, leave out those that add nothing, and sum up."""
    order, gains = _buying_order(problem, chosen)
    covered = problem.standing + problem.value(order)
    bound = max(problem.standing + bound, covered)
    gap = (bound - covered) / bound if bound > 0 else 0.0
    return SitePlan(
        chosen=problem.names[order],
        covered=covered,
        upper_bound=bound,
        gap=gap,
        proved=gap <= 1e-9,
        cost=float(problem.costs[order].sum()),
        gains=gains,
        stopped="" if gap <= 1e-9 else stopped,
    )


def _buying_order(problem: CoverProblem, chosen: Integers) -> tuple[Integers, np.ndarray]:
    cover = problem.cover[chosen]
    worth = np.column_stack([problem.worth, np.zeros(len(problem.worth))])
    times = np.zeros(len(worth), dtype=np.int64)
    left = np.ones(len(chosen), dtype=bool)
    order, gains = [], []
    for _ in range(len(chosen)):
        gain = cover @ worth[np.arange(len(worth)), np.minimum(times, worth.shape[1] - 1)]
        best = int(np.argmax(np.where(left, gain, -1.0)))
        left[best] = False
        order.append(best)
        gains.append(float(gain[best]))
        times[entries_of(cover, np.array([best]))[0]] += 1
    while gains and gains[-1] <= 0:
        gains.pop()
    return chosen[np.array(order[: len(gains)], dtype=np.int64)], np.array(gains, dtype=np.float64)
