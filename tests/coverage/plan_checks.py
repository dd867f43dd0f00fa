"""A slow and obvious twin of plans: actions done to the register, and every plan of a few looked at."""

from __future__ import annotations

from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
from kuzet.coverage.catalogue import MODELS
from kuzet.coverage.expected import Cells, ExpectedCover, Unseen
from kuzet.coverage.site_goals import Worth
from scipy import sparse


def carry_out(cameras: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the register after the actions of a plan."""
    after = cameras.copy()
    fresh = []
    for site in sites.itertuples():
        mine = after["id"] == site.camera
        if site.action in ("connect", "repair"):
            after.loc[mine, "state"] = "live"
        elif site.action == "aim":
            after.loc[mine, "heading_deg"] = site.heading_deg
        else:
            model = MODELS[site.model]
            fresh.append({
                "id": site.id, "state": "live", "kind": model.kind, "heading_deg": site.heading_deg,
                "hfov_deg": model.optics.hfov_deg, "pixels_across": model.optics.pixels_across,
                "height_m": site.height_m, "ir_range_m": model.ir_range_m, "geometry": site.geometry,
            })  # fmt: skip
    if not fresh:
        return after
    added = gpd.GeoDataFrame(fresh, geometry="geometry", crs=cameras.crs)
    return gpd.GeoDataFrame(pd.concat([after, added], ignore_index=True), crs=cameras.crs)


def random_case(rng: np.random.Generator, *, options: int, sure: float, turning: int = 0, worth=None):
    """Return an expected cover and its options: places with several choices, and cameras that may turn."""
    cells = int(rng.integers(4, 25))
    chance = sparse.random(options, cells, density=0.4, rng=rng, format="csr")
    chance.data = np.where(rng.random(chance.nnz) < sure, 1.0, rng.random(chance.nnz).round(2) + 1e-3).clip(
        0, 1
    )
    weight = rng.integers(1, 20, cells).astype(float)
    never = rng.random(cells)
    once = (1 - never) * rng.random(cells)
    worth = worth or Worth("incidents")
    zero = np.zeros(cells)
    table = Cells(np.arange(cells), zero, zero + 1, zero.astype(int), weight, weight, weight)
    group = rng.integers(0, max(options // 2, 1), options)
    action = np.full(options, "install", dtype=object)
    cost = rng.integers(1, 9, options).astype(float)
    for number in range(turning):
        group[number] = options + number
        group[turning + number] = options + number
        action[number], action[turning + number] = "stay", "aim"
        cost[number] = 0.0
    frame = pd.DataFrame({"action": action, "group": group, "cost": cost})
    cover = ExpectedCover(table, sparse.csr_array(chance), Unseen(never, never, once), worth)
    return cover, frame


def plain_value(cover: ExpectedCover, options: list[int]) -> float:
    """Return what options are worth, by counting every way that cameras may see or not."""
    worth, total = cover.worth, 0.0
    chance = cover.chance.toarray()[options] * worth.works
    for cell, weight in enumerate(cover.cells.weight):
        none, once = cover.base.none[cell], cover.base.once[cell]
        for p in chance[:, cell]:
            none, once = none * (1 - p), once * (1 - p) + none * p
        total += weight * (1 - none - worth.second * once)
    return float(total)


def with_stays(frame: pd.DataFrame, chosen: tuple[int, ...]) -> list[int]:
    """Return a choice together with what the cameras that are not turned go on seeing."""
    taken = set(frame["group"].iloc[list(chosen)])
    stays = [
        row for row in np.flatnonzero(frame["action"] == "stay") if frame["group"].iloc[row] not in taken
    ]
    return [*stays, *chosen]


def best_by_hand(cover: ExpectedCover, frame: pd.DataFrame, money: float, count: float) -> float:
    """Return the most any choice within limits is worth more than today, by looking at all of them."""
    today = plain_value(cover, with_stays(frame, ()))
    paid = np.flatnonzero(frame["action"] != "stay")
    best = 0.0
    for size in range(1, int(min(count, len(paid))) + 1):
        for chosen in combinations(paid.tolist(), size):
            rows = frame.iloc[list(chosen)]
            if rows["group"].is_unique and rows["cost"].sum() <= money + 1e-9:
                best = max(best, plain_value(cover, with_stays(frame, chosen)) - today)
    return best
