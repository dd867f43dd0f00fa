"""What goes blind when one camera, recorder or feeder fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from .counting import SURE
from .intervals import pieces_covered
from .optics import LADDERS
from .results import LEVELS, Coverage
from .risk import StreetRisk

KINDS: Final = ("camera", "feed")
"""One camera; or what several hang on: a recorder, a feeder, a switch."""


@dataclass(frozen=True)
class Failures:
    """What each single point of failure would blind.

    Attributes
    ----------
    points : GeoDataFrame
        The worst first: `rank` (from 1), `kind` (one of KINDS), `id`, `cameras` (that fail with it), `live`
        (of them working live), `loss_low_m`, `loss_mid_m`, `loss_high_m` (street metres no live camera sees
        any more), `risk_low`, `risk_mid`, `risk_high` (weighted incidents on them); where its cameras hang
        (metric multipoints).
    seen_m : dict
        Metres seen by live cameras with everything at work, by level.
    """

    points: gpd.GeoDataFrame
    seen_m: dict[str, float]


def find_failures(coverage: Coverage, risk: StreetRisk | None = None) -> Failures:
    """Say what goes blind without each camera, and without each recorder or feeder.

    Parameters
    ----------
    coverage : Coverage
        Its cameras' column `feeds` names what each hangs on; several names are joined by ";".
    risk : StreetRisk, optional
        On the same ways; without it no risk is lost and the metres decide.

    Returns
    -------
    Failures
        Ranked by risk (mid), then by metres (mid).

    Notes
    -----
    loss(X) = cover(all) - cover(all without X), exactly: what a camera sees does not depend on the others, so
    a piece of street goes from 1 - product of all (1 - p) to the same product without those of X. *Low* is
    lost where X holds the only cameras that see it for certain, *high* where it holds the only ones that may.
    The three are losses of three figures, not bounds: where many cameras may see a piece, losing one that
    most likely does costs mid and leaves high as it was.
    A feed that a camera names counts as one it cannot do without.
    """
    groups, members = _groups(coverage)
    pieces = coverage.pieces
    metres = pieces["length_m"].to_numpy(dtype=float)
    where = (pieces[name].to_numpy() for name in ("way", "from_m", "to_m"))
    weight = np.zeros(len(pieces)) if risk is None else risk.demand(*where)
    group, piece, lost = _lost_shares(coverage, members)
    for level in LEVELS:
        for name, value in ((f"loss_{level}_m", metres), (f"risk_{level}", weight)):
            total = np.bincount(group, weights=lost[level] * value[piece], minlength=len(groups))
            groups[name] = np.round(total, 9)
    order = np.lexsort((groups["id"].astype(str), groups["kind"], -groups["loss_mid_m"], -groups["risk_mid"]))
    ranked = groups.iloc[order].reset_index(drop=True)
    ranked.insert(0, "rank", np.arange(1, len(ranked) + 1))
    points = gpd.GeoDataFrame(ranked, geometry="geometry", crs=coverage.cameras.crs)
    return Failures(points, coverage.seen_m["live"])


def _groups(coverage: Coverage) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what can fail (with the cameras' places), and the pairs of `group` and `camera` (its row)."""
    cameras = coverage.cameras
    feeds = cameras["feeds"] if "feeds" in cameras else pd.Series([None] * len(cameras), dtype=object)
    named = [("camera", identity, [row]) for row, identity in enumerate(cameras["id"])]
    hanging: dict[str, list[int]] = {}
    for row, text in enumerate(feeds):
        for name in _feed_names(text):
            hanging.setdefault(name, []).append(row)
    named += [("feed", name, rows) for name, rows in sorted(hanging.items())]
    live = (cameras["state"] == "live").to_numpy()
    places = cameras.geometry.to_numpy()
    groups = pd.DataFrame(
        {
            "kind": [kind for kind, _, _ in named],
            "id": [identity for _, identity, _ in named],
            "cameras": [len(rows) for _, _, rows in named],
            "live": [int(live[rows].sum()) for _, _, rows in named],
            "geometry": [shapely.multipoints(places[rows]) for _, _, rows in named],
        }
    )
    members = pd.DataFrame(
        [(group, row) for group, (_, _, rows) in enumerate(named) for row in rows],
        columns=["group", "camera"],
    )
    return groups, members


