"""A shift as the page plays it: each unit's legs with their times, for the slider over the map."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from ..coverage.projection import to_wgs84
from ..coverage.results import PatrolPlan
from .frames import pick, records
from .style import route_style, text_on
from .text import Speaker

_DECIMALS = 5
_SHAPE_M = 1.5


def played_shift(plan: PatrolPlan, context: Speaker) -> dict[str, Any]:
    """Return what `static/shift.js` reads.

    Parameters
    ----------
    plan : PatrolPlan
        Its times in the zone that the page shows.
    context : Speaker

    Returns
    -------
    dict
        `from`, `to` (seconds since 1970), `offset` (of the clock from UTC, seconds), `texts`, and `units`:
        `name`, `short` (what its mark says), `color`, `ink`, `legs` ([from, to, [[longitude, latitude]]]).
    """
    begins, ends = plan.units["shift_start"].min(), plan.units["shift_end"].max()
    names = [str(name) for name in plan.units["id"]]
    return {
        "from": int(begins.timestamp()),
        "to": int(ends.timestamp()),
        "offset": int(begins.utcoffset().total_seconds()),
        "texts": {name: context.say(f"shift.{name}") for name in ("play", "pause", "time", "speed")},
        "units": [
            {
                "name": name,
                "short": short,
                "color": route_style(place).color,
                "ink": text_on(route_style(place).color),
                "legs": _legs(plan, name),
            }
            for place, (name, short) in enumerate(zip(names, _short_names(names), strict=True))
        ],
    }


def _legs(plan: PatrolPlan, unit: str) -> list[list[Any]]:
    mine = pick(plan.legs, np.asarray(plan.legs["unit"].astype(str) == unit))
    drawn = to_wgs84(mine.assign(geometry=mine.geometry.simplify(_SHAPE_M))).geometry
    rows = sorted(zip(records(mine), drawn, strict=True), key=lambda pair: pair[0]["order"])
    return [
        [
            int(leg["depart"].timestamp()),
            int(leg["arrive"].timestamp()),
            np.round(shapely.get_coordinates(line), _DECIMALS).tolist(),
        ]
        for leg, line in rows
        if not line.is_empty
    ]


def _short_names(names: list[str]) -> list[str]:
    """Return what tells units apart: their names without what all of them begin with, four signs at most."""
    common = 0
    if len(names) > 1:
        shortest = min(len(name) for name in names)
        while common < shortest - 1 and len({name[: common + 1] for name in names}) == 1:
            common += 1
    return [name[common:].strip(" -_")[-4:] or name[-4:] for name in names]
