"""A real server over a store, for benches that ask over HTTP."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import structlog
import uvicorn
from kuzet.api.main import create_app
from kuzet.api.settings import Settings
from kuzet.data.store import Store


@contextmanager
def serving(store: Store) -> Iterator[httpx.Client]:
    """Yield a client of a server on a port of its own."""
    # a line for each question would hide those of the bench
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    server = uvicorn.Server(
        uvicorn.Config(create_app(Settings(store=store.path, workers=1)), port=0, log_level="error")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()
