"""The dice behind the made-up incidents: what, when, where, how well placed, recorded by whom."""

from __future__ import annotations

from datetime import date, tzinfo
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

CRIME_SHARES: Final = {
    "theft": 0.55,
    "burglary": 0.10,
    "hooliganism": 0.10,
    "robbery": 0.05,
    "fraud": 0.06,
    "assault": 0.05,
    "vehicle_theft": 0.03,
    "damage": 0.03,
    "drugs": 0.02,
    "other_crime": 0.01,
}
PRECISION_SHARES: Final = {
    "rooftop": 0.55,
    "street": 0.30,
    "snapped": 0.06,
    "centroid": 0.06,
    "unknown": 0.03,
}
CRIME_REPORTERS: Final = {"public": 0.82, "patrol": 0.11, "camera": 0.07}
ADMINISTRATIVE_REPORTERS: Final = {"public": 0.07, "patrol": 0.68, "camera": 0.25}
STREET_APPEAL: Final = {
    "pedestrian": 2.5,
    "primary": 1.6,
    "secondary": 1.5,
    "tertiary": 1.2,
    "service": 0.4,
    "footway": 0.4,
    "cycleway": 0.3,
    "path": 0.2,
    "steps": 0.4,
}
"""How much a metre of a class of street draws, against 1 on a residential one."""
HOUR_PEAKS: Final = {
    "theft": (16, 3.5),
    "fraud": (13, 3.0),
    "burglary": (1, 3.0),
    "administrative": (18, 4.5),
}
"""Hour of the day with the most incidents and their spread in hours; NIGHT_LIFE for the others."""
NIGHT_LIFE: Final = (23, 3.0)
SPAN_SHARES: Final = {"burglary": 1.0, "vehicle_theft": 0.8, "damage": 0.6, "theft": 0.25}
"""Share of incidents found only later, known by a span of time and not by a moment."""
STREET_HEAT: Final = 0.9
EDGE_HEAT: Final = 0.7
"""Spread of the logarithm of a street's and an edge's heat: this makes few places hold much."""
PLACING_ERROR_M: Final = {"rooftop": 5.0, "street": 0.0, "snapped": 0.0, "centroid": 0.0, "unknown": 40.0}


def draw_categories(rng: np.random.Generator, *, count: int, administrative: int) -> np.ndarray:
    """Draw the categories: crimes in their shares, to within one, and the administrative offences."""
    ends = np.rint(np.cumsum(list(CRIME_SHARES.values())) * count).astype(int)
    crimes = np.repeat(list(CRIME_SHARES), np.diff(ends, prepend=0))
    return rng.permutation(np.concatenate([crimes, np.repeat("administrative", administrative)])).astype(
        object
    )


def draw_precisions(rng: np.random.Generator, category: np.ndarray) -> np.ndarray:
    """Draw how well each incident was placed on the map."""
    return rng.choice(list(PRECISION_SHARES), size=len(category), p=list(PRECISION_SHARES.values())).astype(
        object
    )


def draw_reporters(rng: np.random.Generator, category: np.ndarray) -> np.ndarray:
    """Draw who recorded each incident: citizens most crimes, patrols and cameras most offences."""
    crimes = rng.choice(list(CRIME_REPORTERS), size=len(category), p=list(CRIME_REPORTERS.values()))
    offences = rng.choice(
        list(ADMINISTRATIVE_REPORTERS), size=len(category), p=list(ADMINISTRATIVE_REPORTERS.values())
    )
    return np.where(category == "administrative", offences, crimes).astype(object)


