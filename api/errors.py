"""Faults as problem details (RFC 9457): what is wrong, where, what to do; nothing of input or machine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from ..coverage.errors import (
    CancelledError,
    CannotHoldError,
    InvalidInputError,
    KuzetError,
    NotFoundError,
    NotReadyError,
    OtherPlaceError,
    RefusedError,
    TooLargeError,
    UnknownFormatError,
    UpstreamError,
)
from ..coverage.results import ResultBrokenError
from ..coverage.scenarios import ChangeFault, ChangesError
from ..maps.text import choose_language, explain, has_text, say

MEDIA_TYPE: Final = "application/problem+json"
MOST_PLACES: Final = 20
"""Faults that an answer names."""


class UnauthorisedError(KuzetError, PermissionError):
    """A request without the key, or with another one."""


class BusyError(KuzetError, RuntimeError):
    """More work than is taken at one time."""


STATUS: Final[dict[type[BaseException], int]] = {
    InvalidInputError: 400,
    UnauthorisedError: 401,
    RefusedError: 403,
    NotFoundError: 404,
    NotReadyError: 409,
    CancelledError: 409,
    TooLargeError: 413,
    UnknownFormatError: 415,
    OtherPlaceError: 422,
    CannotHoldError: 422,
    UpstreamError: 502,
    BusyError: 503,
    ResultBrokenError: 500,
}
"""The one table from classes to HTTP status; a class that is not here takes its nearest ancestor's."""

_UNKNOWN_INPUT: Final = "extra_forbidden"
# kinds of fault that pydantic tells apart -> our words for them
_REASONS: Final = {
    "missing": "missing",
    _UNKNOWN_INPUT: "unknown",
    "literal_error": "choice",
    "enum": "choice",
    "finite_number": "finite",
    "greater_than": "above",
    "greater_than_equal": "at_least",
    "less_than": "below",
    "less_than_equal": "at_most",
    "json_invalid": "json",
}


def status_of(error: BaseException) -> int:
    """Return the HTTP status of an error: that of its nearest class in the table, else 500."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def language_of(request: Request) -> str:
    """Return the language a request asks for, by `?lang=` or by its Accept-Language header."""
    return choose_language(request.query_params.get("lang"), request.headers.get("accept-language"))


def problem_of(error: KuzetError, lang: str, *, request_id: str = "") -> dict[str, Any]:
    """Return the problem details of an error in a language."""
    if has_text(f"errors.{error.code}", lang):
        detail, remedy = explain(error, lang)
    else:
        detail, remedy = explain(KuzetError("unexpected"), lang)
    where: object = {
        name: error.facts[name] for name in ("row", "line", "column", "field") if name in error.facts
    }
    if isinstance(error, ChangesError):
        where = [
            {"in": "changes", "field": f"{fault.change - 1}.{fault.field}", "reason": _say_fault(fault, lang)}
            for fault in error.faults[:MOST_PLACES]
        ]
    return _problem(
        error.code, status_of(error), lang, detail=detail, remedy=remedy, request_id=request_id, where=where
    )


def _say_fault(fault: ChangeFault, lang: str) -> str:
    return say(f"reasons.{fault.reason}", lang)


def problem_response(request: Request, error: KuzetError) -> JSONResponse:
    """Return the answer that tells a client about an error, in the client's language."""
    lang = language_of(request)
    body = problem_of(error, lang, request_id=getattr(request.state, "request_id", ""))
    headers = {"Content-Language": lang}
    if body["status"] == 401:
        headers["WWW-Authenticate"] = 'Basic realm="Kuzet", charset="UTF-8"'
    if body["status"] == 503:
        headers["Retry-After"] = "10"
    return JSONResponse(body, status_code=body["status"], headers=headers, media_type=MEDIA_TYPE)


def add_error_handlers(app: FastAPI) -> None:
    """Answer every fault of an application with problem details."""
    app.add_exception_handler(KuzetError, _answer_known)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)


async def _answer_known(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, KuzetError)
    if status_of(error) >= 500:
        structlog.get_logger("kuzet").error("fault", code=error.code, exc_info=error)
    return problem_response(request, error)


async def _answer_invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    if any(fault["loc"][:1] == ("path",) for fault in error.errors()):
        # a name in the path that is none of ours is an address where nothing is
        return await _answer_http(request, HTTPException(404))
    lang = language_of(request)
    where = [_place(fault, lang) for fault in error.errors()[:MOST_PLACES]]
    body = _problem(
        "request_invalid",
        400,
        lang,
        detail=say("errors.request_invalid", lang, count=len(error.errors())),
        remedy=say("errors.request_invalid.do", lang),
        request_id=getattr(request.state, "request_id", ""),
        where=where,
    )
    return JSONResponse(body, status_code=400, headers={"Content-Language": lang}, media_type=MEDIA_TYPE)


async def _answer_http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    lang = language_of(request)
    code = f"http_{error.status_code}"
    key = f"errors.{code}" if has_text(f"errors.{code}", lang) else "errors.http_other"
    body = _problem(
        code,
        error.status_code,
        lang,
        detail=say(key, lang),
        remedy=say(f"{key}.do", lang),
        request_id=getattr(request.state, "request_id", ""),
    )
    headers = {**(error.headers or {}), "Content-Language": lang}
    return JSONResponse(body, status_code=error.status_code, headers=headers, media_type=MEDIA_TYPE)


def _problem(
    code: str, status: int, lang: str, *, detail: str, remedy: str, request_id: str, where: object = None
) -> dict[str, Any]:
    title = f"api.title.{status}" if has_text(f"api.title.{status}", lang) else "api.title.other"
    body: dict[str, Any] = {
        "type": f"urn:kuzet:problem:{code}",
        "title": say(title, lang),
        "status": status,
        "detail": detail,
        "remedy": remedy,
        "request_id": request_id,
    }
    if where:
        body["where"] = where
    return body


def _place(fault: dict[str, Any], lang: str) -> dict[str, Any]:
    """Say where a fault sits and why, by the names of our own schema: an unknown name is not repeated."""
    place, *path = fault["loc"] or ("request",)
    unknown = fault["type"] == _UNKNOWN_INPUT
    facts = fault.get("ctx", {})
    reason = _REASONS.get(fault["type"], "other")
    bound = next((facts[name] for name in ("ge", "gt", "le", "lt", "expected") if name in facts), "")
    named = [] if unknown or fault["type"] == "json_invalid" else _known_names(path)
    return {
        "in": str(place),
        "field": ".".join(named),
        "reason": say(f"api.reason.{reason}", lang, bound=bound),
    }


def _known_names(path: Iterable[object]) -> list[str]:
    return [str(part) for part in path if isinstance(part, int) or str(part).isidentifier()]
