"""Shifts that cannot be planned, over HTTP: clear words, a remedy, and a store that is as it was."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from kuzet.data.store import Store

from .conftest import Serve
from .test_jobs import follow
from .test_problems import require_problem

RUSSIAN = {"Accept-Language": "ru"}
QUICK = {"iterations": 20, "pool": 0}
NOWHERE = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0]]
LINE = [[24.94, 60.17], [24.95, 60.17], [24.94, 60.17]]
HUGE = [[1e300, 0.0], [0.0, 1e300], [0.0, 0.0]]
CUT_OFF = (24.93535, 60.17446)
"""On streets of the sample city that its edge cuts off from all others."""


def duty(start: pd.Timestamp, hours: float = 1, **more: Any) -> dict[str, Any]:
    """Return a duty in the middle of the sample city, so many hours after a moment."""
    opens = start + timedelta(hours=hours)
    closes = opens + timedelta(hours=1)
    window = {"opens": opens.isoformat(), "closes": closes.isoformat()}
    return {"id": "d", "lon": 24.94, "lat": 60.17, "dwell_minutes": 10.0, **window, **more}


def change_units(**columns: Any) -> Callable[[Store], None]:
    """Return a change of the store: columns of its units put in place of what they were."""

    def change(store: Store) -> None:
        units = store.read_frame("units")
        store.replace_frame("units", units.assign(**{n: make(units) for n, make in columns.items()}))

    return change


def drop_units(store: Store) -> None:
    """Leave the shift without units."""
    store.replace_frame("units", store.read_frame("units").iloc[:0])


def name_units_alike(store: Store) -> None:
    """Give all units one id, as a GIS program could; the store's own door would not let it in."""
    with sqlite3.connect(store.path) as connection:
        connection.execute("UPDATE units SET id = 'same'")


def move_stations(x: float, y: float) -> Callable[[Store], None]:
    """Return a change of the store: all stations at one place."""

    def change(store: Store) -> None:
        stations = store.read_frame("stations")
        points = [shapely.Point(x, y)] * len(stations)
        store.replace_frame("stations", gpd.GeoDataFrame(stations.drop(columns="geometry"), geometry=points,
                                                         crs=4326))  # fmt: skip

    return change


def leave(store: Store) -> None:
    """Change nothing."""


def digest(path: Path) -> str:
    """Return what changes with any byte of the store."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


AT_ONCE = [
    (drop_units, lambda start: {}, 409, "no_units"),
    (name_units_alike, lambda start: {}, 400, "unit_twice"),
    (change_units(shift_end=lambda u: u["shift_start"]), lambda start: {}, 422, "shift_ends_early"),
    (
        change_units(shift_end=lambda u: u["shift_start"] - timedelta(hours=1)),
        lambda start: {},
        422,
        "shift_ends_early",
    ),
    (change_units(station=lambda u: "nowhere"), lambda start: {}, 422, "station_unknown"),
    (
        change_units(
            break_minutes=lambda u: 60.0, break_to=lambda u: u["shift_start"] + timedelta(minutes=9)
        ),
        lambda start: {},
        422,
        "break_outside",
    ),
    (change_units(zone=lambda u: "north"), lambda start: {}, 422, "zone_unknown"),
    (leave, lambda start: {"duties": [duty(start, -5)]}, 422, "window_before_shift"),
    (leave, lambda start: {"duties": [duty(start, 50)]}, 422, "window_after_shift"),
    (leave, lambda start: {"duties": [duty(start, dwell_minutes=90.0)]}, 400, "duty_too_short"),
    (leave, lambda start: {"duties": [duty(start), duty(start)]}, 400, "duty_twice"),
    (leave, lambda start: {"closed": [[1, 2, 3]]}, 400, "edge_unknown"),
    (leave, lambda start: {"zones": [{"id": "a", "ring": NOWHERE}] * 2}, 400, "zone_twice"),
    (leave, lambda start: {"zones": [{"id": "a", "ring": LINE}]}, 400, "zone_not_a_polygon"),
    (leave, lambda start: {"zones": [{"id": "a", "ring": HUGE}]}, 400, "zone_not_a_polygon"),
    (leave, lambda start: {"closed": [[10**30, 2, 3]]}, 400, "request_invalid"),
]


def test_what_no_plan_could_serve_is_refused_before_a_job_begins(serve: Serve, own_store: Path, sample: Path):
    """Faulty units, duties, zones and closed streets are each a 4xx in words, without a job or a write."""
    client, store = serve(), Store(own_store)
    start = store.read_frame("units")["shift_start"].min()
    for change, wishes, status, code in AT_ONCE:
        own_store.write_bytes(sample.read_bytes())
        change(store)
        before = digest(own_store)
        body = {"inputs": QUICK | wishes(start)}
        answer = client.post("/processes/patrol/execution", json=body)
        problem = require_problem(answer, status)
        assert problem["type"].endswith(f":{code}"), (code, problem)
        russian = require_problem(
            client.post("/processes/patrol/execution", json=body, headers=RUSSIAN), status
        )
        assert russian["detail"] != problem["detail"]
        assert digest(own_store) == before, code
    assert client.get("/jobs").json()["jobs"] == []


IN_THE_JOB = [
    (move_stations(*CUT_OFF), {}, "station_cut_off", "cannot come back"),
    (move_stations(25.2, 60.17), {}, "station_off_road", "from the nearest street"),
    (
        change_units(shift_end=lambda u: u["shift_start"] + timedelta(minutes=5)),
        {},
        "shift_too_short",
        "come home",
    ),
    (
        change_units(zone=lambda u: "a"),
        {"zones": [{"id": "a", "ring": NOWHERE}]},
        "no_reachable_stop",
        "No unit can reach any stop",
    ),
]


@pytest.mark.parametrize(("change", "wishes", "code", "words"), IN_THE_JOB)
def test_what_only_the_streets_tell_fails_the_job_in_the_same_words(
    serve: Serve, own_store: Path, change: Callable[[Store], None], wishes: dict, code: str, words: str
):
    """No way to a stop or home: the job fails with the sentence, its result is that 422, nothing is kept."""
    client = serve()
    change(Store(own_store))
    before = digest(own_store)
    accepted = client.post("/processes/patrol/execution", json={"inputs": QUICK | wishes})
    assert accepted.status_code == 201
    job = accepted.json()["jobID"]
    last = follow(client, job)[-1]
    assert last["status"] == "failed" and words in last["message"]
    problem = require_problem(client.get(f"/jobs/{job}/results"), 422)
    assert problem["type"].endswith(f":{code}")
    assert problem["detail"] in last["message"] and problem["remedy"] in last["message"]
    assert digest(own_store) == before


REPLANS = [
    (leave, {"lost": ["nobody"]}, 400, "unit_unknown"),
    (leave, {"closed": [[1, 2, 3]]}, 400, "edge_unknown"),
    (leave, {"now": "2031-01-01T00:00:00Z"}, 400, "replan_outside"),
    (leave, {"duties": -5}, 422, "window_before_shift"),
    (leave, {"duties": 50}, 422, "window_after_shift"),
    (drop_units, {}, 409, "plan_outdated"),
    (name_units_alike, {}, 409, "plan_outdated"),
    (change_units(shift_end=lambda u: u["shift_start"]), {}, 409, "plan_outdated"),
    (move_stations(*CUT_OFF), {}, 409, "plan_outdated"),
    (leave, {"lost": "all"}, 422, "all_units_lost"),
    (leave, {"closed": "all"}, 422, "no_street_for_unit"),
    (leave, {"closed": "half"}, 422, "station_off_road"),
]


def test_what_cannot_be_planned_anew_is_refused(serve: Serve, own_store: Path, sample: Path):
    """Unknown names, moments outside the shift, other units than the plan's: each a 4xx, nothing stored."""
    client, store = serve(), Store(own_store)
    units, streets = store.read_frame("units"), store.read_frame("streets")
    start = units["shift_start"].min()
    edges = streets.loc[streets["car"].astype(bool), ["u", "v", "key"]].astype(int).to_numpy().tolist()
    for change, wishes, status, code in REPLANS:
        own_store.write_bytes(sample.read_bytes())
        change(store)
        before = digest(own_store)
        body = {"now": (start + timedelta(hours=2)).isoformat(), **wishes}
        if "duties" in wishes:
            body["duties"] = [duty(start, wishes["duties"])]
        body["lost"] = list(units["id"]) if wishes.get("lost") == "all" else wishes.get("lost", [])
        if wishes.get("closed") in ("all", "half"):
            body["closed"] = edges[:: 1 if wishes["closed"] == "all" else 2]
        problem = require_problem(client.post("/patrol/replan", json=body), status)
        assert problem["type"].endswith(f":{code}"), (code, problem)
        russian = require_problem(client.post("/patrol/replan", json=body, headers=RUSSIAN), status)
        assert russian["detail"] != problem["detail"]
        assert digest(own_store) == before, code


