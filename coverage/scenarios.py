"""What if: cameras added, moved, turned, removed or changed, on paper; the register itself stays as it is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .catalogue import MODELS
from .errors import InvalidInputError
from .schema import CAMERAS, STATES

Action = Literal["add", "move", "turn", "remove", "set"]
ACTIONS: Final = get_args(Action)
DEFAULT_MODEL: Final = "fixed 4 mm 4 MP"
"""What an added camera is where nothing is said."""
_NEEDED: Final = {
    "add": {"place"},
    "move": {"camera", "place"},
    "turn": {"camera", "heading_deg"},
    "remove": {"camera"},
    "set": {"camera"},
}
_ALLOWED: Final = {
    "add": {"camera", "heading_deg", "state", "model", "height_m"},
    "set": {"state", "model", "height_m"},
}


@dataclass(frozen=True)
class Change:
    """One change to the cameras.

    Attributes
    ----------
    action : {"add", "move", "turn", "remove", "set"}
        `add` needs a place; `move` a camera and a place; `turn` a camera and a heading; `remove` a camera;
        `set` a camera and what is to be set: state, model or height.
    camera : str, optional
        Its id. An added camera without one is named `new-1`, `new-2` and so on.
    place : tuple of float, optional
        East and north in the metres of the register.
    heading_deg : float, optional
        0 north, 90 east; a turned head with several lenses turns as a whole.
    state : str, optional
        One of `schema.STATES`; an added camera is live by default.
    model : str, optional
        Name in `catalogue.MODELS`: kind, optics and infrared.
    height_m : float, optional
        Above the ground; that of the model for an added camera.
    """

    action: Action
    camera: str | None = None
    place: tuple[float, float] | None = None
    heading_deg: float | None = None
    state: str | None = None
    model: str | None = None
    height_m: float | None = None


@dataclass(frozen=True)
class ChangeFault:
    """What is wrong with a change: its number in the list from 1, the field, and the reason's code."""

    change: int
    field: str
    reason: str


class ChangesError(InvalidInputError):
    """Changes that cannot be made; the fact `faults` lists every ChangeFault."""

    @property
    def faults(self) -> Sequence[ChangeFault]:
        """What is wrong, in the order of the changes."""
        told = self.facts.get("faults", ())
        return told if isinstance(told, list | tuple) else ()


def check_changes(
    cameras: gpd.GeoDataFrame, changes: Sequence[Change], *, area: shapely.Polygon | None = None
) -> list[ChangeFault]:
    """List every fault of a list of changes, in its order.

    Parameters
    ----------
    cameras : GeoDataFrame
        The register (metric).
    changes : sequence of Change
        Made one after the other: a camera that was added can be turned, one that was removed cannot.
    area : Polygon, optional
        Where cameras may be put (metric).

    Returns
    -------
    list of ChangeFault
        Reasons: `missing`, `not_used`, `unknown_camera`, `camera_twice`, `outside_city`, `not_finite`,
        `out_of_range`, `unknown_word`, `nothing_set`.
    """
    known = set(cameras["id"].astype(str))
    named = _names(known, changes)
    faults: list[ChangeFault] = []
    for number, (change, identity) in enumerate(zip(changes, named, strict=True), start=1):
        told = [*_check_fields(change), *_check_values(change, area)]
        if change.action == "add":
            if identity in known:
                told.append(("camera", "camera_twice"))
            known.add(identity)
        elif change.camera is not None and identity not in known:
            told.append(("camera", "unknown_camera"))
        if change.action == "remove":
            known.discard(identity)
        faults += [ChangeFault(number, field, reason) for field, reason in told]
    return faults


def apply_changes(
    cameras: gpd.GeoDataFrame, changes: Sequence[Change], *, area: shapely.Polygon | None = None
) -> gpd.GeoDataFrame:
    """Return the register as it would be after some changes, added cameras behind the others.

    Parameters
    ----------
    cameras : GeoDataFrame
        The register (metric); it is not changed.
    changes : sequence of Change
        Made one after the other.
    area : Polygon, optional
        Where cameras may be put (metric).

    Returns
    -------
    GeoDataFrame
        Of the same columns, and those that a change fills. What a change says is no longer assumed.

    Raises
    ------
    ChangesError
        Code `changes_wrong`, with all `faults`.

    Notes
    -----
    A camera put into a building is no fault: like one of the register it is set off the wall, or left out
    of the figures as `inside_building` where no facade is near (`mounting`). One that is moved is no longer
    taken as indoor.
    """
    faults = check_changes(cameras, changes, area=area)
    if faults:
        first = faults[0]
        raise ChangesError(
            "changes_wrong",
            count=len(faults),
            change=first.change,
            field=first.field,
            reason=first.reason,
            faults=faults,
        )
    out = cameras.copy().reset_index(drop=True)
    named = _names(set(cameras["id"].astype(str)), changes)
    for change, identity in zip(changes, named, strict=True):
        if change.action == "add":
            out = _add(out, change, identity)
            continue
        row = int(np.flatnonzero(out["id"].astype(str).to_numpy() == identity)[0])
        if change.action == "remove":
            out = gpd.GeoDataFrame(out.drop(index=row).reset_index(drop=True))
        else:
            _put(out, row, _told(change, out.iloc[row]))
    return out


