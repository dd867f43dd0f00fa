"""The frame every page shares: header, map with its base, list, footer; folium is the shell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import folium
import geopandas as gpd
import jinja2
import numpy as np
import shapely
from markupsafe import Markup

from ..coverage.projection import WGS84
from .ask import Ask
from .assets import Assets, require_local
from .layers import FeatureLayer, data_block
from .safe import safe, script_json
from .shell import Basemap, BodyPart, Controls, PageFigure, with_policy
from .text import LANGUAGE_NAMES, say, say_moment

_MARK: Final = Markup(
    '<svg viewBox="0 0 32 32" width="30" height="30" aria-hidden="true"><rect width="32" height="32" rx="7" '
    'fill="#0b2942"/><path d="M16 7 L27 25 H5 Z" fill="#56B4E9" opacity=".35"/><circle cx="16" cy="9" r="4" '
    'fill="#fff"/><path d="M16 13 L23 25 H9 Z" fill="#0072B2"/></svg>'
)


@dataclass(frozen=True)
class PageContext:
    """What a page has to know besides the result it shows.

    Attributes
    ----------
    city : str
        Name of the place.
    lang : str
        One of `text.LANGUAGES`.
    run_id : str
        The run the result belongs to; empty where a question is answered without one.
    made_at : datetime
        When the result was made, with its time zone.
    synthetic : tuple of str
        What is made up: `incidents`, `states`, `stations`, `units`.
    assets : Assets
        Where scripts and styles come from.
    basemap : bytes or str
        PMTiles bytes to put into the page, or the address they are served at.
    home : str, optional
        Address of the start page.
    languages : dict
        Language -> address of this page in it.
    pages : dict
        `coverage`, `blind-spots`, `sites`, `patrol` -> address of that map, for the row of tabs.
    """

    city: str
    lang: str
    run_id: str
    made_at: datetime
    synthetic: tuple[str, ...]
    assets: Assets
    basemap: bytes | str
    home: str | None = None
    languages: dict[str, str] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)

    def say(self, key: str, **facts: object) -> str:
        """Return a text in the page's language."""
        return say(key, self.lang, **facts)


@dataclass(frozen=True)
class Figure:
    """A key figure of the header; `tone` colours its edge (live, blind, gain, plain)."""

    label: str
    value: str
    note: str = ""
    tone: str = "plain"


@dataclass(frozen=True)
class Tool:
    """What a page can do besides showing layers: a script of its own, and what that has to know.

    Attributes
    ----------
    start : str
        The function that is called with the map and the name of the block `tool`.
    told : dict
        Plain values for the block.
    scripts, styles : sequence of str
        Names in `assets`.
    sends : bool
        Whether it sends a form to the server of the page.
    """

    start: str
    told: Mapping[str, object]
    scripts: Sequence[str]
    styles: Sequence[str] = ()
    sends: bool = False


@dataclass(frozen=True)
class Page:
    """What one kind of page puts into the frame.

    Attributes
    ----------
    kind : str
        `coverage`, `blind-spots`, `sites`, `patrol`, `witnesses`, `failures` or `what-if`.
    figures : sequence of Figure
        Three key figures.
    layers : sequence of FeatureLayer
        In the order of the layer switch.
    answer : Markup
        The list beside the map.
    streets : GeoDataFrame
        `name` and lines: what the search finds and what the map opens on.
    assumed : sequence of str
        What was taken for granted, and for how many.
    notes : sequence of str
        What the figures mean and do not mean.
    about : str
        Where and when, under the title; else when the result was made.
    conditions : str
        By what light, past what and for what the figures hold, under the title.
    focus : tuple of float, optional
        West, south, east, north in degrees that the map opens on; else all streets.
    ask : Ask, optional
        Lets a person ask on the map; needs a server.
    shift : dict, optional
        A shift to be played over the map, as `shift.played_shift` tells it.
    tool : Tool, optional
        What the page can do besides.
    """

    kind: str
    figures: Sequence[Figure]
    layers: Sequence[FeatureLayer]
    answer: Markup
    streets: gpd.GeoDataFrame
    assumed: Sequence[str] = ()
    notes: Sequence[str] = ()
    about: str = ""
    conditions: str = ""
    focus: tuple[float, float, float, float] | None = None
    ask: Ask | None = None
    shift: Mapping[str, object] | None = None
    tool: Tool | None = None


