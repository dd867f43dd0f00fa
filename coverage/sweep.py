"""Sweep: every blind street driven once, the longest duty as short as can be (min-max rural postman)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment

from .errors import CannotHoldError, InvalidInputError
from .progress import Progress, silent

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_TAKEN_OUT: Final = 12
"""Streets taken out of the duties and put back in one round of search."""
WORTH_OF_TOTAL: Final = 0.05
"""A second of the mean duty counts so much of a second of the longest one: ties go to the shorter plan."""
WARM: Final = 0.001
"""At first a plan that is worse by this share of the longest duty is still gone on from, at last none is."""


class Sweep(NamedTuple):
    """Duties that drive every task once.

    Attributes
    ----------
    duties : list of list of int
        For each unit the options it drives, in order; empty for a unit that stays at home.
    seconds : ndarray (units,)
        How long each duty takes, from home to home.
    longest : float
        The longest of them.
    bound : float
        No plan has a longest duty below this.
    """

    duties: list[list[int]]
    seconds: Floats
    longest: float
    bound: float


def sweep_streets(
    travel: ArrayLike,
    service: ArrayLike,
    task: ArrayLike,
    *,
    units: int,
    rounds: int,
    seed: int,
    progress: Progress = silent,
) -> Sweep:
    """Share out streets among units so that each is driven once and the last unit is home early.

    Parameters
    ----------
    travel : (m + units, m + units) array
        Seconds from the end of each option to the start of each other, at least 0 and infinite where there
        is no way. An option is one direction of one street; the last rows and columns are the units' homes.
    service : (m,) array
        Seconds that driving each option takes.
    task : (m,) array of int
        The street of each option, from 0; of the options of one street exactly one is driven.
    units : int
        At least 1.
    rounds : int
        Of search: the stop rule.
    seed : int
        Same seed, same plan.
    progress : Progress

    Returns
    -------
    Sweep
        Heuristic; `bound` says how far from the best it may be.

    Raises
    ------
    InvalidInputError
        `wrong_shape`, `value_negative`: what is wrong with which argument; `count_negative` for no units.
    CannotHoldError
        `street_out_of_reach` when some street cannot be reached by any unit and left again.

    Notes
    -----
    The min-max k rural postman problem (Ahr & Reinelt 2006, "A tabu search algorithm for the min-max
    k-Chinese postman problem"), on options, so that one-way streets and forbidden turns are in `travel`.
    Cheapest insertion, then ruin and recreate (Schrimpf et al. 2000); directions are set exactly for each
    order of streets. The bound is the greater of the longest single street and the total of an assignment
    of each option to the next, shared evenly.
    """
    problem = _pose(travel, service, task, units)
    random = np.random.default_rng(seed)
    now = _insert_all(problem, [[] for _ in range(units)], np.arange(problem.tasks), random)
    now = [_best_directions(problem, unit, duty) for unit, duty in enumerate(now)]
    best, cost_now, least = now, _cost(problem, now), _length(problem, now)
    for done in range(rounds):
        progress(done / rounds, "sweep")
        trial = _ruin(problem, now, random)
        missing = np.setdiff1d(np.arange(problem.tasks), problem.task[[o for duty in trial for o in duty]])
        trial = _insert_all(problem, trial, missing, random)
        trial = [_best_directions(problem, unit, duty) for unit, duty in enumerate(trial)]
        cost = _cost(problem, trial)
        if cost <= cost_now + WARM * least[0] * (1 - done / rounds) * random.random():
            now, cost_now = trial, cost
        length = _length(problem, trial)
        if length < least:
            best, least = trial, length
    seconds = np.array([_seconds(problem, unit, duty) for unit, duty in enumerate(best)])
    longest = float(seconds.max(initial=0.0))
    return Sweep(best, seconds, longest, min(_bound(problem), longest))


@dataclass(frozen=True)
class _Problem:
    travel: Floats
    service: Floats
    task: Integers
    tasks: int
    units: int
    options: list[Integers]

    def home(self, unit: int) -> int:
        return len(self.service) + unit


def _pose(travel: ArrayLike, service: ArrayLike, task: ArrayLike, units: int) -> _Problem:
    if units < 1:
        raise InvalidInputError("count_negative")
    seconds = np.asarray(service, dtype=np.float64)
    between = np.asarray(travel, dtype=np.float64)
    number = np.asarray(task, dtype=np.int64)
    size = len(seconds) + units
    if seconds.ndim != 1 or between.shape != (size, size) or number.shape != seconds.shape:
        expected, found = str((size, size)), str(between.shape)
        raise InvalidInputError("wrong_shape", name="travel", expected=expected, found=found)
    if (
        np.isnan(between).any()
        or (between < 0).any()
        or not np.isfinite(seconds).all()
        or (seconds < 0).any()
    ):
        raise InvalidInputError("value_negative", name="travel")
    tasks = int(number.max(initial=-1)) + 1
    options = [np.flatnonzero(number == t) for t in range(tasks)]
    problem = _Problem(between, seconds, number, tasks, units, options)
    alone = _alone(problem)
    for t, mine in enumerate(options):
        if not len(mine) or not np.isfinite(alone[mine]).any():
            raise CannotHoldError("street_out_of_reach", street=t)
    return problem


def _alone(problem: _Problem) -> Floats:
    """Return the seconds of the shortest duty that drives nothing but this option."""
    m = len(problem.service)
    there = problem.travel[m:, :m] + problem.travel[:m, m:].T
    return there.min(axis=0, initial=np.inf) + problem.service


def _seconds(problem: _Problem, unit: int, duty: list[int]) -> float:
    if not duty:
        return 0.0
    way = np.array([problem.home(unit), *duty, problem.home(unit)])
    return float(problem.travel[way[:-1], way[1:]].sum() + problem.service[duty].sum())


def _length(problem: _Problem, duties: list[list[int]]) -> tuple[float, float]:
    """Return the seconds of the longest duty and of the mean one, to the microsecond."""
    seconds = np.array([_seconds(problem, unit, duty) for unit, duty in enumerate(duties)])
    return round(float(seconds.max()), 6), round(float(seconds.mean()), 6)


def _cost(problem: _Problem, duties: list[list[int]]) -> float:
    longest, mean = _length(problem, duties)
    return longest + WORTH_OF_TOTAL * mean


def _ruin(problem: _Problem, duties: list[list[int]], random: np.random.Generator) -> list[list[int]]:
    """Take out streets near one another: half the time around one of the longest duty."""
    every = np.array([option for duty in duties for option in duty])
    if not len(every):
        return duties
    longest = max(range(len(duties)), key=lambda unit: _seconds(problem, unit, duties[unit]))
    around = np.array(duties[longest]) if duties[longest] and random.random() < 0.5 else every
    seed = int(random.choice(around))
    count = int(random.integers(1, min(MOST_TAKEN_OUT, len(every)) + 1))
    near = np.minimum(problem.travel[seed, every], problem.travel[every, seed])
    near = np.where(every == seed, -1.0, near * random.uniform(0.8, 1.2, len(every)))
    out = set(every[np.argsort(near, kind="stable")[:count]].tolist())
    return [[option for option in duty if option not in out] for duty in duties]


def _insert_all(
    problem: _Problem, duties: list[list[int]], tasks: Integers, random: np.random.Generator
) -> list[list[int]]:
    """Put streets in, one after the other, where the longest duty grows least, and the total next."""
    duties = [list(duty) for duty in duties]
    seconds = np.array([_seconds(problem, unit, duty) for unit, duty in enumerate(duties)])
    for t in random.permutation(tasks):
        longest, found = seconds.max(), (np.inf, np.inf, 0, 0, 0)
        for option in problem.options[t]:
            for unit, duty in enumerate(duties):
                grows = _growth(problem, unit, duty, int(option))
                at = int(np.argmin(grows))
                over = max(0.0, seconds[unit] + grows[at] - longest)
                found = min(found, (over + WORTH_OF_TOTAL * grows[at], grows[at], unit, at, int(option)))
        _, growth, unit, at, option = found
        duties[unit].insert(at, option)
        seconds[unit] += growth
    return duties


def _growth(problem: _Problem, unit: int, duty: list[int], option: int) -> Floats:
    """Return by how much a duty grows with an option before each of its places, and at its end."""
    way = np.array([problem.home(unit), *duty, problem.home(unit)])
    before, after = way[:-1], way[1:]
    saved = problem.travel[before, after] if duty else np.zeros(1)
    return problem.travel[before, option] + problem.service[option] + problem.travel[option, after] - saved


def _best_directions(problem: _Problem, unit: int, duty: list[int]) -> list[int]:
    """Keep the order of the streets and choose the direction of each, exactly (dynamic programming)."""
    if not duty:
        return duty
    home = problem.home(unit)
    layers = [problem.options[problem.task[option]] for option in duty]
    cost, back = problem.travel[home, layers[0]] + problem.service[layers[0]], []
    for before, after in pairwise(layers):
        total = cost[:, None] + problem.travel[np.ix_(before, after)]
        back.append(total.argmin(axis=0))
        cost = total.min(axis=0) + problem.service[after]
    choice = int(np.argmin(cost + problem.travel[layers[-1], home]))
    out = [int(layers[-1][choice])]
    for layer, step in zip(layers[-2::-1], back[::-1], strict=True):
        choice = int(step[choice])
        out.append(int(layer[choice]))
    return out[::-1]


def _bound(problem: _Problem) -> float:
    """Return a value that the longest duty of no plan is below."""
    if not problem.tasks:
        return 0.0
    tasks = problem.tasks
    alone = max(float(_alone(problem)[mine].min()) for mine in problem.options)
    # the least between any options of two streets; each is left once, and come to once
    between = np.full((tasks + problem.units, tasks + problem.units), np.inf)
    node = np.concatenate([problem.task, tasks + np.arange(problem.units)])
    np.minimum.at(between, (node[:, None], node[None, :]), problem.travel)
    between[np.arange(tasks), np.arange(tasks)] = np.inf
    homes = np.arange(tasks, tasks + problem.units)
    between[homes, homes] = 0.0
    reachable = np.where(np.isfinite(between), between, 1e12)
    rows, columns = linear_sum_assignment(reachable)
    least = sum(float(problem.service[mine].min()) for mine in problem.options)
    return max(alone, (float(between[rows, columns].sum()) + least) / problem.units)
