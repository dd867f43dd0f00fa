"""Documents over HTTP and from the command line."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from kuzet.api.cli import app
from kuzet.data.store import Store
from kuzet.maps.text import LANGUAGES, say
from typer.testing import CliRunner

from ..maps.test_paper import read_pages
from .conftest import Serve

FIELDS = {"purpose": "Мақсат", "owner": "Әкімдік", "review_date": "2999-01-01"}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("form", ["html", "pdf"])
def test_the_proposal_is_served_in_each_language_and_form(
    client: httpx.Client, sample: Path, form: str, lang: str
) -> None:
    """It says its run and that it is a draft; with the three fields it is none."""
    answer = client.get("/documents/sites", params={"lang": lang, "format": form})
    assert answer.status_code == 200 and answer.headers["content-language"] == lang
    text = answer.text if form == "html" else "".join(read_pages(answer.content))
    run = Store(sample).latest_run("sites")
    assert run is not None and run.run_id in text
    assert say("paper.draft", lang) in text
    assert f"kuzet-sites-{run.run_id}.{form}" in answer.headers["content-disposition"]
    whole = client.get("/documents/sites", params={"lang": lang, "format": form, **FIELDS})
    text = whole.text if form == "html" else "".join(read_pages(whole.content))
    assert say("paper.draft", lang) not in text and "Әкімдік" in text


def test_the_same_question_gives_the_same_file(client: httpx.Client) -> None:
    """Two downloads of one plan are equal byte for byte."""
    first, again = (client.get("/documents/sites?format=pdf&lang=kk").content for _ in range(2))
    assert first == again and first.startswith(b"%PDF-")


@pytest.mark.parametrize(
    "question", ["review_date=soon", "format=docx", "purpose=" + "x" * 601, "colour=red"]
)
def test_a_wrong_field_is_a_problem(client: httpx.Client, question: str) -> None:
    """What cannot be meant is answered by 400 with a sentence."""
    answer = client.get(f"/documents/sites?{question}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_without_a_plan_it_says_what_to_do(serve: Serve, tmp_path: Path) -> None:
    """Before there is a plan the answer is 409, as with maps."""
    client = serve(store=tmp_path / "none.gpkg")
    assert client.get("/documents/sites").status_code == client.get("/maps/sites").status_code
    assert client.get("/documents/sites").status_code in (404, 409)


def test_the_command_writes_the_document(sample: Path, tmp_path: Path) -> None:
    """`kuzet document sites --out` writes page or file by its name, and refuses other names."""
    for name in ("plan.pdf", "plan.html"):
        out = tmp_path / name
        command = ["document", "sites", "--out", str(out), "--store", str(sample), "--lang", "ru"]
        result = CliRunner().invoke(app, command)
        assert result.exit_code == 0, result.output
        assert out.stat().st_size > 10_000
    wrong = ["document", "sites", "--out", str(tmp_path / "plan.doc"), "--store", str(sample), "--lang", "en"]
    assert CliRunner().invoke(app, wrong).exit_code == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sheet_of_a_unit_is_served(client: httpx.Client, lang: str) -> None:
    """Each unit of /routes has a sheet of two pages at most; an unknown unit is 404, none 400."""
    for unit in client.get("/routes").json()["units"][:2]:
        answer = client.get("/documents/patrol", params={"unit": unit["id"], "lang": lang})
        assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf"
        pages = read_pages(answer.content)
        assert len(pages) <= 2 and str(unit["id"]) in pages[0]
    assert client.get("/documents/patrol", params={"unit": "nobody"}).status_code == 404
    assert client.get("/documents/patrol").status_code == 400


def test_routes_are_linked_in_each_format(client: httpx.Client) -> None:
    """Each unit links GPX, KML, GeoJSON and its page, each of which is served as what the link says."""
    unit = client.get("/routes").json()["units"][0]
    kinds = [link["type"] for link in unit["links"]]
    assert kinds == [
        "application/gpx+xml", "application/vnd.google-earth.kml+xml", "application/geo+json", "text/html",
    ]  # fmt: skip
    for link in unit["links"]:
        answer = client.get(link["href"])
        assert answer.status_code == 200 and answer.headers["content-type"].startswith(link["type"])
    assert client.get("/routes/nobody.kml").status_code == 404


def test_commands_write_sheets_and_routes(sample: Path, tmp_path: Path) -> None:
    """`document patrol`, `export kml` and `export geojson` write a file for each unit."""
    store = ["--store", str(sample), "--lang", "en"]
    for command, pattern in (
        (["document", "patrol", str(tmp_path), "--unit", "synthetic-unit-1"], "sheet-synthetic-unit-1.pdf"),
        (["document", "phone", str(tmp_path)], "unit-synthetic-unit-4.html"),
        (["export", "kml", str(tmp_path)], "route-synthetic-unit-1.kml"),
        (["export", "geojson", str(tmp_path)], "route-synthetic-unit-1.geojson"),
    ):
        result = CliRunner().invoke(app, command + store)
        assert result.exit_code == 0, result.output
        assert (tmp_path / pattern).stat().st_size > 1000
