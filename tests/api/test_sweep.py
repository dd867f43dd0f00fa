"""Every blind street once, as a process, a command and a layer."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import httpx
import pytest
from kuzet.api.sweeping import run_sweep
from kuzet.data.results_file import result_from_bytes, result_to_bytes
from kuzet.data.store import Store

from .conftest import Serve
from .test_cli import kuzet
from .test_jobs import follow
from .test_problems import require_problem


def test_the_process_runs_from_order_to_routes(serve: Serve, own_store: Path) -> None:
    """An order is followed to its end; its figures add up, and its layer holds a line for each street."""
    client = serve()
    body = {"inputs": {"least_m": 60, "rounds": 300, "seed": 4}}
    accepted = client.post("/processes/sweep/execution", json=body)
    assert accepted.status_code == 201
    states = follow(client, accepted.json()["jobID"])
    assert states[-1]["status"] == "successful", states[-1]
    assert [state["progress"] for state in states] == sorted(state["progress"] for state in states)
    result = client.get(f"/jobs/{accepted.json()['jobID']}/results").json()["result"]
    figures = result["figures"]
    assert figures["streets"] == sum(unit["streets"] for unit in figures["units"]) > 20
    assert figures["longest_s"] == max(unit["drive_s"] for unit in figures["units"])
    assert 0 < figures["bound_s"] <= figures["longest_s"]
    for unit in figures["units"]:
        legs = unit["streets_in_order"]
        assert [leg["order"] for leg in legs] == list(range(1, len(legs) + 1))
        assert sum(leg["drive_s"] for leg in legs) == pytest.approx(unit["drive_s"], abs=0.01)
    way = next(link for link in result["links"] if link["rel"] == "alternate")
    assert way["type"] == "application/geo+json"
    layer = client.get(way["href"], params={"limit": 1000}).json()
    streets = [one for one in layer["features"] if one["properties"]["what"] == "street"]
    assert len(streets) == figures["streets"]
    assert {one["geometry"]["type"] for one in layer["features"]} == {"LineString"}
    run = Store(own_store).latest_run("sweep")
    assert run is not None and run.run_id == result["run_id"] and run.parameters["least_m"] == 60


def test_the_same_question_has_the_same_answer(own_store: Path) -> None:
    """Asked again it is the stored run; its bytes are read back as they were written."""
    store = Store(own_store)
    run, plan = run_sweep(store, least_m=60, rounds=10)
    again, _ = run_sweep(store, least_m=60.0, rounds=10)
    assert run.run_id == again.run_id
    content = result_to_bytes(plan)
    assert result_to_bytes(result_from_bytes(content)) == content
    assert result_to_bytes(store.load_result(run.run_id)) == content


@pytest.mark.parametrize(
    ("inputs", "status"),
    [
        ({"least_m": 0}, 400),
        ({"rounds": 0}, 400),
        ({"seed": -1}, 400),
        ({"x": 1}, 400),
        ({"light": "dusk"}, 400),
    ],
)
def test_inputs_that_mean_nothing_are_refused(client: httpx.Client, inputs: dict, status: int) -> None:
    """Numbers outside their limits and unknown names are a 400 before any job."""
    require_problem(client.post("/processes/sweep/execution", json={"inputs": inputs}), 400)


def test_what_cannot_be_swept_is_said_and_nothing_is_stored(serve: Serve, own_store: Path) -> None:
    """Without units a 409 at once; without such streets the job fails in words, the store as it was."""
    client, store = serve(), Store(own_store)
    before = hashlib.sha256(own_store.read_bytes()).hexdigest()
    job = client.post("/processes/sweep/execution", json={"inputs": {"least_m": 1000}}).json()["jobID"]
    last = follow(client, job)[-1]
    assert last["status"] == "failed" and "1,000 blind metres" in last["message"]
    problem = require_problem(client.get(f"/jobs/{job}/results"), 422)
    assert problem["type"].endswith("no_blind_streets")
    assert hashlib.sha256(own_store.read_bytes()).hexdigest() == before
    store.replace_frame("units", store.read_frame("units").assign(station="nowhere"))
    answer = client.post("/processes/sweep/execution", json={"inputs": {}})
    assert require_problem(answer, 422)["type"].endswith("station_unknown")
    store.replace_frame("units", store.read_frame("units").iloc[:0])
    answer = client.post("/processes/sweep/execution", json={"inputs": {}})
    assert require_problem(answer, 409)["type"].endswith("no_units")


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_the_command_prints_who_drives_what(own_store: Path, lang: str) -> None:
    """Each unit has its table of streets in order, and the total names the bound, in each language."""
    asked = ["sweep", "--least", 60, "--rounds", 10, "--store", own_store]
    out = kuzet(*asked, "--lang", lang).stdout
    told = json.loads(kuzet(*asked, "--json").stdout)
    assert told["kind"] == "sweep"
    for unit in told["figures"]["units"]:
        assert unit["id"] in out
    name = next(
        leg["name"] for unit in told["figures"]["units"] for leg in unit["streets_in_order"] if leg["name"]
    )
    assert name in out and "cli." not in out
    word = {"kk": "алшақтық", "ru": "разрыв", "en": "gap"}[lang]
    assert word in " ".join(out.split())


def test_the_routes_can_be_exported(own_store: Path, tmp_path: Path) -> None:
    """`kuzet export layer sweep_routes` writes a line for each drive, with the unit and its order."""
    kuzet("sweep", "--least", 60, "--rounds", 10, "--store", own_store)
    target = tmp_path / "sweep.geojson"
    kuzet("export", "layer", "sweep_routes", target, "--store", own_store)
    features = json.loads(target.read_text("utf-8"))["features"]
    assert {"unit", "order", "depart", "name"} <= set(features[0]["properties"])
