"""Answers that were found before, as the store keeps them."""

from __future__ import annotations

from typing import Any, Final

from ..coverage.errors import NotFoundError, NotReadyError
from ..coverage.results import Coverage, PatrolPlan
from ..data.runs import RUN_KINDS, Run, run_identifier
from ..data.store import Store

COVERAGE_INPUTS: Final = ("streets", "buildings", "barriers", "cameras")
"""Frames that a coverage depends on; on barriers only where the conditions count them."""
COVERAGE_PARAMETERS: Final = ("ladder", "seen_at", "area", "light", "obstacles", "target_m")


def latest(store: Store, kind: str) -> tuple[Run, Any]:
    """Return the last answer of a kind.

    Raises
    ------
    NotReadyError
        Code `no_run`.
    """
    store.city()
    run = store.latest_run(kind)
    if run is None:
        raise NotReadyError("no_run", kind=kind)
    return run, store.load_result(run.run_id)


def coverage_of(store: Store, run: Run) -> Coverage:
    """Return the coverage that a run was built on.

    Raises
    ------
    NotReadyError
        Code `no_run` when it is no longer kept.
    """
    hashes = {name: run.inputs[name] for name in COVERAGE_INPUTS if name in run.inputs}
    parameters = {name: run.parameters[name] for name in COVERAGE_PARAMETERS if name in run.parameters}
    wanted = run_identifier("coverage", inputs=hashes, parameters=parameters, seed=None, version=run.version)
    try:
        return store.load_result(wanted)
    except NotFoundError:
        raise NotReadyError("no_run", kind="coverage") from None


def last_runs(store: Store) -> dict[str, tuple[Run, bool]]:
    """Return the last run of each kind, and whether the data it was made of is still that of the store."""
    runs = {kind: run for kind in RUN_KINDS if (run := store.latest_run(kind)) is not None}
    hashes = store.input_hashes({name for run in runs.values() for name in run.inputs})
    return {
        kind: (run, all(hashes[name] == known for name, known in run.inputs.items()))
        for kind, run in runs.items()
    }


def describe_run(store: Store, run_id: str) -> dict[str, Any]:
    """Return a run as a client reads it: what was asked of which data, and the key figures."""
    run = store.run(run_id)
    return {
        "run_id": run.run_id,
        "kind": run.kind,
        "created_at": run.created_at.isoformat(),
        "version": run.version,
        "seed": run.seed,
        "parameters": run.parameters,
        "inputs": run.inputs,
        "figures": run.summary,
    }


def plan_of_unit(store: Store, unit: str) -> tuple[Run, PatrolPlan]:
    """Return the last patrol plan and its run.

    Raises
    ------
    NotReadyError
        Code `no_run` before there is a plan.
    NotFoundError
        Code `no_such_unit` where the unit is not in it.
    """
    run, plan = latest(store, "patrol")
    if unit not in set(plan.units["id"].astype(str)):
        raise NotFoundError("no_such_unit")
    return run, plan
