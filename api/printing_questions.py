"""Witnesses and failures as tables on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from ..coverage.witnesses import RECORDING
from ..maps.sight_words import reason_words
from ..maps.text import say, say_metres, say_moment, say_number, say_share
from ..maps.words import word
from .console import Shell

Answer = Mapping[str, Any]


def print_witnesses(shell: Shell, answer: Answer, *, zone: tzinfo) -> None:
    """Print who saw a place, who looked there in vain, and the nearest cameras; of `describe_place`."""
    lang = shell.lang
    lon, lat = (f"{degrees:.5f}" for degrees in answer["place"]["coordinates"])
    shell.heading("witnesses.heading", lon=lon, lat=lat, time=_moment(answer["time"], zone, lang))
    if answer["building"] is not None:
        shell.say("witnesses.inside", building=answer["building"])
    if answer["features"]:
        shell.say("witnesses.count", count=len(answer["features"]))
        _table(shell, answer["features"], zone=zone)
    else:
        shell.say("witnesses.none")
    silent = answer["silent_cameras"]["features"]
    if silent:
        shell.heading("witnesses.silent", count=len(silent))
        _table(shell, silent, zone=None)
    shell.heading("witnesses.nearest", count=len(answer["nearest"]), blind=answer["nearest_blind"])
    shell.table(
        ["witnesses.col.camera", "witnesses.col.state", "witnesses.col.distance", "witnesses.col.why"],
        [
            [
                str(near["camera"]),
                word("states", near["state"], lang),
                say_metres(near["distance_m"], lang),
                _sight(near, lang),
            ]
            for near in answer["nearest"]
        ],
        numbers=(2,),
    )
    for note in answer["notes"]:
        if not shell.as_json:
            shell.out.print(note, style="dim", markup=False)


def print_failures(shell: Shell, answer: Answer) -> None:
    """Print the worst single points of failure; of `describe_failures`."""
    lang = shell.lang
    shell.heading("failures.heading", count=len(answer["features"]))
    shell.say("failures.lead", seen=say_metres(answer["seen_m"]["mid"], lang))
    columns = ("rank", "kind", "id", "live", "low", "mid", "high", "risk")
    shell.table(
        [f"failures.col.{name}" for name in columns],
        [
            [
                str(point["rank"]),
                word("failures.kinds", point["kind"], lang),
                str(point["id"]),
                say_number(point["live"], lang),
                *(say_metres(point[f"loss_{level}_m"], lang) for level in ("low", "mid", "high")),
                say_number(point["risk_mid"], lang, digits=1),
            ]
            for point in (feature["properties"] for feature in answer["features"])
        ],
        numbers=(0, 3, 4, 5, 6, 7),
    )
    shell.say("failures.levels")


def _table(shell: Shell, features: list[dict[str, Any]], *, zone: tzinfo | None) -> None:
    """Print cameras that look at a place; with a zone until when footage is kept, else why there is none."""
    lang = shell.lang
    columns = ["camera", "state", "distance", "pixels", "quality", "chance"]
    rows = []
    for camera in (feature["properties"] for feature in features):
        row = [
            str(camera["camera"]),
            word("states", camera["state"], lang),
            say_metres(camera["distance_m"], lang),
            _range(camera["pixels_low"], camera["pixels_high"], lang),
            word("classes", camera["quality"], lang),
            say_share(camera["probability"], lang),
        ]
        rows.append([*row, reason_words(camera, lang) if zone is None else _kept_until(camera, zone, lang)])
    columns.append("why" if zone is None else "delete_at")
    shell.table([f"witnesses.col.{name}" for name in columns], rows, numbers=(2, 3, 5))


def _sight(near: Answer, lang: str) -> str:
    if not near["sees"]:
        return word("witnesses.why", near["why"], lang)
    return say("witnesses.sees" if near["state"] in RECORDING else "witnesses.looks", lang)


def _kept_until(camera: Answer, zone: tzinfo, lang: str) -> str:
    if camera["delete_at"] is None:
        return say("witnesses.unknown", lang)
    return say("witnesses.deleted", lang) if camera["deleted"] else _moment(camera["delete_at"], zone, lang)


def _range(low: float, high: float, lang: str) -> str:
    first, last = say_number(low, lang), say_number(high, lang)
    return first if first == last else f"{first}–{last}"


def _moment(text: str, zone: tzinfo, lang: str) -> str:
    return say_moment(datetime.fromisoformat(text).astimezone(zone), lang)
