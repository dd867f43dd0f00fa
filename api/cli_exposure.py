"""The commands about what a patrol was worth: plans replayed, and planned beside driven."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ..coverage.conditions import HEAD_M
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

LAST = "last"


def exposure(
    context: typer.Context,
    months: Annotated[int, typer.Option(min=1, max=120, help="Last months of incidents held back.")] = 12,
    replications: Annotated[
        int, typer.Option(min=200, max=10_000, help="How often incidents are drawn and replayed.")
    ] = 400,
    timetables: Annotated[int, typer.Option(min=1, max=50, help="Days planned by seed, for each plan.")] = 5,
    promise: Annotated[
        float,
        typer.Option(min=0.1, max=120, help="Minutes in which a unit is to be there."),
    ] = 5,
    dwell: Annotated[float, typer.Option(min=10, max=16, help="Minutes a unit stays at a stop.")] = 12,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same answer.")] = 0,
    page: Annotated[Path | None, typer.Option(help="Write the comparison as a page to this file.")] = None,
    ladder: LadderOption = "2014",
    seen_at: SeenOption = None,
    light: LightOption = "day",
    obstacles: ObstaclesOption = "buildings",
    target: TargetOption = HEAD_M,
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Replay incidents of held-back months against the plan, other plans and none: exposure, never crime."""
    # the analysis takes seconds to import: help and faults in options should not wait for it
    from ..data.store import Store
    from ..data.times import time_zone
    from ..maps.exposure_page import exposure_page
    from .answers import describe_run
    from .drawing import synthetic_parts
    from .exposing import run_exposure
    from .printing import print_conditions, print_synthetic
    from .printing_exposure import print_exposure

    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store)
    city = Store(settings.store)
    inputs: dict[str, Any] = {"ladder": ladder, "seen_at": seen_at, "light": light, "obstacles": obstacles}
    with shell.progress() as progress:
        run, found = run_exposure(
            city, **inputs, target_m=target, dwell_minutes=dwell, months=months, timetables=timetables,
            replications=replications, promise_minutes=promise, seed=seed,
            zone=settings.time_zone, progress=progress,
        )  # fmt: skip
    synthetic = synthetic_parts(city)
    if page is not None:
        text = exposure_page(
            found,
            city=city.city().name,
            lang=shell.lang,
            run_id=run.run_id,
            made_at=run.created_at.astimezone(time_zone(settings.time_zone)),
            synthetic=synthetic,
        )
        page.write_text(text, encoding="utf-8")
    if as_json:
        shell.answer(describe_run(city, run.run_id))
        return
    print_synthetic(shell, synthetic)
    print_conditions(shell, run.parameters)
    print_exposure(shell, found)
    shell.say("cli.run", run_id=run.run_id)


def driven(
    context: typer.Context,
    plan: Annotated[str, typer.Argument(help="Run of a patrol plan, or `last`.")],
    track: Annotated[Path, typer.Argument(help="GPX, or CSV with time, longitude, latitude, unit.")],
    unit: Annotated[
        str | None, typer.Option(help="Whose track it is; else the unit that the file names.")
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Compare what a unit drove with its plan: minutes at each stop, and the streets it took."""
    from ..coverage.errors import TooLargeError
    from ..data.store import Store
    from ..data.tracks import MAX_BYTES
    from .exposing import compare_driven
    from .files import require_file
    from .printing_exposure import print_driven

    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store)
    require_file(track)
    if track.stat().st_size > MAX_BYTES:
        raise TooLargeError("file_too_large", megabytes=MAX_BYTES // 1_000_000)
    answer = compare_driven(
        Store(settings.store),
        track.read_bytes(),
        zone=settings.time_zone,
        unit=unit,
        run_id=None if plan == LAST else plan,
    )
    shell.answer(answer)
    if not as_json:
        print_driven(shell, answer)


def moving(
    context: typer.Context,
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Say how long dashcams and badges see each street if the last plan is driven."""
    from ..data.store import Store
    from .moving import measure_moving
    from .printing_exposure import print_moving

    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store)
    answer = measure_moving(Store(settings.store))
    shell.answer(answer)
    if not as_json:
        print_moving(shell, answer)
