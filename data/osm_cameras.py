"""Tags of surveillance features -> rows of the cameras frame, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import geopandas as gpd
import pandas as pd
from shapely.geometry import Point

from ..coverage.projection import WGS84
from ..coverage.schema import CAMERAS, complete_frame
from .bearings import parse_bearing
from .osm_tags import Tags, has, is_gone, parse_metres, parse_number

_KINDS: Final = {"fixed": "fixed", "static": "fixed", "dome": "dome", "panning": "panning", "ptz": "panning",
                 "panorama": "panorama", "360": "panorama", "anpr": "anpr", "alpr": "anpr"}  # fmt: skip
_ZONES: Final = {"town": "street", "street": "street", "public": "street", "area": "street", "shop": "mall",
                 "mall": "mall"}  # fmt: skip
_PLAIN_ZONES: Final = frozenset(
    ("traffic", "parking", "bank", "atm", "building", "entrance", "school", "hospital", "gate", "station")
)
_NO_CAMERAS: Final = frozenset(("guard", "microphone", "audio", "gunshot_detector", "bluetooth", "wifi"))
# the first that is there decides
_DIRECTIONS: Final = ("camera:direction", "surveillance:direction", "direction")
_KIND_KEYS: Final = ("camera:type", "surveillance:type")


@dataclass
class CameraRows:
    """Cameras as they are gathered, and the values of tags that were not understood.

    Attributes
    ----------
    rows : list of dict
        Rows of the cameras frame.
    unread : list of tuple
        Id of the camera, tag, its value.
    """

    rows: list[dict[str, object]] = field(default_factory=list)
    unread: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, identity: str, tags: Tags, x: float, y: float) -> None:
        """Add a camera at a place."""
        row, unread = camera_columns(tags)
        self.rows.append({"id": identity, **row, "geometry": Point(x, y)})
        self.unread += [(identity, tag, value) for tag, value in unread]

    def frame(self) -> gpd.GeoDataFrame:
        """Return the cameras as a frame of the schema, in WGS 84."""
        frame = pd.DataFrame(self.rows, columns=["id", *_COLUMNS, "geometry"])
        for column in CAMERAS.columns:
            if column.name in frame and column.kind == "number":
                frame[column.name] = frame[column.name].astype("float64")
            elif column.name in frame:
                frame[column.name] = (
                    frame[column.name].astype("object").where(frame[column.name].notna(), None)
                )
        return gpd.GeoDataFrame(complete_frame(frame, CAMERAS), geometry="geometry", crs=WGS84)

    def unread_frame(self) -> pd.DataFrame:
        """Return what was not understood: `id`, `tag`, `value`."""
        return pd.DataFrame(self.unread, columns=["id", "tag", "value"], dtype="object")


def is_camera(tags: Tags) -> bool:
    """Tell a camera in use: surveillance by anything but guards and microphones, or a speed camera."""
    if is_gone(tags):
        return False
    if tags.get("highway") == "speed_camera":
        return True
    types = {word.strip().lower() for word in tags.get("surveillance:type", "camera").split(";")}
    return tags.get("man_made") == "surveillance" and not types <= _NO_CAMERAS


def camera_columns(tags: Tags) -> tuple[dict[str, object], list[tuple[str, str]]]:
    """Return what the tags say of a camera, and the tags that were not understood.

    Notes
    -----
    - OpenStreetMap knows no state of a feed: every camera is `registered`, and `state` is in `assumed`.
    - `tilt_deg` is positive downwards. `camera:tilt` is negative downwards (-90 to 90, by the wiki), so
      its sign is turned; `camera:angle` counts degrees below the horizon, which some mappers write with a
      minus, so its size is taken.
    - A range of directions (`239-284`) is the sector seen: its middle is `heading_deg`, its width `hfov_deg`.
    - Who may be called about a camera (`contact:*`, `phone`) is not kept: no person is in the data.
    """
    row: dict[str, object] = {name: None for name in _COLUMNS}
    unread: list[tuple[str, str]] = []
    row |= {
        "name": tags.get("name") or tags.get("ref"),
        "programme": _programme(tags),
        "owner": tags.get("operator"),
        "state": "registered",
        "kind": _kind(tags, unread),
        "height_m": _height(tags, unread),
        "tilt_deg": _tilt(tags, unread),
        "indoor": _is_indoor(tags),
        "assumed": ["state"],
        "synthetic": [],
    }
    row |= _headings(tags, unread)
    return row, unread


_COLUMNS: Final[tuple[str, ...]] = (
    "name", "programme", "owner", "state", "kind", "heading_deg", "headings_deg", "hfov_deg", "height_m",
    "tilt_deg", "indoor", "assumed", "synthetic"
)  # fmt: skip


def _headings(tags: Tags, unread: list[tuple[str, str]]) -> dict[str, object]:
    key = next((key for key in _DIRECTIONS if tags.get(key, "").strip()), None)
    if key is None:
        return {}
    bearing = parse_bearing(tags[key])
    if bearing is None:
        unread.append((key, tags[key]))
        return {}
    first, *rest = bearing.headings
    return {
        "heading_deg": first,
        "headings_deg": ";".join(f"{heading:g}" for heading in rest) or None,
        "hfov_deg": bearing.width_deg,
    }


def _kind(tags: Tags, unread: list[tuple[str, str]]) -> str | None:
    if tags.get("highway") == "speed_camera":
        return "anpr"
    words = [word.strip().lower() for key in _KIND_KEYS for word in tags.get(key, "").split(";")]
    kinds = [_KINDS[word] for word in words if word in _KINDS]
    if "anpr" in kinds:
        return "anpr"
    if kinds:
        return kinds[0]
    if "camera:type" in tags:
        unread.append(("camera:type", tags["camera:type"]))
    # the tag of former years for a camera that turns
    return "panning" if has(tags, "revolving") else None


def _height(tags: Tags, unread: list[tuple[str, str]]) -> float | None:
    key = next((key for key in ("camera:height", "height") if key in tags), None)
    if key is None:
        return None
    height = parse_metres(tags[key])
    if height is None or height > 300:
        unread.append((key, tags[key]))
        return None
    return height


def _tilt(tags: Tags, unread: list[tuple[str, str]]) -> float | None:
    key = next((key for key in ("camera:tilt", "camera:angle") if key in tags), None)
    if key is None:
        return None
    angle = parse_number(tags[key])
    if angle is None or not -90 <= angle <= 90:
        unread.append((key, tags[key]))
        return None
    # adding nought keeps a level camera from becoming -0
    return abs(angle) if key == "camera:angle" else -angle + 0.0


def _programme(tags: Tags) -> str | None:
    zone = tags.get("surveillance:zone", "").split(";")[0].strip().lower()
    if tags.get("highway") == "speed_camera":
        return "traffic"
    return _ZONES.get(zone) or (zone if zone in _PLAIN_ZONES else None)


def _is_indoor(tags: Tags) -> bool | None:
    if tags.get("surveillance") == "indoor" or has(tags, "indoor") or tags.get("location") == "indoor":
        return True
    return False if tags.get("surveillance") in {"outdoor", "public"} else None
