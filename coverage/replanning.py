"""A plan made anew in the middle of the shift: what is done stays, the rest is planned again."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from .duties import break_visits, check_duties, duties_as_stops, duty_visits
from .errors import CannotHoldError, InvalidInputError
from .patrol import MAX_GAP_S, Effort, plan_shift
from .replan_states import UnitState, find_done, find_state, with_begun
from .results import PatrolPlan
from .shift import Edges, check_units, open_streets, pose_shift
from .shift_search import stop_visits

MOVED_S: Final = 60.0
"""A visit that another unit makes, or that shifts by more than this, is moved."""
REPLAN_ITERATIONS: Final = 300
LEFT_OUT: Final = ("stop_left_out", "duty_missed")
"""Statements that a stop or a duty is not held at all."""


@dataclass(frozen=True)
class Changes:
    """What happened since the plan was made.

    Attributes
    ----------
    lost : tuple of str
        Units that drive no farther.
    closed : tuple of (u, v, key)
        Directed edges closed from now on.
    duties : GeoDataFrame or None
        New incidents and events: `duties.check_duties`.
    """

    lost: tuple[str, ...] = ()
    closed: Edges = ()
    duties: gpd.GeoDataFrame | None = None


@dataclass(frozen=True)
class Replanned:
    """A new plan and what is different.

    Attributes
    ----------
    plan : PatrolPlan
        Visits that had begun, or to which a unit was on its way, are as they were.
    changes : DataFrame
        `change` (`moved`, `dropped`, `added`), `stop`, `unit_before`, `unit_after`, `arrive_before`,
        `arrive_after`; one row for each visit that is different.
    """

    plan: PatrolPlan
    changes: pd.DataFrame


def replan_patrol(
    plan: PatrolPlan,
    streets: gpd.GeoDataFrame,
    stations: gpd.GeoDataFrame,
    units: pd.DataFrame,
    changes: Changes,
    *,
    now: pd.Timestamp,
    restrictions: pd.DataFrame | None = None,
    zones: gpd.GeoDataFrame | None = None,
    max_gap_s: float = MAX_GAP_S,
    hold: int | None = 0,
    iterations: int = REPLAN_ITERATIONS,
    seed: int = 0,
) -> Replanned:
    """Plan the rest of a shift anew.

    Parameters
    ----------
    plan : PatrolPlan
        What was to be done.
    streets, stations, units, restrictions, zones
        Those of the plan (metric).
    changes : Changes
    now : Timestamp
        Aware, within the shifts. A unit that stands at a stop or drives to one finishes that; if the street
        ahead of it is closed it turns back at the last crossing before, where a closed street begins.
    max_gap_s, hold, iterations, seed
        See `plan_patrol`.

    Raises
    ------
    InvalidInputError
        `replan_outside`, `unit_unknown`, `edge_unknown`, and those of duties.
    CannotHoldError
        `no_units` when all are lost, and those of duties.
    """
    units = check_units(units, stations)
    if not units["shift_start"].min() <= now < units["shift_end"].max():
        raise InvalidInputError("replan_outside")
    unknown = sorted(set(changes.lost) - set(units["id"].astype(str)))
    if unknown:
        raise InvalidInputError("unit_unknown", unit=unknown[0])
    alive = units[~units["id"].isin(changes.lost)].reset_index(drop=True)
    if not len(alive):
        raise CannotHoldError("no_units")
    if changes.duties is not None:
        check_duties(changes.duties, alive.assign(shift_start=alive["shift_start"].clip(lower=now)))
    base = units["shift_start"].min()
    closed = {(int(u), int(v), int(key)) for u, v, key in changes.closed}
    states = [find_state(plan, unit, now, streets, stations, closed) for unit in alive.itertuples()]
    gone = [find_done(plan, name, now) for name in changes.lost]
    stops, duties, first_new = _stops(plan, changes.duties, states, gone)
    since = np.full(len(stops), -np.inf)
    for state in [*states, *gone]:
        for visit in state.visits.itertuples():
            row = int(np.flatnonzero(stops["stop"].to_numpy() == visit.stop)[0])
            since[row] = max(since[row], (visit.leave - base).total_seconds())
    shift = pose_shift(
        open_streets(streets, closed), stations, alive, stops, restrictions=restrictions, zones=zones,
        starts=np.array([state.point for state in states], dtype=object),
        begins=np.array([(state.time - base).total_seconds() for state in states]),
        since=since, base=base,
    )  # fmt: skip
    # a unit whose shift ends while it drives home has nothing left to do
    shift = dataclasses.replace(shift, ends=np.maximum(shift.ends, shift.begins))
    begun = [stop_visits(shift)]
    if len(duties):
        begun.append(duty_visits(duties, base, first_new))
    rested = np.array([state.rested for state in states])
    begun.append(break_visits(alive, base, shift.home, taken=rested))
    visits = pd.concat([part for part in begun if len(part)], ignore_index=True)
    effort = Effort(iterations, 0, seed, 0.0)
    rest = plan_shift(shift, visits, effort, max_gap_s=max_gap_s, hold=hold, spots=None)
    new = _joined(plan, rest, states, gone, max_gap_s)
    return Replanned(new, _differences(plan, new, [*states, *gone]))


def _stops(
    plan: PatrolPlan, new: gpd.GeoDataFrame | None, states: list[UnitState], gone: list[UnitState]
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, int]:
    """Return all places, the duties still to be done (rows of `check_duties`), and the first one's place.

    Duties that were done come before those that were not, so that the latter are the last rows.
    """
    made = {stop for state in [*states, *gone] for stop in state.visits["stop"]}
    kept = ["stop", "name", "near", "risk", "cause", "dwell_s", "what"]
    kept += [name for name in ("opens", "closes") if name in plan.stops]
    stops = plan.stops[[*kept, plan.stops.geometry.name]]
    open_duty = (stops["what"] == "duty") & ~stops["stop"].isin(made)
    before = stops[open_duty]
    still = gpd.GeoDataFrame(
        {
            "id": before["stop"].str.removeprefix("duty-"),
            "name": before["name"],
            "opens": before["opens"] if "opens" in before else pd.Series(dtype="datetime64[us, UTC]"),
            "closes": before["closes"] if "closes" in before else pd.Series(dtype="datetime64[us, UTC]"),
            "dwell_s": before["dwell_s"],
        },
        geometry=list(before.geometry),
        crs=stops.crs,
    )
    settled = gpd.GeoDataFrame(stops[~open_duty].reset_index(drop=True), crs=stops.crs)
    parts = [part for part in (still, new) if part is not None and len(part)]
    if not parts:
        return settled, still, len(settled)
    duties = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=stops.crs)
    what = settled["what"].to_numpy()
    joined = duties_as_stops(duties, settled)
    joined["what"] = np.concatenate([what, np.full(len(duties), "duty", dtype=object)])
    return joined, duties, len(settled)


def _joined(
    plan: PatrolPlan,
    rest: PatrolPlan,
    states: list[UnitState],
    gone: list[UnitState],
    max_gap_s: float,
) -> PatrolPlan:
    """Return the plan of what was done and what is to be done."""
    visits, legs, rows = [], [], []
    for number, state in enumerate([*states, *gone]):
        visits.append(state.visits)
        legs.append(state.legs)
        done = len(state.legs)
        row = plan.units[plan.units["id"] == state.unit].iloc[0].to_dict()
        row["lost"] = number >= len(states)
        if not row["lost"]:
            mine = rest.visits[rest.visits["unit"] == state.unit]
            ways = rest.legs[rest.legs["unit"] == state.unit].copy()
            home = done and not len(mine) and ways["drive_m"].sum() == 0
            if not home:
                if state.begun is not None:
                    ways = with_begun(ways, state.begun)
                visits.append(mine.assign(order=mine["order"] + done))
                legs.append(ways.assign(order=ways["order"] + done))
                row |= _later(rest, state.unit)
        rows.append(row | _sums(state.unit, visits, legs))
    listed = pd.concat([part for part in visits if len(part)] or visits[:1], ignore_index=True)
    driven = gpd.GeoDataFrame(
        pd.concat([part for part in legs if len(part)], ignore_index=True), crs=plan.legs.crs
    )
    units = pd.DataFrame(rows)
    order = {name: at for at, name in enumerate(plan.units["id"])}
    units = units.sort_values("id", key=lambda names: names.map(order)).reset_index(drop=True)
    for name in ("break_begin", "break_end", "back_at"):
        if name in units:
            units[name] = pd.to_datetime(units[name], utc=True)
    rest_of = units["break_end"] - units["break_begin"]
    units["break_s"] = rest_of.dt.total_seconds().fillna(0.0)
    inside = (units["back_at"] - units["shift_start"]).dt.total_seconds()
    units["wait_s"] = (inside - units["drive_s"] - units["dwell_s"] - units["break_s"]).clip(lower=0.0)
    units["duty_s"] = units["drive_s"] + units["dwell_s"] + units["wait_s"]
    stops = rest.stops.copy()
    stops["held"] = stops["stop"].map(listed["stop"].value_counts()).fillna(0).astype(int)
    stops.loc[stops["held"] > 0, "why"] = None
    stops["widest_gap_s"] = _widest(stops, listed, units)
    stops["gap_kept"] = (stops["widest_gap_s"] <= max_gap_s) & (stops["held"] > 0)
    # the rest of the shift leaves out what was done before, and that is no loss
    done = set(stops.loc[stops["held"] > 0, "stop"])
    lost = [said for said in rest.statements if said["code"] not in LEFT_OUT or said["stop"] not in done]
    return dataclasses.replace(
        rest, units=units, visits=listed, legs=driven, stops=stops, statements=lost,
        left_out=int(((stops["held"] == 0) & (stops["what"] == "stop")).sum()),
    )  # fmt: skip


def _widest(stops: gpd.GeoDataFrame, visits: pd.DataFrame, units: pd.DataFrame) -> list[float]:
    """Return each stop's longest time alone in the whole shift, what was done included."""
    begin, end = units["shift_start"].min(), units["shift_end"].max()
    out = []
    for stop in stops["stop"]:
        mine = visits[visits["stop"] == stop].sort_values("arrive")
        spans = zip([begin, *mine["leave"]], [*mine["arrive"], end], strict=True)
        out.append(max((come - left).total_seconds() for left, come in spans))
    return out


