"""The sample city: real streets, and made-up incidents, stations, units and camera states on them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely

from ..coverage.errors import InvalidInputError
from ..coverage.projection import WGS84, metric_crs, to_metric, to_wgs84
from ..coverage.schema import CAMERAS, INCIDENTS, STATES, STATIONS, STREETS, UNITS, complete_frame
from .sample_incidents import draw_categories, draw_places, draw_precisions, draw_reporters, draw_times
from .times import HOME_ZONE, time_zone

STATE_SHARES: Final = {"live": 0.60, "archive": 0.20, "registered": 0.12, "offline": 0.08}
INNER: Final = 0.8
"""Stations stand in the inner part of the box: at its rim half of the streets around are cut off."""


def sample_path() -> Path:
    """Return the path of the sample city's OpenStreetMap extract (central Helsinki)."""
    return Path(__file__).with_name("sample") / "Helsinki.osm.pbf"


def make_incidents(
    streets: gpd.GeoDataFrame,
    *,
    seed: int = 0,
    count: int = 2_000,
    administrative: int = 3_000,
    first_day: date = date(2023, 1, 1),
    days: int = 1_096,
    zone: str = HOME_ZONE,
) -> gpd.GeoDataFrame:
    """Make up incidents on real streets.

    Parameters
    ----------
    streets : GeoDataFrame
        Directed street edges (STREETS), WGS 84. Their order does not matter.
    seed : int
        The same seed and streets make the same incidents.
    count : int
        Crimes, 55% of them thefts.
    administrative : int
        Administrative offences, mostly found by patrols and cameras, apart from the crimes.
    first_day : date
        First day an incident may fall on; by default three calendar years, 2023 to 2025.
    days : int
        Days from the first to the last.
    zone : str
        Time zone whose clock the hours follow.

    Returns
    -------
    GeoDataFrame
        INCIDENTS in WGS 84, in order of time, every row marked `synthetic`.
    """
    if streets.empty or days < 1 or count < 0 or administrative < 0:
        raise InvalidInputError("sample_needs_streets")
    metric = to_metric(gpd.GeoDataFrame(complete_frame(streets, STREETS)), metric_crs(_box(streets)))
    rng = np.random.default_rng(seed)
    category = draw_categories(rng, count=count, administrative=administrative)
    precision = draw_precisions(rng, category)
    occurred_from, occurred_to = draw_times(
        rng, category, first_day=first_day, days=days, zone=time_zone(zone)
    )
    frame = gpd.GeoDataFrame(
        {
            "occurred_from": occurred_from,
            "occurred_to": occurred_to,
            "category": category,
            "reported_by": draw_reporters(rng, category),
            "precision": precision,
            "severity": np.nan,
            "synthetic": True,
        },
        geometry=draw_places(rng, metric, precision),
        crs=metric.crs,
    )
    in_order = np.argsort(occurred_from.to_numpy(), kind="stable")
    frame = gpd.GeoDataFrame(frame.iloc[in_order].reset_index(drop=True))
    frame["id"] = [f"synthetic-{number:05d}" for number in range(1, len(frame) + 1)]
    return gpd.GeoDataFrame(complete_frame(to_wgs84(frame), INCIDENTS))


def make_stations(streets: gpd.GeoDataFrame, *, seed: int = 0, count: int = 2) -> gpd.GeoDataFrame:
    """Make up police stations on streets, far from one another.

    Parameters
    ----------
    streets : GeoDataFrame
        Directed street edges (STREETS), WGS 84.
    seed : int
        Where the search begins.
    count : int
        How many.

    Returns
    -------
    GeoDataFrame
        STATIONS in WGS 84, each in the middle of an edge from which a car can drive to any other
        street of the largest connected part and back.
    """
    edges = _station_edges(streets)
    if len(edges) < count:
        raise InvalidInputError("sample_needs_streets")
    metric = to_metric(edges, metric_crs(_box(streets)))
    middles = shapely.line_interpolate_point(metric.geometry.to_numpy(), 0.5, normalized=True)
    places = shapely.get_coordinates(middles)
    rng = np.random.default_rng(seed)
    # the farthest from a random place lies at the rim; the next ones are the farthest from those chosen
    chosen = [int(np.argmax(_distances(places, places[int(rng.integers(len(places)))])))]
    while len(chosen) < count:
        nearest = np.min([_distances(places, places[row]) for row in chosen], axis=0)
        chosen.append(int(np.argmax(nearest)))
    frame = gpd.GeoDataFrame(
        {
            "id": [f"synthetic-station-{number}" for number in range(1, count + 1)],
            "name": edges["name"].iloc[chosen].to_list(),
            "synthetic": True,
        },
        geometry=[middles[row] for row in chosen],
        crs=metric.crs,
    )
    return gpd.GeoDataFrame(complete_frame(to_wgs84(frame), STATIONS))


