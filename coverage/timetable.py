"""Routes -> when each unit is where: the timetable, the drives on the map, and what each unit does."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple, cast

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
        `stop`, `name`, `risk`, `dwell_s`, `what` (`stop` or `duty`); places 0 to n - 1. The stations and
        where units start are the places after them.
    networks : list of Network
        One for each kind of unit.
    before : list of ndarray
        Their predecessors, for `Network.path`.
    times : ndarray (p, places, places)
        Seconds, for each kind of unit.
    profile, home, start : ndarray of int (k,)
        Kind of each unit, its station and where it starts (as places).
    may : ndarray of bool (k, n)
        Whether a unit may stop at a stop: its zone, and whether it can go there and come home.
    since : ndarray (n,)
        When someone last left each stop, seconds after `base`; -inf where nobody did.
    begins, ends : ndarray (k,)
        Shift of each unit, seconds after `base`.
    base : Timestamp
        Start of the earliest shift.
    passing : ndarray (p, places, places)
        Reward of what a drive passes; empty where nothing is.
    """

    units: pd.DataFrame
    stops: gpd.GeoDataFrame
    networks: list[Network] = field(repr=False)
    before: list[NDArray[np.int64]] = field(repr=False)
    times: NDArray[np.float64] = field(repr=False)
    profile: NDArray[np.int64]
    home: NDArray[np.int64]
    start: NDArray[np.int64]
    may: NDArray[np.bool_]
    since: NDArray[np.float64]
    begins: NDArray[np.float64]
    ends: NDArray[np.float64]
    base: pd.Timestamp
    passing: NDArray[np.float64] = field(repr=False)


def time_routes(routes: list[list[int]], visits: pd.DataFrame, shift: Shift) -> pd.DataFrame:
    """Return every drive of every unit, the last one home, in seconds after the base of the shift.

    Parameters
    ----------
    routes : list of list of int
        For each unit the rows of `visits` in order.
    visits : DataFrame
        `place`, `opens` (a unit that comes earlier waits), `service`, `what`.
    shift : Shift

    Returns
    -------
    DataFrame
        `unit`, `order` (from 1), `origin`, `place`, `depart`, `reach`, `arrive` (reach, and waited),
        `leave`, `what` (`stop`, `duty`, `break`, `home`).
    """
    opens, places, service, what = (visits[name].tolist() for name in ("opens", "place", "service", "what"))
    rows = []
    for unit, route in enumerate(routes):
        seconds, home = shift.times[shift.profile[unit]], int(shift.home[unit])
        origin, now = int(shift.start[unit]), float(shift.begins[unit])
        for order, visit in enumerate(route, start=1):
            place = int(places[visit])
            reach = now + float(seconds[origin, place])
            arrive = max(reach, opens[visit])
            leave = arrive + service[visit]
            rows.append((unit, order, origin, place, now, reach, arrive, leave, what[visit]))
            origin, now = place, leave
        back = now + float(seconds[origin, home])
        rows.append((unit, len(route) + 1, origin, home, now, back, back, back, "home"))
    columns = ["unit", "order", "origin", "place", "depart", "reach", "arrive", "leave", "what"]
    return pd.DataFrame(rows, columns=columns)


def draw_legs(timetable: pd.DataFrame, shift: Shift, blind: list[NDArray[np.float64]]) -> gpd.GeoDataFrame:
    """Return the drives as lines on the street graph (`results.PatrolPlan.legs`).

    `blind` is for each network the share of each edge that is blind street.
    """
    rows = []
    # columns once, not for every leg: a frame's rows are slow to take
    columns = [_columns(network) for network in shift.networks]
    for leg in timetable.itertuples():
        kind = shift.profile[leg.unit]
        network = shift.networks[kind]
        path = network.path(shift.before[kind], leg.origin, leg.place)
        edge = path["edge"].to_numpy(dtype=np.int64)
        metres = columns[kind].length_m[edge] * (path["high"] - path["low"]).to_numpy()
        rows.append(
            _leg(network, columns[kind], path, leg.origin) | {"blind_m": float(metres @ blind[kind][edge])}
        )
    table = pd.DataFrame(rows)
    out = {
        "unit": shift.units["id"].to_numpy(dtype=object)[timetable["unit"]],
        "order": timetable["order"].to_numpy(),
        "depart": _moment(shift.base, timetable["depart"]),
        "arrive": _moment(shift.base, timetable["reach"]),
        "drive_s": (timetable["reach"] - timetable["depart"]).to_numpy(),
        **{name: table[name].to_numpy() for name in ("drive_m", "blind_m", "edges", "turns")},
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
            "what": mine["what"].to_numpy(dtype=object),
        }
    )