def _later(rest: PatrolPlan, unit: str) -> dict[str, Any]:
    row = rest.units[rest.units["id"] == unit].iloc[0]
    taken = {} if pd.isna(row["break_begin"]) else {n: row[n] for n in ("break_begin", "break_end")}
    return {"back_at": row["back_at"]} | taken


def _sums(unit: str, visits: list[pd.DataFrame], legs: list[gpd.GeoDataFrame]) -> dict[str, Any]:
    mine = [part[part["unit"] == unit] for part in visits]
    ways = [part[part["unit"] == unit] for part in legs]
    stood = sum((part["leave"] - part["arrive"]).dt.total_seconds().sum() for part in mine if len(part))
    return {
        "stops": sum(map(len, mine)),
        "dwell_s": float(stood),
        "drive_s": float(sum(part["drive_s"].sum() for part in ways)),
        "drive_m": float(sum(part["drive_m"].sum() for part in ways)),
    }


def _differences(plan: PatrolPlan, new: PatrolPlan, states: list[UnitState]) -> pd.DataFrame:
    """List the visits that are moved, dropped and added, stop by stop in the order of time."""
    made = {(v.unit, v.order) for state in states for v in state.visits.itertuples()}
    rows = []

    def pending(frame: pd.DataFrame) -> dict[str, list[Any]]:
        out: dict[str, list[Any]] = {}
        for visit in frame.sort_values(["arrive", "unit"]).itertuples():
            if (visit.unit, visit.order) not in made:
                out.setdefault(str(visit.stop), []).append(visit)
        return out

    old, now = pending(plan.visits), pending(new.visits)
    for stop in sorted({*old, *now}):
        one, other = old.get(stop, []), now.get(stop, [])
        for at in range(max(len(one), len(other))):
            a, b = (part[at] if at < len(part) else None for part in (one, other))
            if a is not None and b is not None:
                near = abs((a.arrive - b.arrive).total_seconds()) <= MOVED_S
                if a.unit == b.unit and near:
                    continue
            change = "added" if a is None else "dropped" if b is None else "moved"
            rows.append(
                (
                    change, stop, getattr(a, "unit", None), getattr(b, "unit", None),
                    getattr(a, "arrive", pd.NaT), getattr(b, "arrive", pd.NaT),
                )
            )  # fmt: skip
    names = ["change", "stop", "unit_before", "unit_after", "arrive_before", "arrive_after"]
    return pd.DataFrame(rows, columns=names)
