"""Layers as GeoJSON: pages, boxes, times, and a GIS program that reads them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pandas as pd
import pyogrio
import pytest
import shapely
from kuzet.api.dependencies import MOST_ITEMS
from kuzet.api.reading import LAYERS
from kuzet.data.store import Store


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_is_the_layer_of_the_store(client: httpx.Client, sample: Path, layer: str) -> None:
    """Every feature of a layer comes out, in order, with its geometry to 1e-7 degrees and its ids."""
    frame = Store(sample).read_frame(layer)
    answer = client.get(f"/collections/{layer}/items", params={"limit": MOST_ITEMS})
    assert answer.headers["content-type"] == "application/geo+json"
    body = answer.json()
    assert body["numberMatched"] == len(frame)
    # what only a planner brings is not in the sample
    assert (len(frame) > 0) == (layer not in ("places", "forbidden"))
    assert body["numberReturned"] == len(body["features"]) == min(len(frame), MOST_ITEMS)
    assert "OpenStreetMap" in body["attribution"]
    shapes = shapely.from_geojson([json.dumps(f["geometry"]) for f in body["features"][:50]])
    for shape, kept in zip(shapes, frame.geometry.iloc[:50], strict=True):
        assert shapely.hausdorff_distance(shape, kept) < 2e-7
    assert len({feature["id"] for feature in body["features"]}) == len(body["features"])


def test_next_links_lead_through_all_features_once(client: httpx.Client, sample: Path) -> None:
    """Following absolute next links page by page gives each camera once, in order."""
    found, address = [], f"{client.base_url}/collections/cameras/items?limit=50"
    while address:
        assert address.startswith("http://")
        body = client.get(address).json()
        found += [feature["id"] for feature in body["features"]]
        address = next((link["href"] for link in body["links"] if link["rel"] == "next"), None)
    assert found == list(Store(sample).read_frame("cameras")["id"])


def test_a_limit_over_the_most_is_taken_as_the_most(client: httpx.Client) -> None:
    """A limit over the maximum is clamped, not refused, as OGC API Features asks."""
    body = client.get("/collections/buildings/items", params={"limit": 2_000_000_000}).json()
    assert body["numberReturned"] == min(MOST_ITEMS, body["numberMatched"])


def test_a_page_past_the_end_is_empty_and_leads_nowhere(client: httpx.Client) -> None:
    """An offset past the end gives no feature and no next link."""
    body = client.get("/collections/cameras/items", params={"offset": 10_000}).json()
    assert body["features"] == []
    assert [link["rel"] for link in body["links"]] == ["self", "collection"]


def test_a_box_gives_what_lies_in_it(client: httpx.Client, sample: Path) -> None:
    """A box gives the same streets as a test of each one, and its next link keeps the box."""
    box = (24.940, 60.168, 24.943, 60.170)
    frame = Store(sample).read_frame("streets")
    expected = int(frame.intersects(shapely.box(*box)).sum())
    text = ",".join(map(str, box))
    body = client.get("/collections/streets/items", params={"bbox": text, "limit": 10}).json()
    assert body["numberMatched"] == expected > 10
    onward = next(link["href"] for link in body["links"] if link["rel"] == "next")
    assert client.get(onward).json()["numberMatched"] == expected


@pytest.mark.parametrize(
    "span",
    ["2024-01-01T00:00:00Z/2024-07-01T00:00:00Z", "2025-01-01T00:00:00+05:00/..", "../2023-03-01T00:00:00Z"],
)
def test_an_interval_gives_the_incidents_in_it(client: httpx.Client, sample: Path, span: str) -> None:
    """An interval of time, open or closed, gives the incidents that began in it."""
    start, stop = (None if end == ".." else pd.Timestamp(end) for end in span.split("/"))
    when = Store(sample).read_frame("incidents")["occurred_from"]
    expected = sum((start is None or t >= start) and (stop is None or t <= stop) for t in when)
    body = client.get("/collections/incidents/items", params={"datetime": span, "limit": 1}).json()
    assert body["numberMatched"] == expected
    assert 0 < expected < len(when)


def test_another_system_than_the_one_offered_is_refused(client: httpx.Client) -> None:
    """Only the system that a layer names can be asked for; it is the one the answer names too."""
    offered = client.get("/collections/cameras").json()["crs"]
    answer = client.get("/collections/cameras/items", params={"crs": offered[0], "bbox-crs": offered[0]})
    assert answer.headers["content-crs"] == f"<{offered[0]}>"
    other = "http://www.opengis.net/def/crs/EPSG/0/3857"
    assert client.get("/collections/cameras/items", params={"crs": other}).status_code == 400


def test_one_feature_by_its_id(client: httpx.Client) -> None:
    """A feature's own address gives that feature."""
    first = client.get("/collections/cameras/items", params={"limit": 1}).json()["features"][0]
    one = client.get(f"/collections/cameras/items/{first['id']}").json()
    assert {name: one[name] for name in first} == first


def test_collections_describe_themselves(client: httpx.Client) -> None:
    """Each listed layer has no dot in its id, an extent in which the city lies, and links that work."""
    body = client.get("/collections").json()
    ours = [layer for layer in LAYERS if layer not in ("places", "forbidden")]
    assert [layer["id"] for layer in body["collections"]] == ours
    for layer in body["collections"]:
        assert "." not in layer["id"]
        west, south, east, north = layer["extent"]["spatial"]["bbox"][0]
        assert west < 24.945 < east
        assert south < 60.17 < north
        for link in layer["links"]:
            assert client.get(link["href"]).status_code == 200
    assert any("ogcapi-features-1" in name for name in client.get("/conformance").json()["conformsTo"])


def test_gdal_reads_the_same_number_of_features(client: httpx.Client) -> None:
    """GDAL's own client of OGC API Features, which QGIS uses, reads what the API counts."""
    if "OAPIF" not in pyogrio.list_drivers():
        pytest.skip("this GDAL has no driver for OGC API Features")
    # in a process of its own: GDAL keeps Python's lock while it waits for this process's server
    script = (
        "import sys, pyogrio; frame = pyogrio.read_dataframe(sys.argv[1], layer='cameras');"
        "print(len(frame), *sorted(set(frame['state'])))"
    )
    address = f"OAPIF:{client.base_url}"
    found = subprocess.run(
        [sys.executable, "-c", script, address], capture_output=True, text=True, timeout=60, check=True
    )
    matched = client.get("/collections/cameras/items").json()["numberMatched"]
    assert found.stdout.split() == [str(matched), "archive", "live", "offline", "registered"]
