"""The parts of a coverage put together: what each tile said, in one order, and the figures added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .counting import figure_names
from .results import LEVELS, TIMES, Coverage
from .schema import CAMERAS, STATES
from .tile_work import TileSight
from .tiles import Question, is_panning

Integers = NDArray[np.int64]
ADDED = (
    "counted", "excluded", "moved_m", "assumed", "heading_known", "reach_m", "seen_low_m", "seen_mid_m",
    "seen_high_m",
)  # fmt: skip


@dataclass(frozen=True)
class Parts:
    """What a `Coverage` is made of: its own fields, and the figures of each tile of ways."""

    question: Question
    ways: gpd.GeoDataFrame
    tunnel_m: float
    stretches: pd.DataFrame
    pieces: pd.DataFrame
    first_way: Integers
    figures: NDArray[np.float64]
    circle_m: NDArray[np.float64]
    cameras: gpd.GeoDataFrame
    views: gpd.GeoDataFrame


def assemble(parts: Parts) -> Coverage:
    """Add the figures of the tiles up and return the whole."""
    question, classes = parts.question, list(parts.question.classes)
    names = figure_names(classes)
    # one after the other, in one order: the same tiles give the same last digit
    total = dict(zip(names, (float(value) for value in np.add.reduce(parts.figures, axis=0)), strict=True))
    tiles = pd.DataFrame(parts.figures, columns=names)
    tiles.insert(0, "first_way", parts.first_way)
    tiles.insert(1, "circle_m", parts.circle_m)
    times = [(s, v, n, total[f"{s} {v} {n}"]) for s in STATES for v in LEVELS for n in TIMES]
    quality = [(s, v, q, total[f"{s} {v} {q}"]) for s in STATES for q in classes for v in LEVELS]
    return Coverage(
        ladder=question.ladder,
        seen_at=question.seen_at,
        network_m=float(parts.ways["length_m"].sum()),
        tunnel_m=parts.tunnel_m,
        ways=parts.ways,
        stretches=parts.stretches,
        pieces=parts.pieces,
        times=pd.DataFrame(times, columns=["state", "level", "times", "metres"]),
        by_class=_by_highway(parts.pieces, parts.ways),
        by_quality=pd.DataFrame(quality, columns=["state", "level", "quality", "seen_m"]),
        circle_m=float(parts.circle_m.sum()),
        cameras=parts.cameras,
        views=parts.views,
        assumed=dict(Counter(name for names in parts.cameras["assumed"] for name in names)),
        conditions=asdict(question.conditions),
        panning=_panning(parts.cameras, total),
        tiles=tiles,
    )


def sort_by_way(parts: Sequence[pd.DataFrame], edges: Integers) -> pd.DataFrame:
    """Join stretches of many tiles, each sorted by way, into one table sorted by way.

    Parameters
    ----------
    parts : sequence of DataFrame
        Stretches of `Coverage`.
    edges : ndarray of int (m + 1,)
        Ways are sorted in runs `edges[i]:edges[i + 1]`, so that no more is held twice than must be.

    Returns
    -------
    DataFrame
        In an order that does not depend on the parts.
    """
    filled = [one for one in parts if len(one)] or list(parts[:1])
    if not filled:
        return no_stretches(dark=False)
    bounds = np.array([np.searchsorted(one["way"].to_numpy(), edges) for one in filled])
    counts = (bounds[:, 1:] - bounds[:, :-1]).sum(axis=0)
    begin = np.concatenate([[0], np.cumsum(counts)])
    out = {name: np.empty(begin[-1], dtype=filled[0][name].dtype) for name in filled[0]}
    arrays = [{name: one[name].to_numpy() for name in one} for one in filled]
    for tile in np.flatnonzero(counts):
        low, high = bounds[:, tile], bounds[:, tile + 1]
        mine = [
            {name: values[low[at] : high[at]] for name, values in arrays[at].items()}
            for at in np.flatnonzero(high > low)
        ]
        joined = {name: np.concatenate([one[name] for one in mine]) for name in out}
        order = stretch_order(joined)
        for name, values in joined.items():
            out[name][begin[tile] : begin[tile + 1]] = values[order]
    return pd.DataFrame(out, copy=False)


def stretch_order(columns: Any) -> Integers:
    """Return the one order of stretches: by way, camera, class and place."""
    return np.lexsort([np.asarray(columns[name]) for name in ("from_m", "quality", "camera", "way")])


def no_stretches(*, dark: bool) -> pd.DataFrame:
    """Return a table of stretches without a row."""
    kinds: dict[str, Any] = {"camera": np.int32, "way": np.int32, "from_m": float, "to_m": float}
    kinds |= {"quality": np.int8, "probability": float} | ({"dark_probability": float} if dark else {})
    return pd.DataFrame({name: np.empty(0, dtype=kind) for name, kind in kinds.items()})


def join_sights(
    sights: Sequence[TileSight], cameras: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return `Coverage.cameras` and `Coverage.views` (with `row`) of the cameras of many tiles.

    Parameters
    ----------
    sights : sequence of TileSight
        Of some rows of the register, or all.
    cameras : GeoDataFrame
        The register.
    """
    row = np.concatenate([sight.rows for sight in sights])
    order = np.argsort(row)
    added = pd.concat([sight.cameras for sight in sights], ignore_index=True).iloc[order]
    mine = cameras.iloc[row[order]]
    keep = [name for name in CAMERAS.names if name in cameras]
    table = gpd.GeoDataFrame(
        mine[keep].reset_index(drop=True), geometry=list(added.geometry.to_numpy()), crs=cameras.crs
    )
    for name in ADDED:
        table[name] = added[name].reset_index(drop=True)
    # one type and one word for nothing, whether there are texts or none
    excluded = table["excluded"].astype(object)
    table["excluded"] = excluded.where(excluded.notna(), None)
    table["digest"] = pd.Series(digests(mine), dtype=object)
    views = pd.concat([sight.views for sight in sights], ignore_index=True)
    views = views.astype(dict.fromkeys(["camera", "state", "quality"], object)).sort_values(
        "row", kind="stable", ignore_index=True
    )
    return table, gpd.GeoDataFrame(views, crs=cameras.crs)


