"""A sweep of all blind streets as a run: from the store to routes."""

from __future__ import annotations

from typing import Final

from ..coverage.conditions import HEAD_M, Light, Obstacles
from ..coverage.errors import NotReadyError
from ..coverage.progress import Progress, part, silent
from ..coverage.sweep_plan import LEAST_M, ROUNDS, plan_sweep
from ..coverage.sweep_results import SweepPlan
from ..data.runs import Run
from ..data.store import Store
from .town import answer_once, conditions_of, load_town, parameters_of
from .workflows import run_blind_spots

BLIND_SPOTS: Final = 0.5
"""Share of the work until the blind spots are known."""


def run_sweep(
    store: Store,
    *,
    ladder: str = "2014",
    seen_at: str | None = None,
    light: Light = "day",
    obstacles: Obstacles = "buildings",
    target_m: float = HEAD_M,
    least_m: float = LEAST_M,
    rounds: int = ROUNDS,
    seed: int = 0,
    progress: Progress = silent,
) -> tuple[Run, SweepPlan]:
    """Share out the blind streets among the units of the shift; each is driven once.

    Parameters
    ----------
    store : Store
    ladder, seen_at, light, obstacles, target_m
        Of `workflows.run_coverage`.
    least_m, rounds, seed
        Of `coverage.sweep_plan.plan_sweep`.
    progress : Progress
    """
    found, spots = run_blind_spots(
        store, ladder=ladder, seen_at=seen_at, light=light, obstacles=obstacles, target_m=target_m,
        progress=part(progress, 0.0, BLIND_SPOTS),
    )  # fmt: skip
    conditions = conditions_of(light, obstacles, target_m)
    town = load_town(store, "sweep", conditions, part(progress, BLIND_SPOTS, BLIND_SPOTS + 0.05))
    if not len(town.frames["units"]):
        raise NotReadyError("no_units")
    plan = part(progress, BLIND_SPOTS + 0.05, 0.95)

    def answer() -> SweepPlan:
        return plan_sweep(
            town.frames["streets"],
            town.frames["stations"],
            town.frames["units"],
            spots,
            restrictions=town.frames["restrictions"],
            least_m=float(least_m),
            rounds=rounds,
            seed=seed,
            progress=plan,
        )

    parameters = parameters_of(town, found.parameters["ladder"], found.parameters["seen_at"]) | {
        "least_m": float(least_m),
        "rounds": rounds,
    }
    return answer_once(store, town, "sweep", parameters, seed, answer, progress=progress)
