"""What the pages of witnesses say and draw, against the answers they were made from."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
import shapely
from kuzet.coverage.witnesses import RECORDING
from kuzet.maps.pages import way_witnesses_page, witnesses_page
from kuzet.maps.text import LANGUAGES
from kuzet.maps.way_parts import way_parts

from .conftest import draw, make_context
from .make_results import CRS, make_streets
from .make_witnesses import PLACE, WAY, make_place_witnesses, make_town_watch, make_way_witnesses

CONTEXT = make_context("en")
NOW = CONTEXT.made_at


@pytest.fixture(scope="module")
def watch():
    """Return the watch of the small town."""
    return make_town_watch()


@pytest.fixture(scope="module")
def place(watch):
    """Return the answer about the crossing and its page."""
    found = make_place_witnesses(watch, NOW)
    return found, draw("witnesses", CONTEXT)


@pytest.fixture(scope="module")
def way(watch):
    """Return the answer about the escape and its page."""
    found = make_way_witnesses(watch, NOW)
    return found, draw("way-witnesses", CONTEXT)


def block(html, name):
    """Return a block of data of a page."""
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    return json.loads(found.group(1))


def items(html, kind):
    """Return the ids of cameras that a list points at, in its order."""
    return re.findall(rf'data-target="{kind}-(.*?)"', html)


def test_what_is_still_kept_comes_first_by_deletion(place):
    """The list has footage by its deletion; what has no known term follows, what is deleted comes last."""
    found, html = place
    kept = found.seen.set_index("camera")["delete_at"]
    listed = [name for name in items(html, "sight") if name in kept.index][: len(kept)]
    assert sorted(listed) == sorted(kept.index)
    order = [
        (2, 0) if kept[name] <= NOW else (1, 0) if np.isnat(kept[name].to_numpy()) else (0, kept[name].value)
        for name in listed
    ]
    assert order == sorted(order)
    assert {rank for rank, _ in order} == {0, 1, 2}
    values = re.findall(r'<span class="value">(.*?)</span>', html)
    assert values[: len(kept)] == [
        "deleted in 2 days", "deleted in 25 days", "deletion date not known", "deleted 2 days ago",
    ]  # fmt: skip


def test_each_line_of_sight_joins_its_camera_and_the_place(place):
    """Each camera has one line, from where it hangs to the place, in the layer of its state."""
    found, html = place
    target = gpd_degrees(PLACE)
    for state, frame in (("live", found.seen), ("archive", found.seen), ("silent", found.silent)):
        lines = {
            f["properties"]["id"]: f["geometry"]["coordinates"]
            for f in block(html, f"data_sight_{state}")["features"]
        }
        mine = frame if state == "silent" else frame[frame["state"] == state]
        assert set(lines) == {f"sight-{name}" for name in mine["camera"]}
        assert len(lines) > 0
        for name, hung in zip(mine["camera"], mine.geometry, strict=True):
            begin, end = lines[f"sight-{name}"]
            assert begin == pytest.approx(gpd_degrees(hung), abs=2e-6)
            assert end == pytest.approx(target, abs=2e-6)


def test_certain_sight_is_thicker_than_perhaps(place):
    """A line is as thick as it is sure, and the words say the same."""
    found, html = place
    layer = block(html, "data_sight_live")
    widths = {
        f["properties"]["id"]: layer["styles"][f["properties"]["s"]]["weight"] for f in layer["features"]
    }
    chance = found.seen[found.seen["state"] == "live"].set_index("camera")["probability"]
    sure = {widths[f"sight-{name}"] for name in chance.index[chance == 1]}
    perhaps = {widths[f"sight-{name}"] for name in chance.index[chance < 1]}
    assert len(sure) == len(perhaps) == 1
    assert min(sure) > max(perhaps)
    assert html.count("may have seen it (") >= 2


def test_the_nearest_that_do_not_see_are_crossed_out(place):
    """A cross stands on each of the four nearest that does not see the place, and says why; only there."""
    found, html = place
    blind = found.nearest[~found.nearest["sees"]]
    crossed = block(html, "data_nearest")["features"]
    assert [f["properties"]["id"] for f in crossed] == [f"near-{name}" for name in blind["camera"]]
    assert len(crossed) == found.places["nearest_blind"].iloc[0] > 0
    assert "looks elsewhere" in crossed[0]["properties"]["w"]
    assert f"<b>{len(blind)} of 4</b>" in html


def test_those_that_recorded_nothing_say_why(place):
    """Offline and registered cameras are listed apart, each with its reason."""
    found, html = place
    assert set(found.silent["state"]).isdisjoint(RECORDING)
    apart = html.split("Look there, but recorded nothing")[1]
    assert "out of order" in apart
    assert "only registered" in apart


def test_a_place_that_nobody_saw_says_so(watch):
    """Without a camera the list says so, and no figure is made up."""
    found = make_place_witnesses(watch, NOW)
    none = replace(found, seen=found.seen.iloc[:0], silent=found.silent.iloc[:0])
    html = witnesses_page(
        none,
        place=PLACE,
        register=watch.register,
        streets=make_streets().to_crs(CRS),
        ask=None,
        context=CONTEXT,
    )
    assert "No camera that records has a clear line" in html
    assert "there is no footage" in html
    assert "To ask another, open the map on the server" in html
    assert 'id="ask-form"' not in html


def test_parts_of_a_way_add_up_and_are_what_they_say(way):
    """The parts are the whole way without gap or overlap; the recorded ones are the metres of the answer."""
    found, _ = way
    parts = way_parts(found, WAY)
    assert parts["from_m"].iloc[0] == 0
    assert parts["to_m"].tolist()[:-1] == parts["from_m"].tolist()[1:]
    assert parts["to_m"].iloc[-1] == pytest.approx(WAY.length)
    metres = parts["to_m"] - parts["from_m"]
    assert metres.to_numpy() == pytest.approx(shapely.length(parts.geometry.to_numpy()))
    recorded = parts["part"].isin(["live", "live_perhaps", "archive"])
    assert metres[recorded].sum() == pytest.approx(found.seen_m)
    # one by one: in the middle of a part, the best that any row of the answer gives
    for row in parts.itertuples():
        at_m = (row.from_m + row.to_m) / 2
        here = found.seen[(found.seen["from_m"] < at_m) & (at_m < found.seen["to_m"])]
        quiet = found.silent[(found.silent["from_m"] < at_m) & (at_m < found.silent["to_m"])]
        live = here[here["state"] == "live"]
        expected = (
            "live" if (live["probability"] == 1).any()
            else "live_perhaps" if len(live)
            else "archive" if len(here)
            else "silent" if len(quiet)
            else "nobody"
        )  # fmt: skip
        assert row.part == expected
        assert set(row.cameras) == {*here["camera"], *quiet["camera"]}
    assert {"live", "nobody"} <= set(parts["part"])


def test_a_way_names_stretches_times_and_gaps(way):
    """Each camera has its metres and times; what nobody recorded is a key figure and a list of its own."""
    found, html = way
    assert set(items(html, "way")) == set(found.seen["camera"])
    assert set(items(html, "mute")) == set(found.silent["camera"])
    first = found.seen[found.seen["camera"] == found.seen["camera"].iloc[0]]
    low, high = first["from_m"].min(), first["to_m"].max()
    assert f"{round(low)}–{round(high)} m" in html
    unseen = found.length_m - found.seen_m
    assert f"<b>{round(unseen)} m</b>" in html.replace("\N{NO-BREAK SPACE}", " ")
    assert "Stretches that nobody recorded" in html
    for target in items(html, "part"):
        assert any(
            f["properties"]["id"] == f"part-{target}"
            for name in ("silent", "nobody")
            for f in block(html, f"data_part_{name}")["features"]
        )


def test_a_way_all_at_once_has_no_times(watch):
    """Without an end of time no stretch claims a time of its own."""
    begin = NOW - timedelta(days=5)
    html = way_witnesses_page(
        make_way_witnesses(watch, NOW),
        way=WAY,
        times=(begin, None),
        register=watch.register,
        streets=make_streets().to_crs(CRS),
        ask=None,
        context=CONTEXT,
    )
    assert re.search(r"\d\d:\d\d:\d\d", html.split('class="side-scroll"')[1].split("<footer")[0]) is None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_dates_are_in_the_zone_of_the_page(lang):
    """The footage of five days ago, kept for seven, goes in two days at the hour of the city."""
    html = draw("witnesses", make_context(lang))
    assert "26" in html
    assert {
        "kk": "2025 ж. 26 қараша, 09:05",
        "ru": "26 ноября 2025 г., 09:05",
        "en": "26 November 2025, 09:05",
    }[lang] in html.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def gpd_degrees(point):
    """Return longitude and latitude of a point in metres."""
    import geopandas as gpd

    shape = gpd.GeoSeries([point], crs=CRS).to_crs(4326).iloc[0]
    return [shape.x, shape.y]
