"""`kuzet export`: layers, maps and routes as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..coverage.errors import InvalidInputError
from .cli_options import JsonOption, LangOption, StoreOption, open_shell
from .files import make_folder, write_file

app = typer.Typer(no_args_is_help=True, help="Write layers, maps and routes to files.")

LAYER_HELP = (
    "streets, buildings, barriers, cameras, incidents, stations, or of the last results: coverage_pieces, "
    "views, blind_spots, sites, routes, stops."
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
    kind: Annotated[str, typer.Argument(help="coverage, blind-spots, sites or patrol.")],
    target: Annotated[Path, typer.Argument(help="HTML file to write; it opens anywhere, without a server.")],
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Write the map of the last answer of a kind."""
    from ..data.store import Store
    from ..maps.assets import Assets
    from .drawing import draw_map

    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store)
    source = Store(settings.store)
    page = draw_map(
        source,
        kind,
        lang=shell.lang,
        zone=settings.time_zone,
        assets=Assets.embedded(),
        basemap=source.basemap(),
    )
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
    from ..data.store import Store
    from .demo import write_routes

    shell, settings = open_shell(context, lang=lang, as_json=as_json, store=store)
    make_folder(folder)
    written = write_routes(Store(settings.store), folder)
    shell.answer({"files": [path.name for path in written]})
    for path in written:
        shell.say("cli.export.file", file=path.name)
