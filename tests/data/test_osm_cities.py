"""Real cities: the counts that were taken from the files by other means (their PROVENANCE.md)."""

import time
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import osmium
import pandas as pd
import pytest
import shapely
from kuzet.coverage.schema import BARRIERS, BUILDINGS, CAMERAS, STATIONS, STREETS, check_frame
from kuzet.data.bearings import parse_bearing
from kuzet.data.osm import Extract, read_osm
from kuzet.data.osm_cameras import CameraRows, is_camera
from kuzet.data.osm_streets import drive_direction, may_drive
from kuzet.data.tables import read_cameras

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample" / "Helsinki.osm.pbf"
CITIES = {
    "helsinki": "helsinki/helsinki_centre.osm.pbf",
    "monaco": "monaco/monaco_2025.osm.pbf",
    "monaco_2023": "monaco/monaco_2023-12.osm.pbf",
    "liechtenstein": "liechtenstein/liechtenstein_2019-11.osm.pbf",
    "washington": "washington_dc/dc_streets_nw.osm.pbf",
}


@pytest.fixture(scope="module")
def cities(shared: Path) -> dict[str, Extract]:
    extracts = {}
    for name, path in CITIES.items():
        start = time.perf_counter()
        extracts[name] = read_osm(shared / "data" / path)
        print(f"{name}: {time.perf_counter() - start:.1f} s")
    return extracts


@pytest.fixture(scope="module")
def sample() -> Extract:
    return read_osm(SAMPLE)


def check_edges(extract: Extract, path: Path) -> int:
    """Walk every directed edge for cars against the ways of the raw file, and count the one-way ones."""
    allowed: set[tuple[int, int]] = set()
    one_way_streets = 0
    for way in osmium.FileProcessor(str(path), osmium.osm.WAY):
        tags = dict(way.tags)
        if "highway" not in tags:
            continue
        nodes = [node.ref for node in way.nodes]
        direction = drive_direction(tags)
        one_way_streets += may_drive(tags) and direction != "both"
        for a, b in pairwise(nodes):
            if direction != "backward":
                allowed.add((a, b))
            if direction != "forward":
                allowed.add((b, a))
    places = {
        node.id: (node.lon, node.lat) for node in osmium.FileProcessor(str(path), osmium.osm.NODE)
    }  # fmt: skip
    at: dict[tuple[float, float], list[int]] = {}
    for node, place in places.items():
        at.setdefault(place, []).append(node)
    wrong = 0
    for row in extract.streets[extract.streets["car"]].itertuples():
        points = list(row.geometry.coords)
        steps = pairwise(points)
        wrong += not all(any((a, b) in allowed for a in at[p] for b in at[q]) for p, q in steps)
    assert wrong == 0
    return one_way_streets


