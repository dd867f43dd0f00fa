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

from .conditions import BY_DAY, Conditions
from .eyes import ANY_EYE
from .looks import Looks, possible_looks, possible_reaches
from .mounting import set_off_walls
from .night import infrared
from .obstacles import gather_obstacles
from .optics import ladder_of
from .overlooking import sees_past_low_walls
from .pictures import offsets, through_wedges
from .projection import WGS84
from .rings import Reach
from .sight import Sight, clear_sight
from .streets import Ways, physical_ways

PIXELS: Final = ("pixels_low", "pixels_mid", "pixels_high")
SIGHTING_COLUMNS: Final = ["distance_m", "probability", *PIXELS, "quality"]


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
    reaches : list of tuple of Reach
        What the lens of each may hold.
    infrared_m, infrared_chance : ndarray (n,)
        How far the own light of each reaches, and how likely it has any.
    sight : Sight
        What is in clear sight, to a little beyond the farthest range.
    buildings : GeoDataFrame
    classes : dict
        The ladder, the coarsest class first: from there on a camera sees a place.
    target_m : float
        Height of what must be seen.
    ways : Ways or None
        The streets, of which some are lit at night.
    journal : DataFrame or None
        When which camera was in which state.
    lon, lat : float
        Where the city lies, for its nights.
    region_tree, building_tree : STRtree
    """

    register: gpd.GeoDataFrame
    outside: NDArray[np.int64]
    points: NDArray[np.float64] = field(repr=False)
    looks: Looks = field(repr=False)
    reaches: list[tuple[Reach, ...]] = field(repr=False)
    infrared_m: NDArray[np.float64] = field(repr=False)
    infrared_chance: NDArray[np.float64] = field(repr=False)
    sight: Sight = field(repr=False)
    buildings: gpd.GeoDataFrame = field(repr=False)
    classes: dict[str, float]
    target_m: float
    ways: Ways | None = field(repr=False)
    journal: pd.DataFrame | None = field(repr=False)
    lon: float
    lat: float
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
    dark : DataFrame
        The same of those that would have it in the picture, but for want of light.
    """

    clear: pd.DataFrame
    seen: pd.DataFrame
    dark: pd.DataFrame


def make_watch(
    cameras: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    *,
    ladder: str = "2014",
    streets: gpd.GeoDataFrame | None = None,
    barriers: gpd.GeoDataFrame | None = None,
    journal: pd.DataFrame | None = None,
    conditions: Conditions = BY_DAY,
) -> Watch:
    """Work out once what each camera has a clear line to.

    Parameters
    ----------
    cameras, buildings : GeoDataFrame
        Metric frames of `schema`.
    ladder : {"2014", "2025"}
        A camera sees a place from its coarsest class on.
    streets : GeoDataFrame, optional
        Metric; at night it matters which of them are lit.
    barriers : GeoDataFrame, optional
        Walls, fences, hedges and rows of trees (metric), for the conditions that count them.
    journal : DataFrame, optional
        `camera`, `state`, `since`; without it the register's states hold for all times.
    conditions : Conditions
        Their light does not matter here: it is asked for each place.

    Returns
    -------
    Watch
    """
    classes, seen_at = ladder_of(ladder)
    hung = set_off_walls(cameras, buildings)
    outside = np.flatnonzero(hung["excluded"].isna().to_numpy())
    mine = pd.DataFrame(cameras.iloc[outside]).reset_index(drop=True)
    points = shapely.get_coordinates(hung["geometry"].to_numpy()[outside])
    target_m = conditions.target_m
    looks = possible_looks(mine, classes=classes, seen_at=seen_at, target_m=target_m)
    obstacles = gather_obstacles(buildings, barriers, conditions=conditions)
    sight = clear_sight(points, looks.eyes, obstacles, reach_m=looks.farthest_m, target_m=target_m)
    shapely.prepare(sight.regions)
    reach, chance = infrared(mine)
    lon, lat = _where(cameras)
    return Watch(
        register=cameras.reset_index(drop=True).assign(excluded=hung["excluded"].to_numpy()),
        outside=outside,
        points=points,
        looks=looks,
        reaches=_reaches(mine, target_m),
        infrared_m=reach,
        infrared_chance=chance,
        sight=sight,
        buildings=buildings.reset_index(drop=True),
        classes=dict(classes),
        target_m=target_m,
        ways=None if streets is None else physical_ways(streets),
        journal=journal,
        lon=lon,
        lat=lat,
        region_tree=shapely.STRtree(sight.regions),
        building_tree=shapely.STRtree(buildings.geometry.to_numpy()),
    )


