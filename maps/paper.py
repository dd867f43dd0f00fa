"""Paper: A4 pages as PDF, with their head and foot, words, tables that run over pages, and a canvas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from fpdf import FPDF
from fpdf.enums import TableCellFillMode, XPos, YPos
from fpdf.fonts import FontFace

from ..coverage.errors import NotReadyError
from .assets import STATIC
from .canvas import MM_PER_POINT
from .pdf_canvas import FONT, PdfCanvas, printable
from .style import INK
from .text import say, say_moment

MARGIN_MM: Final = 15.0
WIDTH_MM: Final = 210.0 - 2 * MARGIN_MM
LINE: Final = 1.35
"""Of the height of letters, from one line to the next."""
_FOOT_MM: Final = 14.0
_BEGINNING_MM: Final = 26.0
"""Of what follows a heading: a sentence and the first rows of a table."""
_FILES: Final = {"": "DejaVuSansCondensed.ttf", "B": "DejaVuSansCondensed-Bold.ttf"}
_SOFT: Final = (90, 103, 115)
_RULE: Final = (205, 211, 217)
_BAND: Final = (241, 244, 247)
_DRAFT: Final = (232, 232, 232)
# the count of pages is put in for this sign when they are all there; no text from outside can hold it
_PAGES: Final = "\ue000"


@dataclass(frozen=True)
class PaperContext:
    """What every page of a paper tells besides its content.

    Attributes
    ----------
    city : str
        Name of the place.
    lang : str
        One of `text.LANGUAGES`.
    run_id : str
        The run the content belongs to.
    made_at : datetime
        When the result was made, with its time zone; also the date in the file, so that the same result
        gives the same bytes.
    synthetic : tuple of str
        What is made up: `incidents`, `states`, `stations`, `units`.
    """

    city: str
    lang: str
    run_id: str
    made_at: datetime
    synthetic: tuple[str, ...] = ()

    def say(self, key: str, **facts: object) -> str:
        """Return a text in the paper's language."""
        return say(key, self.lang, **facts)

    def warning(self) -> str:
        """Say what is made up, where anything is."""
        if not self.synthetic:
            return ""
        named = ", ".join(self.say(f"synthetic.{what}") for what in self.synthetic)
        return f"{self.say('synthetic.heading', what=named)} {self.say('synthetic.sentence')}"


