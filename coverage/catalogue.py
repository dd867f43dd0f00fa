"""Common kinds of camera: to propose, and to fill what a register leaves open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .optics import Optics, field_of_view

SENSOR_WIDTH_MM: Final = 5.37  # the 1/2.7 inch sensor of most street cameras
USUAL_LENSES_MM: Final = (2.8, 4.0, 6.0)
USUAL_PIXELS: Final = (1920, 2560)


@dataclass(frozen=True)
class Model:
    """A camera one can buy.

    Attributes
    ----------
    name : str
    optics : Optics
    cost : float
        Price installed, in thousand tenge; a planning figure that the user replaces with an offer.
    """

    name: str
    optics: Optics
    cost: float


MODELS: Final = {
    model.name: model
    for model in (
        Model("fixed 2.8 mm 4 MP", Optics(float(field_of_view(2.8, SENSOR_WIDTH_MM)), 2560), 350.0),
        Model("fixed 4 mm 4 MP", Optics(float(field_of_view(4.0, SENSOR_WIDTH_MM)), 2560), 350.0),
        Model("fixed 6 mm 4 MP", Optics(float(field_of_view(6.0, SENSOR_WIDTH_MM)), 2560), 350.0),
        Model("panorama 8 MP", Optics(360.0, 3840), 900.0),
    )
}


def plausible_optics(
    kind: str | None,
    hfov_deg: float | None,
    focal_mm: float | None,
    sensor_mm: float | None,
    pixels: float | None,
) -> list[Optics]:
    """List the optics a camera may have, given what is known of it; each is as likely as the next.

    Parameters
    ----------
    kind : str or None
        One of `schema.KINDS`.
    hfov_deg, focal_mm, sensor_mm, pixels : float or None
        What the register says. A stated field of view wins over lens and sensor.

    Returns
    -------
    list of Optics
        One entry where everything is known.
    """
    if pixels is not None:
        counts: tuple[float, ...] = (pixels,)
    else:
        counts = (2560, 3840) if kind == "panorama" else USUAL_PIXELS
    if hfov_deg is not None:
        fields: tuple[float, ...] = (hfov_deg,)
    elif kind == "panorama":
        fields = (360.0,)
    else:
        lenses = (focal_mm,) if focal_mm is not None else _usual_lenses(kind)
        fields = tuple(float(field_of_view(lens, sensor_mm or SENSOR_WIDTH_MM)) for lens in lenses)
    return [Optics(field, count) for field in fields for count in counts]


def _usual_lenses(kind: str | None) -> tuple[float, ...]:
    if kind == "panning":
        return (4.8,)  # the wide end, at which a panning camera keeps watch
    if kind == "anpr":
        return (8.0, 12.0)
    return USUAL_LENSES_MM
