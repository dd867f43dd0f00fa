"""Stations and the units of a shift."""

from datetime import UTC, datetime

import pytest
from kuzet.coverage.errors import InvalidInputError
from kuzet.coverage.schema import STATIONS, UNITS, check_frame
from kuzet.data.tables import read_stations, read_units

UNIT_FILE = (
    "наряд;отдел;тип;начало смены;конец смены;камеры\n"
    "1;s1;автомобиль;05.06.2026 20:00;06.06.2026 04:00;регистратор\n"
    "2;s1;пеший;05.06.2026 20:00;06.06.2026 04:00;\n"
    "3;s9;автомобиль;05.06.2026 20:00;06.06.2026 04:00;\n"
    "4;s1;автомобиль;05.06.2026 20:00;05.06.2026 19:00;\n"
    "5;s1;автомобиль;05.06.2026 20:00;05.06.2026 20:00;\n"
    "6;s1;автомобиль;05.06.2026 20:00;07.06.2026 20:00;\n"
    "7;s1;танк;05.06.2026 20:00;06.06.2026 04:00;\n"
    "8;s1;автомобиль;;06.06.2026 04:00;\n"
).encode("cp1251")


def test_units_are_read_and_shifts_checked():
    """Sound shifts are taken; unknown stations, backward, empty and endless shifts are refused."""
    intake = read_units(UNIT_FILE, filename="units.csv", stations={"s1"})
    assert check_frame(intake.frame, UNITS) == []
    assert list(intake.frame["kind"]) == ["car", "foot"]
    assert intake.frame["shift_start"].iloc[0] == datetime(2026, 6, 5, 15, tzinfo=UTC)
    assert list(zip(intake.rejected["line"], intake.rejected["reason"], strict=True)) == [
        (4, "unknown_station"),
        (5, "ends_before_start"),
        (6, "ends_before_start"),
        (7, "shift_too_long"),
        (8, "unknown_word"),
        (9, "missing"),
    ]


def test_without_a_list_any_station_will_do():
    """Where no stations are given, the name of a station is not checked."""
    assert "3" in set(read_units(UNIT_FILE, filename="units.csv").frame["id"])


def test_a_shift_of_exactly_a_day_is_allowed():
    """Twenty-four hours are the longest shift, not one too long."""
    text = b"id,station,start,end\n1,s,2026-06-05 08:00,2026-06-06 08:00\n"
    assert len(read_units(text, filename="u.csv").frame) == 1


def test_units_need_a_station_column():
    """A file of units without stations is refused whole."""
    with pytest.raises(InvalidInputError) as caught:
        read_units(b"id,start,end\n1,2026-06-05,2026-06-06\n", filename="u.csv")
    assert caught.value.facts["columns"] == "station"


def test_stations_are_points_with_a_name():
    """Stations are read with id, name and place, and are not marked as made up."""
    intake = read_stations("id,название,lon,lat\n1,Центральный,78.37,45.01\n".encode(), filename="s.csv")
    assert check_frame(intake.frame, STATIONS) == []
    row = intake.frame.iloc[0]
    assert (row["name"], row["synthetic"], row.geometry.y) == ("Центральный", False, 45.01)
