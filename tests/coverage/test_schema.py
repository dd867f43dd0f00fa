"""Frames checked at the border: all faults, by row and column."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from kuzet.coverage.errors import InvalidInputError, KuzetError
from kuzet.coverage.schema import (
    CAMERAS,
    INCIDENTS,
    SCHEMAS,
    UNITS,
    check_frame,
    complete_frame,
    require_frame,
)
from shapely import LineString, Point


def cameras(**changes):
    """Return two sound cameras, changed as told."""
    columns = {"id": ["a", "b"], "state": ["live", "offline"], "height_m": [4.0, None], **changes}
    return gpd.GeoDataFrame(columns, geometry=[Point(0, 0), Point(1, 1)])


def faults(frame, schema=CAMERAS):
    """Return faults as plain tuples."""
    return [(fault.row, fault.column, fault.reason) for fault in check_frame(frame, schema)]


def test_a_sound_frame_has_no_faults(town):
    """The frames of the tiny town are as the schema says."""
    for name in ("streets", "buildings", "cameras", "incidents", "stations", "units"):
        assert check_frame(getattr(town, name), SCHEMAS[name]) == []
        require_frame(getattr(town, name), SCHEMAS[name])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"height_m": [-3.0, 4.0]}, (0, "height_m", "out_of_range")),
        ({"tilt_deg": [400.0, 0.0]}, (0, "tilt_deg", "out_of_range")),
        ({"hfov_deg": [0.0, 90.0]}, (0, "hfov_deg", "out_of_range")),
        ({"heading_deg": [10.0, np.inf]}, (1, "heading_deg", "not_finite")),
        ({"pixels_across": ["many", "1920"]}, (0, "pixels_across", "not_a_number")),
        ({"state": ["live", "asleep"]}, (1, "state", "unknown_word")),
        ({"state": ["live", None]}, (1, "state", "missing")),
        ({"id": ["a", "a"]}, (1, "id", "duplicate")),
    ],
)
def test_each_fault_names_row_column_and_reason(changes, expected):
    """One wrong value is one fault, and the rows around it are not blamed."""
    assert faults(cameras(**changes)) == [expected]


def test_columns_and_geometries_that_are_not_there():
    """A missing column, a table without geometry, empty and wrong shapes are told apart."""
    assert (None, "state", "missing_column") in faults(cameras().drop(columns="state"))
    assert (None, "geometry", "no_geometry") in faults(pd.DataFrame(cameras().drop(columns="geometry")))
    shapes = cameras().set_geometry([Point(), LineString([(0, 0), (1, 1)])])
    assert (0, "geometry", "empty_geometry") in faults(shapes)
    assert (1, "geometry", "wrong_geometry") in faults(shapes)


def test_times_must_know_their_zone(town):
    """A naive time is a fault, an aware one is not."""
    naive = town.incidents.assign(occurred_from=pd.to_datetime(["2026-01-01"] * 3))
    assert faults(naive, INCIDENTS)[0] == (0, "occurred_from", "no_time_zone")
    mixed = town.incidents.assign(occurred_from=town.incidents["occurred_from"].astype(object))
    assert faults(mixed, INCIDENTS) == []


def test_all_faults_come_at_once():
    """The error names the first fault and counts them all."""
    with pytest.raises(InvalidInputError) as caught:
        require_frame(cameras(height_m=[-3.0, 999.0], state=["x", "live"]), CAMERAS)
    assert caught.value.facts["faults"] == 3


def test_completing_adds_empty_columns_in_order_and_changes_nothing():
    """Absent columns come empty and typed; the frame given stays as it was."""
    frame = cameras(colour=["red", "blue"])
    before = frame.copy()
    out = complete_frame(frame, CAMERAS)
    assert list(out.columns[: len(CAMERAS.names)]) == CAMERAS.names
    assert out["tilt_deg"].isna().all() and out["tilt_deg"].dtype == "float64"
    assert "colour" in out
    pd.testing.assert_frame_equal(frame, before)
    empty = complete_frame(pd.DataFrame({"id": ["u"], "station": ["s"]}), UNITS)
    assert isinstance(empty["shift_start"].dtype, pd.DatetimeTZDtype)
    assert CAMERAS.column("state").required


def test_errors_cross_a_process_border_whole():
    """Pickled and back, an error keeps class, code and facts."""
    import pickle

    error = InvalidInputError("frame_faulty", row=3, column="state")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is InvalidInputError and isinstance(again, KuzetError)
    assert (again.code, again.facts) == ("frame_faulty", {"row": 3, "column": "state"})
    assert str(again) == "frame_faulty (row=3, column='state')"
