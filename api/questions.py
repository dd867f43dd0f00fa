"""Questions that are answered at once: which cameras saw this, and what goes blind if something fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyproj
import shapely

from ..coverage.conditions import Conditions, Obstacles
from ..coverage.errors import InvalidInputError, OtherPlaceError
from ..coverage.failures import Failures, find_failures
from ..coverage.projection import WGS84, metric_crs, to_metric, to_wgs84
from ..coverage.results import Coverage
from ..coverage.risk import measure_risk
from ..coverage.sightings import Watch, make_watch
from ..coverage.streets import ways_of_frame
from ..coverage.witnesses import NEAREST, WayWitnesses, Witnesses, find_way_witnesses, find_witnesses
from ..data.runs import Run
from ..data.store import Store
from ..maps.text import say
from .figures import plain
from .reading import to_features
from .recent import set_aside

MARGIN_DEG: Final = 0.02
"""A place may lie this far past the city, about 2 km: cameras at its edge look out of it."""
WORST: Final = 10


@dataclass(frozen=True)
class Lookout:
    """The watch of the city in a store, and where it lies.

    Attributes
    ----------
    watch : Watch
    crs : CRS
        Metres, that the watch is in.
    bounds : tuple of float
        West, south, east, north of the city in degrees.
    obstacles : {"buildings", "leaf_off", "leaf_on"}
        What hides besides buildings.
    """

    watch: Watch
    crs: pyproj.CRS
    bounds: tuple[float, float, float, float]
    obstacles: Obstacles = "buildings"


def open_lookout(store: Store, *, ladder: str = "2014", obstacles: Obstacles = "buildings") -> Lookout:
    """Make the cameras of a store ready to be asked what they saw; worth keeping until the store changes.

    Their states are those of its journal, and at night its streets are lit where the map says so.
    """
    conditions = Conditions(obstacles=obstacles)
    city = store.city()
    crs = metric_crs(city.bounds)
    names = ("cameras", "buildings", "streets", *(["barriers"] if obstacles != "buildings" else []))
    frames = {name: to_metric(store.read_frame(name), crs) for name in names}
    watch = make_watch(
        frames["cameras"],
        frames["buildings"],
        ladder=ladder,
        streets=frames["streets"] if len(frames["streets"]) else None,
        barriers=frames.get("barriers"),
        journal=store.read_frame("states"),
        conditions=conditions,
    )
    set_aside()
    return Lookout(watch, crs, city.bounds, obstacles)


def read_time(text: str) -> datetime:
    """Read a time as people write it in an address or a command.

    Raises
    ------
    InvalidInputError
        Code `time_wrong`.
    """
    try:
        # a plus that was not escaped reaches a server as a space
        return datetime.fromisoformat(text.strip().replace(" ", "T" if "T" not in text else "+"))
    except ValueError:
        raise InvalidInputError("time_wrong", field="time") from None


def ask_place(lookout: Lookout, lon: float, lat: float, time: datetime) -> Witnesses:
    """Return the cameras that saw a place.

    Raises
    ------
    OtherPlaceError
        Code `place_outside_city`.
    """
    place = to_metres(lookout, [(lon, lat)])
    return find_witnesses(lookout.watch, shapely.get_coordinates(place), time)


def ask_way(
    lookout: Lookout, corners: Sequence[Sequence[float]], start: datetime, end: datetime | None
) -> WayWitnesses:
    """Return the cameras along a way; OtherPlaceError (`place_outside_city`) where it leaves the city."""
    return find_way_witnesses(lookout.watch, shapely.LineString(to_metres(lookout, corners)), start, end)


def ask_failures(store: Store, coverage: Coverage) -> Failures:
    """Return what each single point of failure would blind, by a coverage that was measured."""
    incidents = to_metric(store.read_frame("incidents"), coverage.ways.crs)
    return find_failures(coverage, measure_risk(incidents, ways_of_frame(coverage.ways)))


def describe_place(found: Witnesses, lon: float, lat: float, *, now: datetime, lang: str) -> dict[str, Any]:
    """Return the witnesses of one place as GeoJSON: those that recorded, and beside them all the rest."""
    place = {name: plain(value) for name, value in found.places.iloc[0].items()}
    nearest = found.nearest.drop(columns="place").to_dict("records")
    return {
        "type": "FeatureCollection",
        "numberReturned": len(found.seen),
        "place": {"type": "Point", "coordinates": [lon, lat]},
        **place,
        "nearest": [{name: plain(value) for name, value in row.items()} for row in nearest],
        "nearest_asked": NEAREST,
        "features": _features(found.seen.drop(columns="place"), now),
        "silent_cameras": {
            "type": "FeatureCollection",
            "features": _features(found.silent.drop(columns=["place", "time"]), None),
        },
        "notes": _notes(found.seen, found.silent, found.nearest, lang=lang),
    }


def describe_way(found: WayWitnesses, *, now: datetime, lang: str) -> dict[str, Any]:
    """Return the witnesses of a way as GeoJSON: a line for each stretch that a camera sees."""
    return {
        "type": "FeatureCollection",
        "numberReturned": len(found.seen),
        "length_m": plain(found.length_m),
        "seen_m": plain(found.seen_m),
        "features": _features(found.seen, now),
        "silent_cameras": {"type": "FeatureCollection", "features": _features(found.silent, None)},
        "notes": _notes(found.seen, found.silent, lang=lang),
    }


def describe_failures(found: Failures, run: Run, *, limit: int = WORST) -> dict[str, Any]:
    """Return the worst single points of failure as GeoJSON, with the run of coverage they are of."""
    return {
        "type": "FeatureCollection",
        "run_id": run.run_id,
        "numberMatched": len(found.points),
        "numberReturned": min(limit, len(found.points)),
        "seen_m": plain(found.seen_m),
        "features": to_features(to_wgs84(found.points.head(limit))),
    }


def to_metres(lookout: Lookout, corners: Sequence[Sequence[float]]) -> list[shapely.Point]:
    """Return places (longitude, latitude) in metres; OtherPlaceError (`place_outside_city`) for others."""
    west, south, east, north = lookout.bounds
    for lon, lat in corners:
        inside_east = west - MARGIN_DEG <= lon <= east + MARGIN_DEG
        if not (inside_east and south - MARGIN_DEG <= lat <= north + MARGIN_DEG):
            raise OtherPlaceError("place_outside_city")
    points = gpd.GeoSeries(gpd.points_from_xy(*zip(*corners, strict=True)), crs=WGS84)
    return list(points.to_crs(lookout.crs))


def _notes(*told: pd.DataFrame, lang: str) -> list[str]:
    """Say of how many cameras the journal does not know the state, if of any, and what is unsure."""
    known = pd.concat([frame[["camera", "state_known"]] for frame in told])
    unknown = known.loc[~known["state_known"].to_numpy(dtype=bool), "camera"].nunique()
    notes = [say("witnesses.optics", lang)]
    if unknown:
        total = known["camera"].nunique()
        notes.insert(0, say("witnesses.no_history", lang, count=unknown, total=total))
    return notes


def _features(frame: gpd.GeoDataFrame, now: datetime | None) -> list[dict[str, Any]]:
    """Return features, with `deleted` where it is known whether the footage is gone by now."""
    features = to_features(to_wgs84(frame)) if len(frame) else []
    for feature, kept in zip(features, frame["delete_at"] if now is not None else [], strict=now is not None):
        properties = feature["properties"]
        properties["deleted"] = None if properties["delete_at"] is None else bool(kept <= now)
    return features
