"""What the shell says: how far work is, and the way on from an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request

from ..maps.text import has_text, say
from .errors import problem_of
from .jobs import Job
from .schemas import Link, StatusInfo


def say_step(step: str, lang: str) -> str:
    """Return what long work is doing, in a language; what has no words is said as work."""
    key = step if step.startswith("steps.") else f"steps.{step}"
    return say(key if has_text(key, lang) else "steps.work", lang)


def say_warning(warning: Mapping[str, Any], lang: str) -> str:
    """Return what a person should look at in a file that was read."""
    facts = {name: value for name, value in warning.items() if name != "code"}
    key = f"warnings.{warning['code']}"
    return say(key, lang, **facts) if has_text(key, lang) else say("api.warning.other", lang)


def status_info(job: Job, request: Request, lang: str) -> StatusInfo:
    """Return how a job stands, with the ways on from there."""
    here = absolute(request, f"/jobs/{job.job_id}")
    links = [
        Link(href=here, rel="self", type="application/json"),
        Link(href=f"{here}/events", rel="monitor", type="text/event-stream"),
    ]
    if job.state == "successful":
        links += [
            Link(
                href=f"{here}/results",
                rel="http://www.opengis.net/def/rel/ogc/1.0/results",
                type="application/json",
            ),
            result_link(job, request),
        ]
    return StatusInfo(
        jobID=job.job_id,
        processID=job.process,
        status=job.state,
        message=_message(job, lang),
        progress=round(job.share * 100),
        created=job.created,
        updated=job.updated,
        started=job.started,
        finished=job.finished,
        links=links,
    )


def result_link(job: Job, request: Request) -> Link:
    """Return the way to a job's answer on a map: a page, or where there is none its layer."""
    if job.process == "sweep":
        href = absolute(request, "/collections/sweep_routes/items")
        return Link(href=href, rel="alternate", type="application/geo+json")
    return Link(href=absolute(request, f"/maps/{job.process}"), rel="alternate", type="text/html")


def absolute(request: Request, path: str) -> str:
    """Return the full address of a path, by the name the client called the server."""
    return f"{str(request.base_url).rstrip('/')}{path}"


def _message(job: Job, lang: str) -> str:
    if job.state == "failed" and job.error is not None:
        problem = problem_of(job.error, lang)
        return f"{problem['detail']} {problem['remedy']}"
    if job.state == "running" and job.step:
        return say_step(job.step, lang)
    return say(f"api.job.{job.state}", lang)
