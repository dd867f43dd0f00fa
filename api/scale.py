"""The seam for more processes: a pure function of `coverage` put to many tiles, each wherever there is room.

Whatever gives answers in order for a function and its items fits `coverage.tiles.Over`. Here that is a pool
of processes on this machine; a `dask.distributed` client fits as well, with `map` and `gather` in batches.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any, Final, TypeVar

from ..coverage.tiles import Over

T = TypeVar("T")
R = TypeVar("R")

FEWEST_ITEMS: Final = 12
"""Fewer tiles than this are done at once: a process needs seconds to begin."""
AHEAD: Final = 2
"""Tiles that wait for each process, so that none is idle and few are in memory."""


@contextmanager
def open_pool(workers: int | None = None) -> Iterator[Over]:
    """Open a pool of processes; they begin when the first call with many items comes, and end with the pool.

    Parameters
    ----------
    workers : int, optional
        How many; as many as there are processors by default.

    Yields
    ------
    Over
        Like `map`. With one worker it is `map`.
    """
    pool = _Pool(workers or os.cpu_count() or 1)
    try:
        yield pool
    finally:
        pool.close()


class _Pool:
    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._executor: ProcessPoolExecutor | None = None

    def __call__(self, function: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        waiting = iter(items)
        first = list(islice(waiting, FEWEST_ITEMS))
        if self._workers < 2 or len(first) < FEWEST_ITEMS:
            yield from map(function, chain(first, waiting))
            return
        if self._executor is None:
            self._executor = ProcessPoolExecutor(
                self._workers, mp_context=multiprocessing.get_context("spawn"), initializer=_begin
            )
        futures: deque[Future[Any]] = deque()
        for item in chain(first, waiting):
            futures.append(self._executor.submit(function, item))
            if len(futures) >= self._workers * AHEAD:
                yield futures.popleft().result()
        while futures:
            yield futures.popleft().result()

    def close(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)


def _begin() -> None:
    # Ctrl+C goes to the whole group of processes; the one that opened the pool decides when it ends
    signal.signal(signal.SIGINT, signal.SIG_IGN)
