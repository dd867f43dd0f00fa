"""Cameras that move, dashcams and badges: seconds watched along the streets, apart from fixed cameras."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .intervals import cut_everywhere, pieces_covered
from .optics import LADDERS, ladder_of
from .seeing import see_ways
from .streets import Ways
from .tracks import Tracks

Floats = NDArray[np.float64]

GAP_S: Final = 30.0
"""Between two fixes farther apart nothing is known."""
OPTICS: Final[dict[str, dict[str, Any]]] = {
    "dashcam": {
        "kind": "fixed",
        "hfov_deg": 120.0,
        "pixels_across": 1920.0,
        "height_m": 1.3,
        "tilt_deg": 0.0,
    },
    "badge": {"kind": "fixed", "hfov_deg": 120.0, "pixels_across": 1920.0, "height_m": 1.4, "tilt_deg": 0.0},
}
"""What is taken of a camera's lens where nothing is said: usual models, assumed."""
EVERY_S: Final = 2.0
SAME_M: Final = 1.0
SAME_DEG: Final = 5.0
MOVES_M: Final = 2.0
"""Who has not gone so far between two fixes keeps the heading it had."""


@dataclass(frozen=True)
class Mobile:
    """How long moving cameras see each piece of street. Never added to what fixed cameras see.

    Attributes
    ----------
    pieces : DataFrame
        `way`, `from_m`, `to_m`, `seconds` (expected; two cameras at once count twice), sorted by way; what
        is seen for no time is left out.
    streets : DataFrame
        `name`, `metres` (seen at all), `metre_seconds`, the longest watched first.
    watched_s, gap_s : float
        Camera seconds with a known place, and those lost in gaps over GAP_S.
    settings : dict
        `ladder`, `seen_at`, and `cameras`: seconds by kind of camera.
    """

    pieces: pd.DataFrame = field(repr=False)
    streets: pd.DataFrame = field(repr=False)
    watched_s: float
    gap_s: float
    settings: dict[str, Any] = field(default_factory=dict)


