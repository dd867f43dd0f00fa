"""A unit's route as GPX 1.1: stops, turns, and the way with its times."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final, cast

import geopandas as gpd
import gpxpy.gpx
import numpy as np
import pandas as pd
import pyproj
import shapely

from ..coverage.errors import NotFoundError
from ..coverage.projection import to_wgs84
from ..coverage.results import PatrolPlan
from .times import HOME_ZONE, time_zone

ATTRIBUTION: Final = "© OpenStreetMap contributors"
LICENCE: Final = "https://opendatacommons.org/licenses/odbl/1-0/"
DECIMALS: Final = 7
"""Of a degree: about a centimetre."""
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def routes_to_gpx(
    plan: PatrolPlan,
    unit: str,
    crs: pyproj.CRS | None = None,
    *,
    zone: str = HOME_ZONE,
    unnamed: str = "—",
    attribution: str = ATTRIBUTION,
) -> bytes:
    """Write the route of one unit as GPX 1.1.

    Parameters
    ----------
    plan : PatrolPlan
        Timed routes.
    unit : str
        Whose route.
    crs : pyproj.CRS, optional
        The system of the plan's geometry, where it does not name one itself.
    zone : str
        The clock of the texts; the times themselves are in UTC.
    unnamed : str
        What to call a street without a name.
    attribution : str
        Whose data the streets are.

    Returns
    -------
    bytes
        Waypoints: the stops in the order of the visits, with their times. A route: the streets to turn
        into, in order. A track: every point of the way with its time, one segment a leg.

    Raises
    ------
    NotFoundError
        `unit_not_in_plan`.
    """
    if unit not in set(plan.units["id"]):
        raise NotFoundError("unit_not_in_plan", unit=str(unit)[:60])
    clock = time_zone(zone)
    gpx = gpxpy.gpx.GPX()
    gpx.creator = "Kuzet"
    gpx.name = _xml(str(unit))
    gpx.description = attribution
    gpx.copyright_author, gpx.copyright_license = attribution, LICENCE
    gpx.time = _utc(plan.units.loc[plan.units["id"] == unit, "shift_start"].iloc[0])
    visits = plan.visits.loc[plan.visits["unit"] == unit].sort_values("order")
    places = _by_stop(plan, crs)
    gpx.waypoints = [
        _stop(visit, places[visit["stop"]], clock, unnamed) for visit in visits.to_dict("records")
    ]
    legs = _with_crs(plan.legs, crs)
    legs = gpd.GeoDataFrame(legs.loc[legs["unit"] == unit].sort_values("order"))
    route, track = gpxpy.gpx.GPXRoute(name=gpx.name), gpxpy.gpx.GPXTrack(name=gpx.name)
    route.points = _turns(legs, unnamed)
    for leg, degrees in zip(legs.to_dict("records"), to_wgs84(legs).geometry, strict=True):
        track.segments.append(_segment(leg, shapely.get_coordinates(degrees)))
    if visits.empty and legs.empty:
        return gpx.to_xml(version="1.1").encode()
    gpx.routes.append(route)
    gpx.tracks.append(track)
    return gpx.to_xml(version="1.1").encode()


def _with_crs(frame: gpd.GeoDataFrame, crs: pyproj.CRS | None) -> gpd.GeoDataFrame:
    return frame.set_crs(crs) if frame.crs is None and crs is not None else frame


def _by_stop(plan: PatrolPlan, crs: pyproj.CRS | None) -> dict[object, shapely.Point]:
    stops = to_wgs84(_with_crs(plan.stops, crs))
    return dict(zip(stops["stop"], stops.geometry, strict=True))


def _stop(visit: dict[str, Any], place: shapely.Point, clock: tzinfo, unnamed: str) -> gpxpy.gpx.GPXWaypoint:
    arrive, leave = (_utc(visit[name]) for name in ("arrive", "leave"))
    hours = f"{arrive.astimezone(clock):%H:%M} - {leave.astimezone(clock):%H:%M}"
    return gpxpy.gpx.GPXWaypoint(
        latitude=round(place.y, DECIMALS),
        longitude=round(place.x, DECIMALS),
        time=arrive,
        name=_xml(f"{visit['order']}. {_name(visit['name'], unnamed)}"),
        description=hours,
        type="stop",
    )


def _turns(legs: gpd.GeoDataFrame, unnamed: str) -> list[gpxpy.gpx.GPXRoutePoint]:
    """Give a point where each street of a leg begins, and the end of each leg."""
    places, names, told = [], [], []
    for leg in legs.to_dict("records"):
        gone, whole = 0.0, sum(float(metres) for _, metres in leg["turns"]) or 1.0
        for name, metres in leg["turns"]:
            # in metres: on a line in degrees half of the way is not half of the street
            places.append(leg["geometry"].interpolate(gone / whole, normalized=True))
            names.append(_name(name, unnamed))
            told.append(f"{metres:.0f} m")
            gone += float(metres)
        places.append(leg["geometry"].interpolate(1.0, normalized=True))
        names.append(f"{leg['order']}")
        told.append(None)
    degrees = to_wgs84(gpd.GeoDataFrame(geometry=places, crs=legs.crs)).geometry
    return [_route_point(*parts) for parts in zip(degrees, names, told, strict=True)]


def _route_point(place: shapely.Point, name: str, told: str | None) -> gpxpy.gpx.GPXRoutePoint:
    return gpxpy.gpx.GPXRoutePoint(
        latitude=round(place.y, DECIMALS),
        longitude=round(place.x, DECIMALS),
        name=_xml(name),
        description=told,
    )


def _segment(leg: dict[str, Any], degrees: np.ndarray) -> gpxpy.gpx.GPXTrackSegment:
    """Give the points of a leg, the time of each by the share of the way behind it."""
    metres = shapely.get_coordinates(leg["geometry"])
    gone = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(metres, axis=0).T))])
    share = gone / gone[-1] if gone[-1] > 0 else np.linspace(0, 1, len(gone))
    depart, arrive = _utc(leg["depart"]), _utc(leg["arrive"])
    segment = gpxpy.gpx.GPXTrackSegment()
    for (longitude, latitude), part in zip(degrees, share, strict=True):
        moment = depart + timedelta(seconds=round((arrive - depart).total_seconds() * float(part), 3))
        segment.points.append(
            gpxpy.gpx.GPXTrackPoint(
                round(float(latitude), DECIMALS), round(float(longitude), DECIMALS), time=moment
            )
        )
    return segment


def _utc(moment: Any) -> datetime:
    return cast(datetime, pd.Timestamp(moment).to_pydatetime()).astimezone(UTC)


def _name(name: object, unnamed: str) -> str:
    return name if isinstance(name, str) and name.strip() else unnamed


def _xml(text: str) -> str:
    """Leave out the signs that XML cannot hold."""
    return _NOT_XML.sub("", text)
