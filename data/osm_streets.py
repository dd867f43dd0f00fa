"""Tags of a `highway` way -> what may use it, in which direction, and the columns of a street."""

from __future__ import annotations

from typing import Final, Literal

from .osm_tags import Tags, has, is_gone, parse_layer, parse_lit, parse_metres, parse_number, parse_speed

CAR_HIGHWAYS: Final = frozenset(
    ("motorway", "trunk", "primary", "secondary", "tertiary", "motorway_link", "trunk_link", "primary_link",
     "secondary_link", "tertiary_link", "unclassified", "residential", "living_street", "service", "road")
)  # fmt: skip
"""Where a car may go unless a tag forbids it."""
CLOSED_HIGHWAYS: Final = frozenset(
    ("track", "pedestrian", "footway", "path", "cycleway", "bridleway", "busway")
)
"""Where a car may go only if a tag allows it."""
FOOT_HIGHWAYS: Final = (CAR_HIGHWAYS - {"motorway", "motorway_link"}) | {
    "track", "pedestrian", "footway", "path", "steps", "crossing"
}  # fmt: skip
"""Where a person may walk unless a tag forbids it."""
ASKING_HIGHWAYS: Final = frozenset(("cycleway", "bridleway", "busway"))
"""Where a person may walk only if a tag allows it."""

LANE_M: Final = 3.25
WIDEST_M: Final = 60.0
"""What is said to be wider than this is taken for a slip of the pen."""

PASSABLE_BARRIERS: Final = frozenset(
    ("no", "entrance", "gate", "lift_gate", "swing_gate", "sliding_gate", "cattle_grid", "toll_booth",
     "border_control", "sally_port", "height_restrictor", "arch", "kerb", "speed_bump")
)  # fmt: skip
"""What stands on a road and lets a car through unless a tag says that it does not."""

_ALLOWS: Final = frozenset(
    ("yes", "permissive", "designated", "destination", "customers", "public", "official", "discouraged",
     "use_sidepath")
)  # fmt: skip
_CAR_KEYS: Final = ("motorcar", "motor_vehicle", "vehicle", "access")
_FOOT_KEYS: Final = ("foot", "access")
_BESIDE: Final = frozenset(("sidewalk", "crossing", "traffic_island"))

Direction = Literal["both", "forward", "backward", "none"]


def is_street(tags: Tags) -> bool:
    """Tell whether a way is in use and open to cars or to people on foot."""
    return may_drive(tags) or may_walk(tags)


def may_drive(tags: Tags) -> bool:
    """Tell whether any car may drive here: by the kind of way, then by the most particular access tag.

    `private`, `no` and every permission that only some hold (residents, delivery, buses) mean no. What
    the police may do in an emergency is not in the data and not guessed.
    """
    highway = tags.get("highway", "")
    # the edge of a square or a yard is no lane
    if is_gone(tags) or highway not in CAR_HIGHWAYS | CLOSED_HIGHWAYS or has(tags, "area"):
        return False
    if tags.get("service") == "emergency_access" or drive_direction(tags) == "none":
        return False
    allowed = _ask(tags, _CAR_KEYS if highway in CAR_HIGHWAYS else _CAR_KEYS[:-1])
    return highway in CAR_HIGHWAYS if allowed is None else allowed


def may_walk(tags: Tags) -> bool:
    """Tell whether any person may walk here; lifts and corridors inside buildings are no streets."""
    highway = tags.get("highway", "")
    if is_gone(tags) or highway not in FOOT_HIGHWAYS | ASKING_HIGHWAYS:
        return False
    if has(tags, "motorroad") and "foot" not in tags:
        return False
    if highway in ASKING_HIGHWAYS:
        return bool(_ask(tags, _FOOT_KEYS[:-1]))
    return _ask(tags, _FOOT_KEYS) is not False


def is_open_at_times(tags: Tags) -> bool:
    """Tell whether who may drive here depends on the hour or the day, which is not worked out."""
    return may_drive(tags) and any(f"{key}:conditional" in tags for key in (*_CAR_KEYS, *_ONEWAY_KEYS))


