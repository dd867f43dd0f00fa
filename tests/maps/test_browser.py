"""Every page opens in a real browser, alone, without a complaint."""

import pytest
from kuzet.maps.text import LANGUAGES

from .conftest import KINDS, draw, make_context

LETTERS = "ӘҒҚҢӨҰҮҺІәғқңөұүһі"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_opens_from_disk_with_no_network(kind, lang, watch, write_page):
    """One file, opened from a disk: no request to any host, no failed request, no console error."""
    seen = watch(offline=True)
    seen.open(write_page(f"{kind}-{lang}", draw(kind, make_context(lang))))
    seen.page.wait_for_timeout(300)
    assert seen.troubles == []
    assert seen.page.locator("html").get_attribute("lang") == lang
    assert seen.page.locator(".folium-map.leaflet-container").count() == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_served_page_fetches_only_from_its_server(kind, watch, server):
    """Linked scripts and a base map in ranges come from the page's own server, none refused by its policy."""
    seen = watch()
    requests = []
    seen.page.on("request", lambda request: requests.append(request.url))
    seen.open(f"{server}/maps/{kind}")
    seen.page.wait_for_timeout(500)
    assert seen.troubles == []
    assert sum("basemap.pmtiles" in address for address in requests) >= 2
    assert all(address.startswith((server, "data:")) for address in requests)


@pytest.mark.parametrize("kind", KINDS)
def test_the_base_map_is_drawn(kind, watch, write_page):
    """The tiles are not blank: streets and buildings leave more than one colour on them."""
    seen = watch()
    seen.open(write_page(f"base-{kind}", draw(kind, make_context("kk"))))
    seen.page.wait_for_timeout(600)
    colours = seen.page.evaluate(
        """() => {
          const found = new Set();
          for (const tile of document.querySelectorAll('.leaflet-basemap-pane canvas, canvas.leaflet-tile')) {
            if (!tile.width) continue;
            const data = tile.getContext('2d').getImageData(0, 0, tile.width, tile.height).data;
            for (let i = 0; i < data.length; i += 4 * 37) found.add(data.slice(i, i + 4).join());
          }
          return found.size;
        }"""
    )
    assert colours > 3


def test_kazakh_letters_have_their_own_glyphs(watch, write_page):
    """In the fonts of page and map no Kazakh letter is an empty box, and none looks like another."""
    seen = watch()
    seen.open(write_page("letters", draw("coverage", make_context("kk"))))
    shapes = seen.page.evaluate(
        """(letters) => {
          const canvas = document.createElement('canvas');
          canvas.width = canvas.height = 60;
          const context = canvas.getContext('2d', {willReadFrequently: true});
          const font = getComputedStyle(document.body).fontFamily;
          return [...letters, '\\uffff'].map((letter) => {
            context.clearRect(0, 0, 60, 60);
            context.font = `40px ${font}`;
            context.fillText(letter, 8, 45);
            return context.getImageData(0, 0, 60, 60).data.join();
          });
        }""",
        LETTERS,
    )
    assert len(set(shapes)) == len(LETTERS) + 1


def test_street_names_with_kazakh_letters_are_on_the_page(watch, write_page):
    """The letters of the city and its streets reach header, list and search."""
    seen = watch()
    seen.open(write_page("names", draw("blind-spots", make_context("kk"))))
    text = seen.page.locator("body").inner_text()
    assert "Талдықорған" in text
    assert "Қабанбай батыр көшесі" in text
    seen.page.fill(".search input", "ұзын")
    assert seen.page.locator(".search li").all_inner_texts() == ["Үлкен Ұзынағаш жолы"]
