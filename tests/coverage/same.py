"""Two coverages compared, field by field."""

import numpy as np
import pytest
from kuzet.coverage.results import Coverage
from pandas.testing import assert_frame_equal

METRES = {"atol": 1e-6, "rtol": 1e-9}


def assert_same_coverage(one: Coverage, other: Coverage, *, exactly: bool = False) -> None:
    """Assert that figures, pieces, stretches, cameras and views are the same to a millionth of a metre.

    `exactly` asks for the same bits.
    """
    close = {"check_exact": True} if exactly else {"check_exact": False, **METRES}
    for name in ("stretches", "pieces", "times", "by_class", "by_quality"):
        assert_frame_equal(getattr(one, name), getattr(other, name), obj=name, **close)
    assert one.network_m == other.network_m
    assert one.circle_m == pytest.approx(other.circle_m, abs=0 if exactly else 1e-6)
    assert (one.ladder, one.seen_at, one.conditions) == (other.ladder, other.seen_at, other.conditions)
    assert one.assumed == other.assumed
    for state, told in one.panning.items():
        assert told == pytest.approx(other.panning[state], abs=0 if exactly else 1e-6)
    for name in ("ways", "cameras", "views"):
        mine, its = getattr(one, name), getattr(other, name)
        assert_frame_equal(mine.drop(columns="geometry"), its.drop(columns="geometry"), obj=name, **close)
        alike = mine.geometry.geom_equals_exact(its.geometry, 0.0 if exactly else 1e-6)
        if not exactly:
            # a corner more on a straight side is no difference
            alike |= mine.geometry.symmetric_difference(its.geometry).area < 1e-6
        assert alike.all(), name
        assert mine.crs == its.crs
    assert np.isclose(one.tunnel_m, other.tunnel_m)
