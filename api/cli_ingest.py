"""`kuzet ingest`: a city and its registers into the store."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from ..coverage.errors import InvalidInputError
from ..maps.text import has_text, say_number
from ..maps.words import word
from .cli_options import JsonOption, LangOption, StoreOption, open_shell
from .figures import plain
from .files import read_file, require_file, write_file
from .texts import say_warning

app = typer.Typer(
    no_args_is_help=True,
    help="Read a city, cameras, their states, incidents, stations, units, places or areas into the store.",
)

File = Annotated[
    Path, typer.Argument(help="CSV (comma, semicolon or tab; UTF-8, UTF-16 or cp1251) or GeoJSON.")
]
Areas = Annotated[Path, typer.Argument(help="GeoJSON of polygons, in WGS 84.")]
Column = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="OURS=THEIRS",
        help="Our column and the file's, such as heading_deg=Azimuth; repeatable.",
    ),
]
Preset = Annotated[
    str | None,
    typer.Option(help="Known kind of file: police.uk, chicago, san_francisco; else told by its header."),
]
Replace = Annotated[
    bool,
    typer.Option(
        "--replace",
        help="Put the rows in place of all that are there; else rows are added, and one whose id is there "
        "takes its place.",
    ),
]
Rejected = Annotated[
    Path | None,
    typer.Option(
        help="Write the rows that were not taken to this file, with line, column and reason: mend it "
        "and feed it again."
    ),
]
Headings = Annotated[
    str,
    typer.Option(
        metavar="north-clockwise|east-counterclockwise",
        help="How degrees are meant: as OpenStreetMap writes them, or as GRASS does.",
    ),
]
Zone = Annotated[str | None, typer.Option(help="Time zone of times that name none, such as Asia/Almaty.")]
Dates = Annotated[
    str | None,
    typer.Option(
        "--dates",
        metavar="day-first|month-first",
        help="How 03/04/2024 is meant, where the file does not tell.",
    ),
]


@app.command()
def osm(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="An extract of OpenStreetMap: .osm.pbf or .osm.")
    ] = None,
    place: Annotated[
        str | None, typer.Option(help="Fetch a place by name instead, from an Overpass server.")
    ] = None,
    box: Annotated[
        str | None,
        typer.Option(metavar="W,S,E,N", help="The city's box in degrees: cut from the file, or fetched."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="Name of the city; else the file's.")] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            help="Leave this layer as it is (cameras, incidents, stations, units, states, places, "
            "forbidden); repeatable. All others are replaced."
        ),
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Make a city of OpenStreetMap the city of the store: streets, buildings, cameras, stations, base map."""
    from ..data.store import FRAMES, Store
    from .intake import ingest_osm, ingest_place

    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store)
    bounds = None if box is None else _read_box(box)
    sources = [given for given in (file, place) if given is not None]
    if len(sources) > 1 or not (sources or bounds):
        raise InvalidInputError("osm_source_wanted")
    if set(keep or ()) - set(FRAMES):
        raise InvalidInputError(
            "keep_unknown", known="cameras, incidents, stations, units, states, places, forbidden"
        )
    target = Store(settings.store)
    with shell.progress() as progress:
        if file is not None:
            require_file(file)
            city = ingest_osm(target, file, name=name, box=bounds, keep=keep or (), progress=progress)
        else:
            city = ingest_place(
                target,
                address=settings.overpass_url,
                geocoder=settings.geocoder_url,
                place=place,
                box=bounds,
                name=name,
                keep=keep or (),
                progress=progress,
            )
    layers = target.layers()
    shell.answer({"city": city.name, "bounds": list(city.bounds), "layers": layers, "report": city.report})
    shell.heading("cli.ingest.city", city=city.name)
    shell.table(
        ["cli.col.layer", "cli.col.rows"],
        [
            [word("api.layer", layer, shell.lang), say_number(rows, shell.lang)]
            for layer, rows in layers.items()
        ],
        numbers=(1,),
    )
    for loss, count in city.report.items():
        if count:
            shell.say(
                f"cli.loss.{loss}" if has_text(f"cli.loss.{loss}", shell.lang) else "cli.loss.other",
                count=count,
            )


@app.command()
def cameras(
    context: typer.Context, file: File, column: Column = None, preset: Preset = None,
    headings: Headings = "north-clockwise", replace: Replace = False, rejected: Rejected = None,
    store: StoreOption = None, as_json: JsonOption = False, lang: LangOption = None,
) -> None:  # fmt: skip
    """Read a register of cameras."""
    _table(context, "cameras", file, rejected, store, as_json, lang, column, preset=preset,
           headings=headings, replace=replace)  # fmt: skip


@app.command()
def incidents(
    context: typer.Context, file: File, column: Column = None, preset: Preset = None, zone: Zone = None,
    dates: Dates = None, replace: Replace = False, rejected: Rejected = None, store: StoreOption = None,
    as_json: JsonOption = False, lang: LangOption = None,
) -> None:  # fmt: skip
    """Read a file of incidents; names, numbers and telephones of persons are never taken."""
    _table(context, "incidents", file, rejected, store, as_json, lang, column, preset=preset, replace=replace,
           zone=zone, dates=dates)  # fmt: skip


