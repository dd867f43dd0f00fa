"""The proposal of a plan of sites as a document that can be put before a council."""

from __future__ import annotations

from typing import Any, Final

import geopandas as gpd
import numpy as np

from ..coverage.results import Coverage, SiteProposal
from .approval import Approval
from .coverage_page import coverage_notes
from .document import (
    Align,
    Block,
    Bullets,
    Document,
    Fields,
    Figures,
    Heading,
    Paragraph,
    Picture,
    Table,
)
from .frames import records
from .paper import PaperContext
from .paper_map import BUILDING, STREET, MapAreas, MapLines, MapMarks, PaperMap, framed
from .site_money import connectable_blocks, money_blocks
from .site_words import (
    action_words,
    bound_sentences,
    gain_unit,
    gain_words,
    goal_words,
    heading_words,
    model_words,
    money,
    ordered,
    reason_sentences,
    support_words,
)
from .style import BLIND, GAIN, GREEN, VIEW_PROPOSED
from .text import say_date, say_metres, say_moment, say_number
from .words import assumed_lines, conditions_words, share_of, street_name

MOST_REASONS: Final = 60
"""Sites told about one by one; of longer plans the table says the rest."""
_MAP_MM: Final = 118.0


def site_document(
    proposal: SiteProposal,
    coverage: Coverage,
    *,
    buildings: gpd.GeoDataFrame | None,
    approval: Approval,
    context: PaperContext,
) -> Document:
    """Return the document of a plan.

    Parameters
    ----------
    proposal : SiteProposal
    coverage : Coverage
        What the cameras of today see.
    buildings : GeoDataFrame, optional
        For the map, in any system.
    approval : Approval
        Until it is whole, each page says that this is a draft.
    context : PaperContext
    """
    blocks: list[Block] = [
        *_approval(approval, context),
        *_result(proposal, coverage, context),
        Heading(context.say("document.map")),
        Picture(_map(proposal, coverage, buildings, context), _MAP_MM, context.say("siteplan.map.title")),
        *_sites(proposal, context),
        *money_blocks(proposal, context),
        *connectable_blocks(proposal, context),
        *_assumptions(coverage, context),
    ]
    return Document(
        context.say("document.title"),
        context,
        blocks,
        draft="" if approval.is_whole else context.say("paper.draft"),
        about=context.say(
            "document.about", city=context.city, made=say_moment(context.made_at, context.lang)
        ),
    )


def _approval(approval: Approval, context: PaperContext) -> list[Block]:
    state = "whole" if approval.is_whole else "past" if approval.is_past else "draft"
    day = say_date(approval.review_date, context.lang) if approval.review_date else ""
    fields = [
        (context.say("document.purpose"), approval.purpose),
        (context.say("document.owner"), approval.owner),
        (context.say("document.review_date"), day),
        (context.say("document.signature"), ""),
    ]
    return [
        Heading(context.say("document.approval")),
        Paragraph(context.say(f"document.approval.{state}"), soft=True),
        Fields(fields),
    ]


def _result(proposal: SiteProposal, coverage: Coverage, context: PaperContext) -> list[Block]:
    lang, before, after = context.lang, proposal.before, proposal.after
    cost = float(proposal.sites["cost"].sum())
    shares = [share_of(step["seen_m"], coverage.network_m, lang, digits=1) for step in (before, after)]
    figures = [
        (
            context.say("sites.figure.streets"),
            " → ".join(shares),
            context.say(
                "sites.figure.streets.note", metres=say_metres(after["seen_m"] - before["seen_m"], lang)
            ),
        ),
        (
            context.say("sites.figure.demand"),
            gain_words(after["demand_seen"] - before["demand_seen"], lang),
            context.say(
                "sites.figure.demand.note",
                before=say_number(before["demand_seen"], lang, digits=1),
                after=say_number(after["demand_seen"], lang, digits=1),
            ),
        ),
        (
            context.say("sites.figure.cost"),
            money(cost, lang),
            context.say("document.figure.cost.note", count=len(proposal.sites)),
        ),
    ]
    return [
        Heading(context.say("document.result")),
        Paragraph(goal_words(proposal.goal, lang)),
        Figures(figures),
        *(Paragraph(sentence) for sentence in bound_sentences(proposal, lang)),
    ]


