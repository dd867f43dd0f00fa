"""The question of a shift: checked units, the places they may stop at, and exact times between them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .duties import stops_in_zones
from .errors import CannotHoldError, InvalidInputError
from .flags import flags
from .timetable import Shift
from .travel import Network, build_network

FARTHEST_STATION_M: Final = 500.0
CUT_OFF_M: Final = 30.0
"""A station so much nearer to a street one cannot come back from than to any other lies on that street."""
NEAR_ENOUGH: Final = 12
"""What a drive passes is worked out to so many nearest places; farther ones are seldom next."""

Edges = Iterable[tuple[int, int, int]]


def check_units(units: pd.DataFrame, stations: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the units with their kind filled, numbered from 0.

    Raises
    ------
    CannotHoldError
        `no_units`, `station_unknown`, `shift_ends_early`.
    InvalidInputError
        `unit_twice`.
    """
    if not len(units):
        raise CannotHoldError("no_units")
    if units["id"].duplicated().any():
        raise InvalidInputError("unit_twice", unit=str(units.loc[units["id"].duplicated(), "id"].iloc[0]))
    unknown = ~units["station"].isin(stations["id"])
    if unknown.any():
        raise CannotHoldError("station_unknown", unit=str(units.loc[unknown, "id"].iloc[0]))
    early = units["shift_end"] <= units["shift_start"]
    if early.any():
        raise CannotHoldError("shift_ends_early", unit=str(units.loc[early, "id"].iloc[0]))
    kind = units["kind"] if "kind" in units else pd.Series(None, index=units.index, dtype=object)
    return units.assign(kind=np.where(kind == "foot", "foot", "car")).reset_index(drop=True)


def open_streets(streets: gpd.GeoDataFrame, closed: Edges) -> gpd.GeoDataFrame:
    """Return the streets without the directed edges (u, v, key) that are closed.

    Raises
    ------
    InvalidInputError
        `edge_unknown`: a closed edge that is no street.
    """
    gone = {(int(u), int(v), int(key)) for u, v, key in closed}
    if not gone:
        return streets
    names = list(zip(*(streets[name].astype(int) for name in ("u", "v", "key")), strict=True))
    if gone - set(names):
        raise InvalidInputError("edge_unknown", edge=str(sorted(gone - set(names))[0]))
    return streets[[name not in gone for name in names]].reset_index(drop=True)


def pose_shift(
    streets: gpd.GeoDataFrame,
    stations: gpd.GeoDataFrame,
    units: pd.DataFrame,
    stops: gpd.GeoDataFrame,
    *,
    restrictions: pd.DataFrame | None = None,
    zones: gpd.GeoDataFrame | None = None,
    spots: gpd.GeoDataFrame | None = None,
    drive_by: float = 0.0,
    starts: NDArray[np.object_] | None = None,
    begins: NDArray[np.float64] | None = None,
    since: NDArray[np.float64] | None = None,
    base: pd.Timestamp | None = None,
) -> Shift:
    """Set all places on the streets, work out the times, and say who may go where.

    Parameters
    ----------
    streets, stations, units : DataFrame
        Metric; the units checked by `check_units`.
    stops : GeoDataFrame
        `stop`, `name`, `near`, `risk`, `dwell_s`, `what`.
    restrictions : DataFrame, optional
        Turns that cars may not make (`schema.RESTRICTIONS`).
    zones : GeoDataFrame, optional
    spots : GeoDataFrame, optional
        Blind stretches (metric lines); needed where `drive_by` is above 0.
    drive_by : float
        Reward for each metre of blind street that is driven.
    starts : ndarray of Point, optional
        Where the units start (k,); by default at their stations.
    begins : ndarray, optional
        When they start, seconds after `base`; by default at the start of their shift.
    since : ndarray, optional
        When each stop was left last.
    base : Timestamp, optional
        By default the start of the earliest shift.

    Raises
    ------
    CannotHoldError
        `station_off_road`, `station_cut_off`, `no_reachable_stop`, `shift_too_short`.
    """
    base = units["shift_start"].min() if base is None else base
    own = np.empty(0, dtype=object) if starts is None else starts
    points = np.concatenate([stops.geometry.to_numpy(), stations.geometry.to_numpy(), own])
    kinds = sorted(set(units["kind"]))
    networks = [build_network(streets, points, kind=kind, restrictions=restrictions) for kind in kinds]
    times, before = zip(*(network.times() for network in networks), strict=True)
    row_of = pd.Series(np.arange(len(stations)), index=stations["id"].to_numpy())
    home = len(stops) + row_of.loc[units["station"]].to_numpy(dtype=np.int64)
    profile = np.array([kinds.index(kind) for kind in units["kind"]], dtype=np.int64)
    seconds = [(units[name] - base).dt.total_seconds().to_numpy() for name in ("shift_start", "shift_end")]
    in_zone = stops_in_zones(units, stops, zones)
    gaps = np.stack([network.gap_m[: len(stops)] for network in networks])
    near = gaps[profile] <= FARTHEST_STATION_M
    stops = stops.assign(in_zone=in_zone.any(axis=0), access_gap_m=gaps.min(axis=0).round(1))
    stops["on_road"] = near.any(axis=0)
    shift = Shift(
        units=units,
        stops=stops,
        networks=networks,
        before=list(before),
        times=np.stack(times),
        profile=profile,
        home=home,
        start=home if starts is None else len(stops) + len(stations) + np.arange(len(units)),
        may=in_zone & near,
        since=np.full(len(stops), -np.inf) if since is None else since,
        begins=seconds[0] if begins is None else begins,
        ends=seconds[1],
        base=base,
        passing=_passing(networks, before, np.stack(times), spots, drive_by),
    )
    _check_homes(shift, streets, stations)
    return shift


