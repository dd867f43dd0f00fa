"""OpenStreetMap files (`.osm.pbf`, `.osm`) -> streets, buildings, barriers, cameras, stations, a base map."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import geopandas as gpd
import networkx as nx
import pandas as pd

from ..coverage.errors import InvalidInputError, OtherPlaceError
from ..coverage.progress import Progress, part, silent
from ..coverage.schema import (
    BARRIERS,
    BUILDINGS,
    CAMERAS,
    RESTRICTIONS,
    STATIONS,
    STREETS,
    SUPPORTS,
    require_frame,
)
from .osm_file import Bounds, Survey, damage_told, opened_osm
from .osm_gather import Gathered, gather, widen_box
from .osm_graph import bar_ways, build_graph

BUFFER_M: Final = 500.0


@dataclass(frozen=True)
class Extract:
    """What a piece of OpenStreetMap holds for Kuzet; all frames in WGS 84.

    Attributes
    ----------
    graph : networkx.MultiDiGraph
        Directed street graph as osmnx makes it: nodes with `x`, `y`; see `osm_graph.build_graph`.
    streets, restrictions, buildings, barriers, cameras, stations, supports : GeoDataFrame
        Frames of `coverage.schema`; streets also carry `name_kk`, `name_ru`, `name_en`.
    basemap : dict
        `water`, `green`, `landuse`: frames with `kind` and `name`.
    bounds : tuple of float
        West, south, east, north of the city: what is reported on. The data reaches further.
    name : str
        The city.
    report : dict
        Counts of what was lost or is in doubt: `ways_clipped` (= `ways_mended` + `ways_dropped`),
        `nodes_missing`, `areas_dropped` (`buildings_dropped` of them), `buildings_open` (left out because
        they hide nothing of a street: roofs on posts, bridges, cellars), `streets_closed` (construction,
        private grounds, indoors), `streets_conditional` (open to cars at some hours only: taken as open),
        `turns_kept` (`turns_conditional` of them hold at some hours), `turns_left` (not for cars, or on ways
        that cars do not use here), `turns_unread` (not clear which turn is meant), `barriers_on_roads`,
        `bearings_unread`, `values_unread`, `was_unsorted`.
    unread : DataFrame
        Every value of a camera's tag that was not understood: `id`, `tag`, `value`.
    """

    graph: nx.MultiDiGraph
    streets: gpd.GeoDataFrame
    restrictions: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    cameras: gpd.GeoDataFrame
    stations: gpd.GeoDataFrame
    basemap: dict[str, gpd.GeoDataFrame]
    supports: gpd.GeoDataFrame
    bounds: Bounds
    name: str
    report: dict[str, int]
    unread: pd.DataFrame = field(default_factory=pd.DataFrame)


def read_osm(
    path: Path,
    *,
    name: str | None = None,
    box: Bounds | None = None,
    buffer_m: float = BUFFER_M,
    progress: Progress = silent,
) -> Extract:
    """Read a file of OpenStreetMap, whole or clipped, sorted or not.

    Parameters
    ----------
    path : Path
        `.osm.pbf` or `.osm`; the kind is taken from the content.
    name : str, optional
        The city's name; by default the file's.
    box : tuple of float, optional
        West, south, east, north. Things outside it, but within `buffer_m`, are read too: a street or a
        camera beyond the edge matters inside it.
    buffer_m : float
        Metres round the box.
    progress : Progress
        Told how far the work is.

    Returns
    -------
    Extract
        Its bounds are the box, else the file's own box as far as there is data.

    Raises
    ------
    UnknownFormatError, InvalidInputError, TooLargeError
        See `osm_file.opened_osm`; or the file has no street.
    OtherPlaceError
        The file has streets, none of them in the box.
    """
    if box is not None:
        check_box(box)
    progress(0.0, "steps.osm_survey")
    with opened_osm(path) as (file, survey):
        progress(0.2, "steps.osm_read")
        with damage_told(survey):
            gathered = gather(file, within=None if box is None else widen_box(box, buffer_m))
    if not gathered.ways.pieces:
        if gathered.streets_outside:
            raise OtherPlaceError("osm_box_elsewhere")
        raise InvalidInputError("osm_no_streets")
    graph_progress = part(progress, 0.5, 1.0)
    graph_progress(0.0, "steps.osm_graph")
    graph, streets = build_graph(gathered.ways)
    turns = gathered.turns.frame(graph)
    bars = bar_ways(graph, gathered.ways.barred)
    extract = Extract(
        graph=graph,
        streets=streets,
        restrictions=gpd.GeoDataFrame(pd.concat([turns, bars], ignore_index=True)),
        buildings=gathered.buildings_frame(),
        barriers=gathered.barriers_frame(),
        cameras=gathered.cameras.frame(),
        stations=gathered.stations_frame(),
        basemap=gathered.basemap_frames(),
        supports=gathered.supports_frame(),
        bounds=box or _own_bounds(survey, streets),
        name=name or path.name.removesuffix(".pbf").removesuffix(".osm"),
        report=_report(survey, gathered, bars),
        unread=gathered.cameras.unread_frame(),
    )
    require_frame(extract.streets, STREETS)
    require_frame(extract.restrictions, RESTRICTIONS)
    require_frame(extract.buildings, BUILDINGS)
    require_frame(extract.barriers, BARRIERS)
    require_frame(extract.cameras, CAMERAS)
    require_frame(extract.stations, STATIONS)
    require_frame(extract.supports, SUPPORTS)
    graph_progress(1.0, "steps.osm_graph")
    return extract


def check_box(box: Bounds) -> None:
    """Raise InvalidInputError unless a box is west, south, east, north in degrees and has an inside."""
    west, south, east, north = box
    if not (-180 <= west < east <= 180 and -90 < south < north < 90):
        raise InvalidInputError("osm_box_wrong")


def _own_bounds(survey: Survey, streets: gpd.GeoDataFrame) -> Bounds:
    """Return the file's box as far as there are streets: some files say the whole world, some nothing."""
    west, south, east, north = (float(edge) for edge in streets.total_bounds)
    if survey.header_box is not None:
        own = survey.header_box
        cut = (max(west, own[0]), max(south, own[1]), min(east, own[2]), min(north, own[3]))
        if cut[0] < cut[2] and cut[1] < cut[3]:
            return cut
    return west, south, east, north


def _report(survey: Survey, gathered: Gathered, bars: gpd.GeoDataFrame) -> dict[str, int]:
    turns = gathered.turns.counts
    unread = gathered.cameras.unread
    bearings = sum("direction" in tag for _, tag, _ in unread)
    return {
        "ways_clipped": survey.ways_clipped,
        "ways_mended": survey.ways_clipped - survey.ways_too_short,
        "ways_dropped": survey.ways_too_short,
        "nodes_missing": len(survey.missing),
        "areas_dropped": gathered.areas_dropped,
        "buildings_dropped": gathered.buildings_dropped,
        "buildings_open": gathered.buildings_open,
        "streets_closed": gathered.streets_closed,
        "streets_conditional": gathered.streets_conditional,
        "turns_kept": turns["kept"],
        "turns_conditional": turns["conditional"],
        "turns_left": turns["of_others"] + turns["elsewhere"],
        "turns_unread": turns["unread"] + turns["ambiguous"],
        "barriers_on_roads": int(bars.geometry.to_wkb().nunique()),
        "bearings_unread": bearings,
        "values_unread": len(unread) - bearings,
        "was_unsorted": int(survey.was_unsorted),
    }
