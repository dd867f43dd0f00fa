"""Travel times and paths against networkx."""

import networkx as nx
import numpy as np
import pytest
import shapely
from kuzet.coverage.errors import CannotHoldError
from kuzet.coverage.travel import build_network


def test_times_equal_networkx_on_the_tiny_town(town):
    """From house to house along the avenue at 70% of 36 km/h, never against the one-way lane."""
    places = shapely.points([[25, 3], [75, -2], [150, 50]])
    network = build_network(town.streets, places)
    seconds, _ = network.times()
    speed = 36 * 0.7 / 3.6
    assert seconds[0, 1] == pytest.approx(50 / speed)
    assert seconds[1, 0] == pytest.approx(50 / speed)
    lane = 100 * 2**0.5
    slow = 30 * 0.7 / 3.6
    # the lane is entered at node 4, by way of node 2
    assert seconds[1, 2] == pytest.approx(25 / speed + 100 / slow + lane / 2 / slow)
    assert seconds[2, 1] == pytest.approx(lane / 2 / slow + (100 + 25) / speed)
    assert set(network.edges["speed_source"]) == {"tag", "assumed"}
    assert network.gap_m == pytest.approx([3, 2, 0])


def test_foot_patrols_walk_both_ways(town):
    """On foot the one-way lane is walked back as well, at 4.5 km/h."""
    places = shapely.points([[110, 90], [190, 10]])
    seconds, _ = build_network(town.streets, places, kind="foot").times()
    assert seconds[0, 1] == pytest.approx(80 * 2**0.5 / 1.25)
    assert seconds[1, 0] == pytest.approx(seconds[0, 1])


def test_a_dead_end_one_cannot_leave_is_left_out(town):
    """A one-way street into nowhere is no place to send a car."""
    streets = town.streets.copy()
    trap = streets[streets["name"] == "Short Lane"].assign(
        v=99, geometry=shapely.LineString([(100, 100), (100, 300)])
    )
    import geopandas as gpd
    import pandas as pd

    streets = gpd.GeoDataFrame(pd.concat([streets, trap], ignore_index=True), crs=town.crs)
    network = build_network(streets, shapely.points([[100, 299]]))
    assert 99 not in set(network.edges["v"])
    assert network.gap_m[0] == pytest.approx(199)
    with pytest.raises(CannotHoldError, match="no_street_for_unit"):
        build_network(streets.assign(car=False), shapely.points([[0, 0]]))


def test_times_and_paths_of_the_sample_city_equal_networkx(sample_analysis):
    """Between 12 places times equal Dijkstra's, and each path is legal, joined and as long as it says."""
    city = sample_analysis
    random = np.random.default_rng(4)
    rows = city.streets[city.streets["car"]].iloc[random.integers(0, int(city.streets["car"].sum()), 12)]
    places = shapely.line_interpolate_point(
        rows.geometry.to_numpy(), random.uniform(0.1, 0.9, 12), normalized=True
    )
    network = build_network(city.streets, places)
    seconds, before = network.times()
    graph = nx.DiGraph()
    for part in network.parts.itertuples():
        known = graph.get_edge_data(part.tail, part.head, {"weight": np.inf})["weight"]
        graph.add_edge(part.tail, part.head, weight=min(part.seconds, known))
    for a in range(12):
        reach = nx.single_source_dijkstra_path_length(graph, int(network.place_leave[a]), weight="weight")
        for b in range(12):
            if a != b:
                assert seconds[a, b] == pytest.approx(reach[int(network.place_reach[b])], abs=1e-6)
            path = network.path(before, a, b)
            edges = network.edges.iloc[path["edge"]]
            assert (edges["v"].to_numpy()[:-1] == edges["u"].to_numpy()[1:]).all()
            total = (edges["seconds"].to_numpy() * (path["high"] - path["low"]).to_numpy()).sum()
            assert total == pytest.approx(seconds[a, b], abs=1e-3)
