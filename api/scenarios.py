"""What if: a city kept ready to try changes of cameras on, and what they change as figures and GeoJSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import pyproj
import shapely

from ..coverage.conditions import Conditions
from ..coverage.differences import Difference, compare_coverage
from ..coverage.errors import NotReadyError
from ..coverage.projection import WGS84, metric_crs, to_metric, to_wgs84
from ..coverage.results import Coverage
from ..coverage.risk import StreetRisk, measure_risk
from ..coverage.scenarios import Change, ChangesError, apply_changes, named_cameras
from ..coverage.streets import ways_of_frame
from ..coverage.update import update_coverage
from ..data.scenarios import KeptScenario
from ..data.store import Store
from .answers import COVERAGE_INPUTS, latest
from .figures import plain
from .questions import MARGIN_DEG
from .reading import to_features
from .recent import set_aside

TODAY: Final = "today"
"""The register as it is, where a scenario is named."""
MOST_SPOTS: Final = 200
"""Blind spots that an answer lists, those with the most risk first; the figures count all."""
_SPOT: Final = ("change", "name", "near", "highway", "before_m", "after_m", "risk_before", "risk_after")
_CAMERA: Final = ("id", "name", "state", "kind", "heading_deg", "height_m", "hfov_deg", "counted",
                  "excluded", "moved_m", "heading_known", "reach_m", "seen_low_m", "seen_mid_m",
                  "seen_high_m")  # fmt: skip

Spec = Mapping[str, Any]
"""A change as a client writes it: the fields of `coverage.scenarios.Change`, `lon` and `lat` for a place."""


@dataclass(frozen=True)
class Workbench:
    """A city as it is today, ready to try changes on; worth keeping until its data changes.

    Attributes
    ----------
    run_id : str
        The coverage whose question (ladder, class, conditions) is asked.
    today : Coverage
        Of the register as it is.
    cameras, buildings, barriers : GeoDataFrame
        Metric; barriers None where the conditions do not count them.
    risk : StreetRisk
    area : Polygon
        Where cameras may be put (metric).
    register : str
        Hash of the cameras.
    """

    run_id: str
    today: Coverage
    cameras: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame | None
    risk: StreetRisk
    area: shapely.Polygon
    register: str

    @property
    def crs(self) -> pyproj.CRS:
        """Metres, that all frames are in."""
        return pyproj.CRS(self.cameras.crs)


def data_key(store: Store) -> tuple[str, ...]:
    """Return what changes whenever a workbench would be another: the last coverage, hashes of the data."""
    run, hashes = store.latest_run("coverage"), store.input_hashes((*COVERAGE_INPUTS, "incidents"))
    return (run.run_id if run else "", *hashes.values())


def open_workbench(store: Store) -> Workbench:
    """Read a city and its last coverage, brought up to the register of today.

    Raises
    ------
    NotReadyError
        Code `no_run` before there is a coverage; `coverage_old` where it is of other streets or buildings.
    """
    run, coverage = latest(store, "coverage")
    city = store.city()
    crs = metric_crs(city.bounds)
    conditions = Conditions(**coverage.conditions)
    fixed = ["streets", "buildings", *(["barriers"] if conditions.obstacles != "buildings" else [])]
    hashes = store.input_hashes((*fixed, "cameras"))
    if any(run.inputs.get(name) != hashes[name] for name in fixed):
        raise NotReadyError("coverage_old")
    frames = {name: to_metric(store.read_frame(name), crs) for name in ("cameras", "incidents", *fixed[1:])}
    if run.inputs["cameras"] != hashes["cameras"]:
        coverage = update_coverage(
            coverage, frames["buildings"], frames["cameras"], barriers=frames.get("barriers")
        )
    west, south, east, north = city.bounds
    box = shapely.box(west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG)
    area = gpd.GeoSeries([box], crs=WGS84).to_crs(crs).iloc[0]
    bench = Workbench(
        run.run_id,
        coverage,
        frames["cameras"],
        frames["buildings"],
        frames.get("barriers"),
        measure_risk(frames["incidents"], ways_of_frame(coverage.ways)),
        area,
        hashes["cameras"],
    )
    set_aside()
    return bench


def read_changes(bench: Workbench, specs: Sequence[Spec]) -> list[Change]:
    """Return changes in the metres of a workbench; half a place is taken as one that is missing."""
    whole = [spec.get("lon") is not None and spec.get("lat") is not None for spec in specs]
    xs, ys = (
        [spec[name] for spec, here in zip(specs, whole, strict=True) if here] for name in ("lon", "lat")
    )
    places = iter(gpd.GeoSeries(gpd.points_from_xy(xs, ys), crs=WGS84).to_crs(bench.crs))
    return [
        Change(
            spec["action"],
            spec.get("camera"),
            _xy(next(places)) if here else None,
            spec.get("heading_deg"),
            spec.get("state"),
            spec.get("model"),
            spec.get("height_m"),
        )
        for spec, here in zip(specs, whole, strict=True)
    ]


def try_changes(bench: Workbench, changes: Sequence[Change]) -> Coverage:
    """Return what cameras would see after some changes, looking with the changed ones only.

    Raises
    ------
    ChangesError
        Code `changes_wrong`.
    """
    if not changes:
        return bench.today
    return update_coverage(
        bench.today,
        bench.buildings,
        apply_changes(bench.cameras, changes, area=bench.area),
        barriers=bench.barriers,
        changed=named_cameras(bench.cameras, changes),
    )


def try_kept(bench: Workbench, scenario: KeptScenario) -> Coverage:
    """Return what cameras would see in a kept scenario, on the register of today.

    Raises
    ------
    NotReadyError
        Code `scenario_no_longer_fits` where the register has changed so that its changes cannot be made.
    """
    try:
        return try_changes(bench, read_changes(bench, scenario.changes))
    except ChangesError as error:
        first = error.faults[0]
        raise NotReadyError(
            "scenario_no_longer_fits", change=first.change, field=first.field, reason=first.reason
        ) from None


def describe_difference(
    bench: Workbench, before: Coverage, after: Coverage, *, segments: bool = True
) -> dict[str, Any]:
    """Return what changes from one coverage to another, as GeoJSON of the signed segments with the figures.

    Parameters
    ----------
    bench : Workbench
    before, after : Coverage
        Of it.
    segments : bool
        Whether the segments, the spots and the cameras are wanted, or the figures alone.
    """
    found = compare_coverage(before, after, bench.risk)
    figures = _figures(found, before, after)
    if not segments:
        return {"figures": figures}
    drawn = found.draw_segments(bench.risk).drop(columns=["way", "from_m", "to_m"])
    drawn.insert(0, "change", _signs(found))
    features = to_features(to_wgs84(drawn)) if len(drawn) else []
    spots = found.draw_spots(bench.risk).head(MOST_SPOTS)
    return {
        "type": "FeatureCollection",
        "numberReturned": len(features),
        "features": features,
        "figures": figures,
        "spots": _collection(spots, _SPOT),
        "cameras": {
            "before": _collection(_other_cameras(before, after), _CAMERA),
            "after": _collection(_other_cameras(after, before), _CAMERA),
        },
    }


def _signs(found: Difference) -> list[str]:
    """Return `gain`, `loss` or `other` for each segment: by what live cameras likely see, else may see."""
    signs = []
    columns = ("live_mid", "live_low", "live_high")
    for row in found.segments[list(columns)].itertuples(index=False, name=None):
        first = next((value for value in row if abs(value) > 1e-12), 0.0)
        signs.append("gain" if first > 0 else "loss" if first < 0 else "other")
    return signs


def _figures(found: Difference, before: Coverage, after: Coverage) -> dict[str, Any]:
    metres: dict[str, Any] = {}
    for row in found.metres.to_dict("records"):
        state, level = str(row.pop("state")), str(row.pop("level"))
        metres.setdefault(state, {})[level] = {name: plain(value) for name, value in row.items()}
    spots = found.spots
    counts = {str(name): int(count) for name, count in spots["change"].value_counts().items()}
    return {
        "seen": metres,
        "by_class": [
            {name: plain(value) for name, value in row.items()} for row in found.by_class.to_dict("records")
        ],
        "blind_m": {
            "before": plain(found.blind_m[0]),
            "after": plain(found.blind_m[1]),
            "change": plain(found.blind_m[1] - found.blind_m[0]),
        },
        "spots": counts,
        "cameras": {"before": before.cameras_by_state, "after": after.cameras_by_state},
    }


def _other_cameras(one: Coverage, other: Coverage) -> gpd.GeoDataFrame:
    """Return the cameras of one coverage that are not the same in the other."""
    digests = set(other.cameras["digest"])
    return gpd.GeoDataFrame(one.cameras[~one.cameras["digest"].isin(digests)])


def _collection(frame: gpd.GeoDataFrame, names: Sequence[str]) -> dict[str, Any]:
    mine = [name for name in names if name in frame]
    kept = gpd.GeoDataFrame(frame[mine], geometry=frame.geometry, crs=frame.crs)
    return {"type": "FeatureCollection", "features": to_features(to_wgs84(kept)) if len(kept) else []}


def _xy(point: Any) -> tuple[float, float]:
    return float(point.x), float(point.y)
