"""The words of the interface: what a body may hold. Anything else in it is a fault."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from ..coverage.conditions import HEAD_M

Language = Literal["kk", "ru", "en"]
MapName = Literal["coverage", "blind-spots", "sites", "patrol"]
ProcessName = Literal["coverage", "blind-spots", "sites", "patrol", "exposure", "sweep"]
Ladder = Literal["2014", "2025"]
Mode = Literal["append", "replace"]
Light = Literal["day", "night"]
Obstacles = Literal["buildings", "leaf_off", "leaf_on"]

LIGHT: Final = "At night only what a street lamp or the camera's own infrared lights up is seen."
OBSTACLES: Final = (
    "What hides besides buildings: nothing; walls and solid fences (leaf_off); those, hedges and rows of "
    "trees (leaf_on)."
)
TARGET: Final = "Height above the street of what must be seen, metres: 0 the ground, 1.7 a person's head."

Corner = Annotated[list[float], Field(min_length=2, max_length=2)]
Node = Annotated[int, Field(ge=-(2**63), lt=2**63)]
Edge = Annotated[list[Node], Field(min_length=3, max_length=3)]
MOST_DUTIES: Final = 200


class Strict(BaseModel):
    """Takes each value as the kind it is, and no name it does not know."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class SightInputs(Strict):
    """From when on a place counts as seen, and what hides it."""

    ladder: Ladder = Field(
        default="2014", description="Ladder of pixel densities: EN 62676-4:2015 or IEC 62676-4:2025."
    )
    seen_at: str | None = Field(
        default=None,
        max_length=40,
        pattern="^[a-z]+$",
        description="Class from which a place counts as seen; by default observe (2014) or discern (2025).",
    )
    obstacles: Obstacles = Field(default="buildings", description=OBSTACLES)
    target_m: float = Field(default=HEAD_M, ge=0, le=100, description=TARGET)


class CoverageInputs(SightInputs):
    """What the coverage of streets depends on besides the city."""

    light: Light = Field(default="day", description=LIGHT)


class BlindSpotInputs(CoverageInputs):
    """Blind spots depend on what coverage depends on."""


class Duty(Strict):
    """What must be done at a time and a place."""

    id: Annotated[str, Field(min_length=1, max_length=80)]
    name: Annotated[str | None, Field(max_length=200)] = None
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    opens: Annotated[
        AwareDatetime, Field(strict=False, description="A unit is there from then on, with its time zone.")
    ]
    closes: Annotated[AwareDatetime, Field(strict=False, description="It may have gone by then.")]
    dwell_minutes: Annotated[float, Field(gt=0, le=720, description="How long it stays.")]


class Zone(Strict):
    """Where some units stop, and nowhere else."""

    id: Annotated[str, Field(min_length=1, max_length=80)]
    ring: Annotated[
        list[Corner],
        Field(min_length=3, max_length=10_000, description="Corners [longitude, latitude]."),
    ]


class PatrolWishes(CoverageInputs):
    """What a plan is asked to hold."""

    most_dwell_minutes: Annotated[
        float | None, Field(ge=10, le=16, description="Minutes at the riskiest stop; all alike by default.")
    ] = None
    max_gap_minutes: Annotated[
        float, Field(ge=30, le=720, description="Longest time a held stop may be alone.")
    ] = 120
    hold: Annotated[
        int | None,
        Field(ge=0, le=1000, description="So many best stops are held; by default all that can be."),
    ] = None
    hard_gap: Annotated[
        bool, Field(description="Refuse a plan that misses a gap; else the miss is stated.")
    ] = False
    duties: Annotated[list[Duty], Field(max_length=MOST_DUTIES)] = []
    zones: Annotated[
        list[Zone], Field(max_length=MOST_DUTIES, description="Named by `zone` of the units.")
    ] = []
    closed: Annotated[
        list[Edge], Field(max_length=10_000, description="Closed streets: [u, v, key] of their edges.")
    ] = []
    drive_by: Annotated[
        float, Field(ge=0, le=1000, description="Reward for each metre of blind street that is driven.")
    ] = 0
    camera_blind: Annotated[
        bool, Field(description="Plan as though there were no cameras, for comparison.")
    ] = False
    pool: Annotated[
        int, Field(ge=0, le=50, description="Plans that are made to draw one from; 0: only the best found.")
    ] = 3


