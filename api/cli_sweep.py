"""`kuzet sweep`: every blind street driven once, and the table of who drives which."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import Annotated, Any

import typer

from ..coverage.conditions import HEAD_M
from ..maps.text import say_metres, say_minutes, say_number, say_share, say_time
from ..maps.words import street_name, word
from .cli_options import (
    JsonOption,
    LadderOption,
    LangOption,
    LightOption,
    ObstaclesOption,
    SeenOption,
    StoreOption,
    TargetOption,
    open_shell,
)
from .console import Shell


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
    # the analysis takes seconds to import: help and faults in options should not wait for it
    from ..data.store import Store
    from ..data.times import time_zone
    from .answers import describe_run
    from .drawing import synthetic_parts
    from .figures import figures_of
    from .printing import print_conditions, print_synthetic
    from .sweeping import run_sweep
    from .workflows import check_inputs

    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store)
    city = Store(settings.store)
    inputs: dict[str, Any] = {
        "ladder": ladder, "seen_at": seen_at, "light": light, "obstacles": obstacles, "target_m": target,
        "least_m": least, "rounds": rounds, "seed": seed,
    }  # fmt: skip
    check_inputs(city, "sweep", inputs)
    with shell.progress() as progress:
        run, plan = run_sweep(city, **inputs, progress=progress)
    if as_json:
        shell.answer(describe_run(city, run.run_id))
        return
    print_synthetic(shell, synthetic_parts(city))
    print_conditions(shell, run.parameters)
    print_sweep(shell, figures_of(plan), zone=time_zone(settings.time_zone))
    shell.say("cli.run", run_id=run.run_id)


def print_sweep(shell: Shell, figures: dict[str, Any], *, zone: tzinfo) -> None:
    """Print the streets of each unit in order, and how good the plan is."""
    lang = shell.lang
    for unit in figures["units"]:
        shell.heading(
            "cli.sweep.unit",
            unit=unit["id"],
            kind=word("unit_kinds", unit["kind"], lang),
            streets=unit["streets"],
            drive=say_metres(unit["drive_m"], lang),
            minutes=say_minutes(unit["drive_s"], lang),
            back=_clock(unit["back_at"], zone, lang),
        )
        if not unit["in_shift"]:
            shell.say("cli.sweep.late")
        if not unit["streets"]:
            continue
        shell.table(
            ["cli.col.order", "cli.col.arrive", "cli.col.street", "cli.col.length", "cli.col.way"],
            [
                [
                    str(leg["order"]),
                    _clock(leg["arrive"], zone, lang),
                    street_name(leg["name"], lang, near=leg["near"]),
                    say_metres(leg["street_m"], lang),
                    say_metres(leg["drive_m"], lang),
                ]
                for leg in unit["streets_in_order"]
                if leg["what"] == "street"
            ],
            numbers=(0, 1, 3, 4),
        )
    shell.say(
        "cli.sweep.total",
        streets=figures["streets"],
        blind=say_metres(figures["blind_m"], lang),
        left=say_metres(figures["left_out_m"], lang),
        longest=say_number(figures["longest_s"] / 60, lang, digits=1),
        bound=say_number(figures["bound_s"] / 60, lang, digits=1),
        gap=say_share(figures["gap"], lang),
    )


def _clock(moment: str, zone: tzinfo, lang: str) -> str:
    return say_time(datetime.fromisoformat(moment).astimezone(zone), lang)
