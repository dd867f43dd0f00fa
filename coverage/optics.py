"""Lens, sensor, height, tilt -> field of view, pixel density, range, dead zone. Scalars or arrays alike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import InvalidInputError

LADDERS: Final[dict[str, dict[str, float]]] = {
    "2014": {
        "monitor": 12.5,
        "detect": 25.0,
        "observe": 62.5,
        "recognise": 125.0,
        "identify": 250.0,
        "inspect": 1000.0,
    },
    "2025": {
        "overview": 20.0,
        "outline": 40.0,
        "discern": 80.0,
        "perceive": 125.0,
        "characterise": 250.0,
        "validate": 500.0,
        "scrutinise": 1500.0,
    },
}
"""Pixels per metre on the target: EN 62676-4:2015 and IEC 62676-4:2025, the coarsest class first."""
STANDARDS: Final = {"2014": "EN 62676-4:2015", "2025": "IEC 62676-4:2025"}
DEFAULT_CLASS: Final = {"2014": "observe", "2025": "discern"}
"""From this class on a place counts as seen: enough to say what a person does and wears."""
RECTILINEAR_LIMIT_DEG: Final = 120.0
"""Wider lenses are fisheyes: their pixels are spread evenly over the angle, not over the plane."""


@dataclass(frozen=True)
class Optics:
    """What decides how far and how wide a lens sees.

    Attributes
    ----------
    hfov_deg : float
        Horizontal field of view, above 0, at most 360.
    pixels_across : float
        Pixels over that field.
    """

    hfov_deg: float
    pixels_across: float

    @property
    def rectilinear(self) -> bool:
        """True where straight lines stay straight, so that pixel density depends on depth along the axis."""
        return self.hfov_deg <= RECTILINEAR_LIMIT_DEG

    def reach(self, pixels_per_metre: float) -> float:
        """Return how far this density reaches, metres: depth along the axis, or distance for a fisheye."""
        if self.rectilinear:
            return self.pixels_across / (2 * pixels_per_metre * math.tan(math.radians(self.hfov_deg) / 2))
        return self.pixels_across / (pixels_per_metre * math.radians(self.hfov_deg))

    def farthest(self, pixels_per_metre: float) -> float:
        """Return the greatest distance at which this density is met: at the edge of a rectilinear picture."""
        reach = self.reach(pixels_per_metre)
        return reach / math.cos(math.radians(self.hfov_deg) / 2) if self.rectilinear else reach


def field_of_view(focal_mm: ArrayLike, sensor_width_mm: ArrayLike) -> NDArray[np.float64]:
    """Return the horizontal field of view in degrees: 2 atan(w / 2f), for a rectilinear lens."""
    focal, width = np.asarray(focal_mm, dtype=np.float64), np.asarray(sensor_width_mm, dtype=np.float64)
    return np.degrees(2 * np.arctan(width / (2 * focal)))


def pixel_density(
    distance_m: ArrayLike, *, focal_mm: ArrayLike, sensor_width_mm: ArrayLike, pixels_across: ArrayLike
) -> NDArray[np.float64]:
    """Return pixels per metre on a target this deep along the axis: pixels f / (w d)."""
    return (
        np.asarray(pixels_across)
        * np.asarray(focal_mm)
        / (np.asarray(sensor_width_mm) * np.asarray(distance_m))
    )


def range_at(
    pixels_per_metre: ArrayLike, *, focal_mm: ArrayLike, sensor_width_mm: ArrayLike, pixels_across: ArrayLike
) -> NDArray[np.float64]:
    """Return the depth along the axis, metres, at which a density is just met: pixels f / (q w)."""
    return (
        np.asarray(pixels_across)
        * np.asarray(focal_mm)
        / (np.asarray(pixels_per_metre) * np.asarray(sensor_width_mm))
    )


def near_edge(
    height_m: ArrayLike, tilt_deg: ArrayLike, vfov_deg: ArrayLike, *, target_m: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """Return how far ahead the picture begins at a height above ground, metres.

    Parameters
    ----------
    height_m, target_m : array_like
        Height of the camera and of the target. A target at or above the camera gives 0.
    tilt_deg : array_like
        Tilt of the axis below the horizontal, degrees, down is positive.
    vfov_deg : array_like
        Vertical field of view, degrees.

    Returns
    -------
    ndarray
        (H - z) / tan(tilt + vfov / 2); 0 where the lower edge of the picture points straight down or
        behind, infinite where it does not point down at all.
    """
    drop = np.maximum(np.asarray(height_m, dtype=np.float64) - np.asarray(target_m), 0.0)
    lower = np.asarray(tilt_deg, dtype=np.float64) + np.asarray(vfov_deg) / 2
    return _distance_to_ray(drop, lower)


def far_edge(
    height_m: ArrayLike, tilt_deg: ArrayLike, vfov_deg: ArrayLike, *, target_m: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """Return how far ahead the picture ends at a height above ground, metres; infinite above the horizon."""
    drop = np.maximum(np.asarray(height_m, dtype=np.float64) - np.asarray(target_m), 0.0)
    upper = np.asarray(tilt_deg, dtype=np.float64) - np.asarray(vfov_deg) / 2
    return _distance_to_ray(drop, upper)


def vertical_field(hfov_deg: ArrayLike, *, aspect: float = 16 / 9) -> NDArray[np.float64]:
    """Return the vertical field of view of a rectilinear picture, degrees."""
    half = np.tan(np.radians(np.asarray(hfov_deg, dtype=np.float64)) / 2)
    return np.degrees(2 * np.arctan(half / aspect))


def ladder_of(ladder: str, seen_at: str | None = None) -> tuple[dict[str, float], str]:
    """Return a ladder and the class from which a place counts as seen, checked.

    Raises
    ------
    InvalidInputError
        For a ladder or a class that does not exist.
    """
    if ladder not in LADDERS:
        raise InvalidInputError("unknown_ladder", known=", ".join(LADDERS))
    classes = LADDERS[ladder]
    wanted = seen_at or DEFAULT_CLASS[ladder]
    if wanted not in classes:
        raise InvalidInputError("unknown_class", known=", ".join(classes))
    return classes, wanted


def _distance_to_ray(drop: NDArray[np.float64], below_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    slope = np.tan(np.radians(np.clip(below_deg, 0.0, 90.0)))
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.where(below_deg >= 90, 0.0, np.where(below_deg <= 0, np.inf, drop / slope))
    return np.where((drop == 0) & (below_deg > 0), 0.0, distance)
