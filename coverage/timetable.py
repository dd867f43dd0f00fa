"""Routes -> when each unit is where: the timetable, the drives on the map, and what each unit does."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import ops

from .travel import Network


@dataclass(frozen=True)
class Shift:
    """The question a plan answers, in seconds and places.

    Attributes
    ----------
    units : DataFrame
        `schema.UNITS`, index 0 to k - 1, `kind` filled.
    stops : GeoDataFrame
        `stop`, `name`, `risk`; places 0 to n - 1. The stations are the places after them.
    networks : list of Network
        One for each kind of unit.
    before : list of ndarray
        Their predecessors, for `Network.path`.
    times : ndarray (p, places, places)
        Seconds, for each kind of unit.
    profile, home : ndarray of int (k,)
        Kind and station (as a place) of each unit.
    begins, ends : ndarray (k,)
        Shift of each unit, seconds after `base`.
    base : Timestamp
        Start of the earliest shift.
    dwell_s : float
        How long a unit stands at a stop.
    """

    units: pd.DataFrame
    stops: gpd.GeoDataFrame
    networks: list[Network] = field(repr=False)
    before: list[NDArray[np.int64]] = field(repr=False)
    times: NDArray[np.float64] = field(repr=False)
    profile: NDArray[np.int64]
    home: NDArray[np.int64]
    begins: NDArray[np.float64]
    ends: NDArray[np.float64]
    base: pd.Timestamp
    dwell_s: float


def time_routes(routes: list[list[int]], visits: pd.DataFrame, shift: Shift) -> pd.DataFrame:
    """Return every drive of every unit, the last one home, in seconds after the base of the shift.

    Parameters
    ----------
    routes : list of list of int
        For each unit the rows of `visits` in order.
    visits : DataFrame
        `place`, `opens` (a unit that comes earlier waits).
    shift : Shift

    Returns
    -------
    DataFrame
        `unit`, `order` (from 1), `origin`, `place`, `depart`, `reach`, `arrive` (reach, and waited), `leave`.
    """
    opens, places = visits["opens"].to_numpy(), visits["place"].to_numpy()
    rows = []
    for unit, route in enumerate(routes):
        seconds, home = shift.times[shift.profile[unit]], int(shift.home[unit])
        origin, now = home, float(shift.begins[unit])
        for order, visit in enumerate(route, start=1):
            place = int(places[visit])
            reach = now + float(seconds[origin, place])
            arrive = max(reach, float(opens[visit]))
            rows.append((unit, order, origin, place, now, reach, arrive, arrive + shift.dwell_s))
            origin, now = place, arrive + shift.dwell_s
        back = now + float(seconds[origin, home])
        rows.append((unit, len(route) + 1, origin, home, now, back, back, back))
    columns = ["unit", "order", "origin", "place", "depart", "reach", "arrive", "leave"]
    return pd.DataFrame(rows, columns=columns)


def draw_legs(timetable: pd.DataFrame, shift: Shift) -> gpd.GeoDataFrame:
    """Return the drives as lines on the street graph (`results.PatrolPlan.legs`)."""
    rows = []
    for leg in timetable.itertuples():
        kind = shift.profile[leg.unit]
        network = shift.networks[kind]
        rows.append(_leg(network, network.path(shift.before[kind], leg.origin, leg.place), leg.origin))
    table = pd.DataFrame(rows)
    out = {
        "unit": shift.units["id"].to_numpy(dtype=object)[timetable["unit"]],
        "order": timetable["order"].to_numpy(),
        "depart": _moment(shift.base, timetable["depart"]),
        "arrive": _moment(shift.base, timetable["reach"]),
        "drive_s": (timetable["reach"] - timetable["depart"]).to_numpy(),
        **{name: table[name].to_numpy() for name in ("drive_m", "edges", "turns")},
    }
    return gpd.GeoDataFrame(out, geometry=list(table["geometry"]), crs=shift.stops.crs)


def list_visits(timetable: pd.DataFrame, legs: gpd.GeoDataFrame, shift: Shift) -> pd.DataFrame:
    """Return when which unit stands where (`results.PatrolPlan.visits`)."""
    at_stop = (timetable["place"] < len(shift.stops)).to_numpy()
    mine = timetable[at_stop]
    return pd.DataFrame(
        {
            "unit": shift.units["id"].to_numpy(dtype=object)[mine["unit"]],
            "order": mine["order"].to_numpy(),
            "stop": shift.stops["stop"].to_numpy(dtype=object)[mine["place"]],
            "name": shift.stops["name"].to_numpy(dtype=object)[mine["place"]],
            "near": shift.stops["near"].to_numpy(dtype=object)[mine["place"]],
            "arrive": _moment(shift.base, mine["arrive"]),
            "leave": _moment(shift.base, mine["leave"]),
            "drive_s": legs["drive_s"].to_numpy()[at_stop],
            "drive_m": legs["drive_m"].to_numpy()[at_stop],
        }
    )


def list_units(timetable: pd.DataFrame, legs: gpd.GeoDataFrame, shift: Shift) -> pd.DataFrame:
    """Return what each unit does in its shift (`results.PatrolPlan.units`)."""
    unit = timetable["unit"]
    out = shift.units[["id", "station", "kind", "shift_start", "shift_end"]].copy()
    out["back_at"] = _moment(shift.base, timetable.groupby("unit")["arrive"].max())
    out["stops"] = (timetable["place"] < len(shift.stops)).groupby(unit).sum().to_numpy()
    out["drive_s"] = (timetable["reach"] - timetable["depart"]).groupby(unit).sum().to_numpy()
    out["drive_m"] = legs["drive_m"].groupby(unit.to_numpy()).sum().to_numpy()
    out["dwell_s"] = out["stops"] * shift.dwell_s
    out["wait_s"] = (timetable["arrive"] - timetable["reach"]).groupby(unit).sum().to_numpy()
    return out


def _leg(network: Network, path: pd.DataFrame, origin: int) -> dict[str, object]:
    """Draw one drive and say its streets: edges in order, metres on each street by name."""
    if not len(path):
        here = network.place_xy[origin]
        return {"geometry": shapely.linestrings([here, here]), "drive_m": 0.0, "edges": [], "turns": []}
    edges = network.edges.iloc[path["edge"]]
    metres = edges["length_m"].to_numpy() * (path["high"] - path["low"]).to_numpy()
    lines = [
        ops.substring(line, low, high, normalized=True)
        for line, low, high in zip(edges.geometry, path["low"], path["high"], strict=True)
    ]
    xy = np.concatenate([shapely.get_coordinates(line) for line in lines])
    keep = np.concatenate([[True], np.hypot(*np.diff(xy, axis=0).T) > 1e-6])
    xy = xy[keep] if keep.sum() > 1 else xy[:2]
    names = [name if isinstance(name, str) else None for name in edges["name"]]
    first = np.flatnonzero(np.concatenate([[True], [a != b for a, b in pairwise(names)]]))
    on_street = np.add.reduceat(metres, first)
    turns = [[names[row], float(length)] for row, length in zip(first, on_street, strict=True)]
    return {
        "geometry": shapely.linestrings(xy),
        "drive_m": float(metres.sum()),
        "edges": [tuple(int(x) for x in edge) for edge in edges[["u", "v", "key"]].to_numpy()],
        "turns": turns,
    }


def _moment(base: pd.Timestamp, seconds: pd.Series) -> pd.Series:
    return (base + pd.to_timedelta(seconds.round(), unit="s")).reset_index(drop=True)
