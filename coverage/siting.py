"""Maximal cover: which sites to choose so that the most weight is covered, with a bound on what was left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, sparse

from .errors import InvalidInputError
from .results import SitePlan

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

EXACT_ENTRIES: Final = 4_000
"""Problems with at most so many entries go to HiGHS whole and come back proved."""
BOUND_STEPS: Final = 300
SWAP_ROUNDS: Final = 20


def maximal_cover(
    cover: sparse.sparray | sparse.spmatrix | ArrayLike,
    weights: ArrayLike,
    *,
    budget: float,
    costs: ArrayLike | None = None,
    fixed: Sequence[int] = (),
    groups: ArrayLike | None = None,
    exact_entries: int = EXACT_ENTRIES,
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
        At most one site of a group is chosen (one heading and model for each support).
    exact_entries : int
        Up to this many entries of the reduced matrix the problem is solved to proven optimality.

    Returns
    -------
    SitePlan
        The same arguments give the same plan.

    Raises
    ------
    InvalidInputError
        For shapes that do not match, weights below 0, costs not above 0, or a fixed site that is not there.

    Notes
    -----
    Church & ReVelle 1974, "The maximal covering location problem". Demands with the same covering set are
    merged first, which changes nothing. Greedy by gain and by gain per cost, the better one improved by
    swaps; the bound is Lagrangian (cover constraints relaxed, the budget by its own multiplier).
    """
    problem, covered = _reduce(cover, weights, costs, fixed, groups, budget)
    if not problem.cover.nnz or not (problem.costs <= budget).any():
        nothing = np.empty(0, dtype=np.int64)
        return _plan(problem, nothing, covered, covered)
    chosen = max(
        (_improve(problem, _greedy(problem, per_cost=per_cost)) for per_cost in (False, True)),
        key=problem.value,
    )
    if problem.cover.nnz <= exact_entries:
        chosen = _solve_exactly(problem, chosen)
        return _plan(problem, chosen, covered, covered + problem.value(chosen))
    return _plan(problem, chosen, covered, covered + _lagrangian_bound(problem, problem.value(chosen)))


@dataclass(frozen=True)
class _Problem:
    """Candidates that remain, demands that remain (merged)."""

    cover: sparse.csr_array
    by_demand: sparse.csc_array
    weights: Floats
    costs: Floats
    groups: Integers
    names: Integers
    budget: float

    def value(self, chosen: Integers) -> float:
        return float(self.weights[self.times(chosen) > 0].sum())

    def times(self, chosen: Integers) -> Integers:
        return np.asarray(self.cover[chosen].sum(axis=0)).ravel().astype(np.int64)


def _reduce(
    cover: object,
    weights: ArrayLike,
    costs: ArrayLike | None,
    fixed: Sequence[int],
    groups: ArrayLike | None,
    budget: float,
) -> tuple[_Problem, float]:
    matrix = sparse.csr_array(cover)
    matrix.eliminate_zeros()
    sites, demands = matrix.shape
    matrix = sparse.csr_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape)
    worth = np.asarray(weights, dtype=np.float64)
    price = np.ones(sites) if costs is None else np.asarray(costs, dtype=np.float64)
    group = np.arange(sites) if groups is None else np.asarray(groups)
    standing = np.asarray(fixed, dtype=np.int64)
    if worth.shape != (demands,) or price.shape != (sites,) or group.shape != (sites,):
        raise InvalidInputError("cover_shapes", sites=sites, demands=demands)
    if not (np.isfinite(worth).all() and (worth >= 0).all()):
        raise InvalidInputError("weights_negative")
    if not (np.isfinite(price).all() and (price > 0).all() and np.isfinite(budget)):
        raise InvalidInputError("costs_not_positive")
    if len(standing) and not (standing.min() >= 0 and standing.max() < sites):
        raise InvalidInputError("fixed_site_unknown", sites=sites)
    already = np.asarray(matrix[standing].sum(axis=0)).ravel() > 0
    open_demands = np.flatnonzero(~already & (worth > 0))
    matrix = matrix[:, open_demands]
    free = np.ones(sites, dtype=bool)
    free[standing] = False
    free &= np.diff(matrix.indptr) > 0
    names = np.flatnonzero(free)
    matrix, merged = _merge_demands(matrix[names], worth[open_demands])
    group = np.unique(group[names], return_inverse=True)[1]
    problem = _Problem(matrix, sparse.csc_array(matrix), merged, price[names], group, names, float(budget))
    return problem, float(worth[already].sum())


