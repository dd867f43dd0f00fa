"""What to do next for more cover: actions weighed by their gain for the money, and a plan made of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from .actions import DEFAULT_MODELS, STAY, Choices, Prices, actions_asked, check_models
from .choosing import Choice, choose
from .connecting import count_reasons, rank_connectable
from .demand import CELL_M
from .errors import CannotHoldError, InvalidInputError
from .expected import Cells, ExpectedCover, cut_cells, expect_cover
from .ledger import Ledger, Limits
from .phases import Steps, describe_phases, draw_curve, split_limits, stage
from .place_cover import choose_for_places, places_on_streets
from .progress import Progress, part, silent
from .proposal_frames import added_pieces, describe_sites, draw_added, draw_site_views, name_causes
from .results import BlindSpots, Coverage, SitePlan, SiteProposal
from .risk import StreetRisk
from .site_floors import Floors, find_short, name_district, state_floors
from .site_goals import Goal, Worth
from .siting_program import StopRules
from .streets import Ways, ways_of_frame
from .weighing import Wish, gather_choices, most_actions

FEW_STRETCHES: Final = 20_000
"""Up to so many stretches in sight of all choices, streets are cut exactly and not in steps."""
RULES: Final = StopRules(gap=0.0025, time_limit_s=60.0)
FIVE: Final = 5


def propose_sites(
    coverage: Coverage,
    buildings: gpd.GeoDataFrame,
    risk: StreetRisk,
    supports: gpd.GeoDataFrame,
    *,
    goal: Goal | None = None,
    count: int | None = None,
    budget: float | None = None,
    actions: Collection[str] = ("install",),
    models: Collection[str] = DEFAULT_MODELS,
    prices: Prices | None = None,
    headings: int = 12,
    phases: int = 1,
    retention_days: float = 30.0,
    where: Mapping[str, Any] | None = None,
    most_places: int | None = None,
    barriers: gpd.GeoDataFrame | None = None,
    spots: BlindSpots | None = None,
    rules: StopRules = RULES,
    progress: Progress = silent,
) -> SiteProposal:
    """Propose what to install, connect, turn or repair, in which order, with what each step adds.

    Parameters
    ----------
    coverage : Coverage
        What is seen today; cameras count with their expectation (mid), by day or at night.
    buildings, supports : GeoDataFrame
        Metric.
    risk : StreetRisk
        Demand. Where there is none at all, metres of street are covered instead.
    goal : Goal, optional
        `Goal()` by default.
    count : int, optional
        At most so many actions; five where neither this nor a budget is given.
    budget : float, optional
        At most so much money, tenge.
    actions : collection of str
        Of `site_results.ACTIONS`.
    models : collection of str
        Names in `catalogue.MODELS` to choose from.
    prices : Prices, optional
    headings : int
        Headings tried at each place and for each camera that can be turned, evenly round the turn.
    phases : int
        Into how many parts the plan is cut, each within its share of the limits.
    retention_days : float
        Cameras to connect that keep their pictures for less get a note.
    where : mapping, optional
        Options of `candidates.find_candidates`.
    most_places : int, optional
        Only so many places, those with the most unseen demand around them, are weighed.
    barriers : GeoDataFrame, optional
        Those that coverage was measured with (metric).
    spots : BlindSpots, optional
        Of the same coverage: then each site says why nothing sees today what it adds.
    rules : StopRules
        When the solver stops, all phases together; a plan whose search was cut off says so
        (`plan.stopped`).
    progress : Progress

    Returns
    -------
    SiteProposal
        Its bound holds for the places, models, headings and cameras weighed, with streets in steps of
        `demand.CELL_M` where there are many. Live cameras stay as they are unless the action is `aim`; a
        camera that is turned gives up what it saw, and its gain is what remains.

    Raises
    ------
    InvalidInputError
        For a limit below 0, an unknown word, or no heading.
    CannotHoldError
        Where nothing can be done at all, or the goal cannot be reached; it says what stands in the way.
    """
    goal, limits = goal or Goal(), _limits(count, budget, goal or Goal())
    wish = Wish(actions_asked(actions), models, prices or Prices(), headings, where or {}, most_places)
    if headings < 1 or phases < 1:
        raise InvalidInputError("count_negative")
    check_models(models)
    progress(0.0, "candidates")
    demand = _Demand(coverage, risk, goal, ways_of_frame(coverage.ways))
    ways, worth = demand.ways, demand.worth
    connectable = rank_connectable(
        coverage, demand.cut, worth=worth, cost=wish.prices.connect, retention_days=retention_days
    )
    grid = demand.steps()
    weighed = gather_choices(
        coverage, ways, buildings, supports, grid,
        wish=wish, goal=goal, worth=worth, limits=limits, barriers=barriers,
    )  # fmt: skip
    choices = weighed.choices
    progress(0.5, "choosing")
    cells = demand.cut(choices.stretches) if len(choices.stretches) <= FEW_STRETCHES else grid
    cover = _lay_over(coverage, cells, choices, worth)
    stages = split_limits(limits, 1 if goal.kind == "places" else phases)
    fixed, free, floors = None, [], state_floors(goal, cells, ways)
    if goal.kind == "places":
        fixed = choose_for_places(coverage, choices, demand.places, limits, rules)
        free = [_of_places(fixed, cover, choices)]
    else:
        free = _choose(cover, choices, goal, stages, floors, rules, progress)
    progress(0.85, "views")
    mine = _part_of(choices, free[-1].chosen)
    told = _lay_over(coverage, demand.cut(mine.stretches), mine, worth)
    steps = stage(told, mine.options, stages)
    curve = draw_curve(steps)
    table = describe_phases(curve, stages, free, _weigh_phases(cover, choices, mine, steps, len(stages)))
    added = added_pieces(told, mine.options, steps)
    sites = describe_sites(mine, steps, weighed.places, coverage, added, retention_days=retention_days)
    before, after = ({"seen_m": seen[0], "demand_seen": seen[1]} for seen in steps.seen)
    return SiteProposal(
        plan=fixed if fixed is not None else _plan(mine, steps, table, free[-1]),
        sites=name_causes(sites, added, spots),
        views=draw_site_views(mine, steps, sites, coverage, ways, buildings, barriers=barriers),
        stretches=draw_added(added, ways),
        before=before,
        after=after,
        candidates=int((choices.options["action"] != STAY).sum()),
        curve=curve,
        phases=table,
        connectable=connectable,
        goal=goal.told(worth) | {"actions": list(wish.actions), **_told(limits)},
        left_out=weighed.left_out | count_reasons(connectable),
        warnings=_warnings(limits, choices, len(sites))
        + find_short(cover, choices.options, free[-1].chosen, floors, goal),
    )


@dataclass(frozen=True)
class _Demand:
    """The streets cut into cells, with what the goal counts on each."""

    coverage: Coverage
    risk: StreetRisk
    goal: Goal
    ways: Ways

    @property
    def worth(self) -> Worth:
        return self.goal.worth(self.risk)

    @property
    def places(self) -> pd.DataFrame:
        assert self.goal.places is not None
        return places_on_streets(self.goal.places, self.ways)

    def cut(self, stretches: pd.DataFrame) -> Cells:
        """Cut exactly: where today's answer changes and where stretches end."""
        return cut_cells(self.coverage, self.risk, self.worth, at=stretches, places=self._listed())

    def steps(self) -> Cells:
        """Cut in steps."""
        return cut_cells(self.coverage, self.risk, self.worth, cell_m=CELL_M, places=self._listed())

    def _listed(self) -> pd.DataFrame | None:
        return self.places if self.goal.kind == "places" else None