def list_units(timetable: pd.DataFrame, legs: gpd.GeoDataFrame, shift: Shift) -> pd.DataFrame:
    """Return what each unit does in its shift (`results.PatrolPlan.units`)."""
    unit = timetable["unit"]
    out = shift.units[["id", "station", "kind", "shift_start", "shift_end"]].copy()
    out["back_at"] = _moment(shift.base, timetable.groupby("unit")["arrive"].max())
    at_stop = timetable["place"] < len(shift.stops)
    stay = timetable["leave"] - timetable["arrive"]
    rest = timetable["what"] == "break"
    out["stops"] = at_stop.groupby(unit).sum().to_numpy()
    out["drive_s"] = (timetable["reach"] - timetable["depart"]).groupby(unit).sum().to_numpy()
    out["drive_m"] = legs["drive_m"].groupby(unit.to_numpy()).sum().to_numpy()
    out["dwell_s"] = stay.where(at_stop, 0.0).groupby(unit).sum().to_numpy()
    out["wait_s"] = (timetable["arrive"] - timetable["reach"]).groupby(unit).sum().to_numpy()
    out["break_s"] = stay.where(rest, 0.0).groupby(unit).sum().to_numpy()
    for name, column in (("break_begin", "arrive"), ("break_end", "leave")):
        moments = timetable.loc[rest].groupby("unit")[column].first().reindex(range(len(out)))
        out[name] = _moment(shift.base, moments)
    out["duty_s"] = out["drive_s"] + out["dwell_s"] + out["wait_s"]
    return out


class _Columns(NamedTuple):
    shapes: NDArray[np.object_]
    length_m: NDArray[np.float64]
    names: list[str | None]
    keys: list[tuple[int, int, int]]


def _columns(network: Network) -> _Columns:
    edges = network.edges
    return _Columns(
        edges.geometry.to_numpy(),
        edges["length_m"].to_numpy(dtype=np.float64),
        [name if isinstance(name, str) else None for name in edges["name"]],
        list(zip(*(edges[name].astype(int).tolist() for name in ("u", "v", "key")), strict=True)),
    )


def _leg(network: Network, columns: _Columns, path: pd.DataFrame, origin: int) -> dict[str, object]:
    """Draw one drive and say its streets: edges in order, metres on each street by name."""
    if not len(path):
        here = network.place_xy[origin]
        return {"geometry": shapely.linestrings([here, here]), "drive_m": 0.0, "edges": [], "turns": []}
    rows = path["edge"].to_numpy(dtype=np.int64).tolist()
    lows, highs = path["low"].to_numpy(), path["high"].to_numpy()
    metres = columns.length_m[rows] * (highs - lows)
    lines = [
        columns.shapes[row]
        if low <= 0.0 and high >= 1.0
        else ops.substring(cast(shapely.LineString, columns.shapes[row]), low, high, normalized=True)
        for row, low, high in zip(rows, lows, highs, strict=True)
    ]
    xy = np.concatenate([shapely.get_coordinates(line) for line in lines])
    keep = np.concatenate([[True], np.hypot(*np.diff(xy, axis=0).T) > 1e-6])
    # a drive of no length is a point, and a line needs two
    xy = xy[keep] if keep.sum() > 1 else np.stack([xy[0], xy[-1]])
    names = [columns.names[row] for row in rows]
    first = np.flatnonzero(np.concatenate([[True], [a != b for a, b in pairwise(names)]]))
    on_street = np.add.reduceat(metres, first)
    turns = [[names[row], float(length)] for row, length in zip(first, on_street, strict=True)]
    return {
        "geometry": shapely.linestrings(xy),
        "drive_m": float(metres.sum()),
        "edges": [columns.keys[row] for row in rows],
        "turns": turns,
    }


def _moment(base: pd.Timestamp, seconds: pd.Series) -> pd.Series:
    return (base + pd.to_timedelta(seconds.round(), unit="s")).reset_index(drop=True)
