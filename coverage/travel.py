"""Travel times and paths on the directed street graph, between places along its edges."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from .errors import CannotHoldError
from .flags import flags
from .turns import Watched, forbidden_paths, watch_turns

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ASSUMED_KPH: Final = {
    "motorway": 90.0,
    "trunk": 70.0,
    "primary": 50.0,
    "secondary": 50.0,
    "tertiary": 40.0,
    "unclassified": 40.0,
    "residential": 30.0,
    "living_street": 10.0,
    "service": 15.0,
    "track": 15.0,
}
"""Speed where no limit is mapped, by class of road; `_link` roads as their class, others OTHER_KPH."""
OTHER_KPH: Final = 20.0
WALK_KPH: Final = 4.5
SPEED_SHARE: Final = 0.7
"""Share of the limit that a patrol makes on the average, lights and turns included."""
SHORTEST_S: Final = 1e-6
BESIDE_CROSSING_M: Final = 0.05
"""A place at a crossing is set so far into one street: else one could come to it by one street and leave it
by another, whatever turn is forbidden there."""
LINK: Final = -1


@dataclass(frozen=True)
class Profile:
    """How somebody moves along the streets; every part of it can be set.

    Attributes
    ----------
    mode : {"car", "foot"}
        Whose streets are open.
    speed_share : float
        Share of the limit that a car makes on the average, above 0.
    walk_kph : float
        Pace on foot.
    both_ways : bool
        Whether one-way streets are gone along in both directions.
    obeys_turns : bool
        Whether forbidden turns are left out.
    """

    mode: Literal["car", "foot"] = "car"
    speed_share: float = SPEED_SHARE
    walk_kph: float = WALK_KPH
    both_ways: bool = False
    obeys_turns: bool = True


CAR: Final = Profile()
FOOT: Final = Profile("foot", both_ways=True, obeys_turns=False)
EMERGENCY: Final = Profile(speed_share=1.0, both_ways=True, obeys_turns=False)
"""A car with its light on that makes the limit on the average, against one-way streets as well. The map does
not say what is safe: a setting that somebody answers for, never a default."""


@dataclass(frozen=True)
class Network:
    """The streets one kind of unit may use, with places set on them.

    Attributes
    ----------
    edges : GeoDataFrame
        Directed edges (metric): `u`, `v`, `key`, `name`, `length_m`, `seconds`, `speed_source` (`tag`,
        `assumed`, `walking`).
    parts : DataFrame
        Edges cut at the places: `tail`, `head` (node numbers), `edge` (row of `edges`), `low`, `high`
        (shares of the edge), `seconds`; copied where turns are forbidden (`turns.watch_turns`). Where
        `edge` is LINK it is no street, but leads from a place to its street or back.
    place_leave, place_reach : ndarray of int (n,)
        Node from which one sets out from each place, and the one at which one comes to it.
    place_xy : ndarray (n, 2)
        Where the place lies on its street, metres.
    gap_m : ndarray (n,)
        How far off the street it was.
    place_edge : ndarray of int (n,)
        Row of an edge it lies on.
    """

    edges: gpd.GeoDataFrame = field(repr=False)
    parts: pd.DataFrame = field(repr=False)
    place_leave: Integers
    place_reach: Integers
    place_xy: Floats
    gap_m: Floats
    place_edge: Integers

    def times(self) -> tuple[Floats, Integers]:
        """Return seconds between all places (n, n) and the predecessors (n, nodes) that `path` needs."""
        seconds, before = csgraph.dijkstra(self.graph, indices=self.place_leave, return_predecessors=True)
        seconds = seconds[:, self.place_reach]
        np.fill_diagonal(seconds, 0.0)
        return seconds, before.astype(np.int64)

    def path(self, before: Integers, start: int, stop: int) -> pd.DataFrame:
        """Return the edges of the quickest way from one place to another: `edge`, `low`, `high` in order.

        Parameters
        ----------
        before : ndarray
            Predecessors from `times`.
        start, stop : int
            Numbers of the places.
        """
        leave, reach = int(self.place_leave[start]), int(self.place_reach[stop])
        return self.trace(before[start], leave, leave if start == stop else reach)

    def trace(self, before: Integers, start: int, stop: int) -> pd.DataFrame:
        """Return the edges of the quickest way from one node to another, as `path` does.

        Parameters
        ----------
        before : ndarray (nodes,)
            Predecessors on the ways from the first node.
        start, stop : int
            Nodes of `parts`.
        """
        nodes = [stop]
        while nodes[-1] != start:
            nodes.append(int(before[nodes[-1]]))
        nodes.reverse()
        found = [self._part_between[pair] for pair in pairwise(nodes)]
        edge, low, high = (self.parts[name].to_numpy()[found] for name in ("edge", "low", "high"))
        street = edge != LINK
        edge, low, high = edge[street], low[street], high[street]
        # parts of one edge driven one after the other are one edge
        new = np.concatenate([[True], (edge[1:] != edge[:-1]) | (low[1:] != high[:-1])])[: len(edge)]
        first = np.flatnonzero(new)
        last = np.concatenate([first[1:], [len(edge)]]) - 1
        return pd.DataFrame({"edge": edge[first], "low": low[first], "high": high[last[: len(first)]]})

    @cached_property
    def graph(self) -> sparse.csr_array:
        """Seconds from each node to the next (nodes, nodes)."""
        nodes = int(self.parts[["tail", "head"]].to_numpy().max()) + 1
        quickest = self.parts.sort_values("seconds").drop_duplicates(["tail", "head"])
        return sparse.csr_array(
            (quickest["seconds"], (quickest["tail"], quickest["head"])), shape=(nodes, nodes)
        )

    @cached_property
    def _part_between(self) -> dict[tuple[int, int], int]:
        """The quickest part from each node to the next."""
        order = np.argsort(-self.parts["seconds"].to_numpy(), kind="stable")
        tails, heads = self.parts["tail"].to_numpy()[order], self.parts["head"].to_numpy()[order]
        return {
            (tail, head): row
            for tail, head, row in zip(tails.tolist(), heads.tolist(), order.tolist(), strict=True)
        }


def build_network(
    streets: gpd.GeoDataFrame,
    places: NDArray[np.object_],
    *,
    kind: str = "car",
    profile: Profile | None = None,
    restrictions: pd.DataFrame | None = None,
) -> Network:
    """Set places on the streets that a unit may use and from which it can come back.

    Parameters
    ----------
    streets : GeoDataFrame
        Directed edges in metres (`schema.STREETS`).
    places : ndarray of Point
        Metric; each is moved to the nearest street.
    kind : {"car", "foot"}
        A car keeps to the direction of every edge; a foot patrol walks both ways.
    profile : Profile, optional
        `CAR` or `FOOT` by default, as the kind is.
    restrictions : DataFrame, optional
        Turns that cars may not make: see `turns.forbidden_paths`.

    Returns
    -------
    Network
        Of the largest part in which every place can be reached from every other.

    Raises
    ------
    CannotHoldError
        When there is no such street.
    """
    profile = profile or (FOOT if kind == "foot" else CAR)
    edges = _usable_edges(streets, profile)
    if not len(edges):
        raise CannotHoldError("no_street_for_unit", kind=kind)
    shapes = edges.geometry.to_numpy()
    nearest = np.asarray(shapely.STRtree(shapes).nearest(places), dtype=np.int64)
    along = shapely.length(shapes[nearest])
    aside = np.minimum(BESIDE_CROSSING_M, along / 4)
    at = np.clip(shapely.line_locate_point(shapes[nearest], places), aside, along - aside)
    on_street = shapely.line_interpolate_point(shapes[nearest], at)
    # the other direction of a two-way street carries the place as well
    place, edge = shapely.STRtree(shapes).query(on_street, predicate="dwithin", distance=0.01)
    share = shapely.line_locate_point(shapes[edge], on_street[place], normalized=True)
    nodes = pd.Index(np.unique(edges[["u", "v"]].to_numpy()))
    parts, cut = _cut_edges(edges, nodes, edge, share)
    forbidden: list[tuple[int, ...]] = []
    if restrictions is not None and profile.obeys_turns:
        forbidden = forbidden_paths(edges, restrictions, beyond=streets[flags(streets, profile.mode)])
    watched = watch_turns(parts, forbidden)
    linked, leave, reach = _link_places(watched, place, cut, len(places))
    return Network(
        edges=edges,
        parts=linked,
        place_leave=leave,
        place_reach=reach,
        place_xy=shapely.get_coordinates(on_street),
        gap_m=shapely.distance(places, shapes[nearest]),
        place_edge=nearest,
    )


def _usable_edges(streets: gpd.GeoDataFrame, profile: Profile) -> gpd.GeoDataFrame:
    edges = streets.loc[flags(streets, profile.mode) & (streets["length_m"] > 0).to_numpy()].copy()
    if profile.mode == "foot":
        edges["seconds"] = edges["length_m"] / (profile.walk_kph / 3.6)
        edges["speed_source"] = "walking"
    else:
        limit = edges["maxspeed_kph"] if "maxspeed_kph" in edges else pd.Series(np.nan, index=edges.index)
        usual = edges["highway"].str.removesuffix("_link").map(ASSUMED_KPH).fillna(OTHER_KPH)
        edges["seconds"] = edges["length_m"] / (limit.astype(float).fillna(usual) * profile.speed_share / 3.6)
        edges["speed_source"] = np.where(limit.notna(), "tag", "assumed")
    if profile.both_ways:
        edges = _both_ways(edges)
    edges = edges.reset_index(drop=True)
    return edges[_in_largest_part(edges)].reset_index(drop=True)


def _both_ways(edges: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    back = edges.rename(columns={"u": "v", "v": "u"})
    back = back.set_geometry(
        gpd.GeoSeries(shapely.reverse(back.geometry.to_numpy()), index=back.index, crs=edges.crs)
    )
    both = gpd.GeoDataFrame(pd.concat([edges, back[edges.columns]], ignore_index=True), crs=edges.crs)
    return both[~both.duplicated(["u", "v", "length_m"])]


def _in_largest_part(edges: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Say which edges lie in the strongly connected part with the most metres of street."""
    if not len(edges):
        return np.zeros(0, dtype=bool)
    nodes, ends = np.unique(edges[["u", "v"]].to_numpy(), return_inverse=True)
    ends = ends.reshape(-1, 2)
    graph = sparse.csr_array((np.ones(len(edges)), (ends[:, 0], ends[:, 1])), shape=(len(nodes), len(nodes)))
    _, part = csgraph.connected_components(graph, connection="strong")
    inside = part[ends[:, 0]] == part[ends[:, 1]]
    metres = np.bincount(
        part[ends[inside, 0]], weights=edges["length_m"].to_numpy()[inside], minlength=part.max() + 1
    )
    return inside & (part[ends[:, 0]] == int(np.argmax(metres)))


