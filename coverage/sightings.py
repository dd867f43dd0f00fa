"""Places -> the cameras that have them in the picture, how surely, and with how many pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .looks import Looks, possible_lenses, possible_looks
from .mounting import set_off_walls
from .optics import Optics, ladder_of
from .pictures import offsets, through_wedges
from .visibility import round_disc, visible_regions, walls_of

PIXELS: Final = ("pixels_low", "pixels_mid", "pixels_high")
SIGHTING_COLUMNS: Final = ["distance_m", "probability", *PIXELS, "quality"]

Lenses = tuple[tuple[Optics, ...], tuple[float, ...]]


@dataclass(frozen=True)
class Watch:
    """Cameras and all they have a clear line to.

    Attributes
    ----------
    register : GeoDataFrame
        Every camera (metric, where the register puts it), with `excluded`: why one takes no part, or None.
    outside : ndarray of int (n,)
        Rows of those that look at the streets; the rest of this is of them.
    points : ndarray (n, 2)
        Where they hang, set off their walls.
    looks : Looks
    lenses : list
        The optics each may have, and where the picture of each begins.
    regions : ndarray of Polygon (n,)
        What is in clear sight, to a little beyond the farthest range.
    buildings : GeoDataFrame
    classes : dict
        The ladder, the coarsest class first: from there on a camera sees a place.
    region_tree, building_tree : STRtree
    """

    register: gpd.GeoDataFrame
    outside: NDArray[np.int64]
    points: NDArray[np.float64] = field(repr=False)
    looks: Looks = field(repr=False)
    lenses: list[Lenses] = field(repr=False)
    regions: NDArray[np.object_] = field(repr=False)
    buildings: gpd.GeoDataFrame = field(repr=False)
    classes: dict[str, float]
    region_tree: shapely.STRtree = field(repr=False)
    building_tree: shapely.STRtree = field(repr=False)


class Sightings(NamedTuple):
    """What cameras have in sight and in the picture.

    Attributes
    ----------
    clear : DataFrame
        `camera` and `place` (positions) wherever nothing stands between, however the camera looks.
    seen : DataFrame
        Of those, where the place may be in the picture: `camera`, `place` and SIGHTING_COLUMNS.
    """

    clear: pd.DataFrame
    seen: pd.DataFrame


def make_watch(cameras: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, *, ladder: str = "2014") -> Watch:
    """Work out once what each camera has a clear line to.

    Parameters
    ----------
    cameras, buildings : GeoDataFrame
        Metric frames of `schema`.
    ladder : {"2014", "2025"}
        A camera sees a place from its coarsest class on.

    Returns
    -------
    Watch
    """
    classes, seen_at = ladder_of(ladder)
    hung = set_off_walls(cameras, buildings)
    outside = np.flatnonzero(hung["excluded"].isna().to_numpy())
    mine = pd.DataFrame(cameras.iloc[outside]).reset_index(drop=True)
    points = shapely.get_coordinates(hung["geometry"].to_numpy()[outside])
    looks = possible_looks(mine, classes=classes, seen_at=seen_at)
    walls, _ = walls_of(buildings)
    regions = visible_regions(points, walls, radius=round_disc(looks.farthest_m))
    shapely.prepare(regions)
    register = cameras.reset_index(drop=True).assign(excluded=hung["excluded"].to_numpy())
    return Watch(
        register=register,
        outside=outside,
        points=points,
        looks=looks,
        lenses=_lenses(mine),
        regions=regions,
        buildings=buildings.reset_index(drop=True),
        classes=dict(classes),
        region_tree=shapely.STRtree(regions),
        building_tree=shapely.STRtree(buildings.geometry.to_numpy()),
    )


def find_sightings(watch: Watch, places: NDArray[np.float64]) -> Sightings:
    """Say which cameras have each place in clear sight, and which may have it in the picture.

    Parameters
    ----------
    watch : Watch
    places : ndarray (n, 2)
        Metres.

    Returns
    -------
    Sightings
        `probability` is that of the place being in the picture with at least the coarsest class, the same
        that the coverage of streets is made of. `pixels_low`, `_mid`, `_high` are pixels per metre on the
        target given that it is in the picture: the least of what is possible, the expectation, the most;
        all the same where lens and heading are known. `quality` is the class that the least of them meets.
    """
    spots = np.asarray(shapely.points(places))
    place, camera = watch.region_tree.query(spots)
    clear = shapely.intersects(watch.regions[camera], spots[place])
    pairs = offsets(places, watch.points, camera[clear], place[clear])
    rows = pd.concat([_through_wedges(watch, pairs), _through_rings(watch, pairs)])
    told = pairs.join(rows, how="inner").drop(columns=["east", "north"])
    names = np.array(list(watch.classes), dtype=object)
    limits = np.array(list(watch.classes.values()))
    # a place on the very edge of a class belongs to it, whatever rounding says
    met = np.searchsorted(limits, told["pixels_low"].to_numpy() * (1 + 1e-9), side="right") - 1
    told["quality"] = names[np.maximum(met, 0)]
    return Sightings(pairs[["camera", "place"]], told[["camera", "place", *SIGHTING_COLUMNS]])


def _lenses(cameras: pd.DataFrame) -> list[Lenses]:
    known: dict[Lenses, Lenses] = {}
    out = []
    for camera in cameras.to_dict("records"):
        guesses, near = possible_lenses(camera)
        key = (tuple(guesses), tuple(near))
        # most cameras of a register are alike: they share one entry
        out.append(known.setdefault(key, key))
    return out


def _through_wedges(watch: Watch, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return probability and pixels, by pair, of cameras whose heading is known."""
    coarsest, density = next(iter(watch.classes.items()))
    wedges = _rows_of(watch.looks.wedges, pairs["camera"].unique())
    both = through_wedges(pairs, wedges)
    reach, far = both[coarsest].to_numpy(dtype=float), both["far_m"].to_numpy(dtype=float)
    held = (both["inside"] & ~both["too_near"]).to_numpy() & (far <= reach)
    both, reach, far = both[held], reach[held], far[held]
    both = both.assign(pixels=density * reach / np.maximum(far, 1e-3), weight=both["weight"].astype(float))
    # two lenses of one head that both hold the place are one guess: the finer picture counts
    guesses = both.groupby(["pair", "guess"]).agg(weight=("weight", "first"), pixels=("pixels", "max"))
    guesses["share"] = guesses["weight"] * guesses["pixels"]
    told = guesses.groupby("pair").agg(
        probability=("weight", "sum"),
        pixels_low=("pixels", "min"),
        pixels_high=("pixels", "max"),
        share=("share", "sum"),
    )
    told["pixels_mid"] = (told["share"] / told["probability"]).clip(told["pixels_low"], told["pixels_high"])
    return told.assign(probability=told["probability"].clip(upper=1.0)).drop(columns="share")


