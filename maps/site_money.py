"""What a plan of sites costs and brings, and which cameras of others could be connected, as blocks."""

from __future__ import annotations

from typing import Any, Final

from ..coverage.results import SiteProposal
from .chart import Curve
from .document import Align, Block, Heading, Paragraph, Picture, Table
from .frames import present, records
from .paper import PaperContext
from .site_words import gain_unit, gain_words, remarks
from .text import Speaker, say_metres, say_number, say_share
from .words import word

MOST_OFFERS: Final = 20
"""Cameras of others that the document lists; of longer lists it says how many more there are."""
_CURVE_MM: Final = 72.0


def money_blocks(proposal: SiteProposal, context: PaperContext) -> list[Block]:
    """Return the curve of gain against money, the phases with their bounds, and the steps."""
    lang, steps = context.lang, records(proposal.curve)
    if len(steps) < 2:
        return []
    phases = records(proposal.phases)
    blocks: list[Block] = [
        Heading(context.say("document.curve")),
        Picture(plan_curve(proposal, context), _CURVE_MM, context.say("siteplan.curve.title")),
    ]
    if phases:
        blocks += [Heading(context.say("document.phases")), _phases(phases, context)]
    heads = ("step", "phase", "spent", "gain_m", "gain", "per_million")
    rows = []
    for before, row in zip([None, *steps[:-1]], steps, strict=True):
        spent = row["spent"] - (before["spent"] if before else 0.0)
        metres = row["gain_m"] - (before["gain_m"] if before else 0.0)
        rows.append(
            [
                say_number(int(row["step"]), lang),
                str(row["phase"]) if row["step"] else "–",
                say_number(row["spent"], lang),
                say_metres(row["gain_m"], lang),
                gain_words(row["gain"], lang),
                say_number(metres / spent * 1e6, lang) if spent > 0 else "–",
            ]
        )
    align: list[Align] = ["R"] * 6
    table = Table(
        [context.say(f"document.col.{name}") for name in heads], rows, (8, 9, 18, 16, 15, 20), align
    )
    return [*blocks, Heading(context.say("document.steps")), table]


def _phases(phases: list[dict[str, Any]], context: PaperContext) -> Table:
    lang = context.lang
    heads = ("phase", "budget", "spent", "count", "gain_m", "gain", "bound", "gap")
    rows = [
        [
            str(row["phase"]),
            say_number(row["budget"], lang) if present(row["budget"]) else "–",
            say_number(row["spent"], lang),
            say_number(row["sites"], lang),
            say_metres(row["gain_m"], lang),
            gain_words(row["gain"], lang),
            gain_words(row["upper_bound"], lang) if present(row["upper_bound"]) else "–",
            context.say("document.proved")
            if row["proved"]
            else say_share(row["gap"], lang, digits=1)
            if present(row["gap"])
            else "–",
        ]
        for row in phases
    ]
    names = [context.say(f"document.col.{name}") for name in heads]
    align: list[Align] = ["R"] * 8
    return Table(names, rows, (9, 16, 16, 12, 14, 13, 13, 15), align)


def plan_curve(proposal: SiteProposal, context: Speaker) -> Curve:
    """Return the gain against the money of a plan, as a chart."""
    steps = records(proposal.curve)
    phases = records(proposal.phases)
    thousand = 1000.0
    # one phase is the whole plan: its end needs no line
    ends = [(str(row["phase"]), float(row["spent"]) / thousand) for row in phases] if len(phases) > 1 else []
    return Curve(
        spent=[float(row["spent"]) / thousand for row in steps],
        gain=[float(row["gain"]) for row in steps],
        labels=[str(int(row["order"])) if row["step"] and present(row["order"]) else "" for row in steps],
        money=context.say("document.curve.money"),
        gained=gain_unit(proposal.goal, context.lang),
        bound=float(proposal.plan.upper_bound),
        bound_word=context.say("document.curve.bound"),
        phases=[(context.say("document.curve.phase", phase=name), spent) for name, spent in ends],
    )


def connectable_blocks(proposal: SiteProposal, context: PaperContext) -> list[Block]:
    """Return the cameras of others, those without consent named as such."""
    rows = records(proposal.connectable)
    title = Heading(context.say("document.connectable"))
    if not rows:
        return [title, Paragraph(context.say("document.connectable.none"))]
    heads = ("camera", "owner", "state", "consent", "retention", "cost", "gain_m", "gain", "per_million",
             "remarks")  # fmt: skip
    align: list[Align] = ["L", "L", "L", "L", "R", "R", "R", "R", "R", "L"]
    names = [context.say(f"document.col.{name}") for name in heads]
    table = Table(
        names,
        [_offer(row, context) for row in rows[:MOST_OFFERS]],
        (19, 16, 15, 15, 12, 15, 13, 11, 14, 42),
        align,
        7.0,
    )
    blocks: list[Block] = [title, Paragraph(context.say("document.connectable.hint"), soft=True), table]
    if len(rows) > MOST_OFFERS:
        refused = sum(present(row["reason"]) for row in rows)
        more = context.say("document.connectable.more", count=len(rows) - MOST_OFFERS, refused=refused)
        blocks.append(Paragraph(more))
    return blocks


def _offer(row: dict[str, Any], context: PaperContext) -> list[str]:
    lang = context.lang
    owner = row["owner"] if present(row.get("owner")) else row.get("programme")
    return [
        str(row["camera"]),
        word("programmes", owner, lang) if present(owner) else "–",
        word("states", row["state"], lang),
        context.say("siteplan.consent.yes" if row["consent"] is True else "siteplan.consent.no"),
        say_number(row["retention_days"], lang) if present(row["retention_days"]) else "–",
        say_number(row["cost"], lang),
        say_metres(row["gain_m"], lang),
        gain_words(row["gain"], lang),
        say_number(row["per_million"], lang),
        remarks(row, lang),
    ]
