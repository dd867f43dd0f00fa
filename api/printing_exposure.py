"""Tables about what a patrol was worth, for people at a terminal."""

from __future__ import annotations

from typing import Any, Final

from ..coverage.exposure import Exposure
from ..maps.exposure_words import how_sentence, promise_sentence, saved_sentence
from ..maps.text import say, say_metres, say_number, say_share
from ..maps.words import street_name, word
from .console import Shell

_COLUMNS: Final = ("camera_min", "unit_min", "nobody_min", "near_share", "longest_gap_min",
                   "response_p50_s", "response_p90_s")  # fmt: skip
MOST_STREETS: Final = 15


def print_exposure(shell: Shell, found: Exposure) -> None:
    """Print the plans beside each other, and what knowing of cameras is worth with its interval."""
    lang = shell.lang
    shell.tell(how_sentence(found, lang))
    shell.heading("exposure.heading")
    value = found.figures.pivot_table(index="plan", columns="measure", values="value")
    shell.table(
        ["exposure.col.plan", *(f"exposure.col.{name}" for name in _COLUMNS)],
        [
            [
                say(f"exposure.plans.{plan}", lang),
                *(
                    say_share(value.loc[plan, name], lang)
                    if name == "near_share"
                    else say_number(value.loc[plan, name], lang, digits=1)
                    for name in _COLUMNS
                ),
            ]
            for plan in found.planned["plan"]
        ],
        numbers=range(1, 8),
    )
    shell.tell(saved_sentence(found, lang))
    if promise_sentence(found, lang):
        shell.tell(promise_sentence(found, lang))
    shell.say("exposure.honest")


def print_driven(shell: Shell, answer: dict[str, Any]) -> None:
    """Print planned beside driven: stops, then streets."""
    lang = shell.lang
    shell.heading("driven.heading", unit=str(answer["unit"]))
    shell.say(
        "driven.sum",
        planned=say_number(answer["planned_min"], lang, digits=1),
        driven=say_number(answer["driven_min"], lang, digits=1),
        fixes=answer["fixes"],
        gap=say_number(answer["gap_s"] / 60, lang, digits=1),
    )
    if not answer["on_shift"]:
        shell.say("driven.other_time")
    for reason, count in answer["rejected"].items():
        shell.say("driven.rejected", reason=word("reasons", reason, lang), count=count)
    shell.table(
        [f"driven.col.{name}" for name in ("stop", "street", "planned", "driven", "visits")],
        [
            [
                str(stop["stop"]),
                street_name(stop["name"], lang, near=stop["near"]),
                say_number(stop["planned_min"], lang, digits=1),
                say_number(stop["driven_min"], lang, digits=1),
                f"{stop['visits_driven']} / {stop['visits_planned']}",
            ]
            for stop in answer["stops"]
        ],
        numbers=(2, 3, 4),
    )
    shell.table(
        ["driven.col.street", "driven.col.metres"],
        [
            [street_name(street["name"], lang), say_metres(street["metres"], lang)]
            for street in answer["streets"][:MOST_STREETS]
        ],
        numbers=(1,),
    )
    shell.say("driven.honest")


def print_moving(shell: Shell, answer: dict[str, Any]) -> None:
    """Print what moving cameras see: hours by kind, then the streets watched longest."""
    lang = shell.lang
    shell.heading("moving.heading")
    shell.say(
        "moving.sum",
        dashcam=say_number(answer["hours"]["dashcam"], lang, digits=1),
        badge=say_number(answer["hours"]["badge"], lang, digits=1),
        metres=say_metres(answer["metres"], lang),
    )
    shell.table(
        ["driven.col.street", "moving.col.metres", "moving.col.minutes"],
        [
            [
                street_name(street["name"], lang),
                say_metres(street["metres"], lang),
                say_number(street["seconds"] / 60, lang, digits=1),
            ]
            for street in answer["streets"][:MOST_STREETS]
        ],
        numbers=(1, 2),
    )
    shell.say("moving.honest")
