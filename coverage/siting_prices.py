"""What no choice of sites can exceed: demands given a price, sites left to pay for themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from .siting_problem import CoverProblem, Floats, Integers

PRICE_STEPS: Final = 60


@dataclass(frozen=True)
class Bound:
    """An upper bound on the weight any choice adds, with what each site would cost it.

    Attributes
    ----------
    value : float
    with_site : ndarray (sites,)
        An upper bound for choices that hold the site.
    chosen : ndarray of int
        Sites that earn more than they cost at these prices, the most first; the budget may not suffice.
    """

    value: float
    with_site: Floats
    chosen: Integers


def bound_by_prices(problem: CoverProblem, prices: Floats, floor_prices: Floats | None = None) -> Bound:
    """Bound the weight that any choice adds, given a price for covering each demand.

    Parameters
    ----------
    problem : CoverProblem
    prices : ndarray (demands,)
        Not negative. The nearer they are to the duals of the linear program, the tighter the bound; it
        holds for any.
    floor_prices : ndarray (districts,), optional
        A price for what is missing to each floor, not negative.

    Notes
    -----
    Lagrange: a demand keeps what its cover is worth beyond the price; a site earns the prices of what it
    covers. The budget has a price of its own, the one that bounds the most.
    """
    worth, promised = problem.worth, 0.0
    if floor_prices is not None and len(problem.floors):
        worth = worth.copy()
        worth[:, 0] += floor_prices[problem.districts] * problem.counts
        promised = float(floor_prices @ problem.floors)
    paid = np.cumsum(worth - prices[:, None], axis=1).max(axis=1, initial=0.0).sum() - promised
    earned = problem.cover @ prices
    per_money = _price_of_money(problem, earned)
    net = earned - per_money * problem.costs
    best = _best_of_group(problem, net)
    value = float(paid + per_money * problem.budget + best.sum())
    chosen = np.flatnonzero((net > 0) & (net >= best[problem.groups]))
    chosen = chosen[np.argsort(-net[chosen], kind="stable")]
    return Bound(value=value, with_site=value - best[problem.groups] + net, chosen=chosen)


def search_prices(
    problem: CoverProblem, found: float, *, steps: int, start: Floats | None = None
) -> tuple[Floats, Bound]:
    """Search the prices of the demands that bound the most, by subgradient steps.

    Parameters
    ----------
    problem : CoverProblem
    found : float
        What a known choice adds.
    steps : int
        How many.
    start : ndarray (demands,), optional
        Prices to begin from.

    Returns
    -------
    prices : ndarray (demands,)
    bound : Bound
        The best one met.
    """
    sites = np.maximum(np.diff(problem.by_demand.indptr), 1)
    prices = problem.worth[:, 0] / np.sqrt(sites) if start is None else start
    most = problem.worth.max(axis=1, initial=0.0)
    best = bound_by_prices(problem, prices)
    best_prices, bound, step, waited = prices, best, 1.0, 0
    levels = np.arange(problem.worth.shape[1] + 1)
    for _ in range(steps):
        if best.value <= found * (1 + 1e-9) or step < 1e-4:
            break
        kept = np.column_stack([np.zeros(len(prices)), np.cumsum(problem.worth - prices[:, None], axis=1)])
        slope = problem.times(bound.chosen) - levels[np.argmax(kept, axis=1)]
        size = float(slope @ slope)
        if size == 0:
            break
        prices = np.clip(prices - step * (bound.value - found) / size * slope, 0.0, most)
        bound = bound_by_prices(problem, prices)
        waited = 0 if bound.value < best.value * (1 - 1e-5) else waited + 1
        if bound.value < best.value:
            best, best_prices = bound, prices
        if waited >= 6:
            step, waited = step / 2, 0
    return best_prices, best


def _price_of_money(problem: CoverProblem, earned: Floats) -> float:
    """Return the price of a unit of money that bounds the earnings of the affordable sites the most."""
    if problem.one_price and not len(problem.costs):
        return 0.0
    if problem.one_price:
        best = _best_of_group(problem, earned)
        count = round(problem.budget / problem.costs[0])
        if count >= len(best):
            return 0.0
        return float(np.partition(best, len(best) - count - 1)[len(best) - count - 1] / problem.costs[0])
    low, high = 0.0, float((earned / problem.costs).max(initial=0.0))
    begins, order = _by_group(problem)

    def spent(price: float) -> float:
        net = (earned - price * problem.costs)[order]
        top = np.maximum.reduceat(net, begins)
        first = np.flatnonzero((net > 0) & (net >= top[problem.groups[order]]))
        return float(problem.costs[order][first].sum())

    if spent(0.0) <= problem.budget:
        return 0.0
    for _ in range(PRICE_STEPS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if spent(middle) > problem.budget else (low, middle)
    return high


def _best_of_group(problem: CoverProblem, net: Floats) -> Floats:
    """Return the most that one site of each group earns, nothing where all lose."""
    if not problem.grouped:
        best = np.zeros(len(net))
        best[problem.groups] = net.clip(min=0.0)
        return best
    begins, order = _by_group(problem)
    return np.maximum.reduceat(net[order], begins).clip(min=0.0)


def _by_group(problem: CoverProblem) -> tuple[Integers, Integers]:
    order = np.argsort(problem.groups, kind="stable")
    return np.searchsorted(problem.groups[order], np.arange(problem.groups.max(initial=-1) + 1)), order
