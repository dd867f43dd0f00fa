"""The one place that touches osmnx's settings, which are global to the process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import osmnx

_LOCK: Final = threading.RLock()


@contextmanager
def osmnx_settings(**values: object) -> Iterator[None]:
    """Give osmnx these settings for the length of a block, and the former ones afterwards.

    Parameters
    ----------
    **values
        Names and values of `osmnx.settings`. Nothing is kept on disk (`use_cache=False`) and nothing is
        logged unless asked for here.

    Notes
    -----
    The settings are module globals, so blocks of several threads wait for each other.
    """
    wanted = {"use_cache": False, "log_console": False, "log_file": False} | values
    with _LOCK:
        former = {name: getattr(osmnx.settings, name) for name in wanted}
        try:
            for name, value in wanted.items():
                setattr(osmnx.settings, name, value)
            yield
        finally:
            for name, value in former.items():
                setattr(osmnx.settings, name, value)
