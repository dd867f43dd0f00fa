"""Files into the store: a city from OpenStreetMap, registers from tables, and the sample city."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final, Literal

import geopandas as gpd
import pandas as pd

from ..coverage.errors import InvalidInputError, RefusedError
from ..coverage.progress import Progress, part, silent
from ..coverage.schema import SCHEMAS
from ..data.bearings import Convention
from ..data.intake import Intake
from ..data.osm import Extract, read_osm
from ..data.overpass import fetch_osm
from ..data.presets import DateOrder
from ..data.rejects import write_rejected
from ..data.sample_city import make_incidents, make_stations, make_units, mark_states, sample_path
from ..data.state_journal import put_rows
from ..data.store import City, Store
from ..data.table_places import read_forbidden, read_places
from ..data.tables import read_cameras, read_incidents, read_states, read_stations, read_units
from ..data.times import HOME_ZONE, time_zone
from ..maps.basemap import build_basemap
from ..maps.words import word
from .settings import Settings

Table = Literal["cameras", "incidents", "stations", "units", "states", "places", "forbidden"]
TIMED: Final = ("incidents", "units", "states")
"""Tables with times, which may name no zone."""
READERS: Final[dict[str, Callable[..., Intake]]] = {
    "cameras": read_cameras,
    "incidents": read_incidents,
    "stations": read_stations,
    "units": read_units,
    "states": read_states,
    "places": read_places,
    "forbidden": read_forbidden,
}
SAMPLE_NAME: Final = "Helsinki"
SAMPLE_SHIFT: Final = (date(2026, 1, 16), time(16, 0))
"""The sample's shift: a Friday's late one, always the same, so that the sample's answers are too."""
MARGIN: Final = 0.02
"""A register may reach this far, in degrees, past the city: about 2 km."""


@dataclass(frozen=True)
class Receipt:
    """What became of a table.

    Attributes
    ----------
    layer : str
        Where its rows went.
    rows, accepted, rejected : int
        Rows in the file, taken, and not taken.
    total : int
        Rows the layer holds now.
    reasons : dict
        Reason -> rows rejected for it.
    dialect : dict
        How the file was read: encoding, delimiter, preset and so on.
    warnings : list of dict
        `code` and facts of what was read otherwise than written, or not read at all.
    rejected_file : bytes
        The rejected rows with line, column and reason, to be mended and fed again; empty if none were.
    """

    layer: str
    rows: int
    accepted: int
    rejected: int
    total: int
    reasons: dict[str, int]
    dialect: dict[str, Any]
    warnings: list[dict[str, Any]]
    rejected_file: bytes


def ingest_osm(
    store: Store,
    path: Path,
    *,
    name: str | None = None,
    box: tuple[float, float, float, float] | None = None,
    keep: Iterable[str] = (),
    progress: Progress = silent,
) -> City:
    """Read a file of OpenStreetMap and make it the city of the store."""
    extract = read_osm(path, name=name, box=box, progress=part(progress, 0.0, 0.6))
    return _keep_city(store, extract, keep=keep, progress=part(progress, 0.6, 1.0))


def ingest_place(
    store: Store,
    *,
    address: str,
    geocoder: str,
    place: str | None = None,
    box: tuple[float, float, float, float] | None = None,
    name: str | None = None,
    keep: Iterable[str] = (),
    progress: Progress = silent,
) -> City:
    """Ask an Overpass server for a place by name or for a box, and make it the city of the store."""
    extract = fetch_osm(
        place=place, box=box, address=address, geocoder=geocoder, progress=part(progress, 0.0, 0.6)
    )
    named = dataclasses.replace(extract, name=name or extract.name)
    return _keep_city(store, named, keep=keep, progress=part(progress, 0.6, 1.0))


