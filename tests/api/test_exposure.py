"""Exposure as a process, a command and a page; and planned beside driven."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import gpxpy
import httpx
import numpy as np
import pytest
from kuzet.api.cli import app
from kuzet.api.exposing import run_exposure
from kuzet.data.exports import routes_to_gpx
from kuzet.data.results_file import result_from_bytes, result_to_bytes
from kuzet.data.store import Store
from typer.testing import CliRunner

from .conftest import Serve

QUICK = {"timetables": 1, "replications": 200, "iterations": 50}


@pytest.fixture(scope="module")
def answered(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the sample store in which plans were compared."""
    path = tmp_path_factory.mktemp("exposure") / "own.gpkg"
    path.write_bytes(sample.read_bytes())
    run_exposure(Store(path), **QUICK)
    return path


def test_the_same_question_has_the_same_answer(answered: Path) -> None:
    """Asked again it is the stored run; its bytes are read back as they were written."""
    store = Store(answered)
    run, found = run_exposure(store, **QUICK)
    assert run.run_id == store.latest_run("exposure").run_id
    content = result_to_bytes(found)
    assert result_to_bytes(result_from_bytes(content)) == content
    assert run.summary["settings"]["replications"] == 200
    assert {row["plan"] for row in run.summary["planned"]} >= {"none", "joint", "camera_blind"}


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_the_page_shows_every_plan_and_runs_nothing(serve: Serve, answered: Path, lang: str) -> None:
    """The page has a bar for each plan and measure, no script, and says what it does not claim."""
    client = serve(store=answered)
    page = client.get("/maps/exposure", params={"lang": lang})
    assert page.status_code == 200
    assert f'lang="{lang}"' in page.text
    assert page.text.count("<rect") == 42
    assert "<script" not in page.text and "http-equiv" in page.text
    assert re.search(r"https?://", page.text) is None
    start = client.get("/", params={"lang": lang, "f": "html"}).text
    assert f'href="/maps/exposure?lang={lang}"' in start


def test_before_a_comparison_the_page_says_what_to_do(client: httpx.Client) -> None:
    """Without a run the page is a 409."""
    assert client.get("/maps/exposure").status_code == 409


def test_the_process_runs_from_order_to_result(serve: Serve) -> None:
    """An order is accepted, ends, and its figures are those of the six plans."""
    client = serve()
    order = client.post("/processes/exposure/execution", json={"inputs": QUICK})
    assert order.status_code == 201
    job = order.json()["jobID"]
    for _ in range(1200):
        status = client.get(f"/jobs/{job}").json()["status"]
        if status not in ("accepted", "running"):
            break
        time.sleep(0.1)
    assert status == "successful"
    figures = client.get(f"/jobs/{job}/results").json()["result"]["figures"]
    assert len(figures["figures"]) == 6 * 8
    assert (
        client.post("/processes/exposure/execution", json={"inputs": {"replications": 10}}).status_code == 400
    )


def test_the_command_prints_in_each_language_and_writes_the_page(answered: Path, tmp_path: Path) -> None:
    """`kuzet exposure` prints the table in three languages, and a page on request."""
    words = {"en": "plan with cameras", "ru": "план вместе с камерами", "kk": "камералармен бірге жоспар"}
    for lang, text in words.items():
        page = tmp_path / f"{lang}.html"
        options = ["--store", str(answered), "--lang", lang, "--page", str(page), "--timetables", "1"]
        done = CliRunner().invoke(app, ["exposure", *options, "--replications", "200"])
        assert done.exit_code == 0, done.output
        assert text in done.output
        assert text in page.read_text(encoding="utf-8")


def driven_gpx(store: Store, unit: str, *, noise: float) -> bytes:
    """Return the planned way of a unit as its receiver would tell it, a fix every two seconds."""
    plan = store.load_result(store.latest_run("patrol").run_id)
    gpx = gpxpy.parse(routes_to_gpx(plan, unit).decode())
    points = [point for segment in gpx.tracks[0].segments for point in segment.points]
    known = np.array([point.time.timestamp() for point in points])
    moments = np.arange(known[0], known[-1], 2.0)
    random = np.random.default_rng(2)
    degrees = noise / 111_000 * random.standard_normal((2, len(moments)))
    lat = np.interp(moments, known, [point.latitude for point in points]) + degrees[0]
    lon = np.interp(moments, known, [point.longitude for point in points]) + degrees[1] / 0.5
    rows = [
        f'<trkpt lat="{y:.7f}" lon="{x:.7f}"><time>{np.datetime64(int(t), "s")}Z</time></trkpt>'
        for t, x, y in zip(moments, lon, lat, strict=True)
    ]
    head = '<gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>'
    return f"{head}{''.join(rows)}</trkseg></trk></gpx>".encode()


def test_a_unit_that_kept_to_its_plan_is_told_so(client: httpx.Client, sample: Path, tmp_path: Path) -> None:
    """The plan driven with 5 m of noise has its minutes at the planned stops, over HTTP and as a command."""
    store = Store(sample)
    unit = store.latest_run("patrol").summary["units"][0]["id"]
    track = driven_gpx(store, unit, noise=5.0)
    answer = client.post("/driven", files={"file": ("a.gpx", track)}, data={"unit": unit})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["on_shift"] is True
    assert body["driven_min"] == pytest.approx(body["planned_min"], rel=0.06)
    missed = [stop for stop in body["stops"] if stop["visits_planned"] and not stop["visits_driven"]]
    assert missed == []
    assert sum(street["metres"] for street in body["streets"]) > 1000
    path = tmp_path / "track.gpx"
    path.write_bytes(track)
    options = ["--unit", unit, "--store", str(sample)]
    done = CliRunner().invoke(app, ["driven", "last", str(path), *options, "--json"])
    assert json.loads(done.stdout) == body
    for lang in ("kk", "ru", "en"):
        told = CliRunner().invoke(app, ["driven", "last", str(path), *options, "--lang", lang])
        assert told.exit_code == 0 and unit in told.output


@pytest.mark.parametrize(
    ("content", "data", "status"),
    [
        (b"<gpx/>", {"unit": "synthetic-unit-1"}, 400),
        (b"<!DOCTYPE x><gpx/>", {}, 415),
        (b"time,lon,lat\n2026-01-16T16:00:00Z,78.3,45.0\n", {}, 422),
        (b"time,lon,lat\n2026-01-16T16:00:00Z,24.94,60.17\n", {}, 400),
        (b"time,lon,lat\n2026-01-16T16:00:00Z,24.94,60.17\n", {"unit": "nobody"}, 400),
        (b"time,lon,lat\n2026-01-16T16:00:00Z,24.94,60.17\n", {"run": "0" * 16}, 404),
        (b"time,lon,lat\n2026-01-16T16:00:00Z,24.94,60.17\n", {"run": "x"}, 400),
    ],
)
def test_tracks_that_cannot_be_compared_are_problems(
    client: httpx.Client, content: bytes, data: dict[str, str], status: int
) -> None:
    """Broken, foreign and ownerless tracks, and plans that are not there, are told with what to do."""
    answer = client.post("/driven", files={"file": ("a", content)}, data=data)
    assert answer.status_code == status, answer.text
    assert answer.json()["remedy"]
