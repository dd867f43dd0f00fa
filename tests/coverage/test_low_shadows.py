"""The kernel of low walls against its slow twin; less wall, or a higher eye, never hides more."""

import math

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from kuzet.coverage.conditions import Conditions
from kuzet.coverage.kernels.low_shadows import hide_lines
from kuzet.coverage.seeing import see_ways
from kuzet.coverage.streets import physical_ways

from .scene import (
    all_round,
    barriers,
    blocked,
    houses,
    register,
    streets,
    upright,
)

CLASSES = {"any": 1e-3, "seen": 2e-3}


number = st.floats(-30, 30).map(lambda x: round(x, 3))
point = st.tuples(number, number)
wall = st.tuples(point, point, st.floats(0, 8), st.floats(0.1, 9), st.booleans())


def hidden_shares(ends, height, over, target, walls):
    """Ask the kernel what walls around a camera at the origin hide of one straight stretch."""
    rows = []
    for a, b, base, thick, unsure in walls:
        turn = a[0] * b[1] - a[1] * b[0]
        rows.append((*(a + b if turn > 0 else b + a), base, base + thick, unsure))
    table = np.array([row[:6] for row in rows], dtype=float).reshape(-1, 6)
    _, start, stop = hide_lines(
        np.array([0]), np.array([ends], dtype=float), np.array([height]), np.array([over]),
        np.array([target]),
        np.array([0, len(rows)]), np.ascontiguousarray(table[:, :4]), table[:, 4].copy(), table[:, 5].copy(),
        np.array([row[6] for row in rows], dtype=bool),
    )  # fmt: skip
    return start, stop


@settings(max_examples=300, deadline=None)
@given(
    point, point, st.floats(1, 20), st.booleans(), st.floats(0, 12), st.lists(wall, min_size=1, max_size=4)
)
def test_the_kernel_hides_what_its_slow_twin_hides(start, stop, height, over, target, walls):
    """At 99 places of a stretch, hidden is what a straight line in space to it meets a wall on."""
    for a, b, *_ in walls:
        # walls that are seen edge-on are left out before
        assume(abs(a[0] * b[1] - a[1] * b[0]) > 0.1)
    assume(abs(height - target) > 1e-3)
    low, high = hidden_shares((*start, *stop), height, over, target, walls)
    shares = np.linspace(0.01, 0.99, 99)
    targets = np.column_stack(
        [np.outer(1 - shares, start) + np.outer(shares, stop), np.full(len(shares), target)]
    )
    base = [w[2] for w in walls]
    top = [1e5 if w[4] and not over else w[2] + w[3] for w in walls]
    triangles = upright([[a, b] for a, b, *_ in walls], base, top)
    eyes = np.tile([0.0, 0.0, height], (len(shares), 1))
    expected = blocked(eyes, targets, triangles)
    # where a millionth of a metre turns the answer over, rounding decides
    sure = np.ones(len(shares), dtype=bool)
    for nudge in np.vstack([np.eye(3), -np.eye(3)]) * 1e-6:
        sure &= blocked(eyes, targets + nudge, triangles) == expected
        sure &= blocked(eyes + nudge, targets, triangles) == expected
    # a line through the very end of a wall passes it, also where another wall begins there
    for end in [end for a, b, *_ in walls for end in (a, b)]:
        aside = np.abs(end[0] * targets[:, 1] - end[1] * targets[:, 0])
        sure &= aside > 1e-5 * np.hypot(targets[:, 0], targets[:, 1])
    told = ((shares[:, None] > low) & (shares[:, None] < high)).any(axis=1)
    assert told[sure].tolist() == expected[sure].tolist()


def seen_at(rows, lines, base, top, metres, target=1.7):
    """Say at which metres of a street each camera sees it past barriers."""
    walls = barriers(*lines, base_m=base, height_m=top)
    ways = physical_ways(streets([(-40, 0), (40, 0)]))
    seen = see_ways(
        register(*rows), houses(), ways, classes=CLASSES, seen_at="seen", barriers=walls,
        conditions=Conditions(obstacles="leaf_off", target_m=target),
    ).stretches  # fmt: skip
    out = np.zeros((len(rows), len(metres)), dtype=bool)
    for row in seen.itertuples():
        out[row.camera] |= (metres > row.from_m - 1e-6) & (metres < row.to_m + 1e-6)
    return out


@settings(max_examples=40, deadline=None)
@given(st.lists(wall, min_size=1, max_size=5), st.floats(2, 15), st.floats(0, 3), point)
def test_less_wall_never_hides_more(walls, height, lower, at):
    """Without a wall, or with a lower one, whatever was seen is seen still."""
    lines = [[a, b] for a, b, *_ in walls]
    assume(all(math.dist(*line) > 1e-3 for line in lines))
    base, top = [w[2] for w in walls], [w[2] + w[3] for w in walls]
    metres = np.arange(0.05, 80, 0.37)
    rows = [all_round(at, height)]
    before = seen_at(rows, lines, base, top, metres)
    after = seen_at(rows, lines, base, [max(top[0] - lower, base[0] + 0.01), *top[1:]], metres)
    assert not (before & ~after).any()
    if len(lines) > 1:
        assert not (before & ~seen_at(rows, lines[1:], base[1:], top[1:], metres)).any()


@settings(max_examples=40, deadline=None)
@given(st.lists(wall, min_size=1, max_size=5), st.floats(2, 15), st.floats(0, 10), point)
def test_a_higher_eye_never_sees_less_past_walls_on_the_ground(walls, height, more, at):
    """Whatever is seen past walls that stand on the ground is seen from higher up too."""
    lines = [[a, b] for a, b, *_ in walls]
    assume(all(math.dist(*line) > 1e-3 for line in lines))
    rows = [all_round(at, height, id="low"), all_round(at, height + more, id="high")]
    metres = np.arange(0.05, 80, 0.37)
    low, high = seen_at(rows, lines, [0.0] * len(lines), [w[2] + w[3] for w in walls], metres)
    assert not (low & ~high).any()