def digests(cameras: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Return a hash of each camera's row, the same as long as nothing of it changes."""
    names = [name for name in CAMERAS.names if name in cameras]
    place = shapely.to_wkb(cameras.geometry.to_numpy())
    cells = [[None if _is_missing(cell) else str(cell) for cell in cameras[name].tolist()] for name in names]
    # names too, and what is missing left out: a column that nobody filled changes nothing
    rows = zip(place, *cells, strict=True)
    out = np.empty(len(cameras), dtype=object)
    for at, (where, *row) in enumerate(rows):
        known = [(name, cell) for name, cell in zip(names, row, strict=True) if cell is not None]
        out[at] = blake2b(repr((where, known)).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    return out


def _is_missing(cell: object) -> bool:
    return cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and cell != cell)


def _panning(cameras: pd.DataFrame, total: dict[str, float]) -> dict[str, dict[str, float]]:
    turning = is_panning(cameras) & cameras["counted"].to_numpy(dtype=bool)
    return {
        state: {
            "cameras": int((turning & (cameras["state"] == state).to_numpy()).sum()),
            "potential_m": total[f"{state} panning potential"],
            "expected_m": total[f"{state} panning expected"],
        }
        for state in STATES
    }


def _by_highway(pieces: pd.DataFrame, ways: gpd.GeoDataFrame) -> pd.DataFrame:
    highway, names = pd.factorize(ways["highway"], sort=True)
    code, length = highway[pieces["way"].to_numpy()], pieces["length_m"].to_numpy()
    network = np.bincount(highway, weights=ways["length_m"], minlength=len(names))
    parts = []
    for state in STATES:
        for level in LEVELS:
            seen = pieces[f"{state}_{level}"].to_numpy()
            share = seen if level == "mid" else (seen > 0)
            metres = np.bincount(code, weights=length * share, minlength=len(names))
            columns = {"highway": np.asarray(names, dtype=object), "network_m": network, "seen_m": metres}
            parts.append(pd.DataFrame({"state": state, "level": level, **columns}))
    return pd.concat(parts, ignore_index=True)
