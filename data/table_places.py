"""What a planner brings for new cameras: places where they could hang, and areas where none may."""

from __future__ import annotations

from ..coverage.schema import FORBIDDEN, PLACES
from .intake import Intake
from .places import Box
from .table_rows import finish_table, open_table
from .table_text import MAX_BYTES, MAX_ROWS


def read_places(
    content: bytes,
    *,
    filename: str,
    columns: dict[str, str] | None = None,
    preset: str | None = None,
    city_box: Box | None = None,
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
) -> Intake:
    """Read a list of places for cameras, from CSV or GeoJSON points; parameters as for `tables.read_cameras`.

    Returns
    -------
    Intake
        `kind` is what stands there (a word of `schema.PLACE_KINDS`, in three languages); missing where the
        file does not say.
    """
    draft, known = open_table(content, PLACES, columns, preset, max_bytes, max_rows)
    frame: dict[str, object] = {
        # what is drawn in a GIS program often has no id
        "id": draft.ids(may_miss=True),
        "name": draft.strings("name"),
        "kind": draft.words("kind", "support"),
        "height_m": draft.numbers("height_m"),
        "extra_cost": draft.numbers("extra_cost"),
    }
    return finish_table(draft, frame, filename=filename, preset=known, city_box=city_box)


def read_forbidden(
    content: bytes,
    *,
    filename: str,
    columns: dict[str, str] | None = None,
    preset: str | None = None,
    city_box: Box | None = None,
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
) -> Intake:
    """Read areas where no camera may hang; parameters as for `tables.read_cameras`.

    Parameters
    ----------
    content : bytes
        A GeoJSON FeatureCollection of polygons; a table is refused (`areas_need_geojson`).
    city_box : tuple of float, optional
        West, south, east, north of the city; areas that do not touch it are refused.

    Returns
    -------
    Intake
        An area whose outline crosses itself is refused (`bad_geometry`).
    """
    draft, known = open_table(content, FORBIDDEN, columns, preset, max_bytes, max_rows)
    frame: dict[str, object] = {
        # what is drawn in a GIS program often has no id
        "id": draft.ids(may_miss=True),
        "name": draft.strings("name"),
        "reason": draft.strings("reason"),
    }
    return finish_table(draft, frame, filename=filename, preset=known, city_box=city_box)
