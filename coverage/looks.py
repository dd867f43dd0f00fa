"""What is known of each camera's lens and heading, as the looks it may have: one row for each possibility."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .catalogue import plausible_optics
from .conditions import HEAD_M
from .optics import Optics, far_edge, near_edge, vertical_field

TAPER_STEPS: Final = 2
"""Rings that stand for the corners of a picture whose heading is unknown."""
WIDEST_WEDGE_DEG: Final = 120.0


@dataclass(frozen=True)
class Looks:
    """All cameras' possible looks.

    Attributes
    ----------
    wedges : DataFrame
        Cameras whose heading is known: `camera` (position), `guess` (which of its possible optics),
        `weight` (its probability), `heading_deg`, `half_deg`, `near_m`, `disc` (True where range is a
        distance, not a depth), and one column of range in metres for each class.
    rings : DataFrame
        Cameras whose heading is unknown, shared in time, or all round: `camera`, `quality`, `inner_m`,
        `outer_m`, `probability`.
    farthest_m : ndarray (n,)
        How far each camera may see at all, at the coarsest class.
    reach_m : ndarray (n,)
        Mean range along the axis at the class from which a place counts as seen.
    certain : ndarray of bool (n,)
        True where nothing that matters to the figures is unknown or shared.
    assumed : list of list of str
        For each camera the fields that were filled with an assumption.
    """

    wedges: pd.DataFrame
    rings: pd.DataFrame
    farthest_m: NDArray[np.float64]
    reach_m: NDArray[np.float64]
    certain: NDArray[np.bool_]
    assumed: list[list[str]]


def possible_looks(cameras: pd.DataFrame, *, classes: Mapping[str, float], seen_at: str) -> Looks:
    """List how each camera may be looking.

    Parameters
    ----------
    cameras : DataFrame
        Columns of `schema.CAMERAS`.
    classes : mapping of str to float
        Pixels per metre of each class of the ladder, the coarsest first.
    seen_at : str
        The class from which a place counts as seen.

    Returns
    -------
    Looks

    Notes
    -----
    Optics that are not known are drawn from `catalogue.plausible_optics`, each equally likely. A heading
    that is not known is equally likely to be any; a panning camera shares its time over the full turn.
    Both see a place within range with probability hfov / 360. Where height or tilt is not known no dead
    zone is taken off, and the picture has no far edge; a camera without a heading keeps the ranges of its
    pixels alone.
    """
    coarsest = next(iter(classes.values()))
    wedges: list[dict[str, Any]] = []
    rings: list[pd.DataFrame] = []
    profiles: dict[Any, pd.DataFrame] = {}
    farthest, reach, certain, assumed = [], [], [], []
    for position, camera in enumerate(cameras.to_dict("records")):
        known = _known(camera)
        guesses, near = possible_lenses(camera)
        headings = _headings(camera)
        all_round = all(optics.hfov_deg >= 360 for optics in guesses)
        if headings and known["kind"] != "panning" and not all_round:
            for guess, optics in enumerate(guesses):
                far = _far(optics, known["height_m"], known["tilt_deg"])
                ranges = {name: min(optics.reach(density), far) for name, density in classes.items()}
                for heading in headings:
                    wedges += _wedges_of(position, guess, len(guesses), optics, heading, near[guess], ranges)
        else:
            key = (tuple(guesses), tuple(near))
            if key not in profiles:
                profiles[key] = _ring_profile(guesses, near, classes)
            rings.append(profiles[key].assign(camera=position))
        farthest.append(max(optics.farthest(coarsest) for optics in guesses))
        reach.append(float(np.mean([optics.reach(classes[seen_at]) for optics in guesses])))
        certain.append(len(guesses) == 1 and (all_round or (bool(headings) and known["kind"] != "panning")))
        assumed.append(_assumed_fields(camera, known, headings, all_round))
    return Looks(
        pd.DataFrame(wedges, columns=[*WEDGE_COLUMNS, *classes]),
        pd.concat(rings, ignore_index=True) if rings else pd.DataFrame(columns=[*RING_COLUMNS, "camera"]),
        np.array(farthest, dtype=np.float64),
        np.array(reach, dtype=np.float64),
        np.array(certain, dtype=bool),
        assumed,
    )


def possible_lenses(camera: Mapping[str, Any]) -> tuple[list[Optics], list[float]]:
    """Return the optics a camera may have, equally likely, and how far ahead the picture of each begins."""
    known = _known(camera)
    guesses = plausible_optics(
        known["kind"],
        known["hfov_deg"],
        known["focal_mm"],
        known["sensor_width_mm"],
        known["pixels_across"],
    )
    return guesses, [_near(optics, known["height_m"], known["tilt_deg"]) for optics in guesses]


WEDGE_COLUMNS: Final = ["camera", "guess", "weight", "heading_deg", "half_deg", "near_m", "disc"]
RING_COLUMNS: Final = ["quality", "inner_m", "outer_m", "probability"]
_LENS_FIELDS: Final = ("hfov_deg", "focal_mm", "sensor_width_mm", "pixels_across", "height_m", "tilt_deg")


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


def _near(optics: Optics, height_m: float | None, tilt_deg: float | None) -> float:
    if height_m is None or tilt_deg is None or not optics.rectilinear:
        return 0.0
    near = float(near_edge(height_m, tilt_deg, vertical_field(optics.hfov_deg), target_m=HEAD_M))
    return near if np.isfinite(near) else 1e9


def _far(optics: Optics, height_m: float | None, tilt_deg: float | None) -> float:
    """Return where a head leaves the picture at its upper edge: a steep camera sees no farther."""
    if height_m is None or tilt_deg is None or not optics.rectilinear or height_m <= HEAD_M:
        return np.inf
    return float(far_edge(height_m, tilt_deg, vertical_field(optics.hfov_deg), target_m=HEAD_M))


def _wedges_of(
    position: int,
    guess: int,
    guesses: int,
    optics: Optics,
    heading: float,
    near_m: float,
    ranges: Mapping[str, float],
) -> list[dict[str, Any]]:
    """Return one wedge, or several side by side where the field is too wide for one."""
    parts = int(np.ceil(optics.hfov_deg / WIDEST_WEDGE_DEG - 1e-9))
    width = optics.hfov_deg / parts
    return [
        {
            "camera": position,
            "guess": guess,
            "weight": 1.0 / guesses,
            "heading_deg": (heading - optics.hfov_deg / 2 + width * (part + 0.5)) % 360,
            "half_deg": width / 2,
            "near_m": near_m,
            "disc": not optics.rectilinear,
            **ranges,
        }
        for part in range(parts)
    ]


def _ring_profile(guesses: list[Optics], near: list[float], classes: Mapping[str, float]) -> pd.DataFrame:
    """Return the probability of being seen, class by class, as a step function of distance."""
    rows = []
    for quality, density in classes.items():
        edges = {0.0}
        for optics, near_m in zip(guesses, near, strict=True):
            edges |= {min(near_m, optics.farthest(density)), *_taper_edges(optics, density)}
        radii = np.array(sorted(edges))
        middle = 0.5 * (radii[1:] + radii[:-1])
        share = np.mean(
            [_share_of_turn(o, density, middle, n) for o, n in zip(guesses, near, strict=True)], axis=0
        )
        rows += [
            (quality, inner, outer, p)
            for inner, outer, p in zip(radii[:-1], radii[1:], share, strict=True)
            if p > 0
        ]
    return pd.DataFrame(rows, columns=RING_COLUMNS)


def _taper_edges(optics: Optics, density: float) -> list[float]:
    reach = optics.reach(density)
    if not optics.rectilinear:
        return [reach]
    angles = np.linspace(0.0, np.radians(optics.hfov_deg) / 2, TAPER_STEPS + 1)
    return list(reach / np.cos(angles))


def _share_of_turn(
    optics: Optics, density: float, distance: NDArray[np.float64], near_m: float
) -> NDArray[np.float64]:
    """Return the share of headings with which a place at this distance is in the picture."""
    reach = optics.reach(density)
    half = optics.hfov_deg / 2
    # beyond the axis' range only the corners of a rectilinear picture still reach
    lost = (
        np.degrees(np.arccos(np.clip(reach / distance, 0.0, 1.0)))
        if optics.rectilinear
        else np.zeros(len(distance))
    )
    share = np.where(distance <= optics.farthest(density), np.maximum(half - lost, 0.0) * 2 / 360, 0.0)
    return np.where(distance >= near_m, share, 0.0)
