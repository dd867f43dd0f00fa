"""A track of where a unit was, GPX 1.0/1.1 or CSV of an AVL system, from a stranger's file; never by GDAL."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Final

import gpxpy.gpx
import gpxpy.parser
import pandas as pd

from ..coverage.errors import InvalidInputError, OtherPlaceError, TooLargeError, UnknownFormatError
from .places import Box
from .table_text import read_sheet, read_text
from .times import parse_moment

MAX_BYTES: Final = 20_000_000
MAX_FIXES: Final = 500_000
MAX_NAMESPACES: Final = 50
COLUMNS: Final = {
    "unit": ("unit", "unit_id", "vehicle", "vehicle_id", "device", "device_id", "id"),
    "time": ("time", "timestamp", "datetime", "date_time", "fix_time", "gps_time"),
    "longitude": ("longitude", "lon", "lng", "long", "x"),
    "latitude": ("latitude", "lat", "y"),
}
"""Our column -> names it goes by in files of AVL systems, small letters."""
TRACK_COLUMNS: Final = ("unit", "time", "longitude", "latitude")


@dataclass(frozen=True)
class Track:
    """Fixes of one or more units.

    Attributes
    ----------
    fixes : DataFrame
        `unit` (None where the file names none), `time` (UTC), `longitude`, `latitude`, by unit and time.
    rejected : dict
        Reason -> points or rows left out: `without_time`, `bad_date`, `ambiguous_date`, `not_a_number`,
        `out_of_range`, `outside_city`, `wrong_cell_count`, `broken_quotes`.
    format : str
        `gpx` or `csv`.
    """

    fixes: pd.DataFrame
    rejected: dict[str, int] = field(default_factory=dict)
    format: str = "gpx"


def read_track(
    content: bytes, *, zone: tzinfo, city_box: Box | None = None, max_bytes: int = MAX_BYTES
) -> Track:
    """Read a track.

    Parameters
    ----------
    content : bytes
        GPX, or CSV with a header: time, longitude, latitude, and a unit where there are several.
    zone : tzinfo
        Of times in a CSV that name none; those of a GPX are UTC.
    city_box : tuple of float, optional
        West, south, east, north; what lies outside is left out.
    max_bytes : int

    Returns
    -------
    Track

    Raises
    ------
    InvalidInputError
        `track_broken` (no GPX that can be read), `track_without_fixes`, `columns_missing`, and those of
        `table_text.read_text`; OtherPlaceError `track_outside_city`; TooLargeError `file_too_large`,
        `too_many_rows`; UnknownFormatError `track_with_entities`.
    """
    if len(content) > max_bytes:
        raise TooLargeError("file_too_large", megabytes=max(max_bytes // 1_000_000, 1))
    reasons: Counter[str] = Counter()
    is_gpx = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"
    rows = _gpx_rows(content, reasons) if is_gpx else _csv_rows(content, zone, reasons)
    kept = []
    for unit, moment, longitude, latitude in rows:
        if not (math.isfinite(longitude) and math.isfinite(latitude)):
            reasons["not_a_number"] += 1
        elif not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            reasons["out_of_range"] += 1
        elif city_box is not None and not (
            city_box[0] <= longitude <= city_box[2] and city_box[1] <= latitude <= city_box[3]
        ):
            reasons["outside_city"] += 1
        else:
            kept.append((unit, moment, longitude, latitude))
    if not kept:
        if reasons["outside_city"]:
            raise OtherPlaceError("track_outside_city")
        raise InvalidInputError("track_without_fixes")
    fixes = pd.DataFrame(kept, columns=list(TRACK_COLUMNS))
    fixes["time"] = pd.to_datetime(fixes["time"], utc=True)
    order = fixes.assign(unit=fixes["unit"].fillna("")).sort_values(["unit", "time"], kind="stable").index
    return Track(fixes.loc[order].reset_index(drop=True), dict(reasons), "gpx" if is_gpx else "csv")


def _gpx_rows(content: bytes, reasons: Counter[str]) -> list[tuple[str | None, object, float, float]]:
    # entities can grow without end, and gpxpy looks for namespaces in a time that grows with their square
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise UnknownFormatError("track_with_entities")
    if content.count(b"xmlns") > MAX_NAMESPACES:
        raise InvalidInputError("track_broken")
    if content.count(b"<trkpt") > MAX_FIXES:
        raise TooLargeError("too_many_rows", rows=MAX_FIXES)
    try:
        gpx = gpxpy.parser.GPXParser(content.decode("utf-8-sig")).parse()
    except (gpxpy.gpx.GPXException, ValueError, TypeError, AttributeError, KeyError, RecursionError):
        raise InvalidInputError("track_broken") from None
    rows: list[tuple[str | None, object, float, float]] = []
    several = len(gpx.tracks) > 1
    for track in gpx.tracks:
        for segment in track.segments:
            for point in segment.points:
                if point.time is None:
                    reasons["without_time"] += 1
                    continue
                moment = point.time if point.time.tzinfo is not None else point.time.replace(tzinfo=UTC)
                rows.append((track.name if several else None, moment, point.longitude, point.latitude))
    return rows


def _csv_rows(
    content: bytes, zone: tzinfo, reasons: Counter[str]
) -> list[tuple[str | None, object, float, float]]:
    text, encoding = read_text(content, max_bytes=MAX_BYTES)
    sheet = read_sheet(text, encoding=encoding, max_rows=MAX_FIXES)
    names = [name.strip().lower() for name in sheet.header]
    places = {
        ours: next((names.index(theirs) for theirs in known if theirs in names), None)
        for ours, known in COLUMNS.items()
    }
    missing = [name for name, place in places.items() if place is None and name != "unit"]
    if missing:
        raise InvalidInputError("columns_missing", columns=", ".join(missing))
    unit, time, east, north = places["unit"], *(places[name] or 0 for name in TRACK_COLUMNS[1:])
    comma = sheet.dialect.get("delimiter") != ","
    rows: list[tuple[str | None, object, float, float]] = []
    for row in sheet.rows:
        if row.reason:
            reasons[row.reason] += 1
            continue
        moment = parse_moment(row.cells[time], zone=zone, order=None)
        if isinstance(moment, str) or moment.end is not None:
            # a day without an hour is no fix
            reasons[moment if isinstance(moment, str) else "without_time"] += 1
            continue
        longitude, latitude = (_number(row.cells[place], comma) for place in (east, north))
        name = None if unit is None else row.cells[unit].strip()[:60] or None
        rows.append((name, moment.start, longitude, latitude))
    return rows


def _number(text: str, comma: bool) -> float:
    try:
        return float(text.strip().replace(",", ".") if comma else text)
    except ValueError:
        return math.nan
