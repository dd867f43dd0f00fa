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
    """A camera one can buy, and how it is usually hung.

    Attributes
    ----------
    name : str
    optics : Optics
    cost : float
        Price installed, in tenge; a planning figure that the user replaces with an offer.
    kind : str
        One of `schema.KINDS`.
    ir_range_m : float
        How far its infrared lights reach, metres; 0 without any.
    mount_height_m : float
        Height at which it is usually hung, metres.
    """

    name: str
    optics: Optics
    cost: float
    kind: str = "fixed"
    ir_range_m: float = 30.0
    mount_height_m: float = 5.0


def _lens(focal_mm: float, pixels: float) -> Optics:
    return Optics(float(field_of_view(focal_mm, SENSOR_WIDTH_MM)), pixels)


_FIXED_COSTS: Final = {"2 MP": 280_000.0, "4 MP": 350_000.0, "8 MP": 480_000.0}
"""Tenge; a longer lens costs the same but for the stronger lights that go with it."""
_PIXELS: Final = {"2 MP": 1920.0, "4 MP": 2560.0, "8 MP": 3840.0}
# lens -> reach of its lights, metres, and what they cost more
_FIXED_LENSES: Final = {
    2.8: (30.0, 0.0),
    4.0: (30.0, 0.0),
    6.0: (50.0, 0.0),
    8.0: (60.0, 40_000.0),
    12.0: (80.0, 60_000.0),
}

MODELS: Final = {
    model.name: model
    for model in (
        *(
            Model(f"fixed {lens:g} mm {size}", _lens(lens, _PIXELS[size]), cost + more, ir_range_m=lights)
            for size, cost in _FIXED_COSTS.items()
            for lens, (lights, more) in _FIXED_LENSES.items()
        ),
        Model("dome 2.8 mm 4 MP", _lens(2.8, 2560), 340_000.0, "dome", 30.0, 3.5),
        # a lens of 2.8 to 12 mm, at its wide and at its long end
        Model("dome varifocal wide 4 MP", _lens(2.8, 2560), 450_000.0, "dome", 40.0, 4.0),
        Model("dome varifocal long 4 MP", _lens(12.0, 2560), 450_000.0, "dome", 40.0, 4.0),
        # 4.8 to 120 mm; at the wide end it keeps watch
        Model("PTZ 4.8-120 mm 2 MP", _lens(4.8, 1920), 1_200_000.0, "panning", 150.0, 8.0),
        Model("PTZ 4.8-120 mm 4 MP", _lens(4.8, 2560), 1_500_000.0, "panning", 200.0, 8.0),
        Model("panorama 8 MP", Optics(360.0, 3840), 900_000.0, "panorama", 15.0, 4.0),
        # several lenses side by side, their pictures joined to one
        Model("multi-sensor 180 8 MP", Optics(180.0, 4096), 1_100_000.0, "panorama", 30.0, 5.0),
        Model("ANPR 8 mm 2 MP", _lens(8.0, 1920), 900_000.0, "anpr", 40.0, 5.0),
        Model("ANPR 12 mm 2 MP", _lens(12.0, 1920), 950_000.0, "anpr", 60.0, 5.0),
    )
}
"""Common kinds of camera by name. Prices, reach of lights and heights are planning figures, no offers:
round values of the middle of the market, of whole installed cameras, without poles and cables to them."""


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
