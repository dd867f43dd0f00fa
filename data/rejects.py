"""The rows a table was refused, as a file to mend and feed again."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable

from .formulas import guard
from .intake import Intake
from .table_text import NOTE_COLUMNS

_MARKS = {"utf-8-sig": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}


def write_rejected(intake: Intake, *, explain: Callable[[str, str], str] | None = None) -> bytes:
    """Write the refused rows as a CSV file in the columns, delimiter and encoding of the input.

    Parameters
    ----------
    intake : Intake
        What came of reading the input.
    explain : callable, optional
        Given a reason's code and the file's column, returns the sentence for it in the reader's
        language; without it the codes are written.

    Returns
    -------
    bytes
        Before the input's own columns stand `kuzet_line`, `kuzet_column` and `kuzet_reason`; reading the
        mended file leaves them out. Text that a spreadsheet would run as a formula has an apostrophe before
        it, which reading takes off again. Columns about persons are empty. Where the input's encoding cannot
        hold the sentences, the file is UTF-8 with its mark. Rows of a GeoJSON come as CSV too.
    """
    delimiter = str(intake.dialect["delimiter"])
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([*NOTE_COLUMNS, *(guard(name) for name in intake.header)])
    for line, faults, cells in zip(
        intake.rejected["line"], intake.rejected["faults"], intake.rejected["cells"], strict=True
    ):
        names = "; ".join(dict.fromkeys(column for column, _ in faults if column))
        told = " ".join(explain(reason, column) if explain else reason for column, reason in faults)
        writer.writerow([line, guard(names), guard(told), *(guard(cell) for cell in cells)])
    return _encode(out.getvalue(), str(intake.dialect["encoding"]))


def _encode(text: str, encoding: str) -> bytes:
    try:
        return _MARKS.get(encoding, b"") + text.encode(encoding.removesuffix("-sig"))
    except UnicodeEncodeError:
        return codecs.BOM_UTF8 + text.encode("utf-8")
