"""Stored answers as documents to print: found, put into words, written as HTML or PDF."""

from __future__ import annotations

from dataclasses import dataclass

from ..data.runs import Run
from ..data.store import Store
from ..data.times import time_zone
from ..maps.approval import Approval
from ..maps.document import Document, document_pdf
from ..maps.document_page import document_page
from ..maps.paper import PaperContext
from ..maps.patrol_sheet import patrol_sheet
from ..maps.site_document import site_document
from ..maps.unit_page import unit_page
from .answers import coverage_of, latest, plan_of_unit
from .drawing import synthetic_parts

FORMATS = ("html", "pdf")


@dataclass(frozen=True)
class Written:
    """A document as a file."""

    content: bytes
    media_type: str
    name: str


def write_site_document(store: Store, *, lang: str, zone: str, form: str, approval: Approval) -> Written:
    """Write the proposal of the last plan of sites.

    Parameters
    ----------
    store : Store
        Holds the plan.
    lang, zone : str
        Language of the words, time zone of the times.
    form : str
        One of FORMATS.
    approval : Approval

    Raises
    ------
    NotReadyError
        Code `no_run` before there is a plan.
    """
    run, proposal = latest(store, "sites")
    document = site_document(
        proposal,
        coverage_of(store, run),
        buildings=store.read_frame("buildings"),
        approval=approval,
        context=paper_context(store, run, lang=lang, zone=zone),
    )
    return _written(document, form, f"kuzet-sites-{run.run_id}")


def write_patrol_sheet(store: Store, unit: str, *, lang: str, zone: str, form: str) -> Written:
    """Write the sheet of a unit of the last patrol plan.

    Parameters
    ----------
    store : Store
        Holds the plan.
    unit : str
        Its id.
    lang, zone : str
        Language of the words, time zone of the times.
    form : str
        One of FORMATS.

    Raises
    ------
    NotReadyError
        Code `no_run` before there is a plan.
    NotFoundError
        Code `no_such_unit`.
    """
    run, plan = plan_of_unit(store, unit)
    sheet = patrol_sheet(
        plan,
        unit,
        stations=store.read_frame("stations"),
        streets=store.read_frame("streets"),
        buildings=store.read_frame("buildings"),
        context=paper_context(store, run, lang=lang, zone=zone),
    )
    return _written(sheet, form, f"kuzet-patrol-{run.run_id}")


def write_unit_page(store: Store, unit: str, *, lang: str, zone: str) -> str:
    """Write the page of a unit of the last patrol plan, for its telephone.

    Raises
    ------
    NotReadyError
        Code `no_run` before there is a plan.
    NotFoundError
        Code `no_such_unit`.
    """
    run, plan = plan_of_unit(store, unit)
    return unit_page(
        plan,
        unit,
        stations=store.read_frame("stations"),
        streets=store.read_frame("streets"),
        context=paper_context(store, run, lang=lang, zone=zone),
    )


def paper_context(store: Store, run: Run, *, lang: str, zone: str) -> PaperContext:
    """Return what every page of a paper about a run tells."""
    return PaperContext(
        city=store.city().name,
        lang=lang,
        run_id=run.run_id,
        made_at=run.created_at.astimezone(time_zone(zone)),
        synthetic=synthetic_parts(store),
    )


def _written(document: Document, form: str, name: str) -> Written:
    if form == "pdf":
        return Written(document_pdf(document), "application/pdf", f"{name}.pdf")
    return Written(document_page(document).encode(), "text/html", f"{name}.html")
