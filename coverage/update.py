"""A coverage brought up to date when a few cameras changed, without measuring the rest again."""

from __future__ import annotations

from collections.abc import Collection

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .assemble import Parts, assemble, digests, join_sights, sort_by_way, stretch_order
from .conditions import Conditions
from .progress import Progress, part, silent
from .results import Coverage
from .streets import Ways, ways_of_frame
from .tile_work import count, look
from .tiles import Over, Question, circle_boxes, circles, cut_cameras, cut_ways, tile_boxes

Integers = NDArray[np.int64]


def changed_cameras(coverage: Coverage, cameras: gpd.GeoDataFrame) -> tuple[set[object], set[object]]:
    """Return the ids of the cameras that are new or different, and of those that are gone."""
    known = pd.Series(coverage.cameras["digest"].to_numpy(), index=coverage.cameras["id"].to_numpy())
    now = pd.Series(digests(cameras), index=cameras["id"].to_numpy())
    same = known.reindex(now.index).to_numpy() == now.to_numpy()
    return set(now.index[~same]), set(known.index.difference(now.index))


def update_coverage(
    coverage: Coverage,
    buildings: gpd.GeoDataFrame,
    cameras: gpd.GeoDataFrame,
    *,
    barriers: gpd.GeoDataFrame | None = None,
    changed: Collection[object] | None = None,
    over: Over = map,
    progress: Progress = silent,
) -> Coverage:
    """Measure the cameras that changed, and count the ways they see or saw anew.

    Parameters
    ----------
    coverage : Coverage
        Of the same streets, buildings and barriers, with the cameras as they were.
    buildings, cameras : GeoDataFrame
        Metric frames of `schema`; the cameras as they are now, added ones among them and gone ones not.
    barriers : GeoDataFrame, optional
        Those that `coverage` was measured with.
    changed : collection of str, optional
        Ids of the cameras that are new, moved, turned or otherwise different; found by comparing every row
        where it is not given. Cameras that are gone need not be named.
    over : Over
        How a function is put to many tiles.
    progress : Progress

    Returns
    -------
    Coverage
        As `measure_coverage` would give it, with the same ladder, class, conditions and area.

    Notes
    -----
    What a camera sees depends on no other, and what is counted on a way only on the cameras that see it.
    Where the other cameras stand in another order in the register, every way is counted anew.
    """
    question = Question(coverage.ladder, coverage.seen_at, Conditions(**coverage.conditions))
    ways = ways_of_frame(coverage.ways, tunnel_m=coverage.tunnel_m)
    edges = np.append(coverage.tiles["first_way"].to_numpy(), len(ways.frame))
    fresh, place = _match(coverage, cameras, changed)
    progress(0.0, "stretches")
    cuts = cut_cameras(fresh, cameras, buildings, ways, question, barriers=barriers)
    sights = list(over(look, (cut.tile() for cut in cuts)))
    register, views = _renew_cameras(coverage, cameras, fresh, place, *join_sights(sights, cameras))
    progress(0.5, "figures")
    new = sort_by_way([sight.stretches for sight in sights], edges)
    gone = place < 0
    touched = _touched(coverage, register, fresh, gone, new, ways, edges)
    if (np.diff(place[~gone]) < 0).any():
        # the register was sorted anew: every tile's stretches are in another order
        touched = np.ones(len(touched), dtype=bool)
    stretches = _renew_stretches(coverage.stretches, new, place, touched, edges)
    watch = part(progress, 0.6, 1.0)
    tiles = [int(tile) for tile in np.flatnonzero(touched)]
    counts = []
    for counted in over(count, cut_ways(tiles, edges, ways, stretches, register, question)):
        counts.append(counted)
        watch(len(counts) / len(tiles), "figures")
    figures = coverage.tiles.iloc[:, 2:].to_numpy(copy=True)
    circle_m = coverage.tiles["circle_m"].to_numpy(copy=True)
    for tile, counted in zip(tiles, counts, strict=True):
        figures[tile], circle_m[tile] = counted.figures, counted.circle_m
    pieces = _splice(coverage.pieces, {t: c.pieces for t, c in zip(tiles, counts, strict=True)}, edges)
    return assemble(
        Parts(
            question=question,
            ways=coverage.ways,
            tunnel_m=coverage.tunnel_m,
            stretches=stretches,
            pieces=pieces,
            first_way=edges[:-1],
            figures=figures,
            circle_m=circle_m,
            cameras=register,
            views=views,
        )
    )


