"""The command that plans what to do next for more cover, and reads its lists of districts and places."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from ..coverage.actions import DEFAULT_MODELS, Prices
from ..coverage.conditions import HEAD_M
from ..coverage.errors import InvalidInputError, TooLargeError
from ..coverage.site_results import ACTIONS
from .cli_options import (
    JsonOption,
    LadderOption,
    LangOption,
    LightOption,
    ObstaclesOption,
    SeenOption,
    StoreOption,
    TargetOption,
)

MOST_BYTES: Final = 20_000_000


def sites(
    context: typer.Context,
    count: Annotated[
        int | None, typer.Option(min=1, max=100, help="Actions at most; 5 where no budget is given.")
    ] = None,
    budget: Annotated[float | None, typer.Option(min=0, help="Money at most, tenge.")] = None,
    goal: Annotated[
        str, typer.Option(help="incidents, metres, backup (seen twice), failing (cameras fail) or places.")
    ] = "incidents",
    action: Annotated[
        list[str] | None, typer.Option(help="install, connect, aim, repair; may be repeated. Default: all.")
    ] = None,
    model: Annotated[
        list[str] | None, typer.Option(help="Model of the catalogue to choose from; may be repeated.")
    ] = None,
    price: Annotated[
        list[str] | None, typer.Option(help='Your price of a model, tenge: "fixed 4 mm 4 MP=300000".')
    ] = None,
    connect_cost: Annotated[float, typer.Option(min=1, help="Of making one camera live, tenge.")] = (
        Prices.connect
    ),
    aim_cost: Annotated[float, typer.Option(min=1, help="Of turning one camera, tenge.")] = Prices.aim,
    repair_cost: Annotated[float, typer.Option(min=1, help="Of mending one camera, tenge.")] = Prices.repair,
    phases: Annotated[int, typer.Option(min=1, max=10, help="Parts of the plan.")] = 3,
    first: Annotated[
        float, typer.Option(min=0, max=1, help="backup: share of the weight for being seen once.")
    ] = 0.5,
    failing: Annotated[
        float, typer.Option(min=0, max=0.95, help="failing: probability that a camera is out of order.")
    ] = 0.1,
    floor: Annotated[
        float, typer.Option(min=0, max=1, help="Least share of each district that must be seen.")
    ] = 0.0,
    districts: Annotated[
        Path | None, typer.Option(help="GeoJSON polygons with `name`, for the floor.")
    ] = None,
    places: Annotated[Path | None, typer.Option(help="GeoJSON points, for the goal `places`.")] = None,
    retention: Annotated[
        float, typer.Option(min=0, help="Days; cameras that keep pictures for less get a note.")
    ] = 30.0,
    spacing: Annotated[
        float | None, typer.Option(min=1, help="Least distance between places for new cameras, metres.")
    ] = None,
    own_only: Annotated[
        bool, typer.Option("--own-only", help="Only at your own places (`kuzet ingest places`).")
    ] = False,
    apart_from_live: Annotated[
        bool, typer.Option("--apart-from-live", help="The spacing holds from live cameras as well.")
    ] = False,
    time_limit: Annotated[float, typer.Option(min=1, max=600, help="Seconds for the solver.")] = 60.0,
    ladder: LadderOption = "2014",
    seen_at: SeenOption = None,
    light: LightOption = "day",
    obstacles: ObstaclesOption = "buildings",
    target: TargetOption = HEAD_M,
    store: StoreOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Plan what to install, connect, turn and repair, in which order, with what it adds and a bound on it."""
    from .cli_compute import compute

    compute(
        context,
        "sites",
        store,
        as_json,
        lang,
        count=count,
        budget=budget,
        goal=goal,
        actions=list(action or ACTIONS),
        models=list(model or DEFAULT_MODELS),
        prices=_prices(price or []),
        connect_cost=connect_cost,
        aim_cost=aim_cost,
        repair_cost=repair_cost,
        phases=phases,
        first=first,
        failing=failing,
        floor=floor,
        districts=[_district(one) for one in _features(districts)],
        places=[_place(one) for one in _features(places)],
        retention_days=retention,
        spacing_m=spacing,
        own_only=own_only,
        apart_from_live=apart_from_live,
        time_limit_s=time_limit,
        ladder=ladder,
        seen_at=seen_at,
        light=light,
        obstacles=obstacles,
        target_m=target,
    )


def _prices(given: list[str]) -> dict[str, float]:
    try:
        pairs = [text.rsplit("=", 1) for text in given]
        return {name.strip(): float(amount) for name, amount in pairs}
    except ValueError as fault:
        raise InvalidInputError("costs_not_positive") from fault


def _features(path: Path | None) -> list[dict[str, Any]]:
    if path is None:
        return []
    try:
        if path.stat().st_size > MOST_BYTES:
            raise TooLargeError("plan_file_wrong")
        content = json.loads(path.read_text("utf-8-sig"))
        features = content["features"]
        return [dict(feature) for feature in features]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise InvalidInputError("plan_file_wrong") from fault


def _district(feature: dict[str, Any]) -> dict[str, Any]:
    shape = feature.get("geometry") or {}
    if shape.get("type") != "Polygon":
        raise InvalidInputError("plan_file_wrong")
    return {"name": _name(feature), "polygon": shape["coordinates"]}


def _place(feature: dict[str, Any]) -> dict[str, Any]:
    shape = feature.get("geometry") or {}
    try:
        lon, lat = (float(value) for value in shape["coordinates"][:2])
    except (KeyError, TypeError, ValueError) as fault:
        raise InvalidInputError("plan_file_wrong") from fault
    if shape.get("type") != "Point" or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise InvalidInputError("plan_file_wrong")
    return {"name": _name(feature), "lon": lon, "lat": lat}


def _name(feature: dict[str, Any]) -> str | None:
    name = (feature.get("properties") or {}).get("name")
    return name if isinstance(name, str) else None
