"""Incidents of held-back months replayed against timetables: what was watched, and how soon someone came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .demand import piece_at
from .replay import Replay
from .response import Reach, respond
from .results import Coverage, ResultBrokenError
from .risk import StreetRisk
from .stops import WATCHED_M
from .streets import Ways
from .tracks import Tracks, near_spells

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NEAR_M: Final = 100.0
NEAR_S: Final = 1800.0
PROMISE_S: Final = 300.0
"""How soon a unit is to be there, unless another promise is asked about."""
PROMISED_SHARE: Final = 0.9
"""A promise is kept where so many incidents are reached in time."""
CELL_M: Final = 10.0
MEASURES: Final = (
    "near_share",
    "camera_min",
    "unit_min",
    "nobody_min",
    "longest_gap_min",
    "response_p50_s",
    "response_p90_s",
    "promise_share",
)
INTERVAL: Final = (0.025, 0.975)


@dataclass(frozen=True)
class Exposure:
    """Timetables beside each other, by incidents they were not made from. Never a claim that crime falls.

    Attributes
    ----------
    figures : DataFrame
        `plan`, `measure`, `value` (mean over the replications), `low`, `high` (95% interval), and of the plan
        less the reference, replication by replication: `difference`, `difference_low`, `difference_high`;
        `relative`, `relative_low`, `relative_high` are the same as shares of the plan's own value. Measures:
        `near_share` (incidents with a unit within `near_m` in the `near_s` before), `camera_min`,
        `unit_min`, `nobody_min` (minutes of the shift that a place is watched by live cameras, by a unit and
        no camera, by nobody; places weighted by incidents; they add up to the shift), `longest_gap_min`
        (longest time without a unit within `near_m`), `response_p50_s`, `response_p90_s`, `promise_share`
        (incidents at which a unit can be within `promise_s`).
    planned : DataFrame
        `plan`, `camera_min`, `unit_min`, `nobody_min` by the risk the plans were made from.
    reference : str
        The plan that the others are compared with.
    settings : dict
        `shift_min`, `near_m`, `near_s`, `watched_m`, `promise_s`, `replications`, `timetables` (by plan),
        `incidents` (held back and counted), `replayed` (within the hours of the shift, mean), `camera_share`
        (share of the held-back incidents' places that live cameras see, expected), and what the caller adds.
    """

    figures: pd.DataFrame
    planned: pd.DataFrame
    reference: str
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        table = self.figures.pivot_table(index="plan", columns="measure", values="value")
        whole = table[["camera_min", "unit_min", "nobody_min"]].sum(axis=1).to_numpy()
        if not np.allclose(whole, self.settings["shift_min"], rtol=1e-6):
            raise ResultBrokenError("result_broken", check="minutes_do_not_add_up")


def replay_plans(
    plans: Mapping[str, Sequence[Tracks]],
    replay: Replay,
    reach: Reach,
    *,
    reference: str,
    near_m: float = NEAR_M,
    near_s: float = NEAR_S,
    watched_m: float = WATCHED_M,
    promise_s: float = PROMISE_S,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Put the same draws to every plan; return `Exposure.figures` and its settings.

    Parameters
    ----------
    plans : mapping of str to sequence of Tracks
        Each plan's timetables; replication r meets timetable r modulo their number, as days do.
    replay : Replay
    reach : Reach
        To `replay.places`.
    reference : str
        One of `plans`.
    near_m, near_s : float
        What counts as near, metres and seconds before.
    watched_m : float
        What a unit that is out watches around it, in a straight line: eyes and ears, walls not asked.
    promise_s : float
        How soon a unit is to be where something happens.
    """
    replications = int(replay.replication.max(initial=-1)) + 1
    results = {}
    for name, timetables in plans.items():
        rows = np.full((replications, len(MEASURES)), np.nan)
        for turn, tracks in enumerate(timetables):
            mine = replay.replication % len(timetables) == turn
            _measure(tracks, replay, reach, mine, near_m, near_s, watched_m, promise_s, rows)
        results[name] = rows
    met = np.isfinite(results[reference]).all(axis=1)
    frames = [_summary(name, rows[met], results[reference][met]) for name, rows in results.items()]
    weight, seen = replay.places["weight"].to_numpy(), replay.places["camera"].to_numpy()
    settings = {
        "shift_min": replay.shift_s / 60,
        "near_m": near_m,
        "near_s": near_s,
        "watched_m": watched_m,
        "promise_s": promise_s,
        "replications": int(met.sum()),
        "timetables": {name: len(timetables) for name, timetables in plans.items()},
        "incidents": len(replay.places),
        "replayed": len(replay.place) / max(replications, 1),
        "camera_share": float(weight @ seen / weight.sum()),
    }
    return pd.concat(frames, ignore_index=True), settings


def planned_minutes(
    tracks: Tracks,
    coverage: Coverage,
    ways: Ways,
    risk: StreetRisk,
    shift_s: float,
    *,
    watched_m: float = WATCHED_M,
) -> dict[str, float]:
    """Return `camera_min`, `unit_min`, `nobody_min` by a risk along the streets, in steps of CELL_M."""
    length = ways.frame["length_m"].to_numpy()
    counts = np.maximum(np.ceil(length / CELL_M), 1).astype(int)
    way = np.repeat(np.arange(len(length)), counts)
    within = np.arange(len(way)) - np.repeat(np.cumsum(counts) - counts, counts)
    step = (length / counts)[way]
    weight = risk.demand(way, within * step, (within + 1) * step)
    risky = weight > 0
    way, middle, weight = way[risky], ((within + 0.5) * step)[risky], weight[risky]
    seen = coverage.pieces["live_mid"].to_numpy()[piece_at(coverage, way, middle)]
    watched = _seconds_near(near_spells(tracks, ways.points(way, middle), within_m=watched_m), len(way))
    return _minutes(weight, seen, watched, shift_s)


def _measure(
    tracks: Tracks,
    replay: Replay,
    reach: Reach,
    mine: NDArray[np.bool_],
    near_m: float,
    near_s: float,
    watched_m: float,
    promise_s: float,
    rows: Floats,
) -> None:
    """Fill the rows of the replications that meet one timetable."""
    xy = np.column_stack([replay.places.geometry.x, replay.places.geometry.y])
    count = len(xy)
    near = near_spells(tracks, xy, within_m=near_m)
    watched = _seconds_near(near_spells(tracks, xy, within_m=watched_m), count)
    gap = _longest_gap(near, count, replay.shift_s)
    place, moment = replay.place[mine], replay.moment[mine]
    met = _near_before(near, place, moment, near_s, replay.shift_s)
    # a moment that several replications drew is asked once
    once, back = np.unique(np.column_stack([place, moment]), axis=0, return_inverse=True)
    soon = respond(tracks, reach, once[:, 0].astype(np.int64), once[:, 1].astype(np.float64))
    seconds = soon[back.ravel()]
    weight, seen = replay.places["weight"].to_numpy(), replay.places["camera"].to_numpy()
    order = np.argsort(replay.replication[mine], kind="stable")
    numbers, begin = np.unique(replay.replication[mine][order], return_index=True)
    for number, part in zip(numbers, np.split(order, begin[1:]), strict=True):
        here, sure = place[part], seconds[part][np.isfinite(seconds[part])]
        heavy = weight[here]
        minutes = _minutes(heavy, seen[here], watched[here], replay.shift_s)
        rows[number] = [
            float(heavy @ met[part] / heavy.sum()),
            *minutes.values(),
            float(heavy @ gap[here] / heavy.sum()) / 60,
            *(np.quantile(sure, [0.5, 0.9]) if len(sure) else (np.nan, np.nan)),
            float((seconds[part] <= promise_s).mean()),
        ]


def _minutes(weight: Floats, seen: Floats, watched: Floats, shift_s: float) -> dict[str, float]:
    total = weight.sum()
    return {
        "camera_min": float(weight @ seen / total) * shift_s / 60,
        "unit_min": float(weight @ ((1 - seen) * watched) / total) / 60,
        "nobody_min": float(weight @ ((1 - seen) * (shift_s - watched)) / total) / 60,
    }


def _seconds_near(spells: pd.DataFrame, count: int) -> Floats:
    spent = (spells["end"] - spells["begin"]).to_numpy(dtype=np.float64)
    return np.bincount(spells["place"], weights=spent, minlength=count).astype(np.float64)


def _longest_gap(spells: pd.DataFrame, count: int, shift_s: float) -> Floats:
    """Return the longest time without a spell, from the start of the shift to its end."""
    everyone = np.arange(count)
    place = np.concatenate([everyone, spells["place"], everyone])
    begin = np.concatenate([np.zeros(count), spells["begin"], np.full(count, shift_s)])
    end = np.concatenate([np.zeros(count), spells["end"], np.full(count, shift_s)])
    order = np.lexsort((begin, place))
    place, begin, end = place[order], begin[order], end[order]
    gap = np.where(place[1:] == place[:-1], begin[1:] - end[:-1], 0.0)
    out = np.zeros(count)
    np.maximum.at(out, place[1:], gap)
    return out


def _near_before(
    spells: pd.DataFrame, place: Integers, moment: Floats, near_s: float, shift_s: float
) -> NDArray[np.bool_]:
    """Say whether a spell of the place touches the time before each moment."""
    room = shift_s + near_s + 86_400.0
    key = spells["place"].to_numpy() * room + spells["begin"].to_numpy()
    last = np.searchsorted(key, place * room + moment, side="right") - 1
    known = np.maximum(last, 0)
    if not len(spells):
        return np.zeros(len(place), dtype=bool)
    same = (last >= 0) & (spells["place"].to_numpy()[known] == place)
    return same & (spells["end"].to_numpy()[known] >= moment - near_s)


def _summary(name: str, rows: Floats, reference: Floats) -> pd.DataFrame:
    away = rows - reference
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(rows != 0, away / rows, 0.0)
    columns: dict[str, Any] = {"plan": name, "measure": list(MEASURES)}
    for column, values in (("value", rows), ("difference", away), ("relative", share)):
        low, high = np.quantile(values, INTERVAL, axis=0)
        prefix = "" if column == "value" else f"{column}_"
        columns |= {column: values.mean(axis=0), f"{prefix}low": low, f"{prefix}high": high}
    return pd.DataFrame(columns)
