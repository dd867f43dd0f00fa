"""The whole coverage job on the sample city repeated to thousands of cameras, and one camera changed in it.

    python bench/city.py                            1,000, 10,000 and 50,000 cameras
    python bench/city.py --cameras 1000 10000       others

Each job is the real workflow on a store of its own: read, hash, measure, save. It runs in its own process, on
as many workers as there are processors; its memory is the resident memory of that process and all below it,
added up five times a second, so what they share counts more than once. Processor time is that of all of them:
on a machine that does nothing else the job takes about as many seconds, divided by the processors. Making the
city is told apart.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from kuzet.api.workflows import run_coverage
from kuzet.coverage.cover import measure_coverage
from kuzet.coverage.projection import metric_crs, to_metric, to_wgs84
from kuzet.coverage.update import update_coverage
from kuzet.data.osm import read_osm
from kuzet.data.sample_city import mark_states, sample_path
from kuzet.data.store import Store

EVERY_S = 0.2
CHANGES = 7


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cameras", type=int, nargs="*", default=[1_000, 10_000, 50_000])
    parser.add_argument("--change-in", type=int, default=10_000, help="where one camera is changed")
    parser.add_argument("--step", nargs=3, metavar=("STEP", "STORE", "CAMERAS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        step, path, count = options.step
        {"make": make_city, "run": run_job, "change": change_camera}[step](Path(path), int(count))
        return
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        warm = Path(folder) / "warm.gpkg"
        for step in ("make", "run"):
            in_a_process(step, warm, 100)
        for count in options.cameras:
            path = Path(folder) / f"{count}.gpkg"
            made, _, _, _ = in_a_process("make", path, count)
            seconds, work, peak, told = in_a_process("run", path, count)
            size = path.stat().st_size
            rows.append((count, told["seconds"], peak, work))
            print(
                f"{count:>7,} cameras, {told['network_km']:,.0f} km of street: job {told['seconds']:,.1f} s,"
                f" {told['seconds'] / count * 1e3:.2f} ms a camera; processors {work:,.1f} s,"
                f" {work / count * 1e3:.2f} ms a camera; peak {peak / 1e6:,.0f} MB,"
                f" {peak / count / 1e3:,.0f} kB a camera; {told['stretches']:,} stretches,"
                f" {told['pieces']:,} pieces; store {size / 1e6:,.0f} MB; the city made in {made:,.0f} s;"
                f" process {seconds:,.1f} s; left out: {told['left_out'] or 'nothing'}",
                flush=True,
            )
            if count == options.change_in:
                _, _, _, changed = in_a_process("change", path, count)
                for line in changed["lines"]:
                    print(f"          {line}", flush=True)
            path.unlink()
    first, last = rows[0], rows[-1]
    print(
        f"from {first[0]:,} to {last[0]:,} cameras: seconds a camera"
        f" {last[1] / last[0] / (first[1] / first[0]):.2f} times, processor time a camera"
        f" {last[3] / last[0] / (first[3] / first[0]):.2f} times,"
        f" peak memory a camera {last[2] / last[0] / (first[2] / first[0]):.2f} times"
    )


def in_a_process(step: str, path: Path, count: int) -> tuple[float, float, int, dict]:
    """Return seconds, processor seconds and peak memory of a step in its own process, and what it told."""
    start, peak, before = time.perf_counter(), 0, processor_time()
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(
            [sys.executable, __file__, "--step", step, str(path), str(count)], stdout=out
        )
        while process.poll() is None:
            peak = max(peak, resident(process.pid))
            time.sleep(EVERY_S)
        if process.returncode:
            raise SystemExit(f"{step} of {count} cameras failed")
        out.seek(0)
        told = out.read().strip().splitlines()
    return time.perf_counter() - start, processor_time() - before, peak, json.loads(told[-1]) if told else {}


def processor_time() -> float:
    """Return the processor seconds of all processes that were started from here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def resident(pid: int) -> int:
    """Return the bytes in memory of a process and of all below it."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        below = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except (FileNotFoundError, ProcessLookupError, IndexError):
        return 0
    return pages * 4096 + sum(resident(child) for child in below)


def make_city(path: Path, count: int) -> None:
    """Write the sample city, repeated side by side until there are so many cameras, to a store."""
    extract = read_osm(sample_path())
    crs = metric_crs(extract.bounds)
    west, south, east, north = to_metric(
        gpd.GeoDataFrame(geometry=[shapely.box(*extract.bounds)], crs=4326), crs
    ).total_bounds
    inside = shapely.box(west, south, east, north)
    frames = {
        "streets": extract.streets,
        "buildings": extract.buildings,
        "cameras": mark_states(extract.cameras, seed=1),
    }
    for name, frame in frames.items():
        metric = to_metric(frame, crs)
        middle = shapely.point_on_surface(metric.geometry.to_numpy())
        frames[name] = metric[shapely.within(middle, inside)].reset_index(drop=True)
    copies = -(-count // len(frames["cameras"]))
    columns = max(1, round(np.sqrt(copies * (north - south) / (east - west))))
    places = [((n % columns) * (east - west), (n // columns) * (north - south)) for n in range(copies)]
    city = {name: repeat(frame, places, name) for name, frame in frames.items()}
    city["cameras"] = gpd.GeoDataFrame(city["cameras"].iloc[:count])
    far_east, far_north = (max(place[axis] for place in places) for axis in (0, 1))
    whole = shapely.box(west, south, east + far_east, north + far_north)
    box = to_wgs84(gpd.GeoDataFrame(geometry=[whole], crs=crs))
    city = {name: to_wgs84(frame) for name, frame in city.items()}
    none = {name: frame.iloc[:0] for name, frame in extract.basemap.items()}
    store = Store(path)
    store.replace_city(
        replace(
            extract,
            **city,
            bounds=tuple(box.total_bounds),
            basemap=none,
            stations=extract.stations.iloc[:0],
            supports=extract.supports.iloc[:0],
        ),
        basemap=b"",
    )


def repeat(frame: gpd.GeoDataFrame, places: list[tuple[float, float]], name: str) -> gpd.GeoDataFrame:
    """Return a frame once for each place, moved there, with ids of its own."""
    if name == "streets":
        nodes = pd.factorize(pd.concat([frame["u"], frame["v"]]))[0]
        frame = frame.assign(u=nodes[: len(frame)], v=nodes[len(frame) :])
    parts = []
    for number, (east, north) in enumerate(places):
        part = frame.copy()
        part["geometry"] = shapely.transform(
            frame.geometry.to_numpy(), lambda xy, by=(east, north): xy + np.array(by)
        )
        if name == "streets":
            part[["u", "v"]] += number * 1_000_000
        else:
            part["id"] = [f"{one}-{number}" for one in frame["id"]]
        parts.append(part)
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=frame.crs)


def run_job(path: Path, count: int) -> None:
    """Run the workflow and tell what it took and gave."""
    start = time.perf_counter()
    run, coverage = run_coverage(Store(path))
    told = {
        "seconds": time.perf_counter() - start,
        "network_km": coverage.network_m / 1e3,
        "stretches": len(coverage.stretches),
        "pieces": len(coverage.pieces),
        "left_out": ", ".join(run.summary.get("layers_left_out", [])),
    }
    print(json.dumps(told))


def change_camera(path: Path, count: int) -> None:
    """Change one camera after another, in memory and through the store, and compare with measuring anew."""
    store = Store(path)
    _, before = run_coverage(store)
    crs = metric_crs(store.city().bounds)
    frames = {name: store.read_frame(name) for name in ("streets", "buildings", "cameras")}
    streets, buildings, cameras = (to_metric(frame, crs) for frame in frames.values())
    area = to_metric(gpd.GeoDataFrame(geometry=[store.city().area], crs=4326), crs).geometry.iloc[0]
    update_coverage(before, buildings, cameras, changed=[cameras["id"].iloc[0]])
    random = np.random.default_rng(1)
    seconds, work, changed = [], [], cameras
    for row in random.choice(count, CHANGES, replace=False):
        changed = cameras.copy()
        changed.loc[row, ["heading_deg", "state", "kind"]] = [float(random.uniform(0, 360)), "live", "fixed"]
        start, used = time.perf_counter(), time.process_time()
        updated = update_coverage(before, buildings, changed, changed=[changed["id"].iloc[row]])
        seconds.append(time.perf_counter() - start)
        work.append(time.process_time() - used)
    start, used = time.perf_counter(), time.process_time()
    anew = measure_coverage(streets, buildings, changed, area=area)
    full, all_work = time.perf_counter() - start, time.process_time() - used
    worst = max(
        float((getattr(updated, name).iloc[:, -1] - getattr(anew, name).iloc[:, -1]).abs().max())
        for name in ("times", "by_class", "by_quality")
    )
    same = all(
        getattr(updated, name).equals(getattr(anew, name))
        for name in ("stretches", "pieces", "times", "tiles")
    )
    frames["cameras"].loc[0, "heading_deg"] = 123.0
    store.replace_frame("cameras", frames["cameras"])
    start = time.perf_counter()
    run_coverage(store)
    through_store = time.perf_counter() - start
    lines = [
        f"one camera changed, {CHANGES} different ones: median {median(seconds):.3f} s, slowest"
        f" {max(seconds):.3f} s; measuring anew in one process {full:.1f} s: {median(seconds) / full:.2%};"
        f" processor time {median(work):.3f} of {all_work:.1f} s: {median(work) / all_work:.2%}",
        f"figures differ by {worst:.1e} m at most; stretches, pieces and figures the same bits: {same}",
        f"through the store, with reading, hashing and saving all of it: {through_store:.1f} s",
    ]
    print(json.dumps({"lines": lines}))


if __name__ == "__main__":
    main()
