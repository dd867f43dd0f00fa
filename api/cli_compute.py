"""What the commands that compute share: the work, its progress, its figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from .cli_options import open_shell


def compute(
    context: typer.Context, kind: str, store_path: Path | None, as_json: bool, lang: str | None, **inputs: Any
) -> None:
    """Do the work of a command, and print its figures."""
    # the analysis takes seconds to import: help and faults in options should not wait for it
    from ..data.store import Store
    from ..data.times import time_zone
    from .answers import describe_run
    from .drawing import synthetic_parts
    from .figures import figures_of
    from .printing import (
        print_blind_spots,
        print_conditions,
        print_coverage,
        print_patrol,
        print_synthetic,
    )
    from .printing_plans import print_sites, print_sweep
    from .workflows import check_inputs, runner_of

    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store_path)
    store = Store(settings.store)
    check_inputs(store, kind, inputs)
    with shell.progress() as progress:
        run, result = runner_of(kind)(store, **inputs, progress=progress)
    figures = figures_of(result)
    if as_json:
        shell.answer(describe_run(store, run.run_id))
        return
    print_synthetic(shell, synthetic_parts(store))
    print_conditions(shell, run.parameters)
    match kind:
        case "coverage":
            print_coverage(shell, figures)
        case "blind-spots":
            print_blind_spots(shell, figures)
        case "sites":
            print_sites(shell, figures)
        case "patrol":
            print_patrol(shell, figures, zone=time_zone(settings.time_zone))
        case "sweep":
            print_sweep(shell, figures, zone=time_zone(settings.time_zone))
    shell.say("cli.run", run_id=run.run_id)
