"""The page on which nothing has been asked yet: every camera, and the form to ask which saw something."""

from __future__ import annotations

import geopandas as gpd

from .ask import Ask
from .page_frame import Figure, Page, PageContext, draw_page, render_answer
from .sight_layers import other_cameras
from .sight_words import notes
from .text import say_number


def asking_page(
    *, register: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, ask: Ask, context: PageContext
) -> str:
    """Draw the cameras of the register and the form that asks which of them saw something.

    Parameters
    ----------
    register, streets : GeoDataFrame
        Metres.
    ask : Ask
        The form.
    context : PageContext
        For whom.

    Returns
    -------
    str
        A complete page.
    """
    lang, states = context.lang, register["state"]
    others, not_drawn = other_cameras(register, set(), streets.geometry.union_all().centroid, context)
    figures = [
        Figure(context.say(f"saw.count.{name}"), say_number(int(states.isin(mine).sum()), lang), "", tone)
        for name, mine, tone in (
            ("live", ["live"], "live"),
            ("archive", ["archive"], "live"),
            ("silent", ["registered", "offline"], "plain"),
        )
    ]
    page = Page(
        "witnesses",
        figures,
        [others],
        render_answer("asking.html", context, ask=ask, open=True),
        streets=streets,
        notes=notes(context, not_drawn=not_drawn),
        about=context.say("saw.asking"),
        ask=ask,
    )
    return draw_page(page, context)
