"""Places for cameras and forbidden areas from people's own files."""

import json

import numpy as np
import pytest
import shapely
from kuzet.coverage.errors import InvalidInputError, OtherPlaceError, UnknownFormatError
from kuzet.coverage.schema import FORBIDDEN, PLACES, check_frame
from kuzet.data.rejects import write_rejected
from kuzet.data.table_places import read_forbidden, read_places

CITY = (78.3, 44.9, 78.5, 45.1)
SQUARE = [[[78.38, 45.0], [78.39, 45.0], [78.39, 45.01], [78.38, 45.01], [78.38, 45.0]]]
BOW_TIE = [[[78.38, 45.0], [78.39, 45.01], [78.39, 45.0], [78.38, 45.01], [78.38, 45.0]]]


def collection(*features):
    """Return a FeatureCollection as bytes; each feature is (geometry, properties)."""
    rows = [{"type": "Feature", "geometry": shape, "properties": told} for shape, told in features]
    return json.dumps({"type": "FeatureCollection", "features": rows}, ensure_ascii=False).encode()


def polygon(rings, **told):
    """Return a feature of an area."""
    return {"type": "Polygon", "coordinates": rings}, told


def reasons(intake):
    """Return line -> reason of the rows refused."""
    return dict(zip(intake.rejected["line"], intake.rejected["reason"], strict=True))


def test_a_list_of_places_in_kazakh_words_is_read():
    """Headers and kinds in three languages; a comma before decimals; what is not said is missing."""
    table = (
        "нөмірі;бойлық;ендік;тірек түрі;биіктігі;қосымша шығын;мекенжай\n"
        "1;78,38;45,0;шам бағаны;6,5;1500;Абай к-сі\n"
        "2;78,39;45,0;фасад;;;\n"
        "3;78,39;45,01;;;0;\n"
    )
    intake = read_places(table.encode(), filename="places.csv", city_box=CITY)
    assert check_frame(intake.frame, PLACES) == []
    assert intake.frame["id"].tolist() == ["1", "2", "3"]
    assert intake.frame["kind"].tolist() == ["street_lamp", "building", None]
    assert intake.frame["height_m"].tolist() == pytest.approx([6.5, np.nan, np.nan], nan_ok=True)
    assert intake.frame["extra_cost"].tolist() == pytest.approx([1500, np.nan, 0], nan_ok=True)
    assert intake.frame["name"].tolist() == ["Абай к-сі", None, None]
    assert intake.rows_in == 3


def test_faulty_places_are_refused_row_by_row():
    """Each faulty row comes back with its reason, the sound ones stay: in = accepted + rejected."""
    table = (
        "id,longitude,latitude,kind,height_m,extra_cost\n"
        "a,78.38,45.0,pole,5,10\n"
        "a,78.38,45.0,pole,5,10\n"
        "b,45.0,78.38,pole,5,10\n"
        "c,78.38,45.0,balloon,5,10\n"
        "d,78.38,45.0,pole,-1,10\n"
        "e,78.38,45.0,pole,5,-10\n"
        "f,24.9,60.1,pole,5,10\n"
        "g,,,pole,5,10\n"
    )
    intake = read_places(table.encode(), filename="places.csv", city_box=CITY)
    assert intake.frame["id"].tolist() == ["a"]
    assert reasons(intake) == {
        3: "duplicate", 4: "swapped_coordinates", 5: "unknown_word", 6: "out_of_range", 7: "out_of_range",
        8: "outside_city", 9: "missing",
    }  # fmt: skip
    assert b"balloon" in write_rejected(intake)


def test_places_come_from_geojson_too():
    """Points of a FeatureCollection, ids made where there are none."""
    content = collection(({"type": "Point", "coordinates": [78.38, 45.0]}, {"support": "lamp"}))
    intake = read_places(content, filename="x", city_box=CITY)
    assert intake.frame["kind"].tolist() == ["street_lamp"]
    assert intake.frame["id"].str.startswith("row-").all()
    assert [warning["code"] for warning in intake.warnings] == ["ids_made"]


