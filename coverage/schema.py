"""The columns of every frame, checked once at the border (`frame_checks`)."""

from __future__ import annotations

from typing import Final

from .frame_checks import Column, Fault, FrameSchema, check_frame, complete_frame, require_frame

__all__ = ["Column", "Fault", "FrameSchema", "check_frame", "complete_frame", "require_frame"]

STATES: Final = ("live", "archive", "registered", "offline")
KINDS: Final = ("fixed", "dome", "panning", "panorama", "anpr")
REPORTERS: Final = ("public", "patrol", "camera")
PRECISIONS: Final = ("rooftop", "street", "centroid", "snapped", "unknown")
CRIMES: Final = ("theft", "burglary", "robbery", "hooliganism", "assault", "vehicle_theft", "cattle_theft",
                 "drugs", "fraud", "damage", "other_crime")  # fmt: skip
NOT_CRIMES: Final = ("administrative", "traffic")
UNIT_KINDS: Final = ("car", "foot")
SUPPORT_KINDS: Final = ("street_lamp", "traffic_signals", "pole", "utility_pole", "mast", "catenary_mast",
                        "flagpole", "advertising_column")  # fmt: skip
PLACE_KINDS: Final = (*SUPPORT_KINDS, "building", "wall")
BARRIER_KINDS: Final = ("wall", "fence", "hedge", "tree_row")

