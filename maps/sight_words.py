"""Words about a camera that looked at a place or along a way: how well, how surely, until when it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from ..coverage.counting import SURE
from .frames import pick, present
from .page_frame import Figure, PageContext
from .text import say, say_moment, say_number, say_share, say_until
from .words import word

Row = Mapping[str, Any]
URGENT: Final = timedelta(days=3)
"""Footage that goes within this time is told in the colour of alarm."""
POPUP_ROWS: Final = (
    "state", "distance", "pixels", "quality", "chance", "stretches", "kept", "desk", "owner", "programme",
    "feeds", "why",
)  # fmt: skip


def popup_labels(context: PageContext) -> dict[str, str]:
    """Return what the rows of a camera's popup are called."""
    return {name: context.say(f"saw.popup.{name}") for name in POPUP_ROWS}


def camera_name(camera: Row, identity: str = "camera") -> str:
    """Return the name of a camera with its id, or the id alone."""
    name, number = camera.get("name"), str(camera[identity])
    return f"{name} ({number})" if present(name) and str(name).strip() not in ("", number) else number


def pixel_words(camera: Row, context: PageContext) -> str:
    """Return pixels per metre, an interval where lens or heading are not known."""
    low, high = (
        say_number(float(camera[f"pixels_{end}"]), context.lang, digits=int(camera["pixels_low"] < 10))
        for end in ("low", "high")
    )
    return context.say("saw.pixels", pixels=low if low == high else f"{low}–{high}")


def chance_words(probability: float, context: PageContext) -> str:
    """Say whether a place was in the picture for certain, or may have been, and how likely."""
    if probability >= SURE:
        return context.say("saw.certain")
    # rounding must not make a certainty of what is none
    share = min(max(probability, 0.01), 0.99)
    return context.say("saw.perhaps", share=say_share(share, context.lang))


def reason_words(camera: Row, lang: str) -> str:
    """Say why a camera that looked there recorded nothing."""
    return word("saw.reason", camera["reason"], lang)


def blind_words(why: object, lang: str) -> str:
    """Say why a camera does not see a place."""
    return word("witnesses.why", why, lang)


def hollow_state(camera: Row) -> str:
    """Return which hollow sign stands for a camera that recorded nothing, whatever its state."""
    return "offline" if camera["state"] == "offline" else "registered"


def deletion_words(delete_at: object, context: PageContext) -> tuple[str, str, str]:
    """Say how soon footage is deleted, until when it is kept (if that is known), and how that is shown.

    Parameters
    ----------
    delete_at : Timestamp
        NaT where the register does not say how long footage is kept.
    context : PageContext
        Made now, in the zone of the city.
    """
    moment = local_moment(delete_at, context)
    if moment is None:
        return context.say("saw.unknown"), "", ""
    left = moment - context.made_at
    when = say_until(left, context.lang)
    told = say_moment(moment, context.lang)
    if left <= timedelta(0):
        return context.say("saw.deleted", when=when), context.say("saw.kept.past", until=told), "gone"
    return (
        context.say("saw.deletes", when=when),
        context.say("saw.kept", until=told),
        "urgent" if left < URGENT else "",
    )


def local_moment(moment: object, context: PageContext) -> datetime | None:
    """Return a moment in the zone of the page; None where there is none."""
    if moment is None or pd.isna(moment):  # pyright: ignore[reportGeneralTypeIssues, reportCallIssue, reportArgumentType]
        return None
    return pd.Timestamp(moment).to_pydatetime().astimezone(context.made_at.tzinfo)  # pyright: ignore[reportArgumentType]


def as_read(seen: gpd.GeoDataFrame, context: PageContext) -> gpd.GeoDataFrame:
    """Return footage as a list has it: what is still kept by its deletion, then what is deleted already."""
    gone = (seen["delete_at"] <= pd.Timestamp(context.made_at)).to_numpy(dtype=bool)
    return pick(seen, np.argsort(gone, kind="stable"))


