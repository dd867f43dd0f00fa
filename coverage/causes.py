"""Why a place is not seen: what a camera in reach would see but for a wall, a distance, or its own tilt."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .looks import Looks

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
    tree = shapely.STRtree(np.asarray(shapely.points(places)))
    camera, place = tree.query(shapely.points(viewpoints), predicate="dwithin", distance=looks.farthest_m)
    offset = places[place] - viewpoints[camera]
    pairs = pd.DataFrame({"camera": camera, "place": place, "east": offset[:, 0], "north": offset[:, 1]})
    pairs["distance_m"] = np.hypot(pairs["east"], pairs["north"])
    for name in ("in_view", "too_near", "coarse"):
        pairs[name] = False
    _look_through_wedges(pairs, looks.wedges, seen_at, coarsest)
    _look_through_rings(pairs, looks.rings, seen_at, coarsest)
    return pairs[pairs["in_view"] | pairs["too_near"] | pairs["coarse"]].reset_index(drop=True)


def _look_through_wedges(pairs: pd.DataFrame, wedges: pd.DataFrame, seen_at: str, coarsest: str) -> None:
    both = pairs[["camera", "east", "north", "distance_m"]].reset_index().merge(wedges, on="camera")
    heading = np.radians(both["heading_deg"].to_numpy(dtype=float))
    ahead = both["east"] * np.sin(heading) + both["north"] * np.cos(heading)
    aside = both["east"] * np.cos(heading) - both["north"] * np.sin(heading)
    inside = (ahead > 0) & (aside.abs() <= ahead * np.tan(np.radians(both["half_deg"].to_numpy(dtype=float))))
    far = np.where(both["disc"].to_numpy(dtype=bool), both["distance_m"], ahead)
    near = ahead < both["near_m"]
    _mark(pairs, both["index"], "in_view", inside & ~near & (far <= both[seen_at].to_numpy(float)))
    _mark(pairs, both["index"], "too_near", inside & near)
    _mark(pairs, both["index"], "coarse", inside & ~near & (far <= both[coarsest].to_numpy(float)))


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
