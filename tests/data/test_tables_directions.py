"""Directions and impossible optics in registers of cameras, in every kind of file."""

import json
import math
from typing import Any

import numpy as np
import pytest
from kuzet.coverage.cover import measure_coverage
from kuzet.data.osm_cameras import camera_columns
from kuzet.data.tables import Intake, read_cameras
from shapely import Point

HEAD = "id,lon,lat,state"


WRITTEN = [
    ("-20", 340.0, None, np.nan),
    ("280;0;120", 280.0, "0;120", np.nan),
    ("north", 0.0, None, np.nan),
    ("NE", 45.0, None, np.nan),
    ("239-284", 261.5, None, 45.0),
    ("350-10", 0.0, None, 20.0),
    ("270-90", 0.0, None, 180.0),
    ("null", np.nan, None, np.nan),
]


IMPOSSIBLE = [
    ("height_m", -3, "out_of_range"),
    ("tilt_deg", 400, "out_of_range"),
    ("hfov_deg", 0, "out_of_range"),
    ("ir_range_m", 1e9, "out_of_range"),
    ("heading_deg", math.nan, "bad_heading"),
    ("heading_deg", "nan", "bad_heading"),
    ("heading_deg", math.inf, "bad_heading"),
    ("heading_deg", -math.inf, "bad_heading"),
    ("height_m", math.nan, "not_finite"),
]


def _read_features(rows: list[dict[str, object]]) -> Intake:
    """Read cameras as GeoJSON, as Python's json writes it: with NaN and Infinity where they are."""
    place = {"type": "Point", "coordinates": [78.37, 45.01]}
    features = [{"type": "Feature", "geometry": place, "properties": row} for row in rows]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    return read_cameras(text.encode(), filename="cameras.geojson")


def _read(text: str, **options: Any) -> Intake:
    return read_cameras(text.encode(), filename="cameras.csv", **options)


def _faults(intake: Intake) -> list[tuple[int, str, str]]:
    rejected = intake.rejected
    return list(zip(rejected["line"], rejected["column"], rejected["reason"], strict=True))


@pytest.mark.parametrize(
    ("text", "heading", "others", "hfov"),
    [
        ("90", 90.0, None, np.nan),
        ("-20", 340.0, None, np.nan),
        ("NE", 45.0, None, np.nan),
        ("239-284", 261.5, None, 45.0),
        ("280;0;120", 280.0, "0;120", np.nan),
        ("null", np.nan, None, np.nan),
        ("", np.nan, None, np.nan),
    ],
)
def test_directions_are_read_as_people_write_them(text, heading, others, hfov):
    """Degrees, negative degrees, words, ranges with their width, and several lenses are understood."""
    row = _read(f'{HEAD},direction\n1,78.37,45.01,live,"{text}"\n').frame.iloc[0]
    np.testing.assert_equal([row["heading_deg"], row["hfov_deg"]], [heading, hfov])
    assert row["headings_deg"] == others


def test_a_stated_field_of_view_beats_the_width_of_the_direction():
    """The angle somebody measured is not overwritten by the width of a range of directions."""
    row = _read(f"{HEAD},direction,hfov_deg\n1,78.37,45.01,live,239-284,70\n").frame.iloc[0]
    assert (row["heading_deg"], row["hfov_deg"]) == (261.5, 70)


def test_one_camera_in_both_conventions_of_headings_is_one_camera():
    """Heading 30 from north and 60 from east are the same look, and give the same view."""
    head = "id,state,longitude,latitude,heading_deg\n"
    north = read_cameras((head + "a,live,78.38,45.02,30\n").encode(), filename="a.csv")
    east = read_cameras(
        (head + "a,live,78.38,45.02,60\n").encode(), filename="a.csv", headings="east_counterclockwise"
    )
    assert north.frame["heading_deg"].tolist() == east.frame["heading_deg"].tolist() == [30.0]


def test_impossible_cameras_of_a_csv_are_refused_one_by_one():
    """Each impossible row is refused with its line, column and reason; the sound ones between are taken."""
    fields = ["height_m", "tilt_deg", "hfov_deg", "ir_range_m", "heading_deg"]
    lines = [f"{HEAD},{','.join(fields)}"]
    for number, (field, value, _) in enumerate(IMPOSSIBLE):
        cells = [str(value) if name == field else "" for name in fields]
        lines += [
            f"bad-{number},78.37,45.01,live,{','.join(cells)}",
            f"good-{number},78.37,45.01,live,4,15,60,30,90",
        ]
    intake = _read("\n".join(lines) + "\n")
    assert _faults(intake) == [
        (2 + 2 * number, field, reason) for number, (field, _, reason) in enumerate(IMPOSSIBLE)
    ]
    assert list(intake.frame["id"]) == [f"good-{number}" for number in range(len(IMPOSSIBLE))]
    assert intake.rows_in == 2 * len(IMPOSSIBLE)


