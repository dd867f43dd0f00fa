"""Tables over HTTP: counts, the file of rejected rows, adding and replacing."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import httpx
from kuzet.data.store import Store
from kuzet.maps.text import say

from .conftest import Serve
from .test_problems import require_problem

HEAD = "id,longitude,latitude,state\n"


def send(client: httpx.Client, layer: str, text: str | bytes, **form: str) -> httpx.Response:
    """Send a table."""
    content = text.encode() if isinstance(text, str) else text
    return client.post(f"/uploads/{layer}", files={"file": (f"{layer}.csv", content)}, data=form)


def test_rows_are_accepted_and_rejected_and_add_up(serve: Serve, own_store: Path) -> None:
    """Two rows of four are taken; the other two come back in a file with line, column and reason."""
    client = serve()
    before = len(Store(own_store).read_frame("cameras"))
    rows = ["new-1,24.9414,60.1699,live", "new-2,24.9420,60.1700,sideways", "new-3,x,60.17,live",
            "new-4,24.9430,60.1702,archive"]  # fmt: skip
    table = HEAD + "\n".join(rows)
    report = send(client, "cameras", table).json()
    assert (report["rows"], report["accepted"], report["rejected"]) == (4, 2, 2)
    assert report["total"] == before + 2
    assert sum(report["reasons"].values()) == 2
    assert say("api.upload.rerun", "en") in report["warnings"]
    link = next(link["href"] for link in report["links"] if link["rel"] == "related")
    rejected = client.get(link)
    assert rejected.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(rejected.text.removeprefix("\ufeff"))))
    assert [(row["kuzet_line"], row["id"]) for row in rows] == [("3", "new-2"), ("4", "new-3")]
    ids = [
        feature["id"] for feature in client.get("/collections/cameras/items?limit=1000").json()["features"]
    ]
    assert ids[-2:] == ["new-1", "new-4"]


def test_the_mended_file_is_taken(serve: Serve, own_store: Path) -> None:
    """The file of rejected rows, mended where it says, is taken as it is."""
    client = serve()
    report = send(
        client, "cameras", f"{HEAD}new-1,24.9414,60.1699,sideways\nnew-2,24.942,60.17,live\n"
    ).json()
    link = next(link["href"] for link in report["links"] if link["rel"] == "related")
    mended = client.get(link).text.replace("sideways", "live")
    again = send(client, "cameras", mended).json()
    assert (again["rows"], again["accepted"], again["rejected"]) == (1, 1, 0)
    assert {"new-1", "new-2"} <= set(Store(own_store).read_frame("cameras")["id"])


def test_the_same_file_twice_changes_nothing(serve: Serve, own_store: Path) -> None:
    """A row whose id is there takes that one's place, so a file fed twice counts once."""
    client = serve()
    table = f"{HEAD}new-1,24.9414,60.1699,live\n"
    first = send(client, "cameras", table).json()
    hashes = Store(own_store).input_hashes(["cameras"])
    second = send(client, "cameras", table).json()
    assert first["total"] == second["total"]
    assert Store(own_store).input_hashes(["cameras"]) == hashes
    changed = send(client, "cameras", f"{HEAD}new-1,24.9414,60.1699,offline\n").json()
    assert changed["total"] == first["total"]
    assert list(Store(own_store).read_frame("cameras")["state"])[-1] == "offline"


def test_replacing_takes_the_place_of_all(serve: Serve, own_store: Path) -> None:
    """With mode=replace only the file's rows are left, and the maps are told to be of earlier data."""
    client = serve()
    report = send(client, "cameras", f"{HEAD}only,24.9414,60.1699,live\n", mode="replace").json()
    assert report["total"] == 1
    assert list(Store(own_store).read_frame("cameras")["id"]) == ["only"]
    page = client.get("/", params={"f": "html", "lang": "en"})
    assert page.text.count(say("api.page.stale", "en")) == 4


def test_columns_are_named_by_the_sender(serve: Serve, own_store: Path) -> None:
    """A mapping ours -> theirs reads a file whose header tells nothing."""
    client = serve()
    table = "a;b;c;d;e\nnew-1;24,9414;60,1699;live;90\n"
    mapping = {"id": "a", "longitude": "b", "latitude": "c", "state": "d", "heading_deg": "e"}
    report = send(client, "cameras", table, columns=json.dumps(mapping)).json()
    assert report["accepted"] == 1
    camera = Store(own_store).read_frame("cameras").iloc[-1]
    assert (camera["id"], camera["heading_deg"]) == ("new-1", 90)
    for wrong in ("[1]", "{", '{"id": 1}', "[" * 50_00):
        require_problem(send(client, "cameras", table, columns=wrong), 400)


def test_incidents_are_taken(serve: Serve, own_store: Path) -> None:
    """Incidents of a sender's own go in beside the others; a person's name in them does not."""
    client = serve()
    table = (
        "id,longitude,latitude,occurred_from,category,victim name\n"
        "real-1,24.9414,60.1699,2025-05-01 12:00,theft,Ada L\n"
    )
    report = send(client, "incidents", table, mode="replace").json()
    assert (report["accepted"], report["total"]) == (1, 1)
    assert any("victim name" in warning for warning in report["warnings"])
    items = client.get("/collections/incidents/items").text
    assert "Ada" not in items
    assert "2025-05-01T07:00:00+00:00" in items


def test_a_form_that_is_no_table_is_a_problem(serve: Serve) -> None:
    """No file, an unknown layer, an unknown mode: each a problem that names what is wrong."""
    client = serve()
    require_problem(client.post("/uploads/cameras", data={"mode": "append"}), 400)
    require_problem(client.post("/uploads/cameras", content=b"x"), 400)
    require_problem(send(client, "buildings", HEAD), 404)
    problem = require_problem(send(client, "cameras", f"{HEAD}a,24.9414,60.1699,live\n", mode="merge"), 400)
    assert problem["where"][0]["field"] == "mode"
    assert "append" in problem["where"][0]["reason"]
