"""What every request goes through: an id, checks at the door, a size limit, safe headers, an audit line."""

from __future__ import annotations

import uuid
from typing import Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..coverage.errors import KuzetError, TooLargeError
from .errors import problem_response
from .security import check_host, check_key, check_origin, record_look
from .settings import Settings

CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'{scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
    "worker-src 'self' blob:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
SAFE_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_POLICY.format(scripts=""),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}


class Door:
    """The outermost layer of the application.

    Parameters
    ----------
    app : ASGI application
        What stands behind the door.
    settings : Settings
        The operator's choices.
    """

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        visit = _Visit(scope, receive, send, limit=int(self._settings.upload_limit))
        try:
            self._check(visit)
            await self._app(scope, visit.receive, visit.send)
        except _Overflow:
            await visit.answer(visit.too_large())
        except KuzetError as error:
            await visit.answer(error)
        except Exception:
            structlog.get_logger("kuzet").exception("fault", request_id=visit.request_id)
            await visit.answer(KuzetError("unexpected"))
        finally:
            record_look(
                who=visit.who,
                method=scope["method"],
                path=scope["path"],
                status=visit.status,
                request_id=visit.request_id,
            )

    def _check(self, visit: _Visit) -> None:
        check_host(visit.headers, self._settings)
        visit.who = check_key(visit.scope["path"], visit.headers, self._settings)
        check_origin(visit.scope["method"], visit.headers)
        visit.check_length()


class _Overflow(Exception):  # noqa: N818  (a signal between the two ends of this file, no error of its own)
    """The body went over the limit while it was read; nothing in between has a handler for it."""


class _Visit:
    """One request on its way in and out."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, *, limit: int) -> None:
        self.scope = scope
        self.headers = Headers(scope=scope)
        self.request_id = uuid.uuid4().hex
        self.who = "stranger"
        self.status = 0
        self._receive = receive
        self._send = send
        self._limit = limit
        self._received = 0
        self._overflowed = False
        self._answering = False
        scope.setdefault("state", {})["request_id"] = self.request_id

    def check_length(self) -> None:
        """Refuse by the announced length, before a byte of the body is read."""
        announced = self.headers.get("content-length", "0")
        if announced.isdigit() and int(announced) > self._limit:
            raise self.too_large()

    async def receive(self) -> Message:
        """Pass on the body, and stop it at the limit: a length may be announced wrongly or not at all."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._received += len(message.get("body", b""))
            if self._received > self._limit:
                self._overflowed = True
                raise _Overflow
        return message

    async def send(self, message: Message) -> None:
        """Pass on the answer with the safe headers; an answer's own choice stands."""
        if self._overflowed and not self.status and not self._answering:
            # whoever read the body turned the overflow into an answer of its own
            raise _Overflow
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in SAFE_HEADERS.items():
                headers.setdefault(name, value)
            headers["X-Request-Id"] = self.request_id
        await self._send(message)

    async def answer(self, error: KuzetError) -> None:
        """Answer with an error, unless an answer has begun already."""
        if not self.status:
            self._answering = True
            response = problem_response(Request(self.scope), error)
            await response(self.scope, self._receive, self.send)

    def too_large(self) -> TooLargeError:
        """Return the fault of a body over the limit."""
        return TooLargeError("request_too_large", limit_mb=round(self._limit / 1e6, 1))
