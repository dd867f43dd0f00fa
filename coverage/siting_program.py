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
    """The linear program of some sites: its value, how much of each is taken, and the prices of the demands.

    Where `stopped` is not empty the rest means nothing.
    """

    value: float
    shares: Floats
    prices: Floats
    seconds: float
    stopped: str


@dataclass(frozen=True)
class Solution:
    """The mixed-integer program of some sites: the choice, a bound on any, and what stopped the solver."""

    chosen: Integers
    bound: float
    stopped: str
    seconds: float


def relax(problem: CoverProblem, sites: Integers, rules: StopRules) -> Relaxation:
    """Solve the linear program of some sites."""
    program = _Program(problem, sites)
    solver = _solver(rules)
    solver.setOptionValue("simplex_iteration_limit", MOST_PIVOTS)
    stopped = _REASONS.get(_run(solver, program.linear()), "failed")
    answer, duals = solver.getSolution(), np.zeros(program.demands)
    if not stopped:
        duals = -np.array(answer.row_dual)[: program.demands].clip(max=0.0)
    return Relaxation(
        value=-float(solver.getInfo().objective_function_value),
        shares=np.array(answer.col_value)[: len(sites)],
        prices=program.spread_prices(duals),
        seconds=float(solver.getRunTime()),
        stopped=stopped,
    )


def solve(
    problem: CoverProblem, sites: Integers, start: Integers, rules: StopRules, *, open_weight: float
) -> Solution:
    """Choose among some sites by branch and cut.

    Parameters
    ----------
    problem : CoverProblem
    sites : ndarray of int
        The only ones that may be chosen.
    start : ndarray of int
        A choice to begin from.
    rules : StopRules
    open_weight : float
        The solver may stop when its bound is this near.
    """
    program = _Program(problem, sites)
    solver = _solver(rules)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", max(open_weight, 1e-9))
    solver.setOptionValue("mip_max_nodes", rules.most_nodes)
    solver.setOptionValue("mip_feasibility_tolerance", 1e-9)
    status = _run(solver, program.whole(), program.as_columns(start))
    info, answer = solver.getInfo(), solver.getSolution()
    stopped = _REASONS.get(status, "failed")
    chosen, bound = start, float("inf")
    if stopped != "failed":
        bound = -float(info.mip_dual_bound)
        if answer.value_valid:
            chosen = sites[np.array(answer.col_value)[: len(sites)] > 0.5]
    if problem.costs[chosen].sum() > problem.budget * (1 + 1e-9):
        # paid for within the solver's tolerance only
        chosen = start
    return Solution(chosen, bound, stopped, float(solver.getRunTime()))


