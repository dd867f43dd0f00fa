"""A way in parts: seen live, by archive only, looked at by cameras that recorded nothing, or by nobody."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from shapely.ops import substring

from ..coverage.counting import SURE
from ..coverage.intervals import cut_everywhere, pieces_covered
from ..coverage.witnesses import WayWitnesses

PARTS: Final = ("live", "live_perhaps", "archive", "silent", "nobody")
"""The best that some camera gives, the best first."""


def way_parts(found: WayWitnesses, way: shapely.LineString) -> gpd.GeoDataFrame:
    """Cut a way where the cameras that look at it change.

    Parameters
    ----------
    found : WayWitnesses
    way : LineString
        The way it was asked of, in the same system.

    Returns
    -------
    GeoDataFrame
        From the beginning to the end without gap: `part` (one of PARTS), `from_m`, `to_m`, `cameras` (a
        tuple of ids) and the line. Neighbours differ.
    """
    seen, silent = found.seen, found.silent
    ranks = np.concatenate(
        [
            np.where(seen["state"] != "live", 2, np.where(seen["probability"] >= SURE, 0, 1)),
            np.full(len(silent), 3),
            [4],
        ]
    )
    ids = [*seen["camera"].astype(str), *silent["camera"].astype(str), None]
    starts = np.concatenate([seen["from_m"], silent["from_m"], [0.0]]).astype(float)
    stops = np.concatenate([seen["to_m"], silent["to_m"], [found.length_m]]).astype(float)
    lines = np.zeros(len(starts), dtype=np.int64)
    cut = cut_everywhere(lines, starts, stops)
    interval, piece = pieces_covered(*cut, lines, starts, stops)
    best = np.full(len(cut[0]), len(PARTS) - 1)
    np.minimum.at(best, piece, ranks[interval])
    holders: list[set[str]] = [set() for _ in best]
    for row, place in zip(interval, piece, strict=True):
        name = ids[row]
        if name is not None:
            holders[place].add(name)
    keys = [(int(rank), tuple(sorted(names))) for rank, names in zip(best, holders, strict=True)]
    begins = [place for place, key in enumerate(keys) if place == 0 or key != keys[place - 1]]
    from_m = [float(cut[1][place]) for place in begins]
    # a piece ends where the next begins, whatever rounding left between them
    to_m = [*from_m[1:], found.length_m]
    return gpd.GeoDataFrame(
        {
            "part": [PARTS[keys[place][0]] for place in begins],
            "from_m": from_m,
            "to_m": to_m,
            "cameras": [keys[place][1] for place in begins],
        },
        geometry=[substring(way, low, high) for low, high in zip(from_m, to_m, strict=True)],
        crs=seen.crs,
    )
