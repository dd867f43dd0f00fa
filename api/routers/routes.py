"""Routes of the last patrol plan, for a unit's own navigator or map."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import HTMLResponse

from ...data.exports import route_layer, routes_to_gpx, routes_to_kml, to_geojson
from ..answers import latest, plan_of_unit
from ..dependencies import LanguageOf, ServicesOf
from ..documents import write_unit_page
from ..schemas import Link
from ..texts import absolute
from .static import html_page

GPX = "application/gpx+xml"
KML = "application/vnd.google-earth.kml+xml"
GEOJSON = "application/geo+json"
HTML = "text/html"
UnitName = Annotated[str, Path(max_length=200, examples=["synthetic-unit-1"])]

router = APIRouter(tags=["routes"])


@router.get("/routes", summary="Units and their routes")
def list_routes(request: Request, services: ServicesOf) -> dict[str, Any]:
    """List the units of the last plan, their timetables, and where their routes are, in each format."""
    run, plan = latest(services.store, "patrol")
    units = run.summary["units"]
    for unit in units:
        base = f"/routes/{quote(str(unit['id']), safe='')}"
        unit["links"] = [
            Link(href=absolute(request, f"{base}.{end}"), rel="item", type=kind)
            for end, kind in (("gpx", GPX), ("kml", KML), ("geojson", GEOJSON), ("html", HTML))
        ]
    return {"run_id": run.run_id, "units": units, "left_out": plan.left_out}


@router.get(
    "/routes/{unit}.gpx",
    summary="A unit's route as GPX",
    response_class=Response,
    responses={200: {"content": {GPX: {}}}},
)
def get_route(unit: UnitName, services: ServicesOf) -> Response:
    """Return the way, the stops and the times of a unit as GPX 1.1."""
    return _file(routes_to_gpx(plan_of_unit(services.store, unit)[1], unit), GPX, "route.gpx")


@router.get(
    "/routes/{unit}.kml",
    summary="A unit's route as KML",
    response_class=Response,
    responses={200: {"content": {KML: {}}}},
)
def get_route_kml(unit: UnitName, services: ServicesOf) -> Response:
    """Return the way, the stops and the times of a unit as KML 2.2."""
    return _file(routes_to_kml(plan_of_unit(services.store, unit)[1], unit), KML, "route.kml")


@router.get(
    "/routes/{unit}.geojson",
    summary="A unit's route as GeoJSON",
    response_class=Response,
    responses={200: {"content": {GEOJSON: {}}}},
)
def get_route_geojson(unit: UnitName, services: ServicesOf) -> Response:
    """Return the legs and the stops of a unit as GeoJSON."""
    layer = route_layer(plan_of_unit(services.store, unit)[1], unit)
    return _file(to_geojson(layer), GEOJSON, "route.geojson")


@router.get(
    "/routes/{unit}.html",
    summary="A unit's route as a page for its telephone",
    response_class=HTMLResponse,
    responses={200: {"content": {HTML: {}}}},
)
def get_route_page(unit: UnitName, services: ServicesOf, lang: LanguageOf) -> HTMLResponse:
    """Return the next stop in big type and the whole shift, in one file that works without a network."""
    return html_page(write_unit_page(services.store, unit, lang=lang, zone=services.settings.time_zone), lang)


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
