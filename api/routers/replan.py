"""A plan of routes made anew when something happens in the shift."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import AwareDatetime, Field

from ...maps.patrol_words import say_statements
from ..dependencies import LanguageOf, ServicesOf
from ..replanning import list_changes, run_replan
from ..schemas import Duty, Edge, Strict
from ..strict_json import StrictRoute

router = APIRouter(tags=["routes"], route_class=StrictRoute)


class ReplanOrder(Strict):
    """What happened, and when."""

    now: Annotated[AwareDatetime, Field(strict=False, description="The moment, with its time zone.")]
    lost: list[str] = Field(default_factory=list, max_length=200, description="Units that drive no farther.")
    closed: list[Edge] = Field(
        default_factory=list, max_length=10_000, description="Closed streets: [u, v, key]."
    )
    duties: list[Duty] = Field(default_factory=list, max_length=200, description="New incidents and events.")
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


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
