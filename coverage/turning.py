"""Which live cameras to weigh for turning: what a heading adds less what is given up, one at a time."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from .actions import STAY, Choices
from .counting import SURE
from .expected import Cells, expect_cover, live_stretches, seen_cells
from .results import Coverage
from .site_goals import Worth


def best_to_turn(coverage: Coverage, cells: Cells, choices: Choices, worth: Worth, *, most: int) -> Choices:
    """Keep the cameras that gain the most when they alone are turned, and nothing of those that gain nothing.

    Parameters
    ----------
    coverage : Coverage
    cells : Cells
    choices : Choices
        Of `actions.aim_choices`.
    worth : Worth
        Only being seen at least once is looked at here.
    most : int
        Cameras kept.
    """
    options = choices.options
    if not len(options):
        return choices
    once = Worth(worth.of, works=worth.works)
    cover = expect_cover(coverage, cells, choices.stretches, options=len(options), worth=once)
    group = options["group"].to_numpy(dtype=np.int64)
    stay = np.flatnonzero((options["action"] == STAY).to_numpy())
    given_up = _given_up(coverage, cells, cover.chance[stay], worth.works)
    weighted = sparse.csr_array(given_up.multiply(cells.weight[None, :]))
    row = np.empty(int(group.max()) + 1, dtype=np.int64)
    row[group[stay]] = np.arange(len(stay))
    back = np.asarray(cover.chance.multiply(weighted[row[group]]).sum(axis=1)).ravel()
    net = cover.gains(cover.base) + worth.works * back
    net -= np.asarray(weighted.sum(axis=1)).ravel()[row[group]]
    net[stay] = -np.inf
    best = np.full(len(row), -np.inf)
    np.maximum.at(best, group, net)
    kept = np.argsort(-best, kind="stable")[:most]
    kept = kept[best[kept] > 1e-9]
    rows = np.flatnonzero(np.isin(group, kept))
    mine = choices.take(rows)
    turning = options["camera"].to_numpy(dtype=np.int64)[np.intersect1d(rows, stay)]
    return Choices(mine.options, mine.points, mine.stretches, turning)


def _given_up(coverage: Coverage, cells: Cells, stay: sparse.csr_array, works: float) -> sparse.csr_array:
    """Return how much more likely each cell is unseen without each camera (cameras, cells)."""
    live = live_stretches(coverage, (coverage.cameras["state"] == "live").to_numpy())
    _, cell, chance = seen_cells(cells, live)
    chance = chance * works
    sure = chance >= SURE
    certain = np.bincount(cell[sure], minlength=len(cells))
    missed = np.bincount(cell[~sure], weights=np.log1p(-chance[~sure]), minlength=len(cells))
    entries = sparse.coo_array(stay)
    mine, at = entries.data * works, entries.col
    is_sure = mine >= SURE
    now = np.where(certain[at] > 0, 0.0, np.exp(missed[at]))
    rest = missed[at] - np.where(is_sure, 0.0, np.log1p(-np.where(is_sure, 0.0, mine)))
    then = np.where(certain[at] - is_sure > 0, 0.0, np.exp(rest))
    return sparse.csr_array((then - now, (entries.row, at)), shape=stay.shape)