def test_forbidden_areas_are_read_with_their_reason():
    """A polygon, and one of two parts with a third dimension, become areas with name and reason."""
    parts = {"type": "MultiPolygon", "coordinates": [[[[*xy, 7] for xy in SQUARE[0]]]]}
    content = collection(
        polygon(SQUARE, id="park", name="Саябақ", reason="ескерткіш"), (parts, {"id": 2, "reason": "school"})
    )
    intake = read_forbidden(content, filename="x.geojson", city_box=CITY)
    assert check_frame(intake.frame, FORBIDDEN) == []
    assert intake.frame.drop(columns="geometry").to_dict("list") == {
        "id": ["park", "2"], "name": ["Саябақ", None], "reason": ["ескерткіш", "school"],
    }  # fmt: skip
    assert intake.frame.geometry[0].equals(shapely.Polygon(SQUARE[0]))
    assert not shapely.has_z(intake.frame.geometry[1])
    assert (intake.rows_in, len(intake.rejected), intake.dialect["format"]) == (2, 0, "geojson")


def moved(east, north):
    """Return the square somewhere else."""
    return [[[x + east, y + north] for x, y in SQUARE[0]]]


def test_faulty_areas_are_refused_row_by_row():
    """Crossed, open, empty, endless, elsewhere, swapped and other shapes each have their reason."""
    swapped = [[[y, x] for x, y in SQUARE[0]]]
    content = collection(
        polygon(SQUARE, id=1),
        polygon(SQUARE, id=1),
        polygon(BOW_TIE, id=3),
        polygon([SQUARE[0][:-1]], id=4),
        polygon([], id=5),
        polygon([[["NaN", 45.0], *SQUARE[0][1:-1], ["NaN", 45.0]]], id=6),
        polygon(moved(10, 0), id=7),
        polygon(swapped, id=8),
        ({"type": "Point", "coordinates": [78.38, 45.0]}, {"id": 9}),
        (None, {"id": 10}),
        polygon([[[78.38, 45.0], [200.0, 45.0], [78.39, 45.01], [78.38, 45.0]]], id=11),
        polygon("nonsense", id=12),
        polygon(moved(0.115, 0), id=13),
    )
    intake = read_forbidden(content, filename="x", city_box=CITY)
    assert intake.frame["id"].tolist() == ["1", "13"]
    assert reasons(intake) == {
        2: "duplicate", 3: "bad_geometry", 4: "bad_geometry", 5: "empty_geometry", 6: "not_finite",
        7: "outside_city", 8: "swapped_coordinates", 9: "wrong_geometry", 10: "missing", 11: "out_of_range",
        12: "bad_geometry",
    }  # fmt: skip
    assert intake.rows_in == 13
    assert len(write_rejected(intake).splitlines()) == 12


def test_areas_of_a_whole_file_elsewhere_are_told_apart():
    """A table is no file of areas; a file of another city, or one swapped throughout, is refused whole."""
    with pytest.raises(UnknownFormatError, match="areas_need_geojson"):
        read_forbidden(b"id,longitude,latitude\n1,78,45\n", filename="x", city_box=CITY)
    with pytest.raises(OtherPlaceError, match="other_place"):
        read_forbidden(collection(polygon(moved(10, 0), id=1)), filename="x", city_box=CITY)
    swapped = [[[y, x] for x, y in SQUARE[0]]]
    with pytest.raises(InvalidInputError, match="file_swapped"):
        read_forbidden(collection(polygon(swapped, id=1)), filename="x", city_box=CITY)


def test_names_of_persons_are_not_taken():
    """A telephone number in a reason refuses its row, and is masked in what comes back."""
    content = collection(polygon(SQUARE, id=1), polygon(SQUARE, id=2, reason="+7 701 123 45 67"))
    intake = read_forbidden(content, filename="x", city_box=CITY)
    assert reasons(intake) == {2: "person_number"}
    assert b"123 45 67" not in write_rejected(intake)
