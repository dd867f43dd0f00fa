"""The pages, and what they need to be drawn."""

from __future__ import annotations

from .asking_page import asking_page
from .assets import Assets
from .blind_spots_page import blind_spots_page
from .coverage_page import coverage_page
from .failures_page import failures_page
from .page_frame import PageContext
from .patrol_page import patrol_page
from .sites_page import sites_page
from .way_witnesses_page import way_witnesses_page
from .witnesses_page import witnesses_page

__all__ = [
    "Assets",
    "PageContext",
    "asking_page",
    "blind_spots_page",
    "coverage_page",
    "failures_page",
    "patrol_page",
    "sites_page",
    "way_witnesses_page",
    "witnesses_page",
]
