"""Cameras, their states, incidents, stations and units from CSV and GeoJSON, row by row taken or refused.

Files come from strangers: they are read with `csv`, `json` and shapely only. What a file looks like
inside decides how it is read, never its name.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from ..coverage.schema import CAMERA_STATES, CAMERAS, INCIDENTS, STATIONS
from .bearings import Convention, parse_bearing
from .intake import Intake
from .places import Box
from .presets import DateOrder
from .rejects import write_rejected
from .table_draft import Draft
from .table_rows import finish_table, open_table
from .table_text import MAX_BYTES, MAX_ROWS
from .table_units import read_units
from .times import HOME_ZONE
from .words import MISSING

__all__ = [
    "Intake",
    "read_cameras",
    "read_incidents",
    "read_states",
    "read_stations",
    "read_units",
    "write_rejected",
]


def read_cameras(
    content: bytes,
    *,
    filename: str,
    columns: dict[str, str] | None = None,
    preset: str | None = None,
    city_box: Box | None = None,
    headings: Convention = "north_clockwise",
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
) -> Intake:
    """Read a register of cameras.

    Parameters
    ----------
    content : bytes
        A CSV file (UTF-8, UTF-16 or cp1251; comma, semicolon or tab; decimal points or commas) or a
        GeoJSON FeatureCollection of points.
    filename : str
        Its name, kept in the dialect; it does not decide how the file is read.
    columns : dict, optional
        Our column -> theirs, where the header does not tell. Coordinates are `longitude`, `latitude`.
    preset : str, optional
        Kind of file; by default it is found by the header.
    city_box : tuple of float, optional
        West, south, east, north of the city; rows outside are refused.
    headings : {"north_clockwise", "east_counterclockwise"}
        How the file means its degrees.
    max_bytes, max_rows : int
        Larger files are refused.

    Returns
    -------
    Intake
        A camera without a state is `registered`, which is then named in its `assumed`. A direction may be
        anything `bearings.parse_bearing` reads; the width of a range becomes `hfov_deg`.

    Raises
    ------
    InvalidInputError
        When the file as a whole cannot be used; faults of single rows are in the Intake.
    """
    draft, known = open_table(content, CAMERAS, columns, preset, max_bytes, max_rows)
    frame: dict[str, object] = {"id": draft.ids()}
    frame |= {name: draft.strings(name) for name in ("name", "programme", "owner", "desk", "feeds")}
    frame |= {name: draft.flags(name) for name in ("consent", "indoor")}
    measures = (
        "hfov_deg",
        "focal_mm",
        "sensor_width_mm",
        "pixels_across",
        "height_m",
        "tilt_deg",
        "ir_range_m",
    )
    frame |= {name: draft.numbers(name) for name in (*measures, "retention_days")}
    frame |= _read_headings(draft, np.asarray(frame["hfov_deg"], dtype="float64"), headings)
    frame["kind"] = draft.words("kind", "kind")
    frame["assumed"], frame["synthetic"] = draft.names("assumed"), draft.names("synthetic")
    if draft.has("state"):
        frame["state"] = draft.words("state", "state")
    else:
        frame["state"] = ["registered"] * len(draft.sheet.rows)
        frame["assumed"] = [[*names, "state"] for names in draft.names("assumed")]
        draft.warnings.append({"code": "states_assumed", "rows": len(draft.sheet.rows)})
    return finish_table(draft, frame, filename=filename, preset=known, city_box=city_box)


def read_incidents(
    content: bytes,
    *,
    filename: str,
    columns: dict[str, str] | None = None,
    preset: str | None = None,
    city_box: Box | None = None,
    tz: str | None = None,
    date_order: DateOrder | None = None,
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
) -> Intake:
    """Read a file of incidents.

    Parameters
    ----------
    content, filename, columns, preset, city_box, max_bytes, max_rows
        As for `read_cameras`.
    tz : str, optional
        Zone of times that name none; by default the preset's, else Asia/Almaty.
    date_order : "day_first" or "month_first", optional
        How `03/04/2024` is meant; by default the preset's, else the other dates of the file tell. Where they
        do not, rows with such dates are refused (`ambiguous_date`).

    Returns
    -------
    Intake
        A date without an hour, or a month, is a span `occurred_from` to `occurred_to`. Classes of offences
        that are not known become `other_crime` and are counted in a warning. Where one incident stands in
        several rows (San Francisco), one is taken and the others are refused (`same_incident`, `supplement`).

    Raises
    ------
    InvalidInputError
        When the file as a whole cannot be used.
    """
    draft, known = open_table(content, INCIDENTS, columns, preset, max_bytes, max_rows)
    zone = tz or (known.zone if known else None) or HOME_ZONE
    occurred_from, occurred_to = draft.times(
        "occurred_from",
        "occurred_to",
        zone=zone,
        order=date_order or (known.date_order if known else None),
        clock="occurred_time",
    )
    frame: dict[str, object] = {
        "id": draft.ids(may_miss=bool(known and known.id_may_miss)),
        "occurred_from": occurred_from,
        "occurred_to": occurred_to,
        "category": draft.categories(),
        "reported_by": draft.words("reported_by", "reported_by"),
        "precision": draft.words("precision", "precision"),
        "severity": draft.numbers("severity"),
        "synthetic": [bool(flag) for flag in draft.flags("synthetic")],
    }
    if known and known.precision and not draft.has("precision"):
        frame["precision"] = [known.precision] * len(draft.sheet.rows)
    return finish_table(draft, frame, filename=filename, preset=known, city_box=city_box, zone=zone)


def read_stations(
    content: bytes,
    *,
    filename: str,
    columns: dict[str, str] | None = None,
    preset: str | None = None,
    city_box: Box | None = None,
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
) -> Intake:
    """Read police stations; parameters as for `read_cameras`."""
    draft, known = open_table(content, STATIONS, columns, preset, max_bytes, max_rows)
    frame: dict[str, object] = {
        "id": draft.ids(),
        "name": draft.strings("name"),
        "synthetic": [bool(flag) for flag in draft.flags("synthetic")],
    }
    return finish_table(draft, frame, filename=filename, preset=known, city_box=city_box)


def read_states(
    content: bytes,
    *,
    filename: str,
    columns: dict[str, str] | None = None,
    preset: str | None = None,
    city_box: Box | None = None,
    cameras: Collection[str] | None = None,
    tz: str | None = None,
    date_order: DateOrder | None = None,
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
) -> Intake:
    """Read a journal of states: a camera, its state, and since when.

    Parameters
    ----------
    content, filename, columns, preset, max_bytes, max_rows
        As for `read_cameras`.
    city_box
        Not used: the places are those of the cameras.
    cameras : collection of str, optional
        Ids of the cameras there are; rows of others are refused (`unknown_camera`).
    tz, date_order
        As for `read_incidents`.

    Returns
    -------
    Intake
        A day without an hour counts from its first moment. Of two rows of one camera and one moment the
        second is refused (`duplicate`).
    """
    draft, known = open_table(content, CAMERA_STATES, columns, preset, max_bytes, max_rows)
    zone = tz or HOME_ZONE
    since, _ = draft.times("since", "until", zone=zone, order=date_order)
    camera = draft.strings("camera")
    for row, name in enumerate(camera):
        if cameras is not None and name is not None and name not in cameras:
            draft.fault(row, "camera", "unknown_camera", name)
    frame: dict[str, object] = {
        "camera": camera,
        "state": draft.words("state", "state"),
        "since": since,
        "was": draft.words("was", "state"),
    }
    return finish_table(draft, frame, filename=filename, preset=known, zone=zone)


def _read_headings(draft: Draft, hfov: np.ndarray, convention: Convention) -> dict[str, object]:
    """Read directions; the first lens is `heading_deg`, the others `headings_deg`."""
    firsts, widths = np.full(len(hfov), np.nan), hfov.copy()
    others: list[str | None] = [None] * len(hfov)
    for row, (text, more) in enumerate(
        zip(draft.texts("heading_deg"), draft.texts("headings_deg"), strict=True)
    ):
        parts = [part for part in (text, more) if part.lower() not in MISSING]
        if not parts:
            continue
        bearing = parse_bearing(";".join(parts), convention=convention)
        if bearing is None:
            draft.fault(row, "heading_deg" if parts[0] == text else "headings_deg", "bad_heading", parts[0])
            continue
        firsts[row] = bearing.headings[0]
        others[row] = ";".join(f"{heading:g}" for heading in bearing.headings[1:]) or None
        if bearing.width_deg is not None and np.isnan(widths[row]):
            widths[row] = bearing.width_deg
    return {"heading_deg": firsts, "headings_deg": others, "hfov_deg": widths}
