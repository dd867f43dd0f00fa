"""Plans of all kinds of action on the sample city: what they say they add is what measuring anew finds."""

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from kuzet.coverage.actions import Prices
from kuzet.coverage.errors import CannotHoldError, InvalidInputError
from kuzet.coverage.proposals import propose_sites
from kuzet.coverage.results import CAUSES
from kuzet.coverage.site_goals import Goal
from kuzet.coverage.update import update_coverage

from .plan_checks import carry_out

ALL = ("install", "connect", "aim", "repair")


def demand_seen(coverage, risk):
    """Return the weighted incidents that live cameras are expected to see."""
    pieces = coverage.pieces
    weight = risk.demand(*(pieces[name].to_numpy() for name in ("way", "from_m", "to_m")))
    return float(weight @ pieces["live_mid"].to_numpy())


@pytest.fixture(scope="module")
def city(sample_analysis):
    """Return the sample city with consents, headings and lenses that half its cameras might have recorded."""
    given, rng = sample_analysis, np.random.default_rng(5)
    cameras = given.cameras.copy()
    count = len(cameras)
    third = cameras["state"].isin(("archive", "registered")).to_numpy()
    cameras["consent"] = pd.Series(np.where(third & (rng.random(count) < 0.5), True, None), dtype=object)
    turned = rng.random(count) < 0.4
    cameras.loc[turned, "heading_deg"] = rng.integers(0, 360, count)[turned].astype(float)
    known = rng.random(count) < 0.4
    cameras.loc[known, ["focal_mm", "sensor_width_mm", "pixels_across", "height_m"]] = 4.0, 5.37, 1920.0, 5.0
    cameras["retention_days"] = rng.choice([3.0, 60.0, np.nan], count)
    coverage = update_coverage(given.coverage, given.buildings, cameras)
    return SimpleNamespace(**vars(given) | {"cameras": cameras, "coverage": coverage})


@pytest.fixture(scope="module")
def proposal(city):
    """Return a plan of two and a half million tenge in three phases."""
    return propose_sites(
        city.coverage, city.buildings, city.risk, city.supports, actions=ALL, budget=2_500_000, phases=3,
        most_places=60, spots=city.spots, prices=Prices(connect=30_000.0, repair=30_000.0),
    )  # fmt: skip


def test_what_a_plan_adds_is_what_measuring_anew_finds(city, proposal):
    """Installed, connected, turned and repaired cameras add exactly what the plan says, step by step."""
    assert set(proposal.sites["action"]) == set(ALL)
    assert proposal.before["seen_m"] == pytest.approx(city.coverage.seen_m["live"]["mid"], rel=1e-9)
    cameras = city.cameras
    for step in (1, 3, len(proposal.sites)):
        done = update_coverage(city.coverage, city.buildings, carry_out(cameras, proposal.sites.head(step)))
        at = proposal.curve.iloc[step]
        gained = done.seen_m["live"]["mid"] - city.coverage.seen_m["live"]["mid"]
        assert at["gain_m"] == pytest.approx(gained, abs=1e-6)
        more = demand_seen(done, city.risk) - demand_seen(city.coverage, city.risk)
        assert at["gain"] == pytest.approx(more, abs=1e-6)
    assert proposal.after["seen_m"] == pytest.approx(done.seen_m["live"]["mid"], rel=1e-9)
    assert proposal.after["demand_seen"] == pytest.approx(demand_seen(done, city.risk), rel=1e-9)


def test_the_curve_never_falls_and_each_phase_holds_the_one_before(proposal):
    """Money and gain only grow; phases follow one another within their budgets and bounds."""
    curve, phases, sites = proposal.curve, proposal.phases, proposal.sites
    assert curve.iloc[0][["step", "spent", "gain", "gain_m"]].tolist() == [0, 0, 0, 0]
    assert (np.diff(curve["gain"]) >= 0).all() and (np.diff(curve["spent"]) > 0).all()
    assert (np.diff(sites["phase"]) >= 0).all() and sites["phase"].max() <= 3
    assert (phases["spent"] <= phases["budget"] + 1e-6).all()
    assert (phases["upper_bound"] >= phases["gain"]).all() and (np.diff(phases["gain"]) >= 0).all()
    assert phases["spent"].iloc[-1] == pytest.approx(sites["cost"].sum())
    assert phases["gain"].iloc[-1] == pytest.approx(sites["gain"].sum())
    assert proposal.plan.gap < 0.02
    assert (sites["per_million"] * sites["cost"] / 1e6).to_numpy() == pytest.approx(
        sites["gain_m"].to_numpy()
    )


