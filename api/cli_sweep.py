"""`kuzet sweep`: every blind street driven once."""

from __future__ import annotations

from typing import Annotated

import typer

from ..coverage.conditions import HEAD_M
from .cli_compute import compute
from .cli_options import (
    JsonOption,
    LadderOption,
    LangOption,
    LightOption,
    ObstaclesOption,
    SeenOption,
    StoreOption,
    TargetOption,
)


def sweep(
    context: typer.Context,
    least: Annotated[
        float, typer.Option(min=1, max=1000, help="Streets with fewer blind metres are left out.")
    ] = 10,
    rounds: Annotated[
        int, typer.Option(min=1, max=20_000, help="How long a better plan is looked for.")
    ] = 300,
    seed: Annotated[int, typer.Option(min=0, help="The same seed draws the same plan.")] = 0,
    ladder: LadderOption = "2014",
    seen_at: SeenOption = None,
    light: LightOption = "day",
    obstacles: ObstaclesOption = "buildings",
    target: TargetOption = HEAD_M,
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Share out the blind streets among the units: each driven once, the last unit home soon."""
    compute(
        context,
        "sweep",
        store,
        as_json,
        lang,
        ladder=ladder,
        seen_at=seen_at,
        light=light,
        obstacles=obstacles,
        target_m=target,
        least_m=least,
        rounds=rounds,
        seed=seed,
    )
