"""Every word a person reads, by key and language; numbers, dates and lengths as that language writes them.

The catalogue is the flat JSON files `locale/<area>.<lang>.json`, all areas merged. A text may hold
`{fact}` fields. Texts are plain: whoever puts one into a page passes it through `safe()`.
"""

from __future__ import annotations

import json
import math
import string
from datetime import date, datetime, timedelta
from functools import cache
from numbers import Integral, Real
from pathlib import Path
from typing import Final, Protocol

from babel.core import Locale
from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from ..coverage.errors import KuzetError

LANGUAGES: Final = ("kk", "ru", "en")
"""The languages of the service, the state language first: it is also what a silent client gets."""
LANGUAGE_NAMES: Final = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
"""Each in its own words."""

_LOCALE = Path(__file__).parent / "locale"
_OTHER_SPEAKERS = "en"


class TextMissingError(LookupError):
    """A key, a language or a fact that the catalogue does not hold: a fault of the program."""


class Speaker(Protocol):
    """Whoever has a language: a page or a paper."""

    @property
    def lang(self) -> str:
        """One of `text.LANGUAGES`."""
        ...

    def say(self, key: str, **facts: object) -> str:
        """Return a text in that language."""
        ...


def say(key: str, lang: str, **facts: object) -> str:
    """Return the text of a key in a language, its fields filled.

    Parameters
    ----------
    key : str
        Key in any area of the catalogue.
    lang : str
        One of `LANGUAGES`.
    **facts
        Values for the fields. Numbers, dates and moments are written as the language writes them;
        anything else as it is. A value is never read as a pattern.

    Returns
    -------
    str
        Plain text, not yet safe for a page.

    Raises
    ------
    TextMissingError
        When the key or a fact its text names is missing.
    """
    text = _catalogue(lang).get(key)
    if text is None:
        raise TextMissingError(f"no text for key {key!r} in language {lang!r}")
    written = {name: _write(value, lang) for name, value in facts.items()}
    try:
        return text.format_map(written)
    except KeyError as error:
        raise TextMissingError(f"text {key!r} in {lang!r} needs the fact {error.args[0]!r}") from error


def has_text(key: str, lang: str) -> bool:
    """Tell whether the catalogue holds a key."""
    return key in _catalogue(lang)


def explain(error: KuzetError, lang: str) -> tuple[str, str]:
    """Say what is wrong and what to do, in a language.

    A fact whose value has an entry `<fact>s.<value>` in the catalogue (`reasons.not_a_number`,
    `columns.heading_deg`) is said in words; every other fact is written as it is.

    Parameters
    ----------
    error : KuzetError
        Its code is looked up as `errors.<code>` and `errors.<code>.do`.
    lang : str
        One of `LANGUAGES`.

    Returns
    -------
    tuple of str
        The sentence and the remedy.
    """
    facts = {name: _in_words(name, value, lang) for name, value in error.facts.items()}
    key = f"errors.{error.code}"
    return say(key, lang, **facts), say(f"{key}.do", lang, **facts)


def choose_language(wanted: str | None, accept_language: str | None) -> str:
    """Choose the language of an answer.

    Parameters
    ----------
    wanted : str or None
        What the address asks for (`?lang=`). It wins if it is one of `LANGUAGES` (a region, as in
        `ru-KZ`, is dropped); any other word is passed over.
    accept_language : str or None
        The request's Accept-Language header.

    Returns
    -------
    str
        The header's best-liked language among ours. A header that names only other languages gets
        English; no header, or only `*`, gets Kazakh, the state language of the home city.
    """
    if wanted and (known := _primary(wanted)) in LANGUAGES:
        return known
    liked = _liked_languages(accept_language or "")
    for tag in liked:
        if tag in LANGUAGES:
            return tag
    return _OTHER_SPEAKERS if any(tag != "*" for tag in liked) else LANGUAGES[0]


def say_number(value: float, lang: str, *, digits: int = 0) -> str:
    """Write a number with at most `digits` decimals; a dash where it is missing."""
    if not math.isfinite(value):
        return "–"
    # adding 0.0 turns the negative zero that rounding can leave into zero
    rounded = round(float(value), digits) + 0.0
    return format_decimal(
        rounded, format="#,##0." + "#" * digits if digits else "#,##0", locale=_locale(lang)
    )


def say_share(share: float, lang: str, *, digits: int = 0) -> str:
    """Write a share (0 to 1) as a percentage; a dash where it is missing."""
    if not math.isfinite(share):
        return "–"
    locale = _locale(lang)
    pattern = locale.percent_formats[None].pattern
    if digits:
        pattern = pattern.replace("0%", "0." + "0" * digits + "%").replace(
            "0\xa0%", "0." + "0" * digits + "\xa0%"
        )
    return format_percent(round(float(share), digits + 2) + 0.0, format=pattern, locale=locale)


