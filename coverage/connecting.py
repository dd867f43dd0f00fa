"""Cameras of others that could be connected, ranked by what each would add for its money."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from .expected import Cells, expect_cover, live_stretches
from .flags import flags
from .results import Coverage
from .site_goals import Worth

CONNECTABLE_STATES: Final = ("archive", "registered")
MILLION: Final = 1e6
_KNOWN: Final = ("programme", "owner", "consent", "state", "retention_days")


def rank_connectable(
    coverage: Coverage,
    cut: Callable[[pd.DataFrame], Cells],
    *,
    worth: Worth,
    cost: float,
    retention_days: float,
) -> gpd.GeoDataFrame:
    """Rank every archived or registered camera by what it would add if it were live.

    Parameters
    ----------
    coverage : Coverage
    cut : callable
        Cuts the streets where stretches end (`expected.cut_cells`).
    worth : Worth
        What the goal counts.
    cost : float
        Of connecting one, tenge.
    retention_days : float
        A camera that keeps its pictures for fewer days gets the note `retention_short`.

    Returns
    -------
    GeoDataFrame
        `SiteProposal.connectable`. Gains are on top of what live cameras are expected to see, each camera's
        alone: they equal measuring the whole city with that camera live. Where consent is not recorded the
        `reason` is `no_consent`: it is never connectable.
    """
    cameras = coverage.cameras
    rows = np.flatnonzero(cameras["state"].isin(CONNECTABLE_STATES).to_numpy())
    gain, gain_m = _alone(coverage, cut, rows, worth)
    consent = consented(cameras)[rows]
    table = pd.DataFrame({"camera": cameras["id"].to_numpy(dtype=object)[rows]})
    for name in _KNOWN:
        table[name] = cameras[name].to_numpy(dtype=object)[rows] if name in cameras else None
    table["consent"] = np.where(consent, True, _told_no(cameras)[rows])
    table["retention_days"] = pd.to_numeric(table["retention_days"], errors="coerce")
    table["cost"], table["gain"], table["gain_m"] = float(cost), gain, gain_m
    table["per_million"] = gain_m / cost * MILLION
    table["reason"] = pd.Series([None if agreed else "no_consent" for agreed in consent], dtype=object)
    notes = notes_on(coverage, retention_days)
    table["notes"] = [notes[row] for row in rows]
    order = np.lexsort((table["camera"].astype(str), -gain_m, -gain))
    places = cameras.geometry.to_numpy()[rows][order]
    return gpd.GeoDataFrame(table.iloc[order].reset_index(drop=True), geometry=list(places), crs=cameras.crs)


def consented(cameras: pd.DataFrame) -> np.ndarray:
    """Return for each camera whether its owner's consent is recorded; not recorded is no."""
    return flags(cameras, "consent")


def notes_on(coverage: Coverage, retention_days: float) -> list[list[str]]:
    """Return for each camera of the register what to know before it is counted on, as codes.

    `retention_short`, `retention_unknown`, `too_few_pixels` (what it sees is nowhere in the class from which
    a place counts as seen), `heading_unknown`, `lens_unknown`, and why it is not counted at all.
    """
    cameras = coverage.cameras
    kept = (
        pd.to_numeric(cameras["retention_days"], errors="coerce").to_numpy(dtype=np.float64)
        if "retention_days" in cameras
        else np.full(len(cameras), np.nan)
    )
    any_class = np.bincount(coverage.stretches["camera"], minlength=len(cameras)) > 0
    mine = live_stretches(coverage, np.ones(len(cameras), dtype=bool))
    enough = np.bincount(mine["camera"], minlength=len(cameras)) > 0
    flags = {
        "retention_short": kept < retention_days,
        "retention_unknown": np.isnan(kept),
        "too_few_pixels": any_class & ~enough,
        "heading_unknown": np.array(["heading_deg" in names for names in cameras["assumed"]], dtype=bool),
        "lens_unknown": np.array(["lens" in names for names in cameras["assumed"]], dtype=bool),
    }
    out = []
    for row, excluded in enumerate(cameras["excluded"]):
        codes = [name for name, mine in flags.items() if mine[row]]
        out.append([*codes, str(excluded)] if isinstance(excluded, str) else codes)
    return out


def count_reasons(connectable: pd.DataFrame) -> dict[str, int]:
    """Return how many cameras cannot be connected, by reason."""
    return dict(sorted(Counter(connectable["reason"].dropna()).items()))


def _told_no(cameras: pd.DataFrame) -> np.ndarray:
    """Return False where a refusal is recorded, None where nothing is."""
    if "consent" not in cameras:
        return np.full(len(cameras), None, dtype=object)
    return np.array(
        [False if value is False or value == 0 else None for value in cameras["consent"]], dtype=object
    )


def _alone(
    coverage: Coverage, cut: Callable[[pd.DataFrame], Cells], rows: np.ndarray, worth: Worth
) -> tuple[np.ndarray, np.ndarray]:
    position = np.full(len(coverage.cameras), -1)
    position[rows] = np.arange(len(rows))
    mine = live_stretches(coverage, position >= 0)
    stretches = mine.assign(option=position[mine["camera"].to_numpy()])
    cells = cut(stretches)
    cover = expect_cover(coverage, cells, stretches, options=len(rows), worth=worth)
    return cover.gains(cover.base), cover.chance @ (cells.metres * cover.base.never)