class Paper(FPDF):
    """A document of A4 pages.

    Parameters
    ----------
    title : str
        Written at the head of each page.
    context : PaperContext
    draft : str
        A word across each page of what is not approved; empty on a paper that is.

    Raises
    ------
    NotReadyError
        Code `browser_libraries_missing` where the letters are not installed.
    """

    def __init__(self, title: str, context: PaperContext, *, draft: str = "") -> None:
        super().__init__(format="A4", unit="mm")
        self.context = context
        self.draft = draft
        self.name = printable(title)
        for style, file in _FILES.items():
            path = STATIC / "vendor" / "fonts" / file
            if not path.exists():
                raise NotReadyError("browser_libraries_missing", name=file)
            self.add_font(FONT, style, path)
        self.alias_nb_pages(_PAGES)
        self.set_margins(MARGIN_MM, MARGIN_MM)
        self.set_auto_page_break(True, margin=_FOOT_MM + 4)
        self.set_creation_date(context.made_at)
        self.set_title(self.name)
        self.set_creator("Kuzet")
        self.set_lang(context.lang)
        self.add_page()

    def header(self) -> None:
        """Begin a page: the draft mark under everything, the title and the place over it."""
        if self.draft:
            self._stamp()
        self._letters(8, soft=True)
        self.set_xy(MARGIN_MM, 7)
        self.cell(WIDTH_MM * 0.7, 4, self._fitted(self.name, WIDTH_MM * 0.7))
        if self.draft:
            self._letters(8, bold=True)
            self.set_text_color(213, 94, 0)
            self.cell(WIDTH_MM * 0.3, 4, printable(self.draft), align="R")
        self.set_draw_color(*_RULE)
        self.set_line_width(0.2)
        self.line(MARGIN_MM, 12, MARGIN_MM + WIDTH_MM, 12)
        self.set_xy(MARGIN_MM, 16)

    def footer(self) -> None:
        """End a page: whose data, which run, which page."""
        context = self.context
        self.set_y(-_FOOT_MM)
        self.set_draw_color(*_RULE)
        self.set_line_width(0.2)
        self.line(MARGIN_MM, self.y, MARGIN_MM + WIDTH_MM, self.y)
        self._letters(7, soft=True)
        self.set_y(self.y + 1)
        source = f"{context.say('page.sources')} © {context.say('page.osm')}"
        made = say_moment(context.made_at, context.lang)
        run = f"Kuzet · {context.say('page.run')} {context.run_id} · {made}"
        for text in (source, run):
            self.set_x(MARGIN_MM)
            self.cell(WIDTH_MM - 30, 3.4, printable(text), new_x=XPos.RIGHT, new_y=YPos.TOP)
            if text == source:
                # by hand: the width of the count is known only at the end
                page = context.say("paper.page", page=self.page_no(), pages=_PAGES)
                self.set_x(MARGIN_MM + WIDTH_MM - 28)
                self.cell(28, 3.4, page, align="L")
            self.ln(3.4)

    def heading(self, text: object, *, size: float = 12.0, before: float = 4.0) -> None:
        """Write a heading that stays with what follows it."""
        self.ln(before)
        self.keep(size * MM_PER_POINT * LINE + _BEGINNING_MM)
        self._letters(size, bold=True)
        self._write(printable(text), size)
        self.ln(1.2)

    def paragraph(
        self, text: object, *, size: float = 9.0, bold: bool = False, soft: bool = False, after: float = 1.2
    ) -> None:
        """Write a paragraph."""
        self._letters(size, bold=bold, soft=soft)
        self._write(printable(text), size)
        self.ln(after)

    def bullets(self, texts: Iterable[object], *, size: float = 9.0) -> None:
        """Write a list of sentences."""
        for text in texts:
            self._letters(size)
            self.keep(size * MM_PER_POINT * LINE)
            self.set_x(MARGIN_MM)
            self.cell(4, size * MM_PER_POINT * LINE, "•")
            self._write(printable(text), size, left=MARGIN_MM + 4)
            self.ln(0.8)

    def notice(self, text: str, *, size: float = 8.5) -> None:
        """Write a sentence in a frame, not to be overlooked."""
        if not text:
            return
        self._letters(size, bold=True)
        self.set_draw_color(213, 94, 0)
        self.set_line_width(0.4)
        self.set_x(MARGIN_MM)
        self.multi_cell(
            WIDTH_MM, size * MM_PER_POINT * LINE, printable(text), border=1, align="L", padding=2,
            new_x=XPos.LMARGIN, new_y=YPos.NEXT,
        )  # fmt: skip
        self.ln(1.5)

    def figures(self, figures: Sequence[tuple[str, str, str]]) -> None:
        """Write key figures side by side: what, how much, and a note."""
        if not figures:
            return
        width, top = WIDTH_MM / len(figures), self.y + 1
        lowest = top
        for place, (label, value, note) in enumerate(figures):
            left = MARGIN_MM + place * width
            self.set_xy(left, top)
            for text, size, bold, soft in (
                (label, 8, False, True),
                (value, 14, True, False),
                (note, 8, False, True),
            ):
                if text:
                    self._letters(size, bold=bold, soft=soft)
                    self._write(printable(text), size, left=left + 3, width=width - 5)
            lowest = max(lowest, self.y)
        self.set_draw_color(0, 158, 115)
        self.set_line_width(0.9)
        for place in range(len(figures)):
            left = MARGIN_MM + place * width + 1
            self.line(left, top + 0.5, left, lowest - 0.5)
        self.set_xy(MARGIN_MM, lowest + 2)

    def rows(
        self,
        heads: Sequence[object],
        rows: Iterable[Sequence[object]],
        *,
        widths: Sequence[float],
        align: Sequence[Literal["L", "R", "C"]] | None = None,
        size: float = 8.0,
    ) -> None:
        """Write a table; its heads are repeated on each page it runs over, and no row is torn.

        Parameters
        ----------
        heads, rows
            What the cells say.
        widths : sequence of float
            Shares of the width of the page.
        align : sequence of {"L", "R", "C"}, optional
            Of the columns; else left.
        size : float
            Points.
        """
        self._letters(size)
        self.set_draw_color(*_RULE)
        self.set_line_width(0.2)
        self.set_x(MARGIN_MM)
        style = FontFace(emphasis="BOLD", color=INK, fill_color=_BAND)
        with self.table(
            width=WIDTH_MM,
            col_widths=tuple(widths),
            text_align=tuple(align or ["L"] * len(heads)),
            line_height=size * MM_PER_POINT * LINE,
            padding=(0.7, 1.0),
            borders_layout="HORIZONTAL_LINES",
            headings_style=style,
            cell_fill_mode=TableCellFillMode.NONE,
            v_align="T",
        ) as table:
            for cells in (heads, *rows):
                table.row([printable(cell) for cell in cells])
        self.ln(1.5)

    def blank(self, label: str, value: str = "") -> None:
        """Write a field: its value, or a line to fill in by hand."""
        self.keep(9)
        top = self.y
        self._letters(9, bold=True)
        self.set_x(MARGIN_MM)
        self.multi_cell(44, 5, printable(label), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        below = self.y
        self._letters(9)
        self.set_y(top)
        if value:
            self._write(printable(value), 9, left=MARGIN_MM + 46, width=WIDTH_MM - 46)
        else:
            self.set_draw_color(*_SOFT)
            self.set_line_width(0.25)
            self.line(MARGIN_MM + 46, top + 5, MARGIN_MM + WIDTH_MM, top + 5)
        self.set_xy(MARGIN_MM, max(self.y, below) + 2.5)

    def room(self) -> float:
        """Return the height that is left on the page, millimetres."""
        return self.page_break_trigger - self.y

    def keep(self, height: float) -> None:
        """Begin a new page where less than this height is left."""
        if self.will_page_break(height):
            self.add_page()

    def canvas(self, height: float) -> PdfCanvas:
        """Return a canvas over the width of the page, below what is written; the next words follow it."""
        self.keep(height)
        canvas = PdfCanvas(self, MARGIN_MM, self.y)
        self.set_xy(MARGIN_MM, self.y + height + 1.5)
        return canvas

    def content(self) -> bytes:
        """Return the finished file."""
        return bytes(self.output())

    def _letters(self, size: float, *, bold: bool = False, soft: bool = False) -> None:
        self.set_font(FONT, "B" if bold else "", size)
        self.set_text_color(*(_SOFT if soft else (27, 39, 51)))

    def _write(self, text: str, size: float, *, left: float = MARGIN_MM, width: float | None = None) -> None:
        self.set_x(left)
        self.multi_cell(
            WIDTH_MM + MARGIN_MM - left if width is None else width,
            size * MM_PER_POINT * LINE, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT,
        )  # fmt: skip

    def _fitted(self, text: str, width: float) -> str:
        while len(text) > 1 and self.get_string_width(text) > width - 2:
            text = text[:-2].rstrip() + "…"
        return text

    def _stamp(self) -> None:
        self.set_font(FONT, "B", 96)
        self.set_text_color(*_DRAFT)
        word = printable(self.draft)
        with self.rotation(52, 105, 150):
            self.text(105 - self.get_string_width(word) / 2, 162, word)