def stops_cars(tags: Tags) -> bool:
    """Tell whether a point on a road is a barrier that no car passes: bollards, blocks, chains, closed gates.

    An access tag decides; else what stands there, and a bollard that goes down counts as open.
    """
    barrier = tags.get("barrier", "no").strip().lower()
    allowed = _ask(tags, _CAR_KEYS)
    if barrier == "no":
        return False
    if allowed is None:
        return barrier not in PASSABLE_BARRIERS and tags.get("bollard") != "rising"
    return not allowed


def drive_direction(tags: Tags) -> Direction:
    """Return the direction in which cars go along the way's nodes.

    Notes
    -----
    The most particular of `oneway:motorcar`, `oneway:motor_vehicle`, `oneway:vehicle` and `oneway`
    decides; without any, roundabouts and motorways go forward. `reversible` lanes turn with the time of
    day, so no direction is safe to send a car.
    """
    for key in ("motorcar", "motor_vehicle", "vehicle"):
        if tags.get(f"{key}:backward") == "no":
            return "forward"
        if tags.get(f"{key}:forward") == "no":
            return "backward"
    said = next((tags[key] for key in _ONEWAY_KEYS if key in tags), "").strip().lower()
    if said in {"yes", "true", "1"}:
        return "forward"
    if said in {"-1", "reverse"}:
        return "backward"
    if said == "reversible":
        return "none"
    if tags.get("junction") == "roundabout":
        return "forward"
    if said not in {"no", "false", "0", "alternating"} and (
        tags.get("junction") == "circular" or tags.get("highway") == "motorway"
    ):
        return "forward"
    return "both"


def edge_direction(tags: Tags) -> Direction:
    """Return the direction of the edges: the cars' where cars go, else both, since people walk both ways."""
    return drive_direction(tags) if may_drive(tags) else "both"


def street_columns(tags: Tags, *, backward: bool) -> dict[str, object]:
    """Return what the tags say of one directed edge.

    Parameters
    ----------
    tags : mapping
        Tags of the way.
    backward : bool
        Whether the edge runs against the way's nodes.
    """
    car = may_drive(tags)
    side = tags.get("maxspeed:backward" if backward else "maxspeed:forward")
    columns: dict[str, object] = {
        "highway": tags["highway"],
        "name": tags.get("name"),
        "oneway": car and drive_direction(tags) != "both",
        "maxspeed_kph": parse_speed(side or tags.get("maxspeed")),
        "car": car,
        "foot": may_walk(tags),
        "sidewalk": _is_beside(tags),
        "lit": parse_lit(tags.get("lit")),
        "bridge": has(tags, "bridge"),
        "tunnel": _is_under_cover(tags),
        "layer": parse_layer(tags.get("layer")),
        "width_m": road_width(tags),
    }
    return columns | {f"name_{language}": tags.get(f"name:{language}") for language in ("kk", "ru", "en")}


def road_width(tags: Tags) -> float | None:
    """Return the width of the carriageway, in metres: `width`, else LANE_M for each lane; None if unknown."""
    width = parse_metres(tags.get("width"))
    if width is None:
        lanes = parse_number(tags.get("lanes"))
        width = lanes * LANE_M if lanes is not None and lanes > 0 else None
    return width if width is not None and width <= WIDEST_M else None


def _is_under_cover(tags: Tags) -> bool:
    """Tell what no camera above can see: tunnels, passages, roofed ways; arcades are open to the side."""
    return (
        has(tags, "tunnel")
        or has(tags, "indoor")
        or tags.get("covered", "no").strip().lower() in {"yes", "building_passage"}
        or tags.get("location", "").strip().lower() == "underground"
    )


_ONEWAY_KEYS: Final = ("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway")


def _ask(tags: Tags, keys: tuple[str, ...]) -> bool | None:
    said = next((tags[key] for key in keys if key in tags), None)
    if said is None:
        return None
    # several values: allowed if one of them is open to all
    return any(word.strip().lower() in _ALLOWS for word in said.split(";"))


def _is_beside(tags: Tags) -> bool:
    """Tell a sidewalk or crossing mapped beside its street, whose metres the street already counts."""
    kinds = {tags.get(key, "") for key in ("footway", "path", "cycleway")}
    return tags["highway"] == "crossing" or bool(kinds & _BESIDE) or has(tags, "is_sidepath")
