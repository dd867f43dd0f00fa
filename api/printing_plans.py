"""Plans of sites and of sweeps as tables on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from ..maps.text import has_text, say, say_metres, say_minutes, say_number, say_share
from ..maps.words import street_name, word
from .console import Shell
from .printing import say_clock

Figures = Mapping[str, Any]


def print_sites(shell: Shell, figures: Figures) -> None:
    """Print a plan in buying order, its phases, and the bound on any plan."""
    lang = shell.lang
    shell.heading("cli.sites", count=len(figures["sites"]))
    shell.table(
        ["cli.col.order", "cli.plan.col.action", "cli.col.street", "cli.plan.col.what", "cli.col.heading",
         "cli.col.cost", "cli.col.gain_m", "cli.col.gain", "cli.plan.col.per_million", "cli.plan.col.phase"],
        [
            [
                str(site["order"]),
                say(f"cli.plan.action.{site['action']}", lang),
                street_name(site["street"], lang),
                word("models", site["model"], lang) if site["action"] == "install" else str(site["camera"]),
                "–" if site["heading_deg"] is None else f"{site['heading_deg']:.0f}°",
                say_number(site["cost"], lang),
                say_metres(site["gain_m"], lang),
                say_number(site["gain"], lang, digits=1),
                say_number(site["per_million"], lang),
                str(site["phase"]),
            ]
            for site in figures["sites"]
        ],
        numbers=(0, 5, 6, 7, 8, 9),
    )  # fmt: skip
    if len(figures["phases"]) > 1:
        _print_phases(shell, figures)
    shell.say(
        "cli.sites.bound",
        covered=say_number(figures["covered"], lang, digits=1),
        bound=say_number(figures["upper_bound"], lang, digits=1),
        gap=say_share(figures["gap"], lang, digits=1),
        candidates=figures["candidates"],
    )
    if figures["proved"]:
        shell.say("cli.sites.proved")
    if has_text(f"cli.plan.stopped.{figures['stopped']}", lang):
        shell.say(f"cli.plan.stopped.{figures['stopped']}")
    before, after = figures["before"], figures["after"]
    shell.say(
        "cli.sites.after",
        before=say_metres(before["seen_m"], lang),
        after=say_metres(after["seen_m"], lang),
        demand_before=say_number(before["demand_seen"], lang, digits=1),
        demand_after=say_number(after["demand_seen"], lang, digits=1),
    )
    shell.say("cli.plan.money", cost=say_number(figures["cost"], lang))
    for reason, number in figures["left_out"].items():
        if has_text(f"cli.plan.left_out.{reason}", lang):
            shell.say(f"cli.plan.left_out.{reason}", count=number)
    for warning in figures["warnings"]:
        facts = {name: value for name, value in warning.items() if name != "code"}
        shell.say(f"cli.plan.warning.{warning['code']}", **facts)


def _print_phases(shell: Shell, figures: Figures) -> None:
    lang = shell.lang
    shell.heading("cli.plan.phases")
    shell.table(
        ["cli.plan.col.phase", "cli.plan.col.spent", "cli.plan.col.actions", "cli.col.gain_m",
         "cli.col.gain", "cli.plan.col.bound", "cli.plan.col.gap"],
        [
            [
                str(phase["phase"]),
                say_number(phase["spent"], lang),
                str(phase["sites"]),
                say_metres(phase["gain_m"], lang),
                say_number(phase["gain"], lang, digits=1),
                say_number(phase["upper_bound"], lang, digits=1),
                say_share(phase["gap"], lang, digits=1),
            ]
            for phase in figures["phases"]
        ],
        numbers=(0, 1, 2, 3, 4, 5, 6),
    )  # fmt: skip


def print_sweep(shell: Shell, figures: Figures, *, zone: tzinfo) -> None:
    """Print the streets of each unit in order, and how good the plan is."""
    lang = shell.lang
    for unit in figures["units"]:
        shell.heading(
            "cli.sweep.unit",
            unit=unit["id"],
            kind=word("unit_kinds", unit["kind"], lang),
            streets=unit["streets"],
            drive=say_metres(unit["drive_m"], lang),
            minutes=say_minutes(unit["drive_s"], lang),
            back=say_clock(unit["back_at"], zone, lang),
        )
        if not unit["in_shift"]:
            shell.say("cli.sweep.late")
        if not unit["streets"]:
            continue
        shell.table(
            ["cli.col.order", "cli.col.arrive", "cli.col.street", "cli.col.length", "cli.col.way"],
            [
                [
                    str(leg["order"]),
                    say_clock(leg["arrive"], zone, lang),
                    street_name(leg["name"], lang, near=leg["near"]),
                    say_metres(leg["street_m"], lang),
                    say_metres(leg["drive_m"], lang),
                ]
                for leg in unit["streets_in_order"]
                if leg["what"] == "street"
            ],
            numbers=(0, 1, 3, 4),
        )
    shell.say(
        "cli.sweep.total",
        streets=figures["streets"],
        blind=say_metres(figures["blind_m"], lang),
        left=say_metres(figures["left_out_m"], lang),
        longest=say_number(figures["longest_s"] / 60, lang, digits=1),
        bound=say_number(figures["bound_s"] / 60, lang, digits=1),
        gap=say_share(figures["gap"], lang),
    )