def _merge_demands(matrix: sparse.csr_array, weights: Floats) -> tuple[sparse.csr_array, Floats]:
    """Join demands that the same sites cover."""
    columns = sparse.csc_array(matrix)
    columns.sort_indices()
    keys = [
        columns.indices[a:b].tobytes() for a, b in zip(columns.indptr[:-1], columns.indptr[1:], strict=True)
    ]
    first: dict[bytes, int] = {}
    member = np.array([first.setdefault(key, len(first)) for key in keys], dtype=np.int64)
    first.pop(b"", None)
    leading = np.unique(member, return_index=True)[1]
    total = np.bincount(member, weights=weights, minlength=len(leading)).astype(np.float64)
    reachable = np.diff(columns.indptr)[leading] > 0
    return sparse.csr_array(columns[:, leading[reachable]]), total[reachable]


def _greedy(problem: _Problem, *, per_cost: bool) -> Integers:
    weights = problem.weights.copy()
    gains = problem.cover @ weights
    money, chosen = problem.budget, []
    open_sites = np.ones(len(gains), dtype=bool)
    while True:
        open_sites &= problem.costs <= money + 1e-12
        score = np.where(open_sites, gains / problem.costs if per_cost else gains, -1.0)
        best = int(np.argmax(score))
        if score[best] <= 1e-12:
            return np.array(chosen, dtype=np.int64)
        chosen.append(best)
        money -= problem.costs[best]
        open_sites &= problem.groups != problem.groups[best]
        new = _row(problem.cover, best)
        new = new[weights[new] > 0]
        gains -= problem.by_demand[:, new] @ weights[new]
        weights[new] = 0.0


def _improve(problem: _Problem, chosen: Integers) -> Integers:
    """Replace one chosen site at a time by a better one until none is left, or the rounds are used up."""
    chosen = chosen.copy()
    for _ in range(SWAP_ROUNDS):
        changed = False
        for place in range(len(chosen)):
            rest = np.delete(chosen, place)
            open_weight = np.where(problem.times(rest) > 0, 0.0, problem.weights)
            money = problem.budget - problem.costs[rest].sum()
            allowed = (problem.costs <= money + 1e-12) & ~np.isin(problem.groups, problem.groups[rest])
            gains = np.where(allowed, problem.cover @ open_weight, -1.0)
            best = int(np.argmax(gains))
            if gains[best] > gains[chosen[place]] * (1 + 1e-12) + 1e-12:
                chosen[place] = best
                changed = True
        if not changed:
            break
    return chosen


def _lagrangian_bound(problem: _Problem, found: float) -> float:
    """Return an upper bound on the weight that any choice covers, by subgradient steps."""
    sites = np.maximum(np.asarray(problem.cover.sum(axis=0)).ravel(), 1.0)
    multipliers = problem.weights / np.sqrt(sites)
    best, step, waited = np.inf, 1.0, 0
    for _ in range(BOUND_STEPS):
        value, chosen = _best_sites(problem, problem.cover @ multipliers)
        left = problem.weights - multipliers
        bound = float(left.clip(min=0).sum()) + value
        waited = 0 if bound < best * (1 - 1e-6) else waited + 1
        best = min(best, bound)
        if best <= found * (1 + 1e-9) or step < 1e-4:
            break
        if waited >= 8:
            step, waited = step / 2, 0
        slope = problem.times(chosen) - (left > 0)
        size = float(slope @ slope)
        if size == 0:
            break
        multipliers = np.clip(multipliers - step * (bound - found) / size * slope, 0.0, problem.weights)
    return max(best, found)


