"""Stored answers as pages, for a person to open from this server or from a disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
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


@dataclass(frozen=True)
class PageSetting:
    """For whom a page is drawn, and what lies around it.

    Attributes
    ----------
    lang, zone : str
        Language, and time zone of the times on it.
    assets, basemap
        Where scripts and the base map come from; see `maps.pages.PageContext`.
    home, languages, pages
        Addresses of the start page, of the other languages and of the other maps.
    """

    lang: str
    zone: str
    assets: Assets
    basemap: bytes | str
    home: str | None = None
    languages: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)

    def context(
        self, *, city: str, synthetic: Sequence[str], made_at: datetime, run_id: str = ""
    ) -> PageContext:
        """Return the context of a page about a city, made at a moment."""
        return PageContext(
            city=city,
            lang=self.lang,
            run_id=run_id,
            made_at=made_at.astimezone(time_zone(self.zone)),
            synthetic=tuple(synthetic),
            assets=self.assets,
            basemap=self.basemap,
            home=self.home,
            languages=dict(self.languages),
            pages=dict(self.pages),
        )

    def of_run(self, store: Store, run: Run) -> PageContext:
        """Return the context of a page about what a run found."""
        return self.context(
            city=store.city().name,
            synthetic=synthetic_parts(store),
            made_at=run.created_at,
            run_id=run.run_id,
        )


def draw_map(
    store: Store,
    kind: str,
    *,
    setting: PageSetting,
    answer: tuple[Run, Any] | None = None,
) -> str:
    """Draw the map of the last answer of a kind.

    Parameters
    ----------
    store : Store
        Holds the answer.
    kind : str
        One of MAPS.
    setting : PageSetting
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
    context = setting.of_run(store, run)
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


def served_setting(
    kind: str, lang: str, zone: str, *, address: Callable[[str], str] | None = None
) -> PageSetting:
    """Return the setting of a page that this server shows, `address` being its own in a language."""
    own = address or (lambda tag: f"/maps/{kind}?lang={tag}")
    return PageSetting(
        lang,
        zone,
        Assets.linked("/static"),
        "/basemap.pmtiles",
        "/",
        {tag: own(tag) for tag in LANGUAGES},
        {name: f"/maps/{name}?lang={lang}" for name in (*MAPS, *QUESTIONS)},
    )
