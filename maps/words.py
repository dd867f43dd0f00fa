"""Words the pages share: streets without a name, kinds of way, causes, assumed fields, ranges."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ..coverage.conditions import HEAD_M
from .frames import present
from .text import has_text, say, say_metres, say_number, say_share

COMPASS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")


def street_name(name: object, lang: str, *, highway: object = None, near: object = None) -> str:
    """Return the name of a street, or words for one that has none: its kind, and the named street nearby."""
    if present(name) and str(name).strip():
        return str(name)
    kind = say("words.unnamed", lang) if highway is None else word("highways", highway, lang)
    if present(near) and str(near).strip():
        return say("words.near", lang, kind=kind, street=str(near))
    return kind if highway is None else say("words.unnamed_kind", lang, kind=kind)


def word(area: str, value: object, lang: str) -> str:
    """Return the catalogue's word for a value (`highways.residential`), else the value itself."""
    key = f"{area}.{value}"
    return say(key, lang) if has_text(key, lang) else str(value)


def compass_word(heading_deg: float, lang: str) -> str:
    """Return the nearest of eight directions: 0 is north, clockwise."""
    return say(f"compass.{COMPASS[round(heading_deg / 45) % 8]}", lang)


def metres_range(low: float, high: float, lang: str) -> str:
    """Return `low – high` metres, or one figure where both are written alike."""
    first, last = say_metres(low, lang), say_metres(high, lang)
    return first if first == last else f"{first}\N{NO-BREAK SPACE}– {last}"


def share_of(part: float, whole: float, lang: str, *, digits: int = 0) -> str:
    """Return a part of a whole as a percentage; a dash where there is no whole."""
    return say_share(part / whole if whole > 0 else math.nan, lang, digits=digits)


def cause_sentence(spot: Mapping[str, object], lang: str) -> str:
    """Say why a blind spot is blind, as exactly as its row knows."""
    cause = str(spot["cause"])
    camera = str(spot["camera"]) if present(spot.get("camera")) else ""
    distance = spot.get("distance_m")
    far = say_metres(float(str(distance)), lang) if present(distance) else ""
    if cause == "hidden_by_building":
        named = spot.get("building_name")
        building = str(named) if present(named) and str(named).strip() else ""
        if not building and present(spot.get("building")):
            building = say("words.building_number", lang, building=str(spot["building"]))
        if building and camera and far:
            return say("why.hidden_by_building", lang, building=building, camera=camera, distance=far)
    elif cause == "hidden_by_barrier":
        if camera and far and present(spot.get("building")):
            told = {"barrier": str(spot["building"]), "camera": camera, "distance": far}
            return say("why.hidden_by_barrier", lang, **told)
    elif camera and far and has_text(f"why.{cause}", lang):
        return say(f"why.{cause}", lang, camera=camera, distance=far)
    return say(f"causes.{cause}.sentence", lang)


def conditions_words(conditions: Mapping[str, object], lang: str) -> str:
    """Say under what conditions cameras look: light (where it is told), what hides, what must be seen.

    Parameters
    ----------
    conditions : mapping
        The fields of `coverage.conditions.Conditions`; others are passed over.
    lang : str
    """
    height = float(str(conditions["target_m"]))
    what = "ground" if height == 0 else "head" if height == HEAD_M else "target"
    told = [say(f"conditions.light.{conditions['light']}", lang)] if "light" in conditions else []
    told.append(say(f"conditions.obstacles.{conditions['obstacles']}", lang))
    told.append(say(f"conditions.{what}", lang, height=say_number(height, lang, digits=2)))
    return " · ".join(told)


def assumed_lines(assumed: Mapping[str, int], cameras: int, lang: str) -> list[str]:
    """Say for each field of the register for how many cameras it was assumed, the most frequent first."""
    ranked = sorted(assumed.items(), key=lambda item: (-item[1], item[0]))
    total = say_number(cameras, lang)
    return [
        say("page.assumed_for", lang, field=word("fields", name, lang), count=number, total=total)
        for name, number in ranked
    ]
