"""Long work: what can be asked for, and orders (OGC API Processes)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, Response

from ...maps.text import say
from .. import workflows
from ..dependencies import LanguageOf, Services, ServicesOf
from ..plan_schemas import SiteOrder
from ..schemas import (
    BlindSpotOrder,
    CoverageOrder,
    ExposureOrder,
    Link,
    PatrolOrder,
    ProcessName,
    StatusInfo,
    SweepOrder,
)
from ..strict_json import StrictRoute
from ..texts import absolute, status_info

ORDERS: dict[
    str, type[CoverageOrder | BlindSpotOrder | SiteOrder | PatrolOrder | ExposureOrder | SweepOrder]
] = {
    "coverage": CoverageOrder,
    "blind-spots": BlindSpotOrder,
    "sites": SiteOrder,
    "patrol": PatrolOrder,
    "exposure": ExposureOrder,
    "sweep": SweepOrder,
}
ACCEPTED: dict[int | str, dict[str, Any]] = {
    201: {
        "description": "Accepted; the header Location and the link `self` lead to the job.",
        "links": {
            "job": {"operationId": "get_job", "parameters": {"job_id": "$response.body#/jobID"}},
            "results": {"operationId": "get_results", "parameters": {"job_id": "$response.body#/jobID"}},
            "events": {"operationId": "follow_job", "parameters": {"job_id": "$response.body#/jobID"}},
            "dismiss": {"operationId": "dismiss_job", "parameters": {"job_id": "$response.body#/jobID"}},
        },
    }
}

router = APIRouter(tags=["processes"], route_class=StrictRoute)


@router.get("/processes", summary="What can be asked for")
def list_processes(request: Request, lang: LanguageOf) -> dict[str, Any]:
    """List the processes."""
    return {
        "processes": [_summary(name, request, lang) for name in ORDERS],
        "links": [Link(href=absolute(request, "/processes"), rel="self", type="application/json")],
    }


@router.get("/processes/{process}", summary="One process and its inputs")
def describe_process(process: ProcessName, request: Request, lang: LanguageOf) -> dict[str, Any]:
    """Describe a process: what it answers and what it can be told."""
    schema = type(ORDERS[process]().inputs).model_json_schema()
    parts = schema.get("$defs", {})
    inputs = {
        name: {
            "title": name,
            "description": part.pop("description", ""),
            "minOccurs": 0,
            "schema": _written_out(part, parts),
        }
        for name, part in schema["properties"].items()
    }
    outputs = {
        "result": {"title": process, "schema": {"type": "object", "contentMediaType": "application/json"}}
    }
    return _summary(process, request, lang) | {"inputs": inputs, "outputs": outputs}


@router.post(
    "/processes/coverage/execution", status_code=201, responses=ACCEPTED, summary="Measure what cameras see"
)
def execute_coverage(
    order: Annotated[
        CoverageOrder,
        Body(
            openapi_examples={
                "usual": {"summary": "As it is usually asked", "value": {"inputs": {}}},
                "2025": {"summary": "By the ladder of 2025", "value": {"inputs": {"ladder": "2025"}}},
                "a summer night": {
                    "summary": "At night, with walls, hedges and trees in leaf",
                    "value": {"inputs": {"light": "night", "obstacles": "leaf_on"}},
                },
            }
        ),
    ],
    request: Request, response: Response, services: ServicesOf, lang: LanguageOf,
) -> StatusInfo:  # fmt: skip
    """Measure street metres seen, by class and by state of camera, with low, mid and high."""
    return _accept("coverage", order, request, response, services, lang)


@router.post(
    "/processes/blind-spots/execution", status_code=201, responses=ACCEPTED, summary="Find blind spots"
)
def execute_blind_spots(
    order: Annotated[
        BlindSpotOrder,
        Body(
            openapi_examples={
                "usual": {"summary": "As it is usually asked", "value": {"inputs": {}}},
                "the ground at night": {
                    "summary": "Where no camera sees the ground at night, walls counted",
                    "value": {"inputs": {"light": "night", "obstacles": "leaf_off", "target_m": 0}},
                },
            }
        ),
    ],
    request: Request, response: Response, services: ServicesOf, lang: LanguageOf,
) -> StatusInfo:  # fmt: skip
    """List unseen stretches of street, the riskiest first, each with its cause."""
    return _accept("blind-spots", order, request, response, services, lang)


@router.post(
    "/processes/sites/execution", status_code=201, responses=ACCEPTED, summary="Propose camera sites"
)
def execute_sites(
    order: Annotated[
        SiteOrder,
        Body(
            openapi_examples={
                "three": {"summary": "Three cameras", "value": {"inputs": {"count": 3}}},
                "a budget": {
                    "summary": "Thirty million tenge in three phases, cameras of others among it",
                    "value": {"inputs": {"budget": 30_000_000, "phases": 3}},
                },
                "turning only": {
                    "summary": "Which cameras to repair, for half a million tenge",
                    "value": {"inputs": {"budget": 500_000, "actions": ["repair"], "goal": "metres"}},
                },
                "past trees": {
                    "summary": "Three cameras that walls, hedges and trees in leaf do not hide from",
                    "value": {"inputs": {"count": 3, "obstacles": "leaf_on"}},
                },
            }
        ),
    ],
    request: Request, response: Response, services: ServicesOf, lang: LanguageOf,
) -> StatusInfo:  # fmt: skip
    """Propose what to install, connect, turn or mend, what each step adds, and what no plan can exceed."""
    return _accept("sites", order, request, response, services, lang)


@router.post("/processes/patrol/execution", status_code=201, responses=ACCEPTED, summary="Plan patrol routes")
def execute_patrol(
    order: Annotated[
        PatrolOrder,
        Body(
            openapi_examples={
                "ten minutes": {
                    "summary": "Ten minutes at each stop",
                    "value": {"inputs": {"dwell_minutes": 10, "seed": 7, "iterations": 500}},
                },
                "a night shift": {
                    "summary": "Past what no camera sees at night",
                    "value": {"inputs": {"light": "night", "iterations": 500}},
                },
            }
        ),
    ],
    request: Request, response: Response, services: ServicesOf, lang: LanguageOf,
) -> StatusInfo:  # fmt: skip
    """Plan timed routes for the units of the shift."""
    return _accept("patrol", order, request, response, services, lang)


@router.post(
    "/processes/exposure/execution", status_code=201, responses=ACCEPTED, summary="Compare plans by exposure"
)
def execute_exposure(
    order: Annotated[
        ExposureOrder,
        Body(
            openapi_examples={
                "half a year": {
                    "summary": "The last six months held back",
                    "value": {"inputs": {"months": 6, "timetables": 1, "replications": 200}},
                }
            }
        ),
    ],
    request: Request, response: Response, services: ServicesOf, lang: LanguageOf,
) -> StatusInfo:  # fmt: skip
    """Replay held-back incidents against the plan and five others: exposure, never crime prevented."""
    zone = services.settings.time_zone
    return _accept("exposure", order, request, response, services, lang, zone=zone)


@router.post(
    "/processes/sweep/execution", status_code=201, responses=ACCEPTED, summary="Drive every blind street once"
)
def execute_sweep(
    order: Annotated[
        SweepOrder,
        Body(
            openapi_examples={
                "long ones": {
                    "summary": "Streets with a hundred blind metres and more",
                    "value": {"inputs": {"least_m": 100, "rounds": 50}},
                }
            }
        ),
    ],
    request: Request, response: Response, services: ServicesOf, lang: LanguageOf,
) -> StatusInfo:  # fmt: skip
    """Share the blind streets out among the units of the shift, so that the last one is home soon."""
    return _accept("sweep", order, request, response, services, lang)


def _written_out(schema: Any, parts: dict[str, Any]) -> Any:
    """Return a schema with what it refers to put in place: it stands in a document of its own."""
    if isinstance(schema, list):
        return [_written_out(item, parts) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _written_out(parts[schema["$ref"].rsplit("/", 1)[-1]], parts)
    return {name: _written_out(value, parts) for name, value in schema.items()}


def _accept(
    process: ProcessName, order: Any, request: Request, response: Response, services: Services, lang: str,
    **more: Any,
) -> StatusInfo:  # fmt: skip
    inputs = order.inputs.model_dump() | more
    # what cannot be done is said now, not by a job that fails
    workflows.check_inputs(services.store, process, inputs)
    job = services.jobs.submit(process, workflows.run_process, services.settings.store, process, inputs)
    info = status_info(job, request, lang)
    response.headers["Location"] = info.links[0].href
    return info


def _summary(process: str, request: Request, lang: str) -> dict[str, Any]:
    here = absolute(request, f"/processes/{process}")
    return {
        "id": process,
        "version": "1",
        "title": say(f"api.process.{process}", lang),
        "description": say(f"api.process.{process}.about", lang),
        "jobControlOptions": ["async-execute", "dismiss"],
        "outputTransmission": ["value"],
        "links": [
            Link(href=here, rel="self", type="application/json"),
            Link(
                href=f"{here}/execution",
                rel="http://www.opengis.net/def/rel/ogc/1.0/execute",
                type="application/json",
            ),
        ],
    }
