"""Stretches of street that each camera sees: the one table that every figure is a sum over."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .eyes import ANY_EYE
from .intervals import cut_everywhere, inside_disc, inside_half_plane, pieces_covered
from .kernels.clip_lines import clip_lines
from .looks import Looks
from .pictures import picture_edges
from .streets import Ways

COLUMNS: Final = ["camera", "way", "from_m", "to_m", "quality", "probability"]
ENDS: Final = ["x0", "y0", "x1", "y1"]
NOTHING_SEEN: Final = pd.DataFrame(
    {
        name: pd.Series(dtype=kind)
        for name, kind in zip(
            COLUMNS, ("int64", "int64", "float64", "float64", "object", "float64"), strict=True
        )
    }
)


def sight_lines(
    viewpoints: NDArray[np.float64], regions: NDArray[np.object_], ways: Ways, *, reach_m: NDArray[np.float64]
) -> pd.DataFrame:
    """Return the straight stretches of street with a clear line to each viewpoint, whatever its lens.

    Parameters
    ----------
    viewpoints : ndarray (n, 2)
        Metres.
    regions : ndarray of Polygon (n,)
        Their visible regions.
    ways : Ways
    reach_m : ndarray (n,)
        Only segments this near are looked at.

    Returns
    -------
    DataFrame
        `camera` (position), `way`, `from_m`, `to_m`, both ends relative to the viewpoint (`x0`, `y0`, `x1`,
        `y1`), and `deck_m`, how high the street runs above the ground.
    """
    segments = ways.segments
    ends = segments[ENDS].to_numpy()
    tree = shapely.STRtree(shapely.linestrings(ends.reshape(-1, 2, 2)))
    camera, segment = tree.query(shapely.points(viewpoints), predicate="dwithin", distance=reach_m)
    corners, first = _corners(viewpoints, regions)
    row, start, stop = clip_lines(corners, first, camera, ends[segment] - np.tile(viewpoints[camera], 2))
    lines = _measure(start, stop, camera[row], segment[row], segments, viewpoints)
    return lines.assign(deck_m=ways.deck_m[lines["way"].to_numpy()])


def seen_stretches(lines: pd.DataFrame, looks: Looks, *, classes: list[str]) -> pd.DataFrame:
    """Return what each camera sees of each street, class by class.

    Parameters
    ----------
    lines : DataFrame
        Of `sight_lines`, for each eye as `overlooking.look_past_low_walls` leaves them.
    looks : Looks
    classes : list of str
        Names of the ladder's classes, the coarsest first.

    Returns
    -------
    DataFrame
        `camera` (position), `way`, `from_m`, `to_m`, `quality` (at least this class), `probability` of
        being seen so. For one camera and class no two rows overlap.
    """
    directed = _through_wedges(lines, looks.wedges, classes)
    radial = _through_rings(lines, looks.rings, classes)
    out = pd.concat(
        [frame for frame in (directed, radial) if len(frame)] or [NOTHING_SEEN], ignore_index=True
    )
    return out.sort_values(COLUMNS[:5], ignore_index=True)


def _corners(
    viewpoints: NDArray[np.float64], regions: NDArray[np.object_]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the corners of the regions relative to their viewpoints, and where those of each begin."""
    xy, owner = shapely.get_coordinates(shapely.get_exterior_ring(regions), return_index=True)
    # a ring ends where it begins
    last = np.append(owner[1:] != owner[:-1], True) if len(owner) else np.empty(0, dtype=bool)
    xy, owner = xy[~last], owner[~last]
    first = np.searchsorted(owner, np.arange(len(regions) + 1))
    return np.ascontiguousarray(xy - viewpoints[owner]), first.astype(np.int64)


def _measure(
    start: NDArray[np.float64],
    stop: NDArray[np.float64],
    camera: NDArray[np.int64],
    segment: NDArray[np.int64],
    segments: pd.DataFrame,
    viewpoints: NDArray[np.float64],
) -> pd.DataFrame:
    """Turn shares of segments into metres along their way."""
    mine = segments.iloc[segment]
    x0, y0 = mine["x0"].to_numpy(), mine["y0"].to_numpy()
    dx, dy = mine["x1"].to_numpy() - x0, mine["y1"].to_numpy() - y0
    begin, length = mine["from_m"].to_numpy(), (mine["to_m"] - mine["from_m"]).to_numpy()
    vx, vy = viewpoints[camera, 0], viewpoints[camera, 1]
    table = pd.DataFrame(
        {
            "camera": camera,
            "way": mine["way"].to_numpy(),
            "from_m": begin + start * length,
            "to_m": begin + stop * length,
            "x0": x0 + start * dx - vx,
            "y0": y0 + start * dy - vy,
            "x1": x0 + stop * dx - vx,
            "y1": y0 + stop * dy - vy,
        }
    )
    return table[table["to_m"] > table["from_m"]].reset_index(drop=True)


