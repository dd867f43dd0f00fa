"""Sweeps against exhaustive search, and what they promise."""

from itertools import pairwise, permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage.errors import CannotHoldError, InvalidInputError
from kuzet.coverage.sweep import sweep_streets


def town_of(random, streets, units, *, one_way=0.3):
    """Return random streets in a plane as options: travel, service, task."""
    tails, heads, task = [], [], []
    for t in range(streets):
        a, b = random.uniform(0, 100, (2, 2))
        for tail, head in [(a, b)] if random.random() < one_way else [(a, b), (b, a)]:
            tails.append(tail), heads.append(head), task.append(t)
    homes = random.uniform(0, 100, (units, 2))
    start, end = np.vstack([*tails, homes]), np.vstack([*heads, homes])
    travel = np.hypot(*(end[:, None] - start[None]).transpose(2, 0, 1)) * random.uniform(1, 1.3)
    service = np.hypot(*(np.array(tails) - np.array(heads)).T) * 2
    return travel, service, np.array(task)


def seconds_of(travel, service, units, unit, duty):
    """Add up one duty, leg by leg."""
    if not duty:
        return 0.0
    home = len(service) + unit
    way = [home, *duty, home]
    return sum(travel[a, b] for a, b in pairwise(way)) + sum(service[o] for o in duty)


def best_of_all(travel, service, task, units):
    """Try every share, order and direction."""
    streets = task.max() + 1
    best = np.inf
    for share in product(range(units), repeat=int(streets)):
        longest = 0.0
        for unit in range(units):
            mine = [t for t in range(streets) if share[t] == unit]
            longest = max(
                longest,
                min(
                    seconds_of(travel, service, units, unit, duty)
                    for order in permutations(mine)
                    for duty in product(*(np.flatnonzero(task == t) for t in order))
                ),
            )
        best = min(best, longest)
    return best


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 4), st.integers(1, 2))
def test_equal_to_exhaustive_search(seed, streets, units):
    """Up to four streets and two units: the longest duty is the best there is, and never below the bound."""
    travel, service, task = town_of(np.random.default_rng(seed), streets, units)
    found = sweep_streets(travel, service, task, units=units, rounds=200, seed=1)
    best = best_of_all(travel, service, task, units)
    assert found.longest == pytest.approx(best)
    assert found.bound <= best + 1e-9


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(1, 5))
def test_every_street_once_and_times_add_up(seed, streets, units):
    """Each street is driven in exactly one direction by exactly one unit; times are those of the legs."""
    travel, service, task = town_of(np.random.default_rng(seed), streets, units)
    found = sweep_streets(travel, service, task, units=units, rounds=50, seed=seed)
    driven = [task[option] for duty in found.duties for option in duty]
    assert sorted(driven) == list(range(streets))
    for unit, duty in enumerate(found.duties):
        assert found.seconds[unit] == pytest.approx(seconds_of(travel, service, units, unit, duty))
    assert found.bound <= found.longest == found.seconds.max()


def test_more_rounds_are_never_worse_and_seeds_repeat():
    """The best plan found is kept; the same seed draws the same plan."""
    travel, service, task = town_of(np.random.default_rng(5), 30, 3)
    few, again, many = (
        sweep_streets(travel, service, task, units=3, rounds=rounds, seed=2) for rounds in (0, 0, 300)
    )
    assert few.duties == again.duties
    assert many.longest < few.longest
    assert many.longest <= 1.6 * many.bound


def test_what_cannot_be_swept_is_said():
    """A street nobody can come back from, no unit, times below 0 and shapes that do not match are refused."""
    travel, service, task = town_of(np.random.default_rng(1), 3, 1, one_way=1.0)
    cut = travel.copy()
    cut[1, :] = np.inf
    with pytest.raises(CannotHoldError, match="street_out_of_reach"):
        sweep_streets(cut, service, task, units=1, rounds=1, seed=0)
    with pytest.raises(InvalidInputError):
        sweep_streets(travel, service, task, units=0, rounds=1, seed=0)
    with pytest.raises(InvalidInputError):
        sweep_streets(-travel, service, task, units=1, rounds=1, seed=0)
    with pytest.raises(InvalidInputError):
        sweep_streets(travel, service[:1], task, units=1, rounds=1, seed=0)


def test_nothing_to_sweep():
    """Without a street all units stay at home."""
    found = sweep_streets(np.zeros((2, 2)), [], [], units=2, rounds=5, seed=0)
    assert found.duties == [[], []]
    assert found.longest == found.bound == 0
