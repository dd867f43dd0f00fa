"""What must be done at a time and a place: an event, a school at two; and each unit's break."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .errors import CannotHoldError, InvalidInputError

MUST: Final = 20.0
"""A duty or a break is worth so many times the best stop: it gives way only where it cannot be held."""
DUTY_COLUMNS: Final = ("id", "opens", "closes", "dwell_s")


def check_duties(duties: gpd.GeoDataFrame, units: pd.DataFrame) -> None:
    """Refuse duties that no unit could hold whatever it did.

    Parameters
    ----------
    duties : GeoDataFrame
        Metric points: `id`, `opens`, `closes` (aware datetimes: there from, gone by), `dwell_s`, and
        perhaps `name`.
    units : DataFrame
        `schema.UNITS`.

    Raises
    ------
    InvalidInputError
        `duty_columns`, `duty_twice`, `duty_too_short` (a window shorter than the stay).
    CannotHoldError
        `window_before_shift`, `window_after_shift`.
    """
    missing = [name for name in DUTY_COLUMNS if name not in duties]
    if missing:
        raise InvalidInputError("duty_columns", columns=", ".join(missing))
    if duties["id"].duplicated().any():
        raise InvalidInputError("duty_twice", duty=str(duties.loc[duties["id"].duplicated(), "id"].iloc[0]))
    for duty in duties.itertuples():
        name = str(duty.id)
        if not (duty.dwell_s > 0 and duty.opens + pd.Timedelta(seconds=duty.dwell_s) <= duty.closes):
            raise InvalidInputError("duty_too_short", duty=name)
        if duty.closes <= units["shift_start"].min():
            raise CannotHoldError("window_before_shift", duty=name)
        if duty.opens >= units["shift_end"].max():
            raise CannotHoldError("window_after_shift", duty=name)


def duties_as_stops(duties: gpd.GeoDataFrame, stops: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the stops and, behind them, the duties as stops without risk."""
    stops = stops.assign(what="stop")
    if not len(duties):
        return stops
    name = duties["name"] if "name" in duties else duties["id"]
    more = gpd.GeoDataFrame(
        {
            "stop": "duty-" + duties["id"].astype(str),
            "name": name.to_numpy(dtype=object),
            "near": name.to_numpy(dtype=object),
            "risk": 0.0,
            "cause": None,
            "dwell_s": duties["dwell_s"].to_numpy(dtype=np.float64),
            "what": "duty",
            "opens": pd.DatetimeIndex(duties["opens"]),
            "closes": pd.DatetimeIndex(duties["closes"]),
        },
        geometry=list(duties.geometry),
        crs=stops.crs,
    )
    more["cause"] = more["cause"].astype(object)
    return gpd.GeoDataFrame(pd.concat([stops, more], ignore_index=True), crs=stops.crs)


def duty_visits(duties: gpd.GeoDataFrame, base: pd.Timestamp, first_place: int) -> pd.DataFrame:
    """Return one visit for each duty: `place`, `opens`, `closes`, `service`, `what`, `only`."""
    opens = (duties["opens"] - base).dt.total_seconds().to_numpy()
    stay = duties["dwell_s"].to_numpy(dtype=np.float64)
    return pd.DataFrame(
        {
            "place": first_place + np.arange(len(duties)),
            "opens": opens,
            "closes": (duties["closes"] - base).dt.total_seconds().to_numpy() - stay,
            "service": stay,
            "what": "duty",
            "only": -1,
        }
    )


def break_visits(
    units: pd.DataFrame, base: pd.Timestamp, home: NDArray[np.int64], *, taken: NDArray[np.bool_]
) -> pd.DataFrame:
    """Return one visit to its own station for each unit that has a break to take.

    Parameters
    ----------
    units : DataFrame
        With `break_minutes`, `break_from`, `break_to` where breaks are asked for (the break lies within
        from and to, or within the shift).
    base : Timestamp
    home : ndarray of int (k,)
    taken : ndarray of bool (k,)
        Units that had theirs.

    Raises
    ------
    CannotHoldError
        `break_outside`: no such break fits into its window and the shift.
    """
    rows = []
    minutes = pd.to_numeric(units["break_minutes"]) if "break_minutes" in units else None
    for row, unit in enumerate(units.itertuples()):
        if minutes is None or not minutes.iloc[row] > 0 or taken[row]:
            continue
        stay = float(minutes.iloc[row]) * 60
        low, high = (getattr(unit, name, None) for name in ("break_from", "break_to"))
        opens = max(unit.shift_start, pd.Timestamp(low)) if pd.notna(low) else unit.shift_start
        closes = min(unit.shift_end, pd.Timestamp(high)) if pd.notna(high) else unit.shift_end
        if opens + pd.Timedelta(seconds=stay) > closes:
            raise CannotHoldError("break_outside", unit=str(unit.id))
        seconds = [(moment - base).total_seconds() for moment in (opens, closes)]
        rows.append((int(home[row]), seconds[0], seconds[1] - stay, stay, "break", row))
    return pd.DataFrame(rows, columns=["place", "opens", "closes", "service", "what", "only"])


def stops_in_zones(
    units: pd.DataFrame, stops: gpd.GeoDataFrame, zones: gpd.GeoDataFrame | None
) -> NDArray[np.bool_]:
    """Say which unit may stop where (k, n): within its zone, or anywhere where it has none.

    Parameters
    ----------
    units : DataFrame
        With `zone` where units have zones: ids, joined by ";".
    stops : GeoDataFrame
    zones : GeoDataFrame or None
        Metric polygons: `id`.

    Raises
    ------
    CannotHoldError
        `zone_unknown`.
    """
    may = np.ones((len(units), len(stops)), dtype=bool)
    if "zone" not in units:
        return may
    shape_of = {} if zones is None else dict(zip(zones["id"].astype(str), zones.geometry, strict=True))
    points = stops.geometry.to_numpy()
    for row, zone in enumerate(units["zone"]):
        if not isinstance(zone, str) or not zone.strip():
            continue
        names = [name.strip() for name in zone.split(";") if name.strip()]
        if any(name not in shape_of for name in names):
            raise CannotHoldError("zone_unknown", unit=str(units["id"].iloc[row]))
        may[row] = np.any([shapely.covers(shape_of[name], points) for name in names], axis=0)
    return may
