"""What if, over HTTP: one camera moved on the sample city, as it is and with 871 cameras; median and slowest.

Run `python bench/scenarios.py [MOVES]`. Beside each median stands what measuring the whole city anew takes.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import geopandas as gpd
import httpx
import numpy as np
from kuzet.api.intake import load_sample
from kuzet.api.workflows import run_coverage
from kuzet.data.store import Store
from serving import serving

HOME_CAMERAS = 871


def main() -> None:
    """Print a line for each number of cameras."""
    moves = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "city.gpkg")
        load_sample(store, zone="Asia/Almaty")
        measure(store, moves)
        frame = store.read_frame("cameras")
        rows = np.arange(HOME_CAMERAS) % len(frame)
        many = frame.iloc[rows].reset_index(drop=True)
        shift = np.random.default_rng(5).normal(0, 3e-4, (2, HOME_CAMERAS))
        many = many.assign(id=[f"camera {number}" for number in range(HOME_CAMERAS)])
        x, y = many.geometry.x + 2 * shift[0], many.geometry.y + shift[1]
        many = many.set_geometry(gpd.GeoSeries(gpd.points_from_xy(x, y), crs=frame.crs))
        store.replace_frame("cameras", many)
        measure(store, moves)


def measure(store: Store, moves: int) -> None:
    """Move live cameras one after the other over HTTP."""
    begun = perf_counter()
    run_coverage(store)
    anew = perf_counter() - begun
    with serving(store) as client:
        move(store, client, moves, anew)


def move(store: Store, client: httpx.Client, moves: int, anew: float) -> None:
    """Ask about one move after the other, and print how long it took."""
    cameras = store.read_frame("cameras")
    live = cameras[cameras["state"] == "live"]
    rng, took, told = np.random.default_rng(1), [], 0
    begun = perf_counter()
    client.post("/scenarios/preview", json={"changes": []})
    first = perf_counter() - begun
    for row in rng.choice(len(live), moves, replace=False):
        camera = live.iloc[row]
        east, north = rng.normal(0, 3e-4, 2)
        change = {"action": "move", "camera": camera["id"]}
        change |= {"lon": camera.geometry.x + 2 * east, "lat": camera.geometry.y + north}
        begun = perf_counter()
        answer = client.post("/scenarios/preview", json={"changes": [change]})
        took.append(perf_counter() - begun)
        told += len(answer.raise_for_status().json()["features"])
    print(
        f"{len(cameras)} cameras, {moves} moves: median {statistics.median(took):.3f} s, "
        f"slowest {max(took):.3f} s, {told} segments; first question {first:.2f} s; "
        f"the city measured anew {anew:.2f} s"
    )


if __name__ == "__main__":
    main()
