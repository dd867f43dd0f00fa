"""Routes in the hand: GPX and KML against their schemas, KML and GeoJSON read by another program."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
from kuzet.coverage.errors import NotFoundError
from kuzet.coverage.projection import to_wgs84
from kuzet.data.exports import route_layer, routes_to_gpx, routes_to_kml, to_geojson
from lxml import etree

from ..maps.make_results import make_patrol

SCHEMAS = Path(__file__).parent / "files" / "schemas"
KML = "{http://www.opengis.net/kml/2.2}"
NASTY = "<img src=x onerror=alert(1)>&]]> \x07 Ә"


def _check(content: bytes, schema: str) -> None:
    parser = etree.XMLParser(no_network=True)
    etree.XMLSchema(etree.parse(SCHEMAS / schema, parser)).assertValid(etree.fromstring(content, parser))


@pytest.mark.parametrize("name", ["Өтенай көшесі", NASTY])
def test_gpx_is_valid_against_its_schema(name: str) -> None:
    """The schema of GPX 1.1 accepts the route, whatever the streets and units are called."""
    unit = f"{name} 1"
    content = routes_to_gpx(make_patrol((unit, "b"), name), unit)
    _check(content, "gpx.xsd")
    assert b"<rte>" in content and b"<trk>" in content


@pytest.mark.parametrize("name", ["Өтенай көшесі", NASTY])
def test_kml_is_valid_against_its_schema(name: str) -> None:
    """The schema of OGC KML 2.2 accepts the route, whatever the streets and units are called."""
    unit = f"{name} 1"
    _check(routes_to_kml(make_patrol((unit, "b"), name), unit), "ogckml22.xsd")


def test_the_check_against_a_schema_can_fail() -> None:
    """A part in the wrong place is found, so the two tests above say something."""
    content = routes_to_kml(make_patrol(), "Қ-1").replace(b"TimeSpan", b"TimeSpam")
    with pytest.raises(etree.DocumentInvalid):
        _check(content, "ogckml22.xsd")


def test_kml_holds_the_stops_with_times_and_the_legs_with_streets() -> None:
    """Stops come in order with arrival and departure; legs name the streets; places are those of the plan."""
    plan = make_patrol()
    root = etree.fromstring(routes_to_kml(plan, "Қ-1"))
    stops, legs = root.findall(f".//{KML}Folder")
    visits = plan.visits[plan.visits["unit"] == "Қ-1"].sort_values("order")
    assert len(stops.findall(f"{KML}Placemark")) == len(visits)
    first = stops.find(f"{KML}Placemark")
    assert first.findtext(f"{KML}name") == "1. Өтенай көшесі"
    arrive = visits["arrive"].iloc[0]
    assert first.findtext(f"{KML}TimeSpan/{KML}begin") == f"{arrive:%Y-%m-%dT%H:%M:%SZ}"
    place = to_wgs84(plan.stops).set_index("stop").geometry[visits["stop"].iloc[0]]
    told = [float(part) for part in first.findtext(f"{KML}Point/{KML}coordinates").split(",")]
    assert told == pytest.approx([place.x, place.y], abs=1e-7)
    assert legs.find(f"{KML}Placemark").findtext(f"{KML}description") == "Өтенай көшесі 120 m > — 80 m"


def test_gdal_opens_kml_and_geojson(tmp_path: Path) -> None:
    """Another program finds the same stops and legs in both files, as long as in the plan."""
    plan = make_patrol()
    (tmp_path / "a.kml").write_bytes(routes_to_kml(plan, "Қ-2"))
    (tmp_path / "a.geojson").write_bytes(to_geojson(route_layer(plan, "Қ-2")))
    legs = plan.legs[plan.legs["unit"] == "Қ-2"]
    stops = int((plan.visits["unit"] == "Қ-2").sum())
    assert {name for name, _ in pyogrio.list_layers(tmp_path / "a.kml")} == {"stops", "legs"}
    assert pyogrio.read_info(tmp_path / "a.kml", layer="stops", force_feature_count=True)["features"] == stops
    drawn = gpd.read_file(tmp_path / "a.kml", layer="legs").to_crs(plan.legs.crs)
    assert drawn.length.sum() == pytest.approx(legs.length.sum(), abs=0.5)
    whole = gpd.read_file(tmp_path / "a.geojson")
    assert whole["kind"].value_counts().to_dict() == {"stop": stops, "leg": len(legs)}
    assert whole[whole["kind"] == "leg"].to_crs(plan.legs.crs).length.sum() == pytest.approx(
        legs.length.sum(), abs=0.5
    )


def test_geojson_tells_turns_and_times() -> None:
    """Each leg has its streets with metres, each stop its arrival; all in WGS 84 with whose data it is."""
    told = json.loads(to_geojson(route_layer(make_patrol(), "Қ-1")))
    assert "OpenStreetMap" in told["attribution"]
    leg = next(row for row in told["features"] if row["properties"]["kind"] == "leg")
    assert leg["properties"]["turns"] == [["Өтенай көшесі", 120.0], [None, 80.0]]
    stop = told["features"][0]["properties"]
    assert stop["kind"] == "stop" and stop["order"] == 1 and stop["arrive"].startswith("2025-11-24T20:")


@pytest.mark.parametrize("write", [routes_to_kml, route_layer])
def test_a_unit_that_is_not_in_the_plan_is_not_found(write) -> None:
    """Both formats say so, as GPX does."""
    with pytest.raises(NotFoundError, match="unit_not_in_plan"):
        write(make_patrol(), "nobody")
