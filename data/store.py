"""The store: a city, its registers and its runs in one GeoPackage that QGIS opens as it is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from ..coverage.errors import NotFoundError, NotReadyError
from .result_parts import drop_parts, get_result, put_result, read_answer
from .runs import RESULT_LAYERS, Run, layers_left_out, run_layers, to_json
from .scenarios import drop_scenarios
from .state_journal import note_changes
from .store_file import read_store, write_store
from .store_frames import FRAMES, complete_layer, make_empty, make_frame_layer, require_layers
from .store_layers import (
    drop_layer,
    has_layer,
    hash_layer,
    make_layer,
    put_layer,
    read_layer,
    read_layer_parts,
)

if TYPE_CHECKING:
    from .osm import Extract

__all__ = ["FRAMES", "KEPT_RESULTS", "City", "Store"]

KEPT_RESULTS: Final = 10
"""Results of each kind that are kept; older runs keep their line, so that the file stays small."""


@dataclass(frozen=True)
class City:
    """What the store is about.

    Attributes
    ----------
    name : str
        As people write it.
    bounds : tuple of float
        West, south, east, north in degrees; answers are given for what lies inside.
    sample : bool
        True for the city that comes with Kuzet.
    report : dict
        What reading the extract lost and mended.
    """

    name: str
    bounds: tuple[float, float, float, float]
    sample: bool
    report: dict[str, int] = field(default_factory=dict)

    @property
    def area(self) -> shapely.Polygon:
        """The bounds as a polygon (WGS 84)."""
        return shapely.box(*self.bounds)


class Store:
    """One GeoPackage; the first write makes it.

    Parameters
    ----------
    path : Path
        Of the file. Only the path is held, so that a store can be handed to another process.

    Notes
    -----
    Every write is one transaction: it is there whole or not at all, other writers wait for it, and readers
    see what was there before.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)

    def city(self) -> City:
        """Return the city; NotReadyError (`no_city`) before one was read in."""
        with read_store(self.path) as connection:
            row = connection.execute("SELECT value FROM kuzet_about WHERE name = 'city'").fetchone()
        if row is None:
            raise NotReadyError("no_city")
        known = json.loads(row[0])
        west, south, east, north = known["bounds"]
        return City(known["name"], (west, south, east, north), known["sample"], known["report"])

    def replace_city(
        self, extract: Extract, *, basemap: bytes, sample: bool = False, keep: Iterable[str] = ()
    ) -> None:
        """Put a city in place of the one that is there.

        Parameters
        ----------
        extract : Extract
            Its streets, restrictions, buildings, barriers, cameras, stations, base map and supports.
        basemap : bytes
            The drawn base map (PMTiles).
        sample : bool
            True for the city that comes with Kuzet.
        keep : iterable of str
            Frames to leave as they are. All others are replaced or (incidents, units) dropped, and so
            are the runs: what was said of another city is not true of this one.
        """
        kept = set(keep)
        frames = {
            "streets": extract.streets,
            "restrictions": extract.restrictions,
            "buildings": extract.buildings,
            "barriers": extract.barriers,
            "cameras": extract.cameras,
            "stations": extract.stations,
            **extract.basemap,
            "supports": extract.supports,
        }
        layers = [make_frame_layer(name, frame) for name, frame in frames.items() if name not in kept]
        about = {
            "name": extract.name,
            "bounds": [float(side) for side in extract.bounds],
            "sample": sample,
            "report": {name: int(count) for name, count in extract.report.items()},
        }
        with write_store(self.path) as connection:
            for name in {*FRAMES, *RESULT_LAYERS} - kept:
                drop_layer(connection, name)
            connection.execute("DELETE FROM kuzet_runs")
            connection.execute("DELETE FROM kuzet_results")
            drop_parts(connection)
            drop_scenarios(connection)
            for layer in layers:
                put_layer(connection, layer)
            connection.execute("INSERT OR REPLACE INTO kuzet_about VALUES ('city', ?)", (to_json(about),))
            connection.execute("INSERT OR REPLACE INTO kuzet_files VALUES ('basemap', ?)", (basemap,))

    def basemap(self) -> bytes:
        """Return the drawn base map (PMTiles); NotReadyError (`no_city`) as for `city`."""
        with read_store(self.path) as connection:
            row = connection.execute("SELECT content FROM kuzet_files WHERE name = 'basemap'").fetchone()
        if row is None:
            raise NotReadyError("no_city")
        return row[0]

    def layers(self) -> dict[str, int]:
        """Return the layers that are there, with their number of rows."""
        with read_store(self.path) as connection:
            present = [name for name in (*FRAMES, *RESULT_LAYERS) if has_layer(connection, name)]
            return {
                name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in present
            }

    def read_frame(self, name: str) -> Any:
        """Return a frame (one of FRAMES) or the layer of a latest result (one of RESULT_LAYERS).

        Returns
        -------
        GeoDataFrame or DataFrame
            WGS 84; as it was put in, on a new index. A frame that was never put in is empty.

        Raises
        ------
        NotFoundError
            `unknown_layer`: no such name.
        NotReadyError
            `no_city`: there is no store yet; `no_run`: there is no such result yet.
        """
        return self._read_frames([name])[name]

    def replace_frame(self, name: str, frame: pd.DataFrame) -> None:
        """Put a frame in place of the one that is there; a faulty one is refused whole."""
        layer = make_frame_layer(name, frame)
        with write_store(self.path) as connection:
            put_layer(connection, layer)

    def replace_cameras(self, cameras: gpd.GeoDataFrame, *, at: datetime) -> None:
        """Put a register of cameras in place of the one that is there, and note changes of state (`states`).

        Parameters
        ----------
        cameras : GeoDataFrame
            Refused whole if it is faulty.
        at : datetime
            The moment written beside a change, with its time zone; see `state_journal.note_changes`.
        """
        layer = make_frame_layer("cameras", cameras)
        with write_store(self.path) as connection:
            before, journal = (
                read_layer(connection, name) if has_layer(connection, name) else make_empty(name)
                for name in ("cameras", "states")
            )
            noted = note_changes(journal, before, cameras, at=at)
            put_layer(connection, layer)
            if noted is not journal:
                put_layer(connection, make_frame_layer("states", noted))

    def append_frame(self, name: str, frame: pd.DataFrame) -> None:
        """Put rows behind those that are there; refused whole if one is faulty or its id is taken."""
        make_frame_layer(name, frame)
        with write_store(self.path) as connection:
            if has_layer(connection, name):
                before = read_layer(connection, name)
                frame = pd.concat([before, frame], ignore_index=True) if len(before) else frame
            put_layer(connection, make_frame_layer(name, frame))

    def input_hashes(self, names: Iterable[str]) -> dict[str, str]:
        """Return the SHA-256 of each frame's content, read together at one moment.

        Notes
        -----
        The order of rows is part of the content: an answer may depend on it (which of two equal
        sites comes first), and a hash that promises the same bytes must not hide that.
        """
        wanted = list(names)
        require_layers(wanted)
        with read_store(self.path) as connection:
            return {name: hash_layer(connection, name) for name in wanted}

    def read_parts(self, name: str, *, columns: Iterable[str], rows: int = 100_000) -> Iterator[Any]:
        """Yield a frame so many rows at a time, all of one moment, for one too large to hold whole.

        Columns that are absent are left out; the geometry comes with those that are wanted.
        """
        require_layers([name])
        with read_store(self.path) as connection:
            if has_layer(connection, name):
                yield from read_layer_parts(connection, name, columns=list(columns), rows=rows)
            else:
                yield make_empty(name)

    def save_run(self, run: Run, result: object) -> None:
        """Keep a run and its answer, and put its layers in place of those of the run before it."""
        layers = [make_layer(name, frame) for name, frame in run_layers(run, result).items()]
        columns = (run.run_id, run.kind, run.created_at.isoformat(), run.version, run.seed,
                   to_json(run.parameters), to_json(run.inputs), to_json(run.summary))  # fmt: skip
        with write_store(self.path) as connection:
            digest = put_result(connection, run.run_id, result)
            connection.execute("DELETE FROM kuzet_runs WHERE run_id = ?", (run.run_id,))
            connection.execute(f"INSERT INTO kuzet_runs ({_RUN_COLUMNS}, result_sha256)"
                               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*columns, digest))  # fmt: skip
            connection.execute(_FORGET_OLD_RESULTS, (run.kind, KEPT_RESULTS))
            drop_parts(connection)
            for name in layers_left_out(result):
                drop_layer(connection, name)
            for layer in layers:
                put_layer(connection, layer)

    def latest_run(self, kind: str) -> Run | None:
        """Return the run of a kind that was saved last, or None."""
        runs = self.runs(kind)
        return runs[0] if runs else None

    def run(self, run_id: str) -> Run:
        """Return a run; NotFoundError (`unknown_run`) if there is none of that id."""
        found = [run for run in self.runs() if run.run_id == run_id]
        if not found:
            raise NotFoundError("unknown_run", run_id=run_id)
        return found[0]

    def runs(self, kind: str | None = None) -> list[Run]:
        """Return the runs, all or of one kind, the last saved first; none before there is a store."""
        if not self.path.exists():
            return []
        with read_store(self.path) as connection:
            rows = connection.execute(
                f"SELECT {_RUN_COLUMNS} FROM kuzet_runs WHERE ? IS NULL OR kind = ? ORDER BY fid DESC",
                (kind, kind),
            ).fetchall()
        return [_read_run(row) for row in rows]

    def result_hash(self, run_id: str) -> str:
        """Return the SHA-256 of a run's answer, also where the answer itself is no longer kept."""
        with read_store(self.path) as connection:
            return read_answer(connection, run_id)[0]

    def load_result(self, run_id: str) -> Any:
        """Return the answer of a run.

        Raises
        ------
        NotFoundError
            `unknown_run`; `result_not_kept` when newer runs of its kind have taken its place.
        """
        with read_store(self.path) as connection:
            _, content = read_answer(connection, run_id)
            if content is None:
                raise NotFoundError("result_not_kept", run_id=run_id)
            return get_result(connection, run_id, content)

    def _read_frames(self, names: Iterable[str]) -> dict[str, pd.DataFrame]:
        wanted = list(names)
        require_layers(wanted)
        with read_store(self.path) as connection:
            return {
                name: complete_layer(name, read_layer(connection, name))
                if has_layer(connection, name)
                else make_empty(name)
                for name in wanted
            }


_RUN_COLUMNS: Final = "run_id, kind, created_at, version, seed, parameters, inputs, summary"
_FORGET_OLD_RESULTS: Final = """
    DELETE FROM kuzet_results WHERE run_id IN (
        SELECT run_id FROM kuzet_runs WHERE kind = ? ORDER BY fid DESC LIMIT -1 OFFSET ?)"""


def _read_run(row: tuple[Any, ...]) -> Run:
    run_id, kind, created_at, version, seed, parameters, inputs, summary = row
    return Run(run_id, kind, datetime.fromisoformat(created_at), version, seed,
               json.loads(parameters), json.loads(inputs), json.loads(summary))  # fmt: skip
