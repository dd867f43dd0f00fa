"""A document as a list of blocks: written once, printed as PDF or shown as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Literal

from .canvas import Canvas
from .chart import Curve, draw_curve
from .paper import WIDTH_MM, Paper, PaperContext
from .paper_map import PaperMap, draw_paper_map, map_height

Align = Literal["L", "R", "C"]
_LEAST_SHARE: Final = 0.7
"""Of its height that a picture keeps, to stay on the page of its heading."""
_HEADING_MM: Final = 14.0


@dataclass(frozen=True)
class Heading:
    """A heading."""

    text: str
    kind: ClassVar[str] = "heading"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `strong` for its first words, `soft` for what is said beside."""

    text: str
    strong: bool = False
    soft: bool = False
    kind: ClassVar[str] = "paragraph"


@dataclass(frozen=True)
class Notice:
    """A sentence not to be overlooked."""

    text: str
    kind: ClassVar[str] = "notice"


@dataclass(frozen=True)
class Figures:
    """Key figures side by side: what, how much, a note."""

    figures: Sequence[tuple[str, str, str]]
    kind: ClassVar[str] = "figures"


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    texts: Sequence[str]
    kind: ClassVar[str] = "bullets"


@dataclass(frozen=True)
class Table:
    """A table: heads, rows, shares of the width, alignment of the columns, size of letters in points."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    align: Sequence[Align]
    size: float = 8.0
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Fields:
    """Labels with values; an empty value is a line to fill in by hand."""

    fields: Sequence[tuple[str, str]]
    kind: ClassVar[str] = "fields"


@dataclass(frozen=True)
class Picture:
    """A map or a chart over the width of the page, `height` millimetres high without a map's legend."""

    shown: PaperMap | Curve
    height: float
    title: str
    kind: ClassVar[str] = "picture"

    def whole_height(self) -> float:
        """Return the height with the legend, millimetres."""
        if isinstance(self.shown, PaperMap):
            return map_height(self.shown, WIDTH_MM, self.height)
        return self.height

    def fitted(self, room: float) -> Picture:
        """Return the picture made lower for the room that is left, where it still shows enough."""
        height = self.height - max(0.0, self.whole_height() - room)
        return replace(self, height=height) if height >= _LEAST_SHARE * self.height else self

    def draw(self, canvas: Canvas, lang: str) -> None:
        """Put the picture on a canvas."""
        if isinstance(self.shown, PaperMap):
            draw_paper_map(canvas, self.shown, width=WIDTH_MM, height=self.height)
        else:
            draw_curve(canvas, self.shown, width=WIDTH_MM, height=self.height, lang=lang)


Block = Heading | Paragraph | Notice | Figures | Bullets | Table | Fields | Picture


@dataclass(frozen=True)
class Document:
    """What a document holds.

    Attributes
    ----------
    title : str
    context : PaperContext
    blocks : sequence of Block
    draft : str
        The word across what is not approved; empty where it is.
    about : str
        Place and date, under the title.
    """

    title: str
    context: PaperContext
    blocks: Sequence[Block]
    draft: str = ""
    about: str = ""


def document_pdf(document: Document) -> bytes:
    """Print a document as PDF: the same document gives the same bytes."""
    return _printed(document).content()


def document_pages(document: Document) -> int:
    """Return how many pages a document takes."""
    return _printed(document).pages_count


def _printed(document: Document) -> Paper:
    paper = Paper(document.title, document.context, draft=document.draft)
    paper.heading(document.title, size=17, before=0)
    if document.about:
        paper.paragraph(document.about, soft=True)
    paper.notice(document.context.warning())
    for block, later in zip(document.blocks, [*document.blocks[1:], None], strict=True):
        if isinstance(block, Heading) and isinstance(later, Picture):
            # a heading never ends a page whose picture begins the next
            paper.keep(later.fitted(paper.room() - _HEADING_MM).whole_height() + _HEADING_MM)
        _print(block, paper, document.context.lang)
    return paper


def _print(block: Block, paper: Paper, lang: str) -> None:
    match block:
        case Heading():
            paper.heading(block.text)
        case Paragraph():
            paper.paragraph(block.text, bold=block.strong, soft=block.soft)
        case Notice():
            paper.notice(block.text)
        case Figures():
            paper.figures(block.figures)
        case Bullets():
            paper.bullets(block.texts)
        case Table():
            paper.rows(block.heads, block.rows, widths=block.widths, align=block.align, size=block.size)
        case Fields():
            for label, value in block.fields:
                paper.blank(label, value)
        case Picture():
            shown = block.fitted(paper.room())
            shown.draw(paper.canvas(shown.whole_height()), lang)
