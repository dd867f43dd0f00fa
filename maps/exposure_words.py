"""Sentences about what a patrol was worth, for the page and for the terminal."""

from __future__ import annotations

from ..coverage.exposure import Exposure
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
