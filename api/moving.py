"""What the dashcams and badges of the last plan's units will have seen, street by street."""

from __future__ import annotations

from typing import Any, Final

from ..coverage.mobile import OPTICS, fixes_of_tracks, watch_moving
from ..coverage.projection import metric_crs, to_metric
from ..coverage.streets import ways_of_frame
from ..coverage.tracks import follow_plan
from ..data.store import Store
from .answers import coverage_of, latest
from .figures import plain

MOST_STREETS: Final = 200


def measure_moving(store: Store, *, most: int = MOST_STREETS) -> dict[str, Any]:
    """Measure how long the units' own cameras see each street if the last plan is driven.

    Parameters
    ----------
    store : Store
    most : int
        Streets that are listed, the longest watched first.

    Returns
    -------
    dict
        Figures ready for JSON: camera hours by kind of camera, metres of street seen at all, and the streets
        with metres seen and the mean seconds a seen metre is watched. Never added to what fixed cameras see.

    Raises
    ------
    NotReadyError
        `no_run` before there is a plan, or where its coverage is no longer kept.
    """
    run, plan = latest(store, "patrol")
    coverage = coverage_of(store, run)
    crs = metric_crs(store.city().bounds)
    found = watch_moving(
        fixes_of_tracks(follow_plan(plan), store.read_frame("units")),
        to_metric(store.read_frame("buildings"), crs),
        ways_of_frame(coverage.ways),
        ladder=coverage.ladder,
        seen_at=coverage.seen_at,
    )
    streets = found.streets.assign(seconds=found.streets["metre_seconds"] / found.streets["metres"])
    hours = found.settings["cameras"]
    return {
        "run_id": run.run_id,
        "seen_at": found.settings["seen_at"],
        "hours": {camera: plain(hours.get(camera, 0.0) / 3600) for camera in OPTICS},
        "metres": plain(float(found.streets["metres"].sum())),
        "streets_seen": len(streets),
        "streets": [
            {name: plain(row[name]) for name in ("name", "metres", "seconds")}
            for row in streets.head(most).astype(object).to_dict("records")
        ],
    }
