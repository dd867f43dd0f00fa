"""A unit's route as GPX 1.1: stops, turns, and the way with its times."""

from __future__ import annotations

from datetime import timedelta, tzinfo
from typing import Any, Final

import geopandas as gpd
import gpxpy.gpx
import numpy as np
import pyproj
import shapely

from ..coverage.projection import to_wgs84
from ..coverage.results import PatrolPlan
from .times import HOME_ZONE, time_zone
from .unit_route import DECIMALS, named, unit_route, utc, without_control

ATTRIBUTION: Final = "© OpenStreetMap contributors"
LICENCE: Final = "https://opendatacommons.org/licenses/odbl/1-0/"


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
    driven = unit_route(plan, unit, crs)
    clock = time_zone(zone)
    gpx = gpxpy.gpx.GPX()
    gpx.creator = "Kuzet"
    gpx.name = without_control(str(unit))
    gpx.description = attribution
    gpx.copyright_author, gpx.copyright_license = attribution, LICENCE
    gpx.time = driven.begins
    gpx.waypoints = [
        _stop(visit, place, clock, unnamed) for visit, place in zip(driven.visits, driven.places, strict=True)
    ]
    legs = driven.legs
    route, track = gpxpy.gpx.GPXRoute(name=gpx.name), gpxpy.gpx.GPXTrack(name=gpx.name)
    route.points = _turns(legs, unnamed)
    for leg, degrees in zip(legs.to_dict("records"), to_wgs84(legs).geometry, strict=True):
        track.segments.append(_segment(leg, shapely.get_coordinates(degrees)))
    if not driven.visits and legs.empty:
        return gpx.to_xml(version="1.1").encode()
    gpx.routes.append(route)
    gpx.tracks.append(track)
    return gpx.to_xml(version="1.1").encode()


def _stop(visit: dict[str, Any], place: shapely.Point, clock: tzinfo, unnamed: str) -> gpxpy.gpx.GPXWaypoint:
    arrive, leave = (utc(visit[name]) for name in ("arrive", "leave"))
    hours = f"{arrive.astimezone(clock):%H:%M} - {leave.astimezone(clock):%H:%M}"
    return gpxpy.gpx.GPXWaypoint(
        latitude=round(place.y, DECIMALS),
        longitude=round(place.x, DECIMALS),
        time=arrive,
        name=without_control(f"{visit['order']}. {named(visit['name'], unnamed)}"),
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
            names.append(named(name, unnamed))
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
        name=without_control(name),
        description=told,
    )


def _segment(leg: dict[str, Any], degrees: np.ndarray) -> gpxpy.gpx.GPXTrackSegment:
    """Give the points of a leg, the time of each by the share of the way behind it."""
    metres = shapely.get_coordinates(leg["geometry"])
    gone = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(metres, axis=0).T))])
    share = gone / gone[-1] if gone[-1] > 0 else np.linspace(0, 1, len(gone))
    depart, arrive = utc(leg["depart"]), utc(leg["arrive"])
    segment = gpxpy.gpx.GPXTrackSegment()
    for (longitude, latitude), part in zip(degrees, share, strict=True):
        moment = depart + timedelta(seconds=round((arrive - depart).total_seconds() * float(part), 3))
        segment.points.append(
            gpxpy.gpx.GPXTrackPoint(
                round(float(latitude), DECIMALS), round(float(longitude), DECIMALS), time=moment
            )
        )
    return segment
