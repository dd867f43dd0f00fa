"""The answers used last, kept for whoever asks again."""

from __future__ import annotations

import gc
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


def set_aside() -> None:
    """Take all that lives now out of what the collector of garbage goes through, once something large stays.

    A city in memory costs each collection a tenth of a second, which answers would wait for.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


class Recent(Generic[Value]):
    """Values by key, the `most` used last; threads may share it.

    Parameters
    ----------
    most : int
        How many are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, Value] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the value of a key, made now if it is not kept; what fails to be made is not kept."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        # outside the lock: a slow value must not hold up quick ones
        value = make()
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value
