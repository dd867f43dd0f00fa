"""The sites map: proposed cameras in buying order, what each adds, and the streets before and after."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ..coverage.results import Coverage, SiteProposal
from .camera_layers import camera_layers
from .coverage_page import coverage_notes
from .frames import pick, present, records, told_frame, told_rows
from .layers import FeatureLayer
from .legend import area_swatch, badge_swatch, legend_entry, line_swatch
from .page_frame import Figure, Page, PageContext, draw_page, render_answer
from .street_layers import street_layers
from .style import GAIN, GREEN, VIEW_PROPOSED, WHITE
from .text import say_metres, say_number, say_share
from .words import assumed_lines, compass_word, conditions_words, share_of, street_name, word

_ROWS: Final = ("street", "heading", "model", "support", "gain_m", "gain", "cost")


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
        bound=_bound(proposal, context),
        changes=_changes(proposal, coverage, context),
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
            context.say(
                "sites.money", amount=say_number(sum(row["cost"] for row in records(proposal.sites)), lang)
            ),
            context.say("sites.figure.cost.note", count=len(proposal.sites)),
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
    rows = records(proposal.sites)
    texts = told_rows([_text(row, context) for row in rows], ["id", "t", "n", *_ROWS], proposal.sites)
    badge = {"shape": "plus", "color": GREEN, "text": WHITE, "size": 34}
    return [
        FeatureLayer(
            "sites",
            legend_entry(
                context.say("layers.sites"),
                badge_swatch("1", GREEN, WHITE, shape="plus"),
                count=say_number(len(rows), context.lang),
                group=context.say("layers.sites.group"),
            ),
            texts,
            styles=[badge],
            labels={name: context.say(f"popup.site.{name}") for name in _ROWS},
            order=60,
            hover=True,
        ),
        FeatureLayer(
            "site_views",
            legend_entry(context.say("layers.site_views"), area_swatch(VIEW_PROPOSED)),
            told_frame({}, proposal.views),
            styles=[VIEW_PROPOSED.told()],
            order=5,
        ),
    ]


def _text(site: dict[str, Any], context: PageContext) -> dict[str, object]:
    item = _item(site, context)
    told: dict[str, object] = {name: item[name] for name in _ROWS}
    return told | {
        "id": item["target"],
        "n": item["order"],
        "t": context.say("popup.site", order=item["order"]),
    }


def _item(site: dict[str, Any], context: PageContext) -> dict[str, str]:
    lang = context.lang
    heading = site["heading_deg"]
    support = site.get("support")
    return {
        "target": f"site-{site['order']}",
        "order": say_number(int(site["order"]), lang),
        "street": street_name(site.get("street"), lang),
        "heading": context.say("sites.all_round")
        if not present(heading) or str(site["model"]).startswith("panorama")
        else context.say("sites.heading", degrees=round(heading) % 360, compass=compass_word(heading, lang)),
        "model": word("models", site["model"], lang),
        "support": word("supports", support, lang) if present(support) else context.say("sites.no_support"),
        "gain_m": say_metres(site["gain_m"], lang),
        "gain": say_number(site["gain"], lang, digits=1),
        "cost": context.say("sites.money", amount=say_number(site["cost"], lang)),
    }


def _bound(proposal: SiteProposal, context: PageContext) -> str:
    plan, lang = proposal.plan, context.lang
    facts = {
        "covered": say_number(plan.covered, lang, digits=1),
        "bound": say_number(plan.upper_bound, lang, digits=1),
        "gap": say_share(plan.gap, lang, digits=1),
        "candidates": say_number(proposal.candidates, lang),
    }
    return context.say("sites.proved" if plan.proved else "sites.bound", **facts)


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
