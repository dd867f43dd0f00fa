"""The made-up half of the sample city."""

import hashlib
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage.errors import InvalidInputError
from kuzet.coverage.projection import metric_crs
from kuzet.coverage.schema import (
    CAMERAS,
    INCIDENTS,
    STATES,
    STATIONS,
    STREETS,
    UNITS,
    check_frame,
    complete_frame,
)
from kuzet.data.osm import read_osm
from kuzet.data.sample_city import make_incidents, make_stations, make_units, mark_states, sample_path
from shapely import LineString, Point

WEST, SOUTH, STEP = 24.93, 60.16, 0.002
SIZE = 12
ALMATY = ZoneInfo("Asia/Almaty")
SHIFT = datetime(2026, 6, 5, 20, tzinfo=ALMATY)


def _grid_of_streets() -> gpd.GeoDataFrame:
    """Draw a grid of two-way named streets, with a one-way tail that no car comes back from."""
    rows, lines = [], []

    def add(u: int, v: int, name: str | None, highway: str = "residential", *, both: bool = True) -> None:
        ends = [(WEST + n % SIZE * STEP, SOUTH + n // SIZE * STEP / 2) for n in (u, v)]
        for a, b, way in [(u, v, ends), (v, u, ends[::-1])][: 1 + both]:
            rows.append((a, b, 0, 111.0, highway, name, not both, True, True, False, False, False))
            lines.append(LineString(way))

    for n in range(SIZE * SIZE):
        if n % SIZE + 1 < SIZE:
            add(n, n + 1, f"Row {n // SIZE}", "primary" if n // SIZE == 3 else "residential")
        if n // SIZE + 1 < SIZE:
            add(n, n + SIZE, f"Column {n % SIZE}")
    names = ["u", "v", "key", "length_m", "highway", "name", "oneway", "car", "foot"]
    frame = gpd.GeoDataFrame(
        rows, columns=[*names, "sidewalk", "bridge", "tunnel"], geometry=lines, crs="EPSG:4326"
    )
    # the far corner can be entered only
    corner = SIZE * SIZE - 1
    return gpd.GeoDataFrame(complete_frame(frame[frame["u"] != corner], STREETS))


STREET_GRID = _grid_of_streets()


def _cameras(count: int) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        {"id": [f"c{n}" for n in range(count)], "state": "live"},
        geometry=[Point(WEST, SOUTH)] * count,
        crs="EPSG:4326",
    )
    return gpd.GeoDataFrame(complete_frame(frame, CAMERAS))


def test_sample_is_the_file_that_source_names():
    """The extract is byte for byte the one whose hash SOURCE.md gives."""
    digest = hashlib.sha256(sample_path().read_bytes()).hexdigest()
    assert digest in sample_path().with_name("SOURCE.md").read_text("utf-8")


def test_sample_equals_the_city_beside_the_checkout(shared):
    """The file out of the package is the one kept among the real cities."""
    kept = shared / "data" / "helsinki" / "helsinki_centre.osm.pbf"
    assert sample_path().read_bytes() == kept.read_bytes()


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_incidents_follow_the_schema_and_say_they_are_made_up(seed):
    """Made-up incidents are a sound frame with unique ids in which every row is marked synthetic."""
    frame = make_incidents(STREET_GRID, seed=seed)
    assert check_frame(frame, INCIDENTS) == []
    assert frame["synthetic"].eq(True).all()
    assert frame["id"].str.startswith("synthetic-").all()
    assert frame["occurred_from"].is_monotonic_increasing


def test_shares_are_those_of_the_source_city():
    """Over half of the crimes are thefts, and administrative offences stand apart, found by patrols."""
    frame = make_incidents(STREET_GRID, seed=3)
    crimes = frame[frame["category"] != "administrative"]
    offences = frame[frame["category"] == "administrative"]
    assert (len(crimes), len(offences)) == (2_000, 3_000)
    counts = crimes["category"].value_counts()
    assert counts["theft"] == 1_100
    assert (counts["burglary"], counts["hooliganism"], counts["robbery"]) == (200, 200, 100)
    assert (crimes["reported_by"] == "public").mean() > 0.75
    assert (offences["reported_by"] == "public").mean() < 0.12
    assert set(frame["precision"]) == {"rooftop", "street", "snapped", "centroid", "unknown"}


def test_few_streets_hold_many_incidents_but_not_all():
    """A twentieth of the street edges holds a fifth to two thirds of the well-placed crimes."""
    for seed in range(5):
        frame = make_incidents(STREET_GRID, seed=seed)
        well = frame[(frame["category"] != "administrative") & (frame["precision"] == "street")]
        streets = STREET_GRID[STREET_GRID["u"] < STREET_GRID["v"]].to_crs(metric_crs(_bounds(STREET_GRID)))
        nearest = streets.sindex.nearest(well.to_crs(streets.crs).geometry, return_all=False)[1]
        counts = np.sort(np.bincount(nearest, minlength=len(streets)))[::-1]
        hottest = counts[: len(streets) // 20].sum() / counts.sum()
        assert 0.2 < hottest < 0.67, (seed, hottest)


def test_precision_tells_how_far_from_the_street_a_point_is():
    """Street points lie on the line, rooftops within some metres of it, centroids on four places in all."""
    frame = make_incidents(STREET_GRID, seed=5)
    metric = frame.to_crs(metric_crs(_bounds(STREET_GRID)))
    network = STREET_GRID.to_crs(metric.crs).union_all()
    distance = metric.distance(network)
    assert distance[metric["precision"].isin(["street", "snapped"])].max() < 0.01
    rooftop = distance[metric["precision"] == "rooftop"]
    assert 1 < rooftop.mean() < 8
    assert rooftop.max() < 20
    assert metric[metric["precision"] == "centroid"].geometry.to_wkb().nunique() == 4


def test_hours_follow_the_kind_of_incident():
    """Thefts peak in the afternoon, hooliganism at night, and every burglary is a span of time."""
    frame = make_incidents(STREET_GRID, seed=2)
    hour = frame["occurred_from"].dt.tz_convert("Asia/Almaty").dt.hour
    theft, hooligans = (frame["category"] == name for name in ("theft", "hooliganism"))
    assert hour[theft].between(12, 20).mean() > 0.7
    assert (hour[hooligans].ge(19) | hour[hooligans].le(4)).mean() > 0.75
    burglary = frame[frame["category"] == "burglary"]
    assert (burglary["occurred_to"] > burglary["occurred_from"]).all()
    assert frame.loc[hooligans, "occurred_to"].isna().all()


@given(seed=st.integers(0, 2**32), days=st.integers(1, 800), count=st.integers(0, 40))
@settings(max_examples=25, deadline=None)
def test_days_and_counts_are_those_asked_for(seed, days, count):
    """Any seed gives as many incidents as asked for, each on a day of the period by the local clock."""
    first = date(2024, 1, 15)
    frame = make_incidents(
        STREET_GRID, seed=seed, count=count, administrative=3, first_day=first, days=days, zone="Asia/Almaty"
    )
    day = frame["occurred_from"].dt.tz_convert("Asia/Almaty").dt.date
    assert len(frame) == count + 3
    assert day.min() >= first
    assert day.max() < first + timedelta(days=days)


def test_same_seed_same_incidents_whatever_the_order_of_the_streets():
    """The same seed makes the same rows from shuffled streets, another seed makes other rows."""
    shuffled = STREET_GRID.sample(frac=1, random_state=1)
    before = shuffled.copy()
    first = make_incidents(STREET_GRID, seed=4, count=100)
    again = make_incidents(gpd.GeoDataFrame(shuffled), seed=4, count=100)
    pd.testing.assert_frame_equal(first, again)
    pd.testing.assert_frame_equal(shuffled, before)
    assert not first.geometry.equals(make_incidents(STREET_GRID, seed=5, count=100).geometry)


def test_no_streets_no_incidents():
    """An empty street frame is refused with a code instead of a fault deep inside."""
    with pytest.raises(InvalidInputError) as caught:
        make_incidents(STREET_GRID.iloc[:0], seed=1)
    assert caught.value.code == "sample_needs_streets"


@pytest.mark.parametrize("seed", range(6))
def test_stations_are_on_streets_a_car_can_leave_and_come_back_to(seed):
    """Both stations lie on edges inside the largest strongly connected part, far from one another."""
    stations = make_stations(STREET_GRID, seed=seed)
    assert check_frame(stations, STATIONS) == []
    assert len(stations) == 2
    assert stations["synthetic"].eq(True).all()
    graph = nx.DiGraph(zip(STREET_GRID["u"], STREET_GRID["v"], strict=True))
    core = max(nx.strongly_connected_components(graph), key=len)
    inside = STREET_GRID[STREET_GRID["u"].isin(core) & STREET_GRID["v"].isin(core)]
    assert len(inside) < len(STREET_GRID)
    crs = metric_crs(_bounds(STREET_GRID))
    places = stations.to_crs(crs).geometry
    assert places.distance(inside.to_crs(crs).union_all()).max() < 0.01
    west, south, east, north = STREET_GRID.to_crs(crs).total_bounds
    assert places.iloc[0].distance(places.iloc[1]) > 0.5 * np.hypot(east - west, north - south)


def test_a_shift_has_two_cars_a_station():
    """Four units, two at each station, eight hours from the moment asked for."""
    stations = make_stations(STREET_GRID, seed=0)
    units = make_units(stations, shift_start=SHIFT)
    assert check_frame(units, UNITS) == []
    assert units["station"].value_counts().to_dict() == dict.fromkeys(stations["id"], 2)
    assert (units["kind"] == "car").all()
    assert (units["shift_start"] == SHIFT).all()
    assert (units["shift_end"] - units["shift_start"] == timedelta(hours=8)).all()
    with pytest.raises(InvalidInputError):
        make_units(stations, shift_start=SHIFT.replace(tzinfo=None))


@given(count=st.integers(0, 300), seed=st.integers(0, 1_000))
@settings(max_examples=30, deadline=None)
def test_states_are_dealt_out_in_their_shares(count, seed):
    """Every state gets its share to within one camera, and the made-up field is named."""
    cameras = _cameras(count)
    marked = mark_states(cameras, seed=seed)
    counts = marked["state"].value_counts()
    for state, share in {"live": 0.6, "archive": 0.2, "registered": 0.12, "offline": 0.08}.items():
        assert abs(counts.get(state, 0) - share * count) <= 1
    assert all(fields == ["state"] for fields in marked["synthetic"])
    assert list(marked["id"]) == list(cameras["id"])
    assert set(cameras["state"]) <= {"live"}
    assert cameras["synthetic"].isna().all()


def test_states_follow_ids_and_keep_other_made_up_fields():
    """A camera keeps its state when the rows are shuffled, and fields already marked stay marked."""
    cameras = _cameras(50)
    cameras["synthetic"] = [["kind"] for _ in range(50)]
    cameras["assumed"] = [["state", "height_m"] for _ in range(50)]
    marked = mark_states(cameras, seed=9).set_index("id")
    shuffled = mark_states(gpd.GeoDataFrame(cameras.sample(frac=1, random_state=0)), seed=9).set_index("id")
    assert marked["state"].to_dict() == shuffled["state"].to_dict()
    assert set(marked["state"]) == set(STATES)
    assert all(fields == ["kind", "state"] for fields in marked["synthetic"])
    # a made-up state is not an assumed one
    assert all(fields == ["height_m"] for fields in marked["assumed"])
    assert all(fields == ["kind"] for fields in cameras["synthetic"])


def test_unknown_state_in_the_shares_is_refused():
    """A share for a state that does not exist is an error, not a silent loss of cameras."""
    with pytest.raises(InvalidInputError):
        mark_states(_cameras(3), shares={"live": 1, "broken": 1})


def _bounds(frame: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    west, south, east, north = frame.total_bounds
    return west, south, east, north


def test_the_sample_city_gets_its_incidents_stations_and_units():
    """On the real streets incidents lie by the streets, and stations in the drivable core, far apart."""
    city = read_osm(sample_path(), name="Helsinki")
    crs = metric_crs(_bounds(city.streets))
    incidents = make_incidents(city.streets, seed=0)
    assert check_frame(incidents, INCIDENTS) == []
    network = city.streets.to_crs(crs).union_all()
    well = incidents[incidents["precision"].isin(["street", "rooftop", "snapped"])].to_crs(crs)
    assert well.distance(network).max() < 20
    stations = make_stations(city.streets, seed=0)
    drivable = city.streets[city.streets["car"].eq(True)]
    graph = nx.DiGraph(zip(drivable["u"], drivable["v"], strict=True))
    core = max(nx.strongly_connected_components(graph), key=len)
    inside = drivable[drivable["u"].isin(core) & drivable["v"].isin(core)]
    places = stations.to_crs(crs).geometry
    assert places.distance(inside.to_crs(crs).union_all()).max() < 0.05
    assert places.iloc[0].distance(places.iloc[1]) > 700
    marked = mark_states(city.cameras, seed=0)
    assert check_frame(marked, CAMERAS) == []
    assert abs((marked["state"] == "live").mean() - 0.6) < 0.01
