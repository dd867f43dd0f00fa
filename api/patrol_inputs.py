"""What a plan of routes can be told besides the conditions: duties, zones, closed streets, gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..coverage.duties import break_visits, check_duties, stops_in_zones
from ..coverage.errors import InvalidInputError
from ..coverage.projection import metric_crs, to_metric
from ..coverage.shift import check_units, open_streets
from ..data.store import Store

WORLD: Final = shapely.box(-180, -90, 180, 90)


def duties_frame(duties: Sequence[Mapping[str, Any]], crs: Any) -> gpd.GeoDataFrame | None:
    """Return duties as `coverage.duties` takes them, None where there are none."""
    if not duties:
        return None
    frame = gpd.GeoDataFrame(
        {
            "id": [str(duty["id"]) for duty in duties],
            "name": [duty.get("name") or str(duty["id"]) for duty in duties],
            "opens": pd.to_datetime([_moment(duty["opens"]) for duty in duties], utc=True),
            "closes": pd.to_datetime([_moment(duty["closes"]) for duty in duties], utc=True),
            "dwell_s": [float(duty["dwell_minutes"]) * 60 for duty in duties],
        },
        geometry=list(shapely.points([(duty["lon"], duty["lat"]) for duty in duties])),
        crs=4326,
    )
    return to_metric(frame, crs)


def zones_frame(zones: Sequence[Mapping[str, Any]], crs: Any) -> gpd.GeoDataFrame | None:
    """Return zones as `coverage.duties` takes them, None where there are none.

    Raises
    ------
    InvalidInputError
        `zone_twice`; `zone_not_a_polygon`: a ring without an inside, or off the world.
    """
    if not zones:
        return None
    names = [str(zone["id"]) for zone in zones]
    shapes = []
    for place, (name, zone) in enumerate(zip(names, zones, strict=True)):
        if name in names[:place]:
            raise InvalidInputError("zone_twice", zone=name)
        shape = shapely.Polygon(zone["ring"])
        if not WORLD.covers(shape) or not shape.area > 0:
            raise InvalidInputError("zone_not_a_polygon", zone=name)
        shapes.append(shapely.make_valid(shape))
    return to_metric(gpd.GeoDataFrame({"id": names}, geometry=shapes, crs=4326), crs)


def check_wishes(store: Store, wishes: Mapping[str, Any]) -> None:
    """Refuse at once what no plan could serve, before anything is computed.

    Raises
    ------
    KuzetError
        Those of `check_units`, `check_duties`, `break_visits`, `stops_in_zones`, `zones_frame`,
        `open_streets`.
    """
    crs = metric_crs(store.city().bounds)
    units = check_units(store.read_frame("units"), store.read_frame("stations"))
    duties = duties_frame(wishes.get("duties", ()), crs)
    if duties is not None:
        check_duties(duties, units)
    start = units["shift_start"].min()
    none = np.zeros(len(units), dtype=np.int64)
    break_visits(units, start, none, taken=none.astype(bool))
    nowhere = gpd.GeoDataFrame(geometry=[], crs=crs)
    stops_in_zones(units, nowhere, zones_frame(wishes.get("zones", ()), crs))
    if wishes.get("closed"):
        names = pd.concat(list(store.read_parts("streets", columns=("u", "v", "key"))), ignore_index=True)
        open_streets(gpd.GeoDataFrame(names), closed_edges(wishes["closed"]))


def closed_edges(edges: Sequence[Sequence[int]]) -> tuple[tuple[int, int, int], ...]:
    """Return closed streets as `coverage.shift` takes them."""
    return tuple((int(u), int(v), int(key)) for u, v, key in edges)


def plan_options(wishes: Mapping[str, Any], crs: Any) -> dict[str, Any]:
    """Return wishes as the options of `coverage.patrol.plan_patrol`."""
    out = {
        name: wishes[name]
        for name in ("hold", "hard_gap", "drive_by", "camera_blind", "pool")
        if name in wishes
    }
    if wishes.get("most_dwell_minutes") is not None:
        out["most_dwell_s"] = wishes["most_dwell_minutes"] * 60
    if "max_gap_minutes" in wishes:
        out["max_gap_s"] = float(wishes["max_gap_minutes"]) * 60
    out["duties"] = duties_frame(wishes.get("duties", ()), crs)
    out["zones"] = zones_frame(wishes.get("zones", ()), crs)
    out["closed"] = closed_edges(wishes.get("closed", ()))
    return out


def plain_wishes(wishes: Mapping[str, Any]) -> dict[str, Any]:
    """Return wishes as plain values, for the id of a run."""
    out = dict(wishes)
    out["duties"] = [
        {**duty, "opens": str(duty["opens"]), "closes": str(duty["closes"])} for duty in out.get("duties", [])
    ]
    return out


def _moment(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)
