"""The server's own pages in a real browser: they work, and ask nobody else for anything."""

from __future__ import annotations

from playwright.sync_api import Page

from .conftest import Serve


class Watch:
    """What a page did that it should not, and whom it asked."""

    def __init__(self, page: Page) -> None:
        self.faults: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))


def test_the_documentation_shows_every_operation(serve: Serve, page: Page) -> None:
    """/docs draws each operation of the interface, without a fault and without another host."""
    client = serve()
    watch = Watch(page)
    page.goto(f"{client.base_url}/docs", wait_until="networkidle")
    paths = client.get("/openapi.json").json()["paths"]
    page.wait_for_selector(".opblock")
    assert page.locator(".opblock").count() == sum(len(operations) for operations in paths.values())
    assert watch.faults == []
    assert all(address.startswith((str(client.base_url), "data:")) for address in watch.asked)


def test_a_person_brings_data_in_and_computes_a_map(serve: Serve, page: Page) -> None:
    """On the start page a table is sent, the maps are told to be old, one is computed anew and opens."""
    client = serve()
    watch = Watch(page)
    page.goto(f"{client.base_url}/?f=html&lang=en", wait_until="networkidle")
    table = b"id,longitude,latitude,state\nnew-1,24.9414,60.1699,live\nnew-2,1,2,live\n"
    page.set_input_files(
        "input[type=file]", files=[{"name": "a.csv", "mimeType": "text/csv", "buffer": table}]
    )
    page.click("#upload button")
    page.wait_for_selector("#upload output a")
    assert "Rows taken: 1" in page.inner_text("#upload output")
    page.reload()
    assert page.get_by_text("The data has changed since then.").count() == 4
    page.click("button[data-process=coverage]")
    page.wait_for_url("**/maps/coverage?lang=en", timeout=120_000)
    page.goto(f"{client.base_url}/?f=html&lang=en")
    assert page.get_by_text("The data has changed since then.").count() == 3
    assert watch.faults == []
    assert all(address.startswith((str(client.base_url), "data:", "blob:")) for address in watch.asked)
