"""The next cameras: candidates x headings x models, chosen by maximal cover, with what each adds."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy import sparse

from .candidates import find_candidates
from .catalogue import MODELS, Model
from .conditions import Conditions
from .connecting import MILLION, count_reasons, rank_connectable
from .demand import unseen_demand
from .errors import CannotHoldError, InvalidInputError
from .eyes import possible_eyes
from .intervals import cut_everywhere, merge_touching, pieces_covered
from .looks import possible_looks
from .obstacles import gather_obstacles
from .optics import LADDERS
from .overlooking import look_past_low_walls
from .progress import Progress, silent
from .results import Coverage, SitePlan, SiteProposal
from .risk import StreetRisk
from .sight import clear_sight
from .site_goals import Goal
from .siting import maximal_cover
from .streets import Ways, ways_of_frame
from .stretches import seen_stretches, sight_lines
from .views import wedge_shapes

MOST_PLACES: Final = 400
CONNECT_COST: Final = 120_000.0
MOUNT_M: Final = 5.0
"""Height at which a proposed camera is taken to hang, tilted so that its picture ends at the horizon."""
DEFAULT_MODELS: Final = ("fixed 2.8 mm 4 MP", "fixed 4 mm 4 MP", "fixed 6 mm 4 MP")


def propose_sites(
    coverage: Coverage,
    buildings: gpd.GeoDataFrame,
    risk: StreetRisk,
    supports: gpd.GeoDataFrame,
    *,
    count: int = 5,
    models: tuple[str, ...] = DEFAULT_MODELS,
    headings: int = 12,
    most_places: int = MOST_PLACES,
    barriers: gpd.GeoDataFrame | None = None,
    progress: Progress = silent,
) -> SiteProposal:
    """Propose new live cameras where they add the most, the existing ones staying as they are.

    Parameters
    ----------
    coverage : Coverage
        What is seen today; live cameras count with their expectation (mid).
    buildings, supports : GeoDataFrame
        Metric.
    risk : StreetRisk
        Demand. Where there is none at all, metres of street are covered instead.
    count : int
        How many cameras.
    models : tuple of str
        Names in `catalogue.MODELS` to choose from.
    headings : int
        Headings tried at each place, evenly round the turn.
    most_places : int
        Only so many places, those with the most unseen demand around them, are weighed.
    barriers : GeoDataFrame, optional
        Those that coverage was measured with (metric).
    progress : Progress

    Returns
    -------
    SiteProposal
        Its bound holds for the places, headings and models weighed, with streets in steps of
        `demand.CELL_M`: a step counts as seen when its middle is.

    Raises
    ------
    InvalidInputError
        For a count below 0, an unknown model, or no heading.
    CannotHoldError
        When no street has a place for a camera.
    """
    kinds = _check(count, models, headings)
    ways = ways_of_frame(coverage.ways)
    progress(0.0, "candidates")
    cells = unseen_demand(coverage, ways, risk)
    places = find_candidates(ways, buildings, supports)
    if not len(places):
        raise CannotHoldError("no_place_for_camera")
    places = _richest(places, ways, cells, most_places)
    classes = {coverage.seen_at: LADDERS[coverage.ladder][coverage.seen_at]}
    options = _options(len(places), kinds, headings)
    conditions = Conditions(**coverage.conditions)
    height = conditions.target_m
    looks = possible_looks(options, classes=classes, seen_at=coverage.seen_at, target_m=height)
    points = shapely.get_coordinates(places.geometry.to_numpy())
    reach = pd.Series(looks.farthest_m).groupby(options["place"].to_numpy()).max().to_numpy()
    progress(0.2, "visible_regions")
    eyes = [possible_eyes({"height_m": MOUNT_M})] * len(places)
    obstacles = gather_obstacles(buildings, barriers, conditions=conditions)
    sight = clear_sight(points, eyes, obstacles, reach_m=reach, target_m=height)
    lines = sight_lines(points, sight.regions, ways, reach_m=reach)
    lines = look_past_low_walls(lines, eyes, sight.low, target_m=height + lines["deck_m"].to_numpy())
    by_option = lines.rename(columns={"camera": "place"}).merge(
        options[["place"]].reset_index(names="camera"), on="place"
    )
    progress(0.4, "stretches")
    seen = seen_stretches(by_option, looks, classes=list(classes))
    progress(0.6, "choosing")
    plan = maximal_cover(
        _cover_matrix(seen, cells, len(options)),
        cells["weight"].to_numpy(),
        budget=count,
        groups=options["place"],
    )
    progress(0.9, "views")
    regions = sight.drawn(points, eyes, reach, target_m=height)
    return _describe(plan, options, places, points, regions, looks.wedges, seen, coverage, ways, risk)


def _check(count: int, models: tuple[str, ...], headings: int) -> list[Model]:
    if count < 0 or headings < 1:
        raise InvalidInputError("count_negative")
    unknown = [name for name in models if name not in MODELS]
    if unknown or not models:
        raise InvalidInputError("unknown_model", known=", ".join(MODELS))
    return [MODELS[name] for name in models]


def _richest(places: gpd.GeoDataFrame, ways: Ways, cells: pd.DataFrame, most: int) -> gpd.GeoDataFrame:
    """Keep the places with the most unseen demand around them."""
    if len(places) <= most:
        return places
    mine = cells[cells["weight"] > 0]
    xy = ways.points(mine["way"].to_numpy(), mine["middle_m"].to_numpy())
    tree = shapely.STRtree(np.asarray(shapely.points(xy)))
    place, cell = tree.query(places.geometry.to_numpy(), predicate="dwithin", distance=30.0)
    around = np.bincount(place, weights=mine["weight"].to_numpy()[cell], minlength=len(places))
    rows = np.sort(np.argsort(-around, kind="stable")[:most])
    return places.iloc[rows].reset_index(drop=True)


def _options(places: int, kinds: list[Model], headings: int) -> pd.DataFrame:
    """Return every place x heading x model as a camera of known optics."""
    turn = np.arange(headings) * 360.0 / headings
    place, kind, heading = (
        a.ravel() for a in np.meshgrid(np.arange(places), np.arange(len(kinds)), turn, indexing="ij")
    )
    kind = kind.astype(int)
    return pd.DataFrame(
        {
            "place": place.astype(int),
            "model": [kinds[k].name for k in kind],
            "cost": [kinds[k].cost for k in kind],
            "heading_deg": heading,
            "height_m": MOUNT_M,
            "hfov_deg": [kinds[k].optics.hfov_deg for k in kind],
            "pixels_across": [kinds[k].optics.pixels_across for k in kind],
        }
    )


def _cover_matrix(seen: pd.DataFrame, cells: pd.DataFrame, options: int) -> sparse.csr_array:
    row, cell = pieces_covered(
        cells["way"].to_numpy(), cells["from_m"].to_numpy(), cells["to_m"].to_numpy(),
        *(seen[name].to_numpy() for name in ("way", "from_m", "to_m")),
    )  # fmt: skip
    option = seen["camera"].to_numpy(dtype=int)[row]
    return sparse.csr_array((np.ones(len(cell)), (option, cell)), shape=(options, len(cells)))


def _describe(
    plan: SitePlan,
    options: pd.DataFrame,
    places: gpd.GeoDataFrame,
    points: NDArray[np.float64],
    regions: NDArray[np.object_],
    wedges: pd.DataFrame,
    seen: pd.DataFrame,
    coverage: Coverage,
    ways: Ways,
    risk: StreetRisk,
) -> SiteProposal:
    chosen = options.iloc[plan.chosen].reset_index(drop=True)
    place = chosen["place"].to_numpy(dtype=int)
    added, stretches, after = _what_is_added(plan, seen, coverage, ways, risk)
    sites = gpd.GeoDataFrame(
        {
            "order": np.arange(1, len(chosen) + 1),
            "id": [f"site-{number}" for number in range(1, len(chosen) + 1)],
            "support": places["support"].to_numpy(dtype=object)[place],
            "action": "install",
            "camera": np.full(len(chosen), None, dtype=object),
            "support_id": places["support_id"].to_numpy(dtype=object)[place],
            "support_m": places["support_m"].to_numpy(dtype=float)[place]
            if "support_m" in places
            else np.full(len(chosen), np.nan),
            "heading_deg": chosen["heading_deg"].to_numpy(),
            "model": chosen["model"].to_numpy(dtype=object),
            "height_m": chosen["height_m"].to_numpy(dtype=float),
            "cost": chosen["cost"].to_numpy(),
            "gain": plan.gains,
            **{name: added[name].to_numpy() for name in ("gain_m", "demand", "street")},
            "per_million": added["gain_m"].to_numpy() / chosen["cost"].to_numpy() * MILLION,
            "phase": np.ones(len(chosen), dtype=np.int64),
            "cause": np.full(len(chosen), None, dtype=object),
            "notes": [
                ["no_support_known"] if kind == "corner" else []
                for kind in places["support"].to_numpy(dtype=object)[place]
            ],
        },
        geometry=list(np.asarray(shapely.points(points[place]))),
        crs=places.crs,
    )
    worth = Goal().worth(risk)
    connectable = rank_connectable(coverage, risk, worth=worth, cost=CONNECT_COST, retention_days=30.0)
    return SiteProposal(
        plan=plan,
        sites=sites,
        views=_site_views(plan, sites, place, points, regions, wedges, coverage),
        stretches=stretches,
        before=after[0],
        after=after[1],
        candidates=len(options),
        curve=_curve(sites),
        phases=_one_phase(plan, sites),
        connectable=connectable,
        goal={"kind": "incidents" if risk.total > 0 else "metres", "of": worth.of},
        left_out=count_reasons(connectable),
    )


def _curve(sites: gpd.GeoDataFrame) -> pd.DataFrame:
    steps = np.arange(len(sites) + 1)
    sums = {
        name: np.concatenate([[0.0], np.cumsum(sites[column].to_numpy(dtype=float))])
        for name, column in (("spent", "cost"), ("gain", "gain"), ("gain_m", "gain_m"))
    }
    phase = np.concatenate([[0], sites["phase"].to_numpy(dtype=np.int64)])
    return pd.DataFrame({"step": steps, "order": steps, **sums, "phase": phase})


def _one_phase(plan: SitePlan, sites: gpd.GeoDataFrame) -> pd.DataFrame:
    row = {
        "phase": 1, "budget": plan.cost, "spent": plan.cost, "sites": len(sites),
        "gain": float(sites["gain"].sum()), "gain_m": float(sites["gain_m"].sum()),
        "upper_bound": plan.upper_bound, "gap": plan.gap, "proved": plan.proved,
    }  # fmt: skip
    return pd.DataFrame([row] if len(sites) else [], columns=list(row))


def _site_views(
    plan: SitePlan,
    sites: gpd.GeoDataFrame,
    place: NDArray[np.int64],
    points: NDArray[np.float64],
    regions: NDArray[np.object_],
    wedges: pd.DataFrame,
    coverage: Coverage,
) -> gpd.GeoDataFrame:
    mine = wedges.set_index("camera").loc[plan.chosen]
    shapes = wedge_shapes(
        points[place], mine["heading_deg"].to_numpy(), mine["half_deg"].to_numpy(), mine["near_m"].to_numpy(),
        mine[coverage.seen_at].to_numpy(), mine["disc"].to_numpy(),
    ) if len(place) else np.empty(0, dtype=object)  # fmt: skip
    views = shapely.intersection(shapes, regions[place])
    return gpd.GeoDataFrame(sites[["order", "id"]].copy(), geometry=list(views), crs=sites.crs)


def _what_is_added(
    plan: SitePlan, seen: pd.DataFrame, coverage: Coverage, ways: Ways, risk: StreetRisk
) -> tuple[pd.DataFrame, gpd.GeoDataFrame, tuple[dict[str, float], dict[str, float]]]:
    """Lay the chosen views over today's pieces, in buying order, exactly."""
    pieces = coverage.pieces
    order = pd.Series(np.arange(1, len(plan.chosen) + 1), index=plan.chosen)
    mine = seen[seen["camera"].isin(order.index)]
    site = order.loc[mine["camera"]].to_numpy(dtype=int)
    line, start, stop = (mine[name].to_numpy() for name in ("way", "from_m", "to_m"))
    today = [pieces[name].to_numpy() for name in ("way", "from_m", "to_m")]
    way, from_m, to_m = cut_everywhere(
        *(np.concatenate(pair) for pair in zip((line, start, stop), today, strict=True))
    )
    length, demand = to_m - from_m, risk.demand(way, from_m, to_m)
    row, piece = pieces_covered(way, from_m, to_m, *today)
    live = np.zeros(len(way))
    live[piece] = pieces["live_mid"].to_numpy()[row]
    row, piece = pieces_covered(way, from_m, to_m, line, start, stop)
    first_site = np.full(len(way), len(plan.chosen) + 1)
    np.minimum.at(first_site, piece, site[row])
    new = first_site <= len(plan.chosen)
    columns = {"gain_m": (length * (1 - live))[new], "demand": (demand * (1 - live))[new]}
    gain = pd.DataFrame({"site": first_site[new], "way": way[new], **columns})
    added = _per_site(gain, ways, len(plan.chosen))
    lines = _site_stretches(first_site, way, from_m, to_m, new, ways)
    before = {"seen_m": float(length @ live), "demand_seen": float(demand @ live)}
    after = {
        "seen_m": float(length @ np.where(new, 1.0, live)),
        "demand_seen": float(demand @ np.where(new, 1.0, live)),
    }
    return added, lines, (before, after)


