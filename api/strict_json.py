"""Bodies of JSON read strictly: no name twice, no NaN."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

from fastapi import Request, Response
from fastapi.routing import APIRoute


class StrictRoute(APIRoute):
    """A route whose body of JSON is refused where Python's reader would quietly guess."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, given requests that read strictly."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            return await handle(_StrictRequest(request.scope, request.receive))

        return handle_strictly


def read_strictly(body: bytes) -> Any:
    """Read JSON; json.JSONDecodeError for a name that stands twice, and for NaN and Infinity."""
    return json.loads(body, object_pairs_hook=_unique, parse_constant=_refuse)


class _StrictRequest(Request):
    async def json(self) -> Any:
        return read_strictly(await self.body())


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        # which of two values was meant nobody can tell
        raise json.JSONDecodeError("a name stands twice", "", 0)
    return names


def _refuse(constant: str) -> NoReturn:
    raise json.JSONDecodeError("not a number of JSON", "", 0)
