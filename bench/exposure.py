"""What planning patrols together with cameras is worth: minutes that nobody watches, by how much cameras see.

    python bench/exposure.py [ADDED ...]

The sample city with its made-up incidents, of which the last year is held back and replayed. Then the same
city with so many panoramic cameras more (by default 100, 200, 400), hung over the street where the incidents
of the years before were, as cities do. Printed for each: how much of the held-back incidents' places live
cameras see, the plan blind to cameras beside the joint one with the 95% interval of the difference, and the
other timetables. The incidents are made up: the figures say what the method does, not what a city gains.
"""

from __future__ import annotations

import argparse
import time
from datetime import datetime
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
from kuzet.coverage.blind_spots import find_blind_spots
from kuzet.coverage.cover import measure_coverage
from kuzet.coverage.exposure_plans import compare_plans
from kuzet.coverage.projection import metric_crs, to_metric
from kuzet.coverage.replay import split_by_time
from kuzet.coverage.risk import measure_risk
from kuzet.coverage.stops import find_stops
from kuzet.coverage.streets import ways_of_frame
from kuzet.data.osm import read_osm
from kuzet.data.sample_city import make_incidents, make_stations, make_units, mark_states, sample_path

ZONE = ZoneInfo("Asia/Almaty")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("added", type=int, nargs="*", default=[0, 100, 200, 400], help="cameras more")
    parser.add_argument("--each", type=int, default=2, help="cars at each of the two stations")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    extract = read_osm(sample_path())
    crs = metric_crs(extract.bounds)
    streets, buildings = to_metric(extract.streets, crs), to_metric(extract.buildings, crs)
    cameras = to_metric(mark_states(extract.cameras), crs)
    before, after, cut = split_by_time(to_metric(make_incidents(extract.streets), crs), months=12)
    stations = make_stations(extract.streets)
    units = make_units(stations, shift_start=datetime(2026, 1, 16, 16, tzinfo=ZONE), each=options.each)
    print(f"held back from {cut.tz_convert(ZONE):%d.%m.%Y}; {len(units)} cars, 8 h")
    for added in options.added:
        began = time.perf_counter()
        more = with_panoramas(cameras, before, added, options.seed)
        coverage = measure_coverage(streets, buildings, more)
        risk = measure_risk(before, ways_of_frame(coverage.ways))
        spots = find_blind_spots(coverage, buildings, risk)
        found = compare_plans(
            streets, to_metric(stations, crs), units, coverage, risk, spots, after,
            zone=ZONE, seed=options.seed, restrictions=extract.restrictions,
        )  # fmt: skip
        show(found, coverage, added)
        best = find_stops(streets, coverage, risk, spots, most=len(units))["risk"].sum()
        still = 480 * best / risk.demand(*whole(coverage)).sum()
        print(f"cars that never left the {len(units)} best spots would watch {still:.1f} min", end=", ")
        print(f"{time.perf_counter() - began:.0f} s on the clock", flush=True)


def whole(coverage):
    """Return all ways from their beginnings to their ends."""
    length = ways_of_frame(coverage.ways).frame["length_m"].to_numpy()
    return np.arange(len(length)), np.zeros(len(length)), length


def with_panoramas(cameras, incidents, count, seed):
    """Hang live panoramic cameras 6 m over places of known incidents, none within 40 m of another."""
    random = np.random.default_rng(seed)
    xy = np.column_stack([incidents.geometry.x, incidents.geometry.y])[random.permutation(len(incidents))]
    kept = []
    for place in xy:
        if len(kept) < count and all(np.hypot(*(place - one)) > 40.0 for one in kept):
            kept.append(place)
    more = gpd.GeoDataFrame(
        {
            "id": [f"added-{number}" for number in range(len(kept))],
            "state": "live",
            "kind": "panorama",
            "hfov_deg": 360.0,
            "pixels_across": 12_000.0,
            "height_m": 6.0,
        },
        geometry=gpd.points_from_xy(*np.array(kept).reshape(-1, 2).T),
        crs=cameras.crs,
    )
    return gpd.GeoDataFrame(pd.concat([cameras, more], ignore_index=True), crs=cameras.crs)


def show(found, coverage, added):
    """Print the figures of one city."""
    facts = found.settings
    share = coverage.seen_m["live"]["mid"] / coverage.network_m
    print(f"\n{added} cameras more: live ones see {share:.1%} of the streets,", end=" ")
    print(f"{facts['camera_share']:.1%} of the held-back incidents' places")
    print(f"{facts['incidents']} incidents held back, {facts['replayed']:.0f} replayed on the mean", end=" ")
    print(f"in each of {facts['replications']} replications")
    table = found.figures.set_index(["plan", "measure"])
    names = ("unit_min", "nobody_min", "near_share", "longest_gap_min", "response_p50_s", "response_p90_s")
    print(f"{'':14}" + "".join(f"{name:>16}" for name in names))
    for plan in found.planned["plan"]:
        print(f"{plan:14}" + "".join(f"{table.loc[(plan, name), 'value']:16.3f}" for name in names))
    away = table.loc[("camera_blind", "nobody_min")]
    print(f"joint leaves {-away['difference']:+.2f} min ({-away['difference_high']:+.2f} to "
          f"{-away['difference_low']:+.2f}) unwatched beside camera-blind: {-away['relative']:+.2%} "
          f"({-away['relative_high']:+.2%} to {-away['relative_low']:+.2%})")  # fmt: skip
    planned = found.planned.set_index("plan")["nobody_min"]
    share = planned["joint"] / planned["camera_blind"] - 1
    print(f"by the months before: {planned['joint']:.2f} beside {planned['camera_blind']:.2f} min:", end=" ")
    print(
        f"{share:+.2%}; the blind plan was better in {facts['blind_taken']} of {facts['timetables']['joint']}"
    )


if __name__ == "__main__":
    main()
