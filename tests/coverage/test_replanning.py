"""A plan made anew in the middle of the shift: what is done stays, what happened is heeded."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from kuzet.coverage.errors import KuzetError
from kuzet.coverage.patrol import plan_patrol
from kuzet.coverage.replanning import Changes, replan_patrol

from .plan_checker import find_faults


@pytest.fixture(scope="module")
def shift_of_city(sample_analysis):
    """Return the sample city, a plan of its shift and a moment in the middle of it."""
    city = sample_analysis
    plan = plan_patrol(
        city.streets, city.stations, city.units, city.coverage, city.risk, city.spots,
        iterations=200, pool=0, hold=0,
    )  # fmt: skip
    return city, plan, city.units["shift_start"].min() + pd.Timedelta(hours=3, minutes=7)


def same_past(plan, new, now):
    """Return the visits begun by now in both plans."""
    return [
        p.visits[p.visits["arrive"] <= now].sort_values(["unit", "order"]).reset_index(drop=True)
        for p in (plan, new)
    ]


def test_a_unit_is_lost(shift_of_city):
    """The lost unit does nothing more, the others what can be done; what was begun is as it was."""
    city, plan, now = shift_of_city
    lost = str(city.units["id"].iloc[0])
    answer = replan_patrol(plan, city.streets, city.stations, city.units, Changes(lost=(lost,)), now=now)
    pd.testing.assert_frame_equal(*same_past(plan, answer.plan, now))
    mine = answer.plan.visits[answer.plan.visits["unit"] == lost]
    assert (mine["arrive"] <= now).all()
    others = city.units[city.units["id"] != lost]
    assert find_faults(answer.plan, others, max_gap_s=8 * 3600) == []
    assert (answer.changes["unit_after"] != lost).all()
    assert set(answer.changes["change"]) <= {"moved", "dropped", "added"}
    assert len(answer.changes)


def test_a_street_is_closed(shift_of_city):
    """No leg that begins after now uses a closed street; the lists name what is different."""
    city, plan, now = shift_of_city
    later = plan.legs[plan.legs["depart"] > now]
    edge = pd.Series([tuple(e) for edges in later["edges"] for e in edges]).value_counts().index[0]
    answer = replan_patrol(plan, city.streets, city.stations, city.units, Changes(closed=(edge,)), now=now)
    legs = answer.plan.legs
    assert edge not in {tuple(e) for edges in legs[legs["depart"] > now]["edges"] for e in edges}
    pd.testing.assert_frame_equal(*same_past(plan, answer.plan, now))
    assert find_faults(answer.plan, city.units, max_gap_s=8 * 3600) == []


def test_an_incident_comes_in(shift_of_city):
    """A new duty within the hour is served and is in the list as added."""
    city, plan, now = shift_of_city
    duty = gpd.GeoDataFrame(
        {
            "id": ["call"],
            "name": ["Call"],
            "opens": [now],
            "closes": [now + pd.Timedelta(minutes=60)],
            "dwell_s": [900.0],
        },
        geometry=[shapely.Point(*shapely.get_coordinates(plan.stops.geometry.iloc[7])[0] + 15)],
        crs=city.crs,
    )
    answer = replan_patrol(plan, city.streets, city.stations, city.units, Changes(duties=duty), now=now)
    assert find_faults(answer.plan, city.units, max_gap_s=8 * 3600, duties=duty) == []
    assert "duty-call" in set(answer.plan.visits["stop"])
    added = answer.changes[answer.changes["stop"] == "duty-call"]
    assert added["change"].tolist() == ["added"]
    # and once more, an hour later: the duty that was done stays done
    after = now + pd.Timedelta(hours=1)
    again = replan_patrol(answer.plan, city.streets, city.stations, city.units, Changes(), now=after)
    pd.testing.assert_frame_equal(*same_past(answer.plan, again.plan, after))
    assert find_faults(again.plan, city.units, max_gap_s=8 * 3600) == []
    # what was done before is not said to be missed
    held = set(again.plan.stops.loc[again.plan.stops["held"] > 0, "stop"])
    assert "duty-call" in held
    left_out = {said["stop"] for said in again.plan.statements if said["code"].startswith(("stop_", "duty_"))}
    assert left_out == set(again.plan.stops["stop"]) - held


@pytest.mark.parametrize(
    ("changes", "hours", "code"),
    [
        (Changes(), 30, "replan_outside"),
        (Changes(lost=("nobody",)), 1, "unit_unknown"),
        (Changes(closed=((1, 2, 99),)), 1, "edge_unknown"),
    ],
)
def test_what_cannot_be_replanned_says_why(shift_of_city, changes, hours, code):
    """A moment outside the shift, a unit or a street that is none: each its own code."""
    city, plan, _ = shift_of_city
    now = city.units["shift_start"].min() + pd.Timedelta(hours=hours)
    with pytest.raises(KuzetError) as caught:
        replan_patrol(plan, city.streets, city.stations, city.units, changes, now=now)
    assert caught.value.code == code


def test_two_duties_at_one_place_are_a_drive_of_no_length(shift_of_city):
    """A unit that goes from one duty to another at the same spot has a leg of two equal ends."""
    city, plan, now = shift_of_city
    spot = plan.stops.geometry.iloc[0]
    duties = gpd.GeoDataFrame(
        {
            "id": ["first", "second"],
            "opens": [now + pd.Timedelta(minutes=m) for m in (40, 56)],
            "closes": [now + pd.Timedelta(minutes=m) for m in (56, 72)],
            "dwell_s": [900.0, 900.0],
        },
        geometry=[spot, spot], crs=city.crs,
    )  # fmt: skip
    one = city.units.iloc[:1]
    lost = tuple(city.units["id"].iloc[1:].astype(str))
    changes = Changes(duties=duties, lost=lost)
    answer = replan_patrol(plan, city.streets, city.stations, city.units, changes, now=now)
    mine = answer.plan.visits[answer.plan.visits["stop"].isin(["duty-first", "duty-second"])]
    assert mine["unit"].tolist() == one["id"].tolist() * 2
    legs = answer.plan.legs.set_index(["unit", "order"]).loc[
        list(zip(mine["unit"], mine["order"], strict=True))
    ]
    assert legs["drive_m"].iloc[1] == pytest.approx(0.0, abs=0.01)
    assert legs.geometry.iloc[1].length == pytest.approx(0.0, abs=0.01)
