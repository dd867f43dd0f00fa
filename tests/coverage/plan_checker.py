"""Faults of a patrol plan, found from what it says alone: shares nothing with the planner."""

import numpy as np
import pandas as pd
import shapely


def find_faults(
    plan,
    units,
    *,
    dwell_s=(600, 960),
    max_gap_s=7200,
    duties=None,
    zones=None,
    closed=(),
):
    """Return the faults of a plan: dwell, gaps, shifts, windows, breaks, zones, sums, in words."""
    return [
        *_units(plan, units),
        *_stays(plan, dwell_s, duties),
        *_gaps(plan, units, max_gap_s),
        *_breaks(plan, units),
        *_zones(plan, units, zones),
        *[f"closed {edge}" for legs in plan.legs["edges"] for edge in legs if tuple(edge) in set(closed)],
    ]


def _seconds(span):
    return span.total_seconds()


def _units(plan, units):
    faults = []
    for unit in units.itertuples():
        row = plan.units[plan.units["id"] == unit.id].iloc[0]
        legs = plan.legs[plan.legs["unit"] == unit.id].sort_values("order")
        visits = plan.visits[plan.visits["unit"] == unit.id].set_index("order")
        now, end, stood, driven, waited, rested = unit.shift_start, None, 0.0, 0.0, 0.0, 0.0
        if list(legs["order"]) != list(range(1, len(legs) + 1)):
            faults.append(f"{unit.id}: legs are not in order")
        for leg in legs.itertuples():
            if abs(_seconds(leg.depart - now)) > 1:
                faults.append(f"{unit.id}: leg {leg.order} does not begin when the one before ended")
            if abs(_seconds(leg.arrive - leg.depart) - leg.drive_s) > 1:
                faults.append(f"{unit.id}: leg {leg.order} takes another time than it says")
            if end is not None and shapely.Point(leg.geometry.coords[0]).distance(end) > 0.5:
                faults.append(f"{unit.id}: leg {leg.order} begins elsewhere")
            end = shapely.Point(leg.geometry.coords[-1])
            driven += leg.drive_s
            now = leg.arrive
            if leg.order in visits.index:
                visit = visits.loc[leg.order]
                waited += _seconds(visit["arrive"] - leg.arrive)
                stood += _seconds(visit["leave"] - visit["arrive"])
                if visit["arrive"] < leg.arrive:
                    faults.append(f"{unit.id}: stands before it has come")
                now = visit["leave"]
            elif leg.order < len(legs):
                waited += _seconds(row["break_begin"] - leg.arrive)
                rested += _seconds(row["break_end"] - row["break_begin"])
                now = row["break_end"]
        if now > unit.shift_end or row["back_at"] != now:
            faults.append(f"{unit.id}: is not home in time, or not when it says")
        said = [row[name] for name in ("drive_s", "dwell_s", "wait_s", "break_s")]
        # each moment is written to the second
        if not np.allclose(said, [driven, stood, waited, rested], atol=1 + len(legs)):
            faults.append(f"{unit.id}: times do not add up: {said}")
        if abs(sum(said) - _seconds(row["back_at"] - unit.shift_start)) > 1:
            faults.append(f"{unit.id}: the shift does not add up")
    return faults


def _stays(plan, dwell_s, duties):
    faults = []
    stops = plan.stops.set_index("stop")
    for visit in plan.visits.itertuples():
        stay = _seconds(visit.leave - visit.arrive)
        if visit.what == "stop" and not dwell_s[0] - 1 <= stay <= dwell_s[1] + 1:
            faults.append(f"{visit.stop}: dwell {stay}")
        if abs(stay - stops.loc[visit.stop, "dwell_s"]) > 1:
            faults.append(f"{visit.stop}: stands {stay}, not what was planned")
    if duties is None:
        return faults
    missed = {said["stop"] for said in plan.statements if said["code"] == "duty_missed"}
    for duty in duties.itertuples():
        mine = plan.visits[plan.visits["stop"] == f"duty-{duty.id}"]
        if not len(mine) and f"duty-{duty.id}" not in missed:
            faults.append(f"{duty.id}: neither held nor said to be missed")
        late = (mine["arrive"] < duty.opens) | (mine["leave"] > duty.closes + pd.Timedelta(seconds=1))
        faults += [f"{duty.id}: outside its window"] * int(late.sum())
    return faults


def _gaps(plan, units, max_gap_s):
    faults = []
    begin, end = units["shift_start"].min(), units["shift_end"].max()
    for stop in plan.stops[plan.stops["gap_kept"]].itertuples():
        mine = plan.visits[plan.visits["stop"] == stop.stop].sort_values("arrive")
        left = [begin, *mine["leave"]]
        come = [*mine["arrive"], end]
        widest = max(_seconds(b - a) for a, b in zip(left, come, strict=True))
        if widest > max_gap_s + 1 or abs(widest - stop.widest_gap_s) > 1:
            faults.append(f"{stop.stop}: alone for {widest}, not {stop.widest_gap_s}")
    return faults


def _breaks(plan, units):
    faults = []
    missed = {said["unit"] for said in plan.statements if said["code"] == "break_missed"}
    for unit in units.itertuples():
        minutes = getattr(unit, "break_minutes", None)
        row = plan.units[plan.units["id"] == unit.id].iloc[0]
        if minutes is None or pd.isna(minutes) or minutes <= 0 or unit.id in missed:
            continue
        if abs(_seconds(row["break_end"] - row["break_begin"]) - minutes * 60) > 1:
            faults.append(f"{unit.id}: no break of {minutes} minutes")
        low, high = getattr(unit, "break_from", None), getattr(unit, "break_to", None)
        if (pd.notna(low) and row["break_begin"] < low) or (pd.notna(high) and row["break_end"] > high):
            faults.append(f"{unit.id}: a break outside its window")
    return faults


def _zones(plan, units, zones):
    if zones is None or "zone" not in units:
        return []
    shape_of = dict(zip(zones["id"], zones.geometry, strict=True))
    zone_of = units.set_index("id")["zone"]
    point_of = plan.stops.set_index("stop").geometry
    return [
        f"{visit.unit}: stops outside its zone"
        for visit in plan.visits.itertuples()
        if isinstance(zone_of[visit.unit], str)
        and not any(shape_of[name].covers(point_of[visit.stop]) for name in zone_of[visit.unit].split(";"))
    ]
