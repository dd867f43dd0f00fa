"""What if on the map and at the command line: drawn, edited in a real browser, safe from hostile names."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from kuzet.api.cli import app
from kuzet.api.cli_scenarios import read_options
from kuzet.api.workflows import RUNNERS
from kuzet.coverage.errors import InvalidInputError
from kuzet.data.store import Store
from kuzet.maps.text import LANGUAGES
from playwright.sync_api import Page
from typer.testing import CliRunner

from .conftest import Serve
from .test_browser import Watch
from .test_pages import require_runnable
from .test_scenarios import HOSTILE, live_camera


def told(html: str) -> dict[str, Any]:
    """Return what the script of the page knows."""
    found = re.search(r'<script type="application/json" id="tool">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def wait(page: Page, asked: str) -> None:
    """Wait until the server has answered and the answer is shown."""
    page.wait_for_selector(f"html[data-asking={asked}]", state="attached", timeout=60_000)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_holds_the_answer_of_the_api(serve: Serve, own_store: Path, lang: str) -> None:
    """The difference drawn is that of the API, in each language; a hostile name is text and nothing else."""
    client = serve()
    RUNNERS["coverage"](Store(own_store))
    order = {
        "name": HOSTILE,
        "changes": [{"action": "add", "lon": 24.9384, "lat": 60.1699, "heading_deg": 90}],
    }
    kept = client.post("/scenarios", json=order).json()
    answer = client.get("/maps/what-if", params={"second": kept["id"], "lang": lang})
    require_runnable(answer)
    assert HOSTILE not in answer.text
    assert "<img src=x" not in answer.text
    known = told(answer.text)
    assert known["names"][1] == HOSTILE
    assert known["answer"]["figures"] == kept["figures"]
    assert len(known["answer"]["features"]) > 0
    for other in LANGUAGES:
        assert f"/maps/what-if?lang={other}&amp;second={kept['id']}" in answer.text


def test_a_camera_is_changed_on_the_map(serve: Serve, own_store: Path, page: Page) -> None:
    """A camera is turned and dragged, another added by keyboard, all kept: the figures follow each time."""
    client, store = serve(), Store(own_store)
    one = live_camera(store, 3)
    watch = Watch(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{client.base_url}/maps/what-if?lang=en")
    page.wait_for_selector("html[data-edits=yes]", state="attached", timeout=30_000)
    assert page.locator(".pair .leaflet-container").count() == 2
    page.fill("#whatif-pick", one["camera"])
    page.press("#whatif-pick", "Tab")
    page.fill("#whatif-camera [name=heading_deg]", "200")
    page.press("#whatif-camera [name=heading_deg]", "Tab")
    wait(page, "no")
    turned = page.inner_text(".figures .figure:first-child small")
    # the pin is dragged, and both maps stand at the same place
    box = page.locator(".camera-pin").bounding_box()
    assert box is not None
    before = page.input_value("#whatif-camera [name=lat]")
    page.mouse.move(box["x"] + 11, box["y"] + 11)
    page.mouse.down()
    page.mouse.move(box["x"] + 41, box["y"] + 51, steps=6)
    page.mouse.up()
    page.wait_for_timeout(400)
    wait(page, "no")
    assert page.input_value("#whatif-camera [name=lat]") != before
    assert page.inner_text(".figures .figure:first-child small") != turned
    # with keys alone
    page.focus("#whatif-add-middle")
    page.keyboard.press("Enter")
    page.keyboard.type("45")
    page.keyboard.press("Tab")
    page.focus(".camera-pin")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(400)
    wait(page, "no")
    assert "new-1: added" in page.inner_text("#whatif-changes")
    page.fill("#whatif-keep [name=name]", HOSTILE)
    page.click("#whatif-keep button")
    page.wait_for_url("**second=*", timeout=30_000)
    page.wait_for_selector("html[data-edits=yes]", state="attached", timeout=30_000)
    kept = client.get("/scenarios").json()["scenarios"][0]
    assert kept["name"] == HOSTILE
    assert {change["action"] for change in kept["changes"]} == {"add", "move", "turn"}
    assert HOSTILE in page.inner_text(".pair-name >> nth=1")
    assert page.locator("#whatif-changes li").count() == 2
    assert watch.faults == []
    assert all(address.startswith((str(client.base_url), "data:", "blob:")) for address in watch.asked)


def test_two_scenarios_are_compared_without_editing(serve: Serve, page: Page) -> None:
    """From a kept scenario to today the page shows the difference, and nothing on it can be changed."""
    client = serve()
    order = {
        "name": "With",
        "changes": [{"action": "add", "lon": 24.9384, "lat": 60.1699, "heading_deg": 90}],
    }
    kept = client.post("/scenarios", json=order).json()
    watch = Watch(page)
    page.goto(f"{client.base_url}/maps/what-if?first={kept['id']}&lang=en")
    page.wait_for_selector("html[data-shown]", state="attached", timeout=30_000)
    assert page.locator("#whatif-camera").count() == 0
    assert page.inner_text(".figures .figure:first-child b").startswith("\N{MINUS SIGN}")
    page.click(".places button >> nth=0")
    page.wait_for_timeout(300)
    scales = {box.get_attribute("aria-label") for box in page.locator(".pair .leaflet-container").all()}
    assert scales == {"A · With", "B · Today"}
    assert watch.faults == []


def run(store: Path, *words: str) -> Any:
    """Run a command."""
    return CliRunner().invoke(app, [*words, "--store", str(store)])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_commands_answer_in_every_language(own_store: Path, lang: str) -> None:
    """Changes tried out, kept, listed, compared and deleted: tables in each language, no key left unsaid."""
    one = live_camera(Store(own_store))
    changes = ["--add", "24.9384,60.1699,90", "--turn", f"{one['camera']},200", "--keep", "Қала"]
    tried = run(own_store, "whatif", *changes, "--lang", lang)
    assert tried.exit_code == 0, tried.output
    identity = re.findall(r"\b[0-9a-f]{12}\b", tried.stdout)[-1]
    listed = run(own_store, "scenarios", "list", "--lang", lang)
    compared = run(own_store, "scenarios", "compare", "today", identity, "--lang", lang)
    gone = run(own_store, "scenarios", "delete", identity, "--lang", lang)
    for done in (tried, listed, compared, gone):
        assert done.exit_code == 0, done.output
        assert "whatif." not in done.stdout
    assert identity in listed.stdout
    assert run(own_store, "scenarios", "delete", identity).exit_code == 1


def test_the_command_gives_what_the_server_gives(client: httpx.Client, sample: Path, tmp_path: Path) -> None:
    """With --json, from a file, the command writes the server's answer; the store stays as it was."""
    changes = [{"action": "add", "lon": 24.9384, "lat": 60.1699, "heading_deg": 90.0}]
    table = tmp_path / "changes.json"
    table.write_text(json.dumps({"changes": changes}))
    done = run(sample, "whatif", "--changes", str(table), "--json")
    served = client.post("/scenarios/preview", json={"changes": changes}).json()
    served.pop("attribution")
    assert json.loads(done.stdout) == served
    for broken in ('{"changes": [{"action": "fly"}]}', "[NaN]", "{}", '{"changes": [], "changes": []}', "no"):
        table.write_text(broken)
        refused = run(sample, "whatif", "--changes", str(table), "--json")
        assert refused.exit_code == 1
        assert json.loads(refused.stdout)["type"].endswith("changes_file_wrong")


def test_options_are_read_from_the_end() -> None:
    """An id may hold commas and signs of equality; what cannot be read is told with an example."""
    read = read_options(["24.9,60.1"], ["a,b,24.9,60.1"], ["a=b,90"], ["a,b"], ["a,b,state=live,height_m=4"])
    assert read == [
        {"action": "add", "lon": 24.9, "lat": 60.1},
        {"action": "move", "camera": "a,b", "lon": 24.9, "lat": 60.1},
        {"action": "turn", "camera": "a=b", "heading_deg": 90.0},
        {"action": "set", "camera": "a,b", "state": "live", "height_m": 4.0},
        {"action": "remove", "camera": "a,b"},
    ]
    for add, turn, put in ((["24.9"], [], []), ([], ["90"], []), ([], [], ["a,name=x"]), (["x,y"], [], [])):
        with pytest.raises(InvalidInputError, match="change_option_wrong"):
            read_options(add, [], turn, [], put)
