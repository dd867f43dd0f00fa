"""A million incidents in a thousand views, side by side with geopandas.sjoin: who lies in which.

    python bench/points.py                      the sample city
    python bench/points.py CITY.osm.pbf         another one

By turns in one run on one thread; the median of the turns, by time of the processor and by the clock. Both
are whole calls, from what a caller holds to pairs of row numbers: ours from an array of coordinates and the
polygons, with sorting the points and taking the polygons apart in its time; geopandas.sjoin from two frames
whose geometry is made beforehand, with building its index in its time. Making its points is printed apart.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from kuzet.coverage.joins import pair_points_with_regions
from kuzet.coverage.projection import metric_crs, to_metric
from kuzet.coverage.visibility import visible_regions, walls_of
from kuzet.data.osm import read_osm
from kuzet.data.sample_city import sample_path
from visibility import pick_viewpoints, timed


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "city", nargs="?", type=Path, help="an extract of OpenStreetMap; the sample city if none"
    )
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--views", type=int, default=1000)
    parser.add_argument("--radius", type=float, nargs="*", default=[50.0, 100.0])
    parser.add_argument("--turns", type=int, default=5)
    options = parser.parse_args()
    extract = read_osm(options.city or sample_path())
    buildings = to_metric(extract.buildings, metric_crs(extract.bounds))
    walls = walls_of(buildings)[0]
    viewpoints = pick_viewpoints(buildings, walls, options.views)
    low, high = walls.reshape(-1, 2).min(axis=0), walls.reshape(-1, 2).max(axis=0)
    points = np.random.default_rng(1).uniform(low, high, (options.points, 2))
    for radius in options.radius:
        compare(points, visible_regions(viewpoints, walls, radius=radius, solid=True), options.turns)
        print(f"  in {extract.name}, views of {radius:.0f} m; load {os.getloadavg()[0]:.1f}")


def compare(points, regions, turns):
    """Time both by turns, and compare the pairs."""
    frames = []
    making = timed(lambda: frames.append(gpd.GeoDataFrame(geometry=shapely.points(points))))
    left, right = frames[0], gpd.GeoDataFrame(geometry=regions)
    pairs = {}

    def ours():
        pairs["ours"] = np.column_stack(pair_points_with_regions(points, regions))

    def theirs():
        # made anew, so that the index is not kept from the turn before
        joined = gpd.sjoin(left, gpd.GeoDataFrame(geometry=right.geometry.to_numpy()), predicate="intersects")
        pairs["theirs"] = np.column_stack([joined.index, joined["index_right"]])

    ours()
    spent = [(timed(ours), timed(theirs)) for _ in range(turns)]
    cpu, clock = np.median([[mine, peers] for mine, peers in spent], axis=0).T
    sorted_pairs = pairs["theirs"][np.lexsort((pairs["theirs"][:, 1], pairs["theirs"][:, 0]))]
    print(f"{len(points):,} points x {len(regions):,} views: {len(sorted_pairs):,} pairs")
    print(f"  kuzet                {cpu[0]:7.2f} s of the processor {clock[0]:7.2f} s by the clock")
    print(f"  geopandas.sjoin      {cpu[1]:7.2f} s of the processor {clock[1]:7.2f} s by the clock")
    print(f"  (making its points   {making[0]:7.2f} s of the processor {making[1]:7.2f} s by the clock)")
    print(f"  {cpu[1] / cpu[0]:.1f} times as fast by the processor, {clock[1] / clock[0]:.1f} by the clock")
    print(f"  the same pairs: {np.array_equal(sorted_pairs, pairs['ours'])}")


if __name__ == "__main__":
    main()
