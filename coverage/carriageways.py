"""Where the road is: how wide each way's carriageway is, what lies on one, and what faces one."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from .streets import Floats, Integers, Ways

WIDTHS_M: Final = {
    "motorway": 11.0,
    "trunk": 7.5,
    "primary": 7.0,
    "secondary": 7.0,
    "tertiary": 6.5,
    "unclassified": 5.5,
    "residential": 5.5,
    "road": 5.5,
    "living_street": 4.5,
    "service": 3.5,
    "busway": 3.5,
    "track": 2.5,
}
"""Width of a carriageway where the map does not say, by class; other ways (footpaths, steps) have none."""
WIDE_M: Final = 12.0
"""A road drawn as one line and mapped as at least this wide may have a median."""
MEDIAN_M: Final = 2.0
"""A post no farther than this from the middle of such a road stands on its median."""
ON_THE_LINE_M: Final = 0.2
"""A post nearer than this to the middle is a point of the line itself, and stands elsewhere."""


class Pairs(NamedTuple):
    """Places and the ways around each, by place and then by distance."""

    place: Integers
    way: Integers
    distance_m: Floats

    def of(self, kept: NDArray[np.bool_]) -> Pairs:
        """Return the pairs of some of the places, which are numbered anew."""
        mine, number = kept[self.place], np.cumsum(kept) - 1
        return Pairs(number[self.place[mine]], self.way[mine], self.distance_m[mine])


def half_widths(ways: Ways) -> Floats:
    """Return half the width of each way's carriageway, metres; 0 where there is none."""
    usual = ways.frame["highway"].str.removesuffix("_link").map(WIDTHS_M).fillna(0.0).to_numpy(dtype=float)
    known = _known_widths(ways)
    return np.where((usual > 0) & np.isfinite(known), known, usual) / 2


def ways_around(points: NDArray[np.object_], ways: Ways, *, reach_m: float) -> Pairs:
    """Pair each place with the ways no farther than `reach_m` from it."""
    lines = ways.frame.geometry.to_numpy()
    place, way = shapely.STRtree(lines).query(points, predicate="dwithin", distance=reach_m)
    distance = shapely.distance(points[place], lines[way])
    order = np.lexsort((distance, place))
    return Pairs(place[order], way[order], distance[order])


def on_carriageway(pairs: Pairs, ways: Ways, mapped: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which places lie on a carriageway.

    Parameters
    ----------
    pairs : Pairs
        Of the places and the ways around them, at least as far as half the widest carriageway.
    ways : Ways
    mapped : ndarray of bool (n,)
        Whether something that is mapped stands at each place. Such a one near the middle of a road that is
        mapped as wide stands on its median, not in the way.

    Returns
    -------
    ndarray of bool (n,)
    """
    half, known = half_widths(ways)[pairs.way], _known_widths(ways)[pairs.way]
    on_median = (known >= WIDE_M) & (pairs.distance_m <= MEDIAN_M) & (pairs.distance_m >= ON_THE_LINE_M)
    on_road = (pairs.distance_m < half) & ~(on_median & mapped[pairs.place])
    return np.bincount(pairs.place[on_road], minlength=len(mapped)) > 0


def facing_street(
    points: NDArray[np.object_], pairs: Pairs, ways: Ways, walls: NDArray[np.object_]
) -> NDArray[np.bool_]:
    """Tell from which places the straight line to the nearest point of a way around meets no wall.

    Parameters
    ----------
    points : ndarray of Point (n,)
    pairs : Pairs
        Of the points and the ways around them.
    ways : Ways
    walls : ndarray of Polygon
        The buildings.

    Returns
    -------
    ndarray of bool (n,)
    """
    lines, tree = ways.frame.geometry.to_numpy(), shapely.STRtree(walls)
    begins = np.searchsorted(pairs.place, np.arange(len(points) + 1))
    clear = np.zeros(len(points), dtype=bool)
    row = begins[:-1].copy()
    asked = np.flatnonzero(row < begins[1:])
    # the nearest way first: mostly it decides
    while len(asked):
        way = pairs.way[row[asked]]
        views = shapely.shortest_line(points[asked], lines[way])
        blocked = np.zeros(len(asked), dtype=bool)
        blocked[tree.query(views, predicate="intersects")[0]] = True
        clear[asked[~blocked]] = True
        asked = asked[blocked]
        row[asked] += 1
        asked = asked[row[asked] < begins[asked + 1]]
    return clear


def _known_widths(ways: Ways) -> Floats:
    if "width_m" not in ways.frame:
        return np.full(len(ways.frame), np.nan)
    return ways.frame["width_m"].to_numpy(dtype=float)
