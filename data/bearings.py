"""Compass bearings as people write them: degrees, words, lists and ranges."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final, Literal

POINTS: Final = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW",
                 "NNW")  # fmt: skip
"""The sixteen points of the compass, clockwise from north."""


@dataclass(frozen=True)
class Bearing:
    """Where something looks.

    Attributes
    ----------
    headings : tuple of float
        Degrees clockwise from north, at least 0 and under 360; several for a head with several lenses.
    width_deg : float or None
        Width of the sector round each heading, over 0 and up to 360; None where the text gives none.
    """

    headings: tuple[float, ...]
    width_deg: float | None


Convention = Literal["north_clockwise", "east_counterclockwise"]
"""Where degrees begin and which way they run: as OpenStreetMap writes them, or as GRASS does."""


def parse_bearing(text: str, *, convention: Convention = "north_clockwise") -> Bearing | None:
    """Read a bearing as it is written in `direction`, `camera:direction` or a column of headings.

    Parameters
    ----------
    text : str
        Degrees from -360 to 360 (`90`, `-20`, `12,5`, `45°`); one of the sixteen compass points (`NNE`)
        or their words (`north-east`), in English, Russian or Kazakh; a range of two of these, which runs
        clockwise (`239-284`, `270-90`, `NE-SE`, `0-360`); a list of any of these with `;` between
        (`280;0;120`).
    convention : {"north_clockwise", "east_counterclockwise"}
        How degrees are meant; a range runs the same way round. Compass words mean what they say.

    Returns
    -------
    Bearing or None
        Headings from north, clockwise. None when any part of the text is not understood: half of a list
        would be a false answer.

    Notes
    -----
    The ranges of a list give a width only when all agree. A range of no width (`90-90`) says nothing
    and is not understood.

    Examples
    --------
    >>> parse_bearing("239-284")
    Bearing(headings=(261.5,), width_deg=45.0)
    >>> parse_bearing("270-90")
    Bearing(headings=(0.0,), width_deg=180.0)
    >>> parse_bearing("null") is None
    True
    """
    parts = [part.strip() for part in re.split(r";|,\s+", text.strip().rstrip("; "))]
    sectors = [_parse_part(part) for part in parts]
    if convention == "east_counterclockwise":
        sectors = [_from_east(part, sector) for part, sector in zip(parts, sectors, strict=True)]
    understood = [sector for sector in sectors if sector is not None]
    if len(understood) < len(sectors):
        return None
    widths = {width for _, width in understood}
    # a heading written twice is one lens
    headings = tuple(dict.fromkeys(heading for heading, _ in understood))
    return Bearing(headings, widths.pop() if len(widths) == 1 else None)


def compass_point(heading: float) -> str:
    """Return the name of the compass point nearest to a heading in degrees."""
    return POINTS[round((heading % 360) / 22.5) % 16]


_NUMBER: Final = r"[+-]?\d{1,3}(?:[.,]\d+)?"
_DEGREES: Final = r"\s*(?:°|º|deg|degrees)?\s*"
_SINGLE: Final = re.compile(rf"({_NUMBER}){_DEGREES}", re.IGNORECASE)
_END: Final = rf"({_NUMBER}|[^\W\d]+){_DEGREES}"
_RANGE: Final = re.compile(rf"{_END}(?:-|–|—|\.\.|\bto\b)\s*{_END}", re.IGNORECASE)
_LETTERS: Final = {"N": ("north", "север", "солтүстік"), "E": ("east", "восток", "шығыс"),
                   "S": ("south", "юг", "оңтүстік"), "W": ("west", "запад", "батыс")}  # fmt: skip
_IN_RUSSIAN: Final = str.maketrans("NESW", "СВЮЗ")
# how the first half of a word such as "северо-восток" is written
_FIRST_HALVES: Final = {"север": "северо", "юг": "юго", "восток": "востоко", "запад": "западо"}


def _from_east(part: str, sector: tuple[float, float | None] | None) -> tuple[float, float | None] | None:
    """Turn degrees that count from east, counter-clockwise; words stay."""
    if sector is None or any(
        letter.isalpha() for letter in re.sub("deg(rees)?", "", part, flags=re.IGNORECASE)
    ):
        return sector
    return (90.0 - sector[0]) % 360, sector[1]


def _parse_part(part: str) -> tuple[float, float | None] | None:
    whole = _parse_single(part)
    if whole is not None:
        return whole % 360, None
    match = _RANGE.fullmatch(part)
    if match is None:
        return None
    start, end = _parse_single(match[1]), _parse_single(match[2])
    if start is None or end is None or start == end:
        return None
    # 0-360 goes all the way round, where the rest of the division would say nought
    width = (end - start) % 360 or 360.0
    return (start + width / 2) % 360, width


def _parse_single(text: str) -> float | None:
    match = _SINGLE.fullmatch(text)
    if match is None:
        return _WORDS.get(re.sub(r"[\s\-_]", "", text).casefold()) if not _is_letter_range(text) else None
    degrees = float(match[1].replace(",", "."))
    return degrees if math.fabs(degrees) <= 360 else None


def _is_letter_range(text: str) -> bool:
    """Tell `N-E`, a range from north to east, from `north-east`, a point."""
    return re.fullmatch(r"[A-Za-zСВЮЗсвюз]{1,3}\s*-\s*[A-Za-zСВЮЗсвюз]{1,3}", text) is not None


def _list_words() -> dict[str, float]:
    words: dict[str, float] = {}
    for order, point in enumerate(POINTS):
        names = [point, point.translate(_IN_RUSSIAN)]
        for language in range(3):
            halves = [_LETTERS[letter][language] for letter in point]
            halves[:-1] = [_FIRST_HALVES.get(half, half) for half in halves[:-1]]
            names.append("".join(halves))
        words |= {name.casefold(): order * 22.5 for name in names}
    return words


_WORDS: Final = _list_words()
