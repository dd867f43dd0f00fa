"""`kuzet replan`: the rest of the shift planned anew."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .cli_options import JsonOption, LangOption, StoreOption, open_shell


def replan(
    context: typer.Context,
    now: Annotated[str, typer.Option(help="The moment, with its time zone.")],
    lost: Annotated[
        list[str] | None, typer.Option(help="A unit that drives no farther; may be repeated.")
    ] = None,
    closed: Annotated[
        list[str] | None, typer.Option(metavar='"U V KEY"', help="A closed street; may be repeated.")
    ] = None,
    duties: Annotated[
        Path | None, typer.Option(help="New duties: CSV or GeoJSON points, as for `kuzet patrol`.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed draws the same plan.")] = 0,
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Plan the rest of the shift anew: what was begun stays, what is different is listed."""
    from ..coverage.errors import InvalidInputError
    from ..data.store import Store
    from ..maps.patrol_words import say_statements
    from ..maps.text import say
    from .plan_files import check_by_schema, duties_of_file, edges_of_words
    from .questions import read_time
    from .replanning import list_changes, run_replan
    from .schemas import ReplanOrder

    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store)
    moment = read_time(now)
    if moment.tzinfo is None:
        raise InvalidInputError("time_without_zone")
    target = Store(settings.store)
    wishes = check_by_schema(
        ReplanOrder,
        {
            "now": moment,
            "lost": lost or [],
            "closed": edges_of_words(closed or []),
            "duties": duties_of_file(duties, target, settings),
            "seed": seed,
        },
    )
    run, answer = run_replan(target, **wishes)
    changes = list_changes(answer)
    if as_json:
        shell.answer({"run_id": run.run_id, **changes})
        return
    for kind, rows in changes.items():
        told = say(f"replan.{kind}", shell.lang, count=len(rows))
        shell.out.print(told, markup=False)
        for row in rows:
            shell.out.print(
                f"  {row['stop']}: {row['unit_before'] or '–'} → {row['unit_after'] or '–'}", markup=False
            )
    for sentence in say_statements(answer.plan.statements, shell.lang):
        shell.out.print(sentence, markup=False)
    shell.say("cli.run", run_id=run.run_id)
