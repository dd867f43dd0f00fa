"""Where a camera hangs: set off the wall it is mounted on, and left out where it is indoors."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .flags import flags

SET_OFF_M = 0.3
"""A bracket's length: how far outside the wall a wall-mounted camera is taken to be."""
DEEPEST_M = 15.0
"""A camera farther than this from every facade hangs inside the building."""


def set_off_walls(cameras: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame) -> pd.DataFrame:
    """Move cameras that stand in a building, or on its wall, just outside the nearest facade.

    Parameters
    ----------
    cameras : GeoDataFrame
        Points in metres, with `indoor` where known.
    buildings : GeoDataFrame
        Polygons in metres.

    Returns
    -------
    DataFrame
        On the cameras' index: `geometry` (where the camera is taken to hang), `moved_m`, `building`
        (position of the building it hangs on, -1 if none), `excluded` (`indoor`, `inside_building` or None).
    """
    points = cameras.geometry.to_numpy().copy()
    hanging = np.full(len(points), -1)
    excluded = np.full(len(points), None, dtype=object)
    excluded[flags(cameras, "indoor")] = "indoor"
    shapes = buildings.geometry.to_numpy()
    moved = np.zeros(len(points))
    if len(shapes) and len(points):
        union = _touching_outline(points, shapes)
        for i, outline, building in union:
            if excluded[i] is not None:
                continue
            place = _outside(points[i], outline)
            hanging[i] = building
            distance = float(shapely.distance(points[i], place))
            if distance > DEEPEST_M:
                excluded[i] = "inside_building"
                continue
            moved[i], points[i] = distance, place
    return pd.DataFrame(
        {"geometry": points, "moved_m": moved, "building": hanging, "excluded": excluded}, index=cameras.index
    )


def _touching_outline(points: np.ndarray, shapes: np.ndarray) -> list[tuple[int, shapely.Geometry, int]]:
    """Pair each camera in or at a building with the joint outline of all that touches that building."""
    tree = shapely.STRtree(shapes)
    camera, building = tree.query(points, predicate="dwithin", distance=SET_OFF_M / 2)
    out = []
    for i in np.unique(camera):
        mine = building[camera == i]
        # neighbours wall to wall: stepping out of one must not mean stepping into the next
        around = tree.query(shapely.buffer(points[i], DEEPEST_M + 1))
        out.append((int(i), shapely.union_all(shapely.make_valid(shapes[around])), int(mine[0])))
    return out


def _outside(point: shapely.Point, outline: shapely.Geometry) -> shapely.Point:
    """Return the nearest place SET_OFF_M outside the outline."""
    rim = shapely.boundary(shapely.buffer(outline, SET_OFF_M, join_style="mitre"))
    return shapely.line_interpolate_point(shapely.shortest_line(point, rim), 1.0, normalized=True)
