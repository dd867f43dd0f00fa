"""Points of OpenStreetMap that a camera could be fixed to -> rows of the supports frame."""

from __future__ import annotations

from typing import Final

from .osm_tags import Tags, is_gone, parse_metres

HIGHEST_M: Final = 500.0
LEAST_COLUMN_M: Final = 3.0
"""An advertising column lower than this, or of unknown height, is within everybody's reach."""

_KINDS: Final = {
    ("highway", "street_lamp"): "street_lamp",
    ("highway", "traffic_signals"): "traffic_signals",
    ("power", "pole"): "pole",
    ("power", "catenary_mast"): "catenary_mast",
    ("man_made", "mast"): "mast",
    ("man_made", "utility_pole"): "utility_pole",
    ("man_made", "flagpole"): "flagpole",
    ("advertising", "column"): "advertising_column",
    ("advertising", "totem"): "advertising_column",
}
# lamps that hang over the street, or lie in the ground, hold no camera
_WITHOUT_POST: Final = frozenset(
    ("suspended", "suspension", "suspension_wire", "catenary", "cable", "wire", "wires", "hanging", "ground",
     "ceiling", "bollard")
)  # fmt: skip


def support_kind(tags: Tags) -> str | None:
    """Return what a camera could be fixed to here, a word of `schema.SUPPORT_KINDS`, or None.

    Notes
    -----
    A mast of floodlights is mapped as `man_made=tower`; pylons and other towers are none. A lamp on
    wires, in the ground or under a ceiling is none. An advertising column counts where its height is
    mapped and out of reach.
    """
    if is_gone(tags):
        return None
    if tags.get("man_made") == "tower" and tags.get("tower:type") == "lighting":
        return "mast"
    kind = next((kind for (key, value), kind in _KINDS.items() if tags.get(key) == value), None)
    if kind == "street_lamp" and not _WITHOUT_POST.isdisjoint((tags.get("lamp_mount"), tags.get("support"))):
        return None
    if kind == "advertising_column" and (parse_metres(tags.get("height")) or 0.0) < LEAST_COLUMN_M:
        return None
    return kind


def support_columns(tags: Tags) -> dict[str, object]:
    """Return kind, height and name (else the number it bears) of a support."""
    height = parse_metres(tags.get("height"))
    return {
        "kind": support_kind(tags),
        "height_m": height if height is not None and height <= HIGHEST_M else None,
        "name": tags.get("name") or tags.get("ref"),
    }
