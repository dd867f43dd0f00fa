"""Metres are metres."""

import geopandas as gpd
import pyproj
import pytest
import shapely
from kuzet.coverage.errors import InvalidInputError
from kuzet.coverage.progress import part, silent
from kuzet.coverage.projection import metric_crs, to_metric, to_wgs84

EARTH = pyproj.Geod(ellps="WGS84")


@pytest.mark.parametrize(("lon", "lat"), [(78.38, 45.02), (78.31, 45.02), (78.45, 45.09), (24.94, 60.17)])
def test_a_ring_of_100_metres_measures_100_metres(lon, lat):
    """At Taldykorgan and at its edges 100 m north, south, east and west measure 100.0 m within 0.01."""
    middle = (78.38, 45.02) if lat < 50 else (lon, lat)
    crs = metric_crs((middle[0] - 0.07, middle[1] - 0.07, middle[0] + 0.07, middle[1] + 0.07))
    for bearing in (0, 90, 180, 270):
        there = EARTH.fwd(lon, lat, bearing, 100.0)[:2]
        ends = to_metric(gpd.GeoDataFrame(geometry=[shapely.Point(lon, lat), shapely.Point(there)]), crs)
        assert ends.geometry.iloc[0].distance(ends.geometry.iloc[1]) == pytest.approx(100.0, abs=0.01)


def test_there_and_back_is_the_same_place():
    """WGS 84 to metres and back moves nothing by more than a nanodegree."""
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(78.38, 45.02)], crs=4326)
    back = to_wgs84(to_metric(frame, metric_crs((78.3, 45.0, 78.5, 45.1))))
    assert back.geometry.iloc[0].equals_exact(frame.geometry.iloc[0], 1e-9)


def test_boxes_outside_the_world_and_frames_without_a_system_are_refused():
    """Latitude 95 does not become infinity; metres without a system do not become degrees."""
    with pytest.raises(InvalidInputError, match="box_outside_world"):
        metric_crs((10, 80, 11, 95))
    with pytest.raises(InvalidInputError, match="no_crs"):
        to_wgs84(gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)]))


def test_progress_can_fill_a_part_of_another():
    """Half way through the second half is three quarters."""
    told = []
    part(lambda share, step: told.append((share, step)), 0.5, 1.0)(0.5, "figures")
    assert told == [(0.75, "figures")]
    silent(1.0, "figures")
