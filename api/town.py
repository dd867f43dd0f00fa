"""A question put to the store: the frames it depends on, and its answer, found once and kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, Final, NamedTuple

import geopandas as gpd

from ..coverage.conditions import Conditions, Light, Obstacles
from ..coverage.errors import InvalidInputError, NotFoundError
from ..coverage.progress import Progress
from ..coverage.projection import metric_crs, to_metric
from ..data.runs import Run, layers_left_out, make_run
from ..data.store import City, Store
from .answers import COVERAGE_INPUTS
from .figures import figures_of

INPUTS: Final[dict[str, tuple[str, ...]]] = {
    "coverage": COVERAGE_INPUTS,
    "blind-spots": (*COVERAGE_INPUTS, "incidents"),
    "sites": (*COVERAGE_INPUTS, "incidents", "supports", "places", "forbidden"),
    "patrol": (*COVERAGE_INPUTS, "restrictions", "incidents", "stations", "units"),
    "exposure": (*COVERAGE_INPUTS, "restrictions", "incidents", "stations", "units"),
    "sweep": (*COVERAGE_INPUTS, "restrictions", "incidents", "stations", "units"),
}
"""Kind of run -> the frames its answer depends on; on barriers only where the conditions count them."""


class Town(NamedTuple):
    """The frames of a run in metres, and what its question is made of.

    Attributes
    ----------
    city : City
    frames : dict
        By name; `barriers` is None where the conditions do not count them.
    hashes : dict of str to str
        Of the content of each frame.
    conditions : Conditions
    """

    city: City
    frames: dict[str, Any]
    hashes: dict[str, str]
    conditions: Conditions


def conditions_of(light: Light, obstacles: Obstacles, target_m: float) -> Conditions:
    """Return conditions as questions are told apart by: a whole number of metres is that decimal one."""
    return Conditions(light, obstacles, float(target_m))


def load_town(
    store: Store, kind: str, conditions: Conditions, progress: Progress, *, leave: Collection[str] = ()
) -> Town:
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
    return Town(city, {"barriers": None} | metric, hashes, conditions)


def inputs_of(town: Town, kind: str) -> list[str]:
    """Name the frames that an answer depends on under the conditions of its question."""
    return [name for name in INPUTS[kind] if name in town.hashes]


def parameters_of(town: Town, ladder: str, seen_at: str) -> dict[str, Any]:
    """Return what every kind of run records of its question; the class must be one of the ladder."""
    asked = {"ladder": ladder, "seen_at": seen_at, "area": town.city.area.wkt}
    return asked | asdict(town.conditions)


def answer_once(
    store: Store,
    town: Town,
    kind: str,
    parameters: Mapping[str, Any],
    seed: int | None,
    answer: Callable[[], Any],
    *,
    progress: Progress,
) -> tuple[Run, Any]:
    """Return the stored answer to a question, or find and keep it.

    Parameters
    ----------
    store : Store
    town : Town
        What is asked about.
    kind : str
        Of run.
    parameters : mapping
        Plain values; with kind, frames and seed they are the question.
    seed : int or None
    answer : callable
        Finds the result.
    progress : Progress
    """
    hashes = {name: town.hashes[name] for name in inputs_of(town, kind)}
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
    except (NotFoundError, InvalidInputError):
        # not there, or damaged, or written by another version: it is found anew
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
