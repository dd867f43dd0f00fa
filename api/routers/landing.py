"""The start: a page for people, links for clients."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from ...coverage.errors import NotReadyError
from ...data.store import City
from ...data.times import time_zone
from ...maps.text import LANGUAGES, say
from ..answers import last_runs
from ..dependencies import LanguageOf, Services, ServicesOf
from ..drawing import MAPS, QUESTIONS, synthetic_parts
from ..landing_page import landing_page, map_cards
from ..reading import LAYERS
from ..schemas import Link
from ..texts import absolute
from .static import html_page

router = APIRouter(tags=["service"])


@router.get(
    "/",
    summary="The start: a page for people, links for clients",
    response_class=JSONResponse,
    responses={200: {"content": {"text/html": {}}}},
)
def landing(
    request: Request,
    services: ServicesOf,
    lang: LanguageOf,
    f: Annotated[
        Literal["json", "html"] | None,
        Query(description="Form of the answer; else the header Accept decides."),
    ] = None,
) -> Response:
    """Show where everything is."""
    wanted = f or ("html" if _likes_html(request.headers.get("accept", "")) else "json")
    if wanted == "json":
        links = [link.model_dump() for link in _links(request, lang)]
        body = {"title": "Kuzet", "description": say("api.page.lead", lang), "links": links}
        return JSONResponse(body, headers={"Vary": "Accept, Accept-Language", "Content-Language": lang})
    # a page is the same until the store changes
    page = services.pages.get(("landing", lang, _signature(services)), lambda: _draw(services, lang))
    return html_page(page, lang)


def _draw(services: Services, lang: str) -> str:
    city = _city(services)
    store = services.store
    zone = time_zone(services.settings.time_zone)
    runs = {} if city is None else last_runs(store)
    cards = map_cards(
        {kind: (run.created_at.astimezone(zone), current) for kind, (run, current) in runs.items()}, lang
    )
    return landing_page(
        lang=lang,
        city=city.name if city else None,
        synthetic=synthetic_parts(store) if city else (),
        cards=cards,
        layers=[name for name in LAYERS if city and name in store.layers()],
        questions=[kind for kind in QUESTIONS if city and (kind == "witnesses" or "coverage" in runs)],
    )


def _city(services: Services) -> City | None:
    try:
        return services.store.city()
    except NotReadyError:
        return None


def _signature(services: Services) -> Any:
    try:
        return services.reader.signature()
    except NotReadyError:
        return None


def _likes_html(accept: str) -> bool:
    """Tell whether a client names HTML before JSON, as browsers do and programs do not."""
    kinds = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    return "text/html" in kinds and (
        "application/json" not in kinds or kinds.index("text/html") < kinds.index("application/json")
    )


def _links(request: Request, lang: str) -> list[Link]:
    def to(path: str, rel: str, kind: str, **more: str) -> Link:
        return Link(href=absolute(request, path), rel=rel, type=kind, **more)

    return [
        to("/?f=json", "self", "application/json"),
        *(to(f"/?f=html&lang={code}", "alternate", "text/html", hreflang=code) for code in LANGUAGES),
        to("/openapi.json", "service-desc", "application/vnd.oai.openapi+json;version=3.1"),
        to("/docs", "service-doc", "text/html"),
        to("/conformance", "conformance", "application/json"),
        to("/conformance", "http://www.opengis.net/def/rel/ogc/1.0/conformance", "application/json"),
        to("/collections", "data", "application/json"),
        to("/processes", "http://www.opengis.net/def/rel/ogc/1.0/processes", "application/json"),
        to("/jobs", "http://www.opengis.net/def/rel/ogc/1.0/job-list", "application/json"),
        *(
            to(f"/maps/{kind}", "related", "text/html", title=say(f"api.process.{kind}", lang))
            for kind in MAPS
        ),
        *(
            to(f"/maps/{kind}", "related", "text/html", title=say(f"titles.{kind}", lang))
            for kind in QUESTIONS
        ),
        to("/routes", "related", "application/json", title=say("api.page.routes", lang)),
    ]
