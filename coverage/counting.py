"""How often each piece of some ways is seen, and every figure of them as a sum over the pieces."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .intervals import cut_everywhere, pieces_covered
from .results import LEVELS, TIMES
from .schema import STATES

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SURE: Final = 1 - 1e-9


class Tally(NamedTuple):
    """How often places are seen: at least, by probability (0, 1, 2, 3 or more times), at most."""

    low: NDArray[Any]
    spread: Floats
    high: NDArray[Any]


def figure_names(classes: list[str]) -> list[str]:
    """Return the names of the figures of `count_ways`: metres, to be added up over any ways."""
    return [
        *(f"{state} {level} {times}" for state in STATES for level in LEVELS for times in TIMES),
        *(f"{state} {level} {quality}" for state in STATES for quality in classes for level in LEVELS),
        *(f"{state} panning {what}" for state in STATES for what in ("potential", "expected")),
    ]


def count_ways(
    stretches: pd.DataFrame,
    length_m: Floats,
    lit_share: Floats,
    *,
    classes: list[str],
    seen_at: str,
) -> tuple[pd.DataFrame, Floats]:
    """Cut ways wherever an answer changes and say, state by state, how often each piece is seen.

    Parameters
    ----------
    stretches : DataFrame
        `way` (0 to n - 1), `from_m`, `to_m`, `quality` (place among the classes), `probability`, at night
        also `dark_probability` (where the street is not lit), and of the camera that sees: `state` (place
        in STATES) and `panning`.
    length_m, lit_share : ndarray (n,)
        Of each way.
    classes : list of str
        The ladder, the coarsest first.
    seen_at : str
        The class from which a place counts as seen.

    Returns
    -------
    pieces : DataFrame
        `way`, `from_m`, `to_m`, `length_m`, `<state>_low|mid|high`, sorted by way and place.
    figures : ndarray
        Metres, named by `figure_names`.

    Notes
    -----
    Where a way is lit in part, its metres are lit with that share: mid is the mean of both answers by it,
    low is the lower one and high the higher one.
    """
    seen = stretches[stretches["quality"].to_numpy() == classes.index(seen_at)]
    line, start, stop = (seen[name].to_numpy() for name in ("way", "from_m", "to_m"))
    ways = np.arange(len(length_m))
    way, from_m, to_m = cut_everywhere(
        np.concatenate([line, ways]),
        np.concatenate([start, np.zeros(len(ways))]),
        np.concatenate([stop, length_m]),
    )
    row, piece = pieces_covered(way, from_m, to_m, line, start, stop)
    length, share = to_m - from_m, lit_share[way]
    columns: dict[str, NDArray] = {"way": way, "from_m": from_m, "to_m": to_m, "length_m": length}
    times, panning = [], []
    state, turning = seen["state"].to_numpy()[row], seen["panning"].to_numpy()[row]
    for number, name in enumerate(STATES):
        mine = state == number
        low, spread, high = _tally(seen, row[mine], piece[mine], share)
        columns |= {
            f"{name}_low": low.astype(np.int16),
            f"{name}_mid": 1 - spread[:, 0],
            f"{name}_high": high.astype(np.int16),
        }
        metres = {"low": _metres(low, length), "mid": length @ spread, "high": _metres(high, length)}
        times.append(np.concatenate([metres[level] for level in LEVELS]))
        mine &= turning
        _, spread, high = _tally(seen, row[mine], piece[mine], share)
        panning.append([length @ (high > 0), length @ (1 - spread[:, 0])])
    by_class = _count_classes(stretches, lit_share, len(classes))
    return pd.DataFrame(columns, copy=False), np.concatenate([*times, by_class, *panning])


def mix_light(lit: Tally, dark: Tally, share: Floats) -> Tally:
    """Return how often places are seen that are lit with a share: certain where both answers are."""
    part = share[:, None]
    return Tally(
        np.where(share >= 1, lit.low, dark.low),
        part * lit.spread + (1 - part) * dark.spread,
        np.where(share <= 0, dark.high, lit.high),
    )


def times_seen(piece: Integers, chance: Floats, pieces: int) -> Floats:
    """Return for each piece the probability of being seen 0, 1, 2 and 3 or more times (Poisson binomial)."""
    spread = np.zeros((pieces, 4))
    spread[:, 0] = 1.0
    order = np.argsort(piece, kind="stable")
    piece, chance = piece[order], chance[order]
    rank = np.arange(len(piece)) - np.searchsorted(piece, piece)
    in_turn = np.argsort(rank, kind="stable")
    turns = np.searchsorted(rank[in_turn], np.arange(int(rank.max(initial=-1)) + 2))
    for first, last in pairwise(turns):
        now = in_turn[first:last]
        which, p = piece[now], chance[now][:, None]
        old = spread[which]
        new = old * (1 - p)
        new[:, 1:] += old[:, :-1] * p
        new[:, 3:] += old[:, 3:] * p
        spread[which] = new
    return spread


def _tally(seen: pd.DataFrame, row: Integers, piece: Integers, share: Floats) -> Tally:
    lit = _tally_chance(piece, seen["probability"].to_numpy()[row], len(share))
    if "dark_probability" not in seen:
        return lit
    dark = _tally_chance(piece, seen["dark_probability"].to_numpy()[row], len(share))
    return mix_light(lit, dark, share)


def _tally_chance(piece: Integers, chance: Floats, pieces: int) -> Tally:
    return Tally(
        np.bincount(piece[chance >= SURE], minlength=pieces).astype(float),
        times_seen(piece, chance, pieces),
        np.bincount(piece[chance > 0], minlength=pieces).astype(float),
    )


def _metres(count: NDArray[Any], length: Floats) -> NDArray[Any]:
    return np.bincount(np.minimum(count, 3).astype(int), weights=length, minlength=4)


def _count_classes(stretches: pd.DataFrame, lit_share: Floats, classes: int) -> NDArray[Any]:
    """Return the metres seen with at least each quality, by state, class and level."""
    way, quality = stretches["way"].to_numpy(dtype=np.int64), stretches["quality"].to_numpy(dtype=np.int64)
    group = stretches["state"].to_numpy(dtype=np.int64) * classes + quality
    line = group * len(lit_share) + way
    start, stop = stretches["from_m"].to_numpy(), stretches["to_m"].to_numpy()
    line_of, from_m, to_m = cut_everywhere(line, start, stop)
    row, piece = pieces_covered(line_of, from_m, to_m, line, start, stop)
    tally = _once_or_not(piece, stretches["probability"].to_numpy()[row], len(line_of))
    if "dark_probability" in stretches:
        dark = _once_or_not(piece, stretches["dark_probability"].to_numpy()[row], len(line_of))
        tally = mix_light(tally, dark, lit_share[line_of % len(lit_share)])
    length, group = to_m - from_m, line_of // len(lit_share)
    levels = (tally.low > 0, 1 - tally.spread[:, 0], tally.high > 0)
    sums = [np.bincount(group, weights=length * v, minlength=len(STATES) * classes) for v in levels]
    return np.column_stack(sums).ravel()


def _once_or_not(piece: Integers, chance: Floats, pieces: int) -> Tally:
    """Return a tally that tells only whether a place is seen at all."""
    sure = np.bincount(piece[chance >= SURE], minlength=pieces).astype(float)
    high = np.bincount(piece[chance > 0], minlength=pieces).astype(float)
    missed = np.bincount(piece, weights=np.log1p(-np.minimum(chance, 1 - 1e-15)), minlength=pieces)
    return Tally(sure, np.where(sure > 0, 0.0, np.exp(missed))[:, None], high)
