"""The whole job on the sample city: read, measure, propose, plan, draw."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from ..coverage.progress import part
from ..maps.text import LANGUAGES
from .console import Shell
from .files import file_stem, make_folder, write_file
from .settings import Settings

if TYPE_CHECKING:
    from ..data.store import Store


def run_demo(shell: Shell, settings: Settings, *, out: Path) -> None:
    """Compute everything for the sample city, print it, and write its maps and routes.

    Parameters
    ----------
    shell : Shell
        Where to print.
    settings : Settings
        Hold the store.
    out : Path
        Folder for the maps (one file a language) and a GPX file for each unit.
    """
    began = time.monotonic()
    shell.note("cli.compiling")
    # these bring the whole of the analysis with them: only now, so that the note comes first
    from ..data.store import Store
    from ..data.times import time_zone
    from .answers import describe_run
    from .drawing import synthetic_parts
    from .intake import load_sample
    from .printing import print_blind_spots, print_coverage, print_patrol, print_synthetic
    from .printing_plans import print_sites
    from .workflows import RUNNERS

    make_folder(out)
    store = Store(settings.store)
    with shell.progress() as progress:
        city = load_sample(store, zone=settings.time_zone, progress=part(progress, 0.0, 0.3))
        runs = {}
        for place, kind in enumerate(RUNNERS):
            reach = part(progress, 0.3 + 0.1 * place, 0.4 + 0.1 * place)
            runs[kind], _ = RUNNERS[kind](store, progress=reach)
        pages = write_pages(store, out, settings=settings, lang=shell.lang)
        progress(0.95, "export")
        routes = write_routes(store, out)
    seconds = time.monotonic() - began
    synthetic = synthetic_parts(store)
    shell.answer(
        {
            "city": city.name,
            "synthetic": list(synthetic),
            "seconds": round(seconds, 1),
            "runs": {kind: describe_run(store, run.run_id) for kind, run in runs.items()},
            "files": [path.name for path in (*pages, *routes)],
        }
    )
    figures = {kind: run.summary for kind, run in runs.items()}
    shell.heading("cli.demo.city", city=city.name)
    print_synthetic(shell, synthetic)
    print_coverage(shell, figures["coverage"])
    print_blind_spots(shell, figures["blind-spots"])
    print_sites(shell, figures["sites"])
    print_patrol(shell, figures["patrol"], zone=time_zone(settings.time_zone))
    shell.heading(
        "cli.demo.written", folder=str(out), maps=len(pages), routes=len(routes), seconds=round(seconds)
    )


def write_pages(store: Store, out: Path, *, settings: Settings, lang: str) -> list[Path]:
    """Write each map in each language as a file that opens by itself; return them.

    Notes
    -----
    `coverage.html` is in the language asked for, the others carry theirs: `coverage.kk.html`.
    """
    from ..maps.assets import Assets
    from .answers import latest
    from .drawing import MAPS, PageSetting, draw_map

    assets, basemap = Assets.embedded(), store.basemap()
    written = []
    for kind in MAPS:
        answer = latest(store, kind)
        for tongue in LANGUAGES:
            setting = PageSetting(
                tongue,
                settings.time_zone,
                assets,
                basemap,
                languages={other: _file_name(kind, other, lang) for other in LANGUAGES},
                pages={other: _file_name(other, tongue, lang) for other in MAPS},
            )
            page = draw_map(store, kind, setting=setting, answer=answer)
            path = out / _file_name(kind, tongue, lang)
            write_file(path, page)
            written.append(path)
    return written


def write_routes(store: Store, out: Path, *, form: str = "gpx") -> list[Path]:
    """Write the route of each unit of the last plan as GPX, KML or GeoJSON; return the files."""
    from ..data.exports import route_layer, routes_to_gpx, routes_to_kml, to_geojson
    from .answers import latest

    writers = {
        "gpx": routes_to_gpx,
        "kml": routes_to_kml,
        "geojson": lambda plan, unit: to_geojson(route_layer(plan, unit)),
    }
    _, plan = latest(store, "patrol")
    written = []
    for unit in plan.units["id"].astype(str):
        path = out / f"route-{file_stem(unit)}.{form}"
        write_file(path, writers[form](plan, unit))
        written.append(path)
    return written


def _file_name(kind: str, tongue: str, lang: str) -> str:
    return f"{kind}.html" if tongue == lang else f"{kind}.{tongue}.html"
