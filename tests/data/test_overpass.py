"""Fetching a city from a server that answers as Overpass does, on this machine."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import osmium
import osmnx
import pytest
from kuzet.coverage.errors import InvalidInputError, KuzetError, NotFoundError, TooLargeError, UpstreamError
from kuzet.data import overpass
from kuzet.data.osm import read_osm
from kuzet.data.overpass import fetch_osm

TOWN = Path(__file__).parent / "files" / "town.osm"
BOX = (77.999, 44.999, 78.008, 45.006)


class Server(ThreadingHTTPServer):
    """Answers every request with what it was told, and remembers what it was asked."""

    status = 200
    wait_s = 0.0
    body = b""
    place = b"[]"
    seen: list[tuple[str, dict[str, list[str]]]]

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}/api"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server

    def do_POST(self) -> None:
        """Answer as Overpass."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.seen.append((self.path, form))
        self._answer(self.server.body)

    def do_GET(self) -> None:
        """Answer as Nominatim."""
        self.server.seen.append((urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)))
        self._answer(self.server.place)

    def _answer(self, body: bytes) -> None:
        time.sleep(self.server.wait_s)
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as running:
        running.seen = []
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture(scope="module")
def answer() -> dict[str, Any]:
    """Give the town as the elements of an Overpass answer, one of them twice as unions give them."""
    elements: list[dict[str, Any]] = []
    for thing in osmium.FileProcessor(str(TOWN)):
        element: dict[str, Any] = {"id": thing.id, "tags": dict(thing.tags)}
        if thing.is_node():
            element |= {"type": "node", "lat": thing.lat, "lon": thing.lon}
        elif thing.is_way():
            element |= {"type": "way", "nodes": [node.ref for node in thing.nodes]}
        else:
            names = {"n": "node", "w": "way", "r": "relation"}
            members = [{"type": names[m.type], "ref": m.ref, "role": m.role} for m in thing.members]
            element |= {"type": "relation", "members": members}
        elements.append(element)
    return {"version": 0.6, "generator": "Overpass API", "elements": [elements[-1], *elements]}


def code_of(fetch: Callable[[], object], kind: type[KuzetError]) -> str:
    with pytest.raises(kind) as caught:
        fetch()
    return caught.value.code


def test_a_box_gives_the_same_town_as_the_file(server: Server, answer: dict[str, Any]) -> None:
    """The answer goes through the reader of files: equal streets, buildings, cameras, stations."""
    server.body = json.dumps(answer).encode()
    fetched = fetch_osm(box=BOX, address=server.address, buffer_m=100)
    read = read_osm(TOWN, box=BOX, buffer_m=100)
    assert fetched.streets.to_json() == read.streets.to_json()
    assert fetched.buildings.to_json() == read.buildings.to_json()
    assert fetched.barriers.to_json() == read.barriers.to_json()
    assert fetched.cameras.to_json() == read.cameras.to_json()
    assert fetched.stations.to_json() == read.stations.to_json()
    assert fetched.report == read.report
    assert fetched.bounds == BOX


def test_the_question_names_what_is_needed_and_reaches_past_the_box(
    server: Server, answer: dict[str, Any]
) -> None:
    """One question goes to /interpreter: streets, buildings, cameras, in the box and 500 m round it."""
    server.body = json.dumps(answer).encode()
    fetch_osm(box=BOX, address=server.address)
    [(path, form)] = server.seen
    assert path == "/api/interpreter"
    query = form["data"][0]
    for wanted in ("'highway'", "'building'", "'man_made'='surveillance'", "'amenity'='police'", "'landuse'"):
        assert wanted in query
    corners = query.split("poly:'")[1].split("'")[0].split()
    assert min(map(float, corners[0::2])) == pytest.approx(44.999 - 500 / 111_320, abs=2e-5)
    assert max(map(float, corners[0::2])) == pytest.approx(45.006 + 500 / 111_320, abs=2e-5)


def test_a_place_is_looked_up_first(server: Server, answer: dict[str, Any]) -> None:
    """By name the geocoder's box becomes the city's bounds, and the name its name."""
    server.body = json.dumps(answer).encode()
    found = {
        "importance": 0.5,
        "lat": "45.0",
        "lon": "78.0",
        "boundingbox": ["44.999", "45.006", "77.999", "78.008"],
        "geojson": {"type": "Point", "coordinates": [78.0, 45.0]},
    }
    server.place = json.dumps([found]).encode()
    extract = fetch_osm(place="Талдыкорган", address=server.address, geocoder=server.address)
    assert (extract.name, extract.bounds) == ("Талдыкорган", BOX)
    assert server.seen[0][0] == "/api/search"
    assert server.seen[0][1]["q"] == ["Талдыкорган"]


