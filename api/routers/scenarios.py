"""What if: changes of cameras tried out at once, kept under a name, and compared."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from ...coverage.results import Coverage
from ...data.scenarios import KeptScenario, drop_scenario, list_scenarios, read_scenario
from ..dependencies import LanguageOf, Services, ServicesOf
from ..drawing import served_setting
from ..drawing_scenarios import draw_scenarios
from ..keeping import keep_changes, tell_kept
from ..scenarios import (
    TODAY,
    Workbench,
    data_key,
    describe_difference,
    open_workbench,
    read_changes,
    try_changes,
    try_kept,
)
from ..schemas_scenarios import IDENTITY, ScenarioOrder, Trial
from ..strict_json import StrictRoute
from ..texts import absolute
from .collections import ATTRIBUTION, GEOJSON
from .static import html_page

ANSWER: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {GEOJSON: {"schema": {"type": "object"}}}}}
SIDE: Final = f"^({TODAY}|[0-9a-f]{{12}})$"
PAGE: Final[dict[int | str, dict[str, Any]]] = {200: {"content": {"text/html": {}}}}
EXAMPLE: Final = {
    "name": "A camera at the square",
    "changes": [
        {"action": "add", "lon": 24.9384, "lat": 60.1699, "heading_deg": 90, "model": "fixed 4 mm 4 MP"},
        {"action": "turn", "camera": "new-1", "heading_deg": 120},
    ],
}

Kept = Annotated[str, Path(pattern=IDENTITY, description="Id of a kept scenario.")]
Side = Annotated[str, Path(pattern=SIDE, description="Id of a kept scenario, or `today`.", examples=[TODAY])]
SideQuery = Annotated[
    str, Query(pattern=SIDE, description="Id of a kept scenario, or `today`.", examples=[TODAY])
]

router = APIRouter(tags=["scenarios"], route_class=StrictRoute)


@router.post(
    "/scenarios",
    summary="Keep a scenario",
    status_code=201,
    openapi_extra={
        "requestBody": {"content": {"application/json": {"examples": {"a camera": {"value": EXAMPLE}}}}}
    },
)
def keep(order: ScenarioOrder, request: Request, services: ServicesOf) -> Response:
    """Try changes out and keep them, with what they change against today; the register stays as it is."""
    bench = bench_of(services)
    specs = _all_changes(services, order)
    after = try_changes(bench, read_changes(bench, specs))
    figures = describe_difference(bench, bench.today, after, segments=False)["figures"]
    kept = keep_changes(services.store, bench, order.name, specs, figures, base=order.base)
    place = absolute(request, f"/scenarios/{kept.scenario_id}")
    return JSONResponse(
        _told(kept, bench) | {"figures": figures}, status_code=201, headers={"Location": place}
    )


@router.post(
    "/scenarios/preview",
    summary="Try changes out",
    response_class=JSONResponse,
    responses=ANSWER,
    openapi_extra={
        "requestBody": {
            "content": {
                "application/json": {"examples": {"a camera": {"value": {"changes": EXAMPLE["changes"]}}}}
            }
        }
    },
)
def preview(trial: Trial, services: ServicesOf) -> Response:
    """Return what changes would change against today, as signed segments of street; nothing is kept."""
    bench = bench_of(services)
    after = try_changes(bench, read_changes(bench, _all_changes(services, trial)))
    return _geojson(describe_difference(bench, bench.today, after))


@router.get("/scenarios", summary="The kept scenarios", response_class=JSONResponse)
def scenarios(services: ServicesOf) -> Response:
    """List the kept scenarios, the last first, with the figures of the register they were kept on."""
    found = list_scenarios(services.store.path)
    register = services.store.input_hashes(["cameras"])["cameras"] if found else ""
    return JSONResponse(
        {"scenarios": [tell_kept(kept, register) | {"figures": dict(kept.figures)} for kept in found]}
    )


@router.get("/scenarios/{scenario_id}", summary="A kept scenario", response_class=JSONResponse)
def scenario(scenario_id: Kept, services: ServicesOf) -> Response:
    """Return a kept scenario with its figures on the register of today; 409 where it no longer fits that."""
    kept = read_scenario(services.store.path, scenario_id)
    bench = bench_of(services)
    after = coverage_in(services, bench, scenario_id)
    return JSONResponse(_told(kept, bench) | describe_difference(bench, bench.today, after, segments=False))


@router.delete("/scenarios/{scenario_id}", summary="Forget a scenario", status_code=204)
def forget(scenario_id: Kept, services: ServicesOf) -> Response:
    """Take a scenario out of the store."""
    drop_scenario(services.store.path, scenario_id)
    return Response(status_code=204)


@router.get(
    "/scenarios/{scenario_id}/difference",
    summary="What differs between two scenarios",
    response_class=JSONResponse,
    responses=ANSWER,
)
def difference(
    scenario_id: Side,
    services: ServicesOf,
    to: SideQuery = TODAY,
) -> Response:
    """Return the signed segments from the first scenario to the other: above 0 where the other sees more."""
    bench = bench_of(services)
    before, after = coverage_in(services, bench, scenario_id), coverage_in(services, bench, to)
    return _geojson(describe_difference(bench, before, after))


@router.get("/maps/what-if", summary="What if, on a map", response_class=HTMLResponse, responses=PAGE)
def show_scenarios(
    services: ServicesOf,
    lang: LanguageOf,
    first: SideQuery = TODAY,
    second: SideQuery = TODAY,
) -> HTMLResponse:
    """Draw two scenarios side by side, and let cameras be changed; nothing is kept until it is asked for."""
    bench = bench_of(services)
    sides = tuple((one, coverage_in(services, bench, one)) for one in (first, second))
    chosen = "".join(f"&{name}={one}" for name, one in (("first", first), ("second", second)) if one != TODAY)
    setting = served_setting(
        "what-if",
        lang,
        services.settings.time_zone,
        address=lambda tag: f"/maps/what-if?lang={tag}{chosen}",
    )
    page = draw_scenarios(
        services.store,
        bench,
        (sides[0], sides[1]),
        list_scenarios(services.store.path),
        setting=setting,
        now=datetime.now(UTC),
    )
    return html_page(page, lang)


def bench_of(services: Services) -> Workbench:
    """Return the city ready to try changes on, kept until its data changes (not whenever the file does)."""
    key = services.kept.get(("scenario data", services.reader.signature()), lambda: data_key(services.store))
    return services.kept.get(("workbench", *key), lambda: open_workbench(services.store))


def coverage_in(services: Services, bench: Workbench, scenario_id: str) -> Coverage:
    """Return what cameras see in a kept scenario, or `today`, on the register of today."""
    if scenario_id == TODAY:
        return bench.today
    return try_kept(bench, read_scenario(services.store.path, scenario_id))


def _all_changes(services: Services, trial: Trial) -> list[dict[str, Any]]:
    mine = [change.model_dump(exclude_none=True) for change in trial.changes]
    if trial.base is None:
        return mine
    return [*map(dict, read_scenario(services.store.path, trial.base).changes), *mine]


def _told(kept: KeptScenario, bench: Workbench) -> dict[str, Any]:
    return tell_kept(kept, bench.register) | {"run_id": bench.run_id}


def _geojson(body: dict[str, Any]) -> JSONResponse:
    return JSONResponse(body | {"attribution": ATTRIBUTION}, media_type=GEOJSON)
