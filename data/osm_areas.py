"""Areas and points of OpenStreetMap -> buildings, stations, supports for cameras, and the base map."""

from __future__ import annotations

from typing import Final

from .osm_tags import Tags, is_gone, parse_metres, parse_number

ASSUMED_HEIGHT_M: Final = 8.0
METRES_PER_LEVEL: Final = 3.0

# without walls down to the ground
_OPEN_BUILDINGS: Final = frozenset(
    ("no", "roof", "carport", "canopy", "bridge", "proposed", "demolished", "razed")
)
_WATER: Final = {
    ("natural", "water"): "water",
    ("natural", "bay"): "bay",
    ("waterway", "riverbank"): "river",
    ("waterway", "dock"): "dock",
    ("landuse", "reservoir"): "reservoir",
    ("landuse", "basin"): "basin",
}
_WATER_LINES: Final = frozenset(("river", "stream", "canal", "drain", "ditch"))
_GREEN: Final = {
    "leisure": frozenset(
        ("park", "garden", "pitch", "golf_course", "nature_reserve", "playground", "dog_park")
    ),
    "landuse": frozenset(
        ("grass", "forest", "meadow", "village_green", "recreation_ground", "cemetery", "orchard", "vineyard",
         "allotments", "flowerbed", "greenfield")
    ),
    "natural": frozenset(("wood", "scrub", "grassland", "heath", "wetland")),
}  # fmt: skip
_LANDUSE: Final = frozenset(
    ("residential", "commercial", "industrial", "retail", "railway", "military", "education", "institutional",
     "religious", "construction", "brownfield", "farmland", "farmyard", "garages", "quarry", "landfill",
     "harbour")
)  # fmt: skip
_SUPPORTS: Final = {
    ("highway", "street_lamp"): "street_lamp",
    ("highway", "traffic_signals"): "traffic_signals",
    ("power", "pole"): "pole",
    ("man_made", "mast"): "mast",
    ("man_made", "utility_pole"): "utility_pole",
}


def is_building(tags: Tags) -> bool:
    """Tell whether an area is a building whose walls stand on the ground; parts of buildings are not."""
    if tags.get("building", "no") in _OPEN_BUILDINGS or is_gone(tags):
        return False
    if tags.get("location") in {"underground", "underwater"} or tags.get("parking") == "underground":
        return False
    layer = parse_number(tags.get("layer"))
    return layer is None or layer >= 0


def building_columns(tags: Tags) -> dict[str, object]:
    """Return name and height of a building: `height`, else 3 m a level, else 8 m, which is then `assumed`."""
    height = parse_metres(tags.get("height"))
    if height is None or height > 1000:
        levels = parse_number(tags.get("building:levels"))
        height = levels * METRES_PER_LEVEL if levels is not None and 0 < levels < 300 else None
    known = height is not None
    return {
        "name": tags.get("name"),
        "height_m": height if known else ASSUMED_HEIGHT_M,
        "assumed": [] if known else ["height_m"],
    }


def is_station(tags: Tags) -> bool:
    """Tell a police station in use."""
    return tags.get("amenity") == "police" and not is_gone(tags)


def support_kind(tags: Tags) -> str | None:
    """Return what a camera could be fixed to here: a lamp, a pole, a mast, traffic signals."""
    if is_gone(tags):
        return None
    return next((kind for (key, value), kind in _SUPPORTS.items() if tags.get(key) == value), None)


def basemap_kind(tags: Tags, *, line: bool = False) -> tuple[str, str] | None:
    """Return the base map's layer (`water`, `green`, `landuse`) and the kind of a feature, or None.

    Parameters
    ----------
    tags : mapping
        Tags of the feature.
    line : bool
        Whether it is a line: of these only open waterways are drawn.
    """
    if line:
        kind = tags.get("waterway", "")
        return ("water", kind) if kind in _WATER_LINES and tags.get("tunnel", "no") == "no" else None
    for (key, value), kind in _WATER.items():
        if tags.get(key) == value:
            return "water", tags.get("water", kind)
    for key, values in _GREEN.items():
        if tags.get(key) in values:
            return "green", tags[key]
    return ("landuse", tags["landuse"]) if tags.get("landuse") in _LANDUSE else None