def _cut_edges(
    edges: gpd.GeoDataFrame, nodes: pd.Index, edge: Integers, share: Floats
) -> tuple[pd.DataFrame, Integers]:
    """Cut each edge at the places on it; each cut is a node of its own, after those of the graph."""
    count = len(edges)
    cut = len(nodes) + np.arange(len(edge))
    ends = pd.DataFrame(
        {
            "edge": np.concatenate([np.arange(count), np.arange(count), edge]),
            "share": np.concatenate([np.zeros(count), np.ones(count), share]),
            "node": np.concatenate([nodes.get_indexer(edges["u"]), nodes.get_indexer(edges["v"]), cut]),
            "turn": np.concatenate([np.zeros(count), np.full(count, 2), np.ones(len(edge))]),
        }
    ).sort_values(["edge", "turn", "share", "node"], ignore_index=True)
    # start (turn 0), places (1), end (2): within the edge by share
    same = ends["edge"].to_numpy()[1:] == ends["edge"].to_numpy()[:-1]
    tail, head = ends.iloc[:-1][same], ends.iloc[1:][same]
    parts = pd.DataFrame(
        {
            "tail": tail["node"].to_numpy(dtype=np.int64),
            "head": head["node"].to_numpy(dtype=np.int64),
            "edge": tail["edge"].to_numpy(dtype=np.int64),
            "low": tail["share"].to_numpy(),
            "high": head["share"].to_numpy(),
        }
    )
    whole = edges["seconds"].to_numpy()[parts["edge"]]
    parts["seconds"] = np.maximum(whole * (parts["high"] - parts["low"]), SHORTEST_S)
    return parts, cut


def _link_places(
    watched: Watched, place: Integers, cut: Integers, places: int
) -> tuple[pd.DataFrame, Integers, Integers]:
    """Let ways set out from a place in every direction of its street, and end there from every one.

    Who only drives past cannot turn round there: a place is left at another node than it is come to.
    """
    first = int(max(watched.parts[["tail", "head"]].to_numpy().max(), cut.max(initial=-1))) + 1
    leave, reach = first + np.arange(places), first + places + np.arange(places)
    place_of = dict(zip(cut.tolist(), place.tolist(), strict=True))
    copies = np.array(list(watched.copy_of), dtype=np.int64)
    of_copy = np.array([place_of[node] for node in watched.copy_of.values()], dtype=np.int64)
    links = pd.DataFrame(
        {
            "tail": np.concatenate([leave[place], cut, copies]),
            "head": np.concatenate([cut, reach[place], reach[of_copy]]),
            "edge": LINK, "low": 0.0, "high": 0.0, "seconds": SHORTEST_S,
        }
    )  # fmt: skip
    return pd.concat([watched.parts, links], ignore_index=True), leave, reach
