"""Load, analyse, save: what a job, a route and the command line all call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, NamedTuple

import geopandas as gpd

from ..coverage.blind_spots import find_blind_spots
from ..coverage.conditions import HEAD_M, Conditions, Light, Obstacles
from ..coverage.cover import measure_coverage
from ..coverage.errors import NotFoundError, NotReadyError
from ..coverage.optics import ladder_of
from ..coverage.patrol import plan_patrol
from ..coverage.progress import Progress, part, silent
from ..coverage.projection import metric_crs, to_metric
from ..coverage.proposals import propose_sites
from ..coverage.results import BlindSpots, Coverage, PatrolPlan, SiteProposal
from ..coverage.risk import StreetRisk, measure_risk
from ..coverage.streets import ways_of_frame
from ..coverage.update import changed_cameras, update_coverage
from ..data.runs import Run, layers_left_out, make_run
from ..data.store import City, Store
from .answers import COVERAGE_INPUTS
from .figures import figures_of
from .scale import open_pool

INPUTS: Final[dict[str, tuple[str, ...]]] = {
    "coverage": COVERAGE_INPUTS,
    "blind-spots": (*COVERAGE_INPUTS, "incidents"),
    "sites": (*COVERAGE_INPUTS, "incidents", "supports"),
    "patrol": (*COVERAGE_INPUTS, "incidents", "stations", "units"),
}
"""Kind of run -> the frames its answer depends on; on barriers only where the conditions count them."""
PATROL_ITERATIONS: Final = 4000
STREET_COLUMNS: Final = ("name", "highway", "sidewalk", "tunnel", "lit", "bridge", "layer")
"""What coverage asks of a street."""
FEW_CHANGED: Final = 0.1
"""Share of the cameras up to which a coverage is brought up to date rather than measured anew."""


class _Town(NamedTuple):
    """The frames of a run in metres, and what its question is made of."""

    city: City
    frames: dict[str, Any]
    hashes: dict[str, str]
    conditions: Conditions


def run_coverage(
    store: Store,
    *,
    ladder: str = "2014",
    seen_at: str | None = None,
    light: Light = "day",
    obstacles: Obstacles = "buildings",
    target_m: float = HEAD_M,
    progress: Progress = silent,
) -> tuple[Run, Coverage]:
    """Measure what the cameras see, or return the answer if the same question was answered before.

    Parameters
    ----------
    store : Store
    ladder : {"2014", "2025"}
        Of pixel densities.
    seen_at : str, optional
        Class from which a place counts as seen; by default the usual one of the ladder.
    light, obstacles, target_m
        Under what conditions cameras look; see `coverage.conditions.Conditions`.
    progress : Progress

    Notes
    -----
    A large city is done tile by tile in several processes. Where the last coverage of the same streets and
    buildings differs by a few cameras, only these are measured, and the answer is the same.
    """
    town = _load(store, "coverage", _conditions(light, obstacles, target_m), progress, leave=("streets",))
    return _coverage(store, town, ladder=ladder, seen_at=seen_at, progress=part(progress, 0.1, 1.0))


def run_blind_spots(
    store: Store,
    *,
    ladder: str = "2014",
    seen_at: str | None = None,
    light: Light = "day",
    obstacles: Obstacles = "buildings",
    target_m: float = HEAD_M,
    progress: Progress = silent,
) -> tuple[Run, BlindSpots]:
    """Find the blind spots, the riskiest first, in the coverage under the same conditions.

    That is measured first where it is still to do; the parameters are those of `run_coverage`.
    """
    town = _load(store, "blind-spots", _conditions(light, obstacles, target_m), progress)
    _, coverage = _coverage(store, town, ladder=ladder, seen_at=seen_at, progress=part(progress, 0.1, 0.6))
    return _blind_spots(store, town, coverage, progress=part(progress, 0.6, 1.0))


def run_sites(
    store: Store,
    *,
    ladder: str = "2014",
    seen_at: str | None = None,
    obstacles: Obstacles = "buildings",
    target_m: float = HEAD_M,
    count: int = 5,
    progress: Progress = silent,
) -> tuple[Run, SiteProposal]:
    """Propose where the next `count` cameras should go, by day.

    The other parameters are those of `run_coverage`. There is no `light`: what a proposed camera's own
    infrared would light up is not weighed yet, so that a proposal for the night would undervalue every site
    at an unlit street, where a new camera helps most.
    """
    town = _load(store, "sites", _conditions("day", obstacles, target_m), progress)
    _, coverage = _coverage(store, town, ladder=ladder, seen_at=seen_at, progress=part(progress, 0.1, 0.4))
    propose = part(progress, 0.4, 0.95)

    def answer() -> SiteProposal:
        return propose_sites(
            coverage,
            town.frames["buildings"],
            _risk(town, coverage),
            town.frames["supports"],
            barriers=town.frames["barriers"],
            count=count,
            progress=propose,
        )

    parameters = _parameters(town, coverage.ladder, coverage.seen_at) | {"count": count}
    return _answer(store, town, "sites", parameters, None, answer, progress=progress)


def run_patrol(
    store: Store,
    *,
    ladder: str = "2014",
    seen_at: str | None = None,
    light: Light = "day",
    obstacles: Obstacles = "buildings",
    target_m: float = HEAD_M,
    dwell_minutes: float = 12,
    seed: int = 0,
    iterations: int = PATROL_ITERATIONS,
    progress: Progress = silent,
) -> tuple[Run, PatrolPlan]:
    """Plan the routes of the units of the shift, past what no camera sees under the same conditions.

    The parameters of conditions are those of `run_coverage`.
    """
    town = _load(store, "patrol", _conditions(light, obstacles, target_m), progress)
    if not len(town.frames["units"]):
        raise NotReadyError("no_units")
    _, coverage = _coverage(store, town, ladder=ladder, seen_at=seen_at, progress=part(progress, 0.1, 0.4))
    _, spots = _blind_spots(store, town, coverage, progress=part(progress, 0.4, 0.55))
    plan = part(progress, 0.55, 0.95)

    def answer() -> PatrolPlan:
        return plan_patrol(
            town.frames["streets"],
            town.frames["stations"],
            town.frames["units"],
            coverage,
            _risk(town, coverage),
            spots,
            dwell_s=dwell_minutes * 60,
            seed=seed,
            iterations=iterations,
            progress=plan,
        )

    parameters = _parameters(town, coverage.ladder, coverage.seen_at) | {
        "dwell_minutes": float(dwell_minutes),
        "iterations": iterations,
    }
    return _answer(store, town, "patrol", parameters, seed, answer, progress=progress)


RUNNERS: Final[dict[str, Callable[..., tuple[Run, Any]]]] = {
    "coverage": run_coverage,
    "blind-spots": run_blind_spots,
    "sites": run_sites,
    "patrol": run_patrol,
}
"""Kind of run -> the workflow that makes it."""


def run_process(path: Path, process: str, inputs: Mapping[str, Any], *, progress: Progress = silent) -> str:
    """Do a process in a worker and return the id of its run; the answer stays in the store."""
    run, _ = RUNNERS[process](Store(path), **inputs, progress=progress)
    return run.run_id


def check_inputs(store: Store, process: str, inputs: Mapping[str, Any]) -> None:
    """Refuse at once what a job could only fail at.

    Raises
    ------
    NotReadyError
        Without a city, or without units for a patrol.
    InvalidInputError
        For a class of pixel density that its ladder does not have, and conditions that are none.
    """
    store.city()
    _conditions(inputs.get("light", "day"), inputs["obstacles"], inputs["target_m"])
    ladder_of(inputs["ladder"], inputs["seen_at"])
    if process == "patrol" and not store.layers().get("units"):
        raise NotReadyError("no_units")


def _conditions(light: Light, obstacles: Obstacles, target_m: float) -> Conditions:
    # a whole number of metres is the same question as a decimal one
    return Conditions(light, obstacles, float(target_m))


def _load(
    store: Store, kind: str, conditions: Conditions, progress: Progress, *, leave: Collection[str] = ()
) -> _Town:
    """Read the frames of a kind of run, but for those that are read in parts when they are needed."""
    progress(0.0, "read")
    city = store.city()
    crs = metric_crs(city.bounds)
    names = [name for name in INPUTS[kind] if name != "barriers" or conditions.obstacles != "buildings"]
    frames = {name: store.read_frame(name) for name in names if name not in leave}
    metric = {
        name: to_metric(frame, crs) if isinstance(frame, gpd.GeoDataFrame) else frame
        for name, frame in frames.items()
    }
    hashes = store.input_hashes(names)
    progress(0.1, "read")
    return _Town(city, {"barriers": None} | metric, hashes, conditions)


def _coverage(
    store: Store, town: _Town, *, ladder: str, seen_at: str | None, progress: Progress
) -> tuple[Run, Coverage]:
    _, seen_at = ladder_of(ladder, seen_at)
    crs = metric_crs(town.city.bounds)
    frames = town.frames
    parameters = _parameters(town, ladder, seen_at)

    def answer() -> Coverage:
        watch = part(progress, 0.0, 0.9)
        with open_pool() as pool:
            before = _coverage_before(store, town, parameters)
            if before is not None:
                return update_coverage(
                    before,
                    frames["buildings"],
                    frames["cameras"],
                    barriers=frames["barriers"],
                    over=pool,
                    progress=watch,
                )
            area = to_metric(gpd.GeoDataFrame(geometry=[town.city.area], crs=4326), crs).geometry.iloc[0]
            return measure_coverage(
                (to_metric(streets, crs) for streets in store.read_parts("streets", columns=STREET_COLUMNS)),
                frames["buildings"],
                frames["cameras"],
                barriers=frames["barriers"],
                conditions=town.conditions,
                ladder=ladder,
                seen_at=seen_at,
                area=area,
                over=pool,
                progress=watch,
            )

    return _answer(store, town, "coverage", parameters, None, answer, progress=progress)


def _coverage_before(store: Store, town: _Town, parameters: Mapping[str, Any]) -> Coverage | None:
    """Return the last coverage if it answers the same question for the same city with few other cameras."""
    run = store.latest_run("coverage")
    fixed = [name for name in _inputs(town, "coverage") if name != "cameras"]
    if (
        run is None
        or run.version != version("kuzet")
        or run.parameters != parameters
        or any(run.inputs.get(name) != town.hashes[name] for name in fixed)
    ):
        return None
    try:
        before = store.load_result(run.run_id)
    except NotFoundError:
        return None
    changed, gone = changed_cameras(before, town.frames["cameras"])
    few = max(1, int(FEW_CHANGED * len(before.cameras)))
    return before if len(changed) + len(gone) <= few else None


def _blind_spots(
    store: Store, town: _Town, coverage: Coverage, *, progress: Progress
) -> tuple[Run, BlindSpots]:
    def answer() -> BlindSpots:
        return find_blind_spots(
            coverage,
            town.frames["buildings"],
            _risk(town, coverage),
            barriers=town.frames["barriers"],
            progress=part(progress, 0.0, 0.9),
        )

    parameters = _parameters(town, coverage.ladder, coverage.seen_at)
    return _answer(store, town, "blind-spots", parameters, None, answer, progress=progress)


def _answer(
    store: Store,
    town: _Town,
    kind: str,
    parameters: Mapping[str, Any],
    seed: int | None,
    answer: Callable[[], Any],
    *,
    progress: Progress,
) -> tuple[Run, Any]:
    """Return the stored answer to a question, or find and keep it."""
    hashes = {name: town.hashes[name] for name in _inputs(town, kind)}
    run = make_run(
        kind,
        inputs=hashes,
        parameters=parameters,
        seed=seed,
        version=version("kuzet"),
        created_at=datetime.now(UTC),
    )
    try:
        known = store.run(run.run_id), store.load_result(run.run_id)
    except NotFoundError:
        known = None
    if known is not None and known[0].run_id == getattr(store.latest_run(kind), "run_id", None):
        progress(1.0, "save")
        return known
    result = answer() if known is None else known[1]
    left_out = layers_left_out(result)
    # a job that was dismissed meanwhile stops here and leaves the store as it was
    progress(0.95, "save")
    run = make_run(
        kind,
        inputs=hashes,
        parameters=parameters,
        seed=seed,
        version=run.version,
        created_at=run.created_at,
        summary=figures_of(result) | ({"layers_left_out": left_out} if left_out else {}),
    )
    store.save_run(run, result)
    progress(1.0, "save")
    return run, result


def _inputs(town: _Town, kind: str) -> list[str]:
    """Name the frames that an answer depends on under the conditions of its question."""
    return [name for name in INPUTS[kind] if name in town.hashes]


def _parameters(town: _Town, ladder: str, seen_at: str) -> dict[str, Any]:
    asked = {"ladder": ladder, "seen_at": seen_at, "area": town.city.area.wkt}
    return asked | asdict(town.conditions)


def _risk(town: _Town, coverage: Coverage) -> StreetRisk:
    return measure_risk(town.frames["incidents"], ways_of_frame(coverage.ways))
