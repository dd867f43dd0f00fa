"""A cover problem made small: what stands is taken off, and demands that the same sites cover are joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from .errors import CannotHoldError, InvalidInputError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class CoverProblem:
    """Sites that may be chosen, and what covering each demand once, twice, ... more would be worth.

    Attributes
    ----------
    cover : csr_array (sites, demands)
        1 where the site covers the demand.
    by_demand : csc_array (sites, demands)
        The same, by column.
    worth : ndarray (demands, levels)
        What the first, second, ... chosen site that covers the demand adds.
    costs : ndarray (sites,)
    groups : ndarray of int (sites,)
        0 to the number of groups less one; at most one site of each is chosen.
    names : ndarray of int (sites,)
        Rows of the matrix that was asked about.
    budget : float
        The most that some choice of sites can really cost, where that is easily known.
    standing : float
        Weight that the fixed sites cover.
    labels : ndarray of int (demands,)
        Demands of different labels are not alike, whatever covers them.
    districts : ndarray of int (demands,)
    counts : ndarray (demands,)
        What covering the demand adds towards the floor of its district.
    floors : ndarray (districts,)
        What a choice must at least add in each district; empty where none is asked for.
    """

    cover: sparse.csr_array
    by_demand: sparse.csc_array
    worth: Floats
    costs: Floats
    groups: Integers
    names: Integers
    budget: float
    standing: float
    labels: Integers
    districts: Integers
    counts: Floats
    floors: Floats

    @cached_property
    def one_price(self) -> bool:
        """True when every site costs the same."""
        return bool(len(self.costs) == 0 or self.costs.min() == self.costs.max())

    @cached_property
    def grouped(self) -> bool:
        """True when some group has more than one site."""
        return bool(len(self.groups) and self.groups.max() + 1 < len(self.groups))

    @cached_property
    def falling(self) -> bool:
        """True when no further cover of a demand is worth more than the one before."""
        return bool((np.diff(self.worth, axis=1) <= 0).all())

    def times(self, chosen: Integers) -> Integers:
        """Return how many of the chosen sites cover each demand."""
        return np.bincount(entries_of(self.cover, chosen)[0], minlength=self.cover.shape[1])

    def value(self, chosen: Integers) -> float:
        """Return the weight that the chosen sites add to what stands."""
        reached = np.arange(self.worth.shape[1]) < self.times(chosen)[:, None]
        return float(self.worth[reached].sum())

    def held(self, chosen: Integers) -> Floats:
        """Return what the chosen sites add in each district that has a floor."""
        if not len(self.floors):
            return self.floors
        counted = np.where(self.times(chosen) > 0, self.counts, 0.0)
        return np.bincount(self.districts, weights=counted, minlength=len(self.floors)).astype(np.float64)

    def allows(self, chosen: Integers) -> bool:
        """Return whether budget, groups and floors hold."""
        return bool(
            self.costs[chosen].sum() <= self.budget * (1 + 1e-9)
            and len(np.unique(self.groups[chosen])) == len(chosen)
            and (self.held(chosen) >= self.floors * (1 - 1e-9)).all()
        )

    def better(self, one: Integers, other: Integers) -> Integers:
        """Return the choice that adds more, the first where they are even; the first must be allowed."""
        return other if self.value(other) > self.value(one) and self.allows(other) else one


def state_problem(
    cover: sparse.sparray | sparse.spmatrix | ArrayLike,
    weights: ArrayLike,
    *,
    budget: float,
    costs: ArrayLike | None,
    fixed: Sequence[int],
    groups: ArrayLike | None,
    levels: ArrayLike,
    districts: ArrayLike | None = None,
    floor: ArrayLike = 0.0,
) -> CoverProblem:
    """Check the arguments of `siting.maximal_cover` and return the smallest problem with the same answers.

    Raises
    ------
    InvalidInputError
        For shapes that do not match, weights or levels below 0, costs not above 0, an unknown fixed site,
        districts or floors that are none.
    CannotHoldError
        For a district of which all affordable sites together cover less than its floor.
    """
    matrix, worth, price, group = _checked(cover, weights, costs, groups)
    sites, demands = matrix.shape
    steps, standing = np.asarray(levels, dtype=np.float64), np.asarray(fixed, dtype=np.int64)
    if not np.isfinite(budget):
        raise InvalidInputError("costs_not_positive")
    if steps.ndim != 1 or not len(steps) or not (np.isfinite(steps).all() and (steps >= 0).all()):
        raise InvalidInputError("weights_negative")
    if len(standing) and not (standing.min() >= 0 and standing.max() < sites):
        raise InvalidInputError("fixed_site_unknown", sites=sites)
    standing = np.unique(standing)
    times = np.bincount(entries_of(matrix, standing)[0], minlength=demands)
    already = np.minimum(times, len(steps))
    until = np.concatenate([[0.0], np.cumsum(steps)])
    left = np.array([np.concatenate([steps[n:], np.zeros(n)]) for n in range(len(steps) + 1)])
    quarter, least = _checked_floors(districts, floor, demands)
    free = np.ones(sites, dtype=bool)
    free[standing] = False
    free &= price <= budget * (1 + 1e-12)
    wanted = np.flatnonzero((worth > 0) & (left[already] > 0).any(axis=1))
    matrix = matrix[:, wanted]
    free &= np.diff(matrix.indptr) > 0
    names = np.flatnonzero(free)
    label = already * len(least) + quarter
    matrix, first, member = join_demands(matrix[names], label[wanted])
    within = np.zeros(demands, dtype=bool)
    within[wanted[member >= 0]] = True
    floors = _floors_left(worth, quarter, least, times > 0, within)
    total = np.bincount(member[member >= 0], weights=worth[wanted][member >= 0], minlength=len(first))
    first = wanted[first]
    return CoverProblem(
        cover=matrix,
        by_demand=sparse.csc_array(matrix),
        worth=total[:, None] * left[already[first]],
        costs=price[names],
        groups=np.unique(group[names], return_inverse=True)[1].astype(np.int64),
        names=names,
        budget=_spendable(price[names], float(budget)),
        standing=float(worth @ until[already]),
        labels=label[first],
        districts=quarter[first],
        counts=np.where(times[first] > 0, 0.0, total),
        floors=floors,
    )


def join_demands(
    matrix: sparse.csr_array, labels: Integers | None = None
) -> tuple[sparse.csr_array, Integers, Integers]:
    """Join demands that the same sites cover, and drop those that none covers.

    Parameters
    ----------
    matrix : csr_array (sites, demands)
    labels : ndarray of int (demands,), optional
        Demands of different labels stay apart.

    Returns
    -------
    matrix : csr_array (sites, joined demands)
    first : ndarray of int (joined demands,)
        One member of each.
    member : ndarray of int (demands,)
        The joined demand that each became part of; -1 where no site covers it.
    """
    columns = sparse.csc_array(matrix)
    columns.sort_indices()
    size = np.diff(columns.indptr)
    label = np.zeros(len(size), dtype=np.int64) if labels is None else labels
    # equal sets have equal sums of random numbers; the sets themselves are compared before any are joined
    marks = np.random.default_rng(0).integers(0, 2**63, columns.shape[0], dtype=np.uint64)
    sums = np.concatenate([[np.uint64(0)], np.cumsum(marks[columns.indices], dtype=np.uint64)])
    mark = sums[columns.indptr[1:]] - sums[columns.indptr[:-1]]
    order = np.lexsort((mark, size, label))
    order = order[size[order] > 0]
    before, after = order[:-1], order[1:]
    alike = (mark[before] == mark[after]) & (size[before] == size[after]) & (label[before] == label[after])
    pair = np.flatnonzero(alike)
    left, row = entries_of(columns, before[pair])
    right, _ = entries_of(columns, after[pair])
    alike[pair[row[left != right]]] = False
    new = np.concatenate([[True], ~alike])[: len(order)]
    member = np.full(len(size), -1, dtype=np.int64)
    member[order] = np.cumsum(new) - 1
    first = order[new]
    return sparse.csr_array(columns[:, first]), first, member


def entries_of(matrix: sparse.csr_array | sparse.csc_array, rows: Integers) -> tuple[Integers, Integers]:
    """Return the indices held by some rows (columns of a csc_array), and for each the position in `rows`."""
    start, count = matrix.indptr[rows], matrix.indptr[rows + 1] - matrix.indptr[rows]
    position = np.repeat(np.arange(len(rows)), count)
    within = np.arange(len(position)) - np.repeat(np.cumsum(count) - count, count)
    return matrix.indices[start[position] + within], position


def _checked(
    cover: object, weights: ArrayLike, costs: ArrayLike | None, groups: ArrayLike | None
) -> tuple[sparse.csr_array, Floats, Floats, NDArray]:
    given = sparse.csr_array(cover)
    matrix = sparse.csr_array((given.data != 0, given.indices, given.indptr), shape=given.shape)
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    matrix = sparse.csr_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape)
    sites, demands = matrix.shape
    worth = np.asarray(weights, dtype=np.float64)
    price = np.ones(sites) if costs is None else np.asarray(costs, dtype=np.float64)
    group = np.arange(sites) if groups is None else np.asarray(groups)
    if worth.shape != (demands,) or price.shape != (sites,) or group.shape != (sites,):
        raise InvalidInputError("cover_shapes", sites=sites, demands=demands)
    if not (np.isfinite(worth).all() and (worth >= 0).all()):
        raise InvalidInputError("weights_negative")
    if not (np.isfinite(price).all() and (price > 0).all()):
        raise InvalidInputError("costs_not_positive")
    return matrix, worth, price, group


def _checked_floors(districts: ArrayLike | None, floor: ArrayLike, demands: int) -> tuple[Integers, Floats]:
    """Return the district of each demand, and the least share of each district that must be covered."""
    if districts is None:
        return np.zeros(demands, dtype=np.int64), np.zeros(1)
    given, least = np.asarray(districts), np.asarray(floor, dtype=np.float64)
    if given.shape != (demands,) or not np.issubdtype(given.dtype, np.integer) or given.min(initial=0) < 0:
        raise InvalidInputError("districts_do_not_match", demands=demands)
    if least.ndim == 0:
        least = np.full(int(given.max(initial=0)) + 1, least)
    if least.ndim != 1 or given.max(initial=0) >= len(least) or not ((least >= 0) & (least <= 1)).all():
        raise InvalidInputError("floors_not_shares")
    return given.astype(np.int64), least


def _floors_left(
    weights: Floats, quarter: Integers, least: Floats, seen: NDArray[np.bool_], within: NDArray[np.bool_]
) -> Floats:
    """Return what a choice must add in each district, after what stands; nothing where no floor is left."""
    whole, held, best = (
        np.bincount(quarter[some], weights=weights[some], minlength=len(least))
        for some in (np.ones(len(weights), dtype=bool), seen, seen | within)
    )
    short = np.flatnonzero(best < least * whole * (1 - 1e-9))
    if len(short):
        worst = int(short[np.argmin(best[short] / whole[short])])
        raise CannotHoldError(
            "floor_out_of_reach",
            district=worst,
            asked=round(100 * float(least[worst]), 1),
            most=round(100 * float(best[worst] / whole[worst]), 1),
        )
    left = (least * whole - held).clip(min=0.0)
    return left if left.any() else left[:0]


def _spendable(costs: Floats, budget: float) -> float:
    """Return the budget rounded down to a multiple of the unit that all costs are multiples of."""
    if not len(costs):
        return 0.0
    if costs.min() == costs.max():
        return float(costs[0] * np.floor(budget / costs[0] * (1 + 1e-12)))
    if (costs == np.floor(costs)).all() and costs.max() < 2**53:
        unit = int(np.gcd.reduce(costs.astype(np.int64)))
        return float(unit * np.floor(budget / unit * (1 + 1e-12)))
    return budget
