"""The map of witnesses, served and as a file: the answer of the analysis, asked by address, form or click."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from kuzet.api.asking import MOST_CORNERS, read_path
from kuzet.api.cli import app
from kuzet.coverage.errors import InvalidInputError
from kuzet.maps.text import LANGUAGES, say
from playwright.sync_api import Page
from typer.testing import CliRunner

from .conftest import Serve
from .test_browser import Watch
from .test_pages import FETCHED, require_runnable

WHEN = "2026-01-16T18:30:00+05:00"
PLACE = {"lon": 24.944, "lat": 60.171}
PATH = "24.9384,60.1699;24.9414,60.1699;24.946,60.171"


def ask(client: httpx.Client, **asked: object) -> httpx.Response:
    """Ask for the page."""
    return client.get("/maps/witnesses", params=asked)


def block(html: str, name: str) -> dict[str, list[dict[str, dict[str, str]]]]:
    """Return a block of data of a page."""
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def drawn(html: str) -> set[str]:
    """Return the cameras that a line of sight is drawn from."""
    features = [f for state in ("live", "archive") for f in block(html, f"data_sight_{state}")["features"]]
    return {feature["properties"]["id"].removeprefix("sight-") for feature in features}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_holds_the_answer_of_the_api(client: httpx.Client, lang: str) -> None:
    """The cameras drawn are those that /witnesses names; all that the page fetches is here."""
    answer = ask(client, **PLACE, time=WHEN, lang=lang)
    require_runnable(answer)
    assert f'<html lang="{lang}"' in answer.text
    told = client.get("/witnesses", params={**PLACE, "time": WHEN}).json()
    assert drawn(answer.text) == {f["properties"]["camera"] for f in told["features"]}
    assert len(told["features"]) > 3
    for address in FETCHED.findall(answer.text):
        if address.startswith("/"):
            assert client.get(address).status_code == 200, address
    # the other languages ask the same
    for other in LANGUAGES:
        link = re.search(rf'href="([^"]+)" hreflang="{other}"', answer.text)
        assert link is not None
        asked = parse_qs(urlsplit(link[1].replace("&amp;", "&")).query)
        assert asked == {"lang": [other], "lon": ["24.944"], "lat": ["60.171"], "time": [WHEN]}


def test_a_way_is_drawn(client: httpx.Client) -> None:
    """The stretches of /witnesses along the same way are on the page, camera by camera."""
    end = "2026-01-16T18:36:00+05:00"
    answer = ask(client, path=PATH, time=WHEN, end_time=end)
    require_runnable(answer)
    question = {"path": read_path(PATH), "time": WHEN, "end_time": end}
    told = client.post("/witnesses", json=question).json()
    listed = set(re.findall(r'data-target="(?:way|mute)-(.*?)"', answer.text))
    cameras = [*told["features"], *told["silent_cameras"]["features"]]
    assert listed == {f["properties"]["camera"] for f in cameras}
    assert f"{round(told['length_m'] - told['seen_m'])}\N{NO-BREAK SPACE}m</b>" in answer.text


def test_a_form_asks_in_the_time_of_the_city(client: httpx.Client) -> None:
    """A time without a zone in the form's own field is one of the city: the same answer as with its zone."""
    zoned = ask(client, **PLACE, time=WHEN)
    local = ask(client, **PLACE, local_time="2026-01-16T18:30")
    assert drawn(local.text) == drawn(zoned.text)
    assert "16 January 2026, 18:30" in local.text
    winter = ask(client, **PLACE, local_time="2024-01-16T18:30", lang="en")
    # Asia/Almaty was an hour farther east until March 2024
    assert "2024-01-16T18:30:00%2B06:00" in winter.text or "2024-01-16T18:30:00+06:00" in winter.text


