"""Frames as the store knows them: which there are, checked on the way in, completed on the way out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import geopandas as gpd
import pandas as pd

from ..coverage.errors import NotFoundError, NotReadyError
from ..coverage.projection import WGS84
from ..coverage.schema import SCHEMAS, complete_frame, require_frame
from .runs import RESULT_LAYERS
from .store_layers import Layer, make_layer

FRAMES: Final = (*SCHEMAS, "water", "green", "landuse")
"""What goes in; results are layers too (RESULT_LAYERS)."""


def require_layers(names: Iterable[str]) -> None:
    """Raise NotFoundError for a name that is no layer of a store."""
    for name in names:
        if name not in FRAMES and name not in RESULT_LAYERS:
            raise NotFoundError("unknown_layer", layer=name)


def make_frame_layer(name: str, frame: pd.DataFrame) -> Layer:
    """Check a frame and write it as a layer, in memory; a faulty one is refused whole."""
    if name not in FRAMES:
        raise NotFoundError("unknown_layer", layer=name)
    if name not in SCHEMAS:
        return make_layer(name, frame)
    schema = SCHEMAS[name]
    require_frame(frame, schema)
    return make_layer(name, complete_frame(frame, schema), geometry_types=schema.geometry)


def complete_layer(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Give a frame of an older store the columns that it did not know yet, empty."""
    return complete_frame(frame, SCHEMAS[name]) if name in SCHEMAS else frame


def make_empty(name: str) -> pd.DataFrame:
    """Return a frame that was never put in: empty, with its columns; NotReadyError for a result."""
    if name in RESULT_LAYERS:
        raise NotReadyError("no_run", kind=RESULT_LAYERS[name])
    if name not in SCHEMAS:
        return gpd.GeoDataFrame({"kind": [], "name": []}, dtype=object, geometry=[], crs=WGS84)
    empty = complete_frame(pd.DataFrame(), SCHEMAS[name])
    return gpd.GeoDataFrame(empty, geometry=[], crs=WGS84) if SCHEMAS[name].geometry else empty
