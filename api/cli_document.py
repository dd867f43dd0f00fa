"""`kuzet document`: answers as documents to print."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ..coverage.errors import InvalidInputError
from .cli_options import JsonOption, LangOption, StoreOption, open_shell
from .files import file_stem, make_folder, write_file

app = typer.Typer(no_args_is_help=True, help="Write documents to print.")

OutOption = Annotated[Path, typer.Option("--out", help="File to write.")]


@app.command()
def sites(
    context: typer.Context,
    out: OutOption,
    format: Annotated[
        str | None, typer.Option("--format", help="html or pdf; else by the name of the file.")
    ] = None,
    purpose: Annotated[str, typer.Option("--purpose", help="What the cameras are for.")] = "",
    owner: Annotated[str, typer.Option("--owner", help="The office that answers for them.")] = "",
    review_date: Annotated[
        str, typer.Option("--review-date", help="Day of the next review: 2027-03-01.")
    ] = "",
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Write the last plan of sites as a proposal: a draft until purpose, owner and review date are given."""
    from ..data.store import Store
    from ..data.times import time_zone
    from ..maps.approval import read_approval
    from .documents import FORMATS, write_site_document

    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store)
    form = format or out.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise InvalidInputError("export_format_unknown", known=", ".join(f".{name}" for name in FORMATS))
    zone = settings.time_zone
    today = datetime.now(UTC).astimezone(time_zone(zone)).date()
    approval = read_approval(purpose, owner, review_date, today=today)
    written = write_site_document(
        Store(settings.store), lang=shell.lang, zone=zone, form=form, approval=approval
    )
    write_file(out, written.content)
    shell.answer({"document": "sites", "file": out.name, "draft": not approval.is_whole})
    shell.say("cli.export.file", file=out.name)


@app.command()
def patrol(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Folder for one sheet a unit.")],
    unit: Annotated[str | None, typer.Option("--unit", help="Id of one unit; else all.")] = None,
    format: Annotated[str, typer.Option("--format", help="pdf or html.")] = "pdf",
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Write the sheet of each unit of the last patrol plan: map, times, stops and turns on two pages."""
    from ..data.store import Store
    from .answers import latest
    from .documents import FORMATS, write_patrol_sheet

    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store)
    if format not in FORMATS:
        raise InvalidInputError("export_format_unknown", known=", ".join(FORMATS))
    source = Store(settings.store)
    _, plan = latest(source, "patrol")
    make_folder(folder)
    written = []
    for one in [unit] if unit is not None else [str(name) for name in plan.units["id"]]:
        sheet = write_patrol_sheet(source, one, lang=shell.lang, zone=settings.time_zone, form=format)
        path = folder / f"sheet-{file_stem(one)}.{format}"
        write_file(path, sheet.content)
        written.append(path.name)
        shell.say("cli.export.file", file=path.name)
    shell.answer({"documents": written})


@app.command()
def phone(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Folder for one page a unit.")],
    unit: Annotated[str | None, typer.Option("--unit", help="Id of one unit; else all.")] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Write a page for the telephone of each unit of the last patrol plan; it works without a network."""
    from ..data.store import Store
    from .answers import latest
    from .documents import write_unit_page

    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store)
    source = Store(settings.store)
    _, plan = latest(source, "patrol")
    make_folder(folder)
    written = []
    for one in [unit] if unit is not None else [str(name) for name in plan.units["id"]]:
        path = folder / f"unit-{file_stem(one)}.html"
        write_file(path, write_unit_page(source, one, lang=shell.lang, zone=settings.time_zone))
        written.append(path.name)
        shell.say("cli.export.file", file=path.name)
    shell.answer({"pages": written})
