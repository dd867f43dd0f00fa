"""What a plan of sites is to achieve: what counts, and how much a second camera counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

import geopandas as gpd
import numpy as np

from .errors import InvalidInputError
from .risk import StreetRisk
from .site_results import GOALS
from .siting import ONCE, backup_levels, failing_levels

GoalKind = Literal["incidents", "metres", "backup", "failing", "places"]
TINY: Final = 1e-4


class Worth(NamedTuple):
    """What cover is worth: 1 - P(none) - second x P(exactly one), of cameras that are at work.

    `of` is what is counted (`incidents`, `metres` or `places`), `works` the probability that a camera is at
    work.
    """

    of: str
    second: float = 0.0
    works: float = 1.0


@dataclass(frozen=True)
class Goal:
    """What a plan of sites is to achieve.

    Attributes
    ----------
    kind : {"incidents", "metres", "backup", "failing", "places"}
        Weighted incidents (where there are none, metres); metres of street; incidents seen once, and again by
        a second camera; incidents seen by a camera that is at work; all listed places.
    first : float
        `backup`: share of the weight for being seen once, 0 to 1; the rest is for the second time.
    failing : float
        `failing`: probability, from 0 to below 1, that a camera is out of order.
    floor : float
        Least share of each district's weight that must be seen at least once, 0 to 1.
    districts : GeoDataFrame, optional
        Metric polygons with `name`.
    places : GeoDataFrame, optional
        `places`: metric points.
    """

    kind: GoalKind = "incidents"
    first: float = 0.5
    failing: float = 0.1
    floor: float = 0.0
    districts: gpd.GeoDataFrame | None = field(default=None, repr=False)
    places: gpd.GeoDataFrame | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.kind not in GOALS:
            raise InvalidInputError("unknown_goal", known=", ".join(GOALS))
        if not (0 <= self.first <= 1 and 0 <= self.floor <= 1 and 0 <= self.failing < 1):
            raise InvalidInputError("share_outside", low=0, high=1)
        if self.kind == "places" and (self.places is None or not len(self.places)):
            raise InvalidInputError("goal_needs_places")
        if self.floor > 0 and (self.districts is None or not len(self.districts)):
            raise InvalidInputError("floor_needs_districts")

    def worth(self, risk: StreetRisk) -> Worth:
        """Return what cover is worth under this goal."""
        if self.kind == "places":
            return Worth("places")
        of = "metres" if self.kind == "metres" or risk.total <= 0 else "incidents"
        match self.kind:
            case "backup":
                return Worth(of, second=1 - self.first)
            case "failing":
                return Worth(of, works=1 - self.failing)
        return Worth(of)

    def levels(self) -> tuple[float, ...]:
        """Return what the first, second, ... camera adds of a demand's weight, as `siting` takes it.

        Cameras beyond the last level count with it, so that no plan is worth more than its levels say.
        """
        match self.kind:
            case "backup":
                return backup_levels(self.first)
            case "failing" if self.failing > 0:
                further = int(np.clip(np.ceil(np.log(TINY) / np.log(self.failing)), 1, 8))
                # the last level counts for all further cameras together
                return (*failing_levels(self.failing, most=further)[:-1], self.failing ** (further - 1))
        return ONCE

    def told(self, worth: Worth) -> dict[str, Any]:
        """Return the goal as plain values."""
        told: dict[str, Any] = {"kind": self.kind, "of": worth.of}
        if self.kind == "backup":
            told["first"] = float(self.first)
        if self.kind == "failing":
            told["failing"] = float(self.failing)
        if self.kind == "places" and self.places is not None:
            told["places"] = len(self.places)
        if self.floor > 0 and self.districts is not None:
            told |= {"floor": float(self.floor), "districts": len(self.districts)}
        return told
