"""The server: logs as lines of JSON, the application, uvicorn."""

from __future__ import annotations

import logging
import sys

import structlog
import uvicorn

from .main import create_app
from .security import require_safe_binding
from .settings import Settings


def serve(settings: Settings) -> None:
    """Serve until Ctrl+C.

    Raises
    ------
    RefusedError
        Code `key_needed`: other machines would be served without a key.
    """
    require_safe_binding(settings)
    configure_logs()
    uvicorn.run(
        create_app(settings),
        host=settings.host.strip("[]"),
        port=settings.port,
        # the audit log says who looked at what; a second line for each request would only hide it
        access_log=False,
        server_header=False,
        log_level="warning",
    )


def configure_logs() -> None:
    """Write logs to standard error, each line a JSON object with its time."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="when"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