def _through_wedges(lines: pd.DataFrame, wedges: pd.DataFrame, classes: list[str]) -> pd.DataFrame:
    """Clip sight lines by field of view and range, and weigh the guesses of each camera."""
    both = lines.merge(wedges, on="camera", suffixes=("_of_line", ""))
    eye = both["eye_of_line"].to_numpy()
    both = both[(eye == ANY_EYE) | (eye == both["eye"].to_numpy())]
    if not len(both):
        return NOTHING_SEEN
    heading = np.radians(both["heading_deg"].to_numpy(dtype=float))
    slope = np.tan(np.radians(both["half_deg"].to_numpy(dtype=float)))
    ahead, aside = [], []
    for x, y in (("x0", "y0"), ("x1", "y1")):
        east, north = both[x].to_numpy(), both[y].to_numpy()
        ahead.append(east * np.sin(heading) + north * np.cos(heading))
        aside.append(east * np.cos(heading) - north * np.sin(heading))
    near, far = picture_edges(both)
    low, high = np.zeros(len(both)), np.ones(len(both))
    for start, stop in (
        (aside[0] - slope * ahead[0], aside[1] - slope * ahead[1]),
        (-aside[0] - slope * ahead[0], -aside[1] - slope * ahead[1]),
        (near - ahead[0], near - ahead[1]),
    ):
        part_low, part_high = inside_half_plane(start, stop)
        low, high = np.maximum(low, part_low), np.minimum(high, part_high)
    disc = both["disc"].to_numpy(dtype=bool)
    found = []
    for number, quality in enumerate(classes):
        reach = np.minimum(both[quality].to_numpy(dtype=float), far)
        deep_low, deep_high = inside_half_plane(ahead[0] - reach, ahead[1] - reach)
        round_low, round_high = inside_disc(both[ENDS].to_numpy(dtype=float), reach)
        begin = np.maximum(low, np.where(disc, round_low, deep_low))
        end = np.minimum(high, np.where(disc, round_high, deep_high))
        found.append(_rows(both, begin, end, number))
    return _weigh_guesses(pd.concat(found, ignore_index=True), classes)


def _rows(
    both: pd.DataFrame, begin: NDArray[np.float64], end: NDArray[np.float64], number: int
) -> pd.DataFrame:
    hit = end > begin
    mine = both.loc[hit, ["camera", "way", "guess", "weight", "from_m", "to_m"]]
    length = (mine["to_m"] - mine["from_m"]).to_numpy()
    start = mine["from_m"].to_numpy()
    return mine.assign(from_m=start + begin[hit] * length, to_m=start + end[hit] * length, number=number)


def _weigh_guesses(rows: pd.DataFrame, classes: list[str]) -> pd.DataFrame:
    """Add up the weights of a camera's guesses wherever they hold; its lenses of one guess count once."""
    names = rows[["camera", "number", "way"]]
    key = names.groupby(["camera", "number", "way"], sort=True).ngroup().to_numpy(dtype=np.int64)
    start, stop = rows["from_m"].to_numpy(), rows["to_m"].to_numpy()
    line, from_m, to_m = cut_everywhere(key, start, stop)
    row, piece = pieces_covered(line, from_m, to_m, key, start, stop)
    holds = pd.DataFrame(
        {"piece": piece, "guess": rows["guess"].to_numpy()[row], "weight": rows["weight"].to_numpy()[row]}
    ).drop_duplicates(["piece", "guess"])
    probability = np.bincount(holds["piece"], weights=holds["weight"], minlength=len(line))
    seen = probability > 0
    names = names.iloc[np.unique(key, return_index=True)[1]].iloc[line[seen]]
    return pd.DataFrame(
        {
            "camera": names["camera"].to_numpy(),
            "way": names["way"].to_numpy(),
            "from_m": from_m[seen],
            "to_m": to_m[seen],
            "quality": np.array(classes, dtype=object)[names["number"].to_numpy()],
            "probability": np.minimum(probability[seen], 1.0),
        }
    )


def _through_rings(lines: pd.DataFrame, rings: pd.DataFrame, classes: list[str]) -> pd.DataFrame:
    both = lines.merge(rings, on=["camera", "eye"])
    if not len(both):
        return NOTHING_SEEN
    ends = both[ENDS].to_numpy(dtype=float)
    out_low, out_high = inside_disc(ends, both["outer_m"].to_numpy(dtype=float))
    in_low, in_high = inside_disc(ends, both["inner_m"].to_numpy(dtype=float))
    missed = in_low > in_high
    parts = []
    # a street enters the ring on one side of the inner disc and leaves it on the other
    for begin, end in (
        (out_low, np.where(missed, out_high, np.minimum(in_low, out_high))),
        (np.where(missed, 1.0, np.maximum(in_high, out_low)), np.where(missed, 0.0, out_high)),
    ):
        hit = end > begin
        mine = both.loc[hit, [*COLUMNS, "eye"]]
        length = (mine["to_m"] - mine["from_m"]).to_numpy()
        start = mine["from_m"].to_numpy()
        parts.append(mine.assign(from_m=start + begin[hit] * length, to_m=start + end[hit] * length))
    rows = pd.concat(parts, ignore_index=True)
    apart = rows["eye"].to_numpy() != ANY_EYE
    if not apart.any():
        return rows[COLUMNS]
    # what several eyes see adds up, each with its own likelihood
    several = rows[apart].rename(columns={"eye": "guess", "probability": "weight"})
    number = pd.Series({name: code for code, name in enumerate(classes)})
    several["number"] = number.loc[several["quality"]].to_numpy()
    return pd.concat([rows.loc[~apart, COLUMNS], _weigh_guesses(several, classes)], ignore_index=True)
