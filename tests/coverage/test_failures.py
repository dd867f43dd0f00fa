"""What goes blind when a camera, recorder or feeder fails, against measuring everything again without it."""

import geopandas as gpd
import numpy as np
import pytest
from kuzet.coverage.cover import measure_coverage
from kuzet.coverage.failures import find_failures
from kuzet.coverage.results import LEVELS
from kuzet.coverage.risk import measure_risk
from kuzet.coverage.streets import ways_of_frame
from shapely import Point

NEAR_M = 0.1


def camera(name, at, heading, **known):
    """Return a live camera of known optics that observes as far as 95 m."""
    row = {"id": name, "state": "live", "kind": "fixed", "heading_deg": heading, "focal_mm": 4.0}
    row |= {"sensor_width_mm": 5.37, "pixels_across": 8000.0, "feeds": None, "geometry": Point(at)}
    return row | known


def fail(town, rows):
    """Measure the tiny town with these cameras; return coverage, risk and failures by (kind, id)."""
    coverage = measure_coverage(
        town.streets, town.buildings, gpd.GeoDataFrame(rows, geometry="geometry", crs=town.crs)
    )
    risk = measure_risk(town.incidents, ways_of_frame(coverage.ways))
    return coverage, risk, find_failures(coverage, risk).points.set_index(["kind", "id"])


def test_a_double_is_no_loss_but_their_recorder_is(town):
    """Of two cameras that see the same neither is missed; the recorder both hang on takes all they see."""
    rows = [camera(name, (0, 0), 90.0, feeds="NVR 1") for name in ("a", "b")]
    coverage, _, points = fail(town, rows)
    seen = coverage.seen_m["live"]
    assert seen["mid"] > 50
    for name in ("a", "b"):
        assert points.loc[("camera", name), "loss_high_m"] == 0
    lost = points.loc[("feed", "NVR 1")]
    assert [lost[f"loss_{level}_m"] for level in LEVELS] == pytest.approx([seen[level] for level in LEVELS])
    assert (lost["rank"], lost["cameras"], lost["live"]) == (1, 2, 2)


def test_every_feed_a_camera_names_can_fail_it(town):
    """A camera on a recorder and a feeder is lost with either; a name given twice counts once."""
    rows = [
        camera("a", (0, 0), 90.0, feeds="NVR 1; feeder 7;NVR 1"),
        camera("b", (200, 0), 270.0, feeds=" ; "),
    ]
    _, _, points = fail(town, rows)
    for name in ("NVR 1", "feeder 7"):
        assert points.loc[("feed", name), "cameras"] == 1
        assert points.loc[("feed", name), "loss_mid_m"] == points.loc[("camera", "a"), "loss_mid_m"] > 0
    assert len(points) == 4


def test_a_camera_that_is_not_live_takes_no_live_cover_away(town):
    """Loss is of live cover: an archive camera alone on a street loses nothing of it."""
    _, _, points = fail(town, [camera("a", (0, 0), 90.0, state="archive")])
    lost = points.loc[("camera", "a")]
    assert (lost["loss_high_m"], lost["live"], lost["cameras"]) == (0, 0, 1)


def test_the_risk_that_goes_blind_is_on_the_lost_metres(town):
    """The one theft on the avenue goes blind with the one camera that sees there, and decides the rank."""
    rows = [camera("east", (110, 0), 90.0), camera("west", (90, 0), 270.0)]
    _, risk, points = fail(town, rows)
    assert risk.total == 2
    assert points.loc[("camera", "east"), "risk_mid"] == pytest.approx(1)
    assert points.loc[("camera", "east"), "rank"] == 1
    assert points.loc[("camera", "west"), "risk_mid"] == pytest.approx(0)


def test_without_risk_the_metres_decide(town):
    """Without incidents no risk is lost, and the worst is what loses most metres."""
    rows = [camera("far", (0, 0), 90.0), camera("short", (200, 0), 270.0, pixels_across=1000.0)]
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=town.crs)
    points = find_failures(measure_coverage(town.streets, town.buildings, frame)).points
    assert points["id"].tolist() == ["far", "short"]
    assert points["risk_high"].tolist() == [0, 0]


def test_loss_is_cover_with_less_cover_without(sample_analysis):
    """For 50 cameras and 8 recorders of the sample's centre the loss equals measuring again without them."""
    centre = sample_analysis.cameras.union_all().centroid.buffer(340)
    streets, buildings, cameras = (
        frame[frame.intersects(centre)].reset_index(drop=True)
        for frame in (sample_analysis.streets, sample_analysis.buildings, sample_analysis.cameras)
    )
    rng = np.random.default_rng(7)
    number = rng.integers(0, 20, len(cameras))
    cameras["feeds"] = [f"NVR {n}" if n < 16 else None for n in number]
    whole = measure_coverage(streets, buildings, cameras)
    risk = measure_risk(sample_analysis.incidents, ways_of_frame(whole.ways))
    points = find_failures(whole, risk).points.set_index(["kind", "id"])
    live = cameras.loc[cameras["state"] == "live", "id"].to_numpy()
    asked = [("camera", name) for name in rng.choice(live, 50, replace=False)]
    asked += [("feed", f"NVR {n}") for n in range(8)]
    differs = 0
    for kind, name in asked:
        gone = (cameras["id"] == name) if kind == "camera" else (cameras["feeds"] == name)
        less = measure_coverage(streets, buildings, cameras[~gone].reset_index(drop=True))
        for level in LEVELS:
            loss = whole.seen_m["live"][level] - less.seen_m["live"][level]
            assert points.loc[(kind, name), f"loss_{level}_m"] == pytest.approx(loss, abs=NEAR_M), (
                name,
                level,
            )
            differs += loss > 1
        again = risk_seen(whole, risk) - risk_seen(less, risk)
        assert points.loc[(kind, name), "risk_mid"] == pytest.approx(again, abs=0.02), name
    assert differs > 30


def risk_seen(coverage, risk):
    """Return the risk that live cameras see, from the pieces of a coverage."""
    pieces = coverage.pieces
    demand = risk.demand(*(pieces[name].to_numpy() for name in ("way", "from_m", "to_m")))
    return float(demand @ pieces["live_mid"].to_numpy())
