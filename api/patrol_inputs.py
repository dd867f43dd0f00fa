"""What a plan of routes can be told besides the conditions: duties, zones, closed streets, gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from ..coverage.duties import check_duties
from ..coverage.projection import to_metric
from ..coverage.shift import check_units


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
    """Return zones as `coverage.duties` takes them, None where there are none."""
    if not zones:
        return None
    shapes = [shapely.make_valid(shapely.Polygon(zone["ring"])) for zone in zones]
    return to_metric(
        gpd.GeoDataFrame({"id": [str(zone["id"]) for zone in zones]}, geometry=shapes, crs=4326), crs
    )


def check_wishes(
    units: pd.DataFrame, stations: gpd.GeoDataFrame, duties: Sequence[Mapping[str, Any]], crs: Any
) -> None:
    """Refuse at once units and duties that no plan could serve (see `check_units`, `check_duties`)."""
    checked = check_units(units, stations)
    frame = duties_frame(duties, crs)
    if frame is not None:
        check_duties(frame, checked)


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
    out["closed"] = [(edge[0], edge[1], edge[2]) for edge in wishes.get("closed", ())]
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
