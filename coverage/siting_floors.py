"""A first choice that leaves no district out: floors held by prices, by the solver where prices fail."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import highspy
import numpy as np
from scipy import sparse

from .errors import CannotHoldError
from .siting_problem import CoverProblem, Integers
from .siting_program import StopRules, one_of_each, pose, run_solver, start_solver
from .siting_search import search_sites

PRICE_ROUNDS: Final = 12


def search_within_floors(problem: CoverProblem, rules: StopRules) -> Integers:
    """Choose sites as `siting_search.search_sites` does, so that every district's floor is held.

    Parameters
    ----------
    problem : CoverProblem
        With or without floors.
    rules : StopRules
        For the solver, which is asked only where raising the worth of the poorest districts does not help.

    Raises
    ------
    CannotHoldError
        When no choice within the budget holds all floors, or the solver found none before it was stopped.
    """
    chosen = search_sites(problem)
    prices, step = np.zeros(len(problem.floors)), 1.0
    for _ in range(PRICE_ROUNDS):
        if problem.allows(chosen):
            return chosen
        prices[problem.held(chosen) < problem.floors * (1 - 1e-9)] += step
        step *= 1.5
        worth = problem.worth.copy()
        worth[:, 0] += prices[problem.districts] * problem.counts
        chosen = search_sites(replace(problem, worth=worth))
    return chosen if problem.allows(chosen) else _hold_floors(problem, chosen, rules)


def _hold_floors(problem: CoverProblem, start: Integers, rules: StopRules) -> Integers:
    """Choose the sites with the least missing to the floors, by branch and cut."""
    asked = np.flatnonzero(problem.floors > 0)
    mine = np.flatnonzero((problem.counts > 0) & (problem.floors[problem.districts] > 0))
    sites, demands = problem.cover.shape[0], len(mine)
    to_floor = (problem.counts[mine], (np.searchsorted(asked, problem.districts[mine]), np.arange(demands)))
    held = sparse.csr_array(to_floor, shape=(len(asked), demands))
    of_sites = sparse.vstack([sparse.csr_array(problem.costs[None, :]), one_of_each(problem.groups)])
    rows = [
        [-problem.cover[:, mine].T, sparse.eye_array(demands), None],
        [None, -held, -sparse.diags_array(problem.floors[asked])],
        [of_sites, None, None],
    ]
    upper = [np.zeros(demands), -problem.floors[asked], [problem.budget * (1 + 1e-12)]]
    upper.append(np.ones(of_sites.shape[0] - 1))
    objective = np.concatenate([np.zeros(sites + demands), np.ones(len(asked))])
    model = pose(objective, sparse.csr_array(sparse.block_array(rows)), upper=np.concatenate(upper))
    whole, share = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    model.integrality_ = [whole] * sites + [share] * (demands + len(asked))
    solver = start_solver(rules)
    solver.setOptionValue("mip_max_nodes", rules.most_nodes)
    solver.setOptionValue("mip_feasibility_tolerance", 1e-9)
    stopped = run_solver(solver, model)
    chosen = start
    if stopped != "failed" and solver.getSolution().value_valid:
        chosen = np.flatnonzero(np.array(solver.getSolution().col_value)[:sites] > 0.5)
    if problem.allows(chosen):
        return chosen
    short = 1 - problem.held(chosen)[asked] / problem.floors[asked]
    code = "floors_not_found" if stopped else "floors_cannot_be_held"
    raise CannotHoldError(code, district=int(asked[short.argmax()]), budget=problem.budget)
