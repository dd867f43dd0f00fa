"""What if, as a page: two scenarios side by side, and cameras to be changed on the map."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from ..coverage.projection import to_wgs84
from ..coverage.results import Coverage
from ..data.scenarios import KeptScenario
from ..data.store import Store
from ..maps.scenario_page import Choice, Editing, scenario_page
from ..maps.text import say
from .drawing import PageSetting, synthetic_parts
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
    setting: PageSetting,
    now: datetime,
    edits: bool = True,
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
    setting : PageSetting
    now : datetime
    edits : bool
        Whether cameras can be changed on the page: that needs a server.

    Returns
    -------
    str
        HTML.
    """
    context = setting.context(
        city=store.city().name, synthetic=synthetic_parts(store), made_at=now, run_id=bench.run_id
    )
    known = {TODAY: say("whatif.today", setting.lang)} | {one.scenario_id: one.name for one in kept}
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
