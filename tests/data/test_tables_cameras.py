"""Registers of cameras: ranges, directions, words, places, persons."""

from typing import Any

import geopandas as gpd
import pytest
from kuzet.coverage.errors import InvalidInputError, OtherPlaceError
from kuzet.coverage.schema import CAMERAS, check_frame
from kuzet.data.tables import Intake, read_cameras

BOX = (78.2, 44.9, 78.5, 45.1)
HEAD = "id,lon,lat,state"


def _read(text: str, **options: Any) -> Intake:
    return read_cameras(text.encode(), filename="cameras.csv", **options)


def _faults(intake: Intake) -> list[tuple[int, str, str]]:
    rejected = intake.rejected
    return list(zip(rejected["line"], rejected["column"], rejected["reason"], strict=True))


def test_a_full_row_fills_the_frame_of_the_schema():
    """Every column of the schema is read from our own names, in order and in kind."""
    intake = _read(
        "id,name,programme,owner,state,kind,heading_deg,hfov_deg,focal_mm,sensor_width_mm,pixels_across,height_m,"
        "tilt_deg,ir_range_m,retention_days,consent,desk,indoor,lon,lat\n"
        "007,NA,street,Akimat,live,dome,90,60,4,5.37,1920,4.5,15,30,30,yes,Desk 1,no,78.37,45.01\n"
    )
    assert check_frame(intake.frame, CAMERAS) == []
    assert isinstance(intake.frame, gpd.GeoDataFrame)
    assert list(intake.frame.columns) == [*CAMERAS.names, "geometry"]
    row = intake.frame.iloc[0]
    assert (row["id"], row["name"], row["consent"], row["indoor"]) == ("007", "NA", True, False)
    assert (row["focal_mm"], row["sensor_width_mm"], row["pixels_across"]) == (4, 5.37, 1920)
    assert row["assumed"] == []
    assert intake.frame.crs.to_epsg() == 4326


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("height_m", "-3", "out_of_range"),
        ("tilt_deg", "400", "out_of_range"),
        ("hfov_deg", "0", "out_of_range"),
        ("ir_range_m", "1e9", "out_of_range"),
        ("focal_mm", "NaN", "not_finite"),
        ("pixels_across", "1e999", "not_finite"),
        ("height_m", "inf", "not_finite"),
        ("height_m", "4 m", "not_a_number"),
        ("height_m", "1_000", "not_a_number"),
        ("height_m", "١٢", "not_a_number"),
        ("heading_deg", "400", "bad_heading"),
        ("heading_deg", "somewhere", "bad_heading"),
        ("kind", "submarine", "unknown_word"),
        ("consent", "perhaps", "not_a_flag"),
        ("name", "x" * 501, "too_long"),
    ],
)
def test_a_bad_value_costs_its_row_only(column, value, reason):
    """A value out of range or out of kind refuses its row with line, column and reason; others go on."""
    intake = _read(f"{HEAD},{column}\n1,78.37,45.01,live,{value}\n2,78.37,45.01,live,\n")
    assert _faults(intake) == [(2, column, reason)]
    assert list(intake.frame["id"]) == ["2"]


def test_all_faults_of_a_row_are_told_at_once():
    """A row with four faults lists all four, so that it can be mended in one go."""
    intake = _read(f"{HEAD},height_m,tilt_deg\n1,78.37,,dancing,-3,400\n")
    assert set(intake.rejected["faults"].iloc[0]) == {
        ("state", "unknown_word"),
        ("lat", "missing"),
        ("height_m", "out_of_range"),
        ("tilt_deg", "out_of_range"),
    }


@pytest.mark.parametrize(
    ("word", "state"),
    [("Online", "live"), ("в реальном времени", "live"), ("тікелей эфирде", "live"),
     ("Только архив", "archive"), ("тек мұрағат", "archive"), ("на учёте", "registered"),
     ("НА УЧЕТЕ", "registered"), ("есепте тұр", "registered"), ("не работает", "offline"),
     ("жұмыс істемейді", "offline")],
)  # fmt: skip
def test_states_are_known_in_three_languages(word, state):
    """The words for the four states are understood in Kazakh, Russian and English, in any case."""
    assert _read(f"{HEAD}\n1,78.37,45.01,{word}\n").frame["state"].iloc[0] == state


