"""The best actions within limits: equal to looking at all of them, and inside the bound always."""

import numpy as np
import pytest
from kuzet.coverage import choosing
from kuzet.coverage.choosing import choose
from kuzet.coverage.ledger import Ledger, Limits, search
from kuzet.coverage.site_goals import Goal, Worth
from kuzet.coverage.siting_program import StopRules

from .plan_checks import best_by_hand, plain_value, random_case, with_stays

GOALS = {
    "incidents": (Worth("incidents"), Goal().levels()),
    "backup": (Worth("incidents", second=0.4), Goal("backup", first=0.6).levels()),
    "failing": (Worth("incidents", works=0.8), Goal("failing", failing=0.2).levels()),
}


@pytest.mark.parametrize("kind", list(GOALS))
@pytest.mark.parametrize("seed", range(12))
def test_few_actions_equal_every_choice_looked_at(kind, seed):
    """With groups, prices, uncertain cameras and some that may turn the plan is the best there is."""
    rng = np.random.default_rng(seed)
    worth, levels = GOALS[kind]
    cover, frame = random_case(rng, options=9, sure=rng.choice([0.0, 0.5, 1.0]), turning=2, worth=worth)
    limits = Limits(float(rng.integers(4, 20)), float(rng.choice([2, 3, np.inf])))
    answer = choose(cover, frame, limits, levels=levels, rules=StopRules())
    assert answer.gain == pytest.approx(best_by_hand(cover, frame, limits.money, limits.count), abs=1e-9)
    today = plain_value(cover, with_stays(frame, ()))
    assert answer.gain == pytest.approx(plain_value(cover, with_stays(frame, tuple(answer.chosen))) - today)
    assert answer.stopped == ""


@pytest.mark.parametrize("kind", list(GOALS))
@pytest.mark.parametrize("seed", range(12))
def test_the_solver_stays_within_its_bound(kind, seed, monkeypatch):
    """Where not every plan is looked at, the bound is above the best, and the plan not below the greedy."""
    monkeypatch.setattr(choosing, "FEW", 0)
    rng = np.random.default_rng(100 + seed)
    worth, levels = GOALS[kind]
    cover, frame = random_case(rng, options=9, sure=rng.choice([0.0, 0.5, 1.0]), turning=2, worth=worth)
    limits = Limits(float(rng.integers(4, 20)), float(rng.choice([2, 3, np.inf])))
    answer = choose(cover, frame, limits, levels=levels, rules=StopRules())
    best = best_by_hand(cover, frame, limits.money, limits.count)
    assert answer.gain <= best + 1e-9
    assert answer.bound >= best - 1e-9 * max(1.0, best)
    greedy = search(cover, frame, limits, exchange=False)
    assert answer.gain >= Ledger(cover, frame, greedy).value - Ledger(cover, frame).value - 1e-9
    if not answer.stopped:
        assert answer.gain == pytest.approx(best, abs=1e-9)


@pytest.mark.parametrize("seed", range(10))
def test_sure_cameras_are_solved_exactly(seed, monkeypatch):
    """Without any doubt about lenses the solver's plan is the best, whatever the limits."""
    monkeypatch.setattr(choosing, "FEW", 0)
    rng = np.random.default_rng(200 + seed)
    cover, frame = random_case(rng, options=10, sure=1.0)
    limits = Limits(money=float(rng.integers(4, 20)))
    answer = choose(cover, frame, limits, levels=(1.0,), rules=StopRules())
    assert answer.stopped == ""
    assert answer.gain == pytest.approx(best_by_hand(cover, frame, limits.money, np.inf), abs=1e-9)


def test_three_of_fifteen_cameras_equal_every_three():
    """Of 15 cameras of others, none of them certain, the best three are found."""
    rng = np.random.default_rng(7)
    cover, frame = random_case(rng, options=15, sure=0.1)
    frame["group"] = range(15)
    answer = choose(cover, frame, Limits(count=3), levels=(1.0,), rules=StopRules())
    assert answer.gain == pytest.approx(best_by_hand(cover, frame, np.inf, 3), abs=1e-9)
    assert answer.stopped == "" and len(answer.chosen) == 3


def test_nothing_to_spend_is_nothing_done():
    """No money or no camera asked for is today's cover, proved."""
    cover, frame = random_case(np.random.default_rng(1), options=9, sure=0.5, turning=2)
    for limits in (Limits(count=0), Limits(money=0.0), Limits(money=0.5)):
        answer = choose(cover, frame, limits, levels=(1.0,), rules=StopRules())
        assert (answer.chosen, answer.gain, answer.bound, answer.stopped) == ([], 0.0, 0.0, "")
