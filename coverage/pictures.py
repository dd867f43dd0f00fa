"""Places and the pictures that could hold them, walls aside: how far, how deep, and through which lens."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray


def pairs_within(
    places: NDArray[np.float64], viewpoints: NDArray[np.float64], reach_m: NDArray[np.float64]
) -> pd.DataFrame:
    """Pair places with the cameras that lie no farther than each camera's reach.

    Parameters
    ----------
    places : ndarray (n, 2)
        Metres.
    viewpoints : ndarray (m, 2)
    reach_m : ndarray (m,)

    Returns
    -------
    DataFrame
        `camera`, `place` (positions), `east`, `north` (from camera to place) and `distance_m`.
    """
    tree = shapely.STRtree(np.asarray(shapely.points(places)))
    camera, place = tree.query(shapely.points(viewpoints), predicate="dwithin", distance=reach_m)
    return offsets(places, viewpoints, camera, place)


def offsets(
    places: NDArray[np.float64],
    viewpoints: NDArray[np.float64],
    camera: NDArray[np.int64],
    place: NDArray[np.int64],
) -> pd.DataFrame:
    """Return pairs of camera and place with the way from one to the other, as `pairs_within` does."""
    offset = places[place] - viewpoints[camera]
    pairs = pd.DataFrame({"camera": camera, "place": place, "east": offset[:, 0], "north": offset[:, 1]})
    pairs["distance_m"] = np.hypot(pairs["east"], pairs["north"])
    return pairs


def through_wedges(pairs: pd.DataFrame, wedges: pd.DataFrame) -> pd.DataFrame:
    """Look at each place through each wedge of its camera.

    Parameters
    ----------
    pairs : DataFrame
        Of `pairs_within`, with `deck_m` where places lie on bridges.
    wedges : DataFrame
        `looks.Looks.wedges`.

    Returns
    -------
    DataFrame
        One row for each pair and wedge: `pair` (position in `pairs`), the columns of the wedge, `depth_m`
        (what its ranges are compared with: along the axis, or distance for a fisheye), `inside` (within the
        field of view, however far), `too_near` (inside, but nearer than the picture begins) and `too_far`
        (inside, but beyond its upper edge, whatever the pixels).
    """
    deck = pairs.get("deck_m", 0.0)
    both = pairs[["camera", "east", "north", "distance_m"]].assign(deck_m=deck).reset_index(drop=True)
    both = both.rename_axis("pair").reset_index().merge(wedges, on="camera")
    heading = np.radians(both["heading_deg"].to_numpy(dtype=float))
    ahead = both["east"] * np.sin(heading) + both["north"] * np.cos(heading)
    aside = both["east"] * np.cos(heading) - both["north"] * np.sin(heading)
    inside = (ahead > 0) & (aside.abs() <= ahead * np.tan(np.radians(both["half_deg"].to_numpy(dtype=float))))
    near, far = picture_edges(both)
    both["depth_m"] = np.where(both["disc"].to_numpy(dtype=bool), both["distance_m"], ahead)
    both["inside"] = inside
    both["too_near"] = inside & (ahead < near)
    both["too_far"] = inside & (ahead > far)
    return both


def picture_edges(both: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the depth at which each wedge's picture begins and ends on a street that runs `deck_m` high."""
    near, far, drop, deck = (
        both[name].to_numpy(dtype=float) for name in ("near_m", "far_m", "drop_m", "deck_m")
    )
    # both edges are straight lines from the eye: they come closer as the target comes up to it
    share = np.clip(np.where(drop > 0, (drop - deck) / np.where(drop > 0, drop, 1.0), 1.0), 0.0, 1.0)
    return near * share, np.where(np.isinf(far), far, np.where(np.isinf(far), 0.0, far) * share)
