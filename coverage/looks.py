"""What is known of each camera's lens, height and heading, as the looks it may have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .catalogue import plausible_optics
from .conditions import HEAD_M
from .eyes import ANY_EYE, Eye, possible_eyes
from .optics import Optics, far_edge, near_edge, vertical_field
from .rings import RING_COLUMNS, Reach, ring_profile

WIDEST_WEDGE_DEG: Final = 120.0
WEDGE_COLUMNS: Final = [
    "camera", "guess", "eye", "weight", "heading_deg", "half_deg", "near_m", "far_m", "drop_m", "disc"
]  # fmt: skip
NOT_IN_PICTURE: Final = 1e9


@dataclass(frozen=True)
class Looks:
    """All cameras' possible looks.

    Attributes
    ----------
    wedges : DataFrame
        Cameras whose heading is known: `camera` (position), `guess` (which of its possibilities: lens, eye
        and preset), `eye`, `weight` (its probability), `heading_deg`, `half_deg`, `near_m` and `far_m` (depth
        at which the picture begins and ends at the height of the target), `drop_m` (from the eye down to
        that height), `disc` (True where range is a distance, not a depth), and one column of range in
        metres for each class.
    rings : DataFrame
        Cameras whose heading is unknown, shared in time, or all round: `camera`, `eye` (ANY_EYE for all
        together; where there are several, also each alone), `quality`, `inner_m`, `outer_m`, `probability`.
    farthest_m : ndarray (n,)
        How far each camera may see at all, at the coarsest class.
    reach_m : ndarray (n,)
        Mean range along the axis at the class from which a place counts as seen.
    certain : ndarray of bool (n,)
        True where lens and heading are known, and the camera does not turn.
    assumed : list of list of str
        For each camera the fields that were filled with an assumption.
    eyes : list of tuple of Eye
        The heights each may hang at.
    """

    wedges: pd.DataFrame
    rings: pd.DataFrame
    farthest_m: NDArray[np.float64]
    reach_m: NDArray[np.float64]
    certain: NDArray[np.bool_]
    assumed: list[list[str]]
    eyes: list[tuple[Eye, ...]] = field(repr=False)


def possible_looks(
    cameras: pd.DataFrame, *, classes: Mapping[str, float], seen_at: str, target_m: float = HEAD_M
) -> Looks:
    """List how each camera may be looking.

    Parameters
    ----------
    cameras : DataFrame
        Columns of `schema.CAMERAS`.
    classes : mapping of str to float
        Pixels per metre of each class of the ladder, the coarsest first.
    seen_at : str
        The class from which a place counts as seen.
    target_m : float
        Height above the street of what must be seen.

    Returns
    -------
    Looks

    Notes
    -----
    Optics that are not known are drawn from `catalogue.plausible_optics`, heights from `eyes.possible_eyes`,
    each equally likely. A tilt that is not known is taken to be the one that sets the upper edge of the
    picture on the horizon, as cameras that watch a street are set: it has a dead zone, and no far edge.
    A heading that is not known is equally likely to be any; a panning camera shares its time over its
    presets (several headings), or over the full turn.
    """
    wedges: list[dict[str, Any]] = []
    rings: list[pd.DataFrame] = []
    profiles: dict[Any, pd.DataFrame] = {}
    farthest, reach, certain, assumed, eyes = [], [], [], [], []
    coarsest = next(iter(classes.values()))
    for position, camera in enumerate(cameras.to_dict("records")):
        known = _known(camera)
        lenses, mine = _lenses(known), possible_eyes(camera)
        headings = _headings(camera)
        turns = known["kind"] == "panning"
        all_round = all(optics.hfov_deg >= 360 for optics in lenses)
        if (len(headings) > 1 if turns else bool(headings)) and not all_round:
            wedges += _wedges(position, known, lenses, mine, headings, classes, target_m)
        else:
            key = (tuple(lenses), mine, known["tilt_deg"])
            if key not in profiles:
                profiles[key] = _rings(known, lenses, mine, classes, target_m)
            rings.append(profiles[key].assign(camera=position))
        farthest.append(max(optics.farthest(coarsest) for optics in lenses))
        reach.append(float(np.mean([optics.reach(classes[seen_at]) for optics in lenses])))
        certain.append(len(lenses) == 1 and not turns and (all_round or bool(headings)))
        assumed.append(_assumed_fields(camera, known, headings, all_round))
        eyes.append(mine)
    return Looks(
        pd.DataFrame(wedges, columns=[*WEDGE_COLUMNS, *classes]),
        pd.concat(rings, ignore_index=True)
        if rings
        else pd.DataFrame(columns=["eye", *RING_COLUMNS, "camera"]),
        np.array(farthest, dtype=np.float64),
        np.array(reach, dtype=np.float64),
        np.array(certain, dtype=bool),
        assumed,
        eyes,
    )


def possible_reaches(camera: Mapping[str, Any], *, target_m: float = HEAD_M) -> tuple[Reach, ...]:
    """Return what the lens of a camera may hold: every possible lens at every possible height."""
    known = _known(camera)
    return tuple(_reaches(known, _lenses(known), possible_eyes(camera), target_m))


_LENS_FIELDS: Final = ("hfov_deg", "focal_mm", "sensor_width_mm", "pixels_across", "height_m", "tilt_deg")


def _lenses(known: Mapping[str, Any]) -> list[Optics]:
    return plausible_optics(
        known["kind"], known["hfov_deg"], known["focal_mm"], known["sensor_width_mm"], known["pixels_across"]
    )


def _reaches(
    known: Mapping[str, Any], lenses: Sequence[Optics], eyes: Sequence[Eye], target_m: float
) -> list[Reach]:
    return [
        Reach(optics, *_edges(optics, eye.height_m, known["tilt_deg"], target_m), eye.weight / len(lenses))
        for eye in eyes
        for optics in lenses
    ]


def _edges(optics: Optics, height_m: float, tilt_deg: float | None, target_m: float) -> tuple[float, float]:
    """Return where the picture of a tilted lens begins and ends at the height of the target."""
    if not optics.rectilinear or height_m <= target_m:
        return 0.0, np.inf
    field = float(vertical_field(optics.hfov_deg))
    tilt = field / 2 if tilt_deg is None else tilt_deg
    near = float(near_edge(height_m, tilt, field, target_m=target_m))
    far = np.inf if tilt_deg is None else float(far_edge(height_m, tilt, field, target_m=target_m))
    return (near if np.isfinite(near) else NOT_IN_PICTURE), far


def _wedges(
    position: int,
    known: Mapping[str, Any],
    lenses: Sequence[Optics],
    eyes: Sequence[Eye],
    headings: Sequence[float],
    classes: Mapping[str, float],
    target_m: float,
) -> list[dict[str, Any]]:
    """Return the wedges of one camera: lenses of one head look at once, presets one after the other."""
    presets = [[heading] for heading in headings] if known["kind"] == "panning" else [list(headings)]
    rows, guess = [], 0
    for number, eye in enumerate(eyes):
        for reach in _reaches(known, lenses, [eye], target_m):
            ranges = {name: reach.optics.reach(density) for name, density in classes.items()}
            for preset in presets:
                common = {
                    "camera": position,
                    "guess": guess,
                    "eye": number,
                    "weight": reach.weight / len(presets),
                    "near_m": reach.near_m,
                    "far_m": reach.far_m,
                    "drop_m": max(eye.height_m - target_m, 0.0),
                    "disc": not reach.optics.rectilinear,
                    **ranges,
                }
                rows += [
                    common | side for heading in preset for side in _sides(reach.optics.hfov_deg, heading)
                ]
                guess += 1
    return rows


def _sides(hfov_deg: float, heading: float) -> list[dict[str, float]]:
    """Return one wedge, or several side by side where the field is too wide for one."""
    parts = int(np.ceil(hfov_deg / WIDEST_WEDGE_DEG - 1e-9))
    width = hfov_deg / parts
    return [
        {"heading_deg": (heading - hfov_deg / 2 + width * (part + 0.5)) % 360, "half_deg": width / 2}
        for part in range(parts)
    ]


def _rings(
    known: Mapping[str, Any],
    lenses: Sequence[Optics],
    eyes: Sequence[Eye],
    classes: Mapping[str, float],
    target_m: float,
) -> pd.DataFrame:
    """Return the rings of one camera, of all its eyes together and, where there are several, of each."""
    parts = [ring_profile(_reaches(known, lenses, eyes, target_m), classes).assign(eye=ANY_EYE)]
    if len(eyes) > 1:
        parts += [
            ring_profile(_reaches(known, lenses, [eye], target_m), classes).assign(eye=number)
            for number, eye in enumerate(eyes)
        ]
    return pd.concat(parts, ignore_index=True)


def _known(camera: Mapping[str, Any]) -> dict[str, Any]:
    """Return a camera's lens fields with missing values as None."""
    known: dict[str, Any] = {"kind": camera.get("kind") if isinstance(camera.get("kind"), str) else None}
    for name in _LENS_FIELDS:
        value = camera.get(name)
        known[name] = None if value is None or pd.isna(value) else float(value)
    return known


def _headings(camera: Mapping[str, Any]) -> list[float]:
    """Return the headings of a camera, several for a head with several lenses."""
    value = camera.get("heading_deg")
    headings = [] if value is None or pd.isna(value) else [float(value)]
    more = camera.get("headings_deg")
    if isinstance(more, str):
        headings += [float(word) for word in more.split(";") if word.strip()]
    return headings


def _assumed_fields(
    camera: Mapping[str, Any], known: Mapping[str, Any], headings: list[float], all_round: bool
) -> list[str]:
    recorded = camera.get("assumed")
    fields = list(recorded) if isinstance(recorded, (list, tuple)) else []
    if known["hfov_deg"] is None and (known["focal_mm"] is None or known["sensor_width_mm"] is None):
        fields.append("lens")
    fields += [name for name in ("pixels_across", "height_m", "tilt_deg") if known[name] is None]
    if not headings and not all_round and known["kind"] != "panning":
        fields.append("heading_deg")
    return list(dict.fromkeys(fields))
