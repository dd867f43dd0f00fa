"""Files of incidents: times, categories, and the kinds of files known by their header."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage.errors import InvalidInputError
from kuzet.coverage.schema import CRIMES, INCIDENTS, NOT_CRIMES, check_frame
from kuzet.data.category_words import find_category
from kuzet.data.tables import Intake, read_incidents
from kuzet.data.times import Moment, find_date_order, parse_moment, time_zone

HEAD = "id,date,category,lon,lat"
ALMATY = time_zone("Asia/Almaty")


def _read(text: str, **options: Any) -> Intake:
    return read_incidents(text.encode(), filename="incidents.csv", **options)


def _dates(*dates: str, **options: Any) -> Intake:
    rows = "".join(f"{n},{date},theft,78.37,45.01\n" for n, date in enumerate(dates))
    return _read(f"{HEAD}\n{rows}", **options)


def _utc(year: int, month: int, day: int, *clock: int) -> pd.Timestamp:
    return pd.Timestamp(datetime(year, month, day, *clock, tzinfo=UTC))


def test_a_time_without_a_zone_is_of_almaty_on_both_sides_of_the_change():
    """Times that name no zone are Asia/Almaty: +06 until the end of February 2024, +05 since."""
    frame = _dates("2024-02-29 12:00", "2024-03-01 12:00").frame
    assert list(frame["occurred_from"]) == [_utc(2024, 2, 29, 6), _utc(2024, 3, 1, 7)]
    assert check_frame(frame, INCIDENTS) == []


def test_another_zone_or_a_stated_offset_goes_before_the_default():
    """The argument tz moves plain times; an offset in the text beats both."""
    frame = _dates(
        "2024-07-01T12:00:00", "2024-07-01T12:00:00Z", "2024-07-01T12:00+03:00", tz="Europe/London"
    ).frame
    assert [moment.hour for moment in frame["occurred_from"]] == [11, 12, 9]
    with pytest.raises(InvalidInputError) as caught:
        _dates("2024-07-01", tz="Mars/Olympus")
    assert caught.value.code == "unknown_time_zone"


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024-02", (2024, 1, 31, 18), (2024, 2, 29, 17, 59, 59)),
        ("03/2024", (2024, 2, 29, 19), (2024, 3, 31, 18, 59, 59)),
        ("15.04.2024", (2024, 4, 14, 19), (2024, 4, 15, 18, 59, 59)),
        ("2024/4/15", (2024, 4, 14, 19), (2024, 4, 15, 18, 59, 59)),
    ],
)
def test_months_and_days_become_spans(text, start, end):
    """A date without an hour runs from its first to its last second by the local clock."""
    row = _dates(text).frame.iloc[0]
    assert (row["occurred_from"], row["occurred_to"]) == (_utc(*start), _utc(*end))


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("15.04.2024 09:05", (2024, 4, 15, 4, 5)),
        ("15.04.2024, 09:05:06", (2024, 4, 15, 4, 5, 6)),
        ("13/04/2024 09:05 PM", (2024, 4, 13, 16, 5)),
        ("04/13/2024 12:05:00 AM", (2024, 4, 12, 19, 5)),
        ("2024-04-15T09:05:06.500", (2024, 4, 15, 4, 5, 6, 500_000)),
        ("04.05.2024 10:00", (2024, 5, 4, 5)),
    ],
)
def test_moments_are_read_in_the_usual_ways(text, start):
    """Dots are day first, slashes as only one order allows, and twelve-hour clocks are understood."""
    intake = _read(f'{HEAD}\n1,"{text}",theft,78.37,45.01\n')
    assert intake.frame["occurred_from"].iloc[0] == _utc(*start)
    assert pd.isna(intake.frame["occurred_to"].iloc[0])


@pytest.mark.parametrize(
    "text", ["yesterday", "2024-13-01", "31.02.2024", "2024-04-15 25:00", "13/04/24", "45000.5", "04.13.2024",
             "2024-04-15 13:05 PM", "0024-01-01", "13/13/2024"]
)  # fmt: skip
def test_what_is_no_date_is_refused(text):
    """Words, impossible days and hours, years of two digits and serial numbers refuse their row."""
    intake = _dates(text, "2024-04-15")
    assert list(intake.rejected["reason"]) == ["bad_date"]
    assert len(intake.frame) == 1


def test_one_clear_date_decides_for_the_whole_column():
    """03/04 is the third of April where another row says 13/04, and the fourth of March beside 04/13."""
    day_first, month_first = _dates("03/04/2024", "13/04/2024"), _dates("03/04/2024", "04/13/2024")
    assert day_first.frame["occurred_to"].iloc[0] == _utc(2024, 4, 3, 18, 59, 59)
    assert month_first.frame["occurred_to"].iloc[0] == _utc(2024, 3, 4, 18, 59, 59)
    assert (day_first.dialect["dates"], month_first.dialect["dates"]) == ("day_first", "month_first")


def test_dates_that_nothing_decides_are_refused_unless_declared():
    """03/04 alone is refused as ambiguous, 03/03 is not, and a declared order settles it."""
    intake = _dates("03/04/2024", "03/03/2024")
    assert list(intake.rejected["reason"]) == ["ambiguous_date"]
    assert len(intake.frame) == 1
    declared = _dates("03/04/2024", date_order="day_first")
    assert declared.frame["occurred_to"].iloc[0] == _utc(2024, 4, 3, 18, 59, 59)


def test_dates_that_contradict_one_another_decide_nothing():
    """With 13/04 and 04/13 in one file both are read, and 03/04 between them is refused."""
    intake = _dates("13/04/2024", "03/04/2024", "04/13/2024")
    assert list(intake.rejected["line"]) == [3]
    assert len(intake.frame) == 2


@given(
    moment=st.datetimes(datetime(1950, 1, 1), datetime(2090, 1, 1)).map(lambda m: m.replace(microsecond=0)),
    style=st.sampled_from(
        ["%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%d-%m-%Y %H:%M:%S"]
    ),
)
@settings(max_examples=200)
def test_any_moment_written_in_a_known_way_comes_back(moment, style):
    """Writing a moment in any of the ways and reading it in the same order gives it back."""
    order = "month_first" if style.startswith("%m") else "day_first"
    parsed = parse_moment(moment.strftime(style), zone=UTC, order=order)
    assert parsed == Moment(moment.replace(tzinfo=UTC))


def test_the_order_of_dates_is_told_only_by_dates_that_tell():
    """Dots and years first say nothing on the order of slashes; a contradiction says nothing either."""
    assert find_date_order(["13.04.2024", "2024-04-13", "03/04/2024"]) is None
    assert find_date_order(["03/04/2024", "23/04/2024"]) == "day_first"
    assert find_date_order(["23/04/2024", "04/23/2024"]) is None


def test_date_and_hour_may_stand_in_two_columns():
    """A column of hours completes a date without one, and one that says midnight."""
    text = "id,date,time,type,lon,lat\n1,15.04.2024,14:30,theft,78.37,45.01\n"
    text += "2,2024-04-15T00:00:00.000,09:15,theft,78.37,45.01\n3,2024-04-15 10:00,09:15,theft,78.37,45.01\n"
    hours = _read(text, tz="UTC").frame["occurred_from"].dt.strftime("%H:%M")
    assert list(hours) == ["14:30", "09:15", "10:00"]


def test_an_end_before_its_start_is_refused():
    """A span that ends before it starts refuses the row, in the column of the end."""
    text = "id,occurred_from,occurred_to,category,lon,lat\n"
    text += "1,2024-04-15 10:00,2024-04-15 09:00,theft,78.37,45.01\n"
    intake = _read(text + "2,2024-04-15 10:00,2024-04-15,theft,78.37,45.01\n")
    assert list(intake.rejected["column"]) == ["occurred_to"]
    assert list(intake.rejected["reason"]) == ["ends_before_start"]
    assert intake.frame["occurred_to"].iloc[0] == _utc(2024, 4, 15, 18, 59, 59)


@pytest.mark.parametrize(
    ("word", "category"),
    [("Кража", "theft"), ("квартирная кража", "burglary"), ("грабёж", "robbery"), ("ГРАБЕЖ", "robbery"),
     ("хулиганство", "hooliganism"), ("скотокрадство", "cattle_theft"), ("мал ұрлығы", "cattle_theft"),
     ("пәтер ұрлығы", "burglary"), ("ұрлық", "theft"), ("тонау", "robbery"), ("бұзақылық", "hooliganism"),
     ("әкімшілік құқық бұзушылық", "administrative"), ("административное правонарушение", "administrative"),
     ("Violence and sexual offences", "assault"), ("Anti-social behaviour", "administrative"),
     ("MOTOR VEHICLE THEFT", "vehicle_theft"), ("DECEPTIVE PRACTICE", "fraud"), ("Larceny Theft", "theft"),
     ("THEFT F/AUTO", "theft"), ("ASSAULT W/DANGEROUS WEAPON", "assault"), ("Traffic Collision", "traffic")],
)  # fmt: skip
def test_classes_of_offences_are_known_in_the_words_of_their_files(word, category):
    """Police words in English, Russian and Kazakh become the categories of the schema."""
    assert find_category(word) == category


def test_every_category_of_the_schema_is_its_own_word():
    """What an export of ours writes is read back as it is."""
    assert [find_category(name) for name in CRIMES + NOT_CRIMES] == list(CRIMES + NOT_CRIMES)


def test_an_unknown_class_of_offence_is_another_crime_and_is_counted():
    """Unknown words lose no row: they are other crimes, and a warning counts them by word."""
    intake = _read(
        f"{HEAD}\n1,2024-01-02,Piracy,78.37,45.01\n2,2024-01-02,piracy,78.37,45.01\n3,2024-01-02,,78.37,45.01\n"
    )
    assert list(intake.frame["category"]) == ["other_crime", "other_crime"]
    assert {"code": "unknown_categories", "rows": 2, "words": "piracy (2)"} in intake.warnings
    assert list(intake.rejected["reason"]) == ["missing"]


def test_a_file_without_a_needed_column_is_refused_by_name():
    """A file without dates is refused whole, with the fields it lacks."""
    with pytest.raises(InvalidInputError) as caught:
        _read("id,category\n1,theft\n")
    assert caught.value.code == "columns_missing"
    assert caught.value.facts["columns"] == "occurred_from, longitude, latitude"


POLICE_UK = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context\n"
    "abc1,2024-02,Kent Police,Kent Police,0.52,51.27,On or near X,E0,M 1,Burglary,Under investigation,\n"
    ",2024-02,Kent Police,Kent Police,0.52,51.27,On or near X,E0,M 1,Anti-social behaviour,,\n"
    ",2024-02,Kent Police,Kent Police,0.52,51.27,On or near X,E0,M 1,Anti-social behaviour,,\n"
    "abc2,2024-02,Kent Police,Kent Police,,,No Location,,,Drugs,,\n"
)


def test_police_uk_is_a_month_at_a_snapped_place():
    """police.uk: the month is a span in London, points are snapped, rows without an id are kept apart."""
    intake = _read(POLICE_UK)
    assert intake.dialect["preset"] == "police.uk"
    assert (intake.rows_in, len(intake.frame)) == (4, 3)
    row = intake.frame.iloc[0]
    assert (row["occurred_from"], row["occurred_to"]) == (_utc(2024, 2, 1), _utc(2024, 2, 29, 23, 59, 59))
    assert set(intake.frame["precision"]) == {"snapped"}
    assert list(intake.frame["category"]) == ["burglary", "administrative", "administrative"]
    assert intake.frame["id"].is_unique
    # "Reported by" is a police force there, not who noticed the crime
    assert intake.frame["reported_by"].isna().all()


CHICAGO = (
    "ID,Case Number,Date,Block,IUCR,Primary Type,Description,Location Description,Arrest,Domestic,Beat,"
    "District,Ward,Community Area,FBI Code,X Coordinate,Y Coordinate,Year,Updated On,Latitude,"
    "Longitude,Location\n"
    '1,HX1,03/04/2024 01:30:00 PM,0XX W A ST,0820,THEFT,$500,STREET,false,false,1,1,1,1,06,1176,1900,2024,,'
    '41.88,-87.63,"(41.88, -87.63)"\n'
)  # fmt: skip


def test_chicago_is_month_first_on_chicagos_clock():
    """Chicago: 03/04 is the fourth of March, in Chicago's zone; X and Y in feet are not taken for degrees."""
    intake = _read(CHICAGO)
    assert intake.dialect["preset"] == "chicago"
    row = intake.frame.iloc[0]
    assert row["occurred_from"] == _utc(2024, 3, 4, 19, 30)
    assert (row["precision"], row.geometry.x) == ("street", -87.63)


