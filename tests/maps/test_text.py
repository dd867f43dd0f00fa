"""Words, numbers and dates in three languages."""

from datetime import UTC, datetime

import pytest
from kuzet.coverage.errors import InvalidInputError
from kuzet.maps import text
from kuzet.maps.text import (
    LANGUAGES,
    TextMissingError,
    choose_language,
    explain,
    say,
    say_date,
    say_hours,
    say_metres,
    say_minutes,
    say_moment,
    say_number,
    say_share,
    say_time,
)

MOMENT = datetime(2025, 11, 24, 8, 5, tzinfo=UTC)


def test_say_fills_facts_as_the_language_writes_them():
    """Numbers in a sentence carry the separators of its language, names stay as they are."""
    assert say("patrol.of", "en", part=1234, whole=5) == "1,234 of 5"
    assert say("patrol.of", "ru", part=1234, whole=5) == "1\xa0234 из 5"
    assert say("popup.camera", "kk", camera="Қ-7") == "Қ-7 камерасы"


def test_a_name_is_never_read_as_a_pattern():
    """Braces in a name are text, not fields."""
    assert say("popup.camera", "en", camera="{x} {0}") == "Camera {x} {0}"


@pytest.mark.parametrize(("key", "lang"), [("no.such.key", "en"), ("page.home", "de")])
def test_a_missing_text_raises(key, lang):
    """A key or a language the catalogue lacks is an error, never an empty word on a page."""
    with pytest.raises(TextMissingError):
        say(key, lang)


def test_a_missing_fact_raises():
    """A sentence whose fact is not given is an error, never a pair of braces on a page."""
    with pytest.raises(TextMissingError, match="camera"):
        say("popup.camera", "en")


@pytest.mark.parametrize(
    ("wanted", "header", "chosen"),
    [
        ("ru", "en", "ru"),
        ("ru-KZ", None, "ru"),
        ("EN", "kk", "en"),
        ("xx", "ru", "ru"),
        (None, "de, kk;q=0.4, ru;q=0.9", "ru"),
        (None, "en;q=0, kk;q=0.1", "kk"),
        (None, "de, fr;q=0.5", "en"),
        (None, "kk;q=nonsense, ru", "ru"),
        (None, "*", "kk"),
        (None, "", "kk"),
        (None, None, "kk"),
    ],
)
def test_choose_language(wanted, header, chosen):
    """The address wins, then the best-liked of ours; others get English, silence gets Kazakh."""
    assert choose_language(wanted, header) == chosen


def test_numbers_in_each_language():
    """Separators are those of CLDR; a missing number is a dash; rounding leaves no negative zero."""
    assert [say_number(1234567.891, lang, digits=2) for lang in LANGUAGES] == [
        "1\xa0234\xa0567,89",
        "1\xa0234\xa0567,89",
        "1,234,567.89",
    ]
    assert say_number(-0.2, "en") == "0"
    assert say_number(float("nan"), "kk") == "–"
    assert [say_share(0.0457, lang, digits=1) for lang in LANGUAGES] == ["4,6%", "4,6\xa0%", "4.6%"]


def test_lengths_change_unit_at_a_kilometre():
    """Metres under a kilometre, kilometres from there on, and the unit never parts from its number."""
    assert [say_metres(850.4, lang) for lang in LANGUAGES] == ["850\xa0м", "850\xa0м", "850\xa0m"]
    assert [say_metres(999.6, lang) for lang in LANGUAGES] == ["1,0\xa0км", "1,0\xa0км", "1.0\xa0km"]
    assert say_metres(float("nan"), "ru") == "–"


def test_dates_and_times_in_each_language():
    """The day comes first (the year in Kazakh), the clock has 24 hours, and a time needs its zone."""
    assert [say_date(MOMENT, lang).replace("\u202f", " ") for lang in LANGUAGES] == [
        "2025 ж. 24 қараша",
        "24 ноября 2025 г.",
        "24 November 2025",
    ]
    assert say_time(MOMENT, "kk") == "08:05"
    assert say_moment(MOMENT, "en") == "24 November 2025, 08:05"
    with pytest.raises(ValueError, match="time zone"):
        say_time(MOMENT.replace(tzinfo=None), "en")


def test_durations():
    """Seconds under a minute, then minutes; hours with a decimal."""
    assert say_minutes(21, "en") == "21\xa0secs"
    assert say_minutes(720, "ru") == "12\xa0мин"
    assert say_hours(99_360, "kk") == "27,6\xa0сағ"


def test_explain_gives_sentence_and_remedy(tmp_path, monkeypatch):
    """An error is told in the reader's language with what to do, known words of its facts translated."""
    for lang, word in (("en", "heading"), ("ru", "направление"), ("kk", "бағыты")):
        (tmp_path / f"x.{lang}.json").write_text(
            f'{{"errors.odd": "{{field}}: {{row}}", "errors.odd.do": "!", "fields.heading_deg": "{word}"}}',
            encoding="utf-8",
        )
    monkeypatch.setattr(text, "_LOCALE", tmp_path)
    text._catalogue.cache_clear()
    try:
        error = InvalidInputError("odd", field="heading_deg", row=12)
        assert explain(error, "ru") == ("направление: 12", "!")
        assert explain(error, "kk") == ("бағыты: 12", "!")
    finally:
        text._catalogue.cache_clear()
