"""Bytes of a table from a stranger -> its text -> rows of cells, each with its line; no guess unsaid."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from ..coverage.errors import InvalidInputError, TooLargeError, UnknownFormatError
from .formulas import unguard

MAX_BYTES: Final = 100_000_000
MAX_ROWS: Final = 1_000_000
MAX_COLUMNS: Final = 500
MAX_BROKEN_LINES: Final = 1_000
DELIMITERS: Final = (",", ";", "\t", "|")
NOTE_COLUMNS: Final = ("kuzet_line", "kuzet_column", "kuzet_reason")
"""Columns a file of rejected rows carries before the input's own; left out when it is read again."""
ATTRIBUTION_COLUMN: Final = "kuzet_attribution"
"""A column of our own exports; left out as well."""

_MAGIC: Final = {
    b"PK\x03\x04": "file_is_spreadsheet",
    b"PK\x05\x06": "file_is_archive",
    b"\xd0\xcf\x11\xe0": "file_is_spreadsheet",
    b"\x1f\x8b": "file_is_archive",
    b"BZh": "file_is_archive",
    b"7z\xbc\xaf": "file_is_archive",
    b"SQLite format 3": "file_is_binary",
    b"%PDF": "file_is_binary",
    b"\x89PNG": "file_is_binary",
}
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f]")
_READABLE: Final = re.compile("[\t\r\n -\x7e\u00a0-\u00ff\u0400-\u04ff\u2010-\u2044\u2116]")


@dataclass(frozen=True)
class Row:
    """One row: the line of the file it starts on, its cells, and what is wrong with its form, if anything."""

    line: int
    cells: list[str]
    reason: str | None = None


@dataclass(frozen=True)
class Sheet:
    """A table as text: its columns, its rows, and how it was written."""

    header: list[str]
    rows: list[Row]
    dialect: dict[str, object] = field(default_factory=dict)


