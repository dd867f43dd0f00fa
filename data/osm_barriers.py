"""Tags of walls, fences, hedges and rows of trees -> rows of the barriers frame."""

from __future__ import annotations

from typing import Final

from .osm_areas import parse_base
from .osm_tags import Tags, is_absent, parse_metres, parse_number

ASSUMED_HEIGHTS_M: Final = {"wall": 2.0, "fence": 2.0, "hedge": 1.5, "tree_row": 8.0}
"""How high a barrier is where no tag says so."""
ASSUMED_CROWN_M: Final = 2.0
"""Where the crowns of a row of trees begin; of small trees at a quarter of their height."""
HIGHEST_M: Final = 100.0

_KINDS: Final = {
    "wall": "wall",
    "city_wall": "wall",
    "retaining_wall": "wall",
    "fence": "fence",
    "hedge": "hedge",
}
_CLOSED_FENCES: Final = frozenset(
    ("wood", "wooden", "wood_panel", "plank", "planks", "board", "boards", "privacy", "concrete", "brick",
     "stone", "panel", "panels", "metal_panel", "metal_panels", "metal_sheet", "sheet_metal", "sheet",
     "corrugated", "corrugated_metal", "corrugated_iron", "corrugated_sheet", "profiled_sheet",
     "noise_barrier")
)  # fmt: skip
_SEE_THROUGH_FENCES: Final = frozenset(
    ("chain_link", "chain", "wire", "barbed_wire", "razor_wire", "electric", "mesh", "wire_mesh",
     "welded_mesh", "net", "netting", "railing", "bars", "metal_bars", "wrought_iron", "pole", "poles",
     "split_rail", "post_and_rail", "glass")
)  # fmt: skip


def barrier_kind(tags: Tags) -> str | None:
    """Return `wall`, `fence`, `hedge` or `tree_row` for what stands on the ground and can hide, else None."""
    layer = parse_number(tags.get("layer"))
    if is_absent(tags) or tags.get("location") == "underground" or (layer is not None and layer < 0):
        return None
    kind = _KINDS.get(tags.get("barrier", ""))
    return "tree_row" if kind is None and tags.get("natural") == "tree_row" else kind


def barrier_columns(tags: Tags) -> dict[str, object]:
    """Return what the tags say of a barrier, defaults filled in and named in `assumed`.

    Notes
    -----
    The height is `height`, else by kind: 2 m for walls and fences, 1.5 m for hedges, 8 m for trees. Trees
    hide from their crowns' base up, 2 m if `min_height` does not say; all else from the ground. `solid`
    is told by `fence_type`, and missing where that leaves it open; leaves decide it for hedges and trees.
    """
    kind = barrier_kind(tags)
    if kind is None:
        raise ValueError("not a barrier")
    assumed: list[str] = []
    height = parse_metres(tags.get("height"))
    if height is None or height > HIGHEST_M:
        height = ASSUMED_HEIGHTS_M[kind]
        assumed.append("height_m")
    base = parse_base(tags)
    if base is None or base >= height:
        base = 0.0
        if kind == "tree_row":
            base = min(ASSUMED_CROWN_M, height / 4)
            assumed.append("base_m")
    return {
        "kind": kind,
        "height_m": height,
        "base_m": base,
        "solid": _is_solid(kind, tags),
        "evergreen": _is_evergreen(tags) if kind in {"hedge", "tree_row"} else None,
        "assumed": assumed,
    }


def _is_solid(kind: str, tags: Tags) -> bool | None:
    if kind == "wall":
        return True
    types = {word.strip().lower() for word in tags.get("fence_type", "").split(";")}
    if kind != "fence" or not types <= _CLOSED_FENCES | _SEE_THROUGH_FENCES:
        return None
    # a fence of two kinds is as open as the more open of them
    return not types & _SEE_THROUGH_FENCES


def _is_evergreen(tags: Tags) -> bool | None:
    return {"evergreen": True, "deciduous": False}.get(tags.get("leaf_cycle", "").strip().lower())
