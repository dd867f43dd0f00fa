"""A small town by the hand of its maker: streets on a grid, some cameras, and every kind of result."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
from kuzet.coverage.projection import metric_crs, to_wgs84
from kuzet.coverage.results import (
    BlindSpots,
    Coverage,
    PatrolPlan,
)
from kuzet.coverage.schema import STATES
from shapely import LineString, Point, box

CRS = metric_crs((78.36, 45.00, 78.40, 45.03))
NAMES = (
    "Қабанбай батыр көшесі",
    "Ғали Орманов көшесі",
    "Өтенай көшесі",
    "Үлкен Ұзынағаш жолы",
    "Һәкім Ә. Іңкәр",
    None,
)
START = datetime(2025, 11, 24, 20, 0, tzinfo=UTC)
PANNING = {"cameras": 2, "potential_m": 640.0, "expected_m": 85.0}
NO_PANNING = {"cameras": 0, "potential_m": 0.0, "expected_m": 0.0}
LADDER = ("monitor", "detect", "observe", "recognise", "identify", "inspect")


def make_streets(name: str | None = None) -> gpd.GeoDataFrame:
    """Return the directed edges of the town in WGS 84; `name` replaces every name."""
    lines = [LineString([(0, 150 * k), (900, 150 * k)]) for k in range(6)]
    lines += [LineString([(180 * k, 0), (180 * k, 750)]) for k in range(6)]
    names = [name or NAMES[k % 6] for k in range(12)]
    frame = gpd.GeoDataFrame(
        {
            "u": range(12),
            "v": range(12, 24),
            "key": 0,
            "length_m": [line.length for line in lines],
            "highway": ["primary", *["residential"] * 9, "footway", "service"],
            "name": names,
        },
        geometry=lines,
        crs=CRS,
    )
    return to_wgs84(frame)


def make_buildings(name: str = "Ғимарат") -> gpd.GeoDataFrame:
    """Return four buildings to a block, in WGS 84."""
    shapes = [
        box(180 * i + 20, 150 * j + 20, 180 * i + 160, 150 * j + 130) for i in range(5) for j in range(5)
    ]
    frame = gpd.GeoDataFrame({"id": [f"b{k}" for k in range(25)], "name": name}, geometry=shapes, crs=CRS)
    return to_wgs84(frame)


def make_coverage(
    name: str | None = None, camera: str = "Қ", *, conditions: dict[str, object] | None = None
) -> Coverage:
    """Return a coverage in which every state, level and kind of piece occurs."""
    streets = make_streets(name).to_crs(CRS)
    ways = streets[["name", "highway", "length_m", "geometry"]].assign(way=range(len(streets)))
    pieces = _make_pieces(ways)
    network = float(ways["length_m"].sum())
    cameras = _make_cameras(camera)
    times = _make_times(pieces, network)
    return Coverage(
        ladder="2014",
        seen_at="observe",
        network_m=network,
        tunnel_m=120.0,
        ways=ways,
        stretches=pd.DataFrame(),
        pieces=pieces,
        times=times,
        by_class=_make_classes(pieces, ways),
        by_quality=_make_qualities(pieces),
        circle_m=network * 0.9,
        cameras=cameras,
        views=_make_views(cameras),
        assumed={"heading_deg": 9, "height_m": 11},
        conditions={"light": "day", "obstacles": "buildings", "target_m": 1.7} | (conditions or {}),
        panning={state: PANNING if state in ("live", "archive") else NO_PANNING for state in STATES},
    )


def make_blind_spots(coverage: Coverage, building: str = "Ғимарат", camera: str = "Қ") -> BlindSpots:
    """Return the pieces that no live camera can see as blind spots, with every cause once."""
    blind = coverage.draw_pieces(coverage.pieces["live_high"] == 0).reset_index(drop=True)
    causes = ("hidden_by_building", "no_camera_in_reach", "too_few_pixels", "dead_zone", "archive_only",
              "offline_only", "registered_only", "hidden_by_several", "dark",
              "hidden_by_barrier")  # fmt: skip
    cause = [causes[k % len(causes)] for k in range(len(blind))]
    risk = np.linspace(9, 0.1, len(blind))
    known = np.array([name != "no_camera_in_reach" for name in cause])
    spots = blind[["way", "name", "highway", "from_m", "to_m", "length_m", "geometry"]].assign(
        rank=range(1, len(blind) + 1),
        id=[f"s{k}" for k in range(len(blind))],
        risk=risk,
        incidents=risk * 3,
        cause=cause,
        cause_share=0.8,
        building=[
            f"b{k}" if name in ("hidden_by_building", "hidden_by_barrier") else None
            for k, name in enumerate(cause)
        ],
        building_name=[building if name == "hidden_by_building" else None for name in cause],
        camera=[f"{camera}-1" if here else None for here in known],
        distance_m=np.where(known, 43.2, np.nan),
    )
    unsure = coverage.pieces[(coverage.pieces["live_low"] == 0) & (coverage.pieces["live_high"] > 0)]
    return BlindSpots(spots, float(spots["length_m"].sum()), float(unsure["length_m"].sum()))


def make_patrol(units: tuple[str, ...] = ("Қ-1", "Қ-2"), name: str = "Өтенай көшесі") -> PatrolPlan:
    """Return a plan with one unit after the other on the grid; the last stop is left out."""
    corners = [(180 * i, 150 * j) for j in (1, 3) for i in range(1, 5)]
    stops = gpd.GeoDataFrame(
        {
            "stop": range(len(corners)),
            "name": name,
            "risk": np.linspace(5, 1, len(corners)),
            "dwell_s": 720.0,
            "held": [1] * (len(corners) - 1) + [0],
            "access_gap_m": 0.0,
            "cause": ["no_camera_in_reach", None] * (len(corners) // 2),
        },
        geometry=[Point(place) for place in corners],
        crs=CRS,
    )
    table, visits, legs = [], [], []
    for place, unit in enumerate(units):
        clock = START
        mine = [stop for stop in range(len(corners) - 1) if stop % len(units) == place]
        here, drive = (0.0, 0.0), 0.0
        for order, stop in enumerate([*mine, None], start=1):
            target = (0.0, 0.0) if stop is None else corners[stop]
            line = LineString([here, (target[0], here[1] + 0.01), target])
            arrive = clock + timedelta(seconds=round(line.length / 8))
            drawn = {"drive_s": line.length / 8, "drive_m": line.length}
            leg = {"unit": unit, "order": order, "depart": clock, "arrive": arrive, "geometry": line}
            legs.append({**leg, **drawn, "edges": [], "turns": [[name, 120.0], [None, 80.0]]})
            drive += line.length
            clock = arrive
            if stop is not None:
                clock = arrive + timedelta(seconds=720)
                visit = {"unit": unit, "order": order, "stop": stop, "name": name}
                visits.append({**visit, "arrive": arrive, "leave": clock, **drawn})
            here = target
        shift = {"shift_start": START, "shift_end": START + timedelta(hours=8), "back_at": clock}
        sums = {"drive_s": drive / 8, "drive_m": drive, "dwell_s": 720.0 * len(mine), "wait_s": 0.0}
        table.append({"id": unit, "station": "st1", "kind": "car", **shift, "stops": len(mine), **sums})
    routes = gpd.GeoDataFrame(legs, geometry="geometry", crs=CRS)
    return PatrolPlan(
        pd.DataFrame(table),
        stops,
        pd.DataFrame(visits),
        routes,
        score=18.2,
        upper_bound=19.0,
        gap=0.042,
        seed=7,
        left_out=1,
    )


def make_stations(name: str = "Қала полиция бөлімі") -> gpd.GeoDataFrame:
    """Return one station, in WGS 84."""
    frame = gpd.GeoDataFrame({"id": ["st1"], "name": [name]}, geometry=[Point(0, 0)], crs=CRS)
    return to_wgs84(frame)


def _make_pieces(ways: gpd.GeoDataFrame) -> pd.DataFrame:
    rows = []
    for way, line in zip(ways.index, ways.geometry, strict=True):
        for part in range(5):
            start, stop = line.length * part / 5, line.length * (part + 1) / 5
            kind = (int(way) * 5 + part) % 8
            seen = {f"{state}_{level}": 0 for state in STATES for level in ("low", "mid", "high")}
            if kind < 3:
                seen |= {"live_low": kind + 1, "live_mid": 1.0, "live_high": kind + 1}
            elif kind < 6:
                seen |= {"live_low": 0, "live_mid": 0.2 + 0.3 * (kind - 3), "live_high": kind - 2}
            elif kind == 6:
                seen |= {"archive_low": 1, "archive_mid": 1.0, "archive_high": 1, "registered_high": 1}
            rows.append({"way": way, "from_m": start, "to_m": stop, "length_m": stop - start,
                         **seen})  # fmt: skip
    return pd.DataFrame(rows)


def _make_times(pieces: pd.DataFrame, network: float) -> pd.DataFrame:
    rows = []
    for state in STATES:
        for level in ("low", "mid", "high"):
            count = pieces[f"{state}_{level}"]
            seen = [
                float((pieces["length_m"] * (count if level == "mid" else count == n)).sum()) for n in (1, 2)
            ]
            if level == "mid":
                seen = [seen[0], 0.0]
            more = 0.0 if level == "mid" else float(pieces["length_m"][count >= 3].sum())
            values = [network - sum(seen) - more, *seen, more]
            rows += [(state, level, n, value) for n, value in zip(("0", "1", "2", "3+"), values, strict=True)]
    return pd.DataFrame(rows, columns=["state", "level", "times", "metres"])


def _make_classes(pieces: pd.DataFrame, ways: gpd.GeoDataFrame) -> pd.DataFrame:
    network = ways.groupby("highway")["length_m"].sum()
    rows = [
        (state, level, highway, float(metres), float(metres) * 0.4 * (state == "live"))
        for state in STATES
        for level in ("low", "mid", "high")
        for highway, metres in network.items()
    ]
    return pd.DataFrame(rows, columns=["state", "level", "highway", "network_m", "seen_m"])


def _make_qualities(pieces: pd.DataFrame) -> pd.DataFrame:
    rows = [
        (state, level, quality, (6 - place) * 300.0 + 50 * step)
        for state in STATES
        for step, level in enumerate(("low", "mid", "high"))
        for place, quality in enumerate(LADDER)
    ]
    return pd.DataFrame(rows, columns=["state", "level", "quality", "seen_m"])


def _make_cameras(name: str) -> gpd.GeoDataFrame:
    states = ["live"] * 6 + ["archive"] * 3 + ["registered"] * 2 + ["offline"] * 2
    count = len(states)
    frame = gpd.GeoDataFrame(
        {
            "id": [f"{name}-{k}" for k in range(count)],
            "name": [name] * count,
            "state": states,
            "programme": ["street", "school"] * 6 + [None],
            "kind": ["fixed", "dome", None] * 4 + ["panorama"],
            "synthetic": [["state"]] * count,
            "counted": [True] * (count - 1) + [False],
            "excluded": [None] * (count - 1) + ["indoor"],
            "moved_m": [0.3] + [0.0] * (count - 1),
            "assumed": [["heading_deg", "height_m"]] * (count - 1) + [[]],
            "heading_known": [True, False] * 6 + [False],
            "reach_m": [40.0] * (count - 1) + [np.nan],
            "seen_low_m": 20.0,
            "seen_mid_m": np.linspace(90, 30, count),
            "seen_high_m": 140.0,
        },
        geometry=[Point(70 * k + 30, 150 * (k % 6) + 6) for k in range(count)],
        crs=CRS,
    )
    return frame


def _make_views(cameras: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    rows = [
        {"camera": row.id, "state": row.state, "quality": "observe", "certain": certain,
         "geometry": row.geometry.buffer(22 if certain else 40)}
        for row in cameras.itertuples() if row.counted for certain in (True, False)
    ]  # fmt: skip
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=cameras.crs)
