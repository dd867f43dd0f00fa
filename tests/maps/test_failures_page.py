"""What the page of failures says and draws, against the answer it was made from."""

import json
import re

import pytest
from kuzet.coverage.failures import find_failures
from kuzet.maps.failures_page import members_of, sole_pieces
from kuzet.maps.text import say_metres

from .conftest import draw, make_context
from .make_witnesses import make_measured


@pytest.fixture(scope="module")
def measured():
    """Return the coverage of the small town by its witnesses."""
    return make_measured()


def test_streets_that_nobody_else_sees_are_those_that_are_counted(measured):
    """For every camera and recorder the drawn pieces are as long as its loss of what is possibly seen."""
    points = find_failures(measured).points
    assert {"camera", "feed"} == set(points["kind"])
    lost = 0.0
    for row in points.itertuples():
        pieces = sole_pieces(measured, members_of(measured, row.kind, row.id))
        assert pieces["length_m"].sum() == pytest.approx(row.loss_high_m, abs=1e-6)
        lost += row.loss_high_m
    assert lost > 100


def test_a_recorder_takes_the_cameras_that_name_it(measured):
    """A camera fails alone; a recorder with all cameras that name it, also among others."""
    feeds = measured.cameras["feeds"].tolist()
    feeds[0], feeds[1] = "A; B", "AB"
    changed = make_measured()
    changed.cameras["feeds"] = feeds
    assert members_of(changed, "camera", "Қ-3") == ["Қ-3"]
    assert members_of(changed, "feed", "A") == ["Қ-0"]
    assert members_of(changed, "feed", "AB") == ["Қ-1"]
    assert len(members_of(changed, "feed", "Қ")) == 6


def test_the_list_is_by_rank_and_each_item_has_its_place(measured):
    """The worst points come in their order with their metres, and each leads to one shape on the map."""
    html = draw("failures", make_context("en"))
    points = find_failures(measured).points
    worst = points[points["loss_mid_m"] > 0].head(10)
    assert re.findall(r'data-target="fail-(\d+)"', html) == [str(rank) for rank in worst["rank"]]
    assert re.findall(r'<span class="value">(.*?)</span>', html) == [
        say_metres(loss, "en") for loss in worst["loss_mid_m"]
    ]
    targets = [
        feature["properties"].get("id")
        for name in ("lost", "points")
        for feature in json.loads(re.search(rf'id="data_{name}">(.*?)</script>', html, re.DOTALL).group(1))[
            "features"
        ]
    ]
    assert sorted(filter(None, targets)) == sorted(f"fail-{rank}" for rank in worst["rank"])