def _per_site(gain: pd.DataFrame, ways: Ways, sites: int) -> pd.DataFrame:
    """Return metres added and the street most of them lie on, for each site in order."""
    total = gain.groupby("site")["gain_m"].sum().reindex(range(1, sites + 1), fill_value=0.0)
    gain = gain.assign(name=ways.frame["name"].to_numpy(dtype=object)[gain["way"]])
    named = gain.dropna(subset=["name"]).groupby(["site", "name"])["gain_m"].sum().reset_index()
    top = named.sort_values(["site", "gain_m", "name"], ascending=[True, False, True]).drop_duplicates("site")
    street = top.set_index("site")["name"].reindex(range(1, sites + 1))
    weighted = gain.groupby("site")["demand"].sum().reindex(range(1, sites + 1), fill_value=0.0)
    return pd.DataFrame(
        {"gain_m": total, "demand": weighted, "street": street.astype(object).where(street.notna(), None)}
    )


def _site_stretches(
    first_site: NDArray, way: NDArray, from_m: NDArray, to_m: NDArray, new: NDArray, ways: Ways
) -> gpd.GeoDataFrame:
    key = first_site[new].astype(np.int64) * len(ways.frame) + way[new]
    key, start, stop = merge_touching(key, from_m[new], to_m[new], slack=1e-5)
    site, on = key // len(ways.frame), key % len(ways.frame)
    return gpd.GeoDataFrame(
        {"order": site, "length_m": stop - start},
        geometry=list(ways.lines(on, start, stop)),
        crs=ways.frame.crs,
    )