def ingest_table(
    store: Store,
    layer: Table,
    content: bytes,
    *,
    filename: str,
    columns: Mapping[str, str] | None = None,
    preset: str | None = None,
    zone: str | None = None,
    date_order: DateOrder | None = None,
    headings: Convention = "north_clockwise",
    replace: bool = False,
    lang: str = "en",
    at: datetime | None = None,
    progress: Progress = silent,
) -> Receipt:
    """Read a table of cameras, their states, incidents, stations, units, places or areas into the store.

    Parameters
    ----------
    store : Store
        Holds the city the rows must lie in. A fault leaves it as it was.
    layer : str
        Where the rows go.
    content : bytes
        CSV or GeoJSON.
    filename : str
        Only for what its ending says.
    columns : mapping, optional
        Our column -> the file's.
    preset : str, optional
        A known kind of file, else it is told by its header.
    zone : str, optional
        Time zone of times that name none; else the preset's, else that of the home city.
    date_order : str, optional
        What comes first in `03/04/2024`, where the file itself does not tell.
    headings : str
        How the degrees of a register of cameras are meant.
    replace : bool
        Put the rows in place of all that are there. Otherwise a row whose id is there takes that one's
        place, and the others are added: the same file fed twice changes nothing. Of states camera and
        moment together are the id.
    lang : str
        Language of the reasons in the file of rejected rows.
    at : datetime, optional
        The moment of the intake, now by default: a camera that was there before and now has another state
        gets a row of it in the journal of states.
    progress : Progress
        Told how far the work is.

    Returns
    -------
    Receipt
    """
    progress(0.0, "table_read")
    city = store.city()
    more: dict[str, Any] = {}
    if layer in TIMED:
        more |= {"tz": zone, "date_order": date_order}
    if layer == "cameras":
        more["headings"] = headings
    if layer == "units":
        more["stations"] = set(store.read_frame("stations")["id"])
    if layer == "states":
        more["cameras"] = set(store.read_frame("cameras")["id"])
    intake = READERS[layer](
        content,
        filename=filename,
        columns=dict(columns or {}),
        preset=preset,
        city_box=city_box(city.bounds),
        **more,
    )
    if not len(intake.frame):
        raise InvalidInputError("no_row_taken", rows=intake.rows_in)
    progress(0.7, "save")
    frame = intake.frame if replace else _merged(store.read_frame(layer), intake.frame, layer)
    if layer == "cameras":
        store.replace_cameras(gpd.GeoDataFrame(frame), at=at or datetime.now(UTC))
    else:
        store.replace_frame(layer, frame)
    progress(1.0, "save")

    def explain_reason(reason: str, column: str) -> str:
        return word("reasons", reason, lang)

    rejected = intake.rows_in - len(intake.frame)
    return Receipt(
        layer=layer,
        rows=intake.rows_in,
        accepted=len(intake.frame),
        rejected=rejected,
        total=len(frame),
        reasons={str(reason): int(n) for reason, n in intake.rejected["reason"].value_counts().items()},
        dialect=dict(intake.dialect),
        warnings=list(intake.warnings),
        rejected_file=write_rejected(intake, explain=explain_reason) if rejected else b"",
    )


def zone_of(settings: Settings) -> str | None:
    """Return the zone an operator chose for times that name none; None where the home city's was left."""
    # a preset knows the zone of its files better than a default nobody chose
    return None if settings.time_zone == HOME_ZONE else settings.time_zone


def city_box(bounds: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Return the box in which the places of a city's tables may lie: its bounds and a little more."""
    west, south, east, north = bounds
    return west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN


def load_sample(store: Store, *, zone: str, progress: Progress = silent) -> City:
    """Make the sample city the city of the store, whole or not at all.

    Raises
    ------
    RefusedError
        Code `store_holds_city` when the store holds a real one.
    """
    if store.path.exists() and store.path.stat().st_size and not store.city().sample:
        raise RefusedError("store_holds_city", city=store.city().name)
    extract = read_osm(sample_path(), name=SAMPLE_NAME, progress=part(progress, 0.0, 0.5))
    progress(0.5, "sample")
    stations = make_stations(extract.streets)
    start = datetime.combine(*SAMPLE_SHIFT, tzinfo=time_zone(zone))
    fresh = Store(store.path.with_name(f"{store.path.name}.{os.getpid()}.new"))
    try:
        extract = dataclasses.replace(extract, cameras=mark_states(extract.cameras), stations=stations)
        _keep_city(fresh, extract, sample=True, progress=part(progress, 0.6, 0.9))
        fresh.replace_frame("incidents", make_incidents(extract.streets, zone=zone))
        fresh.replace_frame("units", make_units(stations, shift_start=start))
        os.replace(fresh.path, store.path)
    finally:
        fresh.path.unlink(missing_ok=True)
    progress(1.0, "save")
    return store.city()


def _keep_city(
    store: Store, extract: Extract, *, keep: Iterable[str] = (), sample: bool = False, progress: Progress
) -> City:
    progress(0.0, "basemap")
    basemap = build_basemap(extract.streets, extract.buildings, extract.basemap)
    progress(0.6, "save")
    store.replace_city(extract, basemap=basemap, sample=sample, keep=keep)
    progress(1.0, "save")
    return store.city()


def _merged(before: pd.DataFrame, rows: pd.DataFrame, layer: str) -> pd.DataFrame:
    """Put rows behind those before, in place of rows of the same id."""
    both = put_rows(before, rows, SCHEMAS[layer].keys)
    return (
        gpd.GeoDataFrame(both, geometry="geometry", crs=4326) if isinstance(rows, gpd.GeoDataFrame) else both
    )