class PatrolInputs(PatrolWishes):
    """What a plan of patrol routes depends on."""

    dwell_minutes: Annotated[float, Field(ge=10, le=16, description="Minutes a unit stays at a stop.")] = 12
    seed: Annotated[int, Field(ge=0, le=2**31 - 1, description="The same seed draws the same plan.")] = 0
    iterations: Annotated[
        int, Field(ge=1, le=100_000, description="How long a better plan is looked for.")
    ] = 4000


class ReplanOrder(Strict):
    """What happened, and when."""

    now: Annotated[AwareDatetime, Field(strict=False, description="The moment, with its time zone.")]
    lost: list[str] = Field(default_factory=list, max_length=200, description="Units that drive no farther.")
    closed: list[Edge] = Field(
        default_factory=list, max_length=10_000, description="Closed streets: [u, v, key]."
    )
    duties: list[Duty] = Field(default_factory=list, max_length=200, description="New incidents and events.")
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class ExposureInputs(CoverageInputs):
    """What a comparison of plans by held-back incidents depends on."""

    dwell_minutes: Annotated[float, Field(ge=10, le=16, description="Minutes a unit stays at a stop.")] = 12
    months: Annotated[int, Field(ge=1, le=120, description="Last months of incidents held back.")] = 12
    timetables: Annotated[int, Field(ge=1, le=50, description="Days planned by seed, for each plan.")] = 5
    replications: Annotated[int, Field(ge=200, le=10_000, description="How often incidents are drawn.")] = 400
    promise_minutes: Annotated[
        float, Field(gt=0, le=120, description="How soon a unit is to be where something happens.")
    ] = 5
    iterations: Annotated[
        int, Field(ge=1, le=100_000, description="How long a better plan is looked for.")
    ] = 4000
    seed: Annotated[int, Field(ge=0, le=2**31 - 1, description="The same seed gives the same answer.")] = 0


class SweepInputs(CoverageInputs):
    """What a sweep of all blind streets depends on."""

    least_m: Annotated[
        float, Field(ge=1, le=1000, description="Streets with fewer blind metres are left out.")
    ] = 10
    rounds: Annotated[int, Field(ge=1, le=20_000, description="How long a better plan is looked for.")] = 300
    seed: Annotated[int, Field(ge=0, le=2**31 - 1, description="The same seed draws the same plan.")] = 0


class CoverageOrder(Strict):
    """An order to measure coverage."""

    inputs: CoverageInputs = CoverageInputs()


class BlindSpotOrder(Strict):
    """An order to find blind spots."""

    inputs: BlindSpotInputs = BlindSpotInputs()


class PatrolOrder(Strict):
    """An order to plan routes."""

    inputs: PatrolInputs = PatrolInputs()


class ExposureOrder(Strict):
    """An order to replay held-back incidents against plans."""

    inputs: ExposureInputs = ExposureInputs()


class SweepOrder(Strict):
    """An order to share out all blind streets."""

    inputs: SweepInputs = SweepInputs()


class Sparse(BaseModel):
    """Written without the members it has no value for."""

    @model_serializer(mode="wrap")
    def _leave_out(self, write: SerializerFunctionWrapHandler):  # no return type: it would hide the schema
        return {name: value for name, value in write(self).items() if value is not None}


class Link(Sparse):
    """A way to go on from an answer."""

    href: str
    rel: str
    type: str | None = None
    title: str | None = None
    hreflang: str | None = None


class StatusInfo(Sparse):
    """How a job stands (OGC API Processes, statusInfo)."""

    type: Literal["process"] = "process"
    jobID: str  # noqa: N815  (the standard's own spelling)
    processID: str  # noqa: N815
    status: Literal["accepted", "running", "successful", "failed", "dismissed"]
    message: str
    progress: Annotated[int, Field(ge=0, le=100)]
    created: datetime
    updated: datetime
    started: datetime | None = None
    finished: datetime | None = None
    links: list[Link]


class JobList(BaseModel):
    """Jobs, the newest first."""

    jobs: list[StatusInfo]
    links: list[Link]


class Problem(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    remedy: str = Field(description="What to do.")
    request_id: str
    where: Any = Field(default=None, description="Which field, row or column.")


class UploadReport(BaseModel):
    """What became of a file: rows = accepted + rejected."""

    layer: str
    mode: Mode
    rows: int
    accepted: int
    rejected: int
    total: int = Field(description="Rows the layer holds now.")
    dialect: dict[str, Any]
    reasons: dict[str, int] = Field(description="Reason -> number of rows rejected for it.")
    warnings: list[str]
    links: list[Link]

    @model_validator(mode="after")
    def _adds_up(self) -> UploadReport:
        if self.rows != self.accepted + self.rejected:
            raise ValueError("rows must be accepted + rejected")
        return self
