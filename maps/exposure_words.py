"""Sentences about what a patrol was worth, for the page and for the terminal."""

from __future__ import annotations

from ..coverage.exposure import PROMISED_SHARE, Exposure
from .text import say, say_number, say_share


def how_sentence(found: Exposure, lang: str) -> str:
    """Say what was replayed, how often, and what counts as watched and near."""
    facts = found.settings
    return say(
        "exposure.how",
        lang,
        incidents=facts["incidents"],
        replications=facts["replications"],
        replayed=say_number(facts["replayed"], lang),
        near=say_number(facts["near_m"], lang),
        watched=say_number(facts["watched_m"], lang),
        minutes=say_number(facts["near_s"] / 60, lang),
        shift=say_number(facts["shift_min"], lang),
    )


def promise_sentence(found: Exposure, lang: str) -> str:
    """Say how often the joint plan can be there in time; where that is too seldom, what is the best there is.

    Empty for a comparison of before promises were measured.
    """
    if "promise_s" not in found.settings:
        return ""
    shares = found.figures[found.figures["measure"] == "promise_share"].set_index("plan")
    joint, best = shares.loc["joint"], shares["value"].astype(float).idxmax()
    slow = found.figures.set_index(["plan", "measure"])["value"].loc[("joint", "response_p90_s")]
    minutes = say_number(found.settings["promise_s"] / 60, lang, digits=1)
    told = say(
        "exposure.promise",
        lang,
        minutes=minutes,
        share=say_share(joint["value"], lang, digits=1),
        low=say_share(joint["low"], lang, digits=1),
        high=say_share(joint["high"], lang, digits=1),
        most=say_number(float(slow) / 60, lang, digits=1),
    )
    if float(joint["value"]) >= PROMISED_SHARE:
        return told
    most = float(shares.loc[best, "value"])
    key = "exposure.promise_kept" if most >= PROMISED_SHARE else "exposure.promise_broken"
    plan, kept = say(f"exposure.plans.{best}", lang), say_share(most, lang, digits=1)
    return f"{told} {say(key, lang, minutes=minutes, plan=plan, share=kept)}"


def saved_sentence(found: Exposure, lang: str) -> str:
    """Say how much less, or more, the joint plan leaves unwatched than the blind one, and how surely."""
    blind = found.figures.set_index(["plan", "measure"]).loc[("camera_blind", "nobody_min")]
    # the blind plan less the joint one, as a share of the blind one: above 0 the joint plan saves
    saved, low, high = (float(blind[name]) for name in ("relative", "relative_low", "relative_high"))
    if saved < 0:
        saved, low, high, key = -saved, -high, -low, "exposure.lost"
    else:
        key = "exposure.saved"
    told = say(
        key,
        lang,
        share=say_share(saved, lang, digits=2),
        low=say_share(low, lang, digits=2),
        high=say_share(high, lang, digits=2),
        camera=say_share(found.settings["camera_share"], lang, digits=1),
    )
    return told if low > 0 else f"{told} {say('exposure.unsure', lang)}"
