"""The words of a plan of sites: what may be asked, at what price, for which goal."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..coverage.actions import DEFAULT_MODELS, Prices
from ..coverage.site_results import ACTIONS
from .schemas import CoverageInputs, Strict

GoalName = Literal["incidents", "metres", "backup", "failing", "places"]
ActionName = Literal["install", "connect", "aim", "repair"]
Tenge = Annotated[float, Field(gt=0, le=1e12)]
Position = Annotated[list[float], Field(min_length=2, max_length=2)]
Ring = Annotated[list[Position], Field(min_length=4, max_length=5000)]


class Quarter(Strict):
    """A district of the city."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    polygon: Annotated[
        list[Ring],
        Field(
            min_length=1, max_length=50, description="Rings of [longitude, latitude], the outer one first."
        ),
    ]


class ListedPlace(Strict):
    """A place that must be seen."""

    name: Annotated[str | None, Field(max_length=200)] = None
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]


class SiteInputs(CoverageInputs):
    """What a plan of sites depends on. Money is in tenge: planning figures, no offers."""

    count: Annotated[
        int | None,
        Field(ge=1, le=100, description="At most so many actions; five where no budget is given either."),
    ] = None
    budget: Annotated[float | None, Field(ge=0, le=1e12, description="At most so much money, tenge.")] = None
    goal: GoalName = Field(
        default="incidents",
        description="What counts: weighted incidents (metres where there are none); metres of street; "
        "incidents seen by two cameras (backup); by cameras that may be out of order (failing); all listed "
        "places with the fewest cameras.",
    )
    first: Annotated[
        float, Field(ge=0, le=1, description="Backup: share of the weight for being seen once.")
    ] = 0.5
    failing: Annotated[
        float, Field(ge=0, le=0.95, description="Failing: probability that a camera is out of order.")
    ] = 0.1
    floor: Annotated[
        float, Field(ge=0, le=1, description="Least share of each district that must be seen.")
    ] = 0.0
    districts: list[Quarter] = Field(default_factory=list, max_length=100, description="For the floor.")
    places: list[ListedPlace] = Field(
        default_factory=list, max_length=500, description="For the goal `places`."
    )
    actions: list[ActionName] = Field(
        default=list(ACTIONS),
        min_length=1,
        max_length=4,
        description="What may be done: a new camera; one of others made live, with recorded consent; a live "
        "one turned; one out of order mended.",
    )
    models: list[Annotated[str, Field(max_length=60)]] = Field(
        default=list(DEFAULT_MODELS),
        min_length=1,
        max_length=30,
        description="Models of the catalogue to choose from.",
    )
    prices: dict[str, Tenge] = Field(
        default_factory=dict,
        max_length=30,
        description="Price of each model, installed, tenge; else that of the catalogue.",
    )
    connect_cost: Annotated[Tenge, Field(description="Of making one camera of others live, tenge.")] = (
        Prices.connect
    )
    aim_cost: Annotated[Tenge, Field(description="Of turning one camera, tenge.")] = Prices.aim
    repair_cost: Annotated[Tenge, Field(description="Of mending one camera, tenge.")] = Prices.repair
    phases: Annotated[int, Field(ge=1, le=10, description="Parts of the plan, each within its share.")] = 3
    retention_days: Annotated[
        float, Field(ge=0, le=36_500, description="A camera that keeps pictures for less gets a note.")
    ] = 30.0
    spacing_m: Annotated[
        float | None, Field(gt=0, le=10_000, description="Least distance between places for new cameras.")
    ] = None
    own_only: Annotated[
        bool, Field(description="New cameras only at the places that were brought (`kuzet ingest places`).")
    ] = False
    apart_from_live: Annotated[bool, Field(description="The spacing holds from live cameras as well.")] = (
        False
    )
    time_limit_s: Annotated[
        float, Field(gt=0, le=600, description="Seconds for the solver; a plan cut off says so.")
    ] = 60.0


class SiteOrder(Strict):
    """An order to propose sites."""

    inputs: SiteInputs = SiteInputs()
