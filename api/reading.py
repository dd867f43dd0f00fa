"""Layers as clients read them: a page of features, of one moment of the store."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from ..coverage.errors import InvalidInputError, NotFoundError, NotReadyError
from ..data.store import Store
from .figures import plain
from .recent import Recent

LAYERS: Final = (
    "streets",
    "restrictions",
    "buildings",
    "barriers",
    "cameras",
    "incidents",
    "stations",
    "supports",
    "places",
    "forbidden",
    "coverage_pieces",
    "views",
    "blind_spots",
    "sites",
    "routes",
    "stops",
    "sweep_routes",
)
"""Layers that are offered; each has geometry, in WGS 84."""
TIME_COLUMNS: Final = {"incidents": "occurred_from", "routes": "depart", "sweep_routes": "depart"}
"""Layer -> the column that a moment or an interval of time is asked of."""
MOST_FRAMES: Final = 16

Signature = tuple[int, int, int]


class Reader:
    """Reads layers of a store, and keeps those read last until the file changes.

    Parameters
    ----------
    store : Store
        Read anew whenever its file is another than before.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._frames: Recent[gpd.GeoDataFrame] = Recent(MOST_FRAMES)

    def signature(self) -> Signature:
        """Return what changes whenever the file does; NotReadyError (`no_city`) without a file."""
        try:
            state = self._store.path.stat()
        except OSError:
            raise NotReadyError("no_city") from None
        return state.st_ino, state.st_mtime_ns, state.st_size

    def frame(self, layer: str) -> gpd.GeoDataFrame:
        """Return a layer; the caller must not change it.

        Raises
        ------
        NotFoundError
            Code `no_such_layer`.
        """
        if layer not in LAYERS:
            raise NotFoundError("no_such_layer", known=", ".join(LAYERS))
        return self._frames.get((layer, self.signature()), lambda: self._store.read_frame(layer))


def features_within(
    frame: gpd.GeoDataFrame,
    *,
    box: tuple[float, float, float, float] | None = None,
    times: tuple[datetime | None, datetime | None] | None = None,
    time_column: str | None = None,
) -> gpd.GeoDataFrame:
    """Return the rows of a layer that lie in a box and in an interval of time, in their order."""
    if box is not None:
        frame = frame.iloc[sorted(frame.sindex.query(shapely.box(*box), predicate="intersects"))]
    if times is not None and time_column in frame:
        start, stop = times
        when = frame[time_column]
        wanted = pd.Series(True, index=frame.index)
        if start is not None:
            wanted &= when >= start
        if stop is not None:
            wanted &= when <= stop
        frame = gpd.GeoDataFrame(frame[wanted.to_numpy(dtype=bool)])
    return frame


def to_features(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Return rows as GeoJSON features, ready for JSON."""
    geometry = frame.active_geometry_name
    names = [str(name) for name in frame.columns if name != geometry]
    shapes = _geometries(frame)
    identities = identities_of(frame)
    return [
        {
            "type": "Feature",
            "id": identity,
            "geometry": shape,
            "properties": {name: plain(value) for name, value in zip(names, row, strict=True)},
        }
        for identity, shape, row in zip(
            identities, shapes, frame[names].itertuples(index=False, name=None), strict=True
        )
    ]


def identities_of(frame: gpd.GeoDataFrame) -> list[str | int]:
    """Return the ids of a layer's features: its own, else the number of the row."""
    return [plain(value) for value in (frame["id"] if "id" in frame.columns else frame.index)]


def read_times(text: str) -> tuple[datetime | None, datetime | None]:
    """Read a moment or an interval as OGC API Features writes it: `a`, `a/b`, `../b`, `a/..`.

    Raises
    ------
    InvalidInputError
        Code `datetime_wrong`.
    """
    ends = text.split("/")
    if len(ends) > 2 or all(end in ("", "..") for end in ends):
        raise InvalidInputError("datetime_wrong", field="datetime")
    read = [None if end in ("", "..") else _moment(end) for end in ends]
    start, stop = (read[0], read[0]) if len(read) == 1 else read
    if start is not None and stop is not None and start > stop:
        raise InvalidInputError("datetime_wrong", field="datetime")
    return start, stop


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInputError("datetime_wrong", field="datetime") from None
    if moment.tzinfo is None:
        raise InvalidInputError("datetime_wrong", field="datetime")
    return moment


def _geometries(frame: gpd.GeoDataFrame) -> list[Any]:
    shapes = shapely.set_precision(frame.geometry.to_numpy(), 1e-7, mode="pointwise")
    return [None if shape is None or shape.is_empty else shapely.geometry.mapping(shape) for shape in shapes]
