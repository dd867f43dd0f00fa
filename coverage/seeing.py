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
from .night import dim_stretches
from .obstacles import gather_obstacles
from .overlooking import look_past_low_walls
from .progress import Progress, silent
from .sight import Sight, clear_sight
from .streets import Ways
from .stretches import seen_stretches, sight_lines


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
    sight : Sight
        What they have a clear line to.
    stretches : DataFrame
        `stretches.seen_stretches`: `camera` is the position among those that count. At night `probability` is
        that of being seen where the street is lit, and `dark_probability` where it is not.
    """

    hung: pd.DataFrame
    counted: NDArray[np.bool_]
    points: NDArray[np.float64] = field(repr=False)
    looks: Looks = field(repr=False)
    sight: Sight = field(repr=False)
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
    looks = possible_looks(mine, classes=classes, seen_at=seen_at, target_m=conditions.target_m)
    obstacles = gather_obstacles(buildings, barriers, conditions=conditions)
    progress(0.0, "visible_regions")
    sight = clear_sight(
        points,
        looks.eyes,
        obstacles,
        reach_m=looks.farthest_m,
        target_m=conditions.target_m,
        deck_m=highest_deck(points, ways, looks.farthest_m),
    )
    progress(0.3, "sight_lines")
    lines = sight_lines(points, sight.regions, ways, reach_m=looks.farthest_m)
    height = conditions.target_m + lines["deck_m"].to_numpy()
    lines = look_past_low_walls(lines, looks.eyes, sight.low, target_m=height)
    progress(0.6, "stretches")
    stretches = seen_stretches(lines, looks, classes=list(classes))
    if conditions.light == "night":
        stretches = dim_stretches(stretches, lines, mine, looks, classes=list(classes))
    return Seen(hung, counted, points, looks, sight, stretches)


def highest_deck(
    points: NDArray[np.float64], ways: Ways, reach_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how high the highest bridge in reach of each camera lies; 0 where there is none."""
    out = np.zeros(len(points))
    deck = ways.deck_m
    bridges = np.flatnonzero(deck > 0)
    if len(bridges) and len(points):
        tree = shapely.STRtree(ways.frame.geometry.to_numpy()[bridges])
        camera, bridge = tree.query(shapely.points(points), predicate="dwithin", distance=reach_m)
        np.maximum.at(out, camera, deck[bridges[bridge]])
    return out
