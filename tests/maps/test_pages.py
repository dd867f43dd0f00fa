"""What the pages say, read from their text without a browser."""

import json
import re
from dataclasses import replace

import pytest
from kuzet.coverage.conditions import LIGHTS, OBSTACLES
from kuzet.coverage.results import CAUSES
from kuzet.coverage.schema import STATES
from kuzet.maps.assets import Assets
from kuzet.maps.pages import blind_spots_page, coverage_page, patrol_page, sites_page
from kuzet.maps.text import LANGUAGES, say, say_metres
from kuzet.maps.words import cause_sentence, compass_word, conditions_words, street_name

from .conftest import KINDS, draw, make_context
from .make_results import (
    PANNING,
    make_blind_spots,
    make_coverage,
    make_patrol,
    make_stations,
)
from .make_site_plan import make_site_plan


def _block(html, name):
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    return json.loads(found.group(1))


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_result_gives_the_same_page(kind):
    """Drawn twice, a page is the same byte for byte."""
    assert draw(kind, make_context("ru")) == draw(kind, make_context("ru"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_a_folium_map(kind):
    """The map in the page is folium's, with its layer switch."""
    html = draw(kind, make_context())
    assert html.count('class="folium-map"') == 1
    assert "L.control.layers(" in html


def test_states_are_apart():
    """Each state of a camera is a layer and a row of its own; no figure adds two of them."""
    coverage = make_coverage()
    html = coverage_page(coverage, context=make_context())
    for state in STATES:
        features = _block(html, f"data_cameras_{state}")["features"]
        assert len(features) == coverage.cameras_by_state[state]
        row = re.search(rf'dot-{state}"></i>(.*?)</tr>', html, re.DOTALL)
        assert row is not None
        cells = re.findall(r"<td>(.*?)</td>", row.group(1))
        seen = [say_metres(coverage.seen_m[state][level], "en") for level in ("low", "mid", "high")]
        assert cells == [str(coverage.cameras_by_state[state]), *seen]


def test_the_conditions_stand_in_the_header():
    """Coverage, blind spots and routes say by what light, past what and for what they hold."""
    unknown = "it counts half"
    for asked, told in (
        ({}, "by day · buildings only · head at 1.7 m"),
        (
            {"light": "night", "obstacles": "leaf_on", "target_m": 0.0},
            "by night · with walls, hedges and trees in leaf · ground",
        ),
    ):
        coverage, context = make_coverage(conditions=asked), make_context()
        pages = (
            coverage_page(coverage, context=context),
            blind_spots_page(make_blind_spots(coverage), coverage, context=context),
            patrol_page(make_patrol(), stations=make_stations(), coverage=coverage, context=context),
        )
        for html in pages:
            assert f'<p class="conditions">{told}</p>' in html
            assert (unknown in html) == bool(asked)
    alone = patrol_page(make_patrol(), stations=make_stations(), coverage=None, context=make_context())
    assert 'class="conditions"' not in alone


def test_panning_cameras_stand_apart():
    """What panning cameras could turn to is in a table of its own, only of states that have any."""
    html = coverage_page(make_coverage(), context=make_context())
    table = html[html.index("whose time is shared") :].split("</table>")[0]
    rows = re.findall(r'dot-(\w+)"></i>.*?</tr>', table)
    assert rows == ["live", "archive"]
    assert table.count(f"<td>{say_metres(PANNING['potential_m'], 'en')}</td>") == 2
    assert table.count(f"<td>{say_metres(PANNING['expected_m'], 'en')}</td>") == 2
    still = replace(make_coverage(), panning={})
    assert "whose time is shared" not in coverage_page(still, context=make_context())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_cause_has_words_on_the_page(lang):
    """Each cause there can be is named in the page's table and told in a sentence of its own."""
    coverage = make_coverage()
    spots = make_blind_spots(coverage)
    count = len(spots.spots)
    assert count >= len(CAUSES)
    causes = [CAUSES[k % len(CAUSES)] for k in range(count)]
    spots = replace(spots, spots=spots.spots.assign(cause=causes, building="w12"))
    html = blind_spots_page(spots, coverage, context=make_context(lang))
    for cause in CAUSES:
        assert f"causes.{cause}" not in html
        assert say(f"causes.{cause}", lang) in html
    told = _block(html, "data_spots")["features"]
    sentences = {cause: feature["properties"]["w"] for cause, feature in zip(causes, told, strict=True)}
    assert len(set(sentences.values())) == len(CAUSES)
    assert "w12" in sentences["hidden_by_barrier"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_conditions_have_words(lang):
    """Each light, each choice of what hides, and each height of the target is said in its own words."""
    told = {
        conditions_words({"light": light, "obstacles": obstacles, "target_m": height}, lang)
        for light in LIGHTS
        for obstacles in OBSTACLES
        for height in (0, 1.7, 3)
    }
    assert len(told) == 18


def test_times_add_up_to_the_network():
    """The table of 0x to 3x+ holds the result's own figures and the network under them."""
    coverage = make_coverage()
    html = coverage_page(coverage, context=make_context())
    live = coverage.times[(coverage.times["state"] == "live") & (coverage.times["level"] == "mid")]
    for metres in live["metres"]:
        assert f"<td>{say_metres(metres, 'en')}</td>" in html
    assert html.count(f"<td>{say_metres(coverage.network_m, 'en')}</td>") >= 3


def test_the_list_holds_the_ten_worst():
    """Ten blind spots are listed, in rank order, each with its cause, and numbered on the map."""
    html = draw("blind-spots", make_context())
    assert re.findall(r'data-target="spot-(\d+)"', html) == [str(n) for n in range(1, 11)]
    assert [feature["properties"]["n"] for feature in _block(html, "data_worst")["features"]] == [
        str(n) for n in range(1, 11)
    ]


def test_the_riskiest_spot_is_the_widest():
    """Width grows with risk: no spot is drawn wider than a riskier one."""
    spots = _block(draw("blind-spots", make_context()), "data_spots")
    widths = [spots["styles"][feature["properties"]["s"]]["weight"] for feature in spots["features"]]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > widths[-1]


def test_sites_print_their_bound():
    """The proposal says what no plan for the money can exceed and why the search ended; a proof is said."""
    coverage = make_coverage()
    html = sites_page(make_site_plan(coverage), coverage, context=make_context())
    assert (
        "No plan for this money can add more than 22.1; this one adds 21.2, which is 96.2% of that." in html
    )
    assert say("siteplan.stopped.gap", "en") in html and "Possible actions weighed: 1,234." in html
    proved = sites_page(make_site_plan(coverage, proved=True), coverage, context=make_context())
    assert "That is proved." in proved and say("siteplan.stopped.gap", "en") not in proved
    assert "1,440,000 ₸" in html


def test_each_kind_of_action_is_a_layer_and_the_curve_a_chart_and_a_table():
    """Install, connect, turn and repair are told apart; each step of the curve is a row of the table."""
    coverage = make_coverage()
    proposal = make_site_plan(coverage)
    html = sites_page(proposal, coverage, context=make_context())
    for action, count in proposal.sites["action"].value_counts().items():
        assert len(_block(html, f"data_sites_{action}")["features"]) == count
    assert html.count("<svg xmlns") == 1
    for spent in ("350,000", "410,000", "450,000", "540,000", "1,440,000"):
        assert f"<td>{spent}</td>" in html


def test_cameras_without_consent_are_named_and_not_offered():
    """Of the cameras of others those without recorded consent are marked and say why."""
    coverage = make_coverage()
    html = sites_page(make_site_plan(coverage), coverage, context=make_context())
    refused = re.findall(r'<li class="refused"><b>([^<]+)</b>', html)
    assert refused == ["M-2", "H-3"]
    assert html.count(say("siteplan.remark.no_consent", "en")) == 2


def test_a_route_is_drawn_once_in_its_direction():
    """However often a stretch is driven it is one directed line: drawn length is that of unique segments."""
    plan = make_patrol(("one",))
    twice = replace(plan, legs=plan.legs.loc[[*plan.legs.index, *plan.legs.index]].reset_index(drop=True))
    html = [
        patrol_page(each, stations=make_stations(), coverage=None, context=make_context())
        for each in (plan, twice)
    ]
    routes = [
        [f["geometry"] for f in _block(page, "data_unit_0")["features"] if f["properties"].get("s") == 0]
        for page in html
    ]
    assert routes[0] == routes[1]


@pytest.mark.parametrize("made_up", [("incidents",), ()])
def test_the_banner_says_what_is_synthetic(made_up):
    """Synthetic incidents are announced on the page, and only where there are any."""
    html = draw("blind-spots", make_context("kk", synthetic=made_up))
    assert ("жасанды (синтетикалық) оқиғалар" in html) == bool(made_up)


def test_embedded_page_holds_its_map_and_linked_page_does_not():
    """The base map is in the page that travels alone, and an address in the page that is served."""
    alone = draw("coverage", make_context())
    served = draw("coverage", make_context(assets=Assets.linked("/static"), basemap="/basemap.pmtiles"))
    assert 'id="basemap"' in alone
    assert 'id="basemap"' not in served
    assert '"/basemap.pmtiles"' in served
    assert len(served) < len(alone) / 3


@pytest.mark.parametrize("lang", LANGUAGES)
def test_cause_sentences_name_what_is_known(lang):
    """With building, camera and distance the sentence names all three; without them it stays general."""
    spot = {
        "cause": "hidden_by_building",
        "building": "b7",
        "building_name": "Цирк",
        "camera": "K9",
        "distance_m": 43.2,
    }
    told = cause_sentence(spot, lang)
    assert "Цирк" in told
    assert "K9" in told
    assert "43" in told
    bare = cause_sentence({**spot, "building": None, "building_name": None, "camera": None}, lang)
    assert "K9" not in bare
    unnamed = cause_sentence({**spot, "building_name": float("nan")}, lang)
    assert "b7" in unnamed


def test_compass_words():
    """Eight directions, clockwise from north, the last half-step being north again."""
    assert [compass_word(degrees, "en") for degrees in (0, 44, 90, 181, 338)] == [
        "north", "north-east", "east", "south", "north",
    ]  # fmt: skip


def test_a_street_without_name_is_told_by_its_kind():
    """An unnamed street is not an empty line in a list."""
    assert street_name(None, "en", highway="footway") == "unnamed footway"
    assert street_name(float("nan"), "ru") == "улица без названия"
    assert street_name(None, "en", highway="steps", near="Абай") == "steps near Абай"
    assert street_name("Абай", "kk", highway="footway", near="Қонаев") == "Абай"
