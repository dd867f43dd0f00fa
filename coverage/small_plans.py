"""The best plan of a few actions, by looking at all of them that could be better."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from .expected import ExpectedCover
from .ledger import Ledger, Limits

FEW: Final = 24
"""Up to so many actions every plan is weighed."""
MOST_STEPS: Final = 20_000


def best_of_few(
    cover: ExpectedCover, options: pd.DataFrame, limits: Limits, found: list[int]
) -> list[int] | None:
    """Return the plan that gains the most, None where there are too many to look at.

    Parameters
    ----------
    cover : ExpectedCover
        A second camera at a place must count no more than the first.
    options : DataFrame
        Of `actions.Choices`.
    limits : Limits
    found : list of int
        A plan to beat.

    Notes
    -----
    Branch and bound over groups. Cover is submodular: whatever is added later adds no more than it would
    now, so what is affordable of today's gains bounds what can follow.
    """
    return _Search(cover, options, limits, found).run()


class _Search:
    def __init__(self, cover: ExpectedCover, options: pd.DataFrame, limits: Limits, found: list[int]) -> None:
        self.cover, self.limits = cover, limits
        ledger = Ledger(cover, options, found)
        self.costs, self.stays = ledger.costs, ledger.stays
        self.best, self.most = list(found), ledger.value
        groups = ledger.groups
        alone = cover.gains(cover.base)
        # the groups with the most to gain first: their choices bound the rest best
        names = sorted(set(groups.tolist()), key=lambda group: -alone[groups == group].max())
        self.members = [np.flatnonzero((groups == name) & ~ledger.is_stay) for name in names]
        self.stay = [self.stays.get(name, -1) for name in names]
        self.left = MOST_STEPS

    def run(self) -> list[int] | None:
        self._branch(0, [], [])
        return self.best if self.left > 0 else None

    def _branch(self, at: int, done: list[int], paid: list[int]) -> None:
        self.left -= 1
        if self.left <= 0:
            return
        state = self.cover.state(done)
        value = self.cover.value(state)
        if at == len(self.members):
            if value > self.most + 1e-12 * max(1.0, abs(self.most)):
                self.best, self.most = list(paid), value
            return
        gains = self.cover.gains(state)
        if value + self._most_left(at, gains, paid) <= self.most * (1 + 1e-13):
            return
        money = self.limits.money - float(self.costs[paid].sum())
        if len(paid) < self.limits.count:
            for option in sorted(self.members[at].tolist(), key=lambda row: -gains[row]):
                if self.costs[option] <= money * (1 + 1e-12) + 1e-6:
                    self._branch(at + 1, [*done, option], [*paid, option])
        stay = self.stay[at]
        self._branch(at + 1, [*done, stay] if stay >= 0 else done, paid)

    def _most_left(self, at: int, gains: np.ndarray, paid: list[int]) -> float:
        """Bound what the groups from here on can add."""
        money = self.limits.money - float(self.costs[paid].sum())
        count = self.limits.count - len(paid)
        free, extra, cost = 0.0, [], []
        for mine, stay in zip(self.members[at:], self.stay[at:], strict=True):
            kept = gains[stay] if stay >= 0 else 0.0
            free += kept
            some = mine[(self.costs[mine] <= money * (1 + 1e-12) + 1e-6) & (gains[mine] > kept)]
            if len(some):
                extra.append(float(gains[some].max() - kept))
                cost.append(float(self.costs[some].min()))
        worth, price = np.array(extra), np.array(cost)
        if not len(worth):
            return free
        by_count = float(np.sort(worth)[::-1][: int(min(count, len(worth)))].sum())
        if not np.isfinite(money):
            return free + by_count
        order = np.argsort(-worth / price, kind="stable")
        spent = np.cumsum(price[order])
        share = np.clip((money - (spent - price[order])) / price[order], 0.0, 1.0)
        return free + min(by_count, float(worth[order] @ share))
