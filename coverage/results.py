"""The answers: dataclasses that check themselves when they are made."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .conditions import BY_DAY
from .optics import LADDERS
from .result_checks import ResultBrokenError, require
from .schema import STATES
from .site_results import SitePlan, SiteProposal
from .streets import ways_of_frame

__all__ = [
    "CAUSES", "LEVELS", "TIMES", "BlindSpots", "Coverage", "PatrolPlan", "ResultBrokenError", "SitePlan",
    "SiteProposal",
]  # fmt: skip
LEVELS: Final = ("low", "mid", "high")
"""What is seen whatever the unknown optics are; the expectation; whatever could be seen."""
TIMES: Final = ("0", "1", "2", "3+")
CAUSES: Final = (
    "archive_only",
    "registered_only",
    "offline_only",
    "dark",
    "dead_zone",
    "too_few_pixels",
    "hidden_by_building",
    "hidden_by_barrier",
    "hidden_by_several",
    "no_camera_in_reach",
)


@dataclass(frozen=True)
class Coverage:
    """What a set of cameras sees of the streets.

    Attributes
    ----------
    ladder, seen_at : str
        Ladder of pixel densities (`2014` or `2025`) and the class from which a place counts as seen.
    network_m, tunnel_m : float
        Metres of street that count, and of tunnels, which are kept apart.
    ways : GeoDataFrame
        Each physical way once (metric): `way` (index), `name`, `highway`, `length_m`, `lit_share`, `deck_m`.
    stretches : DataFrame
        The one table all figures are sums over, by way: `camera` (row of `cameras`), `way`, `from_m`, `to_m`,
        `quality` (at least this class: its place in the ladder), `probability` of being seen so, given what
        is unknown; at night `dark_probability` too, for where the street is not lit.
        `name_stretches` says the same in words.
    pieces : DataFrame
        The ways cut wherever an answer changes, by way: `way`, `from_m`, `to_m`, `length_m`, and for each
        state `<state>_low|mid|high`: low and high are counts of cameras, mid is the probability that at
        least one sees it. `draw_pieces` gives them a geometry.
    times : DataFrame
        `state`, `level`, `times`, `metres`: adds up to the network for every state and level.
    by_class : DataFrame
        `state`, `level`, `highway`, `network_m`, `seen_m`.
    by_quality : DataFrame
        `state`, `level`, `quality`, `seen_m`: seen with at least this quality.
    circle_m : float
        Metres within the plain circle of each live camera's reach: how much a buffer would claim.
    cameras : GeoDataFrame
        Each camera as it was counted (metric, after setting off walls): the columns of `schema.CAMERAS`
        and `counted`, `excluded` (reason or None), `moved_m`, `assumed`, `heading_known`, `reach_m`,
        `seen_low_m`, `seen_mid_m`, `seen_high_m`, `digest` (of its row in the register).
    views : GeoDataFrame
        Visible regions (metric): `camera`, `state`, `quality`, `certain` (bool); the uncertain ones
        show whatever could be seen.
    assumed : dict
        Field -> number of cameras it was assumed for.
    conditions : dict
        Fields of `conditions.Conditions`: `light`, `obstacles`, `target_m`.
    panning : dict
        State -> `cameras` (panning ones that count), `potential_m` (metres any of them could see) and
        `expected_m` (metres expected of them, whose time is shared).
    tiles : DataFrame
        The figures by runs of ways, one row each: `first_way`, `circle_m`, and the columns of
        `counting.figure_names`, metres. The figures of the whole are the sums of the columns.
    """

    ladder: str
    seen_at: str
    network_m: float
    tunnel_m: float
    ways: gpd.GeoDataFrame
    stretches: pd.DataFrame
    pieces: pd.DataFrame
    times: pd.DataFrame
    by_class: pd.DataFrame
    by_quality: pd.DataFrame
    circle_m: float
    cameras: gpd.GeoDataFrame
    views: gpd.GeoDataFrame
    assumed: dict[str, int] = field(default_factory=dict)
    conditions: dict[str, Any] = field(default_factory=lambda: asdict(BY_DAY))
    panning: dict[str, dict[str, float]] = field(default_factory=dict)
    tiles: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __post_init__(self) -> None:
        sums = self.times.groupby(["state", "level"])["metres"].sum()
        require(set(sums.index) == {(s, lv) for s in STATES for lv in LEVELS}, "times_incomplete")
        require(bool(np.allclose(sums, self.network_m, rtol=1e-6, atol=1e-3)), "times_do_not_add_up")
        require(abs(self.pieces["length_m"].sum() - self.network_m) <= 1e-6 * self.network_m + 1e-3, "pieces")
        seen = self.seen_m
        # many metres, each rounded
        slack = 1e-6 + 1e-9 * self.network_m
        require(
            all(
                seen[s]["low"] <= seen[s]["mid"] + slack and seen[s]["mid"] <= seen[s]["high"] + slack
                for s in STATES
            ),
            "levels",
        )

    @property
    def seen_m(self) -> dict[str, dict[str, float]]:
        """Metres seen at least once, by state and level."""
        seen = self.times[self.times["times"] != "0"].groupby(["state", "level"])["metres"].sum()
        return {state: {level: float(seen[(state, level)]) for level in LEVELS} for state in STATES}

    @property
    def cameras_by_state(self) -> dict[str, int]:
        """Cameras in each state, those left out of the figures included."""
        counts = self.cameras["state"].value_counts()
        return {state: int(counts.get(state, 0)) for state in STATES}

    def name_stretches(self) -> pd.DataFrame:
        """Return the stretches in words: `camera` is its id, `quality` its class; `state` of the camera."""
        camera = self.stretches["camera"].to_numpy()
        classes = np.array(list(LADDERS[self.ladder]), dtype=object)
        return self.stretches.assign(
            camera=self.cameras["id"].to_numpy(dtype=object)[camera],
            quality=classes[self.stretches["quality"].to_numpy()],
            state=self.cameras["state"].to_numpy(dtype=object)[camera],
        )

    def draw_pieces(self, rows: ArrayLike | None = None) -> gpd.GeoDataFrame:
        """Return pieces (all, or a mask or positions of some) as lines with their `name` and `highway`."""
        pieces = self.pieces if rows is None else self.pieces.iloc[np.asarray(rows)]
        way, from_m, to_m = (pieces[name].to_numpy() for name in ("way", "from_m", "to_m"))
        lines = ways_of_frame(self.ways).lines(way, from_m, to_m)
        named = pieces.assign(
            **{name: self.ways[name].to_numpy(dtype=object)[way] for name in ("name", "highway")}
        )
        return gpd.GeoDataFrame(named, geometry=list(lines), crs=self.ways.crs)


@dataclass(frozen=True)
class BlindSpots:
    """Unseen stretches, the riskiest first.

    Attributes
    ----------
    spots : GeoDataFrame
        Metric, by rank: `rank` (from 1), `id`, `way`, `name`, `near` (nearest named street), `highway`,
        `from_m`, `to_m`, `length_m`, `risk` (weighted incidents on it), `cause` (one of CAUSES),
        `cause_share` (share of its metres with that cause), `building` and `building_name` (the one that
        hides it; of a barrier its id), `camera` (the camera the cause speaks of), `distance_m` (to it).
    unseen_m : float
        Metres no live camera could see, whatever is unknown about it.
    unsure_m : float
        Metres that some live camera may see, but none does for certain.
    """

    spots: gpd.GeoDataFrame
    unseen_m: float
    unsure_m: float

    def __post_init__(self) -> None:
        require(set(self.spots["cause"]) <= set(CAUSES), "unknown_cause")
        require(bool((np.diff(self.spots["risk"].to_numpy(dtype=float)) <= 1e-9).all()), "not_ranked")
        require(
            abs(float(self.spots["length_m"].sum()) - self.unseen_m) <= 1e-3 + 1e-6 * self.unseen_m, "sum"
        )


@dataclass(frozen=True)
class PatrolPlan:
    """Timed routes of a shift.

    Attributes
    ----------
    units : DataFrame
        `id`, `station`, `kind`, `shift_start`, `shift_end`, `back_at`, `stops`, `drive_s`, `drive_m`,
        `dwell_s`, `wait_s`, `break_s`, `break_begin`, `break_end` (missing without a break), `duty_s`
        (driven, stood and waited).
    stops : GeoDataFrame
        Metric points, every stop that was weighed: `stop`, `name` (street), `near` (nearest named
        street), `risk`, `dwell_s`, `held` (visits planned), `cause` (of its blind spot or None), `what`
        (`stop`, `duty`), `access_gap_m` (from the road, where its drive ends), `why` (it is not held, or
        None), `widest_gap_s` (longest time alone), `gap_kept`. Duties come behind the stops.
    visits : DataFrame
        `unit`, `order` (from 1), `stop`, `name`, `near`, `arrive`, `leave` (aware datetimes), `drive_s`,
        `drive_m`, `what` (`stop`, `duty`).
    legs : GeoDataFrame
        Metric lines: `unit`, `order` (the last leads back to the station; one to a break has no visit),
        `depart`, `arrive`, `drive_s`, `drive_m`, `blind_m` (of it past blind street), `edges` (list of
        (u, v, key)), `turns` (list of [street name, metres]).
    score, upper_bound, gap : float
        Reward of the plan, a bound on any plan's, and (upper_bound - score) / upper_bound.
    seed : int
        The seed the plan was drawn with.
    left_out : int
        Stops that no unit visits.
    statements : list of dict
        What can be held and what is not, and why: `code` (`can_hold`, `stop_left_out`, `duty_missed`,
        `gap_missed`, `break_missed`, `off_road`) and the facts of its sentence.
    pool : dict
        `best` score of the plans it was drawn from, how many `plans`, its share `within` of the best.
    """

    units: pd.DataFrame
    stops: gpd.GeoDataFrame
    visits: pd.DataFrame
    legs: gpd.GeoDataFrame
    score: float
    upper_bound: float
    gap: float
    seed: int
    left_out: int
    statements: list[dict[str, Any]] = field(default_factory=list)
    pool: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require(bool((self.units["back_at"] <= self.units["shift_end"]).all()), "unit_late")
        require(bool((self.visits["arrive"] <= self.visits["leave"]).all()), "leaves_before_arriving")
        require(self.score <= self.upper_bound * (1 + 1e-9) + 1e-9, "better_than_its_bound")
