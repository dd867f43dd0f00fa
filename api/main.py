"""The application, wired: settings in, a FastAPI application out."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import Depends, FastAPI
from starlette.concurrency import run_in_threadpool

from ..data.store import Store
from .dependencies import Services, known_parameters
from .errors import add_error_handlers
from .jobs import Jobs
from .middleware import Door
from .reading import Reader
from .recent import Recent
from .routers import (
    collections,
    documents,
    driven,
    health,
    jobs,
    landing,
    maps,
    processes,
    questions,
    replan,
    routes,
    scenarios,
    static,
    uploads,
)
from .settings import Settings

MOST_PAGES = 12
"""Four maps in three languages."""
MOST_KEPT = 6
"""Two ladders, the failures, the scene, and a city to try scenarios on with the hashes of its data."""
PROBLEMS = {
    "4XX": {
        "description": "Something to mend in the request: what, where, and what to do (RFC 9457).",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}


def create_app(settings: Settings) -> FastAPI:
    """Return an application for these settings; nothing is opened until it starts."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        scratch = tempfile.TemporaryDirectory(prefix="kuzet-", ignore_cleanup_errors=True)
        jobs = Jobs(workers=settings.workers)
        store = Store(settings.store)
        app.state.services = Services(
            settings,
            jobs,
            store,
            Reader(store),
            Recent(MOST_PAGES),
            Recent(MOST_KEPT),
            threading.Lock(),
            scratch,
        )
        try:
            yield
        finally:
            await run_in_threadpool(jobs.close)
            scratch.cleanup()

    app = FastAPI(
        title="Kuzet",
        summary="Where a city's cameras are blind, where the next one should go, and where patrols drive.",
        version=version("kuzet"),
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        lifespan=life,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(known_parameters)],
        responses=PROBLEMS,  # pyright: ignore[reportArgumentType]
    )
    app.add_middleware(Door, settings=settings)
    add_error_handlers(app)
    # maps by their kind come last: a path is matched in order
    for part in (
        landing,
        health,
        collections,
        processes,
        jobs,
        questions,
        driven,
        scenarios,
        maps,
        documents,
        routes,
        replan,
        uploads,
        static,
    ):
        app.include_router(part.router)
    static.mount(app)
    return app
