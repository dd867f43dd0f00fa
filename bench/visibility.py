"""Visible regions side by side with what a user could install: npm's visibility-polygon, shadows in Shapely.

    python bench/visibility.py                          the sample city
    python bench/visibility.py CITY.osm.pbf ANOTHER...  others

All in one run, by turns (ours, the peer's, ours, ...), each on one thread; the median of the turns, by time
of the processor (which other work on the machine disturbs less) and by the clock. What is in whose time:

- "the sweep": arrays in, arrays out, no polygon object made. Sorting the walls into a grid and finding those
  near each viewpoint are in it. Once told that walls are rims of solid bodies with no viewpoint inside, and
  once for any walls. A turn of it is ten rounds, to last nearly as long as the peer's.
- "the whole call": `visible_regions`, from arrays to valid polygons, cutting crossing walls included.
- visibility-polygon gets only the walls near each viewpoint, already picked and cut at the square round it:
  that is not in its time, nor is reading them. It is warmed up by a turn that does not count.
- The shadows get a spatial index of the buildings that is already built.

Areas are compared with visibility-polygon's in a closed square, where every method must give the same, and
with the shadows' inside the square that fits into both discs (a rim is drawn in chords, each in its own way).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import numpy as np
import shapely
from kuzet.coverage.kernels.visible_region import sweep_regions
from kuzet.coverage.kernels.wall_cuts import find_cuts
from kuzet.coverage.kernels.wall_grid import grid_walls
from kuzet.coverage.projection import metric_crs, to_metric
from kuzet.coverage.visibility import ARC_STEP_DEG, visible_regions, walls_of
from kuzet.data.osm import read_osm
from kuzet.data.sample_city import sample_path

PEER = "visibility-polygon@1.1.0"
SCRIPT = """
const VisibilityPolygon = require('visibility-polygon');
const views = JSON.parse(require('fs').readFileSync(process.argv[2]));
const area = p => Math.abs(p.reduce((s, a, i) => { const b = p[(i + 1) % p.length];
  return s + a[0] * b[1] - a[1] * b[0]; }, 0)) / 2;
require('readline').createInterface({input: process.stdin}).on('line', line => {
  if (line === 'areas') {
    console.log(JSON.stringify(views.map(v => area(VisibilityPolygon.compute(v.at, v.walls)))));
    return;
  }
  const cpu = process.cpuUsage(), start = process.hrtime.bigint();
  for (const v of views) VisibilityPolygon.compute(v.at, v.walls);
  const clock = Number(process.hrtime.bigint() - start) / 1e9, used = process.cpuUsage(cpu);
  console.log(JSON.stringify([(used.user + used.system) / 1e6, clock]));
});
"""
CELL_M = 25.0
ROUNDS = 10
FEW = 100
"""Viewpoints of the shadows, which are slow."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "city", nargs="*", type=Path, help="extracts of OpenStreetMap; the sample city if none"
    )
    parser.add_argument("--viewpoints", type=int, default=2000)
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--radius", type=float, nargs="*", default=[50.0, 100.0])
    options = parser.parse_args()
    for city in options.city or [sample_path()]:
        extract = read_osm(city)
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
    """Time the methods by turns at one radius, and compare areas."""
    rooms = [near_walls(place, walls, radius) for place in viewpoints]
    few = viewpoints[:FEW]
    works = {
        "kuzet, the sweep": lambda: sweep(viewpoints, walls, radius, solid=True),
        "kuzet, the sweep, any walls": lambda: sweep(viewpoints, walls, radius, solid=False),
        "kuzet, the whole call": lambda: visible_regions(viewpoints, walls, radius=radius, solid=True),
        "shadow polygons in Shapely": lambda: [cast_shadows(place, buildings, radius) for place in few],
    }
    buildings.sindex  # noqa: B018  built before the time is taken
    with Peer(viewpoints, rooms) as peer:
        for work in [*works.values(), peer.run]:
            work()
        # the processor's seconds and the clock's, each turn
        spent = {name: [] for name in [*works, PEER]}
        for _ in range(turns):
            for name, work in works.items():
                rounds = ROUNDS if name.startswith("kuzet") else 1
                taken = timed(lambda: [work() for _ in range(rounds)])  # noqa: B023
                spent[name].append(np.divide(taken, rounds))
                if name == "kuzet, the sweep":
                    spent[PEER].append(peer.run())
        peer_areas = peer.areas()
    count = {name: len(few) if name.startswith("shadow") else len(viewpoints) for name in spent}
    rates = {name: count[name] / np.median(spent[name], axis=0) for name in spent}
    heading = f"{'processor: views/s':>22}  of npm's of shadows  {'clock: views/s':>16}  of npm's"
    print(f"R = {radius:.0f} m".ljust(23) + heading)
    for name, (cpu, clock) in rates.items():
        of_peer, of_shadows = cpu / rates[PEER][0], cpu / rates["shadow polygons in Shapely"][0]
        of_peer_clock = clock / rates[PEER][1]
        print(
            f"  {name:30} {cpu:12,.0f} {of_peer:9.2f} {of_shadows:11.0f} {clock:16,.0f} {of_peer_clock:9.2f}"
        )
    compare_threads(viewpoints, walls, radius, turns)
    compare_areas(viewpoints, walls, buildings, rooms, peer_areas, radius)


