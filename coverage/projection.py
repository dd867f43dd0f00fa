"""WGS 84 at the border, one local metric system inside."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import pyproj

from .errors import InvalidInputError

WGS84: Final = pyproj.CRS.from_epsg(4326)


def metric_crs(bounds: tuple[float, float, float, float]) -> pyproj.CRS:
    """Return a transverse Mercator system centred on a box, true to scale at its middle.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north in degrees (WGS 84).

    Returns
    -------
    pyproj.CRS
        Metres. Ten kilometres east or west of the middle a metre is too long by 1.2 parts in a
        million, against 400 in a zone of UTM.

    Raises
    ------
    InvalidInputError
        When the box is empty or leaves the world.
    """
    west, south, east, north = bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise InvalidInputError("box_outside_world")
    # six decimals (0.1 m) keep the definition short, and equal for equal data
    middle = (round((south + north) / 2, 6), round((west + east) / 2, 6))
    return pyproj.CRS.from_proj4(
        f"+proj=tmerc +lat_0={middle[0]} +lon_0={middle[1]} +k=1 +x_0=0 +y_0=0 +ellps=WGS84 +units=m +no_defs"
    )


def to_metric(frame: gpd.GeoDataFrame, crs: pyproj.CRS) -> gpd.GeoDataFrame:
    """Return a copy in metres; a frame that names no system is taken as WGS 84."""
    return (frame.set_crs(WGS84) if frame.crs is None else frame).to_crs(crs)


def to_wgs84(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a copy in longitude and latitude (WGS 84)."""
    if frame.crs is None:
        raise InvalidInputError("no_crs")
    return frame.to_crs(WGS84)
