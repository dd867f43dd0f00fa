"""Where a camera could go: on posts and facades that face a street, on the user's places, at bare corners."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .candidate_places import SOURCES, USUAL_MOUNT_M, gather_places
from .carriageways import facing_street, half_widths, on_carriageway, ways_around
from .errors import CannotHoldError, InvalidInputError
from .kernels.keep_apart import keep_apart
from .mounting import SET_OFF_M
from .streets import Floats, Ways

FACING_M: Final = 25.0
"""What is farther than this from every street does not face one."""
SPACING_M: Final = 15.0
LEAST_MOUNT_M: Final = 2.5
"""Lower than this a camera is within everybody's reach."""
REASONS: Final = ("too_low", "inside_building", "far_from_street", "on_carriageway", "faces_no_street",
                  "forbidden", "near_camera", "too_close")  # fmt: skip
"""Why a place is left out, in the order in which it is asked; the words are under `left_out.<reason>`."""
COLUMNS: Final = ("support", "support_id", "support_m", "height_m", "name", "flag", "extra_cost", "geometry")


@dataclass(frozen=True)
class Candidates:
    """The places for cameras, and what became of all the others.

    Attributes
    ----------
    places : GeoDataFrame
        As `find_candidates` returns them.
    left_out : dict of str to int
        Reason (of REASONS) -> places left out for it; the first reason that holds counts.
    own_left_out : DataFrame
        `id` and `reason` of the user's places that are not among the candidates.
    problem : CannotHoldError or None
        Where no place is left, what stands in the way, to be raised: `all_places_forbidden`,
        `all_places_near_cameras`, `no_own_places`, `own_places_unusable` or `no_place_for_camera`.
    """

    places: gpd.GeoDataFrame
    left_out: dict[str, int]
    own_left_out: pd.DataFrame
    problem: CannotHoldError | None = None


def find_candidates(
    ways: Ways,
    buildings: gpd.GeoDataFrame,
    supports: gpd.GeoDataFrame,
    *,
    spacing_m: float = SPACING_M,
    own: gpd.GeoDataFrame | None = None,
    forbidden: gpd.GeoDataFrame | None = None,
    existing: gpd.GeoDataFrame | None = None,
    sources: Collection[str] = SOURCES,
) -> gpd.GeoDataFrame:
    """List places for cameras, each with the support it would hang on.

    Parameters
    ----------
    ways : Ways
    buildings, supports : GeoDataFrame
        Metric; supports are points with `kind` (street_lamp, pole, ...) and, where known, `id`, `height_m`
        and `name`.
    spacing_m : float
        Of several candidates no farther apart than this only the first stays: the user's places before
        posts, before corners of buildings, before other facades, before road corners.
    own : GeoDataFrame, optional
        The user's places (`schema.PLACES`), metric.
    forbidden : GeoDataFrame, optional
        Areas (`schema.FORBIDDEN`), metric, in and at the edge of which no camera may hang.
    existing : GeoDataFrame, optional
        Cameras, metric. No candidate lies within `spacing_m` of a live one; without it they do not count.
    sources : collection of str
        Some of `candidate_places.SOURCES`: `own` alone asks for no other places than the user's.

    Returns
    -------
    GeoDataFrame
        Points outside buildings and off the carriageway: `support` (kind; `building_corner`, `facade`,
        `corner` for a road corner, `own` for a place of the user where nothing is mapped), `support_id`
        (of the post or building, or None), `support_m` (distance to the support, at most 2 m; NaN where
        none is known), `height_m` (at which a camera would hang), `name`, `flag` (`no_support_known` or
        None), `extra_cost` (what the user says it costs beyond the camera's price; else 0). Empty where no
        place is left; `choose_candidates` says why.

    Raises
    ------
    InvalidInputError
        For a spacing below 0 or an unknown source.

    Notes
    -----
    The width of a carriageway is the mapped one, else that of its class (`carriageways.WIDTHS_M`). A mapped
    post near the middle of a road that is mapped as wide stands on its median and is a candidate; one on
    another carriageway is left out, and so are traffic signals that are mapped as a point of the line.
    """
    return choose_candidates(
        ways, buildings, supports,
        spacing_m=spacing_m, own=own, forbidden=forbidden, existing=existing, sources=sources,
    ).places  # fmt: skip


def choose_candidates(
    ways: Ways,
    buildings: gpd.GeoDataFrame,
    supports: gpd.GeoDataFrame,
    *,
    spacing_m: float = SPACING_M,
    own: gpd.GeoDataFrame | None = None,
    forbidden: gpd.GeoDataFrame | None = None,
    existing: gpd.GeoDataFrame | None = None,
    sources: Collection[str] = SOURCES,
) -> Candidates:
    """List places for cameras and count, for each reason, what was left out; as `find_candidates`."""
    _check(spacing_m, sources)
    found = gather_places(ways, buildings, supports, own=own, sources=sources)
    points, is_own = found["geometry"].to_numpy(dtype=object), (found["source"] == "own").to_numpy(dtype=bool)
    sieve = _Sieve(len(found))
    low = found["height_m"].to_numpy(dtype=float) < LEAST_MOUNT_M
    sieve.leave_out(low & ~is_own, "too_low")
    sieve.leave_out(
        _touching(points[sieve.left], buildings.geometry.to_numpy(), SET_OFF_M / 2), "inside_building"
    )
    _ask_streets(sieve, found, ways, buildings)
    if forbidden is not None:
        sieve.leave_out(_touching(points[sieve.left], forbidden.geometry.to_numpy(), 0.0), "forbidden")
    if existing is not None:
        live = existing[existing["state"] == "live"] if "state" in existing else existing
        sieve.leave_out(_touching(points[sieve.left], live.geometry.to_numpy(), spacing_m), "near_camera")
    sieve.leave_out(~_apart(shapely.get_coordinates(points[sieve.left]), spacing_m), "too_close")

    problem = None
    if not len(sieve.left):
        problem = _nothing_left(sieve.counts(), int(is_own.sum()), sources, spacing_m, forbidden)
    kept = found.iloc[sieve.left][list(COLUMNS)].reset_index(drop=True)
    lost = np.flatnonzero(is_own & (sieve.reason >= 0))
    why = np.asarray(REASONS, dtype=object)[sieve.reason[lost]]
    return Candidates(
        gpd.GeoDataFrame(kept, geometry="geometry", crs=ways.frame.crs),
        sieve.counts(),
        pd.DataFrame({"id": found["own_id"].to_numpy(dtype=object)[lost], "reason": why}),
        problem,
    )


