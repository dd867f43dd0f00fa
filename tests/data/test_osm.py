"""A town drawn on paper, read from OpenStreetMap's own format; see files/town.osm."""

import random
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import osmium
import osmnx
import pytest
from kuzet.coverage.schema import BARRIERS, BUILDINGS, CAMERAS, STATIONS, STREETS, SUPPORTS, check_frame
from kuzet.data.osm import Extract, read_osm
from shapely.geometry import box

TOWN = Path(__file__).parent / "files" / "town.osm"


@pytest.fixture(scope="module")
def town() -> Extract:
    return read_osm(TOWN)


def edges_of(extract: Extract, osmid: int) -> set[tuple[int, int]]:
    of_way = extract.streets[extract.streets["osmid"] == osmid]
    return set(zip(of_way["u"], of_way["v"], strict=True))


def test_two_way_street_is_two_edges_a_block(town: Extract) -> None:
    """A street without oneway has an edge each way between its crossings."""
    assert edges_of(town, 100) == {(1, 2), (2, 1), (2, 3), (3, 2)}


def test_one_way_goes_along_and_minus_one_against(town: Extract) -> None:
    """oneway=yes follows the nodes, oneway=-1 goes against them, and both say so."""
    assert edges_of(town, 101) == {(2, 4)}
    assert edges_of(town, 102) == {(5, 4)}
    one_way = town.streets[town.streets["osmid"].isin([101, 102])]
    assert one_way["oneway"].all()


def test_roundabout_turns_one_way_only(town: Extract) -> None:
    """A roundabout is one-way though no tag says so: 5-6-7-5 as drawn, node 7 inside the second edge."""
    assert edges_of(town, 103) == {(5, 6), (6, 5)}
    back = town.graph.edges[6, 5, 0]["geometry"]
    assert list(back.coords) == [(78.002, 45.002), (78.001, 45.002), (78.002, 45.001)]


def test_cars_cannot_go_against_a_one_way_street(town: Extract) -> None:
    """The shortest drive from 5 to 2 does not exist, since 2-4 is one-way and 4 is a dead end for cars."""
    drive = nx.DiGraph((u, v) for u, v, data in town.graph.edges(data=True) if data["car"])
    assert not nx.has_path(drive, 5, 2)
    assert nx.shortest_path(drive, 5, 4) == [5, 4]


def test_people_walk_both_ways_on_paths(town: Extract) -> None:
    """A footway tagged oneway has edges both ways, is no street for cars, and is known as a sidewalk."""
    assert edges_of(town, 104) == {(6, 8), (8, 6)}
    row = town.streets[town.streets["osmid"] == 104].iloc[0]
    assert (row["car"], row["foot"], row["sidewalk"], row["oneway"]) == (False, True, True, False)


def test_closed_and_unbuilt_ways_are_left_out_and_counted(town: Extract) -> None:
    """A private road and one under construction are no streets; both are in the report."""
    assert not set(town.streets["osmid"]) & {105, 106}
    assert town.report["streets_closed"] == 2


def test_a_car_tag_beats_a_general_ban(town: Extract) -> None:
    """access=private with motor_vehicle=yes is open to cars and closed to people on foot."""
    row = town.streets[town.streets["osmid"] == 108].iloc[0]
    assert (row["car"], row["foot"], row["tunnel"]) == (True, False, True)


def test_clip_is_mended_without_false_streets(town: Extract) -> None:
    """A way that leaves the clip and returns is two pieces: no edge leads over the gap between 10 and 11."""
    assert edges_of(town, 108) == {(3, 10), (10, 3), (11, 12), (12, 11)}
    assert 109 not in set(town.streets["osmid"])
    losses = {
        name: town.report[name] for name in ("ways_clipped", "ways_mended", "ways_dropped", "nodes_missing")
    }
    assert losses == {"ways_clipped": 5, "ways_mended": 3, "ways_dropped": 2, "nodes_missing": 4}


def test_square_that_meets_no_street_keeps_its_edge(town: Extract) -> None:
    """A pedestrian square on its own is a ring with its whole edge, both ways round."""
    ring = town.streets[town.streets["osmid"] == 107]
    assert len(ring) == 2
    assert ring["length_m"].tolist() == pytest.approx([268.8, 268.8], abs=0.1)


