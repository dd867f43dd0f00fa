"""Incidents of held-back months, drawn again and again, each at its hour of the shift."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .demand import piece_at
from .errors import InvalidInputError, NotReadyError
from .results import Coverage
from .risk import count_incidents
from .streets import Ways

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

FEWEST_REPLICATIONS: Final = 200
FEWEST_INCIDENTS: Final = 30


@dataclass(frozen=True)
class Replay:
    """Incidents drawn again and again from held-back months; every plan is asked with the same draws.

    Attributes
    ----------
    places : GeoDataFrame
        Each incident that counts, on its street (metric points): `way`, `at_m`, `weight`, `camera` (how
        likely a live camera sees the place).
    replication, place : ndarray of int (n,)
        The draws: which replication, and which incident (row of `places`).
    moment : ndarray (n,)
        Seconds after the start of the shift.
    shift_s : float
    """

    places: gpd.GeoDataFrame
    replication: Integers = field(repr=False)
    place: Integers = field(repr=False)
    moment: Floats = field(repr=False)
    shift_s: float


def split_by_time(
    incidents: gpd.GeoDataFrame, *, months: int
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.Timestamp]:
    """Part incidents into those plans may know and the last months, which are held back.

    Returns
    -------
    before, after : GeoDataFrame
        Those that began before the cut and are known to have ended by it, and those from it on. Others
        belong to neither.
    cut : Timestamp

    Raises
    ------
    NotReadyError
        `too_few_held_back` when either part is empty.
    """
    if not len(incidents):
        raise NotReadyError("too_few_held_back", count=0, fewest=FEWEST_INCIDENTS)
    begin = incidents["occurred_from"]
    end = incidents["occurred_to"].fillna(begin) if "occurred_to" in incidents else begin
    cut = begin.max() - pd.DateOffset(months=months)
    before, after = incidents[(end < cut).to_numpy()], incidents[(begin >= cut).to_numpy()]
    if not len(before) or not len(after):
        raise NotReadyError("too_few_held_back", count=min(len(before), len(after)), fewest=FEWEST_INCIDENTS)
    return gpd.GeoDataFrame(before), gpd.GeoDataFrame(after), cut


def draw_replay(
    held_back: gpd.GeoDataFrame,
    coverage: Coverage,
    ways: Ways,
    *,
    shift_start: pd.Timestamp,
    shift_s: float,
    zone: tzinfo,
    replications: int,
    seed: int,
) -> Replay:
    """Draw incidents with replacement, and a moment for each within the time it is known for.

    Parameters
    ----------
    held_back : GeoDataFrame
        Incidents in metres (`schema.INCIDENTS`) that no plan was made from; they count by the rules of
        `risk.measure_risk`.
    coverage, ways
        Of the same streets.
    shift_start : Timestamp
        Aware. An incident is replayed at its hour of the local day, where that falls into the shift.
    shift_s : float
    zone : tzinfo
        Of the local day.
    replications : int
        FEWEST_REPLICATIONS or more.
    seed : int
        Same seed, same draws.

    Raises
    ------
    InvalidInputError
        `too_few_replications`.
    NotReadyError
        `too_few_held_back` with fewer than FEWEST_INCIDENTS incidents that count.
    """
    if replications < FEWEST_REPLICATIONS:
        raise InvalidInputError("too_few_replications", fewest=FEWEST_REPLICATIONS)
    counted = count_incidents(held_back, ways)
    kept, way, at_m = held_back.iloc[counted.rows], counted.way, counted.at_m
    if len(kept) < FEWEST_INCIDENTS:
        raise NotReadyError("too_few_held_back", count=len(kept), fewest=FEWEST_INCIDENTS)
    begin = kept["occurred_from"]
    end = kept["occurred_to"].fillna(begin) if "occurred_to" in kept else begin
    span = (end - begin).dt.total_seconds().clip(lower=0.0).to_numpy()
    random = np.random.default_rng(seed)
    drawn = random.integers(len(kept), size=(replications, len(kept)))
    late = random.random(drawn.shape) * span[drawn]
    local = begin.dt.tz_convert(zone)
    clock = (local.dt.hour * 3600 + local.dt.minute * 60 + local.dt.second).to_numpy(dtype=np.float64)
    start = shift_start.tz_convert(zone)
    moment = (clock[drawn] + late - (start.hour * 3600 + start.minute * 60 + start.second)) % 86_400.0
    replication, column = np.nonzero(moment < shift_s)
    seen = coverage.pieces["live_mid"].to_numpy()[piece_at(coverage, way, at_m)]
    places = gpd.GeoDataFrame(
        {"way": way, "at_m": at_m, "weight": counted.weight, "camera": seen},
        geometry=gpd.points_from_xy(*ways.points(way, at_m).T),
        crs=held_back.crs,
    )
    return Replay(places, replication, drawn[replication, column], moment[replication, column], shift_s)
