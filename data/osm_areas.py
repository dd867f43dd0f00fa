"""Areas and points of OpenStreetMap -> buildings, stations and the base map."""

from __future__ import annotations

from typing import Final

from .osm_tags import Tags, has, is_absent, is_gone, parse_metres, parse_number

ASSUMED_HEIGHT_M: Final = 8.0
METRES_PER_LEVEL: Final = 3.0

# without walls down to the ground
_OPEN_BUILDINGS: Final = frozenset(("roof", "carport", "canopy", "awning", "pergola", "bridge"))
_NO_BUILDINGS: Final = frozenset(("no", "proposed", "planned", "demolished", "razed", "removed", "destroyed"))
_UNDERGROUND: Final = frozenset(("underground", "underwater"))
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


def is_building(tags: Tags) -> bool:
    """Tell whether an area is a building that hides what is behind it; parts of buildings are not."""
    return _stands(tags) and not _is_open(tags)


def is_open_building(tags: Tags) -> bool:
    """Tell a building that hides nothing of a street: a roof on posts, a bridge, or one below the ground.

    Notes
    -----
    `wall=no` is what the tag says: no walls. (The French cadastre, and with it Monaco, marks light
    structures so.)
    """
    return _stands(tags) and _is_open(tags)


def building_columns(tags: Tags) -> dict[str, object]:
    """Return name, height and base of a building.

    Notes
    -----
    The height is `height`, else 3 m a level, else 8 m, which is then `assumed`. The base, where the walls
    begin above the ground, is `min_height`, else 3 m for each of `building:min_level`; mostly neither is
    there, and the walls stand on the ground. A base that is not under the top is none.
    """
    height = parse_metres(tags.get("height"))
    if height is None or height > 1000:
        levels = parse_number(tags.get("building:levels"))
        height = levels * METRES_PER_LEVEL if levels is not None and 0 < levels < 300 else None
    base = parse_base(tags)
    # a part that begins above the assumed height is higher than that
    top = height if height is not None else max(ASSUMED_HEIGHT_M, (base or 0.0) + METRES_PER_LEVEL)
    return {
        "name": tags.get("name"),
        "height_m": top,
        "base_m": base if base is None or base < top else None,
        "assumed": [] if height is not None else ["height_m"],
    }


def parse_base(tags: Tags) -> float | None:
    """Read the height above the ground, in metres, at which a thing begins; None where nothing is said."""
    base = parse_metres(tags.get("min_height"))
    if base is None and parse_number(tags.get("min_height")) == 0:
        return 0.0
    if base is None:
        levels = parse_number(tags.get("building:min_level"))
        base = levels * METRES_PER_LEVEL if levels is not None and levels >= 0 else None
    return base if base is None or base <= 1000 else None


def is_station(tags: Tags) -> bool:
    """Tell a police station in use."""
    return tags.get("amenity") == "police" and not is_gone(tags)


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


def _stands(tags: Tags) -> bool:
    return tags.get("building", "no") not in _NO_BUILDINGS and not is_absent(tags)


def _is_open(tags: Tags) -> bool:
    if tags["building"] in _OPEN_BUILDINGS or tags.get("wall") == "no" or tags.get("walls") == "no":
        return True
    if tags.get("man_made") in {"bridge", "canopy"} or has(tags, "bridge"):
        return True
    if tags.get("location") in _UNDERGROUND or tags.get("parking") == "underground":
        return True
    layer = parse_number(tags.get("layer"))
    return layer is not None and layer < 0
