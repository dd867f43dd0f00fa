"""Times of a plan as people read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo
from typing import Any

from ..coverage.results import PatrolPlan


def in_zone(plan: PatrolPlan, zone: tzinfo | None) -> PatrolPlan:
    """Return the plan with its times in a time zone; the store keeps them in UTC."""

    def moved(frame: Any) -> Any:
        times = frame.select_dtypes("datetimetz").columns
        return frame.assign(**{name: frame[name].dt.tz_convert(zone) for name in times})

    return replace(plan, units=moved(plan.units), visits=moved(plan.visits), legs=moved(plan.legs))
