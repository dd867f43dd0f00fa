"""Re-plans over HTTP: ten units, about a hundred stops, an event every quarter of an hour.

Run `python bench/replanning.py [EVENTS]`. In turn something new is to be done, the street ahead of a unit is
closed, a unit is lost (four times at most). Prints the median, the 95th percentile and the slowest, and how
many visits that had begun were changed by a re-plan: it must be none.
"""

from __future__ import annotations

import sys
import tempfile
from itertools import cycle
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
from kuzet.api.answers import latest
from kuzet.api.intake import load_sample
from kuzet.api.workflows import run_patrol
from kuzet.coverage.projection import to_wgs84
from kuzet.data.store import Store
from serving import serving

UNITS = 10
EVERY = pd.Timedelta(minutes=15)
MOST_LOST = 4


def main() -> None:
    """Print how long re-plans took."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 28
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "city.gpkg")
        load_sample(store, zone="Asia/Almaty")
        units = store.read_frame("units")
        units = units.iloc[np.arange(UNITS) % len(units)].reset_index(drop=True)
        store.replace_frame("units", units.assign(id=[f"unit-{number}" for number in range(UNITS)]))
        begun = perf_counter()
        run_patrol(store)
        made = perf_counter() - begun
        plan = latest(store, "patrol")[1]
        print(f"{UNITS} units, {len(plan.stops)} stops, {len(plan.visits)} visits; planned in {made:.1f} s")
        with serving(store) as client:
            replan_through(store, client, events)


def replan_through(store, client, events: int) -> None:
    """Post one event after the other through the shift."""
    random, took, changed, lost = np.random.default_rng(3), [], 0, 0
    kinds = cycle(("duty", "closed", "lost"))
    now = latest(store, "patrol")[1].units["shift_start"].min()
    for number in range(events):
        now += EVERY
        before = latest(store, "patrol")[1]
        kind = next(kinds)
        if kind == "lost" and lost == MOST_LOST:
            kind = "duty"
        lost += kind == "lost"
        order = {"now": now.isoformat(), **event(kind, before, now, number, random)}
        begun = perf_counter()
        client.post("/patrol/replan", json=order).raise_for_status()
        took.append(perf_counter() - begun)
        changed += begun_and_changed(before, latest(store, "patrol")[1], now)
    print(
        f"{events} events: median {np.median(took):.2f} s, 95% within {np.quantile(took, 0.95):.2f} s, "
        f"slowest {max(took):.2f} s; visits begun and changed: {changed}"
    )


def event(kind: str, plan, now: pd.Timestamp, number: int, random: np.random.Generator) -> dict:
    """Return what happens, as the interface takes it."""
    driving = plan.units.loc[plan.units["back_at"] > now, "id"].tolist()
    if kind == "lost":
        return {"lost": [driving[int(random.integers(len(driving)))]]}
    if kind == "closed":
        ahead = plan.legs[plan.legs["depart"] > now]
        edges = ahead["edges"].iloc[int(random.integers(len(ahead)))]
        return {"closed": [[int(part) for part in edges[len(edges) // 2]]]}
    place = to_wgs84(plan.stops).geometry.iloc[int(random.integers(len(plan.stops)))]
    opens, closes = now + pd.Timedelta(minutes=20), now + pd.Timedelta(minutes=60)
    duty = {"id": f"event-{number}", "lon": place.x, "lat": place.y, "dwell_minutes": 15}
    return {"duties": [{**duty, "opens": opens.isoformat(), "closes": closes.isoformat()}]}


def begun_and_changed(before, after, now: pd.Timestamp) -> int:
    """Count visits that had begun and are not as they were, to the second."""
    keys = ["unit", "stop", "arrive", "leave"]
    old = before.visits.loc[before.visits["arrive"] <= now, keys].astype(str)
    kept = set(map(tuple, after.visits[keys].astype(str).to_numpy()))
    return sum(tuple(row) not in kept for row in old.to_numpy())


if __name__ == "__main__":
    main()
