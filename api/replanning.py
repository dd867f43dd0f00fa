"""The last plan made anew in the middle of its shift, and kept as a run of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import pandas as pd

from ..coverage.projection import metric_crs, to_metric
from ..coverage.replanning import Changes, Replanned, replan_patrol
from ..data.runs import Run, make_run
from ..data.store import Store
from .answers import latest
from .figures import figures_of, plain
from .patrol_inputs import duties_frame, plain_wishes


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
    """
    before, plan = latest(store, "patrol")
    crs = metric_crs(store.city().bounds)
    changes = Changes(
        lost=tuple(lost),
        closed=tuple((int(u), int(v), int(key)) for u, v, key in closed),
        duties=duties_frame(duties, crs),
    )
    answer = replan_patrol(
        plan,
        to_metric(store.read_frame("streets"), crs),
        to_metric(store.read_frame("stations"), crs),
        store.read_frame("units"),
        changes,
        now=pd.Timestamp(now).tz_convert("UTC"),
        restrictions=store.read_frame("restrictions"),
        seed=seed,
    )
    asked = plain_wishes({"lost": list(lost), "closed": [list(edge) for edge in closed], "duties": duties})
    run = make_run(
        "patrol",
        inputs=before.inputs,
        parameters=before.parameters | {"replan_of": before.run_id, "now": now.isoformat(), **asked},
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
