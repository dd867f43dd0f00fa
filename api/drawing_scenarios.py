"""What if, as a page: two scenarios side by side, and cameras to be changed on the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from ..coverage.projection import to_wgs84
from ..coverage.results import Coverage
from ..data.scenarios import KeptScenario
from ..data.store import Store
from ..data.times import time_zone
from ..maps.assets import Assets
from ..maps.pages import PageContext
from ..maps.scenario_page import Choice, Editing, scenario_page
from ..maps.text import say
from .drawing import synthetic_parts
from .questions import MARGIN_DEG
from .scenarios import TODAY, Workbench, describe_difference

PAGE: Final = "/maps/what-if"
PREVIEW: Final = "/scenarios/preview"
KEEP: Final = "/scenarios"


def draw_scenarios(
    store: Store,
    bench: Workbench,
    sides: tuple[tuple[str, Coverage], tuple[str, Coverage]],
    kept: Sequence[KeptScenario],
    *,
    lang: str,
    zone: str,
    now: datetime,
    assets: Assets,
    basemap: bytes | str,
    edits: bool = True,
    home: str | None = None,
    languages: Mapping[str, str] | None = None,
    pages: Mapping[str, str] | None = None,
) -> str:
    """Draw what differs between two scenarios.

    Parameters
    ----------
    store : Store
        Holds the city.
    bench : Workbench
        Made of it.
    sides : tuple of (str, Coverage)
        Id and coverage of the first and the second; `today` is the register as it is.
    kept : sequence of KeptScenario
        That can be chosen.
    lang, zone : str
        Language and time zone of the page.
    now : datetime
    assets, basemap
        Where scripts and the base map come from; see `maps.pages.PageContext`.
    edits : bool
        Whether cameras can be changed on the page: that needs a server.
    home, languages, pages
        Addresses of the start page, of the other languages and of the other maps.

    Returns
    -------
    str
        HTML.
    """
    context = PageContext(
        city=store.city().name,
        lang=lang,
        run_id=bench.run_id,
        made_at=now.astimezone(time_zone(zone)),
        synthetic=synthetic_parts(store),
        assets=assets,
        basemap=basemap,
        home=home,
        languages=dict(languages or {}),
        pages=dict(pages or {}),
    )
    known = {TODAY: say("whatif.today", lang)} | {one.scenario_id: one.name for one in kept}
    (first, before), (second, after) = sides
    west, south, east, north = store.city().bounds
    editing = Editing(
        PAGE,
        PREVIEW,
        KEEP,
        (west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG),
        next((one.changes for one in kept if one.scenario_id == second), ()),
        to_wgs84(bench.cameras),
        [Choice(identity, name) for identity, name in known.items()],
    )
    return scenario_page(
        before,
        describe_difference(bench, before, after),
        names=(Choice(first, known[first]), Choice(second, known[second])),
        editing=editing if edits else None,
        context=context,
    )
