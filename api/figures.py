"""Results as plain figures: what a client gets as JSON, a run keeps as its summary, and the tables print."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from ..coverage.exposure import Exposure
from ..coverage.results import LEVELS, TIMES, BlindSpots, Coverage, PatrolPlan, SiteProposal
from ..coverage.schema import STATES
from ..coverage.sweep_results import SweepPlan

WORST: Final = 10
"""Blind spots that a summary names."""
_SPOT: Final = ("rank", "id", "name", "near", "highway", "length_m", "risk", "cause", "building",
                "building_name", "camera", "distance_m")  # fmt: skip
NAMED: Final = 100
"""Connectable cameras that a summary names."""
_SITE: Final = ("order", "id", "action", "camera", "street", "support", "support_id", "support_m", "model",
                "heading_deg", "height_m", "cost", "gain_m", "gain", "demand", "per_million", "phase",
                "cause", "notes")  # fmt: skip
_CONNECTABLE: Final = ("camera", "programme", "owner", "consent", "state", "retention_days", "cost", "gain",
                       "gain_m", "per_million", "reason", "notes")  # fmt: skip
_UNIT: Final = ("id", "station", "kind", "shift_start", "shift_end", "back_at", "stops", "drive_s", "drive_m",
                "dwell_s", "wait_s", "break_s", "break_begin", "break_end", "duty_s")  # fmt: skip
_VISIT: Final = ("order", "stop", "name", "near", "arrive", "leave", "drive_s", "drive_m", "what")
_SWEPT: Final = (
    "order",
    "what",
    "name",
    "near",
    "depart",
    "arrive",
    "drive_s",
    "drive_m",
    "street_m",
    "blind_m",
)


def figures_of(result: object) -> dict[str, Any]:
    """Return the figures of a result, ready for JSON: metres, seconds, times in UTC."""
    match result:
        case Coverage():
            return _coverage(result)
        case BlindSpots():
            return _blind_spots(result)
        case SiteProposal():
            return _sites(result)
        case PatrolPlan():
            return _patrol(result)
        case Exposure():
            return _exposure(result)
        case SweepPlan():
            return _sweep(result)
    raise TypeError(f"no figures of a {type(result).__name__}")


def plain(value: Any) -> Any:
    """Return a cell of a frame as JSON knows it: missing as None, times in ISO with their zone."""
    if isinstance(value, dict):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple) or (hasattr(value, "tolist") and getattr(value, "ndim", 0)):
        return [plain(part) for part in value]
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, str):
        # half a character, from a damaged file, cannot be written as UTF-8
        return value.encode("utf-8", "replace").decode("utf-8")
    return value if isinstance(value, bool | int) else str(value)


def _coverage(coverage: Coverage) -> dict[str, Any]:
    metres: defaultdict[tuple[str, str, str], float] = defaultdict(float)
    for state, level, times, length in coverage.times[["state", "level", "times", "metres"]].to_numpy():
        metres[state, level, times] += plain(float(length))
    return {
        "ladder": coverage.ladder,
        "seen_at": coverage.seen_at,
        "network_m": plain(coverage.network_m),
        "tunnel_m": plain(coverage.tunnel_m),
        "cameras": coverage.cameras_by_state,
        "cameras_total": len(coverage.cameras),
        "cameras_counted": int(coverage.cameras["counted"].to_numpy(dtype=bool).sum()),
        "excluded": dict(sorted(Counter(coverage.cameras["excluded"].dropna().astype(str)).items())),
        "seen_m": plain(coverage.seen_m),
        "times_m": {
            state: {level: {times: metres[state, level, times] for times in TIMES} for level in LEVELS}
            for state in STATES
        },
        "circle_m": plain(coverage.circle_m),
        "assumed": plain(coverage.assumed),
        "conditions": plain(coverage.conditions),
        # a share of the expected and the possible metres, in no sum with them
        "panning": plain(coverage.panning),
    }


def _blind_spots(found: BlindSpots) -> dict[str, Any]:
    spots = found.spots
    return {
        "spots": len(found.spots),
        "unseen_m": plain(found.unseen_m),
        "unsure_m": plain(found.unsure_m),
        "metres_by_cause": {
            cause: plain(spots["length_m"].to_numpy()[spots["cause"].to_numpy() == cause].sum())
            for cause in sorted(set(spots["cause"]))
        },
        "worst": _rows(spots.head(WORST), _SPOT),
    }


def _sites(proposal: SiteProposal) -> dict[str, Any]:
    plan = proposal.plan
    return {
        "sites": _rows(proposal.sites, _SITE),
        "candidates": proposal.candidates,
        "before": plain(proposal.before),
        "after": plain(proposal.after),
        "covered": plain(plan.covered),
        "upper_bound": plain(plan.upper_bound),
        "gap": plain(plan.gap),
        "proved": bool(plan.proved),
        "cost": plain(float(proposal.sites["cost"].sum())),
        "currency": "KZT",
        "stopped": plan.stopped,
        "goal": plain(proposal.goal),
        "curve": _rows(proposal.curve, list(proposal.curve.columns)),
        "phases": _rows(proposal.phases, list(proposal.phases.columns)),
        "connectable": _rows(proposal.connectable.head(NAMED), _CONNECTABLE),
        "connectable_total": len(proposal.connectable),
        "left_out": plain(proposal.left_out),
        "warnings": plain(proposal.warnings),
    }


def _patrol(plan: PatrolPlan) -> dict[str, Any]:
    units = _rows(plan.units, _UNIT)
    for unit in units:
        visits = plan.visits.loc[plan.visits["unit"] == unit["id"]]
        unit["visits"] = _rows(visits, _VISIT)
    return {
        "units": units,
        "stops": len(plan.stops),
        "left_out": plan.left_out,
        "score": plain(plan.score),
        "upper_bound": plain(plan.upper_bound),
        "gap": plain(plan.gap),
        "seed": plan.seed,
        "held": int(plan.stops["gap_kept"].sum()) if "gap_kept" in plan.stops else 0,
        "statements": plain(plan.statements),
        "pool": plain(plan.pool),
    }


def _exposure(found: Exposure) -> dict[str, Any]:
    return {
        "reference": found.reference,
        "settings": plain(found.settings),
        "figures": _rows(found.figures, list(found.figures.columns)),
        "planned": _rows(found.planned, list(found.planned.columns)),
    }


def _sweep(plan: SweepPlan) -> dict[str, Any]:
    units = _rows(plan.units, list(plan.units.columns))
    for unit in units:
        unit["streets_in_order"] = _rows(plan.legs.loc[plan.legs["unit"] == unit["id"]], _SWEPT)
    names = ("streets", "blind_m", "left_out_m", "longest_s", "bound_s", "gap", "rounds", "seed")
    return {"units": units} | {name: plain(getattr(plan, name)) for name in names}


def _rows(frame: pd.DataFrame, names: Sequence[str]) -> list[dict[str, Any]]:
    kept = [name for name in names if name in frame]
    return [
        {name: plain(value) for name, value in zip(kept, row, strict=True)}
        for row in frame[kept].itertuples(index=False)
    ]
