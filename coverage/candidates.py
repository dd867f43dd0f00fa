"""Where a camera could go: on poles, lamps and facades that face a street."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .mounting import SET_OFF_M
from .streets import Ways

FACING_M: Final = 25.0
"""A support farther than this from every street does not face one."""
CARRIAGEWAY_M: Final = 2.0
"""Nearer to a centre line than this is on the road."""
FACADE_STEP_M: Final = 12.0
CORNER_OFFSET_M: Final = 5.0


def find_candidates(
    ways: Ways, buildings: gpd.GeoDataFrame, supports: gpd.GeoDataFrame, *, spacing_m: float = 15.0
) -> gpd.GeoDataFrame:
    """List places for cameras, each with the support it would hang on.

    Parameters
    ----------
    ways : Ways
    buildings, supports : GeoDataFrame
        Metric; supports are points with `kind` (street_lamp, pole, ...).
    spacing_m : float
        Of several candidates closer together than this only the first stays: poles before facades
        before road corners.

    Returns
    -------
    GeoDataFrame
        Points: `support` (kind), `support_id` (of the building, or None), outside buildings and off
        the carriageway. A `corner` is a road corner where no support is known.
    """
    parts = [_poles(supports), _facades(buildings), _corners(ways)]
    places = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    if not len(places):
        return gpd.GeoDataFrame({"support": [], "support_id": []}, geometry=[], crs=ways.frame.crs)
    points = places["geometry"].to_numpy()
    _, _, distance = ways.nearest(points)
    inside = np.zeros(len(points), dtype=bool)
    if len(buildings):
        inside[shapely.STRtree(buildings.geometry.to_numpy()).query(points, predicate="within")[0]] = True
    usable = (distance <= FACING_M) & (distance >= CARRIAGEWAY_M) & ~inside
    kept = _keep_apart(shapely.get_coordinates(points[usable]), spacing_m)
    chosen = places[usable].iloc[kept].reset_index(drop=True)
    return gpd.GeoDataFrame(chosen, geometry="geometry", crs=ways.frame.crs)


def _poles(supports: gpd.GeoDataFrame) -> pd.DataFrame:
    if not len(supports):
        return pd.DataFrame()
    return pd.DataFrame(
        {"support": supports["kind"].to_numpy(), "support_id": None, "geometry": supports.geometry.to_numpy()}
    )


def _facades(buildings: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return places a bracket's length outside every facade: the corners, and a few along it."""
    if not len(buildings):
        return pd.DataFrame()
    outlines = shapely.buffer(buildings.geometry.to_numpy(), SET_OFF_M, join_style="mitre")
    rims, building = shapely.get_parts(shapely.boundary(outlines), return_index=True)
    rims = shapely.segmentize(rims, FACADE_STEP_M)
    xy, rim = shapely.get_coordinates(rims, return_index=True)
    return pd.DataFrame(
        {
            "support": "facade",
            "support_id": buildings["id"].to_numpy(dtype=object)[building[rim]],
            "geometry": shapely.points(xy),
        }
    )


def _corners(ways: Ways) -> pd.DataFrame:
    """Return the four corners of every junction, for towns whose buildings and poles nobody has mapped."""
    ends = np.concatenate([ways.xy[ways.first[:-1]], ways.xy[ways.first[1:] - 1]])
    places, count = np.unique(ends.round(2), axis=0, return_counts=True)
    places = places[count >= 3]
    sides = CORNER_OFFSET_M * np.array([[1, 1], [1, -1], [-1, -1], [-1, 1]]) / np.sqrt(2)
    xy = (places[:, None, :] + sides[None, :, :]).reshape(-1, 2)
    return pd.DataFrame({"support": "corner", "support_id": None, "geometry": shapely.points(xy)})


def _keep_apart(xy: NDArray[np.float64], spacing_m: float) -> NDArray[np.int64]:
    """Return rows, in order, of which no two lie closer together than the spacing."""
    tree = shapely.STRtree(np.asarray(shapely.points(xy)))
    first, second = tree.query(shapely.points(xy), predicate="dwithin", distance=spacing_m)
    later = second > first
    order = np.lexsort((second[later], first[later]))
    first, second = first[later][order], second[later][order]
    begins = np.searchsorted(first, np.arange(len(xy) + 1))
    kept = np.ones(len(xy), dtype=bool)
    for row in range(len(xy)):
        if kept[row]:
            kept[second[begins[row] : begins[row + 1]]] = False
    return np.flatnonzero(kept)
