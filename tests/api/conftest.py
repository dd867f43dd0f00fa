"""A real server over the sample city, and copies of it for tests that change something."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from kuzet.api.intake import load_sample
from kuzet.api.main import create_app
from kuzet.api.settings import Settings
from kuzet.api.sweeping import run_sweep
from kuzet.api.workflows import RUNNERS
from kuzet.data.store import Store
from playwright.sync_api import Browser, Page

ENGLISH = {"Accept-Language": "en"}
Serve = Callable[..., httpx.Client]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store with the sample city and one answer of each kind; tests must not change it."""
    path = tmp_path_factory.mktemp("sample") / "sample.gpkg"
    store = Store(path)
    load_sample(store, zone="Asia/Almaty")
    for run in RUNNERS.values():
        run(store)
    run_sweep(store, rounds=20)
    return path


@pytest.fixture
def own_store(sample: Path, tmp_path: Path) -> Path:
    """Return a copy of the sample store that a test may change."""
    return shutil.copy(sample, tmp_path / "own.gpkg")


@pytest.fixture(scope="session")
def client(sample: Path) -> Iterator[httpx.Client]:
    """Return a client of a server over the sample store, for tests that only look."""
    with serving(Settings(store=sample, workers=1)) as client:
        yield client


@pytest.fixture
def serve(own_store: Path) -> Iterator[Serve]:
    """Return a function that starts a server with settings of the test's own and returns its client."""
    running: list[serving] = []

    def start(**options: object) -> httpx.Client:
        running.append(serving(Settings(**{"store": own_store, "workers": 1} | options)))
        return running[-1].__enter__()

    yield start
    for server in running:
        server.__exit__()


class serving:  # noqa: N801  (reads as a verb)
    """A uvicorn server on a free port, in a thread."""

    def __init__(self, settings: Settings) -> None:
        config = uvicorn.Config(create_app(settings), host="127.0.0.1", port=0, log_level="warning")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run)

    def __enter__(self) -> httpx.Client:
        """Start, and wait until it answers."""
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive(), "the server ended before it began"
        port = self.server.servers[0].sockets[0].getsockname()[1]
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=ENGLISH, timeout=120)
        return self.client

    def __exit__(self, *_: object) -> None:
        """Stop, and wait until it is gone."""
        self.client.close()
        self.server.should_exit = True
        self.thread.join(timeout=60)
        assert not self.thread.is_alive(), "the server did not stop"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return an empty page of a browser that remembers nothing."""
    with browser.new_context() as context:
        yield context.new_page()
