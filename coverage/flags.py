"""Columns of yes, no and unknown."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def flags(frame: pd.DataFrame, name: str) -> NDArray[np.bool_]:
    """Return where a column says yes; unknown, and a column that is not there, are no."""
    if name not in frame:
        return np.zeros(len(frame), dtype=bool)
    # True in memory, 1 in a file
    return frame[name].map(lambda value: value is True or value == 1).to_numpy(dtype=bool)
