r"""What the tests of several rooms share: the real cities, and one tiny town that a person can draw on paper.

The tiny town, in metres (north is up)::

    4 (100,100)
    |   \  Short Lane, one-way 4 -> 3
    |      \
    Cross Street      . 3 (200,0)
    |              /
    1 (0,0) ---- 2 (100,0) ---- 3        Abai Avenue, two-way

    House A stands on x 20..80, y 10..40; house B on x 120..140, y -40..-10.
"""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import settings
from kuzet.coverage.blind_spots import find_blind_spots
from kuzet.coverage.cover import measure_coverage
from kuzet.coverage.projection import metric_crs, to_metric
from kuzet.coverage.risk import measure_risk
from kuzet.coverage.streets import ways_of_frame
from kuzet.data.osm import read_osm
from kuzet.data.sample_city import make_incidents, make_stations, make_units, mark_states, sample_path
from playwright.sync_api import Browser, sync_playwright
from shapely import LineString, Point, box

# a change is judged by what it is, not by the luck of the draw; HYPOTHESIS_PROFILE=hunt looks for new cases
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("hunt", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


BROWSER_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return Debian's Chromium; closed with each file, since only one driver can be open at a time."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=BROWSER_ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real cities beside the checkout; tests that need it skip where it is absent."""
    folder = Path(__file__).resolve().parents[1].parent / "shared"
    if not folder.is_dir():
        pytest.skip("no folder ../shared with real cities beside this checkout")
    return folder


@pytest.fixture(scope="session")
def town() -> SimpleNamespace:
    """Return the tiny town's frames in metres; tests copy what they change."""
    crs = metric_crs((78.36, 45.0, 78.40, 45.04))
    nodes = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (100, 100)}
    rows = []
    for u, v, name, oneway in [
        (1, 2, "Abai Avenue", False),
        (2, 3, "Abai Avenue", False),
        (2, 4, "Cross Street", False),
        (4, 3, "Short Lane", True),
    ]:
        for a, b in [(u, v)] if oneway else [(u, v), (v, u)]:
            line = LineString([nodes[a], nodes[b]])
            rows.append(
                {
                    "u": a, "v": b, "key": 0, "length_m": line.length, "highway": "residential", "name": name,
                    "oneway": oneway, "maxspeed_kph": 36.0 if name == "Abai Avenue" else None, "car": True,
                    "foot": True, "sidewalk": False, "tunnel": False, "geometry": line,
                }
            )  # fmt: skip
    streets = gpd.GeoDataFrame(rows, geometry="geometry", crs=crs)
    buildings = gpd.GeoDataFrame(
        {"id": ["A", "B"], "name": ["House A", None], "height_m": [9.0, 9.0]},
        geometry=[box(20, 10, 80, 40), box(120, -40, 140, -10)],
        crs=crs,
    )
    cameras = gpd.GeoDataFrame(
        {
            "id": ["east"],
            "state": ["live"],
            "kind": ["fixed"],
            "heading_deg": [90.0],
            "focal_mm": [4.0],
            "sensor_width_mm": [5.37],
            "pixels_across": [1920.0],
        },
        geometry=[Point(0, 0)],
        crs=crs,
    )
    start = datetime(2026, 11, 24, 18, tzinfo=ZoneInfo("Asia/Almaty"))
    times = pd.to_datetime([start] * 3, utc=True)
    incidents = gpd.GeoDataFrame(
        {
            "id": ["i1", "i2", "i3"],
            "occurred_from": times,
            "category": ["theft", "theft", "administrative"],
            "reported_by": ["public", "public", "public"],
            "precision": ["rooftop", "street", "rooftop"],
        },
        geometry=[Point(101, 60), Point(150, 2), Point(50, 1)],
        crs=crs,
    )
    stations = gpd.GeoDataFrame({"id": ["s1"], "name": ["Station"]}, geometry=[Point(1, 3)], crs=crs)
    units = pd.DataFrame(
        {
            "id": ["car-1", "car-2"],
            "station": ["s1", "s1"],
            "kind": ["car", "car"],
            "shift_start": pd.to_datetime([start, start], utc=True),
            "shift_end": pd.to_datetime([start, start], utc=True) + pd.Timedelta(hours=4),
        }
    )
    return SimpleNamespace(
        crs=crs, streets=streets, buildings=buildings, cameras=cameras, incidents=incidents, stations=stations,  # noqa: E501
        units=units,
    )  # fmt: skip


@pytest.fixture(scope="session")
def sample_analysis() -> SimpleNamespace:
    """Return the sample city analysed once: metric frames, coverage, risk and blind spots."""
    extract = read_osm(sample_path())
    crs = metric_crs(extract.bounds)
    streets, buildings = to_metric(extract.streets, crs), to_metric(extract.buildings, crs)
    cameras = to_metric(mark_states(extract.cameras, seed=1), crs)
    incidents = to_metric(make_incidents(extract.streets, seed=1), crs)
    stations = make_stations(extract.streets, seed=1)
    start = datetime(2026, 11, 24, 18, tzinfo=ZoneInfo("Asia/Almaty"))
    coverage = measure_coverage(streets, buildings, cameras)
    risk = measure_risk(incidents, ways_of_frame(coverage.ways))
    return SimpleNamespace(
        crs=crs,
        streets=streets,
        buildings=buildings,
        cameras=cameras,
        incidents=incidents,
        supports=to_metric(extract.supports, crs),
        stations=to_metric(stations, crs),
        units=make_units(stations, shift_start=start),
        coverage=coverage,
        risk=risk,
        spots=find_blind_spots(coverage, buildings, risk),
    )