def test_before_a_question_the_page_asks_for_one(client: httpx.Client) -> None:
    """Without a place there is a form and no answer."""
    answer = ask(client)
    require_runnable(answer)
    assert 'id="ask-form"' in answer.text
    assert "data_sight_live" not in answer.text


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"lon": 78.37, "lat": 45.01}, 422, "place_outside_city"),
        ({**PLACE, "time": "2026-01-16T18:30:00"}, 400, "time_without_zone"),
        ({**PLACE, "time": "yesterday"}, 400, "time_wrong"),
        ({**PLACE, "time": "9999-01-16T18:30:00Z"}, 400, "time_out_of_age"),
        ({**PLACE, "time": "0001-01-01T00:00:00Z"}, 400, "time_out_of_age"),
        ({**PLACE, "time": WHEN, "local_time": "2026-01-16T18:30"}, 400, "time_twice"),
        ({"lon": 24.944}, 400, "question_halved"),
        ({**PLACE, "path": PATH}, 400, "question_halved"),
        ({**PLACE, "end_time": WHEN}, 400, "question_halved"),
        ({"path": "24.94,60.17"}, 400, "path_wrong"),
        ({"path": "24.94,60.17;24.95"}, 400, "path_wrong"),
        ({"path": "24.94,60.17;here"}, 400, "path_wrong"),
        ({"path": "24.94,60.17;nan,60.17"}, 422, "place_outside_city"),
        ({"path": "24.94,60.17;24.94,60.17"}, 400, "way_wrong"),
        ({"path": ";".join(["24.93,60.16;24.95,60.18"] * 60)}, 400, "way_wrong"),
        ({"path": PATH, "time": WHEN, "end_time": "2026-01-16T18:29:00+05:00"}, 400, "way_times_wrong"),
        ({"path": "0" * 30_000}, 400, None),
        ({**PLACE, "lat": "nan"}, 400, None),
        ({**PLACE, "colour": "red"}, 400, "parameter_unknown"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    client: httpx.Client, asked: dict[str, object], status: int, code: str | None
) -> None:
    """Faults are told as problems with what to do, as by every other address."""
    answer = ask(client, **asked)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["remedy"]
    assert code is None or answer.json()["type"].endswith(code)


def test_the_map_needs_the_key(serve: Serve) -> None:
    """With a key set the page is shown to those who have it, and to nobody else."""
    client = serve(api_key="0123456789abcdef0123456789abcdef")
    assert ask(client, **PLACE).status_code == 401
    key = {"Authorization": "Bearer 0123456789abcdef0123456789abcdef"}
    assert client.get("/maps/witnesses", params=PLACE, headers=key).status_code == 200


