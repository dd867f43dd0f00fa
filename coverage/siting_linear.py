"""The linear program of a cover problem, solved over the sites that matter, as a bound on every choice."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from .siting_prices import Bound, bound_by_prices, search_prices
from .siting_problem import CoverProblem, Integers
from .siting_program import StopRules, relax

CORE_SITES: Final = 200
"""Sites beside the chosen ones that the solver is given first; more follow where needed."""
PRICE_STEPS: Final = 60
LAST_PRICE_STEPS: Final = 400
MOST_ROUNDS: Final = 30
SETTLED: Final = 1e-6
"""The linear program counts as solved when its value is this near to its bound."""


class LinearBound:
    """The tightest bound met on the way to the linear program's optimum.

    Attributes
    ----------
    value : float
        No choice adds more.
    with_site : ndarray (sites,)
        No choice that holds the site adds more.
    chosen : ndarray of int
        Sites that earn the most at the best prices, the most first.
    shares : ndarray (sites,)
        How much of each site the last program took.
    seconds : float
        Spent in the solver.
    settled : bool
        True when further rounds would not lower the bound.
    stopped : str
        What stopped the solver, if anything: `time`, `nodes`, `failed`. The bound then comes from a longer
        search for prices.

    Notes
    -----
    Column generation: the program of a few sites is solved, its duals bound the whole problem, and the sites
    that pay at those prices join. Duals of a crowded program jump from corner to corner; halfway to the best
    known ones they settle (Wentges 1997).
    """

    def __init__(self, problem: CoverProblem, found: Integers, rules: StopRules) -> None:
        self.problem, self.rules, self.known = problem, rules, problem.value(found)
        self.prices, bound = search_prices(problem, self.known, steps=PRICE_STEPS)
        self.floor_prices = np.zeros(len(problem.floors))
        self.value, self.with_site, self.chosen = bound.value, bound.with_site, bound.chosen
        self.shares, self.active = np.zeros(len(problem.costs)), np.zeros(len(problem.costs), dtype=bool)
        self.seconds, self.settled, self.stopped = 0.0, False, ""
        self.batch = CORE_SITES + 2 * len(found)
        self.active[found] = True
        self._let_in(self.batch)

    def tighten(self, known: float, *, share: float, seconds: float = 0.0) -> None:
        """Lower the bound round by round.

        Parameters
        ----------
        known : float
            What a known choice adds.
        share : float
            Stop when the program's own slack is at most this share of what lies open above `known`.
        seconds : float
            Spent elsewhere of the time the rules allow.
        """
        self.known = known
        for _ in range(MOST_ROUNDS):
            open_weight = self.value - known
            if self.settled or self.stopped or open_weight <= self._enough():
                return
            slack = self._round(seconds)
            if slack <= share * (self.value - known):
                return
        self.settled = True

    def _enough(self) -> float:
        return max(self.rules.gap * (self.problem.standing + self.value), 1e-9 * self.value)

    def _round(self, seconds: float) -> float:
        """Solve the program of the active sites, let in those that pay, and return what slack is left."""
        sites = np.flatnonzero(self.active)
        left = self.rules.time_limit_s - self.seconds - seconds
        answer = relax(self.problem, sites, replace(self.rules, time_limit_s=left))
        self.seconds, self.stopped = self.seconds + answer.seconds, answer.stopped
        if answer.stopped:
            prices, bound = search_prices(self.problem, self.known, steps=LAST_PRICE_STEPS, start=self.prices)
            self._note(bound, prices, self.floor_prices)
            return 0.0
        self.shares[:] = 0.0
        self.shares[sites] = answer.shares
        halfway = 0.5 * (answer.prices + self.prices), 0.5 * (answer.floor_prices + self.floor_prices)
        paying = np.zeros(len(self.active), dtype=bool)
        for prices, floor_prices in ((answer.prices, answer.floor_prices), halfway):
            bound = bound_by_prices(self.problem, prices, floor_prices)
            paying[bound.chosen] = True
            self._note(bound, prices, floor_prices)
        slack = self.value - answer.value
        self.settled = bool(slack <= SETTLED * self.value or self.active[paying].all())
        self.active |= paying
        self._let_in(self.batch // 2)
        return slack

    def _note(self, bound: Bound, prices: np.ndarray, floor_prices: np.ndarray) -> None:
        """Keep what is tighter."""
        if bound.value < self.value:
            self.value, self.chosen = bound.value, bound.chosen
            self.prices, self.floor_prices = prices, floor_prices
        self.with_site = np.minimum(np.minimum(self.with_site, bound.with_site), self.value)

    def _let_in(self, count: int) -> None:
        """Let the inactive sites nearest to paying for themselves take part."""
        rows = np.flatnonzero(~self.active)
        self.active[rows[np.argsort(-self.with_site[rows], kind="stable")[:count]]] = True
