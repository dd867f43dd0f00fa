"""`kuzet demo` as a person runs it: a process of its own, in a folder of its own."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import gpxpy
import pytest
from kuzet.api.drawing import MAPS
from kuzet.data.store import Store


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """Return what the demo printed, and its folder."""
    folder = tmp_path_factory.mktemp("demo")
    command = [
        sys.executable,
        "-c",
        "from kuzet.api.cli import main; main()",
        "demo",
        "--no-serve",
        "--lang",
        "en",
    ]
    found = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=300, check=True
    )
    return found, folder / "out"


def test_the_demo_prints_the_whole_answer(demo: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    """Streets, cameras by state, metres seen, circles, ten blind spots, five sites, a timetable a unit."""
    found, folder = demo
    text = found.stdout
    assert "synthetic incidents" in text
    store = Store(folder / "sample.gpkg")
    figures = {kind: store.latest_run(kind).summary for kind in MAPS}
    assert f"{figures['coverage']['network_m'] / 1000:.2f} km" in text
    for state in ("live", "archive only", "registered", "offline"):
        assert re.search(rf"^{state}\s+\d+ ", text, re.MULTILINE), state
    for times in ("0×", "1×", "2×", "3×+"):
        assert times in text
    assert "Plain circles around the live cameras would claim" in text
    worst = text.split("worst blind spots")[1].split("Proposed sites")[0]
    assert len(re.findall(r"^ *\d+ +\S", worst, re.MULTILINE)) >= 10
    for spot in figures["blind-spots"]["worst"]:
        assert (spot["name"] or spot["near"] or "unnamed") in worst
    assert len(figures["sites"]["sites"]) == 5
    assert "no choice of this many" in text
    for unit in figures["patrol"]["units"]:
        assert f"{unit['id']} (car), shift 16:00–00:00" in text
    assert "cli." not in text
    assert "Traceback" not in found.stderr
    assert "first time" in found.stderr


def test_the_demo_writes_maps_and_routes(demo: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    """Four maps in three languages that fetch nothing from anywhere, and a GPX file for each unit."""
    _, folder = demo
    for kind in MAPS:
        for ending, lang in (("", "en"), (".ru", "ru"), (".kk", "kk")):
            page = (folder / f"{kind}{ending}.html").read_text(encoding="utf-8")
            assert f'<html lang="{lang}"' in page
            fetched = re.findall(r"""<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=["']([^"']+)""", page)
            assert all(address.startswith(("data:", "#")) for address in fetched), fetched
            for name in re.findall(r'href="([\w.-]+\.html)"', page):
                assert (folder / name).is_file(), name
    routes = sorted(folder.glob("*.gpx"))
    assert len(routes) == 4
    for route in routes:
        assert gpxpy.parse(route.read_text(encoding="utf-8")).tracks


def test_the_demo_never_takes_the_place_of_a_real_city(own_store: Path, tmp_path: Path) -> None:
    """A store that holds a real city is refused, in one sentence, and stays as it was."""
    with sqlite3.connect(own_store) as connection:
        connection.execute(
            "UPDATE kuzet_about SET value = replace(value, '\"sample\":true', '\"sample\":false')"
        )
    before = own_store.read_bytes()
    command = [sys.executable, "-c", "from kuzet.api.cli import main; main()", "demo", "--no-serve", "--json",
               "--out", str(tmp_path / "out"), "--store", str(own_store)]  # fmt: skip
    found = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )
    assert found.returncode == 1
    assert json.loads(found.stdout)["type"] == "urn:kuzet:problem:store_holds_city"
    assert own_store.read_bytes() == before
