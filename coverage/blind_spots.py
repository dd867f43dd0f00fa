"""Unseen stretches of street, ranked by risk, each with its cause."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .causes import HIDDEN, find_causes
from .conditions import Conditions
from .intervals import merge_touching
from .looks import possible_looks
from .obstacles import Obstacles, gather_obstacles
from .optics import LADDERS
from .progress import Progress, silent
from .results import BlindSpots, Coverage
from .risk import StreetRisk
from .streets import Ways, ways_of_frame

SAMPLE_M: Final = 5.0
"""A place every so many metres is asked why it is not seen."""
MOST_SAMPLES: Final = 12


def find_blind_spots(
    coverage: Coverage,
    buildings: gpd.GeoDataFrame,
    risk: StreetRisk,
    *,
    barriers: gpd.GeoDataFrame | None = None,
    progress: Progress = silent,
) -> BlindSpots:
    """List the maximal stretches that no live camera could see, the riskiest first.

    Parameters
    ----------
    coverage : Coverage
    buildings : GeoDataFrame
        The buildings it was measured with (metric).
    risk : StreetRisk
        On the same ways.
    barriers : GeoDataFrame, optional
        Those it was measured with (metric).
    progress : Progress

    Returns
    -------
    BlindSpots
        A stretch is blind where no live camera sees it whatever its unknown optics are; where one may, it
        is `unsure` and not listed. Equal risks are ranked by length.
    """
    ways = ways_of_frame(coverage.ways)
    pieces = coverage.pieces
    blind = pieces["live_high"].to_numpy() == 0
    way, from_m, to_m = merge_touching(
        *(pieces[name].to_numpy()[blind] for name in ("way", "from_m", "to_m")), slack=1e-5
    )
    risk_on = risk.demand(way, from_m, to_m)
    order = np.lexsort((from_m, way, -(to_m - from_m), -np.round(risk_on, 9)))
    way, from_m, to_m = way[order], from_m[order], to_m[order]
    progress(0.2, "causes")
    conditions = Conditions(**coverage.conditions)
    obstacles = gather_obstacles(buildings, barriers, conditions=conditions)
    told = _why(coverage, buildings, obstacles, conditions, ways, way, from_m, to_m)
    progress(0.9, "causes")
    length = pieces["length_m"].to_numpy()
    unsure = (pieces["live_high"] > 0) & (pieces["live_low"] == 0)
    spots = gpd.GeoDataFrame(
        {
            "rank": np.arange(1, len(way) + 1),
            "id": [f"{w}:{a:.1f}" for w, a in zip(way, from_m, strict=True)],
            "way": way,
            "name": ways.frame["name"].to_numpy()[way],
            "near": ways.names_near(ways.points(way, 0.5 * (from_m + to_m))),
            "highway": ways.frame["highway"].to_numpy()[way],
            "from_m": from_m,
            "to_m": to_m,
            "length_m": to_m - from_m,
            "risk": np.round(risk_on[order], 9),
            **{name: told[name].to_numpy() for name in told},
        },
        geometry=list(ways.lines(way, from_m, to_m)),
        crs=coverage.ways.crs,
    )
    return BlindSpots(spots, float((to_m - from_m).sum()), float(length[unsure.to_numpy()].sum()))


def _why(
    coverage: Coverage,
    buildings: gpd.GeoDataFrame,
    obstacles: Obstacles,
    conditions: Conditions,
    ways: Ways,
    way: NDArray[np.int64],
    from_m: NDArray[np.float64],
    to_m: NDArray[np.float64],
) -> pd.DataFrame:
    """Ask sample places along each stretch why they are not seen, and take what most of them answer."""
    counts = np.clip(np.ceil((to_m - from_m) / SAMPLE_M), 1, MOST_SAMPLES).astype(int)
    spot = np.repeat(np.arange(len(way)), counts)
    within = np.arange(len(spot)) - np.repeat(np.cumsum(counts) - counts, counts)
    at_m = from_m[spot] + (within + 0.5) / counts[spot] * (to_m - from_m)[spot]
    cameras = coverage.cameras[(coverage.cameras["counted"]) & (coverage.cameras["state"] == "live")]
    cameras = cameras.reset_index(drop=True)
    classes = LADDERS[coverage.ladder]
    looks = possible_looks(cameras, classes=classes, seen_at=coverage.seen_at, target_m=conditions.target_m)
    answers = find_causes(
        ways.points(way[spot], at_m),
        shapely.get_coordinates(cameras.geometry.to_numpy()),
        looks,
        obstacles,
        seen_at=coverage.seen_at,
        coarsest=next(iter(classes)),
        conditions=conditions,
        deck_m=ways.deck_m[way[spot]],
    )
    answers["spot"] = spot
    _seen_by_others(answers, coverage.pieces, way[spot], at_m)
    return _most_frequent(answers, cameras, buildings, obstacles, len(way))


def _seen_by_others(
    answers: pd.DataFrame, pieces: gpd.GeoDataFrame, way: NDArray[np.int64], at_m: NDArray[np.float64]
) -> None:
    """Where a camera in another state sees the place, that is the cause."""
    span = float(pieces["to_m"].max()) + 1.0
    start = pieces["way"].to_numpy() * span + pieces["from_m"].to_numpy()
    piece = np.searchsorted(start, way * span + at_m, side="right") - 1
    for state in ("offline", "registered", "archive"):
        seen = pieces[f"{state}_high"].to_numpy()[piece] > 0
        answers.loc[seen, "cause"] = f"{state}_only"
        answers.loc[seen, ["owner", "camera"]] = -1
        answers.loc[seen, "distance_m"] = np.nan


def _most_frequent(
    answers: pd.DataFrame,
    cameras: pd.DataFrame,
    buildings: gpd.GeoDataFrame,
    obstacles: Obstacles,
    spots: int,
) -> pd.DataFrame:
    tally = answers.groupby(["spot", "cause", "owner"]).agg(
        votes=("camera", "size"), camera=("camera", "first"), distance_m=("distance_m", "min")
    )
    tally = tally.reset_index()
    tally["of_cause"] = tally.groupby(["spot", "cause"])["votes"].transform("sum")
    best = tally.sort_values(["spot", "of_cause", "votes", "cause"], ascending=[True, False, False, True])
    best = best.drop_duplicates("spot").set_index("spot").reindex(range(spots))
    asked = answers.groupby("spot").size().reindex(range(spots))
    owner, camera = best["owner"].to_numpy(dtype=int), best["camera"].to_numpy(dtype=int)
    house = (best["cause"] == HIDDEN).to_numpy()
    names = buildings["name"].to_numpy(dtype=object) if "name" in buildings else np.full(len(buildings), None)
    return pd.DataFrame(
        {
            "cause": best["cause"].to_numpy(dtype=object),
            "cause_share": (best["of_cause"] / asked).to_numpy(dtype=float),
            "building": _look_up(obstacles.names, owner, owner >= 0),
            "building_name": _look_up(names, owner, house),
            "camera": _look_up(cameras["id"].to_numpy(dtype=object), camera, camera >= 0),
            "distance_m": best["distance_m"].to_numpy(dtype=float),
        }
    )


def _look_up(values: NDArray, position: NDArray[np.int64], known: NDArray[np.bool_]) -> NDArray[np.object_]:
    out = np.full(len(position), None, dtype=object)
    out[known] = values[position[known]]
    return out
