"""`kuzet patrol`: timed routes for the units of the shift, and what they are asked to hold."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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


def patrol(
    context: typer.Context,
    dwell: Annotated[float, typer.Option(min=10, max=16, help="Minutes a unit stays at a stop.")] = 12,
    most_dwell: Annotated[
        float | None, typer.Option(min=10, max=16, help="Minutes at the riskiest stop; all alike by default.")
    ] = None,
    max_gap: Annotated[
        float, typer.Option(min=30, max=720, help="Minutes a held stop may be alone at most.")
    ] = 120,
    hold: Annotated[
        int | None, typer.Option(min=0, help="So many best stops are held; by default all that can be.")
    ] = None,
    hard_gap: Annotated[
        bool, typer.Option("--hard-gap", help="Refuse a plan that misses a gap; else the miss is stated.")
    ] = False,
    duties: Annotated[
        Path | None,
        typer.Option(
            help="What must be done at a time and a place: CSV, or GeoJSON points, with id, name, lon, lat, "
            "opens, closes, dwell_minutes."
        ),
    ] = None,
    zones: Annotated[
        Path | None, typer.Option(help="GeoJSON polygons with `id`, named by `zone` of the units.")
    ] = None,
    closed: Annotated[
        list[str] | None, typer.Option(metavar='"U V KEY"', help="A closed street; may be repeated.")
    ] = None,
    drive_by: Annotated[float, typer.Option(min=0, help="Reward for each metre of blind street driven.")] = 0,
    camera_blind: Annotated[
        bool, typer.Option(help="Plan as though there were no cameras, for comparison.")
    ] = False,
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
    """Plan timed routes for the units of the shift; each is back at its station before the shift ends."""
    # the analysis takes seconds to import: help and faults in options should not wait for it
    from ..data.store import Store
    from .cli_compute import compute
    from .plan_files import check_by_schema, duties_of_file, edges_of_words, zones_of_file
    from .schemas import PatrolInputs

    _, settings = open_shell(context, lang=lang, as_json=as_json, store=store)
    target_store = Store(settings.store)
    wishes = check_by_schema(
        PatrolInputs,
        {
            "dwell_minutes": dwell,
            "most_dwell_minutes": most_dwell,
            "max_gap_minutes": max_gap,
            "hold": hold,
            "hard_gap": hard_gap,
            "duties": duties_of_file(duties, target_store, settings),
            "zones": zones_of_file(zones, target_store, settings),
            "closed": edges_of_words(closed or []),
            "drive_by": drive_by,
            "camera_blind": camera_blind,
            "seed": seed,
        },
    )
    # faults of these have sentences of their own
    conditions = {
        "ladder": ladder,
        "seen_at": seen_at,
        "light": light,
        "obstacles": obstacles,
        "target_m": target,
    }
    compute(context, "patrol", store, as_json, lang, **wishes | conditions)
