"""What is asked of a plan of sites, checked and made ready for the analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import geopandas as gpd
import pyproj
import shapely

from ..coverage.actions import DEFAULT_MODELS, Prices, actions_asked, check_models
from ..coverage.candidate_places import SOURCES
from ..coverage.candidates import SPACING_M
from ..coverage.errors import InvalidInputError
from ..coverage.projection import WGS84, to_metric
from ..coverage.site_goals import Goal, GoalKind
from ..coverage.site_results import ACTIONS
from ..coverage.siting_program import StopRules

GAP: Final = 0.0025
"""Share of what can be gained that a plan may leave open."""
HEADINGS: Final = 12


@dataclass(frozen=True)
class SiteWishes:
    """What is asked of a plan of sites, as plain values.

    Attributes
    ----------
    goal, first, failing, floor
        Of `coverage.site_goals.Goal`.
    districts : sequence of mapping
        `name` and `polygon`: rings of [longitude, latitude], the outer one first.
    places : sequence of mapping
        `name`, `lon`, `lat`.
    count, budget
        Actions and tenge at most; five actions where neither is given.
    actions, models, phases, retention_days
        Of `coverage.proposals.propose_sites`.
    prices : mapping of str to float
        Tenge for each model; planning figures of the catalogue where none is given.
    connect_cost, aim_cost, repair_cost : float
        Tenge.
    spacing_m : float, optional
        Least distance between new cameras.
    own_only : bool
        Whether new cameras hang only at places of the user's list.
    apart_from_live : bool
        Whether the spacing holds from live cameras as well.
    time_limit_s : float
        For the solver.
    """

    goal: GoalKind = "incidents"
    first: float = 0.5
    failing: float = 0.1
    floor: float = 0.0
    districts: Sequence[Mapping[str, Any]] = ()
    places: Sequence[Mapping[str, Any]] = ()
    count: int | None = None
    budget: float | None = None
    actions: Sequence[str] = ACTIONS
    models: Sequence[str] = DEFAULT_MODELS
    prices: Mapping[str, float] = field(default_factory=dict)
    connect_cost: float = Prices.connect
    aim_cost: float = Prices.aim
    repair_cost: float = Prices.repair
    phases: int = 3
    retention_days: float = 30.0
    spacing_m: float | None = None
    own_only: bool = False
    apart_from_live: bool = False
    time_limit_s: float = 60.0

    def check(self) -> None:
        """Refuse what means nothing, whatever the city.

        Raises
        ------
        InvalidInputError
        """
        actions_asked(self.actions)
        check_models(self.models)
        _ = self.price_list
        self.goal_in(None)

    @property
    def price_list(self) -> Prices:
        """What actions cost."""
        return Prices(dict(self.prices), self.connect_cost, self.aim_cost, self.repair_cost)

    def goal_in(self, crs: pyproj.CRS | None) -> Goal:
        """Return the goal with its districts and places in a metric system (or in WGS 84, without one)."""
        return Goal(
            self.goal,
            first=self.first,
            failing=self.failing,
            floor=self.floor,
            districts=_frame([_polygon(one) for one in self.districts], self.districts, crs),
            places=_frame([shapely.Point(one["lon"], one["lat"]) for one in self.places], self.places, crs),
        )

    def options(self, crs: pyproj.CRS | None) -> dict[str, Any]:
        """Return the arguments of `propose_sites`."""
        return {
            "goal": self.goal_in(crs),
            "count": self.count,
            "budget": self.budget,
            "actions": tuple(self.actions),
            "models": tuple(self.models),
            "prices": self.price_list,
            "headings": HEADINGS,
            "phases": self.phases,
            "retention_days": float(self.retention_days),
            "rules": StopRules(gap=GAP, time_limit_s=float(self.time_limit_s)),
        }

    def where(
        self, places: gpd.GeoDataFrame, forbidden: gpd.GeoDataFrame, cameras: gpd.GeoDataFrame
    ) -> dict[str, Any]:
        """Return where new cameras may hang, as `candidates.find_candidates` takes it (metric frames)."""
        return {
            "spacing_m": SPACING_M if self.spacing_m is None else float(self.spacing_m),
            "own": places,
            "forbidden": forbidden,
            "existing": cameras if self.apart_from_live else None,
            "sources": ("own",) if self.own_only else SOURCES,
        }

    def told(self) -> dict[str, Any]:
        """Return what a run records of the question."""
        return {name: _plain(value) for name, value in asdict(self).items()}


def _polygon(district: Mapping[str, Any]) -> shapely.Polygon:
    rings = district["polygon"]
    try:
        shape = shapely.Polygon(rings[0], rings[1:])
    except (ValueError, TypeError, IndexError) as fault:
        raise InvalidInputError("district_not_a_polygon", district=str(district.get("name", ""))) from fault
    if shape.is_empty or not shape.is_valid:
        raise InvalidInputError("district_not_a_polygon", district=str(district.get("name", "")))
    return shape


def _frame(
    shapes: Sequence[shapely.Geometry], rows: Sequence[Mapping[str, Any]], crs: pyproj.CRS | None
) -> gpd.GeoDataFrame | None:
    if not shapes:
        return None
    names = [str(row.get("name") or number) for number, row in enumerate(rows, start=1)]
    frame = gpd.GeoDataFrame({"name": names}, geometry=list(shapes), crs=WGS84)
    return frame if crs is None else to_metric(frame, crs)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in sorted(value.items())}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    # a whole number of tenge is the same question as a decimal one
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
