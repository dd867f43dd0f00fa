"""Balance after reward: visits move from the unit that works longest to the one that works least."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from .shift_search import Routes, score_visits
from .timetable import Shift, time_routes

MOST_UNEVEN: Final = 1.15
"""The longest duty over the shortest."""
MOST_MOVES: Final = 60


def balance_routes(routes: Routes, visits: pd.DataFrame, shift: Shift, *, most_loss: float) -> Routes:
    """Move visits until the longest duty is at most MOST_UNEVEN times the shortest, or no move helps.

    Parameters
    ----------
    routes : list of list of int
    visits : DataFrame
    shift : Shift
    most_loss : float
        Share of the score that may be lost in all.

    Notes
    -----
    A duty is the time driven, waited and stood, breaks left out. Units with shifts of other lengths are
    compared by the share of their shift that they work.
    """
    if len(routes) < 2:
        return routes
    routes = [list(route) for route in routes]
    worked = np.array([_duty(routes[unit], unit, visits, shift) for unit in range(len(routes))])
    spans = (shift.ends - shift.begins) / (shift.ends - shift.begins).max()
    floor = score_visits(time_routes(routes, visits, shift), shift) * (1 - most_loss)
    for _ in range(MOST_MOVES):
        order = np.argsort(worked / spans, kind="stable")
        if (worked / spans)[order[-1]] <= MOST_UNEVEN * (worked / spans)[order[0]]:
            break
        moved = _move_one(routes, worked, spans, order, visits, shift, floor)
        if not moved:
            break
    return routes


def _move_one(routes, worked, spans, order, visits, shift, floor) -> bool:
    """Take the move from the longest to the shortest duty after which the longer of the two is least."""
    giver, taker = int(order[-1]), int(order[0])
    only, what, place = (visits[name].to_numpy() for name in ("only", "what", "place"))
    found = []
    for at, visit in enumerate(routes[giver]):
        if only[visit] >= 0 or what[visit] == "break" or not shift.may[taker, place[visit]]:
            continue
        less = routes[giver][:at] + routes[giver][at + 1 :]
        given = _duty(less, giver, visits, shift)
        if not np.isfinite(given):
            continue
        for spot in range(len(routes[taker]) + 1):
            more = [*routes[taker][:spot], visit, *routes[taker][spot:]]
            taken = _duty(more, taker, visits, shift)
            longest = max(given / spans[giver], taken / spans[taker])
            if longest < worked[giver] / spans[giver] - 1.0:
                found.append((longest, less, more, given, taken))
    for _, less, more, given, taken in sorted(found, key=lambda move: move[0])[:10]:
        trial = list(routes)
        trial[giver], trial[taker] = less, more
        if score_visits(time_routes(trial, visits, shift), shift) >= floor:
            routes[giver], routes[taker] = less, more
            worked[giver], worked[taker] = given, taken
            return True
    return False


def _duty(route: list[int], unit: int, visits: pd.DataFrame, shift: Shift) -> float:
    """Return the seconds a unit works on a route, infinite where the route cannot be held."""
    seconds = shift.times[shift.profile[unit]]
    opens, closes, service, place, what = (
        visits[name].to_numpy() for name in ("opens", "closes", "service", "place", "what")
    )
    at, now, rest = int(shift.start[unit]), float(shift.begins[unit]), 0.0
    for visit in route:
        target = int(place[visit])
        if target == at and what[visit] == "stop":
            return np.inf
        now = max(now + float(seconds[at, target]), float(opens[visit]))
        if now > closes[visit] + 1e-6:
            return np.inf
        now += float(service[visit])
        rest += float(service[visit]) if what[visit] == "break" else 0.0
        at = target
    now += float(seconds[at, shift.home[unit]])
    return now - float(shift.begins[unit]) - rest if now <= shift.ends[unit] + 1e-6 else np.inf
