"""The page of one unit for a telephone: the next stop in big type, in one file, nothing of other units."""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import shapely
from markupsafe import Markup

from ..coverage.projection import to_wgs84
from ..coverage.results import PatrolPlan
from .assets import STATIC, require_local
from .canvas import SvgCanvas
from .layers import data_block
from .page_frame import render_template
from .paper import PaperContext
from .paper_map import draw_paper_map, map_height
from .safe import script_json
from .shell import with_policy
from .text import say_time
from .unit_shift import UnitShift, unit_map, unit_shift

_MAP_MM: Final = (110.0, 130.0)
_TEXTS: Final = ("left", "late", "stay")
_DECIMALS: Final = 6


def unit_page(
    plan: PatrolPlan,
    unit: str,
    *,
    stations: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
    context: PaperContext,
) -> str:
    """Return the page of a unit.

    Parameters
    ----------
    plan : PatrolPlan
    unit : str
        Its id.
    stations : GeoDataFrame
        `id`, `name`, points.
    streets : GeoDataFrame
        For the map, in any system.
    context : PaperContext

    Returns
    -------
    str
        A complete page that fetches nothing: once loaded it needs no network.

    Raises
    ------
    NotFoundError
        Code `unit_not_in_plan`.
    """
    shift = unit_shift(plan, unit, stations=stations, context=context)
    stops = _stops(shift)
    told = {
        "unit": unit,
        "run": context.run_id,
        "stops": stops,
        # the page puts numbers in place of the sign
        "texts": {name: context.say(f"unit.{name}", count="#") for name in _TEXTS},
    }
    page = render_template(
        "unit.html",
        say=context.say,
        context=context,
        title=context.say("layers.unit", unit=unit),
        about=shift.about,
        warning=context.warning(),
        back=say_time(shift.row["back_at"], context.lang),
        stops=stops,
        map=_map(shift, stations, streets, context),
        data=Markup(data_block("unit", script_json(told))),
        script=Markup((STATIC / "unit.js").read_text(encoding="utf-8")),
    )
    require_local(page)
    return with_policy(page, own_server=False, fetches=False)


def _stops(shift: UnitShift) -> list[dict[str, Any]]:
    places = to_wgs84(shift.plan.stops).set_index("stop").geometry
    out = []
    for told, visit in zip(shift.stops, shift.visits, strict=True):
        point = shapely.get_coordinates(places[visit["stop"]])[0]
        out.append(
            {
                "n": told.number,
                "name": told.place,
                "why": told.reason,
                "way": told.way,
                "at": told.arrive,
                "until": told.leave,
                # as scripts count time
                "arrive": int(visit["arrive"].timestamp() * 1000),
                "leave": int(visit["leave"].timestamp() * 1000),
                "lon": round(float(point[0]), _DECIMALS),
                "lat": round(float(point[1]), _DECIMALS),
            }
        )
    return out


def _map(
    shift: UnitShift, stations: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, context: PaperContext
) -> Markup:
    width, height = _MAP_MM
    picture = unit_map(shift, stations=stations, streets=streets, buildings=None, context=context)
    canvas = SvgCanvas(
        width, map_height(picture, width, height), title=context.say("sheet.map", unit=shift.name)
    )
    draw_paper_map(canvas, picture, width=width, height=height)
    return canvas.markup()
