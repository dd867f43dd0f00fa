"""Faults of drives against the raw OpenStreetMap file, found by code that shares nothing with Kuzet."""

import itertools
import math
from collections import defaultdict

import osmium
import shapely
from pyproj import Transformer

DRIVABLE = {
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street",
    "service", "road", "motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link",
}  # fmt: skip
OPEN = {"yes", "permissive", "designated", "destination", "customers", "public", "official", "discouraged"}
MODES = ("motorcar", "motor_vehicle", "vehicle", "access")
LETS_CARS_BY = {
    "gate", "lift_gate", "swing_gate", "sliding_gate", "toll_booth", "border_control", "kerb", "cattle_grid",
    "entrance", "no", "height_restrictor", "sally_port", "arch", "speed_bump",
}  # fmt: skip


class RoadLaw:
    """Who may drive where, straight from the file: segments between neighbouring nodes, turns, barriers."""

    def __init__(self, path):
        self.place, self.barred, self.relations = {}, set(), []
        # (node, next node) -> ways that may be driven so
        self.ways = defaultdict(set)
        self.inner, self.drives = defaultdict(set), set()
        for thing in osmium.FileProcessor(str(path)).with_locations():
            tags = dict(thing.tags)
            if thing.is_node():
                self.place[thing.id] = (thing.lon, thing.lat)
                if "barrier" in tags and self._bars(tags):
                    self.barred.add(thing.id)
            elif thing.is_way() and "highway" in tags:
                self._add_way(thing, tags)
            elif thing.is_relation() and tags.get("type") == "restriction":
                self.relations.append((tags, [(m.role, m.type, m.ref) for m in thing.members]))
        self.nodes_at = defaultdict(list)
        for node in {node for pair in self.ways for node in pair}:
            self.nodes_at[self._cell(*self.place[node])].append(node)
        self.no, self.only = self._turns()

    def _bars(self, tags):
        said = next((tags[mode] for mode in MODES if mode in tags), None)
        if said is not None:
            return not any(word.strip() in OPEN for word in said.split(";"))
        return tags["barrier"] not in LETS_CARS_BY and tags.get("bollard") != "rising"

    def _add_way(self, way, tags):
        said = next((tags[mode] for mode in MODES if mode in tags), None)
        allowed = any(word.strip() in OPEN for word in said.split(";")) if said else None
        if allowed is False or (tags["highway"] not in DRIVABLE and not allowed):
            return
        oneway = next((tags[f"oneway:{m}"] for m in MODES[:3] if f"oneway:{m}" in tags), tags.get("oneway"))
        round_about = tags.get("junction") in {"roundabout", "circular"} or tags["highway"] == "motorway"
        ahead = oneway != "-1"
        back = oneway in {"-1", "no"} or (oneway not in {"yes", "1", "true"} and not round_about)
        nodes = [node.ref for node in way.nodes if node.ref in self.place]
        for a, b in itertools.pairwise(nodes):
            if ahead:
                self.ways[a, b].add(way.id)
            if back:
                self.ways[b, a].add(way.id)
        self.inner[way.id] = set(nodes[1:-1])
        self.drives.add(way.id)

    def _turns(self):
        """Return (ways..., at nodes) of forbidden turns as {(from, via node or ways, to)}."""
        no, only = set(), {}
        for tags, members in self.relations:
            said = next((v for k, v in tags.items() if k in {"restriction", "restriction:conditional"}), "")
            if {"motorcar", "motor_vehicle"} & set(tags.get("except", "").split(";")):
                continue
            ways = {role: [ref for r, t, ref in members if r == role and t == "w"] for role in ("from", "to")}
            between = [ref for role, kind, ref in members if role == "via" and kind == "w"]
            node = [ref for role, kind, ref in members if role == "via" and kind == "n"]
            for a in ways["from"]:
                for b in ways["to"]:
                    # a way that goes on past the place does not say which side is meant
                    if node and node[0] not in self.inner[a] | self.inner[b]:
                        if said.startswith("no_"):
                            no.add((a, (node[0],), b))
                        elif said.startswith("only_") and b in self.drives:
                            only[a, node[0]] = b
                    elif between and said.startswith("no_"):
                        no.add((a, tuple(between), b))
        return no, only

    @staticmethod
    def _cell(lon, lat):
        return round(lon * 1e7), round(lat * 1e7)

    def node_at(self, lon, lat):
        """Return the nodes of streets within 2e-7 degrees."""
        x, y = self._cell(lon, lat)
        return [
            n
            for i in (-2, -1, 0, 1, 2)
            for j in (-2, -1, 0, 1, 2)
            for n in self.nodes_at.get((x + i, y + j), ())
        ]

    def find_faults(self, leg, crs):
        """Return what is wrong with a drive: a metric line from a place to a place."""
        back = Transformer.from_crs(crs, 4326, always_xy=True)
        points = [back.transform(x, y) for x, y in leg.coords]
        if len(points) < 2 or leg.length < 0.2:
            return []
        inner = self._nodes_of(points)
        if not inner:
            return [] if self._lies_on_a_street(points) else ["drives where no street is"]
        # where a drive begins at a node itself, no piece of a street leads there
        ends = [
            [] if self._is_at(place, node) else [self._end(place, node, out=out)]
            for place, node, out in ((points[0], inner[0], True), (points[-1], inner[-1], False))
        ]
        if [None] in ends:
            return ["begins or ends beside the streets, or against a one-way street"]
        nodes = [*ends[0], *inner, *ends[1]]
        faults = []
        steps = [(a, b, self.ways.get((a, b), set())) for a, b in itertools.pairwise(nodes)]
        faults += [f"{a} to {b} may not be driven" for a, b, ways in steps if not ways]
        for (a, via, before), (_, c, after) in itertools.pairwise(steps):
            if via in self.barred and a != c:
                faults.append(f"drives through a barrier at {via}")
            if any((x, (via,), y) in self.no for x in before for y in after if not (x == y and a != c)):
                faults.append(f"forbidden turn {before} {via} {after}")
            bound = [self.only[x, via] for x in before if (x, via) in self.only and x not in after - {x}]
            if bound and not set(bound) & after and len(before) == 1:
                faults.append(f"{before} {via} {after}, but only into {bound}")
        return faults + self._long_turns(steps)

    def _long_turns(self, steps):
        """Return forbidden turns by ways between, in the order of ways driven."""
        driven = [min(ways) for _, _, ways in steps if ways]
        order = [way for place, way in enumerate(driven) if place == 0 or driven[place - 1] != way]
        return [
            f"forbidden turn {a} {via} {b}"
            for a, via, b in self.no
            if via[0] in self.drives
            and any(tuple(order[k : k + len(via) + 2]) == (a, *via, b) for k in range(len(order)))
        ]

    def _nodes_of(self, points):
        """Return the nodes a line passes, told apart by the streets where several lie at one spot."""
        chain = []
        for lon, lat in points:
            found = self.node_at(lon, lat)
            if chain and found:
                found = [n for n in found if (chain[-1], n) in self.ways] or found
            if found and found[0] not in chain[-1:]:
                chain.append(found[0])
        return chain

    def _is_at(self, place, node):
        return math.dist(self._flat(place), self._flat(self.place[node])) < 0.03

    def _end(self, place, node, *, out):
        """Return the node from which (to which) the first (last) piece of a drive leads."""
        here = shapely.Point(self._flat(place))
        away = {
            pair: shapely.LineString([self._flat(self.place[n]) for n in pair]).distance(here)
            for pair in self.ways
            if pair[1 if out else 0] == node
        }
        nearest = min(away, key=away.__getitem__, default=None)
        return None if nearest is None or away[nearest] > 0.05 else nearest[0 if out else 1]

    def _lies_on_a_street(self, points):
        line = shapely.LineString([self._flat(point) for point in points])
        for a, b in self.ways:
            if abs(self.place[a][0] - points[0][0]) < 0.01 and abs(self.place[a][1] - points[0][1]) < 0.01:
                street = shapely.LineString([self._flat(self.place[a]), self._flat(self.place[b])])
                ends = [street.distance(shapely.Point(p)) for p in (line.coords[0], line.coords[-1])]
                along = [street.project(shapely.Point(p)) for p in (line.coords[0], line.coords[-1])]
                if max(ends) < 0.05 and along[0] <= along[1] + 0.05:
                    return True
        return False

    @staticmethod
    def _flat(place):
        lon, lat = place
        return lon * 111_320 * math.cos(math.radians(lat)), lat * 110_574
