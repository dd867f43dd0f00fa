"""What each camera sees, as shapes to draw: exact for known optics, the farthest possible for others."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from .looks import Looks

VIEW_COLUMNS = ["camera", "state", "quality", "certain"]


def draw_views(
    points: NDArray[np.float64],
    regions: NDArray[np.object_],
    looks: Looks,
    cameras: pd.DataFrame,
    *,
    classes: list[str],
    seen_at: str,
    crs: pyproj.CRS | None,
) -> gpd.GeoDataFrame:
    """Draw the part of each visible region that the picture holds with enough pixels.

    Parameters
    ----------
    points : ndarray (n, 2)
    regions : ndarray of Polygon (n,)
        All that is visible from there.
    looks : Looks
    cameras : DataFrame
        `id` and `state` of the same cameras.
    classes : list of str
        The ladder, the coarsest first.
    seen_at : str
        The class from which a place counts as seen: drawn for every camera, the finer ones for those
        whose optics are known.
    crs : pyproj.CRS or None
        System of the points.

    Returns
    -------
    GeoDataFrame
        `camera`, `state`, `quality`, `certain`, metric polygons. Uncertain views show whatever could be seen.
    """
    finer = classes[classes.index(seen_at) :]
    parts = [_wedge_views(points, looks, finer), _ring_views(points, looks, finer)]
    rows = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    certain = looks.certain[rows["camera"].to_numpy(dtype=int)]
    rows = rows[certain | (rows["quality"] == seen_at).to_numpy()]
    position = rows["camera"].to_numpy(dtype=int)
    shapes = shapely.intersection(rows["geometry"].to_numpy(), regions[position])
    table = gpd.GeoDataFrame(
        {
            "camera": cameras["id"].to_numpy()[position],
            "state": cameras["state"].to_numpy()[position],
            "quality": rows["quality"].to_numpy(),
            "certain": looks.certain[position],
        },
        geometry=list(shapes),
        crs=crs,
    )
    return table[~table.is_empty].reset_index(drop=True)


def wedge_shapes(
    points: NDArray[np.float64],
    heading_deg: NDArray,
    half_deg: NDArray,
    near_m: NDArray,
    reach_m: NDArray,
    disc: NDArray,
) -> NDArray[np.object_]:
    """Return the field of view on open ground, from where the picture begins.

    A triangle without its tip for a rectilinear lens, a sector for a fisheye; empty where it begins beyond
    its reach.
    """
    turn = np.linspace(-1.0, 1.0, 33)
    angle = np.radians(np.asarray(heading_deg, float)[:, None] + np.asarray(half_deg, float)[:, None] * turn)
    off_axis = np.radians(np.asarray(half_deg, float)[:, None] * turn)
    distance = np.asarray(reach_m, float)[:, None] / np.where(
        np.asarray(disc, bool)[:, None], 1.0, np.cos(off_axis)
    )
    rim = np.stack([distance * np.sin(angle), distance * np.cos(angle)], axis=-1) + points[:, None, :]
    near = np.minimum(np.asarray(near_m, float), np.asarray(reach_m, float))
    begin = (near / np.maximum(np.asarray(reach_m, float), 1e-9))[:, None, None]
    # the near side lies along the same rays, nearer by one factor; without a dead zone it is the camera
    inner = points[:, None, :] + (rim[:, [-1, 0]] - points[:, None, :]) * begin
    shapes = np.asarray(shapely.polygons(np.concatenate([inner, rim], axis=1)), dtype=object)
    shapes[near >= np.asarray(reach_m, float)] = shapely.Polygon()
    return shapes


def _wedge_views(points: NDArray[np.float64], looks: Looks, classes: list[str]) -> pd.DataFrame:
    wedges = looks.wedges
    rows = []
    for quality in classes:
        if not len(wedges):
            break
        position = wedges["camera"].to_numpy(dtype=int)
        reach = np.minimum(wedges[quality].to_numpy(float), wedges["far_m"].to_numpy(float))
        shapes = wedge_shapes(
            points[position], wedges["heading_deg"].to_numpy(), wedges["half_deg"].to_numpy(),
            wedges["near_m"].to_numpy(), reach, wedges["disc"].to_numpy(),
        )  # fmt: skip
        joined = pd.Series(shapes).groupby(position).agg(lambda mine: shapely.union_all(mine.to_numpy()))
        rows.append(pd.DataFrame({"camera": joined.index, "quality": quality, "geometry": joined.to_numpy()}))
    return (
        pd.concat(rows, ignore_index=True)
        if rows
        else pd.DataFrame(columns=["camera", "quality", "geometry"])
    )


def _ring_views(points: NDArray[np.float64], looks: Looks, classes: list[str]) -> pd.DataFrame:
    rings = looks.rings[looks.rings["quality"].isin(classes)]
    edges = rings.groupby(["camera", "quality"], sort=True).agg(
        inner=("inner_m", "min"), outer=("outer_m", "max")
    )
    edges = edges.reset_index()
    here = shapely.points(points[edges["camera"].to_numpy(dtype=int)])
    discs, holes = (
        shapely.buffer(here, edges[name].to_numpy(float), quad_segs=32) for name in ("outer", "inner")
    )
    return edges[["camera", "quality"]].assign(geometry=shapely.difference(discs, holes))
