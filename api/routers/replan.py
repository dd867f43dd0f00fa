"""A plan of routes made anew when something happens in the shift."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body

from ...maps.patrol_words import say_statements
from ..dependencies import LanguageOf, ServicesOf
from ..replanning import list_changes, run_replan
from ..schemas import ReplanOrder
from ..strict_json import StrictRoute

router = APIRouter(tags=["routes"], route_class=StrictRoute)


@router.post("/patrol/replan", summary="Plan the rest of the shift anew")
def replan(
    order: Annotated[
        ReplanOrder,
        Body(
            openapi_examples={
                "a unit is lost": {
                    "summary": "A unit drives no farther",
                    "value": {"now": "2026-01-16T20:00:00+05:00", "lost": ["synthetic-unit-1"]},
                }
            }
        ),
    ],
    services: ServicesOf,
    lang: LanguageOf,
) -> dict[str, Any]:
    """Keep what was begun, plan the rest of the last plan anew, and list what is different."""
    run, answer = run_replan(services.store, **order.model_dump())
    return {
        "run_id": run.run_id,
        **list_changes(answer),
        "units": run.summary["units"],
        "left_out": answer.plan.left_out,
        "sentences": say_statements(answer.plan.statements, lang),
    }