def find_sightings(
    watch: Watch, places: NDArray[np.float64], *, lit_share: NDArray[np.float64] | None = None
) -> Sightings:
    """Say which cameras have each place in clear sight, and which may have it in the picture.

    Parameters
    ----------
    watch : Watch
    places : ndarray (n, 2)
        Metres.
    lit_share : ndarray (n,), optional
        How likely a place has light enough without that of the camera: 1 by day and under a lamp. All 1 by
        default.

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
    clear = shapely.intersects(watch.sight.regions[camera], spots[place])
    pairs = offsets(places, watch.points, camera[clear], place[clear])
    height = np.full(len(pairs), watch.target_m)
    past = sees_past_low_walls(pairs, watch.looks.eyes, watch.sight.low, target_m=height)
    rows = pd.concat([_through_wedges(watch, pairs, past), _through_rings(watch, pairs, past)])
    told = pairs.join(rows, how="inner").drop(columns=["east", "north"])
    names = np.array(list(watch.classes), dtype=object)
    limits = np.array(list(watch.classes.values()))
    # a place on the very edge of a class belongs to it, whatever rounding says
    met = np.searchsorted(limits, told["pixels_low"].to_numpy() * (1 + 1e-9), side="right") - 1
    told["quality"] = names[np.maximum(met, 0)]
    told = told[["camera", "place", *SIGHTING_COLUMNS]]
    seen, dark = told, told.iloc[:0]
    if lit_share is not None:
        light = _light(watch, told, lit_share[told["place"].to_numpy(dtype=np.int64)])
        seen = told.assign(probability=told["probability"] * light)[light > 0]
        dark = told[light == 0]
    in_sight = pairs.loc[np.unique(past["pair"]), ["camera", "place"]]
    return Sightings(in_sight, seen, dark)


def _light(watch: Watch, told: pd.DataFrame, lit_share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how likely each pair of camera and place has light enough."""
    camera = told["camera"].to_numpy(dtype=np.int64)
    near = told["distance_m"].to_numpy() <= watch.infrared_m[camera]
    return lit_share + (1 - lit_share) * np.where(near, watch.infrared_chance[camera], 0.0)


def _where(cameras: gpd.GeoDataFrame) -> tuple[float, float]:
    if cameras.crs is None or not len(cameras):
        return 0.0, 0.0
    west, south, east, north = cameras.total_bounds
    middle = gpd.GeoSeries([shapely.Point((west + east) / 2, (south + north) / 2)], crs=cameras.crs)
    lon, lat = shapely.get_coordinates(middle.to_crs(WGS84).to_numpy())[0]
    return float(lon), float(lat)


def _reaches(cameras: pd.DataFrame, target_m: float) -> list[tuple[Reach, ...]]:
    # most cameras of a register are alike: they share one entry
    known: dict[tuple[Reach, ...], tuple[Reach, ...]] = {}
    mine = (possible_reaches(camera, target_m=target_m) for camera in cameras.to_dict("records"))
    return [known.setdefault(reaches, reaches) for reaches in mine]