def _best_sites(problem: _Problem, values: Floats) -> tuple[float, Integers]:
    """Bound the most value of one site a group within the budget, which is priced by a multiplier."""
    low, high = 0.0, float((values / problem.costs).max(initial=0.0))
    order = np.argsort(problem.groups, kind="stable")
    begins = np.searchsorted(problem.groups[order], np.arange(problem.groups.max() + 1))

    def worth(price: float) -> tuple[Floats, float]:
        net = (values - price * problem.costs)[order]
        return net, price * problem.budget + float(np.maximum.reduceat(net, begins).clip(min=0).sum())

    best = min(worth(low)[1], worth(high)[1])
    for _ in range(50):
        # the bound is convex in the price, and it falls where more is taken than the budget pays for
        price = 0.5 * (low + high)
        net, bound = worth(price)
        best = min(best, bound)
        taken = _taken(net, begins, order, problem)
        if problem.costs[taken].sum() > problem.budget:
            low = price
        else:
            high = price
    return best, _taken(worth(high)[0], begins, order, problem)


def _taken(net: Floats, begins: Integers, order: Integers, problem: _Problem) -> Integers:
    top = np.maximum.reduceat(net, begins)
    is_top = (net == top[problem.groups[order]]) & (net > 0)
    rows = np.flatnonzero(is_top)
    return order[rows[np.unique(problem.groups[order][rows], return_index=True)[1]]]


def _solve_exactly(problem: _Problem, found: Integers) -> Integers:
    """Solve the whole problem as a mixed-integer program with HiGHS."""
    sites, demands = problem.cover.shape
    of_group = sparse.csr_array(
        (np.ones(sites), (problem.groups, np.arange(sites))), shape=(problem.groups.max() + 1, sites)
    )
    nothing = sparse.csr_array((of_group.shape[0], demands))
    constraints = [
        optimize.LinearConstraint(sparse.hstack([-problem.cover.T, sparse.eye_array(demands)]), ub=0),
        optimize.LinearConstraint(sparse.hstack([of_group, nothing]), ub=1),
        optimize.LinearConstraint(
            np.concatenate([problem.costs, np.zeros(demands)])[None, :], ub=problem.budget + 1e-9
        ),
    ]
    answer = optimize.milp(
        np.concatenate([np.zeros(sites), -problem.weights]),
        integrality=np.concatenate([np.ones(sites), np.zeros(demands)]),
        bounds=optimize.Bounds(0, 1),
        constraints=constraints,
        options={"mip_rel_gap": 0.0},
    )
    if answer.x is None:
        raise InvalidInputError("solver_failed", status=int(answer.status))
    optimal = np.flatnonzero(answer.x[:sites] > 0.5)
    # keep the greedy order where it is as good: it is also the order in which to buy
    return found if problem.value(found) >= problem.value(optimal) * (1 - 1e-12) else optimal


def _plan(problem: _Problem, chosen: Integers, already: float, bound: float) -> SitePlan:
    """Order the chosen sites by what each adds, and sum up."""
    weights, left, order, gains = problem.weights.copy(), list(chosen), [], []
    while left:
        worth = [float(weights[_row(problem.cover, site)].sum()) for site in left]
        best = int(np.argmax(worth))
        site = left.pop(best)
        gains.append(worth[best])
        order.append(site)
        weights[_row(problem.cover, site)] = 0.0
    covered = already + sum(gains)
    bound = max(bound, covered)
    gap = (bound - covered) / bound if bound > 0 else 0.0
    picked = np.array(order, dtype=np.int64)
    return SitePlan(
        chosen=problem.names[picked] if len(picked) else np.empty(0, dtype=np.int64),
        covered=covered,
        upper_bound=bound,
        gap=gap,
        proved=gap <= 1e-9,
        cost=float(problem.costs[picked].sum()) if len(picked) else 0.0,
        gains=np.array(gains, dtype=np.float64),
    )


def _row(matrix: sparse.csr_array, row: int) -> Integers:
    return matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
