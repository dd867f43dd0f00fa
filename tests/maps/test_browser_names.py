"""Names with script in them open on every map without running."""

import pytest
from kuzet.maps import layers, legend, page_frame, shell

from .conftest import KINDS, draw, make_context

IMAGE = "<img src=x onerror=alert(1)>"
HOSTILE = " ".join(
    [
        "${alert(1)}",
        "`+alert(1)+`",
        IMAGE,
        "</script><script>alert(1)</script>",
        "\"'-alert(1)-'\"><svg onload=alert(1)>",
        "{{ cycler.__init__.__globals__ }}{% raw %}",
        "*/ \\'); alert(1); //",
    ]
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [HOSTILE, IMAGE], ids=["all", "image"])
def test_a_hostile_name_stays_text(kind, name, watch, write_page):
    """As name of camera, street, building, unit, station and city, touched everywhere, it opens no dialog."""
    html = draw(kind, make_context("ru", city=name), name)
    # without the policy: the first wall has to hold by itself
    seen = watch(bypass_csp=True)
    seen.open(write_page(f"hostile-{kind}-{len(name)}", html))
    shown = _touch_everything(seen.page, name)
    seen.page.wait_for_timeout(200)
    assert seen.dialogs == []
    assert seen.troubles == []
    assert seen.page.locator('img[src="x"]').count() == 0
    assert name in seen.page.title()
    assert name in seen.page.locator(".top").inner_text()
    # the name was there to be touched: in popups, tooltips and search, as text
    assert shown["popups"] > 3
    assert shown["tooltips"] > 0
    assert shown["search"] == 1


@pytest.fixture
def unsafe_page(monkeypatch):
    """Return a page drawn with a `safe()` that does nothing."""
    for module in (page_frame, legend, shell, layers):
        monkeypatch.setattr(module, "safe", str)
    return draw("patrol", make_context("en", city=IMAGE), IMAGE)


def test_this_test_can_fail(unsafe_page, watch, write_page):
    """Without `safe()` the same name runs: the tests above look where it would."""
    seen = watch(bypass_csp=True)
    seen.page.goto(write_page("unsafe-no-policy", unsafe_page))
    seen.page.wait_for_timeout(500)
    assert seen.dialogs


def test_the_policy_is_a_second_wall(unsafe_page, watch, write_page):
    """Even without `safe()` the browser does not run what was not in the page's own scripts."""
    seen = watch()
    seen.page.goto(write_page("unsafe-policy", unsafe_page))
    seen.page.wait_for_timeout(500)
    assert seen.dialogs == []


def _touch_everything(page, name):
    """Switch on all layers, open every popup and tooltip, press every list item, search."""
    page.evaluate(
        "document.querySelectorAll('.leaflet-control-layers-selector').forEach((s) => s.checked || s.click())"
    )
    shown = page.evaluate(
        """(name) => {
          const told = {popups: 0, tooltips: 0};
          const all = [];
          kuzet.map().eachLayer((layer) => { if (layer.getPopup || layer.getTooltip) all.push(layer); });
          for (const layer of all) {
            if (layer.eachLayer) continue;
            if (layer.getPopup && layer.getPopup()) {
              layer.openPopup();
              // those before it are still fading away
              const box = [...document.querySelectorAll('.leaflet-popup-content')].at(-1);
              if (box && box.textContent.includes(name)) told.popups += 1;
              layer.closePopup();
            }
            if (layer.getTooltip && layer.getTooltip()) {
              layer.openTooltip(layer.getLatLng ? layer.getLatLng() : layer.getBounds().getCenter());
              const tips = [...document.querySelectorAll('.leaflet-tooltip')];
              if (tips.some((tip) => tip.textContent.includes(name))) told.tooltips += 1;
              layer.closeTooltip();
            }
          }
          return told;
        }""",
        name.strip(),
    )
    page.fill(".search input", name[:6])
    found = page.locator(".search li button")
    shown["search"] = sum(text == name for text in found.all_text_contents())
    found.first.click()
    page.evaluate("document.querySelectorAll('[data-target], [data-only]').forEach((item) => item.click())")
    return shown