def test_settings_and_name_lookup_are_as_before(
    server: Server, answer: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Afterwards osmnx's settings and the process's name lookup are as before, and no cache is on disk."""
    monkeypatch.chdir(tmp_path)
    server.body = json.dumps(answer).encode()
    before = dict(vars(osmnx.settings)), socket.getaddrinfo
    fetch_osm(box=BOX, address=server.address)
    assert (dict(vars(osmnx.settings)), socket.getaddrinfo) == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", [400, 403, 429, 500, 504])
def test_a_refusal_is_told_at_once(server: Server, status: int) -> None:
    """An HTTP error ends the request with its status; it is not asked again and again."""
    server.status = status
    server.body = b'{"elements": []}'
    with pytest.raises(UpstreamError) as caught:
        fetch_osm(box=BOX, address=server.address)
    assert (caught.value.code, caught.value.facts["status"]) == ("upstream_refused", status)
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"hello": 1}', "overpass_not_overpass"),
        (b"[1, 2]", "overpass_not_overpass"),
        (b'"text"', "overpass_not_overpass"),
        (b'{"elements": {"a": 1}}', "overpass_not_overpass"),
        (b'{"elements": [{"type": "node"}, {"type": "way", "id": 1}]}', "overpass_not_overpass"),
        (b'{"elements": [1]}', "overpass_not_overpass"),
        (b'{"elements": [{"type": "way", "id": 1, "nodes": ["x"]}]}', "overpass_not_overpass"),
        (b'{"elements": [], "remark": "runtime error: Query timed out"}', "overpass_gave_up"),
        (b"<html>busy</html>", "upstream_not_json"),
        (b"", "upstream_not_json"),
    ],
)
def test_other_answers_are_told_apart(server: Server, body: bytes, code: str) -> None:
    """JSON that is not Overpass's, half an answer, and no JSON each have their code."""
    server.body = body
    assert code_of(lambda: fetch_osm(box=BOX, address=server.address), UpstreamError) == code


def test_an_empty_answer_has_no_streets(server: Server) -> None:
    """A box in the sea is an answer without streets, not a failure of the server."""
    server.body = b'{"elements": []}'
    assert code_of(lambda: fetch_osm(box=BOX, address=server.address), InvalidInputError) == "osm_no_streets"


def test_nobody_there() -> None:
    """A refused connection is an unreachable server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert (
        code_of(lambda: fetch_osm(box=BOX, address=f"http://127.0.0.1:{port}/api"), UpstreamError)
        == "upstream_unreachable"
    )


def test_a_server_that_does_not_answer_in_time(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that takes longer than the limit is too slow."""
    monkeypatch.setattr(overpass, "TIMEOUT_S", 0.2)
    server.wait_s = 1.0
    assert code_of(lambda: fetch_osm(box=BOX, address=server.address), UpstreamError) == "upstream_too_slow"


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"[]", NotFoundError, "place_not_found"),
        (b'[{"lat": "45"}]', UpstreamError, "geocoder_not_understood"),
        (b'{"error": "x"}', UpstreamError, "geocoder_not_understood"),
        (b"no", UpstreamError, "upstream_not_json"),
    ],
)
def test_places_that_are_not_found(server: Server, body: bytes, kind: type[KuzetError], code: str) -> None:
    """No such place is told apart from a server that is no geocoder."""
    server.place = body
    assert (
        code_of(lambda: fetch_osm(place="Нигде", address=server.address, geocoder=server.address), kind)
        == code
    )


def test_questions_that_make_no_sense() -> None:
    """Neither or both of place and box, half a continent, and an address that is a file are refused."""
    address = "http://127.0.0.1:9/api"
    assert code_of(lambda: fetch_osm(address=address), InvalidInputError) == "overpass_place_or_box"
    assert (
        code_of(lambda: fetch_osm(place="x", box=BOX, address=address), InvalidInputError)
        == "overpass_place_or_box"
    )
    assert (
        code_of(lambda: fetch_osm(box=(60, 40, 80, 50), address=address), TooLargeError)
        == "overpass_box_too_large"
    )
    assert (
        code_of(lambda: fetch_osm(box=BOX, address="file:///etc"), InvalidInputError)
        == "overpass_address_wrong"
    )
