"""Routes of the last patrol plan, for a unit's own navigator."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Request, Response

from ...coverage.errors import NotFoundError
from ...data.exports import routes_to_gpx
from ..answers import latest
from ..dependencies import ServicesOf
from ..schemas import Link
from ..texts import absolute

GPX = "application/gpx+xml"

router = APIRouter(tags=["routes"])


@router.get("/routes", summary="Units and their routes")
def list_routes(request: Request, services: ServicesOf) -> dict[str, Any]:
    """List the units of the last plan, their timetables, and where their routes are as GPX."""
    run, plan = latest(services.store, "patrol")
    units = run.summary["units"]
    for unit in units:
        unit["links"] = [
            Link(
                href=absolute(request, f"/routes/{quote(str(unit['id']), safe='')}.gpx"), rel="item", type=GPX
            )
        ]
    return {"run_id": run.run_id, "units": units, "left_out": plan.left_out}


@router.get(
    "/routes/{unit}.gpx",
    summary="A unit's route as GPX",
    response_class=Response,
    responses={200: {"content": {GPX: {}}}},
)
def get_route(
    unit: Annotated[str, Path(max_length=200, examples=["synthetic-unit-1"])], services: ServicesOf
) -> Response:
    """Return the way, the stops and the times of a unit as GPX 1.1."""
    _, plan = latest(services.store, "patrol")
    if unit not in set(plan.units["id"].astype(str)):
        raise NotFoundError("no_such_unit")
    gpx = routes_to_gpx(plan, unit, plan.legs.crs)
    return Response(gpx, media_type=GPX, headers={"Content-Disposition": 'attachment; filename="route.gpx"'})
