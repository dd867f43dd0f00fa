"""Who saw the crossing in the middle of the small town, and who an escape from it."""

from __future__ import annotations

from datetime import datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
from kuzet.coverage.cover import measure_coverage
from kuzet.coverage.results import Coverage
from kuzet.coverage.schema import CAMERAS, complete_frame
from kuzet.coverage.sightings import Watch, make_watch
from kuzet.coverage.witnesses import WayWitnesses, Witnesses, find_way_witnesses, find_witnesses
from kuzet.maps.ask import Ask
from shapely import LineString, Point

from .make_results import CRS, make_buildings, make_streets

PLACE = Point(360, 300)
WAY = LineString([(180, 300), (360, 300), (360, 450)])
LENS = {"focal_mm": 4.0, "sensor_width_mm": 5.37, "pixels_across": 1920.0}
# where, which way, state, days of storage, and whether the lens is known
CAMERAS_OF_TOWN = (
    ((300, 300), 90.0, "live", 7.0, True),
    ((360, 250), 0.0, "live", 30.0, True),
    ((420, 300), 270.0, "archive", 3.0, True),
    ((360, 360), np.nan, "live", np.nan, False),
    ((330, 300), 90.0, "offline", 7.0, True),
    ((390, 300), 270.0, "registered", 7.0, True),
    ((364, 330), 0.0, "live", 7.0, True),
    ((60, 6), 0.0, "live", 7.0, True),
)


def make_register(name: str = "Қ") -> gpd.GeoDataFrame:
    """Return the cameras of the town in metres; `name` is in every name there is."""
    rows = [
        {
            "id": f"{name}-{k}",
            "name": name,
            "state": state,
            "kind": "fixed" if known else "dome",
            "heading_deg": heading,
            "retention_days": days,
            "owner": name,
            "desk": name,
            "feeds": name,
            "programme": "street",
            "geometry": Point(at),
            **(LENS if known else {}),
        }
        for k, (at, heading, state, days, known) in enumerate(CAMERAS_OF_TOWN)
    ]
    frame = complete_frame(pd.DataFrame(rows), CAMERAS)
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=CRS)


def make_town_watch(name: str = "Қ") -> Watch:
    """Return the watch of the town."""
    return make_watch(make_register(name), make_buildings().to_crs(CRS))


def make_measured(name: str = "Қ", street: str | None = None) -> Coverage:
    """Return what these cameras see of the streets, measured; their recorder is called like them."""
    streets = make_streets(street or name).to_crs(CRS)
    return measure_coverage(streets, make_buildings().to_crs(CRS), make_register(name))


def make_place_witnesses(watch: Watch, now: datetime) -> Witnesses:
    """Return who saw the crossing, five days before now."""
    return find_witnesses(watch, np.array([[PLACE.x, PLACE.y]]), now - timedelta(days=5))


def make_way_witnesses(watch: Watch, now: datetime) -> WayWitnesses:
    """Return who saw the escape, five days before now, at 55 m a minute."""
    begin = now - timedelta(days=5)
    return find_way_witnesses(watch, WAY, begin, begin + timedelta(minutes=6))


def make_ask(now: datetime) -> Ask:
    """Return a form that begins with the crossing."""
    box = (78.30, 44.95, 78.45, 45.10)
    return Ask("/maps/witnesses", box, now - timedelta(days=5), place=(78.38, 45.01))
