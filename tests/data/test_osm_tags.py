"""Values of tags, and what cars and people may use."""

import pytest
from kuzet.data.osm_areas import (
    basemap_kind,
)
from kuzet.data.osm_cameras import camera_columns, is_camera
from kuzet.data.osm_streets import (
    drive_direction,
    edge_direction,
    is_street,
    may_drive,
    may_walk,
    street_columns,
)
from kuzet.data.osm_supports import support_columns, support_kind
from kuzet.data.osm_tags import parse_layer, parse_lit, parse_metres, parse_speed


@pytest.mark.parametrize(
    ("text", "metres"),
    [("12", 12.0), ("12 m", 12.0), ("12,5", 12.5), ("40'", 12.192), ("5'11\"", 1.8034), ("40 ft", 12.192),
     ("450 cm", 4.5), ("0", None), ("-3", None), ("tall", None), ("", None), (None, None), ("1e3", None),
     ("12;14", None)],
)  # fmt: skip
def test_lengths(text: str | None, metres: float | None) -> None:
    """Metres, feet, inches and decimal commas are read; nought, negative and words are missing."""
    assert parse_metres(text) == (None if metres is None else pytest.approx(metres))


@pytest.mark.parametrize(
    ("text", "kph"),
    [("50", 50.0), ("50 km/h", 50.0), ("30 mph", 48.28), ("60;40", 40.0), ("walk", None), ("RU:urban", None),
     ("none", None), ("0", None), ("999", None), ("", None), (None, None), ("50;walk", None)],
)  # fmt: skip
def test_speeds(text: str | None, kph: float | None) -> None:
    """Numbers and miles are read, of a list the lowest; a word or an impossible speed is missing."""
    assert parse_speed(text) == (None if kph is None else pytest.approx(kph, abs=0.001))


@pytest.mark.parametrize(
    ("text", "lit"),
    [("yes", True), ("24/7", True), ("limited", True), ("automatic", True), ("interval", True), ("Yes", True),
     ("sunset-sunrise", True), ("dusk-dawn", True), ("17:00-23:00", True), ("Mo-Su 18:00-01:00", True),
     ("(sunset-00:30)-02:00", True), ("operating_times", True), ("no;yes", True), ("no", False),
     ("disused", False), ("unlit", False), ("proposed", None), ("unknown", None), ("", None), (None, None)],
)  # fmt: skip
def test_light(text: str | None, lit: bool | None) -> None:
    """Lit at all is True, dark or out of use is False, and a word of another meaning is missing."""
    assert parse_lit(text) is lit


@pytest.mark.parametrize(
    ("tags", "tunnel"),
    [
        ({"tunnel": "yes"}, True),
        ({"tunnel": "building_passage"}, True),
        ({"tunnel": "culvert"}, True),
        ({"tunnel": "avalanche_protector"}, True),
        ({"covered": "yes"}, True),
        ({"location": "underground"}, True),
        ({"indoor": "yes"}, True),
        ({"tunnel": "no"}, False),
        ({"covered": "no"}, False),
        ({"covered": "colonnade"}, False),
        ({"layer": "-1"}, False),
        ({}, False),
    ],
)
def test_what_lies_under_cover(tags: dict[str, str], tunnel: bool) -> None:
    """Every kind of tunnel and roofed way is one; an arcade, open to the side, and a cutting are not."""
    assert street_columns({"highway": "footway"} | tags, backward=False)["tunnel"] is tunnel


