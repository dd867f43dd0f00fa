"""GeoJSON read by json and shapely."""

import json

import pytest
from kuzet.coverage.errors import InvalidInputError, TooLargeError, UnknownFormatError
from kuzet.data.rejects import write_rejected
from kuzet.data.tables import read_cameras, read_incidents, read_units


def _feature(lon: object, lat: object, **properties: object) -> dict[str, object]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": properties,
    }


def _collection(*features: object, **members: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", **members, "features": features}).encode()


def test_features_become_rows_and_bad_ones_are_refused():
    """Points are taken; other shapes, absent places and things that are no features are refused by number."""
    line = {"type": "LineString", "coordinates": [[24.9, 60.1], [24.91, 60.1]]}
    intake = read_cameras(
        _collection(
            _feature(24.9, 60.1, id=7, state="live", height=3.5, lenses=[1, 2]),
            {"type": "Feature", "geometry": line, "properties": {"id": 8, "state": "live"}},
            {"type": "Feature", "geometry": None, "properties": {"id": 9, "state": "live"}},
            "nonsense",
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": ["a", "b"]}, "properties": None},
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": []}, "properties": {}},
            _feature(24.9, 60.1, id=10, state="live", name="\ud800"),
        ),
        filename="cameras.geojson",
    )
    row = intake.frame.iloc[0]
    assert (row["id"], row["height_m"], row.geometry.x) == ("7", 3.5, 24.9)
    assert dict(zip(intake.rejected["line"], intake.rejected["reason"], strict=True)) == {
        2: "wrong_geometry",
        3: "missing",
        4: "not_a_feature",
        5: "bad_geometry",
        6: "empty_geometry",
        7: "broken_text",
    }
    assert intake.rows_in == 7


def test_the_id_of_a_feature_serves_where_its_properties_have_none():
    """A feature's own id is the camera's where no property is."""
    feature = {**_feature(24.9, 60.1, state="live"), "id": "node/1"}
    assert read_cameras(_collection(feature), filename="a.geojson").frame["id"].iloc[0] == "node/1"


def test_openstreetmap_exports_are_known():
    """An Overpass export of cameras is read by its tags: direction with range, type, operator."""
    tags = {"@id": "node/5", "camera:type": "panning", "camera:direction": "239-284", "operator": "City"}
    intake = read_cameras(_collection(_feature(24.9, 60.1, **tags)), filename="cctv.geojson")
    row = intake.frame.iloc[0]
    assert intake.dialect["preset"] == "osm_cameras"
    assert (row["id"], row["kind"], row["heading_deg"], row["hfov_deg"]) == ("node/5", "panning", 261.5, 45)
    assert row["owner"] == "City"


def test_incidents_and_units_come_as_geojson_too():
    """Incidents need their places; units need none, and their geometry is left alone."""
    incident = _feature(24.9, 60.1, id="a", date="2024-05-06 07:08", category="theft")
    assert len(read_incidents(_collection(incident), filename="a.json").frame) == 1
    shift = {"shift_start": "2026-06-05 08:00", "shift_end": "2026-06-05 16:00"}
    unit = {"type": "Feature", "geometry": None, "properties": {"id": "u", "station": "s", **shift}}
    assert len(read_units(_collection(unit), filename="a.json").frame) == 1


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b'{"type": "FeatureCollection", "features": [', InvalidInputError, "json_broken"),
        (b'{"type": "FeatureCollection", "type": "x"}', InvalidInputError, "json_key_twice"),
        (b'{"type": NaN, "features": []}', UnknownFormatError, "geojson_no_collection"),
        (b'{"type": "FeatureCollection", "features": NaN}', UnknownFormatError, "geojson_no_collection"),
        (b'{"type": "Feature"}', UnknownFormatError, "geojson_no_collection"),
        (b"[1, 2]", UnknownFormatError, "geojson_no_collection"),
        (b'{"type": "FeatureCollection", "features": {}}', UnknownFormatError, "geojson_no_collection"),
        (b"[" * 200_000, InvalidInputError, "json_broken"),
        (b"[" + b"9" * 5_000 + b"]", InvalidInputError, "json_broken"),
        (_collection(_feature(1, 2), crs={"type": "name", "properties": {"name": "EPSG:3857"}}),
         InvalidInputError, "geojson_other_crs"),
        (_collection(), InvalidInputError, "columns_missing"),
    ],
)  # fmt: skip
def test_what_is_no_sound_geojson_is_refused_whole(content, kind, code):
    """Broken, ambiguous, endless, deep and foreign JSON each give one clear error."""
    with pytest.raises(kind) as caught:
        read_incidents(content, filename="a.geojson")
    assert caught.value.code == code


def test_the_old_member_crs_may_name_wgs84():
    """GDAL's `crs` member that says CRS84 is no reason to refuse a file."""
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert len(read_cameras(_collection(_feature(24.9, 60.1, id=1), crs=crs), filename="a.json").frame) == 1


def test_numbers_too_large_refuse_their_row():
    """1e999 in a property or a coordinate is not finite: its row is refused and the others go on."""
    text = (
        '{"type": "FeatureCollection", "features": ['
        '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [24.9, 1e999]}, '
        '"properties": {"id": 1}},'
        '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [24.9, 60]}, '
        '"properties": {"id": 2, "height": 1e999}},'
        '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [24.9, 60]}, '
        '"properties": {"id": 3}}]}'
    )
    intake = read_cameras(text.encode(), filename="a.json")
    assert list(intake.frame["id"]) == ["3"]
    assert len(intake.rejected) == 2


def test_too_many_features_are_refused():
    """The limit of rows holds for features."""
    with pytest.raises(TooLargeError):
        read_cameras(_collection(*[_feature(1, 2)] * 3), filename="a.json", max_rows=2)


def test_refused_features_are_mended_as_csv():
    """Refused features come as a CSV with their coordinates, which is read again once mended."""
    intake = read_cameras(
        _collection(_feature(24.9, 60.1, id="a", height=-3), _feature(24.9, 60.2, id="b")), filename="a.json"
    )
    mended = write_rejected(intake).replace(b"-3", b"3")
    again = read_cameras(mended, filename="mended.csv")
    assert list(again.frame["id"]) == ["a"]
    assert again.frame.geometry.iloc[0].y == 60.1
