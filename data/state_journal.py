"""The journal of states: which camera was live, archived, registered or offline since when."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from ..coverage.errors import InvalidInputError
from ..coverage.schema import CAMERA_STATES, complete_frame


def note_changes(
    journal: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame, *, at: datetime
) -> pd.DataFrame:
    """Return the journal with a row more for each camera whose state is another than before.

    Parameters
    ----------
    journal : DataFrame
        CAMERA_STATES, as far as it goes.
    before, after : DataFrame
        CAMERAS: the register as it was, and as it is to be.
    at : datetime
        When the change became known, with its time zone; kept to the millisecond.

    Returns
    -------
    DataFrame
        CAMERA_STATES. A camera that is new, or gone, has no row, and neither has one whose state nobody
        said (named in its `assumed`): an assumption is no event. `was` is the state before, unless that
        was assumed.
    """
    if at.tzinfo is None:
        raise InvalidInputError("time_without_zone")
    old = _said_states(before).rename("was")
    new = _said_states(after).rename("state")
    known = new[new.notna() & new.index.isin(before["id"])]
    changed = pd.concat([known, old.reindex(known.index)], axis=1)
    # against what was written down, so that an assumption which comes true is no change
    written = before.set_index("id")["state"].reindex(changed.index)
    changed = changed[changed["state"] != written]
    if changed.empty:
        return journal
    moment = pd.Timestamp(at).tz_convert("UTC").floor("ms").as_unit("us")
    rows = changed.rename_axis("camera").reset_index().assign(since=moment)
    rows = complete_frame(rows, CAMERA_STATES)
    rows["was"] = rows["was"].astype("object").where(rows["was"].notna(), None)
    return put_rows(journal, rows, CAMERA_STATES.keys)


def put_rows(before: pd.DataFrame, rows: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Put rows behind those before, in place of rows of the same key; neither argument is changed."""
    if not len(before):
        return rows
    taken = pd.MultiIndex.from_frame(before[keys]).isin(pd.MultiIndex.from_frame(rows[keys]))
    kept = before.loc[~np.asarray(taken)]
    return pd.concat([kept, rows], ignore_index=True) if len(kept) else rows


def _said_states(cameras: pd.DataFrame) -> pd.Series:
    """Return the state of each camera by its id, missing where it was assumed."""
    if "assumed" not in cameras:
        return cameras.set_index("id")["state"]
    assumed = [
        isinstance(names, list | tuple | np.ndarray) and "state" in names for names in cameras["assumed"]
    ]
    said = cameras["state"].astype("object").where(~np.array(assumed, dtype=bool), None)
    return said.set_axis(cameras["id"].to_numpy())
