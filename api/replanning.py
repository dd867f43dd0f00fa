"""The last plan made anew in the middle of its shift, and kept as a run of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import pandas as pd

from ..coverage.errors import CannotHoldError, InvalidInputError, NotReadyError
from ..coverage.patrol import MAX_GAP_S
from ..coverage.projection import metric_crs, to_metric
from ..coverage.replanning import Changes, Replanned, replan_patrol
from ..data.runs import Run, make_run
from ..data.store import Store
from .answers import latest
from .figures import figures_of, plain
from .patrol_inputs import closed_edges, duties_frame, plain_wishes, zones_frame


def run_replan(
    store: Store,
    *,
    now: datetime,
    lost: Sequence[str] = (),
    closed: Sequence[Sequence[int]] = (),
    duties: Sequence[Mapping[str, Any]] = (),
    seed: int = 0,
) -> tuple[Run, Replanned]:
    """Plan the rest of the last plan's shift anew and keep the new plan as the last one.

    Parameters
    ----------
    store : Store
    now : datetime
        Aware.
    lost, closed, duties
        What happened; duties as `schemas.Duty`.
    seed : int

    Raises
    ------
    NotReadyError
        `no_run` without a plan; `plan_outdated` where streets, stations or units are no longer those of it.
    InvalidInputError
        `duty_twice`, also for a duty that the plan has already; and those of `replan_patrol`.
    CannotHoldError
        `all_units_lost`, and those of `replan_patrol`.

    Notes
    -----
    What the plan was told stays true: its zones, its longest gap, and what was closed or lost before.
    """
    before, plan = latest(store, "patrol")
    _require_same_data(store, before)
    told = before.parameters
    known = set(plan.stops["stop"])
    twice = [str(duty["id"]) for duty in duties if f"duty-{duty['id']}" in known]
    if twice:
        raise InvalidInputError("duty_twice", duty=twice[0])
    lost = list(dict.fromkeys([*told.get("lost", ()), *lost]))
    closed = [list(edge) for edge in dict.fromkeys(closed_edges([*told.get("closed", ()), *closed]))]
    units = store.read_frame("units")
    if set(units["id"]) <= set(lost):
        raise CannotHoldError("all_units_lost")
    crs = metric_crs(store.city().bounds)
    changes = Changes(lost=tuple(lost), closed=closed_edges(closed), duties=duties_frame(duties, crs))
    answer = replan_patrol(
        plan,
        to_metric(store.read_frame("streets"), crs),
        to_metric(store.read_frame("stations"), crs),
        units,
        changes,
        now=pd.Timestamp(now).tz_convert("UTC"),
        restrictions=store.read_frame("restrictions"),
        zones=zones_frame(told.get("zones", ()), crs),
        max_gap_s=float(told.get("max_gap_minutes", MAX_GAP_S / 60)) * 60,
        seed=seed,
    )
    asked = plain_wishes({"lost": lost, "closed": closed, "duties": duties})
    run = make_run(
        "patrol",
        inputs=before.inputs,
        parameters=told | {"replan_of": before.run_id, "now": now.isoformat(), **asked},
        seed=seed,
        version=version("kuzet"),
        created_at=datetime.now(UTC),
        summary=figures_of(answer.plan),
    )
    store.save_run(run, answer.plan)
    return run, answer


def list_changes(answer: Replanned) -> dict[str, list[dict[str, Any]]]:
    """Return the visits that are moved, dropped and added, ready for JSON."""
    rows = [{str(k): plain(v) for k, v in row.items()} for row in answer.changes.to_dict("records")]
    return {
        kind: [{name: value for name, value in row.items() if name != "change"} for row in rows
               if row["change"] == kind]
        for kind in ("moved", "dropped", "added")
    }  # fmt: skip


def _require_same_data(store: Store, run: Run) -> None:
    names = ("streets", "stations", "units")
    hashes = store.input_hashes(names)
    # routes are told by the edges, stations and units of that day
    if any(run.inputs.get(name) != hashes[name] for name in names):
        raise NotReadyError("plan_outdated")
