"""Where a patrol should stand: places on the road with the most unseen demand around them."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .demand import unseen_demand
from .results import BlindSpots, Coverage
from .risk import StreetRisk
from .streets import ways_of_frame
from .travel import build_network

EVERY_M: Final = 30.0
"""A unit may stop every so many metres of road."""
WATCHED_M: Final = 60.0
"""What a standing unit keeps in its eyes and ears."""


def find_stops(
    streets: gpd.GeoDataFrame,
    coverage: Coverage,
    risk: StreetRisk,
    spots: BlindSpots,
    *,
    most: int = 24,
    watched_m: float = WATCHED_M,
) -> gpd.GeoDataFrame:
    """Choose stops by the demand around them that no live camera sees, each place counted once.

    Parameters
    ----------
    streets : GeoDataFrame
        Directed edges (metric).
    coverage, risk, spots
        On the same streets.
    most : int
        At most so many stops.
    watched_m : float
        Radius a standing unit watches.

    Returns
    -------
    GeoDataFrame
        Metric points on drivable streets, the best first: `stop`, `name`, `near` (nearest named
        street), `risk`, `cause` (of the riskiest blind spot around, None where cameras may see it all).
    """
    ways = ways_of_frame(coverage.ways)
    cells = unseen_demand(coverage, ways, risk)
    cells = cells[cells["weight"] > 0]
    demand_xy = ways.points(cells["way"].to_numpy(), cells["middle_m"].to_numpy())
    network = build_network(streets, np.empty(0, dtype=object))
    shapes = network.edges.geometry.to_numpy()
    xy, edge = shapely.get_coordinates(shapely.segmentize(shapes, EVERY_M), return_index=True)
    xy, first = np.unique(xy.round(2), axis=0, return_index=True)
    edge = edge[first]
    place, cell = shapely.STRtree(np.asarray(shapely.points(demand_xy))).query(
        shapely.points(xy), predicate="dwithin", distance=watched_m
    )
    chosen, gains = _pick(place, cell, cells["weight"].to_numpy(), len(xy), most)
    names = network.edges["name"].to_numpy(dtype=object)[edge[chosen]]
    stops = gpd.GeoDataFrame(
        {
            "stop": [f"stop-{number}" for number in range(1, len(chosen) + 1)],
            "name": pd.Series(names, dtype=object).where(pd.notna(names), None),
            "near": ways.names_near(xy[chosen]),
            "risk": gains,
        },
        geometry=list(np.asarray(shapely.points(xy[chosen]))),
        crs=streets.crs,
    )
    stops["cause"] = _causes_around(stops, spots, watched_m)
    return stops


def _pick(
    place: NDArray[np.int64], cell: NDArray[np.int64], weight: NDArray[np.float64], places: int, most: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Take the place with the most demand that no earlier one has, again and again."""
    left = weight.copy()
    begins = np.searchsorted(place, np.arange(places + 1))
    chosen, gains = [], []
    while len(chosen) < most:
        around = np.bincount(place, weights=left[cell], minlength=places)
        best = int(np.argmax(around))
        if around[best] <= 1e-9:
            break
        chosen.append(best)
        gains.append(float(around[best]))
        left[cell[begins[best] : begins[best + 1]]] = 0.0
    return np.array(chosen, dtype=np.int64), np.array(gains)


def _causes_around(stops: gpd.GeoDataFrame, spots: BlindSpots, watched_m: float) -> NDArray[np.object_]:
    causes = np.full(len(stops), None, dtype=object)
    risky = spots.spots[spots.spots["risk"] > 0]
    if len(risky) and len(stops):
        stop, spot = shapely.STRtree(risky.geometry.to_numpy()).query(
            stops.geometry.to_numpy(), predicate="dwithin", distance=watched_m
        )
        # spots are ranked by risk: the lowest row around is the riskiest
        top = pd.Series(spot).groupby(stop).min()
        causes[top.index] = risky["cause"].to_numpy(dtype=object)[top.to_numpy()]
    return causes