class _Program:
    """Columns: each site, then each level of each demand; rows: cover, budget, groups, levels."""

    def __init__(self, problem: CoverProblem, sites: Integers) -> None:
        self.problem, self.sites = problem, sites
        reduced = problem.cover[sites]
        pattern = (
            np.unique(problem.worth > 0, axis=0, return_inverse=True)[1]
            if problem.worth.shape[1] > 1
            else None
        )
        self.cover, first, self.member = join_demands(reduced, pattern)
        levels = problem.worth.shape[1]
        inside = self.member >= 0
        self.demands = len(first)
        self.worth = np.column_stack(
            [
                np.bincount(self.member[inside], weights=problem.worth[inside, level], minlength=len(first))
                for level in range(levels)
            ]
        )

    def linear(self) -> highspy.HighsLp:
        """Return the program with shares of sites allowed."""
        sites, levels = len(self.sites), self.worth.shape[1]
        demand, level = np.nonzero(self.worth > 0) if self.problem.falling else _all_levels(self.worth)
        self.counted = len(demand)
        reached = sparse.csr_array(
            (np.ones(len(demand)), (demand, np.arange(len(demand)))), shape=(self.demands, len(demand))
        )
        rows = [
            sparse.hstack([-self.cover.T, reached]),
            sparse.csr_array(
                np.concatenate([self.problem.costs[self.sites], np.zeros(len(demand))])[None, :]
            ),
        ]
        upper = [np.zeros(self.demands), [self.problem.budget * (1 + 1e-12)]]
        groups, count = np.unique(self.problem.groups[self.sites], return_counts=True)
        shared = groups[count > 1]
        if len(shared):
            mine = np.flatnonzero(np.isin(self.problem.groups[self.sites], shared))
            row = np.searchsorted(shared, self.problem.groups[self.sites][mine])
            rows.append(
                sparse.csr_array((np.ones(len(mine)), (row, mine)), shape=(len(shared), sites + len(demand)))
            )
            upper.append(np.ones(len(shared)))
        if levels > 1 and not self.problem.falling:
            later = np.flatnonzero(level > 0)
            data = np.concatenate([np.ones(len(later)), -np.ones(len(later))])
            place = (np.tile(np.arange(len(later)), 2), sites + np.concatenate([later, later - 1]))
            rows.append(sparse.csr_array((data, place), shape=(len(later), sites + len(demand))))
            upper.append(np.zeros(len(later)))
        return _model(
            np.concatenate([np.zeros(sites), -self.worth[demand, level]]),
            sparse.csr_array(sparse.vstack(rows)),
            np.concatenate(upper),
        )

    def whole(self) -> highspy.HighsLp:
        """Return the program with whole sites only."""
        model = self.linear()
        integer, free = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
        of_demand = free if self.problem.falling else integer
        model.integrality_ = [integer] * len(self.sites) + [of_demand] * self.counted
        return model

    def as_columns(self, chosen: Integers) -> Floats:
        """Return the values of the sites' columns for a choice."""
        return np.isin(self.sites, chosen).astype(np.float64)

    def spread_prices(self, prices: Floats) -> Floats:
        """Give each demand its share of the price of what it was joined to; those not reached their worth."""
        first = self.problem.worth[:, 0]
        top = self.problem.worth.max(axis=1, initial=0.0)
        inside = self.member >= 0
        whole = np.bincount(self.member[inside], weights=top[inside], minlength=self.demands)
        spread = first.copy()
        spread[inside] = prices[self.member[inside]] * top[inside] / whole[self.member[inside]]
        return spread


def _all_levels(worth: Floats) -> tuple[Integers, Integers]:
    demands, levels = worth.shape
    return np.repeat(np.arange(demands), levels), np.tile(np.arange(levels), demands)


def _model(costs: Floats, matrix: sparse.csr_array, upper: Floats) -> highspy.HighsLp:
    rows, columns = matrix.shape
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = columns, rows
    model.col_cost_ = costs
    model.col_lower_, model.col_upper_ = np.zeros(columns), np.ones(columns)
    model.row_lower_, model.row_upper_ = np.full(rows, -highspy.kHighsInf), upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = matrix.indptr
    model.a_matrix_.index_ = matrix.indices
    model.a_matrix_.value_ = matrix.data
    return model


class _QuietSolver(highspy.Highs):
    def enableCallbacks(self) -> None:  # noqa: N802
        # called by the constructor; highspy 1.16 greets on the console here, before it can be told not to
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


def _solver(rules: StopRules) -> highspy.Highs:
    solver = _QuietSolver()
    # the scheduler is one for the whole process: another number in a second model would leave that unsolved
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", rules.seed)
    if np.isfinite(rules.time_limit_s):
        solver.setOptionValue("time_limit", max(rules.time_limit_s, 0.0))
    return solver


def _run(
    solver: highspy.Highs, model: highspy.HighsLp, start: Floats | None = None
) -> highspy.HighsModelStatus:
    if solver.passModel(model) == highspy.HighsStatus.kError:
        raise InvalidInputError("solver_failed", status="model")
    if start is not None:
        solver.setSolution(len(start), np.arange(len(start), dtype=np.int32), start)
    solver.run()
    return solver.getModelStatus()
