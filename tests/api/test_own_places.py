"""A planner's own places and forbidden areas go in and come out as the other tables do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from kuzet.data.store import Store

from .conftest import Serve
from .test_cli import kuzet
from .test_problems import require_problem

AREA = {"type": "Polygon", "coordinates": [[[24.94, 60.17], [24.95, 60.17], [24.95, 60.175], [24.94, 60.17]]]}
AREAS = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": AREA, "properties": {"id": "p", "reason": "park"}},
            {"type": "Feature", "geometry": None, "properties": {"id": "q"}},
        ],
    }
)
PLACES = "id,lon,lat,kind,extra_cost\nx,24.9414,60.1699,lamp,500\ny,24.9420,60.1700,cloud,\n"


@pytest.mark.parametrize(("layer", "table"), [("places", PLACES), ("forbidden", AREAS)])
def test_a_table_goes_in_and_comes_out_as_a_layer(
    serve: Serve, own_store: Path, layer: str, table: str
) -> None:
    """One row in and one back with its reason, in any language; the same again changes nothing."""
    client = serve()
    for lang in ("en", "ru", "kk"):
        answer = client.post(f"/uploads/{layer}?lang={lang}", files={"file": ("file", table)})
        report = answer.json()
        assert answer.status_code == 200, report
        assert (report["rows"], report["accepted"], report["rejected"], report["total"]) == (2, 1, 1, 1)
        assert {link["rel"] for link in report["links"]} == {"item", "related"}
    listed = client.get("/collections?lang=kk").json()["collections"]
    assert layer in [one["id"] for one in listed]
    items = client.get(f"/collections/{layer}/items").json()
    assert [feature["id"] for feature in items["features"]] == [{"places": "x", "forbidden": "p"}[layer]]
    assert len(Store(own_store).read_frame(layer)) == 1


def test_areas_in_a_table_are_a_problem(serve: Serve) -> None:
    """CSV for areas is refused with what to do."""
    answer = serve().post("/uploads/forbidden", files={"file": ("a.csv", "id,lon,lat\n1,24.94,60.17\n")})
    require_problem(answer, 415)


@pytest.mark.parametrize(("layer", "table"), [("places", PLACES), ("forbidden", AREAS)])
def test_the_commands_take_them_too(own_store: Path, tmp_path: Path, layer: str, table: str) -> None:
    """`kuzet ingest places` and `kuzet ingest forbidden` say what they took."""
    file = tmp_path / "file"
    file.write_text(table, encoding="utf-8")
    told = kuzet("ingest", layer, file, "--store", own_store, "--json", "--rejected", tmp_path / "no.csv")
    answer = json.loads(told.stdout)
    assert (answer["layer"], answer["accepted"], answer["rejected"]) == (layer, 1, 1)
    assert (tmp_path / "no.csv").is_file()
