"""GeoJSON from a stranger -> rows of cells, one a feature; json and shapely only."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Final

import numpy as np
import shapely
from shapely.errors import ShapelyError

from ..coverage.errors import InvalidInputError, TooLargeError, UnknownFormatError
from .table_columns import SHAPE
from .table_text import MAX_COLUMNS, MAX_ROWS, Row, Sheet

LONGITUDE: Final = "geometry_longitude"
LATITUDE: Final = "geometry_latitude"
FEATURE_ID: Final = "feature_id"
_CONSTANTS: Final = ("NaN", "Infinity", "-Infinity")
_WGS84_NAMES: Final = ("CRS84", "EPSG::4326", "EPSG:4326")


def read_features(text: str, *, encoding: str, max_rows: int = MAX_ROWS, areas: bool = False) -> Sheet:
    """Cut a FeatureCollection into rows: the coordinates, the feature's id, and the properties as text.

    Parameters
    ----------
    text : str
        The decoded file.
    encoding : str
        Said in the dialect.
    max_rows : int
        More features are refused.
    areas : bool
        Whether areas are wanted instead of points: then their outlines stand in a column SHAPE.

    Returns
    -------
    Sheet
        The `line` of a row is the number of its feature, from 1. A feature that is none, or whose
        geometry is of another kind, is a faulty row.

    Raises
    ------
    InvalidInputError
        `json_broken`, `json_key_twice`, `geojson_other_crs`; UnknownFormatError `geojson_no_collection`.

    Notes
    -----
    JSON knows no `NaN` and no `Infinity`, but programs write them. They cost their row, not the file: they
    become those words, which no column of numbers takes.
    """
    document = _parse(text)
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise UnknownFormatError("geojson_no_collection")
    features = document.get("features")
    if not isinstance(features, list):
        raise UnknownFormatError("geojson_no_collection")
    _check_crs(document.get("crs"))
    if len(features) > max_rows:
        raise TooLargeError("too_many_rows", rows=max_rows)
    places = [SHAPE] if areas else [LONGITUDE, LATITUDE]
    own = [*places, FEATURE_ID]
    names = [*own, *(name for name in _property_names(features) if name not in own)]
    rows = [
        _read_feature(number, feature, names, len(places)) for number, feature in enumerate(features, start=1)
    ]
    return Sheet(names, rows, {"format": "geojson", "encoding": encoding, "delimiter": ","})


def _parse(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_unique_keys, parse_constant=str)
    except InvalidInputError:
        raise
    except json.JSONDecodeError as error:
        raise InvalidInputError("json_broken", line=error.lineno, place=error.colno) from None
    except (ValueError, RecursionError):
        raise InvalidInputError("json_broken", line=1, place=1) from None


def _unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    out = dict(pairs)
    if len(out) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise InvalidInputError("json_key_twice", key=_writable(twice)[:60])
    return out


def _check_crs(crs: object) -> None:
    """Let the member `crs` of the old GeoJSON pass where it names WGS 84, the only one of RFC 7946."""
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str) or not name.upper().endswith(_WGS84_NAMES):
        raise InvalidInputError("geojson_other_crs")


def _property_names(features: list[object]) -> list[str]:
    names: dict[str, None] = {}
    for feature in features:
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if isinstance(properties, dict):
            names |= dict.fromkeys(properties)
        if len(names) > MAX_COLUMNS:
            raise TooLargeError("too_many_columns", columns=MAX_COLUMNS)
    return list(names)


def _read_feature(number: int, feature: object, names: list[str], places: int) -> Row:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return Row(number, [""] * len(names), "not_a_feature")
    properties = feature.get("properties")
    properties = properties if isinstance(properties, dict) else {}
    told = [_to_cell(properties.get(name)) for name in names[places + 1 :]]
    cells = [*[""] * places, _to_cell(feature.get("id")), *told]
    if not all(_writable(cell) == cell for cell in cells):
        return Row(number, [_writable(cell) for cell in cells], "broken_text")
    geometry = feature.get("geometry")
    if geometry is None:
        return Row(number, cells)
    place, reason = _read_point(geometry) if places == 2 else _read_area(geometry)
    return Row(number, [*place, *cells[places:]], reason)


def _read_point(geometry: object) -> tuple[tuple[str, str], str | None]:
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return ("", ""), "wrong_geometry"
    coordinates = geometry.get("coordinates")
    if isinstance(coordinates, list) and any(part in _CONSTANTS for part in coordinates):
        return ("", ""), "not_finite"
    try:
        point = shapely.from_geojson(json.dumps(geometry))
    except (ShapelyError, ValueError):
        return ("", ""), "bad_geometry"
    if not isinstance(point, shapely.Point) or point.is_empty:
        return ("", ""), "empty_geometry"
    if not (math.isfinite(point.x) and math.isfinite(point.y)):
        return ("", ""), "not_finite"
    return (repr(point.x), repr(point.y)), None


def _read_area(geometry: object) -> tuple[tuple[str], str | None]:
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return ("",), "wrong_geometry"
    # only what is known of a shape: a stranger's other members are not carried along
    text = json.dumps({"type": geometry["type"], "coordinates": geometry.get("coordinates")})
    if any(f'"{word}"' in text for word in _CONSTANTS):
        return ("",), "not_finite"
    try:
        shape = shapely.force_2d(shapely.from_geojson(text))
    except (ShapelyError, ValueError):
        return ("",), "bad_geometry"
    if shape.is_empty:
        return ("",), "empty_geometry"
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        return ("",), "not_finite"
    # an outline that crosses itself has no inside to speak of
    return ((shapely.to_geojson(shape),), None) if shape.is_valid else (("",), "bad_geometry")


def _to_cell(value: object) -> str:
    """Write a JSON value as the cell of a table: lists with semicolons, nested objects as JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, list) and not any(isinstance(part, list | dict) for part in value):
        return ";".join(_to_cell(part) for part in value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)


def _writable(text: str) -> str:
    """Replace halves of surrogate pairs, which no encoding can write."""
    return text.encode("utf-8", errors="replace").decode("utf-8")
