"""How soon the nearest unit is where something happened, from where its timetable has it at that moment."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from .tracks import Tracks
from .travel import LINK, Network, build_network

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Reach:
    """The quickest way from anywhere in the streets to some places, for each kind of unit.

    Attributes
    ----------
    networks : dict of str to Network
        The streets, cut at the places.
    seconds : dict of str to ndarray (places, nodes)
        From each node to each place.
    """

    networks: dict[str, Network] = field(repr=False)
    seconds: dict[str, Floats] = field(repr=False)


def measure_reach(streets: gpd.GeoDataFrame, places: NDArray[np.object_], kinds: tuple[str, ...]) -> Reach:
    """Find the quickest ways to places, from everywhere.

    Parameters
    ----------
    streets : GeoDataFrame
        Directed edges in metres (`schema.STREETS`).
    places : ndarray of Point (n,)
        Metric; each is moved to the nearest street.
    kinds : tuple of str
        `car`, `foot`.
    """
    networks = {kind: build_network(streets, places, kind=kind) for kind in sorted(set(kinds))}
    return Reach(networks, {kind: _seconds_to_places(network) for kind, network in networks.items()})


def respond(tracks: Tracks, reach: Reach, place: Integers, moment: Floats) -> Floats:
    """Return the seconds the nearest unit takes to each place from where it is at that moment.

    Parameters
    ----------
    tracks : Tracks
    reach : Reach
    place : ndarray of int (n,)
        Rows of the places of `reach`.
    moment : ndarray (n,)
        Seconds after the base of the tracks.

    Returns
    -------
    ndarray (n,)
        Infinite where no unit is on its shift. A unit leaves at once, may turn round where it stands and at
        every crossing, and keeps to the speeds and one-way streets of a patrol (`travel`), not to those of an
        emergency.
    """
    xy = tracks.at(moment)
    quickest = np.full(len(moment), np.inf)
    for unit, kind in enumerate(tracks.kinds):
        there = np.flatnonzero(np.isfinite(xy[unit, :, 0]))
        if len(there):
            seconds = _from_places(reach.networks[kind], reach.seconds[kind], xy[unit, there], place[there])
            quickest[there] = np.minimum(quickest[there], seconds)
    return quickest


def _seconds_to_places(network: Network) -> Floats:
    """Walk the graph backwards from each place."""
    parts = network.parts.sort_values("seconds").drop_duplicates(["tail", "head"])
    nodes = int(network.parts[["tail", "head"]].to_numpy().max()) + 1
    back = sparse.csr_array((parts["seconds"], (parts["head"], parts["tail"])), shape=(nodes, nodes))
    return np.asarray(csgraph.dijkstra(back, indices=network.place_reach))


def _from_places(network: Network, seconds: Floats, xy: Floats, goal: Integers) -> Floats:
    """Return the seconds from places anywhere on the streets to goals, by the end of the part they are on."""
    shapes = network.edges.geometry.to_numpy()
    tree = shapely.STRtree(shapes)
    points = np.asarray(shapely.points(xy))
    nearest = np.asarray(tree.nearest(points), dtype=np.int64)
    at = shapely.line_locate_point(shapes[nearest], points)
    on_street = np.asarray(shapely.line_interpolate_point(shapes[nearest], at))
    # the other direction of a two-way street carries the place as well
    row, edge = tree.query(on_street, predicate="dwithin", distance=0.01)
    share = shapely.line_locate_point(shapes[edge], on_street[row], normalized=True)
    # the parts of streets as they lie, without copies that remember a turn
    parts = network.parts.drop_duplicates(["edge", "low"])
    parts = parts[parts["edge"] != LINK]
    key = parts["edge"].to_numpy() + 0.5 * parts["low"].to_numpy()
    part = np.searchsorted(key, edge + 0.5 * share, side="right") - 1
    low, high, whole = (parts[name].to_numpy()[part] for name in ("low", "high", "seconds"))
    left = np.clip((high - share) / np.maximum(high - low, 1e-12), 0.0, 1.0) * whole
    total = left + seconds[goal[row], parts["head"].to_numpy()[part]]
    out = np.full(len(xy), np.inf)
    np.minimum.at(out, row, total)
    return out
