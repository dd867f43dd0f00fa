"""How much is expected to be seen live, when each camera sees a place with its own probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from .counting import times_seen
from .intervals import cut_everywhere, pieces_covered
from .optics import LADDERS
from .results import Coverage
from .risk import StreetRisk
from .site_goals import Worth

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
CHANCES: Final = ("probability", "dark_probability")


class Unseen(NamedTuple):
    """For each cell the probability that no camera sees it, and that exactly one does; of those at work."""

    never: Floats
    none: Floats
    once: Floats


@dataclass(frozen=True)
class Cells:
    """Pieces of street, those lit and unlit apart, and what is at stake on each.

    Attributes
    ----------
    way : ndarray of int (n,)
    from_m, to_m : ndarray (n,)
        Sorted by way within each light.
    light : ndarray of int (n,)
        Which column of CHANCES holds there: 0 by day and under lamps, 1 in the dark.
    metres, demand, weight : ndarray (n,)
        Metres of street, weighted incidents, and what the goal counts: each with the share of its light.
    """

    way: Integers
    from_m: Floats
    to_m: Floats
    light: Integers
    metres: Floats
    demand: Floats
    weight: Floats

    def __len__(self) -> int:
        return len(self.way)


@dataclass(frozen=True)
class ExpectedCover:
    """What actions add to what is expected to be seen.

    Attributes
    ----------
    cells : Cells
    chance : csr_array (options, cells)
        Probability that the camera of the option sees the cell.
    base : Unseen
        Of the cameras that stay as they are.
    worth : Worth
        What the goal makes of cover.
    """

    cells: Cells
    chance: sparse.csr_array
    base: Unseen
    worth: Worth

    def value(self, state: Unseen) -> float:
        """Return what the goal counts."""
        # a product of two short arrays: many threads would only wait for one another
        return float((self.cells.weight * (1 - state.none - self.worth.second * state.once)).sum())

    def gains(self, state: Unseen) -> Floats:
        """Return what each option alone would add to the goal (options,)."""
        return self.worth.works * (self.chance @ self.stake(state))

    def stake(self, state: Unseen) -> Floats:
        """Return what a camera that surely sees a cell, and is at work, would add there (cells,)."""
        second = self.worth.second
        return self.cells.weight * ((1 - second) * state.none + second * state.once)

    def seen(self, state: Unseen) -> tuple[float, float]:
        """Return metres of street and weighted incidents seen at least once."""
        seen = 1 - state.never
        return float((self.cells.metres * seen).sum()), float((self.cells.demand * seen).sum())

    def state(self, options: Sequence[int] | Integers, *, begin: Unseen | None = None) -> Unseen:
        """Return the state with some options done, on top of the base or of another state."""
        never, none, once = (values.copy() for values in begin or self.base)
        for option in options:
            mine = slice(self.chance.indptr[option], self.chance.indptr[option + 1])
            cell, chance = self.chance.indices[mine], self.chance.data[mine]
            at_work = self.worth.works * chance
            once[cell] = once[cell] * (1 - at_work) + none[cell] * at_work
            none[cell] *= 1 - at_work
            never[cell] *= 1 - chance
        return Unseen(never, none, once)


def expect_cover(
    coverage: Coverage,
    cells: Cells,
    stretches: pd.DataFrame,
    *,
    options: int,
    worth: Worth,
    without: Integers | None = None,
) -> ExpectedCover:
    """Lay options over what is seen today.

    Parameters
    ----------
    coverage : Coverage
    cells : Cells
        A cell counts as seen where its middle is: exact where cells are cut at every end.
    stretches : DataFrame
        `option`, `way`, `from_m`, `to_m`, `probability`, at night `dark_probability`.
    options : int
        How many.
    worth : Worth
    without : ndarray of int, optional
        Rows of live cameras that do not stay as they are.
    """
    base = _unseen(coverage, cells, worth, np.empty(0, dtype=np.int64) if without is None else without)
    row, cell, chance = seen_cells(cells, stretches)
    option = stretches["option"].to_numpy(dtype=np.int64)[row]
    entries = sparse.csr_array((chance, (option, cell)), shape=(options, len(cells)))
    # two stretches of one camera may hold one cell where they touch
    entries.data = np.minimum(entries.data, 1.0)
    return ExpectedCover(cells, entries, base, worth)


def seen_cells(cells: Cells, stretches: pd.DataFrame) -> tuple[Integers, Integers, Floats]:
    """Return pairs of stretch and cell with the probability of being seen, where it is above 0."""
    rows, found, chances = [], [], []
    for light, name in enumerate(CHANCES):
        mine = np.flatnonzero(cells.light == light)
        if not len(mine):
            continue
        row, cell = pieces_covered(
            cells.way[mine], cells.from_m[mine], cells.to_m[mine],
            *(stretches[column].to_numpy() for column in ("way", "from_m", "to_m")),
        )  # fmt: skip
        chance = stretches[name].to_numpy(dtype=np.float64)[row]
        some = chance > 0
        rows.append(row[some])
        found.append(mine[cell[some]])
        chances.append(chance[some])
    if not rows:
        nothing = np.empty(0, dtype=np.int64)
        return nothing, nothing, np.empty(0)
    return np.concatenate(rows), np.concatenate(found), np.concatenate(chances)


def cut_cells(
    coverage: Coverage,
    risk: StreetRisk,
    worth: Worth,
    *,
    at: pd.DataFrame | None = None,
    cell_m: float | None = None,
    places: pd.DataFrame | None = None,
) -> Cells:
    """Cut the streets where today's answer changes and where stretches end, or in steps.

    Parameters
    ----------
    coverage : Coverage
    risk : StreetRisk
    worth : Worth
    at : DataFrame, optional
        Stretches at whose ends to cut.
    cell_m : float, optional
        Cut in steps no longer than this instead.
    places : DataFrame, optional
        `way`, `at_m`: where each counts 1, if the goal counts places.
    """
    if cell_m is None:
        parts = [coverage.pieces] if at is None else [coverage.pieces, at]
        way, from_m, to_m = cut_everywhere(
            *(np.concatenate([part[name].to_numpy() for part in parts]) for name in ("way", "from_m", "to_m"))
        )
    else:
        way, from_m, to_m = _steps(coverage.ways["length_m"].to_numpy(dtype=np.float64), cell_m)
    way = way.astype(np.int64)
    metres, demand = to_m - from_m, risk.demand(way, from_m, to_m)
    weight = {"incidents": demand, "metres": metres}.get(worth.of, np.zeros(len(way)))
    if worth.of == "places" and places is not None:
        span = float(to_m.max(initial=0.0)) + 1.0
        begins = way * span + from_m
        spot = places["way"].to_numpy() * span + places["at_m"].to_numpy()
        weight = np.bincount(
            np.searchsorted(begins, spot, side="right").clip(1) - 1, minlength=len(way)
        ).astype(np.float64)
    if coverage.conditions["light"] == "day":
        return Cells(way, from_m, to_m, np.zeros(len(way), dtype=np.int64), metres, demand, weight)
    lit = coverage.ways["lit_share"].to_numpy(dtype=np.float64)[way]
    parts = []
    for light, share in enumerate((lit, 1 - lit)):
        some = np.flatnonzero(share > 0)
        values = (way, from_m, to_m, np.full(len(way), light), metres * share, demand * share, weight * share)
        parts.append([value[some] for value in values])
    return Cells(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def live_stretches(coverage: Coverage, cameras: NDArray[np.bool_]) -> pd.DataFrame:
    """Return what marked cameras (rows of the register) see at the class that counts as seen."""
    stretches = coverage.stretches
    quality = list(LADDERS[coverage.ladder]).index(coverage.seen_at)
    mine = cameras[stretches["camera"].to_numpy()] & (stretches["quality"].to_numpy() == quality)
    return stretches[mine]


def _unseen(coverage: Coverage, cells: Cells, worth: Worth, without: Integers) -> Unseen:
    staying = (coverage.cameras["state"] == "live").to_numpy(copy=True)
    staying[without] = False
    mine = live_stretches(coverage, staying)
    _, cell, chance = seen_cells(cells, mine)
    never = times_seen(cell, chance, len(cells))[:, 0]
    if worth.works == 1.0:
        spread = times_seen(cell, chance, len(cells))
    else:
        spread = times_seen(cell, worth.works * chance, len(cells))
    return Unseen(never, spread[:, 0], spread[:, 1])


def _steps(length: Floats, cell_m: float) -> tuple[Integers, Floats, Floats]:
    counts = np.maximum(np.ceil(length / cell_m), 1).astype(np.int64)
    way = np.repeat(np.arange(len(length)), counts)
    within = np.arange(len(way)) - np.repeat(np.cumsum(counts) - counts, counts)
    step = (length / counts)[way]
    return way, within * step, (within + 1) * step
