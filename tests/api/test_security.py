"""Who may ask, under which name, from which page; and that looks are written down."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
import pytest
import structlog
from kuzet.api.cli import app
from kuzet.api.security import require_safe_binding
from kuzet.api.settings import Settings
from kuzet.coverage.errors import RefusedError
from typer.testing import CliRunner

from .conftest import Serve

KEY = "correct-horse-battery"
GUARDED = ["/", "/docs", "/openapi.json", "/collections", "/collections/cameras/items", "/maps/coverage",
           "/routes", "/jobs", "/basemap.pmtiles", "/static/vendor/leaflet.js"]  # fmt: skip


@pytest.mark.parametrize("path", GUARDED)
def test_a_server_with_a_key_answers_only_to_the_key(serve: Serve, path: str) -> None:
    """Without the key, or with another, an address is 401; as password or bearer token the key opens it."""
    client = serve(api_key=KEY)
    refused = client.get(path)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Basic")
    assert refused.headers["content-type"] == "application/problem+json"
    for wrong in ("", "correct-horse-batter", KEY + "x", "кілт"):
        basic = client.get(path, auth=httpx.BasicAuth("anyone", wrong))
        assert basic.status_code == 401, wrong
    assert client.get(path, headers={"Authorization": "Basic !!!"}).status_code == 401
    assert client.get(path, headers={"Authorization": KEY}).status_code == 401
    assert client.get(path, auth=httpx.BasicAuth("qgis", KEY)).status_code == 200
    assert client.get(path, headers={"Authorization": f"Bearer {KEY}"}).status_code == 200


def test_health_needs_no_key(serve: Serve) -> None:
    """A machine that watches the server learns that it lives, and nothing more."""
    answer = serve(api_key=KEY).get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_without_a_key_only_this_machine_is_served(host: str) -> None:
    """The server refuses to listen to other machines without a key, and does with one."""
    with pytest.raises(RefusedError, match="key_needed"):
        require_safe_binding(Settings(host=host))
    require_safe_binding(Settings(host=host, api_key=KEY))
    for own in ("127.0.0.1", "localhost", "::1", "127.9.9.9"):
        require_safe_binding(Settings(host=own))


def test_serve_says_in_one_sentence_that_a_key_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """`kuzet serve --host 0.0.0.0` without a key ends with a sentence and what to do."""
    monkeypatch.delenv("KUZET_API_KEY", raising=False)
    result = CliRunner().invoke(app, ["serve", "--host", "0.0.0.0", "--lang", "en"])
    assert result.exit_code == 1
    assert "Without a key the server serves only this machine" in " ".join(result.stderr.split())
    assert "KUZET_API_KEY" in result.stderr


def test_a_strangers_name_for_this_machine_is_refused(serve: Serve) -> None:
    """A page that points its own host name at this machine (DNS rebinding) gets nothing."""
    client = serve()
    port = urlsplit(str(client.base_url)).port
    for name in ("evil.example", f"evil.example:{port}", "127.0.0.1.evil.example", "", "[::1].evil"):
        answer = client.get("/collections", headers={"Host": name})
        assert answer.status_code in (400, 403), name
    for name in (f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}", "LOCALHOST"):
        assert client.get("/collections", headers={"Host": name}).status_code == 200, name


def test_an_operator_may_name_hosts(serve: Serve) -> None:
    """KUZET_ALLOWED_HOSTS opens the server to the names in it, and to no other."""
    client = serve(allowed_hosts="kuzet.example, other.example")
    assert client.get("/health", headers={"Host": "kuzet.example:8000"}).status_code == 200
    assert client.get("/health", headers={"Host": "evil.example"}).status_code == 403


def test_another_sites_page_cannot_change_anything(serve: Serve) -> None:
    """A form on a stranger's page, sent by the browser of someone who may, is refused."""
    client = serve()
    content = {"file": ("cameras.csv", b"id,longitude,latitude,state\na,24.9414,60.1699,live\n")}
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/uploads/cameras", files=content, headers=headers).status_code == 403
    own = str(client.base_url).rstrip("/")
    assert client.post("/uploads/cameras", files=content, headers={"Origin": own}).status_code == 200


def test_every_look_is_written_down_without_the_key(serve: Serve) -> None:
    """A look at cameras, blind spots, routes or maps is an audit line: who, what, id; never the key."""
    client = serve(api_key=KEY)
    looks = ["/collections/cameras/items", "/collections/blind_spots/items", "/routes",
             "/routes/synthetic-unit-1.gpx", "/maps/patrol"]  # fmt: skip
    with structlog.testing.capture_logs() as lines:
        answers = [client.get(path, auth=httpx.BasicAuth("qgis", KEY)) for path in looks]
        client.get("/maps/coverage")
        client.get("/health")
    told = [line for line in lines if line["event"] == "look"]
    assert [line["what"] for line in told] == [*looks, "/maps/coverage"]
    assert [line["request_id"] for line in told[:-1]] == [
        answer.headers["x-request-id"] for answer in answers
    ]
    assert len({line["who"] for line in told[:-1]}) == 1
    assert told[0]["who"].startswith("key ")
    assert told[-1]["status"] == 401
    assert told[-1]["who"] == "stranger"
    assert KEY not in str(lines)


@pytest.mark.parametrize("path", ["/", "/collections", "/nothing", "/maps/coverage", "/docs", "/health"])
def test_every_answer_carries_safe_headers(client: httpx.Client, path: str) -> None:
    """Pages, data and faults alike: no foreign sources, no sniffing, no referrer, nothing public."""
    headers = client.get(path, headers={"Accept": "text/html"}).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http:" not in policy and "https:" not in policy
    scripts = next(part for part in policy.split(";") if "script-src" in part)
    assert "unsafe" not in scripts
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "private" in headers["cache-control"]
