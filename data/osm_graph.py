"""Mended ways -> the directed street graph, built by osmnx, and the frame of its edges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import geopandas as gpd
import networkx as nx
import osmium
import osmium.osm.mutable
import osmnx
import pandas as pd
import pyproj
from shapely.geometry import LineString, Point

from ..coverage.projection import WGS84
from ..coverage.schema import STREETS, complete_frame
from ..coverage.turns import write_path
from .osm_streets import edge_direction, may_drive, street_columns
from .osm_tags import Tags
from .osm_turns import make_restrictions
from .osmnx_settings import osmnx_settings

Nodes = dict[int, tuple[float, float]]

_GEOD: Final = pyproj.Geod(ellps="WGS84")


@dataclass
class StreetWays:
    """Ways of the street network as they are gathered from a file, gaps of a clip already cut out.

    Attributes
    ----------
    nodes : dict
        Longitude and latitude by node.
    pieces : list of tuple
        Number of the OSM object (below 0: a relation's), its nodes: an unbroken run of a way. A way
        that leaves the clip and comes back is two pieces, so that no false street leads across the gap.
    tags : dict
        Tags by the number of the OSM object.
    barred : dict
        Nodes that no car passes -> the barrier.
    """

    nodes: Nodes = field(default_factory=dict)
    pieces: list[tuple[int, list[int]]] = field(default_factory=list)
    tags: dict[int, dict[str, str]] = field(default_factory=dict)
    barred: dict[int, str] = field(default_factory=dict)

    def add(self, osmid: int, tags: Tags, points: Sequence[tuple[int, float, float] | None]) -> None:
        """Add a way, None where a node is missing."""
        runs = [run for run in _split_runs(points) if len({node for node, _, _ in run}) > 1]
        for run in runs:
            self.nodes.update({node: (x, y) for node, x, y in run})
            self.pieces.append((osmid, [node for node, _, _ in run]))
        if runs:
            self.tags[osmid] = dict(tags)

    def add_squares(self, squares: Iterable[tuple[int, Tags, Sequence[tuple[int, float, float]]]]) -> None:
        """Add the edges of squares, once all streets are there: stretches that are streets are left out."""
        taken = {frozenset(pair) for _, nodes in self.pieces for pair in pairwise(nodes)}
        for osmid, tags, ring in squares:
            start = 0
            for index in range(1, len(ring)):
                if frozenset((ring[index - 1][0], ring[index][0])) in taken:
                    self.add(osmid, tags, ring[start:index])
                    start = index
            self.add(osmid, tags, ring[start:])
            taken.update(frozenset((before[0], after[0])) for before, after in pairwise(ring))


def build_graph(ways: StreetWays) -> tuple[nx.MultiDiGraph, gpd.GeoDataFrame]:
    """Build the graph and the frame of its edges.

    Parameters
    ----------
    ways : StreetWays
        At least one piece.

    Returns
    -------
    graph : networkx.MultiDiGraph
        As osmnx makes it: nodes with `x` and `y`, edges with `osmid`, `length` and `geometry`, and the
        columns of the streets. Each edge belongs to one OSM way.
    streets : GeoDataFrame
        `coverage.schema.STREETS`, WGS 84, by u, v, key; and `name_kk`, `name_ru`, `name_en`. A square that
        is drawn as a relation has the relation's number as `osmid`, below 0 so that no way has the same.

    Notes
    -----
    The edges are those a car may follow: a one-way street is one edge. People walk both ways, so whoever
    routes on foot takes the edges with `foot` and adds their reverse where `oneway` is true. Ways without
    cars have both directions. Lengths are geodesic; great circles are up to 0.4% off.
    """
    with TemporaryDirectory(prefix="kuzet-osm-") as folder:
        file = Path(folder) / "streets.osm"
        _write_xml(ways, file)
        with osmnx_settings(useful_tags_way=["oneway"], useful_tags_node=[]):
            graph = osmnx.graph_from_xml(file, simplify=False, retain_all=True)
    graph.remove_nodes_from(list(nx.isolates(graph)))
    _anchor_rings(graph)
    _anchor_barriers(graph, ways)
    # with the pieces' numbers apart, no edge mixes two ways and every value stays single
    graph = osmnx.simplify_graph(
        graph, edge_attrs_differ=["osmid"], node_attrs_include=["anchor"], remove_rings=False
    )
    for _, data in graph.nodes(data=True):
        data.pop("anchor", None)
    streets = _frame_of(graph, ways)
    _write_back(graph, streets)
    return graph, streets


def bar_ways(graph: nx.MultiDiGraph, barred: Mapping[int, str]) -> gpd.GeoDataFrame:
    """Return what barriers forbid: to drive on from one side to another (`schema.RESTRICTIONS`, WGS 84)."""
    rows = []
    for node in sorted(set(barred) & set(graph.nodes)):
        coming = [edge for edge in graph.in_edges(node, keys=True) if graph.edges[edge]["car"]]
        going = [edge for edge in graph.out_edges(node, keys=True) if graph.edges[edge]["car"]]
        across = [(before, after) for before in coming for after in going if before[0] != after[1]]
        place = Point(graph.nodes[node]["x"], graph.nodes[node]["y"])
        for number, path in enumerate(across, start=1):
            said = {"id": f"n{node}-{number}", "kind": "no", "said": barred[node], "geometry": place}
            rows.append(said | {"path": write_path(path)})
    return make_restrictions(rows)


def _split_runs(
    points: Sequence[tuple[int, float, float] | None],
) -> Iterator[list[tuple[int, float, float]]]:
    run: list[tuple[int, float, float]] = []
    for point in points:
        if point is not None:
            run.append(point)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _write_xml(ways: StreetWays, file: Path) -> None:
    """Write what osmnx needs: places, runs and directions; words stay here, whatever characters they hold."""
    oneway = {"forward": {"oneway": "yes"}, "backward": {"oneway": "-1"}}
    with osmium.SimpleWriter(str(file)) as writer:
        for node, place in ways.nodes.items():
            writer.add_node(osmium.osm.mutable.Node(id=node, location=place, version=1))
        for number, (osmid, nodes) in enumerate(ways.pieces, start=1):
            tags = oneway.get(edge_direction(ways.tags[osmid]), {})
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=nodes, tags=tags, version=1))


def _anchor_rings(graph: nx.MultiDiGraph) -> None:
    """Mark one node of each ring that meets no other street: simplifying needs an end to start from."""
    for part in nx.weakly_connected_components(graph):
        if all(len({*graph.predecessors(node), *graph.successors(node)}) == 2 for node in part):
            graph.nodes[min(part)]["anchor"] = True


def _anchor_barriers(graph: nx.MultiDiGraph, ways: StreetWays) -> None:
    """Let edges end at barriers on roads: cars come to one from either side, and turn round."""
    for node in ways.barred:
        if node in graph and any(
            may_drive(ways.tags[ways.pieces[data["osmid"] - 1][0]])
            for _, _, data in graph.in_edges(node, data=True)
        ):
            graph.nodes[node]["anchor"] = True


def _frame_of(graph: nx.MultiDiGraph, ways: StreetWays) -> gpd.GeoDataFrame:
    rows = []
    for u, v, key, data in sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[:3]):
        osmid = ways.pieces[data["osmid"] - 1][0]
        line = data.get("geometry") or LineString([ways.nodes[u], ways.nodes[v]])
        # reversed is told against the order of the edges osmnx wrote first: for oneway=-1 that is the reverse
        against = bool(data["reversed"]) or edge_direction(ways.tags[osmid]) == "backward"
        columns = street_columns(ways.tags[osmid], backward=against)
        rows.append(
            {"u": u, "v": v, "key": key, "length_m": _GEOD.geometry_length(line), "osmid": osmid}
            | columns
            | {"geometry": line}
        )
    frame = pd.DataFrame(rows)
    for name in ("maxspeed_kph", "layer", "width_m"):
        frame[name] = frame[name].astype("float64")
    for name in ("name", "lit", "name_kk", "name_ru", "name_en"):
        frame[name] = frame[name].astype("object").where(frame[name].notna(), None)
    return gpd.GeoDataFrame(complete_frame(frame, STREETS), geometry="geometry", crs=WGS84)


def _write_back(graph: nx.MultiDiGraph, streets: gpd.GeoDataFrame) -> None:
    names = [name for name in streets.columns if name not in {"u", "v", "key"}]
    for u, v, key, *values in streets[["u", "v", "key", *names]].itertuples(index=False, name=None):
        data = graph.edges[u, v, key]
        data.update(zip(names, values, strict=True))
        data["length"] = data["length_m"]
