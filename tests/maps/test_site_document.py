"""The proposal of sites as a document: what it says, when it is a draft, and that it keeps text as text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from kuzet.coverage.errors import InvalidInputError
from kuzet.maps.approval import Approval, read_approval
from kuzet.maps.document import Document, document_pdf
from kuzet.maps.document_page import document_page
from kuzet.maps.site_document import site_document
from kuzet.maps.site_words import reason_sentences
from kuzet.maps.text import LANGUAGES, say

from .make_results import make_buildings, make_coverage
from .make_site_plan import COSTS, GAINS, make_site_plan
from .test_paper import make_paper_context, read_pages

TODAY = date(2026, 11, 25)
DRAFT = Approval(TODAY)
WHOLE = read_approval("Базарды қорғау", "Қала әкімдігі", "2027-03-01", today=TODAY)


def make_document(lang: str = "en", approval: Approval = DRAFT, **names: object) -> Document:
    """Return the document of the hand-made plan."""
    coverage = make_coverage()
    proposal = make_site_plan(coverage, **names)  # pyright: ignore[reportArgumentType]
    return site_document(
        proposal, coverage, buildings=make_buildings(), approval=approval, context=make_paper_context(lang)
    )


def joined(text: str) -> str:
    """Return text with every gap as one space."""
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_is_a_draft_until_purpose_owner_and_review_are_given(lang: str) -> None:
    """Without the fields each page says so and holds lines to fill in; with them no page does."""
    word = say("paper.draft", lang)
    for text in read_pages(document_pdf(make_document(lang))):
        assert text.count(word) >= 2
    assert word in document_page(make_document(lang))
    for text in read_pages(document_pdf(make_document(lang, WHOLE))):
        assert word not in text
    whole = document_page(make_document(lang, WHOLE))
    assert f">{word}<" not in whole
    assert "Базарды қорғау" in whole and "Қала әкімдігі" in whole


@pytest.mark.parametrize(
    ("purpose", "owner", "review"),
    [
        ("", "o", "2027-03-01"),
        ("p", " ", "2027-03-01"),
        ("p", "o", ""),
        ("p", "o", "2026-11-25"),
        ("p", "o", "2020-01-01"),
    ],
)
def test_one_missing_field_or_a_past_review_keeps_the_draft(purpose: str, owner: str, review: str) -> None:
    """All three fields are needed, and the review must be still to come."""
    assert not read_approval(purpose, owner, review, today=TODAY).is_whole


@pytest.mark.parametrize("review", ["soon", "2027-13-01", "01.03.2027", "20270301", "2027-W09-1"])
def test_a_review_date_that_is_no_day_is_refused(review: str) -> None:
    """Only the form 2027-03-01 is taken."""
    with pytest.raises(InvalidInputError, match="review_date_wrong"):
        read_approval("p", "o", review, today=TODAY)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_document_holds_what_a_council_asks(lang: str) -> None:
    """Sites with cost and gain, the bound in words, phases, third parties without consent, assumptions."""
    pdf = joined(" ".join(read_pages(document_pdf(make_document(lang)))))
    page = joined(re.sub(r"<[^>]+>", " ", document_page(make_document(lang)))).replace("&nbsp;", " ")
    wanted = [
        say("document.no_claim", lang),
        say("document.prices", lang),
        say("siteplan.remark.no_consent", lang),
        say("siteplan.note.retention_short", lang),
        say("siteplan.stopped.gap", lang),
        say("siteplan.goal.incidents", lang),
        say("siteplan.note.no_support_known", lang),
        "Қ-7",
        "Өтенай көшесі",
    ]
    for text in wanted:
        assert joined(text) in pdf, text
        assert joined(text) in page, text


def test_the_bound_is_said_as_a_share() -> None:
    """The share reached is gain over bound, as both figures are printed; a proved plan says that it is."""
    coverage = make_coverage()
    plan = make_site_plan(coverage).plan
    told = joined(" ".join(read_pages(document_pdf(make_document("en")))))
    assert f"adds {plan.covered:.1f}, which is {100 * plan.covered / plan.upper_bound:.1f}% of that" in told
    proved = joined(" ".join(read_pages(document_pdf(make_document("en", proved=True)))))
    assert "That is proved." in proved and "can add more than this one: 21.2" in proved


def test_reasons_compare_with_the_next_on_the_list() -> None:
    """The sentence names gain for a million of both, and the phase where a later one would gain more."""
    rows = make_site_plan(make_coverage()).sites.to_dict("records")
    first = " ".join(reason_sentences(rows[0], rows[1], "en"))
    assert f"gains {GAINS[0] / COSTS[0] * 1e6:.1f}; number 2" in first
    assert f"gains {GAINS[1] / COSTS[1] * 1e6:.1f}" in first
    assert "newly sees 140" in first and "no camera in reach" in first
    swapped = " ".join(reason_sentences(rows[4] | {"phase": 1}, rows[3], "en"))
    assert "belongs to phase 2" in swapped
    assert "last on the list" in " ".join(reason_sentences(rows[4], None, "en"))


def test_steps_list_the_metres_added_for_each_million() -> None:
    """Each step of the curve says its added metres for a million tenge."""
    told = joined(" ".join(read_pages(document_pdf(make_document("en")))))
    assert re.search(r"2 1 410,000 195 m 14\.5 917 ", told)
    assert re.search(r"5 2 1,440,000 330 m 21\.2 67 ", told)


def test_names_from_outside_stay_text() -> None:
    """Tags, breaks and scripts in names and fields come out as text, in the page and in the file."""
    nasty = '</title><script>alert(1)</script><img src=x onerror=alert(2)>`${alert(3)}"\u202e'
    approval = read_approval(nasty, nasty, "", today=TODAY)
    document = make_document("en", approval, street=nasty, camera=nasty, owner=nasty)
    page = document_page(document)
    assert "<script" not in page and "<img" not in page and "${" not in page
    assert "default-src 'none'" in page
    assert "<script>alert(1)</script>" in joined(" ".join(read_pages(document_pdf(document)))).replace(
        "> ", ">"
    )


def test_the_same_plan_prints_the_same_bytes() -> None:
    """Two prints of one plan with equal fields are equal, and another purpose changes them."""
    first, again = (document_pdf(make_document("kk", WHOLE)) for _ in range(2))
    assert first == again
    other = read_approval("Басқа", "Қала әкімдігі", "2027-03-01", today=TODAY)
    assert document_pdf(make_document("kk", other)) != first


def test_a_plan_of_one_step_and_of_none_is_printed() -> None:
    """A single action without phases and a plan without any do not break the document."""
    for sites in (1, 0):
        told = joined(" ".join(read_pages(document_pdf(make_document("en", sites=sites)))))
        assert ("Nothing is proposed." in told) == (sites == 0)


def test_a_long_list_of_cameras_of_others_says_how_many_more_there_are() -> None:
    """The first 20 are listed, the rest counted, those without consent among all of them too."""
    coverage = make_coverage()
    proposal = make_site_plan(coverage)
    others = pd.concat([proposal.connectable] * 10, ignore_index=True)
    document = site_document(
        replace(proposal, connectable=others),
        coverage,
        buildings=None,
        approval=DRAFT,
        context=make_paper_context("en"),
    )
    told = joined(" ".join(read_pages(document_pdf(document))))
    assert "not shown here: 10." in told and "without recorded consent: 20." in told
