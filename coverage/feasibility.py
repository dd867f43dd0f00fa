"""What a shift can hold, and why a stop is not held: facts, to be said in words (`feasibility.<code>`)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .timetable import Shift

REASONS = ("zone", "unreachable", "too_far", "window", "no_time")
"""Why a stop is not held: no unit's zone holds it, no way there or back, the way out and home takes longer
than any shift, its window cannot be kept, or there is no time left beside stops that are worth more."""


def most_held(units: int, *, gap_s: float, dwell_s: float, travel_s: float) -> int:
    """Return how many stops units can hold: floor(gap / (dwell + travel)) each.

    Parameters
    ----------
    units : int
    gap_s : float
        Longest time from one visit of a stop to the next.
    dwell_s, travel_s : float
        At a stop, and from one to the next; together above 0.
    """
    # a hair, so that 120 / 20 is 6 also where the seconds were added up
    return int(np.floor(gap_s / (dwell_s + travel_s) + 1e-9)) * units


def mean_travel(times: NDArray[np.float64]) -> float:
    """Return the mean time from each place to its nearest other one, of those that have one.

    A tour drives about this from stop to stop; the mean over all pairs would be that of a random one.
    """
    ways = times.copy()
    np.fill_diagonal(ways, np.inf)
    nearest = ways.min(axis=1) if ways.size else np.empty(0)
    return float(nearest[np.isfinite(nearest)].mean()) if np.isfinite(nearest).any() else 0.0


def say_what_holds(shift: Shift, *, gap_s: float) -> dict[str, Any]:
    """Return what the units can hold before any route is looked for.

    Returns
    -------
    dict
        `code` `can_hold`, and the facts `units`, `most`, `dwell_minutes`, `travel_minutes`, `gap_minutes`,
        `stops`, `left_out` (stops over the most that can be held).
    """
    at_stop = np.flatnonzero((shift.stops["what"] == "stop").to_numpy())
    units = len(shift.units)
    # each kind of unit at its own pace
    most, travel = 0, 0.0
    dwell = float(shift.stops["dwell_s"].to_numpy()[at_stop].mean()) if len(at_stop) else 0.0
    for kind in np.unique(shift.profile):
        mine = int((shift.profile == kind).sum())
        pace = mean_travel(shift.times[kind][np.ix_(at_stop, at_stop)])
        most += most_held(mine, gap_s=gap_s, dwell_s=dwell, travel_s=pace) if dwell + pace > 0 else 0
        travel += pace * mine / units
    return {
        "code": "can_hold",
        "units": units,
        "most": most,
        "dwell_minutes": round(dwell / 60, 1),
        "travel_minutes": round(travel / 60, 1),
        "gap_minutes": round(gap_s / 60, 1),
        "stops": len(at_stop),
        "left_out": max(0, len(at_stop) - most),
    }


def why_not_held(shift: Shift, visits: pd.DataFrame, held: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return for each stop one of REASONS, None where it is held."""
    places = len(held)
    reasons = np.full(places, None, dtype=object)
    zone = shift.stops["in_zone"].to_numpy(dtype=bool)
    for place in np.flatnonzero(held == 0):
        mine = visits[(visits["place"] == place).to_numpy()]
        out = shift.times[shift.profile, shift.start, place]
        back = shift.times[shift.profile, place, shift.home]
        stay = float(mine["service"].min())
        reach = shift.begins + out
        # the earliest opening is the best for coming home, the latest closing for coming in time
        first = np.maximum(reach, float(mine["opens"].min()))
        if not zone[place]:
            reasons[place] = "zone"
        elif not np.isfinite(out + back).any():
            reasons[place] = "unreachable"
        elif (reach + stay + back > shift.ends).all():
            reasons[place] = "too_far"
        elif ((first > float(mine["closes"].max())) | (first + stay + back > shift.ends)).all():
            reasons[place] = "window"
        else:
            reasons[place] = "no_time"
    return reasons
