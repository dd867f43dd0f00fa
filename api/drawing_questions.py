"""Answers to questions as pages: who saw a place or a way, and what goes blind if something fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from ..coverage.projection import to_metric
from ..data.store import Store
from ..data.times import time_zone
from ..maps.ask import Ask
from ..maps.pages import asking_page, failures_page, way_witnesses_page, witnesses_page
from .answers import latest
from .asking import PAGE, Question
from .drawing import PageSetting, synthetic_parts
from .questions import MARGIN_DEG, Lookout, ask_failures, ask_place, ask_way, to_metres


@dataclass(frozen=True)
class Scene:
    """What a page shows round the answer; worth keeping until the store changes.

    Attributes
    ----------
    city : str
    streets : GeoDataFrame
        `name` and lines, each once, in metres.
    synthetic : tuple of str
        What is made up.
    """

    city: str
    streets: gpd.GeoDataFrame
    synthetic: tuple[str, ...]


def open_scene(store: Store, crs: pyproj.CRS) -> Scene:
    """Read what a page shows round the answer."""
    streets = to_metric(store.read_frame("streets"), crs)[["name", "geometry"]]
    # a two-way street is two edges of one line
    shapes = shapely.to_wkb(shapely.normalize(streets.geometry.to_numpy()))
    _, first = np.unique(np.asarray(shapes, dtype=object).astype(bytes), return_index=True)
    return Scene(store.city().name, gpd.GeoDataFrame(streets.iloc[np.sort(first)]), synthetic_parts(store))


def draw_question(
    question: Question,
    *,
    lookout: Lookout,
    scene: Scene,
    setting: PageSetting,
    now: datetime,
    asks: bool = True,
) -> str:
    """Draw which cameras saw a place or a way; the form alone while nothing is asked.

    Parameters
    ----------
    question : Question
        What is asked.
    lookout : Lookout
        Of the ladder that is asked for.
    scene : Scene
        What lies round it.
    setting : PageSetting
    now : datetime
        What is still kept is told by it.
    asks : bool
        Whether another question can be asked on the page: that needs a server.

    Returns
    -------
    str
        HTML.

    Raises
    ------
    OtherPlaceError
        Code `place_outside_city`.
    InvalidInputError
        For a way without length or too long, and for times without sense.
    """
    context = setting.context(city=scene.city, synthetic=scene.synthetic, made_at=now)
    west, south, east, north = lookout.bounds
    form = Ask(
        PAGE,
        (west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG),
        question.time.astimezone(time_zone(setting.zone)),
        question.end,
        question.place,
        question.path,
        question.obstacles,
    )
    register, streets = lookout.watch.register, scene.streets
    if not question.corners:
        return asking_page(register=register, streets=streets, ask=form, context=context)
    shown: dict[str, Any] = {
        "register": register,
        "streets": streets,
        "ask": form if asks else None,
        "context": context,
        "obstacles": lookout.obstacles,
    }
    if question.place is not None:
        found = ask_place(lookout, *question.place, question.time)
        return witnesses_page(found, place=to_metres(lookout, question.corners)[0], **shown)
    found = ask_way(lookout, question.corners, question.time, question.end)
    way = shapely.LineString(to_metres(lookout, question.corners))
    return way_witnesses_page(found, way=way, times=(question.time, question.end), **shown)


def draw_failures(
    store: Store,
    *,
    setting: PageSetting,
) -> str:
    """Draw the worst single points of failure, by the last coverage.

    Parameters
    ----------
    store : Store
        Holds the coverage.
    setting : PageSetting

    Returns
    -------
    str
        HTML.

    Raises
    ------
    NotReadyError
        Code `no_run` before there is a coverage.
    """
    run, coverage = latest(store, "coverage")
    return failures_page(ask_failures(store, coverage), coverage, context=setting.of_run(store, run))
