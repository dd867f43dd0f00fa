"""PyVRP on a team orienteering question, in a process and an environment of its own.

    python bench/pyvrp_peer.py QUESTION.npz SECONDS SCALE    what `Peer` runs; prints the routes as JSON

PyVRP minimises travel plus the prizes left behind, in whole numbers, and hangs on how the two are scaled:
SCALE is what an average prize is worth in average ways. Its clock is that of the wall, since it runs alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from itertools import pairwise
from pathlib import Path
from types import TracebackType

import numpy as np

PEER = "pyvrp==0.14.1"
SCALES = (0.3, 1.0, 3.0, 10.0, 30.0)
FINENESS = 100_000
"""Units that the longest way is counted in: PyVRP knows whole numbers only."""


class Peer:
    """PyVRP, installed beside the project for as long as this is open."""

    def __enter__(self) -> Peer:
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        venv.create(folder / "peer", with_pip=True)
        self._python = folder / "peer" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        subprocess.run([self._python, "-m", "pip", "install", "-qq", PEER], check=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()

    def score(self, question: dict, seconds: float, *, scale: float) -> float:
        """Return the prize of the routes PyVRP finds; nothing if they break the limit."""
        file = Path(self._folder.name) / "question.npz"
        np.savez(file, **question)
        words = [self._python, __file__, file, str(seconds), str(scale)]
        out = subprocess.run(words, check=True, capture_output=True, text=True)
        return judge(question, json.loads(out.stdout.splitlines()[-1]))

    def best_score(self, question: dict, seconds: float) -> tuple[float, float]:
        """Return the best score over all scales, each given so many seconds, and its scale."""
        return max((self.score(question, seconds, scale=scale), scale) for scale in SCALES)


def judge(question, routes):
    """Return the prize of routes (visits without start and end), 0 if any takes too long."""
    travel, service = question["travel"], question["service"]
    for route in routes:
        way = [question["start"], *route, question["end"]]
        took = sum(travel[a, b] for a, b in pairwise(way)) + service[route].sum()
        if took > question["limit"] * (1 + 1e-9) + 1e-6:
            return 0.0
    visits = [stop for route in routes for stop in route]
    return float(question["prize"][visits].sum()) if len(set(visits)) == len(visits) else 0.0


def answer(file, seconds, scale):
    """Return the routes PyVRP finds; runs in the peer's environment."""
    import pyvrp
    from pyvrp.stop import MaxRuntime

    question = dict(np.load(file))
    travel, service, prize = question["travel"], question["service"], question["prize"]
    start, end = int(question["start"]), int(question["end"])
    unit = max(travel.max(), float(question["limit"])) / FINENESS
    worth = scale * np.mean(travel) / unit / np.mean(prize[prize > 0])
    visits = [stop for stop in range(len(prize)) if stop not in (start, end) and prize[stop] > 0]
    ends = [start] if start == end else [start, end]
    order = [*ends, *visits]
    # rounded up: what PyVRP calls in time is in time
    whole = np.ceil(travel[np.ix_(order, order)] / unit - 1e-9).astype(np.int64)
    np.fill_diagonal(whole, 0)
    data = pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in order],
        clients=[
            pyvrp.Client(
                row,
                service_duration=int(np.ceil(service[stop] / unit)),
                prize=max(1, round(prize[stop] * worth)),
                required=False,
            )
            for row, stop in enumerate(visits, len(ends))
        ],
        depots=[pyvrp.Depot(row) for row in range(len(ends))],
        vehicle_types=[
            pyvrp.VehicleType(
                num_available=int(question["vehicles"]),
                start_depot=0,
                end_depot=len(ends) - 1,
                shift_duration=int(float(question["limit"]) / unit),
            )
        ],
        distance_matrices=[whole],
        duration_matrices=[whole],
    )
    best = pyvrp.solve(data, MaxRuntime(seconds), seed=1, display=False).best
    if not best.is_feasible():
        return []
    return [[visits[step.idx] for step in route.schedule() if step.is_client()] for route in best.routes()]


if __name__ == "__main__":
    print(json.dumps(answer(Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))))
