"""Demand that no live camera is expected to see, in short steps along the streets."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .results import Coverage
from .risk import StreetRisk
from .streets import Ways

CELL_M: Final = 2.0


def unseen_demand(
    coverage: Coverage, ways: Ways, risk: StreetRisk, *, cell_m: float = CELL_M
) -> pd.DataFrame:
    """Cut the streets into steps and weigh each by what happens there unseen.

    Parameters
    ----------
    coverage : Coverage
        Live cameras count with their expectation (mid).
    ways : Ways
        The ways it was measured on.
    risk : StreetRisk
        Where there is no risk at all, metres of street take its place.
    cell_m : float
        Longest step.

    Returns
    -------
    DataFrame
        `way`, `from_m`, `to_m`, `middle_m`, `weight`, sorted by way and place.
    """
    length = ways.frame["length_m"].to_numpy()
    counts = np.maximum(np.ceil(length / cell_m), 1).astype(int)
    way = np.repeat(np.arange(len(length)), counts)
    within = np.arange(len(way)) - np.repeat(np.cumsum(counts) - counts, counts)
    step = (length / counts)[way]
    from_m, to_m = within * step, (within + 1) * step
    middle = 0.5 * (from_m + to_m)
    unseen = 1.0 - coverage.pieces["live_mid"].to_numpy()[piece_at(coverage, way, middle)]
    demand = risk.demand(way, from_m, to_m) if risk.total > 0 else step
    return pd.DataFrame(
        {"way": way, "from_m": from_m, "to_m": to_m, "middle_m": middle, "weight": demand * unseen}
    )


def piece_at(coverage: Coverage, way: NDArray[np.int64], at_m: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the row of `coverage.pieces` that each place along a way lies on."""
    pieces = coverage.pieces
    span = float(coverage.ways["length_m"].max()) + 1.0
    start = pieces["way"].to_numpy() * span + pieces["from_m"].to_numpy()
    return np.searchsorted(start, way * span + at_m, side="right") - 1