def once_each(streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Keep one of the two edges of a two-way street."""
    lines = shapely.normalize(streets.geometry.array)
    return streets[~pd.Series(shapely.to_wkb(lines), index=streets.index).duplicated()]


def test_sample_city_counts(sample: Extract) -> None:
    """Helsinki: 221 surveillance nodes and 2 speed cameras, none with a heading; 421 ways clipped."""
    assert len(sample.cameras) == 223
    assert (sample.cameras["kind"] == "anpr").sum() == 2
    assert (sample.cameras["kind"] == "dome").sum() == 6
    assert sample.cameras["heading_deg"].isna().all()
    assert sample.report["ways_clipped"] == 421
    # 500 in the file: 11 roofs and cellars, 54 whose ring the clip has cut
    assert len(sample.buildings) == 500 - 11 - sample.report["buildings_dropped"] == 435
    assert sample.bounds == pytest.approx((24.93518, 60.16416, 24.95341, 60.17911), abs=1e-4)


def test_cameras_inside_buildings_of_the_sample(sample: Extract) -> None:
    """Most of the 52 cameras that lie in a building of the whole data do so here, clipped rings aside."""
    inside = sample.cameras.sjoin(sample.buildings[["geometry"]], predicate="within")["id"].nunique()
    assert 45 <= inside <= 52


def test_no_false_polygon_in_the_sample(sample: Extract) -> None:
    """No building is larger than a city block, as one closed over the clip's edge would be."""
    metres = sample.buildings.to_crs(32635)
    assert metres.area.max() < 40_000
    assert metres.geometry.is_valid.all()


def test_one_ways_of_the_sample_are_as_tagged(sample: Extract) -> None:
    """Every step of every car edge follows a way of the raw file in its direction."""
    assert check_edges(sample, SAMPLE) > 100


def test_drivable_length_of_the_sample(sample: Extract) -> None:
    """Each physical way once: about the 21.2 km drivable without service ways counted independently."""
    drivable = sample.streets[sample.streets["car"] & (sample.streets["highway"] != "service")]
    assert once_each(drivable)["length_m"].sum() / 1000 == pytest.approx(21.2, rel=0.05)


def test_reading_the_sample_is_quick() -> None:
    """The sample is read within seconds: it is part of a demo that must end in 90 s."""
    start = time.perf_counter()
    read_osm(SAMPLE)
    assert time.perf_counter() - start < 20


@pytest.mark.parametrize(
    ("city", "cameras", "buildings", "stations"),
    [("helsinki", 223, 500, 0), ("monaco", 20, 4609, 9), ("monaco_2023", 14, 1286, None),
     ("liechtenstein", 8, 14009, 3), ("washington", 0, None, 0)],
)  # fmt: skip
def test_real_cities_have_what_was_counted(
    cities: dict[str, Extract], city: str, cameras: int, buildings: int | None, stations: int | None
) -> None:
    """Cameras exactly; buildings, those left out and told included, to within 5; at least the stations."""
    extract = cities[city]
    assert len(extract.cameras) == cameras
    if buildings is not None:
        left_out = extract.report["buildings_open"] + extract.report["buildings_dropped"]
        assert buildings - 5 <= len(extract.buildings) + left_out <= buildings
    if stations is not None:
        assert stations <= len(extract.stations) <= stations + 2


@pytest.mark.parametrize("city", CITIES)
def test_real_frames_are_sound(cities: dict[str, Extract], city: str) -> None:
    """Every frame of every city keeps its schema; values are single; the graph has the same edges."""
    extract = cities[city]
    for frame, schema in (
        (extract.streets, STREETS),
        (extract.buildings, BUILDINGS),
        (extract.barriers, BARRIERS),
        (extract.cameras, CAMERAS),
        (extract.stations, STATIONS),
    ):
        assert check_frame(frame, schema) == []
    assert extract.graph.number_of_edges() == len(extract.streets)
    assert not extract.streets.drop(columns="geometry").map(lambda value: isinstance(value, list)).any().any()
    assert np.isfinite(extract.streets["length_m"]).all()


@pytest.mark.parametrize(("city", "drive_km"), [("monaco", 84), ("liechtenstein", 359), ("washington", 835)])
def test_real_networks_have_their_length(cities: dict[str, Extract], city: str, drive_km: float) -> None:
    """Street kilometres for cars without service ways are within 5% of those counted independently."""
    streets = cities[city].streets
    streets = streets[streets["car"] & (streets["highway"] != "service") & (streets["highway"] != "track")]
    assert once_each(streets)["length_m"].sum() / 1000 == pytest.approx(drive_km, rel=0.05)


@pytest.mark.parametrize("city", CITIES)
def test_real_one_ways_are_as_tagged(cities: dict[str, Extract], shared: Path, city: str) -> None:
    """In every city every step of every car edge follows the raw file's direction."""
    assert check_edges(cities[city], shared / "data" / CITIES[city]) > 0


@pytest.mark.parametrize("city", CITIES)
def test_most_of_a_city_hangs_together(cities: dict[str, Extract], city: str) -> None:
    """The largest part of the car network in which all can reach all holds most of its crossings."""
    drive = nx.DiGraph((u, v) for u, v, data in cities[city].graph.edges(data=True) if data["car"])
    largest = max(nx.strongly_connected_components(drive), key=len)
    assert len(largest) > 0.7 * len(drive)


ODD_DIRECTIONS = {
    "W": (270.0, None),
    "north": (0.0, None),
    "east": (90.0, None),
    "west": (270.0, None),
    "360": (0.0, None),
    "280;0;120": (280.0, "0;120"),
    "30;120;170": (30.0, "120;170"),
    "80;200;320": (80.0, "200;320"),
    "18;108;288": (18.0, "108;288"),
    "null": None,
    "27250": None,
}
"""Every direction of Bangalore that is not a whole number of degrees under 360, and what it becomes."""


@pytest.fixture(scope="module")
def bangalore(shared: Path) -> list[dict[str, str]]:
    """Return the tags of each of the 1,755 surveillance features."""
    parquet = pytest.importorskip(
        "pyarrow.parquet", reason="reading Parquet needs pyarrow, which is not installed"
    )
    table = parquet.read_table(shared / "data" / "bangalore" / "surveillance_features.parquet")
    rows = table.drop_columns(["geometry"]).to_pylist()
    assert len(rows) == 1755
    return [{key: value for key, value in row.items() if isinstance(value, str)} for row in rows]


def directions_of(rows: list[dict[str, str]]) -> list[str]:
    """Return every value of both tags."""
    return [row[key] for row in rows for key in ("camera:direction", "direction") if key in row]


def heading_of(text: str) -> tuple[float, str | None] | None:
    """Return what a direction of Bangalore must become: heading and further headings."""
    return ODD_DIRECTIONS[text] if text in ODD_DIRECTIONS else (float(int(text)), None)


def test_every_direction_of_bangalore_is_named(bangalore: list[dict[str, str]]) -> None:
    """Of 1,137 values 1,124 are whole degrees, 11 odd ones mean something, and 2 mean nothing."""
    said = directions_of(bangalore)
    plain = [text for text in said if text.isdigit() and int(text) < 360]
    odd = [text for text in said if text not in plain]
    assert set(odd) == set(ODD_DIRECTIONS)
    bearings = {text: parse_bearing(text) for text in said}
    understood = [text for text in said if bearings[text] is not None]
    assert (len(said), len(plain), len(odd), len(understood)) == (1137, 1124, 13, 1135)
    for text, bearing in bearings.items():
        expected = heading_of(text)
        if bearing is None or expected is None:
            assert bearing is expected, text
            continue
        first, *rest = bearing.headings
        assert (first, ";".join(f"{one:g}" for one in rest) or None) == expected, text
        assert bearing.width_deg is None


def test_cameras_of_bangalore_keep_their_headings(bangalore: list[dict[str, str]]) -> None:
    """Every feature with a direction has its headings by the reader of OpenStreetMap, or is reported."""
    cameras = CameraRows()
    found = [tags for tags in bangalore if is_camera(tags)]
    assert not directions_of([tags for tags in bangalore if tags not in found])
    for tags in found:
        cameras.add(tags["id"], tags, 77.6, 12.97)
    frame = cameras.frame()
    assert check_frame(frame, CAMERAS) == []
    # three features have both tags, of which camera:direction decides
    said = [row.get("camera:direction") or row.get("direction") for row in found]
    assert sum(text is not None for text in said) == 1134
    for text, heading, others in zip(said, frame["heading_deg"], frame["headings_deg"], strict=True):
        expected = None if text is None else heading_of(text)
        assert (None if np.isnan(heading) else (heading, others)) == expected
    assert sorted(cameras.unread) == sorted(
        (row["id"], "camera:direction", row["camera:direction"])
        for row in bangalore
        if row.get("camera:direction") in ("null", "27250")
    )
    assert frame["heading_deg"].notna().sum() == 1132


def test_the_table_of_bangalore_is_read_like_the_map(bangalore: list[dict[str, str]]) -> None:
    """The same directions in a CSV: one row is refused for its direction, the others have the same."""
    rows = [row.get("camera:direction") or row.get("direction") or "" for row in bangalore]
    lines = [f'{number},77.6,12.97,live,"{text}"' for number, text in enumerate(rows)]
    content = "\n".join(["id,longitude,latitude,state,camera:direction", *lines]).encode()
    intake = read_cameras(content, filename="bangalore.csv")
    rejected = intake.rejected
    assert list(zip(rejected["column"], rejected["reason"], rejected["value"], strict=True)) == [
        ("camera:direction", "bad_heading", "27250")
    ]
    assert (intake.rows_in, len(intake.frame)) == (1755, 1754)
    for identity, heading, others in zip(
        intake.frame["id"], intake.frame["heading_deg"], intake.frame["headings_deg"], strict=True
    ):
        text = rows[int(identity)]
        expected = heading_of(text) if text else None
        assert (None if np.isnan(heading) else (heading, others)) == expected