def test_cameras_that_stand_stay_where_they_are(city, proposal):
    """Only aim turns a camera, and none moves; installs are new, everything else is one of the register."""
    sites = proposal.sites
    old = sites[sites["action"] != "install"].set_index("camera")
    known = city.coverage.cameras.set_index("id")
    assert set(old.index) <= set(known.index) and old.index.is_unique
    assert (old.geometry.distance(known.geometry.loc[old.index], align=False) == 0).all()
    assert (known.loc[old.index[old["action"] == "aim"], "state"] == "live").all()
    assert (known.loc[old.index[old["action"] == "repair"], "state"] == "offline").all()
    assert sites.loc[sites["action"] == "install", "camera"].isna().all()
    assert not shapely.is_empty(proposal.views.geometry.to_numpy()).any()
    assert set(sites["cause"].dropna()) <= set(CAUSES) and sites["cause"].notna().any()


def test_each_camera_of_others_adds_what_measuring_with_it_live_finds(city, proposal):
    """Marginal gains of 20 archived and registered cameras equal measuring the whole city with each live."""
    table = proposal.connectable
    third = city.cameras["state"].isin(("archive", "registered"))
    assert len(table) == third.sum()
    assert (np.diff(table["gain"]) <= 1e-9).all()
    seen, weighted = city.coverage.seen_m["live"]["mid"], demand_seen(city.coverage, city.risk)
    for row in table.iloc[:: max(1, len(table) // 20)].head(20).itertuples():
        cameras = city.cameras.copy()
        cameras.loc[cameras["id"] == row.camera, "state"] = "live"
        done = update_coverage(city.coverage, city.buildings, cameras, changed=[row.camera])
        assert row.gain_m == pytest.approx(done.seen_m["live"]["mid"] - seen, abs=1e-6)
        assert row.gain == pytest.approx(demand_seen(done, city.risk) - weighted, abs=1e-6)


def test_without_recorded_consent_no_camera_is_connectable(city, proposal):
    """Consent that is refused or not recorded closes a camera; short retention is only a note."""
    table = proposal.connectable.set_index("camera")
    agreed = city.cameras.set_index("id").loc[table.index, "consent"].map(lambda value: value is True)
    assert (table["reason"].isna() == agreed).all()
    assert set(table.loc[~agreed, "reason"]) == {"no_consent"}
    connected = proposal.sites.loc[proposal.sites["action"] == "connect", "camera"]
    assert len(connected) and agreed[connected].all()
    short = table["retention_days"] < 30
    assert short.any() and (table["notes"].map(lambda notes: "retention_short" in notes) == short).all()
    coverage = update_coverage(city.coverage, city.buildings, city.cameras.assign(consent=None))
    with pytest.raises(CannotHoldError, match="no_action_left"):
        propose_sites(coverage, city.buildings, city.risk, city.supports, actions=("connect",), budget=1e6)


@pytest.mark.parametrize(
    ("options", "error", "code"),
    [
        ({"budget": 10_000, "actions": ALL}, CannotHoldError, "budget_below_cheapest"),
        ({"budget": -1}, InvalidInputError, "budget_negative"),
        ({"actions": ("paint",)}, InvalidInputError, "unknown_action"),
        ({"prices": {"connect": 0.0}}, InvalidInputError, "costs_not_positive"),
        ({"goal": {"kind": "floors"}}, InvalidInputError, "unknown_goal"),
        ({"goal": {"kind": "places"}}, InvalidInputError, "goal_needs_places"),
        ({"goal": {"floor": 0.5}}, InvalidInputError, "floor_needs_districts"),
    ],
)
def test_what_cannot_be_is_said(city, options, error, code):
    """A budget below the cheapest action, and wishes that mean nothing, are answered by name."""
    makers = {"goal": Goal, "prices": Prices}
    with pytest.raises(error) as caught:
        propose_sites(
            city.coverage, city.buildings, city.risk, city.supports, most_places=3,
            **{name: makers[name](**value) if name in makers else value for name, value in options.items()},
        )  # fmt: skip
    assert caught.value.code == code
    if code == "budget_below_cheapest":
        assert (caught.value.facts["cheapest"], caught.value.facts["action"]) == (25_000.0, "aim")


def test_more_cameras_than_candidates_are_all_given_and_said(city):
    """Asked for more than there is, everything that adds anything is proposed, and the number is told."""
    answer = propose_sites(
        city.coverage, city.buildings, city.risk, city.supports, actions=("repair",), count=90
    )
    assert answer.warnings == [
        {"code": "count_above_candidates", "count": 90, "candidates": answer.candidates}
    ]
    assert 0 < len(answer.sites) <= answer.candidates < 90


def test_a_district_that_nothing_can_reach_is_named(city):
    """A floor in a quarter without any place for a camera is refused with the quarter's name."""
    west, south, east, north = city.coverage.ways.total_bounds
    middle = (west + east) / 2
    districts = gpd.GeoDataFrame(
        {"name": ["Батыс", "Шығыс"]},
        geometry=[shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)],
        crs=city.crs,
    )
    with pytest.raises(CannotHoldError) as caught:
        propose_sites(
            city.coverage, city.buildings, city.risk, city.supports, count=3, most_places=2,
            goal=Goal("metres", floor=0.9, districts=districts),
        )  # fmt: skip
    assert caught.value.code == "floor_out_of_reach"
    assert caught.value.facts["district"] in ("Батыс", "Шығыс")


def test_a_floor_lifts_the_poorest_district(city):
    """With a floor every district has at least its share of metres seen, by measuring anew."""
    west, south, east, north = city.coverage.ways.total_bounds
    edges = np.linspace(west, east, 4)
    districts = gpd.GeoDataFrame(
        {"name": list("ABC")},
        geometry=[shapely.box(edges[at], south - 1, edges[at + 1], north + 1) for at in range(3)],
        crs=city.crs,
    )
    answer = propose_sites(
        city.coverage, city.buildings, city.risk, city.supports, count=14, most_places=150,
        goal=Goal("metres", floor=0.06, districts=districts), actions=("install",),
    )  # fmt: skip
    done = update_coverage(city.coverage, city.buildings, carry_out(city.cameras, answer.sites))
    pieces = done.draw_pieces()
    middle = pieces.geometry.interpolate(0.5, normalized=True)
    for box in districts.geometry:
        inside = middle.within(box).to_numpy()
        length = pieces["length_m"].to_numpy()[inside]
        assert length @ pieces["live_mid"].to_numpy()[inside] >= 0.0575 * length.sum()


def test_all_listed_places_are_seen_with_the_fewest_cameras(city):
    """Every place on the list is seen by a camera for certain afterwards."""
    ways = city.coverage.ways
    lines = ways[ways["length_m"] > 60].geometry.iloc[::25].head(5)
    places = gpd.GeoDataFrame(geometry=lines.interpolate(30.0).reset_index(drop=True), crs=city.crs)
    answer = propose_sites(
        city.coverage, city.buildings, city.risk, city.supports, goal=Goal("places", places=places),
        most_places=5000,
    )  # fmt: skip
    done = update_coverage(city.coverage, city.buildings, carry_out(city.cameras, answer.sites))
    pieces = done.draw_pieces()
    _, row = pieces.sindex.nearest(places.geometry, return_all=False)
    assert (pieces["live_mid"].to_numpy()[row] > 1 - 1e-6).all()
    assert 1 <= len(answer.sites) <= 5 and answer.plan.covered == 5
    assert answer.sites["gain"].sum() == pytest.approx(
        5 - city.coverage.draw_pieces().iloc[
            city.coverage.draw_pieces().sindex.nearest(places.geometry, return_all=False)[1]
        ]["live_mid"].sum(), abs=1e-6,
    )  # fmt: skip