def test_cameras_without_a_state_are_registered_and_say_so():
    """Without a column of states cameras are registered only, and the field is named as assumed."""
    intake = _read("id,lon,lat\n1,78.37,45.01\n")
    assert intake.frame["state"].iloc[0] == "registered"
    assert intake.frame["assumed"].iloc[0] == ["state"]
    assert {"code": "states_assumed", "rows": 1} in intake.warnings


def test_cameras_without_ids_get_lasting_ones():
    """Rows of a table without ids get ids made of their content: the same file, the same ids."""
    text = "lon,lat,name\n78.37,45.01,a\n78.37,45.01,a\n78.38,45.01,b\n"
    first, again = _read(text), _read(text)
    assert first.frame["id"].is_unique
    assert list(first.frame["id"]) == list(again.frame["id"])
    assert {"code": "ids_made", "rows": 3} in first.warnings


def test_the_second_of_two_equal_ids_is_refused():
    """The first row of an id is taken, later ones are refused; a refused row does not reserve its id."""
    intake = _read(f"{HEAD}\n1,78.37,45.01,live\n1,78.38,45.01,live\n2,,45.01,live\n2,78.39,45.01,live\n")
    assert _faults(intake) == [(3, "id", "duplicate"), (4, "lon", "missing")]
    assert list(intake.frame["id"]) == ["1", "2"]


def test_one_swapped_row_is_refused_among_sound_ones():
    """Legal but swapped coordinates are told by the city's box, and the other rows are taken."""
    intake = _read(
        f"{HEAD}\n1,78.37,45.01,live\n2,45.01,78.37,live\n3,24.9,60.1,live\n4,0,0,live\n", city_box=BOX
    )
    assert [fault[2] for fault in _faults(intake)] == [
        "swapped_coordinates",
        "outside_city",
        "zero_coordinates",
    ]
    assert list(intake.frame["id"]) == ["1"]


def test_latitude_over_90_is_told_as_swapped_or_out_of_range():
    """Coordinates that are legal only the other way round are swapped; those never legal are out of range."""
    intake = _read(f"{HEAD}\n1,45,120,live\n2,200,45,live\n3,45,95e1,live\n4,78.4,45.0,live\n")
    assert _faults(intake) == [
        (2, "lat", "swapped_coordinates"),
        (3, "lon", "out_of_range"),
        (4, "lat", "out_of_range"),
    ]


def test_a_file_swapped_throughout_is_refused_whole():
    """When every place fits the other way round only, the file is refused with that reason."""
    with pytest.raises(InvalidInputError) as caught:
        _read(f"{HEAD}\n1,45.01,78.37,live\n2,45.02,78.38,live\n3,,,live\n", city_box=BOX)
    assert caught.value.code == "file_swapped"
    assert caught.value.facts["rows"] == 2


def test_a_file_of_another_city_is_refused_whole():
    """When no place lies in the city either way round, the file is of another place."""
    with pytest.raises(OtherPlaceError) as caught:
        _read(f"{HEAD}\n1,24.94,60.17,live\n2,24.95,60.17,live\n", city_box=BOX)
    assert caught.value.code == "other_place"


@pytest.mark.parametrize(
    ("lon", "lat"),
    [("Longitude", "Latitude"), ("LNG", "Lat"), ("X", "Y"), ("Долгота", "Широта"), ("бойлық", "ендік")],
)  # fmt: skip
def test_coordinates_have_several_names(lon, lat):
    """Longitude and latitude are found under their usual names in three languages."""
    point = _read(f"id,{lat},{lon}\n1,45.01,78.37\n").frame.geometry.iloc[0]
    assert (point.x, point.y) == (78.37, 45.01)


