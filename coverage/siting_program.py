"""The cover problem of a few sites as a linear or mixed-integer program, solved by HiGHS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import highspy
import numpy as np
from scipy import sparse

from .errors import InvalidInputError
from .siting_problem import CoverProblem, Floats, Integers, join_demands

MOST_PIVOTS: Final = 200_000
_REASONS: Final = {
    highspy.HighsModelStatus.kOptimal: "",
    highspy.HighsModelStatus.kTimeLimit: "time",
    highspy.HighsModelStatus.kSolutionLimit: "nodes",
    highspy.HighsModelStatus.kIterationLimit: "nodes",
}


@dataclass(frozen=True)
class StopRules:
    """When the solver stops before it has a proof.

    Attributes
    ----------
    gap : float
        Share of the upper bound that may be left open: a plan this near to it is not improved.
    most_nodes : int
        Nodes of one search tree.
    most_sites : int
        Sites among which the solver is let choose at once; the others must be ruled out by their bounds.
    time_limit_s : float
        Seconds in the solver. Where it cuts in the plan says so, and another machine may give another
        plan; the other rules give the same plan everywhere.
    seed : int
        Of the solver's random choices, from 0.
    """

    gap: float = 0.0
    most_nodes: int = 5_000
    most_sites: int = 1_000
    time_limit_s: float = float("inf")
    seed: int = 0


@dataclass(frozen=True)
class Relaxation:
    """The linear program of some sites: its value, the share taken of each, the prices of demands and floors.

    Where `stopped` is not empty the rest means nothing.
    """

    value: float
    shares: Floats
    prices: Floats
    floor_prices: Floats
    seconds: float
    stopped: str


@dataclass(frozen=True)
class Solution:
    """The mixed-integer program of some sites: the choice, a bound on any, and what stopped the solver."""

    chosen: Integers
    bound: float
    seconds: float
    stopped: str


def relax(problem: CoverProblem, sites: Integers, rules: StopRules) -> Relaxation:
    """Solve the linear program of some sites."""
    columns = _lay_out(problem, sites)
    solver = start_solver(rules)
    solver.setOptionValue("simplex_iteration_limit", MOST_PIVOTS)
    stopped = run_solver(solver, _model(problem, columns))
    answer = solver.getSolution()
    joined, floors = columns.cover.shape[1], len(problem.floors)
    duals = np.zeros(joined + floors)
    if not stopped:
        duals = -np.array(answer.row_dual)[: joined + floors].clip(max=0.0)
    return Relaxation(
        value=-float(solver.getInfo().objective_function_value),
        shares=np.array(answer.col_value)[: len(sites)],
        prices=_spread(problem, columns, duals[:joined]),
        floor_prices=duals[joined:],
        seconds=float(solver.getRunTime()),
        stopped=stopped,
    )


def solve(
    problem: CoverProblem, sites: Integers, found: Integers, rules: StopRules, *, open_weight: float
) -> Solution:
    """Choose among some sites by branch and cut.

    Parameters
    ----------
    problem : CoverProblem
    sites : ndarray of int
        The only ones that may be chosen.
    found : ndarray of int
        A choice among them, returned where the solver has none.
    rules : StopRules
    open_weight : float
        The solver may stop when its bound is this near.
    """
    columns = _lay_out(problem, sites)
    model = _model(problem, columns)
    # where no further cover is worth more than the one before, levels fill up in order by themselves
    whole, level = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    model.integrality_ = [whole] * len(sites) + [level if problem.falling else whole] * len(columns.demand)
    solver = start_solver(rules)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", max(open_weight, 1e-9))
    solver.setOptionValue("mip_max_nodes", rules.most_nodes)
    solver.setOptionValue("mip_feasibility_tolerance", 1e-9)
    stopped = run_solver(solver, model)
    bound, seconds = -float(solver.getInfo().mip_dual_bound), float(solver.getRunTime())
    # a bound below what is known to be possible is none
    if stopped == "failed" or bound < problem.value(found) * (1 - 1e-9) - 1e-9:
        return Solution(found, float("inf"), seconds, "failed")
    if solver.getSolution().value_valid:
        chosen = sites[np.array(solver.getSolution().col_value)[: len(sites)] > 0.5]
        # it may be paid for within the solver's tolerance only
        if problem.allows(chosen):
            return Solution(chosen, bound, seconds, stopped)
    return Solution(found, bound, seconds, stopped)


def start_solver(rules: StopRules) -> highspy.Highs:
    """Return a silent solver on one thread."""
    solver = _QuietSolver()
    # the scheduler is one for the whole process: another number in a second model would leave that unsolved
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", rules.seed)
    if np.isfinite(rules.time_limit_s):
        solver.setOptionValue("time_limit", max(rules.time_limit_s, 0.0))
    return solver


def run_solver(solver: highspy.Highs, model: highspy.HighsLp) -> str:
    """Solve a model and return what stopped the solver, if anything.

    Notes
    -----
    No choice to begin from is handed over: with one, HiGHS 1.16.0 called a choice of 14 sites optimal where
    12 suffice. An objective that its own columns do not add up to counts as a failure.
    """
    if solver.passModel(model) == highspy.HighsStatus.kError:
        raise InvalidInputError("solver_failed", status="model")
    solver.run()
    stopped, answer = _REASONS.get(solver.getModelStatus(), "failed"), solver.getSolution()
    if stopped != "failed" and answer.value_valid:
        told = solver.getInfo().objective_function_value
        if abs(float(np.dot(model.col_cost_, answer.col_value)) - told) > 1e-6 * max(1.0, abs(told)):
            return "failed"
    return stopped


def pose(
    objective: Floats, matrix: sparse.csr_array, *, lower: Floats | None = None, upper: Floats | None = None
) -> highspy.HighsLp:
    """Return the model that minimises over columns from 0 to 1, with rows bounded below or above."""
    rows, columns = matrix.shape
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = columns, rows
    model.col_cost_ = objective
    model.col_lower_, model.col_upper_ = np.zeros(columns), np.ones(columns)
    model.row_lower_ = np.full(rows, -highspy.kHighsInf) if lower is None else lower
    model.row_upper_ = np.full(rows, highspy.kHighsInf) if upper is None else upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = matrix.indptr
    model.a_matrix_.index_ = matrix.indices
    model.a_matrix_.value_ = matrix.data
    return model


def one_of_each(groups: Integers) -> sparse.csr_array:
    """Return a row for each group with more than one site: 1 where the site is in it."""
    names, group, count = np.unique(groups, return_inverse=True, return_counts=True)
    shared = np.flatnonzero(count > 1)
    row = np.full(len(names), -1)
    row[shared] = np.arange(len(shared))
    mine = np.flatnonzero(row[group] >= 0)
    return sparse.csr_array((np.ones(len(mine)), (row[group[mine]], mine)), shape=(len(shared), len(groups)))


class _QuietSolver(highspy.Highs):
    def enableCallbacks(self) -> None:  # noqa: N802
        # called by the constructor; highspy 1.16 greets on the console here, before it can be told not to
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


@dataclass(frozen=True)
class _Columns:
    """The columns of the program: sites, then levels of the demands, joined as far as these sites go."""

    sites: Integers
    cover: sparse.csr_array
    member: Integers
    first: Integers
    worth: Floats
    demand: Integers
    level: Integers


def _lay_out(problem: CoverProblem, sites: Integers) -> _Columns:
    cover, first, member = join_demands(problem.cover[sites], problem.labels)
    worth = np.zeros((len(first), problem.worth.shape[1]))
    np.add.at(worth, member[member >= 0], problem.worth[member >= 0])
    # levels worth nothing are left out unless later ones wait for them
    demand, level = np.nonzero(worth > 0 if problem.falling else np.ones(worth.shape, dtype=bool))
    return _Columns(sites, cover, member, first, worth, demand.astype(np.int64), level.astype(np.int64))


def _model(problem: CoverProblem, columns: _Columns) -> highspy.HighsLp:
    """Return the program with shares of sites allowed: rows of cover, floors, budget, groups, levels."""
    sites, (joined, counted) = len(columns.sites), (columns.cover.shape[1], len(columns.demand))
    place = np.arange(counted)
    reached = sparse.csr_array((np.ones(counted), (columns.demand, place)), shape=(joined, counted))
    rows = [sparse.hstack([-columns.cover.T, reached])]
    upper = [np.zeros(joined)]
    if len(problem.floors):
        inside = columns.member >= 0
        counts = np.bincount(columns.member[inside], weights=problem.counts[inside], minlength=joined)
        once = np.flatnonzero(columns.level == 0)
        entries = (
            -counts[columns.demand[once]],
            (problem.districts[columns.first[columns.demand[once]]], once),
        )
        of_floors = sparse.csr_array(entries, shape=(len(problem.floors), counted))
        rows.append(sparse.hstack([sparse.csr_array((len(problem.floors), sites)), of_floors]))
        upper.append(-problem.floors)
    of_sites = sparse.vstack(
        [sparse.csr_array(problem.costs[columns.sites][None, :]), one_of_each(problem.groups[columns.sites])]
    )
    rows.append(sparse.hstack([of_sites, sparse.csr_array((of_sites.shape[0], counted))]))
    upper.append(np.concatenate([[problem.budget * (1 + 1e-12)], np.ones(of_sites.shape[0] - 1)]))
    if not problem.falling:
        later = np.flatnonzero(columns.level > 0)
        signs = np.concatenate([np.ones(len(later)), -np.ones(len(later))])
        where = np.tile(np.arange(len(later)), 2), sites + np.concatenate([later, later - 1])
        rows.append(sparse.csr_array((signs, where), shape=(len(later), sites + counted)))
        upper.append(np.zeros(len(later)))
    objective = np.concatenate([np.zeros(sites), -columns.worth[columns.demand, columns.level]])
    return pose(objective, sparse.csr_array(sparse.vstack(rows)), upper=np.concatenate(upper))


def _spread(problem: CoverProblem, columns: _Columns, prices: Floats) -> Floats:
    """Give each demand its share of the price of what it was joined to; one out of reach, its worth."""
    top, inside = problem.worth.max(axis=1, initial=0.0), columns.member >= 0
    joined = columns.member[inside]
    whole = np.bincount(joined, weights=top[inside], minlength=len(prices))
    spread = top.copy()
    spread[inside] *= (prices / whole)[joined]
    return spread