def _through_rings(watch: Watch, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return probability and pixels, by pair, of cameras whose heading is unknown, shared, or all round."""
    coarsest, density = next(iter(watch.classes.items()))
    rings = _rows_of(watch.looks.rings, pairs["camera"].unique())
    rings = rings[rings["quality"] == coarsest]
    both = pairs[["camera", "distance_m"]].rename_axis("pair").reset_index().merge(rings, on="camera")
    distance = both["distance_m"]
    both = both[(distance >= both["inner_m"].astype(float)) & (distance <= both["outer_m"].astype(float))]
    chance = both.groupby("pair")["probability"].max().astype(float)
    camera, away = pairs["camera"].to_numpy()[chance.index], pairs["distance_m"].to_numpy()[chance.index]
    pixels = [_pixels(watch.lenses[row], far, density) for row, far in zip(camera, away, strict=True)]
    told = pd.DataFrame(pixels, columns=list(PIXELS), index=chance.index, dtype=float)
    return told.assign(probability=chance)


def _pixels(lenses: Lenses, distance: float, coarsest: float) -> tuple[float, float, float]:
    """Return the least, expected and greatest pixels per metre over the headings that hold the place."""
    distance = max(distance, 1e-3)
    least, most, total, turn = math.inf, 0.0, 0.0, 0.0
    for optics, near in zip(*lenses, strict=True):
        if not near <= distance <= optics.farthest(coarsest):
            continue
        flat = optics.reach(coarsest) * coarsest / distance
        half = math.radians(optics.hfov_deg) / 2
        if optics.rectilinear:
            # off the axis a place is less deep, so that it has more pixels; nearer the axis too few
            inner = math.acos(min(1.0, flat / coarsest))
            low, high = flat / math.cos(inner), flat / math.cos(half)
            width = half - inner
            # the mean of 1 / cos over the angles between
            mean = (
                flat * (math.atanh(math.sin(half)) - math.atanh(math.sin(inner))) / width
                if width > 1e-9
                else high
            )
        else:
            low, mean, high, width = flat, flat, flat, half
        least, most = min(least, low), max(most, high)
        total, turn = total + width * mean, turn + width
    return least, min(max(total / turn if turn > 0 else most, least), most), most


def _rows_of(table: pd.DataFrame, cameras: NDArray[np.int64]) -> pd.DataFrame:
    """Return the rows of some cameras of a table that is sorted by camera."""
    keys = table["camera"].to_numpy(dtype=np.int64)
    wanted = np.sort(cameras)
    begin, end = np.searchsorted(keys, wanted, side="left"), np.searchsorted(keys, wanted, side="right")
    rows = np.concatenate([np.arange(a, b) for a, b in zip(begin, end, strict=True)] or [np.empty(0, int)])
    return table.iloc[rows.astype(np.int64)].astype({"camera": "int64"})
