"""What came of reading a table: the rows taken, the rows refused and why, and how the file was read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import pandas as pd

from ..coverage.results import ResultBrokenError

REJECTED_COLUMNS: Final = ("line", "column", "reason", "value", "faults", "cells")

REASONS: Final = (
    # of the whole row
    "wrong_cell_count", "broken_quotes", "broken_text", "not_a_feature", "same_incident", "supplement",
    # of any value
    "missing", "not_a_number", "not_finite", "out_of_range", "unknown_word", "not_a_flag", "too_long",
    "duplicate", "person_number", "bad_heading",
    # of times
    "bad_date", "ambiguous_date", "no_time_zone", "ends_before_start", "shift_too_long",
    "break_without_minutes", "break_outside",
    # of places
    "swapped_coordinates", "zero_coordinates", "outside_city", "wrong_geometry", "empty_geometry",
    "bad_geometry",
    # of what must be there already
    "unknown_station", "unknown_camera",
)  # fmt: skip
"""Why a row can be refused; the words are in the catalogue under `reasons.<code>`."""


@dataclass(frozen=True)
class Intake:
    """The outcome of reading one table.

    Attributes
    ----------
    frame : DataFrame or GeoDataFrame
        The rows taken, with the columns of the schema in its order; WGS 84.
    rejected : DataFrame
        One line a row refused: `line` (of the file; of a GeoJSON the number of the feature), `column` (the
        file's own name) and `reason` (code) of its first fault, `value`, `faults` (list of all (column,
        reason)) and `cells` (the row as it was, for `write_rejected`). Values and cells stay with the user.
    rows_in : int
        Rows of the file with any text in them: taken and refused together.
    dialect : dict
        How the file was read: `format`, `encoding`, `delimiter`, `file`, `decimal`, `dates`, `zone`,
        `preset`, `columns`.
    warnings : list of dict
        `code` and facts of what was read otherwise than written, or not read at all.
    header : tuple of str
        The file's own columns.
    """

    frame: pd.DataFrame
    rejected: pd.DataFrame
    rows_in: int
    dialect: dict[str, object]
    warnings: list[dict[str, object]] = field(default_factory=list)
    header: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.rows_in != len(self.frame) + len(self.rejected):
            raise ResultBrokenError("result_broken", check="rows_lost")
        told = {reason for faults in self.rejected["faults"] for _, reason in faults}
        if not told <= set(REASONS):
            raise ResultBrokenError("result_broken", check="reason_unknown")
