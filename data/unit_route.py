"""The part of a patrol plan that one unit drives, as every format of routes needs it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast

import geopandas as gpd
import pandas as pd
import pyproj
import shapely

from ..coverage.errors import NotFoundError
from ..coverage.projection import to_wgs84
from ..coverage.results import PatrolPlan

DECIMALS: Final = 7
"""Of a degree: about a centimetre."""
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class UnitRoute:
    """The visits and legs of one unit.

    Attributes
    ----------
    visits : list of dict
        Rows of `PatrolPlan.visits`, in their order.
    places : list of Point
        Where each of them is, WGS 84.
    legs : GeoDataFrame
        Rows of `PatrolPlan.legs`, in their order, metric.
    begins : datetime
        Of the shift, UTC.
    """

    visits: list[dict[str, Any]]
    places: list[shapely.Point]
    legs: gpd.GeoDataFrame
    begins: datetime


def unit_route(plan: PatrolPlan, unit: str, crs: pyproj.CRS | None = None) -> UnitRoute:
    """Return the route of a unit.

    Parameters
    ----------
    plan : PatrolPlan
    unit : str
        Its id.
    crs : pyproj.CRS, optional
        The system of the plan's geometry, where it does not name one itself.

    Raises
    ------
    NotFoundError
        `unit_not_in_plan`.
    """
    known = plan.units["id"] == unit
    if not known.any():
        raise NotFoundError("unit_not_in_plan", unit=str(unit)[:60])
    visits = plan.visits.loc[plan.visits["unit"] == unit].sort_values("order").to_dict("records")
    stops = to_wgs84(_with_crs(plan.stops, crs))
    places = dict(zip(stops["stop"], stops.geometry, strict=True))
    legs = _with_crs(plan.legs, crs)
    legs = gpd.GeoDataFrame(legs.loc[legs["unit"] == unit].sort_values("order"))
    begins = utc(plan.units.loc[known, "shift_start"].iloc[0])
    rows = cast("list[dict[str, Any]]", visits)
    return UnitRoute(rows, [places[visit["stop"]] for visit in rows], legs, begins)


def utc(moment: Any) -> datetime:
    """Return a moment of a frame in UTC."""
    return cast(datetime, pd.Timestamp(moment).to_pydatetime()).astimezone(UTC)


def named(name: object, unnamed: str) -> str:
    """Return the name of a street, or what to call one without."""
    return name if isinstance(name, str) and name.strip() else unnamed


def without_control(text: str) -> str:
    """Leave out the signs that XML cannot hold."""
    return _NOT_XML.sub("", text)


def _with_crs(frame: gpd.GeoDataFrame, crs: pyproj.CRS | None) -> gpd.GeoDataFrame:
    return frame.set_crs(crs) if frame.crs is None and crs is not None else frame
