"""Proposed sites: outside houses, off the road, and worth what they say."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from kuzet.coverage.candidates import find_candidates
from kuzet.coverage.cover import measure_coverage
from kuzet.coverage.errors import CannotHoldError, InvalidInputError
from kuzet.coverage.proposals import propose_sites
from kuzet.coverage.risk import measure_risk
from kuzet.coverage.streets import physical_ways, ways_of_frame


@pytest.fixture
def poles(town):
    """Return one lamp on the avenue, and one far from every street."""
    return gpd.GeoDataFrame(
        {"kind": ["street_lamp", "street_lamp"], "name": [None, None]},
        geometry=[shapely.Point(150, 6), shapely.Point(900, 900)],
        crs=town.crs,
    )


def answer(town, poles, **options):
    """Propose sites for the tiny town with its one camera."""
    coverage = measure_coverage(town.streets, town.buildings, town.cameras)
    risk = measure_risk(town.incidents, ways_of_frame(coverage.ways))
    return coverage, risk, propose_sites(coverage, town.buildings, risk, poles, **options)


def test_candidates_stand_on_something_outside_houses_and_off_the_road(town, poles):
    """Lamps, facades and corners, never inside a house, never on the carriageway, never far from a street."""
    ways = physical_ways(town.streets)
    places = find_candidates(ways, town.buildings, poles)
    assert set(places["support"]) == {"street_lamp", "building_corner", "facade", "corner"}
    distance = ways.nearest(places.geometry.to_numpy())[2]
    assert ((distance >= 2) & (distance <= 25)).all()
    assert not places.geometry.apply(lambda p: town.buildings.contains(p).any()).any()
    xy = shapely.get_coordinates(places.geometry.to_numpy())
    gaps = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) + 1e9 * np.eye(len(xy))
    assert gaps.min() > 15
    facades = places[places["support"].isin(["facade", "building_corner"])]
    assert set(facades["support_id"]) <= {"A", "B"}


def test_the_first_site_watches_the_theft(town, poles):
    """One camera goes where a theft is unseen; what it adds equals measuring the town with it."""
    coverage, risk, proposal = answer(town, poles, count=1)
    assert proposal.plan.gains[0] >= 0.5
    assert proposal.plan.proved or proposal.plan.gap < 0.5
    site = proposal.sites.iloc[0]
    new = gpd.GeoDataFrame(
        {
            "id": ["new"], "state": ["live"], "kind": ["fixed"], "heading_deg": [site.heading_deg],
            "focal_mm": [float(site.model.split()[1])], "sensor_width_mm": [5.37], "pixels_across": [2560.0],
        },
        geometry=[site.geometry],
        crs=town.crs,
    )  # fmt: skip
    import pandas as pd

    both = gpd.GeoDataFrame(pd.concat([town.cameras, new], ignore_index=True), crs=town.crs)
    after = measure_coverage(town.streets, town.buildings, both)
    assert proposal.after["seen_m"] == pytest.approx(after.seen_m["live"]["mid"], abs=1e-3)
    assert proposal.before["seen_m"] == pytest.approx(coverage.seen_m["live"]["mid"], abs=1e-3)
    assert proposal.sites["gain_m"].sum() == pytest.approx(
        proposal.after["seen_m"] - proposal.before["seen_m"]
    )
    pieces = after.pieces
    demand = risk.demand(pieces["way"], pieces["from_m"], pieces["to_m"]) @ pieces["live_mid"].to_numpy()
    assert proposal.after["demand_seen"] == pytest.approx(demand, abs=1e-6)


def test_no_camera_asked_for_is_todays_cover(town, poles):
    """A count of 0 returns today's figures and no site."""
    coverage, _, proposal = answer(town, poles, count=0)
    assert len(proposal.sites) == 0
    assert [warning["code"] for warning in proposal.warnings] == ["nothing_to_spend"]
    assert proposal.before["seen_m"] == pytest.approx(coverage.seen_m["live"]["mid"], rel=1e-12)
    assert answer(town, poles, budget=0)[2].after == proposal.before
    assert proposal.before == proposal.after


