"""The best actions within a budget, with a bound on what any choice gains."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .expected import ExpectedCover
from .ledger import Ledger, Limits, search
from .relaxed_cover import RelaxedCover, relax_cover
from .results import SitePlan
from .siting import maximal_cover
from .siting_program import StopRules
from .small_plans import FEW, best_of_few

Integers = NDArray[np.int64]
FREE: Final = 1e-4
"""What it costs to leave a camera as it is, as a share of the cheapest action: the solver wants a price."""


@dataclass(frozen=True)
class Floors:
    """Least share of each district's weight that must be seen: `districts` of the cells, `shares` of each."""

    districts: Integers
    shares: NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """A plan and what is known of it; gains are on top of today.

    `stopped` is a word of `results.SitePlan`, empty when the plan is proved to be the best.
    """

    chosen: list[int]
    gain: float
    bound: float
    stopped: str

    @property
    def gap(self) -> float:
        """Share of the bound that is left open."""
        return max(self.bound - self.gain, 0.0) / self.bound if self.bound > 1e-12 else 0.0


def choose(
    cover: ExpectedCover,
    options: pd.DataFrame,
    limits: Limits,
    *,
    levels: tuple[float, ...],
    rules: StopRules,
    floors: Floors | None = None,
) -> Choice:
    """Choose actions that gain the most within limits.

    Parameters
    ----------
    cover : ExpectedCover
    options : DataFrame
        Of `actions.Choices`.
    limits : Limits
        At least one of them finite.
    levels : tuple of float
        Of `site_goals.Goal.levels`.
    rules : StopRules
        `gap` is a share of what is gained.
    floors : Floors, optional

    Raises
    ------
    CannotHoldError
        As `siting.maximal_cover`, for floors.
    """
    today = Ledger(cover, options)
    spendable = min(limits.money, limits.count * float(options["cost"].max()))
    cheapest = float(options["cost"][~today.is_stay].min()) if (~today.is_stay).any() else np.inf
    if limits.count < 1 or spendable < cheapest * (1 - 1e-12):
        return Choice([], 0.0, 0.0, "")
    few = int((~today.is_stay).sum()) <= FEW
    quick = search(cover, options, limits, exchange=few) if floors is None else []
    gained = Ledger(cover, options, quick).value - today.value
    if floors is None and few and cover.worth.second <= 0.5:
        found = best_of_few(cover, options, limits, quick)
        if found is not None:
            gain = Ledger(cover, options, found).value - today.value
            return Choice(found, gain, gain, "")
    groups = options["group"].to_numpy(dtype=np.int64)
    relaxed = relax_cover(
        cover, groups, levels=levels, districts=None if floors is None else floors.districts
    )
    if not relaxed.exact and len(levels) == 2 and levels[1] > levels[0]:
        # uncertain cameras are bounded only where a second one counts no more than the first
        levels = (0.5, 0.5)
    plans = _solve(cover, options, limits, relaxed, levels, rules, floors, gained, today)
    bound = min(plan.upper_bound for plan in plans) - relaxed.standing
    bound -= today.value - cover.value(cover.base)
    chosen, gain = quick, gained
    for plan in plans:
        mine = [int(row) for row in plan.chosen if not today.is_stay[row]]
        if not limits.allows(today.costs[mine]):
            mine = _trim(cover, options, limits, mine)
        if floors is None and not (relaxed.exact and len(plans) == 1):
            mine = search(cover, options, limits, starts=[mine])
        value = Ledger(cover, options, mine).value - today.value
        if value > gain or floors is not None:
            chosen, gain = mine, value
    bound = max(bound, gain)
    stopped = next((plan.stopped for plan in plans if plan.stopped), "gap")
    proved = bound - gain <= 1e-9 * max(1.0, bound)
    return Choice(chosen, gain, bound, "" if proved else stopped)


def _solve(
    cover: ExpectedCover,
    options: pd.DataFrame,
    limits: Limits,
    relaxed: RelaxedCover,
    levels: tuple[float, ...],
    rules: StopRules,
    floors: Floors | None,
    gained: float,
    today: Ledger,
) -> list[SitePlan]:
    """Solve for the money and for the count, or for both mixed where neither alone keeps within the other."""
    money = options["cost"].to_numpy(dtype=np.float64)
    stay = today.is_stay
    # a share of what is gained, not of all that stands
    whole = gained + today.value - cover.value(cover.base) + relaxed.standing
    rules = replace(rules, gap=rules.gap * gained / whole if whole > 0 else rules.gap)

    def solve(price: NDArray[np.float64], budget: float) -> SitePlan:
        least = float(price[~stay].min())
        price = np.where(stay, FREE * least, price)
        budget = min(budget, float(price[~stay].sum())) + FREE * least * int(stay.sum())
        groups = options["group"].to_numpy(dtype=np.int64)
        return maximal_cover(
            relaxed.cover,
            relaxed.weights,
            budget=budget,
            costs=np.append(price, least),
            fixed=[len(price)],
            groups=np.append(groups, groups.max(initial=-1) + 1),
            levels=levels,
            districts=None if floors is None else relaxed.districts,
            floor=0.0 if floors is None else floors.shares,
            rules=rules,
        )

    def within(plan: SitePlan) -> bool:
        mine = [row for row in plan.chosen if not stay[row]]
        return limits.allows(money[mine])

    plans = []
    affordable = np.where(money <= limits.money * (1 + 1e-12), 1.0, limits.count + 1.0)
    if np.isfinite(limits.count):
        plans.append(solve(affordable, limits.count))
        if within(plans[-1]):
            return plans[-1:]
    if np.isfinite(limits.money):
        plans.append(solve(money, limits.money))
        if within(plans[-1]):
            return plans[-1:]
    each = limits.money / limits.count
    return [*plans, solve(money + each, 2 * limits.money)]


def _trim(cover: ExpectedCover, options: pd.DataFrame, limits: Limits, chosen: list[int]) -> list[int]:
    """Keep of a plan what gains the most for its money within the limits."""
    ledger = Ledger(cover, options)
    within = np.zeros(len(options), dtype=bool)
    within[chosen] = True
    ledger.fill(limits, per_money=True, within=within)
    return ledger.chosen
