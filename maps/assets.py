"""Scripts and styles of a page from Kuzet itself: linked from its own server, or inside the page."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import branca.element as branca

from ..coverage.errors import KuzetError, NotReadyError

STATIC: Final = Path(__file__).parent / "static"
"""What the server mounts; `vendor` in it is filled by `maps/install_browser_libraries.py`."""

_LOCAL: Final = {
    "leaflet": "vendor/leaflet.js",
    "leaflet_css": "vendor/leaflet.css",
    "Control.Fullscreen.js": "vendor/fullscreen.js",
    "Control.FullScreen.css": "vendor/fullscreen.css",
    "pmtiles": "vendor/pmtiles.js",
    "protomaps": "vendor/protomaps-leaflet.js",
    "kuzet": "kuzet.js",
    "kuzet_shapes": "shapes.js",
    "kuzet_search": "search.js",
    "kuzet_ask": "ask.js",
    "kuzet_shift": "shift.js",
    "kuzet_basemap": "basemap.js",
    "kuzet_scenario": "scenario.js",
    "kuzet_scenario_edit": "scenario_edit.js",
    "kuzet_scenario_css": "scenario.css",
    "leaflet_sync": "vendor/leaflet-sync.js",
    "kuzet_css": "kuzet.css",
}
# what folium puts into every page and ours have no use for
_DROPPED: Final = {
    "jquery",
    "bootstrap",
    "awesome_markers",
    "bootstrap_css",
    "glyphicons_css",
    "awesome_markers_font_css",
    "awesome_markers_css",
    "awesome_rotate_css",
}
_CSS_URL: Final = re.compile(r"url\(\s*['\"]?([^'\")]+)['\"]?\s*\)")


class OutsideAddressError(KuzetError, RuntimeError):
    """A page that would fetch something from another host: a fault of the program."""


@dataclass(frozen=True)
class Assets:
    """Where a page takes its scripts and styles from.

    Attributes
    ----------
    base_url : str or None
        The address `STATIC` is served at; None puts everything into the page itself.
    """

    base_url: str | None

    @classmethod
    def linked(cls, base_url: str = "/static") -> Assets:
        """Return assets that the page links to, with their hash so that browsers may keep them."""
        return cls(base_url.rstrip("/"))

    @classmethod
    def embedded(cls) -> Assets:
        """Return assets written into the page: one file that opens from a disk or an e-mail."""
        return cls(None)

    def localise(self, figure: branca.Figure) -> None:
        """Give every element of a page its scripts and styles from here.

        Parameters
        ----------
        figure : branca.element.Figure
            The page, not yet rendered. `default_js` and `default_css` are replaced on each instance;
            folium's own lists stay as they are.

        Raises
        ------
        OutsideAddressError
            When an element asks for something that has no local copy.
        """
        for element in _walk(figure):
            for kind, tag in (("default_js", self._script), ("default_css", self._style)):
                wanted: list[tuple[str, str]] = getattr(element, kind, None) or []
                for name, address in wanted:
                    if name in _DROPPED:
                        continue
                    if name not in _LOCAL:
                        raise OutsideAddressError("outside_address", name=name, address=address)
                    figure.header.add_child(branca.Element(tag(_LOCAL[name])), name=name)
                if wanted:
                    setattr(element, kind, [])

    def _script(self, name: str) -> str:
        if self.base_url is not None:
            return f'<script src="{self._address(name)}"></script>'
        # jinja must not read library code as a template
        code = _read(name).decode("utf-8").replace("</script", "<\\/script").replace("<!--", "<\\!--")
        return "{% raw %}<script>" + code + "</script>{% endraw %}"

    def _style(self, name: str) -> str:
        if self.base_url is not None:
            return f'<link rel="stylesheet" href="{self._address(name)}">'
        return "{% raw %}<style>" + _with_images(name) + "</style>{% endraw %}"

    def _address(self, name: str) -> str:
        return f"{self.base_url}/{name}?v={hashlib.sha256(_read(name)).hexdigest()[:8]}"


def require_local(page: str) -> None:
    """Raise OutsideAddressError when a page would fetch anything from another host.

    Links that a person may click are allowed; scripts, styles, images, frames and fonts are not.
    """
    reader = _Fetches()
    reader.feed(page)
    for address in reader.addresses:
        if re.match(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", address, re.IGNORECASE):
            raise OutsideAddressError("outside_address", name="page", address=address)


class _Fetches(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        for name, value in attrs:
            if name in ("src", "srcset", "poster", "data") or (name == "href" and tag != "a"):
                self.addresses.append(value or "")
            if name == "style":
                self.addresses += _CSS_URL.findall(value or "")

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.addresses += _CSS_URL.findall(data)

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False


def _walk(element: branca.Element) -> Iterator[branca.Element]:
    yield element
    for child in element._children.values():
        yield from _walk(child)


@cache
def _read(name: str) -> bytes:
    try:
        return (STATIC / name).read_bytes()
    except FileNotFoundError as error:
        raise NotReadyError("browser_libraries_missing", name=Path(name).name) from error


def _with_images(name: str) -> str:
    folder = Path(name).parent

    def data_address(found: re.Match[str]) -> str:
        target = found.group(1)
        if target.startswith(("data:", "#")):
            return found.group(0)
        if "//" in target:
            raise OutsideAddressError("outside_address", name=name, address=target)
        kind = mimetypes.guess_type(target)[0] or "application/octet-stream"
        image = base64.b64encode(_read((folder / target).as_posix())).decode("ascii")
        return f'url("data:{kind};base64,{image}")'

    return _CSS_URL.sub(data_address, _read(name).decode("utf-8"))
