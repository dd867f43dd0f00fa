"""Pages of the small town, and a real browser to open them in."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path

import pytest
import uvicorn
from kuzet.coverage.failures import find_failures
from kuzet.maps.assets import STATIC, Assets
from kuzet.maps.basemap import build_basemap
from kuzet.maps.pages import (
    PageContext,
    asking_page,
    blind_spots_page,
    coverage_page,
    failures_page,
    patrol_page,
    sites_page,
    way_witnesses_page,
    witnesses_page,
)
from kuzet.maps.text import LANGUAGES
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from .make_results import (
    CRS,
    make_blind_spots,
    make_buildings,
    make_coverage,
    make_patrol,
    make_stations,
    make_streets,
)
from .make_site_plan import make_site_plan
from .make_witnesses import (
    PLACE,
    WAY,
    make_ask,
    make_measured,
    make_place_witnesses,
    make_town_watch,
    make_way_witnesses,
)

TABS = ("coverage", "blind-spots", "sites", "patrol", "witnesses", "failures")
KINDS = (*TABS, "way-witnesses", "asking")
MADE_AT = datetime(2025, 11, 24, 9, 5, tzinfo=timezone(timedelta(hours=5)))


def make_context(lang: str = "en", **changes: object) -> PageContext:
    """Return a context for a page that carries everything with it."""
    given: dict[str, object] = {
        "city": "Талдықорған",
        "lang": lang,
        "run_id": "0123456789abcdef",
        "made_at": MADE_AT,
        "synthetic": ("incidents", "states", "stations", "units"),
        "assets": Assets.embedded(),
        "basemap": town_basemap(),
        "home": "/",
        "languages": {tag: f"?lang={tag}" for tag in LANGUAGES},
        "pages": {kind: f"{kind}.html" for kind in TABS},
    }
    return PageContext(**(given | changes))  # pyright: ignore[reportArgumentType]


def draw(kind: str, context: PageContext, name: str | None = None) -> str:
    """Draw a page of the small town; `name` takes the place of every name in it."""
    words = {} if name is None else {"name": name}
    if kind in ("witnesses", "way-witnesses", "asking"):
        return _draw_witnesses(kind, context, words)
    if kind == "failures":
        measured = make_measured(**words)
        return failures_page(find_failures(measured), measured, context=context)
    coverage = make_coverage(**words, **({} if name is None else {"camera": name}))
    if kind == "coverage":
        return coverage_page(coverage, context=context)
    if kind == "blind-spots":
        spots = make_blind_spots(coverage, **({} if name is None else {"building": name, "camera": name}))
        return blind_spots_page(spots, coverage, context=context)
    if kind == "sites":
        names = {} if name is None else {"street": name, "camera": name, "owner": name}
        return sites_page(make_site_plan(coverage, **names), coverage, context=context)
    plan = make_patrol(**({} if name is None else {"units": (f"{name} 1", f"{name} 2"), "name": name}))
    return patrol_page(plan, stations=make_stations(**words), coverage=coverage, context=context)


def _draw_witnesses(kind: str, context: PageContext, words: dict[str, str]) -> str:
    watch, now = make_town_watch(**words), context.made_at
    shown = {"register": watch.register, "streets": make_streets(**words).to_crs(CRS), "context": context}
    if kind == "asking":
        return asking_page(ask=make_ask(now), **shown)
    if kind == "witnesses":
        return witnesses_page(make_place_witnesses(watch, now), place=PLACE, ask=make_ask(now), **shown)
    times = (now - timedelta(days=5), now - timedelta(days=5) + timedelta(minutes=6))
    return way_witnesses_page(make_way_witnesses(watch, now), way=WAY, times=times, ask=None, **shown)


@cache
def town_basemap() -> bytes:
    """Return the base map of the small town."""
    return build_basemap(make_streets(), make_buildings(), {})


class Watched:
    """A browser page, and everything that went wrong in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.dialogs: list[str] = []
        self.troubles: list[str] = []
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        page.on("requestfailed", lambda request: self.troubles.append(f"failed: {request.url[:200]}"))
        page.on("response", self._check_response)
        page.on("console", self._check_console)
        page.route("**/*", self._check_host)

    def open(self, address: str) -> None:
        """Open an address and wait until its map stands."""
        self.page.goto(address)
        self.page.wait_for_function("document.documentElement.dataset.ready === 'yes'", timeout=15_000)
        self.page.wait_for_function(
            "document.querySelectorAll('canvas.leaflet-tile').length > 0", timeout=15_000
        )

    def _check_console(self, message: object) -> None:
        kind, text = message.type, message.text  # pyright: ignore[reportAttributeAccessIssue]
        if kind in ("error", "warning"):
            self.troubles.append(f"console {kind}: {text}")

    def _check_response(self, response: object) -> None:
        if response.status >= 400:  # pyright: ignore[reportAttributeAccessIssue]
            self.troubles.append(f"status {response.status}: {response.url}")  # pyright: ignore[reportAttributeAccessIssue]

    def _check_host(self, route: object) -> None:
        address = route.request.url  # pyright: ignore[reportAttributeAccessIssue]
        if address.startswith(("http://127.0.0.1:", "file:", "data:", "blob:")):
            route.continue_()  # pyright: ignore[reportAttributeAccessIssue]
        else:
            self.troubles.append(f"outside: {address}")
            route.abort()  # pyright: ignore[reportAttributeAccessIssue]


@pytest.fixture
def watch(browser: Browser) -> Iterator[Callable[..., Watched]]:
    """Return a function that makes a watched page; options are those of a browser context."""
    contexts = []

    def make(**options: object) -> Watched:
        context = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | options))  # pyright: ignore
        contexts.append(context)
        return Watched(context.new_page())

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def write_page(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], str]:
    """Return a function that writes a page to disk and gives its file address."""
    folder: Path = tmp_path_factory.mktemp("pages")

    def write(name: str, html: str) -> str:
        path = folder / f"{name}.html"
        path.write_text(html, encoding="utf-8")
        return path.as_uri()

    return write


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Return the address of a server that gives linked pages, their scripts and the base map in ranges."""
    folder = StaticFiles(directory=STATIC)

    def page(request: object) -> Response:
        kind = request.path_params["kind"]  # pyright: ignore[reportAttributeAccessIssue]
        context = make_context("kk", assets=Assets.linked("/static"), basemap="/files/basemap.pmtiles")
        return HTMLResponse(draw(kind, context))

    with tempfile.TemporaryDirectory() as files:
        (Path(files) / "basemap.pmtiles").write_bytes(town_basemap())
        routes = [
            Route("/maps/{kind}", page),
            Route("/favicon.ico", lambda request: Response(status_code=204)),
            Mount("/static", folder),
            Mount("/files", StaticFiles(directory=files)),
        ]
        running = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=0, log_level="error"))
        thread = threading.Thread(target=running.run, daemon=True)
        thread.start()
        while not running.started:
            time.sleep(0.02)
        port = running.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
        running.should_exit = True
        thread.join()
