"""Values of OpenStreetMap tags: metres, speeds, flags, layers. What is not understood is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

Tags = Mapping[str, str]

KPH_PER_MPH: Final = 1.609344
METRES_PER_FOOT: Final = 0.3048
_GONE: Final = frozenset(
    ("disused", "abandoned", "razed", "demolished", "removed", "destroyed", "proposed", "planned")
)

_ABSENT: Final = _GONE - {"disused", "abandoned"}
_LIT: Final = frozenset(
    ("yes", "true", "1", "24/7", "limited", "partial", "interval", "automatic", "operating_times",
     "operating_hours", "operating hours", "opening_hours", "opening hours")
)  # fmt: skip
_UNLIT: Final = frozenset(("no", "false", "0", "unlit", "disused"))


def parse_metres(text: str | None) -> float | None:
    """Read a length: `12`, `12 m`, `12,5`, `40'`, `5'11"`, `40 ft`; None if it is none, or not over 0.

    Examples
    --------
    >>> parse_metres("12,5"), parse_metres("40'"), parse_metres("tall")
    (12.5, 12.192, None)
    """
    match = _LENGTH.fullmatch(text.strip()) if text else None
    if match is None:
        return None
    number = float(match["number"].replace(",", "."))
    if match["inches"] is not None:
        number += float(match["inches"]) / 12
    unit = (match["unit"] or match["feet"] or "m").lower()
    if unit in {"ft", "feet", "foot", "'", "′"}:
        number *= METRES_PER_FOOT
    elif unit == "cm":
        number /= 100
    return round(number, 6) if number > 0 else None


def parse_speed(text: str | None) -> float | None:
    """Read a speed limit in km/h: `50`, `30 mph`; of a list the lowest; None for words (`walk`, `RU:urban`).

    A country's rule for `RU:urban` is not in the data, so it is left to whoever asks.
    """
    speeds = []
    for part in (text or "").split(";"):
        match = _SPEED.fullmatch(part.strip())
        if match is None:
            return None
        speed = float(match[1]) * (KPH_PER_MPH if match[2] and match[2].lower() == "mph" else 1.0)
        if not 0 < speed <= 200:
            return None
        speeds.append(round(speed, 3))
    return min(speeds)


def parse_number(text: str | None) -> float | None:
    """Read a plain number, with a decimal point or comma and perhaps a degree sign."""
    match = _PLAIN.fullmatch(text.strip()) if text else None
    return None if match is None else float(match[1].replace(",", "."))


def parse_layer(text: str | None) -> float | None:
    """Read `layer`, a whole number from -10 to 10."""
    number = parse_number(text)
    return number if number is not None and number == int(number) and -10 <= number <= 10 else None


def parse_lit(text: str | None) -> bool | None:
    """Read `lit`: False for `no` and lamps out of use, True for light at all or some hours of the night.

    Of several values one that is lit is enough. Words of another meaning (`proposed`, `unknown`) are None.

    Examples
    --------
    >>> parse_lit("sunset-01:00"), parse_lit("disused"), parse_lit("perhaps")
    (True, False, None)
    """
    words = (text or "").strip().lower()
    if _HOURS.search(words):
        return True
    said = {word.strip() for word in words.split(";")}
    if said & _LIT:
        return True
    return False if said & _UNLIT else None


def has(tags: Tags, key: str) -> bool:
    """Tell whether a tag is there and does not say `no`."""
    return tags.get(key, "no").strip().lower() not in {"no", "false", "0"}


def is_absent(tags: Tags) -> bool:
    """Tell whether a thing does not stand: taken down, or not built yet. What is only out of use stands."""
    return any(has(tags, word) for word in _ABSENT)


def is_gone(tags: Tags) -> bool:
    """Tell whether a thing is out of use or not built yet, by `disused=yes` and its like."""
    return not _GONE.isdisjoint(tags) and any(has(tags, word) for word in _GONE)


_NUMBER: Final = r"\d{1,6}(?:[.,]\d+)?"
_LENGTH: Final = re.compile(
    rf"(?P<number>{_NUMBER})\s*(?:(?P<feet>['′])\s*(?:(?P<inches>\d+(?:\.\d+)?)\s*[\"″])?"
    rf"|(?P<unit>m|metre|metres|meter|meters|м|cm|ft|feet|foot))?",
    re.IGNORECASE,
)
_SPEED: Final = re.compile(r"(\d{1,4}(?:\.\d+)?)\s*(km/h|kmh|kph|mph)?", re.IGNORECASE)
_PLAIN: Final = re.compile(r"([+-]?\d{1,9}(?:[.,]\d+)?)\s*°?")
# opening hours and their like: "17:00-23:00", "sunset-sunrise", "(sunset-00:30)-01:00", "dusk-dawn"
_HOURS: Final = re.compile(r"\d{1,2}:\d{2}|sunset|sunrise|dusk|dawn")