def _limits(count: int | None, budget: float | None, goal: Goal) -> Limits:
    if count is not None and count < 0:
        raise InvalidInputError("count_negative")
    if budget is not None and not (np.isfinite(budget) and budget >= 0):
        raise InvalidInputError("budget_negative")
    if count is None and budget is None and goal.kind != "places":
        count = FIVE
    return Limits(
        money=np.inf if budget is None else float(budget), count=np.inf if count is None else float(count)
    )


def _told(limits: Limits) -> dict[str, Any]:
    return {
        "count": int(limits.count) if np.isfinite(limits.count) else None,
        "budget": float(limits.money) if np.isfinite(limits.money) else None,
    }


def _lay_over(coverage: Coverage, cells: Cells, choices: Choices, worth: Worth) -> ExpectedCover:
    return expect_cover(
        coverage, cells, choices.stretches,
        options=len(choices.options), worth=worth, without=choices.turning,
    )  # fmt: skip


def _choose(
    cover: ExpectedCover,
    choices: Choices,
    goal: Goal,
    stages: Sequence[Limits],
    floors: Floors | None,
    rules: StopRules,
    progress: Progress,
) -> list[Choice]:
    """Choose freely for the limits of each phase; only the whole plan has to hold the floors."""
    watch = part(progress, 0.5, 0.85)
    rules = replace(rules, time_limit_s=rules.time_limit_s / len(stages))
    out = []
    for number, limits in enumerate(stages):
        last = number == len(stages) - 1
        try:
            out.append(
                choose(
                    cover, choices.options, limits,
                    levels=goal.levels(), rules=rules, floors=floors if last else None,
                )
            )  # fmt: skip
        except CannotHoldError as fault:
            if goal.districts is None or "district" not in fault.facts:
                raise
            raise name_district(fault, goal.districts) from fault
        watch((number + 1) / len(stages), "choosing")
    return out


