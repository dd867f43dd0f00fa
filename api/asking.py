"""A question of witnesses as an address holds it: a place or a path, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final
from urllib.parse import urlencode

from ..coverage.conditions import Obstacles
from ..coverage.errors import InvalidInputError
from .questions import read_time

PAGE: Final = "/maps/witnesses"
MOST_CORNERS: Final = 1_000
"""An address holds about this many; a longer way is asked over `POST /witnesses`."""


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes
    ----------
    corners : tuple of (lon, lat)
        One place; or a way of several; or nothing yet.
    time, end : datetime or None
        With their zone; the end is that of a way.
    ladder : str
        Of pixel densities.
    obstacles : {"buildings", "leaf_off", "leaf_on"}
        What hides besides buildings.
    """

    corners: tuple[tuple[float, float], ...]
    time: datetime
    end: datetime | None = None
    ladder: str = "2014"
    obstacles: Obstacles = "buildings"

    @property
    def place(self) -> tuple[float, float] | None:
        """The place, where it is one."""
        return self.corners[0] if len(self.corners) == 1 else None

    @property
    def path(self) -> str:
        """The way as an address holds it; empty where it is a place."""
        return ";".join(f"{lon:.6f},{lat:.6f}" for lon, lat in self.corners) if len(self.corners) > 1 else ""

    def address(self, lang: str) -> str:
        """Return the address of the answer in a language."""
        told = {"lang": lang, "time": self.time.isoformat()}
        if self.place is not None:
            told |= {"lon": str(self.place[0]), "lat": str(self.place[1])}
        if self.path:
            told |= {"path": self.path}
        if self.end is not None:
            told |= {"end_time": self.end.isoformat()}
        if self.ladder != "2014":
            told |= {"ladder": self.ladder}
        if self.obstacles != "buildings":
            told |= {"obstacles": self.obstacles}
        return f"{PAGE}?{urlencode(told, safe=',;:')}"


def read_question(
    *,
    place: tuple[float | None, float | None],
    path: str | None,
    times: tuple[str | None, str | None],
    local_times: tuple[str | None, str | None],
    zone: tzinfo,
    now: datetime,
    ladder: str,
    obstacles: Obstacles = "buildings",
) -> Question:
    """Read a question from its parts.

    Parameters
    ----------
    place : tuple of float or None
        Longitude and latitude.
    path : str or None
        `lon,lat;lon,lat`.
    times : tuple of str or None
        Begin and end, with their zone.
    local_times : tuple of str or None
        The same in the zone of the city, as a form sends them.
    zone : tzinfo
        Of the city.
    now : datetime
        Taken where no time is given.
    ladder : str
        Of pixel densities.
    obstacles : {"buildings", "leaf_off", "leaf_on"}
        What hides besides buildings.

    Raises
    ------
    InvalidInputError
        Codes `question_halved` (a longitude without a latitude, a place and a path, an end without a path),
        `path_wrong`, `time_wrong`, `time_without_zone`, `time_twice`.
    """
    lon, lat = place
    corners = () if not path else read_path(path)
    begin, end = (_one_time(*both, zone) for both in zip(times, local_times, strict=True))
    if (lon is None) != (lat is None) or (corners and lon is not None) or (end is not None and not corners):
        raise InvalidInputError("question_halved")
    if lon is not None and lat is not None:
        corners = ((lon, lat),)
    return Question(corners, begin or now.astimezone(zone), end, ladder, obstacles)


def read_path(text: str) -> tuple[tuple[float, float], ...]:
    """Read a path as an address or a command holds it; InvalidInputError (`path_wrong`)."""
    try:
        pairs = [tuple(float(part) for part in corner.split(",")) for corner in text.strip("; ").split(";")]
    except ValueError:
        raise InvalidInputError("path_wrong", most=MOST_CORNERS) from None
    if not 2 <= len(pairs) <= MOST_CORNERS or any(len(pair) != 2 for pair in pairs):
        raise InvalidInputError("path_wrong", most=MOST_CORNERS)
    return tuple((pair[0], pair[1]) for pair in pairs)


def read_place(text: str) -> tuple[float, float]:
    """Read `lon,lat`; InvalidInputError (`at_wrong`)."""
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        raise InvalidInputError("at_wrong") from None
    return lon, lat


def _one_time(text: str | None, local: str | None, zone: tzinfo) -> datetime | None:
    if text and local:
        raise InvalidInputError("time_twice")
    if not text and not local:
        return None
    moment = read_time(text or local or "")
    if text and moment.tzinfo is None:
        raise InvalidInputError("time_without_zone")
    moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    if not 1900 <= moment.year <= 2100:
        raise InvalidInputError("time_out_of_age")
    return moment.astimezone(zone)
