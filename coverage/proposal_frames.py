"""A plan as frames to keep and draw: sites, their views, and the pieces of street they add."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .actions import Choices
from .connecting import MILLION, notes_on
from .expected import ExpectedCover
from .intervals import cut_everywhere, merge_touching, pieces_covered
from .ledger import Ledger
from .option_sight import draw_options
from .phases import Steps
from .results import BlindSpots, Coverage
from .streets import Ways

LEAST_SHARE: Final = 0.1
"""A street piece is drawn as added where at least this share of it is newly expected to be seen."""
UNKNOWN_SUPPORT: Final = "corner"
NO_SUPPORT: Final = "no_support_known"


def describe_sites(
    choices: Choices,
    steps: Steps,
    places: gpd.GeoDataFrame,
    coverage: Coverage,
    added: pd.DataFrame,
    *,
    retention_days: float,
) -> gpd.GeoDataFrame:
    """Return `SiteProposal.sites` without `cause`.

    Parameters
    ----------
    choices : Choices
        Of the plan.
    steps : Steps
    places : GeoDataFrame
        That `options["place"]` counts.
    coverage : Coverage
    added : DataFrame
        Of `added_pieces`.
    retention_days : float
        The least wanted.
    """
    mine = choices.options.iloc[steps.chosen].reset_index(drop=True)
    camera, place = mine["camera"].to_numpy(dtype=np.int64), mine["place"].to_numpy(dtype=np.int64)
    register, count = coverage.cameras, len(mine)
    ids = register["id"].to_numpy(dtype=object)
    notes = notes_on(coverage, retention_days)
    action = mine["action"].to_numpy(dtype=object)
    number = np.arange(1, count + 1)
    table = pd.DataFrame({"order": number, "id": [f"site-{at}" for at in number], "action": action})
    table["camera"] = _cells([None if at < 0 else ids[at] for at in camera])
    for name in ("support", "support_id"):
        table[name] = _cells([None if at < 0 else places[name].iloc[at] for at in place])
    distance = places["support_m"].to_numpy(dtype=np.float64) if "support_m" in places else None
    table["support_m"] = [np.nan if at < 0 or distance is None else distance[at] for at in place]
    for name in ("heading_deg", "height_m"):
        known = mine[name] if name in mine else pd.Series(np.nan, index=mine.index)
        table[name] = pd.to_numeric(known, errors="coerce").to_numpy(dtype=np.float64)
    table["model"] = _cells([name if isinstance(name, str) else None for name in mine["model"]])
    for name in ("cost", "gain", "gain_m", "demand"):
        table[name] = steps.table[name].to_numpy(dtype=np.float64)
    table["per_million"] = table["gain_m"] / table["cost"] * MILLION
    table["street"] = _streets(added, coverage, count)
    table["phase"] = np.array(steps.phase, dtype=np.int64)
    table["cause"] = _cells([None] * count)
    table["notes"] = _cells(
        [
            _place_notes(places.iloc[place[row]]) if action[row] == "install" else
            [] if action[row] == "aim" else notes[camera[row]]
            for row in range(count)
        ]
    )  # fmt: skip
    points = np.asarray(shapely.points(choices.points[steps.chosen].reshape(-1, 2)))
    return gpd.GeoDataFrame(table, geometry=list(points), crs=coverage.ways.crs)


def draw_site_views(
    choices: Choices,
    steps: Steps,
    sites: gpd.GeoDataFrame,
    coverage: Coverage,
    ways: Ways,
    buildings: gpd.GeoDataFrame,
    *,
    barriers: gpd.GeoDataFrame | None,
) -> gpd.GeoDataFrame:
    """Return `SiteProposal.views`: those of the register for cameras that stay as they are."""
    views = np.full(len(sites), shapely.Polygon(), dtype=object)
    fresh = sites["action"].isin(("install", "aim")).to_numpy()
    mine = choices.options.iloc[steps.chosen].reset_index(drop=True)
    rows = np.flatnonzero(fresh)
    views[rows] = draw_options(
        choices.points[steps.chosen].reshape(-1, 2)[rows], mine.iloc[rows].reset_index(drop=True),
        coverage, ways, buildings, barriers=barriers,
    )  # fmt: skip
    known = coverage.views[coverage.views["quality"] == coverage.seen_at]
    for row in np.flatnonzero(~fresh):
        shapes = known.geometry[(known["camera"] == sites["camera"].iloc[row]).to_numpy()]
        views[row] = shapely.union_all(shapes.to_numpy())
    return gpd.GeoDataFrame(sites[["order", "id"]].copy(), geometry=list(views), crs=sites.crs)


def added_pieces(cover: ExpectedCover, options: pd.DataFrame, steps: Steps) -> pd.DataFrame:
    """Return what each step adds where: `order`, `way`, `from_m`, `to_m`, `metres`, `share`."""
    ledger, rows = Ledger(cover, options), []
    cells = cover.cells
    for order, option in enumerate(steps.chosen, start=1):
        before = ledger.state.never
        ledger.add(option)
        gained = before - ledger.state.never
        at = np.flatnonzero(np.abs(gained) > 1e-12)
        rows.append(
            pd.DataFrame(
                {
                    "order": order,
                    "way": cells.way[at],
                    "from_m": cells.from_m[at],
                    "to_m": cells.to_m[at],
                    "metres": gained[at] * cells.metres[at],
                    "share": gained[at] * cells.metres[at] / (cells.to_m[at] - cells.from_m[at]),
                }
            )
        )
    if not rows:
        names = ("order", "way", "from_m", "to_m", "metres", "share")
        return pd.DataFrame(
            {name: np.empty(0, dtype=np.int64 if name in names[:2] else float) for name in names}
        )
    # at night a piece is lit in part: both parts are one piece of street
    joined = pd.concat(rows, ignore_index=True)
    return joined.groupby(["order", "way", "from_m", "to_m"], as_index=False)[["metres", "share"]].sum()


def draw_added(added: pd.DataFrame, ways: Ways) -> gpd.GeoDataFrame:
    """Return `SiteProposal.stretches`: each piece by the first step that adds a good part of it."""
    mine = added[added["share"] >= LEAST_SHARE]
    mine = mine.sort_values("order").drop_duplicates(["way", "from_m", "to_m"])
    key = mine["order"].to_numpy(dtype=np.int64) * len(ways.frame) + mine["way"].to_numpy(dtype=np.int64)
    key, start, stop = merge_touching(
        key, mine["from_m"].to_numpy(dtype=np.float64), mine["to_m"].to_numpy(dtype=np.float64), slack=1e-5
    )
    order, way = key // len(ways.frame), key % len(ways.frame)
    return gpd.GeoDataFrame(
        {"order": order, "length_m": stop - start},
        geometry=list(ways.lines(way, start, stop)),
        crs=ways.frame.crs,
    )


def name_causes(sites: gpd.GeoDataFrame, added: pd.DataFrame, spots: BlindSpots | None) -> gpd.GeoDataFrame:
    """Return the sites with the cause of most of what they add: why nothing sees it today."""
    if spots is None or not len(added) or not len(spots.spots):
        return sites
    blind = spots.spots
    gained = added[added["metres"] > 0]
    line, start, stop = (
        np.concatenate([gained[name].to_numpy(), blind[name].to_numpy()])
        for name in ("way", "from_m", "to_m")
    )
    cut = cut_everywhere(line.astype(np.int64), start.astype(np.float64), stop.astype(np.float64))
    both = []
    for frame in (gained, blind):
        row, piece = pieces_covered(*cut, *(frame[name].to_numpy() for name in ("way", "from_m", "to_m")))
        both.append(pd.DataFrame({"row": row, "piece": piece}))
    pairs = both[0].merge(both[1], on="piece", suffixes=("", "_blind"))
    length = (cut[2] - cut[1])[pairs["piece"].to_numpy()]
    table = pd.DataFrame(
        {
            "order": gained["order"].to_numpy()[pairs["row"].to_numpy()],
            "cause": blind["cause"].to_numpy(dtype=object)[pairs["row_blind"].to_numpy()],
            "metres": length * gained["share"].to_numpy()[pairs["row"].to_numpy()],
        }
    )
    sums = table.groupby(["order", "cause"], as_index=False)["metres"].sum()
    top = sums.sort_values(["order", "metres", "cause"], ascending=[True, False, True]).drop_duplicates(
        "order"
    )
    cause = dict(zip(top["order"], top["cause"], strict=True))
    return sites.assign(cause=_cells([cause.get(order) for order in sites["order"]]))


def _streets(added: pd.DataFrame, coverage: Coverage, count: int) -> pd.Series:
    """Return the street that most of what each step adds lies on."""
    names = coverage.ways["name"].to_numpy(dtype=object)[added["way"].to_numpy(dtype=np.int64)]
    named = added.assign(name=names)
    named = named[named["name"].notna() & (named["metres"] > 0)]
    sums = named.groupby(["order", "name"], as_index=False)["metres"].sum()
    top = sums.sort_values(["order", "metres", "name"], ascending=[True, False, True]).drop_duplicates(
        "order"
    )
    street = dict(zip(top["order"], top["name"], strict=True))
    return _cells([street.get(order) for order in range(1, count + 1)])


def _place_notes(place: pd.Series) -> list[str]:
    flag = place.get("flag")
    known = flag != NO_SUPPORT if isinstance(flag, str) else place["support"] != UNKNOWN_SUPPORT
    return [] if known else [NO_SUPPORT]


def _cells(values: list) -> pd.Series:
    """Return a column in which nothing is None, whatever the others are."""
    return pd.Series(values, dtype=object)
