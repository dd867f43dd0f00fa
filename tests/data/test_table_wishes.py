"""Duties and zones for a plan of routes, from files of strangers."""

import json
from datetime import UTC, datetime

import pytest
from kuzet.coverage.errors import InvalidInputError, UnknownFormatError
from kuzet.data.table_wishes import read_duties, read_zones

BOX = (78.3, 44.9, 78.5, 45.1)
SQUARE = [[[78.3, 45.0], [78.4, 45.0], [78.4, 45.05], [78.3, 45.0]]]


def collection(*features):
    """Return GeoJSON of (properties, kind of shape, coordinates)."""
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "properties": told, "geometry": {"type": kind, "coordinates": where}}
                for told, kind, where in features
            ],
        }
    ).encode()


@pytest.mark.parametrize(
    "header",
    [
        "id,name,lon,lat,opens,closes,dwell_minutes",
        "Мероприятие,Название,Долгота,Широта,Начало,Окончание,Минут",
        "Іс-шара,Атауы,Бойлық,Ендік,Басталуы,Аяқталуы,Ұзақтығы",
    ],
)
def test_duties_are_read_from_a_table_in_three_languages(header):
    """A duty's place, window (in the home zone) and stay come out of a CSV."""
    row = "d1,Мектеп,78.37,45.01,2026-06-05 13:30,2026-06-05 14:30,15\n"
    intake = read_duties(f"{header}\n{row}".encode(), filename="d.csv", city_box=BOX)
    assert intake.warnings == [] and len(intake.frame) == 1
    duty = intake.frame.iloc[0]
    assert (duty["id"], duty["name"], duty["dwell_minutes"]) == ("d1", "Мектеп", 15)
    assert (duty.geometry.x, duty.geometry.y) == (78.37, 45.01)
    assert duty["opens"] == datetime(2026, 6, 5, 8, 30, tzinfo=UTC)
    assert duty["closes"] == datetime(2026, 6, 5, 9, 30, tzinfo=UTC)


def test_duties_drawn_on_a_map_may_lack_an_id():
    """GeoJSON points without an id get one each, made of the feature."""
    told = {"opens": "2026-06-05T13:00:00Z", "closes": "2026-06-05T14:00:00Z", "dwell_minutes": 10}
    content = collection((told, "Point", [78.37, 45.01]), (told, "Point", [78.38, 45.01]))
    frame = read_duties(content, filename="d.json", city_box=BOX).frame
    assert frame["id"].nunique() == 2


def test_every_faulty_duty_is_told_with_its_reason():
    """Windows, stays and places that cannot be are each refused; none is lost."""
    good = ["d", "78.37", "45.01", "2026-06-05 13:00", "2026-06-05 14:00", "10"]
    cases = [
        ({3: "soon"}, "bad_date"),
        ({4: ""}, "missing"),
        ({4: "2026-06-05 12:00"}, "ends_before_start"),
        ({5: "0"}, "out_of_range"),
        ({5: "721"}, "out_of_range"),
        ({5: ""}, "missing"),
        ({1: "45.01", 2: "78.37"}, "swapped_coordinates"),
        ({1: "10"}, "outside_city"),
        ({1: ""}, "missing"),
    ]
    rows = [[change.get(at, cell) for at, cell in enumerate(good)] for change, _ in cases]
    lines = [",".join([f"{name}{row[0]}", *row[1:]]) for name, row in enumerate(rows)]
    text = "id,lon,lat,opens,closes,dwell_minutes\n" + "\n".join([*lines, ",".join(good)]) + "\n"
    intake = read_duties(text.encode(), filename="d.csv", city_box=BOX)
    assert list(intake.rejected["reason"]) == [reason for _, reason in cases]
    assert intake.rows_in == len(intake.frame) + len(intake.rejected) == len(cases) + 1


def test_zones_are_polygons_with_an_id():
    """A zone comes with its outline; one without an id, twice the same, or a point is refused."""
    content = collection(
        ({"id": "north"}, "Polygon", SQUARE),
        ({"id": "north"}, "Polygon", SQUARE),
        ({}, "Polygon", SQUARE),
        ({"id": "dot"}, "Point", [78.37, 45.01]),
        ({"id": "far"}, "Polygon", [[[10, 10], [11, 10], [11, 11], [10, 10]]]),
    )
    intake = read_zones(content, filename="z.json", city_box=BOX)
    assert list(intake.frame["id"]) == ["north"]
    assert list(intake.rejected["reason"]) == ["duplicate", "missing", "wrong_geometry", "outside_city"]


def test_zones_are_not_read_from_a_table_nor_duties_without_a_window():
    """A CSV has no outlines; a file without the columns of a duty is refused whole."""
    with pytest.raises(UnknownFormatError, match="areas_need_geojson"):
        read_zones(b"id,name\n1,a\n", filename="z.csv")
    with pytest.raises(InvalidInputError) as caught:
        read_duties(b"id,lon,lat\n1,78.37,45.01\n", filename="d.csv")
    assert caught.value.facts["columns"] == "opens, closes, dwell_minutes"
