"""Which cameras saw this: a place or a way, and a time -> the cameras, and when footage is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .daylight import is_dark
from .errors import InvalidInputError
from .intervals import merge_touching
from .journal import states_at
from .night import dim_stretches
from .overlooking import look_past_low_walls
from .sightings import SIGHTING_COLUMNS, Sightings, Watch, find_sightings
from .streets import Ways, ways_of_frame
from .stretches import seen_stretches, sight_lines

NEAREST: Final = 4
"""An operations centre shows the four nearest cameras, whether or not they can see."""
RECORDING: Final = ("live", "archive")
"""States in which a camera records; the others are told apart, with the reason."""
CAMERA_COLUMNS: Final = ["camera", "name", "programme", "owner", "desk", "feeds", "state", "retention_days"]
LONGEST_WAY_M: Final = 100_000.0
NEAR_STREET_M: Final = 30.0
"""A lamp of a street lights places up to here."""


@dataclass(frozen=True)
class Witnesses:
    """The cameras that saw places.

    Attributes
    ----------
    seen : GeoDataFrame
        One row for each place and camera that recorded: `place` (position), CAMERA_COLUMNS (the state is that
        of the time), `state_known` (by the journal; else it is the register's of today),
        `sightings.SIGHTING_COLUMNS`, `time`, `delete_at` (when the footage is deleted; NaT: not known), and
        where the camera hangs. For each place the first to be deleted comes first, the unknown last.
    silent : GeoDataFrame
        Cameras that look there but recorded nothing of it: the same columns, without `delete_at`, and
        `reason` (their state, or `dark`).
    nearest : DataFrame
        For each place the NEAREST cameras of the register, in any state: `place`, `camera`, `state` and
        `state_known` (as of `seen`), `distance_m`, `sees`, and `why` not: `indoor`, `inside_building`,
        `too_far`, `hidden`, `looks_elsewhere`, `dark` or None.
    places : DataFrame
        For each place `time`, `light` (`day` or `night`), `seen` and `silent` (numbers of cameras),
        `nearest_blind` (how many of the nearest cannot see it) and `building` (that it lies in, into which no
        camera looks, or None).
    """

    seen: gpd.GeoDataFrame
    silent: gpd.GeoDataFrame
    nearest: pd.DataFrame
    places: pd.DataFrame


@dataclass(frozen=True)
class WayWitnesses:
    """The cameras along a way.

    Attributes
    ----------
    seen : GeoDataFrame
        What each camera that recorded sees of it: CAMERA_COLUMNS, `from_m`, `to_m` along the way, `quality`
        (at least this class; every class has rows of its own), `probability`, `time` and `end_time` (when the
        stretch is entered and left), `delete_at` and the stretch. The first to be deleted comes first.
    silent : GeoDataFrame
        The same of cameras that recorded nothing, without `delete_at`, and `reason`.
    length_m, seen_m : float
        Metres of the way, and those of them that some camera that recorded may have seen.
    """

    seen: gpd.GeoDataFrame
    silent: gpd.GeoDataFrame
    length_m: float
    seen_m: float


def find_witnesses(
    watch: Watch, places: NDArray[np.float64], times: datetime | Sequence[datetime]
) -> Witnesses:
    """Say which cameras saw each place.

    Parameters
    ----------
    watch : Watch
    places : ndarray (n, 2)
        Metres.
    times : datetime or sequence of datetime (n,)
        With their zone; one for all places, or one for each.

    Returns
    -------
    Witnesses

    Raises
    ------
    InvalidInputError
        For places that are not finite, and times without a zone or out of this age.

    Notes
    -----
    The state of a camera is that of the journal at the time; where the journal says nothing, that of the
    register now. After civil twilight a place is seen where a lamp stands or the camera's infrared reaches;
    where neither is known the probability is less.
    """
    places = np.asarray(places, dtype=np.float64).reshape(-1, 2)
    if not np.isfinite(places).all():
        raise InvalidInputError("not_finite", name="places")
    moments = _moments([times] * len(places) if isinstance(times, datetime) else times)
    if len(moments) != len(places):
        raise InvalidInputError(
            "wrong_shape", name="times", expected=str(len(places)), found=str(len(moments))
        )
    night = is_dark(watch.lon, watch.lat, moments.to_pydatetime())
    found = find_sightings(watch, places, lit_share=_lit_shares(watch, places, night))
    both = pd.concat([found.seen.assign(dark=False), found.dark.assign(dark=True)], ignore_index=True)
    place, camera = both["place"].to_numpy(dtype=np.int64), both["camera"].to_numpy(dtype=np.int64)
    rows = _tell(watch, camera, moments[place])
    rows.insert(0, "place", place)
    for name in [*SIGHTING_COLUMNS, "dark"]:
        rows[name] = both[name].to_numpy()
    table = gpd.GeoDataFrame(
        rows, geometry=gpd.points_from_xy(*watch.points[camera].T), crs=watch.register.crs
    )
    seen, silent = _apart(table, ["place", "delete_at", "distance_m", "camera"])
    nearest = _nearest(watch, places, found)
    asked = nearest["place"].to_numpy(dtype=np.int64)
    named, now = (nearest[name].to_numpy(dtype=object) for name in ("camera", "state"))
    nearest["state"], nearest["state_known"] = states_at(watch.journal, named, now, moments[asked])
    everywhere = np.arange(len(places))
    told = pd.DataFrame(
        {
            "time": moments,
            "light": np.where(night, "night", "day").astype(object),
            "seen": np.bincount(seen["place"], minlength=len(places)),
            "silent": np.bincount(silent["place"], minlength=len(places)),
            "nearest_blind": np.bincount(nearest["place"][~nearest["sees"]], minlength=len(places)),
            "building": _inside(watch, places),
        },
        index=everywhere,
    )
    return Witnesses(seen, silent, nearest, told)


def find_way_witnesses(
    watch: Watch, way: shapely.LineString, start: datetime, end: datetime | None = None
) -> WayWitnesses:
    """Say which stretches of a way, an escape route for example, each camera saw.

    Parameters
    ----------
    watch : Watch
    way : LineString
        Metres.
    start, end : datetime
        With their zone: when the way was begun and ended, at an even pace. Without an end all is at `start`.

    Returns
    -------
    WayWitnesses

    Raises
    ------
    InvalidInputError
        For a way without length or over 100 km, and for times without a zone or in the wrong order.
    """
    length = float(way.length)
    if not 0 < length <= LONGEST_WAY_M:
        raise InvalidInputError("way_wrong", longest_km=round(LONGEST_WAY_M / 1000))
    begin, finish = _moments([start, start if end is None else end])
    if finish < begin:
        raise InvalidInputError("way_times_wrong")
    ways = ways_of_frame(
        gpd.GeoDataFrame({"name": [None], "highway": [None], "length_m": [length]}, geometry=[way])
    )
    hours = pd.date_range(begin, finish, periods=25) if finish > begin else pd.DatetimeIndex([begin])
    found = _stretches_of(
        watch, ways, by_night=bool(is_dark(watch.lon, watch.lat, hours.to_pydatetime()).any())
    )
    place = {name: found[name].to_numpy(dtype=float) for name in ("from_m", "to_m")}
    passed = {name: begin + (finish - begin) * pd.Index(at_m / length) for name, at_m in place.items()}
    rows = _tell(watch, found["camera"].to_numpy(dtype=np.int64), pd.DatetimeIndex(passed["from_m"]))
    rows["end_time"] = pd.DatetimeIndex(passed["to_m"])
    night = is_dark(watch.lon, watch.lat, pd.DatetimeIndex(rows["time"]).to_pydatetime())
    middle = ways.points(np.zeros(len(found), dtype=np.int64), (place["from_m"] + place["to_m"]) / 2)
    lit = _lit_shares(watch, middle, night)
    chance = lit * found["probability"].to_numpy() + (1 - lit) * found["dark_probability"].to_numpy()
    dark = chance == 0
    rows = rows.assign(
        **place,
        quality=found["quality"].to_numpy(),
        probability=np.where(dark, found["probability"].to_numpy(), chance),
        dark=dark,
    )
    stretches = ways.lines(np.zeros(len(found), dtype=np.int64), place["from_m"], place["to_m"])
    table = gpd.GeoDataFrame(rows, geometry=list(stretches), crs=watch.register.crs)
    seen, silent = _apart(table, ["delete_at", "camera", "from_m", "to_m"])
    _, low, high = merge_touching(
        np.zeros(len(seen), dtype=np.int64), seen["from_m"].to_numpy(), seen["to_m"].to_numpy()
    )
    return WayWitnesses(seen, silent, length, float((high - low).sum()))


def _stretches_of(watch: Watch, way: Ways, *, by_night: bool) -> pd.DataFrame:
    """Return the stretches of a way that each camera sees, and how likely in the dark."""
    lines = sight_lines(watch.points, watch.sight.regions, way, reach_m=watch.looks.farthest_m)
    height = np.full(len(lines), watch.target_m)
    lines = look_past_low_walls(lines, watch.looks.eyes, watch.sight.low, target_m=height)
    by_day = seen_stretches(lines, watch.looks, classes=list(watch.classes))
    if not by_night:
        return by_day.assign(dark_probability=by_day["probability"])
    cameras = watch.register.iloc[watch.outside].reset_index(drop=True)
    return dim_stretches(by_day, lines, cameras, watch.looks, classes=list(watch.classes))


def _lit_shares(watch: Watch, places: NDArray[np.float64], night: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return how likely each place has light: by night as the nearest street is mapped, else even odds."""
    light = np.where(night, 0.5, 1.0)
    if watch.ways is None or not night.any():
        return light
    way, _, away = watch.ways.nearest(np.asarray(shapely.points(places[night])))
    lamps = watch.ways.frame["lit_share"].to_numpy()[way]
    light[night] = np.where(away <= NEAR_STREET_M, lamps, 0.5)
    return light


def _moments(times: Sequence[datetime]) -> pd.DatetimeIndex:
    for time in times:
        if time.tzinfo is None:
            raise InvalidInputError("time_without_zone")
        if not 1900 <= time.year <= 2100:
            raise InvalidInputError("time_out_of_age")
    return pd.DatetimeIndex(pd.to_datetime(list(times), utc=True)).as_unit("us")


def _tell(watch: Watch, camera: NDArray[np.int64], moments: pd.DatetimeIndex) -> pd.DataFrame:
    """Return what the register says of cameras, and until when what they recorded is kept."""
    register = watch.register.rename(columns={"id": "camera"}).reindex(columns=CAMERA_COLUMNS)
    rows = pd.DataFrame(register.iloc[watch.outside[camera]]).reset_index(drop=True)
    rows["state"], rows["state_known"] = states_at(
        watch.journal, rows["camera"].to_numpy(dtype=object), rows["state"].to_numpy(dtype=object), moments
    )
    rows["retention_days"] = rows["retention_days"].astype("float64")
    rows["time"] = moments
    rows["delete_at"] = rows["time"] + pd.to_timedelta(rows["retention_days"], unit="D")
    return rows


def _apart(table: gpd.GeoDataFrame, order: list[str]) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Part those that recorded it from those that did not, each in its order."""
    recording = table["state"].isin(RECORDING).to_numpy(dtype=bool)
    dark = table["dark"].to_numpy(dtype=bool)
    reason = np.where(recording & dark, "dark", table["state"].to_numpy(dtype=object))
    table = table.drop(columns="dark")
    seen = table[recording & ~dark].sort_values(order, na_position="last", ignore_index=True)
    silent = table.drop(columns="delete_at").assign(reason=reason)[~recording | dark]
    silent = silent.sort_values([name for name in order if name != "delete_at"], ignore_index=True)
    return gpd.GeoDataFrame(seen), gpd.GeoDataFrame(silent)


def _nearest(watch: Watch, places: NDArray[np.float64], found: Sightings) -> pd.DataFrame:
    """Return the nearest cameras of each place and why each does not see it."""
    xy = shapely.get_coordinates(watch.register.geometry.to_numpy())
    looks_out = np.full(len(xy), -1)
    looks_out[watch.outside] = np.arange(len(watch.outside))
    seen = set(zip(found.seen["place"], found.seen["camera"], strict=True))
    clear = set(zip(found.clear["place"], found.clear["camera"], strict=True))
    dark = set(zip(found.dark["place"], found.dark["camera"], strict=True))
    excluded, state = watch.register["excluded"].to_numpy(), watch.register["state"].to_numpy()
    identity = watch.register["id"].to_numpy()
    rows, reasons = [], []
    for place, here in enumerate(places):
        distance = np.hypot(*(xy - here).T)
        for row in np.argsort(distance, kind="stable")[:NEAREST]:
            camera = int(looks_out[row])
            why = None
            if camera < 0:
                why = str(excluded[row])
            elif (place, camera) in dark:
                why = "dark"
            elif (place, camera) not in seen:
                away = float(np.hypot(*(watch.points[camera] - here)))
                hidden = "hidden" if (place, camera) not in clear else "looks_elsewhere"
                why = "too_far" if away > watch.looks.farthest_m[camera] else hidden
            rows.append((place, identity[row], state[row], float(distance[row]), why is None))
            reasons.append(why)
    nearest = pd.DataFrame(rows, columns=["place", "camera", "state", "distance_m", "sees"])
    nearest = nearest.astype({"place": "int64", "sees": bool})
    return nearest.assign(why=pd.Series(reasons, index=nearest.index, dtype=object))


def _inside(watch: Watch, places: NDArray[np.float64]) -> NDArray[np.object_]:
    place, building = watch.building_tree.query(np.asarray(shapely.points(places)), predicate="within")
    out = np.full(len(places), None, dtype=object)
    out[place] = watch.buildings["id"].to_numpy(dtype=object)[building]
    return out