def test_a_new_plan_keeps_what_the_one_before_was_told(serve: Serve, own_store: Path):
    """Zones, closed streets and lost units of the plan hold in the plan made anew, and in the next one."""
    client, store = serve(), Store(own_store)
    units, streets = store.read_frame("units"), store.read_frame("streets")
    west, south, east, north = store.city().bounds
    middle = (west + east) / 2
    rings = {
        "west": [[west, south], [middle, south], [middle, north], [west, north]],
        "east": [[middle, south], [east, south], [east, north], [middle, north]],
    }
    names = ["west" if row % 2 else "east" for row in range(len(units))]
    store.replace_frame("units", units.assign(zone=names))
    edge = streets.loc[streets["highway"] == "residential", ["u", "v", "key"]].astype(int).iloc[0].tolist()
    zones = [{"id": name, "ring": ring} for name, ring in rings.items()]
    body = {"inputs": QUICK | {"zones": zones, "closed": [edge], "max_gap_minutes": 90}}
    job = client.post("/processes/patrol/execution", json=body).json()["jobID"]
    assert follow(client, job)[-1]["status"] == "successful"
    lost = str(units["id"].iloc[0])
    at = units["shift_start"].min() + timedelta(hours=2)
    one = client.post("/patrol/replan", json={"now": at.isoformat(), "lost": [lost]})
    assert one.status_code == 200, one.text
    later = at + timedelta(hours=1)
    two = client.post("/patrol/replan", json={"now": later.isoformat(), "duties": [duty(later, id="call")]})
    assert two.status_code == 200, two.text
    run = store.latest_run("patrol")
    assert run is not None
    told = run.parameters
    assert told["lost"] == [lost] and told["closed"] == [edge] and told["max_gap_minutes"] == 90
    plan = store.load_result(run.run_id)
    zone_of = dict(zip(units["id"], names, strict=True))
    stops = plan.stops.set_index("stop").to_crs(4326).geometry
    for visit in plan.visits.itertuples():
        assert shapely.Polygon(rings[zone_of[visit.unit]]).buffer(1e-6).covers(stops[visit.stop])
    mine = plan.visits[plan.visits["unit"] == lost]
    assert (mine["arrive"] <= at).all()
    assert edge not in [list(passed) for edges in plan.legs["edges"] for passed in edges]
    again = client.post("/patrol/replan", json={"now": later.isoformat(), "duties": [duty(later, id="call")]})
    assert require_problem(again, 400)["type"].endswith("duty_twice")