def _through_wedges(watch: Watch, pairs: pd.DataFrame, past: pd.DataFrame) -> pd.DataFrame:
    """Return probability and pixels, by pair, of cameras whose heading is known."""
    coarsest, density = next(iter(watch.classes.items()))
    wedges = _rows_of(watch.looks.wedges, pairs["camera"].unique())
    if not len(wedges):
        return pd.DataFrame(columns=["probability", *PIXELS], dtype=float)
    both = through_wedges(pairs, wedges).merge(past, on="pair", suffixes=("", "_past"))
    both = both[(both["eye_past"] == ANY_EYE) | (both["eye_past"] == both["eye"])]
    reach, depth = both[coarsest].to_numpy(dtype=float), both["depth_m"].to_numpy(dtype=float)
    held = (both["inside"] & ~both["too_near"] & ~both["too_far"]).to_numpy() & (depth <= reach)
    both, reach, depth = both[held], reach[held], depth[held]
    both = both.assign(pixels=density * reach / np.maximum(depth, 1e-3), weight=both["weight"].astype(float))
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


def _through_rings(watch: Watch, pairs: pd.DataFrame, past: pd.DataFrame) -> pd.DataFrame:
    """Return probability and pixels, by pair, of cameras whose heading is unknown, shared, or all round."""
    coarsest, density = next(iter(watch.classes.items()))
    rings = _rows_of(watch.looks.rings, pairs["camera"].unique())
    rings = rings[rings["quality"] == coarsest]
    if not len(rings):
        return pd.DataFrame(columns=["probability", *PIXELS], dtype=float)
    both = past.join(pairs[["camera", "distance_m"]], on="pair").merge(rings, on=["camera", "eye"])
    distance = both["distance_m"]
    both = both[(distance >= both["inner_m"].astype(float)) & (distance <= both["outer_m"].astype(float))]
    # on the rim between two rings of one eye the likelier counts; what several eyes see adds up
    chance = (
        both.groupby(["pair", "eye"])["probability"].max().astype(float).groupby("pair").sum().clip(upper=1.0)
    )
    camera, away = pairs["camera"].to_numpy()[chance.index], pairs["distance_m"].to_numpy()[chance.index]
    pixels = [_pixels(watch.reaches[row], far, density) for row, far in zip(camera, away, strict=True)]
    told = pd.DataFrame(pixels, columns=list(PIXELS), index=chance.index, dtype=float)
    return told.assign(probability=chance)


def _pixels(reaches: tuple[Reach, ...], distance: float, coarsest: float) -> tuple[float, float, float]:
    """Return the least, expected and greatest pixels per metre over the headings that hold the place."""
    distance = max(distance, 1e-3)
    least, most, total, turn = math.inf, 0.0, 0.0, 0.0
    for optics, near, far, weight in reaches:
        flat = optics.reach(coarsest) * coarsest / distance
        half = math.radians(optics.hfov_deg) / 2
        if optics.rectilinear:
            # off the axis a place is less deep: too near there, on the axis too far or with too few pixels
            inner = math.acos(min(1.0, flat / coarsest, far / distance))
            outer = min(half, math.acos(min(1.0, near / distance)))
            if near > distance or outer < inner:
                continue
            low, high, width = flat / math.cos(inner), flat / math.cos(outer), outer - inner
            # the mean of 1 / cos over the angles between
            mean = (
                flat * (math.atanh(math.sin(outer)) - math.atanh(math.sin(inner))) / width
                if width > 1e-9
                else high
            )
        elif near <= distance <= optics.reach(coarsest):
            low, mean, high, width = flat, flat, flat, half
        else:
            continue
        least, most = min(least, low), max(most, high)
        total, turn = total + weight * width * mean, turn + weight * width
    if most == 0.0:
        # a step of the likelihood reaches a little past its last possibility
        most = least = max(reach.optics.reach(coarsest) for reach in reaches) * coarsest / distance
    return least, min(max(total / turn if turn > 0 else most, least), most), most


def _rows_of(table: pd.DataFrame, cameras: NDArray[np.int64]) -> pd.DataFrame:
    """Return the rows of some cameras of a table that is sorted by camera."""
    keys = table["camera"].to_numpy(dtype=np.int64)
    wanted = np.sort(cameras)
    begin, end = np.searchsorted(keys, wanted, side="left"), np.searchsorted(keys, wanted, side="right")
    rows = np.concatenate([np.arange(a, b) for a, b in zip(begin, end, strict=True)] or [np.empty(0, int)])
    return table.iloc[rows.astype(np.int64)].astype({"camera": "int64"})
