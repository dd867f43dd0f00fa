"""A better choice and a proof: a linear program over the sites that matter, branch and cut over its core."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from .siting_prices import Bound, bound_by_prices, search_prices
from .siting_problem import CoverProblem, Floats, Integers
from .siting_program import StopRules, relax, solve
from .siting_search import search_sites

CORE_SITES: Final = 200
"""Sites beside those of the linear program that go to the solver first; more follow where needed."""
CORE_GROWTH: Final = 4
PRICE_STEPS: Final = 60
LAST_PRICE_STEPS: Final = 400
LINEAR_ROUNDS: Final = 20
LINEAR_GAP: Final = 1e-6
"""The linear program counts as solved when its value is this near to its bound."""


@dataclass(frozen=True)
class Proof:
    """A choice, a bound on what any choice adds, and what stopped the search for something closer.

    `stopped` is one of the words of `results.SitePlan`; it means nothing where choice and bound agree.
    """

    chosen: Integers
    bound: float
    stopped: str


def prove(problem: CoverProblem, found: Integers, rules: StopRules) -> Proof:
    """Improve a choice and bound what any choice adds.

    Parameters
    ----------
    problem : CoverProblem
    found : ndarray of int
        The choice to begin from.
    rules : StopRules

    Notes
    -----
    The linear program is solved by adding sites whose prices pay (column generation, smoothed as Wentges
    1997 does); each round's duals bound the whole problem, whatever the solver's tolerance. A site whose bound does not exceed
    what is found can be left out of every better choice. Of those that remain the ones nearest to
    paying go to HiGHS; the proof is the greater of its bound and of the best bound of a site left out.
    """
    most = problem.value(found)
    whole_weights = bool((problem.worth == np.floor(problem.worth)).all())
    linear = _solve_linear(problem, found, rules)
    limit, with_site = linear.bound.value, linear.bound.with_site
    if whole_weights:
        limit, with_site = float(np.floor(limit + 1e-6)), np.floor(with_site + 1e-6)
    if limit - most > max(rules.gap * (problem.standing + limit), 1e-9 * limit):
        found = problem.better(found, search_sites(problem, linear.bound.chosen))
        most = problem.value(found)
    if linear.stopped:
        return Proof(found, limit, linear.stopped)
    seconds, size = linear.seconds, CORE_SITES + int(np.count_nonzero(linear.shares))
    while True:
        open_weight = rules.gap * (problem.standing + limit)
        if limit - most <= max(open_weight, 1e-9 * limit):
            return Proof(found, limit, "gap")
        useful = with_site > most * (1 + 1e-9)
        core = _core(useful, with_site, linear.shares, min(size, rules.most_sites))
        outside = with_site[useful & ~core].max(initial=0.0)
        core[found] = True
        answer = solve(
            problem,
            np.flatnonzero(core),
            found,
            replace(rules, time_limit_s=rules.time_limit_s - seconds),
            # of whole weights anything below one is nothing
            open_weight=max(open_weight, 1 - 1e-6) if whole_weights else open_weight,
        )
        seconds += answer.seconds
        if (value := problem.value(answer.chosen)) > most:
            found, most = answer.chosen, value
        of_core = np.floor(answer.bound + 1e-6) if whole_weights else answer.bound
        outside = with_site[(with_site > most * (1 + 1e-9)) & ~core].max(initial=0.0)
        limit = min(limit, max(of_core, outside, most))
        if answer.stopped:
            return Proof(found, limit, answer.stopped)
        if of_core >= outside:
            return Proof(found, limit, "gap")
        if size >= rules.most_sites:
            return Proof(found, limit, "sites")
        size *= CORE_GROWTH


@dataclass(frozen=True)
class _Linear:
    bound: Bound
    shares: Floats
    seconds: float
    stopped: str


def _solve_linear(problem: CoverProblem, found: Integers, rules: StopRules) -> _Linear:
    """Return the tightest bounds met on the way to the linear program's optimum, and its shares."""
    most = problem.value(found)
    prices, best = search_prices(problem, most, steps=PRICE_STEPS)
    floor_prices = np.zeros(len(problem.floors))
    with_site, seconds, stopped = best.with_site, 0.0, ""
    shares, active = np.zeros(len(problem.costs)), np.zeros(len(problem.costs), dtype=bool)
    batch = CORE_SITES + 2 * len(found)
    active[found] = True
    active[_foremost(best, ~active, batch)] = True
    for _ in range(LINEAR_ROUNDS):
        if best.value - most <= max(rules.gap * (problem.standing + best.value), 1e-9 * best.value):
            break
        sites = np.flatnonzero(active)
        answer = relax(problem, sites, replace(rules, time_limit_s=rules.time_limit_s - seconds))
        seconds, stopped = seconds + answer.seconds, answer.stopped
        if stopped:
            _, last = search_prices(problem, most, steps=LAST_PRICE_STEPS, start=prices)
            with_site, best = (
                np.minimum(with_site, last.with_site),
                min(best, last, key=lambda met: met.value),
            )
            break
        shares[:] = 0.0
        shares[sites] = answer.shares
        # duals of a crowded program jump from corner to corner; halfway to the best known ones they settle
        halfway = 0.5 * (answer.prices + prices), 0.5 * (answer.floor_prices + floor_prices)
        paying = np.zeros(len(active), dtype=bool)
        for tried in ((answer.prices, answer.floor_prices), halfway):
            bound = bound_by_prices(problem, *tried)
            with_site = np.minimum(with_site, bound.with_site)
            paying[bound.chosen] = True
            if bound.value < best.value:
                best, (prices, floor_prices) = bound, tried
        if best.value - answer.value <= LINEAR_GAP * best.value or active[paying].all():
            break
        active |= paying
        active[_foremost(best, ~active, batch // 2)] = True
    bound = Bound(best.value, np.minimum(with_site, best.value), best.chosen)
    return _Linear(bound, shares, seconds, stopped)


def _foremost(bound: Bound, among: np.ndarray, count: int) -> Integers:
    """Return the sites nearest to paying for themselves."""
    rows = np.flatnonzero(among)
    return rows[np.argsort(-bound.with_site[rows], kind="stable")[:count]]


def _core(useful: np.ndarray, with_site: Floats, shares: Floats, size: int) -> np.ndarray:
    """Mark the useful sites that the linear program takes, and those nearest to being taken."""
    order = np.lexsort((-with_site, shares <= 1e-9, ~useful))
    core = np.zeros(len(useful), dtype=bool)
    core[order[:size]] = True
    return core & useful
