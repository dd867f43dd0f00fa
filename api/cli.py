"""The command `kuzet`: the same work as the server's, for people at a terminal and for scripts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ..coverage.conditions import HEAD_M
from . import (
    cli_document,
    cli_export,
    cli_exposure,
    cli_ingest,
    cli_patrol,
    cli_questions,
    cli_replan,
    cli_scenarios,
    cli_sites,
    cli_sweep,
)
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
    TolerantGroup,
    open_shell,
)
from .demo import run_demo
from .security import require_safe_binding

app = typer.Typer(
    name="kuzet",
    cls=TolerantGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Where a city's cameras are blind, where the next one should go, and where patrols drive and stop."
    "\n\nBegin with `kuzet demo`, which computes everything for a sample city. For your own city: "
    "`kuzet ingest osm`, then `kuzet ingest cameras` and `kuzet ingest incidents`, then `kuzet coverage`, "
    "`blind-spots`, `sites` and `patrol`, then `kuzet serve` to look at the maps.",
)
app.add_typer(cli_ingest.app, name="ingest")
app.add_typer(cli_export.app, name="export")
app.add_typer(cli_document.app, name="document")
# a longitude west of Greenwich begins with a minus and is no option
app.command(context_settings={"ignore_unknown_options": True})(cli_questions.witnesses)
app.command()(cli_questions.failures)
app.command()(cli_sites.sites)
app.command(context_settings={"ignore_unknown_options": True})(cli_scenarios.whatif)
app.add_typer(cli_scenarios.app, name="scenarios")
app.command()(cli_patrol.patrol)
app.command()(cli_exposure.exposure)
app.command()(cli_exposure.driven)
app.command()(cli_exposure.moving)
app.command()(cli_replan.replan)
app.command()(cli_sweep.sweep)


@app.command()
def demo(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="Folder for the maps and GPX files.")] = Path("out"),
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Show the maps in a server afterwards.")
    ] = True,
    store: Annotated[
        Path | None, typer.Option(help="Store to use instead of one of its own in the folder.")
    ] = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Compute everything for the sample city (central Helsinki), write its maps, and serve them."""
    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store or out / "sample.gpkg")
    run_demo(shell, settings, out=out)
    if serve:
        require_safe_binding(settings)
        shell.note("cli.serving", address=f"http://{settings.host}:{settings.port}")
        _serve(settings)


@app.command()
def coverage(
    context: typer.Context,
    ladder: LadderOption = "2014",
    seen_at: SeenOption = None,
    light: LightOption = "day",
    obstacles: ObstaclesOption = "buildings",
    target: TargetOption = HEAD_M,
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Measure how many metres of street the cameras see past buildings, and how surely."""
    compute(
        context,
        "coverage",
        store,
        as_json,
        lang,
        ladder=ladder,
        seen_at=seen_at,
        light=light,
        obstacles=obstacles,
        target_m=target,
    )


@app.command("blind-spots")
def blind_spots(
    context: typer.Context,
    ladder: LadderOption = "2014",
    seen_at: SeenOption = None,
    light: LightOption = "day",
    obstacles: ObstaclesOption = "buildings",
    target: TargetOption = HEAD_M,
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """List the stretches of street that no live camera sees, the riskiest first, each with its cause."""
    compute(
        context,
        "blind-spots",
        store,
        as_json,
        lang,
        ladder=ladder,
        seen_at=seen_at,
        light=light,
        obstacles=obstacles,
        target_m=target,
    )


@app.command()
def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen at; KUZET_HOST.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65_535, help="Port; KUZET_PORT.")] = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Serve maps, layers and processes over HTTP; for other machines only with a key (KUZET_API_KEY)."""
    shell, settings = open_shell(context, lang=lang, as_json=False, store=store, host=host, port=port)
    require_safe_binding(settings)
    shell.note("cli.serving", address=f"http://{settings.host}:{settings.port}")
    _serve(settings)


def main() -> None:
    """Run the command; the entry point of `kuzet`."""
    # a pipe or a console of Windows may not be UTF-8; a name that it cannot show must not end the work
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # pyright: ignore[reportAttributeAccessIssue]
    app()


def _serve(settings: Any) -> None:
    from .serving import serve

    serve(settings)
