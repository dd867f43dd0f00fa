"""What a plan is told on the command line: files of duties and zones, and closed streets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import shapely
from pydantic import BaseModel, ValidationError

from ..coverage.errors import InvalidInputError
from ..data.intake import Intake
from ..data.store import Store
from ..data.table_wishes import read_duties, read_zones
from .files import read_file
from .intake import city_box, zone_of
from .settings import Settings


def duties_of_file(path: Path | None, store: Store, settings: Settings) -> list[dict[str, Any]]:
    """Return the duties of a file as `schemas.Duty` takes them; none without a file.

    Raises
    ------
    KuzetError
        When the file cannot be used; `plan_rows_faulty` when one row of it cannot: a plan without a duty
        that was asked for is another plan.
    """
    if path is None:
        return []
    content = read_file(path, most_bytes=settings.upload_limit)
    box = city_box(store.city().bounds)
    frame = _whole(read_duties(content, filename=path.name, city_box=box, tz=zone_of(settings)))
    return [
        {
            "id": str(row.id),
            "name": row.name if isinstance(row.name, str) else None,
            "lon": row.geometry.x,
            "lat": row.geometry.y,
            "opens": row.opens.to_pydatetime(),
            "closes": row.closes.to_pydatetime(),
            "dwell_minutes": float(row.dwell_minutes),
        }
        for row in frame.itertuples(index=False)
    ]


def zones_of_file(path: Path | None, store: Store, settings: Settings) -> list[dict[str, Any]]:
    """Return the zones of a file as `schemas.Zone` takes them; none without a file.

    Raises
    ------
    KuzetError
        As for `duties_of_file`; `zone_in_parts` for a zone that is more than one outline.
    """
    if path is None:
        return []
    content = read_file(path, most_bytes=settings.upload_limit)
    frame = _whole(read_zones(content, filename=path.name, city_box=city_box(store.city().bounds)))
    zones = []
    for row in frame.itertuples(index=False):
        parts = shapely.get_parts(row.geometry)
        if len(parts) != 1 or parts[0].interiors:
            raise InvalidInputError("zone_in_parts", zone=str(row.id)[:80])
        zones.append({"id": str(row.id), "ring": [list(corner) for corner in parts[0].exterior.coords]})
    return zones


def edges_of_words(words: Sequence[str]) -> list[list[int]]:
    """Return closed streets from words such as `12 34 0` or `12,34,0`.

    Raises
    ------
    InvalidInputError
        `edge_words_wrong`.
    """
    edges = []
    for text in words:
        parts = re.split(r"[\s,]+", text.strip())
        if len(parts) != 3 or not all(re.fullmatch(r"-?[0-9]{1,18}", part) for part in parts):
            raise InvalidInputError("edge_words_wrong")
        edges.append([int(part) for part in parts])
    return edges


def check_by_schema(schema: type[BaseModel], wishes: Mapping[str, Any]) -> dict[str, Any]:
    """Return wishes as a schema of the API takes them, its defaults filled in.

    Raises
    ------
    InvalidInputError
        `wish_wrong`, with the name of the first field that is none.
    """
    try:
        return schema.model_validate(dict(wishes)).model_dump()
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise InvalidInputError("wish_wrong", field=place[:80]) from None


def _whole(intake: Intake) -> Any:
    """Return the rows of a table of which none was refused."""
    if len(intake.rejected):
        first = intake.rejected.iloc[0]
        raise InvalidInputError(
            "plan_rows_faulty",
            rows=len(intake.rejected),
            line=int(first["line"]),
            column=str(first["column"])[:60],
            reason=str(first["reason"]),
        )
    return intake.frame
