"""What a proposal weighs: the places, cameras and actions that could be part of a plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .actions import (
    STAY,
    Choices,
    Prices,
    aim_choices,
    check_models,
    connectable_rows,
    install_choices,
    join_choices,
    register_choices,
)
from .candidates import choose_candidates
from .errors import CannotHoldError
from .expected import Cells
from .ledger import Limits
from .results import Coverage
from .site_floors import find_districts
from .site_goals import Goal, Worth
from .streets import Ways
from .turning import best_to_turn

MOST_PLACES: Final = 400
PLACES_EACH: Final = 12
"""Places weighed for each camera that could be afforded, where that is more than MOST_PLACES."""
MOST_TURNED: Final = 30
AROUND_M: Final = 30.0


@dataclass(frozen=True)
class Wish:
    """What may be done, and at what price.

    Attributes
    ----------
    actions : tuple of str
        Of `site_results.ACTIONS`.
    models : collection of str
        Of the catalogue.
    prices : Prices
    headings : int
    where : mapping
        Options of `candidates.find_candidates`.
    most_places : int, optional
    """

    actions: tuple[str, ...]
    models: Collection[str]
    prices: Prices
    headings: int
    where: Mapping[str, Any] = field(default_factory=dict)
    most_places: int | None = None


@dataclass(frozen=True)
class Weighed:
    """The choices, the places that those to install count, and how many were left out for what reason."""

    choices: Choices
    places: gpd.GeoDataFrame
    left_out: dict[str, int]


def gather_choices(
    coverage: Coverage,
    ways: Ways,
    buildings: gpd.GeoDataFrame,
    supports: gpd.GeoDataFrame,
    cells: Cells,
    *,
    wish: Wish,
    goal: Goal,
    worth: Worth,
    limits: Limits,
    barriers: gpd.GeoDataFrame | None,
) -> Weighed:
    """List all that could be part of a plan within limits.

    Raises
    ------
    CannotHoldError
        Where nothing can be done: no place, every place forbidden, no camera whose owner agreed, or no
        money for the cheapest action.
    """
    cameras, prices, left_out = coverage.cameras, wish.prices, {}
    places, parts = _no_places(ways), []
    if "install" in wish.actions:
        places = _find_places(ways, buildings, supports, wish, left_out)
        least = min(prices.of(model) for model in check_models(wish.models))
        most = wish.most_places or _most_places(limits, least)
        if len(places) > most:
            left_out["places_not_weighed"] = len(places) - most
            places = _richest(places, ways, cells, goal, most)
    if len(places):
        install = install_choices(
            places, coverage, ways, buildings,
            models=wish.models, headings=wish.headings, prices=prices, barriers=barriers,
        )  # fmt: skip
        parts.append(install)
    if "connect" in wish.actions:
        rows = connectable_rows(coverage)
        parts.append(register_choices(coverage, rows, action="connect", cost=prices.connect))
    if "repair" in wish.actions:
        counted = cameras["counted"].to_numpy(dtype=bool)
        rows = np.flatnonzero((cameras["state"] == "offline").to_numpy() & counted)
        parts.append(register_choices(coverage, rows, action="repair", cost=prices.repair))
    if "aim" in wish.actions:
        turned = aim_choices(
            coverage, ways, buildings, headings=wish.headings, prices=prices, barriers=barriers
        )
        kept = best_to_turn(coverage, cells, turned, worth, most=MOST_TURNED)
        live = int((cameras["state"] == "live").sum())
        left_out["cannot_be_turned"] = live - int((turned.options["action"] == STAY).sum())
        parts.append(kept)
    choices = _worthwhile([part for part in parts if len(part.options)], limits)
    if choices is None:
        consent = cameras["state"].isin(("archive", "registered"))
        raise CannotHoldError("no_action_left", without_consent=int(consent.sum()))
    return Weighed(choices, places, {name: number for name, number in left_out.items() if number})


def most_actions(choices: Choices) -> int:
    """Return how many actions can be done at most."""
    options = choices.options
    return int(options["group"][(options["action"] != STAY).to_numpy()].nunique())


def _worthwhile(parts: list[Choices], limits: Limits) -> Choices | None:
    """Join what sees anything and can be paid; None where there is nothing."""
    if not parts:
        return None
    joined = join_choices(parts)
    options = joined.options
    stay = (options["action"] == STAY).to_numpy()
    sees = np.bincount(joined.stretches["option"].to_numpy(dtype=np.int64), minlength=len(options)) > 0
    useful = sees & ~stay
    if not useful.any():
        return None
    cost = options["cost"].to_numpy(dtype=np.float64)
    row = int(np.flatnonzero(useful)[cost[useful].argmin()])
    if 0 < limits.money < cost[row] * (1 - 1e-12):
        raise CannotHoldError(
            f"budget_below_{options['action'].iloc[row]}",
            budget=limits.money,
            cheapest=float(cost[row]),
        )
    return joined.take(np.flatnonzero(stay | useful))


def _find_places(
    ways: Ways,
    buildings: gpd.GeoDataFrame,
    supports: gpd.GeoDataFrame,
    wish: Wish,
    left_out: dict[str, int],
) -> gpd.GeoDataFrame:
    """Return the places, and note how many the user's own words left out."""
    found = choose_candidates(ways, buildings, supports, **wish.where)
    if found.problem is not None and tuple(wish.actions) == ("install",):
        raise found.problem
    left_out["places_forbidden"] = found.left_out.get("forbidden", 0)
    left_out["places_near_cameras"] = found.left_out.get("near_camera", 0)
    left_out["own_places"] = len(found.own_left_out)
    return found.places


def _no_places(ways: Ways) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"support": [], "support_id": []}, geometry=[], crs=ways.frame.crs)


def _most_places(limits: Limits, least: float) -> int:
    cameras = min(limits.count, limits.money / least)
    return int(max(MOST_PLACES, PLACES_EACH * min(cameras, 100)))


def _richest(places: gpd.GeoDataFrame, ways: Ways, cells: Cells, goal: Goal, most: int) -> gpd.GeoDataFrame:
    """Keep the places with the most unseen demand around; of each district alike where floors are set."""
    mine = np.flatnonzero(cells.weight > 0)
    xy = ways.points(cells.way[mine], 0.5 * (cells.from_m[mine] + cells.to_m[mine]))
    tree = shapely.STRtree(np.asarray(shapely.points(xy)))
    place, cell = tree.query(places.geometry.to_numpy(), predicate="dwithin", distance=AROUND_M)
    around = np.bincount(place, weights=cells.weight[mine][cell], minlength=len(places))
    order = np.argsort(-around, kind="stable")
    if goal.floor > 0 and goal.districts is not None:
        district = find_districts(shapely.get_coordinates(places.geometry.to_numpy()), goal.districts)
        rank = pd.Series(district[order]).groupby(district[order]).cumcount().to_numpy()
        order = order[np.argsort(rank, kind="stable")]
    return places.iloc[np.sort(order[:most])].reset_index(drop=True)
