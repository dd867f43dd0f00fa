"""Sites chosen by Kuzet beside published optima, linear bounds and PySAL's spopt.

    python bench/siting.py FOLDER                   FOLDER holds mclp/ and spopt/, the published instances
    python bench/siting.py FOLDER --no-peer         without spopt, which takes many minutes

All in one run on one thread, in seconds of the processor, which other work on the machine does not lengthen.
The real covers are what a camera sees within 50 m past the buildings of the sample city, from the places
where one could hang; copies of the city stand side by side, so that cameras at a seam see streets of two.
spopt runs in a process and an environment of its own, with its default solver.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from statistics import median

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from kuzet.coverage.candidates import find_candidates
from kuzet.coverage.intervals import pieces_covered
from kuzet.coverage.projection import metric_crs, to_metric
from kuzet.coverage.siting import StopRules, maximal_cover
from kuzet.coverage.siting_problem import state_problem
from kuzet.coverage.siting_search import search_sites
from kuzet.coverage.streets import physical_ways
from kuzet.coverage.stretches import sight_lines
from kuzet.coverage.visibility import visible_regions, walls_of
from kuzet.data.osm import read_osm
from kuzet.data.sample_city import sample_path
from scipy import sparse

PEER = ("spopt==0.7.0", "pulp==3.3.2")
REACH_M, SPACING_M, CELL_M = 50.0, 11.0, 14.0
NEAR = StopRules(gap=0.0025)
SCRIPT = """
import json, resource, sys
import numpy as np, pulp
from scipy import sparse
from spopt.locate import MCLP
cover, weights = sparse.load_npz(sys.argv[1]), np.load(sys.argv[2])
costs = 1.0 - cover.toarray().T
def used():
    mine, solver = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return mine.ru_utime + mine.ru_stime + solver.ru_utime + solver.ru_stime
