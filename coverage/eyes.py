"""How high each camera hangs, and what it looks over: one row for each possibility."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .obstacles import ASSUMED_HEIGHT_M, Obstacles

USUAL_HEIGHTS_M: Final = {"panning": (5.0, 8.0), "anpr": (4.0, 6.0)}
"""Between which heights cameras of a kind are hung; the others between OTHER_HEIGHTS_M."""
OTHER_HEIGHTS_M: Final = (3.0, 6.0)
ANY_EYE: Final = -1
"""Of a camera that may hang at one height only, or sees the same from any."""


class Eye(NamedTuple):
    """One possibility of how high a camera hangs.

    Attributes
    ----------
    height_m : float
        Above the ground.
    over_assumed : bool
        Whether buildings of assumed height are taken to end there, so that it may look over them; else they
        hide all that is behind them.
    weight : float
        How likely; those of one camera add up to 1.
    """

    height_m: float
    over_assumed: bool
    weight: float


def possible_eyes(camera: Mapping[str, Any]) -> tuple[Eye, ...]:
    """Return the heights a camera may hang at, equally likely.

    Parameters
    ----------
    camera : mapping
        `height_m` and `kind` where known.

    Returns
    -------
    tuple of Eye
        One where the height is known and no building of assumed height could be looked over.
    """
    value = camera.get("height_m")
    kind = camera.get("kind")
    if value is None or pd.isna(value):
        heights = USUAL_HEIGHTS_M.get(kind, OTHER_HEIGHTS_M) if isinstance(kind, str) else OTHER_HEIGHTS_M
    else:
        heights = (float(value),)
    eyes = []
    for height in heights:
        # where it would look over a house of assumed height, that house may as well be higher
        choices = (False, True) if height > ASSUMED_HEIGHT_M else (True,)
        eyes += [Eye(height, choice, 1 / len(heights) / len(choices)) for choice in choices]
    return tuple(eyes)


def best_eye(eyes: tuple[Eye, ...]) -> Eye:
    """Return the one of a camera's eyes that sees most: the highest, and looking over what may be low."""
    return max(eyes, key=lambda eye: (eye.height_m, eye.over_assumed))


def highest(eyes: list[tuple[Eye, ...]]) -> NDArray[np.float64]:
    """Return the greatest height at which each camera may hang, metres (n,)."""
    return np.array([max(eye.height_m for eye in mine) for mine in eyes], dtype=np.float64)


def hides_all(obstacles: Obstacles, *, target_m: float) -> NDArray[np.float64]:
    """Return the height below which each wall hides from an eye all that is behind it.

    Parameters
    ----------
    obstacles : Obstacles
    target_m : float
        Height of what must be seen.

    Returns
    -------
    ndarray (m,)
        Its top where it begins below the target; minus infinity where one sees under it, or where the
        target stands above it.
    """
    whole = (obstacles.base_m <= target_m) & (obstacles.top_m >= target_m)
    return np.where(whole, obstacles.top_m, -np.inf)
