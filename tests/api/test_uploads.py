"""Tables over HTTP: counts, the file of rejected rows, adding and replacing."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from kuzet.data.store import Store
from kuzet.maps.text import say

from .conftest import Serve
from .test_cli import kuzet
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


def test_a_journal_of_states_is_taken(serve: Serve, own_store: Path) -> None:
    """Rows of cameras that are there go in, others come back; the same file twice changes nothing."""
    client = serve()
    camera = Store(own_store).read_frame("cameras")["id"].iloc[0]
    table = (
        "camera,state,since\n"
        f"{camera},offline,2026-11-01 08:00\n"
        f"{camera},live,2026-11-02T08:00:00Z\n"
        "nobody,live,2026-11-02 08:00\n"
        f"{camera},archive,2026-11-01T03:00:00Z\n"
    )
    for total in (2, 2):
        report = send(client, "states", table).json()
        assert (report["rows"], report["accepted"], report["rejected"]) == (4, 2, 2)
        assert report["reasons"] == {"unknown_camera": 1, "duplicate": 1}
        assert report["total"] == total
        assert [link["rel"] for link in report["links"]] == ["related"]
    journal = Store(own_store).read_frame("states")
    assert list(journal["camera"]) == [camera] * 2
    assert [str(moment) for moment in journal["since"]] == [
        "2026-11-01 03:00:00+00:00",
        "2026-11-02 08:00:00+00:00",
    ]


def test_a_changed_register_writes_its_own_journal(serve: Serve, own_store: Path) -> None:
    """Appending or replacing, a camera whose state changes gets a row of now; a new one gets none."""
    client = serve()
    begun = datetime.now(UTC) - timedelta(milliseconds=1)
    send(client, "cameras", f"{HEAD}new-1,24.9414,60.1699,live\n")
    assert len(Store(own_store).read_frame("states")) == 0
    send(client, "cameras", f"{HEAD}new-1,24.9414,60.1699,offline\nnew-2,24.9420,60.1700,live\n")
    send(client, "cameras", f"{HEAD}new-1,24.9414,60.1699,live\n", mode="replace")
    journal = Store(own_store).read_frame("states")
    assert list(journal["camera"]) == ["new-1", "new-1"]
    assert list(journal["state"]) == ["offline", "live"]
    assert list(journal["was"]) == ["live", "offline"]
    assert begun <= journal["since"].iloc[0] <= journal["since"].iloc[1] <= datetime.now(UTC)


def test_the_command_takes_a_journal_too(own_store: Path, tmp_path: Path) -> None:
    """`kuzet ingest states` takes the file, in the zone that is named, and says what it took."""
    camera = Store(own_store).read_frame("cameras")["id"].iloc[0]
    file = tmp_path / "journal.csv"
    file.write_text(f"camera;state;since\n{camera};offline;03/04/2026 08:00\n", encoding="utf-8")
    told = kuzet("ingest", "states", file, "--zone", "Europe/Helsinki", "--dates", "day-first", "--store",
                 own_store, "--json")  # fmt: skip
    answer = json.loads(told.stdout)
    assert (answer["layer"], answer["accepted"], answer["total"]) == ("states", 1, 1)
    journal = Store(own_store).read_frame("states")
    assert str(journal["since"].iloc[0]) == "2026-04-03 05:00:00+00:00"


def test_a_form_that_is_no_table_is_a_problem(serve: Serve) -> None:
    """No file, an unknown layer, an unknown mode: each a problem that names what is wrong."""
    client = serve()
    require_problem(client.post("/uploads/cameras", data={"mode": "append"}), 400)
    require_problem(client.post("/uploads/cameras", content=b"x"), 400)
    require_problem(send(client, "buildings", HEAD), 404)
    problem = require_problem(send(client, "cameras", f"{HEAD}a,24.9414,60.1699,live\n", mode="merge"), 400)
    assert problem["where"][0]["field"] == "mode"
    assert "append" in problem["where"][0]["reason"]