def desk_words(camera: Row, context: PageContext) -> str:
    """Say who watches a camera and whose it is, as far as the register knows."""
    told = [
        context.say(f"saw.{name}", **{name: str(camera[name])})
        for name in ("desk", "owner")
        if present(camera.get(name)) and str(camera[name]).strip()
    ]
    return " · ".join(told)


def common_rows(camera: Row, context: PageContext) -> dict[str, object]:
    """Return the rows of a popup that are the same for a place and for a way."""
    told: dict[str, object] = {"state": word("states", camera["state"], context.lang)}
    for name in ("desk", "owner", "feeds"):
        if present(camera.get(name)) and str(camera[name]).strip():
            told[name] = str(camera[name])
    if present(camera.get("programme")):
        told["programme"] = word("programmes", camera["programme"], context.lang)
    if "delete_at" in camera:
        told["kept"] = deletion_words(camera["delete_at"], context)[1] or context.say("saw.unknown")
    if "reason" in camera:
        told["why"] = reason_words(camera, context.lang)
    return told


def first_deleted(rows: Sequence[Row], context: PageContext) -> Figure:
    """Return the key figure of the footage that goes first of what is still there."""
    label = context.say("saw.figure.first")
    moments = [(local_moment(row["delete_at"], context), row) for row in rows]
    known = [(moment, row) for moment, row in moments if moment is not None]
    left = [(moment, row) for moment, row in known if moment > context.made_at]
    if left:
        moment, row = min(left, key=lambda pair: pair[0])
        urgent = moment - context.made_at < URGENT
        return Figure(
            label,
            say_until(moment - context.made_at, context.lang),
            context.say(
                "saw.figure.first.note", moment=say_moment(moment, context.lang), camera=camera_name(row)
            ),
            "blind" if urgent else "plain",
        )
    if known and len(known) == len(rows):
        return Figure(label, context.say("saw.figure.gone"), context.say("saw.figure.gone.note"), "blind")
    note = "rest" if known else "unknown" if rows else "nothing"
    return Figure(label, "–", context.say(f"saw.figure.{note}.note"))


def place_words(lon: float, lat: float, lang: str) -> str:
    """Write a place in degrees, the sides of the world in words."""
    north = say("saw.north" if lat >= 0 else "saw.south", lang)
    east = say("saw.east" if lon >= 0 else "saw.west", lang)
    return f"{abs(lat):.5f}°\N{NO-BREAK SPACE}{north}, {abs(lon):.5f}°\N{NO-BREAK SPACE}{east}"


def notes(
    context: PageContext,
    *,
    looking: Sequence[gpd.GeoDataFrame] = (),
    not_drawn: int = 0,
    obstacles: str = "buildings",
) -> list[str]:
    """Say what the answer means and does not mean.

    Parameters
    ----------
    context : PageContext
        For whom.
    looking : sequence of GeoDataFrame
        The cameras of the answer, with `state_known` where a journal of states was asked.
    not_drawn : int
        How many cameras of the register are left out of the map.
    obstacles : {"buildings", "leaf_off", "leaf_on"}
        What was taken to hide besides buildings.
    """
    known = [bool(one) for frame in looking for one in frame.get("state_known", [False] * len(frame))]
    told = [] if all(known) else [context.say("saw.note.state")]
    if any(known):
        told = [context.say("saw.note.journal.all")]
        if not all(known):
            told = [context.say("saw.note.journal", known=sum(known), total=len(known))]
    told += [context.say("saw.note.optics"), context.say(f"saw.note.{obstacles}")]
    return [*told, context.say("saw.note.others", count=not_drawn)] if not_drawn else told


def count_by_state(states: Iterable[str], lang: str) -> str:
    """Return how many are in each state: `live 2, archive only 1`."""
    told = list(states)
    return ", ".join(
        f"{word('states', state, lang)} {say_number(told.count(state), lang)}"
        for state in dict.fromkeys(told)
    )
