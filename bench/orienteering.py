"""Team orienteering on published instances, and on one of the size of a city's shift.

    python bench/orienteering.py FOLDER                      every instance named in FOLDER/best_known.csv
    python bench/orienteering.py FOLDER --only p4.2 --seconds 1 10

FOLDER holds files in the format of Chao, Golden and Wasil (1996) and `best_known.csv` (instance, metric,
value, status). Seconds are of one core's work, so that other programs do not count. The first call compiles
and is not timed. Each gap is at least 0: a score above a published value does not make up for one below.
"""

from __future__ import annotations

import argparse
import csv
import time
from pathlib import Path

import numpy as np
from kuzet.coverage.patrol import StopAfter, StopAtTime, team_orienteering
from pyvrp_peer import Peer


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=[""], help="beginnings of the names to run")
    parser.add_argument("--seconds", type=float, nargs="*", default=[1.0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peer", action="store_true", help="solve each instance with PyVRP as well")
    options = parser.parse_args()
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
    with Peer() as peer:
        if options.peer:
            compare_peer(peer, questions, known, options.seconds)
        plan_large(peer, options.seed)


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


def compare_peer(peer, questions, known, all_seconds):
    """Print what PyVRP finds in the same seconds at the best of its scales."""
    for seconds in all_seconds:
        gaps = []
        for name, question in questions.items():
            best = float(known[name]["value"])
            score, scale = peer.best_score(question, seconds)
            gaps.append(max(0.0, best - score) / best if best else 0.0)
            print(f"PyVRP {name:16} {score:11g} {best:12g} {gaps[-1]:12.2%}   best of its scales: {scale:g}")
        print(f"PyVRP, {len(gaps)} instances in {seconds:g} s a scale: mean gap {np.mean(gaps):.3%}")


def plan_large(peer, seed):
    """Print what 500 stops, 8 vehicles and 8 hours come to as a first plan, after 1 s and after 10 s."""
    random = np.random.default_rng(seed)
    xy = random.uniform(0, 8000, (501, 2))
    question = {
        "travel": np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) * 1.3 / 8.0,
        "prize": random.integers(1, 100, 501).astype(float),
        "service": np.full(501, 720.0),
        "vehicles": 8,
        "limit": 8 * 3600.0,
        "start": 0,
        "end": 0,
    }
    print("500 stops, 8 vehicles, 8 h")
    for name, make in (
        ("first plan", lambda: StopAfter(1)),
        ("1 s", lambda: StopAtTime(1.0, time.process_time)),
        ("10 s", lambda: StopAtTime(10.0, time.process_time)),
    ):
        began = time.process_time()
        score = team_orienteering(**question, seed=seed, stop=make()).score
        print(f"  {name:12} {score:10g}   {time.process_time() - began:6.2f} s")
    score, scale = peer.best_score(question, 10.0)
    print(f"  PyVRP, 10 s  {score:10g}   at the best of its scales ({scale:g})")


if __name__ == "__main__":
    main()
