"""Frames and routes for other programs."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage.errors import NotFoundError
from kuzet.coverage.projection import metric_crs, to_wgs84
from kuzet.coverage.results import PatrolPlan
from kuzet.coverage.schema import CAMERAS, complete_frame
from kuzet.data.exports import ATTRIBUTION, routes_to_gpx, to_csv, to_geojson, to_geopackage
from kuzet.data.tables import read_cameras
from shapely import LineString, Point, Polygon, box

CRS = metric_crs((78.36, 45.0, 78.40, 45.04))
START = datetime(2026, 6, 5, 15, tzinfo=UTC)
GPX = "{http://www.topografix.com/GPX/1/1}"
HOSTILE = "<img src=x onerror=alert(1)>&]]>\x07"


def _cameras() -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        {
            "id": ["a", "b", "c"],
            "name": ["=1+1", "Қабанбай, 5", None],
            "state": ["live", "archive", "offline"],
            "heading_deg": [90.0, np.nan, 0.5],
            "headings_deg": ["180;270", None, None],
            "height_m": [2.5, 3.5, np.nan],
            "tilt_deg": [-5.0, np.nan, 0.5],
            "consent": [True, False, None],
            "assumed": [["state"], [], ["state", "height_m"]],
            "synthetic": [[], [], []],
        },
        geometry=[Point(0, 0), Point(100.123456789, 50), Point(5, 5)],
        crs=CRS,
    )
    return gpd.GeoDataFrame(complete_frame(frame, CAMERAS))


def _plan() -> PatrolPlan:
    """Make a plan of two units: one drives two legs with a stop between, the other stays."""
    at = [START + timedelta(minutes=m) for m in (0, 10, 22, 30)]
    legs = gpd.GeoDataFrame(
        {
            "unit": ["u1", "u1"],
            "order": [1, 2],
            "depart": [at[0], at[2]],
            "arrive": [at[1], at[3]],
            "drive_s": [600.0, 480.0],
            "drive_m": [300.0, 300.0],
            "edges": [[(1, 2, 0), (2, 3, 0)], [(3, 1, 0)]],
            "turns": [[["Abai Avenue", 100.0], [HOSTILE, 200.0]], [[None, 300.0]]],
        },
        geometry=[LineString([(0, 0), (100, 0), (100, 200)]), LineString([(100, 200), (0, 0)])],
        crs=CRS,
    )
    stops = gpd.GeoDataFrame(
        {"stop": [7, 8], "name": [HOSTILE, "x"], "risk": [2.0, 1.0], "dwell_s": [720.0, 720.0],
         "held": [1, 0], "cause": [None, None]},
        geometry=[Point(100, 200), Point(1, 1)],
        crs=CRS,
    )  # fmt: skip
    visits = pd.DataFrame(
        {"unit": ["u1"], "order": [1], "stop": [7], "name": [HOSTILE], "arrive": [at[1]], "leave": [at[2]],
         "drive_s": [600.0], "drive_m": [300.0]}
    )  # fmt: skip
    units = pd.DataFrame(
        {
            "id": ["u1", "u2"], "station": ["s", "s"], "kind": ["car", "car"],
            "shift_start": [START, START], "shift_end": [START + timedelta(hours=8)] * 2,
            "back_at": [at[3], START], "stops": [1, 0], "drive_s": [1080.0, 0.0], "drive_m": [600.0, 0.0],
            "dwell_s": [720.0, 0.0], "wait_s": [0.0, 0.0],
        }
    )  # fmt: skip
    return PatrolPlan(units, stops, visits, legs, 2.0, 3.0, 1 / 3, 0, 1)


def test_geojson_is_wgs84_with_seven_decimals_and_says_whose_data_it_is():
    """Metric frames come out in degrees of seven decimals, without a crs member, with the attribution."""
    frame = _cameras()
    document = json.loads(to_geojson(frame))
    assert (document["type"], document["attribution"]) == ("FeatureCollection", ATTRIBUTION)
    assert "crs" not in document
    expected = to_wgs84(frame).geometry
    for feature, point in zip(document["features"], expected, strict=True):
        lon, lat = feature["geometry"]["coordinates"]
        assert (lon, lat) == (round(point.x, 7), round(point.y, 7))
    assert [feature["id"] for feature in document["features"]] == ["a", "b", "c"]


def test_geojson_values_are_plain_and_missing_ones_null():
    """NaN, NaT and None are null, lists stay lists, times carry their offset, nothing is NaN."""
    frame = _cameras()
    frame["seen"] = pd.Series([pd.Timestamp(START), pd.NaT, pd.NaT], dtype="datetime64[us, UTC]")
    frame["rank"] = np.array([1, 2, 3])
    first, second, third = (
        json.loads(to_geojson(frame), parse_constant=pytest.fail)["features"][row]["properties"]
        for row in range(3)
    )
    assert (second["heading_deg"], third["name"], third["consent"]) == (None, None, None)
    assert (first["consent"], first["rank"], third["assumed"]) == (True, 1, ["state", "height_m"])
    assert (first["seen"], second["seen"]) == ("2026-06-05T15:00:00+00:00", None)


def test_geojson_rings_turn_as_the_standard_says_and_empty_shapes_are_null():
    """Outer rings run counter-clockwise; a missing or empty shape is a feature without geometry."""
    clockwise = Polygon([(0, 0), (0, 10), (10, 10), (10, 0)])
    frame = gpd.GeoDataFrame({"x": [1, 2, 3]}, geometry=[clockwise, None, Polygon()], crs=CRS)
    shapes = [feature["geometry"] for feature in json.loads(to_geojson(frame))["features"]]
    assert shapely.LinearRing(shapes[0]["coordinates"][0]).is_ccw
    assert shapes[1:] == [None, None]


def test_a_table_without_geometry_is_geojson_and_csv_too():
    """A plain table gives features without geometry, and CSV without coordinates."""
    table = pd.DataFrame({"id": ["u"], "station": ["s"]})
    assert json.loads(to_geojson(table))["features"][0]["geometry"] is None
    assert to_csv(table).decode("utf-8-sig").splitlines()[0] == "id,station,kuzet_attribution"


def test_empty_frames_are_valid_documents():
    """A frame without rows is an empty collection and a header."""
    empty = gpd.GeoDataFrame(_cameras().iloc[:0])
    assert json.loads(to_geojson(empty))["features"] == []
    assert to_csv(empty).decode("utf-8-sig").startswith("id,name,")


def test_csv_is_harmless_and_comes_back_whole():
    """Formulas are guarded in the file, and reading it gives the same cameras with the same words."""
    frame = _cameras()
    content = to_csv(frame)
    cells = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert cells[0]["name"] == "'=1+1"
    assert {row["kuzet_attribution"] for row in cells} == {ATTRIBUTION}
    intake = read_cameras(content, filename="cameras.csv")
    assert len(intake.rejected) == 0
    again = intake.frame
    assert list(again["name"]) == ["=1+1", "Қабанбай, 5", None]
    assert list(again["assumed"]) == list(frame["assumed"])
    assert again["headings_deg"].iloc[0] == "180;270"
    pd.testing.assert_series_equal(again["heading_deg"], frame["heading_deg"])
    assert shapely.distance(again.geometry.values, to_wgs84(frame).geometry.values).max() < 1e-7


def test_csv_of_lines_carries_wkt():
    """Shapes other than points are written as text that any GIS program reads."""
    content = to_csv(_plan().legs).decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(content)))
    assert shapely.from_wkt(row["wkt"]).geom_type == "LineString"
    assert json.loads(row["edges"]) == [[1, 2, 0], [2, 3, 0]]


@given(texts=st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=20), max_size=8))
@settings(max_examples=100, deadline=None)
def test_any_text_survives_geojson(texts):
    """Whatever stands in a name comes back from GeoJSON as it was."""
    frame = pd.DataFrame({"name": pd.Series(texts, dtype="object")})
    assert [feature["properties"]["name"] for feature in json.loads(to_geojson(frame))["features"]] == texts


def test_geopackage_holds_every_layer_in_wgs84(tmp_path):
    """The layers come back from one file with their rows, names and places, lists as text."""
    content = to_geopackage({"cameras": _cameras(), "legs": _plan().legs})
    target = tmp_path / "a.gpkg"
    target.write_bytes(content)
    assert sorted(name for name, _ in pyogrio.list_layers(target)) == ["cameras", "legs"]
    cameras = gpd.read_file(target, layer="cameras")
    assert cameras.crs.to_epsg() == 4326
    assert list(cameras["name"].fillna("")) == ["=1+1", "Қабанбай, 5", ""]
    assert list(cameras["assumed"]) == ["state", "", "state;height_m"]
    assert shapely.distance(cameras.geometry.values, to_wgs84(_cameras()).geometry.values).max() < 1e-7
    assert ATTRIBUTION in str(pyogrio.read_info(target, layer="legs")["layer_metadata"])


def _gpx(unit: str = "u1") -> ET.Element:
    return ET.fromstring(routes_to_gpx(_plan(), unit))


def test_gpx_has_stops_turns_and_times():
    """Waypoints are the stops, the route the streets in order, the track every point with rising times."""
    root = _gpx()
    assert root.get("version") == "1.1"
    waypoint = root.find(f"{GPX}wpt")
    assert waypoint is not None
    # 15:10 in UTC is 20:10 in Almaty
    assert waypoint.findtext(f"{GPX}desc") == "20:10 - 20:22"
    assert waypoint.findtext(f"{GPX}time") == "2026-06-05T15:10:00Z"
    assert waypoint.findtext(f"{GPX}name") == "1. <img src=x onerror=alert(1)>&]]>"
    names = [point.findtext(f"{GPX}name") for point in root.iterfind(f"{GPX}rte/{GPX}rtept")]
    assert names == ["Abai Avenue", "<img src=x onerror=alert(1)>&]]>", "1", "—", "2"]
    times = [datetime.fromisoformat(str(node.text)) for node in root.iterfind(f".//{GPX}trkpt/{GPX}time")]
    assert times == sorted(times)
    # a third of the way along the first leg is a third of its ten minutes
    assert abs((times[1] - START).total_seconds() - 200) < 1
    assert len(root.findall(f"{GPX}trk/{GPX}trkseg")) == 2


def test_gpx_turns_stand_where_the_street_changes():
    """The second street of a leg begins after the metres of the first, at the corner."""
    points = _gpx().findall(f"{GPX}rte/{GPX}rtept")
    corner = to_wgs84(gpd.GeoDataFrame(geometry=[Point(100, 0)], crs=CRS)).geometry.iloc[0]
    assert float(points[1].get("lon", "nan")) == pytest.approx(corner.x, abs=2e-7)
    assert float(points[1].get("lat", "nan")) == pytest.approx(corner.y, abs=2e-7)


ORDER = {
    "gpx": ["metadata", "wpt", "rte", "trk", "extensions"],
    "metadata": ["name", "desc", "author", "copyright", "link", "time", "keywords", "bounds", "extensions"],
    "copyright": ["year", "license"],
    "rte": ["name", "cmt", "desc", "src", "link", "number", "type", "extensions", "rtept"],
    "trk": ["name", "cmt", "desc", "src", "link", "number", "type", "extensions", "trkseg"],
    "trkseg": ["trkpt", "extensions"],
    **{
        point: ["ele", "time", "magvar", "geoidheight", "name", "cmt", "desc", "src", "link", "sym", "type",
                "fix", "sat", "hdop", "vdop", "pdop", "ageofdgpsdata", "dgpsid", "extensions"]
        for point in ("wpt", "rtept", "trkpt")
    },
}  # fmt: skip
"""The sequences of the schema of GPX 1.1."""


def test_gpx_keeps_the_order_and_the_names_of_its_schema():
    """Every element is one the schema of GPX 1.1 knows, in its order, with legal coordinates and times."""
    root = _gpx()
    assert root.get("creator") == "Kuzet"
    for element in root.iter():
        name = element.tag.removeprefix(GPX)
        children = [child.tag.removeprefix(GPX) for child in element]
        allowed = ORDER.get(name, [])
        assert set(children) <= set(allowed), name
        assert [allowed.index(child) for child in children] == sorted(
            allowed.index(child) for child in children
        )
        if name in ("wpt", "rtept", "trkpt"):
            assert -90 <= float(element.get("lat", "nan")) <= 90
            assert -180 <= float(element.get("lon", "nan")) < 180
        if name == "time":
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", str(element.text))
    rights = root.find(f"{GPX}metadata/{GPX}copyright")
    assert rights is not None
    assert rights.get("author") == ATTRIBUTION
    assert "odbl" in str(rights.findtext(f"{GPX}license"))


def test_gdal_reads_tracks_routes_and_waypoints(tmp_path):
    """Another reader of GPX finds the same stops, route and track."""
    target = tmp_path / "route.gpx"
    target.write_bytes(routes_to_gpx(_plan(), "u1"))
    counts = {
        name: pyogrio.read_info(target, layer=name, force_feature_count=True)["features"]
        for name in ("waypoints", "routes", "tracks")
    }
    assert counts == {"waypoints": 1, "routes": 1, "tracks": 1}
    track = gpd.read_file(target, layer="tracks").to_crs(CRS).geometry.iloc[0]
    assert track.length == pytest.approx(300 + np.hypot(100, 200), abs=0.1)


def test_a_unit_that_stays_has_an_empty_route_and_an_unknown_one_is_an_error():
    """A unit without legs gives a valid file without a track; a unit not in the plan is not found."""
    root = _gpx("u2")
    assert root.find(f"{GPX}trk") is None
    assert root.find(f"{GPX}metadata") is not None
    with pytest.raises(NotFoundError):
        routes_to_gpx(_plan(), "nobody")


def test_the_system_of_a_plan_may_be_given():
    """A plan whose frames lost their system gives the same file when it is named."""
    plan = _plan()
    expected = routes_to_gpx(plan, "u1")
    bare = PatrolPlan(
        plan.units,
        gpd.GeoDataFrame(plan.stops.drop(columns="geometry"), geometry=list(plan.stops.geometry)),
        plan.visits,
        gpd.GeoDataFrame(plan.legs.drop(columns="geometry"), geometry=list(plan.legs.geometry)),
        plan.score, plan.upper_bound, plan.gap, plan.seed, plan.left_out,
    )  # fmt: skip
    assert bare.legs.crs is None
    assert routes_to_gpx(bare, "u1", CRS) == expected


def test_exports_leave_their_frames_as_they_were():
    """Writing changes nothing in what is written."""
    frame = _cameras()
    before = frame.copy(deep=True)
    to_geojson(frame)
    to_csv(frame)
    to_geopackage({"a": frame})
    pd.testing.assert_frame_equal(frame, before)


def test_ten_thousand_buildings_take_seconds_at_most():
    """A layer of a city's size is written without a pause a person would notice."""
    shapes = [box(x, y, x + 8, y + 8) for x in range(0, 1000, 10) for y in range(0, 1000, 10)]
    frame = gpd.GeoDataFrame({"id": [str(n) for n in range(10_000)]}, geometry=shapes, crs=CRS)
    assert len(json.loads(to_geojson(frame))["features"]) == 10_000
