"""`kuzet export`: layers, maps and routes as files."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from ..coverage.conditions import Obstacles
from ..coverage.errors import InvalidInputError
from .cli_options import JsonOption, LadderOption, LangOption, ObstaclesOption, StoreOption, open_shell
from .files import make_folder, write_file

if TYPE_CHECKING:
    from ..data.store import Store
    from .asking import Question

app = typer.Typer(no_args_is_help=True, help="Write layers, maps and routes to files.")

LAYER_HELP = (
    "streets, restrictions, buildings, barriers, cameras, incidents, stations, supports, places, forbidden, "
    "or of the last results: coverage_pieces, views, blind_spots, sites, routes, stops, sweep_routes."
)


@app.command()
def layer(
    context: typer.Context,
    layer: Annotated[str, typer.Argument(help=LAYER_HELP)],
    target: Annotated[Path, typer.Argument(help="File to write: .geojson, .csv or .gpkg.")],
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Write a layer, in WGS 84, for a GIS program or a spreadsheet."""
    from ..data.exports import to_csv, to_geojson, to_geopackage
    from ..data.store import Store
    from .reading import Reader

    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store)
    writers = {".geojson": to_geojson, ".json": to_geojson, ".csv": to_csv, ".gpkg": to_geopackage}
    writer = writers.get(target.suffix.lower())
    if writer is None:
        raise InvalidInputError("export_format_unknown", known=", ".join(writers))
    frame = Reader(Store(settings.store)).frame(layer)
    content = to_geopackage({layer: frame}) if writer is to_geopackage else writer(frame)
    write_file(target, content)
    shell.answer({"layer": layer, "rows": len(frame), "file": target.name})
    shell.say("cli.export.layer", rows=len(frame), file=target.name)


@app.command("map")
def map_(
    context: typer.Context,
    kind: Annotated[
        str,
        typer.Argument(
            help="coverage, blind-spots, sites, patrol, failures, or witnesses with --at or --path."
        ),
    ],
    target: Annotated[Path, typer.Argument(help="HTML file to write; it opens anywhere, without a server.")],
    at: Annotated[
        str | None, typer.Option("--at", help="Witnesses of this place: LON,LAT in degrees.")
    ] = None,
    path: Annotated[
        str | None, typer.Option("--path", help='Witnesses of this way: "LON,LAT;LON,LAT;...".')
    ] = None,
    time: Annotated[
        str | None,
        typer.Option(
            "--time",
            help="When it happened: 2026-11-24T18:30, in the time zone of the settings unless it names one; "
            "else now.",
        ),
    ] = None,
    end_time: Annotated[
        str | None, typer.Option("--end-time", help="When the way was ended; else all at once.")
    ] = None,
    ladder: LadderOption = "2014",
    obstacles: ObstaclesOption = "buildings",
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Write the map of the last answer of a kind, or of the cameras that saw a place or a way."""
    from ..data.store import Store
    from ..maps.assets import Assets
    from .drawing import PageSetting, draw_map
    from .drawing_questions import draw_failures

    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store)
    source = Store(settings.store)
    zone = settings.time_zone
    if kind == "witnesses":
        question = _question(at, path, (time, end_time), zone=zone, ladder=ladder, obstacles=obstacles)
        page = _draw_witnesses(source, question, lang=shell.lang, zone=zone)
    elif (at, path, time, end_time) != (None, None, None, None):
        raise InvalidInputError("question_of_no_map")
    else:
        setting = PageSetting(shell.lang, zone, Assets.embedded(), source.basemap())
        if kind == "failures":
            page = draw_failures(source, setting=setting)
        else:
            page = draw_map(source, kind, setting=setting)
    write_file(target, page)
    shell.answer({"map": kind, "file": target.name})
    shell.say("cli.export.file", file=target.name)


@app.command()
def gpx(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Folder for one GPX file a unit.")],
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Write the routes of the last patrol plan for the units' navigators."""
    _write_routes(context, folder, "gpx", store, as_json, lang)


@app.command()
def kml(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Folder for one KML file a unit.")],
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Write the routes of the last patrol plan for Google Earth and other viewers of KML."""
    _write_routes(context, folder, "kml", store, as_json, lang)


@app.command()
def geojson(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Folder for one GeoJSON file a unit.")],
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Write the routes of the last patrol plan, stops and legs of a unit in one layer."""
    _write_routes(context, folder, "geojson", store, as_json, lang)


def _write_routes(
    context: typer.Context, folder: Path, form: str, store: Path | None, as_json: bool, lang: str | None
) -> None:
    from ..data.store import Store
    from .demo import write_routes

    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store)
    make_folder(folder)
    written = write_routes(Store(settings.store), folder, form=form)
    shell.answer({"files": [path.name for path in written]})
    for path in written:
        shell.say("cli.export.file", file=path.name)


def _question(
    at: str | None,
    path: str | None,
    times: tuple[str | None, str | None],
    *,
    zone: str,
    ladder: str,
    obstacles: str,
) -> Question:
    from ..data.times import time_zone
    from .asking import read_place, read_question
    from .questions import read_time

    if (at is None) == (path is None):
        raise InvalidInputError("question_halved")
    # a time that names no zone is one of the city
    named = [text is not None and read_time(text).tzinfo is not None for text in times]
    aware, local = (
        [text if known is wanted else None for text, known in zip(times, named, strict=True)]
        for wanted in (True, False)
    )
    return read_question(
        place=(None, None) if at is None else read_place(at),
        path=path,
        times=(aware[0], aware[1]),
        local_times=(local[0], local[1]),
        zone=time_zone(zone),
        now=datetime.now(UTC),
        ladder=ladder,
        obstacles=cast(Obstacles, obstacles),
    )


def _draw_witnesses(source: Store, question: Question, *, lang: str, zone: str) -> str:
    from ..maps.assets import Assets
    from .drawing import PageSetting
    from .drawing_questions import draw_question, open_scene
    from .questions import open_lookout

    lookout = open_lookout(source, ladder=question.ladder, obstacles=question.obstacles)
    return draw_question(
        question,
        lookout=lookout,
        scene=open_scene(source, lookout.crs),
        setting=PageSetting(lang, zone, Assets.embedded(), source.basemap()),
        now=datetime.now(UTC),
        asks=False,
    )
