"""Stops, slots and units -> timed routes on the directed street graph."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import ops

from .errors import CannotHoldError, InvalidInputError
from .kernels.patrol_search import search_routes
from .progress import Progress, silent
from .results import BlindSpots, Coverage, PatrolPlan
from .risk import StreetRisk
from .stops import find_stops
from .travel import Network, build_network

SLOT_S: Final = 7200.0
"""A stop is worth a visit in each slot of two hours."""
MEMORY_S: Final = 7200.0
"""A visit after this gap is worth 1 - 1/e of the most it can be."""
USUAL_DRIVE_S: Final = 300.0
DWELL_S: Final = (600.0, 960.0)
FARTHEST_STATION_M: Final = 500.0


def plan_patrol(
    streets: gpd.GeoDataFrame,
    stations: gpd.GeoDataFrame,
    units: pd.DataFrame,
    coverage: Coverage,
    risk: StreetRisk,
    spots: BlindSpots,
    *,
    dwell_s: float = 720.0,
    most_stops: int | None = None,
    iterations: int = 4000,
    seed: int = 0,
    progress: Progress = silent,
) -> PatrolPlan:
    """Plan where each unit drives and stops during its shift, so that what no camera sees is seen.

    Parameters
    ----------
    streets, stations : GeoDataFrame
        Metric frames of `schema`.
    units : DataFrame
        `schema.UNITS`; each unit leaves its station at the start of its shift and is back before its end.
    coverage, risk, spots
        Of the same streets.
    dwell_s : float
        How long a unit stands at a stop, within DWELL_S (10 to 16 minutes).
    most_stops : int
        Stops weighed; each may be visited once in every two hours. By default half as many again as the
        units could hold if it took them 5 minutes from each to the next.
    iterations : int
        Rounds of search: the stop rule.
    seed : int
        Another seed gives another plan that is about as good; the same one gives the same plan.
    progress : Progress

    Returns
    -------
    PatrolPlan
        `score` sums r (1 - exp(-gap / 120 min)) over the visits; the plan is heuristic and `gap` says how
        far below its bound it may lie.

    Raises
    ------
    CannotHoldError
        When there are no units or stops, a unit's station is unknown or off the road, or a shift ends
        before it begins.
    InvalidInputError
        When the dwell is outside DWELL_S.
    """
    if not DWELL_S[0] <= dwell_s <= DWELL_S[1]:
        raise InvalidInputError("dwell_outside", low=int(DWELL_S[0] / 60), high=int(DWELL_S[1] / 60))
    _check_units(units, stations)
    units = units.reset_index(drop=True)
    progress(0.0, "stops")
    begins, ends, base = _shifts(units)
    most = _more_than_held(begins, ends, dwell_s) if most_stops is None else most_stops
    stops = find_stops(streets, coverage, risk, spots, most=most)
    if not len(stops):
        raise CannotHoldError("no_stops")
    progress(0.2, "travel_times")
    points = np.concatenate([stops.geometry.to_numpy(), stations.geometry.to_numpy()])
    kinds = sorted({_kind(value) for value in units["kind"]} if "kind" in units else {"car"})
    networks = [build_network(streets, points, kind=kind) for kind in kinds]
    times, befores = zip(*(network.times() for network in networks), strict=True)
    profile = np.array([kinds.index(_kind(value)) for value in units.get("kind", ["car"] * len(units))])
    home = (
        len(stops)
        + stations.reset_index(drop=True).reset_index().set_index("id").loc[units["station"], "index"]
    )
    home = home.to_numpy(dtype=np.int64)
    _check_homes(networks, profile, home, units)
    progress(0.4, "search")
    visits = _visits(len(stops), begins, ends, dwell_s)
    routes = _search(
        visits,
        np.stack(times),
        profile,
        stops["risk"].to_numpy(),
        home,
        begins,
        ends,
        dwell_s,
        iterations,
        seed,
    )
    progress(0.9, "timetable")
    timetable = _timetable(routes, visits, np.stack(times), profile, home, begins, dwell_s)
    score = _score(timetable, stops["risk"].to_numpy())
    bound = max(
        score,
        _upper_bound(stops["risk"].to_numpy(), np.stack(times), begins, ends, dwell_s, visits, home, profile),
    )
    held = timetable[timetable["place"] < len(stops)].groupby("place").size()
    stops["dwell_s"] = dwell_s
    stops["held"] = held.reindex(range(len(stops)), fill_value=0).to_numpy()
    legs = _legs(timetable, networks, befores, profile, units, base)
    return PatrolPlan(
        units=_unit_table(units, timetable, legs, base, dwell_s, len(stops)),
        stops=stops,
        visits=_visit_table(timetable, legs, stops, units, base),
        legs=legs,
        score=score,
        upper_bound=bound,
        gap=(bound - score) / bound if bound > 0 else 0.0,
        seed=seed,
        left_out=int((stops["held"] == 0).sum()),
    )


def _kind(value: object) -> str:
    return "foot" if value == "foot" else "car"


def _check_units(units: pd.DataFrame, stations: gpd.GeoDataFrame) -> None:
    if not len(units):
        raise CannotHoldError("no_units")
    if units["id"].duplicated().any():
        raise InvalidInputError("unit_twice", unit=str(units.loc[units["id"].duplicated(), "id"].iloc[0]))
    unknown = ~units["station"].isin(stations["id"])
    if unknown.any():
        raise CannotHoldError("station_unknown", unit=str(units.loc[unknown, "id"].iloc[0]))
    early = units["shift_end"] <= units["shift_start"]
    if early.any():
        raise CannotHoldError("shift_ends_early", unit=str(units.loc[early, "id"].iloc[0]))


def _check_homes(networks: list[Network], profile: NDArray, home: NDArray, units: pd.DataFrame) -> None:
    for unit, (kind, place) in enumerate(zip(profile, home, strict=True)):
        gap = float(networks[kind].gap_m[place])
        if gap > FARTHEST_STATION_M:
            raise CannotHoldError("station_off_road", unit=str(units["id"].iloc[unit]), metres=round(gap))


def _shifts(units: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64], pd.Timestamp]:
    """Return starts and ends of the shifts in seconds after the earliest start."""
    base = units["shift_start"].min()
    begins = (units["shift_start"] - base).dt.total_seconds().to_numpy(dtype=np.float64)
    ends = (units["shift_end"] - base).dt.total_seconds().to_numpy(dtype=np.float64)
    return begins, ends, base


def _more_than_held(begins: NDArray, ends: NDArray, dwell_s: float) -> int:
    return int(np.ceil(1.5 * (ends - begins).clip(max=SLOT_S).sum() / (dwell_s + USUAL_DRIVE_S)))


def _visits(stops: int, begins: NDArray, ends: NDArray, dwell_s: float) -> pd.DataFrame:
    """Return a copy of every stop for every slot: `place`, `opens`, `closes`."""
    slots = max(1, int(np.ceil((ends.max() - begins.min()) / SLOT_S - 1e-9)))
    place, slot = (a.ravel() for a in np.meshgrid(np.arange(stops), np.arange(slots), indexing="ij"))
    opens = slot * SLOT_S
    return pd.DataFrame({"place": place, "opens": opens, "closes": opens + SLOT_S - dwell_s})


def _search(
    visits: pd.DataFrame,
    times: NDArray[np.float64],
    profile: NDArray[np.int64],
    risk: NDArray[np.float64],
    home: NDArray[np.int64],
    begins: NDArray[np.float64],
    ends: NDArray[np.float64],
    dwell_s: float,
    iterations: int,
    seed: int,
) -> list[list[int]]:
    """Return for each unit its visits (rows of `visits`) in order."""
    homes, where = np.unique(home, return_inverse=True)
    place = np.concatenate([visits["place"].to_numpy(), homes])
    travel = times[:, place][:, :, place].copy()
    # one visit after the other at the same stop is one visit, not two
    same = (place[:, None] == place[None, :]) & (place[:, None] < len(risk))
    travel[:, same] = np.inf
    extra = np.zeros(len(homes))
    routes, lengths, _ = search_routes(
        travel,
        profile.astype(np.int64),
        np.concatenate([risk[visits["place"]], extra]),
        np.concatenate([np.full(len(visits), dwell_s), extra]),
        np.concatenate([visits["opens"].to_numpy(dtype=np.float64), extra]),
        np.concatenate([visits["closes"].to_numpy(dtype=np.float64), extra]),
        (len(visits) + where).astype(np.int64),
        (len(visits) + where).astype(np.int64),
        begins,
        ends,
        iterations,
        seed,
    )
    return [routes[unit, : lengths[unit]].tolist() for unit in range(len(home))]


def _timetable(
    routes: list[list[int]],
    visits: pd.DataFrame,
    times: NDArray[np.float64],
    profile: NDArray[np.int64],
    home: NDArray[np.int64],
    begins: NDArray[np.float64],
    dwell_s: float,
) -> pd.DataFrame:
    """Return the legs of every unit in order, in seconds: depart, reach the stop, arrive, leave."""
    opens, places = visits["opens"].to_numpy(), visits["place"].to_numpy()
    rows = []
    for unit, route in enumerate(routes):
        origin, now = int(home[unit]), float(begins[unit])
        for order, visit in enumerate(route, start=1):
            place = int(places[visit])
            reach = now + float(times[profile[unit], origin, place])
            arrive = max(reach, float(opens[visit]))
            rows.append((unit, order, origin, place, now, reach, arrive, arrive + dwell_s))
            origin, now = place, arrive + dwell_s
        back = now + float(times[profile[unit], origin, home[unit]])
        rows.append((unit, len(route) + 1, origin, int(home[unit]), now, back, back, back))
    columns = ["unit", "order", "origin", "place", "depart", "reach", "arrive", "leave"]
    return pd.DataFrame(rows, columns=columns)


def _score(timetable: pd.DataFrame, risk: NDArray[np.float64]) -> float:
    """Sum what the visits are worth, by the gap since anyone last stood there."""
    mine = timetable[timetable["place"] < len(risk)].sort_values(["place", "arrive"])
    gap = (mine["arrive"] - mine.groupby("place")["leave"].shift()).fillna(MEMORY_S).clip(lower=0.0)
    return float((risk[mine["place"]] * (1 - np.exp(-gap / MEMORY_S))).sum())


def _upper_bound(
    risk: NDArray[np.float64],
    times: NDArray[np.float64],
    begins: NDArray[np.float64],
    ends: NDArray[np.float64],
    dwell_s: float,
    visits: pd.DataFrame,
    home: NDArray[np.int64],
    profile: NDArray[np.int64],
) -> float:
    """Fill all units' time with the most valuable visits, each at its dwell and the shortest way there.

    m visits of a stop share at most the span of the shifts plus one memory, so that they are worth at most
    m equal gaps.
    """
    stops = len(risk)
    span = float(ends.max() - begins.min()) + MEMORY_S
    shortest = times[:, :, :stops].min(axis=0)
    shortest[np.arange(stops), np.arange(stops)] = np.inf
    cost = dwell_s + shortest.min(axis=0)
    most = int(visits.groupby("place").size().max())
    many = np.arange(most + 1)
    total = np.concatenate([[0.0], many[1:] * (1 - np.exp(-span / (many[1:] * MEMORY_S)))])
    steps = np.diff(total)
    value = (risk[:, None] * steps[None, :]).ravel()
    price = np.repeat(cost, most)
    home_s = np.array([times[profile[u], :stops, home[u]].min() for u in range(len(home))])
    time = float(np.maximum(ends - begins - home_s, 0.0).sum())
    order = np.argsort(-value / price, kind="stable")
    filled = np.clip((time - np.concatenate([[0.0], np.cumsum(price[order])[:-1]])) / price[order], 0.0, 1.0)
    return float(filled @ value[order])


def _legs(
    timetable: pd.DataFrame,
    networks: list[Network],
    befores: tuple[NDArray[np.int64], ...],
    profile: NDArray[np.int64],
    units: pd.DataFrame,
    base: pd.Timestamp,
) -> gpd.GeoDataFrame:
    rows = []
    for leg in timetable.itertuples():
        network, before = networks[profile[leg.unit]], befores[profile[leg.unit]]
        rows.append(_leg(network, network.path(before, leg.origin, leg.place), leg.origin))
    table = pd.DataFrame(rows)
    out = {
        "unit": units["id"].to_numpy(dtype=object)[timetable["unit"]],
        "order": timetable["order"].to_numpy(),
        "depart": _moment(base, timetable["depart"]),
        "arrive": _moment(base, timetable["reach"]),
        "drive_s": (timetable["reach"] - timetable["depart"]).to_numpy(),
        **{name: table[name].to_numpy() for name in ("drive_m", "edges", "turns")},
    }
    return gpd.GeoDataFrame(out, geometry=list(table["geometry"]), crs=networks[0].edges.crs)


def _leg(network: Network, path: pd.DataFrame, origin: int) -> dict[str, object]:
    """Draw one drive and say its streets: edges in order, metres on each street by name."""
    if not len(path):
        here = network.place_xy[origin]
        return {"geometry": shapely.linestrings([here, here]), "drive_m": 0.0, "edges": [], "turns": []}
    edges = network.edges.iloc[path["edge"]]
    metres = edges["length_m"].to_numpy() * (path["high"] - path["low"]).to_numpy()
    lines = [
        ops.substring(line, low, high, normalized=True)
        for line, low, high in zip(edges.geometry, path["low"], path["high"], strict=True)
    ]
    xy = np.concatenate([shapely.get_coordinates(line) for line in lines])
    keep = np.concatenate([[True], np.hypot(*np.diff(xy, axis=0).T) > 1e-6])
    xy = xy[keep] if keep.sum() > 1 else xy[:2]
    turns: list[list[object]] = []
    for name, length in zip(edges["name"], metres, strict=True):
        street = name if isinstance(name, str) else None
        if turns and turns[-1][0] == street:
            turns[-1][1] = float(turns[-1][1]) + float(length)  # type: ignore[arg-type]
        else:
            turns.append([street, float(length)])
    return {
        "geometry": shapely.linestrings(xy),
        "drive_m": float(metres.sum()),
        "edges": [tuple(int(x) for x in edge) for edge in edges[["u", "v", "key"]].to_numpy()],
        "turns": turns,
    }


def _moment(base: pd.Timestamp, seconds: pd.Series) -> pd.Series:
    return (base + pd.to_timedelta(seconds.round(), unit="s")).reset_index(drop=True)


def _visit_table(
    timetable: pd.DataFrame,
    legs: gpd.GeoDataFrame,
    stops: gpd.GeoDataFrame,
    units: pd.DataFrame,
    base: pd.Timestamp,
) -> pd.DataFrame:
    at_stop = (timetable["place"] < len(stops)).to_numpy()
    mine = timetable[at_stop]
    return pd.DataFrame(
        {
            "unit": units["id"].to_numpy(dtype=object)[mine["unit"]],
            "order": mine["order"].to_numpy(),
            "stop": stops["stop"].to_numpy(dtype=object)[mine["place"]],
            "name": stops["name"].to_numpy(dtype=object)[mine["place"]],
            "arrive": _moment(base, mine["arrive"]),
            "leave": _moment(base, mine["leave"]),
            "drive_s": legs["drive_s"].to_numpy()[at_stop],
            "drive_m": legs["drive_m"].to_numpy()[at_stop],
        }
    )


def _unit_table(
    units: pd.DataFrame,
    timetable: pd.DataFrame,
    legs: gpd.GeoDataFrame,
    base: pd.Timestamp,
    dwell_s: float,
    stops: int,
) -> pd.DataFrame:
    out = units[["id", "station", "shift_start", "shift_end"]].copy()
    out["kind"] = [_kind(value) for value in units["kind"]] if "kind" in units else "car"
    grouped = timetable.groupby("unit")
    out["back_at"] = _moment(base, grouped["arrive"].max())
    out["stops"] = (timetable["place"] < stops).groupby(timetable["unit"]).sum().to_numpy()
    out["drive_s"] = (timetable["reach"] - timetable["depart"]).groupby(timetable["unit"]).sum().to_numpy()
    out["drive_m"] = legs["drive_m"].groupby(timetable["unit"].to_numpy()).sum().to_numpy()
    out["dwell_s"] = out["stops"] * dwell_s
    out["wait_s"] = (timetable["arrive"] - timetable["reach"]).groupby(timetable["unit"]).sum().to_numpy()
    return out