def _match(
    coverage: Coverage, cameras: gpd.GeoDataFrame, changed: Collection[object] | None
) -> tuple[Integers, Integers]:
    """Return the rows to measure, and for each old row its new one; -1 where it is gone or measured anew."""
    known, now = coverage.cameras["id"].to_numpy(dtype=object), cameras["id"].to_numpy(dtype=object)
    before = pd.Index(known).get_indexer(now)
    if changed is None:
        changed, _ = changed_cameras(coverage, cameras)
    same = (before >= 0) & ~pd.Index(now).isin(list(changed))
    place = np.full(len(known), -1)
    place[before[same]] = np.flatnonzero(same)
    return np.flatnonzero(~same), place


def _renew_cameras(
    coverage: Coverage,
    cameras: gpd.GeoDataFrame,
    fresh: Integers,
    place: Integers,
    added: gpd.GeoDataFrame,
    views: gpd.GeoDataFrame,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the register and the views with those of the fresh cameras put in their places."""
    old = np.flatnonzero(place >= 0)
    order = np.argsort(np.concatenate([place[old], fresh]), kind="stable")
    kept = coverage.cameras.iloc[old].reindex(columns=added.columns)
    register = _joined(kept, added).iloc[order].reset_index(drop=True)
    row = place[pd.Index(coverage.cameras["id"].to_numpy(dtype=object)).get_indexer(coverage.views["camera"])]
    both = _joined(coverage.views[row >= 0], views.drop(columns="row"))
    order = np.argsort(np.concatenate([row[row >= 0], views["row"].to_numpy()]), kind="stable")
    return register, both.iloc[order].reset_index(drop=True)


def _joined(one: gpd.GeoDataFrame, other: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    filled = [frame for frame in (one, other) if len(frame)] or [other]
    return gpd.GeoDataFrame(pd.concat(filled, ignore_index=True), crs=other.crs)


def _touched(
    coverage: Coverage,
    register: gpd.GeoDataFrame,
    fresh: Integers,
    gone: NDArray[np.bool_],
    new: pd.DataFrame,
    ways: Ways,
    edges: Integers,
) -> NDArray[np.bool_]:
    """Return for each tile whether a camera that changed sees or saw any of its ways, or reaches one."""
    stretches = coverage.stretches
    touched = np.zeros(len(edges) - 1, dtype=bool)
    for way in (stretches["way"].to_numpy()[gone[stretches["camera"].to_numpy()]], new["way"].to_numpy()):
        touched[np.searchsorted(edges, np.unique(way), side="right") - 1] = True
    tree = shapely.STRtree(tile_boxes(ways, edges))
    for cameras in (coverage.cameras[gone], register.iloc[fresh]):
        touched[tree.query(circle_boxes(circles(cameras)))[1]] = True
    return touched


def _renew_stretches(
    old: pd.DataFrame, new: pd.DataFrame, place: Integers, touched: NDArray[np.bool_], edges: Integers
) -> pd.DataFrame:
    """Return the stretches with those of cameras that are gone taken out and the new ones put in."""
    camera = old["camera"].to_numpy()
    shifted = bool((place != np.arange(len(place)))[place >= 0].any())
    moved = place.astype(np.int32)[camera] if shifted else camera
    parts = {}
    at_old = np.searchsorted(old["way"].to_numpy(), edges)
    at_new = np.searchsorted(new["way"].to_numpy(), edges)
    for tile in map(int, np.flatnonzero(touched)):
        mine = slice(at_old[tile], at_old[tile + 1])
        its = slice(at_new[tile], at_new[tile + 1])
        kept = place[camera[mine]] >= 0
        joined = {"camera": np.concatenate([moved[mine][kept], new["camera"].to_numpy()[its]])}
        for name in old.columns.drop("camera"):
            joined[name] = np.concatenate([old[name].to_numpy()[mine][kept], new[name].to_numpy()[its]])
        order = stretch_order(joined)
        parts[tile] = pd.DataFrame({name: joined[name][order] for name in old.columns}, copy=False)
    return _splice(old.assign(camera=moved) if shifted else old, parts, edges)


def _splice(table: pd.DataFrame, parts: dict[int, pd.DataFrame], edges: Integers) -> pd.DataFrame:
    """Return a table sorted by way with the rows of some tiles replaced."""
    at = np.searchsorted(table["way"].to_numpy(), edges)
    out = {}
    for name in table.columns:
        values, slices, done = table[name].to_numpy(), [], 0
        for tile, part_of in sorted(parts.items()):
            slices += [values[done : at[tile]], part_of[name].to_numpy()]
            done = at[tile + 1]
        out[name] = np.concatenate([*slices, values[done:]])
    return pd.DataFrame(out, copy=False)