SAN_FRANCISCO = (
    "Incident Datetime,Incident Date,Incident Time,Row ID,Incident ID,Incident Number,"
    "Report Type Description,Incident Category,Latitude,Longitude\n"
    "2024/03/04 10:00:00 PM,2024/03/04,22:00,13,3,900,Coptic Supplement,Other,37.77,-122.41\n"
    "2024/03/04 10:00:00 PM,2024/03/04,22:00,11,1,900,Initial,Robbery,37.77,-122.41\n"
    "2024/03/04 10:00:00 PM,2024/03/04,22:00,12,2,900,Initial,Assault,37.77,-122.41\n"
    "2024/03/05 01:00:00 AM,2024/03/05,01:00,14,4,901,Initial Supplement,Burglary,37.77,-122.41\n"
)


def test_san_francisco_counts_an_incident_once():
    """San Francisco: of the rows of one incident the first full one is taken, the others are refused."""
    intake = _read(SAN_FRANCISCO)
    assert intake.dialect["preset"] == "san_francisco"
    assert list(intake.frame["id"]) == ["900", "901"]
    assert list(intake.frame["category"]) == ["robbery", "burglary"]
    assert list(zip(intake.rejected["line"], intake.rejected["reason"], strict=True)) == [
        (2, "supplement"),
        (4, "same_incident"),
    ]
    assert intake.frame["occurred_from"].iloc[0] == _utc(2024, 3, 5, 6)