def draw_times(
    rng: np.random.Generator, category: np.ndarray, *, first_day: date, days: int, zone: tzinfo
) -> tuple[pd.Series, pd.Series]:
    """Draw the moment or the span of each incident, by the local clock, most in summer and at weekends."""
    calendar = pd.date_range(first_day, periods=days, freq="D")
    weight = np.where(np.isin(calendar.day_of_week, [4, 5]), 1.35, 1.0)
    weight = weight * (1 + 0.2 * np.cos(2 * np.pi * (calendar.day_of_year.to_numpy() - 200) / 365.25))
    day = rng.choice(days, size=len(category), p=weight / weight.sum())
    peaks = np.array([HOUR_PEAKS.get(name, NIGHT_LIFE) for name in category]).reshape(-1, 2)
    minute = np.rint(rng.normal(peaks[:, 0], peaks[:, 1]) * 60) % 1440
    local = calendar[day] + pd.to_timedelta(minute, unit="m")
    # an hour the clock shows twice is taken the first time, one it skips is moved on
    start = local.tz_localize(zone, ambiguous=np.ones(len(local), dtype=bool), nonexistent="shift_forward")
    start = pd.Series(start.tz_convert("UTC").as_unit("us"))
    share = np.array([SPAN_SHARES.get(name, 0.0) for name in category])
    hours = np.minimum(0.5 + rng.exponential(6.0, size=len(category)), 72.0)
    end = start + pd.to_timedelta(np.rint(hours * 60), unit="m")
    return start, end.where(rng.random(len(category)) < share).dt.as_unit("us")


def draw_places(rng: np.random.Generator, streets: gpd.GeoDataFrame, precision: np.ndarray) -> np.ndarray:
    """Draw a point for each incident, in the streets' own metric system.

    Hot streets are drawn first, hot edges in them next; then the point is placed as badly as its
    precision says: beside the line, on it, at the middle of the edge, or at the middle of a quarter.
    """
    edges = _physical_edges(streets)
    lines = edges.geometry.to_numpy()
    row = rng.choice(len(edges), size=len(precision), p=_heat(rng, edges))
    along = np.where(precision == "snapped", 0.5, rng.random(len(precision)))
    place = shapely.get_coordinates(shapely.line_interpolate_point(lines[row], along, normalized=True))
    error = np.array([PLACING_ERROR_M[name] for name in precision]).reshape(-1, 1)
    place = place + error * np.clip(rng.standard_normal(place.shape), -2.5, 2.5)
    middle = np.array([(edges.total_bounds[0] + edges.total_bounds[2]) / 2, edges.total_bounds[1:4:2].mean()])
    half = (edges.total_bounds[2:] - edges.total_bounds[:2]) / 2
    quarter = middle + np.where(place >= middle, 0.5, -0.5) * half
    place = np.where((precision == "centroid").reshape(-1, 1), quarter, place)
    return np.asarray(shapely.points(place))


def _physical_edges(streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Keep each street once, in an order of its own, without tunnels and separately mapped sidewalks."""
    order = np.lexsort([streets[name].to_numpy() for name in ("key", "v", "u")])
    edges = gpd.GeoDataFrame(streets.iloc[order])
    left_out = np.zeros(len(edges), dtype=bool)
    for name in ("tunnel", "sidewalk"):
        left_out |= edges[name].eq(True).to_numpy()
    if not left_out.all():
        edges = gpd.GeoDataFrame(edges.loc[~left_out])
    ends = np.sort(edges[["u", "v"]].to_numpy(), axis=1)
    pairs = pd.DataFrame({"a": ends[:, 0], "b": ends[:, 1], "metres": edges["length_m"].to_numpy().round(2)})
    return gpd.GeoDataFrame(edges.loc[~pairs.duplicated().to_numpy()])


def _heat(rng: np.random.Generator, edges: gpd.GeoDataFrame) -> np.ndarray:
    """Weigh edges by length, class of street, and a heavy-tailed heat of the street and of the edge."""
    named = edges["name"].notna().to_numpy()
    street = [
        name if has else f"#{node}" for name, has, node in zip(edges["name"], named, edges["u"], strict=True)
    ]
    streets, codes = np.unique(np.array(street, dtype=str), return_inverse=True)
    street_heat = rng.lognormal(0.0, STREET_HEAT, size=len(streets))[codes]
    edge_heat = rng.lognormal(0.0, EDGE_HEAT, size=len(edges))
    appeal = np.array([STREET_APPEAL.get(highway, 1.0) for highway in edges["highway"]])
    # nameless yards and passages draw less than streets that people walk by name
    appeal = appeal * np.where(named, 1.0, 0.6)
    weight = edges["length_m"].to_numpy(dtype=float) * appeal * street_heat * edge_heat
    return weight / weight.sum()
