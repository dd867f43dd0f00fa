"""Load, analyse, save: what a job, a route and the command line all call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import geopandas as gpd

from ..coverage.blind_spots import find_blind_spots
from ..coverage.conditions import HEAD_M, Light, Obstacles
from ..coverage.cover import measure_coverage
from ..coverage.errors import NotFoundError, NotReadyError
from ..coverage.optics import ladder_of
from ..coverage.patrol import plan_patrol
from ..coverage.progress import Progress, part, silent
from ..coverage.projection import metric_crs, to_metric
from ..coverage.proposals import propose_sites
from ..coverage.results import BlindSpots, Coverage, PatrolPlan, SiteProposal
from ..coverage.risk import StreetRisk, measure_risk
from ..coverage.shift import check_units
from ..coverage.streets import ways_of_frame
from ..coverage.update import changed_cameras, update_coverage
from ..data.runs import Run
from ..data.store import Store
from .patrol_inputs import check_wishes, plain_wishes, plan_options
from .scale import open_pool
from .site_wishes import SiteWishes
from .town import Town, answer_once, conditions_of, inputs_of, load_town, parameters_of

PATROL_ITERATIONS: Final = 4000
STREET_COLUMNS: Final = ("name", "highway", "sidewalk", "tunnel", "lit", "bridge", "layer")
"""What coverage asks of a street."""
FEW_CHANGED: Final = 0.1
"""Share of the cameras up to which a coverage is brought up to date rather than measured anew."""


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
    town = load_town(
        store, "coverage", conditions_of(light, obstacles, target_m), progress, leave=("streets",)
    )
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
    town = load_town(store, "blind-spots", conditions_of(light, obstacles, target_m), progress)
    _, coverage = _coverage(store, town, ladder=ladder, seen_at=seen_at, progress=part(progress, 0.1, 0.6))
    return _blind_spots(store, town, coverage, progress=part(progress, 0.6, 1.0))


def run_sites(
    store: Store,
    *,
    ladder: str = "2014",
    seen_at: str | None = None,
    light: Light = "day",
    obstacles: Obstacles = "buildings",
    target_m: float = HEAD_M,
    progress: Progress = silent,
    **wishes: Any,
) -> tuple[Run, SiteProposal]:
    """Propose what to install, connect, turn and repair for more cover under the same conditions.

    The parameters of conditions are those of `run_coverage`; the wishes are those of
    `site_wishes.SiteWishes`. At night a new camera's own infrared counts as the catalogue tells it.
    """
    wished = SiteWishes(**wishes)
    wished.check()
    town = load_town(store, "sites", conditions_of(light, obstacles, target_m), progress)
    _, coverage = _coverage(store, town, ladder=ladder, seen_at=seen_at, progress=part(progress, 0.1, 0.4))
    _, spots = _blind_spots(store, town, coverage, progress=part(progress, 0.4, 0.5))
    propose = part(progress, 0.5, 0.95)

    def answer() -> SiteProposal:
        return propose_sites(
            coverage,
            town.frames["buildings"],
            _risk(town, coverage),
            town.frames["supports"],
            barriers=town.frames["barriers"],
            spots=spots,
            progress=propose,
            where=wished.where(town.frames["places"], town.frames["forbidden"], coverage.cameras),
            **wished.options(metric_crs(town.city.bounds)),
        )

    parameters = parameters_of(town, coverage.ladder, coverage.seen_at) | wished.told()
    return answer_once(store, town, "sites", parameters, None, answer, progress=progress)


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
    **wishes: Any,
) -> tuple[Run, PatrolPlan]:
    """Plan the routes of the units of the shift, past what no camera sees under the same conditions.

    The parameters of conditions are those of `run_coverage`; wishes are those of `schemas.PatrolWishes`.
    """
    town = load_town(store, "patrol", conditions_of(light, obstacles, target_m), progress)
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
            restrictions=town.frames["restrictions"],
            progress=plan,
            **plan_options(wishes, metric_crs(town.city.bounds)),
        )

    parameters = parameters_of(town, coverage.ladder, coverage.seen_at) | {
        "dwell_minutes": float(dwell_minutes),
        "iterations": iterations,
        **plain_wishes(wishes),
    }
    return answer_once(store, town, "patrol", parameters, seed, answer, progress=progress)


RUNNERS: Final[dict[str, Callable[..., tuple[Run, Any]]]] = {
    "coverage": run_coverage,
    "blind-spots": run_blind_spots,
    "sites": run_sites,
    "patrol": run_patrol,
}
"""Kind of run -> the workflow that makes it."""


def runner_of(process: str) -> Callable[..., tuple[Run, Any]]:
    """Return the workflow of any process."""
    from .exposing import run_exposure  # these are built on this file
    from .sweeping import run_sweep

    return ({"exposure": run_exposure, "sweep": run_sweep} | RUNNERS)[process]


def run_process(path: Path, process: str, inputs: Mapping[str, Any], *, progress: Progress = silent) -> str:
    """Do a process in a worker and return the id of its run; the answer stays in the store."""
    run, _ = runner_of(process)(Store(path), **inputs, progress=progress)
    return run.run_id


def check_inputs(store: Store, process: str, inputs: Mapping[str, Any]) -> None:
    """Refuse at once what a job could only fail at.

    Raises
    ------
    NotReadyError
        Without a city, or without units for a patrol.
    InvalidInputError
        For a class of pixel density that its ladder does not have, and conditions that are none.
    KuzetError
        For a patrol, those of `patrol_inputs.check_wishes`; for a sweep, of `coverage.shift.check_units`.
    """
    store.city()
    conditions_of(inputs.get("light", "day"), inputs["obstacles"], inputs["target_m"])
    ladder_of(inputs["ladder"], inputs["seen_at"])
    if process == "sites":
        conditions = ("ladder", "seen_at", "light", "obstacles", "target_m")
        SiteWishes(**{name: value for name, value in inputs.items() if name not in conditions}).check()
    if process in ("patrol", "exposure", "sweep") and not store.layers().get("units"):
        raise NotReadyError("no_units")
    if process == "patrol":
        check_wishes(store, inputs)
    if process == "sweep":
        check_units(store.read_frame("units"), store.read_frame("stations"))


def _coverage(
    store: Store, town: Town, *, ladder: str, seen_at: str | None, progress: Progress
) -> tuple[Run, Coverage]:
    _, seen_at = ladder_of(ladder, seen_at)
    crs = metric_crs(town.city.bounds)
    frames = town.frames
    parameters = parameters_of(town, ladder, seen_at)

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

    return answer_once(store, town, "coverage", parameters, None, answer, progress=progress)


def _coverage_before(store: Store, town: Town, parameters: Mapping[str, Any]) -> Coverage | None:
    """Return the last coverage if it answers the same question for the same city with few other cameras."""
    run = store.latest_run("coverage")
    fixed = [name for name in inputs_of(town, "coverage") if name != "cameras"]
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
    store: Store, town: Town, coverage: Coverage, *, progress: Progress
) -> tuple[Run, BlindSpots]:
    def answer() -> BlindSpots:
        return find_blind_spots(
            coverage,
            town.frames["buildings"],
            _risk(town, coverage),
            barriers=town.frames["barriers"],
            progress=part(progress, 0.0, 0.9),
        )

    parameters = parameters_of(town, coverage.ladder, coverage.seen_at)
    return answer_once(store, town, "blind-spots", parameters, None, answer, progress=progress)


def _risk(town: Town, coverage: Coverage) -> StreetRisk:
    return measure_risk(town.frames["incidents"], ways_of_frame(coverage.ways))
