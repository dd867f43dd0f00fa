"""The sites map: what to do in buying order, what each step adds for its money, and how good the plan is."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from markupsafe import Markup

from ..coverage.results import Coverage, SiteProposal
from .camera_layers import camera_layers
from .canvas import SvgCanvas
from .chart import draw_curve
from .coverage_page import coverage_notes
from .frames import pick, present, records, told_frame, told_rows
from .layers import FeatureLayer
from .legend import area_swatch, badge_swatch, legend_entry, line_swatch
from .page_frame import Figure, Page, PageContext, draw_page, render_answer
from .site_money import MOST_OFFERS, plan_curve
from .site_words import (
    action_words,
    bound_sentences,
    gain_words,
    goal_words,
    heading_words,
    model_words,
    money,
    note_sentences,
    remarks,
    support_words,
)
from .street_layers import street_layers
from .style import BLUE, GAIN, GREEN, ORANGE, PINK, VIEW_PROPOSED, text_on
from .text import say_metres, say_number, say_share
from .words import assumed_lines, conditions_words, share_of, street_name, word

_ROWS: Final = ("action", "street", "heading", "model", "support", "gain_m", "gain", "cost", "per_million")
# colour and shape say the action: a plus is new, the others stand already
_BADGES: Final = {
    "install": ("plus", GREEN),
    "connect": ("square", BLUE),
    "aim": ("circle", ORANGE),
    "repair": ("square", PINK),
}
_CHART_MM: Final = (104.0, 62.0)


def sites_page(proposal: SiteProposal, coverage: Coverage, *, context: PageContext) -> str:
    """Draw the proposed cameras.

    Parameters
    ----------
    proposal : SiteProposal
        Sites in buying order, with a bound on what any choice could reach.
    coverage : Coverage
        What the existing cameras see: they are never moved.
    context : PageContext
        For whom.

    Returns
    -------
    str
        A complete page.
    """
    layers = [
        *_choices(proposal, context),
        *_site_layers(proposal, context),
        *street_layers(coverage, context),
        *camera_layers(coverage, context, shown=("live",)),
    ]
    answer = render_answer(
        "sites.html",
        context,
        sites=[_item(row, context) for row in records(proposal.sites)],
        goal=goal_words(proposal.goal, context.lang),
        bounds=bound_sentences(proposal, context.lang),
        changes=_changes(proposal, coverage, context),
        chart=_chart(proposal, context),
        steps=_steps(proposal, context),
        phases=_phases(proposal, context),
        offers=[_offer(row, context) for row in records(proposal.connectable)[:MOST_OFFERS]],
        more=max(0, len(proposal.connectable) - MOST_OFFERS),
    )
    page = Page(
        "sites",
        _figures(proposal, coverage, context),
        layers,
        answer,
        streets=coverage.ways,
        assumed=assumed_lines(
            coverage.assumed, int(np.count_nonzero(coverage.cameras["counted"])), context.lang
        ),
        notes=[context.say("sites.fixed"), context.say("sites.prices"), *coverage_notes(coverage, context)],
        conditions=conditions_words(coverage.conditions, context.lang),
    )
    return draw_page(page, context)


def _figures(proposal: SiteProposal, coverage: Coverage, context: PageContext) -> list[Figure]:
    lang, network = context.lang, coverage.network_m
    before, after = proposal.before, proposal.after
    return [
        Figure(
            context.say("sites.figure.streets"),
            " → ".join(share_of(step["seen_m"], network, lang, digits=1) for step in (before, after)),
            context.say(
                "sites.figure.streets.note", metres=say_metres(after["seen_m"] - before["seen_m"], lang)
            ),
            "gain",
        ),
        Figure(
            context.say("sites.figure.demand"),
            say_number(after["demand_seen"] - before["demand_seen"], lang, digits=1),
            context.say(
                "sites.figure.demand.note",
                before=say_number(before["demand_seen"], lang, digits=1),
                after=say_number(after["demand_seen"], lang, digits=1),
            ),
            "gain",
        ),
        Figure(
            context.say("sites.figure.cost"),
            money(float(proposal.sites["cost"].sum()), lang),
            context.say("document.figure.cost.note", count=len(proposal.sites)),
        ),
    ]


def _choices(proposal: SiteProposal, context: PageContext) -> list[FeatureLayer]:
    """Return what the proposal adds, and nothing: one of the two lies over today's streets."""
    gained = told_frame({"s": [0] * len(proposal.stretches)}, proposal.stretches)
    later = legend_entry(context.say("layers.after"), line_swatch(GAIN))
    today = legend_entry(context.say("layers.before"), "")
    return [
        FeatureLayer("after", later, gained, styles=[GAIN.told()], order=25, choice=True),
        FeatureLayer(
            "before",
            today,
            pick(gained, np.array([], dtype=int)),
            styles=[],
            order=25,
            show=False,
            choice=True,
        ),
    ]