def read_text(content: bytes, *, max_bytes: int = MAX_BYTES) -> tuple[str, str]:
    """Decode a file and name the encoding that was taken.

    A byte order mark decides; without one a valid UTF-8 text is UTF-8, since other encodings hardly
    ever are valid UTF-8; then UTF-16 without a mark; what is left is read as cp1251.

    Returns
    -------
    tuple of str
        The text without its mark; `utf-8`, `utf-8-sig`, `utf-16-le`, `utf-16-be` or `cp1251`.

    Raises
    ------
    InvalidInputError
        `file_is_empty`, `encoding_unknown`; TooLargeError `file_too_large`; UnknownFormatError
        `file_is_spreadsheet`, `file_is_archive`, `file_is_binary`, `file_is_xml`.
    """
    if len(content) > max_bytes:
        raise TooLargeError("file_too_large", megabytes=max(max_bytes // 1_000_000, 1))
    for magic, code in _MAGIC.items():
        if content.startswith(magic):
            raise UnknownFormatError(code)
    text, encoding = _decode(content)
    if not text.strip():
        raise InvalidInputError("file_is_empty")
    if _CONTROL.search(text):
        raise UnknownFormatError("file_is_binary")
    if text.lstrip().startswith("<"):
        raise UnknownFormatError("file_is_xml")
    return text, encoding


def read_sheet(text: str, *, encoding: str, max_rows: int = MAX_ROWS) -> Sheet:
    """Cut the text of a CSV file into rows, strictly: a row has as many cells as the header or it is faulty.

    Parameters
    ----------
    text : str
        The decoded file.
    encoding : str
        Said in the dialect.
    max_rows : int
        More rows are refused.

    Returns
    -------
    Sheet
        Rows without any text in them are left out; a row whose quotes do not close keeps its raw line
        as its only cell. The columns a file of rejected rows adds are taken off.
    """
    lines = list(io.StringIO(text, newline=""))
    first = 0
    declared = re.fullmatch(r"sep=(.)\s*", lines[0])
    if declared:
        first, delimiter = 1, declared.group(1)
    else:
        delimiter = _find_delimiter(lines)
    records = _records(lines, delimiter, first=first)
    head = next((record for record in records if any(cell.strip() for cell in record.cells)), None)
    if head is None or head.reason is not None:
        raise InvalidInputError("header_broken")
    rows: list[Row] = []
    for record in records:
        if any(cell.strip() for cell in record.cells):
            rows.append(record)
        if len(rows) > max_rows:
            raise TooLargeError("too_many_rows", rows=max_rows)
    header, rows = _without_notes(head.cells, rows)
    _check_header(header)
    rows = [
        row if row.reason or len(row.cells) == len(header) else Row(row.line, row.cells, "wrong_cell_count")
        for row in rows
    ]
    return Sheet(header, rows, {"format": "csv", "encoding": encoding, "delimiter": delimiter})


def _decode(content: bytes) -> tuple[str, str]:
    marks = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
    for mark, encoding in marks:
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode(encoding.removesuffix("-sig")), encoding
            except UnicodeDecodeError:
                raise InvalidInputError("encoding_unknown") from None
    if b"\x00" in content:
        return _decode_unmarked_utf16(content)
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    if _CONTROL.search(content[:4096].decode("latin-1")):
        raise UnknownFormatError("file_is_binary")
    try:
        return content.decode("cp1251"), "cp1251"
    except UnicodeDecodeError:
        raise InvalidInputError("encoding_unknown") from None


def _decode_unmarked_utf16(content: bytes) -> tuple[str, str]:
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if len(_READABLE.findall(text)) > 0.95 * len(text):
            return text, encoding
    raise UnknownFormatError("file_is_binary")


def _find_delimiter(lines: list[str]) -> str:
    """Take the sign under which the first rows have most evenly as many cells as the header."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        records = _records(lines[:200], delimiter, lenient=True)
        widths = [len(record.cells) for record in records if any(cell.strip() for cell in record.cells)]
        if not widths or widths[0] < 2:
            continue
        even = sum(width == widths[0] for width in widths) / len(widths)
        if (even, widths[0]) > best_score:
            best, best_score = delimiter, (even, widths[0])
    return best


def _records(lines: list[str], delimiter: str, *, first: int = 0, lenient: bool = False) -> Iterator[Row]:
    """Give the records; where quotes are broken, give up that one line only and go on with the next."""
    broken = 0
    while first < len(lines):
        reader = csv.reader(islice(lines, first, None), delimiter=delimiter, strict=True)
        start = 0
        try:
            for cells in reader:
                yield Row(first + start + 1, cells)
                start = reader.line_num
            return
        except csv.Error:
            broken += 1
            if broken > MAX_BROKEN_LINES:
                if lenient:
                    return
                raise InvalidInputError("quotes_broken", line=first + start + 1) from None
            yield Row(first + start + 1, [lines[first + start].rstrip("\r\n")], "broken_quotes")
            first += start + 1


def _without_notes(header: list[str], rows: list[Row]) -> tuple[list[str], list[Row]]:
    """Take off what our own files add: their columns and the guard before formulas."""
    names = [name.strip() for name in header]
    notes = {place for place, name in enumerate(names) if name in (*NOTE_COLUMNS, ATTRIBUTION_COLUMN)}
    if not notes:
        return names, rows
    kept = []
    for row in rows:
        cells = [unguard(cell) for place, cell in enumerate(row.cells) if place not in notes]
        if row.reason:
            kept.append(row)
        elif any(cell.strip() for cell in cells):
            kept.append(Row(row.line, cells))
    return [unguard(name) for place, name in enumerate(names) if place not in notes], kept


def _check_header(header: list[str]) -> None:
    if len(header) > MAX_COLUMNS:
        raise TooLargeError("too_many_columns", columns=MAX_COLUMNS)
    seen: set[str] = set()
    for name in header:
        if name and name in seen:
            raise InvalidInputError("column_twice", column=name[:60])
        seen.add(name)
