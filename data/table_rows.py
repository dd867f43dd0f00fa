"""From an opened table to an Intake: every row checked, the sound parted from the faulty."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..coverage.errors import InvalidInputError, UnknownFormatError
from ..coverage.projection import WGS84
from ..coverage.schema import CAMERA_STATES, UNITS, FrameSchema, check_frame, complete_frame
from .intake import REJECTED_COLUMNS, Intake
from .persons import mask_numbers
from .places import Box, check_places
from .presets import Preset, find_preset
from .table_columns import Choice, choose_columns, place_fields
from .table_draft import Draft
from .table_geojson import read_features
from .table_text import read_sheet, read_text


def open_table(
    content: bytes,
    schema: FrameSchema,
    columns: dict[str, str] | None,
    preset: str | None,
    max_bytes: int,
    max_rows: int,
) -> tuple[Draft, Preset | None]:
    """Read a file into rows, find its kind and our columns in it; nothing is taken or refused yet."""
    text, encoding = read_text(content, max_bytes=max_bytes)
    areas = bool(schema.geometry) and not schema.has_points
    if text.lstrip()[0] in "{[":
        sheet = read_features(text, encoding=encoding, max_rows=max_rows, areas=areas)
    elif areas:
        raise UnknownFormatError("areas_need_geojson")
    else:
        sheet = read_sheet(text, encoding=encoding, max_rows=max_rows)
    known = find_preset(sheet.header, schema.name, name=preset)
    choice = choose_columns(sheet.header, schema, columns=columns, preset=known.columns if known else None)
    _require_columns(choice, schema)
    if not sheet.rows:
        raise InvalidInputError("no_rows")
    draft = Draft(sheet, choice, schema)
    if encoding == "cp1251":
        draft.warnings.append({"code": "encoding_guessed", "encoding": encoding})
    for code, names in (("person_columns", choice.persons), ("unread_columns", choice.unread)):
        if names:
            draft.warnings.append({"code": code, "columns": ", ".join(name[:60] for name in names[:30])})
    return draft, known


def finish_table(
    draft: Draft,
    values: dict[str, object],
    *,
    filename: str,
    preset: Preset | None,
    city_box: Box | None = None,
    zone: str | None = None,
) -> Intake:
    """Check every row, part the sound from the faulty, and say how the file was read."""
    schema = draft.schema
    frame = complete_frame(_to_frame(draft, values, city_box), schema)
    for fault in check_frame(frame, schema):
        # places and repeated ids are judged here, by what the file says of them
        if not isinstance(fault.row, int) or fault.reason in ("duplicate", "empty_geometry"):
            continue
        if draft.sheet.rows[fault.row].reason is None:
            draft.fault(fault.row, fault.column, fault.reason, _cell_text(frame, fault.row, fault.column))
    if preset is not None and preset.supplement is not None:
        _keep_one_row_an_incident(draft, frame, preset.supplement)
    seen: set[object] = set()
    for row, key in enumerate(frame[schema.keys].itertuples(index=False, name=None)):
        if row not in draft.faults:
            if key in seen:
                draft.fault(row, schema.keys[-1], "duplicate", str(key[-1]))
            seen.add(key)
    sound = np.array([row not in draft.faults for row in range(len(frame))], dtype=bool)
    taken = frame.loc[sound].reset_index(drop=True)
    names = schema.names + (["geometry"] if schema.geometry else [])
    decimals = {".": "point", ",": "comma"}
    dialect: dict[str, object] = {
        **draft.sheet.dialect,
        "file": filename.replace("\\", "/").rsplit("/", 1)[-1][:100],
        "decimal": "+".join(decimals[sign] for sign in sorted(draft.decimals)) or None,
        "dates": "+".join(sorted(draft.date_styles)) or None,
        "zone": zone,
        "preset": preset.name if preset else None,
        "columns": {field: draft.their(field)[:60] for field in draft.choice.places},
    }
    return Intake(
        frame=taken[names],
        rejected=_to_rejected(draft),
        rows_in=len(frame),
        dialect=dialect,
        warnings=draft.warnings,
        header=tuple(draft.sheet.header),
    )


def _require_columns(choice: Choice, schema: FrameSchema) -> None:
    """Refuse a table without a column it must have; an id can be made, and a state assumed."""
    needed = [column.name for column in schema.columns if column.required]
    if schema not in (UNITS, CAMERA_STATES):
        needed = [name for name in needed if name not in (*schema.keys, "state")]
    needed += place_fields(schema)
    missing = [name for name in needed if name not in choice.places]
    if missing:
        raise InvalidInputError("columns_missing", columns=", ".join(missing))


def _to_frame(draft: Draft, values: dict[str, object], city_box: Box | None) -> pd.DataFrame:
    rows = range(len(draft.sheet.rows))
    frame = pd.DataFrame(
        {
            name: pd.Series(column, index=rows, dtype="object") if isinstance(column, list) else column
            for name, column in values.items()
        },
        index=rows,
    )
    if not draft.schema.geometry:
        return frame
    if not draft.schema.has_points:
        return gpd.GeoDataFrame(frame, geometry=_read_areas(draft, city_box), crs=WGS84)
    longitude, latitude = draft.numbers("longitude"), draft.numbers("latitude")
    for row, reason in enumerate(check_places(longitude, latitude, city_box=city_box)):
        if reason is not None:
            field = "longitude" if reason == "out_of_range" and abs(longitude[row]) > 180 else "latitude"
            draft.fault(row, field, reason, f"{longitude[row]} {latitude[row]}")
    for field, numbers in (("longitude", longitude), ("latitude", latitude)):
        for row in np.flatnonzero(np.isnan(numbers)):
            if draft.sheet.rows[row].reason is None:
                draft.fault(int(row), field, "missing")
    placed = np.isfinite(longitude) & np.isfinite(latitude)
    points = np.full(len(frame), None, dtype=object)
    points[placed] = shapely.points(longitude[placed], latitude[placed])
    return gpd.GeoDataFrame(frame, geometry=points, crs=WGS84)


def _read_areas(draft: Draft, city_box: Box | None) -> np.ndarray:
    """Read outlines; an area that does not touch the city is judged as a point would be."""
    shapes = shapely.from_geojson(np.array([text or None for text in draft.texts("shape")], dtype=object))
    given = np.flatnonzero(~shapely.is_missing(shapes))
    inside = (
        shapes[given] if city_box is None else shapely.intersection(shapes[given], shapely.box(*city_box))
    )
    near = np.where(shapely.is_empty(inside), shapes[given], inside)
    xy = np.full((len(shapes), 2), np.nan)
    xy[given] = shapely.get_coordinates(shapely.point_on_surface(near))
    low, high = np.split(shapely.bounds(shapes[given]), 2, axis=1)
    farthest = np.where(np.abs(low) > np.abs(high), low, high)
    # one corner off the world is enough
    off = (np.abs(farthest) > [180, 90]).any(axis=1)
    xy[given[off]] = farthest[off]
    for row, reason in enumerate(check_places(xy[:, 0], xy[:, 1], city_box=city_box)):
        if reason is not None:
            draft.fault(row, "shape", reason, f"{xy[row, 0]} {xy[row, 1]}")
    for row in np.flatnonzero(shapely.is_missing(shapes)):
        if draft.sheet.rows[row].reason is None:
            draft.fault(int(row), "shape", "missing")
    return shapes


def _keep_one_row_an_incident(draft: Draft, frame: pd.DataFrame, supplement: tuple[str, str]) -> None:
    """Of the rows of one incident take the first that is no supplement; refuse the others."""
    name, word = supplement
    place = draft.sheet.header.index(name) if name in draft.sheet.header else None
    groups: dict[object, list[tuple[bool, int]]] = {}
    for row, key in enumerate(frame["id"]):
        if row in draft.faults:
            continue
        adds = place is not None and word in draft.sheet.rows[row].cells[place].lower()
        groups.setdefault(key, []).append((adds, row))
    for members in groups.values():
        for adds, row in sorted(members)[1:]:
            draft.fault(row, "id", "supplement" if adds else "same_incident", str(frame["id"].iloc[row]))


def _to_rejected(draft: Draft) -> pd.DataFrame:
    persons = {draft.sheet.header.index(name) for name in draft.choice.persons}
    rows = []
    for number in sorted(draft.faults):
        row, faults = draft.sheet.rows[number], draft.faults[number]
        column, reason, text = faults[0]
        told = {name for name, why, _ in faults if why == "person_number"}
        cells = [
            ""
            if place in persons and not row.reason
            else mask_numbers(cell)
            if row.reason or draft.sheet.header[place] in told
            else cell
            for place, cell in enumerate(row.cells)
        ]
        value = mask_numbers(text) if told else text
        rows.append((row.line, column, reason, value, [(name, why) for name, why, _ in faults], cells))
    return pd.DataFrame(rows, columns=list(REJECTED_COLUMNS))


def _cell_text(frame: pd.DataFrame, row: int, column: str) -> str:
    return str(frame[column].iloc[row]) if column in frame else ""
