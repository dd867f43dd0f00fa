"""A new plan over HTTP: what is asked wrongly is a clear 4xx, and nothing is stored."""

from fastapi.testclient import TestClient
from kuzet.api.main import create_app
from kuzet.api.settings import Settings


def test_nothing_to_replan_is_said_and_stores_nothing(tmp_path):
    """Without a plan a 4xx with a remedy; a moment without its zone and unknown names are 400."""
    path = tmp_path / "city.gpkg"
    with TestClient(create_app(Settings(store=path)), base_url="http://127.0.0.1") as client:
        answer = client.post("/patrol/replan", json={"now": "2026-01-16T20:00:00+05:00"})
        assert 400 <= answer.status_code < 500
        assert answer.json()["remedy"]
        assert client.post("/patrol/replan", json={"now": "2026-01-16T20:00:00"}).status_code == 400
        assert client.post("/patrol/replan", json={"now": 7, "x": 1}).status_code == 400
    assert not path.exists()
