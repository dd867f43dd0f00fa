"""What if, over HTTP: changes tried out, kept, compared, refused; the register itself stays as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from kuzet.api.workflows import RUNNERS
from kuzet.data.store import Store
from kuzet.maps.text import LANGUAGES

from .conftest import Serve

HOSTILE = "<img src=x onerror=alert(1)>${alert(1)}`'\"\\ Қабанбай"


def live_camera(store: Store, place: int = 0) -> dict[str, Any]:
    """Return a live camera of the register that sees something."""
    _, coverage = RUNNERS["coverage"](store)
    seen = coverage.cameras[(coverage.cameras["state"] == "live") & (coverage.cameras["seen_mid_m"] > 20)]
    identity = seen["id"].iloc[place]
    row = store.read_frame("cameras").set_index("id").loc[identity]
    return {"camera": identity, "lon": row.geometry.x, "lat": row.geometry.y}


def try_out(client: httpx.Client, *changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the answer to some changes."""
    answer = client.post("/scenarios/preview", json={"changes": list(changes), **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_preview_is_what_measuring_the_changed_register_finds(serve: Serve, own_store: Path) -> None:
    """One camera moved, one switched off: the figures are those of a coverage of the register so changed."""
    client, store = serve(), Store(own_store)
    _, before = RUNNERS["coverage"](store)
    one, two = live_camera(store, 0), live_camera(store, 5)
    told = try_out(
        client,
        {"action": "move", "camera": one["camera"], "lon": one["lon"] + 4e-4, "lat": one["lat"]},
        {"action": "set", "camera": two["camera"], "state": "offline"},
    )
    frame = store.read_frame("cameras")
    shapes = frame.geometry.copy()
    moved = frame.index[frame["id"] == one["camera"]][0]
    shapes[moved] = type(shapes[moved])(one["lon"] + 4e-4, one["lat"])
    frame.loc[frame["id"] == two["camera"], "state"] = "offline"
    store.replace_frame("cameras", frame.set_geometry(shapes))
    _, after = RUNNERS["coverage"](store)
    for state in ("live", "offline", "archive"):
        for level in ("low", "mid", "high"):
            row = told["figures"]["seen"][state][level]
            assert row["before_m"] == pytest.approx(before.seen_m[state][level], abs=1e-3)
            assert row["after_m"] == pytest.approx(after.seen_m[state][level], abs=1e-3)
            assert row["change_m"] == pytest.approx(row["after_m"] - row["before_m"], abs=1e-3)
    signs = {feature["properties"]["change"] for feature in told["features"]}
    assert {"loss"} <= signs <= {"gain", "loss", "other"}
    assert {f["properties"]["id"] for f in told["cameras"]["after"]["features"]} == {
        one["camera"],
        two["camera"],
    }
    lost = sum(f["properties"]["length_m"] * -min(f["properties"]["live_mid"], 0) for f in told["features"])
    assert lost == pytest.approx(told["figures"]["seen"]["live"]["mid"]["lost_m"], abs=1e-2)


def test_a_scenario_is_kept_compared_and_forgotten(serve: Serve, own_store: Path) -> None:
    """Kept with a name, told in the list, compared both ways with opposite signs, and gone when deleted."""
    client, store = serve(), Store(own_store)
    hashes = store.input_hashes(["cameras"])
    one = live_camera(store)
    sent = {"name": HOSTILE, "changes": [{"action": "remove", "camera": one["camera"]}]}
    kept = client.post("/scenarios", json=sent)
    assert kept.status_code == 201, kept.text
    first = kept.json()
    assert kept.headers["Location"].endswith(f"/scenarios/{first['id']}")
    assert (first["name"], first["register_changed"]) == (HOSTILE, False)
    more = {
        "name": "Turned",
        "base": first["id"],
        "changes": [{"action": "add", "lon": 24.944, "lat": 60.171}],
    }
    second = client.post("/scenarios", json=more).json()
    assert [change["action"] for change in second["changes"]] == ["remove", "add"]
    listed = client.get("/scenarios").json()["scenarios"]
    assert [line["id"] for line in listed] == [second["id"], first["id"]]
    assert (
        listed[1]["figures"] == first["figures"] == client.get(f"/scenarios/{first['id']}").json()["figures"]
    )
    there = client.get(f"/scenarios/{first['id']}/difference", params={"to": second["id"]}).json()
    back = client.get(f"/scenarios/{second['id']}/difference", params={"to": first["id"]}).json()
    assert len(there["features"]) == len(back["features"])
    for one_way, other_way in zip(there["features"], back["features"], strict=True):
        assert one_way["geometry"] == other_way["geometry"]
        for name, value in one_way["properties"].items():
            if name.startswith(("live", "archive", "registered", "offline")):
                assert value == -other_way["properties"][name]
    today = client.get("/scenarios/today/difference", params={"to": first["id"]}).json()
    assert today["figures"] == first["figures"]
    assert store.input_hashes(["cameras"]) == hashes
    assert client.delete(f"/scenarios/{first['id']}").status_code == 204
    assert client.delete(f"/scenarios/{first['id']}").status_code == 404
    # what was built on it stands on its own
    assert client.get(f"/scenarios/{second['id']}").status_code == 200


def test_a_kept_scenario_follows_the_register(serve: Serve, own_store: Path) -> None:
    """When the register changes the figures are those of today and say so; a camera that is gone is told."""
    client, store = serve(), Store(own_store)
    one = live_camera(store)
    kept = client.post(
        "/scenarios", json={"name": "x", "changes": [{"action": "remove", "camera": one["camera"]}]}
    ).json()
    frame = store.read_frame("cameras")
    frame.loc[frame["id"] == one["camera"], "state"] = "archive"
    store.replace_frame("cameras", frame)
    told = client.get(f"/scenarios/{kept['id']}").json()
    assert told["register_changed"] is True
    assert told["figures"]["seen"]["live"]["mid"]["lost_m"] == 0
    assert told["figures"]["seen"]["archive"]["mid"]["lost_m"] > 0
    store.replace_frame("cameras", frame[frame["id"] != one["camera"]].reset_index(drop=True))
    gone = client.get(f"/scenarios/{kept['id']}")
    assert (gone.status_code, gone.json()["type"]) == (409, "urn:kuzet:problem:scenario_no_longer_fits")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fault_is_told_with_its_place(client: httpx.Client, lang: str) -> None:
    """A list with several faulty changes is refused whole, each fault by its number and in words."""
    changes = [
        {"action": "turn", "camera": "nobody", "heading_deg": 3},
        {"action": "add", "lon": 0, "lat": 0},
        {"action": "set", "camera": "nobody either", "model": "no such"},
    ]
    answer = client.post("/scenarios/preview", params={"lang": lang}, json={"changes": changes})
    body = answer.json()
    assert (answer.status_code, body["type"]) == (400, "urn:kuzet:problem:changes_wrong")
    fields = [where["field"] for where in body["where"]]
    assert fields == ["0.camera", "1.place", "2.model", "2.camera"]
    assert all(where["reason"] for where in body["where"])


@pytest.mark.parametrize(
    "body",
    [
        {"changes": [{"action": "fly"}]},
        {"changes": [{"action": "add", "lon": "24", "lat": 60}]},
        {"changes": [{"action": "add", "lon": 1e999, "lat": 60}]},
        {"changes": [], "extra": 1},
        {"changes": [{"action": "remove", "camera": "x" * 201}]},
        {"changes": [{"action": "remove", "camera": "x"}] * 201},
        {"changes": [], "base": "../../etc"},
    ],
)
def test_what_is_no_list_of_changes_is_refused(client: httpx.Client, body: dict[str, Any]) -> None:
    """Unknown words, texts for numbers, endless numbers, too much: 400, and nothing of it is echoed."""
    import json

    answer = client.post(
        "/scenarios/preview", content=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 400
    assert "x" * 50 not in answer.text


@pytest.mark.parametrize("name", ["", "   ", "a\u0000b", "a\nb", "a\u202eb", "a\u2028b", "x" * 81])
def test_a_name_that_is_no_plain_text_is_refused(client: httpx.Client, name: str) -> None:
    """Empty, blank, too long, with control characters or marks that turn the text round: refused."""
    assert client.post("/scenarios", json={"name": name, "changes": []}).status_code == 400


def test_unknown_scenarios_are_told(client: httpx.Client) -> None:
    """A scenario that is not there is 404, whichever way it is asked for."""
    nobody = "0" * 12
    for path in (f"/scenarios/{nobody}", f"/scenarios/{nobody}/difference", "/scenarios/NO"):
        assert client.get(path).status_code == 404, path
    assert client.get("/scenarios/today/difference", params={"to": nobody}).status_code == 404
    assert client.post("/scenarios/preview", json={"changes": [], "base": nobody}).status_code == 404


def test_a_scenario_needs_the_key(serve: Serve) -> None:
    """With a key set none of the routes answers without it, and a page of another site changes nothing."""
    client = serve(api_key="k" * 32)
    assert client.get("/scenarios").status_code == 401
    assert client.post("/scenarios/preview", json={"changes": []}).status_code == 401
    foreign = {"Authorization": f"Bearer {'k' * 32}", "Origin": "https://elsewhere.example"}
    assert client.post("/scenarios", json={"name": "x", "changes": []}, headers=foreign).status_code == 403


def test_a_new_city_has_no_scenarios_of_the_old_one(serve: Serve, own_store: Path) -> None:
    """Scenarios go with the city they were made for."""
    from kuzet.api.intake import load_sample

    client = serve()
    client.post("/scenarios", json={"name": "x", "changes": []})
    assert len(client.get("/scenarios").json()["scenarios"]) == 1
    load_sample(Store(own_store), zone="Asia/Almaty")
    assert client.get("/scenarios").json()["scenarios"] == []
