"""The timetables that exposure sets beside each other: with cameras, blind to them, and without a planner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from .exposure import PROMISE_S, Exposure, planned_minutes, replay_plans
from .patrol import plan_patrol
from .progress import Progress, part, silent
from .replay import draw_replay
from .response import measure_reach
from .results import BlindSpots, Coverage
from .risk import StreetRisk
from .rounds import go_nearest, go_random, go_round, lay_field, stay_home
from .streets import ways_of_frame
from .tracks import Tracks, follow_plan

PLANS: Final = ("none", "random", "nearest", "round_robin", "camera_blind", "joint")
REFERENCE: Final = "joint"


def compare_plans(
    streets: gpd.GeoDataFrame,
    stations: gpd.GeoDataFrame,
    units: pd.DataFrame,
    coverage: Coverage,
    risk: StreetRisk,
    spots: BlindSpots,
    held_back: gpd.GeoDataFrame,
    *,
    zone: tzinfo,
    dwell_s: float = 720.0,
    iterations: int = 4000,
    timetables: int = 5,
    replications: int = 400,
    restrictions: pd.DataFrame | None = None,
    promise_s: float = PROMISE_S,
    seed: int = 0,
    progress: Progress = silent,
) -> Exposure:
    """Plan the shift in six ways and replay the incidents of held-back months against each.

    Parameters
    ----------
    streets, stations : GeoDataFrame
        Metric frames of `schema`.
    units : DataFrame
        `schema.UNITS`.
    coverage, risk, spots
        Of the same streets; `risk` of the months before those held back.
    held_back : GeoDataFrame
        Incidents (metric) that `risk` does not hold.
    zone : tzinfo
        Of the hours of incidents.
    dwell_s, iterations
        Of `plan_patrol`.
    timetables : int
        How many days are planned by seed, for each plan that draws.
    replications : int
        How often incidents are drawn.
    restrictions : DataFrame, optional
        Turns that cars may not make, in every plan.
    promise_s : float
        How soon a unit is to be where something happens.
    seed : int
    progress : Progress

    Returns
    -------
    Exposure
        `none` leaves units in their stations; `random` drives about; `nearest` and `round_robin` go to the
        stops of the first joint plan; `camera_blind` is the planner told that cameras see nothing; `joint` is
        for each seed the one of the plan with cameras and the blind one that leaves fewer risk-minutes
        unwatched by the risk both were made from, so that it is never worse by that.
    """
    ways = ways_of_frame(coverage.ways)
    base = units["shift_start"].min()
    shift_s = float((units["shift_end"].max() - base).total_seconds())
    plans: dict[str, list[Tracks]] = {name: [] for name in PLANS}
    planned: dict[str, list[dict[str, float]]] = {name: [] for name in PLANS}
    taken_blind = 0
    watch = part(progress, 0.0, 0.6)
    stops = gpd.GeoDataFrame()
    for number in range(timetables):
        watch(number / timetables, "exposure_plans")
        made = []
        for camera_blind in (False, True):
            plan = plan_patrol(
                streets, stations, units, coverage, risk, spots,
                dwell_s=dwell_s, iterations=iterations, seed=seed + number, camera_blind=camera_blind,
                restrictions=restrictions,
            )  # fmt: skip
            made.append(follow_plan(plan))
            if not len(stops):
                stops = plan.stops
        left = [planned_minutes(one, coverage, ways, risk, shift_s) for one in made]
        better = int(left[1]["nobody_min"] < left[0]["nobody_min"])
        taken_blind += better
        for name, row in (("joint", better), ("camera_blind", 1)):
            plans[name].append(made[row])
            planned[name].append(left[row])
        plans["random"].append(
            go_random(streets, stations, units, seed=seed + number, restrictions=restrictions)
        )
    ground = lay_field(streets, stations, units, stops.geometry.to_numpy(), restrictions=restrictions)
    plans["none"] = [stay_home(ground)]
    plans["nearest"] = [go_nearest(ground, dwell_s=dwell_s)]
    plans["round_robin"] = [go_round(ground, dwell_s=dwell_s)]
    progress(0.6, "exposure_replay")
    replay = draw_replay(
        held_back, coverage, ways,
        shift_start=base, shift_s=shift_s, zone=zone, replications=replications, seed=seed,
    )  # fmt: skip
    reach = measure_reach(streets, replay.places.geometry.to_numpy(), plans["none"][0].kinds)
    figures, settings = replay_plans(plans, replay, reach, reference=REFERENCE, promise_s=promise_s)
    progress(0.9, "exposure_replay")
    for name in ("none", "random", "nearest", "round_robin"):
        planned[name] = [planned_minutes(one, coverage, ways, risk, shift_s) for one in plans[name]]
    return Exposure(
        figures=figures,
        planned=pd.DataFrame([{"plan": name} | _mean(rows) for name, rows in planned.items()]),
        reference=REFERENCE,
        settings=settings | {"seed": seed, "known_incidents": risk.used, "blind_taken": taken_blind},
    )


def _mean(rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    return {str(name): float(value) for name, value in pd.DataFrame(rows).mean().items()}