def test_square_of_a_relation_does_not_count_its_street_twice(town: Extract) -> None:
    """A square drawn as a relation adds its three free sides, and not the one that is Abay street."""
    assert edges_of(town, -203) == {(2, 25), (25, 2), (3, 25), (25, 3)}


def test_lengths_are_metres_on_the_ellipsoid(town: Extract) -> None:
    """0.001 degree at 45 N is 78.847 m east and 111.13 m north (WGS 84), not a sphere's 78.63 and 111.19."""
    lengths = town.streets.set_index(["u", "v"])["length_m"]
    assert lengths[1, 2] == pytest.approx(78.847, abs=0.001)
    assert lengths[2, 4] == pytest.approx(111.132, abs=0.001)


def test_speeds_names_and_light(town: Extract) -> None:
    """Limits by direction, in miles or in words, names in three languages and light are as tagged."""
    street = town.streets.set_index(["u", "v"])
    assert street.loc[(1, 2), "maxspeed_kph"] == 50
    assert street.loc[(2, 1), "maxspeed_kph"] == 30
    assert street.loc[(2, 4), "maxspeed_kph"] == pytest.approx(48.28)
    assert street["maxspeed_kph"].isna()[5, 4]
    assert street.loc[(1, 2), ["name", "name_kk", "name_ru"]].tolist() == [
        "улица Абая",
        "Абай көшесі",
        "улица Абая",
    ]
    assert street.loc[(1, 2), "lit"] is True
    assert street.loc[(5, 6), "lit"] is False
    assert street.loc[(2, 4), "lit"] is None
    assert street.loc[(2, 4), "bridge"]
    assert street.loc[(2, 4), "layer"] == 1


def test_graph_and_frame_say_the_same(town: Extract) -> None:
    """The graph's edges carry the frame's values, one OSM way each, and osmnx can use the graph."""
    assert town.graph.number_of_edges() == len(town.streets)
    for row in town.streets.itertuples():
        data = town.graph.edges[row.u, row.v, row.key]
        assert data["length"] == data["length_m"] == row.length_m
        assert data["osmid"] == row.osmid
    nodes, edges = osmnx.graph_to_gdfs(osmnx.project_graph(town.graph))
    assert len(nodes) == len(town.graph)
    assert edges.length.sum() == pytest.approx(town.streets["length_m"].sum(), rel=1e-3)


def test_buildings_and_their_heights(town: Extract) -> None:
    """Height by tag, by levels x 3, or 8 m as assumed; roofs, cellars and broken rings are no buildings."""
    heights = town.buildings.set_index("id")["height_m"].to_dict()
    assert heights == {"r201": 12.0, "w113": 12.5, "w115": 8.0, "w136": 20.0}
    assumed = town.buildings.set_index("id")["assumed"].to_dict()
    assert assumed == {"r201": [], "w113": [], "w115": ["height_m"], "w136": []}
    assert (town.report["buildings_dropped"], town.report["areas_dropped"]) == (2, 3)


def test_roofs_are_counted_and_hovering_parts_have_a_base(town: Extract) -> None:
    """The roof and the cellar are left out and counted; what begins 5 m above the street says so."""
    assert not {"w114", "w118"} & set(town.buildings["id"])
    assert town.report["buildings_open"] == 2
    base = town.buildings.set_index("id")["base_m"]
    assert base["w136"] == 5
    assert base.drop("w136").isna().all()


def test_barriers_are_lines_with_their_height(town: Extract) -> None:
    """Fence, hedge, wall and trees with height, base and what was assumed; a kerb is none."""
    barriers = town.barriers.set_index("id").astype({"solid": object})
    assert list(barriers.index) == ["w131", "w132", "w133", "w133-2", "w134", "r204", "r204-2"]
    fence, hedge, trees = (barriers.loc[name] for name in ("w131", "w132", "w134"))
    assert (fence["kind"], fence["height_m"], fence["base_m"], fence["solid"]) == ("fence", 1.8, 0, False)
    assert fence["assumed"] == []
    assert (hedge["kind"], hedge["height_m"], hedge["solid"], hedge["assumed"]) == (
        "hedge", 1.5, None, ["height_m"]
    )  # fmt: skip
    assert (trees["kind"], trees["height_m"], trees["base_m"], trees["evergreen"]) == (
        "tree_row", 8, 2, True
    )  # fmt: skip
    assert trees["assumed"] == ["height_m", "base_m"]


