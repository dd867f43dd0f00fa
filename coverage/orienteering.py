"""Team orienteering: the most prize that vehicles can collect, each within its limit of time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import InvalidInputError
from .kernels.patrol_routes import TIME_SLACK, Problem
from .kernels.patrol_search import MOST_ROUNDS, begin_search, best_score, continue_search

ROUNDS_PER_LOOK: Final = 16
"""Rounds of search from one look at the stop rule to the next."""


class StopRule(Protocol):
    """Says when a search ends."""

    def is_over(self, iterations: int) -> bool:
        """Return whether the search ends after so many rounds."""
        ...


@dataclass(frozen=True)
class StopAfter:
    """End after a number of rounds, counted up to a whole ROUNDS_PER_LOOK: same seed, same result."""

    iterations: int

    def is_over(self, iterations: int) -> bool:
        """Return whether the rounds are done."""
        return iterations >= self.iterations


@dataclass(frozen=True)
class StopAtTime:
    """End when a clock has gone on by so many seconds since this rule was made.

    Attributes
    ----------
    seconds : float
    clock : callable
        Returns seconds, never fewer than before: `time.perf_counter` of the caller.
    """

    seconds: float
    clock: Callable[[], float]
    since: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "since", self.clock())

    def is_over(self, iterations: int) -> bool:
        """Return whether the time is over."""
        return self.clock() - self.since >= self.seconds


class Tours(NamedTuple):
    """What `team_orienteering` found.

    Attributes
    ----------
    routes : list of lists of int
        One for each vehicle, places in order, start and end included. An empty list is a vehicle that stays,
        because it cannot come from start to end within its limit.
    score : float
        Sum of the prizes of the places visited.
    """

    routes: list[list[int]]
    score: float


def team_orienteering(
    travel: ArrayLike,
    prize: ArrayLike,
    service: ArrayLike,
    *,
    vehicles: int,
    limit: ArrayLike,
    start: int,
    end: int,
    seed: int,
    stop: StopRule,
) -> Tours:
    """Find routes that collect the most prize, each place visited at most once.

    Parameters
    ----------
    travel : (n, n) array
        Time from row to column, 0 or more, infinite where there is no way. Need not be symmetric.
    prize : (n,) array
        Reward for visiting each place, 0 or more. A place with prize 0 is never visited; the prizes of start
        and end are not counted.
    service : (n,) array
        Time each visit takes, 0 or more, in the unit of `travel`; those of start and end are not counted.
    vehicles : int
    limit : float or (vehicles,) array
        Most time a route may take from start to end; held to within TIME_SLACK.
    start, end : int
        Where each route starts and ends; may be the same place.
    seed : int
        Same seed and same number of rounds, same result.
    stop : StopRule
        `StopAfter` or `StopAtTime`. The search also ends when all that can be reached is visited.

    Returns
    -------
    Tours
        A vehicle without visits goes from start straight to end, [start, end], or stays, [], where that way
        is longer than its limit.

    Raises
    ------
    InvalidInputError
        `wrong_shape`, `not_finite`, `value_negative` or `place_outside`: what is wrong with which argument.

    Notes
    -----
    A heuristic: ruin and recreate with simulated annealing. The first call compiles, which takes seconds.
    """
    problem = _pose(travel, prize, service, vehicles, limit, start, end)
    if vehicles == 0:
        return Tours([], 0.0)
    search = begin_search(problem, seed, MOST_ROUNDS)
    most = problem.prize[search.useful].sum()
    rounds = 0
    while best_score(search) < most and not stop.is_over(rounds):
        continue_search(problem, search, ROUNDS_PER_LOOK)
        rounds += ROUNDS_PER_LOOK
    routes = [
        search.best_places[vehicle, : count + 2].tolist()
        for vehicle, count in enumerate(search.best_lengths.tolist())
    ]
    visited = sorted(place for route in routes for place in route[1:-1])
    straight = problem.travel[0, start, end]
    for vehicle, route in enumerate(routes):
        if len(route) == 2 and straight > problem.ends[vehicle] + TIME_SLACK:
            routes[vehicle] = []
    return Tours(routes, float(problem.prize[visited].sum()))


def _pose(
    travel: ArrayLike,
    prize: ArrayLike,
    service: ArrayLike,
    vehicles: int,
    limit: ArrayLike,
    start: int,
    end: int,
) -> Problem:
    """Check all that was given and return it as the search takes it."""
    rewards = np.atleast_1d(np.asarray(prize, dtype=np.float64))
    n = len(rewards)
    if vehicles < 0:
        raise InvalidInputError("value_negative", name="vehicles")
    for name, place in (("start", start), ("end", end)):
        if not 0 <= place < n:
            raise InvalidInputError("place_outside", name=name, count=n)
    ways = _checked(travel, (n, n), "travel", endless=True)
    rewards = _checked(rewards, (n,), "prize").copy()
    lengths = _checked(service, (n,), "service").copy()
    spread = np.broadcast_to(limit, vehicles) if np.ndim(limit) == 0 else limit
    limits = np.asarray(spread, dtype=np.float64)
    if limits.shape != (vehicles,):
        raise InvalidInputError(
            "wrong_shape", name="limit", expected=str((vehicles,)), found=str(limits.shape)
        )
    if np.isnan(limits).any():
        raise InvalidInputError("not_finite", name="limit")
    homes = [start, end]
    rewards[homes] = 0.0
    lengths[homes] = 0.0
    # no route is longer than the longest way from each place on, so that an endless limit can be a number
    longest = np.where(np.isfinite(ways), ways, 0.0).max(axis=1).sum() + lengths.sum()
    return Problem(
        travel=ways[None],
        profile=np.zeros(vehicles, dtype=np.int64),
        prize=rewards,
        service=lengths,
        opens=np.zeros(n),
        closes=np.full(n, np.inf),
        home_out=np.full(vehicles, start, dtype=np.int64),
        home_in=np.full(vehicles, end, dtype=np.int64),
        begins=np.zeros(vehicles),
        ends=np.minimum(limits, longest),
    )


def _checked(
    values: ArrayLike, shape: tuple[int, ...], name: str, *, endless: bool = False
) -> NDArray[np.float64]:
    array = np.ascontiguousarray(values, dtype=np.float64)
    if array.shape != shape:
        raise InvalidInputError("wrong_shape", name=name, expected=str(shape), found=str(array.shape))
    if np.isnan(array).any() or not (endless or np.isfinite(array).all()):
        raise InvalidInputError("not_finite", name=name)
    if (array < 0).any():
        raise InvalidInputError("value_negative", name=name)
    return array
