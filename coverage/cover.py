"""Cameras, buildings and streets -> how many metres are seen, how surely, and how often."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .conditions import BY_DAY, Conditions
from .intervals import cut_everywhere, inside_disc, merge_touching, pieces_covered
from .looks import Looks
from .optics import ladder_of
from .progress import Progress, part, silent
from .results import LEVELS, TIMES, Coverage
from .schema import CAMERAS, STATES
from .seeing import see_ways
from .streets import Ways, physical_ways
from .views import draw_views

SURE: Final = 1 - 1e-9


def measure_coverage(
    streets: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    cameras: gpd.GeoDataFrame,
    *,
    ladder: str = "2014",
    seen_at: str | None = None,
    area: shapely.Polygon | None = None,
    barriers: gpd.GeoDataFrame | None = None,
    conditions: Conditions = BY_DAY,
    progress: Progress = silent,
) -> Coverage:
    """Measure the metres of street that cameras see past buildings.

    Parameters
    ----------
    streets, buildings, cameras : GeoDataFrame
        Metric frames of `schema`. Buildings hide what is behind them whatever their height.
    ladder : {"2014", "2025"}
        EN 62676-4:2015 or IEC 62676-4:2025.
    seen_at : str, optional
        Class from which a place counts as seen; `optics.DEFAULT_CLASS` of the ladder by default.
    area : Polygon, optional
        Count streets inside only; cameras and buildings outside still matter.
    barriers : GeoDataFrame, optional
        Walls, fences, hedges and rows of trees (metric), for the conditions that count them.
    conditions : Conditions
        Light, leaves, and the height of what must be seen.
    progress : Progress
        Told of each step.

    Returns
    -------
    Coverage
    """
    classes, seen_at = ladder_of(ladder, seen_at)
    progress(0.0, "streets")
    ways = physical_ways(streets, area=area)
    seen = see_ways(
        cameras,
        buildings,
        ways,
        classes=classes,
        seen_at=seen_at,
        barriers=barriers,
        conditions=conditions,
        progress=part(progress, 0.1, 0.7),
    )
    counted, looks, stretches = seen.counted, seen.looks, seen.stretches
    mine = cameras.loc[counted].reset_index(drop=True)
    progress(0.7, "figures")
    state = mine["state"].to_numpy(dtype=object)
    pieces, times = _count(stretches[stretches["quality"] == seen_at], state, ways)
    progress(0.85, "views")
    regions = seen.sight.drawn(seen.points, looks.eyes, looks.farthest_m, target_m=conditions.target_m)
    views = draw_views(
        seen.points, regions, looks, mine, classes=list(classes), seen_at=seen_at, crs=streets.crs
    )
    return Coverage(
        ladder=ladder,
        seen_at=seen_at,
        network_m=ways.length_m,
        tunnel_m=ways.tunnel_m,
        ways=ways.frame,
        stretches=stretches.assign(
            state=state[stretches["camera"]], camera=mine["id"].to_numpy()[stretches["camera"]]
        ),
        pieces=pieces,
        times=times,
        by_class=_by_highway(pieces, ways),
        by_quality=_by_quality(stretches, state, list(classes), ways),
        circle_m=_plain_circles(seen.points, looks.reach_m, state == "live", ways),
        cameras=_as_counted(cameras, seen.hung, counted, looks, stretches[stretches["quality"] == seen_at]),
        views=views,
        assumed=dict(Counter(field for fields in looks.assumed for field in fields)),
        conditions=asdict(conditions),
    )


def _count(
    seen: pd.DataFrame, state: NDArray[np.object_], ways: Ways
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Cut the ways wherever an answer changes and say, state by state, how often each piece is seen."""
    way, from_m, to_m, row, piece = _overlay(seen, ways, whole=True)
    length = to_m - from_m
    columns: dict[str, NDArray] = {"way": way, "from_m": from_m, "to_m": to_m, "length_m": length}
    table = []
    for name in STATES:
        mine = state[seen["camera"].to_numpy()[row]] == name
        chance = seen["probability"].to_numpy()[row[mine]]
        low = np.bincount(piece[mine], weights=chance >= SURE, minlength=len(way)).astype(int)
        high = np.bincount(piece[mine], minlength=len(way))
        spread = _times_seen(piece[mine], chance, len(way))
        columns |= {f"{name}_low": low, f"{name}_mid": 1 - spread[:, 0], f"{name}_high": high}
        shares = {"low": np.eye(4)[np.minimum(low, 3)], "mid": spread, "high": np.eye(4)[np.minimum(high, 3)]}
        for level in LEVELS:
            metres = length @ shares[level]
            table += [(name, level, label, float(value)) for label, value in zip(TIMES, metres, strict=True)]
    columns |= {name: ways.frame[name].to_numpy()[way] for name in ("name", "highway")}
    pieces = gpd.GeoDataFrame(columns, geometry=list(ways.lines(way, from_m, to_m)), crs=ways.frame.crs)
    return pieces, pd.DataFrame(table, columns=["state", "level", "times", "metres"])


def _overlay(
    seen: pd.DataFrame, ways: Ways, *, whole: bool
) -> tuple[NDArray, NDArray, NDArray, NDArray, NDArray]:
    """Return elementary pieces (of whole ways, or of what is seen), and the pairs of stretch and piece."""
    line, start, stop = (seen[name].to_numpy() for name in ("way", "from_m", "to_m"))
    lines, starts, stops = line, start, stop
    if whole:
        lines = np.concatenate([line, np.arange(len(ways.frame))])
        starts = np.concatenate([start, np.zeros(len(ways.frame))])
        stops = np.concatenate([stop, ways.frame["length_m"].to_numpy()])
    way, from_m, to_m = cut_everywhere(lines, starts, stops)
    row, piece = pieces_covered(way, from_m, to_m, line, start, stop)
    return way, from_m, to_m, row, piece