class _Sieve:
    """Places that are left, and why the others are not."""

    def __init__(self, count: int) -> None:
        self.reason = np.full(count, -1)
        self.left = np.arange(count)

    def leave_out(self, bad: NDArray[np.bool_], why: str) -> None:
        """Leave out some of those that are left, by a mask over them."""
        self.reason[self.left[bad]] = REASONS.index(why)
        self.left = self.left[~bad]

    def counts(self) -> dict[str, int]:
        told = np.bincount(self.reason[self.reason >= 0], minlength=len(REASONS))
        return {why: int(count) for why, count in zip(REASONS, told, strict=True) if count}


def _check(spacing_m: float, sources: Collection[str]) -> None:
    if not 0 <= spacing_m < np.inf:
        raise InvalidInputError("spacing_negative")
    if not sources or not set(sources) <= set(SOURCES):
        raise InvalidInputError("unknown_source", known=", ".join(SOURCES))


def _ask_streets(sieve: _Sieve, found: pd.DataFrame, ways: Ways, buildings: gpd.GeoDataFrame) -> None:
    """Leave out what is far from every street, on a carriageway, or behind a building."""
    points = found["geometry"].to_numpy(dtype=object)
    reach = max(FACING_M, float(half_widths(ways).max()))
    pairs = ways_around(points[sieve.left], ways, reach_m=reach)
    near = np.bincount(pairs.place[pairs.distance_m <= FACING_M], minlength=len(sieve.left)) > 0
    sieve.leave_out(~near, "far_from_street")
    pairs = pairs.of(near)
    stands = found["source"].isin(("own", "supports")).to_numpy(dtype=bool) & found["support_m"].notna()
    off_road = ~on_carriageway(pairs, ways, stands.to_numpy(dtype=bool)[sieve.left])
    sieve.leave_out(~off_road, "on_carriageway")
    pairs = pairs.of(off_road)
    # a wall that begins above the camera hides nothing from it; what the user names is theirs to judge
    walls = buildings
    if "base_m" in buildings:
        walls = buildings[~(buildings["base_m"] >= USUAL_MOUNT_M)]
    facing = facing_street(points[sieve.left], pairs, ways, walls.geometry.to_numpy())
    sieve.leave_out(~facing & (found["source"] != "own").to_numpy(dtype=bool)[sieve.left], "faces_no_street")


def _touching(
    points: NDArray[np.object_], shapes: NDArray[np.object_], distance_m: float
) -> NDArray[np.bool_]:
    """Tell which points lie in a shape or no farther from one than a distance."""
    near = np.zeros(len(points), dtype=bool)
    near[shapely.STRtree(shapes).query(points, predicate="dwithin", distance=distance_m)[0]] = True
    return near


def _apart(xy: Floats, spacing_m: float) -> NDArray[np.bool_]:
    """Tell which rows stay so that no two lie closer together than the spacing, the first ones preferred."""
    if not len(xy):
        return np.zeros(0, dtype=bool)
    # squares at least as wide as the spacing, with a free border so that each has eight others around it
    square = np.floor((xy - xy.min(axis=0)) / max(spacing_m, 1.0)).astype(np.int64) + 1
    columns = int(square[:, 1].max()) + 2
    numbers, cell = np.unique(square[:, 0] * columns + square[:, 1], return_inverse=True)
    steps = np.array([across * columns + up for across in (-1, 0, 1) for up in (-1, 0, 1)])
    wanted = numbers[:, None] + steps
    around = np.minimum(np.searchsorted(numbers, wanted), len(numbers) - 1)
    around[numbers[around] != wanted] = -1
    return keep_apart(np.ascontiguousarray(xy), cell.ravel().astype(np.int64), around, float(spacing_m))


def _nothing_left(
    left_out: dict[str, int], own: int, sources: Collection[str], spacing_m: float,
    forbidden: gpd.GeoDataFrame | None,
) -> CannotHoldError:  # fmt: skip
    banned, near = left_out.get("forbidden", 0), left_out.get("near_camera", 0)
    if near:
        return CannotHoldError(
            "all_places_near_cameras", places=near, forbidden=banned, spacing_m=float(spacing_m)
        )
    if banned:
        areas = 0 if forbidden is None else len(forbidden)
        return CannotHoldError("all_places_forbidden", places=banned, areas=areas)
    if set(sources) != {"own"}:
        return CannotHoldError("no_place_for_camera")
    if not own:
        return CannotHoldError("no_own_places")
    told = {name: left_out.get(name, 0) for name in ("inside_building", "far_from_street", "on_carriageway")}
    return CannotHoldError("own_places_unusable", places=own, **told)
