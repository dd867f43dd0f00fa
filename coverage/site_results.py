"""The answers about sites: a solution of the cover problem, and the proposal made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from .result_checks import require

ACTIONS: Final = ("install", "connect", "aim", "repair")
"""A new camera; one that is archived or registered made live; a live one turned; one out of order mended."""
GOALS: Final = ("incidents", "metres", "backup", "failing", "places")


@dataclass(frozen=True)
class SitePlan:
    """A solution of the maximal cover problem.

    Attributes
    ----------
    chosen : ndarray of int
        Rows of the cover matrix, in the order in which they were chosen.
    covered : float
        Weight covered by the chosen and the fixed sites together.
    upper_bound : float
        No choice within the budget covers more.
    gap : float
        (upper_bound - covered) / upper_bound, 0 when nothing can be covered. Of the fewest sites that cover
        everything: (cost - cost_bound) / cost.
    proved : bool
        True when the choice is optimal.
    cost : float
        Money spent.
    gains : ndarray of float
        Weight each chosen site added when it was chosen.
    stopped : str
        Why the search ended without a proof: `gap` (near enough), `quick` (no proof was asked for), `time`,
        `nodes`, `sites` (the rules of `siting.StopRules`), `failed` (the solver gave no answer); empty when
        proved. Only after `time` may the same arguments give another plan.
    cost_bound : float
        No choice that covers as much costs less, as far as that was asked: 0 where the most cover was.
    """

    chosen: np.ndarray
    covered: float
    upper_bound: float
    gap: float
    proved: bool
    cost: float
    gains: np.ndarray
    stopped: str = ""
    cost_bound: float = 0.0

    def __post_init__(self) -> None:
        require(len(self.chosen) == len(self.gains), "gains_do_not_match")
        require(len(set(self.chosen.tolist())) == len(self.chosen), "chosen_twice")
        require(self.covered <= self.upper_bound * (1 + 1e-9) + 1e-9, "better_than_its_bound")
        require(self.cost_bound <= self.cost * (1 + 1e-9) + 1e-9, "cheaper_than_its_bound")
        require(self.proved == (not self.stopped), "proof_and_stop_disagree")


@dataclass(frozen=True)
class SiteProposal:
    """What to do, in buying order, with what each step adds. Money is tenge: planning figures, no offers.

    Attributes
    ----------
    plan : SitePlan
        Over what was weighed, in the goal's units that no live camera sees today (for `places`, in
        places). `chosen` are positions among the weighed choices.
    sites : GeoDataFrame
        Metric points: `order` (from 1), `id`, `action` (one of ACTIONS), `camera` (id of the existing one,
        None for install), `support`, `support_id`, `support_m` (to its support; NaN where none is known),
        `heading_deg` (NaN where it is not known or all round), `model` (None for existing cameras),
        `height_m`, `cost` (tenge), `gain` (in the goal's units), `gain_m` (street metres newly seen live),
        `demand` (weighted incidents newly seen live), `per_million` (metres added for each million tenge),
        `street` (it mostly watches), `phase` (from 1), `cause` (why most of it is not seen today, one of
        CAUSES, or None), `notes` (list of codes).
    views : GeoDataFrame
        What each site would see (metric polygons): `order`, `id`.
    stretches : GeoDataFrame
        Street pieces the sites add (metric lines): `order`, `length_m`.
    before, after : dict
        `seen_m` and `demand_seen` of live cameras (mid) before and after.
    candidates : int
        How many choices (place x heading x model, and actions on existing cameras) were weighed.
    curve : DataFrame
        `step` (from 0), `order` (0 for the start), `spent` (tenge), `gain`, `gain_m`, `phase`: what has been
        gained for what has been spent. `gain` never falls.
    phases : DataFrame
        `phase`, `budget`, `spent`, `sites` (up to its end), `gain`, `gain_m`, `upper_bound` (no plan made for
        this budget alone gains more), `gap`, `proved`. Each phase is part of the next.
    connectable : GeoDataFrame
        Every archived or registered camera (metric points), the most gain for its money first: `camera`,
        `programme`, `owner`, `consent`, `state`, `retention_days`, `cost`, `gain`, `gain_m`, `per_million`,
        `reason` (why it cannot be connected: `no_consent`; else None), `notes` (list of codes).
    goal : dict
        `kind` (one of GOALS) and whatever else was asked for.
    left_out : dict
        Reason -> cameras that were not weighed for it.
    warnings : list of dict
        `code` and facts of what could be done only in part.
    """

    plan: SitePlan
    sites: gpd.GeoDataFrame
    views: gpd.GeoDataFrame
    stretches: gpd.GeoDataFrame
    before: dict[str, float]
    after: dict[str, float]
    candidates: int
    curve: pd.DataFrame = field(default_factory=pd.DataFrame)
    phases: pd.DataFrame = field(default_factory=pd.DataFrame)
    connectable: gpd.GeoDataFrame = field(default_factory=gpd.GeoDataFrame)
    goal: dict[str, Any] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        added = float(self.sites["gain_m"].sum()) if "gain_m" in self.sites else np.nan
        change = self.after["seen_m"] - self.before["seen_m"]
        require(not abs(added - change) > 1e-6 * max(1.0, abs(self.after["seen_m"])), "gains_do_not_add_up")
        if len(self.curve):
            require(bool((np.diff(self.curve["gain"].to_numpy(dtype=float)) >= 0).all()), "curve_falls")
            require(bool((np.diff(self.curve["spent"].to_numpy(dtype=float)) >= 0).all()), "money_comes_back")
        if len(self.connectable):
            open_to = self.connectable["reason"].isna().to_numpy()
            agreed = self.connectable["consent"].map(lambda value: value is True).to_numpy(dtype=bool)
            require(not (open_to & ~agreed).any(), "connected_without_consent")
