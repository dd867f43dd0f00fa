"""Bearings as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kuzet.data.bearings import POINTS, Bearing, compass_point, parse_bearing

degrees = st.integers(min_value=0, max_value=3599).map(lambda tenths: tenths / 10)


@pytest.mark.parametrize(
    ("text", "headings", "width"),
    [
        ("90", (90.0,), None),
        ("-20", (340.0,), None),
        ("360", (0.0,), None),
        ("12,5", (12.5,), None),
        ("45°", (45.0,), None),
        ("NNE", (22.5,), None),
        ("w", (270.0,), None),
        ("north", (0.0,), None),
        ("north-east", (45.0,), None),
        ("North East", (45.0,), None),
        ("СВ", (45.0,), None),
        ("юго-запад", (225.0,), None),
        ("солтүстік", (0.0,), None),
        ("оңтүстік-шығыс", (135.0,), None),
        ("280;0;120", (280.0, 0.0, 120.0), None),
        ("90;90", (90.0,), None),
        ("90;", (90.0,), None),
        ("239-284", (261.5,), 45.0),
        ("270-90", (0.0,), 180.0),
        ("90-270", (180.0,), 180.0),
        ("350-10", (0.0,), 20.0),
        ("-20-20", (0.0,), 40.0),
        ("10–50", (30.0,), 40.0),
        ("NE-SE", (90.0,), 90.0),
        ("N-E", (45.0,), 90.0),
        ("0-360", (180.0,), 360.0),
        ("280-300;20-40", (290.0, 30.0), 20.0),
        ("10;20-30", (10.0, 25.0), None),
    ],
)
def test_reads_what_people_write(text: str, headings: tuple[float, ...], width: float | None) -> None:
    """Every way of writing a bearing that real files hold gives the headings and width worked out by hand."""
    assert parse_bearing(text) == Bearing(headings, width)


@pytest.mark.parametrize(
    "text",
    ["", " ", "null", "nan", "27250", "forward", "400", "-400", "1e3", "90-90", "N-N",
     ";;", "-", "90;x", "a-b", "90-"],
)  # fmt: skip
def test_says_when_it_does_not_understand(text: str) -> None:
    """Nonsense, half-nonsense and ranges without width give None, never a made-up direction."""
    assert parse_bearing(text) is None


@given(degrees)
def test_degrees_come_back(heading: float) -> None:
    """A heading written as a number is read as that number, and a full turn less is the same heading."""
    assert parse_bearing(f"{heading:g}") == Bearing((heading,), None)
    turned = parse_bearing(f"{heading - 360:.1f}")
    assert turned is not None
    assert turned.headings[0] == pytest.approx(heading, abs=1e-9)


@given(degrees, st.integers(min_value=1, max_value=359))
def test_ranges_run_clockwise_round_north(start: float, width: int) -> None:
    """A range gives its width and the middle, also when it passes north."""
    end = round((start + width) % 360, 1)
    bearing = parse_bearing(f"{start:g}-{end:g}")
    assert bearing is not None
    assert bearing.width_deg == pytest.approx(width)
    off = (bearing.headings[0] - start - width / 2 + 180) % 360 - 180
    assert off == pytest.approx(0, abs=1e-6)


@given(st.sampled_from(range(16)), st.sampled_from([str.upper, str.lower, str.title]))
def test_compass_points_come_back(order: int, written: object) -> None:
    """Each of the sixteen points is read as its 22.5 degrees and named by it again."""
    assert callable(written)
    bearing = parse_bearing(written(POINTS[order]))
    assert bearing == Bearing((order * 22.5,), None)
    assert compass_point(order * 22.5 + 360) == POINTS[order]


@given(st.lists(degrees, min_size=1, max_size=5, unique=True))
def test_lists_keep_every_heading(headings: list[float]) -> None:
    """A list keeps its headings in order."""
    assert parse_bearing(";".join(f"{heading:g}" for heading in headings)) == Bearing(tuple(headings), None)


@given(st.text(max_size=20))
def test_any_text_is_safe(text: str) -> None:
    """Any text gives None or headings in the circle and a width of a sector; nothing raises."""
    bearing = parse_bearing(text)
    if bearing is not None:
        assert all(0 <= heading < 360 for heading in bearing.headings)
        assert bearing.width_deg is None or 0 < bearing.width_deg <= 360


@pytest.mark.parametrize(
    ("text", "headings", "width"),
    [("0", (90.0,), None), ("90", (0.0,), None), ("-45 deg", (135.0,), None), ("NE", (45.0,), None),
     ("30-60", (45.0,), 30.0), ("0;180;south", (90.0, 270.0, 180.0), None)],
)  # fmt: skip
def test_degrees_from_east_counter_clockwise_are_turned_to_north(text, headings, width):
    """As GRASS and mathematics count them: 0 is east, 90 is north; compass words stay what they say."""
    bearing = parse_bearing(text, convention="east_counterclockwise")
    assert bearing is not None
    assert bearing.headings == pytest.approx(headings)
    assert bearing.width_deg == width