def make_units(
    stations: pd.DataFrame, *, shift_start: datetime, hours: float = 8, each: int = 2
) -> pd.DataFrame:
    """Make up one shift of cars.

    Parameters
    ----------
    stations : DataFrame
        The stations, by `id`.
    shift_start : datetime
        When the shift starts, with its time zone.
    hours : float
        How long it is.
    each : int
        Units a station.

    Returns
    -------
    DataFrame
        UNITS, every row marked `synthetic`.
    """
    if shift_start.tzinfo is None:
        raise InvalidInputError("time_without_zone")
    start = pd.Timestamp(shift_start).tz_convert("UTC").as_unit("us")
    posts = [station for station in stations["id"] for _ in range(each)]
    frame = pd.DataFrame(
        {
            "id": [f"synthetic-unit-{number}" for number in range(1, len(posts) + 1)],
            "station": posts,
            "kind": "car",
            "shift_start": start,
            "shift_end": start + timedelta(hours=hours),
            "cameras": "dashcam",
            "synthetic": True,
        }
    )
    return complete_frame(frame, UNITS)


def mark_states(
    cameras: gpd.GeoDataFrame, *, seed: int = 0, shares: dict[str, float] | None = None
) -> gpd.GeoDataFrame:
    """Deal out made-up states to cameras.

    Parameters
    ----------
    cameras : GeoDataFrame
        CAMERAS; their order does not matter, their ids do.
    seed : int
        Who gets which state.
    shares : dict, optional
        State -> share; by default 60% live, 20% archive, 12% registered, 8% offline.

    Returns
    -------
    GeoDataFrame
        A copy with `state` filled, named among its `synthetic` fields and no longer among the `assumed`.
    """
    shares = STATE_SHARES if shares is None else shares
    wanted = np.array([shares.get(state, 0.0) for state in STATES])
    if set(shares) - set(STATES) or (wanted < 0).any() or wanted.sum() <= 0:
        raise InvalidInputError("sample_shares")
    # cumulative rounding: each state gets its share of the cameras to within one camera
    ends = np.rint(np.cumsum(wanted) / wanted.sum() * len(cameras)).astype(int)
    dealt = np.repeat(STATES, np.diff(ends, prepend=0))
    out = complete_frame(cameras, CAMERAS)
    states = np.empty(len(out), dtype=object)
    in_order = np.argsort(out["id"].astype(str).to_numpy(), kind="stable")
    states[in_order] = np.random.default_rng(seed).permutation(dealt)
    out["state"] = states
    out["synthetic"] = [[*_without_state(fields), "state"] for fields in out["synthetic"]]
    out["assumed"] = [_without_state(fields) for fields in out["assumed"]]
    return gpd.GeoDataFrame(out)


def _box(streets: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    wgs84 = streets.set_crs(WGS84) if streets.crs is None else to_wgs84(streets)
    west, south, east, north = (float(edge) for edge in wgs84.total_bounds)
    return west, south, east, north


def _distances(places: np.ndarray, place: np.ndarray) -> np.ndarray:
    return np.hypot(places[:, 0] - place[0], places[:, 1] - place[1])


def _station_edges(streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    streets = gpd.GeoDataFrame(complete_frame(streets, STREETS))
    drivable = streets["car"].eq(True).to_numpy()
    u, v = streets["u"].to_numpy(), streets["v"].to_numpy()
    graph = nx.DiGraph(zip(u[drivable], v[drivable], strict=True))
    if not len(graph):
        return gpd.GeoDataFrame(streets.iloc[:0])
    core = list(max(nx.strongly_connected_components(graph), key=lambda part: (len(part), -min(part))))
    suited = drivable & np.isin(u, core) & np.isin(v, core) & streets["highway"].ne("service").to_numpy()
    for structure in ("bridge", "tunnel"):
        suited &= ~streets[structure].eq(True).to_numpy()
    inner = suited & _in_inner_box(streets)
    order = np.lexsort([streets[name].to_numpy() for name in ("key", "v", "u")])
    chosen = inner if inner.sum() >= 2 else suited
    return gpd.GeoDataFrame(streets.iloc[order[chosen[order]]])


def _in_inner_box(streets: gpd.GeoDataFrame) -> np.ndarray:
    middle = shapely.get_coordinates(
        shapely.line_interpolate_point(streets.geometry.to_numpy(), 0.5, normalized=True)
    )
    low, high = streets.total_bounds[:2], streets.total_bounds[2:]
    rim = (1 - INNER) / 2 * (high - low)
    return np.asarray(((middle >= low + rim) & (middle <= high - rim)).all(axis=1))


def _without_state(fields: object) -> list[str]:
    known = fields if isinstance(fields, list | tuple | np.ndarray) else []
    return [str(name) for name in known if name != "state"]
