"""Paper: letters, pages, tables that run over, and maps that stay inside their frame."""

from __future__ import annotations

import re
from datetime import timedelta

import numpy as np
import pypdfium2
import pytest
import shapely
from kuzet.maps.canvas import SvgCanvas
from kuzet.maps.chart import Curve, draw_curve, nice_ticks
from kuzet.maps.paper import Paper, PaperContext
from kuzet.maps.paper_map import MapAreas, MapLines, MapMarks, PaperMap, draw_paper_map, framed
from kuzet.maps.pdf_canvas import printable
from kuzet.maps.text import LANGUAGES
from PIL import Image
from shapely import LineString, Point, box

from .conftest import MADE_AT

KAZAKH = "ӘҒҚҢӨҰҮҺІәғқңөұүһі"


def make_paper_context(lang: str = "kk", **changes: object) -> PaperContext:
    """Return what every page tells."""
    given = {"city": "Талдықорған", "lang": lang, "run_id": "0123456789abcdef", "made_at": MADE_AT}
    return PaperContext(**(given | changes))  # pyright: ignore[reportArgumentType]


def read_pages(content: bytes) -> list[str]:
    """Return the text of each page."""
    pdf = pypdfium2.PdfDocument(content)
    try:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in pdf]
    finally:
        pdf.close()


def draw_page(content: bytes, page: int = 0, scale: float = 2.0) -> Image.Image:
    """Return a page as a picture."""
    pdf = pypdfium2.PdfDocument(content)
    try:
        return pdf[page].render(scale=scale).to_pil().convert("RGB")
    finally:
        pdf.close()


def test_every_letter_of_kazakh_is_printed_and_can_be_read_back() -> None:
    """Each Kazakh letter leaves ink of its own on the paper, unlike the box of a missing one, and is text."""
    drawn = []
    for letter in [*KAZAKH, "\U00012000"]:
        paper = Paper("A", make_paper_context())
        paper.set_xy(50, 100)
        paper.paragraph(letter, size=60)
        content = paper.content()
        drawn.append(draw_page(content, scale=1).crop((40, 250, 300, 420)).tobytes())
        if letter in KAZAKH:
            assert letter in read_pages(content)[0]
    assert len(set(drawn)) == len(drawn)


def test_the_sign_of_the_tenge_and_arrows_are_in_the_letters() -> None:
    """What prices and figures are written with can be read back from the file."""
    paper = Paper("A", make_paper_context())
    paper.paragraph("350 000 ₸ → №1 ≥ 90° – «ё»")
    assert "350 000 ₸ → №1 ≥ 90° – «ё»" in read_pages(paper.content())[0]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_page_says_its_number_its_run_and_whose_data_it_is(lang: str) -> None:
    """A table of 120 rows runs over pages: each repeats the heads, tells its place, loses no row."""
    context = make_paper_context(lang)
    paper = Paper("Title", context, draft=context.say("paper.draft"))
    paper.rows(["Head A", "Head B"], [[f"row {k}", "x" * 30] for k in range(120)], widths=(1, 2))
    pages = read_pages(paper.content())
    assert len(pages) > 2
    for number, text in enumerate(pages, start=1):
        assert context.say("paper.page", page=number, pages=len(pages)) in " ".join(text.split())
        assert context.run_id in text and context.say("page.osm") in text
        assert "Head A" in text and context.say("paper.draft") in text
    rows = [f"row {k}" for k in range(120)]
    assert [
        line.split(" x")[0].strip() for text in pages for line in text.split("\n") if line.startswith("row ")
    ] == rows


def test_the_same_content_gives_the_same_bytes() -> None:
    """The date in the file is that of the run, so two prints are equal and one of a later run is not."""

    def printed(context: PaperContext) -> bytes:
        paper = Paper("Қағаз", context)
        paper.paragraph("Мәтін")
        return paper.content()

    assert printed(make_paper_context()) == printed(make_paper_context())
    later = make_paper_context(made_at=MADE_AT + timedelta(minutes=1))
    assert printed(make_paper_context()) != printed(later)