start = used()
model = MCLP.from_cost_matrix(costs, weights, 0.5, p_facilities=int(sys.argv[3]))
built = used()
model = model.solve(pulp.PULP_CBC_CMD(msg=False))
print(json.dumps({"build": built - start, "solve": used() - built,
                  "value": model.problem.objective.value(), "status": pulp.LpStatus[model.problem.status]}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="holds mclp/ and spopt/ with their best_known.csv")
    parser.add_argument("--no-peer", action="store_true", help="leave spopt out")
    options = parser.parse_args()
    maximal_cover([[1]], [1], budget=1)
    compare_published(options.folder)
    for copies, sites in ((1, 3_000), (7, 20_000)):
        cover, weights = real_cover(copies, sites)
        solve_city(cover, weights)
        if copies == 1 and not options.no_peer:
            compare_peer(cover, weights)


def timed(work):
    """Return what a piece of work returns and the seconds of the processor it takes."""
    start = time.process_time()
    answer = work()
    return answer, time.process_time() - start


def compare_published(folder):
    """Print every published optimum beside the plan and the quick answer."""
    print(f"{'instance':24} {'sites':>5} {'p':>2} {'optimum':>9} {'plan':>9} proved {'s':>6}  quick short by")
    slowest, short, wrong = 0.0, [], 0
    for name, cover, weights, budget, optimum in published(folder):
        plan, seconds = timed(lambda c=cover, w=weights, b=budget: maximal_cover(c, w, budget=b))
        quick = maximal_cover(cover, weights, budget=budget, quick=True)
        slowest, wrong = max(slowest, seconds), wrong + (not plan.proved or plan.covered != optimum)
        short.append(1 - quick.covered / optimum)
        print(
            f"{name:24} {len(cover):5} {budget:2} {optimum:9.0f} {plan.covered:9.0f} {plan.proved!s:6} "
            f"{seconds:6.3f}  {short[-1]:.3%}"
        )
    print(f"{len(short)} optima, {wrong} missed; slowest {slowest:.2f} s;", end=" ")
    print(f"quick answer short by {np.mean(short):.3%} on the mean, {max(short):.3%} at worst")


def published(folder):
    """Yield name, cover, weights, sites to choose and optimum of each published instance of maximal cover."""
    for row in rows_of(folder / "mclp/best_known.csv"):
        found = re.fullmatch(r"MCLP_covered_demand_S(\d+)_p(\d+)", row["metric"])
        if found:
            table = np.loadtxt(folder / "mclp/SJC" / f"{row['instance']}.txt", skiprows=1, usecols=(0, 1, 2))
            apart = np.hypot(*(table[:, None, :2] - table[None, :, :2]).transpose(2, 0, 1))
            radius, budget = int(found[1]), int(found[2])
            yield f"{row['instance']} {radius} m", apart <= radius, table[:, 2], budget, float(row["value"])
    table = pd.read_csv(folder / "spopt/data/SF_network_distance_candidateStore_16_censusTract_205_new.csv")
    apart = table.pivot_table(index="name", columns="DestinationName", values="distance")
    weights = table.groupby("DestinationName")["demand"].first().loc[apart.columns].to_numpy(dtype=float)
    for row in rows_of(folder / "spopt/best_known.csv"):
        found = re.fullmatch(r"MCLP_(\d+)m_p(\d+)_POP2000", row["metric"])
        if found:
            cover = apart.to_numpy() <= int(found[1])
            yield "San Francisco 5000 m", cover, weights, int(found[2]), float(row["value"])


def rows_of(file):
    """Return the rows of a CSV file as dictionaries."""
    with file.open() as lines:
        return list(csv.DictReader(lines))


def real_cover(copies, sites):
    """Return what cameras could see of copies of the sample city side by side, and each demand's metres."""
    extract = read_osm(sample_path())
    crs = metric_crs(extract.bounds)
    streets, buildings, supports = (
        to_metric(frame, crs) for frame in (extract.streets, extract.buildings, extract.supports)
    )
    low_x, low_y, high_x, high_y = streets.total_bounds
    step = high_x - low_x, high_y - low_y
    streets, buildings, supports = (repeat(frame, copies, step) for frame in (streets, buildings, supports))
    ways = physical_ways(streets)
    places = find_candidates(ways, buildings, supports, spacing_m=SPACING_M)
    points = shapely.get_coordinates(places.geometry.to_numpy())
    if len(points) > sites:
        points = points[np.sort(np.random.default_rng(1).choice(len(points), sites, replace=False))]
    reach = np.full(len(points), REACH_M)
    regions = visible_regions(points, walls_of(buildings)[0], radius=reach)
    lines = sight_lines(points, regions, ways, reach_m=reach)
    length = ways.frame["length_m"].to_numpy()
    counts = np.maximum(np.ceil(length / CELL_M), 1).astype(int)
    way = np.repeat(np.arange(len(length)), counts)
    within = np.arange(len(way)) - np.repeat(np.cumsum(counts) - counts, counts)
    metres = (length / counts)[way]
    row, cell = pieces_covered(
        way, within * metres, (within + 1) * metres, *(lines[c].to_numpy() for c in ("way", "from_m", "to_m"))
    )
    cover = sparse.csr_array(
        (np.ones(len(cell)), (lines["camera"].to_numpy()[row], cell)), shape=(len(points), len(way))
    )
    cover.sum_duplicates()
    cover.data[:] = 1.0
    seen = np.asarray(cover.sum(axis=0)) > 0
    cover, metres = sparse.csr_array(cover[:, np.flatnonzero(seen)]), metres[seen]
    _, part = sparse.csgraph.connected_components(
        sparse.block_array([[None, cover], [cover.T, None]]), directed=False
    )
    share = np.bincount(part[cover.shape[0] :], weights=metres).max() / metres.sum()
    print(
        f"\n{copies} x {extract.name}: {cover.shape[0]:,} sites x {cover.shape[1]:,} demands, "
        f"{cover.nnz:,} entries; {share:.1%} of the metres hang together"
    )
    return cover, metres


def repeat(frame, copies, step):
    """Lay copies of a frame side by side, four in a row."""
    parts = []
    for copy in range(copies):
        part = frame.copy()
        part.geometry = frame.geometry.translate((copy % 4) * step[0], (copy // 4) * step[1])
        if isinstance(frame.index, pd.MultiIndex):
            u, v, key = (frame.index.get_level_values(level) for level in range(3))
            shift = copy * 10**12
            part.index = pd.MultiIndex.from_arrays([u + shift, v + shift, key], names=frame.index.names)
        parts.append(part)
    whole = pd.concat(parts, ignore_index=not isinstance(frame.index, pd.MultiIndex))
    return gpd.GeoDataFrame(whole, crs=frame.crs)


def solve_city(cover, metres):
    """Print the quick answer, the plan within 0.25% and the proof, for 50 and 200 cameras."""
    print(f"{'k':>4} {'how':>16} {'s':>7} {'metres':>10} {'bound':>10} {'gap':>8}  stopped by")
    for budget in (50, 200):
        turns = [timed(lambda b=budget: greedy_and_swaps(cover, metres, b)) for _ in range(5)]
        found, seconds = turns[0][0], median(seconds for _, seconds in turns)
        print(f"{budget:4} {'greedy and swaps':>16} {seconds:7.3f} {found:10.1f}")
        for how, rules in (("quick", None), ("within 0.25%", NEAR), ("to the proof", StopRules())):
            plan, seconds = timed(
                lambda b=budget, r=rules: maximal_cover(cover, metres, budget=b, quick=r is None, rules=r)
            )
            print(
                f"{budget:4} {how:>16} {seconds:7.3f} {plan.covered:10.1f} {plan.upper_bound:10.1f} "
                f"{plan.gap:8.3%}  {plan.stopped or 'proof'}"
            )


def greedy_and_swaps(cover, metres, budget):
    """Return what the first answer covers, with no bound: merge, choose greedily, exchange one for one."""
    problem = state_problem(cover, metres, budget=budget, costs=None, fixed=(), groups=None, levels=(1.0,))
    return problem.value(search_sites(problem))


def compare_peer(cover, weights, budget=50):
    """Print the time of spopt with its default solver beside ours, at equal value."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        venv.create(folder / "peer", with_pip=True)
        python = folder / "peer" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        subprocess.run([python, "-m", "pip", "install", "-qq", *PEER], check=True)
        sparse.save_npz(folder / "cover.npz", sparse.csr_matrix(cover))
        np.save(folder / "weights.npy", weights)
        (folder / "run.py").write_text(SCRIPT)
        words = [python, folder / "run.py", folder / "cover.npz", folder / "weights.npy", str(budget)]
        out = subprocess.run(words, check=True, capture_output=True, text=True)
    theirs = json.loads(out.stdout.splitlines()[-1])
    turns = [timed(lambda: maximal_cover(cover, weights, budget=budget)) for _ in range(5)]
    plan, seconds = turns[0][0], median(seconds for _, seconds in turns)
    total = theirs["build"] + theirs["solve"]
    print(f"{budget} of {cover.shape[0]:,} sites, to the proof:")
    built, solved = theirs["build"], theirs["solve"]
    print(f"  spopt {total:9.3f} s ({built:.1f} to build, {solved:.1f} to solve): {theirs['value']:.3f}")
    print(f"  kuzet {seconds:9.3f} s, {total / seconds:,.0f} times faster: {plan.covered:.3f}")


if __name__ == "__main__":
    main()
