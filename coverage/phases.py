"""What to buy first: a plan cut into phases of which each is part of the next, and the curve of its gains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from .choosing import Choice
from .expected import ExpectedCover
from .ledger import Ledger, Limits, search

PHASE_COLUMNS: Final = ("phase", "budget", "spent", "sites", "gain", "gain_m", "upper_bound", "gap", "proved")
CURVE_COLUMNS: Final = ("step", "order", "spent", "gain", "gain_m", "phase")


@dataclass(frozen=True)
class Steps:
    """A plan in buying order.

    Attributes
    ----------
    chosen : list of int
        Options.
    phase : list of int
        Of each, from 1.
    table : DataFrame
        For each step `cost`, and what it adds to all before: `gain`, `gain_m`, `demand`.
    seen : list of (float, float)
        Metres and weighted incidents seen live before the first step and after the last.
    """

    chosen: list[int]
    phase: list[int]
    table: pd.DataFrame
    seen: tuple[tuple[float, float], tuple[float, float]]


def split_limits(limits: Limits, phases: int) -> list[Limits]:
    """Return the limits up to the end of each of some phases of equal size."""
    shares = [(number + 1) / phases for number in range(phases)]
    money = [limits.money * share for share in shares]
    count = [np.ceil(limits.count * share) if np.isfinite(limits.count) else np.inf for share in shares]
    return [Limits(money=m, count=float(c)) for m, c in zip(money, count, strict=True)]


def stage(cover: ExpectedCover, options: pd.DataFrame, stages: Sequence[Limits]) -> Steps:
    """Put a plan in buying order, phase by phase, the most gain for the money first.

    Parameters
    ----------
    cover : ExpectedCover
        Of the plan's options (and the STAY of cameras it turns), cut exactly.
    options : DataFrame
        The same options.
    stages : sequence of Limits
        Up to the end of each phase, the last for the whole plan.

    Returns
    -------
    Steps
        Each phase holds the one before. A step that adds nothing is left out.
    """
    ledger = Ledger(cover, options)
    before = cover.seen(ledger.state)
    order: list[int] = []
    phase, rows = [], []
    for number, limits in enumerate(stages, start=1):
        last = number == len(stages)
        # the last phase takes all that is left of the plan
        held = _everything(options) if last else _fill_phase(cover, options, order, limits)
        while True:
            within = np.zeros(len(options), dtype=bool)
            within[held] = True
            option = ledger.best(Limits(), per_money=True, within=within)
            if option < 0:
                break
            value, seen = ledger.value, cover.seen(ledger.state)
            ledger.add(option)
            now = cover.seen(ledger.state)
            order.append(option)
            phase.append(number)
            rows.append(
                {
                    "cost": float(ledger.costs[option]),
                    "gain": ledger.value - value,
                    "gain_m": now[0] - seen[0],
                    "demand": now[1] - seen[1],
                }
            )
    table = pd.DataFrame(rows, columns=["cost", "gain", "gain_m", "demand"], dtype=np.float64)
    return Steps(order, phase, table, (before, cover.seen(ledger.state)))


def draw_curve(steps: Steps) -> pd.DataFrame:
    """Return `SiteProposal.curve`."""
    at = np.arange(len(steps.chosen) + 1)
    sums = {
        name: np.concatenate([[0.0], np.cumsum(steps.table[column].to_numpy(dtype=np.float64))])
        for name, column in (("spent", "cost"), ("gain", "gain"), ("gain_m", "gain_m"))
    }
    phase = np.array([0, *steps.phase], dtype=np.int64)
    return pd.DataFrame({"step": at, "order": at, **sums, "phase": phase})[list(CURVE_COLUMNS)]


def describe_phases(
    curve: pd.DataFrame,
    stages: Sequence[Limits],
    free: Sequence[Choice],
    weighed: Sequence[float],
) -> pd.DataFrame:
    """Return `SiteProposal.phases`.

    Parameters
    ----------
    curve : DataFrame
        Of `draw_curve`.
    stages : sequence of Limits
    free : sequence of Choice
        The best plan for each of them alone: phases that are part of one another may gain less.
    weighed : sequence of float
        Gain of each phase in the units of `free`, which weighs streets in steps: what is exact is that
        much more or less.
    """
    rows: list[dict[str, Any]] = []
    for number, (limits, best, mine) in enumerate(zip(stages, free, weighed, strict=True), start=1):
        done = curve[curve["phase"] <= number].iloc[-1]
        gain, left = float(done["gain"]), max(best.bound - mine, 0.0)
        bound = gain + left
        gap = left / bound if bound > 1e-12 else 0.0
        spent = float(done["spent"])
        rows.append(
            {
                "phase": number,
                "budget": float(limits.money) if np.isfinite(limits.money) else spent,
                "spent": spent,
                "sites": int(done["step"]),
                "gain": gain,
                "gain_m": float(done["gain_m"]),
                "upper_bound": bound,
                "gap": gap,
                "proved": bool(left <= 1e-9 * max(1.0, bound)),
            }
        )
    return pd.DataFrame(rows, columns=list(PHASE_COLUMNS))


def _everything(options: pd.DataFrame) -> list[int]:
    return list(range(len(options)))


def _fill_phase(cover: ExpectedCover, options: pd.DataFrame, done: list[int], limits: Limits) -> list[int]:
    """Return the best part of a plan within limits that holds what is done."""
    kept = np.ones(len(options), dtype=bool)
    ledger = Ledger(cover, options, done)
    left = Limits(limits.money - ledger.cost, limits.count - len(done))
    if left.count < 1 or left.money <= 0:
        return done
    best, most = done, ledger.value
    for per_money in (False, True):
        trial = Ledger(cover, options, done)
        trial.fill(limits, per_money=per_money, within=kept)
        if trial.value > most:
            best, most = list(trial.chosen), trial.value
    again = search(cover, options, limits, starts=[best])
    if set(done) <= set(again) and Ledger(cover, options, again).value > most:
        best = again
    return best
