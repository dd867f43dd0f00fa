"""Plans that nobody can foretell: a pool of good ones, one drawn; how even the times and first stops are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from .shift_search import Question, Routes

WITHIN: Final = 0.03
"""A plan of the pool is at most so much below the best of them; another seed may find a better one still."""
OPENING_S: Final = 1500.0
"""The stop drawn to be a unit's first must be reached this soon."""
SHAKEN: Final = 0.15
"""What a stop is worth to one search of the pool is drawn from so much less to so much more."""
BIN_S: Final = 1800.0


def shake_question(question: Question, random: np.random.Generator) -> Question:
    """Return the question with a first stop drawn for each unit, and every worth a little different.

    The first stop is drawn from those that can be reached within OPENING_S, evenly; its first visit must then
    be made by this unit in that time, and is worth so much that it mostly is.
    """
    problem, again = question
    worth = again.worth * random.uniform(1 - SHAKEN, 1 + SHAKEN, len(again.worth))
    prize, closes, may = problem.prize.copy(), problem.closes.copy(), problem.may.copy()
    at_stop = again.stop >= 0
    prize[at_stop] *= (worth / np.maximum(again.worth, 1e-300))[again.stop[at_stop]]
    drawn: set[int] = set()
    for unit in random.permutation(len(problem.begins)):
        reach = problem.begins[unit] + problem.travel[problem.profile[unit], problem.home_out[unit]]
        soon = np.minimum(problem.begins[unit] + OPENING_S, problem.closes)
        able = np.flatnonzero(
            at_stop
            & problem.may[unit]
            & (reach <= soon)
            & (problem.opens <= soon)
            & ~np.isin(again.stop, list(drawn))
        )
        if not len(able):
            continue
        visit = int(able[random.integers(len(able))])
        drawn.add(int(again.stop[visit]))
        closes[visit] = soon[visit]
        may[:, visit] = np.arange(len(may)) == unit
        prize[visit] = 4.0 * prize[at_stop].max()
    return Question(problem._replace(prize=prize, closes=closes, may=may), again._replace(worth=worth))


class Found(NamedTuple):
    """Routes as rows of these visits, and what they score."""

    visits: pd.DataFrame
    routes: Routes
    score: float


def draw_plan(
    best: Found, make: Callable[[int], Found], *, seed: int, tries: int
) -> tuple[Found, float, int]:
    """Return one of a pool of plans within WITHIN of the best, the best score and the size of the pool.

    Parameters
    ----------
    best : Found
        The plan that was only made to be good.
    make : callable
        Number of a try -> another plan.
    seed : int
        Draws one of the pool.
    tries : int
        Plans made besides the best one. The best one is drawn only where no other is near enough.
    """
    made = [make(number) for number in range(tries)]
    top = max([best.score, *(plan.score for plan in made)])
    near = [plan for plan in made if plan.score >= (1 - WITHIN) * top]
    pool = near or [max([best, *made], key=lambda plan: plan.score)]
    return pool[int(np.random.default_rng([seed, 7]).integers(len(pool)))], top, len(pool)


def even_share(counts: ArrayLike) -> float:
    """Return the normalised entropy of counts: 1 where all are equal, 0 where only one is not 0."""
    numbers: NDArray[np.float64] = np.asarray(counts, dtype=np.float64)
    if len(numbers) < 2 or numbers.sum() <= 0:
        return 0.0
    share = numbers[numbers > 0] / numbers.sum()
    return float(-(share * np.log(share)).sum() / np.log(len(numbers)))


def evenness_of_times(visits: Sequence[pd.DataFrame], begin: pd.Timestamp, end: pd.Timestamp) -> float:
    """Return how evenly plans spread the arrivals at a stop over the bins of 30 minutes of the shift.

    The normalised entropy of each stop's arrivals, weighed by how many there are.

    Parameters
    ----------
    visits : sequence of DataFrame
        `PatrolPlan.visits` of plans of the same shift.
    begin, end : Timestamp
        Of the shift.
    """
    bins = max(1, int(np.ceil((end - begin).total_seconds() / BIN_S)))
    table = pd.concat([frame[["stop", "arrive"]] for frame in visits], ignore_index=True)
    at = ((table["arrive"] - begin).dt.total_seconds() // BIN_S).clip(0, bins - 1).astype(int)
    shares, weights = [], []
    for _, mine in at.groupby(table["stop"]):
        shares.append(even_share(np.bincount(mine, minlength=bins)))
        weights.append(len(mine))
    return float(np.average(shares, weights=weights)) if weights else 0.0


def evenness_of_first_stops(visits: Sequence[pd.DataFrame], stops: int) -> float:
    """Return the normalised entropy of the first stops of all units in plans, among so many stops."""
    table = pd.concat([frame.sort_values("arrive").groupby("unit").head(1) for frame in visits])
    counts = np.zeros(stops)
    found = table["stop"].value_counts().to_numpy()
    counts[: len(found)] = found
    return even_share(counts)
