"""Rounds no planner made, to set plans beside: no patrol, random, the nearest next, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import ops

from .tracks import Tracks, join_tracks, pace_drive
from .travel import Network, build_network

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Choose = Callable[[Integers, Floats, Floats], int]
"""Chooses the next of the places that can be reached in time, from them, the seconds to each and when each
was last left (-inf for never)."""

REST_S: Final = 7200.0
"""Who goes to the nearest next leaves a place alone for so long after anyone stood there."""
RANDOM_PLACES: Final = 120


@dataclass(frozen=True)
class Field:
    """Units, their shifts, and places with the driving times between them.

    Attributes
    ----------
    units : DataFrame
        `id`, `station`, `kind`, `shift_start`, `shift_end`.
    networks : dict of str to Network
        By kind of unit; places 0 to n - 1, the stations after them.
    times, before : dict
        Of `Network.times`, by kind.
    home : ndarray of int (k,)
        Station of each unit, as a place.
    count : int
        n.
    """

    units: pd.DataFrame
    networks: dict[str, Network] = field(repr=False)
    times: dict[str, Floats] = field(repr=False)
    before: dict[str, Integers] = field(repr=False)
    home: Integers
    count: int


def lay_field(
    streets: gpd.GeoDataFrame,
    stations: gpd.GeoDataFrame,
    units: pd.DataFrame,
    places: NDArray[np.object_],
    *,
    restrictions: pd.DataFrame | None = None,
) -> Field:
    """Set places and stations on the streets that each kind of unit may use.

    Parameters
    ----------
    streets, stations : GeoDataFrame
        Metric frames of `schema`.
    units : DataFrame
        `schema.UNITS`.
    places : ndarray of Point
        Metric.
    restrictions : DataFrame, optional
        Turns that cars may not make.
    """
    kind = units["kind"] if "kind" in units else pd.Series(None, index=units.index, dtype=object)
    units = units.assign(kind=np.where(kind == "foot", "foot", "car")).reset_index(drop=True)
    points = np.concatenate([np.asarray(places, dtype=object), stations.geometry.to_numpy()])
    networks = {
        name: build_network(streets, points, kind=name, restrictions=restrictions)
        for name in sorted(set(units["kind"]))
    }
    found = {name: network.times() for name, network in networks.items()}
    row = pd.Series(np.arange(len(stations)), index=stations["id"].to_numpy())
    return Field(
        units=units,
        networks=networks,
        times={name: seconds for name, (seconds, _) in found.items()},
        before={name: before for name, (_, before) in found.items()},
        home=len(places) + row.loc[units["station"]].to_numpy(dtype=np.int64),
        count=len(places),
    )


def stay_home(ground: Field) -> Tracks:
    """Leave all units in their stations."""
    return _drive(ground, lambda able, seconds, left: -1, dwell_s=0.0)


def go_nearest(ground: Field, *, dwell_s: float) -> Tracks:
    """Send each unit to the nearest place where nobody stood in the last REST_S, else to the longest left."""

    def choose(able: Integers, seconds: Floats, left: Floats) -> int:
        rested = left <= -REST_S
        if rested.any():
            return int(able[rested][np.argmin(seconds[rested])])
        return int(able[np.argmin(left)])

    return _drive(ground, choose, dwell_s=dwell_s)


def go_round(ground: Field, *, dwell_s: float, most: int | None = None) -> Tracks:
    """Send units to the first `most` places one after the other, whoever is free to the next.

    By default to so many as four visits an hour and unit reach within two hours.
    """
    top = min(ground.count, 8 * len(ground.units) if most is None else most)
    turn = 0

    def choose(able: Integers, seconds: Floats, left: Floats) -> int:
        nonlocal turn
        for step in range(top):
            place = (turn + step) % top
            if place in able:
                turn = place + 1
                return place
        return -1

    return _drive(ground, choose, dwell_s=dwell_s)


def go_random(
    streets: gpd.GeoDataFrame,
    stations: gpd.GeoDataFrame,
    units: pd.DataFrame,
    *,
    seed: int,
    restrictions: pd.DataFrame | None = None,
) -> Tracks:
    """Drive about without a stop: from one random place to the next, each metre of street as likely."""
    random = np.random.default_rng(seed)
    edges = build_network(streets, np.empty(0, dtype=object)).edges
    length = edges["length_m"].to_numpy()
    row = random.choice(len(edges), size=RANDOM_PLACES, p=length / length.sum())
    share = random.random(RANDOM_PLACES)
    places = shapely.line_interpolate_point(edges.geometry.to_numpy()[row], share, normalized=True)
    ground = lay_field(streets, stations, units, np.asarray(places, dtype=object), restrictions=restrictions)

    def choose(able: Integers, seconds: Floats, left: Floats) -> int:
        return int(random.choice(able))

    return _drive(ground, choose, dwell_s=0.0)


def _drive(ground: Field, choose: Choose, *, dwell_s: float) -> Tracks:
    """Let the unit that is free first choose where to go, until none can go anywhere and be back in time."""
    units = ground.units
    base = units["shift_start"].min()
    begins, ends = (
        (units[name] - base).dt.total_seconds().to_numpy(dtype=np.float64)
        for name in ("shift_start", "shift_end")
    )
    left = np.full(ground.count, -np.inf)
    parts: list[list[tuple[Floats, Floats, bool]]] = []
    free: list[tuple[float, int, int]] = []
    for unit, home in enumerate(ground.home.tolist()):
        here = ground.networks[units["kind"].iloc[unit]].place_xy[home]
        parts.append([(begins[unit : unit + 1], here[None], False)])
        free.append((float(begins[unit]), unit, home))
    heapify(free)
    while free:
        now, unit, here = heappop(free)
        kind, home = units["kind"].iloc[unit], int(ground.home[unit])
        seconds = ground.times[kind]
        to_all = seconds[here, : ground.count]
        in_time = now + to_all + dwell_s + seconds[: ground.count, home] <= ends[unit]
        able = np.flatnonzero(in_time & (np.arange(ground.count) != here))
        to = choose(able, to_all[able], left[able] - now) if len(able) else -1
        going = to if to >= 0 else home
        reach = now + float(seconds[here, going])
        xy = _line(ground.networks[kind], ground.before[kind], here, going)
        parts[unit].append((*pace_drive(xy, now, reach), True))
        if to < 0:
            parts[unit].append((np.array([reach, ends[unit]]), np.repeat(xy[-1:], 2, axis=0), False))
            continue
        left[to] = reach + dwell_s
        heappush(free, (reach + dwell_s, unit, to))
    return join_tracks(units["id"].to_list(), units["kind"].to_list(), base, parts)


def _line(network: Network, before: Integers, start: int, stop: int) -> Floats:
    path = network.path(before, start, stop) if start != stop else None
    if path is None or not len(path):
        return network.place_xy[[start, stop]]
    lines = network.edges.geometry.to_numpy()[path["edge"]]
    return np.concatenate(
        [
            shapely.get_coordinates(ops.substring(line, low, high, normalized=True))
            for line, low, high in zip(lines, path["low"], path["high"], strict=True)
        ]
    )