def test_a_long_path_is_refused_by_its_corners() -> None:
    """More corners than an address takes are refused before anything is computed."""
    corner = "24.94,60.17;24.95,60.17"
    assert len(read_path(";".join([corner] * (MOST_CORNERS // 2)))) == MOST_CORNERS
    with pytest.raises(InvalidInputError):
        read_path(";".join([corner] * (MOST_CORNERS // 2 + 1)))


@pytest.mark.parametrize(
    "asked", [["--at", "24.944,60.171"], ["--path", PATH, "--end-time", "2026-01-16T18:36"]]
)
def test_the_map_is_written_as_one_file(sample: Path, tmp_path: Path, asked: list[str]) -> None:
    """`export map witnesses` writes a page that fetches nothing, and says that it cannot be asked anew."""
    target = tmp_path / "saw.html"
    command = ["export", "map", "witnesses", str(target), *asked, "--time", "2026-01-16T18:30"]
    done = CliRunner().invoke(app, [*command, "--store", str(sample), "--lang", "ru"])
    assert done.exit_code == 0, done.output
    html = target.read_text(encoding="utf-8")
    assert [address for address in FETCHED.findall(html) if not address.startswith(("data:", "#"))] == []
    assert say("ask.off", "ru") in html
    assert 'id="ask-form"' not in html
    assert "16 января 2026" in html


def test_the_map_of_failures_is_written_as_one_file(sample: Path, tmp_path: Path) -> None:
    """`export map failures` writes a page that fetches nothing."""
    target = tmp_path / "fails.html"
    command = ["export", "map", "failures", str(target), "--store", str(sample), "--lang", "kk"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    html = target.read_text(encoding="utf-8")
    assert [address for address in FETCHED.findall(html) if not address.startswith(("data:", "#"))] == []
    assert 'data-target="fail-1"' in html


@pytest.mark.parametrize(
    "words",
    [
        ["witnesses", "a.html"],
        ["witnesses", "a.html", "--at", "24.944"],
        ["witnesses", "a.html", "--at", "24.944,60.171", "--path", PATH],
        ["witnesses", "a.html", "--at", "24.944,60.171", "--end-time", "2026-01-16T18:30"],
        ["coverage", "a.html", "--at", "24.944,60.171"],
    ],
)
def test_a_file_of_no_question_is_refused(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """No place, half of one, a place and a path, or a place for another map: told, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["export", "map", *words, "--store", str(sample), "--lang", "en"])
    assert done.exit_code == 1
    assert len(done.output.strip().splitlines()) >= 2
    assert list(tmp_path.iterdir()) == []


def open_page(page: Page, address: str) -> Watch:
    """Open a page of witnesses and wait until it can be asked."""
    watch = Watch(page)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(reduced_motion="reduce")
    page.goto(address, wait_until="networkidle")
    page.wait_for_function("document.documentElement.dataset.asks === 'yes'")
    return watch


def test_a_click_on_the_map_asks_about_that_place(client: httpx.Client, page: Page) -> None:
    """A click leads to the answer for the place under it, at the same time, with nobody else asked."""
    watch = open_page(
        page,
        f"{client.base_url}/maps/witnesses?lon=24.944&lat=60.171&time={WHEN.replace('+', '%2B')}&lang=en",
    )
    there = page.evaluate("""() => {
      const place = kuzet.map().latLngToContainerPoint([60.17056, 24.945]);
      const box = kuzet.map().getContainer().getBoundingClientRect();
      return [box.x + place.x, box.y + place.y];
    }""")
    with page.expect_navigation():
        page.mouse.click(*there)
    asked = parse_qs(urlsplit(page.url).query)
    lon, lat = float(asked["lon"][0]), float(asked["lat"][0])
    assert (lon, lat) == pytest.approx((24.945, 60.17056), abs=3e-5)
    assert asked["local_time"] == ["2026-01-16T18:30"]
    told = client.get("/witnesses", params={"lon": lon, "lat": lat, "time": WHEN}).json()
    assert drawn(page.content()) == {f["properties"]["camera"] for f in told["features"]}
    assert f"{lat:.5f}° N, {lon:.5f}° E".replace("° ", "°\N{NO-BREAK SPACE}") in page.content()
    assert watch.faults == []
    assert all(address.startswith((str(client.base_url), "data:", "blob:")) for address in watch.asked)


def test_a_click_that_closes_a_popup_asks_nothing(client: httpx.Client, page: Page) -> None:
    """Whoever closes a popup by clicking beside it stays on the page."""
    open_page(page, f"{client.base_url}/maps/witnesses?lon=24.944&lat=60.171&lang=en")
    page.locator("[data-target^=sight-]").first.click()
    page.locator(".leaflet-popup-content").wait_for()
    before = page.url
    page.mouse.click(300, 800)
    page.wait_for_timeout(300)
    assert page.url == before
    assert page.locator(".leaflet-popup-content").count() == 0


def test_a_path_is_drawn_by_clicks(client: httpx.Client, page: Page) -> None:
    """Three clicks and one taken back are a path of two points, and its witnesses are the answer."""
    watch = open_page(page, f"{client.base_url}/maps/witnesses?local_time=2026-01-16T18:30&lang=en")
    page.get_by_role("button", name="Draw a path").click()
    ask_button = page.locator(".ask-send")
    assert ask_button.is_disabled()
    for x, y in ((400, 500), (440, 520), (430, 620)):
        page.mouse.click(x, y)
    assert page.get_by_text("Points: 3").is_visible()
    page.get_by_role("button", name="Undo").click()
    page.fill("input[name=local_end_time]", "2026-01-16T18:36")
    with page.expect_navigation():
        ask_button.click()
    asked = parse_qs(urlsplit(page.url).query)
    assert len(read_path(asked["path"][0])) == 2
    assert asked["local_end_time"] == ["2026-01-16T18:36"]
    assert "lon" not in asked
    assert "path of" in page.locator(".about").inner_text()
    assert watch.faults == []


def test_the_map_can_be_asked_by_keyboard(client: httpx.Client, page: Page) -> None:
    """With the map in focus Enter asks about its middle; the form asks about a place that is typed."""
    watch = open_page(page, f"{client.base_url}/maps/witnesses?local_time=2026-01-16T18:30&lang=en")
    middle = page.evaluate("(() => { const c = kuzet.map().getCenter(); return [c.lng, c.lat]; })()")
    page.locator(".folium-map").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    asked = parse_qs(urlsplit(page.url).query)
    assert [float(asked["lon"][0]), float(asked["lat"][0])] == pytest.approx(middle, abs=1e-6)
    page.locator(".ask summary").press("Enter")
    page.fill("input[name=lon]", "24.944")
    page.fill("input[name=lat]", "60.171")
    with page.expect_navigation():
        page.locator("input[name=lat]").press("Enter")
    assert parse_qs(urlsplit(page.url).query)["lat"] == ["60.171"]
    assert watch.faults == []


def test_a_place_outside_is_told_on_the_map(client: httpx.Client, page: Page) -> None:
    """A click far from the city is answered in the page, not with a problem of the server."""
    open_page(page, f"{client.base_url}/maps/witnesses?lang=en")
    page.evaluate("void kuzet.map().setView([60.5, 25.5], 12, {animate: false})")
    before = page.url
    page.mouse.click(500, 600)
    page.locator(".leaflet-popup-content").wait_for()
    assert "outside the city" in page.locator(".leaflet-popup-content").inner_text()
    assert page.url == before
