"""Demand along the streets."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage.errors import InvalidInputError
from kuzet.coverage.risk import LEFT_OUT, measure_risk
from kuzet.coverage.streets import physical_ways
from shapely import Point


def whole(risk, ways):
    """Return the demand on all ways together."""
    number = np.arange(len(ways.frame))
    return risk.demand(number, np.zeros(len(number)), ways.frame["length_m"].to_numpy()).sum()


def test_thefts_count_and_administrative_offences_do_not(town):
    """Two thefts weigh 2 in all, spread 25 m both ways; the offence is counted apart."""
    ways = physical_ways(town.streets)
    risk = measure_risk(town.incidents, ways)
    assert risk.used == 2
    assert risk.left_out["not_a_crime"] == 1
    assert risk.used + sum(risk.left_out.values()) == 3
    assert set(risk.left_out) == set(LEFT_OUT)
    assert whole(risk, ways) == pytest.approx(2)
    cross = int(ways.frame.index[ways.frame["name"] == "Cross Street"][0])
    # whichever end the way is measured from, its middle 20 m lie within the theft's 50 m
    assert risk.demand([cross], [40], [60])[0] == pytest.approx(0.4)
    assert risk.demand([cross], [0], [100])[0] == pytest.approx(1)


def test_what_patrols_found_does_not_steer_patrols(town):
    """An incident found by a patrol weighs nothing, unless one asks for it."""
    ways = physical_ways(town.streets)
    incidents = town.incidents.assign(reported_by=["patrol", "public", "public"])
    assert measure_risk(incidents, ways).left_out["discovered"] == 1
    assert measure_risk(incidents, ways, discovered=True).used == 2


def test_centroids_and_far_points_weigh_nothing_and_snapped_ones_spread(town):
    """A district centroid is left out; a street-middle point is spread over its whole street."""
    ways = physical_ways(town.streets)
    incidents = town.incidents.assign(precision=["snapped", "centroid", "rooftop"])
    risk = measure_risk(incidents, ways)
    assert risk.left_out["centroid"] == 1
    cross = int(ways.frame.index[ways.frame["name"] == "Cross Street"][0])
    assert risk.demand([cross], [0], [10])[0] == pytest.approx(0.1)
    far = town.incidents.copy()
    far.loc[0, "geometry"] = Point(5000, 5000)
    assert measure_risk(far, ways).left_out["far_from_streets"] == 1


def test_severity_weighs_and_none_means_one(town):
    """Severity multiplies; a missing one counts as 1."""
    ways = physical_ways(town.streets)
    risk = measure_risk(town.incidents.assign(severity=[5.0, np.nan, 1.0]), ways)
    assert risk.total == pytest.approx(6)


def test_no_incidents_no_demand(town):
    """An empty file is a city without demand, not an error."""
    ways = physical_ways(town.streets)
    assert whole(measure_risk(town.incidents.iloc[:0], ways), ways) == 0
    with pytest.raises(InvalidInputError, match="bandwidth_not_positive"):
        measure_risk(town.incidents, ways, bandwidth_m=0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 200), st.floats(-5, 5)), min_size=1, max_size=8), st.floats(1, 80))
def test_demand_is_what_each_incident_spreads(town, places, bandwidth):
    """Demand on random stretches equals adding the overlap of each incident's spread, one by one."""
    ways = physical_ways(town.streets)
    incidents = town.incidents.iloc[[0] * len(places)].reset_index(drop=True)
    incidents = incidents.set_geometry([Point(p) for p in places], crs=town.crs)
    risk = measure_risk(incidents, ways, bandwidth_m=bandwidth)
    way, at_m, _ = ways.nearest(incidents.geometry.to_numpy())
    random = np.random.default_rng(5)
    for _ in range(10):
        number = int(random.integers(len(ways.frame)))
        length = float(ways.frame["length_m"].iloc[number])
        low, high = np.sort(random.uniform(0, length, 2))
        expected = 0.0
        for w, m in zip(way, at_m, strict=True):
            begin, end = max(m - bandwidth, 0.0), min(m + bandwidth, length)
            if w == number:
                expected += max(0.0, min(high, end) - max(low, begin)) / (end - begin)
        assert risk.demand([number], [low], [high])[0] == pytest.approx(expected, abs=1e-9)
