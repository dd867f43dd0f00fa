"""The other goals: backup, cameras that fail, a floor for each district, all places with the fewest sites."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kuzet.coverage.errors import CannotHoldError, InvalidInputError
from kuzet.coverage.siting import StopRules, backup_levels, failing_levels, maximal_cover
from kuzet.coverage.siting_fewest import fewest_sites, uncovered


def draw_problem(seed, most_sites=10):
    """Draw a cover, weights, and costs, groups and fixed sites as options."""
    random = np.random.default_rng(seed)
    sites, demands = random.integers(1, most_sites + 1), random.integers(1, 25)
    cover = random.random((sites, demands)) < random.uniform(0.1, 0.6)
    weights = random.integers(1, 10, demands).astype(float)
    options = {
        "costs": np.ones(sites) if seed % 3 else random.uniform(0.5, 3.0, sites),
        "groups": random.integers(0, max(1, sites - random.integers(0, 4)), sites),
        "fixed": np.flatnonzero(random.random(sites) < 0.1).tolist(),
    }
    return cover, weights, options


def every_choice(cover, *, costs, groups, fixed, budget=np.inf):
    """Return every allowed choice (choices, sites), the fixed sites in it, and how often each sees what."""
    sites = len(cover)
    choices = (np.arange(2**sites)[:, None] >> np.arange(sites)) & 1
    allowed = (choices @ costs <= budget + 1e-9) & ~choices[:, fixed].any(axis=1)
    for group in np.unique(groups):
        allowed &= choices[:, groups == group].sum(axis=1) <= 1
    choices = choices[allowed]
    money = choices @ costs
    choices[:, fixed] = 1
    return choices, choices @ cover.astype(int), money


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6), st.floats(0, 1), st.integers(0, 6))
def test_backup_equals_exhaustive_search(seed, first, budget):
    """The weight shared between seen once and seen twice is the most that any choice reaches."""
    cover, weights, options = draw_problem(seed)
    plan = maximal_cover(cover, weights, budget=budget, levels=backup_levels(first), **options)
    _, times, _ = every_choice(cover, budget=budget, **options)
    best = (first * (times >= 1) + (1 - first) * (times >= 2)) @ weights
    assert plan.proved
    assert plan.covered == pytest.approx(best.max(), abs=1e-6)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**6), st.floats(0, 0.9), st.integers(0, 6))
def test_cameras_that_fail_equal_exhaustive_search(seed, failing, budget):
    """With levels for every site the plan maximises the weight that a working camera is expected to see."""
    cover, weights, options = draw_problem(seed)
    levels = failing_levels(failing, most=len(cover))
    plan = maximal_cover(cover, weights, budget=budget, levels=levels, **options)
    _, times, _ = every_choice(cover, budget=budget, **options)
    assert plan.proved
    assert plan.covered == pytest.approx(((1 - failing**times) @ weights).max(), rel=1e-6, abs=1e-6)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 6), st.sampled_from([0.2, 0.5, 0.8, 1.0]), st.booleans())
def test_a_floor_for_each_district_equals_exhaustive_search(seed, budget, floor, quick):
    """Every district gets its share and the plan is the best of those; where none is, the error names one."""
    cover, weights, options = draw_problem(seed)
    districts = np.random.default_rng(seed).integers(0, 3, len(weights))
    inside = districts == np.arange(3)[:, None]
    _, times, _ = every_choice(cover, budget=budget, **options)
    held = (times > 0) * weights @ inside.T >= floor * (inside @ weights) - 1e-9
    values = ((times > 0) @ weights)[held.all(axis=1)]
    arguments = {"budget": budget, "districts": districts, "floor": floor, "quick": quick} | options
    if not len(values):
        with pytest.raises(CannotHoldError) as caught:
            maximal_cover(cover, weights, **arguments)
        assert caught.value.code in ("floor_out_of_reach", "floors_cannot_be_held")
        assert caught.value.facts["district"] in districts
        return
    plan = maximal_cover(cover, weights, **arguments)
    assert plan.covered <= values.max() + 1e-9 <= plan.upper_bound * (1 + 1e-9) + 2e-9
    assert plan.proved or quick
    assert not plan.proved or plan.covered == pytest.approx(values.max())
    seen = cover[[*plan.chosen, *options["fixed"]]].any(axis=0)
    assert (inside @ (weights * seen) >= floor * (inside @ weights) - 1e-9).all()


def test_a_floor_changes_the_plan():
    """Two rich places beside each other lose one camera to the quarter that would have got none."""
    cover, weights, districts = np.eye(3), [10, 9, 1], [0, 0, 1]
    assert sorted(maximal_cover(cover, weights, budget=2).chosen) == [0, 1]
    plan = maximal_cover(cover, weights, budget=2, districts=districts, floor=[0, 0.5])
    assert sorted(plan.chosen) == [0, 2]
    assert plan.covered == plan.upper_bound == 11


def test_a_floor_out_of_reach_names_the_district_and_what_can_be_reached():
    """Half of district 1 is all that any site sees: asking for more says so; what stands counts."""
    cover, districts = [[1, 0, 0], [0, 1, 0]], [0, 1, 1]
    with pytest.raises(CannotHoldError) as caught:
        maximal_cover(cover, [1, 1, 1], budget=2, districts=districts, floor=0.6)
    assert caught.value.code == "floor_out_of_reach"
    assert caught.value.facts == {"district": 1, "asked": 60.0, "most": 50.0}
    with pytest.raises(CannotHoldError, match="floors_cannot_be_held"):
        maximal_cover(cover, [1, 1, 1], budget=1, districts=districts, floor=0.5)
    assert maximal_cover(cover, [1, 1, 1], budget=1, fixed=[1], districts=districts, floor=0.5).covered == 2


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6))
def test_the_fewest_sites_equal_exhaustive_search(seed):
    """All places are covered at the least cost of any choice; where groups leave none, the error says so."""
    cover, _, options = draw_problem(seed)
    cover = cover[:, cover.any(axis=0)]
    _, times, money = every_choice(cover, **options)
    complete = (times > 0).all(axis=1)
    if not complete.any():
        with pytest.raises(CannotHoldError, match="groups_leave_places_out"):
            fewest_sites(cover, **options)
        return
    plan = fewest_sites(cover, **options)
    assert plan.proved and plan.cost == pytest.approx(money[complete].min())
    assert plan.cost_bound <= plan.cost * (1 + 1e-9)
    assert cover[[*plan.chosen, *options["fixed"]]].any(axis=0).all()
    assert len(set(options["groups"][plan.chosen])) == len(plan.chosen)
    assert plan.covered == plan.upper_bound == cover.shape[1]


def test_places_that_no_site_sees_are_named():
    """A place out of reach is an error with its number, and `uncovered` tells which it is."""
    cover = [[1, 0, 0], [1, 0, 1]]
    with pytest.raises(CannotHoldError) as caught:
        fewest_sites(cover)
    assert caught.value.code == "places_out_of_reach" and caught.value.facts["places"] == 1
    assert uncovered(cover).tolist() == [1]
    assert fewest_sites(np.array(cover)[:, [0, 2]]).chosen.tolist() == [1]


def test_fewest_sites_stopped_early_keep_their_bound():
    """Stopped at the first node, the choice still covers all, and no cheaper one lies below the bound."""
    random = np.random.default_rng(3)
    places, people = random.random((120, 2)), random.random((300, 2))
    cover = np.hypot(*(places[:, None] - people[None]).transpose(2, 0, 1)) < 0.2
    cover = cover[:, cover.any(axis=0)]
    best = fewest_sites(cover)
    early = fewest_sites(cover, rules=StopRules(time_limit_s=0.0))
    assert best.proved and cover[early.chosen].any(axis=0).all()
    assert early.stopped == "time" and early.cost_bound <= best.cost <= early.cost
    assert fewest_sites(cover, fixed=range(120)).cost == 0


@pytest.mark.parametrize(
    "wrong", [lambda: backup_levels(1.5), lambda: failing_levels(1.0), lambda: failing_levels(0.1, most=0)]
)
def test_shares_outside_are_refused(wrong):
    """A share above 1, cameras that always fail, and no level at all are refused by name."""
    with pytest.raises(InvalidInputError, match="share_outside"):
        wrong()


@pytest.mark.parametrize(
    ("districts", "floor", "code"),
    [
        ([0, 1], 0.5, "districts_do_not_match"),
        ([0, -1, 1], 0.5, "districts_do_not_match"),
        ([0.5, 1, 1], 0.5, "districts_do_not_match"),
        ([0, 1, 1], 1.5, "floors_not_shares"),
        ([0, 1, 1], [0.5], "floors_not_shares"),
        ([0, 1, 1], float("nan"), "floors_not_shares"),
    ],
)
def test_districts_and_floors_are_checked(districts, floor, code):
    """Districts that do not fit the demands and floors that are no shares are refused by name."""
    with pytest.raises(InvalidInputError) as caught:
        maximal_cover(np.eye(3), [1, 1, 1], budget=1, districts=districts, floor=floor)
    assert caught.value.code == code
