"""A unit's route as one layer of stops and legs, for GeoJSON."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import pyproj

from ..coverage.projection import WGS84, to_wgs84
from ..coverage.results import PatrolPlan
from .unit_route import unit_route, utc


def route_layer(plan: PatrolPlan, unit: str, crs: pyproj.CRS | None = None) -> gpd.GeoDataFrame:
    """Return the stops and legs of one unit as one frame in WGS 84, to be written as GeoJSON.

    Parameters
    ----------
    plan : PatrolPlan
        Timed routes.
    unit : str
        Whose route.
    crs : pyproj.CRS, optional
        The system of the plan's geometry, where it does not name one itself.

    Returns
    -------
    GeoDataFrame
        `kind` (stop or leg), `unit`, `order`, `name`, `arrive`, `leave` (of a leg: when it is begun, as
        `depart`), `drive_s`, `drive_m`, `turns`.

    Raises
    ------
    NotFoundError
        `unit_not_in_plan`.
    """
    route = unit_route(plan, unit, crs)
    rows: list[dict[str, Any]] = [
        {
            "kind": "stop",
            "unit": unit,
            "order": int(visit["order"]),
            "name": visit["name"],
            "arrive": utc(visit["arrive"]),
            "leave": utc(visit["leave"]),
            "geometry": place,
        }
        for visit, place in zip(route.visits, route.places, strict=True)
    ]
    for leg, degrees in zip(route.legs.to_dict("records"), to_wgs84(route.legs).geometry, strict=True):
        rows.append(
            {
                "kind": "leg",
                "unit": unit,
                "order": int(leg["order"]),
                "depart": utc(leg["depart"]),
                "arrive": utc(leg["arrive"]),
                "drive_s": float(leg["drive_s"]),
                "drive_m": float(leg["drive_m"]),
                "turns": [[name, float(metres)] for name, metres in leg["turns"]],
                "geometry": degrees,
            }
        )
    names = ["kind", "unit", "order", "name", "depart", "arrive", "leave", "drive_s", "drive_m", "turns"]
    frame = pd.DataFrame(rows, columns=[*names, "geometry"])
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=WGS84)
