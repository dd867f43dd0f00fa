"""What some cameras see of some ways: where they hang, how they may look, and the stretches in sight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .conditions import BY_DAY, Conditions
from .looks import Looks, possible_looks
from .mounting import set_off_walls
from .progress import Progress, silent
from .streets import Ways
from .stretches import seen_stretches, sight_lines
from .visibility import round_disc, visible_regions, walls_of


@dataclass(frozen=True)
class Seen:
    """What some cameras see of some ways.

    Attributes
    ----------
    hung : DataFrame
        One row for each camera, where it hangs (`mounting.set_off_walls`).
    counted : ndarray of bool
        For each camera whether it looks at the streets at all; the rest of this is of those that do.
    points : ndarray (n, 2)
        Where they hang, metres.
    looks : Looks
    regions : ndarray of Polygon (n,)
        What they have a clear line to.
    stretches : DataFrame
        `stretches.seen_stretches`: `camera` is the position among those that count.
    """

    hung: pd.DataFrame
    counted: NDArray[np.bool_]
    points: NDArray[np.float64] = field(repr=False)
    looks: Looks = field(repr=False)
    regions: NDArray[np.object_] = field(repr=False)
    stretches: pd.DataFrame = field(repr=False)


def see_ways(
    cameras: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    ways: Ways,
    *,
    classes: Mapping[str, float],
    seen_at: str,
    barriers: gpd.GeoDataFrame | None = None,
    conditions: Conditions = BY_DAY,
    progress: Progress = silent,
) -> Seen:
    """Find the stretches of ways that cameras see past whatever stands between.

    Parameters
    ----------
    cameras, buildings : GeoDataFrame
        Metric frames of `schema`.
    ways : Ways
    classes : mapping of str to float
        The ladder: pixels per metre of each class, the coarsest first.
    seen_at : str
        The class from which a place counts as seen.
    barriers : GeoDataFrame, optional
        Walls, fences, hedges and rows of trees (metric), for the conditions that count them.
    conditions : Conditions
    progress : Progress

    Returns
    -------
    Seen
        What one camera sees depends on no other camera, so parts of a city can be done apart.
    """
    hung = set_off_walls(cameras, buildings)
    counted = hung["excluded"].isna().to_numpy()
    mine = cameras.loc[counted].reset_index(drop=True)
    points = shapely.get_coordinates(hung["geometry"].to_numpy()[counted])
    looks = possible_looks(mine, classes=classes, seen_at=seen_at)
    progress(0.0, "visible_regions")
    walls, _ = walls_of(buildings)
    regions = visible_regions(points, walls, radius=round_disc(looks.farthest_m))
    progress(0.3, "sight_lines")
    lines = sight_lines(points, regions, ways, reach_m=looks.farthest_m)
    progress(0.6, "stretches")
    stretches = seen_stretches(lines, looks, classes=list(classes))
    return Seen(hung, counted, points, looks, regions, stretches)
