"""A frame as a layer of a GeoPackage and back, exactly: what goes in comes out."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from ..coverage.errors import InvalidInputError
from ..coverage.projection import WGS84, to_wgs84

GEOMETRY_COLUMN: Final = "geom"
# programs of some years ago warn of a later version, and nothing of a later one is used
GEOPACKAGE_OPTIONS: Final = {"VERSION": "1.2"}
COLUMNS_TABLE: Final = (
    "CREATE TABLE kuzet_columns (layer TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL,"
    " kind TEXT NOT NULL, PRIMARY KEY (layer, name))"
)
"""What each column held before it became one of the few types that a GeoPackage knows."""
_LISTINGS: Final = ("gpkg_contents", "gpkg_geometry_columns", "gpkg_extensions", "gpkg_ogr_contents")
_ENVELOPE_BYTES: Final = (0, 32, 48, 48, 64)


@dataclass(frozen=True)
class Layer:
    """A frame written as a GeoPackage of one layer in memory, ready to be put into the store.

    Attributes
    ----------
    name : str
        Of the layer.
    content : bytes
        The GeoPackage that GDAL wrote.
    kinds : list of tuple
        Column and what it held, in order.
    """

    name: str
    content: bytes
    kinds: list[tuple[str, str]]


def make_layer(name: str, frame: pd.DataFrame, *, geometry_types: Sequence[str] = ()) -> Layer:
    """Write a frame as a layer, in memory: nothing is touched yet, so a fault here costs nothing.

    Parameters
    ----------
    name : str
        Of the layer.
    frame : DataFrame or GeoDataFrame
        WGS 84 if it names no system; another one is converted. The index is not kept. Times must be
        aware and are kept in UTC to the millisecond, which is all that a GeoPackage can hold.
    geometry_types : sequence of str
        What the geometry column may hold. The layer declares one type where only one is allowed or
        there, so that map programs know how to draw it; else it may hold any.

    Notes
    -----
    GDAL writes the layer, so that its tables, spatial index and triggers are as GIS programs expect
    them; it cannot write several layers in one transaction, so the rows are moved over by SQLite.
    """
    columns, kinds = {}, []
    geometry = frame.active_geometry_name if isinstance(frame, gpd.GeoDataFrame) else None
    for column in frame.columns:
        if column == geometry:
            continue
        columns[str(column)], kind = _to_column(frame[column].reset_index(drop=True))
        kinds.append((str(column), kind))
    plain = pd.DataFrame(columns, index=pd.RangeIndex(len(frame)))
    options: dict[str, Any] = {}
    if isinstance(frame, gpd.GeoDataFrame):
        shapes = gpd.GeoSeries(frame.geometry.to_numpy(), crs=frame.crs or WGS84)
        plain = to_wgs84(gpd.GeoDataFrame(plain, geometry=shapes))
        options = {
            "geometry_type": _declared_type(frame, geometry_types),
            "promote_to_multi": False,
            "layer_options": {"GEOMETRY_NAME": GEOMETRY_COLUMN},
        }
        kinds.append((str(geometry), "geometry"))
    out = io.BytesIO()
    pyogrio.write_dataframe(
        plain, out, driver="GPKG", layer=name, dataset_options=GEOPACKAGE_OPTIONS, **options
    )
    return Layer(name, out.getvalue(), kinds)


def put_layer(connection: sqlite3.Connection, layer: Layer) -> None:
    """Put a layer into a GeoPackage in the transaction that is open, in place of the one of that name."""
    drop_layer(connection, layer.name)
    source = sqlite3.connect(":memory:")
    try:
        source.deserialize(layer.content)
        _copy_rows(source, connection, "gpkg_spatial_ref_sys", verb="INSERT OR IGNORE")
        table, index = layer.name, f"rtree_{layer.name}_{GEOMETRY_COLUMN}"
        for name in (table, index):
            for (statement,) in source.execute(
                "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)
            ):
                connection.execute(statement)
                _copy_rows(source, connection, name)
        # only now: the triggers call functions that GIS programs bring along and SQLite lacks
        for (statement,) in source.execute(
            "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,)
        ):
            connection.execute(statement)
        for listing in _LISTINGS:
            if _has_table(source, listing):
                _copy_rows(source, connection, listing)
    finally:
        source.close()
    connection.executemany(
        "INSERT INTO kuzet_columns VALUES (?, ?, ?, ?)",
        [(layer.name, position, name, kind) for position, (name, kind) in enumerate(layer.kinds)],
    )


def drop_layer(connection: sqlite3.Connection, name: str) -> None:
    """Take a layer out of a GeoPackage, if it is there, in the transaction that is open."""
    connection.execute(f"DROP TABLE IF EXISTS {_quote(name)}")
    connection.execute(f"DROP TABLE IF EXISTS {_quote(f'rtree_{name}_{GEOMETRY_COLUMN}')}")
    for listing in _LISTINGS:
        connection.execute(f"DELETE FROM {listing} WHERE lower(table_name) = lower(?)", (name,))
    connection.execute("DELETE FROM kuzet_columns WHERE layer = ?", (name,))


def has_layer(connection: sqlite3.Connection, name: str) -> bool:
    """Tell whether a layer of that name was put in."""
    return connection.execute("SELECT 1 FROM kuzet_columns WHERE layer = ?", (name,)).fetchone() is not None


def read_layer(connection: sqlite3.Connection, name: str) -> pd.DataFrame:
    """Read a layer as the frame that was put in, with whatever a GIS program changed since.

    Raises
    ------
    InvalidInputError
        When a cell was edited into something that cannot be read.
    """
    cursor = connection.execute(f"SELECT * FROM {_quote(name)} ORDER BY fid")
    found = [description[0] for description in cursor.description]
    return _to_frame(name, found, cursor.fetchall(), _kinds(connection, name))


def read_layer_parts(
    connection: sqlite3.Connection, name: str, *, columns: Sequence[str], rows: int
) -> Iterator[pd.DataFrame]:
    """Yield some columns of a layer, and its geometry, so many rows at a time; raises as `read_layer`."""
    kinds = {
        column: kind
        for column, kind in _kinds(connection, name).items()
        if column in columns or kind == "geometry"
    }
    names = [GEOMETRY_COLUMN if kind == "geometry" else column for column, kind in kinds.items()]
    listed = ", ".join(_quote(column) for column in names)
    cursor = connection.execute(f"SELECT {listed} FROM {_quote(name)} ORDER BY fid")
    while True:
        found = cursor.fetchmany(rows)
        yield _to_frame(name, names, found, kinds)
        if len(found) < rows:
            return


def hash_layer(connection: sqlite3.Connection, name: str) -> str:
    """Return the SHA-256 of a layer's columns and rows, in their order; of nothing where there is none."""
    digest = hashlib.sha256()
    if has_layer(connection, name):
        kinds = _kinds(connection, name)
        cursor = connection.execute(f"SELECT * FROM {_quote(name)} ORDER BY fid")
        columns = [description[0] for description in cursor.description]
        digest.update(repr((kinds, columns)).encode("utf-8", "surrogatepass"))
        # the number of a row is the store's own; the order of rows is the frame's
        unnumbered = columns.index("fid")
        for row in cursor:
            cells = row[:unnumbered] + row[unnumbered + 1 :]
            digest.update(repr(cells).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _kinds(connection: sqlite3.Connection, name: str) -> dict[str, str]:
    known = connection.execute(
        "SELECT name, kind FROM kuzet_columns WHERE layer = ? ORDER BY position", (name,)
    )
    return dict(known.fetchall())


def _to_frame(
    name: str, found: list[str], rows: list[tuple[Any, ...]], kinds: dict[str, str]
) -> pd.DataFrame:
    cells: dict[str, tuple[Any, ...]] = dict(
        zip(found, zip(*rows, strict=True) if rows else [()] * len(found), strict=True)
    )
    geometry = next((column for column, kind in kinds.items() if kind == "geometry"), None)
    added = [column for column in found if column not in kinds and column not in ("fid", GEOMETRY_COLUMN)]
    columns = {
        column: _from_column(name, column, cells[column], kinds.get(column, "unknown"))
        for column in [*kinds, *added]
        if column in cells and column != geometry
    }
    frame = pd.DataFrame(columns, index=pd.RangeIndex(len(rows)))
    if geometry is None:
        return frame
    frame[geometry] = gpd.GeoSeries(_read_shapes(cells[GEOMETRY_COLUMN]), crs=WGS84)
    return gpd.GeoDataFrame(frame, geometry=geometry)


def _declared_type(frame: gpd.GeoDataFrame, allowed: Sequence[str]) -> str:
    found = allowed if len(allowed) == 1 else frame.geom_type.dropna().unique().tolist()
    return found[0] if len(found) == 1 else "Unknown"


def _to_column(values: Any) -> tuple[pd.Series, str]:
    """Turn a column into a type of the GeoPackage, and say what it was."""
    dtype = values.dtype
    if isinstance(dtype, pd.DatetimeTZDtype):
        return values.dt.tz_convert("UTC").dt.floor("ms"), f"time:{dtype.unit}"
    if pd.api.types.is_bool_dtype(dtype) and not pd.api.types.is_object_dtype(dtype):
        return values, str(dtype)
    if pd.api.types.is_integer_dtype(dtype):
        return values.astype("Int64" if values.hasnans else "int64"), str(dtype)
    if isinstance(dtype, np.dtype) and dtype.kind == "f":
        return values.astype("float64"), str(dtype)
    if isinstance(dtype, pd.StringDtype):
        return values, f"text:{dtype}"
    if pd.api.types.is_object_dtype(dtype):
        return _to_object_column(values)
    raise TypeError(f"a column of {dtype} cannot be stored")


def _to_object_column(values: pd.Series) -> tuple[pd.Series, str]:
    missing = np.array([_is_missing(value) for value in values], dtype=bool)
    present = values[~missing]
    types = {type(value) for value in present}
    if types <= {str}:
        return values.where(~missing, None), "text:object"
    if types <= {bool, np.bool_}:
        return values.where(~missing, None).astype("boolean"), "flag"
    if all(issubclass(kind, datetime) for kind in types):
        if any(value.tzinfo is None for value in present):
            raise TypeError("a time without its zone cannot be stored")
        return pd.to_datetime(values, utc=True).dt.floor("ms"), "time:us"
    if all(issubclass(kind, (int, np.integer)) for kind in types):
        return values.where(~missing, None).astype("Int64"), "integers"
    texts = [
        None if gone else json.dumps(value, ensure_ascii=False, default=_to_plain)
        for value, gone in zip(values, missing, strict=True)
    ]
    return pd.Series(texts, dtype=object), "json"


def _from_column(layer: str, column: str, cells: Sequence[Any], kind: str) -> pd.Series:
    kind, _, detail = kind.partition(":")
    try:
        match kind:
            case "text":
                return pd.Series(cells, dtype=object if detail == "object" else detail)
            case "flag":
                return pd.Series([None if cell is None else bool(cell) for cell in cells], dtype=object)
            case "integers":
                return pd.Series(cells, dtype=object)
            case "json":
                read = np.empty(len(cells), dtype=object)
                read[:] = [None if cell is None else json.loads(cell) for cell in cells]
                return pd.Series(read, dtype=object)
            case "time":
                return pd.Series(pd.to_datetime(list(cells), utc=True, format="ISO8601")).dt.as_unit(detail)
            case "unknown":
                return pd.Series(cells, dtype=object).infer_objects()
            case "bool":
                return pd.Series(cells, dtype="boolean" if None in cells else "bool")
            case _ if kind.startswith(("int", "uint")):
                return pd.Series(cells, dtype="Int64" if None in cells else kind)
            case _:
                return pd.Series(cells, dtype=kind)
    except (ValueError, TypeError, OverflowError) as fault:
        raise InvalidInputError("store_cell_unreadable", layer=layer, column=column) from fault


def _is_missing(value: object) -> bool:
    return (
        value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value))
    )


def _to_plain(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} cannot be stored in a cell")


def _read_shapes(blobs: Sequence[bytes | None]) -> np.ndarray:
    """Read geometries, each behind a header of its own: 8 bytes and an envelope."""
    plain = np.empty(len(blobs), dtype=object)
    plain[:] = [None if blob is None else blob[8 + _ENVELOPE_BYTES[(blob[3] >> 1) & 7] :] for blob in blobs]
    return shapely.from_wkb(plain)


def _copy_rows(
    source: sqlite3.Connection, target: sqlite3.Connection, table: str, *, verb: str = "INSERT"
) -> None:
    rows = source.execute(f"SELECT * FROM {_quote(table)}")
    places = ", ".join("?" * len(rows.description))
    names = ", ".join(_quote(description[0]) for description in rows.description)
    target.executemany(f"{verb} INTO {_quote(table)} ({names}) VALUES ({places})", rows)


def _has_table(connection: sqlite3.Connection, name: str) -> bool:
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (name,))
    return found.fetchone() is not None


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