def compare_threads(viewpoints, walls, radius, turns):
    """Print how much sooner two threads are done, by the clock: it takes a quiet machine to tell."""
    many = np.concatenate([viewpoints] * 4)
    segments = np.ascontiguousarray(walls.reshape(-1, 4))
    grid = grid_walls(segments, np.full(len(segments), np.inf), CELL_M)

    def kernel(threads):
        shares = np.array_split(many, 4 * threads)
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda share: sweep_grid(share, grid, radius, solid=True), shares))

    def whole(threads):
        with ThreadPoolExecutor(threads) as pool:
            visible_regions(many, walls, radius=radius, solid=True, over=pool.map, shares=4 * threads)

    told = []
    for name, work in (("the sweep", kernel), ("the whole call", whole)):
        ratios = []
        for _ in range(turns):
            one = timed(lambda: work(1))[1]  # noqa: B023
            ratios.append(one / timed(lambda: work(2))[1])  # noqa: B023
        told.append(f"{name} {median(ratios):.2f} (best {max(ratios):.2f})")
    load = os.getloadavg()[0]
    print(
        f"  two threads to one, by the clock: {', '.join(told)}; {os.cpu_count()} processors, load {load:.1f}"
    )


def compare_areas(viewpoints, walls, buildings, rooms, peer_areas, radius):
    """Print how well areas agree with each peer's, and with and without the far sides of bodies."""
    pairs = list(zip(viewpoints, rooms, strict=True))
    own = [visible_regions([place], room, radius=2 * radius)[0].area for place, room in pairs]
    report("visibility-polygon's", np.abs(np.array(own) / np.array(peer_areas) - 1))
    half = 0.7 * radius
    regions = visible_regions(viewpoints[:FEW], walls, radius=radius, solid=True)
    squares = shapely.box(*(viewpoints[:FEW] - half).T, *(viewpoints[:FEW] + half).T)
    shadows = [cast_shadows(place, buildings, radius) for place in viewpoints[:FEW]]
    cut = [shapely.area(shapely.intersection(shapes, squares)) for shapes in (regions, shadows)]
    report("the shadows'", np.abs(cut[0] / cut[1] - 1))
    solid = shapely.area(visible_regions(viewpoints, walls, radius=radius, solid=True))
    report(
        "those for any walls",
        np.abs(solid / shapely.area(visible_regions(viewpoints, walls, radius=radius)) - 1),
    )


def report(peer, off):
    print(f"  areas within 1e-6 of {peer}: {np.mean(off < 1e-6):.2%} of {len(off):,}, worst {off.max():.1e}")


def timed(work):
    """Return the seconds of the processor (this thread's) and of the clock that a piece of work takes."""
    cpu, clock = time.thread_time(), time.perf_counter()
    work()
    return time.thread_time() - cpu, time.perf_counter() - clock


def sweep(viewpoints, walls, radius, *, solid):
    """Run the kernels alone."""
    segments = np.ascontiguousarray(walls.reshape(-1, 4))
    grid = grid_walls(segments, np.full(len(segments), np.inf), CELL_M)
    sweep_grid(viewpoints, grid, radius, solid=solid)


def sweep_grid(viewpoints, grid, radius, *, solid):
    n = len(viewpoints)
    sweep_regions(viewpoints, np.full(n, radius), np.full(n, -np.inf), grid, solid, np.radians(ARC_STEP_DEG))


def near_walls(place, walls, radius):
    """Return the walls within a square round a place, cut at its rim and each other, and the rim itself."""
    low, high = place - radius, place + radius
    mine = walls[((walls.max(axis=1) > low) & (walls.min(axis=1) < high)).all(axis=1)]
    segments = np.ascontiguousarray(mine.reshape(-1, 4))
    lines = shapely.linestrings(mine)
    if len(mine) and len(find_cuts(grid_walls(segments, np.zeros(len(segments)), CELL_M))[0]):
        lines = shapely.get_parts(shapely.node(shapely.multilinestrings(list(lines))))
    lines = shapely.get_parts(shapely.clip_by_rect(lines, *low, *high))
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


class Peer:
    """npm's visibility-polygon in a process of its own, asked for one turn at a time."""

    def __init__(self, viewpoints, rooms):
        node, npm = shutil.which("node"), shutil.which("npm")
        if node is None or npm is None:
            raise SystemExit("This benchmark needs Node.js and npm for its peer.")
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        subprocess.run([npm, "install", "--silent", "--no-save", PEER], cwd=folder, check=True)
        views = [
            {"at": place.tolist(), "walls": room.tolist()}
            for place, room in zip(viewpoints, rooms, strict=True)
        ]
        (folder / "views.json").write_text(json.dumps(views))
        (folder / "run.js").write_text(SCRIPT)
        self._process = subprocess.Popen(
            [node, "run.js", "views.json"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.wait()
        self._folder.cleanup()

    def run(self):
        """Return the seconds of the processor and of the clock that one turn takes."""
        return self._ask("run")

    def areas(self):
        """Return the area of each region."""
        return self._ask("areas")

    def _ask(self, what):
        self._process.stdin.write(what + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


if __name__ == "__main__":
    main()