def test_old_san_francisco_puts_date_and_hour_together():
    """San Francisco before 2018: month first, the hour in its own column, X and Y in degrees."""
    text = (
        "IncidntNum,Category,Descript,DayOfWeek,Date,Time,PdDistrict,Resolution,Address,X,Y,Location,PdId\n"
    )
    text += (
        '5,LARCENY/THEFT,GRAND THEFT,Monday,01/02/2015,13:05,MISSION,NONE,A ST,-122.42,37.76,"(37, -122)",1\n'
    )
    row = _read(text).frame.iloc[0]
    assert (row["occurred_from"], row["category"]) == (_utc(2015, 1, 2, 21, 5), "theft")


def test_a_preset_can_be_named_and_must_fit():
    """A named kind is used, an unknown one is refused, and so is one whose columns are not there."""
    assert _read(CHICAGO, preset="chicago").dialect["preset"] == "chicago"
    for preset, code in (("atlantis", "preset_unknown"), ("police.uk", "columns_missing")):
        with pytest.raises(InvalidInputError) as caught:
            _read(CHICAGO, preset=preset)
        assert caught.value.code == code


def test_who_reported_and_how_well_placed_are_read():
    """Words for reporter and precision are understood; unknown ones refuse the row."""
    text = "id,дата,категория,источник,точность,долгота,широта\n"
    text += "1,15.04.2024,кража,наряд,перекрёсток,78.37,45.01\n2,15.04.2024,кража,сосед,дом,78.37,45.01\n"
    intake = _read(text)
    assert (intake.frame["reported_by"].iloc[0], intake.frame["precision"].iloc[0]) == ("patrol", "snapped")
    assert list(intake.rejected["column"]) == ["источник"]
