"""What a camera would see from places it could hang at, for many lenses and headings at once."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .conditions import Conditions
from .eyes import Eye
from .looks import Looks, possible_looks
from .night import dim_stretches
from .obstacles import gather_obstacles
from .optics import LADDERS
from .overlooking import look_past_low_walls
from .results import Coverage
from .seeing import highest_deck
from .sight import Sight, clear_sight
from .streets import Ways
from .stretches import seen_stretches, sight_lines
from .views import draw_views

CAMERA: Final = (
    "kind", "heading_deg", "headings_deg", "hfov_deg", "focal_mm", "sensor_width_mm", "pixels_across",
    "height_m", "tilt_deg",
)  # fmt: skip
"""What the looks of a camera depend on."""


def see_options(
    points: NDArray[np.float64],
    options: pd.DataFrame,
    coverage: Coverage,
    ways: Ways,
    buildings: gpd.GeoDataFrame,
    *,
    barriers: gpd.GeoDataFrame | None = None,
) -> pd.DataFrame:
    """Find what options would see, under the conditions of a coverage.

    Parameters
    ----------
    points : ndarray (stands, 2)
        Where cameras would hang, metres.
    options : DataFrame
        `stand` (position among the points; every stand has at least one option) and the columns of
        `schema.CAMERAS`. All options of a stand are of one height and kind.
    coverage : Coverage
        Ladder, class and conditions are its own.
    ways : Ways
    buildings, barriers : GeoDataFrame
        Those it was measured with (metric).

    Returns
    -------
    DataFrame
        `option` (position), `way`, `from_m`, `to_m`, `probability`, at night `dark_probability`; at the
        class from which a place counts as seen.
    """
    conditions = Conditions(**coverage.conditions)
    classes = {coverage.seen_at: LADDERS[coverage.ladder][coverage.seen_at]}
    looks = _looks(options, coverage)
    stand = options["stand"].to_numpy(dtype=np.int64)
    eyes, reach, sight = _stand(points, stand, looks, coverage, ways, buildings, barriers)
    lines = sight_lines(points, sight.regions, ways, reach_m=reach)
    height = conditions.target_m + lines["deck_m"].to_numpy()
    lines = look_past_low_walls(lines, eyes, sight.low, target_m=height)
    each = pd.DataFrame({"stand": stand, "camera": np.arange(len(options))})
    lines = lines.rename(columns={"camera": "stand"}).merge(each, on="stand")
    stretches = seen_stretches(lines, looks, classes=list(classes))
    if conditions.light == "night":
        stretches = dim_stretches(stretches, lines, options, looks, classes=list(classes))
    return stretches.rename(columns={"camera": "option"})


def draw_options(
    points: NDArray[np.float64],
    options: pd.DataFrame,
    coverage: Coverage,
    ways: Ways,
    buildings: gpd.GeoDataFrame,
    *,
    barriers: gpd.GeoDataFrame | None = None,
) -> NDArray[np.object_]:
    """Return the views (metric polygons) of options, each at a point of its own."""
    out = np.full(len(options), shapely.Polygon(), dtype=object)
    if not len(options):
        return out
    looks = _looks(options, coverage)
    each = np.arange(len(options))
    eyes, reach, sight = _stand(points, each, looks, coverage, ways, buildings, barriers)
    drawn = draw_views(
        points,
        sight.drawn(points, eyes, reach, target_m=Conditions(**coverage.conditions).target_m),
        looks,
        pd.DataFrame({"id": each, "state": "live"}),
        classes=[coverage.seen_at],
        seen_at=coverage.seen_at,
        crs=coverage.ways.crs,
    )
    for position, shape in zip(drawn["camera"], drawn.geometry, strict=True):
        out[position] = shapely.union(out[position], shape)
    return out


def _looks(options: pd.DataFrame, coverage: Coverage) -> Looks:
    """Return the looks of options; those that are alike but for their place are worked out once."""
    camera = options[[name for name in CAMERA if name in options]]
    key = camera.groupby(list(camera), dropna=False, sort=False).ngroup().to_numpy(dtype=np.int64)
    kinds, first = np.unique(key, return_index=True)
    looks = possible_looks(
        camera.iloc[first].reset_index(drop=True),
        classes={coverage.seen_at: LADDERS[coverage.ladder][coverage.seen_at]},
        seen_at=coverage.seen_at,
        target_m=Conditions(**coverage.conditions).target_m,
    )
    kind = np.searchsorted(kinds, key)
    each = pd.DataFrame({"kind": kind, "camera": np.arange(len(options))})
    wedges, rings = (
        table.rename(columns={"camera": "kind"})
        .merge(each, on="kind")
        .sort_values("camera", kind="stable", ignore_index=True)[list(table)]
        for table in (looks.wedges, looks.rings)
    )
    return Looks(
        wedges,
        rings,
        looks.farthest_m[kind],
        looks.reach_m[kind],
        looks.certain[kind],
        [looks.assumed[one] for one in kind],
        [looks.eyes[one] for one in kind],
    )


def _stand(
    points: NDArray[np.float64],
    stand: NDArray[np.int64],
    looks: Looks,
    coverage: Coverage,
    ways: Ways,
    buildings: gpd.GeoDataFrame,
    barriers: gpd.GeoDataFrame | None,
) -> tuple[list[tuple[Eye, ...]], NDArray[np.float64], Sight]:
    """Return the eyes, the reach and the clear sight of each stand."""
    conditions = Conditions(**coverage.conditions)
    reach = np.zeros(len(points))
    np.maximum.at(reach, stand, looks.farthest_m)
    eyes: list[tuple[Eye, ...]] = [()] * len(points)
    for row, place in enumerate(stand):
        eyes[place] = looks.eyes[row]
    sight = clear_sight(
        points,
        eyes,
        gather_obstacles(buildings, barriers, conditions=conditions),
        reach_m=reach,
        target_m=conditions.target_m,
        deck_m=highest_deck(points, ways, reach),
    )
    return eyes, reach, sight