def fixes_of_tracks(tracks: Tracks, units: pd.DataFrame, *, every_s: float = EVERY_S) -> pd.DataFrame:
    """Return planned places of units with cameras as fixes, one every few seconds and at each knot.

    Parameters
    ----------
    tracks : Tracks
    units : DataFrame
        `id` and `cameras`: `dashcam`, `badge`, or both in one text.
    every_s : float

    Returns
    -------
    DataFrame
        `unit`, `camera` (dashcam or badge), `seconds`, `x`, `y`; none for units in their station.
    """
    carried = dict(zip(units["id"].astype(str), units.get("cameras", pd.Series(None)), strict=False))
    frames = []
    for number, unit in enumerate(tracks.units):
        mine = slice(tracks.first[number], tracks.first[number + 1])
        out = tracks.out[mine]
        if not out.any():
            continue
        seconds = tracks.seconds[mine]
        begin, end = float(seconds[out][0]), float(seconds[np.flatnonzero(out)[-1]])
        moments = np.unique(np.concatenate([np.arange(begin, end, every_s), [end]]))
        x, y = tracks.at(moments)[number].T
        for camera in OPTICS:
            if camera in str(carried.get(unit) or ""):
                table = {"unit": unit, "camera": camera, "seconds": moments, "x": x, "y": y}
                frames.append(pd.DataFrame(table))
    columns = ["unit", "camera", "seconds", "x", "y"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def watch_moving(
    fixes: pd.DataFrame,
    buildings: gpd.GeoDataFrame,
    ways: Ways,
    *,
    ladder: str = "2014",
    seen_at: str | None = None,
    gap_s: float = GAP_S,
) -> Mobile:
    """Measure how many seconds moving cameras see each piece of street, past buildings.

    Parameters
    ----------
    fixes : DataFrame
        `unit`, `camera`, `seconds`, `x`, `y` (metres), and where known `heading_deg` (0 = north, clockwise).
        Without it a camera looks where its unit goes, and where that stands, where it went last; a camera
        that never moved may look anywhere. Lens columns of `schema.CAMERAS` take the place of OPTICS.
    buildings : GeoDataFrame
        Metric.
    ways : Ways
    ladder, seen_at
        From which class on a place is seen; see `cover.measure_coverage`.
    gap_s : float
        Two fixes farther apart than this are not bridged: the time between them counts for nothing.

    Returns
    -------
    Mobile

    Notes
    -----
    Each fix stands for half the time to its neighbours. Fixes of one camera that look the same way (within
    SAME_M and SAME_DEG) are one viewpoint for all their time.
    """
    _, seen_at = ladder_of(ladder, seen_at)
    classes = LADDERS[ladder]
    points, gone = _viewpoints(fixes, gap_s)
    kinds = points.groupby("camera")["stays"].sum().to_dict() if len(points) else {}
    settings = {"ladder": ladder, "seen_at": seen_at, "cameras": kinds}
    if not len(points):
        nothing = pd.DataFrame({"way": [], "from_m": [], "to_m": [], "seconds": []})
        return Mobile(nothing, _by_street(nothing, ways), 0.0, gone, settings)
    cameras = gpd.GeoDataFrame(
        points.drop(columns=["x", "y"]).assign(state="live", id=[str(row) for row in range(len(points))]),
        geometry=gpd.points_from_xy(points["x"], points["y"]),
        crs=ways.frame.crs,
    )
    seen = see_ways(cameras, buildings, ways, classes=classes, seen_at=seen_at)
    stays = points["stays"].to_numpy()[seen.counted]
    good = seen.stretches[seen.stretches["quality"] == seen_at]
    spent = stays[good["camera"].to_numpy(dtype=np.int64)] * good["probability"].to_numpy(dtype=np.float64)
    way = good["way"].to_numpy(dtype=np.int64)
    low, high = (good[name].to_numpy(dtype=np.float64) for name in ("from_m", "to_m"))
    line, since, until = cut_everywhere(way, low, high)
    stretch, piece = pieces_covered(line, since, until, way, low, high)
    seconds = np.bincount(piece, weights=spent[stretch], minlength=len(line))
    pieces = pd.DataFrame({"way": line, "from_m": since, "to_m": until, "seconds": seconds})
    pieces = pieces[pieces["seconds"] > 0].reset_index(drop=True)
    return Mobile(pieces, _by_street(pieces, ways), float(points["stays"].sum()), gone, settings)


def _viewpoints(fixes: pd.DataFrame, gap_s: float) -> tuple[pd.DataFrame, float]:
    """Return where cameras look from and for how long: columns of `schema.CAMERAS`, `x`, `y`, `stays`."""
    frames, gone = [], 0.0
    lens = ["kind", "hfov_deg", "focal_mm", "sensor_width_mm", "pixels_across", "height_m", "tilt_deg"]
    for (_, camera), mine in fixes.groupby(["unit", "camera"], sort=True):
        mine = mine.sort_values("seconds", kind="stable").drop_duplicates("seconds")
        seconds = mine["seconds"].to_numpy(dtype=np.float64)
        step = np.diff(seconds)
        known = np.where(step <= gap_s, step, 0.0)
        gone += float(step[step > gap_s].sum())
        stays = 0.5 * (np.concatenate([[0.0], known]) + np.concatenate([known, [0.0]]))
        table = pd.DataFrame(OPTICS[str(camera)], index=mine.index)
        for name in lens:
            if name in mine:
                table[name] = mine[name]
        table["camera"] = camera
        table["heading_deg"] = mine["heading_deg"] if "heading_deg" in mine else _headings(mine, step, gap_s)
        frames.append(table.assign(x=mine["x"], y=mine["y"], stays=stays))
    if not frames:
        return pd.DataFrame(), 0.0
    points = pd.concat(frames, ignore_index=True)
    points = points[points["stays"] > 0]
    alike = points.assign(
        x=(points["x"] / SAME_M).round(),
        y=(points["y"] / SAME_M).round(),
        heading_deg=(points["heading_deg"] / SAME_DEG).round() % (360 / SAME_DEG),
    ).drop(columns="stays")
    group = alike.groupby(list(alike.columns), dropna=False, sort=False).ngroup().to_numpy()
    _, first = np.unique(group, return_index=True)
    whole = points.iloc[first].reset_index(drop=True)
    whole["stays"] = np.bincount(group, weights=points["stays"].to_numpy())
    return whole, gone


def _headings(fixes: pd.DataFrame, step: Floats, gap_s: float) -> Floats:
    """Return where each fix goes: to the next, else as before, at first as it will."""
    away = np.diff(fixes[["x", "y"]].to_numpy(dtype=np.float64), axis=0)
    angle = np.degrees(np.arctan2(away[:, 0], away[:, 1])) % 360
    angle[(np.hypot(*away.T) < MOVES_M) | (step > gap_s)] = np.nan
    return pd.Series(np.append(angle, np.nan)).ffill().bfill().to_numpy(dtype=np.float64)


def _by_street(pieces: pd.DataFrame, ways: Ways) -> pd.DataFrame:
    names = ways.frame["name"].to_numpy(dtype=object)[pieces["way"].to_numpy(dtype=np.int64)]
    metres = (pieces["to_m"] - pieces["from_m"]).to_numpy(dtype=np.float64)
    table = pd.DataFrame(
        {"name": names, "metres": metres, "metre_seconds": metres * pieces["seconds"].to_numpy(np.float64)}
    )
    out = table.groupby("name", dropna=False).sum().sort_values("metre_seconds", ascending=False)
    out = out.reset_index()
    return out.assign(name=out["name"].astype(object).where(out["name"].notna(), None))
