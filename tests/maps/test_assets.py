"""Scripts and styles come from here or not at all."""

import folium
import pytest
from kuzet.coverage.errors import NotReadyError
from kuzet.maps import assets
from kuzet.maps.assets import Assets, OutsideAddressError, require_local


def test_linked_assets_are_local_addresses():
    """A map's libraries become addresses of our own server, and folium's other ones are dropped."""
    shown = folium.Map(tiles=None)
    figure = shown.get_root()
    Assets.linked("/static").localise(figure)
    page = figure.render()
    assert 'src="/static/vendor/leaflet.js?v=' in page
    assert "https://" not in page.split("<body>")[0]
    require_local(page)


def test_embedded_assets_leave_nothing_to_fetch():
    """Scripts and styles are in the page, images of the styles as data."""
    shown = folium.Map(tiles=None)
    figure = shown.get_root()
    Assets.embedded().localise(figure)
    page = figure.render()
    assert "<script src" not in page
    assert "<link" not in page
    assert "data:image/png;base64," in page
    require_local(page)


def test_folium_itself_is_left_as_it_was():
    """Only the instance changes: another map in the same process still has folium's own links."""
    figure = folium.Map(tiles=None).get_root()
    Assets.embedded().localise(figure)
    assert any("leaflet.js" in address for _, address in folium.Map.default_js)


def test_a_library_without_local_copy_is_refused():
    """An element that asks for an unknown script stops the page."""
    shown = folium.Map(tiles=None)
    shown.add_js_link("stranger", "https://cdn.example.org/stranger.js")
    try:
        with pytest.raises(OutsideAddressError) as caught:
            Assets.linked("/static").localise(shown.get_root())
        assert caught.value.facts["name"] == "stranger"
    finally:
        folium.Map.default_js[:] = [pair for pair in folium.Map.default_js if pair[0] != "stranger"]


@pytest.mark.parametrize(
    "part",
    [
        '<script src="https://cdn.example.org/a.js"></script>',
        '<link rel="stylesheet" href="//cdn.example.org/a.css">',
        '<img src="http://example.org/a.png">',
        "<style>b { background: url(https://example.org/a.png) }</style>",
        '<p style="background: url(//example.org/a.png)">x</p>',
        '<iframe src="HTTPS://example.org"></iframe>',
    ],
)
def test_a_page_that_would_fetch_from_elsewhere_is_refused(part):
    """Any way of fetching from another host is found, in whatever spelling."""
    with pytest.raises(OutsideAddressError):
        require_local(f"<html><body>{part}</body></html>")


def test_links_for_a_person_are_allowed():
    """An address a person may click is not a fetch."""
    require_local(
        '<a href="https://www.openstreetmap.org/copyright">OSM</a><img src="data:image/png;base64,xx">'
    )


def test_missing_libraries_are_told(tmp_path, monkeypatch):
    """Without the installed libraries the error says which one is missing."""
    monkeypatch.setattr(assets, "STATIC", tmp_path)
    assets._read.cache_clear()
    try:
        with pytest.raises(NotReadyError) as caught:
            Assets.linked("/static").localise(folium.Map(tiles=None).get_root())
        assert (caught.value.code, caught.value.facts) == (
            "browser_libraries_missing",
            {"name": "leaflet.js"},
        )
    finally:
        assets._read.cache_clear()


def test_jinja_does_not_read_libraries():
    """Code of a library that looks like a template is written as it is."""
    shown = folium.Map(tiles=None)
    Assets.embedded().localise(shown.get_root())
    assert (assets.STATIC / "vendor" / "leaflet.js").read_text("utf-8").strip()[
        :200
    ] in shown.get_root().render()