def draw_page(page: Page, context: PageContext) -> str:
    """Return a page as HTML.

    Parameters
    ----------
    page : Page
        What is shown.
    context : PageContext
        For whom, and where its scripts come from.

    Returns
    -------
    str
        A complete document that asks no other host for anything, with a policy (CSP) by which the
        browser runs only the scripts that were there when the page was made.
    """
    title = context.say(f"titles.{page.kind}")
    bounds = np.round(page.focus or page.streets.geometry.to_crs(WGS84).total_bounds, 6).tolist()
    figure = PageFigure(f"{title} · {context.city} · Kuzet", context.lang)
    figure.add_child(BodyPart("top", _top(page, context, title)))
    figure.add_child(_map(page, context, bounds))
    settings = {
        "bounds": [[bounds[1], bounds[0]], [bounds[3], bounds[2]]],
        "streets": _street_lines(page.streets),
        "texts": {word: context.say(f"page.{word}") for word in ("search", "nothing", "layers")},
    }
    side = _side(page, context) + data_block("page", script_json(settings))
    start = 'kuzet.start(map_kuzet, "page");'
    if page.ask is not None:
        side += data_block("ask", script_json(page.ask.told(context.lang)))
        start += '\nkuzetAsk(map_kuzet, "ask");'
    if page.shift is not None:
        side += data_block("shift", script_json(page.shift))
        start += '\nkuzetShift(map_kuzet, "shift");'
    if page.tool is not None:
        side += data_block("tool", script_json(page.tool.told))
        start += f'\n{page.tool.start}(map_kuzet, "tool");'
    figure.add_child(BodyPart("side", side, script=start))
    context.assets.localise(figure)
    html = figure.render()
    require_local(html)
    fetches = not isinstance(context.basemap, bytes)
    own_server = context.assets.base_url is not None
    sends = page.ask is not None or (page.tool is not None and page.tool.sends)
    return with_policy(html, own_server=own_server, fetches=fetches, asks=sends)


def render_answer(template: str, context: PageContext, **words: object) -> Markup:
    """Return a list as HTML from a template; every value in it passes `safe()`."""
    return Markup(_render(template, context, **words))


def render_template(template: str, **words: object) -> str:
    """Return a template filled; every value in it passes `safe()`."""
    return _TEMPLATES.get_template(template).render(**words)


def _map(page: Page, context: PageContext, bounds: Sequence[float]) -> folium.Map:
    shown = folium.Map(
        location=((bounds[1] + bounds[3]) / 2, (bounds[0] + bounds[2]) / 2),
        zoom_start=14,
        min_zoom=10,
        max_zoom=19,
        tiles=None,
        prefer_canvas=True,
        zoom_control=False,
        # a city fills the window it is shown in, not half of it
        zoom_snap=0.25,
    )
    shown._id = "kuzet"
    words = {word: context.say(f"page.{word}") for word in ("zoom_in", "zoom_out", "full", "full_off", "osm")}
    shown.add_child(Controls(words))
    scripts = [
        *(["kuzet_ask"] if page.ask else []),
        *(["kuzet_shift"] if page.shift else []),
        *(page.tool.scripts if page.tool else []),
    ]
    shown.add_child(Basemap(context.basemap, scripts=scripts, styles=page.tool.styles if page.tool else ()))
    for layer in page.layers:
        shown.add_child(layer)
    switch = folium.LayerControl(collapsed=False, autoZIndex=False)
    switch._id = "own"
    shown.add_child(switch)
    return shown


def _top(page: Page, context: PageContext, title: str) -> str:
    made = say_moment(context.made_at, context.lang)
    words = {"title": title, "kind": page.kind, "mark": _MARK, "languages": LANGUAGE_NAMES, "made_at": made}
    return _render("top.html", context, **words, about=page.about, conditions=page.conditions,
                   figures=page.figures, synthetic=_synthetic(context))  # fmt: skip


def _side(page: Page, context: PageContext) -> str:
    made = say_moment(context.made_at, context.lang)
    words = {"answer": page.answer, "assumed": page.assumed, "notes": page.notes, "made_at": made}
    return _render("side.html", context, **words, list_title=context.say(f"lists.{page.kind}"))


def _finish(value: object) -> object:
    return value if isinstance(value, Markup) else Markup(safe(value))


_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    finalize=_finish,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _render(template: str, context: PageContext, **words: object) -> str:
    return render_template(template, say=context.say, context=context, **words)


def _synthetic(context: PageContext) -> Mapping[str, str] | None:
    if not context.synthetic:
        return None
    named = [context.say(f"synthetic.{what}") for what in context.synthetic]
    heading = context.say("synthetic.heading", what=", ".join(named))
    return {"heading": heading, "sentence": context.say("synthetic.sentence")}


def _street_lines(streets: gpd.GeoDataFrame) -> dict[str, list[list[list[float]]]]:
    """Return the lines of each named street, thinned to what a highlight needs."""
    named = streets[streets["name"].notna()]
    shapes = shapely.simplify(named.geometry.to_numpy(), 2.0)
    thinned = gpd.GeoSeries(shapes, crs=streets.crs).to_crs(WGS84)
    lines: dict[str, list[list[list[float]]]] = {}
    for name, shape in zip(named["name"], thinned, strict=True):
        for part in shapely.get_parts(shape):
            lines.setdefault(str(name), []).append(np.round(shapely.get_coordinates(part), 5).tolist())
    return dict(sorted(lines.items()))
