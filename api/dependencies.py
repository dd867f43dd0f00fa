"""What routes ask for: the services of the server, the language, a page of rows, a box."""

from __future__ import annotations

import math
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query as QueryParameter

from ..coverage.errors import InvalidInputError
from ..data.store import Store
from .errors import language_of
from .jobs import Jobs
from .reading import Reader
from .recent import Recent
from .schemas import Language
from .settings import Settings

MOST_ITEMS = 10_000
"""A larger limit is taken as this one, as OGC API Features asks."""
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Services:
    """What one server holds, made in one place when it starts.

    Attributes
    ----------
    settings : Settings
        The operator's choices.
    jobs : Jobs
        Long work.
    store : Store
        The city.
    reader : Reader
        Its layers, as clients read them.
    pages : Recent
        Pages that were drawn.
    kept : Recent
        What quick questions are answered from, until the store changes.
    intake : Lock
        Taken while a file goes into the store: one reads and writes a layer at a time.
    scratch : TemporaryDirectory
        Files that can be made again: the base map to serve, rejected rows to fetch.
    """

    settings: Settings
    jobs: Jobs
    store: Store
    reader: Reader
    pages: Recent[str]
    kept: Recent[Any]
    intake: threading.Lock
    scratch: tempfile.TemporaryDirectory[str]

    @property
    def scratch_path(self) -> Path:
        """The folder of files that can be made again."""
        return Path(self.scratch.name)


@dataclass(frozen=True)
class Page:
    """A page of rows: how many, and after how many."""

    limit: int
    offset: int


def services_of(request: Request) -> Services:
    """Return the services of the server that got the request."""
    return request.app.state.services


def store_of(request: Request) -> Store:
    """Return the store of the server that got the request."""
    return services_of(request).store


def language(request: Request) -> str:
    """Return the language of the answer."""
    return language_of(request)


def page(
    limit: Annotated[int, Query(ge=1, description=f"Rows at most; above {MOST_ITEMS} taken as that.")] = 100,
    offset: Annotated[int, Query(ge=0, le=2**31, description="Rows to pass over.")] = 0,
) -> Page:
    """Return the page of rows that is asked for."""
    return Page(min(limit, MOST_ITEMS), offset)


def box(
    bbox: Annotated[
        str | None,
        Query(
            max_length=200,
            description="West,south,east,north in degrees (WGS 84).",
            examples=["24.93,60.16,24.96,60.18"],
        ),
    ] = None,
) -> Box | None:
    """Return the box that is asked for.

    Raises
    ------
    InvalidInputError
        Code `bbox_wrong`.
    """
    if bbox is None:
        return None
    try:
        west, south, east, north = (float(part) for part in bbox.split(","))
    except ValueError:
        raise InvalidInputError("bbox_wrong", field="bbox") from None
    inside = -180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90
    # a box over the 180th meridian has its west east of its east; no city here lies on it
    if not (all(map(math.isfinite, (west, south, east, north))) and inside and west <= east):
        raise InvalidInputError("bbox_wrong", field="bbox")
    return west, south, east, north


def known_parameters(
    request: Request,
    lang: Annotated[
        Language | None, Query(description="Language of texts; else the header Accept-Language decides.")
    ] = None,
) -> None:
    """Refuse parameters that the address does not know, and one that is given twice.

    The language is known everywhere: it is part of every answer, a problem's sentence too.

    Raises
    ------
    InvalidInputError
        Codes `parameter_unknown`, `parameter_twice`; they name what is known, not what was sent.
    """
    names = [name for name, _ in request.query_params.multi_items()]
    if not names:
        return
    route: Any = request.scope.get("route")
    fields = get_flat_params(route.dependant) if hasattr(route, "dependant") else []
    known = {"lang", *(field.alias for field in fields if isinstance(field.field_info, QueryParameter))}
    if set(names) - known:
        raise InvalidInputError("parameter_unknown", known=", ".join(sorted(known)))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidInputError("parameter_twice", field=twice[0])


ServicesOf = Annotated[Services, Depends(services_of)]
StoreOf = Annotated[Store, Depends(store_of)]
LanguageOf = Annotated[str, Depends(language)]
PageOf = Annotated[Page, Depends(page)]
BoxOf = Annotated[Box | None, Depends(box)]