def test_barriers_of_areas_are_rims_and_clipped_ones_are_pieces(town: Extract) -> None:
    """A closed hedge is a closed line, an area's wall its rims, and no wall leads over the clip's gap."""
    lines = town.barriers.set_index("id").geometry
    assert lines["w132"].is_ring
    assert (lines["w133"].length, lines["w133-2"].length) == pytest.approx((0.001, 0.001))
    yard = town.buildings.set_index("id").geometry["r201"]
    assert lines["r204"].equals(yard.exterior)
    assert lines["r204-2"].equals(yard.interiors[0])


def test_courtyard_of_a_building_stays_open(town: Extract) -> None:
    """The inner ring of a multipolygon is a hole."""
    yard = town.buildings.set_index("id").geometry["r201"]
    assert len(yard.interiors) == 1
    assert not yard.contains(box(78.00035, 45.00035, 78.00045, 45.00045))


def test_cameras_have_what_the_tags_say(town: Extract) -> None:
    """Sector, list of headings, tilt by both tags (down is positive), kind, owner, zone, indoor."""
    cameras = town.cameras.set_index("id")
    assert list(cameras.index) == ["n51", "n52", "n53", "n55", "n56", "w125"]
    first = cameras.loc["n51"]
    assert (first["heading_deg"], first["hfov_deg"], first["tilt_deg"], first["height_m"]) == (
        261.5,
        45,
        15,
        4.5,
    )
    assert (first["kind"], first["owner"], first["programme"], first["indoor"]) == (
        "fixed",
        "Akimat",
        "street",
        False,
    )
    second = cameras.loc["n52"]
    assert (second["heading_deg"], second["headings_deg"], second["tilt_deg"]) == (280, "0;120", 25)
    assert cameras.loc["n53", "kind"] == "panning"
    assert (cameras.loc["n55", "kind"], cameras.loc["n55", "indoor"]) == ("anpr", True)
    assert (cameras.loc["n56", "kind"], cameras.loc["n56", "heading_deg"]) == ("anpr", 340)


def test_state_is_assumed(town: Extract) -> None:
    """OpenStreetMap knows no state of a feed: all are registered, by assumption."""
    assert set(town.cameras["state"]) == {"registered"}
    assert all(names == ["state"] for names in town.cameras["assumed"])


def test_what_is_not_understood_is_reported(town: Extract) -> None:
    """A direction and a height that mean nothing are missing, and listed with tag and value."""
    assert set(town.unread.itertuples(index=False, name=None)) == {
        ("n53", "camera:direction", "null"),
        ("n53", "height", "tall"),
    }
    assert (town.report["bearings_unread"], town.report["values_unread"]) == (1, 1)
    assert town.cameras["heading_deg"].isna()[2]


def test_no_person_is_kept(town: Extract) -> None:
    """Telephone numbers of a camera's tags are nowhere in the extract."""
    assert "700 000" not in town.cameras.to_csv()


def test_stations_supports_and_base_map(town: Extract) -> None:
    """A station as point and as area, four kinds of support, the canal's piece and the park."""
    assert dict(zip(town.stations["id"], town.stations["name"], strict=True)) == {
        "n61": "Орталық бөлім",
        "w113": "№ 2",
    }
    assert town.stations.geometry[1].within(town.buildings.set_index("id").geometry["w113"])
    assert town.supports["kind"].tolist() == ["street_lamp", "pole", "traffic_signals", "mast"]
    assert town.supports["id"].tolist() == ["n62", "n63", "n64", "n65"]
    assert town.basemap["water"]["kind"].tolist() == ["canal"]
    assert town.basemap["water"].geometry[0].length == pytest.approx(0.001)
    assert town.basemap["green"]["kind"].tolist() == ["park"]
    assert town.basemap["landuse"].empty


def test_frames_keep_their_schemas(town: Extract) -> None:
    """Every frame is sound by the schema of its kind, in WGS 84."""
    for frame, schema in (
        (town.streets, STREETS),
        (town.buildings, BUILDINGS),
        (town.barriers, BARRIERS),
        (town.cameras, CAMERAS),
        (town.stations, STATIONS),
        (town.supports, SUPPORTS),
    ):
        assert check_frame(frame, schema) == []
        assert frame.crs == "EPSG:4326"


