"""In which state a camera was at a time, by the journal of states."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def states_at(
    journal: pd.DataFrame | None,
    cameras: NDArray[np.object_],
    now: NDArray[np.object_],
    moments: pd.DatetimeIndex,
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Return the state of each camera at each moment, and whether the journal knows it.

    Parameters
    ----------
    journal : DataFrame or None
        `camera`, `state`, `since` (aware): from then on, until the next line of the same camera; and where it
        is known `was`, the state until then.
    cameras : ndarray of str (n,)
    now : ndarray of str (n,)
        Their states by the register, which hold where the journal says nothing of that time: of a camera
        without lines, and before the first line of one unless that knows what `was`.
    moments : DatetimeIndex (n,)

    Returns
    -------
    state : ndarray of str (n,)
    known : ndarray of bool (n,)
    """
    if journal is None or not len(journal) or not len(cameras):
        return now.copy(), np.zeros(len(cameras), dtype=bool)
    named = pd.Series(cameras, dtype=object)
    asked = pd.DataFrame({"camera": named, "since": moments.as_unit("us"), "row": np.arange(len(cameras))})
    # few cameras are asked about, and a journal is long
    lines = journal[journal["camera"].isin(cameras)]
    # a store gives names as strings, a frame made by hand as objects
    lines = lines.assign(since=_as_utc(lines["since"]), camera=lines["camera"].astype(object))
    lines = lines.sort_values("since", kind="stable")
    found = pd.merge_asof(
        asked.sort_values("since", kind="stable"),
        lines[["camera", "state", "since"]],
        on="since",
        by="camera",
    ).sort_values("row")
    state = found["state"].to_numpy(dtype=object)
    if "was" in lines:
        first = lines.drop_duplicates("camera").set_index("camera")["was"]
        state = np.where(pd.notna(state), state, first.reindex(cameras).to_numpy(dtype=object))
    known = np.asarray(pd.notna(state), dtype=bool)
    return np.where(known, state, now), known


def _as_utc(times: pd.Series) -> pd.Series:
    return pd.to_datetime(times, utc=True).dt.as_unit("us")