def test_impossible_cameras_of_a_geojson_are_refused_one_by_one():
    """The same rows as GeoJSON, NaN and Infinity in it bare: refused by feature, the others taken."""
    rows: list[dict[str, object]] = []
    for number, (field, value, _) in enumerate(IMPOSSIBLE):
        rows += [
            {"id": f"bad-{number}", "state": "live", field: value},
            {"id": f"good-{number}", "state": "live"},
        ]
    intake = _read_features(rows)
    assert _faults(intake) == [
        (1 + 2 * number, field, reason) for number, (field, _, reason) in enumerate(IMPOSSIBLE)
    ]
    assert list(intake.frame["id"]) == [f"good-{number}" for number in range(len(IMPOSSIBLE))]


def test_a_place_that_is_no_number_costs_its_feature_only():
    """A coordinate written as NaN refuses its feature as not finite, and the next one is taken."""
    features = [
        f'{{"type": "Feature", "geometry": {{"type": "Point", "coordinates": [{x}, 45]}}, '
        f'"properties": {{"id": "{x}"}}}}'
        for x in ("NaN", "-Infinity", "78")
    ]
    text = f'{{"type": "FeatureCollection", "features": [{", ".join(features)}]}}'
    intake = read_cameras(text.encode(), filename="a.json")
    assert list(intake.rejected["reason"]) == ["not_finite", "not_finite"]
    assert list(intake.frame["id"]) == ["78"]


@pytest.mark.parametrize("kind", ["fixed", "panning"])
def test_headings_mean_the_same_in_every_kind_of_file(kind):
    """CSV, GeoJSON and OpenStreetMap tags give the same headings and width, panning or not."""
    table = _read(f"{HEAD},kind,direction\n" + "".join(
        f'{text},78.37,45.01,live,{kind},"{text}"\n' for text, *_ in WRITTEN
    )).frame  # fmt: skip
    features = _read_features(
        [{"id": text, "state": "live", "kind": kind, "heading_deg": text} for text, *_ in WRITTEN]
    ).frame
    assert len(table) == len(features) == len(WRITTEN)
    for row, (text, heading, others, width) in enumerate(WRITTEN):
        tags = {"man_made": "surveillance", "camera:type": kind, "direction": text}
        columns, unread = camera_columns(tags)
        # OpenStreetMap's own "null" is told as not understood, since a mapper put it there
        assert unread == ([("direction", "null")] if text == "null" else [])
        for read in (table.iloc[row], features.iloc[row], columns):
            assert read["kind"] == kind
            assert read.get("headings_deg") == others
            found = [read.get(name) for name in ("heading_deg", "hfov_deg")]
            np.testing.assert_equal([np.nan if value is None else value for value in found], [heading, width])


def test_presets_of_a_panning_camera_stay_in_order():
    """The first preset is the heading, the others follow, from one column, from two, or from a list."""
    lists = ["280;0;120", "280; 0 ;120;", "W280"]
    table = _read(f'{HEAD},kind,direction,presets\n1,78.37,45.01,live,ptz,280,0;120\n'
                  f'2,78.37,45.01,live,ptz,"{lists[1]}",\n3,78.37,45.01,live,ptz,{lists[2]},\n')  # fmt: skip
    assert _faults(table) == [(4, "direction", "bad_heading")]
    features = _read_features([{"id": 1, "state": "live", "kind": "ptz", "heading_deg": [280, 0, 120]}])
    for frame in (table.frame, features.frame):
        assert set(frame["kind"]) == {"panning"}
        assert set(frame["heading_deg"]) == {280.0}
        assert set(frame["headings_deg"]) == {"0;120"}
    assert len(table.frame) == 2


@pytest.mark.parametrize(
    ("north", "east"),
    [("30", "60"), ("0", "90"), ("-20", "110"), ("239-284", "166-211"), ("350-10", "80-100"),
     ("20;200", "70;250")],
)  # fmt: skip
def test_both_conventions_give_the_same_view(town, north, east):
    """From north clockwise (OpenStreetMap) or from east counter-clockwise (GRASS): the same polygons."""
    lens = "4,5.37,1920" if "-" not in north.lstrip("-") else ",,1920"
    text = "id,state,kind,longitude,latitude,heading_deg,focal_mm,sensor_width_mm,pixels_across\n" + (
        'a,live,fixed,78.38,45.02,"{}",' + lens + "\n"
    )
    views = []
    for heading, convention in ((north, "north_clockwise"), (east, "east_counterclockwise")):
        content = text.format(heading).encode()
        frame = read_cameras(content, filename="a.csv", headings=convention).frame
        # on the avenue of the tiny town
        placed = frame.set_geometry([Point(50, 2)], crs=town.crs)
        views.append(measure_coverage(town.streets, town.buildings, placed))
    one, other = views
    assert one.seen_m["live"] == pytest.approx(other.seen_m["live"])
    assert len(one.views) == len(other.views) > 0
    for shape, same in zip(one.views.geometry, other.views.geometry, strict=True):
        assert shape.symmetric_difference(same).area < 1e-6 * shape.area
