"""An answer at once: sites chosen by what each adds, then exchanged one for one."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from .siting_problem import CoverProblem, Floats, Integers, entries_of

SWAP_ROUNDS: Final = 50
NOTHING: Final = np.empty(0, dtype=np.int64)


def search_sites(problem: CoverProblem, start: Integers = NOTHING) -> Integers:
    """Choose sites greedily, by gain and by gain per money, and improve both choices by exchanges.

    Parameters
    ----------
    problem : CoverProblem
    start : ndarray of int
        Sites to begin with, as far as budget and groups allow.

    Returns
    -------
    ndarray of int
        The better choice: rows of the problem.

    Notes
    -----
    Never below either greedy choice. The exchange is Teitz & Bart's (1968): each chosen site in turn gives
    way to the one that then adds the most, and what money is left is spent greedily.
    """
    starts = [start]
    if not problem.falling:
        # what a first cover prepares shows only when the levels are evened out
        starts.append(search_sites(replace(problem, worth=_even_out(problem.worth)), start))
    best, most = NOTHING, -1.0
    for begin in starts:
        for per_money in (False,) if problem.one_price else (False, True):
            search = _Search(problem, begin)
            search.fill(per_money=per_money)
            search.swap()
            found = np.array(search.chosen, dtype=np.int64)
            if (value := problem.value(found)) > most:
                best, most = found, value
    return best


def order_by_gain(problem: CoverProblem, chosen: Integers) -> tuple[Integers, Floats]:
    """Order chosen sites by what each adds to those before, and leave out the last that add nothing.

    Returns
    -------
    order : ndarray of int
    gains : ndarray
        What each adds.
    """
    cover = problem.cover[chosen]
    worth = np.column_stack([problem.worth, np.zeros(len(problem.worth))])
    times = np.zeros(len(worth), dtype=np.int64)
    left = np.ones(len(chosen), dtype=bool)
    order, gains = [], []
    for _ in range(len(chosen)):
        gain = cover @ worth[np.arange(len(worth)), np.minimum(times, worth.shape[1] - 1)]
        best = int(np.where(left, gain, -1.0).argmax())
        left[best] = False
        order.append(best)
        gains.append(float(gain[best]))
        times[entries_of(cover, np.array([best]))[0]] += 1
    while gains and gains[-1] <= 0:
        gains.pop()
    return chosen[np.array(order[: len(gains)], dtype=np.int64)], np.array(gains, dtype=np.float64)


class _Search:
    """A choice that grows and shrinks, with what every site would add to it."""

    def __init__(self, problem: CoverProblem, start: Integers) -> None:
        self.problem = problem
        # one column more, so that a demand covered more often than it counts is worth nothing
        self.worth = np.column_stack([problem.worth, np.zeros(len(problem.worth))])
        self.times = np.zeros(len(problem.worth), dtype=np.int64)
        self.gains: Floats = problem.cover @ self.worth[:, 0]
        self.chosen: list[int] = []
        self.money = problem.budget
        self.taken = np.zeros(len(problem.costs), dtype=bool)
        self.least = 1e-12 * max(1.0, float(problem.worth.sum()))
        self.mates = np.argsort(problem.groups, kind="stable")
        self.begins = np.searchsorted(
            problem.groups[self.mates], np.arange(problem.groups.max(initial=-1) + 2)
        )
        for site in start.tolist():
            if not self.taken[site] and problem.costs[site] <= self.money * (1 + 1e-12):
                self._book(site, 1)
                self._shift(site, 1)

    def fill(self, *, per_money: bool) -> None:
        """Add the site with the most gain until nothing affordable adds anything."""
        while (site := self._best(per_money=per_money)) >= 0:
            self._book(site, 1)
            self._shift(site, 1)

    def swap(self) -> None:
        """Exchange one site at a time until no exchange helps."""
        for _ in range(SWAP_ROUNDS):
            changed = False
            for site in tuple(self.chosen):
                self._book(site, -1)
                moved, change = self._shift(site, -1)
                best = self._best(per_money=False)
                if best >= 0 and self.gains[best] > self.gains[site] + self.least:
                    self._book(best, 1)
                    self._shift(best, 1)
                    changed = True
                    continue
                self._book(site, 1)
                self.times[self._demands(site)] += 1
                np.subtract.at(self.gains, moved, change)
            if not changed:
                return
            self.fill(per_money=False)

    def _best(self, *, per_money: bool) -> int:
        """Return the open and affordable site with the most gain, -1 where none adds anything."""
        closed = self.taken
        if not self.problem.one_price:
            closed = closed | (self.problem.costs > self.money * (1 + 1e-12))
        elif self.problem.costs[0] > self.money * (1 + 1e-12):
            return -1
        score = np.where(closed, -1.0, self.gains / self.problem.costs if per_money else self.gains)
        site = int(score.argmax())
        return site if score[site] > self.least else -1

    def _book(self, site: int, sign: int) -> None:
        """Enter a site among the chosen, or strike it out: money and its group."""
        if sign > 0:
            self.chosen.append(site)
        else:
            self.chosen.remove(site)
        self.money -= sign * self.problem.costs[site]
        if self.problem.grouped:
            group = self.problem.groups[site]
            self.taken[self.mates[self.begins[group] : self.begins[group + 1]]] = sign > 0
        else:
            self.taken[site] = sign > 0

    def _shift(self, site: int, sign: int) -> tuple[Integers, Floats]:
        """Count a site's demands once more or less, and return whose gains changed, and by how much."""
        mine, last = self._demands(site), self.worth.shape[1] - 1
        before = self.worth[mine, np.minimum(self.times[mine], last)]
        self.times[mine] += sign
        change = self.worth[mine, np.minimum(self.times[mine], last)] - before
        moved = change.nonzero()[0]
        sites, position = entries_of(self.problem.by_demand, mine[moved])
        change = change[moved][position]
        np.add.at(self.gains, sites, change)
        return sites, change

    def _demands(self, site: int) -> Integers:
        cover = self.problem.cover
        return cover.indices[cover.indptr[site] : cover.indptr[site + 1]]


def _even_out(worth: Floats) -> Floats:
    """Return the least worth of each level that never rises from one to the next and falls short nowhere."""
    total = np.column_stack([np.zeros(len(worth)), np.cumsum(worth, axis=1)])
    levels = total.shape[1]
    hull = total.copy()
    for low in range(levels):
        for high in range(low + 1, levels):
            slope = (total[:, high] - total[:, low]) / (high - low)
            for level in range(low + 1, high):
                hull[:, level] = np.maximum(hull[:, level], total[:, low] + slope * (level - low))
    # a last digit that rises would make the levels look uneven again
    return np.minimum.accumulate(np.diff(hull, axis=1), axis=1)
