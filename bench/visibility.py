"""Visible regions side by side with what a user could install: npm's visibility-polygon, shadows in Shapely.

    python bench/visibility.py                      the sample city
    python bench/visibility.py CITY.osm.pbf         another one

All in one run on one thread: the median of several turns each, and the ratio. A peer is handed only the walls
near each viewpoint, already picked and cut; finding them is in our time, not in its. Areas are compared in a
closed square, where every method must give the same.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import shapely
from kuzet.coverage.kernels.visible_region import sweep_regions
from kuzet.coverage.kernels.wall_grid import grid_walls
from kuzet.coverage.projection import metric_crs, to_metric
from kuzet.coverage.visibility import ARC_STEP_DEG, visible_regions, walls_of
from kuzet.data.osm import read_osm
from kuzet.data.sample_city import sample_path

PEER = "visibility-polygon@1.1.0"
SCRIPT = """
const VisibilityPolygon = require('visibility-polygon');
const {views, turns} = JSON.parse(require('fs').readFileSync(process.argv[2]));
const area = p => Math.abs(p.reduce((s, a, i) => { const b = p[(i + 1) % p.length];
  return s + a[0] * b[1] - a[1] * b[0]; }, 0)) / 2;
let areas = [], times = [];
for (let turn = 0; turn < turns; turn++) {
  const start = process.hrtime.bigint();
  areas = views.map(v => area(VisibilityPolygon.compute(v.at, v.walls)));
  times.push(Number(process.hrtime.bigint() - start) / 1e9);
}
console.log(JSON.stringify({areas, times}));
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "city", nargs="?", type=Path, help="an extract of OpenStreetMap; the sample city if none"
    )
    parser.add_argument("--viewpoints", type=int, default=2000)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--radius", type=float, nargs="*", default=[50.0, 100.0])
    options = parser.parse_args()
    extract = read_osm(options.city or sample_path())
    buildings = to_metric(extract.buildings, metric_crs(extract.bounds))
    walls = walls_of(buildings)[0]
    viewpoints = pick_viewpoints(buildings, walls, options.viewpoints)
    print(f"{extract.name}: {len(walls):,} walls, {len(viewpoints):,} viewpoints outside buildings")
    for radius in options.radius:
        compare(viewpoints, walls, buildings, radius, options.turns)


def pick_viewpoints(buildings, walls, count):
    """Return random places outside every building, within 30 m of a wall."""
    random = np.random.default_rng(1)
    tree = shapely.STRtree(buildings.geometry.to_numpy())
    corners = walls.reshape(-1, 2)
    places = corners[random.integers(0, len(corners), 4 * count)] + random.uniform(-30, 30, (4 * count, 2))
    inside = tree.query(shapely.points(places), predicate="within")[0]
    return np.delete(places, inside, axis=0)[:count]


def compare(viewpoints, walls, buildings, radius, turns):
    """Time the three methods at one radius, and compare areas in the closed square."""
    visible_regions(viewpoints[:2], walls, radius=radius)
    ours = median(timed(lambda: visible_regions(viewpoints, walls, radius=radius)) for _ in range(turns))
    sweep = median(time_sweep(viewpoints, walls, radius) for _ in range(turns))
    rooms = [near_walls(place, walls, radius) for place in viewpoints]
    views = [
        {"at": place.tolist(), "walls": room.tolist()} for place, room in zip(viewpoints, rooms, strict=True)
    ]
    peer_areas, peer_times = run_peer(views, turns)
    few = viewpoints[:100]
    shadows = median(timed(lambda: [cast_shadows(p, buildings, radius) for p in few]) for _ in range(turns))
    own_areas = [
        visible_regions([place], room, radius=2 * radius)[0].area
        for place, room in zip(viewpoints[:300], rooms[:300], strict=True)
    ]
    worst = np.abs(np.array(own_areas) / np.array(peer_areas[:300]) - 1)
    rates = {
        "kuzet, the whole call": len(viewpoints) / ours,
        "kuzet, the sweep alone": len(viewpoints) / sweep,
        "npm visibility-polygon": len(viewpoints) / median(peer_times),
        "shadow polygons in Shapely": len(few) / shadows,
    }
    print(f"R = {radius:.0f} m                           views/s   of visibility-polygon's")
    for name, rate in rates.items():
        print(f"  {name:30} {rate:10,.0f}   {rate / rates['npm visibility-polygon']:7.2f} times")
    print(
        f"  areas within 1e-6 of visibility-polygon's: {np.mean(worst < 1e-6):.1%}, worst {worst.max():.1e}"
    )


def timed(work):
    """Return the seconds a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def time_sweep(viewpoints, walls, radius):
    """Return the seconds of the kernel alone: arrays in, arrays out, no polygon made."""
    segments = np.ascontiguousarray(walls.reshape(-1, 4))
    grid = grid_walls(segments, radius / 2)
    x_low, y_low, columns, rows, starts, items = grid
    radii = np.full(len(viewpoints), radius)
    step = np.radians(ARC_STEP_DEG)

    def work():
        sweep_regions(
            viewpoints,
            radii,
            np.full(len(viewpoints), -np.inf),
            segments,
            np.full(len(segments), np.inf),
            x_low,
            y_low,
            radius / 2,
            columns,
            rows,
            starts,
            items,
            step,
        )

    return timed(work)


def near_walls(place, walls, radius):
    """Return the walls within a square round a place, cut at its rim, and the rim itself."""
    low, high = place - radius, place + radius
    mine = walls[((walls.max(axis=1) > low) & (walls.min(axis=1) < high)).all(axis=1)]
    lines = shapely.get_parts(shapely.clip_by_rect(shapely.linestrings(mine), *low, *high))
    lines = lines[(shapely.length(lines) > 1e-9) & (shapely.get_num_coordinates(lines) == 2)]
    rim = shapely.get_coordinates(shapely.box(*low, *high))
    room = np.stack([rim[:-1], rim[1:]], axis=1)
    return np.concatenate([shapely.get_coordinates(lines).reshape(-1, 2, 2), room])


def cast_shadows(place, buildings, radius):
    """Return the visible region: the disc less a shadow for each wall, reaching beyond the disc."""
    disc = shapely.Point(place).buffer(radius, quad_segs=32)
    near = buildings.sindex.query(disc, predicate="intersects")
    walls = walls_of(buildings.iloc[near])[0] - place
    far = [walls[:, end] / np.hypot(*walls[:, end].T)[:, None] for end in (0, 1)]
    middle = far[0] + far[1]
    middle /= np.maximum(np.hypot(*middle.T), 1e-9)[:, None]
    # the hull of wall and far points covers the disc behind even a wall that fills half the sky
    reach = 50 * radius
    corners = np.stack([walls[:, 0], walls[:, 1], far[1] * reach, middle * reach, far[0] * reach], axis=1)
    shadows = shapely.convex_hull(shapely.multipoints(corners + place))
    return shapely.difference(disc, shapely.union_all(shadows))


def run_peer(views, turns):
    """Run npm's visibility-polygon over the same viewpoints in a process of its own."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise SystemExit("This benchmark needs Node.js and npm for its peer.")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([npm, "install", "--silent", "--no-save", PEER], cwd=folder, check=True)
        (Path(folder) / "views.json").write_text(json.dumps({"views": views, "turns": turns}))
        (Path(folder) / "run.js").write_text(SCRIPT)
        out = subprocess.run(
            [node, "run.js", "views.json"], cwd=folder, check=True, capture_output=True, text=True
        )
    answer = json.loads(out.stdout)
    return answer["areas"], answer["times"]


if __name__ == "__main__":
    main()
