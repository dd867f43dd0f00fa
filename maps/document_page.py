"""A document as one HTML file: no script, nothing fetched, made to be printed as well."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from .assets import require_local
from .canvas import SvgCanvas
from .document import Document, Picture
from .page_frame import render_template
from .paper import WIDTH_MM
from .text import say_moment

POLICY: Final = Markup("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'")


def document_page(document: Document) -> str:
    """Return a document as HTML.

    Parameters
    ----------
    document : Document
        Its texts are escaped here; none is taken as HTML.

    Returns
    -------
    str
        A complete page with a policy (CSP) that allows neither scripts nor addresses.
    """
    context = document.context
    pictures = {
        place: _picture(block, context.lang)
        for place, block in enumerate(document.blocks)
        if isinstance(block, Picture)
    }
    page = render_template(
        "document.html",
        document=document,
        context=context,
        say=context.say,
        pictures=pictures,
        policy=POLICY,
        made_at=say_moment(context.made_at, context.lang),
        warning=context.warning(),
    )
    require_local(page)
    return page


def _picture(block: Picture, lang: str) -> Markup:
    canvas = SvgCanvas(WIDTH_MM, block.whole_height(), title=block.title)
    block.draw(canvas, lang)
    return canvas.markup()
