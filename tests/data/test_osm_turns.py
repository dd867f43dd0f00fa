"""Relations of forbidden turns and barriers on roads, read from a crossing drawn on paper."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pytest
from kuzet.coverage.turns import read_path
from kuzet.data.osm import Extract, read_osm
from kuzet.data.osm_streets import stops_cars

# a crossing at 1; the arms end at 2 (west), 3 (east), 4 (north), 5 (south); 6 lies on the way to 3
PLACES = {1: (0, 0), 2: (-2, 0), 3: (2, 0), 4: (0, 2), 5: (0, -2), 6: (1, 0), 7: (4, 0), 8: (2, 2)}
WAYS = {20: [2, 1], 30: [1, 6, 3], 40: [1, 4], 50: [1, 5], 70: [3, 7], 80: [3, 8]}
Members = list[tuple[str, str, int]]


def read_crossing(
    folder: Path,
    relations: Sequence[tuple[dict[str, str], Members]] = (),
    *,
    barriers: Mapping[int, dict[str, str]] = MappingProxyType({}),
    tagged: Mapping[int, dict[str, str]] = MappingProxyType({}),
    ways: Mapping[int, list[int]] = MappingProxyType(WAYS),
) -> Extract:
    """Read the crossing with relations, tags of nodes, further tags of ways, and other ways."""

    def tags(words: dict[str, str]) -> str:
        return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in words.items())

    rows = [
        f'<node id="{node}" lon="{78 + x / 1000}" lat="{45 + y / 1000}" version="1">'
        f"{tags(barriers.get(node, {}))}</node>"
        for node, (x, y) in PLACES.items()
    ]
    for way, nodes in ways.items():
        steps = "".join(f'<nd ref="{node}"/>' for node in nodes)
        words = {"highway": "residential"} | tagged.get(way, {})
        rows.append(f'<way id="{way}" version="1">{steps}{tags(words)}</way>')
    for number, (words, members) in enumerate(relations, start=900):
        of = "".join(
            f'<member type="{"node" if kind == "n" else "way"}" ref="{ref}" role="{role}"/>'
            for role, kind, ref in members
        )
        rows.append(
            f'<relation id="{number}" version="1">{of}{tags({"type": "restriction"} | words)}</relation>'
        )
    file = folder / "crossing.osm"
    file.write_text(f'<?xml version="1.0"?><osm version="0.6">{"".join(rows)}</osm>')
    return read_osm(file)


def turn(source: int, target: int, node: int = 1) -> Members:
    return [("from", "w", source), ("via", "n", node), ("to", "w", target)]


def paths(extract: Extract) -> list[list[tuple[int, int]]]:
    return [[edge[:2] for edge in read_path(path)] for path in extract.restrictions["path"]]


def counts(extract: Extract) -> tuple[int, ...]:
    names = ("turns_kept", "turns_conditional", "turns_left", "turns_unread")
    return tuple(extract.report[name] for name in names)


def test_no_left_turn_is_two_edges(tmp_path: Path) -> None:
    """From the west into the north: the edge that comes to the crossing, and the one that leaves it."""
    extract = read_crossing(tmp_path, [({"restriction": "no_left_turn"}, turn(20, 40))])
    row = extract.restrictions.iloc[0]
    assert paths(extract) == [[(2, 1), (1, 4)]]
    assert (row["id"], row["kind"], row["said"], row["condition"]) == ("r900", "no", "no_left_turn", None)
    assert (round(row.geometry.x, 6), round(row.geometry.y, 6)) == (78.0, 45.0)
    assert counts(extract) == (1, 0, 0, 0)


def test_only_and_no_way_back(tmp_path: Path) -> None:
    """`only_straight_on` is of kind only; a U-turn goes back along its own way."""
    extract = read_crossing(
        tmp_path,
        [({"restriction": "only_straight_on"}, turn(20, 30)), ({"restriction": "no_u_turn"}, turn(20, 20))],
    )
    assert extract.restrictions["kind"].tolist() == ["only", "no"]
    assert paths(extract) == [[(2, 1), (1, 3)], [(2, 1), (1, 2)]]


def test_a_way_between(tmp_path: Path) -> None:
    """A restriction by way of another way is the edges of all three, also where that way has several."""
    members: Members = [("from", "w", 20), ("via", "w", 30), ("to", "w", 70)]
    extract = read_crossing(tmp_path, [({"restriction": "no_straight_on"}, members)])
    assert paths(extract) == [[(2, 1), (1, 3), (3, 7)]]


def test_several_ways_in_are_several_paths(tmp_path: Path) -> None:
    """`no_entry` from the west and the south is two paths of one relation."""
    members: Members = [("from", "w", 20), ("from", "w", 50), ("via", "n", 1), ("to", "w", 40)]
    extract = read_crossing(tmp_path, [({"restriction": "no_entry"}, members)])
    assert paths(extract) == [[(2, 1), (1, 4)], [(5, 1), (1, 4)]]
    assert extract.restrictions["id"].tolist() == ["r900", "r900-2"]
    assert counts(extract) == (1, 0, 0, 0)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ({"restriction": "no_left_turn", "except": "psv;motorcar"}, (0, 0, 1, 0)),
        ({"restriction": "no_left_turn", "except": "bicycle"}, (1, 0, 0, 0)),
        ({"restriction:hgv": "no_left_turn"}, (0, 0, 0, 0)),
        ({"restriction:motorcar": "no_left_turn"}, (1, 0, 0, 0)),
        ({"restriction:conditional": "no_left_turn @ (Mo-Fr 07:00-09:00)"}, (1, 1, 0, 0)),
        ({"restriction:conditional": "no_left_turn @ (weight>3.5)"}, (0, 0, 1, 0)),
        ({"restriction": "no_left_turn", "hour_on": "07:00", "hour_off": "09:00"}, (1, 1, 0, 0)),
        ({"restriction": "no_parking"}, (0, 0, 0, 1)),
        (
            {"restriction": "no_left_turn", "restriction:conditional": "none @ (Sa-Su)"},
            (1, 0, 0, 0),
        ),
    ],
)
def test_whom_it_binds(tmp_path: Path, words: dict[str, str], found: tuple[int, ...]) -> None:
    """Exceptions, other vehicles, hours: each is counted once; what holds at times holds always."""
    extract = read_crossing(tmp_path, [(words, turn(20, 40))])
    assert counts(extract) == found
    assert len(extract.restrictions) == found[0]


@pytest.mark.parametrize(
    ("members", "found"),
    [
        ([("from", "w", 20), ("to", "w", 40)], (0, 0, 0, 1)),  # no place
        ([("via", "n", 1), ("to", "w", 40)], (0, 0, 0, 1)),  # from nowhere
        ([("from", "w", 20), ("via", "n", 1), ("via", "n", 3), ("to", "w", 40)], (0, 0, 0, 1)),
        (turn(20, 999), (0, 0, 1, 0)),  # a way the file does not hold
        (turn(20, 70), (0, 0, 1, 0)),  # a way that does not come here
    ],
)
def test_members_that_do_not_fit(tmp_path: Path, members: Members, found: tuple[int, ...]) -> None:
    """What cannot be read is unread, what lies elsewhere is left; neither forbids anything."""
    assert counts(read_crossing(tmp_path, [({"restriction": "no_left_turn"}, members)])) == found


def test_a_way_that_goes_on_does_not_say_which_side(tmp_path: Path) -> None:
    """A turn from a way that passes the place on both sides is not clear and forbids nothing."""
    ways = WAYS | {20: [2, 1, 3], 30: [1, 6]}
    extract = read_crossing(tmp_path, [({"restriction": "no_left_turn"}, turn(20, 40))], ways=ways)
    assert counts(extract) == (0, 0, 0, 1)


def test_against_a_one_way_street_nothing_is_forbidden(tmp_path: Path) -> None:
    """Into a street that comes the other way nobody turns anyway."""
    extract = read_crossing(
        tmp_path, [({"restriction": "no_left_turn"}, turn(20, 40))], tagged={40: {"oneway": "-1"}}
    )
    assert counts(extract) == (0, 0, 1, 0)


def test_a_bollard_ends_the_edge_and_lets_nobody_by(tmp_path: Path) -> None:
    """A bollard inside a street: edges end there, and one cannot drive on, only back."""
    extract = read_crossing(tmp_path, barriers={6: {"barrier": "bollard"}})
    street = extract.streets[extract.streets["osmid"] == 30]
    assert set(zip(street["u"], street["v"], strict=True)) == {(1, 6), (6, 1), (6, 3), (3, 6)}
    assert sorted(paths(extract)) == [[(1, 6), (6, 3)], [(3, 6), (6, 1)]]
    assert set(extract.restrictions["said"]) == {"bollard"}
    assert extract.report["barriers_on_roads"] == 1


@pytest.mark.parametrize(
    ("words", "stops"),
    [
        ({"barrier": "bollard"}, True),
        ({"barrier": "bollard", "bollard": "rising"}, False),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, False),
        ({"barrier": "gate"}, False),
        ({"barrier": "gate", "access": "private"}, True),
        ({"barrier": "block"}, True),
        ({"access": "no"}, False),
    ],
)
def test_what_stops_a_car(words: dict[str, str], stops: bool) -> None:
    """What stands there decides, unless an access tag says otherwise; without a barrier nobody is stopped."""
    assert stops_cars(words) == stops
