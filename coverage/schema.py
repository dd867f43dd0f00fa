"""The columns of every frame, checked once at the border: all faults gathered, raised once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from .errors import InvalidInputError

Kind = Literal["text", "number", "flag", "time", "names"]

STATES: Final = ("live", "archive", "registered", "offline")
KINDS: Final = ("fixed", "dome", "panning", "panorama", "anpr")
REPORTERS: Final = ("public", "patrol", "camera")
PRECISIONS: Final = ("rooftop", "street", "centroid", "snapped", "unknown")
CRIMES: Final = ("theft", "burglary", "robbery", "hooliganism", "assault", "vehicle_theft", "cattle_theft",
                 "drugs", "fraud", "damage", "other_crime")  # fmt: skip
NOT_CRIMES: Final = ("administrative", "traffic")
UNIT_KINDS: Final = ("car", "foot")
BARRIER_KINDS: Final = ("wall", "fence", "hedge", "tree_row")


@dataclass(frozen=True)
class Column:
    """One column: its name, kind of value, whether it must be there, and what it may hold.

    Attributes
    ----------
    low, high : float or None
        Range of a number, both ends allowed.
    above_low : bool
        True where `low` itself is not allowed.
    choices : tuple of str
        The words a text may be; empty means any.
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    low: float | None = None
    high: float | None = None
    above_low: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class FrameSchema:
    """A frame: its name, the geometry types it may hold (empty: a table), and its columns."""

    name: str
    geometry: tuple[str, ...]
    columns: tuple[Column, ...]
    key: str | None = None

    def column(self, name: str) -> Column:
        """Return the column of that name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> list[str]:
        """The names of the columns, in order, without the geometry."""
        return [column.name for column in self.columns]


STREETS: Final = FrameSchema(
    "streets",
    ("LineString",),
    (
        Column("u", "number", required=True),
        Column("v", "number", required=True),
        Column("key", "number", required=True),
        Column("length_m", "number", required=True, low=0),
        Column("highway", required=True),
        Column("name"),
        Column("oneway", "flag"),
        Column("maxspeed_kph", "number", low=0, above_low=True, high=200),
        Column("car", "flag", required=True),
        Column("foot", "flag", required=True),
        Column("sidewalk", "flag"),  # a separately mapped sidewalk or crossing: left to its street
        Column("lit", "flag"),
        Column("bridge", "flag"),
        Column("tunnel", "flag"),
        Column("layer", "number", low=-10, high=10),
        Column("osmid", "number"),
    ),
)
BUILDINGS: Final = FrameSchema(
    "buildings",
    ("Polygon", "MultiPolygon"),
    (
        Column("id", required=True),
        Column("name"),
        Column("height_m", "number", low=0, above_low=True, high=1000),
        # where the walls begin above the ground, of a part over a street; missing or 0: on the ground
        Column("base_m", "number", low=0, high=1000),
        Column("assumed", "names"),
    ),
    key="id",
)
BARRIERS: Final = FrameSchema(
    "barriers",
    ("LineString",),
    (
        Column("id", required=True),
        Column("kind", required=True, choices=BARRIER_KINDS),
        Column("height_m", "number", low=0, above_low=True, high=100),
        # where it begins to hide: a row of trees hides from its crowns' base up
        Column("base_m", "number", low=0, high=100),
        # False: one sees through it (wire, bars); missing: unknown, or a matter of leaves
        Column("solid", "flag"),
        # of hedges and trees
        Column("evergreen", "flag"),
        Column("assumed", "names"),
    ),
    key="id",
)
CAMERAS: Final = FrameSchema(
    "cameras",
    ("Point",),
    (
        Column("id", required=True),
        Column("name"),
        Column("programme"),
        Column("owner"),
        Column("state", required=True, choices=STATES),
        Column("kind", choices=KINDS),
        Column("heading_deg", "number", low=0, high=360),
        # the further headings of a head with several lenses, degrees joined by ";"
        Column("headings_deg"),
        Column("hfov_deg", "number", low=0, above_low=True, high=360),
        Column("focal_mm", "number", low=0, above_low=True, high=1000),
        Column("sensor_width_mm", "number", low=0, above_low=True, high=50),
        Column("pixels_across", "number", low=0, above_low=True, high=50_000),
        Column("height_m", "number", low=0, above_low=True, high=300),
        Column("tilt_deg", "number", low=-90, high=90),
        Column("ir_range_m", "number", low=0, high=1000),
        Column("retention_days", "number", low=0, high=36_500),
        Column("consent", "flag"),
        Column("desk"),
        # what the camera hangs on (recorder, feeder, switch), names joined by ";"
        Column("feeds"),
        Column("indoor", "flag"),
        Column("assumed", "names"),
        Column("synthetic", "names"),
    ),
    key="id",
)
INCIDENTS: Final = FrameSchema(
    "incidents",
    ("Point",),
    (
        Column("id", required=True),
        Column("occurred_from", "time", required=True),
        Column("occurred_to", "time"),
        Column("category", required=True, choices=CRIMES + NOT_CRIMES),
        Column("reported_by", choices=REPORTERS),
        Column("precision", choices=PRECISIONS),
        Column("severity", "number", low=0, high=1000),
        Column("synthetic", "flag"),
    ),
    key="id",
)
STATIONS: Final = FrameSchema(
    "stations",
    ("Point",),
    (Column("id", required=True), Column("name"), Column("synthetic", "flag")),
    key="id",
)
UNITS: Final = FrameSchema(
    "units",
    (),
    (
        Column("id", required=True),
        Column("station", required=True),
        Column("kind", choices=UNIT_KINDS),
        Column("shift_start", "time", required=True),
        Column("shift_end", "time", required=True),
        Column("cameras"),
        Column("synthetic", "flag"),
    ),
    key="id",
)
SCHEMAS: Final = {
    schema.name: schema for schema in (STREETS, BUILDINGS, BARRIERS, CAMERAS, INCIDENTS, STATIONS, UNITS)
}


@dataclass(frozen=True)
class Fault:
    """One fault of a frame: the row's label (None: the whole column), the column, the reason's code."""

    row: object
    column: str
    reason: str


def check_frame(frame: pd.DataFrame, schema: FrameSchema) -> list[Fault]:
    """List every fault of a frame, none repaired and nothing changed.

    Parameters
    ----------
    frame : DataFrame or GeoDataFrame
        Missing values are allowed in every column that is not required.
    schema : FrameSchema
        What the frame should look like.

    Returns
    -------
    list of Fault
        In column order, then row order; empty if the frame is sound. Reasons: `missing_column`,
        `missing`, `not_a_number`, `not_finite`, `out_of_range`, `unknown_word`, `no_time_zone`,
        `duplicate`, `no_geometry`, `wrong_geometry`, `empty_geometry`.
    """
    faults: list[Fault] = []
    for column in schema.columns:
        if column.name in frame:
            faults += _check_column(frame[column.name], column)
        elif column.required:
            faults.append(Fault(None, column.name, "missing_column"))
    if schema.key is not None and schema.key in frame:
        repeated = frame[schema.key].duplicated() & frame[schema.key].notna()
        faults += [Fault(row, schema.key, "duplicate") for row in frame.index[repeated]]
    if schema.geometry:
        faults += _check_geometry(frame, schema)
    return faults


def require_frame(frame: pd.DataFrame, schema: FrameSchema) -> None:
    """Raise one InvalidInputError that carries all the faults of a frame, if it has any."""
    faults = check_frame(frame, schema)
    if faults:
        first = faults[0]
        raise InvalidInputError(
            "frame_faulty",
            frame=schema.name,
            faults=len(faults),
            row="" if first.row is None else str(first.row),
            column=first.column,
            reason=first.reason,
        )


def complete_frame(frame: pd.DataFrame, schema: FrameSchema) -> pd.DataFrame:
    """Return a copy that has every column of the schema, the absent ones empty, in the schema's order."""
    out = frame.copy()
    for column in schema.columns:
        if column.name not in out:
            out[column.name] = _empty_values(column, out.index)
    extra = [name for name in out.columns if name not in schema.names]
    return out[[*schema.names, *extra]]


