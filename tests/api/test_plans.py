"""Plans of sites over HTTP and on the command line: what is asked, what is answered, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from kuzet.api.workflows import run_sites
from kuzet.data.store import Store

from .conftest import ENGLISH, Serve
from .test_cli import kuzet
from .test_jobs import follow
from .test_problems import require_problem


def test_a_budget_is_kept_and_told(own_store: Path) -> None:
    """Phases, curve, prices of one's own and what was left out are in the figures; money is tenge."""
    store = Store(own_store)
    run, plan = run_sites(
        store, budget=1_500_000.0, phases=2, models=["fixed 4 mm 4 MP"], prices={"fixed 4 mm 4 MP": 300_000.0},
        actions=["install", "repair"], repair_cost=50_000.0,
    )  # fmt: skip
    told = run.summary
    assert told["currency"] == "KZT" and told["cost"] == plan.sites["cost"].sum() <= 1_500_000
    assert {site["cost"] for site in told["sites"]} <= {300_000.0, 50_000.0}
    assert [phase["phase"] for phase in told["phases"]] == [1, 2]
    assert len(told["curve"]) == len(told["sites"]) + 1 and told["curve"][0]["gain"] == 0
    assert told["left_out"]["no_consent"] == told["connectable_total"] > 0
    assert {row["reason"] for row in told["connectable"]} == {"no_consent"}
    again, _ = run_sites(
        store, budget=1_500_000, phases=2, models=["fixed 4 mm 4 MP"], prices={"fixed 4 mm 4 MP": 300_000},
        actions=["install", "repair"], repair_cost=50_000,
    )  # fmt: skip
    assert again.run_id == run.run_id
    kept = store.load_result(run.run_id)
    assert kept.phases.equals(plan.phases) and kept.goal == plan.goal


def test_what_the_budget_cannot_buy_is_a_problem_with_a_price(serve: Serve) -> None:
    """A job below the cheapest action ends with the price that is missing, and what would help."""
    client = serve()
    body = {"inputs": {"budget": 1000, "actions": ["install"]}}
    job = client.post("/processes/sites/execution", json=body).json()["jobID"]
    assert follow(client, job)[-1]["status"] == "failed"
    problem = require_problem(client.get(f"/jobs/{job}/results", headers=ENGLISH), 422)
    assert "350,000 ₸" in problem["detail"] and "Raise the budget" in problem["remedy"]


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"models": ["box"]}, "unknown_model"),
        ({"prices": {"box": 1.0}}, "unknown_model"),
        ({"floor": 0.2}, "floor_needs_districts"),
        ({"goal": "places"}, "goal_needs_places"),
        (
            {"floor": 0.2, "districts": [{"name": "A", "polygon": [[[0, 0], [1, 1], [1, 0], [0, 1]]]}]},
            "district_not_a_polygon",
        ),
    ],
)
def test_wishes_that_mean_nothing_are_refused_at_once(client: httpx.Client, inputs: dict, code: str) -> None:
    """What no city could answer is a 400 before any job begins."""
    answer = client.post("/processes/sites/execution", json={"inputs": inputs})
    assert require_problem(answer, 400)["type"].endswith(code)


def test_places_and_districts_come_from_files(own_store: Path, tmp_path: Path) -> None:
    """GeoJSON of places and of districts reach the plan; a file that is none is refused in one sentence."""
    store = Store(own_store)
    streets = store.read_frame("streets")
    line = streets.geometry[streets["length_m"] > 50].iloc[0]
    point = line.interpolate(0.5, normalized=True)
    places, wrong = tmp_path / "places.geojson", tmp_path / "wrong.geojson"
    feature = {
        "type": "Feature",
        "properties": {"name": "Мектеп"},
        "geometry": {"type": "Point", "coordinates": [point.x, point.y]},
    }
    places.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
    told = kuzet("sites", "--goal", "places", "--places", places, "--store", own_store, "--json")
    figures = json.loads(told.stdout)["figures"]
    assert figures["goal"]["kind"] == "places" and len(figures["sites"]) <= 1
    wrong.write_text("{", "utf-8")
    refused = kuzet(
        "sites", "--districts", wrong, "--floor", 0.1, "--store", own_store, "--lang", "en", code=1
    )
    assert "GeoJSON" in refused.output
