"""Team orienteering on published instances, and on one of the size of a city's shift.

    python bench/orienteering.py FOLDER                      every instance named in FOLDER/best_known.csv
    python bench/orienteering.py FOLDER --only p4.2 --seconds 1 10
    python bench/orienteering.py --city CITY.osm.pbf         only the shift: 500 stops, 8 vehicles, 8 hours

FOLDER holds files in the format of Chao, Golden and Wasil (1996) and `best_known.csv` (instance, metric,
value, status). Seconds are of one core's work, so that other programs do not count. The first call compiles
and is not timed. Each gap is at least 0: a score above a published value does not make up for one below.

Beside the shift PyVRP, in a process and an environment of its own, on the same whole seconds: its answer
depends on how prizes weigh against driving, so it gets the same time for each of several scales, one of them
without any price of driving, and its best counts.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import tempfile
import time
import venv
from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely
from kuzet.coverage.patrol import StopAfter, StopAtTime, team_orienteering
from kuzet.coverage.projection import metric_crs, to_metric
from kuzet.coverage.travel import build_network
from kuzet.data.osm import read_osm
from kuzet.data.sample_city import sample_path

PEER = ("pyvrp==0.14.1",)
SCALES = (0.0, 1.0, 10.0, 100.0, 1000.0)
"""Prizes times this against seconds of driving; 0: driving costs nothing."""
SCRIPT = """
import json, sys, time
import numpy as np
from pyvrp import Client, Depot, Location, ProblemData, VehicleType, solve
asked = np.load(sys.argv[1])
scale, seconds, seed = float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
travel, prize, service = asked["travel"].astype(int), asked["prize"], asked["service"].astype(int)
start, count = int(asked["start"]), len(prize)
order = [start] + [place for place in range(count) if place != start]
matrix = np.ascontiguousarray(travel[np.ix_(order, order)])
clients = [Client(at, service_duration=int(service[place]), prize=int(round(prize[place] * (scale or 1))),
                  required=False) for at, place in enumerate(order) if at]
vehicles = VehicleType(int(asked["vehicles"]), shift_duration=int(asked["limit"]),
                       unit_distance_cost=1 if scale else 0)
data = ProblemData([Location(0, 0)] * count, clients, [Depot(0)], [vehicles], [matrix], [matrix])
class Stop:
    began = time.process_time()
    def __call__(self, best_cost):
        return time.process_time() - self.began >= seconds
    def fraction_remaining(self):
        return max(0.0, 1 - (time.process_time() - self.began) / seconds)
stop = Stop()
found = solve(data, stop, seed=seed, collect_stats=False)
routes = [[order[visit.idx + 1] for visit in route if visit.is_client()] for route in found.best.routes()]
print(json.dumps({"routes": routes, "seconds": time.process_time() - stop.began,
                  "rounds": found.num_iterations, "feasible": found.is_feasible()}))
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", help="published instances; else only the shift")
    parser.add_argument(
        "--city", type=Path, default=sample_path(), help="file of OpenStreetMap for the shift"
    )
    parser.add_argument("--no-peer", action="store_true", help="leave PyVRP out")
    parser.add_argument("--only", nargs="*", default=[""], help="beginnings of the names to run")
    parser.add_argument("--seconds", type=float, nargs="*", default=[1.0])
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.folder is not None:
        published(options)
    else:
        small = np.ones((3, 3))
        team_orienteering(
            small, np.ones(3), np.zeros(3), vehicles=1, limit=9.0, start=0, end=2, seed=0, stop=StopAfter(32)
        )
    with tempfile.TemporaryDirectory() as folder:
        plan_large(options.city, options.seed, None if options.no_peer else install_peer(Path(folder)))


def published(options):
    """Solve the published instances asked for."""
    with (options.folder / "best_known.csv").open(newline="") as file:
        known = {
            row["instance"]: row
            for row in csv.DictReader(file)
            if row["instance"].startswith(tuple(options.only))
        }
    questions = {name: read_instance(next(options.folder.rglob(f"{name}.txt"))) for name in sorted(known)}
    team_orienteering(**next(iter(questions.values())), seed=0, stop=StopAfter(32))
    for seconds in options.seconds:
        compare(questions, known, seconds, options.seed)


def read_instance(path):
    """Return the question a file puts: the first point is the start, the last one the end."""
    lines = [line.split() for line in path.read_text().splitlines() if line.strip()]
    x, y, prize = np.array([[float(word) for word in line[:3]] for line in lines[3:]]).T
    return {
        "travel": np.hypot(x[:, None] - x, y[:, None] - y),
        "prize": prize,
        "service": np.zeros(len(prize)),
        "vehicles": int(lines[1][1]),
        "limit": float(lines[2][1]),
        "start": 0,
        "end": len(prize) - 1,
    }


