"""What each camera has a clear line to: regions that high walls bound, and the low walls within."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from .eyes import Eye, best_eye, hides_all, highest
from .low_walls import LowWalls, draw_low_shadows, find_low_walls
from .obstacles import Obstacles
from .visibility import round_disc, visible_regions


@dataclass(frozen=True)
class Sight:
    """What cameras have a clear line to.

    Attributes
    ----------
    regions : ndarray of Polygon (n,)
        Bounded by walls that no possible eye looks over, nor up to a bridge.
    low : LowWalls
        The walls within that hide only a part of what is behind them.
    """

    regions: NDArray[np.object_] = field(repr=False)
    low: LowWalls = field(repr=False)

    def drawn(
        self,
        points: NDArray[np.float64],
        eyes: list[tuple[Eye, ...]],
        reach_m: NDArray[np.float64],
        *,
        target_m: float,
    ) -> NDArray[np.object_]:
        """Return the regions less what low walls hide from the eye of each camera that sees most."""
        out = self.regions.copy()
        for camera in np.flatnonzero(np.diff(self.low.first)):
            eye, reach = best_eye(eyes[camera]), float(reach_m[camera])
            shadow = draw_low_shadows(int(camera), eye, self.low, reach_m=reach, target_m=target_m)
            here = shapely.transform(shadow, lambda xy, at=points[camera]: xy + at)
            out[camera] = shapely.difference(out[camera], here)
        return out


def clear_sight(
    points: NDArray[np.float64],
    eyes: list[tuple[Eye, ...]],
    obstacles: Obstacles,
    *,
    reach_m: NDArray[np.float64],
    target_m: float,
    deck_m: ArrayLike = 0.0,
) -> Sight:
    """Work out what each camera has a clear line to.

    Parameters
    ----------
    points : ndarray (n, 2)
        Where they hang, metres.
    eyes : list of tuple of Eye
        The heights each may hang at.
    obstacles : Obstacles
    reach_m : ndarray (n,)
        How far each may see.
    target_m : float
        Height of what must be seen.
    deck_m : float or array_like (n,)
        How high the highest bridge in reach of each lies: from below one looks up to it over walls.

    Returns
    -------
    Sight
    """
    above = np.maximum(highest(eyes), target_m + np.asarray(deck_m, dtype=np.float64))
    regions = visible_regions(
        points,
        obstacles.walls,
        radius=round_disc(reach_m),
        wall_heights=hides_all(obstacles, target_m=target_m),
        eye_heights=above,
        # a fence has no inside: only where all walls are those of buildings their far sides can be left out
        solid=len(obstacles.names) == obstacles.buildings,
    )
    return Sight(regions, find_low_walls(points, regions, above, obstacles, target_m=target_m))
