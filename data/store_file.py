"""The file of the store: opened safely, one transaction at a time, refused when it is not ours."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import geopandas as gpd
import pyogrio

from ..coverage.errors import KuzetError, NotReadyError, RefusedError, UnknownFormatError
from .store_layers import COLUMNS_TABLE, GEOPACKAGE_OPTIONS

STORE_VERSION: Final = 1
WAIT_S: Final = 60.0
"""How long a writer waits for those before it."""
_GEOPACKAGE: Final = 0x47504B47  # "GPKG", the application id of every GeoPackage since 1.2
_TABLES: Final = (
    "CREATE TABLE kuzet_about (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE kuzet_files (name TEXT PRIMARY KEY, content BLOB NOT NULL)",
    "CREATE TABLE kuzet_results (run_id TEXT PRIMARY KEY, content BLOB NOT NULL)",
    "CREATE TABLE kuzet_runs (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, run_id TEXT NOT NULL UNIQUE,"
    " kind TEXT NOT NULL, created_at DATETIME NOT NULL, version TEXT NOT NULL, seed INTEGER,"
    " parameters TEXT NOT NULL, inputs TEXT NOT NULL, summary TEXT NOT NULL, result_sha256 TEXT NOT NULL)",
    COLUMNS_TABLE,
)
# a program that reads GeoPackages lists the runs as a table without geometry
_LIST_RUNS: Final = (
    "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id)"
    " VALUES ('kuzet_runs', 'attributes', 'kuzet_runs', 0)"
)


@contextmanager
def read_store(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the store for reading: everything read inside is of one moment.

    Raises
    ------
    NotReadyError
        `no_city` when there is no file; `store_busy` when it stayed locked.
    UnknownFormatError
        `store_not_geopackage`, `store_of_others`, `store_newer`.
    """
    if not path.exists() or path.stat().st_size == 0:
        raise NotReadyError("no_city")
    with _told_plainly(), _open(path, mode="rw") as connection:
        connection.execute("BEGIN")
        _require_ours(connection)
        yield connection


@contextmanager
def write_store(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the store for one transaction, made first if need be; a fault inside undoes it whole.

    Notes
    -----
    `BEGIN IMMEDIATE` takes the place of the writer at once. A transaction that starts as a reader and
    then writes fails at once, without waiting, when another writer was quicker.
    """
    with _told_plainly():
        path.parent.mkdir(parents=True, exist_ok=True)
        with _open(path, mode="rwc") as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
                    _lay_foundations(connection)
                _require_ours(connection)
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise


@contextmanager
def _open(path: Path, *, mode: str) -> Iterator[sqlite3.Connection]:
    address = f"{path.resolve().as_uri()}?mode={mode}"
    connection = sqlite3.connect(address, uri=True, timeout=WAIT_S, isolation_level=None)
    try:
        # sorting must not need a place for files: only the folder of the store may be writable
        connection.execute("PRAGMA temp_store = MEMORY")
        yield connection
    finally:
        connection.close()


@contextmanager
def _told_plainly() -> Iterator[None]:
    try:
        yield
    except KuzetError:
        raise
    except sqlite3.DatabaseError as fault:
        match getattr(fault, "sqlite_errorname", "").split("_")[1:2]:
            case ["NOTADB"] | ["CORRUPT"]:
                raise UnknownFormatError("store_not_geopackage") from fault
            case ["BUSY"] | ["LOCKED"]:
                raise NotReadyError("store_busy") from fault
            case ["READONLY"] | ["CANTOPEN"] | ["PERM"] | ["AUTH"]:
                raise RefusedError("store_not_writable") from fault
            case ["FULL"] | ["IOERR"]:
                raise RefusedError("store_disk_full") from fault
            case _:
                raise
    except (PermissionError, NotADirectoryError, FileExistsError) as fault:
        raise RefusedError("store_not_writable") from fault


def _require_ours(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != _GEOPACKAGE:
        raise UnknownFormatError("store_not_geopackage")
    known = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'kuzet_about'"
    ).fetchone()
    row = known and connection.execute("SELECT value FROM kuzet_about WHERE name = 'version'").fetchone()
    if not row:
        raise UnknownFormatError("store_of_others")
    if row[0] != str(STORE_VERSION):
        raise UnknownFormatError("store_newer", found=row[0], known=STORE_VERSION)


def _lay_foundations(connection: sqlite3.Connection) -> None:
    """Make an empty GeoPackage as GDAL makes it, and the tables that hold what is no layer."""
    source = sqlite3.connect(":memory:")
    try:
        source.deserialize(_make_template())
        objects = source.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name LIKE 'gpkg_%'"
            " ORDER BY type = 'trigger'"
        )
        for (statement,) in objects:
            connection.execute(statement)
        rows = source.execute("SELECT * FROM gpkg_spatial_ref_sys").fetchall()
        places = ", ".join("?" * len(rows[0]))
        connection.executemany(f"INSERT INTO gpkg_spatial_ref_sys VALUES ({places})", rows)
        version = source.execute("PRAGMA user_version").fetchone()[0]
    finally:
        source.close()
    connection.execute(f"PRAGMA application_id = {_GEOPACKAGE}")
    connection.execute(f"PRAGMA user_version = {int(version)}")
    for statement in (*_TABLES, _LIST_RUNS):
        connection.execute(statement)
    connection.execute("INSERT INTO kuzet_about VALUES ('version', ?)", (str(STORE_VERSION),))


def _make_template() -> bytes:
    out = io.BytesIO()
    # a layer with a spatial index, so that the table of extensions is there too
    frame = gpd.GeoDataFrame({"name": ["template"]}, geometry=gpd.points_from_xy([0], [0]), crs=4326)
    pyogrio.write_dataframe(frame, out, driver="GPKG", layer="template", dataset_options=GEOPACKAGE_OPTIONS)
    return out.getvalue()