def compare(questions, known, seconds, seed):
    """Print each instance's score beside the best known value, then what they come to."""
    gaps, below, above_proved = [], 0, 0
    print(f"{seconds:g} s each            score   best known          gap   seconds")
    for name, question in questions.items():
        best, status = float(known[name]["value"]), known[name]["status"]
        began = time.process_time()
        score = team_orienteering(**question, seed=seed, stop=StopAtTime(seconds, time.process_time)).score
        took = time.process_time() - began
        gaps.append(max(0.0, best - score) / best if best else 0.0)
        below += score < best
        above_proved += score > best and "proved" in status
        print(f"{name:16} {score:11g} {best:12g} {(best - score) / (best or 1):12.2%} {took:9.2f}  {status}")
    print(
        f"{len(gaps)} instances in {seconds:g} s: {below} below the best known, mean gap {np.mean(gaps):.3%}"
    )
    print(f"better than a proved value: {above_proved}")


def plan_large(city, seed, peer):
    """Print what 500 stops, 8 vehicles and 8 hours come to: our plans and PyVRP's, on the same matrix."""
    question = city_question(city, seed)
    reach = question["travel"][np.isfinite(question["travel"])]
    print(f"\n500 stops, 8 vehicles, 8 h, {city.name}: prizes {question['prize'].sum():g} in all,", end=" ")
    print(f"mean drive {reach.mean():.0f} s")
    for name, make in (
        ("first plan", lambda: StopAfter(1)),
        ("1 s", lambda: StopAtTime(1.0, time.process_time)),
        ("10 s", lambda: StopAtTime(10.0, time.process_time)),
    ):
        began = time.process_time()
        score = team_orienteering(**question, seed=seed, stop=make()).score
        print(f"  Kuzet {name:12} {score:10g}   {time.process_time() - began:6.2f} s", flush=True)
    if peer is not None:
        ask_peer(question, peer, 10.0, seed)


def city_question(city, seed):
    """Return 500 random places on the streets of a city, a station, and whole seconds between them."""
    extract = read_osm(city)
    streets = to_metric(extract.streets, metric_crs(extract.bounds))
    random = np.random.default_rng(seed)
    edges = build_network(streets, np.empty(0, dtype=object)).edges
    length = edges["length_m"].to_numpy()
    row = random.choice(len(edges), size=501, p=length / length.sum())
    share = random.random(501)
    places = shapely.line_interpolate_point(edges.geometry.to_numpy()[row], share, normalized=True)
    seconds, _ = build_network(streets, np.asarray(places, dtype=object)).times()
    return {
        "travel": np.ceil(seconds),
        "prize": random.integers(1, 100, 501).astype(float),
        "service": np.full(501, 720.0),
        "vehicles": 8,
        "limit": 8 * 3600.0,
        "start": 0,
        "end": 0,
    }


def ask_peer(question, python, seconds, seed):
    """Print PyVRP's score for several scales of the prizes, checked here by the same matrix, and its best."""
    best = 0.0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "question.npz"
        np.savez(file, **question)
        for scale in SCALES:
            done = subprocess.run(
                [python, "-c", SCRIPT, str(file), str(scale), str(seconds), str(seed)],
                check=True, capture_output=True, text=True,
            )  # fmt: skip
            told = json.loads(done.stdout)
            score, longest = check_routes(question, told["routes"])
            kept = longest <= question["limit"]
            best = max(best, score if kept else 0.0)
            print(f"  PyVRP prizes x {scale:<8g} {score:8g}   {told['seconds']:6.2f} s", end="   ")
            print(f"{told['rounds']} rounds{'' if kept else ', TOO LONG'}", flush=True)
    print(f"  PyVRP's best of {len(SCALES)} scales {best:g}")


def check_routes(question, routes):
    """Return the prizes of routes, each place once, and the longest of them in time."""
    places = [place for route in routes for place in route]
    assert len(set(places)) == len(places)
    assert len(routes) <= question["vehicles"]
    lengths = [0.0]
    for route in routes:
        stops = [question["start"], *route, question["end"]]
        drive = sum(question["travel"][one, two] for one, two in pairwise(stops))
        lengths.append(float(drive + question["service"][route].sum()))
    return float(question["prize"][places].sum()), max(lengths)


def install_peer(folder):
    """Install PyVRP into an environment of its own and return its Python."""
    venv.create(folder, with_pip=True)
    python = next((folder / part / name for part, name in (("bin", "python"), ("Scripts", "python.exe"))
                   if (folder / part / name).exists()))  # fmt: skip
    subprocess.run([python, "-m", "pip", "install", "-qq", *PEER], check=True)
    return python


if __name__ == "__main__":
    main()
