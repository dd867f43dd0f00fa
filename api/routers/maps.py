"""Maps of the last answers and of questions that are answered at once, as pages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from ...data.times import time_zone
from ..asking import read_question
from ..dependencies import LanguageOf, ServicesOf
from ..drawing import draw_map, served_setting
from ..drawing_questions import draw_failures, draw_question, open_scene
from ..schemas import OBSTACLES, Ladder, MapName, Obstacles
from .questions import lookout_of
from .static import html_page

PAGE: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"text/html": {}}}}
LONGEST_PATH: Final = 24_000
WHEN: Final = "2026-01-16T18:30:00+05:00"

Time = Annotated[
    str | None, Query(max_length=40, description="When it happened, with its time zone; now by default.")
]
LocalTime = Annotated[
    str | None,
    Query(
        max_length=40, description="The same in the time zone of the city, without one; as the form sends it."
    ),
]

router = APIRouter(tags=["maps"])


# before the maps by their kind: a path is matched in order
@router.get(
    "/maps/witnesses", summary="Which cameras saw this, on a map", response_class=HTMLResponse, responses=PAGE
)
def show_witnesses(
    services: ServicesOf,
    lang: LanguageOf,
    lon: Annotated[
        float | None, Query(ge=-180, le=180, description="Longitude of a place, with `lat`.")
    ] = None,
    lat: Annotated[float | None, Query(ge=-90, le=90, description="Latitude of a place, with `lon`.")] = None,
    path: Annotated[
        str | None,
        Query(
            max_length=LONGEST_PATH,
            description="In place of a place, a way: `lon,lat;lon,lat;...`, at most 1,000 corners.",
            examples=["24.9384,60.1699;24.9414,60.1699;24.946,60.171"],
        ),
    ] = None,
    time: Time = None,
    end_time: Time = None,
    local_time: LocalTime = None,
    local_end_time: LocalTime = None,
    ladder: Annotated[Ladder, Query(description="Ladder of pixel densities.")] = "2014",
    obstacles: Annotated[Obstacles, Query(description=OBSTACLES)] = "buildings",
) -> HTMLResponse:
    """Draw the cameras that saw a place or a way; with neither, the map on which to ask."""
    now, zone = datetime.now(UTC), services.settings.time_zone
    question = read_question(
        place=(lon, lat),
        path=path,
        times=(time, end_time),
        local_times=(local_time, local_end_time),
        zone=time_zone(zone),
        now=now,
        ladder=ladder,
        obstacles=obstacles,
    )
    lookout = lookout_of(services, ladder, obstacles)
    scene = services.kept.get(
        ("scene", services.reader.signature()), lambda: open_scene(services.store, lookout.crs)
    )
    setting = served_setting("witnesses", lang, zone, address=question.address)
    page = draw_question(question, lookout=lookout, scene=scene, setting=setting, now=now)
    return html_page(page, lang)


@router.get(
    "/maps/failures",
    summary="What goes blind if one thing fails, on a map",
    response_class=HTMLResponse,
    responses=PAGE,
)
def show_failures(services: ServicesOf, lang: LanguageOf) -> HTMLResponse:
    """Draw the ten worst single points of failure of the last coverage; 409 before there is one."""
    run = services.store.latest_run("coverage")
    key = ("failures", lang, run and run.run_id, services.reader.signature())

    def draw() -> str:
        setting = served_setting("failures", lang, services.settings.time_zone)
        return draw_failures(services.store, setting=setting)

    return html_page(services.pages.get(key, draw), lang)


@router.get("/maps/{kind}", summary="A map", response_class=HTMLResponse, responses=PAGE)
def show_map(kind: MapName, services: ServicesOf, lang: LanguageOf) -> HTMLResponse:
    """Draw the last answer of a kind; 409 with what to do before there is one."""
    run = services.store.latest_run(kind)
    key = (kind, lang, run and run.run_id, services.reader.signature())

    def draw() -> str:
        setting = served_setting(kind, lang, services.settings.time_zone)
        return draw_map(services.store, kind, setting=setting)

    page = services.pages.get(key, draw)
    return html_page(page, lang)
