"""Times as people write them: zones, dates day first or month first, months and days as spans."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..coverage.errors import InvalidInputError
from .presets import DateOrder

HOME_ZONE: Final = "Asia/Almaty"
"""The zone of a time that names none: +06 until 29 February 2024, +05 since."""
MONTH: Final = timedelta(days=28)
"""A span at least this long is a whole month."""

_TIME: Final = (
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<offset>Z|[+-][0-9]{2}:?(?:[0-9]{2})?)?"
)
_WHOLE_TIME: Final = re.compile(_TIME, re.ASCII)
_YEAR_FIRST: Final = re.compile(
    rf"(?P<year>[0-9]{{4}})(?P<sign>[-/.])(?P<month>[0-9]{{1,2}})(?:(?P=sign)(?P<day>[0-9]{{1,2}})"
    rf"(?:(?:[Tt]|,?\s+){_TIME})?)?",
    re.ASCII,
)
_YEAR_LAST: Final = re.compile(
    rf"(?P<one>[0-9]{{1,2}})(?P<sign>[-/.])(?P<two>[0-9]{{1,2}})(?P=sign)(?P<year>[0-9]{{4}})"
    rf"(?:(?:[Tt]|,?\s+){_TIME})?",
    re.ASCII,
)
_MONTH_YEAR: Final = re.compile(r"(?P<month>[0-9]{1,2})[/.](?P<year>[0-9]{4})", re.ASCII)


@dataclass(frozen=True)
class Moment:
    """A time as it was written.

    Attributes
    ----------
    start : datetime
        In UTC.
    end : datetime or None
        Last second of the day or month where no hour was given, in UTC.
    """

    start: datetime
    end: datetime | None = None


def time_zone(name: str) -> ZoneInfo:
    """Return the time zone of that name.

    Raises
    ------
    InvalidInputError
        Code `unknown_time_zone`.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInputError("unknown_time_zone", zone=name[:40]) from None


def find_date_order(texts: Iterable[str]) -> DateOrder | None:
    """Tell from all dates with slashes or hyphens whether the day or the month comes first.

    `13/04/2024` can only be day first and `04/13/2024` only month first.

    Returns
    -------
    "day_first", "month_first" or None
        None when no date tells, or when some tell the one and some the other.
    """
    told: set[DateOrder] = set()
    for text in texts:
        found = _YEAR_LAST.fullmatch(text.strip())
        if found is None or found["sign"] == ".":
            continue
        one, two = int(found["one"]), int(found["two"])
        if one > 12 >= two:
            told.add("day_first")
        elif two > 12 >= one:
            told.add("month_first")
    return told.pop() if len(told) == 1 else None


def date_style(text: str) -> str | None:
    """Name how a date is written: `year_first`, `year_last`, `dotted` (always day first), or None."""
    text = text.strip()
    if _YEAR_FIRST.fullmatch(text):
        return "year_first"
    found = _YEAR_LAST.fullmatch(text)
    if found:
        return "dotted" if found["sign"] == "." else "year_last"
    return "year_last" if _MONTH_YEAR.fullmatch(text) else None


def has_clock(text: str) -> bool:
    """Say whether a date carries an hour."""
    return ":" in text


def parse_moment(text: str, *, zone: tzinfo, order: DateOrder | None) -> Moment | str:
    """Read a date, with or without an hour.

    Parameters
    ----------
    text : str
        `2024-04-03`, `2024-04-03T14:05:00+05:00`, `03.04.2024 14:05`, `04/03/2024 02:05 PM`, `2024-04`.
    zone : tzinfo
        The zone of a time that names none. An hour the clock shows twice is taken the first time.
    order : "day_first", "month_first" or None
        How `03/04/2024` is meant; dates with dots are day first always.

    Returns
    -------
    Moment or str
        Or the reason it cannot be read: `bad_date`, `ambiguous_date`.
    """
    text = text.strip()
    found = _YEAR_FIRST.fullmatch(text)
    if found:
        day = int(found["day"]) if found["day"] else None
        return _build(int(found["year"]), int(found["month"]), day, found, zone)
    found = _YEAR_LAST.fullmatch(text)
    if found:
        one, two, year = int(found["one"]), int(found["two"]), int(found["year"])
        if found["sign"] == ".":
            return _build(year, two, one, found, zone)
        if one <= 12 and two <= 12 and one != two and order is None:
            return "ambiguous_date"
        month_first = two > 12 or (one <= 12 and order == "month_first")
        day, month = (two, one) if month_first else (one, two)
        return _build(year, month, day, found, zone)
    found = _MONTH_YEAR.fullmatch(text)
    if found:
        return _build(int(found["year"]), int(found["month"]), None, None, zone)
    return "bad_date"


def _build(year: int, month: int, day: int | None, found: re.Match[str] | None, zone: tzinfo) -> Moment | str:
    try:
        if not 1900 <= year <= 2100:
            return "bad_date"
        first = date(year, month, 1 if day is None else day)
        if day is None or found is None or found["hour"] is None:
            last = first if day is not None else date(year, month, calendar.monthrange(year, month)[1])
            return Moment(_at(first, time(), zone), _at(last, time(23, 59, 59), zone))
        clock = _read_clock(found)
        offset = found["offset"]
        return (
            "bad_date"
            if clock is None
            else Moment(_at(first, clock, _read_offset(offset) if offset else zone))
        )
    except (ValueError, OverflowError):
        return "bad_date"


def _at(day: date, clock: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def _read_clock(found: re.Match[str]) -> time | None:
    hour = int(found["hour"])
    half = (found["half"] or "").replace(".", "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    fraction = (found["fraction"] or "0")[:6].ljust(6, "0")
    return time(hour, int(found["minute"]), int(found["second"] or 0), int(fraction))


def _read_offset(text: str) -> tzinfo:
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-size if text[0] == "-" else size)


def is_clock(text: str) -> bool:
    """Say whether text is an hour of the day and nothing else."""
    return _WHOLE_TIME.fullmatch(text.strip()) is not None