def _times_seen(piece: NDArray[np.int64], chance: NDArray[np.float64], pieces: int) -> NDArray[np.float64]:
    """Return for each piece the probability of being seen 0, 1, 2 and 3 or more times (Poisson binomial)."""
    spread = np.zeros((pieces, 4))
    spread[:, 0] = 1.0
    order = np.argsort(piece, kind="stable")
    piece, chance = piece[order], chance[order]
    begin = np.searchsorted(piece, piece)
    rank = np.arange(len(piece)) - begin
    for turn in range(int(rank.max(initial=-1)) + 1):
        now = rank == turn
        which, p = piece[now], chance[now][:, None]
        old = spread[which]
        new = old * (1 - p)
        new[:, 1:] += old[:, :-1] * p
        new[:, 3:] += old[:, 3:] * p
        spread[which] = new
    return spread


def _by_highway(pieces: gpd.GeoDataFrame, ways: Ways) -> pd.DataFrame:
    network = ways.frame.groupby("highway")["length_m"].sum()
    parts = []
    for state in STATES:
        for level in LEVELS:
            seen = pieces[f"{state}_{level}"]
            metres = pieces["length_m"] * (seen if level == "mid" else (seen > 0))
            total = metres.groupby(pieces["highway"]).sum()
            parts.append(
                pd.DataFrame(
                    {
                        "state": state,
                        "level": level,
                        "highway": network.index,
                        "network_m": network.to_numpy(),
                        "seen_m": total.reindex(network.index, fill_value=0.0).to_numpy(),
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def _by_quality(
    stretches: pd.DataFrame, state: NDArray[np.object_], classes: list[str], ways: Ways
) -> pd.DataFrame:
    rows = []
    state_of = state[stretches["camera"].to_numpy()]
    quality_of = stretches["quality"].to_numpy()
    for name in STATES:
        for quality in classes:
            seen = stretches[(state_of == name) & (quality_of == quality)]
            metres = dict.fromkeys(LEVELS, 0.0)
            if len(seen):
                _, from_m, to_m, row, piece = _overlay(seen, ways, whole=False)
                length, chance = to_m - from_m, seen["probability"].to_numpy()[row]
                missed = np.zeros(len(length))
                np.add.at(missed, piece, np.log1p(-np.minimum(chance, 1 - 1e-15)))
                sure = np.bincount(piece, weights=chance >= SURE, minlength=len(length)) > 0
                some = np.bincount(piece, minlength=len(length)) > 0
                mid = np.where(sure, 1.0, 1 - np.exp(missed))
                metres = {"low": length @ sure, "mid": length @ mid, "high": length @ some}
            rows += [(name, level, quality, float(metres[level])) for level in LEVELS]
    return pd.DataFrame(rows, columns=["state", "level", "quality", "seen_m"])


def _plain_circles(
    points: NDArray[np.float64], reach_m: NDArray[np.float64], live: NDArray[np.bool_], ways: Ways
) -> float:
    """Return the metres within a plain circle of the live cameras: what a buffer would claim."""
    segments = ways.segments
    ends = segments[["x0", "y0", "x1", "y1"]].to_numpy()
    tree = shapely.STRtree(shapely.linestrings(ends.reshape(-1, 2, 2)))
    camera, row = tree.query(shapely.points(points[live]), predicate="dwithin", distance=reach_m[live])
    here = points[live][camera]
    near = ends[row] - np.hstack([here, here])
    low, high = inside_disc(near, reach_m[live][camera])
    hit = high > low
    begin = segments["from_m"].to_numpy()[row]
    length = segments["to_m"].to_numpy()[row] - begin
    _, starts, stops = merge_touching(
        segments["way"].to_numpy()[row][hit], (begin + low * length)[hit], (begin + high * length)[hit]
    )
    return float((stops - starts).sum())


def _as_counted(
    cameras: gpd.GeoDataFrame,
    hung: pd.DataFrame,
    counted: NDArray[np.bool_],
    looks: Looks,
    seen: pd.DataFrame,
) -> gpd.GeoDataFrame:
    """Return one row for each camera: where it hangs, what was assumed of it, what it sees."""
    keep = [name for name in CAMERAS.names if name in cameras]
    table = gpd.GeoDataFrame(
        cameras[keep].reset_index(drop=True), geometry=list(hung["geometry"]), crs=cameras.crs
    )
    table["counted"] = counted
    table["excluded"] = hung["excluded"].to_numpy()
    table["moved_m"] = hung["moved_m"].to_numpy()
    assumed = iter(looks.assumed)
    table["assumed"] = [next(assumed) if here else [] for here in counted]
    table["heading_known"] = False
    table.loc[counted, "heading_known"] = ["heading_deg" not in fields for fields in looks.assumed]
    table["reach_m"] = np.nan
    table.loc[counted, "reach_m"] = looks.reach_m
    length = (seen["to_m"] - seen["from_m"]).to_numpy()
    chance = seen["probability"].to_numpy()
    for level, weight in (("low", chance >= SURE), ("mid", chance), ("high", np.ones(len(chance)))):
        metres = np.bincount(seen["camera"], weights=length * weight, minlength=int(counted.sum()))
        table[f"seen_{level}_m"] = 0.0
        table.loc[counted, f"seen_{level}_m"] = metres
    return table
