"""A sweep of all blind streets as an answer: who drives which street when, and how good that is."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from .result_checks import require


@dataclass(frozen=True)
class SweepPlan:
    """Routes that drive every blind street once.

    Attributes
    ----------
    units : DataFrame
        `id`, `station`, `kind`, `streets`, `drive_s`, `drive_m`, `blind_m`, `shift_start`, `back_at`,
        `in_shift` (whether it is home before its shift ends); units that stay at home included.
    legs : GeoDataFrame
        Metric lines in the order of driving: `unit`, `order`, `what` (`street`, or `home` for the last one),
        `name`, `near` (nearest street that has a name), `depart`, `arrive`, `drive_s`, `drive_m` (the way
        there and the street), `street_s`, `street_m`, `blind_m` (of the street alone).
    streets : int
        Blind streets driven, each between two crossings.
    blind_m, left_out_m : float
        Blind metres on them, and those on no street a unit can drive to and back from, or on too short a
        piece.
    longest_s, bound_s, gap : float
        Seconds of the longest route, below which none can be (bound), and (longest - bound) / longest.
    rounds, seed : int
        Of the search.
    """

    units: pd.DataFrame
    legs: gpd.GeoDataFrame
    streets: int
    blind_m: float
    left_out_m: float
    longest_s: float
    bound_s: float
    gap: float
    rounds: int
    seed: int

    def __post_init__(self) -> None:
        require(int((self.legs["what"] == "street").sum()) == self.streets == self.units["streets"].sum(),
                "streets_lost")  # fmt: skip
        slack = 1e-6 * max(1.0, self.longest_s)
        require(abs(self.units["drive_s"].max() - self.longest_s) <= slack, "longest")
        require(self.bound_s <= self.longest_s + slack, "bound")