def _map(
    proposal: SiteProposal, coverage: Coverage, buildings: gpd.GeoDataFrame | None, context: PaperContext
) -> PaperMap:
    sites = proposal.sites
    ways = coverage.ways.geometry.to_numpy()
    blind = coverage.draw_pieces((coverage.pieces["live_high"] == 0).to_numpy()).geometry.to_numpy()
    views = proposal.views.geometry.to_numpy()
    layers = [
        MapAreas(views, GREEN, 0.18, VIEW_PROPOSED.color, context.say("siteplan.map.view")),
        MapLines(ways, STREET, 0.5, legend=context.say("siteplan.map.streets")),
        MapLines(blind, BLIND.color, 0.3, legend=context.say("siteplan.map.blind")),
        MapLines(
            proposal.stretches.geometry.to_numpy(), GAIN.color, 1.1, legend=context.say("siteplan.map.gain")
        ),
        MapMarks(
            sites.geometry.to_numpy(),
            [say_number(int(order), context.lang) for order in sites["order"]],
            GREEN,
            legend=context.say("siteplan.map.sites"),
            headings=[float(row["heading_deg"]) for row in records(sites)],
        ),
    ]
    if buildings is not None and len(buildings):
        shapes = buildings.to_crs(coverage.ways.crs).geometry.to_numpy()
        layers.insert(0, MapAreas(shapes, BUILDING, legend=context.say("siteplan.map.buildings")))
    return PaperMap(layers, framed(*((views, sites.geometry) if len(sites) else (ways,))), context.lang)


def _sites(proposal: SiteProposal, context: PaperContext) -> list[Block]:
    rows, lang = records(proposal.sites), context.lang
    if not rows:
        return [Heading(context.say("document.sites")), Paragraph(context.say("siteplan.none"))]
    heads = ("order", "phase", "action", "street", "support", "heading", "model", "cost", "gain_m", "gain",
             "per_million")  # fmt: skip
    align: list[Align] = ["R", "R", "L", "L", "L", "L", "L", "R", "R", "R", "R"]
    table = Table(
        [context.say(f"document.col.{name}") for name in heads],
        [_row(row, context) for row in rows],
        (6, 10, 16, 21, 20, 26, 22, 16, 13, 12, 15),
        align,
        7.0,
    )
    reasons: list[Block] = []
    for row, later in ordered(rows)[:MOST_REASONS]:
        place = street_name(row.get("street"), lang)
        reasons.append(Paragraph(f"{row['order']}. {place}", strong=True))
        reasons.append(Paragraph(" ".join(reason_sentences(row, later, lang))))
    return [
        Heading(context.say("document.sites")),
        Paragraph(context.say("document.unit", unit=gain_unit(proposal.goal, lang)), soft=True),
        table,
        Heading(context.say("document.reasons")),
        *reasons,
    ]


def _row(site: dict[str, Any], context: PaperContext) -> list[str]:
    lang = context.lang
    return [
        say_number(int(site["order"]), lang),
        str(site["phase"]),
        action_words(site, lang),
        street_name(site.get("street"), lang),
        support_words(site, lang),
        heading_words(site, lang),
        model_words(site, lang),
        say_number(site["cost"], lang),
        say_metres(site["gain_m"], lang),
        gain_words(site["gain"], lang),
        say_number(site["per_million"], lang),
    ]


def _assumptions(coverage: Coverage, context: PaperContext) -> list[Block]:
    counted = int(np.count_nonzero(coverage.cameras["counted"]))
    texts = [
        context.say("document.no_claim"),
        context.say("document.prices"),
        context.say("document.privacy"),
        context.say("sites.fixed"),
        conditions_words(coverage.conditions, context.lang),
        *assumed_lines(coverage.assumed, counted, context.lang),
        *coverage_notes(coverage, context),
    ]
    return [Heading(context.say("document.assumptions")), Bullets(texts)]
