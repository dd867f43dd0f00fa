"""Cameras, buildings and streets -> how many metres are seen, how surely, and how often."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .assemble import Parts, assemble, join_sights, sort_by_way
from .conditions import BY_DAY, Conditions
from .optics import ladder_of
from .progress import Progress, part, silent
from .results import Coverage
from .streets import physical_ways
from .tile_work import TileSight, count, look
from .tiles import CAMERAS_PER_TILE, WAYS_PER_TILE, Over, Question, cut_cameras, cut_ways


def measure_coverage(
    streets: gpd.GeoDataFrame | Iterable[gpd.GeoDataFrame],
    buildings: gpd.GeoDataFrame,
    cameras: gpd.GeoDataFrame,
    *,
    ladder: str = "2014",
    seen_at: str | None = None,
    area: shapely.Polygon | None = None,
    barriers: gpd.GeoDataFrame | None = None,
    conditions: Conditions = BY_DAY,
    over: Over = map,
    cameras_per_tile: int = CAMERAS_PER_TILE,
    ways_per_tile: int = WAYS_PER_TILE,
    progress: Progress = silent,
) -> Coverage:
    """Measure the metres of street that cameras see past buildings.

    Parameters
    ----------
    streets : GeoDataFrame or iterable of GeoDataFrame
        Metric frame of `schema`, whole or in parts.
    buildings, cameras : GeoDataFrame
        Metric frames of `schema`.
    ladder : {"2014", "2025"}
        EN 62676-4:2015 or IEC 62676-4:2025.
    seen_at : str, optional
        Class from which a place counts as seen; `optics.DEFAULT_CLASS` of the ladder by default.
    area : Polygon, optional
        Count streets inside only; cameras and buildings outside still matter.
    barriers : GeoDataFrame, optional
        Walls, fences, hedges and rows of trees (metric), for the conditions that count them.
    conditions : Conditions
        Light, leaves, and the height of what must be seen.
    over : Over
        How a function is put to many tiles: `map`, or the same in other processes.
    cameras_per_tile, ways_per_tile : int
        How large tiles are; the answer is the same.
    progress : Progress
        Told of each step.

    Returns
    -------
    Coverage
    """
    _, seen_at = ladder_of(ladder, seen_at)
    question = Question(ladder, seen_at, conditions)
    progress(0.0, "streets")
    ways = physical_ways(streets, area=area)
    rows = np.arange(len(cameras))
    cuts = cut_cameras(rows, cameras, buildings, ways, question, barriers=barriers, most=cameras_per_tile)
    sights: list[TileSight] = []
    watch = part(progress, 0.1, 0.7)
    watch(0.0, "stretches")
    for sight in over(look, (cut.tile() for cut in cuts)):
        sights.append(sight)
        watch(len(sights) / len(cuts), "stretches")
    register, views = join_sights(sights, cameras)
    edges = np.append(np.arange(0, len(ways.frame), ways_per_tile), len(ways.frame))
    stretches = sort_by_way([sight.stretches for sight in sights], edges)
    del sights
    watch = part(progress, 0.7, 1.0)
    watch(0.0, "figures")
    counts = []
    for counted in over(count, cut_ways(range(len(edges) - 1), edges, ways, stretches, register, question)):
        counts.append(counted)
        watch(len(counts) / (len(edges) - 1), "figures")
    return assemble(
        Parts(
            question=question,
            ways=ways.frame,
            tunnel_m=ways.tunnel_m,
            stretches=stretches,
            pieces=pd.concat([one.pieces for one in counts], ignore_index=True),
            first_way=edges[:-1],
            figures=np.array([one.figures for one in counts]),
            circle_m=np.array([one.circle_m for one in counts]),
            cameras=register,
            views=gpd.GeoDataFrame(views.drop(columns="row")),
        )
    )
