"""Stored answers as pages, for a person to open from this server or from a disk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from ..coverage.errors import NotFoundError
from ..data.runs import Run
from ..data.store import Store
from ..data.times import time_zone
from ..maps.assets import Assets
from ..maps.pages import PageContext, blind_spots_page, coverage_page, patrol_page, sites_page
from ..maps.text import LANGUAGES
from .answers import coverage_of, latest

MAPS: Final = ("coverage", "blind-spots", "sites", "patrol")
"""Maps of what a run found."""
QUESTIONS: Final = ("witnesses", "failures", "what-if")
"""Maps of questions, which have no run of their own."""


def draw_map(
    store: Store,
    kind: str,
    *,
    lang: str,
    zone: str,
    assets: Assets,
    basemap: bytes | str,
    home: str | None = None,
    languages: Mapping[str, str] | None = None,
    pages: Mapping[str, str] | None = None,
    answer: tuple[Run, Any] | None = None,
) -> str:
    """Draw the map of the last answer of a kind.

    Parameters
    ----------
    store : Store
        Holds the answer.
    kind : str
        One of MAPS.
    lang : str
        Language of the page.
    zone : str
        Time zone of the times on it.
    assets, basemap
        Where scripts and the base map come from; see `maps.pages.PageContext`.
    home, languages, pages
        Addresses of the start page, of the other languages and of the other maps.
    answer : tuple of Run and result, optional
        What to draw, else the last answer of the kind.

    Returns
    -------
    str
        HTML.

    Raises
    ------
    NotReadyError
        Code `no_run` before there is an answer.
    """
    if kind not in MAPS:
        raise NotFoundError("unknown_map", known=", ".join(MAPS))
    run, result = answer or latest(store, kind)
    context = PageContext(
        city=store.city().name,
        lang=lang,
        run_id=run.run_id,
        made_at=run.created_at.astimezone(time_zone(zone)),
        synthetic=synthetic_parts(store),
        assets=assets,
        basemap=basemap,
        home=home,
        languages=dict(languages or {}),
        pages=dict(pages or {}),
    )
    if kind == "coverage":
        return coverage_page(result, context=context)
    coverage = coverage_of(store, run)
    if kind == "blind-spots":
        return blind_spots_page(result, coverage, context=context)
    if kind == "sites":
        return sites_page(result, coverage, context=context)
    return patrol_page(result, stations=store.read_frame("stations"), coverage=coverage, context=context)


def synthetic_parts(store: Store) -> tuple[str, ...]:
    """Name what is made up in the store: every screen that shows it has to say so."""
    found = []
    cameras = store.read_frame("cameras")
    if any(fields is not None and len(fields) for fields in cameras["synthetic"]):
        found.append("states")
    others = (name for name in ("incidents", "stations", "units") if _any_made_up(store.read_frame(name)))
    return (*found, *others)


def _any_made_up(frame: pd.DataFrame) -> bool:
    return any(flag is True for flag in frame["synthetic"].astype(object))


def page_addresses(lang: str) -> dict[str, str]:
    """Return the address of every map when this server shows it."""
    return {kind: f"/maps/{kind}?lang={lang}" for kind in (*MAPS, *QUESTIONS)}


def served_addresses(kind: str) -> dict[str, Any]:
    """Return the addresses a page has when this server shows it."""
    return {
        "assets": Assets.linked("/static"),
        "basemap": "/basemap.pmtiles",
        "home": "/",
        "languages": {lang: f"/maps/{kind}?lang={lang}" for lang in LANGUAGES},
    }
