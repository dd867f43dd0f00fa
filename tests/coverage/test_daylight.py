"""Day and night against almanac facts and a second formula for the height of the sun."""

import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage.daylight import DARK_BELOW_DEG, is_dark

HOME = (78.37, 45.02)
HELSINKI = (24.94, 60.17)
ALMATY = ZoneInfo("Asia/Almaty")


def sun_height(lon, lat, time):
    """Return the height of the sun's middle, degrees, without refraction (Astronomical Almanac, page C24)."""
    days = (time - datetime(2000, 1, 1, 12, tzinfo=UTC)).total_seconds() / 86400
    mean_longitude = 280.460 + 0.9856474 * days
    anomaly = math.radians(357.528 + 0.9856003 * days)
    longitude = math.radians(mean_longitude + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly))
    tilt = math.radians(23.439 - 0.0000004 * days)
    ascension = math.atan2(math.cos(tilt) * math.sin(longitude), math.cos(longitude))
    declination = math.asin(math.sin(tilt) * math.sin(longitude))
    sidereal = math.radians(280.46061837 + 360.98564736629 * days + lon)
    across = math.cos(math.radians(lat)) * math.cos(declination) * math.cos(sidereal - ascension)
    return math.degrees(math.asin(math.sin(math.radians(lat)) * math.sin(declination) + across))


@settings(max_examples=300, deadline=None)
@given(
    st.floats(-180, 180),
    st.floats(-66, 66),
    st.datetimes(datetime(2015, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),
)
def test_dark_is_what_a_second_formula_says(lon, lat, time):
    """Anywhere, any time: dark where the almanac's sun is below -6 degrees, but for 0.1 degrees around it."""
    height = sun_height(lon, lat, time)
    if abs(height - DARK_BELOW_DEG) > 0.1:
        assert is_dark(lon, lat, [time])[0] == (height < DARK_BELOW_DEG)


@pytest.mark.parametrize("month", range(1, 13))
def test_midnight_is_dark_and_noon_is_not_in_taldykorgan(month):
    """At 45 degrees north there are no white nights and no polar night."""
    times = [datetime(2026, month, 15, hour, tzinfo=ALMATY) for hour in (0, 12)]
    assert is_dark(*HOME, times).tolist() == [True, False]


def test_civil_twilight_at_the_equinox():
    """The sun then crosses 6 degrees in 6 / (15 cos 45.02) h = 34 min before and after its 12 hours."""
    # local solar noon: 12 h, less 4 min for every degree east of the zone's meridian (75), plus 7.4 min
    noon = datetime(2026, 3, 20, tzinfo=ALMATY) + timedelta(hours=12, minutes=7.4 - 4 * (78.37 - 75))
    half = timedelta(hours=6, minutes=60 * 6 / (15 * math.cos(math.radians(45.02))))
    for edge, before in ((noon - half, True), (noon + half, False)):
        early, late = is_dark(*HOME, [edge - timedelta(minutes=5), edge + timedelta(minutes=5)])
        assert (early, late) == (before, not before)


def test_helsinki_has_a_white_night_but_not_the_whole_way_down():
    """At midsummer the sun sinks to about -6.4 degrees: dark for a short while, and never at 61 north."""
    midnight = datetime(2026, 6, 21, 22, 22, tzinfo=UTC)
    minutes = [midnight + timedelta(minutes=m) for m in range(-240, 240, 2)]
    assert sun_height(*HELSINKI, midnight) == pytest.approx(-6.4, abs=0.1)
    dark = is_dark(*HELSINKI, minutes)
    by_formula = np.array([sun_height(*HELSINKI, minute) < DARK_BELOW_DEG for minute in minutes])
    assert 2 * abs(int(dark.sum()) - int(by_formula.sum())) <= 10
    assert 0 < 2 * dark.sum() < 150
    assert not is_dark(24.94, 61.0, minutes).any()


def test_the_zone_of_a_time_does_not_matter():
    """One moment written in two zones is one answer."""
    there = datetime(2026, 11, 24, 18, 30, tzinfo=ALMATY)
    assert is_dark(*HOME, [there])[0] == is_dark(*HOME, [there.astimezone(UTC)])[0]
