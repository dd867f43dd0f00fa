"""Folium, made to stand alone: the document around its map, controls with words, the base map."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence

import branca.element as branca
from folium.elements import JSCSSMixin
from folium.plugins import Fullscreen
from folium.template import Template

from .layers import Raw
from .safe import safe, script_json


class PageFigure(branca.Figure):
    """The document: folium's figure with a language, a title and room for a policy."""

    _template = Template(
        "<!DOCTYPE html>\n"
        '<html lang="{{ this.lang }}">\n<head>\n<meta charset="utf-8">\n<!--policy-->\n'
        "<title>{{ this.title }}</title>\n{{ this.header.render(**kwargs) }}\n</head>\n"
        "<body>\n{{ this.html.render(**kwargs) }}\n"
        "<script>\n{{ this.script.render(**kwargs) }}\n</script>\n</body>\n</html>\n"
    )

    def __init__(self, title: str, lang: str) -> None:
        super().__init__(title=safe(title))
        # names of our own in place of random ones: the same result gives the same page, byte for byte
        self._id = "page"
        self.lang = lang


class BodyPart(branca.Element):
    """Finished HTML, and a line of script, put where the document has got to."""

    def __init__(self, identity: str, html: str, *, script: str = "") -> None:
        super().__init__()
        self._name = "BodyPart"
        self._id = identity
        self.html = html
        self.script = script

    def render(self, **kwargs: object) -> str:
        """Hand HTML and script to the document."""
        figure = self.get_root()
        if isinstance(figure, branca.Figure):
            figure.html.add_child(Raw(self.html), name=self._id)
            if self.script:
                figure.script.add_child(Raw(self.script), name=self._id)
        return ""


class Controls(JSCSSMixin):
    """Scale, zoom, full screen and attribution.

    Parameters
    ----------
    words : dict
        `zoom_in`, `zoom_out`, `full`, `full_off`, `osm` in the page's language.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            L.control.scale({imperial: false}).addTo({{ this._parent.get_name() }});
            L.control.zoom({{ this.zoom }}).addTo({{ this._parent.get_name() }});
            L.control.fullscreen({{ this.screen }}).addTo({{ this._parent.get_name() }});
            {{ this._parent.get_name() }}.attributionControl.addAttribution({{ this.credit }});
        {% endmacro %}
        """
    )
    default_js = Fullscreen.default_js
    default_css = Fullscreen.default_css

    def __init__(self, words: dict[str, str]) -> None:
        super().__init__()
        self._name = "Controls"
        self._id = "own"
        self.zoom = script_json({"zoomInTitle": words["zoom_in"], "zoomOutTitle": words["zoom_out"]})
        self.screen = script_json({"title": words["full"], "titleCancel": words["full_off"]})
        self.credit = script_json(
            f'<a href="https://www.openstreetmap.org/copyright" rel="noopener">© {safe(words["osm"])}</a>'
        )


class Basemap(JSCSSMixin):
    """The base map and the scripts of the page.

    Parameters
    ----------
    basemap : bytes or str
        PMTiles bytes to put into the page, or their address.
    scripts, styles : sequence of str
        Names in `assets` of what the page needs besides.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            kuzetBasemap({{ this._parent.get_name() }}, {{ this.address }});
        {% endmacro %}
        """
    )

    def __init__(
        self,
        basemap: bytes | str,
        *,
        scripts: Sequence[str] = (),
        styles: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self._name = "Basemap"
        self._id = "own"
        own = ("pmtiles", "protomaps", "kuzet_shapes", "kuzet_search", "kuzet", "kuzet_basemap")
        self.default_js = [(name, "") for name in (*own, *scripts)]
        self.default_css = [(name, "") for name in ("kuzet_css", *styles)]
        self.basemap = basemap
        self.address = script_json("#basemap" if isinstance(basemap, bytes) else basemap)

    def render(self, **kwargs: object) -> None:
        """Put the archive, if it comes as bytes, into the body as text that nobody runs."""
        figure = self.get_root()
        if isinstance(self.basemap, bytes) and isinstance(figure, branca.Figure):
            packed = base64.b64encode(self.basemap).decode("ascii")
            block = f'<script type="application/octet-stream" id="basemap">{packed}</script>'
            figure.html.add_child(Raw(block), name="basemap")
        super().render(**kwargs)


def with_policy(html: str, *, own_server: bool, fetches: bool, asks: bool = False) -> str:
    """Return a page with a policy (CSP): the browser runs the scripts it was made with and no other.

    A second wall behind `safe()`: a name that got past it would still not run.

    Parameters
    ----------
    html : str
        A document made by `PageFigure`.
    own_server : bool
        Whether scripts and styles come from the server of the page.
    fetches : bool
        Whether the page reads its base map from that server.
    asks : bool
        Whether it has a form that is sent there.
    """
    hashes = sorted({_hash(script) for script in re.findall(r"<script>(.*?)</script>", html, re.DOTALL)})
    own = " 'self'" if own_server else ""
    rules = [
        "default-src 'none'",
        f"script-src{own} {' '.join(hashes)}",
        f"style-src{own} 'unsafe-inline'",
        f"img-src{own} data:",
        "connect-src 'self'" if fetches else "connect-src 'none'",
        "base-uri 'none'",
        "form-action 'self'" if asks else "form-action 'none'",
    ]
    policy = f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(rules)}">'
    return html.replace("<!--policy-->", policy, 1)


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode('utf-8')).digest()).decode('ascii')}'"