def test_text_from_outside_cannot_bend_the_paper() -> None:
    """Breaks, signs that turn the writing round and the place holder of the page count do not get through."""
    assert printable("a\r\nb\x00c\u202ed\ue000e\ud800f\u2028g") == "a b c d e f g"
    paper = Paper("T", make_paper_context())
    paper.paragraph("\ue000 {nb} **bold** __x__ <b>")
    text = read_pages(paper.content())[0]
    assert "{nb} **bold** __x__ <b>" in text


def test_a_map_draws_nothing_outside_its_frame() -> None:
    """Lines, areas and marks that leave the bounds are cut at the frame, in the picture and in the file."""
    endless = np.array([LineString([(-9e5, 50), (9e5, 50)])], dtype=object)
    wide = np.array([box(-9e5, 0, 9e5, 80)], dtype=object)
    marks = MapMarks(np.array([Point(50, 50)], dtype=object), ["1"], "#009E73", headings=[90.0])
    layers = [MapAreas(wide, "#FF00FF"), MapLines(endless, "#00FFFF", 1.0), marks]
    picture = PaperMap(layers, framed(np.array([Point(50, 50)], dtype=object)), "en")
    paper = Paper("T", make_paper_context())
    draw_paper_map(paper.canvas(100), picture, width=100, height=100)
    image = np.asarray(draw_page(paper.content(), scale=25.4 / 72))
    inside = image[20:110, 20:110].reshape(-1, 3)
    assert (inside == (255, 0, 255)).all(axis=1).any()
    # the map is 100 mm wide: right of it lies bare paper
    assert (image[20:110, 122:200] > 250).all()
    svg = SvgCanvas(100, 100, title="T")
    draw_paper_map(svg, picture, width=100, height=100)
    places = shapely.bounds(shapely.multipoints(_path_places(str(svg.markup()))))
    assert places[0] >= -0.01 and places[2] <= 100.01


def _path_places(svg: str) -> np.ndarray:
    steps = re.findall(r"(-?\d+\.\d+),(-?\d+\.\d+)", svg)
    return np.array(steps, dtype=float)


def test_north_is_up_and_lengths_are_to_scale() -> None:
    """A line 100 m long and its scale bar keep their ratio on paper, and what lies north lies higher."""
    east = np.array([LineString([(0, 0), (100, 0)])], dtype=object)
    north = np.array([LineString([(0, 0), (0, 100)])], dtype=object)
    svg = SvgCanvas(150, 120, title="T")
    bounds = (-50.0, -50.0, 250.0, 190.0)
    draw_paper_map(
        svg, PaperMap([MapLines(east, "#111111", 1), MapLines(north, "#222222", 1)], bounds, "en"), width=150,
        height=120,
    )  # fmt: skip

    def path(color: str) -> np.ndarray:
        found = re.search(rf'<path d="M([^"]+)"[^>]*stroke="{color}"', str(svg.markup()))
        assert found is not None
        return np.array([step.split(",") for step in found.group(1).split()], dtype=float)

    right, up = path("#111111"), path("#222222")
    assert np.allclose(right[1] - right[0], [50, 0], atol=0.02)
    assert np.allclose(up[1] - up[0], [0, -50], atol=0.02)
    assert "50\N{NO-BREAK SPACE}m" in str(svg.markup())


def test_names_stay_text_in_pictures() -> None:
    """A name with tags in it is escaped in a map's legend and in a chart."""
    svg = SvgCanvas(100, 60, title="<script>1</script>")
    curve = Curve(
        [0, 1],
        [0, 2],
        ["", "<script>2</script>"],
        "<b>money</b>",
        "<i>gain</i>",
        bound=3,
        bound_word="</text>",
    )
    draw_curve(svg, curve, width=100, height=60, lang="en")
    drawn = str(svg.markup())
    assert "<script" not in drawn and "<b>" not in drawn and "<i>" not in drawn
    assert drawn.count("</text>") == drawn.count("<text ")


@pytest.mark.parametrize("highest", [0.03, 1, 7, 10, 99, 1234.5])
def test_ticks_are_round_and_reach_the_top(highest: float) -> None:
    """Ticks begin at 0, are evenly spaced and reach the highest value in the steps that were allowed."""
    ticks = nice_ticks(highest, 5)
    assert ticks[0] == 0 and ticks[-1] >= highest * (1 - 1e-9) and len(ticks) <= 6
    assert np.allclose(np.diff(ticks), ticks[1])
