"""The four pages, and what they need to be drawn."""

from __future__ import annotations

from .assets import Assets
from .blind_spots_page import blind_spots_page
from .coverage_page import coverage_page
from .page_frame import PageContext
from .patrol_page import patrol_page
from .sites_page import sites_page

__all__ = ["Assets", "PageContext", "blind_spots_page", "coverage_page", "patrol_page", "sites_page"]
