"""A small city for the tests of the store."""

from datetime import UTC, datetime
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from kuzet.coverage.schema import CAMERAS, INCIDENTS, STREETS, SUPPORTS, complete_frame
from kuzet.data.osm_turns import make_restrictions
from kuzet.data.runs import make_run
from kuzet.data.store import Store

NOW = datetime(2026, 6, 5, 12, tzinfo=UTC)
LARGEST = 2**63 - 1


def make_streets() -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        {
            "u": np.array([LARGEST, 2**53 + 1]),
            "v": np.array([2**53 + 1, LARGEST]),
            "key": np.array([0, 1]),
            "length_m": [100.1, 1 / 3],
            "highway": np.array(["primary", "residential"], dtype=object),
            "name": ["Қабанбай батыр", None],
            "maxspeed_kph": [np.nan, 60.0],
            "car": [True, False],
            "foot": [True, True],
            "lit": np.array([None, True], dtype=object),
            "osmid": pd.array([2**53 + 1, None], dtype="Int64"),
        },
        geometry=shapely.linestrings([[(24.9, 60.1), (24.9 + 1 / 7, 60)], [(25, 60), (24.9, 60)]]),
        crs=4326,
    )
    return gpd.GeoDataFrame(complete_frame(frame, STREETS))


def make_cameras(count: int = 2) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        {
            "id": [f"c{at}" for at in range(count)],
            "state": ["live"] * count,
            "heading_deg": [np.nan if at else 261.5 for at in range(count)],
            "assumed": [["hfov_deg", "height_m"] if at else [] for at in range(count)],
            "synthetic": [None if at else ["state"] for at in range(count)],
        },
        geometry=gpd.points_from_xy(24.9 + np.arange(count) / 1000, np.full(count, 60.1)),
        crs=4326,
    )
    return gpd.GeoDataFrame(complete_frame(frame, CAMERAS))


def make_incidents(ids: list[str]) -> gpd.GeoDataFrame:
    times = pd.to_datetime(["2024-02-29T23:30:00.125+06:00"] * len(ids)).tz_convert("Asia/Almaty")
    frame = gpd.GeoDataFrame(
        {"id": ids, "occurred_from": times, "category": "theft", "severity": np.nan, "synthetic": True},
        geometry=[shapely.Point(24.95, 60.15)] * len(ids),
        crs=4326,
    )
    return gpd.GeoDataFrame(complete_frame(frame, INCIDENTS))


def make_extract(name: str = "Талдықорған") -> SimpleNamespace:
    named = gpd.GeoDataFrame(
        {"kind": ["park"], "name": ["Сад"]}, geometry=[shapely.box(24.9, 60.1, 25, 60.2)], crs=4326
    )
    buildings = gpd.GeoDataFrame(
        {
            "id": ["b", "m"],
            "name": [None, "A"],
            "height_m": [8.0, np.nan],
            "base_m": [np.nan, 3.0],
            "assumed": [["height_m"], []],
        },
        geometry=[shapely.box(24.9, 60.1, 24.91, 60.11), shapely.MultiPolygon([shapely.box(25, 60, 26, 61)])],
        crs=4326,
    )  # fmt: skip
    barriers = gpd.GeoDataFrame(
        {
            "id": ["w1", "w2"],
            "kind": ["fence", "tree_row"],
            "height_m": [1.8, 8.0],
            "base_m": [0.0, 2.0],
            "solid": np.array([False, None], dtype=object),
            "evergreen": np.array([None, True], dtype=object),
            "assumed": [[], ["height_m", "base_m"]],
        },
        geometry=shapely.linestrings([[(24.9, 60.1), (24.91, 60.1)], [(24.9, 60.1), (24.9, 60.11)]]),
        crs=4326,
    )
    stations = gpd.GeoDataFrame({"id": ["s"], "name": ["1"]}, geometry=[shapely.Point(24.9, 60.1)], crs=4326)
    return SimpleNamespace(
        name=name,
        streets=make_streets(),
        restrictions=make_restrictions(
            [{"id": "r1", "kind": "no", "path": "1 2 0;2 1 0", "geometry": shapely.Point(24.9, 60.1)}]
        ),
        buildings=buildings,
        barriers=barriers,
        cameras=make_cameras(),
        stations=stations,
        basemap={"water": named[:0], "green": named, "landuse": named},
        supports=gpd.GeoDataFrame(
            complete_frame(pd.DataFrame({"id": ["n1"], "kind": ["street_lamp"]}), SUPPORTS),
            geometry=[shapely.Point(24.95, 60.15)],
            crs=4326,
        ),
        bounds=(24.9, 60.1, 25.0, 60.2),
        report={"ways_mended": np.int64(3)},
    )


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "new folder" / "city.gpkg")
    store.replace_city(make_extract(), basemap=b"PMTiles")
    return store


def save(store, kind, result, **parameters):
    run = make_run(kind, inputs={"streets": "x"}, parameters=parameters, seed=1, version="0", created_at=NOW)
    store.save_run(run, result)
    return run
