"""What a column and a frame may be, and the check of one: all faults gathered, raised once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from .errors import InvalidInputError

Kind = Literal["text", "number", "flag", "time", "names"]


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
    """A frame: its name, the geometry types it may hold (empty: a table), its columns, and its key.

    The key is the column, or the columns together, of which no two rows hold the same.
    """

    name: str
    geometry: tuple[str, ...]
    columns: tuple[Column, ...]
    key: str | tuple[str, ...] | None = None

    def column(self, name: str) -> Column:
        """Return the column of that name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> list[str]:
        """The names of the columns, in order, without the geometry."""
        return [column.name for column in self.columns]

    @property
    def has_points(self) -> bool:
        """Whether its rows are single points."""
        return self.geometry == ("Point",)

    @property
    def keys(self) -> list[str]:
        """The columns of the key; empty where there is none."""
        return [self.key] if isinstance(self.key, str) else list(self.key or ())


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
    keys = schema.keys
    if keys and set(keys) <= set(frame.columns):
        repeated = frame.duplicated(keys) & frame[keys].notna().all(axis=1)
        faults += [Fault(row, keys[-1], "duplicate") for row in frame.index[repeated]]
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
