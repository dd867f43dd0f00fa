"""Frames for other programs: GeoJSON, CSV, GeoPackage; routes are in `routes_gpx`."""

from __future__ import annotations

import csv
import io
import json
import math
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from ..coverage.projection import to_wgs84
from .formulas import guard
from .routes_geojson import route_layer
from .routes_gpx import ATTRIBUTION, LICENCE, routes_to_gpx
from .routes_kml import routes_to_kml
from .table_text import ATTRIBUTION_COLUMN
from .unit_route import DECIMALS

__all__ = [
    "ATTRIBUTION",
    "route_layer",
    "routes_to_gpx",
    "routes_to_kml",
    "to_csv",
    "to_geojson",
    "to_geopackage",
]


def to_geojson(frame: pd.DataFrame, *, attribution: str = ATTRIBUTION) -> bytes:
    """Write a frame as GeoJSON (RFC 7946): WGS 84, outer rings counter-clockwise, missing values null.

    Parameters
    ----------
    frame : DataFrame or GeoDataFrame
        In any coordinate system; without geometry the features have none.
    attribution : str
        Whose data it is; a member of the collection.
    """
    plain, shapes = _split(frame)
    geometries: list[str] = ["null"] * len(plain)
    if shapes is not None:
        oriented = shapely.orient_polygons(shapes, exterior_cw=False)
        there = ~(shapely.is_missing(oriented) | shapely.is_empty(oriented))
        for row, text in zip(np.flatnonzero(there), shapely.to_geojson(oriented[there]), strict=True):
            geometries[row] = str(text)
    columns = {str(name): [_to_json(value) for value in plain[name]] for name in plain.columns}
    keys = columns.get("id")
    features = []
    for row, geometry in enumerate(geometries):
        properties = {name: values[row] for name, values in columns.items()}
        key = f'"id": {_dump(keys[row])}, ' if keys is not None and isinstance(keys[row], str | int) else ""
        features.append(
            f'{{"type": "Feature", {key}"geometry": {geometry}, "properties": {_dump(properties)}}}'
        )
    head = f'{{"type": "FeatureCollection", "attribution": {_dump(attribution)}, "features": [\n'
    return (head + ",\n".join(features) + "\n]}\n").encode()


def to_csv(frame: pd.DataFrame, *, delimiter: str = ",", attribution: str = ATTRIBUTION) -> bytes:
    """Write a frame as CSV that a spreadsheet opens without harm.

    Points become `longitude` and `latitude`, other shapes `wkt` (WGS 84); lists are joined by semicolons;
    text that would run as a formula has an apostrophe before it, which `tables` takes off again. The
    last column names whose data it is. UTF-8 with its mark, so that spreadsheets know it.
    """
    plain, shapes = _split(frame)
    columns = {str(name): [_to_text(value) for value in plain[name]] for name in plain.columns}
    if shapes is not None:
        if all(shape is None or shape.geom_type == "Point" for shape in shapes):
            there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
            for name, numbers in (("longitude", shapely.get_x(shapes)), ("latitude", shapely.get_y(shapes))):
                columns[name] = [
                    f"{number:.{DECIMALS}f}" if ok else "" for number, ok in zip(numbers, there, strict=True)
                ]
        else:
            columns["wkt"] = ["" if shape is None else shape.wkt for shape in shapes]
    columns[ATTRIBUTION_COLUMN] = [attribution] * len(plain)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([guard(name) for name in columns])
    writer.writerows([guard(cell) for cell in row] for row in zip(*columns.values(), strict=True))
    return out.getvalue().encode("utf-8-sig")


def to_geopackage(layers: Mapping[str, pd.DataFrame], *, attribution: str = ATTRIBUTION) -> bytes:
    """Write frames as the layers of one GeoPackage, in WGS 84, lists as text joined by semicolons.

    Parameters
    ----------
    layers : mapping
        Name of the layer -> frame.
    attribution : str
        Whose data it is; in the metadata of every layer.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "export.gpkg"
        for name, frame in layers.items():
            plain, shapes = _split(frame)
            values = plain.apply(lambda column: column.map(_flatten) if column.dtype == object else column)
            if shapes is not None:
                values = gpd.GeoDataFrame(values, geometry=shapes, crs="EPSG:4326")
            pyogrio.write_dataframe(
                values,
                target,
                layer=name,
                driver="GPKG",
                append=target.exists(),
                layer_metadata={"ATTRIBUTION": attribution, "LICENCE": LICENCE},
            )
        return target.read_bytes()


def _split(frame: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray | None]:
    """Part the values from the shapes, the latter in rounded degrees."""
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        return frame, None
    shapes = to_wgs84(frame).geometry.to_numpy()
    rounded = shapely.transform(np.asarray(shapes), lambda degrees: np.round(degrees, DECIMALS))
    return pd.DataFrame(frame.drop(columns=frame.active_geometry_name)), np.asarray(rounded)


def _to_json(value: object) -> object:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, list | tuple | np.ndarray):
        return [_to_json(part) for part in value]
    if isinstance(value, dict):
        return {str(key): _to_json(part) for key, part in value.items()}
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool) else str(value)


def _to_text(value: object) -> str:
    plain = _to_json(value)
    if plain is None:
        return ""
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if isinstance(plain, list) and not any(isinstance(part, list | dict) for part in plain):
        return ";".join(_to_text(part) for part in plain)
    return _dump(plain) if isinstance(plain, list | dict) else str(plain)


def _flatten(value: object) -> object:
    """Make lists, which a table cannot hold, text."""
    return _to_text(value) if isinstance(value, list | tuple | dict | np.ndarray) else value


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
