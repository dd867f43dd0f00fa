"""A plan of sites in words: what is done, where, why, and how good the plan is; for the map and on paper."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..coverage.results import SiteProposal
from .frames import present
from .text import has_text, say, say_metres, say_number, say_share
from .words import compass_word, street_name, word

_ROUND: Final = ("panorama", "multi-sensor")
_SAME: Final = 1e-9


def money(amount: float, lang: str) -> str:
    """Write an amount of tenge."""
    return say("siteplan.money", lang, amount=say_number(amount, lang))


def gain_words(gain: float, lang: str) -> str:
    """Write a gain: one decimal, two where it is small."""
    return say_number(gain, lang, digits=1 if abs(gain) >= 10 else 2)


def action_words(site: Mapping[str, Any], lang: str) -> str:
    """Say in two or three words what is done."""
    return say(f"siteplan.action.{site['action']}", lang, camera=_camera(site))


def support_words(site: Mapping[str, Any], lang: str) -> str:
    """Say what the camera hangs on and how far that is from the proposed point."""
    if site["action"] in ("connect", "aim", "repair"):
        return say("siteplan.as_it_stands", lang)
    support, distance = site["support"], site["support_m"]
    if not present(support):
        return say("siteplan.no_support", lang)
    named = word("supports", support, lang)
    # a corner says itself that nothing is known to stand there
    if not present(distance) or float(distance) < 0.05:
        return named
    far = f"{say_number(float(distance), lang, digits=1)}\N{NO-BREAK SPACE}" + say("paper.metre", lang)
    return say("siteplan.support", lang, support=named, distance=far)


def heading_words(site: Mapping[str, Any], lang: str) -> str:
    """Say which way the camera looks."""
    heading = site["heading_deg"]
    if not present(heading) or str(site.get("model")).startswith(_ROUND):
        return say("sites.all_round", lang) if site["action"] == "install" else "–"
    return say(
        "sites.heading", lang, degrees=round(float(heading)) % 360, compass=compass_word(heading, lang)
    )


def model_words(site: Mapping[str, Any], lang: str) -> str:
    """Say which camera is hung, and how high; a dash where none is bought."""
    if not present(site.get("model")):
        return "–"
    named, height = word("models", site["model"], lang), site["height_m"]
    if not present(height):
        return named
    return say("siteplan.height", lang, model=named, height=say_number(float(height), lang, digits=1))


def reason_sentences(site: Mapping[str, Any], later: Mapping[str, Any] | None, lang: str) -> list[str]:
    """Say why an action is on the list: what it sees newly, why nothing sees it, why it comes here.

    Parameters
    ----------
    site : mapping
        A row of `SiteProposal.sites`.
    later : mapping or None
        The row that follows it.
    lang : str
    """
    told = [say(f"siteplan.what.{site['action']}", lang, camera=_camera(site))]
    seen = {
        "metres": say_metres(site["gain_m"], lang),
        "street": street_name(site.get("street"), lang),
        "demand": gain_words(site["demand"], lang),
    }
    told.append(say("siteplan.sees" if site["demand"] > 0 else "siteplan.sees_only", lang, **seen))
    cause = site.get("cause")
    if present(cause):
        told.append(say("siteplan.blind", lang, cause=word("causes", cause, lang)))
    told.append(_worth(site, later, lang))
    return told + note_sentences(site, lang)


def note_sentences(row: Mapping[str, Any], lang: str) -> list[str]:
    """Say in sentences what to look out for with a site."""
    return [word("siteplan.note", code, lang) for code in _codes(row)]


def remarks(row: Mapping[str, Any], lang: str) -> str:
    """Say in few words what is to be known of a site or a camera of others, why it is not offered first."""
    codes = [row["reason"]] if present(row.get("reason")) else []
    told = [*codes, *_codes(row)]
    # a camera that is not counted carries the reason of the coverage
    words = [
        say(f"siteplan.remark.{code}", lang)
        if has_text(f"siteplan.remark.{code}", lang)
        else word("excluded", code, lang)
        for code in told
    ]
    return "; ".join(dict.fromkeys(words))


def goal_words(goal: Mapping[str, Any], lang: str) -> str:
    """Say what the plan was made for, and so what its gains count."""
    return say(f"siteplan.goal.{goal.get('kind', 'incidents')}", lang)


def gain_unit(goal: Mapping[str, Any], lang: str) -> str:
    """Say in a few words what the gains of a plan count."""
    return say(f"siteplan.unit.{goal.get('kind', 'incidents')}", lang)


def bound_sentences(proposal: SiteProposal, lang: str) -> list[str]:
    """Say how far at most the plan is from the best possible, and why the search ended."""
    plan = proposal.plan
    facts = {
        "gain": gain_words(plan.covered, lang),
        "bound": gain_words(plan.upper_bound, lang),
        "share": say_share(1 - plan.gap, lang, digits=1),
    }
    told = [say("siteplan.proved" if plan.proved else "siteplan.bound", lang, **facts)]
    if plan.stopped:
        told.append(say(f"siteplan.stopped.{plan.stopped}", lang))
    told.append(say("siteplan.weighed", lang, candidates=proposal.candidates))
    return told


def _worth(site: Mapping[str, Any], later: Mapping[str, Any] | None, lang: str) -> str:
    mine = _for_million(site)
    facts: dict[str, object] = {"value": gain_words(mine, lang)}
    if later is None:
        return say("siteplan.worth.last", lang, **facts)
    other = _for_million(later)
    facts |= {"next": int(later["order"]), "other": gain_words(other, lang)}
    if other <= mine * (1 + _SAME):
        return say("siteplan.worth.better", lang, **facts)
    if later["phase"] != site["phase"]:
        return say("siteplan.worth.phase", lang, phase=str(later["phase"]), **facts)
    return say("siteplan.worth", lang, **facts)


def _for_million(site: Mapping[str, Any]) -> float:
    return float(site["gain"]) / float(site["cost"]) * 1e6 if site["cost"] > 0 else math.nan


def _codes(row: Mapping[str, Any]) -> list[str]:
    notes = row.get("notes")
    return [str(code) for code in notes] if isinstance(notes, list | tuple) else []


def _camera(site: Mapping[str, Any]) -> str:
    return str(site["camera"]) if present(site.get("camera")) else ""


def ordered(rows: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], Mapping[str, Any] | None]]:
    """Return each row with the one that follows it."""
    return list(zip(rows, [*rows[1:], None], strict=True))
