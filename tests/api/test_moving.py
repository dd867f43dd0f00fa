"""Dashcams and badges of the plan's units, over HTTP and at the terminal."""

import json
from pathlib import Path

import httpx
import pytest
from kuzet.api.cli import app
from kuzet.api.moving import measure_moving
from kuzet.data.store import Store
from typer.testing import CliRunner

from .conftest import ENGLISH, Serve


def test_seconds_by_street_over_http(client: httpx.Client) -> None:
    """Four cars with a dashcam, eight hours: at most 32 camera hours, streets in order, no time over that."""
    answer = client.get("/patrol/moving", headers=ENGLISH)
    assert answer.status_code == 200
    told = answer.json()
    assert 25 < told["hours"]["dashcam"] <= 32
    assert told["hours"]["badge"] == 0
    watched = [street["metres"] * street["seconds"] for street in told["streets"]]
    assert watched == sorted(watched, reverse=True)
    assert told["metres"] > 0
    # no metre is watched longer than all cameras are out
    assert max(street["seconds"] for street in told["streets"]) <= told["hours"]["dashcam"] * 3600


def test_fixed_cover_does_not_change(own_store: Path) -> None:
    """Measuring what moves changes nothing of what fixed cameras see, nor anything else in the store."""
    store = Store(own_store)
    before = store.input_hashes(["coverage_pieces", "views", "units", "cameras"])
    measure_moving(store)
    assert store.input_hashes(["coverage_pieces", "views", "units", "cameras"]) == before


def test_without_cameras_nothing_is_seen(own_store: Path) -> None:
    """Units that carry none see nothing: zero hours and no street, not an error."""
    store = Store(own_store)
    store.replace_frame("units", store.read_frame("units").assign(cameras=None))
    told = measure_moving(store)
    assert (told["hours"], told["metres"], told["streets"]) == ({"dashcam": 0, "badge": 0}, 0, [])


def test_before_a_plan_there_is_none(serve: Serve, tmp_path: Path) -> None:
    """Without a plan the answer says what to do first."""
    answer = serve(store=tmp_path / "none.gpkg").get("/patrol/moving", headers=ENGLISH)
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_the_command_prints_it(sample: Path, lang: str) -> None:
    """`kuzet moving` prints the streets in each language, and the same figures as JSON."""
    runner = CliRunner()
    shown = runner.invoke(app, ["moving", "--store", str(sample), "--lang", lang])
    assert shown.exit_code == 0
    assert "Aleksanterinkatu" in shown.output
    assert "moving." not in shown.output
    told = runner.invoke(app, ["moving", "--store", str(sample), "--json"])
    assert json.loads(told.stdout)["streets"][0]["metres"] > 0
