"""Why a place is not seen: what a camera in reach would see but for a wall, a distance, or its own tilt."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .looks import Looks
from .pictures import pairs_within, through_wedges

HIDDEN: Final = "hidden_by_building"
SEVERAL: Final = "hidden_by_several"
PRIORITY: Final = (HIDDEN, SEVERAL, "dead_zone", "too_few_pixels", "no_camera_in_reach")


def find_causes(
    places: NDArray[np.float64],
    viewpoints: NDArray[np.float64],
    looks: Looks,
    buildings: NDArray[np.object_],
    *,
    seen_at: str,
    coarsest: str,
) -> pd.DataFrame:
    """Say for each place, seen by none of the cameras, why not.

    Parameters
    ----------
    places : ndarray (n, 2)
        Metres.
    viewpoints : ndarray (m, 2)
    looks : Looks
        Of the same m cameras.
    buildings : ndarray of Polygon
    seen_at, coarsest : str
        The class from which a place counts as seen, and the coarsest of the ladder.

    Returns
    -------
    DataFrame
        n rows: `cause`, `building` (position, -1 if none), `camera` (position, -1 if none), `distance_m`.

    Notes
    -----
    `hidden_by_building` is only said where one building alone stands between the place and a camera that
    would otherwise see it: without that building it is seen.
    """
    pairs = _pairs_in_reach(places, viewpoints, looks, seen_at=seen_at, coarsest=coarsest)
    first_building, blockers = _walls_between(places, viewpoints, pairs, buildings)
    clear = blockers == 0
    wanted = pairs["in_view"].to_numpy()
    cause = np.select(
        [
            wanted & (blockers == 1),
            wanted & (blockers > 1),
            clear & pairs["too_near"],
            clear & pairs["coarse"],
        ],
        PRIORITY[:4],
        default=PRIORITY[4],
    )
    told = pairs.assign(cause=cause, building=np.where(cause == HIDDEN, first_building, -1))
    told = told[told["cause"] != PRIORITY[4]]
    told["priority"] = told["cause"].map({name: number for number, name in enumerate(PRIORITY)})
    best = told.sort_values(["place", "priority", "distance_m", "camera"]).drop_duplicates("place")
    out = pd.DataFrame(
        {"cause": PRIORITY[4], "building": -1, "camera": -1, "distance_m": np.nan}, index=range(len(places))
    )
    columns = ["cause", "building", "camera", "distance_m"]
    out.loc[best["place"], columns] = best[columns].to_numpy(dtype=object)
    return out.astype({"building": int, "camera": int, "distance_m": float})


def _pairs_in_reach(
    places: NDArray[np.float64], viewpoints: NDArray[np.float64], looks: Looks, *, seen_at: str, coarsest: str
) -> pd.DataFrame:
    """Pair places with cameras whose picture could hold them, walls aside."""
    pairs = pairs_within(places, viewpoints, looks.farthest_m)
    for name in ("in_view", "too_near", "coarse"):
        pairs[name] = False
    _look_through_wedges(pairs, looks.wedges, seen_at, coarsest)
    _look_through_rings(pairs, looks.rings, seen_at, coarsest)
    return pairs[pairs["in_view"] | pairs["too_near"] | pairs["coarse"]].reset_index(drop=True)


def _look_through_wedges(pairs: pd.DataFrame, wedges: pd.DataFrame, seen_at: str, coarsest: str) -> None:
    both = through_wedges(pairs, wedges)
    clear = both["inside"] & ~both["too_near"]
    far = both["far_m"].to_numpy(dtype=float)
    _mark(pairs, both["pair"], "in_view", clear & (far <= both[seen_at].to_numpy(dtype=float)))
    _mark(pairs, both["pair"], "too_near", both["too_near"])
    _mark(pairs, both["pair"], "coarse", clear & (far <= both[coarsest].to_numpy(dtype=float)))


def _look_through_rings(pairs: pd.DataFrame, rings: pd.DataFrame, seen_at: str, coarsest: str) -> None:
    for quality, column in ((seen_at, "in_view"), (coarsest, "coarse")):
        mine = rings[rings["quality"] == quality].groupby("camera")
        inner, outer = mine["inner_m"].min(), mine["outer_m"].max()
        distance = pairs["distance_m"]
        low, high = pairs["camera"].map(inner), pairs["camera"].map(outer)
        pairs[column] |= (distance >= low) & (distance <= high)
        pairs["too_near"] |= distance < low


def _mark(pairs: pd.DataFrame, row: pd.Series, column: str, holds: pd.Series) -> None:
    pairs.loc[row[holds].unique(), column] = True


def _walls_between(
    places: NDArray[np.float64],
    viewpoints: NDArray[np.float64],
    pairs: pd.DataFrame,
    buildings: NDArray[np.object_],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each pair one building that stands between, and how many do."""
    lines = np.asarray(
        shapely.linestrings(
            np.stack([viewpoints[pairs["camera"]], places[pairs["place"]]], axis=1).reshape(-1, 2, 2)
        )
    )
    pair, building = shapely.STRtree(buildings).query(lines, predicate="crosses")
    first = np.full(len(lines), -1)
    first[pair] = building
    return first, np.bincount(pair, minlength=len(lines))