def test_bridges_and_layers() -> None:
    """Bridges of all kinds are bridges; layers are whole numbers within reason."""
    for said, bridge in (("yes", True), ("viaduct", True), ("no", False), (None, False)):
        tags = {"highway": "primary", "layer": "1"} | ({} if said is None else {"bridge": said})
        columns = street_columns(tags, backward=False)
        assert (columns["bridge"], columns["layer"]) == (bridge, 1)
    assert [parse_layer(text) for text in ("-1", "2", "0.5", "99", "up", None)] == [
        -1,
        2,
        None,
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("tags", "drive", "walk"),
    [
        ({"highway": "residential"}, True, True),
        ({"highway": "motorway"}, True, False),
        ({"highway": "trunk", "motorroad": "yes"}, True, False),
        ({"highway": "footway"}, False, True),
        ({"highway": "footway", "motor_vehicle": "yes"}, True, True),
        ({"highway": "footway", "access": "yes"}, False, True),
        ({"highway": "pedestrian", "motor_vehicle": "delivery"}, False, True),
        ({"highway": "service", "area": "yes"}, False, True),
        ({"highway": "steps"}, False, True),
        ({"highway": "steps", "foot": "no"}, False, False),
        ({"highway": "cycleway"}, False, False),
        ({"highway": "cycleway", "foot": "designated"}, False, True),
        ({"highway": "track"}, False, True),
        ({"highway": "track", "motor_vehicle": "permissive"}, True, True),
        ({"highway": "residential", "access": "private"}, False, False),
        ({"highway": "residential", "access": "no", "foot": "yes"}, False, True),
        ({"highway": "residential", "vehicle": "no"}, False, True),
        ({"highway": "residential", "access": "destination"}, True, True),
        ({"highway": "service", "service": "emergency_access"}, False, True),
        ({"highway": "service", "motor_vehicle": "emergency"}, False, True),
        ({"highway": "primary", "oneway": "reversible"}, False, True),
        ({"highway": "construction"}, False, False),
        ({"highway": "proposed"}, False, False),
        ({"highway": "platform"}, False, False),
        ({"highway": "raceway"}, False, False),
        ({"highway": "corridor"}, False, False),
        ({"highway": "elevator"}, False, False),
        ({"highway": "residential", "disused": "yes"}, False, False),
        ({"disused:highway": "residential"}, False, False),
        ({"building": "yes"}, False, False),
    ],
)
def test_who_may_use_a_way(tags: dict[str, str], drive: bool, walk: bool) -> None:
    """The kind of way decides, then the most particular tag; nothing is guessed for emergencies."""
    assert (may_drive(tags), may_walk(tags)) == (drive, walk)
    assert is_street(tags) == (drive or walk)


@pytest.mark.parametrize(
    ("tags", "direction"),
    [
        ({"highway": "residential"}, "both"),
        ({"highway": "residential", "oneway": "yes"}, "forward"),
        ({"highway": "residential", "oneway": "1"}, "forward"),
        ({"highway": "residential", "oneway": "-1"}, "backward"),
        ({"highway": "residential", "oneway": "no"}, "both"),
        ({"highway": "residential", "oneway": "alternating"}, "both"),
        ({"highway": "residential", "junction": "roundabout"}, "forward"),
        ({"highway": "residential", "junction": "roundabout", "oneway": "-1"}, "backward"),
        ({"highway": "residential", "junction": "circular"}, "forward"),
        ({"highway": "residential", "junction": "circular", "oneway": "no"}, "both"),
        ({"highway": "motorway"}, "forward"),
        ({"highway": "motorway", "oneway": "no"}, "both"),
        ({"highway": "residential", "oneway": "yes", "oneway:motor_vehicle": "no"}, "both"),
        ({"highway": "residential", "motor_vehicle:backward": "no"}, "forward"),
        ({"highway": "residential", "vehicle:forward": "no"}, "backward"),
        ({"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"}, "forward"),
        ({"highway": "primary", "oneway": "reversible"}, "none"),
    ],
)
def test_direction_of_cars(tags: dict[str, str], direction: str) -> None:
    """One-way streets in all their spellings, roundabouts and motorways included."""
    assert drive_direction(tags) == direction


def test_where_no_car_goes_edges_run_both_ways() -> None:
    """A one-way cycleway is open both ways to people on foot; a reversible road is, too."""
    assert edge_direction({"highway": "cycleway", "foot": "yes", "oneway": "yes"}) == "both"
    assert edge_direction({"highway": "primary", "oneway": "reversible"}) == "both"
    assert edge_direction({"highway": "residential", "oneway": "-1"}) == "backward"


@pytest.mark.parametrize(
    ("tags", "is_one"),
    [
        ({"man_made": "surveillance"}, True),
        ({"man_made": "surveillance", "surveillance:type": "camera"}, True),
        ({"man_made": "surveillance", "surveillance:type": "ALPR"}, True),
        ({"man_made": "surveillance", "surveillance:type": "camera;guard"}, True),
        ({"man_made": "surveillance", "surveillance:type": "guard"}, False),
        ({"man_made": "surveillance", "surveillance:type": "gunshot_detector"}, False),
        ({"man_made": "surveillance", "razed": "yes"}, False),
        ({"razed:man_made": "surveillance"}, False),
        ({"highway": "speed_camera"}, True),
        ({"highway": "street_lamp"}, False),
    ],
)
def test_what_is_a_camera(tags: dict[str, str], is_one: bool) -> None:
    """Guards and things out of use are no cameras."""
    assert is_camera(tags) == is_one


