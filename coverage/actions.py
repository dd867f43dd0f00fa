"""All that could be done for more cover: cameras to install, connect, turn and repair, with their prices."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .catalogue import MODELS, Model
from .connecting import CONNECTABLE_STATES, consented
from .errors import InvalidInputError
from .expected import CHANCES, live_stretches
from .option_sight import see_options
from .results import Coverage
from .site_results import ACTIONS
from .streets import Ways

DEFAULT_MODELS: Final = ("fixed 2.8 mm 4 MP", "fixed 4 mm 4 MP", "fixed 6 mm 4 MP")
MOUNT_M: Final = 5.0
"""Height of a proposed camera where its support says nothing; its picture ends at the horizon."""
STAY: Final = "stay"
"""What a camera that could be turned does otherwise: it costs nothing and is no action."""
_LOOK: Final = ("kind", "hfov_deg", "focal_mm", "sensor_width_mm", "pixels_across", "height_m", "tilt_deg",
                "ir_range_m")  # fmt: skip


@dataclass(frozen=True)
class Prices:
    """What actions cost, in tenge: planning figures that the user replaces with offers.

    Attributes
    ----------
    models : mapping of str to float
        Price installed of models of the catalogue; its own where none is given.
    connect, aim, repair : float
        Of making one archived or registered camera live, of turning one, of mending one.
    """

    models: Mapping[str, float] = field(default_factory=dict)
    connect: float = 120_000.0
    aim: float = 25_000.0
    repair: float = 80_000.0

    def __post_init__(self) -> None:
        given = [*self.models.values(), self.connect, self.aim, self.repair]
        if not all(np.isfinite(price) and price > 0 for price in given):
            raise InvalidInputError("costs_not_positive")
        if set(self.models) - set(MODELS):
            raise InvalidInputError("unknown_model", known=", ".join(MODELS))

    def of(self, model: Model) -> float:
        """Return the price of a model."""
        return float(self.models.get(model.name, model.cost))


@dataclass(frozen=True)
class Choices:
    """What may be done, and what each choice would see.

    Attributes
    ----------
    options : DataFrame
        `action` (one of ACTIONS or STAY), `group` (at most one of a group is done), `cost` (tenge; 0 to
        stay), `camera` (row of the register, -1 for install), `place` (row of the places, -1 for the
        others), and the columns of a camera; `model` of install.
    points : ndarray (options, 2)
        Where each hangs.
    stretches : DataFrame
        Of `option_sight.see_options`.
    turning : ndarray of int
        Rows of live cameras that may be turned: their cover is that of their option STAY.
    """

    options: pd.DataFrame
    points: NDArray[np.float64] = field(repr=False)
    stretches: pd.DataFrame = field(repr=False)
    turning: NDArray[np.int64]

    def take(self, rows: NDArray[np.int64]) -> Choices:
        """Return some of the choices, numbered anew."""
        position = np.full(len(self.options), -1)
        position[rows] = np.arange(len(rows))
        mine = self.stretches[position[self.stretches["option"].to_numpy(dtype=np.int64)] >= 0]
        return Choices(
            self.options.iloc[rows].reset_index(drop=True),
            self.points[rows],
            mine.assign(option=position[mine["option"].to_numpy(dtype=np.int64)]),
            self.turning,
        )


def install_choices(
    places: gpd.GeoDataFrame,
    coverage: Coverage,
    ways: Ways,
    buildings: gpd.GeoDataFrame,
    *,
    models: Collection[str],
    headings: int,
    prices: Prices,
    barriers: gpd.GeoDataFrame | None = None,
) -> Choices:
    """List every place x model x heading (evenly round the turn); one that looks all round has no heading."""
    kinds = check_models(models)
    turn = np.arange(headings) * 360.0 / headings
    rows = [
        _describe_model(kind, prices) | {"heading_deg": heading}
        for kind in kinds
        for heading in ([np.nan] if _looks_all_round(kind) else turn)
    ]
    one = pd.DataFrame(rows)
    place = np.repeat(np.arange(len(places)), len(one))
    options = pd.concat([one] * len(places), ignore_index=True) if len(places) else one.iloc[:0]
    height = mount_heights(places)[place]
    options = options.assign(
        action="install", camera=-1, place=place, group=place, height_m=height, stand=place
    )
    if "extra_cost" in places:
        options["cost"] += places["extra_cost"].to_numpy(dtype=float)[place]
    points = shapely.get_coordinates(places.geometry.to_numpy())
    return _seen(points, options, coverage, ways, buildings, barriers)


def aim_choices(
    coverage: Coverage,
    ways: Ways,
    buildings: gpd.GeoDataFrame,
    *,
    headings: int,
    prices: Prices,
    barriers: gpd.GeoDataFrame | None = None,
) -> Choices:
    """List the headings that each live camera which can be turned could have, and STAY as it is."""
    cameras = coverage.cameras
    able = np.flatnonzero(can_turn(cameras))
    mine = cameras.iloc[able].reset_index(drop=True)
    look = mine[[name for name in _LOOK if name in mine]]
    turn = np.arange(headings) * 360.0 / headings
    stand = np.repeat(np.arange(len(able)), headings)
    options = look.iloc[stand].reset_index(drop=True)
    options = options.assign(
        action="aim", camera=able[stand], place=-1, group=stand, cost=prices.aim, stand=stand,
        heading_deg=np.tile(turn, len(able)), model=None,
    )  # fmt: skip
    points = shapely.get_coordinates(mine.geometry.to_numpy())
    turned = _seen(points, options, coverage, ways, buildings, barriers)
    stay = register_choices(coverage, able, action=STAY, cost=0.0)
    return join_choices([turned, stay], turning=able)


def register_choices(coverage: Coverage, rows: NDArray[np.int64], *, action: str, cost: float) -> Choices:
    """List cameras of the register as they stand, each as one choice with the cover the register gives it."""
    cameras = coverage.cameras
    position = np.full(len(cameras), -1)
    position[rows] = np.arange(len(rows))
    mine = live_stretches(coverage, position >= 0)
    mine = _plain(mine.assign(option=position[mine["camera"].to_numpy()]))
    known = cameras.iloc[rows].reset_index(drop=True)
    options = known[[name for name in (*_LOOK, "heading_deg") if name in known]].assign(
        action=action, camera=rows, place=-1, group=np.arange(len(rows)), cost=float(cost), model=None
    )
    return Choices(
        options, shapely.get_coordinates(known.geometry.to_numpy()), mine, np.empty(0, dtype=np.int64)
    )


def join_choices(parts: list[Choices], *, turning: NDArray[np.int64] | None = None) -> Choices:
    """Put choices together; groups of different parts stay apart unless all are of the turning cameras."""
    options, stretches, at, group = [], [], 0, 0
    for part in parts:
        options.append(part.options.assign(group=part.options["group"].to_numpy(dtype=np.int64) + group))
        stretches.append(part.stretches.assign(option=part.stretches["option"].to_numpy(dtype=np.int64) + at))
        at += len(part.options)
        if turning is None and len(part.options):
            group = int(options[-1]["group"].max()) + 1
    filled = [frame for frame in options if len(frame)] or options[:1]
    named = [frame for frame in stretches if len(frame)] or stretches[:1]
    return Choices(
        pd.concat(filled, ignore_index=True),
        np.concatenate([part.points.reshape(-1, 2) for part in parts]),
        pd.concat(named, ignore_index=True),
        np.concatenate([part.turning for part in parts]) if turning is None else turning,
    )


def can_turn(cameras: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Return which live cameras are fixed, have one known heading, and are counted."""
    kind = cameras["kind"] if "kind" in cameras else pd.Series(None, index=cameras.index, dtype=object)
    fixed = kind.isna() | kind.isin(("fixed", "dome"))
    one = cameras["heading_known"].to_numpy(dtype=bool)
    if "headings_deg" in cameras:
        one = one & cameras["headings_deg"].isna().to_numpy()
    live = (cameras["state"] == "live").to_numpy()
    return live & fixed.to_numpy() & one & cameras["counted"].to_numpy(dtype=bool)