def test_the_user_says_which_column_is_which():
    """A mapping goes before what the header would tell."""
    text = "id,name,lon,lat,street lamp,easting\n1,a,1,45.01,lamp 7,78.37\n"
    intake = _read(text, columns={"longitude": "easting", "name": "Street Lamp"})
    assert intake.frame.geometry.iloc[0].x == 78.37
    assert intake.frame["name"].iloc[0] == "lamp 7"


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"colour": "name"}, "field_unknown"),
        ({"name": "nowhere"}, "column_not_found"),
        ({"owner": "ФИО владельца"}, "person_column"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(columns, code):
    """Unknown fields, absent columns and columns about persons cannot be mapped."""
    with pytest.raises(InvalidInputError) as caught:
        _read("id,name,lon,lat,ФИО владельца\n1,a,78.37,45.01,Иванов И.И.\n", columns=columns)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "column",
    ["ФИО", "ИИН", "ЖСН", "Телефон владельца", "Аты-жөні", "Full name", "Phone 1", "Date of birth",
     "Туған күні"],
)  # fmt: skip
def test_columns_about_persons_are_not_read_and_told(column):
    """A column that tells who somebody is leaves no trace in the outcome but its name in a warning."""
    intake = _read(f"{HEAD},{column}\n1,78.37,45.01,live,SECRET\n2,x,45.01,live,SECRET\n")
    assert len(intake.frame) == 1
    assert {"code": "person_columns", "columns": column} in intake.warnings
    assert "SECRET" not in intake.frame.to_json()
    assert "SECRET" not in str(intake.rejected["cells"].tolist())


@pytest.mark.parametrize(
    "value",
    ["call +7 701 123-45-67", "87011234567", "8 (701) 123 45 67", "iin 990101300123", "+358 40 1234567"],
)
def test_numbers_of_persons_in_free_text_refuse_the_row(value):
    """A phone number or what looks like an IIN in a name refuses the row, and is masked for the mending."""
    intake = _read(f"{HEAD},name\n1,78.37,45.01,live,{value}\n2,78.37,45.01,live,lamp 12\n")
    assert _faults(intake) == [(2, "name", "person_number")]
    digits = [character for character in intake.rejected["cells"].iloc[0][4] if character.isdigit()]
    assert digits == []
    assert not any(character.isdigit() for character in intake.rejected["value"].iloc[0])


@pytest.mark.parametrize("value", ["Abai 120/4", "202613450001", "entrance 2, floor 12", "№ 8700", "12.5 m"])
def test_ordinary_numbers_are_not_taken_for_persons(value):
    """House numbers, inventory numbers and measures do not look like persons."""
    assert len(_read(f'{HEAD},name\n1,78.37,45.01,live,"{value}"\n').frame) == 1


def test_an_id_that_is_a_correct_iin_is_refused():
    """Twelve digits with birthday, century and check digit are no id; twelve other digits are."""
    # the first eleven digits by their places, 1 to 11, give the check digit modulo 11
    body = "99010130012"
    check = sum(int(digit) * weight for digit, weight in zip(body, range(1, 12), strict=True)) % 11
    assert check < 10
    good, other = f"{body}{check}", f"{body}{(check + 1) % 10}"
    intake = _read(f"{HEAD}\n{good},78.37,45.01,live\n{other},78.37,45.01,live\n")
    assert _faults(intake) == [(2, "id", "person_number")]
    assert list(intake.frame["id"]) == [other]
    assert good not in str(intake.rejected.to_dict())


def test_what_was_not_read_is_told():
    """Columns that nobody asked for are named in a warning, not dropped in silence."""
    intake = _read(f"{HEAD},colour,mood\n1,78.37,45.01,live,red,good\n")
    assert {"code": "unread_columns", "columns": "colour, mood"} in intake.warnings
    assert intake.dialect["columns"] == {"id": "id", "state": "state", "longitude": "lon", "latitude": "lat"}
