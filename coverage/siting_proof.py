"""A better choice and a proof: a linear program over the sites that matter, branch and cut over its core."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, overload

import numpy as np

from .siting_linear import CORE_SITES, LinearBound
from .siting_problem import CoverProblem, Floats, Integers
from .siting_program import StopRules, solve
from .siting_search import search_sites

CORE_GROWTH: Final = 4
FIRST_SHARE: Final = 0.1
"""Of what lies open between choice and bound, so much may at first be the linear program's own slack."""


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
    A site whose bound (`siting_linear`) does not exceed what is found can be left out of every better
    choice. Of those that remain the ones nearest to paying go to HiGHS; the proof is the greater of its
    bound and of the best bound of a site left out.
    """
    most = problem.value(found)
    whole_weights = bool((problem.worth == np.floor(problem.worth)).all())
    linear = LinearBound(problem, found, rules)
    linear.tighten(most, share=FIRST_SHARE)
    if linear.value - most > max(rules.gap * (problem.standing + linear.value), 1e-9 * linear.value):
        found = problem.better(found, search_sites(problem, linear.chosen))
        most = problem.value(found)
    limit, seconds = _round_down(linear.value, whole_weights), 0.0
    size = CORE_SITES + int(np.count_nonzero(linear.shares))
    while not linear.stopped:
        open_weight = rules.gap * (problem.standing + limit)
        if limit - most <= max(open_weight, 1e-9 * limit):
            return Proof(found, limit, "gap")
        with_site = _round_down(linear.with_site, whole_weights)
        core = _core(with_site > most * (1 + 1e-9), with_site, linear.shares, min(size, rules.most_sites))
        core[found] = True
        answer = solve(
            problem,
            np.flatnonzero(core),
            found,
            replace(rules, time_limit_s=rules.time_limit_s - linear.seconds - seconds),
            # of whole weights anything below one is nothing
            open_weight=max(open_weight, 1 - 1e-6) if whole_weights else open_weight,
        )
        seconds += answer.seconds
        if (value := problem.value(answer.chosen)) > most:
            found, most = answer.chosen, value
        of_core = _round_down(answer.bound, whole_weights)
        outside = with_site[(with_site > most * (1 + 1e-9)) & ~core].max(initial=0.0)
        limit = min(limit, max(of_core, outside, most))
        if answer.stopped or of_core >= outside:
            return Proof(found, limit, answer.stopped or "gap")
        if not linear.settled:
            linear.tighten(most, share=0.0, seconds=seconds)
            limit = min(limit, _round_down(linear.value, whole_weights))
        elif size >= rules.most_sites:
            return Proof(found, limit, "sites")
        else:
            size *= CORE_GROWTH
    return Proof(found, limit, linear.stopped)


@overload
def _round_down(bound: float, whole_weights: bool) -> float: ...
@overload
def _round_down(bound: Floats, whole_weights: bool) -> Floats: ...
def _round_down(bound: float | Floats, whole_weights: bool) -> float | Floats:
    """Return a bound rounded down where every weight is a whole number."""
    return np.floor(bound + 1e-6) if whole_weights else bound


def _core(useful: np.ndarray, with_site: Floats, shares: Floats, size: int) -> np.ndarray:
    """Mark the useful sites that the linear program takes, and those nearest to being taken."""
    order = np.lexsort((-with_site, shares <= 1e-9, ~useful))
    core = np.zeros(len(useful), dtype=bool)
    core[order[:size]] = True
    return core & useful
