"""Documents to print: the proposal of a plan of sites, the sheet of a unit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query, Response

from ...data.times import time_zone
from ...maps.approval import read_approval
from ..dependencies import LanguageOf, ServicesOf
from ..documents import Written, write_patrol_sheet, write_site_document
from .static import html_page

PDF: Final = "application/pdf"
FILES: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {PDF: {}, "text/html": {}}}}

router = APIRouter(tags=["documents"])


@router.get(
    "/documents/sites",
    summary="The proposal of camera sites, to print",
    response_class=Response,
    responses=FILES,
)
def site_document(
    services: ServicesOf,
    lang: LanguageOf,
    format: Annotated[Literal["html", "pdf"], Query(description="A page or a file to print.")] = "html",
    purpose: Annotated[str, Query(max_length=600, description="What the cameras are for.")] = "",
    owner: Annotated[str, Query(max_length=200, description="The office that answers for them.")] = "",
    review_date: Annotated[
        str,
        Query(
            max_length=10,
            description="Day of the next review: 2027-03-01. With all three given it is no draft.",
        ),
    ] = "",
) -> Response:
    """Return the last plan of sites as a document; 409 with what to do before there is one."""
    zone = services.settings.time_zone
    today = datetime.now(UTC).astimezone(time_zone(zone)).date()
    approval = read_approval(purpose, owner, review_date, today=today)
    return file_answer(
        write_site_document(services.store, lang=lang, zone=zone, form=format, approval=approval), lang
    )


@router.get(
    "/documents/patrol", summary="The sheet of a unit, to print", response_class=Response, responses=FILES
)
def patrol_document(
    services: ServicesOf,
    lang: LanguageOf,
    unit: Annotated[str, Query(max_length=200, description="Id of the unit.", examples=["synthetic-unit-1"])],
    format: Annotated[Literal["html", "pdf"], Query(description="A page or a file to print.")] = "pdf",
) -> Response:
    """Return map, times, stops and turns of a unit on two pages; 409 before there is a plan."""
    zone = services.settings.time_zone
    return file_answer(write_patrol_sheet(services.store, unit, lang=lang, zone=zone, form=format), lang)


def file_answer(written: Written, lang: str) -> Response:
    """Answer with a document: a page is shown, a file is saved under its name."""
    kind = "inline" if written.media_type == "text/html" else "attachment"
    disposition = f'{kind}; filename="{written.name}"'
    if written.media_type == "text/html":
        answer: Response = html_page(written.content.decode(), lang)
    else:
        answer = Response(written.content, media_type=written.media_type)
        answer.headers["Content-Language"] = lang
        answer.headers["Vary"] = "Accept-Language"
    answer.headers["Content-Disposition"] = disposition
    return answer
