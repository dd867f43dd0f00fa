"""Everything a camera could hang on: the user's places, posts, facades, and the bare corners of junctions."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .carriageways import half_widths
from .mounting import SET_OFF_M, set_off_walls
from .streets import Floats, Ways

SOURCES: Final = ("own", "supports", "facades", "corners")
"""Where places come from, the most liked first."""
NO_SUPPORT: Final = "no_support_known"
NEAR_M: Final = 2.0
"""What is farther than this from a support does not hang on it."""
USUAL_MOUNT_M: Final = 5.0
"""Height at which a camera hangs where nothing else is known."""
HIGHEST_MOUNT_M: Final = 8.0
"""Higher than this on a tall mast nobody is told from anybody."""
FACADE_STEP_M: Final = 12.0
CORNER_TURN_DEG: Final = 30.0
"""A wall that turns by less is a facade, not the corner of a building."""
VERGE_M: Final = 1.0
"""How far beside the carriageway a new post would stand."""
FARTHEST_CORNER_M: Final = 15.0
LEAST_GAP_DEG: Final = 30.0

_COLUMNS: Final = ("source", "support", "support_id", "support_m", "height_m", "name", "flag", "extra_cost",
                   "own_id", "geometry")  # fmt: skip


def gather_places(
    ways: Ways,
    buildings: gpd.GeoDataFrame,
    supports: gpd.GeoDataFrame,
    *,
    own: gpd.GeoDataFrame | None = None,
    sources: Collection[str] = SOURCES,
) -> pd.DataFrame:
    """List all places, whether they can be used or not, the most liked first.

    Parameters
    ----------
    ways : Ways
    buildings, supports : GeoDataFrame
        Metric; see `schema`.
    own : GeoDataFrame, optional
        The user's places (`schema.PLACES`), metric.
    sources : collection of str
        Some of SOURCES.

    Returns
    -------
    DataFrame
        `source`, `support`, `support_id`, `support_m`, `height_m`, `name`, `flag`, `extra_cost`, as of
        `candidates.find_candidates`; `own_id` (of a place of the user) and `geometry` (Points).
    """
    makers = {
        "own": lambda: _own_places(own, buildings, supports),
        "supports": lambda: _posts(supports, buildings),
        "facades": lambda: _facades(buildings),
        "corners": lambda: _corners(ways),
    }
    parts = [part for name in SOURCES if name in sources and len(part := makers[name]())]
    if not parts:
        return pd.DataFrame(columns=list(_COLUMNS))
    found = pd.concat(parts, ignore_index=True)
    texts = ("support", "support_id", "name", "flag", "own_id")
    # pandas makes texts of objects, and with it NaN of None
    return found.assign(**{name: pd.Series(_texts(found, name), dtype=object) for name in texts})


def _own_places(
    own: gpd.GeoDataFrame | None, buildings: gpd.GeoDataFrame, supports: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Hang each place of the user on what they say is there, else on what is mapped within NEAR_M."""
    if own is None or not len(own):
        return pd.DataFrame()
    points, _ = _step_outside(own, buildings)
    ids, kind = own["id"].to_numpy(dtype=object), _texts(own, "kind")
    height, named = _numbers(own, "height_m"), _texts(own, "name")
    post, post_m = _nearest(points, supports)
    house, house_m = _nearest(points, buildings)
    said = _given(kind)
    on_post = ~said & (post >= 0)
    on_house = (~said & ~on_post & (house >= 0)) | (np.isin(kind, ["building", "wall"]) & (house >= 0))
    kind[on_post] = supports["kind"].to_numpy(dtype=object)[post[on_post]]
    kind[on_house] = "facade"
    support_id, support_m = ids.copy(), np.zeros(len(own))
    support_id[on_post] = _texts(supports, "id")[post[on_post]]
    support_id[on_house] = _texts(buildings, "id")[house[on_house]]
    support_m[on_post], support_m[on_house] = post_m[on_post], house_m[on_house]
    bare = ~said & ~on_post & ~on_house
    kind[bare], support_id[bare], support_m[bare] = "own", None, np.nan
    mount = np.where(np.isnan(height), USUAL_MOUNT_M, height)
    tall = _numbers(supports, "height_m")[post[on_post]]
    mount[on_post] = np.where(np.isnan(height[on_post]), _post_mounts(tall), height[on_post])
    mount[on_house] = _facade_mounts(buildings, house[on_house], mount[on_house])
    return pd.DataFrame(
        {
            "source": "own",
            "support": kind,
            "support_id": support_id,
            "support_m": support_m,
            "height_m": mount,
            "name": named,
            "flag": [NO_SUPPORT if nothing else None for nothing in bare],
            "extra_cost": np.nan_to_num(_numbers(own, "extra_cost")),
            "own_id": ids,
            "geometry": points,
        }
    )


