"""Bad input over HTTP: one clear sentence, what to do, and the store as it was."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from .conftest import Serve

SECRET = "s3cr3t-input"
PIT = (
    b"<OGRVRTDataSource><OGRVRTLayer name='a'>"
    b"<SrcDataSource>/vsicurl/http://127.0.0.1:%d/a.csv</SrcDataSource>"
)
HEAD = "id,longitude,latitude,state\n"


def require_problem(answer: httpx.Response, status: int) -> dict:
    """Check that an answer is a whole problem document, and return it."""
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["type"].startswith("urn:kuzet:problem:")
    assert problem["request_id"] == answer.headers["x-request-id"]
    for part in ("title", "detail", "remedy"):
        assert problem[part].strip()
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text
    assert "/work" not in answer.text and "site-packages" not in answer.text
    return problem


BAD_QUERIES = [
    (f"/collections/cameras/items?{SECRET}=1", 400),
    (f"/collections/cameras/items?limit={SECRET}", 400),
    ("/collections/cameras/items?limit=0", 400),
    ("/collections/cameras/items?limit=-5", 400),
    ("/collections/cameras/items?limit=1e999", 400),
    ("/collections/cameras/items?limit=1&limit=2", 400),
    ("/collections/cameras/items?offset=-1", 400),
    (f"/collections/cameras/items?bbox={SECRET}", 400),
    ("/collections/cameras/items?bbox=1,2,3", 400),
    ("/collections/cameras/items?bbox=nan,0,1,1", 400),
    ("/collections/cameras/items?bbox=-inf,-inf,inf,inf", 400),
    ("/collections/cameras/items?bbox=25,60,24,61", 400),
    ("/collections/cameras/items?bbox=24,-100,25,61", 400),
    ("/collections/incidents/items?datetime=yesterday", 400),
    ("/collections/incidents/items?datetime=2025-01-01T00:00:00", 400),
    ("/collections/incidents/items?datetime=2025-01-02T00:00:00Z/2025-01-01T00:00:00Z", 400),
    ("/collections/cameras/items?lang=fr", 400),
    (f"/collections/{SECRET}/items", 404),
    (f"/collections/cameras/items/{SECRET}", 404),
    (f"/processes/{SECRET}", 404),
    (f"/maps/{SECRET}", 404),
    (f"/routes/{SECRET}.gpx", 404),
    (f"/jobs/{SECRET}", 404),
    (f"/jobs/{SECRET}/events", 404),
    (f"/{SECRET}", 404),
    ("/uploads/rejected/..%2f..%2fetc%2fpasswd.csv", 404),
    ("/static/../../api/settings.py", 404),
    ("/static/%2e%2e/pages.py", 404),
]


@pytest.mark.parametrize(("address", "status"), BAD_QUERIES)
def test_a_bad_address_is_a_problem_that_repeats_nothing_of_it(
    client: httpx.Client, address: str, status: int
) -> None:
    """A wrong parameter, value or name is answered with a problem document that does not echo it."""
    require_problem(client.get(address), status)


BAD_BODIES = [
    b"",
    b"{",
    b"[]",
    b'"text"',
    b'{"inputs": {"count": NaN}}',
    b'{"inputs": {"count": Infinity}}',
    b'{"inputs": {"count": 1e999}}',
    b'{"inputs": {"count": "3"}}',
    b'{"inputs": {"count": 2.5}}',
    b'{"inputs": {"count": true}}',
    b'{"inputs": {"count": 0}}',
    b'{"inputs": {"count": 1, "count": 2}}',
    b'{"inputs": {"ladder": "s3cr3t-input"}}',
    b'{"inputs": {"seen_at": "\\ud800"}}',
    b'{"inputs": {"seen_at": "sideways"}}',
    b'{"inputs": {"s3cr3t-input": 1}}',
    b'{"inputs": {}, "s3cr3t-input": 1}',
    b'{"inputs": {"seen_at": "\xff"}}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("body", BAD_BODIES, ids=range(len(BAD_BODIES)))
def test_a_bad_order_is_a_problem_and_starts_no_job(client: httpx.Client, body: bytes) -> None:
    """An order that the process does not take is 400, never 422 or 500, and starts nothing."""
    before = client.get("/jobs").json()["jobs"]
    answer = client.post(
        "/processes/sites/execution", content=body, headers={"Content-Type": "application/json"}
    )
    require_problem(answer, 400)
    assert client.get("/jobs").json()["jobs"] == before


def test_where_names_the_field_and_the_bound(client: httpx.Client) -> None:
    """A problem tells which field is wrong and what it may be."""
    answer = client.post("/processes/sites/execution", json={"inputs": {"count": 101}})
    problem = require_problem(answer, 400)
    assert problem["where"] == [{"in": "body", "field": "inputs.count", "reason": "must be at most 100"}]


@pytest.mark.parametrize(("lang", "words"), [("en", "parameter"), ("ru", "параметр"), ("kk", "параметр бар")])
def test_a_problem_speaks_the_language_asked_for(client: httpx.Client, lang: str, words: str) -> None:
    """`?lang=` and Accept-Language both choose the language of a problem."""
    asked = client.get("/jobs", params={"lang": lang, "nothing": 1})
    told = client.get("/jobs", params={"nothing": 1}, headers={"Accept-Language": lang})
    assert words in require_problem(asked, 400)["detail"]
    assert require_problem(told, 400)["detail"] == asked.json()["detail"]


def test_a_method_that_an_address_does_not_take_is_a_problem(client: httpx.Client) -> None:
    """DELETE on a page that is only read is 405, told like everything else."""
    require_problem(client.delete("/health"), 405)


BAD_FILES = {
    "empty": ("cameras.csv", b"", 400),
    "only a header": ("cameras.csv", HEAD.encode(), 400),
    "a photo": ("cameras.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), 415),
    "a spreadsheet": ("cameras.xlsx", b"PK\x03\x04" + bytes(100), 415),
    "no coordinates": ("cameras.csv", b"id,state\na,live\n", 400),
    "swapped": ("cameras.csv", f"{HEAD}a,60.1699,24.9414,live\nb,60.17,24.94,live\n".encode(), 400),
    "another city": ("cameras.csv", f"{HEAD}a,78.37,45.01,live\nb,78.38,45.02,live\n".encode(), 422),
    "broken geojson": ("cameras.geojson", b'{"type": "FeatureCollection", "features": [', 400),
    "not a number": ("cameras.csv", f"{HEAD}a,NaN,Infinity,live\n".encode(), 400),
    "half a letter": ("cameras.geojson", b'{"type": "FeatureCollection", "features": [{"type": "Feature", '
                      b'"properties": {"id": "\\ud800", "state": "live"}, "geometry": {"type": "Point", '
                      b'"coordinates": [24.9414, 60.1699]}}]}', 400),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_leaves_the_store_byte_for_byte(serve: Serve, own_store: Path, case: str) -> None:
    """A file that cannot be used is a problem of the 4xx, and not a byte of the store changes."""
    name, content, status = BAD_FILES[case]
    client = serve()
    before = digest(own_store)
    answer = client.post("/uploads/cameras", files={"file": (name, content)})
    problem = require_problem(answer, answer.status_code)
    assert 400 <= answer.status_code < 500, problem
    assert answer.status_code == status, problem
    assert digest(own_store) == before


def test_a_vrt_called_csv_reads_nothing_and_calls_nobody(serve: Serve, own_store: Path) -> None:
    """A VRT that would make GDAL call an address is refused, and the address is never called."""
    called = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.2)
    stop = threading.Event()

    def listen() -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            called.set()
            connection.close()

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        content = PIT % listener.getsockname()[1] + b"</OGRVRTLayer></OGRVRTDataSource>"
        client = serve()
        before = digest(own_store)
        for name in ("cameras.csv", "cameras.vrt", "cameras.geojson"):
            answer = client.post("/uploads/cameras", files={"file": (name, content)})
            assert 400 <= answer.status_code < 500
            require_problem(answer, answer.status_code)
        assert digest(own_store) == before
    finally:
        stop.set()
        thread.join()
        listener.close()
    assert not called.is_set()


@pytest.mark.parametrize("announced", [True, False], ids=["with its length", "without its length"])
def test_a_request_over_the_limit_is_refused(serve: Serve, own_store: Path, announced: bool) -> None:
    """A body over the limit is 413 whether or not it says its length, and the store is as it was."""
    client = serve(upload_limit=100_000)
    before = digest(own_store)
    boundary = "edge"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'.encode()
        + b"x" * 200_000
        + f"\r\n--{boundary}--\r\n".encode()
    )

    def pieces() -> Iterator[bytes]:
        yield from (body[at : at + 10_000] for at in range(0, len(body), 10_000))

    answer = client.post(
        "/uploads/cameras",
        content=body if announced else pieces(),
        headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    require_problem(answer, 413)
    assert digest(own_store) == before


def test_a_store_without_a_city_says_what_to_do(serve: Serve, tmp_path: Path) -> None:
    """Before a city is read in, what needs one is 409 with the way there; the start page still opens."""
    client = serve(store=tmp_path / "none.gpkg")
    for address in (
        "/collections",
        "/collections/cameras/items",
        "/maps/coverage",
        "/routes",
        "/basemap.pmtiles",
    ):
        assert "ingest osm" in require_problem(client.get(address), 409)["remedy"]
    order = client.post("/processes/coverage/execution", json={"inputs": {}})
    require_problem(order, 409)
    page = client.get("/", params={"f": "html"})
    assert page.status_code == 200
    assert "ingest osm" in page.text
    assert not (tmp_path / "none.gpkg").exists()


def test_a_fault_of_the_program_is_a_problem_without_a_trace(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception nobody foresaw is a 500 that tells nothing of the inside, and the server goes on."""
    client = serve()

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError(SECRET)

    monkeypatch.setattr("kuzet.api.routers.routes.latest", fail)
    problem = require_problem(client.get("/routes"), 500)
    assert json.dumps(problem).count("ZeroDivision") == 0
    assert client.get("/health").json() == {"status": "ok"}


def digest(path: Path) -> str:
    """Return the hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
