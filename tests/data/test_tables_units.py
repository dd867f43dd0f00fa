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


@pytest.mark.parametrize(
    "header",
    [
        "id,station,shift_start,shift_end,break_minutes,break_from,break_to,zone",
        "Наряд,Отдел,Начало смены,Конец смены,Перерыв,Начало перерыва,Конец перерыва,Зона",
        "Жасақ,Бөлім,Ауысымның басы,Ауысымның соңы,Үзіліс,Үзілістің басы,Үзілістің соңы,Аймақ",
    ],
)
def test_breaks_and_zones_are_read_in_three_languages(header):
    """Minutes, window and zone of a unit are read; a unit without them has none."""
    rows = "1,s,2026-06-05 08:00,2026-06-05 16:00,30,2026-06-05 11:00,2026-06-05 13:30,Север;Центр\n"
    rows += "2,s,2026-06-05 08:00,2026-06-05 16:00,,,,\n"
    intake = read_units(f"{header}\n{rows}".encode(), filename="u.csv")
    assert check_frame(intake.frame, UNITS) == [] and intake.warnings == []
    one, other = intake.frame.iloc[0], intake.frame.iloc[1]
    assert (one["break_minutes"], one["zone"]) == (30, "Север;Центр")
    assert one["break_from"] == datetime(2026, 6, 5, 6, tzinfo=UTC)
    assert one["break_to"] == datetime(2026, 6, 5, 8, 30, tzinfo=UTC)
    assert other[["break_minutes", "break_from", "break_to", "zone"]].isna().all()


def test_a_clock_alone_is_that_hour_within_the_shift():
    """A window of hours without a day lies in the shift, also after midnight."""
    head = b"id,station,start,end,break,break start,break end\n"
    intake = read_units(head + b"1,s,2026-06-05 20:00,2026-06-06 04:00,20,23:30,0:30\n", filename="u.csv")
    row = intake.frame.iloc[0]
    assert row["break_from"] == datetime(2026, 6, 5, 18, 30, tzinfo=UTC)
    assert row["break_to"] == datetime(2026, 6, 5, 19, 30, tzinfo=UTC)


BREAKS = [
    ("241,,", "out_of_range"),
    ("-5,,", "out_of_range"),
    ("half,,", "not_a_number"),
    ("30,someday,", "bad_date"),
    ("30,25:00,", "bad_date"),
    ("30,2026-06-05 13:00,2026-06-05 12:00", "ends_before_start"),
    ("30,12:00,12:20", "break_outside"),
    ("30,15:45,", "break_outside"),
    ("30,,08:10", "break_outside"),
    ("30,2026-06-04 12:00,2026-06-04 13:00", "break_outside"),
    (",12:00,13:00", "break_without_minutes"),
    ("0,12:00,", "break_without_minutes"),
]


def test_a_break_that_cannot_be_is_refused_with_its_reason():
    """Each faulty break is told in its row, and every row is either taken or refused."""
    rows = [f"{at},s,2026-06-05 08:00,2026-06-05 16:00,{cells}" for at, (cells, _) in enumerate(BREAKS)]
    rows.append("fine,s,2026-06-05 08:00,2026-06-05 16:00,30,08:00,08:30")
    text = "id,station,start,end,break_minutes,break_from,break_to\n" + "\n".join(rows) + "\n"
    intake = read_units(text.encode(), filename="u.csv")
    assert list(intake.rejected["reason"]) == [reason for _, reason in BREAKS]
    assert list(intake.frame["id"]) == ["fine"]
    assert intake.rows_in == len(intake.frame) + len(intake.rejected) == len(BREAKS) + 1


def test_a_break_longer_than_its_shift_is_refused():
    """A shift of twenty minutes has no room for a break of thirty, whatever the window."""
    text = b"id,station,start,end,break_minutes\n1,s,2026-06-05 08:00,2026-06-05 08:20,30\n"
    assert list(read_units(text, filename="u.csv").rejected["reason"]) == ["break_outside"]
