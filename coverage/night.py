"""Seeing at night: what a street lamp or the camera's own infrared lights up."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .intervals import cut_everywhere, inside_disc, pieces_covered
from .looks import Looks
from .stretches import ENDS, seen_stretches

USUAL_INFRARED_M: Final = 30.0
"""How far infrared reaches where it is not known whether a camera has any: one of two equal possibilities."""


def infrared(cameras: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how far each camera's own light reaches, metres, and how likely it has that light.

    Parameters
    ----------
    cameras : DataFrame
        `ir_range_m`: 0 for none, missing where it is not known.

    Returns
    -------
    reach_m, chance : ndarray (n,)
    """
    if "ir_range_m" not in cameras:
        return np.full(len(cameras), USUAL_INFRARED_M), np.full(len(cameras), 0.5)
    known = pd.to_numeric(cameras["ir_range_m"], errors="coerce").to_numpy(dtype=np.float64)
    missing = np.isnan(known)
    return np.where(missing, USUAL_INFRARED_M, known), np.where(missing, 0.5, 1.0)


def dim_stretches(
    stretches: pd.DataFrame, lines: pd.DataFrame, cameras: pd.DataFrame, looks: Looks, *, classes: list[str]
) -> pd.DataFrame:
    """Add to the stretches seen by day how likely each is seen where no lamp stands.

    Parameters
    ----------
    stretches : DataFrame
        Of `stretches.seen_stretches`.
    lines : DataFrame
        The sight lines they were made of.
    cameras : DataFrame
        `ir_range_m` of the same cameras.
    looks : Looks
    classes : list of str

    Returns
    -------
    DataFrame
        The stretches, cut where a camera's own light ends, with `dark_probability`, at most `probability`.
    """
    reach, chance = infrared(cameras)
    camera = lines["camera"].to_numpy(dtype=np.int64)
    low, high = inside_disc(lines[ENDS].to_numpy(dtype=float), reach[camera])
    lit = high > low
    near = lines[lit].reset_index(drop=True)
    for first, last in (("from_m", "to_m"), ("x0", "x1"), ("y0", "y1")):
        begin, whole = near[first].to_numpy(), (near[last] - near[first]).to_numpy()
        near = near.assign(**{first: begin + low[lit] * whole, last: begin + high[lit] * whole})
    dark = seen_stretches(near, looks, classes=classes)
    dark["probability"] = dark["probability"] * chance[dark["camera"].to_numpy(dtype=np.int64)]
    return _side_by_side(stretches, dark)


def _side_by_side(bright: pd.DataFrame, dark: pd.DataFrame) -> pd.DataFrame:
    """Cut two tables at each other's ends and put the likelihoods of the second beside those of the first."""
    both = pd.concat([bright, dark], ignore_index=True)
    names = ["camera", "quality", "way"]
    key = both.groupby(names, sort=True).ngroup().to_numpy(dtype=np.int64)
    start, stop = both["from_m"].to_numpy(), both["to_m"].to_numpy()
    line, from_m, to_m = cut_everywhere(key, start, stop)
    row, piece = pieces_covered(line, from_m, to_m, key, start, stop)
    chance = both["probability"].to_numpy()[row]
    of_dark = row >= len(bright)
    by_day = np.bincount(piece[~of_dark], weights=chance[~of_dark], minlength=len(line))
    at_night = np.bincount(piece[of_dark], weights=chance[of_dark], minlength=len(line))
    seen = by_day > 0
    labels = both[names].iloc[np.unique(key, return_index=True)[1]].iloc[line[seen]]
    out = pd.DataFrame(
        {
            "camera": labels["camera"].to_numpy(),
            "way": labels["way"].to_numpy(),
            "from_m": from_m[seen],
            "to_m": to_m[seen],
            "quality": labels["quality"].to_numpy(),
            "probability": by_day[seen],
            "dark_probability": np.minimum(at_night, by_day)[seen],
        }
    )
    return out.sort_values(["camera", "way", "from_m", "to_m", "quality"], ignore_index=True)
