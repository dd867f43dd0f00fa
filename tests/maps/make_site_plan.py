"""A plan of sites with every kind of action, two phases and cameras of others, by the hand of its maker."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
from kuzet.coverage.results import Coverage, SitePlan, SiteProposal
from shapely import LineString, Point

from .make_results import CRS

COSTS = (350_000.0, 60_000.0, 40_000.0, 90_000.0, 900_000.0)
GAINS = (12.5, 2.0, 1.25, 2.5, 3.0)
METRES = (140.0, 55.0, 30.0, 45.0, 60.0)


def make_site_plan(
    coverage: Coverage,
    *,
    street: str = "Өтенай көшесі",
    camera: str = "Қ-7",
    owner: str = "«Һәкім» мектебі",
    proved: bool = False,
    sites: int = 5,
) -> SiteProposal:
    """Return a plan of `sites` actions; the names given take the place of those in it."""
    places = [Point(200, 140), Point(560, 310), Point(750, 590), Point(380, 440), Point(205, 146)][:sites]
    table = gpd.GeoDataFrame(
        {
            "order": [1, 2, 3, 4, 5],
            "id": [f"site-{k}" for k in range(1, 6)],
            "action": ["install", "connect", "aim", "repair", "install"],
            "camera": [None, camera, camera, camera, None],
            "support": ["street_lamp", None, None, None, None],
            "support_id": ["n1", None, None, None, None],
            "support_m": [0.6, np.nan, np.nan, np.nan, np.nan],
            "heading_deg": [45.0, np.nan, 270.0, 180.0, np.nan],
            "model": ["fixed 4 mm 4 MP", None, None, None, "panorama 8 MP"],
            "height_m": [5.0, np.nan, np.nan, np.nan, 4.0],
            "cost": COSTS,
            "gain": GAINS,
            "gain_m": METRES,
            "demand": GAINS,
            "per_million": [metres / cost * 1e6 for metres, cost in zip(METRES, COSTS, strict=True)],
            "street": [street, street, None, street, street],
            "phase": [1, 1, 1, 2, 2],
            "cause": ["no_camera_in_reach", "archive_only", "hidden_by_building", "offline_only", None],
            "notes": [
                [],
                ["retention_short", "heading_unknown"],
                [],
                ["too_few_pixels"],
                ["no_support_known"],
            ],
        }
    ).iloc[:sites]
    frame = gpd.GeoDataFrame(table, geometry=places, crs=CRS)
    views = gpd.GeoDataFrame(frame[["order", "id"]].copy(), geometry=[p.buffer(45) for p in places], crs=CRS)
    lines = [
        LineString([(120, 150), (260, 150)]),
        LineString([(540, 260), (540, 315)]),
        LineString([(720, 560), (720, 590)]),
        LineString([(360, 430), (360, 475)]),
        LineString([(180, 90), (180, 150)]),
    ][:sites]
    stretches = gpd.GeoDataFrame(
        {"order": frame["order"], "length_m": METRES[:sites]}, geometry=lines, crs=CRS
    )
    spent, gain, metres = (np.cumsum((0.0, *values[:sites])) for values in (COSTS, GAINS, METRES))
    curve = pd.DataFrame(
        {
            "step": range(sites + 1),
            "order": [0, *range(1, sites + 1)],
            "spent": spent,
            "gain": gain,
            "gain_m": metres,
            "phase": [1, 1, 1, 1, 2, 2][: sites + 1],
        }
    )
    bound = float(gain[-1]) if proved else float(gain[-1]) * 1.04
    gap = 0.0 if proved or bound == 0 else 1 - float(gain[-1]) / bound
    plan = SitePlan(
        np.arange(sites), float(gain[-1]), bound, gap, proved, float(spent[-1]), np.array(GAINS[:sites]),
        stopped="" if proved else "gap",
    )  # fmt: skip
    before = {"seen_m": coverage.seen_m["live"]["mid"], "demand_seen": 40.0}
    after = {"seen_m": before["seen_m"] + float(metres[-1]), "demand_seen": 40.0 + float(gain[-1])}
    return SiteProposal(
        plan=plan,
        sites=frame,
        views=views,
        stretches=stretches,
        before=before,
        after=after,
        candidates=1_234,
        curve=curve,
        phases=_phases(curve, bound) if sites == 5 else pd.DataFrame(),
        connectable=_connectable(camera, owner),
        goal={"kind": "incidents"},
    )


def _phases(curve: pd.DataFrame, bound: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "phase": [1, 2],
            "budget": [500_000.0, 1_500_000.0],
            "spent": [curve["spent"][3], curve["spent"][5]],
            "sites": [3, 5],
            "gain": [curve["gain"][3], curve["gain"][5]],
            "gain_m": [curve["gain_m"][3], curve["gain_m"][5]],
            "upper_bound": [curve["gain"][3], bound],
            "gap": [0.0, 1 - curve["gain"][5] / bound],
            "proved": [True, False],
        }
    )


def _connectable(camera: str, owner: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "camera": [camera, "M-2", "H-3"],
            "programme": ["school", "mall", "hospital"],
            "owner": [owner, None, "Аурухана"],
            "consent": [True, False, None],
            "state": ["archive", "registered", "archive"],
            "retention_days": [7.0, np.nan, 30.0],
            "cost": [60_000.0, 80_000.0, 80_000.0],
            "gain": [2.0, 1.5, 0.0],
            "gain_m": [55.0, 40.0, 0.0],
            "per_million": [916.7, 500.0, 0.0],
            "reason": [None, "no_consent", "no_consent"],
            "notes": [["retention_short", "heading_unknown"], [], ["too_few_pixels"]],
        },
        geometry=[Point(560, 310), Point(300, 300), Point(700, 150)],
        crs=CRS,
    )
