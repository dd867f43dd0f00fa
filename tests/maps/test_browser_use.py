"""What a person does on a page: press, switch, search, open the drawer, print."""

import re

from .conftest import draw, make_context


def _open(watch, write_page, kind, *, lang="en", **options):
    seen = watch(reduced_motion="reduce", **options)
    seen.open(write_page(f"use-{kind}-{lang}", draw(kind, make_context(lang))))
    return seen


def test_a_list_item_shows_its_place_and_its_reason(watch, write_page):
    """Pressing the worst blind spot moves the map there and opens the popup that says why it is blind."""
    seen = _open(watch, write_page, "blind-spots")
    before = seen.page.evaluate("kuzet.map().getZoom()")
    seen.page.locator("[data-target=spot-1]").click()
    popup = seen.page.locator(".leaflet-popup-content")
    popup.wait_for()
    assert "Hidden by Ғимарат: camera Қ-1, 43" in popup.inner_text()
    assert seen.page.evaluate("kuzet.map().getZoom()") > before
    assert seen.page.locator("[data-target=spot-1]").get_attribute("aria-current") is not None
    assert seen.troubles == []


def test_an_item_of_a_hidden_layer_brings_its_layer_back(watch, write_page):
    """A list item still works when its layer was switched off."""
    seen = _open(watch, write_page, "sites")
    seen.page.get_by_label(re.compile("New camera")).uncheck()
    assert seen.page.locator(".badge-plus:not(.badge-small)").count() == 0
    seen.page.locator("[data-target=site-5]").click()
    seen.page.locator(".leaflet-popup-content").wait_for()
    assert seen.page.locator(".badge-plus:not(.badge-small)").count() == 2


def test_layers_can_be_switched_and_keep_their_order(watch, write_page):
    """A layer switched off and on again lies where it lay: cameras stay above streets."""
    seen = _open(watch, write_page, "coverage")
    stack = """() => {
      const drawn = [];
      const canvas = kuzet.map()._renderer || Object.values(kuzet.map()._layers).find((l) => l._drawFirst);
      for (let item = canvas._drawFirst; item; item = item.next) {
        drawn.push(item.layer.options.shape ? 'marker' : 'line');
      }
      return drawn.join(' ').replace(/(\\w+)( \\1)*/g, '$1');
    }"""
    assert seen.page.evaluate(stack).endswith("line marker")
    streets = seen.page.get_by_label(re.compile("Blind"))
    streets.uncheck()
    streets.check()
    assert seen.page.evaluate(stack).endswith("line marker")
    assert seen.page.evaluate(stack).count("marker") == 1


def test_before_and_after_are_one_choice(watch, write_page):
    """The streets gained are shown with the proposed cameras and not today."""
    seen = _open(watch, write_page, "sites")
    green = "(l) => l.options.color === '#009E73' && l.options.weight === 5"
    gained = f"Object.values(kuzet.map()._layers).filter({green}).length"
    assert seen.page.evaluate(gained) == 5
    seen.page.get_by_label("Today").check()
    assert seen.page.evaluate(gained) == 0
    seen.page.get_by_label(re.compile("With the proposed")).check()
    assert seen.page.evaluate(gained) == 5


def test_search_forgives_capitals_and_moves_the_map(watch, write_page):
    """Part of a name in small letters finds the street, Enter goes there and names it."""
    seen = _open(watch, write_page, "coverage", lang="kk")
    before = seen.page.evaluate("kuzet.map().getCenter()")
    seen.page.fill(".search input", "өтен")
    seen.page.press(".search input", "Enter")
    assert seen.page.locator(".leaflet-tooltip").inner_text() == "Өтенай көшесі"
    assert seen.page.evaluate("kuzet.map().getCenter()") != before
    seen.page.fill(".search input", "жоқ көше")
    assert seen.page.locator(".search .none").inner_text() == "Мұндай көше жоқ"