def test_bounds_are_the_files_box_as_far_as_there_are_streets(town: Extract) -> None:
    """The header's box cut to the streets."""
    assert town.bounds == pytest.approx((78.0, 44.9995, 78.007, 45.0055))
    assert town.name == "town"


def test_box_reads_a_rim_and_reports_inside() -> None:
    """With a box the things within the buffer are read, the others not, and the bounds are the box."""
    inside = (77.9995, 44.9999, 78.0006, 45.0005)
    near = read_osm(TOWN, box=inside, buffer_m=40, name="Corner")
    assert (near.bounds, near.name) == (inside, "Corner")
    assert set(near.streets["osmid"]) == {100, 101, -203}
    assert set(near.buildings["id"]) == {"r201"}
    assert set(near.cameras["id"]) == {"n51", "w125"}
    wide = read_osm(TOWN, box=inside, buffer_m=500)
    assert set(near.streets["osmid"]) < set(wide.streets["osmid"])
    assert near.basemap["green"].empty
    between = read_osm(TOWN, box=(78.0052, 45.0049, 78.0054, 45.0052), buffer_m=0)
    assert set(between.streets["osmid"]) == {107}
    assert between.basemap["green"].total_bounds.tolist() == pytest.approx(
        [78.0052, 45.005, 78.0054, 45.0052]
    )


@pytest.fixture
def shuffled(tmp_path: Path) -> Callable[[int], Path]:
    """Write the town in another order, with all its numbers times a factor."""

    def write(factor: int) -> Path:
        lines: list[str] = []
        for thing in osmium.FileProcessor(str(TOWN)):
            tags = "".join(
                f'<tag k="{tag.k}" v="{tag.v.replace("&", "&amp;").replace("<", "&lt;")}"/>'
                for tag in thing.tags
            )
            if thing.is_node():
                lines.append(
                    f'<node id="{thing.id * factor}" lat="{thing.lat}" lon="{thing.lon}">{tags}</node>'
                )
            elif thing.is_way():
                nodes = "".join(f'<nd ref="{node.ref * factor}"/>' for node in thing.nodes)
                lines.append(f'<way id="{thing.id * factor}">{nodes}{tags}</way>')
            else:
                members = "".join(
                    f'<member type="way" ref="{member.ref * factor}" role="{member.role}"/>'
                    for member in thing.members
                )
                lines.append(f'<relation id="{thing.id * factor}">{members}{tags}</relation>')
        random.Random(7).shuffle(lines)
        path = tmp_path / "shuffled.osm"
        path.write_text('<osm version="0.6">' + "\n".join(lines) + "</osm>", encoding="utf-8")
        return path

    return write


def test_unsorted_file_is_the_same_town(town: Extract, shuffled: Callable[[int], Path]) -> None:
    """Ways before nodes, relations before ways: the same town, and the report says so."""
    other = read_osm(shuffled(1))
    assert other.report == town.report | {"was_unsorted": 1}
    for osmid in set(town.streets["osmid"]):
        assert edges_of(other, osmid) == edges_of(town, osmid)
    assert set(other.buildings["id"]) == set(town.buildings["id"])
    assert set(other.cameras["id"]) == set(town.cameras["id"])


def test_a_town_drawn_in_an_editor_is_read(town: Extract, shuffled: Callable[[int], Path]) -> None:
    """Things never sent to OpenStreetMap have numbers below 0; nothing of them is lost."""
    other = read_osm(shuffled(-1))
    assert len(other.streets) == len(town.streets)
    assert other.streets["length_m"].sum() == pytest.approx(town.streets["length_m"].sum())
    assert len(other.buildings) == len(town.buildings)
    assert len(other.cameras) == len(town.cameras)


def test_same_file_gives_the_same_frames(town: Extract) -> None:
    """Reading twice gives equal frames, to the last bit."""
    again = read_osm(TOWN)
    assert again.streets.to_json() == town.streets.to_json()
    assert again.buildings.to_json() == town.buildings.to_json()


def test_progress_runs_to_the_end() -> None:
    """Progress never goes back, and ends at 1."""
    shares: list[float] = []
    read_osm(TOWN, progress=lambda share, step: shares.append(share))
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
