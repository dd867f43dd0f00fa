"""Travel times and paths on the directed street graph, between places along its edges."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from .errors import CannotHoldError

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
        (shares of the edge), `seconds`.
    place_node : ndarray of int (n,)
        Node of each place.
    place_xy : ndarray (n, 2)
        Where the place lies on its street, metres.
    gap_m : ndarray (n,)
        How far off the street it was.
    place_edge : ndarray of int (n,)
        Row of an edge it lies on.
    """

    edges: gpd.GeoDataFrame = field(repr=False)
    parts: pd.DataFrame = field(repr=False)
    place_node: Integers
    place_xy: Floats
    gap_m: Floats
    place_edge: Integers

    def times(self) -> tuple[Floats, Integers]:
        """Return seconds between all places (n, n) and the predecessors (n, nodes) that `path` needs."""
        nodes = int(self.parts[["tail", "head"]].to_numpy().max()) + 1
        quickest = self.parts.sort_values("seconds").drop_duplicates(["tail", "head"])
        graph = sparse.csr_array(
            (quickest["seconds"], (quickest["tail"], quickest["head"])), shape=(nodes, nodes)
        )
        seconds, before = csgraph.dijkstra(graph, indices=self.place_node, return_predecessors=True)
        return seconds[:, self.place_node], before.astype(np.int64)

    def path(self, before: Integers, start: int, stop: int) -> pd.DataFrame:
        """Return the edges of the quickest way from one place to another: `edge`, `low`, `high` in order.

        Parameters
        ----------
        before : ndarray
            Predecessors from `times`.
        start, stop : int
            Numbers of the places.
        """
        nodes = [int(self.place_node[stop])]
        while nodes[-1] != self.place_node[start]:
            nodes.append(int(before[start, nodes[-1]]))
        nodes.reverse()
        found = [self._part_between[pair] for pair in pairwise(nodes)]
        edge, low, high = (self.parts[name].to_numpy()[found] for name in ("edge", "low", "high"))
        # parts of one edge driven one after the other are one edge
        new = np.concatenate([[True], (edge[1:] != edge[:-1]) | (low[1:] != high[:-1])])[: len(edge)]
        first = np.flatnonzero(new)
        last = np.concatenate([first[1:], [len(edge)]]) - 1
        return pd.DataFrame({"edge": edge[first], "low": low[first], "high": high[last[: len(first)]]})

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
    speed_share: float = SPEED_SHARE,
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
    speed_share : float
        Share of the limit that a car makes on the average, above 0.

    Returns
    -------
    Network
        Of the largest part in which every place can be reached from every other.

    Raises
    ------
    CannotHoldError
        When there is no such street.
    """
    edges = _usable_edges(streets, kind, speed_share)
    if not len(edges):
        raise CannotHoldError("no_street_for_unit", kind=kind)
    shapes = edges.geometry.to_numpy()
    nearest = np.asarray(shapely.STRtree(shapes).nearest(places), dtype=np.int64)
    at = shapely.line_locate_point(shapes[nearest], places)
    on_street = shapely.line_interpolate_point(shapes[nearest], at)
    # the other direction of a two-way street carries the place as well
    place, edge = shapely.STRtree(shapes).query(on_street, predicate="dwithin", distance=0.01)
    share = shapely.line_locate_point(shapes[edge], on_street[place], normalized=True)
    nodes = pd.Index(np.unique(edges[["u", "v"]].to_numpy()))
    parts = _cut_edges(edges, nodes, place, edge, share)
    return Network(
        edges=edges,
        parts=parts,
        place_node=len(nodes) + np.arange(len(places)),
        place_xy=shapely.get_coordinates(on_street),
        gap_m=shapely.distance(places, on_street),
        place_edge=nearest,
    )


def _usable_edges(streets: gpd.GeoDataFrame, kind: str, speed_share: float) -> gpd.GeoDataFrame:
    may = streets[kind].map(lambda value: value is True or value == 1).to_numpy(dtype=bool)
    edges = streets.loc[may & (streets["length_m"] > 0).to_numpy()].copy()
    if kind == "foot":
        edges["seconds"] = edges["length_m"] / (WALK_KPH / 3.6)
        edges["speed_source"] = "walking"
        edges = _both_ways(edges)
    else:
        limit = edges["maxspeed_kph"] if "maxspeed_kph" in edges else pd.Series(np.nan, index=edges.index)
        usual = edges["highway"].str.removesuffix("_link").map(ASSUMED_KPH).fillna(OTHER_KPH)
        edges["seconds"] = edges["length_m"] / (limit.astype(float).fillna(usual) * speed_share / 3.6)
        edges["speed_source"] = np.where(limit.notna(), "tag", "assumed")
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
    edges: gpd.GeoDataFrame, nodes: pd.Index, place: Integers, edge: Integers, share: Floats
) -> pd.DataFrame:
    """Cut each edge at the places on it; the places become nodes after those of the graph."""
    count = len(edges)
    ends = pd.DataFrame(
        {
            "edge": np.concatenate([np.arange(count), np.arange(count), edge]),
            "share": np.concatenate([np.zeros(count), np.ones(count), share]),
            "node": np.concatenate(
                [nodes.get_indexer(edges["u"]), nodes.get_indexer(edges["v"]), len(nodes) + place]
            ),
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
    return parts