@pytest.mark.parametrize(
    ("tags", "tilt"),
    [
        ({"camera:angle": "15"}, 15.0),
        ({"camera:angle": "-15"}, 15.0),
        ({"camera:tilt": "-25"}, 25.0),
        ({"camera:tilt": "10"}, -10.0),
        ({"camera:tilt": "-25", "camera:angle": "40"}, 25.0),
        ({}, None),
    ],
)
def test_tilt_is_positive_downwards(tags: dict[str, str], tilt: float | None) -> None:
    """camera:tilt is negative downwards, camera:angle counts from the horizon down; here down is positive."""
    columns, unread = camera_columns(tags)
    assert columns["tilt_deg"] == tilt
    assert unread == []


def test_values_that_mean_nothing_are_listed() -> None:
    """Each tag of a camera that is not understood is missing in its row and listed beside it."""
    tags = {"camera:direction": "27250", "camera:angle": "steep", "height": "900", "camera:type": "owl"}
    columns, unread = camera_columns(tags)
    assert dict(unread) == tags
    assert [columns[name] for name in ("heading_deg", "tilt_deg", "height_m", "kind")] == [None] * 4


def test_kinds_for_the_map_and_for_mounting() -> None:
    """Land, green and water have their layer; culverts are not drawn; lamps and poles can carry a camera."""
    assert basemap_kind({"landuse": "forest"}) == ("green", "forest")
    assert basemap_kind({"natural": "water", "water": "lake"}) == ("water", "lake")
    assert basemap_kind({"landuse": "industrial"}) == ("landuse", "industrial")
    assert basemap_kind({"natural": "coastline"}) is None
    assert basemap_kind({"waterway": "river"}, line=True) == ("water", "river")
    assert basemap_kind({"waterway": "stream", "tunnel": "culvert"}, line=True) is None
    assert support_kind({"highway": "street_lamp"}) == "street_lamp"
    assert support_kind({"man_made": "utility_pole"}) == "utility_pole"
    assert support_kind({"power": "pole", "disused": "yes"}) is None


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"highway": "street_lamp", "lamp_mount": "bent_mast"}, "street_lamp"),
        ({"highway": "street_lamp", "lamp_mount": "suspended"}, None),
        ({"highway": "street_lamp", "support": "suspension"}, None),
        ({"highway": "traffic_signals"}, "traffic_signals"),
        ({"power": "catenary_mast"}, "catenary_mast"),
        ({"power": "tower"}, None),
        ({"man_made": "flagpole"}, "flagpole"),
        ({"man_made": "tower", "tower:type": "lighting"}, "mast"),
        ({"man_made": "tower", "tower:type": "communication"}, None),
        ({"advertising": "column"}, None),
        ({"advertising": "column", "height": "2.5"}, None),
        ({"advertising": "column", "height": "4 m"}, "advertising_column"),
        ({"advertising": "billboard", "height": "4 m"}, None),
    ],
)
def test_what_can_hold_a_camera(tags: dict[str, str], kind: str | None) -> None:
    """Posts and masts can; lamps on wires, pylons, boards and columns within reach cannot."""
    assert support_kind(tags) == kind


def test_a_support_says_its_height_and_its_number() -> None:
    """The name is the name, else the number it bears; a height that is none is missing."""
    lamp = {"highway": "street_lamp", "ref": "17", "height": "6,5 m"}
    assert support_columns(lamp) == {"kind": "street_lamp", "height_m": 6.5, "name": "17"}
    assert support_columns(lamp | {"name": "Lamp", "height": "tall"})["height_m"] is None
    assert support_columns(lamp | {"name": "Lamp"})["name"] == "Lamp"


@pytest.mark.parametrize(
    ("tags", "width"),
    [({"width": "7,5"}, 7.5), ({"lanes": "2"}, 6.5), ({"width": "9", "lanes": "2"}, 9.0), ({}, None),
     ({"width": "600"}, None), ({"lanes": "many"}, None)],
)  # fmt: skip
def test_how_wide_a_carriageway_is(tags: dict[str, str], width: float | None) -> None:
    """The mapped width counts before the lanes, of 3.25 m each; what is impossible is missing."""
    assert street_columns({"highway": "residential", **tags}, backward=False)["width_m"] == width