def check_reach(shift: Shift) -> None:
    """Refuse a shift in which no unit can come to any stop, stand there and be home in time."""
    count = len(shift.stops)
    out = shift.times[shift.profile, shift.start][:, :count]
    back = shift.times[shift.profile[:, None], np.arange(count)[None, :], shift.home[:, None]]
    able = shift.may & np.isfinite(out + back)
    if not able.any():
        raise CannotHoldError("no_reachable_stop")
    stay = shift.stops["dwell_s"].to_numpy(dtype=np.float64)
    needed = np.where(able, out + stay + back, np.inf)
    left = (shift.ends - shift.begins)[:, None]
    if not (needed <= left).any():
        raise CannotHoldError("shift_too_short", minutes=int(np.ceil(needed.min() / 60)))


def _check_homes(shift: Shift, streets: gpd.GeoDataFrame, stations: gpd.GeoDataFrame) -> None:
    for unit, (kind, place) in enumerate(zip(shift.profile, shift.home, strict=True)):
        network = shift.networks[kind]
        gap, name = float(network.gap_m[place]), str(shift.units["id"].iloc[unit])
        if gap > FARTHEST_STATION_M:
            raise CannotHoldError("station_off_road", unit=name, metres=round(gap))
        if gap <= CUT_OFF_M:
            continue
        point = stations.geometry.iloc[int(place) - len(shift.stops)]
        any_street = streets.geometry[flags(streets, shift.units["kind"].iloc[unit])].to_numpy()
        if gap - float(shapely.distance(any_street, point).min()) > CUT_OFF_M:
            raise CannotHoldError("station_cut_off", unit=name, metres=round(gap))


def blind_shares(network: Network, spots: gpd.GeoDataFrame | None) -> NDArray[np.float64]:
    """Return which share of each edge of a network is blind street."""
    shapes = network.edges.geometry.to_numpy()
    shares = np.zeros(len(shapes))
    if spots is None or not len(spots):
        return shares
    lines = spots.geometry.to_numpy()
    spot, edge = shapely.STRtree(shapes).query(lines, predicate="dwithin", distance=0.5)
    metres = shapely.length(shapely.intersection(shapes[edge], shapely.buffer(lines[spot], 0.5)))
    # a crossing street is touched, not blind
    metres = np.where(metres > 2.0, metres, 0.0)
    np.add.at(shares, edge, metres / np.maximum(shapely.length(shapes[edge]), 1e-9))
    return np.minimum(shares, 1.0)


def blind_metres(network: Network, shares: NDArray[np.float64], path: pd.DataFrame) -> float:
    """Return the metres of blind street on a path."""
    edge = path["edge"].to_numpy(dtype=np.int64)
    metres = network.edges["length_m"].to_numpy()[edge] * (path["high"] - path["low"]).to_numpy()
    return float(metres @ shares[edge])


def _passing(
    networks: list[Network],
    before: tuple[NDArray[np.int64], ...],
    times: NDArray[np.float64],
    spots: gpd.GeoDataFrame | None,
    drive_by: float,
) -> NDArray[np.float64]:
    if not drive_by > 0:
        return np.empty((0, 0, 0))
    out = np.zeros_like(times)
    for kind, network in enumerate(networks):
        shares = blind_shares(network, spots)
        nearest = np.argsort(times[kind], axis=1, kind="stable")[:, 1 : NEAR_ENOUGH + 1]
        for start, row in enumerate(nearest.tolist()):
            for stop in row:
                if np.isfinite(times[kind, start, stop]):
                    path = network.path(before[kind], start, stop)
                    out[kind, start, stop] = drive_by * blind_metres(network, shares, path)
    return out
