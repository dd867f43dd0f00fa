"""Physical ways: every metre once, and places found again."""

import numpy as np
import pandas as pd
import pytest
import shapely
from kuzet.coverage.errors import InvalidInputError
from kuzet.coverage.streets import physical_ways, ways_of_frame


def test_two_directions_are_one_street(town):
    """Seven directed edges of the tiny town are four ways; a one-way lane counts as well."""
    ways = physical_ways(town.streets)
    assert len(ways.frame) == 4
    assert ways.length_m == pytest.approx(100 + 100 + 100 + 100 * 2**0.5)
    assert ways.tunnel_m == 0


def test_sidewalks_and_tunnels_do_not_count(town):
    """A sidewalk is left to its street; a tunnel is kept apart."""
    streets = town.streets.copy()
    streets.loc[streets["name"] == "Short Lane", "sidewalk"] = True
    streets.loc[streets["name"] == "Cross Street", "tunnel"] = True
    ways = physical_ways(streets)
    assert ways.length_m == pytest.approx(200)
    assert ways.tunnel_m == pytest.approx(100)


def test_only_the_area_counts(town):
    """A way that leaves the area and comes back is two ways; outside is not counted."""
    area = shapely.box(-10, -10, 150, 50)
    assert physical_ways(town.streets, area=area).length_m == pytest.approx(100 + 50 + 50)
    with pytest.raises(InvalidInputError, match="no_streets"):
        physical_ways(town.streets, area=shapely.box(900, 900, 901, 901))


def test_stretches_and_places_lie_where_measured():
    """Points, stretches and nearest places agree with Shapely's own on a bent way."""
    import geopandas as gpd

    lines = [shapely.LineString([(0, 0), (10, 0), (10, 10)]), shapely.LineString([(50, 0), (50, 30)])]
    frame = gpd.GeoDataFrame(
        {"name": [None, "B"], "highway": "service", "length_m": [20.0, 30.0]}, geometry=lines
    )
    ways = ways_of_frame(frame)
    assert ways.points([0, 1], [15, 7]).tolist() == [[10, 5], [50, 7]]
    part = ways.lines([0, 0, 1], [5, 12, 0], [15, 13, 30])
    assert part[0].equals(shapely.LineString([(5, 0), (10, 0), (10, 5)]))
    assert shapely.length(part) == pytest.approx([10, 1, 30])
    way, at_m, distance = ways.nearest(shapely.points([[9, 2], [49, 20]]))
    assert way.tolist() == [0, 1]
    assert at_m == pytest.approx([12, 20])
    assert distance == pytest.approx([1, 1])
    assert len(ways.lines([], [], [])) == 0
    assert len(ways.segments) == 3


def test_unnamed_places_are_told_by_the_nearest_name(town):
    """A place takes the nearest street name there is; a city without names has none to give."""
    ways = physical_ways(town.streets.assign(name=[None, None, *town.streets["name"].iloc[2:]]))
    assert ways.names_near(np.array([[10.0, 5.0], [190.0, -5.0]])).tolist() == ["Cross Street", "Abai Avenue"]
    nameless = physical_ways(town.streets.assign(name=None))
    assert nameless.names_near(np.array([[0.0, 0.0]])).tolist() == [None]


def test_segments_cover_every_way(town):
    """The straight segments of the ways are as long as the ways."""
    ways = physical_ways(town.streets)
    segments = ways.segments
    length = np.hypot(segments["x1"] - segments["x0"], segments["y1"] - segments["y0"])
    assert length.groupby(segments["way"]).sum().to_numpy() == pytest.approx(
        ways.frame["length_m"].to_numpy()
    )
    assert pd.Series(segments["to_m"] - segments["from_m"]).to_numpy() == pytest.approx(length.to_numpy())
