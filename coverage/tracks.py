"""Where units are at every second of a shift, and when one of them is near a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from .errors import InvalidInputError
from .intervals import inside_disc, merge_touching
from .results import PatrolPlan

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Tracks:
    """The ways of all units of a shift: straight and even from one knot to the next.

    Attributes
    ----------
    units : tuple of str
        Their ids.
    kinds : tuple of str
        `car` or `foot`, of each.
    base : Timestamp
        Second 0 (aware).
    first : ndarray of int (k + 1,)
        Knots of unit i are `first[i]:first[i + 1]`; each unit has at least two.
    seconds : ndarray (n,)
        Time of each knot; never falls within a unit. A unit is on its shift from its first knot to its last.
    xy : ndarray (n, 2)
        Metres.
    out : ndarray of bool (n,)
        Whether the unit is out in the streets from this knot to the next; in its station it watches nothing.
    """

    units: tuple[str, ...]
    kinds: tuple[str, ...]
    base: pd.Timestamp
    first: Integers = field(repr=False)
    seconds: Floats = field(repr=False)
    xy: Floats = field(repr=False)
    out: NDArray[np.bool_] = field(repr=False)

    def at(self, seconds: ArrayLike) -> Floats:
        """Return the places (units, n, 2) at some seconds after the base; NaN outside a unit's shift."""
        wanted = np.atleast_1d(np.asarray(seconds, dtype=np.float64))
        count = len(self.units)
        begins, ends = self.seconds[self.first[:-1]], self.seconds[self.first[1:] - 1]
        # the units on one axis, one behind the other
        room = np.concatenate([[0.0], np.cumsum(ends - begins + 1.0)])[:-1] - begins
        axis = self.seconds + np.repeat(room, np.diff(self.first))
        asked = np.clip(wanted, begins[:, None], ends[:, None]) + room[:, None]
        places = np.stack([np.interp(asked, axis, self.xy[:, side]) for side in (0, 1)], axis=-1)
        there = (wanted >= begins[:, None]) & (wanted <= ends[:, None])
        return np.where(there[..., None], places, np.nan).reshape(count, len(wanted), 2)


def follow_plan(plan: PatrolPlan) -> Tracks:
    """Return where the units of a plan are at every second.

    Parameters
    ----------
    plan : PatrolPlan

    Returns
    -------
    Tracks
        On each drive the pace is even, as in the GPX file the unit gets; between two drives it stands where
        the first one ended; after the last one it is in its station until the end of its shift.
    """
    base = plan.units["shift_start"].min()
    parts: list[list[tuple[Floats, Floats, bool]]] = []
    for unit in plan.units.to_dict("records"):
        legs = plan.legs[plan.legs["unit"] == unit["id"]].sort_values("order")
        mine = []
        for line, depart, arrive in zip(
            legs.geometry, _after(base, legs["depart"]), _after(base, legs["arrive"]), strict=True
        ):
            mine.append((*pace_drive(shapely.get_coordinates(line), depart, arrive), True))
        begin, end = _after(base, pd.Series([unit["shift_start"], unit["shift_end"]]))
        home = mine[0][1][:1], mine[-1][1][-1:]
        mine.insert(0, (np.array([begin]), home[0], False))
        back = mine[-1][0][-1]
        mine.append((np.array([back, max(end, back)]), np.repeat(home[1], 2, axis=0), False))
        parts.append(mine)
    return join_tracks(plan.units["id"].to_list(), plan.units["kind"].to_list(), base, parts)


def join_tracks(
    units: Sequence[str],
    kinds: Sequence[str],
    base: pd.Timestamp,
    parts: Sequence[Sequence[tuple[Floats, Floats, bool]]],
) -> Tracks:
    """Return the tracks of units from their parts in order.

    Parameters
    ----------
    units, kinds : sequence of str
    base : Timestamp
    parts : sequence
        For each unit its parts: seconds (m,), places (m, 2), and whether the unit is out in the streets then
        and until the next part.

    Raises
    ------
    InvalidInputError
        `track_goes_back` when the time of a unit falls.
    """
    counts = [sum(len(seconds) for seconds, _, _ in mine) for mine in parts]
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    flat = [part for mine in parts for part in mine]
    seconds = np.concatenate([part[0] for part in flat]) if flat else np.empty(0)
    xy = np.concatenate([part[1] for part in flat]) if flat else np.empty((0, 2))
    out = np.concatenate([np.full(len(part[0]), part[2]) for part in flat]) if flat else np.empty(0, bool)
    same = np.ones(max(len(seconds) - 1, 0), dtype=bool)
    same[first[1:-1] - 1] = False
    if (np.diff(seconds)[same] < -1.5).any():
        raise InvalidInputError("track_goes_back")
    for low, high in pairwise(first.tolist()):
        # plans are told in whole seconds: what rounding turned round stands still
        seconds[low:high] = np.maximum.accumulate(seconds[low:high])
    return Tracks(tuple(map(str, units)), tuple(kinds), base, first, seconds, xy, out)


def near_spells(tracks: Tracks, places: Floats, *, within_m: float) -> pd.DataFrame:
    """Find when any unit that is out is within a distance of each place: exact to the motion of the tracks.

    Parameters
    ----------
    tracks : Tracks
    places : ndarray (m, 2)
        Metres.
    within_m : float
        Straight distance.

    Returns
    -------
    DataFrame
        `place` (row), `begin`, `end` (seconds after the base): sorted, disjoint for each place.
    """
    start = np.setdiff1d(np.flatnonzero(tracks.out), tracks.first[1:] - 1)
    start = start[tracks.seconds[start + 1] > tracks.seconds[start]]
    begin, end = tracks.seconds[start], tracks.seconds[start + 1]
    from_xy, to_xy = tracks.xy[start], tracks.xy[start + 1]
    if not len(start) or not len(places):
        return pd.DataFrame({"place": np.empty(0, np.int64), "begin": np.empty(0), "end": np.empty(0)})
    still = np.hypot(*(to_xy - from_xy).T) < 1e-9
    shapes = np.asarray(shapely.points(from_xy), dtype=object)
    if not still.all():
        shapes[~still] = shapely.linestrings(np.stack([from_xy, to_xy], axis=1)[~still])
    pairs = shapely.STRtree(np.asarray(shapely.points(places))).query(
        shapes, predicate="dwithin", distance=within_m
    )
    step, place = np.asarray(pairs, dtype=np.int64)
    ends = np.hstack([from_xy[step] - places[place], to_xy[step] - places[place]])
    low, high = inside_disc(ends, np.full(len(step), within_m))
    low, high = np.where(still[step], 0.0, low), np.where(still[step], 1.0, high)
    span = end[step] - begin[step]
    come, go, hit = begin[step] + low * span, begin[step] + high * span, high > low
    where, since, until = merge_touching(place[hit], come[hit], go[hit])
    return pd.DataFrame({"place": where, "begin": since, "end": until})


def pace_drive(xy: Floats, depart: float, arrive: float) -> tuple[Floats, Floats]:
    """Return the times of the vertices of a drive at an even pace."""
    gone = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    share = gone / gone[-1] if gone[-1] > 0 else np.linspace(0.0, 1.0, len(gone))
    return depart + share * (arrive - depart), xy


def _after(base: pd.Timestamp, moments: pd.Series) -> Floats:
    return (moments - base).dt.total_seconds().to_numpy(dtype=np.float64)
