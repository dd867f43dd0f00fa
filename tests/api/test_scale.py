"""A pool of processes gives what map gives, in order, and ends with its errors."""

import math
import multiprocessing

import pytest
from kuzet.api.scale import open_pool


def test_a_pool_does_what_map_does():
    """Answers come in the order of the items, a few or many, from one process or several."""
    for workers in (1, 2):
        with open_pool(workers) as over:
            for count in (0, 1, 3, 20):
                assert list(over(math.factorial, range(count))) == list(map(math.factorial, range(count)))


def test_items_are_made_as_they_are_needed():
    """With two workers no more than a few items wait: a city of tiles is not in memory at one time."""
    made = []

    def items():
        for number in range(30):
            made.append(number)
            yield number

    with open_pool(2) as over:
        answers = iter(over(math.factorial, items()))
        assert next(answers) == 1
        assert len(made) < 20


def test_an_error_in_a_worker_is_told_and_leaves_no_process():
    """What fails in a worker fails here, and no process is left."""
    with pytest.raises(ValueError), open_pool(2) as over:
        list(over(math.factorial, [*range(20), -1, 5]))
    assert not multiprocessing.active_children()
