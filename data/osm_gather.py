"""One pass over a file that picks out what Kuzet needs, each thing handed to the module that knows it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, cast

import geopandas as gpd
import osmium
import osmium.filter
import osmium.geom
import osmium.io
import pandas as pd
import shapely
from shapely.geometry import LineString, MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from ..coverage.projection import WGS84
from ..coverage.schema import BARRIERS, BUILDINGS, STATIONS, SUPPORTS, FrameSchema, complete_frame
from .osm_areas import basemap_kind, building_columns, is_building, is_open_building, is_station
from .osm_barriers import barrier_columns, barrier_kind
from .osm_cameras import CameraRows, is_camera
from .osm_file import Bounds
from .osm_graph import StreetWays
from .osm_streets import is_open_at_times, is_street, stops_cars
from .osm_supports import support_columns, support_kind
from .osm_tags import Tags
from .osm_turns import RESTRICTION_KEYS, Turns

_KEYS: Final = (
    "highway",
    "building",
    "barrier",
    "man_made",
    "amenity",
    "power",
    "advertising",
    "natural",
    "landuse",
    "leisure",
    "waterway",
    *RESTRICTION_KEYS,
)
_METRES_PER_DEGREE: Final = 111_320.0
_LAYERS: Final = ("water", "green", "landuse")


@dataclass
class Gathered:
    """What has been picked out of a file so far."""

    within: Bounds | None = None
    ways: StreetWays = field(default_factory=StreetWays)
    cameras: CameraRows = field(default_factory=CameraRows)
    buildings: list[dict[str, object]] = field(default_factory=list)
    barriers: list[dict[str, object]] = field(default_factory=list)
    stations: list[dict[str, object]] = field(default_factory=list)
    turns: Turns = field(default_factory=Turns)
    supports: list[dict[str, object]] = field(default_factory=list)
    features: dict[str, list[dict[str, object]]] = field(
        default_factory=lambda: {name: [] for name in _LAYERS}
    )
    squares: list[tuple[int, Tags, list[tuple[int, float, float]]]] = field(default_factory=list)
    streets_closed: int = 0
    streets_conditional: int = 0
    streets_outside: int = 0
    areas_wanted: int = 0
    areas_built: int = 0
    buildings_wanted: int = 0
    buildings_open: int = 0

    @property
    def areas_dropped(self) -> int:
        """Areas that were asked for and could not be closed from the data."""
        return self.areas_wanted - self.areas_built

    @property
    def buildings_dropped(self) -> int:
        """Buildings among them."""
        return self.buildings_wanted - len(self.buildings)

    def buildings_frame(self) -> gpd.GeoDataFrame:
        """Return the buildings as a frame of the schema."""
        return _frame(self.buildings, BUILDINGS.names, schema=BUILDINGS)

    def barriers_frame(self) -> gpd.GeoDataFrame:
        """Return walls, fences, hedges and rows of trees as a frame of the schema."""
        return _frame(self.barriers, BARRIERS.names, schema=BARRIERS)

    def stations_frame(self) -> gpd.GeoDataFrame:
        """Return the police stations as a frame of the schema."""
        return _frame(self.stations, ["id", "name"], schema=STATIONS)

    def supports_frame(self) -> gpd.GeoDataFrame:
        """Return the points a camera could be fixed to, as a frame of the schema."""
        return _frame(self.supports, SUPPORTS.names, schema=SUPPORTS)

    def basemap_frames(self) -> dict[str, gpd.GeoDataFrame]:
        """Return the layers of the base map, cut to the part of the world that was asked for."""
        frames = {name: _frame(rows, ["kind", "name"]) for name, rows in self.features.items()}
        if self.within is None:
            return frames
        return {name: _cut(frame, self.within) for name, frame in frames.items()}


def gather(file: osmium.io.File, *, within: Bounds | None = None) -> Gathered:
    """Pick out of a file in order everything that touches a box, or everything.

    Parameters
    ----------
    file : osmium.io.File
        Nodes first, then ways, then relations.
    within : tuple of float, optional
        West, south, east, north. A street or an area that touches it is taken whole.
    """
    gathered = Gathered(within=within)
    shapes = osmium.geom.WKBFactory()
    processor = (
        osmium.FileProcessor(file).with_locations().with_areas().with_filter(osmium.filter.KeyFilter(*_KEYS))
    )
    for thing in cast(Iterable[Any], processor):
        if thing.deleted:
            continue
        tags = dict(thing.tags)
        if thing.is_node():
            _take_node(gathered, thing, tags)
        elif thing.is_way():
            _take_way(gathered, thing, tags)
        elif thing.is_area():
            _take_area(gathered, thing, tags, shapes)
        elif tags.get("type", "").startswith("restriction"):
            members = [(member.role, member.type, member.ref) for member in thing.members]
            gathered.turns.add(thing.id, tags, members)
        elif within is None and tags.get("type") == "multipolygon" and _is_wanted_relation(tags):
            _want_area(gathered, tags)
    gathered.ways.add_squares(gathered.squares)
    return gathered


def widen_box(box: Bounds, metres: float) -> Bounds:
    """Return a box with so many metres more on each side."""
    west, south, east, north = box
    up = metres / _METRES_PER_DEGREE
    side = up / math.cos(math.radians(max(abs(south), abs(north))))
    return west - side, south - up, east + side, north + up


def _take_node(gathered: Gathered, node: Any, tags: dict[str, str]) -> None:
    if not node.location.valid() or not _is_inside(gathered.within, node.lon, node.lat):
        return
    if is_camera(tags):
        gathered.cameras.add(f"n{node.id}", tags, node.lon, node.lat)
    if stops_cars(tags):
        gathered.ways.barred[node.id] = tags["barrier"]
    if is_station(tags):
        gathered.stations.append(
            {"id": f"n{node.id}", "name": tags.get("name"), "geometry": Point(node.lon, node.lat)}
        )
    if support_kind(tags) is not None:
        place = Point(node.lon, node.lat)
        gathered.supports.append({"id": f"n{node.id}", **support_columns(tags), "geometry": place})


def _take_way(gathered: Gathered, way: Any, tags: dict[str, str]) -> None:
    points = [(node.ref, node.lon, node.lat) if node.location.valid() else None for node in way.nodes]
    present = [point for point in points if point is not None]
    inside = _crosses(gathered.within, present)
    if "highway" in tags and is_street(tags):
        if inside:
            gathered.ways.add(way.id, tags, points)
            gathered.streets_conditional += is_open_at_times(tags)
        elif len(present) > 1:
            gathered.streets_outside += 1
    elif "highway" in tags and inside:
        gathered.streets_closed += 1
    if not inside:
        return
    if _is_wanted_area(tags):
        _want_area(gathered, tags)
    if is_camera(tags):
        middle = shapely.centroid(shapely.MultiPoint([(x, y) for _, x, y in present]))
        gathered.cameras.add(f"w{way.id}", tags, middle.x, middle.y)
    if barrier_kind(tags) is not None:
        # of a closed way it is the rim
        _take_barrier(gathered, f"w{way.id}", tags, _cut_lines(points))
    layer = basemap_kind(tags, line=True)
    if layer is not None:
        for line in _cut_lines(points):
            _add_feature(gathered, layer, tags, line)


def _take_barrier(
    gathered: Gathered, identity: str, tags: dict[str, str], lines: Iterable[LineString]
) -> None:
    for number, line in enumerate(lines, start=1):
        # a way that leaves the clip and comes back is several lines, each with an id of its own
        own = identity if number == 1 else f"{identity}-{number}"
        gathered.barriers.append({"id": own, **barrier_columns(tags), "geometry": line})


def _cut_lines(points: Sequence[tuple[int, float, float] | None]) -> list[LineString]:
    """Return the unbroken runs of a way, None where a node is missing."""
    gap = [-1, *(index for index, point in enumerate(points) if point is None), len(points)]
    runs = [
        [point[1:] for point in points[before + 1 : after] if point is not None]
        for before, after in pairwise(gap)
    ]
    return [LineString(run) for run in runs if len(set(run)) > 1]


def _take_area(gathered: Gathered, area: Any, tags: dict[str, str], shapes: osmium.geom.WKBFactory) -> None:
    square = tags | {"area": "yes"}
    if not area.from_way() and "highway" in tags and is_street(square):
        for ring in area.outer_rings():
            points = [(node.ref, node.lon, node.lat) for node in ring]
            if _crosses(gathered.within, points):
                gathered.squares.append((-area.orig_id(), square, points))
    # an area whose rings cross or do not close comes without rings
    wanted = _is_wanted_area(tags) if area.from_way() else _is_wanted_relation(tags)
    if not (wanted or is_open_building(tags)) or area.num_rings()[0] == 0:
        return
    shape = shapely.from_wkb(shapes.create_multipolygon(area))
    if isinstance(shape, MultiPolygon) and len(shape.geoms) == 1:
        shape = shape.geoms[0]
    if not _overlaps(gathered.within, shape):
        return
    gathered.buildings_open += is_open_building(tags)
    identity = f"{'w' if area.from_way() else 'r'}{area.orig_id()}"
    if wanted:
        # relations of a file that is larger than the box cannot be told to belong to it before they are built
        if not area.from_way() and gathered.within is not None:
            _want_area(gathered, tags)
        gathered.areas_built += 1
    if not area.from_way() and barrier_kind(tags) is not None:
        rims = [LineString(ring) for part in shapely.get_parts(shape) for ring in shapely.get_rings(part)]
        _take_barrier(gathered, identity, tags, rims)
    if is_building(tags):
        gathered.buildings.append({"id": identity, **building_columns(tags), "geometry": shape})
    if is_station(tags):
        place = shape.representative_point()
        gathered.stations.append({"id": identity, "name": tags.get("name"), "geometry": place})
    layer = basemap_kind(tags)
    if layer is not None:
        _add_feature(gathered, layer, tags, shape)


def _add_feature(
    gathered: Gathered, layer: tuple[str, str], tags: dict[str, str], shape: BaseGeometry
) -> None:
    name, kind = layer
    gathered.features[name].append({"kind": kind, "name": tags.get("name"), "geometry": shape})


def _want_area(gathered: Gathered, tags: dict[str, str]) -> None:
    gathered.areas_wanted += 1
    gathered.buildings_wanted += is_building(tags)


def _is_wanted_area(tags: dict[str, str]) -> bool:
    return is_building(tags) or is_station(tags) or basemap_kind(tags) is not None


def _is_wanted_relation(tags: dict[str, str]) -> bool:
    return _is_wanted_area(tags) or barrier_kind(tags) is not None


def _is_inside(within: Bounds | None, x: float, y: float) -> bool:
    return within is None or (within[0] <= x <= within[2] and within[1] <= y <= within[3])


def _crosses(within: Bounds | None, points: Sequence[tuple[int, float, float]]) -> bool:
    if any(_is_inside(within, x, y) for _, x, y in points):
        return True
    if within is None or len(points) < 2:
        return False
    # a long stretch can lead through the box with both its ends outside
    line = LineString([(x, y) for _, x, y in points])
    return _overlaps(within, line) and line.intersects(shapely.box(*within))


def _overlaps(within: Bounds | None, shape: BaseGeometry) -> bool:
    if within is None:
        return True
    west, south, east, north = shape.bounds
    return west <= within[2] and east >= within[0] and south <= within[3] and north >= within[1]


def _cut(frame: gpd.GeoDataFrame, within: Bounds) -> gpd.GeoDataFrame:
    inside = frame.assign(geometry=frame.geometry.intersection(shapely.box(*within)))
    # what only touches the edge is left as a point
    kept = ~inside.geometry.is_empty & ~inside.geometry.geom_type.isin(["Point", "MultiPoint"])
    return gpd.GeoDataFrame(inside[kept].reset_index(drop=True), geometry="geometry", crs=WGS84)


def _frame(
    rows: list[dict[str, object]], columns: list[str], *, schema: FrameSchema | None = None
) -> gpd.GeoDataFrame:
    frame = pd.DataFrame(rows, columns=[*columns, "geometry"])
    numbers = [column.name for column in schema.columns if column.kind == "number"] if schema else []
    for name in columns:
        if name in numbers:
            frame[name] = frame[name].astype("float64")
        else:
            frame[name] = frame[name].astype("object").where(frame[name].notna(), None)
    whole = frame if schema is None else complete_frame(frame, schema)
    return gpd.GeoDataFrame(whole, geometry="geometry", crs=WGS84)