def say_metres(metres: float, lang: str) -> str:
    """Write a length: whole metres under a kilometre, kilometres with one decimal from there on."""
    if not math.isfinite(metres):
        return "–"
    locale = _locale(lang)
    if abs(metres) < 999.5:
        return _unbroken(format_unit(round(metres), "length-meter", "short", locale=locale))
    kilometres = round(metres / 1000, 1)
    return _unbroken(format_unit(kilometres, "length-kilometer", "short", format="#,##0.0", locale=locale))


def say_date(moment: date, lang: str) -> str:
    """Write a day in full: `24 November 2025`."""
    return format_date(moment, "long", locale=_locale(lang))


def say_time(moment: datetime, lang: str) -> str:
    """Write the time of day in 24 hours, in the moment's own time zone: `08:05`."""
    _require_zone(moment)
    return format_time(moment.timetz(), "HH:mm", tzinfo=moment.tzinfo, locale=_locale(lang))


def say_clock(moment: datetime, lang: str) -> str:
    """Write the time of day to the second, in the moment's own time zone: `08:05:30`."""
    _require_zone(moment)
    return format_time(moment.timetz(), "HH:mm:ss", tzinfo=moment.tzinfo, locale=_locale(lang))


def say_moment(moment: datetime, lang: str) -> str:
    """Write a day and a time, in the moment's own time zone: `24 November 2025, 08:05`."""
    return f"{say_date(moment, lang)}, {say_time(moment, lang)}"


def say_minutes(seconds: float, lang: str) -> str:
    """Write a duration in whole minutes, in seconds under a minute: `12 min`, `40 sec`."""
    if seconds < 59.5:
        return _unbroken(format_unit(round(seconds), "duration-second", "short", locale=_locale(lang)))
    return _unbroken(format_unit(round(seconds / 60), "duration-minute", "short", locale=_locale(lang)))


def say_hours(seconds: float, lang: str) -> str:
    """Write a duration in hours with one decimal: `27.6 hrs`."""
    hours = round(seconds / 3600, 1)
    return _unbroken(format_unit(hours, "duration-hour", "short", format="#,##0.#", locale=_locale(lang)))


def say_until(left: timedelta, lang: str) -> str:
    """Write how far off a moment is, in hours under two days: `in 5 hours`, `in 21 days`, `3 days ago`."""
    unit = "hour" if abs(left) < timedelta(days=2) else "day"
    # a threshold that no larger unit meets: days stay days, also where they make a month
    return format_timedelta(
        left, granularity=unit, threshold=math.inf, add_direction=True, locale=_locale(lang)
    )


def catalogue_fields(text: str) -> set[str]:
    """Return the names of the fields a text holds."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@cache
def _catalogue(lang: str) -> dict[str, str]:
    if lang not in LANGUAGES:
        raise TextMissingError(f"no catalogue for language {lang!r}")
    merged: dict[str, str] = {}
    for path in sorted(_LOCALE.glob(f"*.{lang}.json")):
        # no key is in two areas: tests/maps/test_catalogue.py sees to that
        merged |= json.loads(path.read_text(encoding="utf-8"))
    return merged


@cache
def _locale(lang: str) -> Locale:
    if lang not in LANGUAGES:
        raise TextMissingError(f"no number formats for language {lang!r}")
    # British English: 24 November, not November 24, beside languages that put the day first
    return Locale.parse("en_GB" if lang == "en" else lang)


def _unbroken(text: str) -> str:
    """Return a figure and its unit that stay on one line."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _write(value: object, lang: str) -> str:
    if isinstance(value, bool) or not isinstance(value, Real | date):
        return str(value)
    if isinstance(value, datetime):
        return say_moment(value, lang)
    if isinstance(value, date):
        return say_date(value, lang)
    return say_number(float(value), lang, digits=0 if isinstance(value, Integral) else 2)


def _in_words(name: str, value: object, lang: str) -> object:
    key = f"{name}s.{value}"
    return say(key, lang) if isinstance(value, str) and has_text(key, lang) else value


def _liked_languages(header: str) -> list[str]:
    liked: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")):
        tag, _, quality = part.strip().partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=")) if quality else 1.0
        except ValueError:
            continue
        if tag.strip() and weight > 0:
            liked.append((-weight, place, _primary(tag)))
    return [tag for _, _, tag in sorted(liked)]


def _primary(tag: str) -> str:
    return tag.strip().replace("_", "-").split("-")[0].lower()


def _require_zone(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be shown")
