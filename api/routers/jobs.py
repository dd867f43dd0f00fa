"""How long work stands, and what it found (OGC API Processes)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ...coverage.errors import CancelledError, NotFoundError
from ..answers import describe_run
from ..dependencies import LanguageOf, ServicesOf
from ..jobs import FINISHED, Job
from ..schemas import JobList, Link, StatusInfo
from ..strict_json import StrictRoute
from ..texts import absolute, result_link, status_info

LOOK_EVERY_S = 0.2

router = APIRouter(tags=["processes"], route_class=StrictRoute)


def _job(job_id: str, services: ServicesOf) -> Job:
    """Return the job before the answer begins: an unknown one is a 404, not a broken stream."""
    return services.jobs.get(job_id)


@router.get("/jobs", summary="All jobs, the newest first")
def list_jobs(request: Request, services: ServicesOf, lang: LanguageOf) -> JobList:
    """List the jobs this server remembers; runs stay in the store when it ends."""
    jobs = [status_info(job, request, lang) for job in services.jobs.all()]
    return JobList(
        jobs=jobs, links=[Link(href=absolute(request, "/jobs"), rel="self", type="application/json")]
    )


@router.get("/jobs/{job_id}", operation_id="get_job", summary="How a job stands")
def get_job(job_id: str, request: Request, services: ServicesOf, lang: LanguageOf) -> StatusInfo:
    """Tell how far a job is."""
    return status_info(services.jobs.get(job_id), request, lang)


@router.get("/jobs/{job_id}/results", operation_id="get_results", summary="What a job found")
def get_results(job_id: str, request: Request, services: ServicesOf) -> dict[str, Any]:
    """Return the figures of a job's run, and where its map and layers are."""
    job = services.jobs.get(job_id)
    if job.state == "failed" and job.error is not None:
        raise job.error
    if job.state == "dismissed":
        raise CancelledError("dismissed")
    if job.run_id is None:
        raise NotFoundError("job_not_finished")
    return {"result": describe_run(services.store, job.run_id) | {"links": [result_link(job, request)]}}


@router.delete("/jobs/{job_id}", operation_id="dismiss_job", summary="Stop a job, or forget a finished one")
def dismiss_job(job_id: str, request: Request, services: ServicesOf, lang: LanguageOf) -> StatusInfo:
    """Dismiss a job: it stops at its next step and saves nothing."""
    return status_info(services.jobs.dismiss(job_id), request, lang)


@router.get(
    "/jobs/{job_id}/events",
    operation_id="follow_job",
    summary="Follow a job",
    response_class=EventSourceResponse,
)
async def follow_job(
    job: Annotated[Job, Depends(_job)], request: Request, services: ServicesOf, lang: LanguageOf
) -> AsyncIterator[ServerSentEvent]:
    """Send a job's status whenever it changes, until it is finished (server-sent events)."""
    yield ServerSentEvent(data=status_info(job, request, lang), event="status")
    while job.state not in FINISHED and not await request.is_disconnected():
        await asyncio.sleep(LOOK_EVERY_S)
        told, job = job, services.jobs.get(job.job_id)
        if job != told:
            yield ServerSentEvent(data=status_info(job, request, lang), event="status")