def test_without_incidents_metres_are_covered(town, poles):
    """A town without incidents still gets sites, chosen by unseen metres."""
    coverage = measure_coverage(town.streets, town.buildings, town.cameras)
    risk = measure_risk(town.incidents.iloc[:0], ways_of_frame(coverage.ways))
    proposal = propose_sites(coverage, town.buildings, risk, poles, count=2)
    assert len(proposal.sites) == 2
    assert proposal.sites["gain_m"].min() > 10


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"count": -1}, "count_negative"),
        ({"headings": 0}, "count_negative"),
        ({"models": ("box",)}, "unknown_model"),
    ],
)
def test_bad_wishes_are_refused(town, poles, options, code):
    """Counts below 0, no heading and unknown models are refused by name."""
    with pytest.raises(InvalidInputError) as caught:
        answer(town, poles, **options)
    assert caught.value.code == code


def test_a_town_without_any_place_says_so(town):
    """One straight street in the open has no support at all."""
    streets = town.streets.iloc[:2]
    nothing = town.buildings.iloc[:0]
    coverage = measure_coverage(streets, nothing, town.cameras)
    risk = measure_risk(town.incidents, ways_of_frame(coverage.ways))
    poles = gpd.GeoDataFrame({"kind": [], "name": []}, geometry=[], crs=town.crs)
    with pytest.raises(CannotHoldError, match="no_place_for_camera"):
        propose_sites(coverage, nothing, risk, poles)


def test_the_users_own_places_and_forbidden_areas_count(town, poles):
    """Own places alone are weighed where that is asked, at their own price; forbidden ones are counted."""
    own = gpd.GeoDataFrame(
        {"id": ["a", "b"], "name": ["Shop", "School"], "support": None, "height_m": np.nan,
         "extra_cost": [0.0, 70_000.0]},
        geometry=[shapely.Point(50, 6), shapely.Point(150, 6)], crs=town.crs,
    )  # fmt: skip
    forbidden = gpd.GeoDataFrame(
        {"id": ["f"], "name": ["Square"]}, geometry=[shapely.box(40, 0, 60, 20)], crs=town.crs
    )
    only = {"own": own, "sources": ("own",)}
    _, _, free = answer(town, poles, count=2, where=only)
    assert {(round(p.x), round(p.y)) for p in free.sites.geometry} <= {(50, 6), (150, 6)}
    _, _, proposal = answer(town, poles, count=2, where=only | {"forbidden": forbidden})
    assert [(round(p.x), round(p.y)) for p in proposal.sites.geometry] == [(150, 6)]
    assert proposal.left_out["places_forbidden"] == proposal.left_out["own_places"] == 1
    plain = answer(town, poles, count=2, where={"own": own.assign(extra_cost=0.0), "sources": ("own",),
                                                "forbidden": forbidden})[2]  # fmt: skip
    assert proposal.sites["cost"].iloc[0] == plain.sites["cost"].iloc[0] + 70_000
    everywhere = forbidden.assign(geometry=[shapely.box(-1e3, -1e3, 1e3, 1e3)])
    with pytest.raises(CannotHoldError, match="all_places_forbidden"):
        answer(town, poles, count=2, where={"forbidden": everywhere})


def test_five_sites_of_the_sample_city(sample_analysis):
    """Five sites, one a place, each adding no more than the one before, within the bound."""
    city = sample_analysis
    proposal = propose_sites(city.coverage, city.buildings, city.risk, city.supports, count=5)
    assert proposal.sites["order"].tolist() == [1, 2, 3, 4, 5]
    assert (np.diff(proposal.sites["gain"]) <= 1e-9).all()
    assert proposal.plan.gap < 0.15
    assert shapely.is_valid(proposal.views.geometry.to_numpy()).all()
    assert proposal.sites.geometry.apply(lambda p: not city.buildings.contains(p).any()).all()
    assert proposal.after["demand_seen"] > proposal.before["demand_seen"]
