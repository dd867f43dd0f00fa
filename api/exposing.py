"""Exposure of plans as a run, and what a unit drove beside its plan: from the store to figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from ..coverage.blind_spots import find_blind_spots
from ..coverage.conditions import HEAD_M, Light, Obstacles
from ..coverage.driven import Driven, measure_driven
from ..coverage.errors import InvalidInputError, NotFoundError, NotReadyError
from ..coverage.exposure import PROMISE_S, Exposure
from ..coverage.exposure_plans import compare_plans
from ..coverage.progress import Progress, part, silent
from ..coverage.projection import WGS84, metric_crs
from ..coverage.replay import split_by_time
from ..coverage.risk import measure_risk
from ..coverage.streets import ways_of_frame
from ..data.runs import Run
from ..data.store import Store
from ..data.times import HOME_ZONE, time_zone
from ..data.tracks import Track, read_track
from .answers import coverage_of, latest
from .figures import plain
from .intake import city_box
from .town import answer_once, conditions_of, load_town, parameters_of
from .workflows import PATROL_ITERATIONS, run_coverage

MONTHS: Final = 12
TIMETABLES: Final = 5
REPLICATIONS: Final = 400


def run_exposure(
    store: Store,
    *,
    ladder: str = "2014",
    seen_at: str | None = None,
    light: Light = "day",
    obstacles: Obstacles = "buildings",
    target_m: float = HEAD_M,
    dwell_minutes: float = 12,
    months: int = MONTHS,
    timetables: int = TIMETABLES,
    replications: int = REPLICATIONS,
    promise_minutes: float = PROMISE_S / 60,
    iterations: int = PATROL_ITERATIONS,
    seed: int = 0,
    zone: str = HOME_ZONE,
    progress: Progress = silent,
) -> tuple[Run, Exposure]:
    """Plan the shift from the incidents before the last months, and replay those of the last months.

    Parameters
    ----------
    store : Store
    ladder, seen_at, light, obstacles, target_m
        Of `workflows.run_coverage`.
    dwell_minutes, iterations, timetables, replications, promise_minutes, seed
        Of `coverage.exposure_plans.compare_plans`.
    months : int
        How many are held back, counted from the last incident.
    zone : str
        Of the hours of incidents and of the shift.
    progress : Progress
    """
    conditions = conditions_of(light, obstacles, target_m)
    _, coverage = run_coverage(
        store, ladder=ladder, seen_at=seen_at, light=light, obstacles=obstacles, target_m=target_m,
        progress=part(progress, 0.0, 0.2),
    )  # fmt: skip
    town = load_town(store, "exposure", conditions, part(progress, 0.2, 0.25))
    if not len(town.frames["units"]):
        raise NotReadyError("no_units")
    compare = part(progress, 0.3, 0.95)

    def answer() -> Exposure:
        before, held_back, cut = split_by_time(town.frames["incidents"], months=months)
        risk = measure_risk(before, ways_of_frame(coverage.ways))
        spots = find_blind_spots(coverage, town.frames["buildings"], risk, barriers=town.frames["barriers"])
        found = compare_plans(
            town.frames["streets"],
            town.frames["stations"],
            town.frames["units"],
            coverage,
            risk,
            spots,
            held_back,
            zone=time_zone(zone),
            dwell_s=dwell_minutes * 60,
            iterations=iterations,
            timetables=timetables,
            replications=replications,
            promise_s=promise_minutes * 60,
            restrictions=town.frames["restrictions"],
            seed=seed,
            progress=compare,
        )
        return replace(found, settings=found.settings | {"cut": cut.isoformat(), "months": months})

    parameters = parameters_of(town, coverage.ladder, coverage.seen_at) | {
        "dwell_minutes": float(dwell_minutes),
        "months": months,
        "timetables": timetables,
        "replications": replications,
        "promise_minutes": float(promise_minutes),
        "iterations": iterations,
        "zone": zone,
    }
    return answer_once(store, town, "exposure", parameters, seed, answer, progress=progress)


def compare_driven(
    store: Store, content: bytes, *, zone: str, unit: str | None = None, run_id: str | None = None
) -> dict[str, Any]:
    """Compare a track with the plan of its unit; nothing of the track is kept.

    Parameters
    ----------
    store : Store
    content : bytes
        GPX, or CSV of an AVL system.
    zone : str
        Of times that name none.
    unit : str, optional
        Whose track it is; else the one unit that the file, or the plan, names.
    run_id : str, optional
        A run of patrol; else the last.

    Returns
    -------
    dict
        Figures ready for JSON.

    Raises
    ------
    NotReadyError
        `no_run` before there is a plan.
    NotFoundError
        `run_is_no_patrol`.
    InvalidInputError
        `unit_needed`, `unit_not_in_plan`, and those of `data.tracks.read_track`.
    """
    city = store.city()
    run, plan = latest(store, "patrol") if run_id is None else (store.run(run_id), store.load_result(run_id))
    if run.kind != "patrol":
        raise NotFoundError("run_is_no_patrol")
    track = read_track(content, zone=time_zone(zone), city_box=city_box(city.bounds))
    whose = _unit_of(track, unit, plan.units["id"].astype(str).tolist())
    mine = track.fixes
    if mine["unit"].notna().any() and mine["unit"].nunique() > 1:
        mine = mine[(mine["unit"] == whose).to_numpy()]
    places = gpd.GeoSeries(gpd.points_from_xy(mine["longitude"], mine["latitude"]), crs=WGS84)
    fixes = gpd.GeoDataFrame(
        {"time": mine["time"].to_numpy()}, geometry=places.to_crs(metric_crs(city.bounds)).to_numpy()
    )
    fixes["time"] = pd.to_datetime(fixes["time"], utc=True)
    found = measure_driven(plan, whose, fixes, ways_of_frame(coverage_of(store, run).ways))
    shift = plan.units.set_index("id").loc[whose]
    on_shift = ((fixes["time"] >= shift["shift_start"]) & (fixes["time"] <= shift["shift_end"])).any()
    return {"run_id": run.run_id, **describe_driven(found, track), "on_shift": bool(on_shift)}


def describe_driven(found: Driven, track: Track) -> dict[str, Any]:
    """Return planned beside driven as plain values."""
    return {
        "unit": found.unit,
        "planned_min": plain(found.planned_min),
        "driven_min": plain(found.driven_min),
        "fixes": found.fixes,
        "known_s": plain(found.known_s),
        "gap_s": plain(found.gap_s),
        "rejected": dict(sorted(track.rejected.items())),
        "settings": plain(found.settings),
        "stops": [{name: plain(value) for name, value in row.items()} for row in _records(found.stops)],
        "streets": [{name: plain(value) for name, value in row.items()} for row in _records(found.streets)],
    }


def _unit_of(track: Track, unit: str | None, planned: list[str]) -> str:
    if unit is not None:
        if unit not in planned:
            raise InvalidInputError("unit_not_in_plan", unit=unit[:60])
        return unit
    named = set(track.fixes["unit"].dropna()) & set(planned)
    if len(named) == 1:
        return named.pop()
    if len(planned) == 1:
        return planned[0]
    raise InvalidInputError("unit_needed", units=", ".join(planned[:20]))


def _records(frame: pd.DataFrame) -> list[Mapping[str, Any]]:
    return frame.astype(object).to_dict("records")