def _part_of(choices: Choices, chosen: Sequence[int]) -> Choices:
    """Return the choices of a plan, and what the cameras it turns do today; `choice` is what they were."""
    options = choices.options
    groups = set(options["group"].iloc[list(chosen)].tolist())
    stay = (options["action"] == STAY).to_numpy() & options["group"].isin(groups).to_numpy()
    rows = np.sort(np.concatenate([np.asarray(chosen, dtype=np.int64), np.flatnonzero(stay)]))
    mine = choices.take(rows)
    turning = options["camera"].to_numpy(dtype=np.int64)[stay]
    return Choices(mine.options.assign(choice=rows), mine.points, mine.stretches, turning)


def _weigh_phases(
    cover: ExpectedCover, choices: Choices, mine: Choices, steps: Steps, phases: int
) -> list[float]:
    """Return what each phase gains on the cells that the plan was chosen on."""
    choice = mine.options["choice"].to_numpy(dtype=np.int64)[steps.chosen]
    phase = np.array(steps.phase, dtype=np.int64)
    today = Ledger(cover, choices.options).value
    return [
        Ledger(cover, choices.options, choice[phase <= number].tolist()).value - today
        for number in range(1, phases + 1)
    ]


def _plan(mine: Choices, steps: Steps, phases: pd.DataFrame, free: Choice) -> SitePlan:
    last = phases.iloc[-1]
    proved = bool(last["gap"] <= 1e-9)
    return SitePlan(
        chosen=mine.options["choice"].to_numpy(dtype=np.int64)[steps.chosen],
        covered=float(last["gain"]),
        upper_bound=float(last["upper_bound"]),
        gap=0.0 if proved else float(last["gap"]),
        proved=proved,
        cost=float(last["spent"]),
        gains=steps.table["gain"].to_numpy(dtype=np.float64),
        stopped="" if proved else free.stopped or "gap",
    )


def _of_places(plan: SitePlan, cover: ExpectedCover, choices: Choices) -> Choice:
    chosen = [int(row) for row in plan.chosen]
    today = Ledger(cover, choices.options).value
    gain = Ledger(cover, choices.options, chosen).value - today
    return Choice(chosen, gain, gain, plan.stopped)


def _warnings(limits: Limits, choices: Choices, sites: int) -> list[dict[str, Any]]:
    most = most_actions(choices)
    if not sites:
        nothing = limits.count < 1 or limits.money <= 0
        return [{"code": "nothing_to_spend" if nothing else "nothing_adds", "candidates": most}]
    if np.isfinite(limits.count) and limits.count > most:
        return [{"code": "count_above_candidates", "count": int(limits.count), "candidates": most}]
    return []
