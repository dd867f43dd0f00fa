"""Two coverages of one city compared, piece by piece, with a sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .errors import InvalidInputError
from .intervals import cut_everywhere, merge_touching
from .results import LEVELS, Coverage, ResultBrokenError
from .risk import StreetRisk
from .schema import STATES

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

COUNTS: Final = tuple(f"{state}_{level}" for state in STATES for level in LEVELS)
SPOT_CHANGES: Final = ("gone", "smaller", "moved", "larger", "new")
"""What became of a blind spot, or of several that one of the other coverage joins."""
_SPOT_SLACK_M: Final = 1e-5


@dataclass(frozen=True)
class Difference:
    """After less before: what is seen more is above 0, what is seen less below.

    Attributes
    ----------
    segments : DataFrame
        The pieces of street where anything changes, cut wherever an answer of either coverage does, by way
        and place: `way`, `from_m`, `to_m`, `length_m`, `risk`, and the change of every figure of
        `Coverage.pieces`: of counts of cameras (`<state>_low`, `_high`) and probabilities (`_mid`).
    metres : DataFrame
        By `state` and `level`: `before_m`, `after_m` (seen at all), `gained_m`, `lost_m`, `change_m` (gained
        less lost) and `risk_gained`, `risk_lost`, `risk_change` (weighted incidents on them).
    by_class : DataFrame
        Of live cameras by `level` and `highway`, where anything changes: `gained_m`, `lost_m`, `change_m`.
    spots : DataFrame
        Blind spots that changed, the most risk first: `change` (one of SPOT_CHANGES), `way`, `name`, `near`,
        `highway`, `from_m`, `to_m` (of before and after together), `before_m`, `after_m`, `risk_before`,
        `risk_after`. Spots that overlap are one row.
    blind_m : tuple of float
        Metres that no live camera could see, before and after.
    """

    segments: pd.DataFrame
    metres: pd.DataFrame
    by_class: pd.DataFrame
    spots: pd.DataFrame
    blind_m: tuple[float, float]

    def __post_init__(self) -> None:
        told = self.metres["after_m"] - self.metres["before_m"]
        if not np.allclose(told, self.metres["change_m"], rtol=1e-9, atol=1e-3):
            raise ResultBrokenError("result_broken", check="difference_does_not_add_up")

    def draw_segments(self, risk: StreetRisk, *, rows: NDArray[np.bool_] | None = None) -> gpd.GeoDataFrame:
        """Return segments (all, or those of a mask) as metric lines, with their `name` and `highway`."""
        mine = self.segments if rows is None else self.segments[rows]
        return _drawn(mine.reset_index(drop=True), risk)

    def draw_spots(self, risk: StreetRisk) -> gpd.GeoDataFrame:
        """Return the blind spots that changed as metric lines."""
        return _drawn(self.spots, risk)


def compare_coverage(before: Coverage, after: Coverage, risk: StreetRisk) -> Difference:
    """Say what changed from one coverage to another of the same streets.

    Parameters
    ----------
    before, after : Coverage
        Measured on the same ways, with the same ladder, class and conditions.
    risk : StreetRisk
        On the same ways.

    Returns
    -------
    Difference
        Exactly the opposite of what it is with the two exchanged.

    Raises
    ------
    InvalidInputError
        Code `not_comparable`.
    """
    asked = [
        (one.ladder, one.seen_at, one.conditions, len(one.ways), one.network_m) for one in (before, after)
    ]
    if asked[0] != asked[1]:
        raise InvalidInputError("not_comparable")
    touched = _ways_that_differ(before.pieces, after.pieces)
    old, new = _of_ways(before.pieces, touched), _of_ways(after.pieces, touched)
    way, from_m, to_m = cut_everywhere(
        *(np.concatenate([old[name], new[name]]) for name in ("way", "from_m", "to_m"))
    )
    was, now = _values_at(old, way, from_m, to_m), _values_at(new, way, from_m, to_m)
    length, weight = to_m - from_m, risk.demand(touched[way], from_m, to_m)
    segments = pd.DataFrame(
        {
            "way": touched[way],
            "from_m": from_m,
            "to_m": to_m,
            "length_m": length,
            "risk": weight,
            **{name: now[name] - was[name] for name in COUNTS},
        }
    )
    shares = {name: _share(name, now[name]) - _share(name, was[name]) for name in COUNTS}
    highway = before.ways["highway"].to_numpy(dtype=object)[touched[way]]
    differs = np.any([segments[name].to_numpy() != 0 for name in COUNTS], axis=0)
    return Difference(
        segments[differs].reset_index(drop=True),
        _metres(before, after, shares, length, weight),
        _by_class(shares, length, highway),
        _spots(before, risk, touched, way, from_m, to_m, was["live_high"] == 0, now["live_high"] == 0),
        (_blind_m(before), _blind_m(after)),
    )


def _ways_that_differ(one: pd.DataFrame, other: pd.DataFrame) -> Integers:
    """Return the ways whose pieces are not the same in both, sorted."""
    ways = int(one["way"].max()) + 1
    counts = [np.bincount(pieces["way"], minlength=ways) for pieces in (one, other)]
    alike = counts[0] == counts[1]
    rows = [alike[pieces["way"].to_numpy()] for pieces in (one, other)]
    differs = ~alike
    way = one["way"].to_numpy()[rows[0]]
    for name in ("from_m", "to_m", *COUNTS):
        differs[way[one[name].to_numpy()[rows[0]] != other[name].to_numpy()[rows[1]]]] = True
    return np.flatnonzero(differs)


def _of_ways(pieces: pd.DataFrame, ways: Integers) -> dict[str, NDArray[Any]]:
    """Return the pieces of some ways as columns, the ways numbered from 0."""
    number = pieces["way"].to_numpy()
    mine = pieces[np.isin(number, ways)]
    told = {name: mine[name].to_numpy(dtype=np.float64) for name in ("from_m", "to_m", *COUNTS)}
    return told | {"way": np.searchsorted(ways, mine["way"].to_numpy())}


def _values_at(
    pieces: dict[str, NDArray[Any]], way: Integers, from_m: Floats, to_m: Floats
) -> dict[str, Floats]:
    """Return what pieces say of parts of them."""
    if not len(way):
        return {name: np.empty(0) for name in COUNTS}
    # no part is longer than the axis has room for: every way begins a way's length after the one before
    room = float(pieces["to_m"].max()) + 1.0
    start = pieces["way"] * room + pieces["from_m"]
    row = np.searchsorted(start, way * room + 0.5 * (from_m + to_m), side="right") - 1
    return {name: pieces[name][row] for name in COUNTS}


def _share(name: str, values: Floats) -> Floats:
    """Return how much of a piece counts as seen."""
    return values if name.endswith("_mid") else (values > 0).astype(np.float64)


def _metres(
    before: Coverage, after: Coverage, shares: dict[str, Floats], length: Floats, weight: Floats
) -> pd.DataFrame:
    was, now, rows = before.seen_m, after.seen_m, []
    for state in STATES:
        for level in LEVELS:
            share = shares[f"{state}_{level}"]
            row: dict[str, Any] = {"state": state, "level": level}
            row |= {"before_m": was[state][level], "after_m": now[state][level]}
            rows.append(row | _gains(share, length, "_m") | _gains(share, weight, "", "risk_"))
    return pd.DataFrame(rows)


def _gains(share: Floats, value: Floats, unit: str, what: str = "") -> dict[str, float]:
    # each sum over the same pieces in the same order, so that exchanging both changes the sign and no digit
    gained = float(np.sum(np.maximum(share, 0.0) * value))
    lost = float(np.sum(np.maximum(-share, 0.0) * value))
    return {f"{what}gained{unit}": gained, f"{what}lost{unit}": lost, f"{what}change{unit}": gained - lost}


def _by_class(shares: dict[str, Floats], length: Floats, highway: NDArray[np.object_]) -> pd.DataFrame:
    rows = []
    for level in LEVELS:
        share = shares[f"live_{level}"]
        for name in sorted(set(highway[share != 0])):
            here = highway == name
            rows.append({"level": level, "highway": name, **_gains(share[here], length[here], "_m")})
    return pd.DataFrame(rows, columns=["level", "highway", "gained_m", "lost_m", "change_m"])


def _spots(
    before: Coverage,
    risk: StreetRisk,
    touched: Integers,
    way: Integers,
    from_m: Floats,
    to_m: Floats,
    was: NDArray[np.bool_],
    now: NDArray[np.bool_],
) -> pd.DataFrame:
    """Join the places blind before or after into spots, and keep those that are not the same in both."""
    either, differs = was | now, was != now
    line, start, stop = merge_touching(way[either], from_m[either], to_m[either], slack=_SPOT_SLACK_M)
    room = float(to_m.max(initial=0.0)) + 1.0
    spot = np.searchsorted(line * room + start, way * room + 0.5 * (from_m + to_m), side="right") - 1
    length, weight = to_m - from_m, risk.demand(touched[way], from_m, to_m)
    sums = {
        name: np.asarray(
            np.bincount(spot[blind], weights=value[blind], minlength=len(line)), dtype=np.float64
        )
        for name, blind, value in (
            ("before_m", was, length),
            ("after_m", now, length),
            ("risk_before", was, weight),
            ("risk_after", now, weight),
        )
    }
    kept = np.flatnonzero(np.bincount(spot[differs], minlength=len(line)) > 0)
    sums = {name: value[kept] for name, value in sums.items()}
    rows, start, stop = touched[line[kept]], start[kept], stop[kept]
    ways = risk.ways
    table = pd.DataFrame(
        {
            "change": pd.Series(_words(sums["before_m"], sums["after_m"]), dtype=object),
            "way": rows,
            "name": ways.frame["name"].to_numpy(dtype=object)[rows],
            "near": ways.names_near(ways.points(rows, 0.5 * (start + stop))) if len(rows) else [],
            "highway": before.ways["highway"].to_numpy(dtype=object)[rows],
            "from_m": start,
            "to_m": stop,
            **sums,
        }
    )
    risky = np.abs(table["risk_after"] - table["risk_before"])
    metres = np.abs(table["after_m"] - table["before_m"])
    order = np.lexsort((table["from_m"], table["way"], -np.round(metres, 6), -np.round(risky, 9)))
    return table.iloc[order].reset_index(drop=True)


def _words(before_m: Floats, after_m: Floats) -> NDArray[np.object_]:
    told = np.select(
        [before_m == 0, after_m == 0, after_m > before_m + _SPOT_SLACK_M, after_m < before_m - _SPOT_SLACK_M],
        ["new", "gone", "larger", "smaller"],
        default="moved",
    )
    return told.astype(object)


def _blind_m(coverage: Coverage) -> float:
    pieces = coverage.pieces
    return float(pieces["length_m"].to_numpy()[pieces["live_high"].to_numpy() == 0].sum())


def _drawn(table: pd.DataFrame, risk: StreetRisk) -> gpd.GeoDataFrame:
    ways, crs = risk.ways, risk.ways.frame.crs
    way = table["way"].to_numpy(dtype=np.int64)
    named = table.assign(
        **{name: ways.frame[name].to_numpy(dtype=object)[way] for name in ("name", "highway")}
    )
    return gpd.GeoDataFrame(named, geometry=list(ways.lines(way, table["from_m"], table["to_m"])), crs=crs)
