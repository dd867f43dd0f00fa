"""The units of a shift from a table: where they belong, from when to when, their break and their zone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from ..coverage.schema import UNITS
from .intake import Intake
from .places import Box
from .presets import DateOrder
from .table_draft import Draft
from .table_rows import finish_table, open_table
from .table_text import MAX_BYTES, MAX_ROWS
from .times import HOME_ZONE, Moment, find_date_order, is_clock, parse_moment, time_zone
from .words import MISSING

LONGEST_SHIFT: Final = timedelta(hours=24)
DAY: Final = timedelta(days=1)


def read_units(
    content: bytes,
    *,
    filename: str,
    columns: dict[str, str] | None = None,
    preset: str | None = None,
    city_box: Box | None = None,
    stations: Collection[str] | None = None,
    tz: str | None = None,
    date_order: DateOrder | None = None,
    max_bytes: int = MAX_BYTES,
    max_rows: int = MAX_ROWS,
) -> Intake:
    """Read the units of a shift.

    Parameters
    ----------
    content, filename, columns, preset, max_bytes, max_rows
        As for `tables.read_cameras`.
    city_box
        Not used: units have no place of their own.
    stations : collection of str, optional
        Ids of the stations there are; units of others are refused (`unknown_station`).
    tz, date_order
        As for `tables.read_incidents`.

    Returns
    -------
    Intake
        Shifts that end before they start, or last over 24 hours, are refused. Of a break, `break_minutes`
        is how long, `break_from` and `break_to` the window it lies in: whole times, or clocks such as
        13:00, which mean that hour within the shift. A window without minutes, or one in which the break
        does not fit beside the shift, is refused (`break_without_minutes`, `break_outside`).
    """
    draft, known = open_table(content, UNITS, columns, preset, max_bytes, max_rows)
    zone = tz or HOME_ZONE
    times = ("shift_start", "shift_end", "break_from", "break_to")
    order = date_order or find_date_order(text for field in times for text in draft.texts(field))
    start, end = draft.times("shift_start", "shift_end", zone=zone, order=order)
    station, ends = draft.strings("station"), draft.texts("shift_end")
    for row, name in enumerate(station):
        if stations is not None and name is not None and name not in stations:
            draft.fault(row, "station", "unknown_station", name)
    for row, length in enumerate((end - start).to_numpy()):
        if length > np.timedelta64(LONGEST_SHIFT):
            draft.fault(row, "shift_end", "shift_too_long", ends[row])
        if length == np.timedelta64(0):
            draft.fault(row, "shift_end", "ends_before_start", ends[row])
    frame: dict[str, object] = {
        "id": draft.ids(),
        "station": station,
        "kind": draft.words("kind", "unit_kind"),
        "shift_start": start,
        "shift_end": end,
        **_read_breaks(draft, start, end, _Clock(time_zone(zone), order)),
        "zone": draft.strings("zone"),
        "cameras": draft.strings("cameras"),
        "synthetic": [bool(flag) for flag in draft.flags("synthetic")],
    }
    return finish_table(draft, frame, filename=filename, preset=known, zone=zone)


@dataclass(frozen=True)
class _Clock:
    """How the times of a file are meant."""

    zone: ZoneInfo
    order: DateOrder | None

    def read(self, text: str, not_before: datetime | None) -> Moment | str:
        """Read a time; a clock alone is the first such hour that is not before that moment."""
        if not is_clock(text):
            return parse_moment(text, zone=self.zone, order=self.order)
        if not_before is None:
            return "bad_date"
        day = not_before.astimezone(self.zone).date()
        for later in (day, day + DAY):
            moment = parse_moment(f"{later:%Y-%m-%d} {text}", zone=self.zone, order=self.order)
            if isinstance(moment, str) or moment.start >= not_before:
                return moment
        # the hour was written with an offset of its own, which may be a day away
        return parse_moment(f"{day + 2 * DAY:%Y-%m-%d} {text}", zone=self.zone, order=self.order)


def _read_breaks(draft: Draft, start: pd.Series, end: pd.Series, clock: _Clock) -> dict[str, object]:
    minutes = draft.numbers("break_minutes")
    froms, untils = draft.texts("break_from"), draft.texts("break_to")
    lows: list[datetime | None] = [None] * len(froms)
    highs: list[datetime | None] = [None] * len(froms)
    for row, (first, last) in enumerate(zip(froms, untils, strict=True)):
        begins, ends = (None if pd.isna(side[row]) else side[row].to_pydatetime() for side in (start, end))
        lows[row] = low = _read_side(draft, row, "break_from", first, begins, clock)
        highs[row] = high = _read_side(draft, row, "break_to", last, low or begins, clock)
        if row in draft.faults:
            continue
        given = "break_from" if low is not None else "break_to" if high is not None else "break_minutes"
        text = {"break_from": first, "break_to": last}.get(given, "")
        if (low or high) and not minutes[row] > 0:
            draft.fault(row, given, "break_without_minutes", text)
        elif low is not None and high is not None and high <= low:
            draft.fault(row, "break_to", "ends_before_start", last)
        elif 0 < minutes[row] <= DAY / timedelta(minutes=1) and begins and ends:
            room = min(high or ends, ends) - max(low or begins, begins)
            if room < timedelta(minutes=float(minutes[row])):
                draft.fault(row, given, "break_outside", text or f"{minutes[row]:g}")
    return {"break_minutes": minutes, "break_from": _in_utc(lows), "break_to": _in_utc(highs)}


def _read_side(
    draft: Draft, row: int, field: str, text: str, not_before: datetime | None, clock: _Clock
) -> datetime | None:
    """Read one end of a window; a day without an hour is its first or its last second."""
    if text.lower() in MISSING:
        return None
    moment = clock.read(text, not_before)
    if isinstance(moment, str):
        draft.fault(row, field, moment, text)
        return None
    return (moment.end or moment.start) if field == "break_to" else moment.start


def _in_utc(moments: list[datetime | None]) -> pd.Series:
    times = [None if moment is None else moment.astimezone(UTC) for moment in moments]
    return pd.Series(pd.to_datetime(pd.Series(times, dtype="object"), utc=True)).dt.as_unit("us")
