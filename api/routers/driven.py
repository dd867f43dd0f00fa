"""What a unit drove beside its plan, what its cameras see, and how plans compare, as a page."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.responses import HTMLResponse

from ...data.times import time_zone
from ...maps.exposure_page import exposure_page
from ..answers import latest
from ..dependencies import LanguageOf, ServicesOf
from ..drawing import synthetic_parts
from ..exposing import compare_driven
from ..moving import measure_moving
from .static import html_page

EXAMPLE: Final = """unit,time,longitude,latitude
synthetic-unit-1,2026-01-16T16:00:00+05:00,24.9414,60.1699
synthetic-unit-1,2026-01-16T16:00:10+05:00,24.9415,60.1699
"""
FORM_EXAMPLE: Final[dict[str, Any]] = {
    "requestBody": {
        "content": {"multipart/form-data": {"examples": {"two fixes": {"value": {"file": EXAMPLE}}}}}
    }
}
PAGE: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"text/html": {}}}}

router = APIRouter()


@router.post("/driven", summary="Planned beside driven", tags=["questions"], openapi_extra=FORM_EXAMPLE)
def driven(
    file: Annotated[
        UploadFile, File(description="A track: GPX, or CSV with time, longitude, latitude, unit.")
    ],
    services: ServicesOf,
    unit: Annotated[
        str | None, Form(max_length=60, description="Whose track it is; else as the file names it.")
    ] = None,
    run: Annotated[
        str | None, Form(pattern="^[0-9a-f]{16}$", description="The run of the plan; else the last.")
    ] = None,
) -> dict[str, Any]:
    """Return minutes at each stop, planned and driven, and the streets driven; the track is not kept."""
    return compare_driven(
        services.store,
        file.file.read(),
        zone=services.settings.time_zone,
        unit=unit or None,
        run_id=run or None,
    )


@router.get("/patrol/moving", summary="What moving cameras see", tags=["questions"])
def moving(services: ServicesOf) -> dict[str, Any]:
    """Return how long dashcams and badges see each street if the last plan is driven, fixed cover apart."""
    return measure_moving(services.store)


@router.get(
    "/maps/exposure",
    summary="Plans beside each other",
    tags=["maps"],
    response_class=HTMLResponse,
    responses=PAGE,
)
def show_exposure(services: ServicesOf, lang: LanguageOf) -> HTMLResponse:
    """Draw the last comparison of plans by exposure as bars; 409 before there is one."""
    run, found = latest(services.store, "exposure")
    page = exposure_page(
        found,
        city=services.store.city().name,
        lang=lang,
        run_id=run.run_id,
        made_at=run.created_at.astimezone(time_zone(services.settings.time_zone)),
        synthetic=synthetic_parts(services.store),
    )
    return html_page(page, lang)