def test_a_unit_can_be_shown_alone(watch, write_page):
    """Pressing the name of a unit hides the others; pressing it again brings them back."""
    seen = _open(watch, write_page, "patrol")
    stops = seen.page.locator(".badge-stop")
    everything = stops.count()
    chip = seen.page.locator(".chip").first
    chip.click()
    assert 0 < stops.count() < everything
    assert chip.get_attribute("aria-pressed") == "true"
    chip.click()
    assert stops.count() == everything


def test_stops_show_number_and_arrival(watch, write_page):
    """Each stop's marker has its number and its arrival time, as the timetable has."""
    seen = _open(watch, write_page, "patrol")
    texts = "all => all.map((one) => [...one.children].slice(0, 2).map((part) => part.textContent).join(' '))"
    markers = seen.page.locator(".badge-stop").evaluate_all(texts)
    rows = seen.page.locator(".timetable tbody tr").evaluate_all(texts)
    assert sorted(markers) == sorted(rows)
    assert len(rows) == 7


def test_on_a_telephone_the_list_is_a_drawer(watch, write_page):
    """On a narrow screen the list waits below, opens by its handle and closes when a place is chosen."""
    seen = _open(watch, write_page, "blind-spots", viewport={"width": 390, "height": 844}, has_touch=True)
    item = seen.page.locator("[data-target=spot-1]")
    assert item.bounding_box()["y"] > 800
    seen.page.locator(".drawer-handle").tap()
    seen.page.wait_for_timeout(400)
    assert item.bounding_box()["y"] < 700
    item.tap()
    seen.page.locator(".leaflet-popup-content").wait_for()
    assert "drawer-open" not in (seen.page.locator("body").get_attribute("class") or "")
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_paper_the_map_comes_first_then_the_list(watch, write_page):
    """Printed, the map stands above the list at the width of the sheet, and controls are gone."""
    seen = _open(watch, write_page, "patrol")
    seen.page.emulate_media(media="print")
    seen.page.set_viewport_size({"width": 703, "height": 1000})
    boxes = {
        name: seen.page.locator(name).first.bounding_box()
        for name in (".top", ".folium-map", ".side", ".foot")
    }
    assert boxes[".top"]["y"] < boxes[".folium-map"]["y"] < boxes[".side"]["y"] < boxes[".foot"]["y"]
    assert boxes[".folium-map"]["width"] <= 703
    assert not seen.page.locator(".search").is_visible()
    assert seen.page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_the_page_says_what_where_when_and_what_is_made_up(watch, write_page):
    """Header and footer carry title, city, date, figures, run and credit; the banner what is synthetic."""
    seen = _open(watch, write_page, "coverage", lang="ru")
    top, foot = seen.page.locator(".top").inner_text(), seen.page.locator(".foot").inner_text()
    assert all(
        word in top
        for word in ("Охват камерами", "Талдықорған", "24 ноября 2025", "синтетические происшествия")
    )
    assert seen.page.locator(".figure").count() == 3
    assert "0123456789abcdef" in foot
    assert "OpenStreetMap" in foot
    assert "OpenStreetMap" in seen.page.locator(".leaflet-control-attribution").inner_text()
    assert seen.page.locator(".languages a").all_inner_texts() == ["Қазақша", "Русский", "English"]
    assert seen.page.locator(".leaflet-control-scale-line").inner_text().endswith("m")


def test_nothing_lies_over_anything_else(watch, write_page):
    """On a desk screen the parts of the page and the controls on the map do not overlap."""
    seen = _open(watch, write_page, "coverage", lang="kk")
    names = (
        ".search",
        ".leaflet-control-zoom",
        ".leaflet-control-layers",
        ".leaflet-control-scale",
        ".side",
        ".foot",
        ".top",
    )
    boxes = {name: seen.page.locator(name).bounding_box() for name in names}
    for one in names:
        for other in names:
            if one < other:
                a, b = boxes[one], boxes[other]
                apart = (
                    a["x"] + a["width"] <= b["x"] + 1 or b["x"] + b["width"] <= a["x"] + 1
                    or a["y"] + a["height"] <= b["y"] + 1 or b["y"] + b["height"] <= a["y"] + 1
                )  # fmt: skip
                assert apart, (one, other)