STREETS: Final = FrameSchema(
    "streets",
    ("LineString",),
    (
        Column("u", "number", required=True),
        Column("v", "number", required=True),
        Column("key", "number", required=True),
        Column("length_m", "number", required=True, low=0),
        Column("highway", required=True),
        Column("name"),
        Column("oneway", "flag"),
        Column("maxspeed_kph", "number", low=0, above_low=True, high=200),
        Column("car", "flag", required=True),
        Column("foot", "flag", required=True),
        Column("sidewalk", "flag"),  # a separately mapped sidewalk or crossing: left to its street
        Column("lit", "flag"),
        Column("bridge", "flag"),
        Column("tunnel", "flag"),
        Column("layer", "number", low=-10, high=10),
        # of the carriageway
        Column("width_m", "number", low=0, above_low=True, high=100),
        Column("osmid", "number"),
    ),
)
RESTRICTIONS: Final = FrameSchema(
    "restrictions",
    ("Point",),
    (
        Column("id", required=True),
        # no: the edges of the path must not be driven one after the other; only: after all but the last of
        # them it must be the last
        Column("kind", required=True, choices=("no", "only")),
        # u, v, key of streets: `turns.write_path`
        Column("path", required=True),
        # no_left_turn, bollard
        Column("said"),
        # when it holds; it is obeyed always
        Column("condition"),
    ),
    key="id",
)
BUILDINGS: Final = FrameSchema(
    "buildings",
    ("Polygon", "MultiPolygon"),
    (
        Column("id", required=True),
        Column("name"),
        Column("height_m", "number", low=0, above_low=True, high=1000),
        # where the walls begin above the ground, of a part over a street; missing or 0: on the ground
        Column("base_m", "number", low=0, high=1000),
        Column("assumed", "names"),
    ),
    key="id",
)
BARRIERS: Final = FrameSchema(
    "barriers",
    ("LineString",),
    (
        Column("id", required=True),
        Column("kind", required=True, choices=BARRIER_KINDS),
        Column("height_m", "number", low=0, above_low=True, high=100),
        # where it begins to hide: a row of trees hides from its crowns' base up
        Column("base_m", "number", low=0, high=100),
        # False: one sees through it (wire, bars); missing: unknown, or a matter of leaves
        Column("solid", "flag"),
        # of hedges and trees
        Column("evergreen", "flag"),
        Column("assumed", "names"),
    ),
    key="id",
)
CAMERAS: Final = FrameSchema(
    "cameras",
    ("Point",),
    (
        Column("id", required=True),
        Column("name"),
        Column("programme"),
        Column("owner"),
        Column("state", required=True, choices=STATES),
        Column("kind", choices=KINDS),
        Column("heading_deg", "number", low=0, high=360),
        # the further headings of a head with several lenses, degrees joined by ";"
        Column("headings_deg"),
        Column("hfov_deg", "number", low=0, above_low=True, high=360),
        Column("focal_mm", "number", low=0, above_low=True, high=1000),
        Column("sensor_width_mm", "number", low=0, above_low=True, high=50),
        Column("pixels_across", "number", low=0, above_low=True, high=50_000),
        Column("height_m", "number", low=0, above_low=True, high=300),
        Column("tilt_deg", "number", low=-90, high=90),
        Column("ir_range_m", "number", low=0, high=1000),
        Column("retention_days", "number", low=0, high=36_500),
        Column("consent", "flag"),
        Column("desk"),
        # what the camera hangs on (recorder, feeder, switch), names joined by ";"
        Column("feeds"),
        Column("indoor", "flag"),
        Column("assumed", "names"),
        Column("synthetic", "names"),
    ),
    key="id",
)
INCIDENTS: Final = FrameSchema(
    "incidents",
    ("Point",),
    (
        Column("id", required=True),
        Column("occurred_from", "time", required=True),
        Column("occurred_to", "time"),
        Column("category", required=True, choices=CRIMES + NOT_CRIMES),
        Column("reported_by", choices=REPORTERS),
        Column("precision", choices=PRECISIONS),
        Column("severity", "number", low=0, high=1000),
        Column("synthetic", "flag"),
    ),
    key="id",
)
STATIONS: Final = FrameSchema(
    "stations",
    ("Point",),
    (Column("id", required=True), Column("name"), Column("synthetic", "flag")),
    key="id",
)
UNITS: Final = FrameSchema(
    "units",
    (),
    (
        Column("id", required=True),
        Column("station", required=True),
        Column("kind", choices=UNIT_KINDS),
        Column("shift_start", "time", required=True),
        Column("shift_end", "time", required=True),
        # a break at the station, within from and to where they are given
        Column("break_minutes", "number", low=0, high=240),
        Column("break_from", "time"),
        Column("break_to", "time"),
        # where it stops, and nowhere else: ids of zones joined by ";"
        Column("zone"),
        Column("cameras"),
        Column("synthetic", "flag"),
    ),
    key="id",
)
CAMERA_STATES: Final = FrameSchema(
    "states",
    (),
    (
        Column("camera", required=True),
        Column("state", required=True, choices=STATES),
        # from this moment on, until the camera's next row
        Column("since", "time", required=True),
        # the state until then, where it is known
        Column("was", choices=STATES),
    ),
    key=("camera", "since"),
)
SUPPORTS: Final = FrameSchema(
    "supports",
    ("Point",),
    (
        Column("id", required=True),
        Column("kind", required=True, choices=SUPPORT_KINDS),
        Column("height_m", "number", low=0, above_low=True, high=500),
        Column("name"),
    ),
    key="id",
)
PLACES: Final = FrameSchema(
    "places",
    ("Point",),
    (
        Column("id", required=True),
        Column("name"),
        # what stands there to fix a camera to; missing: not said
        Column("kind", choices=PLACE_KINDS),
        Column("height_m", "number", low=0, above_low=True, high=500),
        # what a camera costs here beyond its price, in the money of the catalogue
        Column("extra_cost", "number", low=0, high=1e12),
    ),
    key="id",
)
FORBIDDEN: Final = FrameSchema(
    "forbidden",
    ("Polygon", "MultiPolygon"),
    (Column("id", required=True), Column("name"), Column("reason")),
    key="id",
)
SCHEMAS: Final = {
    schema.name: schema
    for schema in (
        STREETS,
        RESTRICTIONS,
        BUILDINGS,
        BARRIERS,
        CAMERAS,
        INCIDENTS,
        STATIONS,
        UNITS,
        CAMERA_STATES,
        SUPPORTS,
        PLACES,
        FORBIDDEN,
    )
}