def _empty_values(column: Column, index: pd.Index) -> pd.Series:
    if column.kind == "number":
        return pd.Series(np.nan, index=index, dtype="float64")
    if column.kind == "time":
        return pd.Series(pd.NaT, index=index, dtype="datetime64[us, UTC]")
    return pd.Series([None] * len(index), index=index, dtype="object")


def _check_column(values: pd.Series, column: Column) -> list[Fault]:
    missing = values.isna()
    faults = [Fault(row, column.name, "missing") for row in values.index[missing]] if column.required else []
    present = values[~missing]
    if column.kind == "number":
        faults += _check_numbers(present, column)
    elif column.kind == "time":
        faults += _check_times(present, column)
    elif column.choices:
        strange = ~present.isin(column.choices)
        faults += [Fault(row, column.name, "unknown_word") for row in present.index[strange]]
    return faults


def _check_numbers(present: pd.Series, column: Column) -> list[Fault]:
    numbers = pd.to_numeric(present, errors="coerce").astype("float64")
    faults = [Fault(row, column.name, "not_a_number") for row in present.index[numbers.isna()]]
    numbers = numbers.dropna()
    endless = ~np.isfinite(numbers)
    faults += [Fault(row, column.name, "not_finite") for row in numbers.index[endless]]
    numbers = numbers[~endless]
    outside = pd.Series(False, index=numbers.index)
    if column.low is not None:
        outside |= (numbers <= column.low) if column.above_low else (numbers < column.low)
    if column.high is not None:
        outside |= numbers > column.high
    return faults + [Fault(row, column.name, "out_of_range") for row in numbers.index[outside]]


def _check_times(present: pd.Series, column: Column) -> list[Fault]:
    if isinstance(present.dtype, pd.DatetimeTZDtype):
        return []
    naive = [getattr(value, "tzinfo", None) is None for value in present]
    return [Fault(row, column.name, "no_time_zone") for row in present.index[naive]]


def _check_geometry(frame: pd.DataFrame, schema: FrameSchema) -> list[Fault]:
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        return [Fault(None, "geometry", "no_geometry")]
    shapes = frame.geometry
    empty = shapes.isna() | shapes.is_empty
    faults = [Fault(row, "geometry", "empty_geometry") for row in frame.index[empty]]
    wrong = ~empty & ~shapes.geom_type.isin(schema.geometry)
    return faults + [Fault(row, "geometry", "wrong_geometry") for row in frame.index[wrong]]
