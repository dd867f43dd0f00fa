"""`kuzet patrol` and `kuzet replan`: duties, zones and closed streets from files and words."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest
import shapely
from kuzet.api import workflows
from kuzet.api.schemas import PatrolInputs
from kuzet.coverage.patrol import plan_patrol
from kuzet.data.store import Store

from .test_cli import kuzet


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let plans be found in a moment: what is asked counts here, not how good the answer is."""

    def plan(*arguments, **options):
        return plan_patrol(*arguments, **{**options, "iterations": 20, "pool": 0})

    monkeypatch.setattr(workflows, "plan_patrol", plan)


def zones_of(store: Store) -> dict[str, list[list[float]]]:
    """Return the halves of the city."""
    west, south, east, north = store.city().bounds
    middle = (west + east) / 2
    return {
        "west": [[west, south], [middle, south], [middle, north], [west, north], [west, south]],
        "east": [[middle, south], [east, south], [east, north], [middle, north], [middle, south]],
    }


def write_zones(path: Path, shapes: dict[str, dict]) -> Path:
    """Write shapes by id as GeoJSON."""
    features = [
        {"type": "Feature", "properties": {"id": name}, "geometry": shape} for name, shape in shapes.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return path


def write_duties(path: Path, opens: pd.Timestamp, *, minutes: str = "10") -> Path:
    """Write one duty of an hour's window, with its zone said."""
    closes = opens + pd.Timedelta(hours=1)
    row = f"school,School,24.9414,60.1699,{opens.isoformat()},{closes.isoformat()},{minutes}"
    path.write_text(f"id,name,lon,lat,opens,closes,dwell_minutes\n{row}\n", "utf-8")
    return path


def test_a_plan_is_asked_for_as_over_http(own_store: Path, tmp_path: Path) -> None:
    """Files and words become the run that the same wishes make over HTTP, and the plan holds them."""
    store = Store(own_store)
    units, streets = store.read_frame("units"), store.read_frame("streets")
    rings = zones_of(store)
    names = ["west" if row % 2 else "east" for row in range(len(units))]
    store.replace_frame("units", units.assign(zone=names))
    shapes = {name: {"type": "Polygon", "coordinates": [ring]} for name, ring in rings.items()}
    start = units["shift_start"].min()
    opens = start + pd.Timedelta(hours=2)
    edge = streets.loc[streets["highway"] == "residential", ["u", "v", "key"]].astype(int).iloc[0].tolist()
    told = json.loads(
        kuzet(
            "patrol", "--zones", write_zones(tmp_path / "zones.geojson", shapes),
            "--duties", write_duties(tmp_path / "duties.csv", opens),
            "--closed", " ".join(map(str, edge)), "--max-gap", 90, "--hold", 3, "--drive-by", 0.5,
            "--store", own_store, "--json",
        ).stdout
    )  # fmt: skip
    closes = opens + pd.Timedelta(hours=1)
    body = {
        "zones": [{"id": name, "ring": ring} for name, ring in rings.items()],
        "duties": [
            {
                "id": "school",
                "name": "School",
                "lon": 24.9414,
                "lat": 60.1699,
                "opens": opens.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "closes": closes.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "dwell_minutes": 10.0,
            }
        ],
        "closed": [edge],
        "max_gap_minutes": 90,
        "hold": 3,
        "drive_by": 0.5,
    }
    inputs = PatrolInputs.model_validate_json(json.dumps(body)).model_dump()
    run, plan = workflows.run_patrol(store, **inputs)
    assert run.run_id == told["run_id"]
    held = plan.visits[plan.visits["stop"] == "duty-school"]
    assert len(held) == 1 and opens <= held["arrive"].iloc[0] and held["leave"].iloc[0] <= closes
    zone_of = dict(zip(units["id"], names, strict=True))
    stops = plan.stops.set_index("stop").to_crs(4326).geometry
    for visit in plan.visits.itertuples():
        assert shapely.Polygon(rings[zone_of[visit.unit]]).buffer(1e-6).covers(stops[visit.stop])
    assert edge not in [list(passed) for edges in plan.legs["edges"] for passed in edges]
    now = (start + pd.Timedelta(hours=4)).isoformat()
    late = write_duties(tmp_path / "late.csv", start + pd.Timedelta(hours=5))
    late.write_text(late.read_text("utf-8").replace("school,", "call,"), "utf-8")
    again = json.loads(
        kuzet("replan", "--now", now, "--duties", late, "--closed", ",".join(map(str, edge)),
              "--store", own_store, "--json").stdout
    )  # fmt: skip
    assert "duty-call" in {row["stop"] for row in again["added"]}


HOLED = [
    [[24.94, 60.165], [24.95, 60.165], [24.95, 60.175], [24.94, 60.175], [24.94, 60.165]],
    [[24.942, 60.167], [24.944, 60.167], [24.944, 60.169], [24.942, 60.167]],
]
FAULTS = {
    "a missing file": "patrol --duties none.csv",
    "a duty without minutes": "patrol --duties faulty.csv",
    "a duty before the shift": "patrol --duties early.csv",
    "duties that are no table": "patrol --duties vrt.csv",
    "zones that are a table": "patrol --zones faulty.csv",
    "a zone with a hole": "patrol --zones holed.geojson",
    "a street that is none": "patrol --closed 1,2,3",
    "a street that is a word": "patrol --closed Abai",
    "a street without its key": "replan --now 2026-01-16T20:00:00+05:00 --closed 1,2",
    "a moment without its zone": "replan --now 2026-01-16T20:00:00",
    "new duties that are faulty": "replan --now 2026-01-16T20:00:00+05:00 --duties faulty.csv",
    "a unit that is none": "replan --now 2026-01-16T20:00:00+05:00 --lost nobody",
}


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
@pytest.mark.parametrize("case", FAULTS)
def test_what_cannot_be_asked_is_said_in_words(
    own_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str, lang: str
) -> None:
    """A fault ends with exit code 1, a sentence and a remedy, no path, and the store as it was."""
    monkeypatch.chdir(tmp_path)
    start = Store(own_store).read_frame("units")["shift_start"].min()
    write_duties(tmp_path / "faulty.csv", start + pd.Timedelta(hours=2), minutes="long")
    write_duties(tmp_path / "early.csv", start - pd.Timedelta(days=2))
    (tmp_path / "vrt.csv").write_text("<OGRVRTDataSource></OGRVRTDataSource>")
    write_zones(tmp_path / "holed.geojson", {"a": {"type": "Polygon", "coordinates": HOLED}})
    before = hashlib.sha256(own_store.read_bytes()).hexdigest()
    result = kuzet(*FAULTS[case].split(), "--store", own_store, "--lang", lang, code=1)
    lines = [line for line in result.stderr.splitlines() if line.strip()]
    assert result.stdout == "" and 2 <= len(lines) <= 6, result.stderr
    assert str(tmp_path) not in result.stderr and "unexpected" not in result.stderr
    problem = json.loads(
        kuzet(*FAULTS[case].split(), "--store", own_store, "--lang", lang, "--json", code=1).stdout
    )
    assert problem["remedy"] and not problem["type"].endswith("unexpected")
    if case == "a duty without minutes":
        assert problem["where"] == {"line": 2, "column": "dwell_minutes"}
    assert hashlib.sha256(own_store.read_bytes()).hexdigest() == before
