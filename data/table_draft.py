"""A table on its way to a frame: cells become values, and what cannot is noted, row by row."""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Final, TypeVar

import numpy as np
import pandas as pd

from ..coverage.schema import CRIMES, FrameSchema
from .category_words import find_category
from .persons import is_iin, tells_person_number
from .presets import DateOrder
from .table_columns import Choice
from .table_text import Row, Sheet
from .times import date_style, find_date_order, has_clock, is_clock, parse_moment, time_zone
from .words import MISSING, NO, YES, find_word, plain_word

_Value = TypeVar("_Value")
MAX_TEXT: Final = 500
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?", re.ASCII)
_ENDLESS: Final = frozenset({"nan", "inf", "-inf", "+inf", "infinity", "-infinity", "1.#inf", "1.#qnan"})
_CLOCK_PART: Final = re.compile(r"(?:[Tt]|,?\s+).*")
_MIDNIGHT: Final = re.compile(r"(?:[Tt]|\s)(?:00:00(?::00(?:\.0+)?)?|12:00(?::00)? ?[Aa][Mm])$")


class Draft:
    """The rows of a table with the faults found so far.

    Parameters
    ----------
    sheet : Sheet
        The table.
    choice : Choice
        Which of its columns are ours.
    schema : FrameSchema
        The frame to fill.

    Attributes
    ----------
    faults : dict
        Row -> list of (their column, reason, cell).
    decimals, date_styles : Counter, set
        The decimal signs and the ways of writing dates that were met.
    """

    def __init__(self, sheet: Sheet, choice: Choice, schema: FrameSchema) -> None:
        self.sheet, self.choice, self.schema = sheet, choice, schema
        self.faults: dict[int, list[tuple[str, str, str]]] = {}
        self.warnings: list[dict[str, object]] = []
        self.decimals: Counter[str] = Counter()
        self.date_styles: set[str] = set()
        for number, row in enumerate(sheet.rows):
            if row.reason:
                self.faults[number] = [("", row.reason, "")]

    def has(self, field: str) -> bool:
        """Say whether the table has that field."""
        return field in self.choice.places

    def their(self, field: str) -> str:
        """Return the table's own name of a field, ours where it has none."""
        places = self.choice.places.get(field)
        return self.sheet.header[places[0]] if places else field

    def fault(self, row: int, field: str, reason: str, text: str = "") -> None:
        """Note what is wrong with a row; one fault a column is enough."""
        known = self.faults.setdefault(row, [])
        their = self.their(field)
        if all(column != their for column, _, _ in known):
            known.append((their, reason, text))

    def texts(self, field: str) -> list[str]:
        """Return the cells of a field; of several columns the first with text in it."""
        places = self.choice.places.get(field, [])
        if not places:
            return [""] * len(self.sheet.rows)
        return [self._cell(row, places) for row in self.sheet.rows]

    def strings(self, field: str, *, personal: bool = True) -> list[str | None]:
        """Read free text; with `personal`, refuse rows with a personal or phone number in it."""

        def read(text: str) -> tuple[str | None, str | None]:
            if len(text) > MAX_TEXT:
                return None, "too_long"
            if personal and tells_person_number(text):
                return None, "person_number"
            return text or None, None

        return self._each(field, read)

    def ids(self, *, may_miss: bool = False) -> list[str | None]:
        """Read ids; where the table has none, or none for a row that may lack it, one is made of the row."""
        found = self._each("id", _read_id)
        if self.has("id") and not may_miss:
            return found
        made: Counter[str] = Counter()
        out: list[str | None] = []
        for number, identity in enumerate(found):
            if identity is None and number not in self.faults:
                digest = hashlib.sha256("\x1f".join(self.sheet.rows[number].cells).encode()).hexdigest()[:12]
                made[digest] += 1
                # the same content twice is two incidents, not one
                identity = f"row-{digest}" + (f"-{made[digest]}" if made[digest] > 1 else "")
            out.append(identity)
        if made:
            self.warnings.append({"code": "ids_made", "rows": made.total()})
        return out

    def numbers(self, field: str) -> np.ndarray:
        """Read numbers with a point or a comma before the decimals."""

        def read(text: str) -> tuple[float, str | None]:
            if text.lower() in MISSING:
                return math.nan, None
            if text.lower() in _ENDLESS:
                return math.nan, "not_finite"
            if not _NUMBER.fullmatch(text):
                return math.nan, "not_a_number"
            self.decimals.update(sign for sign in ".," if sign in text)
            value = float(text.replace(",", "."))
            return (value, None) if math.isfinite(value) else (math.nan, "not_finite")

        return np.array(self._each(field, read), dtype="float64")

    def flags(self, field: str) -> list[bool | None]:
        """Read yes and no."""

        def read(text: str) -> tuple[bool | None, str | None]:
            word = text.lower()
            if word in YES or word in NO:
                return word in YES, None
            return None, None if word in MISSING else "not_a_flag"

        return self._each(field, read)

    def words(self, field: str, kind: str) -> list[str | None]:
        """Read words of a list, as `words.find_word` knows them."""

        def read(text: str) -> tuple[str | None, str | None]:
            word = find_word(text, kind)
            return word, "unknown_word" if word is None and text.lower() not in MISSING else None

        return self._each(field, read)

    def names(self, field: str) -> list[list[str]]:
        """Read lists of our own fields, as our exports write them: `state;kind`."""

        def read(text: str) -> tuple[list[str], str | None]:
            parts = [part.strip(" '\"[]") for part in re.split("[;,]", text)]
            parts = [part for part in parts if part]
            known = set(parts) <= set(self.schema.names)
            return (parts, None) if known else ([], "unknown_word")

        return self._each(field, read)

    def categories(self) -> list[str | None]:
        """Read classes of offences; a word that is not known is another crime, and is counted."""
        unknown: Counter[str] = Counter()

        def read(text: str) -> tuple[str | None, str | None]:
            if text.lower() in MISSING:
                return None, None
            category = find_category(text)
            if category is None:
                unknown[plain_word(text)[:60] or "?"] += 1
            return category or CRIMES[-1], None

        found = self._each("category", read)
        if unknown:
            words = ", ".join(f"{word} ({count})" for word, count in unknown.most_common(20))
            self.warnings.append({"code": "unknown_categories", "rows": unknown.total(), "words": words})
        return found

    def times(
        self, start: str, end: str, *, zone: str, order: DateOrder | None, clock: str | None = None
    ) -> tuple[pd.Series, pd.Series]:
        """Read two columns of times, in UTC; a day or month without an hour is a span from first to last.

        Parameters
        ----------
        start, end : str
            The fields; `end` may be absent.
        zone : str
            The zone of times that name none.
        order : "day_first", "month_first" or None
            How `03/04/2024` is meant; None asks the other dates of the file.
        clock : str, optional
            A field with the hour, where `start` has only the date.
        """
        starts, ends = self.texts(start), self.texts(end)
        if clock is not None:
            starts = [_join_clock(day, hour) for day, hour in zip(starts, self.texts(clock), strict=True)]
        order = order or find_date_order([*starts, *ends])
        where = time_zone(zone)
        froms: list[datetime | None] = [None] * len(starts)
        untils: list[datetime | None] = [None] * len(starts)
        for number, (first, last) in enumerate(zip(starts, ends, strict=True)):
            for field, text in ((start, first), (end, last)):
                if text.lower() in MISSING:
                    continue
                moment = parse_moment(text, zone=where, order=order)
                if isinstance(moment, str):
                    self.fault(number, field, moment, text)
                    continue
                style = date_style(text)
                self.date_styles.add(str(order) if style == "year_last" and order else str(style))
                if field == start:
                    froms[number], untils[number] = moment.start, moment.end
                else:
                    untils[number] = moment.end or moment.start
            begun, over = froms[number], untils[number]
            if begun is not None and over is not None and over < begun:
                self.fault(number, end if self.has(end) else start, "ends_before_start", last)
        return _to_times(froms), _to_times(untils)

    def _each(self, field: str, read: Callable[[str], tuple[_Value, str | None]]) -> list[_Value]:
        if not self.has(field):
            return [read("")[0] for _ in self.sheet.rows]
        out: list[_Value] = []
        for number, text in enumerate(self.texts(field)):
            value, reason = read(text)
            if reason is not None:
                self.fault(number, field, reason, text)
            out.append(value)
        return out

    @staticmethod
    def _cell(row: Row, places: list[int]) -> str:
        if row.reason:
            return ""
        return next((text for place in places if (text := row.cells[place].strip())), "")


def _read_id(text: str) -> tuple[str | None, str | None]:
    if len(text) > MAX_TEXT:
        return None, "too_long"
    return (None, "person_number") if is_iin(text) else (text or None, None)


def _join_clock(day: str, hour: str) -> str:
    """Put date and hour together; midnight in the date, where the hour stands apart, is no hour."""
    if not day or not is_clock(hour):
        return day
    if has_clock(day) and not _MIDNIGHT.search(day):
        return day
    return f"{_CLOCK_PART.sub('', day)} {hour}"


def _to_times(values: list[datetime | None]) -> pd.Series:
    return pd.Series(pd.to_datetime(pd.Series(values, dtype="object"), utc=True)).dt.as_unit("us")
