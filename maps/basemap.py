"""The quiet base map: vector tiles of our own streets and buildings in one PMTiles archive."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pyogrio

from ..coverage.errors import InvalidInputError
from ..coverage.projection import WGS84

LOWEST_ZOOM: Final = 9
HIGHEST_ZOOM: Final = 15
"""The page enlarges the tiles of zoom 15 (0.15 m a step) for every closer look."""

_CLASSES: Final = {
    "motorway": 1, "trunk": 1, "primary": 1,
    "secondary": 2, "tertiary": 2,
    "unclassified": 3, "residential": 3, "living_street": 3, "road": 3, "busway": 3,
    "pedestrian": 4,
    "service": 5, "track": 5,
}  # fmt: skip
_PATH: Final = 6


def build_basemap(
    streets: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, features: Mapping[str, gpd.GeoDataFrame]
) -> bytes:
    """Build the base map of a city.

    Parameters
    ----------
    streets : GeoDataFrame
        Directed edges of the street graph; each physical way is drawn once.
    buildings : GeoDataFrame
        Building outlines.
    features : mapping of str to GeoDataFrame
        Areas and lines under the keys `water`, `green` and `landuse`; a missing key is an empty layer.

    Returns
    -------
    bytes
        A PMTiles archive of one layer, `base`, with the columns `layer` (`landuse`, `green`, `water`,
        `buildings`, `streets`), `name` and `class` (streets: 1 main road to 6 footpath).

    Raises
    ------
    InvalidInputError
        When there are no streets.
    """
    if streets.empty:
        raise InvalidInputError("basemap_empty")
    layers = [
        _areas(features.get("landuse"), "landuse"),
        _areas(features.get("green"), "green"),
        _areas(features.get("water"), "water"),
        _areas(buildings, "buildings"),
        _street_lines(streets),
    ]
    drawn = gpd.GeoDataFrame(
        pd.concat([layer for layer in layers if len(layer)], ignore_index=True), crs=WGS84
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "basemap.pmtiles"
        # GDAL cannot add a second layer to this format: a column tells them apart instead
        pyogrio.write_dataframe(
            drawn,
            path,
            layer="base",
            driver="PMTiles",
            geometry_type="Unknown",
            MINZOOM=LOWEST_ZOOM,
            MAXZOOM=HIGHEST_ZOOM,
        )
        return path.read_bytes()


def _areas(frame: gpd.GeoDataFrame | None, layer: str) -> gpd.GeoDataFrame:
    empty = gpd.GeoDataFrame({"layer": [], "name": [], "class": []}, geometry=[], crs=WGS84)
    if frame is None or frame.empty:
        return empty
    wanted = frame[frame.geometry.notna() & ~frame.geometry.is_empty].to_crs(WGS84)
    if wanted.empty:
        return empty
    # names of areas are not drawn; a line (a stream) has class 1, an area 0
    lines = wanted.geom_type.isin(["LineString", "MultiLineString"]).astype("int32")
    return gpd.GeoDataFrame(
        {"layer": layer, "name": None, "class": lines.to_numpy()},
        geometry=wanted.geometry.to_numpy(),
        crs=WGS84,
    )


def _street_lines(streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    shapes = streets.geometry.to_crs(WGS84)
    # the two directions of a street are one line on the map
    once = (~shapes.normalize().to_wkb().duplicated()).to_numpy()
    names = streets["name"].astype("object")
    parts = gpd.GeoDataFrame(
        {
            "layer": "streets",
            "name": names.where(names.notna(), None).to_numpy()[once],
            "class": [_street_class(highway) for highway in streets["highway"].to_numpy()[once]],
        },
        geometry=shapes.to_numpy()[once],
        crs=WGS84,
    )
    # one long line carries its label where twenty pieces between corners have no room for it
    whole = parts.dissolve(by=["layer", "name", "class"], dropna=False, as_index=False)
    # footpaths first, main roads last: what comes later lies on top
    whole = whole.sort_values("class", ascending=False, kind="stable")
    columns = {name: whole[name].to_numpy() for name in ("layer", "name", "class")}
    return gpd.GeoDataFrame(columns, geometry=whole.geometry.line_merge().to_numpy(), crs=WGS84)


def _street_class(highway: object) -> int:
    return _CLASSES.get(str(highway).removesuffix("_link"), _PATH)
