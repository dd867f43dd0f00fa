"""All listed places seen for certain, with the fewest cameras."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from .actions import STAY, Choices
from .counting import SURE
from .errors import CannotHoldError
from .expected import Cells, live_stretches, seen_cells
from .ledger import Limits
from .results import Coverage, SitePlan
from .siting_fewest import fewest_sites
from .siting_program import StopRules
from .streets import Ways

FARTHEST_M: Final = 60.0
"""A place farther from every street than this is on none."""
_HALF_M: Final = 1e-4


def places_on_streets(places: gpd.GeoDataFrame, ways: Ways) -> pd.DataFrame:
    """Return where on the streets each place is: `way`, `at_m`.

    Raises
    ------
    CannotHoldError
        For places that are on no street.
    """
    way, at_m, distance = ways.nearest(places.geometry.to_numpy())
    far = np.flatnonzero(distance > FARTHEST_M)
    if len(far):
        raise CannotHoldError(
            "places_off_streets", places=len(far), first=int(far[0]) + 1, farthest=FARTHEST_M
        )
    length = ways.frame["length_m"].to_numpy(dtype=np.float64)[way]
    return pd.DataFrame({"way": way, "at_m": np.clip(at_m, 2 * _HALF_M, np.maximum(length - 2 * _HALF_M, 0))})


def choose_for_places(
    coverage: Coverage, choices: Choices, places: pd.DataFrame, limits: Limits, rules: StopRules
) -> SitePlan:
    """Choose the fewest actions after which every place is seen for certain.

    Parameters
    ----------
    coverage : Coverage
    choices : Choices
    places : DataFrame
        Of `places_on_streets`.
    limits : Limits
    rules : StopRules

    Returns
    -------
    SitePlan
        Of the options; those that stay are not chosen.

    Raises
    ------
    CannotHoldError
        Where no choice sees some place, or all places cost more than there is.
    """
    cells, member = _cells_of(coverage, places)
    spots = int(member.max(initial=-1)) + 1
    staying = (coverage.cameras["state"] == "live").to_numpy(copy=True)
    staying[choices.turning] = False
    mine = live_stretches(coverage, staying)
    today = _surely(cells, member, mine, np.zeros(len(mine), dtype=np.int64), 1, spots)
    option = choices.stretches["option"].to_numpy(dtype=np.int64)
    cover = _surely(cells, member, choices.stretches, option, len(choices.options), spots)
    whole = sparse.csr_array(sparse.vstack([cover, today]))
    stay = (choices.options["action"] == STAY).to_numpy()
    groups = choices.options["group"].to_numpy(dtype=np.int64)
    # leaving a camera as it is costs next to nothing, so that the fewest are changed
    costs = np.append(np.where(stay, 1e-4, 1.0), 1.0)
    plan = fewest_sites(
        whole,
        costs=costs,
        fixed=[len(stay)],
        groups=np.append(groups, groups.max(initial=-1) + 1),
        rules=rules,
    )
    taken = plan.chosen[~stay[plan.chosen]]
    money = float(choices.options["cost"].to_numpy(dtype=np.float64)[taken].sum())
    if not limits.allows(choices.options["cost"].to_numpy(dtype=np.float64)[taken]):
        raise CannotHoldError("places_cost_more", places=len(places), actions=len(taken), cost=money)
    return SitePlan(
        chosen=taken,
        covered=float(spots),
        upper_bound=float(spots),
        gap=plan.gap,
        proved=plan.proved,
        cost=money,
        gains=plan.gains[~stay[plan.chosen]],
        stopped=plan.stopped,
    )


def _cells_of(coverage: Coverage, places: pd.DataFrame) -> tuple[Cells, NDArray[np.int64]]:
    """Return a cell a hair wide at each place, lit and unlit apart, and the place each is of."""
    spots = places.round({"at_m": 2}).drop_duplicates().sort_values(["way", "at_m"])
    way, at = spots["way"].to_numpy(dtype=np.int64), spots["at_m"].to_numpy(dtype=np.float64)
    lit = coverage.ways["lit_share"].to_numpy(dtype=np.float64)[way]
    night = coverage.conditions["light"] == "night"
    rows, lights = [], []
    for light, share in enumerate((lit, 1 - lit) if night else (np.ones(len(way)),)):
        mine = np.flatnonzero(share > 0)
        rows.append(mine)
        lights.append(np.full(len(mine), light))
    member, light = np.concatenate(rows), np.concatenate(lights)
    ones = np.ones(len(member))
    cells = Cells(way[member], at[member] - _HALF_M, at[member] + _HALF_M, light, ones, ones, ones)
    return cells, member


def _surely(
    cells: Cells,
    member: NDArray[np.int64],
    stretches: pd.DataFrame,
    option: NDArray[np.int64],
    options: int,
    spots: int,
) -> sparse.csr_array:
    """Return which options see which places for certain, in the light and in the dark."""
    row, cell, chance = seen_cells(cells, stretches)
    sure = chance >= SURE
    pair = np.unique(np.column_stack([option[row[sure]], cell[sure]]), axis=0)
    held = sparse.csr_array((np.ones(len(pair)), (pair[:, 0], member[pair[:, 1]])), shape=(options, spots))
    wanted = np.bincount(member, minlength=spots)
    held.sum_duplicates()
    full = held.data >= wanted[held.indices]
    held.data = full.astype(np.float64)
    held.eliminate_zeros()
    return held
