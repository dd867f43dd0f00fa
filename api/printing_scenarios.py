"""Scenarios and what they change as tables on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final

from ..coverage.schema import STATES
from ..maps.text import has_text, say, say_metres, say_moment, say_number
from ..maps.words import street_name, word
from .console import Shell

Answer = Mapping[str, Any]
MOST_ROWS: Final = 15


def print_difference(shell: Shell, answer: Answer, *, name: str) -> None:
    """Print what changes, before and after, with a sign; of `describe_difference`."""
    lang, figures = shell.lang, answer["figures"]
    shell.heading("whatif.cli.heading", name=name or say("titles.what-if", lang))
    rows = []
    for state in STATES:
        row = figures["seen"][state]["mid"]
        rows.append(
            [
                word("states", state, lang),
                # whole metres: in kilometres most changes would be told as none
                *(
                    f"{say_number(row[name], lang)}\N{NO-BREAK SPACE}{say('whatif.metres', lang)}"
                    for name in ("before_m", "after_m")
                ),
                *(signed_metres(value, lang) for value in (row["gained_m"], -row["lost_m"], row["change_m"])),
                signed_number(row["risk_change"], lang),
            ]
        )
    columns = ("cli.state", "before", "after", "cli.gained", "cli.lost", "change", "cli.risk")
    shell.table([f"whatif.{column}" for column in columns], rows, numbers=range(1, 7))
    _print_classes(shell, figures)
    _print_spots(shell, answer)
    for camera in (feature["properties"] for feature in answer["cameras"]["after"]["features"]):
        told = f"whatif.excluded.{camera['excluded']}"
        if camera["excluded"] is not None and has_text(told, lang) and not shell.as_json:
            shell.out.print(
                f"{say('whatif.camera', lang)} {camera['id']}: {say(told, lang)}",
                markup=False,
                style="yellow",
            )


def print_scenarios(shell: Shell, lines: Sequence[Answer], *, zone: tzinfo) -> None:
    """Print the kept scenarios."""
    lang = shell.lang
    if not lines:
        shell.say("whatif.cli.none")
        return
    shell.heading("whatif.cli.list", count=len(lines))
    rows = []
    for line in lines:
        seen = line["figures"]["seen"]["live"]["mid"]
        made = datetime.fromisoformat(line["created_at"]).astimezone(zone)
        rows.append(
            [
                line["id"],
                line["name"],
                say_moment(made, lang),
                say_number(len(line["changes"]), lang),
                signed_metres(seen["change_m"], lang),
                say("whatif.cli.other" if line["register_changed"] else "whatif.cli.same", lang),
            ]
        )
    columns = ("cli.id", "cli.name", "cli.created", "cli.changes", "change", "cli.register")
    shell.table([f"whatif.{column}" for column in columns], rows, numbers=(3, 4))


def signed_metres(value: float, lang: str) -> str:
    """Return metres with their sign, also where there is none to tell."""
    return _sign(round(value)) + say_metres(abs(value), lang)


def signed_number(value: float, lang: str) -> str:
    """Return a number of one decimal with its sign."""
    return _sign(round(value, 1)) + say_number(abs(value), lang, digits=1)


def _print_classes(shell: Shell, figures: Answer) -> None:
    lang = shell.lang
    rows = [row for row in figures["by_class"] if row["level"] == "mid"]
    if not rows:
        return
    shell.heading("whatif.cli.classes")
    shell.table(
        ["whatif.highway", "whatif.cli.gained", "whatif.cli.lost", "whatif.change"],
        [
            [
                word("highways", row["highway"], lang),
                *(signed_metres(value, lang) for value in (row["gained_m"], -row["lost_m"], row["change_m"])),
            ]
            for row in sorted(rows, key=lambda row: -abs(row["change_m"]))
        ],
        numbers=(1, 2, 3),
    )


def _print_spots(shell: Shell, answer: Answer) -> None:
    lang, blind = shell.lang, answer["figures"]["blind_m"]
    spots = [feature["properties"] for feature in answer["spots"]["features"]][:MOST_ROWS]
    shell.heading(
        "whatif.cli.spots",
        blind_before=say_metres(blind["before"], lang),
        blind_after=say_metres(blind["after"], lang),
    )
    if not spots:
        shell.say("whatif.spots.none")
        return
    shell.table(
        ["whatif.cli.street", "whatif.change", "whatif.before", "whatif.after", "whatif.cli.risk"],
        [
            [
                street_name(spot["name"], lang, highway=spot["highway"], near=spot["near"]),
                say(f"whatif.spot.{spot['change']}", lang),
                say_metres(spot["before_m"], lang),
                say_metres(spot["after_m"], lang),
                signed_number(spot["risk_after"] - spot["risk_before"], lang),
            ]
            for spot in spots
        ],
        numbers=(2, 3, 4),
    )


def _sign(value: float) -> str:
    return "+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else "±"
