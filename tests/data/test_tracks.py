"""Tracks from strangers' files: GPX and CSV are read strictly, and nothing in them runs or grows."""

from zoneinfo import ZoneInfo

import pytest
from kuzet.coverage.errors import InvalidInputError, OtherPlaceError, TooLargeError, UnknownFormatError
from kuzet.data.tracks import read_track

ZONE = ZoneInfo("Asia/Almaty")
BOX = (78.0, 44.0, 79.0, 46.0)
GPX = """<?xml version="1.0"?><gpx version="1.1" creator="a" xmlns="http://www.topografix.com/GPX/1/1"><trk>
<name>car-1</name><trkseg>{points}</trkseg></trk></gpx>"""
POINT = '<trkpt lat="{lat}" lon="78.37"><time>2026-01-16T11:00:{second:02d}Z</time></trkpt>'


def test_a_gpx_gives_its_fixes_in_order_of_time():
    """Points with times are taken, sorted, in UTC; one without a time and one far away are counted."""
    points = "".join(POINT.format(lat=45.0, second=second) for second in (2, 0, 1))
    points += '<trkpt lat="45.0" lon="78.37"></trkpt>' + POINT.format(lat=60.1, second=5)
    track = read_track(GPX.format(points=points).encode(), zone=ZONE, city_box=BOX)
    assert track.format == "gpx"
    assert track.fixes["time"].dt.second.tolist() == [0, 1, 2]
    assert str(track.fixes["time"].dt.tz) == "UTC"
    assert track.rejected == {"without_time": 1, "outside_city": 1}


def test_a_csv_of_an_avl_system_is_read_with_its_zone():
    """Semicolons, decimal commas and local times are understood; rows that cannot be read are counted."""
    text = (
        "vehicle;timestamp;lat;lon\n"
        "car-1;16.01.2026 16:00:01;45,01;78,37\n"
        "car-1;16.01.2026 16:00:00;45,00;78,37\n"
        "car-2;16.01.2026 16:00:00;x;78,37\n"
        "car-1;gestern;45,0;78,37\n"
        "car-1;16.01.2026 16:00:02;45,0\n"
    )
    track = read_track(text.encode(), zone=ZONE, city_box=BOX)
    assert track.format == "csv"
    assert track.fixes["latitude"].tolist() == [45.0, 45.01]
    assert track.fixes["time"].iloc[0].isoformat() == "2026-01-16T11:00:00+00:00"
    assert track.rejected == {"not_a_number": 1, "bad_date": 1, "wrong_cell_count": 1}


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><gpx/>', UnknownFormatError),
        (b"<gpx><trk><trkseg><trkpt lat='1' lon='2'>", InvalidInputError),
        (b"<gpx" + b" xmlns:a" * 60 + b"/>", InvalidInputError),
        (b"<gpx></gpx>", InvalidInputError),
        (b"<html></html>", InvalidInputError),
        (b"\xff\xfe<\x00g\x00", InvalidInputError),
        (b"a,b\n1,2\n", InvalidInputError),
        (b"", InvalidInputError),
        (b"time,lon,lat\n2026-01-16T16:00:00,78.37,NaN\n", InvalidInputError),
        (b"time,lon,lat\n2026-01-16T16:00:00,24.9,60.1\n", OtherPlaceError),
    ],
)
def test_files_that_are_no_track_are_refused(content, error):
    """Entities, broken and empty files, other kinds of file and other places raise a named fault."""
    with pytest.raises(error):
        read_track(content, zone=ZONE, city_box=BOX)


def test_a_file_over_its_limit_is_refused_unread():
    """A file with more bytes than allowed is too large."""
    with pytest.raises(TooLargeError):
        read_track(b"<gpx>" + b" " * 100, zone=ZONE, max_bytes=50)
