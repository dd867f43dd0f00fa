"""Which cameras saw this, and what goes blind if something fails: answered at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from ..answers import latest
from ..dependencies import LanguageOf, Services, ServicesOf
from ..questions import (
    WORST,
    Lookout,
    ask_failures,
    ask_place,
    ask_way,
    describe_failures,
    describe_place,
    describe_way,
    open_lookout,
    read_time,
)
from ..schemas import OBSTACLES, Ladder, Obstacles, Strict
from ..strict_json import StrictRoute
from .collections import ATTRIBUTION, GEOJSON

ANSWER: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {GEOJSON: {"schema": {"type": "object"}}}}}
Degrees = Annotated[list[float], Field(min_length=2, max_length=2)]

router = APIRouter(tags=["questions"], route_class=StrictRoute)


class WayQuestion(Strict):
    """A way, and when it was gone."""

    path: Annotated[
        list[Degrees],
        Field(
            min_length=2, max_length=10_000, description="Places [longitude, latitude] in WGS 84, in order."
        ),
    ]
    time: Annotated[str, Field(max_length=40, description="When it was begun, with its time zone.")]
    end_time: Annotated[
        str | None, Field(max_length=40, description="When it was ended, at an even pace; else all at once.")
    ] = None
    ladder: Ladder = "2014"
    obstacles: Annotated[Obstacles, Field(description=OBSTACLES)] = "buildings"


WAY_EXAMPLE: Final = {
    "path": [[24.9384, 60.1699], [24.9414, 60.1699], [24.946, 60.171]],
    "time": "2026-01-16T18:30:00+05:00",
    "end_time": "2026-01-16T18:36:00+05:00",
}


@router.get("/witnesses", summary="Which cameras saw a place", response_class=JSONResponse, responses=ANSWER)
def witnesses_of_place(
    lon: Annotated[float, Query(ge=-180, le=180, description="Longitude, degrees.", examples=[24.944])],
    lat: Annotated[float, Query(ge=-90, le=90, description="Latitude, degrees.", examples=[60.171])],
    services: ServicesOf,
    lang: LanguageOf,
    time: Annotated[
        str | None,
        Query(
            max_length=40,
            description="When it happened, with its time zone; now by default.",
            examples=["2026-01-16T18:30:00+05:00"],
        ),
    ] = None,
    ladder: Annotated[
        Ladder, Query(description="Ladder of pixel densities; a camera sees from its coarsest class on.")
    ] = "2014",
    obstacles: Annotated[Obstacles, Query(description=OBSTACLES)] = "buildings",
) -> Response:
    """Return the cameras that recorded it as GeoJSON, the footage to be deleted first coming first.

    Beside them those that look there but recorded nothing, and how many of the four nearest do not see it.
    """
    now = datetime.now(UTC)
    lookout = lookout_of(services, ladder, obstacles)
    found = ask_place(lookout, lon, lat, now if time is None else read_time(time))
    return _geojson(describe_place(found, lon, lat, now=now, lang=lang))


@router.post(
    "/witnesses",
    summary="Which cameras saw a way",
    response_class=JSONResponse,
    responses=ANSWER,
    openapi_extra={
        "requestBody": {
            "content": {"application/json": {"examples": {"an escape route": {"value": WAY_EXAMPLE}}}}
        }
    },
)
def witnesses_of_way(question: WayQuestion, services: ServicesOf, lang: LanguageOf) -> Response:
    """Return the stretches of a way that each camera saw as GeoJSON; nothing is kept."""
    end = None if question.end_time is None else read_time(question.end_time)
    lookout = lookout_of(services, question.ladder, question.obstacles)
    found = ask_way(lookout, question.path, read_time(question.time), end)
    return _geojson(describe_way(found, now=datetime.now(UTC), lang=lang))


@router.get(
    "/failures", summary="What goes blind if one thing fails", response_class=JSONResponse, responses=ANSWER
)
def failures(
    services: ServicesOf,
    limit: Annotated[int, Query(ge=1, le=10_000, description="How many, the worst first.")] = WORST,
) -> Response:
    """Return the cameras, recorders and feeders whose failure blinds most, by the last coverage."""
    run, coverage = latest(services.store, "coverage")
    key = ("failures", run.run_id, services.reader.signature())
    found = services.kept.get(key, lambda: ask_failures(services.store, coverage))
    return _geojson(describe_failures(found, run, limit=limit))


def lookout_of(services: Services, ladder: str, obstacles: Obstacles) -> Lookout:
    """Return the watch of the city, kept until the store changes."""
    key = ("lookout", ladder, obstacles, services.reader.signature())
    return services.kept.get(key, lambda: open_lookout(services.store, ladder=ladder, obstacles=obstacles))


def _geojson(body: dict[str, Any]) -> JSONResponse:
    return JSONResponse(body | {"attribution": ATTRIBUTION}, media_type=GEOJSON)
