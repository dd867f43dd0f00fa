"""Results as bytes and back."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage.errors import InvalidInputError
from kuzet.coverage.projection import metric_crs
from kuzet.coverage.results import CAUSES, BlindSpots, PatrolPlan, SitePlan, SiteProposal
from kuzet.data.results_file import RESULTS, result_from_bytes, result_to_bytes
from pandas.testing import assert_frame_equal

METRIC = metric_crs((24.9, 60.1, 25.0, 60.2))
ALMATY = ZoneInfo("Asia/Almaty")


def make_spots() -> BlindSpots:
    spots = gpd.GeoDataFrame(
        {
            "rank": [1, 2],
            "name": ["Қабанбай батыр", None],
            "length_m": [12.5, 7.25],
            "risk": [0.9, 0.1],
            "cause": [CAUSES[0], CAUSES[5]],
            "distance_m": [np.nan, 31.0],
        },
        geometry=[shapely.LineString([(0, 0), (12.5, 0)]), shapely.LineString([(0.1, 1 / 3), (7.25, 0)])],
        crs=METRIC,
    )
    return BlindSpots(spots=spots, unseen_m=19.75, unsure_m=3.0)


def make_plan() -> PatrolPlan:
    start = pd.Timestamp("2026-06-05 20:00", tz=ALMATY)
    late = start + pd.Timedelta(hours=8)
    units = pd.DataFrame({"id": ["A"], "shift_start": [start], "shift_end": [late], "back_at": [late]})
    stops = gpd.GeoDataFrame({"stop": [0], "cause": [None]}, geometry=[shapely.Point(1, 2)], crs=METRIC)
    visits = pd.DataFrame({"unit": ["A"], "stop": [0], "arrive": [start], "leave": [late]})
    legs = gpd.GeoDataFrame(
        {
            "unit": ["A"],
            "edges": [[(2**62 + 1, 2**63 - 1, 0), (3, 4, 1)]],
            "turns": [[["Абай", 120.5], ["", 3.0]]],
        },
        geometry=[shapely.LineString([(0, 0), (1, 2)])],
        crs=METRIC,
    )
    return PatrolPlan(units, stops, visits, legs, score=1.0, upper_bound=2.0, gap=0.5, seed=7, left_out=0)


def make_proposal() -> SiteProposal:
    plan = SitePlan(np.array([4]), 2.0, 2.5, 0.2, False, 1000.0, np.array([2.0]), stopped="gap")
    sites = gpd.GeoDataFrame({"order": [1], "gain": [2.0]}, geometry=[shapely.Point(5, 5)], crs=METRIC)
    nothing = gpd.GeoDataFrame({"order": [], "length_m": []}, geometry=[], crs=METRIC)
    views = gpd.GeoDataFrame({"order": [1]}, geometry=[shapely.Point(5, 5).buffer(3)], crs=METRIC)
    return SiteProposal(plan, sites, views, nothing, {"seen_m": 1.0}, {"seen_m": 3.0}, 12)


@pytest.mark.parametrize("make", [make_spots, make_plan, make_proposal])
def test_result_round_trip(make):
    """A result comes back as the same dataclass, and gives the same bytes again."""
    result = make()
    content = result_to_bytes(result)
    again = result_from_bytes(content)
    assert type(again) is type(result)
    assert result_to_bytes(again) == content


def test_frames_come_back_equal():
    """Types, missing values, geometry, coordinates and zones survive; a list stays a list."""
    spots, plan = make_spots(), make_plan()
    spots_again = result_from_bytes(result_to_bytes(spots))
    plan_again = result_from_bytes(result_to_bytes(plan))
    assert_frame_equal(spots_again.spots, spots.spots)
    assert spots_again.spots.crs == METRIC
    assert spots_again.spots.geometry.geom_equals_exact(spots.spots.geometry, 0).all()
    assert_frame_equal(plan_again.units, plan.units)
    assert str(plan_again.visits["arrive"].dtype) == str(plan.visits["arrive"].dtype)
    assert plan_again.legs["edges"].iloc[0] == [(2**62 + 1, 2**63 - 1, 0), (3, 4, 1)]
    assert plan_again.legs["turns"].iloc[0] == [["Абай", 120.5], ["", 3.0]]
    assert plan_again.stops["cause"].iloc[0] is None


def test_same_result_same_bytes(monkeypatch):
    """Two results made apart, at another time, with a dict in another order, give the same bytes."""
    first = result_to_bytes({"a": 1, "b": make_proposal()})
    monkeypatch.setattr(time, "time", lambda: 2e9)
    assert result_to_bytes({"b": make_proposal(), "a": 1}) == first
    assert result_to_bytes({"b": make_proposal(), "a": 2}) != first


def test_nan_has_one_form():
    """Two bit patterns of NaN are the same content."""
    odd = np.frombuffer(np.uint64(0x7FF8000000000001).tobytes(), dtype="float64")
    assert np.isnan(odd).all()
    assert result_to_bytes(odd) == result_to_bytes(np.array([np.nan]))


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"n": pd.array([1, None, 2**63 - 1], dtype="Int64")}),
        pd.DataFrame({"n": np.array([2**64 - 1], dtype="uint64")}, index=pd.Index(["x"], name="way")),
        pd.DataFrame(
            {"flag": np.array([True, None, False], dtype=object), "text": ["a", None, ""]}, index=[5, 3, 3]
        ),
        pd.DataFrame(
            {"t": pd.to_datetime(["2026-01-01T00:00:00.123456Z", None])},
            index=pd.MultiIndex.from_tuples([(1, "a"), (2, "b")], names=["u", None]),
        ),
        pd.DataFrame({"wait": pd.to_timedelta([1, 2], unit="s")}),
        pd.DataFrame(
            {"t": pd.to_datetime(["2026-01-01T00:00:00+05:00"]), "naive": pd.to_datetime(["2026-01-01"])}
        ),
        pd.DataFrame(index=pd.RangeIndex(3)),
        gpd.GeoDataFrame({"a": [1, 2]}, geometry=[None, shapely.Point()], crs=None),
        gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 2)], crs=4326).rename_geometry("spot"),
    ],
)
def test_frame_round_trip(frame):
    """Every kind of column and index that a frame may have comes back equal."""
    again = result_from_bytes(result_to_bytes(frame))
    assert type(again) is type(frame)
    assert_frame_equal(again, frame)
    if isinstance(frame, gpd.GeoDataFrame):
        assert again.crs == frame.crs


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.tuples(inner, inner)
            | st.dictionaries(st.text() | st.integers() | st.tuples(st.integers(), st.integers()), inner)
        ),
        max_leaves=20,
    )
)
def test_plain_values_round_trip(value):
    """Any nest of plain values comes back as it was, NaN and big numbers included."""
    content = result_to_bytes(value)
    again = result_from_bytes(content)
    assert repr_of(again) == repr_of(value)
    assert result_to_bytes(again) == content


def repr_of(value: object) -> str:
    # NaN is not equal to itself, and dicts come back sorted
    if isinstance(value, dict):
        return "{" + ",".join(sorted(f"{key!r}:{repr_of(item)}" for key, item in value.items())) + "}"
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}({','.join(repr_of(item) for item in value)})"
    return repr(value)


def test_times_keep_their_moment():
    """A time in a cell comes back at the same moment with its offset."""
    moment = datetime(2026, 6, 5, 20, tzinfo=ALMATY)
    again = result_from_bytes(result_to_bytes([moment]))[0]
    assert again == moment
    assert again.utcoffset() == moment.utcoffset()
    assert again == moment.astimezone(UTC)


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"hello", result_to_bytes(make_spots())[:-40], b"\x80\x04K\x01."]
)
def test_damaged_bytes_are_refused(content):
    """Damaged bytes, or a pickle, raise one clear error."""
    with pytest.raises(InvalidInputError) as caught:
        result_from_bytes(content)
    assert caught.value.code == "result_unreadable"


def test_only_results_can_be_made():
    """A file cannot name a class other than the results, and no object without a form is written."""
    assert set(RESULTS) >= {"Coverage", "BlindSpots", "SitePlan", "SiteProposal", "PatrolPlan", "SweepPlan"}
    rooms = {f"kuzet.coverage.{room}" for room in ("exposure", "results", "site_results", "sweep_results")}
    assert {kind.__module__ for kind in RESULTS.values()} == rooms
    with pytest.raises(TypeError):
        result_to_bytes(object())
    with pytest.raises(TypeError):
        result_to_bytes(np.array([object()]))
