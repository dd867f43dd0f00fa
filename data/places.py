"""Coordinates from a stranger's table, checked against the world and the city's box."""

from __future__ import annotations

import numpy as np

from ..coverage.errors import InvalidInputError, OtherPlaceError

Box = tuple[float, float, float, float]


def check_places(longitude: np.ndarray, latitude: np.ndarray, *, city_box: Box | None) -> list[str | None]:
    """Find coordinates that cannot be right.

    Parameters
    ----------
    longitude, latitude : ndarray of float
        Degrees; NaN where there is none.
    city_box : tuple of float, optional
        West, south, east, north of the city.

    Returns
    -------
    list of (str or None)
        For each row the reason: `swapped_coordinates` (they fit the other way round only),
        `out_of_range`, `zero_coordinates`, `outside_city`; None where the row is sound or has none.

    Raises
    ------
    InvalidInputError
        `file_swapped` when no row fits the city and all fit it the other way round; OtherPlaceError
        `other_place` when no row fits either way.
    """
    given = np.isfinite(longitude) & np.isfinite(latitude)
    legal = given & _is_legal(longitude, latitude)
    legal_swapped = given & _is_legal(latitude, longitude)
    zero = legal & (longitude == 0) & (latitude == 0)
    if city_box is None:
        fits, fits_swapped = legal & ~zero, legal_swapped & ~legal
    else:
        fits = legal & _is_inside(longitude, latitude, city_box)
        fits_swapped = legal_swapped & ~fits & _is_inside(latitude, longitude, city_box)
        placed = given & ~zero & (legal | fits_swapped)
        if placed.any() and not fits.any():
            if (fits_swapped | ~placed).all():
                raise InvalidInputError("file_swapped", rows=int(placed.sum()))
            raise OtherPlaceError("other_place", rows=int(placed.sum()))
    reasons: list[str | None] = [None] * len(given)
    for row in np.flatnonzero(given & ~fits):
        if fits_swapped[row]:
            reasons[row] = "swapped_coordinates"
        elif not legal[row]:
            reasons[row] = "out_of_range"
        else:
            reasons[row] = "zero_coordinates" if zero[row] else "outside_city"
    return reasons


def _is_legal(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    return (np.abs(longitude) <= 180) & (np.abs(latitude) <= 90)


def _is_inside(longitude: np.ndarray, latitude: np.ndarray, box: Box) -> np.ndarray:
    west, south, east, north = box
    return (longitude >= west) & (longitude <= east) & (latitude >= south) & (latitude <= north)
