"""The commands that answer at once: which cameras saw this, and what goes blind if something fails."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, cast

import typer

from ..coverage.conditions import Obstacles
from .cli_options import (
    JsonOption,
    LadderOption,
    LangOption,
    ObstaclesOption,
    SeenOption,
    StoreOption,
    open_shell,
)


def witnesses(
    context: typer.Context,
    lon: Annotated[float, typer.Argument(min=-180, max=180, help="Longitude, degrees.")],
    lat: Annotated[float, typer.Argument(min=-90, max=90, help="Latitude, degrees.")],
    time: Annotated[
        str | None,
        typer.Option(
            "--time",
            help="When it happened: 2026-11-24T18:30, in the time zone of the settings unless it names one; "
            "else now.",
        ),
    ] = None,
    ladder: LadderOption = "2014",
    obstacles: ObstaclesOption = "buildings",
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Say which cameras saw a place, with how many pixels, and until when their footage is kept."""
    # the analysis takes seconds to import: help and faults in options should not wait for it
    from ..data.store import Store
    from ..data.times import time_zone
    from .printing_questions import print_witnesses
    from .questions import ask_place, describe_place, open_lookout, read_time

    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store)
    zone = time_zone(settings.time_zone)
    now = datetime.now(UTC)
    moment = now if time is None else read_time(time)
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    lookout = open_lookout(Store(settings.store), ladder=ladder, obstacles=cast(Obstacles, obstacles))
    found = ask_place(lookout, lon, lat, moment)
    answer = describe_place(found, lon, lat, now=now, lang=shell.lang)
    shell.answer(answer)
    if not as_json:
        print_witnesses(shell, answer, zone=zone)


def failures(
    context: typer.Context,
    top: Annotated[int, typer.Option(min=1, max=10_000, help="How many, the worst first.")] = 10,
    ladder: LadderOption = "2014",
    seen_at: SeenOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Say how many street metres, and how much risk, go blind if one camera, recorder or feeder fails."""
    from ..data.store import Store
    from .printing_questions import print_failures
    from .questions import ask_failures, describe_failures
    from .workflows import run_coverage

    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store)
    city = Store(settings.store)
    with shell.progress() as progress:
        run, coverage = run_coverage(city, ladder=ladder, seen_at=seen_at, progress=progress)
    answer = describe_failures(ask_failures(city, coverage), run, limit=top)
    shell.answer(answer)
    if not as_json:
        print_failures(shell, answer)
        shell.say("cli.run", run_id=run.run_id)
