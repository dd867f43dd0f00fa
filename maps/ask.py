"""A question that a page lets a person ask on its map, and the form it is asked with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from ..coverage.conditions import OBSTACLES
from .text import say

_TEXTS: Final = ("draw", "undo", "send", "stop", "points", "outside", "here", "middle", "help")


@dataclass(frozen=True)
class Ask:
    """What the form of a page begins with, and where it is sent.

    Attributes
    ----------
    action : str
        Address of the page that answers.
    bounds : tuple of float
        West, south, east, north in degrees: places beyond are not asked about.
    time, end_time : datetime or None
        In the zone of the city; the end is that of a path.
    place : tuple of float, optional
        Longitude and latitude that were asked about.
    path : str
        `lon,lat;lon,lat` that was asked about.
    obstacles : {"buildings", "leaf_off", "leaf_on"}
        What was taken to hide besides buildings.
    """

    action: str
    bounds: tuple[float, float, float, float]
    time: datetime
    end_time: datetime | None = None
    place: tuple[float, float] | None = None
    path: str = ""
    obstacles: str = "buildings"
    choices: ClassVar[tuple[str, ...]] = OBSTACLES

    @property
    def local_time(self) -> str:
        """The time as a browser's field for it holds it."""
        return _local(self.time)

    @property
    def local_end_time(self) -> str:
        """The end as a browser's field for it holds it, or nothing."""
        return _local(self.end_time) if self.end_time else ""

    def told(self, lang: str) -> dict[str, object]:
        """Return what the script of the page has to know."""
        return {"bounds": list(self.bounds), "texts": {name: say(f"ask.{name}", lang) for name in _TEXTS}}


def _local(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="minutes")
