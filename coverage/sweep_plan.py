"""Blind streets and units -> a sweep: who drives every blind street once with the last one home soon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csgraph
from shapely import ops

from .errors import CannotHoldError
from .progress import Progress, part, silent
from .results import BlindSpots
from .shift import FARTHEST_STATION_M, blind_shares, check_units
from .sweep import sweep_streets
from .sweep_results import SweepPlan
from .travel import Network, build_network

LEAST_M: Final = 10.0
"""A street counts as blind from so many blind metres on."""
MOST_STREETS: Final = 1500
"""More streets than this are refused: the search weighs each against each."""
ROUNDS: Final = 300
CHUNK: Final = 256
"""Places that ways are looked for from at one time."""

Integers = NDArray[np.int64]


def plan_sweep(
    streets: gpd.GeoDataFrame,
    stations: gpd.GeoDataFrame,
    units: pd.DataFrame,
    spots: BlindSpots,
    *,
    restrictions: pd.DataFrame | None = None,
    least_m: float = LEAST_M,
    rounds: int = ROUNDS,
    seed: int = 0,
    progress: Progress = silent,
) -> SweepPlan:
    """Share the blind streets out among units, each driven once from crossing to crossing.

    Parameters
    ----------
    streets, stations : GeoDataFrame
        Metric frames of `schema`.
    units : DataFrame
        `schema.UNITS`. Cars drive; where there are none, foot patrols walk. Breaks and zones are not heeded.
    spots : BlindSpots
        Of the same streets.
    restrictions : DataFrame, optional
        Turns that cars may not make (`schema.RESTRICTIONS`).
    least_m : float
        Streets with fewer blind metres are left out.
    rounds : int
        Of search: the stop rule.
    seed : int
        Same seed, same plan.
    progress : Progress

    Raises
    ------
    CannotHoldError
        `no_blind_streets`, `too_many_streets`, `station_off_road`, and those of `shift.check_units`.

    Notes
    -----
    A two-way street is driven in one of its directions, a one-way street in its own. A street that is come
    to in several ways, after which not the same turns are forbidden, is an option for each of them.
    """
    units = check_units(units, stations)
    cars = (units["kind"] == "car").to_numpy()
    kind = "car" if cars.any() else "foot"
    driving = units[cars if cars.any() else ~cars].reset_index(drop=True)
    progress(0.0, "sweep_streets")
    row_of = pd.Series(np.arange(len(stations)), index=stations["id"].to_numpy())
    home = row_of.loc[driving["station"]].to_numpy(dtype=np.int64)
    network = build_network(streets, stations.geometry.to_numpy(), kind=kind, restrictions=restrictions)
    for name, gap in zip(driving["id"], network.gap_m[home], strict=True):
        if gap > FARTHEST_STATION_M:
            raise CannotHoldError("station_off_road", unit=str(name), metres=round(float(gap)))
    metres = network.edges["length_m"].to_numpy() * blind_shares(network, spots.spots)
    option, starts, ends = _options(network, np.flatnonzero(metres >= least_m))
    task = _physical_streets(network, option)
    count = int(task.max(initial=-1)) + 1
    if not count:
        raise CannotHoldError("no_blind_streets", metres=least_m)
    if count > MOST_STREETS:
        raise CannotHoldError("too_many_streets", streets=count, most=MOST_STREETS)
    roads = _Roads(
        network, option,
        ends=np.concatenate([ends, network.place_leave[home]]),
        starts=np.concatenate([starts, network.place_reach[home]]),
    )  # fmt: skip
    progress(0.1, "travel_times")
    travel = roads.times(part(progress, 0.1, 0.3))
    kept = _reached(travel, len(option))
    if not kept.any():
        raise CannotHoldError("no_blind_streets", metres=least_m)
    roads, travel = (
        roads.only(kept),
        travel[np.ix_(*[np.append(kept, np.ones(len(driving), dtype=bool))] * 2)],
    )
    option, task = option[kept], np.unique(task[kept], return_inverse=True)[1]
    count = int(task.max()) + 1
    service = network.edges["seconds"].to_numpy()[option]
    found = sweep_streets(
        travel, service, task, units=len(driving), rounds=rounds, seed=seed,
        progress=part(progress, 0.3, 0.9),
    )  # fmt: skip
    progress(0.9, "timetable")
    legs = _draw(roads, found.duties, driving, metres)
    listed = _list_units(units, legs)
    blind = float(legs["blind_m"].sum())
    return SweepPlan(
        units=listed,
        legs=legs,
        streets=count,
        blind_m=blind,
        left_out_m=max(0.0, float(spots.unseen_m) - blind),
        longest_s=found.longest,
        bound_s=found.bound,
        gap=(found.longest - found.bound) / found.longest if found.longest > 0 else 0.0,
        rounds=rounds,
        seed=seed,
    )


def _options(network: Network, edges: Integers) -> tuple[Integers, Integers, Integers]:
    """Return the edge, the first and the last node of each way to drive an edge whole.

    Where turns are forbidden an edge begins at several nodes, one for each thing that was driven before, and
    ends at another node by that.
    """
    parts = network.parts[network.parts["edge"].isin(edges)]
    tail, head, edge = (parts[name].tolist() for name in ("tail", "head", "edge"))
    ends_edge = (parts["high"] == 1.0).tolist()
    onward = {(one, row): number for number, (one, row) in enumerate(zip(tail, edge, strict=True))}
    found = []
    for first in np.flatnonzero(parts["low"].to_numpy() == 0.0).tolist():
        last = first
        while not ends_edge[last]:
            last = onward[head[last], edge[last]]
        found.append((edge[first], tail[first], head[last]))
    option, start, end = np.array(sorted(found), dtype=np.int64).reshape(-1, 3).T
    return option, start, end


def _reached(travel: NDArray[np.float64], options: int) -> NDArray[np.bool_]:
    """Say which options some unit can drive to and come back from: forbidden turns may cut streets off."""
    alone = travel[options:, :options] + travel[:options, options:].T
    return np.isfinite(alone.min(axis=0))


def _physical_streets(network: Network, option: Integers) -> Integers:
    """Give both directions of one street one number, from 0."""
    edges = network.edges.iloc[option]
    ends = np.sort(edges[["u", "v"]].to_numpy(dtype=np.int64), axis=1)
    shapes = shapely.normalize(shapely.set_precision(edges.geometry.to_numpy(), 0.01, mode="pointwise"))
    keys = pd.DataFrame({"one": ends[:, 0], "other": ends[:, 1], "shape": shapely.to_wkb(shapes)})
    return keys.groupby(["one", "other", "shape"], sort=False).ngroup().to_numpy(dtype=np.int64)


@dataclass(frozen=True)
class _Roads:
    """Ways from the end of each option, or a home, to the start of each option, or a home."""

    network: Network
    option: Integers
    ends: Integers
    starts: Integers

    def only(self, kept: NDArray[np.bool_]) -> _Roads:
        """Return those of the options that are kept, and the homes."""
        homes = np.ones(len(self.ends) - len(self.option), dtype=bool)
        mine = np.append(kept, homes)
        return replace(self, option=self.option[kept], ends=self.ends[mine], starts=self.starts[mine])

    def times(self, progress: Progress) -> NDArray[np.float64]:
        """Return the seconds between all of them."""
        sources, row = np.unique(self.ends, return_inverse=True)
        out = np.empty((len(sources), len(self.starts)))
        for low in range(0, len(sources), CHUNK):
            progress(low / len(sources), "travel_times")
            some = slice(low, low + CHUNK)
            out[some] = csgraph.dijkstra(self.network.graph, indices=sources[some])[:, self.starts]
        return out[row]

    def way(self, before: int, after: int) -> tuple[list[Any], float, float]:
        """Return the lines, metres and seconds of the way from one to another (numbers of options, homes)."""
        start, stop = int(self.ends[before]), int(self.starts[after])
        seconds, came = csgraph.dijkstra(self.network.graph, indices=start, return_predecessors=True)
        way = self.network.trace(came, start, stop)
        edges = self.network.edges
        lines = [
            ops.substring(edges.geometry.iloc[edge], low, high, normalized=True)
            for edge, low, high in zip(way["edge"], way["low"], way["high"], strict=True)
        ]
        share = (way["high"] - way["low"]).to_numpy()
        metres = float(edges["length_m"].to_numpy()[way["edge"].to_numpy(dtype=np.int64)] @ share)
        return lines, metres, float(seconds[stop])


def _draw(
    roads: _Roads, duties: Sequence[Sequence[int]], units: pd.DataFrame, blind: NDArray[np.float64]
) -> gpd.GeoDataFrame:
    """Return each drive to a street and along it, and each one home, with its times."""
    edges = roads.network.edges
    near = _names_near(edges)
    rows = []
    for number, (unit, duty) in enumerate(zip(units.itertuples(), duties, strict=True)):
        home = len(roads.option) + number
        now, driven = unit.shift_start, 0.0
        for order, (before, after) in enumerate(pairwise([home, *duty, home] if duty else []), start=1):
            lines, metres, seconds = roads.way(before, after)
            told = {
                "what": "home",
                "name": None,
                "near": None,
                "street_s": 0.0,
                "street_m": 0.0,
                "blind_m": 0.0,
            }
            if after != home:
                edge = int(roads.option[after])
                street = edges.iloc[edge]
                name = street["name"] if isinstance(street["name"], str) else None
                lines.append(street.geometry)
                told = {
                    "what": "street", "name": name, "near": near[edge],
                    "street_s": float(street["seconds"]), "street_m": float(street["length_m"]),
                    "blind_m": float(blind[edge]),
                }  # fmt: skip
            drive = seconds + told["street_s"]
            driven += drive
            # whole seconds, rounded once: what is rounded leg by leg drifts away
            later = unit.shift_start + pd.Timedelta(seconds=round(driven))
            rows.append(
                {
                    "unit": str(unit.id), "order": order, **told, "depart": now, "arrive": later,
                    "drive_s": drive, "drive_m": metres + told["street_m"], "geometry": _joined(lines),
                }
            )  # fmt: skip
            now = later
    legs = gpd.GeoDataFrame(rows, geometry="geometry", crs=edges.crs)
    for column in ("name", "near"):
        legs[column] = legs[column].astype(object).where(legs[column].notna(), None)
    return legs


def _joined(lines: list[Any]) -> shapely.LineString:
    corners = [line.coords[0] for line in lines[:1]]
    for line in lines:
        corners += [corner for corner in line.coords if corner != corners[-1]]
    # a way home to where one stands is a point, and a line needs two
    return shapely.LineString(corners if len(corners) > 1 else corners * 2)


def _names_near(edges: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Return the nearest street with a name for each edge; None in a city without names."""
    named = edges[edges["name"].map(lambda name: isinstance(name, str))]
    if not len(named):
        return np.full(len(edges), None, dtype=object)
    middles = shapely.line_interpolate_point(edges.geometry.to_numpy(), 0.5, normalized=True)
    row = shapely.STRtree(named.geometry.to_numpy()).nearest(middles)
    return named["name"].to_numpy(dtype=object)[row]


def _list_units(units: pd.DataFrame, legs: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return what each unit does; one that stays at home, and a foot patrol beside cars, does nothing."""
    sums = legs.assign(streets=(legs["what"] == "street").astype(int)).groupby("unit")[
        ["streets", "drive_s", "drive_m", "blind_m"]
    ].sum()  # fmt: skip
    out = units[["id", "station", "kind", "shift_start", "shift_end"]].copy()
    names = out["id"].astype(str)
    for column in sums.columns:
        out[column] = names.map(sums[column]).fillna(0)
    out["streets"] = out["streets"].astype(int)
    out["back_at"] = out["shift_start"] + pd.to_timedelta(out["drive_s"].round(), unit="s")
    out["in_shift"] = out["back_at"] <= out["shift_end"]
    return out.drop(columns="shift_end")