def _feed_names(text: object) -> list[str]:
    """Return the recorders and feeders that a camera names, each once."""
    if not isinstance(text, str):
        return []
    return list(dict.fromkeys(name for part in text.split(";") if (name := part.strip())))


def _lost_shares(
    coverage: Coverage, members: pd.DataFrame
) -> tuple[NDArray[np.int64], NDArray[np.int64], dict[str, NDArray[np.float64]]]:
    """Return pairs of group and piece, and for each level the share of the piece that goes blind."""
    stretches, pieces = coverage.stretches, coverage.pieces
    live = (coverage.cameras["state"] == "live").to_numpy()[stretches["camera"].to_numpy()]
    quality = list(LADDERS[coverage.ladder]).index(coverage.seen_at)
    seen = stretches[live & (stretches["quality"].to_numpy() == quality)]
    row, piece = pieces_covered(
        *(pieces[name].to_numpy() for name in ("way", "from_m", "to_m")),
        *(seen[name].to_numpy() for name in ("way", "from_m", "to_m")),
    )
    camera = seen["camera"].to_numpy()[row]
    lit = _held(camera, piece, seen["probability"].to_numpy()[row], members, len(pieces))
    group, piece_held = lit.index.get_level_values(0), lit.index.get_level_values(1).to_numpy()
    lost = _lost(lit)
    if "dark_probability" in seen:
        dark = _lost(_held(camera, piece, seen["dark_probability"].to_numpy()[row], members, len(pieces)))
        share = coverage.ways["lit_share"].to_numpy(dtype=float)[pieces["way"].to_numpy()[piece_held]]
        # as the pieces themselves are counted: for certain where both are, perhaps where either is
        lost = {
            "low": np.where(share >= 1, lost["low"], dark["low"]),
            "mid": share * lost["mid"] + (1 - share) * dark["mid"],
            "high": np.where(share <= 0, dark["high"], lost["high"]),
        }
    return group.to_numpy(), piece_held, lost


def _held(
    camera: NDArray[np.int32],
    piece: NDArray[np.int64],
    chance: NDArray[np.float64],
    members: pd.DataFrame,
    pieces: int,
) -> pd.DataFrame:
    """Return by group and piece what sees the piece, of the group's cameras (`_held`) and of all (`_all`)."""
    looking = pd.DataFrame({"camera": camera, "piece": piece})
    looking["sure"] = chance >= SURE
    # certain sight is counted apart, for its logarithm is endless and could not be taken off again
    looking["missed"] = np.where(looking["sure"], 0.0, np.log1p(-np.where(looking["sure"], 0.0, chance)))
    looking["may"] = chance > 0
    of_all = looking.groupby("piece")[["sure", "missed", "may"]].sum().reindex(range(pieces), fill_value=0)
    held = looking.merge(members, on="camera").groupby(["group", "piece"])[["sure", "missed", "may"]].sum()
    return held.join(of_all, on="piece", suffixes=("_held", "_all"))


def _lost(seen: pd.DataFrame) -> dict[str, NDArray[np.float64]]:
    rest_sure = (seen["sure_all"] - seen["sure_held"]).to_numpy()
    unseen_now = np.where(seen["sure_all"] > 0, 0.0, np.exp(seen["missed_all"]))
    unseen_then = np.where(rest_sure > 0, 0.0, np.exp(seen["missed_all"] - seen["missed_held"]))
    return {
        "low": ((seen["sure_all"] > 0).to_numpy() & (rest_sure == 0)).astype(float),
        "mid": np.maximum(unseen_then - unseen_now, 0.0),
        "high": ((seen["may_all"] > 0) & (seen["may_all"] == seen["may_held"])).to_numpy(dtype=float),
    }
