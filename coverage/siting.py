"""Maximal cover: which sites to choose so that the most weight is covered, with a bound on what was left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from .errors import InvalidInputError
from .results import SitePlan
from .siting_floors import search_within_floors
from .siting_prices import search_prices
from .siting_problem import CoverProblem, Integers, state_problem
from .siting_program import StopRules
from .siting_proof import prove
from .siting_search import order_by_gain, search_sites

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
    districts: ArrayLike | None = None,
    floor: ArrayLike = 0.0,
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
    districts : array_like of int (demands,), optional
        District of each demand, from 0.
    floor : float or array_like (districts,)
        Least share of each district's weight, 0 to 1, that must be covered at least once.
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
    CannotHoldError
        For floors that no choice within the budget holds; the error names the district that is in the way.

    Notes
    -----
    Church & ReVelle 1974, "The maximal covering location problem". Demands with the same covering set are
    merged first, which changes nothing. Greedy and exchanges answer at once (`siting_search`); a linear
    program over the sites that matter gives the bound, and branch and cut over its core the plan
    (`siting_proof`).
    """
    rules = rules or StopRules()
    problem = state_problem(
        cover, weights, budget=budget, costs=costs, fixed=fixed, groups=groups, levels=levels,
        districts=districts, floor=floor,
    )  # fmt: skip
    if not problem.cover.nnz:
        return _describe(problem, NOTHING, 0.0, "")
    chosen = search_within_floors(problem, rules)
    if quick:
        _, bound = search_prices(problem, problem.value(chosen), steps=QUICK_PRICE_STEPS)
        again = search_sites(problem, bound.chosen)
        return _describe(problem, problem.better(chosen, again), bound.value, "quick")
    proof = prove(problem, chosen, rules)
    return _describe(problem, proof.chosen, proof.bound, proof.stopped)


def backup_levels(first: float = 0.5) -> tuple[float, float]:
    """Return the levels that share a demand's weight between being covered once and at least twice.

    Parameters
    ----------
    first : float
        Share of the weight for the first cover, 0 to 1; the rest is for the second. 0 counts only what at
        least two sites cover, 1 is plain maximal cover.

    Notes
    -----
    BACOP2 of Hogan & ReVelle 1986, "Concepts and applications of backup coverage".
    """
    if not 0 <= first <= 1:
        raise InvalidInputError("share_outside", low=0, high=1)
    return first, 1.0 - first


def failing_levels(failing: float, *, most: int = 5) -> tuple[float, ...]:
    """Return the levels that count a demand as often as a working site is expected to cover it at least once.

    Parameters
    ----------
    failing : float
        Probability, from 0 to below 1, that a site does not work; sites fail independently.
    most : int
        Further sites count nothing; at 5 and a probability of 0.3 they would add 0.2% at most.

    Notes
    -----
    MEXCLP of Daskin 1983, "A maximum expected covering location model": the k-th site that covers a demand
    adds (1 - q) q^(k - 1) of its weight.
    """
    if not 0 <= failing < 1 or most < 1:
        raise InvalidInputError("share_outside", low=0, high=1)
    return tuple((1 - failing) * failing**further for further in range(most))


def _describe(problem: CoverProblem, chosen: Integers, bound: float, stopped: str) -> SitePlan:
    """Order the chosen sites by what each adds, leave out those that add nothing, and sum up."""
    order, gains = order_by_gain(problem, chosen)
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