def _posts(supports: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> pd.DataFrame:
    if not len(supports):
        return pd.DataFrame()
    points, moved = _step_outside(supports, buildings)
    return _frame(
        "supports", points, supports["kind"].to_numpy(dtype=object), support_id=_texts(supports, "id"),
        support_m=moved, height_m=_post_mounts(_numbers(supports, "height_m")), name=_texts(supports, "name"),
    )  # fmt: skip


def _facades(buildings: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return places a bracket's length outside every facade: first the corners, then a few along it."""
    if not len(buildings):
        return pd.DataFrame()
    shapes = buildings.geometry.to_numpy()
    outlines = shapely.buffer(shapes, SET_OFF_M, join_style="mitre", mitre_limit=2.0)
    # walls to the left of their rims, outside and in the yards
    rims, building = shapely.get_parts(shapely.boundary(shapely.orient_polygons(outlines)), return_index=True)
    xy, rim = shapely.get_coordinates(rims, return_index=True)
    starts = np.flatnonzero(rim[:-1] == rim[1:])
    along = xy[starts + 1] - xy[starts]
    length, of_rim = np.hypot(*along.T), rim[starts]
    pieces = np.maximum(np.ceil(length / FACADE_STEP_M), 1).astype(int)
    edge = np.repeat(np.arange(len(starts)), pieces)
    piece = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    places = xy[starts][edge] + along[edge] * (piece / pieces[edge])[:, None]
    corner = (piece == 0) & (_turns(along, of_rim) >= CORNER_TURN_DEG)[edge]
    order = np.concatenate([np.flatnonzero(corner), np.flatnonzero(~corner)])
    mine, points = building[of_rim[edge]][order], np.asarray(shapely.points(places[order]))
    return _frame(
        "facades", points, np.where(corner[order], "building_corner", "facade").astype(object),
        support_id=_texts(buildings, "id")[mine], support_m=shapely.distance(points, shapes[mine]),
        height_m=_facade_mounts(buildings, mine, np.full(len(mine), USUAL_MOUNT_M)),
        name=_texts(buildings, "name")[mine],
    )  # fmt: skip


def _corners(ways: Ways) -> pd.DataFrame:
    """Return a place between each two neighbouring arms of a junction, just off both carriageways."""
    first, last = ways.first[:-1], ways.first[1:] - 1
    nodes = np.concatenate([ways.xy[first], ways.xy[last]])
    toward = np.concatenate([ways.xy[first + 1], ways.xy[last - 1]]) - nodes
    angle, half = np.arctan2(toward[:, 1], toward[:, 0]), np.tile(half_widths(ways), 2)
    _, junction, arms = np.unique(nodes.round(2), axis=0, return_inverse=True, return_counts=True)
    junction = junction.ravel()
    order = np.lexsort((angle, junction))
    ends = np.cumsum(arms) - 1
    following = np.arange(1, len(order) + 1)
    following[ends] = ends - arms + 1
    here, there = order, order[following]
    gap = np.mod(angle[there] - angle[here], 2 * np.pi)
    off = np.maximum(half[here], half[there]) + VERGE_M
    far = off / np.sin(np.clip(gap, np.radians(LEAST_GAP_DEG) / 2, np.pi) / 2)
    open_between = (gap >= np.radians(LEAST_GAP_DEG)) & (far <= FARTHEST_CORNER_M)
    kept = (arms[junction[here]] >= 3) & open_between
    middle = (angle[here] + gap / 2)[kept]
    xy = nodes[here][kept] + far[kept, None] * np.column_stack([np.cos(middle), np.sin(middle)])
    nothing = np.full(len(xy), None, dtype=object)
    return _frame(
        "corners", np.asarray(shapely.points(xy)), np.full(len(xy), "corner", dtype=object),
        support_id=nothing, support_m=np.full(len(xy), np.nan), height_m=np.full(len(xy), USUAL_MOUNT_M),
        name=nothing, flag=NO_SUPPORT,
    )  # fmt: skip


def _frame(
    source: str, points: NDArray[np.object_], support: NDArray[np.object_], *, flag: str | None = None,
    **columns: NDArray[np.generic],
) -> pd.DataFrame:  # fmt: skip
    nothing = np.full(len(points), None, dtype=object)
    flags = np.full(len(points), flag, dtype=object)
    frame = pd.DataFrame({"source": source, "support": support, **columns, "flag": flags})
    return frame.assign(extra_cost=0.0, own_id=nothing, geometry=points)


def _step_outside(frame: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> tuple[NDArray[np.object_], Floats]:
    """Move what is drawn on a wall, or up to NEAR_M behind it, a bracket's length outside."""
    stepped = set_off_walls(gpd.GeoDataFrame(geometry=frame.geometry), buildings)
    moved = stepped["moved_m"].to_numpy(dtype=float)
    near = moved <= NEAR_M
    points = np.where(near, stepped["geometry"].to_numpy(), frame.geometry.to_numpy())
    return points, np.where(near, moved, 0.0)


def _nearest(points: NDArray[np.object_], frame: gpd.GeoDataFrame) -> tuple[NDArray[np.int64], Floats]:
    """Return the row of the nearest shape within NEAR_M of each point, else -1, and how far it is."""
    row, far = np.full(len(points), -1), np.full(len(points), np.nan)
    if len(frame):
        (point, found), distance = shapely.STRtree(frame.geometry.to_numpy()).query_nearest(
            points, max_distance=NEAR_M, return_distance=True, all_matches=False
        )
        row[point], far[point] = found, distance
    return row, far


def _post_mounts(height: Floats) -> Floats:
    return np.where(np.isnan(height), USUAL_MOUNT_M, np.minimum(height, HIGHEST_MOUNT_M))


def _facade_mounts(buildings: gpd.GeoDataFrame, row: NDArray[np.int64], wanted: Floats) -> Floats:
    """Return the wanted heights, none above its building nor under where its walls begin."""
    top, base = _numbers(buildings, "height_m")[row], _numbers(buildings, "base_m")[row]
    return np.fmin(np.fmax(wanted, base), top)


def _turns(along: Floats, rim: NDArray[np.int64]) -> Floats:
    """Return by how many degrees each edge turns left of the one before it on its rim."""
    before = np.arange(len(rim)) - 1
    starts = np.flatnonzero(np.concatenate([[True], rim[1:] != rim[:-1]])) if len(rim) else before
    before[starts] = np.concatenate([starts[1:], [len(rim)]]) - 1
    across = along[before, 0] * along[:, 1] - along[before, 1] * along[:, 0]
    return np.degrees(np.arctan2(across, (along[before] * along).sum(axis=1)))


def _texts(frame: pd.DataFrame, name: str) -> NDArray[np.object_]:
    if name not in frame:
        return np.full(len(frame), None, dtype=object)
    return frame[name].astype(object).where(frame[name].notna(), None).to_numpy(dtype=object, copy=True)


def _numbers(frame: pd.DataFrame, name: str) -> Floats:
    if name not in frame:
        return np.full(len(frame), np.nan)
    return pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float)


def _given(values: NDArray[np.object_]) -> NDArray[np.bool_]:
    return np.array([value is not None for value in values], dtype=bool)
