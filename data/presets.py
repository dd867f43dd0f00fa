"""Kinds of files that are known by their header."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from ..coverage.errors import InvalidInputError

DateOrder = Literal["day_first", "month_first"]


@dataclass(frozen=True)
class Preset:
    """A known kind of file.

    Attributes
    ----------
    name, frame : str
        Its name and the frame it fills.
    needs : tuple of tuple
        It is this kind when of each group one column is there.
    columns : dict
        Our field -> their columns, the first with text in it counts.
    precision : str or None
        How well all its points are placed.
    zone : str or None
        Time zone of its clock.
    date_order : str or None
        What comes first in `03/04/2024`.
    id_may_miss : bool
        Whether rows without an id are sound: they get one made of their content.
    supplement : tuple of str
        Column and start of the word by which a row adds to an incident told before; one incident may
        then stand in several rows, and counts once.
    """

    name: str
    frame: str
    needs: tuple[tuple[str, ...], ...]
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    precision: str | None = None
    zone: str | None = None
    date_order: DateOrder | None = None
    id_may_miss: bool = False
    supplement: tuple[str, str] | None = None


POLICE_UK: Final = Preset(
    "police.uk",
    "incidents",
    (("Crime ID",), ("Month",), ("Longitude",), ("Latitude",), ("Crime type",)),
    {
        "id": ("Crime ID",),
        "occurred_from": ("Month",),
        "category": ("Crime type",),
        "longitude": ("Longitude",),
        "latitude": ("Latitude",),
    },
    precision="snapped",  # every point is moved to the middle of a street nearby
    zone="Europe/London",
    id_may_miss=True,  # anti-social behaviour has none
)
CHICAGO: Final = Preset(
    "chicago",
    "incidents",
    (("Case Number",), ("Primary Type",), ("Date",), ("Latitude",), ("Longitude",)),
    {
        "id": ("ID", "Case Number"),
        "occurred_from": ("Date",),
        "category": ("Primary Type",),
        "longitude": ("Longitude",),
        "latitude": ("Latitude",),
    },
    precision="street",  # moved along the same block
    zone="America/Chicago",
    date_order="month_first",
)
SAN_FRANCISCO: Final = Preset(
    "san_francisco",
    "incidents",
    (("Incident Category",), ("Incident Date", "Incident Datetime"), ("Incident Number", "Incident ID")),
    {
        "id": ("Incident Number", "Incident ID"),
        "occurred_from": ("Incident Datetime", "Incident Date"),
        "occurred_time": ("Incident Time",),
        "category": ("Incident Category",),
        "longitude": ("Longitude",),
        "latitude": ("Latitude",),
    },
    precision="snapped",  # to the nearest crossing
    zone="America/Los_Angeles",
    date_order="month_first",
    supplement=("Report Type Description", "supplement"),
)
SAN_FRANCISCO_2003: Final = Preset(
    "san_francisco_2003",
    "incidents",
    (("IncidntNum",), ("Category",), ("Date",), ("X",), ("Y",)),
    {
        "id": ("IncidntNum",),
        "occurred_from": ("Date",),
        "occurred_time": ("Time",),
        "category": ("Category",),
        "longitude": ("X",),
        "latitude": ("Y",),
    },
    precision="snapped",
    zone="America/Los_Angeles",
    date_order="month_first",
    supplement=("Descript", "supplement"),
)
WASHINGTON_DC: Final = Preset(
    "washington_dc",
    "incidents",
    (("CCN",), ("OFFENSE",), ("SHIFT",), ("METHOD",), ("START_DATE", "REPORT_DAT", "datetime")),
    {
        "id": ("CCN",),
        "occurred_from": ("START_DATE", "datetime", "REPORT_DAT"),
        "occurred_to": ("END_DATE",),
        "category": ("OFFENSE",),
        "longitude": ("lon", "LONGITUDE", "geometry_longitude"),
        "latitude": ("lat", "LATITUDE", "geometry_latitude"),
    },
    precision="snapped",  # to the middle of the block
    zone="America/New_York",
    date_order="month_first",
)
OSM_CAMERAS: Final = Preset(
    "osm_cameras",
    "cameras",
    (
        ("osm_id", "@id", "feature_id"),
        ("camera_type", "camera:type"),
        ("camera_direction", "camera:direction", "direction"),
    ),
    {
        "id": ("osm_id", "@id", "feature_id"),
        "name": ("name",),
        "owner": ("operator",),
        "kind": ("camera_type", "camera:type"),
        "heading_deg": ("camera_direction", "camera:direction", "direction"),
        "height_m": ("height",),
        "longitude": ("geometry_longitude", "lon", "longitude"),
        "latitude": ("geometry_latitude", "lat", "latitude"),
    },
)
PRESETS: Final = (POLICE_UK, CHICAGO, SAN_FRANCISCO, SAN_FRANCISCO_2003, WASHINGTON_DC, OSM_CAMERAS)


def find_preset(header: list[str], frame: str, *, name: str | None = None) -> Preset | None:
    """Find the kind of a file by its header, or by the name the user gave it.

    Raises
    ------
    InvalidInputError
        `preset_unknown`; `columns_missing` when the named kind has columns the file lacks.
    """
    suited = [preset for preset in PRESETS if preset.frame == frame]
    if name is None:
        return next((preset for preset in suited if not _missing(preset, header)), None)
    preset = next((preset for preset in suited if preset.name == name), None)
    if preset is None:
        known = ", ".join(preset.name for preset in suited)
        raise InvalidInputError("preset_unknown", preset=name[:60], known=known or "-")
    missing = _missing(preset, header)
    if missing:
        raise InvalidInputError("columns_missing", columns=", ".join(missing))
    return preset


def _missing(preset: Preset, header: list[str]) -> list[str]:
    return [" / ".join(group) for group in preset.needs if not set(group) & set(header)]
