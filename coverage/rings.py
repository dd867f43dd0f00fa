"""Cameras whose heading is unknown, shared or all round: how likely each distance is in the picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .optics import Optics

RING_COLUMNS: Final = ["quality", "inner_m", "outer_m", "probability"]
MOST_RINGS: Final = 5
"""Steps that stand for the likelihood over distance, for each class of pixels."""
TAPER_STEPS: Final = 6
"""Steps in which the corners of a picture are first measured, before steps are joined."""


class Reach(NamedTuple):
    """One possibility of what a lens holds, along its axis.

    Attributes
    ----------
    optics : Optics
    near_m, far_m : float
        Where the picture begins and ends.
    weight : float
        How likely.
    """

    optics: Optics
    near_m: float
    far_m: float
    weight: float


def ring_profile(reaches: Sequence[Reach], classes: Mapping[str, float]) -> pd.DataFrame:
    """Return how likely a place is in the picture, class by class, as a step function of distance.

    Parameters
    ----------
    reaches : sequence of Reach
        The possibilities of one camera; their weights may add up to less than 1.
    classes : mapping of str to float
        Pixels per metre of each class.

    Returns
    -------
    DataFrame
        RING_COLUMNS, sorted by class and distance: at most MOST_RINGS steps that touch. The innermost begins
        where any possibility begins, the outermost ends where the last ends; between them steps are joined
        so that the expected area stays the same.
    """
    rows = []
    for quality, density in classes.items():
        edges = {0.0}
        for reach in reaches:
            edges |= {float(edge) for edge in _edges(reach, density)}
        radii = np.array(sorted(edges))
        middle = 0.5 * (radii[1:] + radii[:-1])
        share = sum(
            (reach.weight * _share_of_turn(reach, density, middle) for reach in reaches),
            np.zeros(len(middle)),
        )
        some = np.flatnonzero(share > 0)
        if not len(some):
            continue
        part = slice(int(some[0]), int(some[-1]) + 1)
        rows += [
            (quality, inner, outer, chance)
            for inner, outer, chance in _join_steps(radii[part.start : part.stop + 1], share[part])
        ]
    return pd.DataFrame(rows, columns=RING_COLUMNS)


def _edges(reach: Reach, density: float) -> list[float]:
    """Return the distances at which the share of headings bends or jumps."""
    far = min(reach.optics.reach(density), reach.far_m)
    near = reach.near_m
    if far <= near:
        return []
    if not reach.optics.rectilinear:
        return [near, far]
    angles = np.linspace(0.0, np.radians(reach.optics.hfov_deg) / 2, TAPER_STEPS + 1)
    return [*(near / np.cos(angles)), *(far / np.cos(angles))]


def _share_of_turn(reach: Reach, density: float, distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of headings with which a place at this distance is in the picture."""
    far = min(reach.optics.reach(density), reach.far_m)
    half = reach.optics.hfov_deg / 2
    if far <= reach.near_m:
        return np.zeros(len(distance))
    if not reach.optics.rectilinear:
        return np.where((distance >= reach.near_m) & (distance <= far), 2 * half / 360, 0.0)
    # depth is what counts: beyond the range on the axis only the corners of the picture still reach, and
    # short of where it begins on the axis they do not yet
    beyond = np.degrees(np.arccos(np.clip(far / distance, 0.0, 1.0)))
    within = np.minimum(half, np.degrees(np.arccos(np.clip(reach.near_m / distance, 0.0, 1.0))))
    within = np.where(distance < reach.near_m, 0.0, within)
    return np.maximum(within - beyond, 0.0) * 2 / 360


def _join_steps(radii: NDArray[np.float64], share: NDArray[np.float64]) -> list[tuple[float, float, float]]:
    """Join neighbouring steps, those whose joining changes least first, until few are left."""
    edges = [float(edge) for edge in radii]
    chance = [float(value) for value in share]
    area = list(np.diff(radii**2))
    while len(chance) > MOST_RINGS:
        together = [
            area[k] * area[k + 1] / (area[k] + area[k + 1]) * (chance[k] - chance[k + 1]) ** 2
            for k in range(len(chance) - 1)
        ]
        k = int(np.argmin(together))
        whole = area[k] + area[k + 1]
        chance[k] = (chance[k] * area[k] + chance[k + 1] * area[k + 1]) / whole
        area[k] = whole
        del chance[k + 1], area[k + 1], edges[k + 1]
    return list(zip(edges[:-1], edges[1:], chance, strict=True))
