"""Maps of the last answers, as pages."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from ..dependencies import LanguageOf, ServicesOf
from ..drawing import MAPS, draw_map, served_addresses
from ..schemas import MapName
from .static import html_page

PAGE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {}}}}

router = APIRouter(tags=["maps"])


@router.get("/maps/{kind}", summary="A map", response_class=HTMLResponse, responses=PAGE)
def show_map(kind: MapName, services: ServicesOf, lang: LanguageOf) -> HTMLResponse:
    """Draw the last answer of a kind; 409 with what to do before there is one."""
    run = services.store.latest_run(kind)
    key = (kind, lang, run and run.run_id, services.reader.signature())

    def draw() -> str:
        return draw_map(
            services.store,
            kind,
            lang=lang,
            zone=services.settings.time_zone,
            pages={other: f"/maps/{other}?lang={lang}" for other in MAPS},
            **served_addresses(kind),
        )

    page = services.pages.get(key, draw)
    return html_page(page, lang)