def _site_layers(proposal: SiteProposal, context: PageContext) -> list[FeatureLayer]:
    """Return a layer for each kind of action, and what the sites would see."""
    done = np.asarray(proposal.sites["action"], dtype=object)
    layers = []
    for action, (shape, color) in _BADGES.items():
        mine = pick(proposal.sites, done == action)
        if not len(mine):
            continue
        entry = legend_entry(
            context.say(f"siteplan.kind.{action}"),
            badge_swatch("1", color, text_on(color), shape=shape),
            count=say_number(len(mine), context.lang),
            group="" if layers else context.say("layers.sites.group"),
        )
        layers.append(
            FeatureLayer(
                f"sites_{action}",
                entry,
                told_rows(
                    [_text(row, context) for row in records(mine)], ["id", "t", "n", "w", *_ROWS], mine
                ),
                styles=[{"shape": shape, "color": color, "text": text_on(color), "size": 34}],
                labels={name: context.say(f"siteplan.row.{name}") for name in _ROWS},
                order=60,
                hover=True,
            )
        )
    views = FeatureLayer(
        "site_views",
        legend_entry(context.say("layers.site_views"), area_swatch(VIEW_PROPOSED)),
        told_frame({}, proposal.views),
        styles=[VIEW_PROPOSED.told()],
        order=5,
    )
    return [*layers, views]


def _text(site: dict[str, Any], context: PageContext) -> dict[str, object]:
    item = _item(site, context)
    told: dict[str, object] = {name: item[name] for name in _ROWS}
    return told | {
        "id": item["target"],
        "n": item["order"],
        "t": f"{item['order']}. {item['kind']}",
        "w": item["notes"] or None,
    }


def _item(site: dict[str, Any], context: PageContext) -> dict[str, str]:
    lang = context.lang
    color = _BADGES[site["action"]][1]
    return {
        "target": f"site-{site['order']}",
        "order": say_number(int(site["order"]), lang),
        "color": color,
        "ink": text_on(color),
        "phase": str(site["phase"]),
        "kind": context.say(f"siteplan.kind.{site['action']}"),
        "action": action_words(site, lang),
        "street": street_name(site["street"], lang),
        "heading": heading_words(site, lang),
        "model": model_words(site, lang),
        "support": support_words(site, lang),
        "gain_m": say_metres(site["gain_m"], lang),
        "gain": gain_words(site["gain"], lang),
        "cost": money(site["cost"], lang),
        "per_million": context.say("siteplan.metres", metres=say_metres(site["per_million"], lang)),
        "notes": " ".join(note_sentences(site, lang)),
    }


def _chart(proposal: SiteProposal, context: PageContext) -> Markup | None:
    if len(proposal.curve) < 2:
        return None
    width, height = _CHART_MM
    canvas = SvgCanvas(width, height, title=context.say("siteplan.curve.title"))
    draw_curve(canvas, plan_curve(proposal, context), width=width, height=height, lang=context.lang)
    return canvas.markup()


def _steps(proposal: SiteProposal, context: PageContext) -> list[dict[str, str]]:
    lang = context.lang
    return [
        {
            "step": say_number(int(row["step"]), lang),
            "spent": say_number(row["spent"], lang),
            "gain_m": say_metres(row["gain_m"], lang),
            "gain": gain_words(row["gain"], lang),
        }
        for row in records(proposal.curve)
    ]


def _phases(proposal: SiteProposal, context: PageContext) -> list[dict[str, str]]:
    lang = context.lang
    return [
        {
            "phase": str(row["phase"]),
            "spent": say_number(row["spent"], lang),
            "gain": gain_words(row["gain"], lang),
            "bound": gain_words(row["upper_bound"], lang),
            "gap": context.say("document.proved") if row["proved"] else say_share(row["gap"], lang, digits=1),
        }
        for row in records(proposal.phases)
    ]


def _offer(row: dict[str, Any], context: PageContext) -> dict[str, str]:
    lang = context.lang
    owner = row["owner"] if present(row["owner"]) else row["programme"]
    return {
        "camera": str(row["camera"]),
        "owner": word("programmes", owner, lang) if present(owner) else "",
        "state": word("states", row["state"], lang),
        "gain_m": say_metres(row["gain_m"], lang),
        "cost": money(row["cost"], lang),
        "open": "" if present(row["reason"]) else "yes",
        "remarks": remarks(row, lang),
    }


def _changes(proposal: SiteProposal, coverage: Coverage, context: PageContext) -> list[dict[str, str]]:
    lang, before, after = context.lang, proposal.before, proposal.after
    return [
        {
            "name": context.say("sites.row.seen"),
            "before": say_metres(before["seen_m"], lang),
            "after": say_metres(after["seen_m"], lang),
        },
        {
            "name": context.say("sites.row.share"),
            "before": say_share(before["seen_m"] / coverage.network_m, lang, digits=1),
            "after": say_share(after["seen_m"] / coverage.network_m, lang, digits=1),
        },
        {
            "name": context.say("sites.row.demand"),
            "before": say_number(before["demand_seen"], lang, digits=1),
            "after": say_number(after["demand_seen"], lang, digits=1),
        },
    ]
