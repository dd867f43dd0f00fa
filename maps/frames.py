"""Frames read row by row, for texts; all figures are made in `coverage`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as dictionaries, the geometry among them."""
    return [dict(row) for row in frame.to_dict("records")]


def pick(frame: gpd.GeoDataFrame, rows: np.ndarray) -> gpd.GeoDataFrame:
    """Return the rows a mask or an order of positions names."""
    return cast(gpd.GeoDataFrame, frame[rows] if rows.dtype == bool else frame.iloc[rows])


def lookup(table: pd.DataFrame, keys: Sequence[str], value: str) -> dict[tuple[Any, ...], float]:
    """Return a table as key columns -> value."""
    return {tuple(row[key] for key in keys): float(row[value]) for row in records(table)}


def told_frame(columns: Mapping[str, Sequence[object]], frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return texts with the geometry of the frame they were made from."""
    return gpd.GeoDataFrame(dict(columns), geometry=np.asarray(frame.geometry.array), crs=frame.crs)


def told_rows(
    rows: Sequence[Mapping[str, object]], names: Sequence[str], frame: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Return texts given row by row with the geometry of the frame they were made from; absent is None."""
    return told_frame({name: [row.get(name) for row in rows] for name in names}, frame)


def present(value: object) -> bool:
    """Tell whether a cell holds anything."""
    return value is not None and not (isinstance(value, float) and math.isnan(value)) and value is not pd.NA
