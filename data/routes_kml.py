"""A unit's route as KML 2.2 (OGC 07-147r2): stops with their times, legs in driving order."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from xml.etree import ElementTree

import pyproj
import shapely

from ..coverage.projection import to_wgs84
from ..coverage.results import PatrolPlan
from .routes_gpx import ATTRIBUTION
from .times import HOME_ZONE, time_zone
from .unit_route import DECIMALS, named, unit_route, utc, without_control

NAMESPACE: Final = "http://www.opengis.net/kml/2.2"
# aabbggrr, as KML writes colours
_LINE: Final = "ffb27200"


def routes_to_kml(
    plan: PatrolPlan,
    unit: str,
    crs: pyproj.CRS | None = None,
    *,
    zone: str = HOME_ZONE,
    unnamed: str = "—",
    attribution: str = ATTRIBUTION,
) -> bytes:
    """Write the route of one unit as KML.

    Parameters
    ----------
    plan : PatrolPlan
        Timed routes.
    unit : str
        Whose route.
    crs : pyproj.CRS, optional
        The system of the plan's geometry, where it does not name one itself.
    zone : str
        The clock of the texts; the times of the elements are in UTC.
    unnamed : str
        What to call a street without a name.
    attribution : str
        Whose data the streets are.

    Returns
    -------
    bytes
        Two folders: the stops as points in the order of the visits, each from arrival to departure; the
        legs as lines, each with the streets it follows.

    Raises
    ------
    NotFoundError
        `unit_not_in_plan`.
    """
    route = unit_route(plan, unit, crs)
    clock = time_zone(zone)
    root = ElementTree.Element("kml", xmlns=NAMESPACE)
    document = ElementTree.SubElement(root, "Document")
    _text(document, "name", unit)
    _text(document, "description", attribution)
    style = ElementTree.SubElement(document, "Style", id="way")
    line = ElementTree.SubElement(style, "LineStyle")
    _text(line, "color", _LINE)
    _text(line, "width", "4")
    stops = _folder(document, "stops")
    for visit, place in zip(route.visits, route.places, strict=True):
        arrive, leave = (utc(visit[name]) for name in ("arrive", "leave"))
        mark = _placemark(
            stops,
            f"{visit['order']}. {named(visit['name'], unnamed)}",
            f"{arrive.astimezone(clock):%H:%M} - {leave.astimezone(clock):%H:%M}",
            arrive,
            leave,
        )
        point = ElementTree.SubElement(mark, "Point")
        _text(point, "coordinates", _places(place))
    legs = _folder(document, "legs")
    for leg, degrees in zip(route.legs.to_dict("records"), to_wgs84(route.legs).geometry, strict=True):
        turns = [f"{named(name, unnamed)} {metres:.0f} m" for name, metres in leg["turns"]]
        mark = _placemark(
            legs, f"{leg['order']}", " > ".join(turns), utc(leg["depart"]), utc(leg["arrive"]), style="#way"
        )
        drawn = ElementTree.SubElement(mark, "LineString")
        _text(drawn, "tessellate", "1")
        _text(drawn, "coordinates", _places(degrees))
    return ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _folder(document: ElementTree.Element, name: str) -> ElementTree.Element:
    folder = ElementTree.SubElement(document, "Folder")
    _text(folder, "name", name)
    return folder


def _placemark(
    folder: ElementTree.Element, name: str, told: str, begin: datetime, end: datetime, *, style: str = ""
) -> ElementTree.Element:
    """Begin a place mark; the schema asks for this order of its parts."""
    mark = ElementTree.SubElement(folder, "Placemark")
    _text(mark, "name", name)
    if told:
        _text(mark, "description", told)
    span = ElementTree.SubElement(mark, "TimeSpan")
    _text(span, "begin", f"{begin:%Y-%m-%dT%H:%M:%SZ}")
    _text(span, "end", f"{end:%Y-%m-%dT%H:%M:%SZ}")
    if style:
        _text(mark, "styleUrl", style)
    return mark


def _text(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = without_control(text)


def _places(shape: shapely.Geometry) -> str:
    return " ".join(f"{x:.{DECIMALS}f},{y:.{DECIMALS}f}" for x, y in shapely.get_coordinates(shape).tolist())