def actions_asked(actions: Collection[str]) -> tuple[str, ...]:
    """Return the kinds of action asked for, in the order of ACTIONS."""
    if not actions or set(actions) - set(ACTIONS):
        raise InvalidInputError("unknown_action", known=", ".join(ACTIONS))
    return tuple(name for name in ACTIONS if name in actions)


def check_models(models: Collection[str]) -> list[Model]:
    """Return the models of the catalogue by name."""
    if not models or set(models) - set(MODELS):
        raise InvalidInputError("unknown_model", known=", ".join(MODELS))
    return [MODELS[name] for name in dict.fromkeys(models)]


def connectable_rows(coverage: Coverage) -> NDArray[np.int64]:
    """Return the archived and registered cameras whose owner's consent is recorded."""
    cameras = coverage.cameras
    return np.flatnonzero(cameras["state"].isin(CONNECTABLE_STATES).to_numpy() & consented(cameras))


def mount_heights(places: pd.DataFrame) -> NDArray[np.float64]:
    """Return the height at which a camera would hang at each place, metres."""
    if "height_m" not in places:
        return np.full(len(places), MOUNT_M)
    return pd.to_numeric(places["height_m"], errors="coerce").fillna(MOUNT_M).to_numpy(dtype=np.float64)


def _seen(
    points: NDArray[np.float64],
    options: pd.DataFrame,
    coverage: Coverage,
    ways: Ways,
    buildings: gpd.GeoDataFrame,
    barriers: gpd.GeoDataFrame | None,
) -> Choices:
    nothing = np.empty(0, dtype=np.int64)
    if not len(options):
        none_seen = live_stretches(coverage, np.zeros(len(coverage.cameras), dtype=bool))
        none_seen = _plain(none_seen.assign(option=nothing))
        return Choices(options.assign(group=nothing), np.empty((0, 2)), none_seen, nothing)
    stretches = see_options(points, options, coverage, ways, buildings, barriers=barriers)
    at = points[options["stand"].to_numpy(dtype=np.int64)]
    return Choices(options, at, _plain(stretches), nothing)


def _plain(stretches: pd.DataFrame) -> pd.DataFrame:
    """Return the stretches with the columns that count, the same from every source."""
    names = ["option", "way", "from_m", "to_m", *(name for name in CHANCES if name in stretches)]
    return stretches[names].astype({"option": np.int64, "way": np.int64})


def _looks_all_round(model: Model) -> bool:
    return model.optics.hfov_deg >= 360 or model.kind == "panning"


def _describe_model(model: Model, prices: Prices) -> dict[str, Any]:
    return {
        "model": model.name,
        "cost": prices.of(model),
        "kind": model.kind,
        "hfov_deg": model.optics.hfov_deg,
        "pixels_across": model.optics.pixels_across,
        "ir_range_m": model.ir_range_m,
    }
