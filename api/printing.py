"""The answers as tables on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from ..coverage.results import LEVELS, TIMES
from ..coverage.schema import STATES
from ..maps.patrol_words import say_statements
from ..maps.text import say, say_metres, say_minutes, say_number, say_share, say_time
from ..maps.words import cause_sentence, conditions_words, street_name, word
from .console import Shell

Figures = Mapping[str, Any]


def print_coverage(shell: Shell, figures: Figures) -> None:
    """Print the network, the cameras by state, and what they see; `figures` are those of `figures_of`."""
    lang = shell.lang
    network = figures["network_m"]
    shell.heading("cli.coverage", ladder=figures["ladder"], seen_at=word("classes", figures["seen_at"], lang))
    shell.say("cli.network", network=_km(network, lang), tunnels=_km(figures["tunnel_m"], lang))
    shell.table(
        ["cli.col.state", "cli.col.cameras", "cli.col.low", "cli.col.mid", "cli.col.high"],
        [
            [
                word("states", state, lang),
                say_number(figures["cameras"][state], lang),
                *(say_metres(figures["seen_m"][state][level], lang) for level in LEVELS),
            ]
            for state in STATES
        ]
        + [[say("cli.all", lang), say_number(figures["cameras_total"], lang), "", "", ""]],
        numbers=(1, 2, 3, 4),
    )
    for reason, count in figures["excluded"].items():
        shell.say("cli.excluded", count=count, reason=word("excluded", reason, lang))
    shell.heading("cli.times")
    times = figures["times_m"]["live"]
    shell.table(
        ["cli.col.times", "cli.col.low", "cli.col.mid", "cli.col.high", "cli.col.share"],
        [
            [
                say(f"cli.times.{count}", lang),
                *(_m(times[level][count], lang) for level in LEVELS),
                say_share(times["mid"][count] / network, lang, digits=1),
            ]
            for count in TIMES
        ]
        + [
            [
                say("cli.sum", lang),
                *(_m(sum(times[level].values()), lang) for level in LEVELS),
                say_share(1, lang),
            ]
        ],
        numbers=(1, 2, 3, 4),
    )
    seen = figures["seen_m"]["live"]["mid"]
    shell.say(
        "cli.circle",
        circle=say_metres(figures["circle_m"], lang),
        seen=say_metres(seen, lang),
        factor=say_number(figures["circle_m"] / seen, lang, digits=1) if seen else "–",
    )
    for state, panning in figures["panning"].items():
        if panning["cameras"]:
            shell.say(
                "cli.panning",
                state=word("states", state, lang),
                cameras=say_number(panning["cameras"], lang),
                expected=say_metres(panning["expected_m"], lang),
                potential=say_metres(panning["potential_m"], lang),
            )


def print_conditions(shell: Shell, conditions: Figures) -> None:
    """Print by what light, past what and for what the figures of a run hold."""
    shell.say("cli.conditions", conditions=conditions_words(conditions, shell.lang))


def print_blind_spots(shell: Shell, figures: Figures, *, top: int = 10) -> None:
    """Print the worst blind spots with street and cause."""
    lang = shell.lang
    worst = figures["worst"][:top]
    shell.heading("cli.blind", count=len(worst))
    shell.say(
        "cli.blind.sum",
        count=figures["spots"],
        unseen=_km(figures["unseen_m"], lang),
        unsure=_km(figures["unsure_m"], lang),
    )
    shell.table(
        [
            "cli.col.rank",
            "cli.col.street",
            "cli.col.length",
            "cli.col.risk",
            "cli.col.cause",
        ],
        [
            [
                str(spot["rank"]),
                street_name(spot["name"], lang, highway=spot["highway"], near=spot["near"]),
                say_metres(spot["length_m"], lang),
                say_number(spot["risk"], lang, digits=1),
                cause_sentence(spot, lang),
            ]
            for spot in worst
        ],
        numbers=(0, 2, 3),
    )


def print_patrol(shell: Shell, figures: Figures, *, zone: tzinfo) -> None:
    """Print a timetable for each unit, and what cannot be held."""
    lang = shell.lang
    shell.heading("cli.patrol", count=len(figures["units"]))
    for unit in figures["units"]:
        shell.heading(
            "cli.patrol.unit",
            unit=unit["id"],
            kind=word("unit_kinds", unit["kind"], lang),
            start=say_clock(unit["shift_start"], zone, lang),
            end=say_clock(unit["shift_end"], zone, lang),
            drive=say_metres(unit["drive_m"], lang),
            back=say_clock(unit["back_at"], zone, lang),
        )
        shell.table(
            [
                "cli.col.order",
                "cli.col.arrive",
                "cli.col.leave",
                "cli.col.street",
                "cli.col.drive",
                "cli.col.way",
            ],
            [
                [
                    str(visit["order"]),
                    say_clock(visit["arrive"], zone, lang),
                    say_clock(visit["leave"], zone, lang),
                    street_name(visit["name"], lang, near=visit["near"]),
                    say_minutes(visit["drive_s"], lang),
                    say_metres(visit["drive_m"], lang),
                ]
                for visit in unit["visits"]
            ],
            numbers=(0, 1, 2, 4, 5),
        )
    shell.say(
        "cli.patrol.left_out",
        left=figures["left_out"],
        stops=figures["stops"],
        score=say_number(figures["score"], lang, digits=1),
        bound=say_number(figures["upper_bound"], lang, digits=1),
        seed=str(figures["seed"]),
    )
    if not shell.as_json:
        for sentence in say_statements(figures["statements"], lang):
            shell.out.print(sentence, markup=False)


def print_synthetic(shell: Shell, parts: Sequence[str]) -> None:
    """Print what is made up, where anything is."""
    if parts and not shell.as_json:
        words = ", ".join(say(f"synthetic.{part}", shell.lang) for part in parts)
        shell.out.print(say("synthetic.heading", shell.lang, what=words), style="bold yellow", markup=False)


def say_clock(moment: str, zone: tzinfo, lang: str) -> str:
    """Return the time of day of a moment of the figures."""
    return say_time(datetime.fromisoformat(moment).astimezone(zone), lang)


def _km(metres: float, lang: str) -> str:
    return f"{say_number(metres / 1000, lang, digits=2)} {say('cli.km', lang)}"


def _m(metres: float, lang: str) -> str:
    return f"{say_number(metres, lang)} {say('cli.m', lang)}"
