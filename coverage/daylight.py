"""Whether it is day or night at a place and a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np
from astral import Observer
from astral.sun import elevation
from numpy.typing import NDArray

DARK_BELOW_DEG: Final = -6.0
"""The end of civil twilight: below this a street without lamps is dark to a camera without infrared."""


def is_dark(lon: float, lat: float, times: Sequence[datetime]) -> NDArray[np.bool_]:
    """Say for each time whether it is night at a place.

    Parameters
    ----------
    lon, lat : float
        Degrees, WGS 84.
    times : sequence of datetime (n,)
        With their zone.

    Returns
    -------
    ndarray of bool (n,)
        True where the sun stands more than 6 degrees below the horizon (after civil twilight). In a city
        of a few kilometres one place stands for all: 10 km are half a minute of sun.
    """
    observer = Observer(latitude=lat, longitude=lon)
    return np.array([elevation(observer, time) < DARK_BELOW_DEG for time in times], dtype=bool)
