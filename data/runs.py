"""A run: what was asked of which data, and the layers its answer gives."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import geopandas as gpd
import numpy as np

from ..coverage.exposure import Exposure
from ..coverage.projection import to_wgs84
from ..coverage.results import BlindSpots, Coverage, PatrolPlan, SiteProposal
from ..coverage.sweep_results import SweepPlan

RUN_KINDS: Final = ("coverage", "blind-spots", "sites", "patrol", "exposure", "sweep")
RESULT_LAYERS: Final = {
    "coverage_pieces": "coverage",
    "views": "coverage",
    "blind_spots": "blind-spots",
    "sites": "sites",
    "routes": "patrol",
    "stops": "patrol",
    "sweep_routes": "sweep",
}
"""Layer -> the kind of run it comes from."""
MOST_FEATURES: Final = 300_000
"""Layers with more features are not written: a million lines cost minutes and gigabytes, and draw a blot."""


@dataclass(frozen=True)
class Run:
    """One question put to the data, and where its answer comes from.

    Attributes
    ----------
    run_id : str
        First 16 hex digits of the SHA-256 of kind, inputs, parameters, seed and version: the same
        question to the same data has the same id.
    kind : str
        One of RUN_KINDS.
    created_at : datetime
        Aware; not part of the id.
    version : str
        Of Kuzet.
    seed : int or None
        None where nothing is drawn.
    parameters : dict
        Plain values by name.
    inputs : dict
        Layer -> hash of its content (`Store.input_hashes`).
    summary : dict
        Key figures for lists of runs; not part of the id.
    """

    run_id: str
    kind: str
    created_at: datetime
    version: str
    seed: int | None
    parameters: dict[str, Any]
    inputs: dict[str, str]
    summary: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in RUN_KINDS:
            raise ValueError(f"no such kind of run: {self.kind}")
        if self.created_at.tzinfo is None:
            raise ValueError("the time of a run needs its zone")


def make_run(
    kind: str,
    *,
    inputs: Mapping[str, str],
    parameters: Mapping[str, Any],
    seed: int | None,
    version: str,
    created_at: datetime,
    summary: Mapping[str, Any] | None = None,
) -> Run:
    """Return a run with the id that belongs to its question."""
    return Run(
        run_id=run_identifier(kind, inputs=inputs, parameters=parameters, seed=seed, version=version),
        kind=kind,
        created_at=created_at.astimezone(UTC),
        version=version,
        seed=seed,
        # through JSON, so that a run reads back equal to itself
        parameters=json.loads(to_json(dict(parameters))),
        inputs=dict(inputs),
        summary=json.loads(to_json(dict(summary or {}))),
    )


def run_identifier(
    kind: str, *, inputs: Mapping[str, str], parameters: Mapping[str, Any], seed: int | None, version: str
) -> str:
    """Return the id of a question; known before it is answered."""
    question = {
        "kind": kind,
        "inputs": dict(inputs),
        "parameters": dict(parameters),
        "seed": seed,
        "version": version,
    }
    return hashlib.sha256(to_json(question).encode()).hexdigest()[:16]


def list_differences(first: Run, second: Run) -> list[str]:
    """Name what differs between two questions, such as `inputs.cameras`, `parameters.ladder`, `seed`."""
    out = [name for name in ("kind", "version", "seed") if getattr(first, name) != getattr(second, name)]
    for group in ("inputs", "parameters"):
        one, other = getattr(first, group), getattr(second, group)
        absent = object()
        out += [
            f"{group}.{name}"
            for name in sorted({*one, *other})
            if one.get(name, absent) != other.get(name, absent)
        ]
    return out


def run_layers(run: Run, result: object) -> dict[str, gpd.GeoDataFrame]:
    """Return a result's layers for a map program: WGS 84, each row with the id of its run.

    Parameters
    ----------
    run : Run
        Where the rows come from.
    result : object
        A Coverage, BlindSpots, SiteProposal, PatrolPlan or SweepPlan.

    Returns
    -------
    dict of str to GeoDataFrame
        Names of RESULT_LAYERS, without those of `layers_left_out`.
    """
    layers = {}
    left_out = layers_left_out(result)
    for name, make in _layer_makers(result).items():
        if name in left_out:
            continue
        layer = to_wgs84(make()).reset_index(drop=True)
        layer.insert(0, "run_id", run.run_id)
        layers[name] = layer
    return layers


def layers_left_out(result: object) -> list[str]:
    """Name the layers of a result that have too many features for a map program; their figures remain."""
    match result:
        case Coverage():
            sizes = {"coverage_pieces": len(result.pieces), "views": len(result.views)}
        case _:
            sizes = {}
    return [name for name, size in sizes.items() if size > MOST_FEATURES]


def _layer_makers(result: object) -> dict[str, Callable[[], gpd.GeoDataFrame]]:
    match result:
        case Coverage():
            return {"coverage_pieces": result.draw_pieces, "views": lambda: result.views}
        case BlindSpots():
            return {"blind_spots": lambda: result.spots}
        case SiteProposal():
            return {"sites": lambda: result.sites}
        case PatrolPlan():
            return {"routes": lambda: result.legs, "stops": lambda: result.stops}
        case SweepPlan():
            return {"sweep_routes": lambda: result.legs}
        case Exposure():
            return {}
        case _:
            raise TypeError(f"no layers in a {type(result).__name__}")


def to_json(value: object) -> str:
    """Write plain values as JSON in one form: sorted, without spaces, times in UTC."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_to_plain
    )


def _to_plain(value: object) -> object:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    raise TypeError(f"a {type(value).__name__} is not a plain value")
