"""Why a place is not seen: what a camera would see but for a wall, a distance, its own tilt, or the dark."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .conditions import Conditions
from .eyes import Eye, best_eye
from .looks import Looks
from .obstacles import Obstacles
from .pictures import pairs_within, through_wedges

HIDDEN: Final = "hidden_by_building"
BARRIER: Final = "hidden_by_barrier"
SEVERAL: Final = "hidden_by_several"
NO_CAMERA: Final = "no_camera_in_reach"
PRIORITY: Final = ("dark", HIDDEN, BARRIER, SEVERAL, "dead_zone", "too_few_pixels", NO_CAMERA)
NEXT_TO: Final = 1e-9


def find_causes(
    places: NDArray[np.float64],
    viewpoints: NDArray[np.float64],
    looks: Looks,
    obstacles: Obstacles,
    *,
    seen_at: str,
    coarsest: str,
    conditions: Conditions,
    deck_m: NDArray[np.float64],
) -> pd.DataFrame:
    """Say for each place, seen by none of the cameras, why not.

    Parameters
    ----------
    places : ndarray (n, 2)
        Metres.
    viewpoints : ndarray (m, 2)
    looks : Looks
        Of the same m cameras.
    obstacles : Obstacles
    seen_at, coarsest : str
        The class from which a place counts as seen, and the coarsest of the ladder.
    conditions : Conditions
        Under which none of them sees the place.
    deck_m : ndarray (n,)
        How high the street runs above the ground at each place.

    Returns
    -------
    DataFrame
        n rows: `cause`, `owner` (of the wall in `obstacles`, -1 if none), `camera` (position, -1 if none),
        `distance_m`.

    Notes
    -----
    `hidden_by_building` is only said where one building alone stands between the place and a camera that
    would otherwise see it, from the height at which it would see most: without that building it is seen.
    `dark` is said where nothing is wrong but that it is night.
    """
    pairs = _pairs_in_reach(places, viewpoints, looks, seen_at=seen_at, coarsest=coarsest, deck_m=deck_m)
    height = conditions.target_m + deck_m
    owner, blockers = _walls_between(places, viewpoints, pairs, looks.eyes, obstacles, height)
    clear, wanted = blockers == 0, pairs["in_view"].to_numpy()
    night = conditions.light == "night"
    barrier = owner >= obstacles.buildings
    cause = np.select(
        [
            wanted & clear & night,
            wanted & (blockers == 1) & ~barrier,
            wanted & (blockers == 1),
            wanted & ~clear,
            clear & pairs["too_near"],
            clear & pairs["coarse"],
        ],
        PRIORITY[:6],
        default=NO_CAMERA,
    )
    told = pairs.assign(cause=cause, owner=np.where(np.isin(cause, (HIDDEN, BARRIER)), owner, -1))
    told = told[told["cause"] != NO_CAMERA]
    told["priority"] = told["cause"].map({name: number for number, name in enumerate(PRIORITY)})
    best = told.sort_values(["place", "priority", "distance_m", "camera"]).drop_duplicates("place")
    out = pd.DataFrame(
        {"cause": NO_CAMERA, "owner": -1, "camera": -1, "distance_m": np.nan}, index=range(len(places))
    )
    columns = ["cause", "owner", "camera", "distance_m"]
    out.loc[best["place"], columns] = best[columns].to_numpy(dtype=object)
    return out.astype({"owner": int, "camera": int, "distance_m": float})


def _pairs_in_reach(
    places: NDArray[np.float64],
    viewpoints: NDArray[np.float64],
    looks: Looks,
    *,
    seen_at: str,
    coarsest: str,
    deck_m: NDArray[np.float64],
) -> pd.DataFrame:
    """Pair places with cameras whose picture could hold them, walls aside."""
    pairs = pairs_within(places, viewpoints, looks.farthest_m)
    pairs["deck_m"] = deck_m[pairs["place"].to_numpy(dtype=np.int64)]
    for name in ("in_view", "too_near", "coarse"):
        pairs[name] = False
    _look_through_wedges(pairs, looks.wedges, seen_at, coarsest)
    _look_through_rings(pairs, looks.rings, seen_at, coarsest)
    return pairs[pairs["in_view"] | pairs["too_near"] | pairs["coarse"]].reset_index(drop=True)


def _look_through_wedges(pairs: pd.DataFrame, wedges: pd.DataFrame, seen_at: str, coarsest: str) -> None:
    both = through_wedges(pairs, wedges)
    clear = both["inside"] & ~both["too_near"] & ~both["too_far"]
    depth = both["depth_m"].to_numpy(dtype=float)
    _mark(pairs, both["pair"], "in_view", clear & (depth <= both[seen_at].to_numpy(dtype=float)))
    _mark(pairs, both["pair"], "too_near", both["too_near"])
    _mark(pairs, both["pair"], "coarse", clear & (depth <= both[coarsest].to_numpy(dtype=float)))


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
    eyes: list[tuple[Eye, ...]],
    obstacles: Obstacles,
    target_m: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each pair one owner of a wall that stands between, and how many owners do."""
    camera, place = (pairs[name].to_numpy(dtype=np.int64) for name in ("camera", "place"))
    start, stop = viewpoints[camera], places[place]
    lines = np.asarray(shapely.linestrings(np.stack([start, stop], axis=1).reshape(-1, 2, 2)))
    tree = shapely.STRtree(np.asarray(shapely.linestrings(obstacles.walls)))
    pair, wall = tree.query(lines, predicate="intersects")
    best = [best_eye(mine) for mine in eyes]
    height = np.array([eye.height_m for eye in best])[camera[pair]]
    over = np.array([eye.over_assumed for eye in best], dtype=bool)[camera[pair]]
    share = _share_along(start[pair], stop[pair], obstacles.walls[wall])
    # the sight line passes the wall at this height
    passes = height - (height - target_m[place[pair]]) * share
    top = np.where(obstacles.unsure[wall] & ~over, np.inf, obstacles.top_m[wall])
    hides = (passes > obstacles.base_m[wall]) & (passes < top) & (share > NEXT_TO) & (share < 1 - NEXT_TO)
    owners = pd.DataFrame({"pair": pair[hides], "owner": obstacles.owner[wall[hides]]}).drop_duplicates()
    first = np.full(len(pairs), -1, dtype=np.int64)
    first[owners["pair"]] = owners["owner"]
    return first, np.bincount(owners["pair"], minlength=len(pairs))


def _share_along(
    start: NDArray[np.float64], stop: NDArray[np.float64], walls: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how far along straight lines they meet walls, 0 to 1; 2 where they run alongside."""
    way, wall = stop - start, walls[:, 1] - walls[:, 0]
    to_wall = walls[:, 0] - start
    below = way[:, 0] * wall[:, 1] - way[:, 1] * wall[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (to_wall[:, 0] * wall[:, 1] - to_wall[:, 1] * wall[:, 0]) / below
    return np.where(below == 0, 2.0, share)
