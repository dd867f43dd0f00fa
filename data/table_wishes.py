"""What a commander brings for a plan of routes: duties at a time and a place, and zones of units."""

from __future__ import annotations

from typing import Final

from ..coverage.frame_checks import Column, FrameSchema
from .intake import Intake
from .places import Box
from .presets import DateOrder
from .table_rows import finish_table, open_table
from .times import HOME_ZONE

MOST_BYTES: Final = 20_000_000
MOST_ROWS: Final = 10_000
DUTIES: Final = FrameSchema(
    "duties",
    ("Point",),
    (
        Column("id", required=True),
        Column("name"),
        Column("opens", "time", required=True),
        Column("closes", "time", required=True),
        Column("dwell_minutes", "number", required=True, low=0, above_low=True, high=720),
    ),
    key="id",
)
ZONES: Final = FrameSchema(
    "zones", ("Polygon", "MultiPolygon"), (Column("id", required=True), Column("name")), key="id"
)


def read_duties(
    content: bytes,
    *,
    filename: str,
    columns: dict[str, str] | None = None,
    city_box: Box | None = None,
    tz: str | None = None,
    date_order: DateOrder | None = None,
) -> Intake:
    """Read duties from CSV or GeoJSON points; parameters as for `tables.read_incidents`.

    Returns
    -------
    Intake
        `id`, `name`, `opens` and `closes` (a unit is there from the one and gone by the other),
        `dwell_minutes`. A duty without an id gets one made of its row.
    """
    draft, _ = open_table(content, DUTIES, columns, None, MOST_BYTES, MOST_ROWS)
    zone = tz or HOME_ZONE
    opens, closes = draft.times("opens", "closes", zone=zone, order=date_order)
    frame: dict[str, object] = {
        # what is drawn in a GIS program often has no id
        "id": draft.ids(may_miss=True),
        "name": draft.strings("name"),
        "opens": opens,
        "closes": closes,
        "dwell_minutes": draft.numbers("dwell_minutes"),
    }
    return finish_table(draft, frame, filename=filename, preset=None, city_box=city_box, zone=zone)


def read_zones(
    content: bytes, *, filename: str, columns: dict[str, str] | None = None, city_box: Box | None = None
) -> Intake:
    """Read zones from GeoJSON polygons; a zone needs its id, by which units name it."""
    draft, _ = open_table(content, ZONES, columns, None, MOST_BYTES, MOST_ROWS)
    frame: dict[str, object] = {"id": draft.ids(), "name": draft.strings("name")}
    return finish_table(draft, frame, filename=filename, preset=None, city_box=city_box)
