"""The fewest sites that cover every place of a list, with a bound on how few it could be."""

from __future__ import annotations

from collections.abc import Sequence

import highspy
import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from .errors import CannotHoldError
from .results import SitePlan
from .siting_problem import CoverProblem, Floats, Integers, entries_of, state_problem
from .siting_program import StopRules, one_of_each, pose, run_solver, start_solver
from .siting_search import order_by_gain


def fewest_sites(
    cover: sparse.sparray | sparse.spmatrix | ArrayLike,
    *,
    costs: ArrayLike | None = None,
    fixed: Sequence[int] = (),
    groups: ArrayLike | None = None,
    rules: StopRules | None = None,
) -> SitePlan:
    """Choose the fewest, or cheapest, sites that together cover every demand.

    Parameters
    ----------
    cover : sparse or dense matrix (sites, demands)
        Not zero where the site covers the demand. `uncovered` names the demands that no site covers: they
        must be taken out first.
    costs : array_like (sites,), optional
        Above 0; 1 for each site by default, so that the fewest are chosen.
    fixed : sequence of int
        Sites that already stand: they cover, cost nothing and are not chosen.
    groups : array_like of int (sites,), optional
        At most one site of a group is chosen.
    rules : StopRules, optional
        When the solver stops before it has a proof; `gap` is a share of the cost, `most_sites` does not
        count here.

    Returns
    -------
    SitePlan
        `covered` and `upper_bound` are the number of demands, `cost_bound` is what any choice costs at
        least, and `gap` the share of the cost above it.

    Raises
    ------
    InvalidInputError
        As `siting.maximal_cover`.
    CannotHoldError
        Where some demand is covered by no site, or the groups leave no choice that covers all.

    Notes
    -----
    Toregas et al. 1971, "The location of emergency service facilities". Demands covered by all the sites of
    another are dropped, then greedy choice without what became needless, then HiGHS.
    """
    rules = rules or StopRules()
    lost = uncovered(cover, fixed)
    demands = np.shape(cover)[1]
    if len(lost):
        raise CannotHoldError("places_out_of_reach", places=len(lost), demands=demands)
    price = np.ones(np.shape(cover)[0]) if costs is None else np.asarray(costs, dtype=np.float64)
    problem = state_problem(
        cover,
        np.ones(demands),
        budget=float(price.sum()),
        costs=costs,
        fixed=fixed,
        groups=groups,
        levels=(1.0,),
    )
    chosen, bound, stopped = _cheapest(problem, rules)
    order, gains = order_by_gain(problem, chosen)
    cost = float(problem.costs[order].sum())
    gap = max(cost - bound, 0.0) / cost if cost else 0.0
    return SitePlan(
        chosen=problem.names[order],
        covered=float(demands),
        upper_bound=float(demands),
        gap=gap,
        proved=gap <= 1e-9,
        cost=cost,
        gains=gains,
        stopped="" if gap <= 1e-9 else stopped or "gap",
        cost_bound=min(bound, cost),
    )


def uncovered(cover: sparse.sparray | sparse.spmatrix | ArrayLike, fixed: Sequence[int] = ()) -> Integers:
    """Return the demands (columns) that no site covers; those of fixed sites are covered."""
    matrix = sparse.csr_array(cover)
    return np.flatnonzero(np.bincount(matrix.indices[matrix.data != 0], minlength=matrix.shape[1]) == 0)


def _cheapest(problem: CoverProblem, rules: StopRules) -> tuple[Integers, float, str]:
    """Return a choice, what any costs at least, and what stopped the solver."""
    sites = len(problem.costs)
    if not sites:
        return np.empty(0, dtype=np.int64), 0.0, ""
    start = _drop_needless(problem, _cover_all(problem))
    hard = problem.cover[:, _hardest(problem)]
    shared = one_of_each(problem.groups)
    rows = sparse.csr_array(sparse.vstack([hard.T, shared]))
    lower = np.repeat([1.0, -highspy.kHighsInf], [hard.shape[1], shared.shape[0]])
    upper = np.repeat([highspy.kHighsInf, 1.0], [hard.shape[1], shared.shape[0]])
    model = pose(problem.costs, rows, lower=lower, upper=upper)
    model.integrality_ = [highspy.HighsVarType.kInteger] * sites
    solver = start_solver(rules)
    solver.setOptionValue("mip_rel_gap", rules.gap)
    solver.setOptionValue("mip_max_nodes", rules.most_nodes)
    stopped = run_solver(solver, model)
    if stopped == "failed" and solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
        raise CannotHoldError("groups_leave_places_out")
    least, choices = _cheapest_share(problem), [start]
    if stopped != "failed":
        least = max(least, float(solver.getInfo().mip_dual_bound))
        if solver.getSolution().value_valid:
            choices.append(np.flatnonzero(np.array(solver.getSolution().col_value) > 0.5))
    choices = [choice for choice in choices if _covers(problem, choice)]
    if not choices:
        raise CannotHoldError("cover_not_found")
    if (problem.costs == np.floor(problem.costs)).all():
        least = float(np.ceil(least - 1e-6))
    return min(choices, key=lambda choice: problem.costs[choice].sum()), least, stopped


def _covers(problem: CoverProblem, chosen: Integers) -> bool:
    return problem.allows(chosen) and bool((problem.times(chosen) > 0).all())


def _cover_all(problem: CoverProblem) -> Integers:
    """Choose the site that covers the most demands for its cost until all are covered, or groups stop it."""
    left = np.ones(problem.cover.shape[1])
    taken, chosen = np.zeros(len(problem.costs), dtype=bool), []
    while left.any():
        score = np.where(taken, 0.0, (problem.cover @ left) / problem.costs)
        site = int(score.argmax())
        if score[site] <= 0:
            break
        chosen.append(site)
        taken |= problem.groups == problem.groups[site]
        left[entries_of(problem.cover, np.array([site]))[0]] = 0.0
    return np.array(chosen, dtype=np.int64)


def _drop_needless(problem: CoverProblem, chosen: Integers) -> Integers:
    """Leave out, dearest first, the sites whose demands the others cover."""
    times, kept = problem.times(chosen), chosen.tolist()
    for site in sorted(kept, key=lambda row: (-problem.costs[row], row)):
        mine = entries_of(problem.cover, np.array([site]))[0]
        if (times[mine] > 1).all():
            times[mine] -= 1
            kept.remove(site)
    return np.array(kept, dtype=np.int64)


def _hardest(problem: CoverProblem) -> Integers:
    """Return the demands that are not covered whenever another one is."""
    cover = problem.by_demand
    size = np.diff(cover.indptr)
    common = sparse.csr_array(cover.T @ cover)
    other = np.repeat(np.arange(len(size)), np.diff(common.indptr))
    # equal sets are joined already, so that one which holds another is the larger of the two
    easier = common.indices[(common.data >= size[other]) & (common.indices != other)]
    hard = np.ones(len(size), dtype=bool)
    hard[easier] = False
    return np.flatnonzero(hard)


def _cheapest_share(problem: CoverProblem) -> float:
    """Bound the cost: each demand pays the least share that one of its sites asks of what it covers."""
    share = problem.costs / np.maximum(np.diff(problem.cover.indptr), 1)
    asked: Floats = share[problem.by_demand.indices]
    return float(np.minimum.reduceat(asked, problem.by_demand.indptr[:-1]).sum())
