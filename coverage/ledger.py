"""A plan in the making: what is chosen, what that is expected to see, and what each choice would add."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .actions import STAY
from .expected import ExpectedCover, Unseen

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
SWAP_ROUNDS: Final = 4


@dataclass(frozen=True)
class Limits:
    """How much money (tenge) and how many actions there are at most."""

    money: float = float("inf")
    count: float = float("inf")

    def allows(self, costs: Floats) -> bool:
        """Return whether actions of these costs are within the limits."""
        return bool(costs.sum() <= self.money * (1 + 1e-12) and len(costs) <= self.count)


class Ledger:
    """Choices made so far. A camera that could be turned stays as it is until it is.

    Attributes
    ----------
    chosen : list of int
        Options, none of them STAY, in the order in which they were added.
    """

    def __init__(self, cover: ExpectedCover, options: pd.DataFrame, chosen: Iterable[int] = ()) -> None:
        self.cover = cover
        self.costs = options["cost"].to_numpy(dtype=np.float64)
        self.groups = options["group"].to_numpy(dtype=np.int64)
        stays = np.flatnonzero((options["action"] == STAY).to_numpy())
        self.stays = {int(self.groups[row]): int(row) for row in stays}
        self.is_stay = np.zeros(len(options), dtype=bool)
        self.is_stay[stays] = True
        self._members = {group: np.flatnonzero(self.groups == group) for group in self.stays}
        self._near = self._neighbours()
        self.chosen = [int(option) for option in chosen]
        self._renew()
        self._least = 1e-9 * max(1.0, abs(self.value))

    @property
    def value(self) -> float:
        """What the goal counts, everything together."""
        return self.cover.value(self.state)

    @property
    def cost(self) -> float:
        """Money spent."""
        return float(self.costs[self.chosen].sum())

    def add(self, option: int) -> None:
        """Choose one more."""
        self.chosen.append(option)
        self._change(option, added=True)

    def remove(self, option: int) -> None:
        """Take a choice back."""
        self.chosen.remove(option)
        self._change(option, added=False)

    def net_gains(self) -> Floats:
        """Return what each option would add now, less what turning a camera gives up; -inf where taken."""
        gains = self.cover.gains(self.state)
        taken = {int(group) for group in self.groups[self.chosen]}
        for group in self.stays:
            if group not in taken:
                if group not in self._turned:
                    self._turned[group] = self._turn(group)
                gains[self._members[group]] = self._turned[group]
        gains[self.is_stay] = -np.inf
        gains[np.isin(self.groups, list(taken))] = -np.inf
        return gains

    def best(self, limits: Limits, *, per_money: bool, within: NDArray[np.bool_] | None = None) -> int:
        """Return the option within the limits that adds the most, -1 where none adds anything."""
        if len(self.chosen) >= limits.count:
            return -1
        gains = self.net_gains()
        open_to = (self.costs <= (limits.money - self.cost) * (1 + 1e-12) + 1e-6) & (gains > self._least)
        if within is not None:
            open_to &= within
        if not open_to.any():
            return -1
        score = np.where(open_to, gains / np.maximum(self.costs, 1e-9) if per_money else gains, -np.inf)
        return int(score.argmax())

    def fill(self, limits: Limits, *, per_money: bool, within: NDArray[np.bool_] | None = None) -> None:
        """Add what adds the most until nothing within the limits adds anything."""
        while (option := self.best(limits, per_money=per_money, within=within)) >= 0:
            self.add(option)

    def swap(self, limits: Limits, *, within: NDArray[np.bool_] | None = None) -> None:
        """Exchange one choice at a time, as long as that helps."""
        for _ in range(SWAP_ROUNDS):
            changed = False
            for option in tuple(self.chosen):
                self.remove(option)
                gains = self.net_gains()
                best = self.best(limits, per_money=False, within=within)
                better = best >= 0 and gains[best] > max(gains[option], 0.0) + self._least
                if gains[option] <= 0 and not better:
                    changed = True
                    continue
                self.add(best if better else option)
                changed |= better
            self.fill(limits, per_money=False, within=within)
            if not changed:
                return

    def _renew(self) -> None:
        taken = {int(group) for group in self.groups[self.chosen]}
        staying = [row for group, row in self.stays.items() if group not in taken]
        self.state: Unseen = self.cover.state([*staying, *self.chosen])
        self._turned: dict[int, Floats] = {}

    def _change(self, option: int, *, added: bool) -> None:
        turned = self._turned
        if added and int(self.groups[option]) not in self.stays:
            self.state = self.cover.state([option], begin=self.state)
        else:
            self._renew()
        near = self._near.get(option)
        self._turned = {} if near is None else {g: v for g, v in turned.items() if g not in near}

    def _turn(self, group: int) -> Floats:
        """Return what each heading of a camera adds over the one it has."""
        taken = {int(other) for other in self.groups[self.chosen]} | {group}
        staying = [row for other, row in self.stays.items() if other not in taken]
        state = self.cover.state([*staying, *self.chosen])
        rows = self._members[group]
        gains = self.cover.worth.works * (self.cover.chance[rows] @ self.cover.stake(state))
        return gains - gains[rows == self.stays[group]]

    def _neighbours(self) -> dict[int, set[int]]:
        """Return for each option the cameras that could be turned and may see something that it sees."""
        if not self.stays:
            return {}
        groups = list(self.stays)
        cells = np.array(
            [np.asarray(self.cover.chance[self._members[group]].sum(axis=0)).ravel() > 0 for group in groups]
        )
        shared = self.cover.chance @ cells.T.astype(np.float64)
        near: dict[int, set[int]] = {}
        for option, at in zip(*np.nonzero(shared > 0), strict=True):
            near.setdefault(int(option), set()).add(groups[int(at)])
        for option in range(len(self.costs)):
            near.setdefault(option, set())
            if int(self.groups[option]) in self.stays:
                # the camera itself, and those beside any of its headings
                mine = self._members[int(self.groups[option])]
                near[option] = (
                    set(groups)
                    if len(groups) < 2
                    else near[option].union(*(near.get(int(row), set()) for row in mine))
                )
        return near


def search(
    cover: ExpectedCover,
    options: pd.DataFrame,
    limits: Limits,
    *,
    starts: Iterable[Iterable[int]] = ((),),
    within: NDArray[np.bool_] | None = None,
    exchange: bool = True,
) -> list[int]:
    """Return the best of some plans, each filled up by gain and by gain per money, and improved by exchanges.

    Parameters
    ----------
    cover : ExpectedCover
    options : DataFrame
        Of `actions.Choices`.
    limits : Limits
    starts : iterable of iterables of int
        Plans to begin with. Never below the greedy plan where the empty one is among them.
    within : ndarray of bool (options,), optional
        Only these may be added.
    exchange : bool
        Whether to try exchanges.
    """
    best, most = [], -np.inf
    for start in map(list, starts):
        for per_money in (True,) if start else (False, True):
            ledger = Ledger(cover, options, start)
            ledger.fill(limits, per_money=per_money, within=within)
            if exchange:
                ledger.swap(limits, within=within)
            if ledger.value > most:
                best, most = list(ledger.chosen), ledger.value
    return best