def named_cameras(cameras: gpd.GeoDataFrame, changes: Sequence[Change]) -> list[str]:
    """Return the ids of the cameras that changes speak of, each once, in their order."""
    return list(dict.fromkeys(_names(set(cameras["id"].astype(str)), changes)))


def _names(known: set[str], changes: Sequence[Change]) -> list[str]:
    """Return the id each change speaks of; an added camera without one gets the first that is free."""
    taken = known | {change.camera for change in changes if change.action == "add" and change.camera}
    out, number = [], 0
    for change in changes:
        identity = change.camera
        while identity is None and change.action == "add":
            number += 1
            if f"new-{number}" not in taken:
                identity = f"new-{number}"
        out.append(identity or "")
    return out


def _check_fields(change: Change) -> Iterator[tuple[str, str]]:
    given = {
        name for name in Change.__annotations__ if name != "action" and getattr(change, name) is not None
    }
    if change.action not in ACTIONS:
        yield "action", "unknown_word"
        return
    needed, allowed = _NEEDED[change.action], _ALLOWED.get(change.action, set())
    yield from ((name, "missing") for name in sorted(needed - given))
    yield from ((name, "not_used") for name in sorted(given - needed - allowed))
    if change.action == "set" and not given & allowed:
        yield "state", "nothing_set"


def _check_values(change: Change, area: shapely.Polygon | None) -> Iterator[tuple[str, str]]:
    if change.place is not None:
        if not all(map(math.isfinite, change.place)):
            yield "place", "not_finite"
        elif area is not None and not area.covers(shapely.Point(change.place)):
            yield "place", "outside_city"
    if change.camera is not None and not change.camera.strip():
        yield "camera", "missing"
    for name in ("heading_deg", "height_m"):
        value, column = getattr(change, name), CAMERAS.column(name)
        if value is None or column.low is None or column.high is None:
            continue
        if not math.isfinite(value):
            yield name, "not_finite"
        elif not column.low <= value <= column.high or (column.above_low and value == column.low):
            yield name, "out_of_range"
    if change.state is not None and change.state not in STATES:
        yield "state", "unknown_word"
    if change.model is not None and change.model not in MODELS:
        yield "model", "unknown_word"


def _told(change: Change, camera: Any) -> dict[str, Any]:
    """Return the columns that a change fills, with their values."""
    told: dict[str, Any] = {}
    if change.place is not None:
        told |= {"geometry": shapely.Point(change.place), "indoor": None}
    if change.heading_deg is not None:
        told["heading_deg"] = float(change.heading_deg)
        if camera is not None and isinstance(camera.get("headings_deg"), str):
            told["headings_deg"] = _turned(camera, change.heading_deg)
    if change.model is not None:
        model = MODELS[change.model]
        told |= {
            "kind": model.kind,
            "hfov_deg": float(model.optics.hfov_deg),
            "pixels_across": float(model.optics.pixels_across),
            "focal_mm": None,
            "sensor_width_mm": None,
            "headings_deg": None,
            "ir_range_m": float(model.ir_range_m),
        }
    if change.state is not None:
        told["state"] = change.state
    if change.height_m is not None:
        told["height_m"] = float(change.height_m)
    return told


def _turned(camera: Any, heading_deg: float) -> str:
    """Return the further headings of a head that is turned as a whole."""
    before = camera.get("heading_deg")
    by = 0.0 if before is None or before != before else heading_deg - float(before)
    more = [float(part) for part in str(camera["headings_deg"]).split(";") if part.strip()]
    return ";".join(f"{(heading + by) % 360:g}" for heading in more)


def _add(cameras: gpd.GeoDataFrame, change: Change, identity: str) -> gpd.GeoDataFrame:
    model = change.model or DEFAULT_MODEL
    whole = Change(
        "add",
        identity,
        change.place,
        change.heading_deg,
        change.state or "live",
        model,
        change.height_m if change.height_m is not None else MODELS[model].mount_height_m,
    )
    told = {"id": identity, **_told(whole, None)}
    row = {name: told[name] for name in told if told[name] is not None}
    new = gpd.GeoDataFrame([row], geometry="geometry", crs=cameras.crs)
    if not len(cameras):
        return gpd.GeoDataFrame(
            new.reindex(columns=cameras.columns.union(new.columns, sort=False)), crs=cameras.crs
        )
    return gpd.GeoDataFrame(pd.concat([cameras, new], ignore_index=True), crs=cameras.crs)


def _put(cameras: gpd.GeoDataFrame, row: int, told: dict[str, Any]) -> None:
    """Write values into a row of a frame that is ours."""
    for name, value in told.items():
        if name == "geometry":
            shapes = cameras.geometry.to_numpy().copy()
            shapes[row] = value
            cameras[cameras.geometry.name] = gpd.GeoSeries(shapes, index=cameras.index, crs=cameras.crs)
            continue
        if name not in cameras:
            if value is None:
                continue
            cameras[name] = None
        kind = next((column.kind for column in CAMERAS.columns if column.name == name), "text")
        cells = cameras[name].astype(float if kind == "number" else object).copy()
        cells.iloc[row] = value
        cameras[name] = cells
    for name in ("assumed", "synthetic"):
        if name in cameras and isinstance(cameras[name].iloc[row], list | tuple | np.ndarray):
            cells = cameras[name].copy()
            cells.iat[row] = [field for field in cells.iat[row] if field not in told]
            cameras[name] = cells
