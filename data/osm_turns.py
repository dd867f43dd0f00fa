"""Relations of OpenStreetMap that forbid turns -> paths of edges that no car may drive."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, Literal, cast

import geopandas as gpd
import networkx as nx
import pandas as pd
import shapely

from ..coverage.projection import WGS84
from ..coverage.schema import RESTRICTIONS, complete_frame
from ..coverage.turns import write_path
from .osm_tags import Tags

Member = tuple[str, str, int]
"""Role; `n`, `w` or `r`; number of the OSM object."""
Edge = tuple[int, int, int]

RESTRICTION_KEYS: Final = tuple(
    f"restriction{mode}{when}"
    for mode in (":motorcar", ":motor_vehicle", ":vehicle", "")
    for when in ("", ":conditional")
)
"""Keys that bind a car, the most particular first; what holds always before what holds at some hours."""

_SAYS: Final = re.compile(r"(no|only)_(left_turn|right_turn|straight_on|u_turn|entry|exit)")
_CARS: Final = frozenset(("motorcar", "motor_vehicle", "vehicle"))
_NOT_OF_CARS: Final = re.compile(
    r"weight|axle|length|width|height|hgv|trailer|bus|bicycle|psv", re.IGNORECASE
)
"""Conditions that no patrol car meets."""


@dataclass(frozen=True)
class Restriction:
    """What a relation says, before its ways are found among the streets.

    Attributes
    ----------
    osmid : int
        Of the relation.
    kind : {"no", "only"}
    said : str
        Its value: `no_left_turn`.
    sources, vias, targets : tuple of int
        Ways from which, along which and into which one turns.
    node : int or None
        Where, if there is no way between.
    condition : str or None
        When it holds, as it is written.
    """

    osmid: int
    kind: Literal["no", "only"]
    said: str
    sources: tuple[int, ...]
    vias: tuple[int, ...]
    targets: tuple[int, ...]
    node: int | None
    condition: str | None


@dataclass
class Turns:
    """Relations as they are gathered from a file, each counted once.

    Attributes
    ----------
    rows : list of Restriction
    counts : Counter
        `of_others`: not for cars. `unread`: a value or members that nobody can read. After `frame` also
        `kept` (`conditional` of them), `elsewhere` (on ways that cars do not use here), `ambiguous`.
    """

    rows: list[Restriction] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, osmid: int, tags: Tags, members: Sequence[Member]) -> None:
        """Add a relation of `type=restriction`."""
        said, condition = _what_is_said(tags)
        if said is None:
            self.counts["of_others"] += 1
            return
        match = _SAYS.fullmatch(said)
        ways = {
            role: tuple(number for name, kind, number in members if name == role and kind == "w")
            for role in ("from", "via", "to")
        }
        nodes = [number for name, kind, number in members if name == "via" and kind == "n"]
        through = (len(nodes) == 1) != bool(ways["via"])
        if match is None or not (ways["from"] and ways["to"] and through):
            self.counts["unread"] += 1
            return
        kind: Literal["no", "only"] = "no" if match[1] == "no" else "only"
        node = nodes[0] if nodes else None
        self.rows.append(
            Restriction(osmid, kind, said, ways["from"], ways["via"], ways["to"], node, condition)
        )

    def frame(self, graph: nx.MultiDiGraph) -> gpd.GeoDataFrame:
        """Find the ways of each relation among the streets.

        Parameters
        ----------
        graph : networkx.MultiDiGraph
            Edges with `osmid` and `car`, nodes with `x`, `y`.

        Returns
        -------
        GeoDataFrame
            `schema.RESTRICTIONS`, WGS 84. A restriction that holds at some hours only holds always: a
            detour too much is lawful, a turn too much is not.

        Notes
        -----
        A way that goes on past the place of the turn does not say on which side of it one comes or leaves,
        so such a relation is `ambiguous` and forbids nothing.
        """
        found = _Drivable(graph)
        rows = []
        for one in self.rows:
            paths = list(found.paths_of(one))
            self.counts[_verdict(paths)] += 1
            known = [path for path in paths if isinstance(path, list)]
            self.counts["conditional"] += bool(known) and one.condition is not None
            for number, path in enumerate(known, start=1):
                place = graph.nodes[path[-1][0]]
                rows.append(
                    {
                        "id": f"r{one.osmid}" if number == 1 else f"r{one.osmid}-{number}",
                        "kind": one.kind,
                        "said": one.said,
                        "path": write_path(path),
                        "condition": one.condition,
                        "geometry": shapely.Point(place["x"], place["y"]),
                    }
                )
        return make_restrictions(rows)


def make_restrictions(rows: Iterable[dict[str, object]]) -> gpd.GeoDataFrame:
    """Return rows as a frame of `schema.RESTRICTIONS`, in WGS 84."""
    frame = pd.DataFrame(list(rows), columns=[*RESTRICTIONS.names, "geometry"])
    for name in RESTRICTIONS.names:
        frame[name] = frame[name].astype("object").where(frame[name].notna(), None)
    return gpd.GeoDataFrame(complete_frame(frame, RESTRICTIONS), geometry="geometry", crs=WGS84)


Path = list[Edge] | Literal["ambiguous", "elsewhere"]


class _Drivable:
    """Edges that cars may drive, by OSM way."""

    def __init__(self, graph: nx.MultiDiGraph) -> None:
        self._graph = graph
        self._edges: dict[int, list[Edge]] = {}
        for u, v, key, data in graph.edges(keys=True, data=True):
            if data["car"]:
                self._edges.setdefault(data["osmid"], []).append((u, v, key))

    def paths_of(self, one: Restriction) -> Iterator[Path]:
        """Yield the path of each pair of ways that is forbidden, or why there is none."""
        for source in one.sources:
            for target in one.targets:
                if one.node is not None:
                    yield self._at(self._edges.get(source, []), one.node, self._edges.get(target, []))
                else:
                    yield self._through(source, one.vias, target)

    def _at(self, sources: list[Edge], node: int, targets: list[Edge]) -> Path:
        coming = [edge for edge in sources if edge[1] == node]
        going = [edge for edge in targets if edge[0] == node]
        if not (coming and going):
            return "elsewhere"
        return [coming[0], going[0]] if len(coming) == len(going) == 1 else "ambiguous"

    def _through(self, source: int, vias: Sequence[int], target: int) -> Path:
        along = [edge for way in vias for edge in self._edges.get(way, [])]
        between = cast(nx.MultiDiGraph, self._graph.edge_subgraph(cast(Any, along)))
        coming = [edge for edge in self._edges.get(source, []) if edge[1] in between]
        going = [edge for edge in self._edges.get(target, []) if edge[0] in between]
        if not (coming and going):
            return "elsewhere"
        if len(coming) > 1 or len(going) > 1:
            return "ambiguous"
        try:
            nodes = nx.shortest_path(between, coming[0][1], going[0][0], weight="length_m")
        except nx.NetworkXNoPath:
            return "elsewhere"
        return [coming[0], *(_shortest(between, u, v) for u, v in pairwise(nodes)), going[0]]


def _shortest(graph: nx.MultiDiGraph, u: int, v: int) -> Edge:
    metres = {int(key): data["length_m"] for key, data in graph[u][v].items()}
    return u, v, min(metres, key=metres.__getitem__)


def _verdict(paths: Sequence[Path]) -> str:
    if any(isinstance(path, list) for path in paths):
        return "kept"
    return "ambiguous" if "ambiguous" in paths else "elsewhere"


def _what_is_said(tags: Tags) -> tuple[str | None, str | None]:
    """Return the value that binds a car and its condition; None where no car is bound."""
    if _CARS & {word.strip() for word in tags.get("except", "").split(";")}:
        return None, None
    key = next((key for key in RESTRICTION_KEYS if key in tags), None)
    if key is None:
        return None, None
    said, _, condition = (part.strip() for part in tags[key].partition("@"))
    if not condition:
        condition = " ".join(tags[name] for name in ("day_on", "hour_on", "hour_off") if name in tags)
    if _NOT_OF_CARS.search(condition):
        return None, None
    return said, condition or None