@app.command()
def stations(
    context: typer.Context, file: File, column: Column = None, preset: Preset = None,
    replace: Replace = False, rejected: Rejected = None, store: StoreOption = None,
    as_json: JsonOption = False, lang: LangOption = None,
) -> None:  # fmt: skip
    """Read the police stations that units leave from."""
    _table(context, "stations", file, rejected, store, as_json, lang, column, preset=preset, replace=replace)


@app.command()
def units(
    context: typer.Context, file: File, column: Column = None, preset: Preset = None, zone: Zone = None,
    dates: Dates = None, replace: Replace = False, rejected: Rejected = None, store: StoreOption = None,
    as_json: JsonOption = False, lang: LangOption = None,
) -> None:  # fmt: skip
    """Read the units of a shift: station, kind, when they begin and end, break and zone."""
    _table(context, "units", file, rejected, store, as_json, lang, column, preset=preset, replace=replace,
           zone=zone, dates=dates)  # fmt: skip


@app.command()
def states(
    context: typer.Context, file: File, column: Column = None, preset: Preset = None, zone: Zone = None,
    dates: Dates = None, replace: Replace = False, rejected: Rejected = None, store: StoreOption = None,
    as_json: JsonOption = False, lang: LangOption = None,
) -> None:  # fmt: skip
    """Read a journal of cameras' states: which camera was live, archived, registered, offline since when."""
    _table(context, "states", file, rejected, store, as_json, lang, column, preset=preset, replace=replace,
           zone=zone, dates=dates)  # fmt: skip


@app.command()
def places(
    context: typer.Context, file: File, column: Column = None, preset: Preset = None,
    replace: Replace = False, rejected: Rejected = None, store: StoreOption = None,
    as_json: JsonOption = False, lang: LangOption = None,
) -> None:  # fmt: skip
    """Read your own places for cameras: what stands there, how high, what it costs beyond the price."""
    _table(context, "places", file, rejected, store, as_json, lang, column, preset=preset, replace=replace)


@app.command()
def forbidden(
    context: typer.Context, file: Areas, column: Column = None, replace: Replace = False,
    rejected: Rejected = None, store: StoreOption = None, as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:  # fmt: skip
    """Read areas where no camera may hang, with the reason."""
    _table(context, "forbidden", file, rejected, store, as_json, lang, column, replace=replace)


def _table(
    context: typer.Context,
    layer: Literal["cameras", "incidents", "stations", "units", "states", "places", "forbidden"],
    file: Path,
    rejected: Path | None,
    store: Path | None,
    as_json: bool,
    lang: str | None,
    columns: list[str] | None,
    **options: Any,
) -> None:
    from ..data.store import Store
    from .intake import TIMED, ingest_table, zone_of

    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store)
    mapping = _read_columns(columns or [])
    content = read_file(file, most_bytes=settings.upload_limit)
    if layer in TIMED:
        options["zone"] = options["zone"] or zone_of(settings)
        options["date_order"] = _read_order(options.pop("dates"))
    if layer == "cameras":
        options["headings"] = _read_convention(options["headings"])
    with shell.progress() as progress:
        receipt = ingest_table(
            Store(settings.store),
            layer,
            content,
            filename=file.name,
            columns=mapping,
            progress=progress,
            lang=shell.lang,
            **options,
        )
    if rejected is not None and receipt.rejected_file:
        write_file(rejected, receipt.rejected_file)
    shell.answer(
        {
            "layer": layer,
            "rows": receipt.rows,
            "accepted": receipt.accepted,
            "rejected": receipt.rejected,
            "total": receipt.total,
            "reasons": receipt.reasons,
            "dialect": plain(receipt.dialect),
            "warnings": plain(receipt.warnings),
        }
    )
    shell.say("cli.ingest.rows", rows=receipt.rows, accepted=receipt.accepted, rejected=receipt.rejected)
    shell.say("cli.ingest.total", layer=word("api.layer", layer, shell.lang), total=receipt.total)
    if receipt.reasons:
        shell.table(
            ["cli.col.reason", "cli.col.rows"],
            [
                [word("reasons", reason, shell.lang), say_number(n, shell.lang)]
                for reason, n in receipt.reasons.items()
            ],
            numbers=(1,),
        )
        shell.say("cli.ingest.rejected" if rejected else "cli.ingest.rejected_hint")
    for warning in receipt.warnings:
        shell.err.print(say_warning(warning, shell.lang), markup=False)


def _read_columns(pairs: list[str]) -> dict[str, str]:
    mapping = {}
    for pair in pairs:
        ours, equals, theirs = pair.partition("=")
        if not (equals and ours.strip() and theirs.strip()):
            raise InvalidInputError("column_pair_wrong")
        mapping[ours.strip()] = theirs.strip()
    return mapping


def _read_box(text: str) -> tuple[float, float, float, float]:
    parts = re.split(r"[,\s]+", text.strip())
    try:
        west, south, east, north = (float(part) for part in parts)
    except ValueError:
        raise InvalidInputError("bbox_wrong") from None
    return west, south, east, north


def _read_order(dates: str | None) -> str | None:
    if dates not in (None, "day-first", "month-first"):
        raise InvalidInputError("dates_wrong")
    return None if dates is None else dates.replace("-", "_")


def _read_convention(headings: str) -> str:
    if headings not in ("north-clockwise", "east-counterclockwise"):
        raise InvalidInputError("headings_wrong")
    return headings.replace("-", "_")
