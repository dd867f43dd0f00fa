"""Expected cover as a cover problem of sure sites, in which no plan is worth less than it really is.

A demand that cameras see with probabilities p1, p2, ... is cut into parts: one of share p1 that the first
camera covers, one of share p2 that the second does, and the rest. This counts two cameras as if they never
saw the same thing at once: at least as much as cameras that see independently of each other. A camera that
surely sees the demand covers all its parts. Where nothing is uncertain the problem is the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from .counting import SURE
from .expected import ExpectedCover

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class RelaxedCover:
    """A cover problem for `siting.maximal_cover`.

    Attributes
    ----------
    cover : csr_array (options + 1, demands)
        The last row stands already.
    weights : ndarray (demands,)
    districts : ndarray of int (demands,)
    standing : float
        What the last row covers, as the goal counts it.
    exact : bool
        True when plans are worth exactly what they really are.
    """

    cover: sparse.csr_array
    weights: Floats
    districts: Integers
    standing: float
    exact: bool


def relax_cover(
    cover: ExpectedCover,
    groups: Integers,
    *,
    levels: tuple[float, ...],
    districts: Integers | None = None,
) -> RelaxedCover:
    """State expected cover as a problem of sure sites.

    Parameters
    ----------
    cover : ExpectedCover
    groups : ndarray of int (options,)
        Options of which at most one is chosen.
    levels : tuple of float
        What the first, second, ... site that covers a demand adds.
    districts : ndarray of int (cells,), optional
        Where floors are asked for: then what is seen already counts too.
    """
    parts = _parts(cover, groups)
    share, cell = parts.share, parts.cell
    weight, base = cover.cells.weight, cover.base
    columns = [(weight * base.none)[cell] * share]
    if cover.worth.second > 0:
        columns.append((weight * base.once)[cell] * share)
    matrix = sparse.hstack([parts.matrix] * len(columns)) if len(columns) > 1 else parts.matrix
    fixed = np.concatenate([np.full(len(part), at > 0) for at, part in enumerate(columns)])
    place = np.tile(cell, len(columns))
    weights = np.concatenate(columns)
    zone = np.zeros(len(place), dtype=np.int64) if districts is None else districts[place]
    if districts is not None:
        # of each district what is seen already is one demand, which the standing row covers, and what no
        # choice sees another, which nothing does
        seen = weight * (1 - base.none - (base.once if cover.worth.second > 0 else 0.0))
        already = np.bincount(districts, weights=seen, minlength=int(districts.max(initial=0)) + 1)
        whole = np.bincount(districts, weights=weight, minlength=len(already))
        lost = whole - already - np.bincount(zone, weights=weights, minlength=len(already))
        matrix = sparse.hstack([matrix, sparse.csr_array((matrix.shape[0], 2 * len(already)))])
        fixed = np.concatenate([fixed, np.repeat([True, False], len(already))])
        weights = np.concatenate([weights, already, lost.clip(min=0.0)]).astype(np.float64)
        zone = np.concatenate([zone, np.tile(np.arange(len(already)), 2)])
    row = sparse.csr_array(fixed[None, :].astype(np.float64))
    whole = sparse.csr_array(sparse.vstack([sparse.csr_array(matrix), row]))
    standing = float(levels[0] * weights[fixed].sum())
    return RelaxedCover(whole, weights, zone, standing, parts.exact)


@dataclass(frozen=True)
class _Parts:
    """Parts of cells: which cell, what share of it, and which options cover it."""

    cell: Integers
    share: Floats
    matrix: sparse.csr_array
    exact: bool


def _parts(cover: ExpectedCover, groups: Integers) -> _Parts:
    entries = sparse.coo_array(cover.chance)
    option, cell, chance = entries.row.astype(np.int64), entries.col.astype(np.int64), entries.data
    stake = cover.cells.weight * (cover.base.none + cover.base.once) > 0
    here = stake[cell]
    option, cell, chance = option[here], cell[here], chance[here]
    sure = chance >= SURE
    options, cells = cover.chance.shape
    if sure.all():
        used, column = np.unique(cell, return_inverse=True)
        matrix = sparse.csr_array((np.ones(len(cell)), (option, column)), shape=(options, len(used)))
        return _Parts(used, np.ones(len(used)), matrix, exact=True)
    steps = _Steps(option[~sure], cell[~sure], chance[~sure], groups, cells)
    # parts of a cell in one row: what is left over, the steps that fit, the steps that do not
    rest = np.ones(cells)
    np.subtract.at(rest, steps.cell, steps.length)
    used = np.unique(cell)
    inside = np.clip(np.minimum(steps.start + steps.length, 1.0) - steps.start, 0.0, None)
    outside = steps.length - inside
    part_cell = np.concatenate([used, steps.cell, steps.cell])
    share = np.concatenate([rest[used].clip(min=0.0), inside, outside])
    # sure options cover the rest and the steps that fit
    place = np.full(cells, -1)
    place[used] = np.arange(len(used))
    first, last = np.searchsorted(steps.cell, cell[sure]), np.searchsorted(steps.cell, cell[sure], "right")
    at, row = _ranges(first, last)
    rows = [option[sure], option[sure][row]]
    columns = [place[cell[sure]], len(used) + at]
    # an uncertain option covers the steps of its group up to its own probability
    at, row = _ranges(steps.begin, steps.end)
    for shift in (len(used), len(used) + len(steps.cell)):
        rows.append(option[~sure][row])
        columns.append(shift + at)
    row, column = np.concatenate(rows), np.concatenate(columns)
    kept = share > 1e-12
    number = np.cumsum(kept) - 1
    some = kept[column]
    matrix = sparse.csr_array(
        (np.ones(int(some.sum())), (row[some], number[column[some]])), shape=(options, int(kept.sum()))
    )
    matrix.data = np.minimum(matrix.data, 1.0)
    return _Parts(part_cell[kept], share[kept], matrix, exact=False)


class _Steps:
    """The probabilities of each group on each cell, as steps beside each other: sorted by cell and group.

    `begin` and `end` are, for each entry given, the steps it covers.
    """

    def __init__(
        self, option: Integers, cell: Integers, chance: Floats, groups: Integers, cells: int
    ) -> None:
        group = groups[option]
        order = np.lexsort((chance, group, cell))
        c, g, p = cell[order], group[order], chance[order]
        new_pair = np.concatenate([[True], (c[1:] != c[:-1]) | (g[1:] != g[:-1])])[: len(c)]
        new = new_pair | np.concatenate([[True], np.diff(p) > 1e-12])[: len(c)]
        step = np.cumsum(new) - 1
        head = np.flatnonzero(new)
        self.cell = c[head]
        upper = p[head]
        lower = np.where(new_pair[head], 0.0, np.concatenate([[0.0], upper[:-1]])[: len(upper)])
        self.length = upper - lower
        total = np.cumsum(self.length) - self.length
        first_of_cell = np.searchsorted(self.cell, self.cell)
        self.start = total - total[first_of_cell]
        pair_begin = np.maximum.accumulate(np.where(new_pair, step, 0))
        self.begin, self.end = np.empty(len(c), dtype=np.int64), np.empty(len(c), dtype=np.int64)
        self.begin[order], self.end[order] = pair_begin, step + 1


def _ranges(first: Integers, last: Integers) -> tuple[Integers, Integers]:
    """Return all numbers of many ranges one after the other, and which range each is of."""
    count = last - first
    row = np.repeat(np.arange(len(first)), count)
    within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    return first[row] + within, row
