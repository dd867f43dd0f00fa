"""Pages for people: the start, the maps, the documentation; all of it from this server itself."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from pathlib import Path

import gpxpy
import httpx
import pytest
from kuzet.api.drawing import MAPS, QUESTIONS
from kuzet.api.intake import load_sample
from kuzet.data.store import Store
from kuzet.maps.text import say

from .conftest import Serve

LANGUAGES = ("kk", "ru", "en")
FETCHED = re.compile(r"""<(?:script|link|img|iframe|source)\b[^>]*\b(?:src|href)=["']([^"']+)""")


def require_runnable(answer: httpx.Response) -> None:
    """Check that a page fetches from its own server only, and that its policy lets its own scripts run."""
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    for address in FETCHED.findall(answer.text):
        assert address.startswith(("/", "data:", "#")) and not address.startswith("//"), address
    policy = answer.headers["content-security-policy"]
    for script in re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL):
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", MAPS)
def test_each_map_opens_in_each_language(client: httpx.Client, sample: Path, kind: str, lang: str) -> None:
    """Each map says its language, its run and what is synthetic, and everything it links to is there."""
    answer = client.get(f"/maps/{kind}", params={"lang": lang})
    require_runnable(answer)
    assert f'<html lang="{lang}"' in answer.text
    assert answer.headers["content-language"] == lang
    assert Store(sample).latest_run(kind).run_id in answer.text
    assert say("synthetic.incidents", lang) in answer.text
    for address in {*FETCHED.findall(answer.text), "/basemap.pmtiles"}:
        if address.startswith("/"):
            assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_map_of_failures_opens(client: httpx.Client, sample: Path, lang: str) -> None:
    """It lists the points of /failures that blind anything, in their order, with the run they belong to."""
    answer = client.get("/maps/failures", params={"lang": lang})
    require_runnable(answer)
    assert f'<html lang="{lang}"' in answer.text
    assert Store(sample).latest_run("coverage").run_id in answer.text
    told = [feature["properties"] for feature in client.get("/failures").json()["features"]]
    ranks = [str(row["rank"]) for row in told if row["loss_mid_m"] > 0]
    assert re.findall(r'data-target="fail-(\d+)"', answer.text) == ranks
    assert len(ranks) == 10
    assert client.get("/maps/failures", params={"limit": 3}).status_code == 400


def test_no_map_of_failures_before_a_coverage(serve: Serve, tmp_path: Path) -> None:
    """Before anything was measured the map says what to do, and the start page does not lead to it."""
    store = Store(tmp_path / "new.gpkg")
    load_sample(store, zone="Asia/Almaty")
    client = serve(store=store.path)
    answer = client.get("/maps/failures")
    assert answer.status_code == 409
    assert answer.json()["remedy"]
    start = client.get("/", params={"f": "html"}).text
    assert "/maps/witnesses?" in start
    assert "/maps/failures?" not in start


def test_a_browsers_language_decides_where_none_is_asked_for(client: httpx.Client) -> None:
    """Accept-Language chooses the language of a map; `?lang=` wins over it."""
    told = client.get("/maps/coverage", headers={"Accept-Language": "de, ru;q=0.8, en;q=0.5"})
    assert '<html lang="ru"' in told.text
    asked = client.get("/maps/coverage", params={"lang": "kk"}, headers={"Accept-Language": "ru"})
    assert '<html lang="kk"' in asked.text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_start_page_leads_to_everything(client: httpx.Client, lang: str) -> None:
    """A browser gets a page in its language, and every address on it answers."""
    answer = client.get("/", params={"lang": lang}, headers={"Accept": "text/html,application/xhtml+xml"})
    require_runnable(answer)
    assert f'<html lang="{lang}"' in answer.text
    assert html.escape(say("api.page.lead", lang)).replace("&#x27;", "&#39;") in answer.text
    assert say("synthetic.incidents", lang) in answer.text
    assert say("api.page.stale", lang) not in answer.text
    addresses = [a for a in re.findall(r'href="([^"]+)"', answer.text) if a.startswith("/")]
    assert {f"/maps/{kind}?lang={lang}" for kind in (*MAPS, *QUESTIONS)} <= set(addresses)
    # what was never computed can be computed, not opened
    assert f"/maps/exposure?lang={lang}" not in addresses
    assert 'data-process="exposure"' in answer.text
    for address in addresses:
        assert client.get(address).status_code == 200, address


def test_a_client_gets_links_at_the_start(client: httpx.Client) -> None:
    """A program gets JSON with the links that OGC API asks for, each of which answers."""
    answer = client.get("/")
    body = answer.json()
    assert {"service-desc", "service-doc", "conformance", "data"} <= {link["rel"] for link in body["links"]}
    for link in body["links"]:
        found = client.get(link["href"])
        assert found.status_code == 200, link
        assert (
            found.headers["content-type"].split(";")[0] == link["type"].split(";")[0]
            or link["rel"] == "service-desc"
        )
    assert client.get("/", params={"f": "html"}).headers["content-type"].startswith("text/html")


def test_the_documentation_needs_no_outside_host(client: httpx.Client) -> None:
    """The page of the interface takes its scripts from here."""
    answer = client.get("/docs")
    require_runnable(answer)
    for address in FETCHED.findall(answer.text):
        assert client.get(address).status_code == 200, address
    assert client.get("/redoc").status_code == 404


def test_the_base_map_can_be_read_in_pieces(client: httpx.Client, sample: Path) -> None:
    """A range of the base map is that range, as the map's reader of tiles asks for it."""
    tiles = Store(sample).basemap()
    whole = client.get("/basemap.pmtiles")
    assert whole.content == tiles
    assert whole.headers["accept-ranges"] == "bytes"
    piece = client.get("/basemap.pmtiles", headers={"Range": "bytes=100-299"})
    assert piece.status_code == 206
    assert piece.content == tiles[100:300]
    assert piece.headers["content-range"] == f"bytes 100-299/{len(tiles)}"
    assert client.get("/basemap.pmtiles", headers={"Range": f"bytes={len(tiles)}-"}).status_code == 416


def test_each_units_route_is_gpx(client: httpx.Client, sample: Path) -> None:
    """Each unit of the plan has a GPX file whose track keeps to the unit's shift."""
    body = client.get("/routes").json()
    plan = Store(sample).load_result(Store(sample).latest_run("patrol").run_id)
    assert [unit["id"] for unit in body["units"]] == list(plan.units["id"])
    for unit, shift_end in zip(body["units"], plan.units["shift_end"], strict=True):
        answer = client.get(unit["links"][0]["href"])
        assert answer.headers["content-type"] == "application/gpx+xml"
        gpx = gpxpy.parse(answer.text)
        times = [point.time for track in gpx.tracks for piece in track.segments for point in piece.points]
        assert times == sorted(times)
        assert times[-1] <= shift_end
        assert len(unit["visits"]) == int(plan.units.set_index("id").loc[unit["id"], "stops"])
