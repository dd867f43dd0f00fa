"""Scenarios kept in the store: a name, and the changes it is made of, as plain values."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ..coverage.errors import NotFoundError, RefusedError
from .runs import to_json
from .store_file import read_store, write_store

MOST_KEPT: Final = 200
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS kuzet_scenarios (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,"
    " scenario_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, created_at DATETIME NOT NULL, base TEXT,"
    " register TEXT NOT NULL, changes TEXT NOT NULL, figures TEXT NOT NULL)"
)
_COLUMNS: Final = "scenario_id, name, created_at, base, register, changes, figures"


@dataclass(frozen=True)
class KeptScenario:
    """Changes with a name.

    Attributes
    ----------
    scenario_id : str
        Twelve hex digits.
    name : str
        As somebody typed it: text, never HTML.
    created_at : datetime
        Aware.
    base : str or None
        The scenario whose changes come first in it; it may be gone meanwhile.
    register : str
        Hash of the cameras it was first measured on.
    changes : list of dict
        Plain values, places in degrees.
    figures : dict
        What it changed on that register.
    """

    scenario_id: str
    name: str
    created_at: datetime
    base: str | None
    register: str
    changes: Sequence[Mapping[str, Any]]
    figures: Mapping[str, Any]


def keep_scenario(path: Path, scenario: KeptScenario) -> None:
    """Put a scenario into a store.

    Raises
    ------
    RefusedError
        Code `too_many_scenarios` where MOST_KEPT are kept already.
    """
    with write_store(path) as connection:
        connection.execute(_TABLE)
        if connection.execute("SELECT count(*) FROM kuzet_scenarios").fetchone()[0] >= MOST_KEPT:
            raise RefusedError("too_many_scenarios", most=MOST_KEPT)
        connection.execute(
            f"INSERT INTO kuzet_scenarios ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                scenario.scenario_id,
                scenario.name,
                scenario.created_at.astimezone(UTC).isoformat(),
                scenario.base,
                scenario.register,
                to_json(list(scenario.changes)),
                to_json(dict(scenario.figures)),
            ),
        )


def list_scenarios(path: Path) -> list[KeptScenario]:
    """Return the scenarios of a store, the one kept last first; NotReadyError (`no_city`) without a store."""
    with read_store(path) as connection:
        if not _is_there(connection):
            return []
        rows = connection.execute(f"SELECT {_COLUMNS} FROM kuzet_scenarios ORDER BY fid DESC").fetchall()
    return [_read(row) for row in rows]


def read_scenario(path: Path, scenario_id: str) -> KeptScenario:
    """Return a scenario; NotFoundError (`unknown_scenario`)."""
    with read_store(path) as connection:
        row = None
        if _is_there(connection):
            row = connection.execute(
                f"SELECT {_COLUMNS} FROM kuzet_scenarios WHERE scenario_id = ?", (scenario_id,)
            ).fetchone()
    if row is None:
        raise NotFoundError("unknown_scenario")
    return _read(row)


def drop_scenario(path: Path, scenario_id: str) -> None:
    """Take a scenario out of a store; NotFoundError (`unknown_scenario`)."""
    with write_store(path) as connection:
        connection.execute(_TABLE)
        done = connection.execute("DELETE FROM kuzet_scenarios WHERE scenario_id = ?", (scenario_id,))
        if not done.rowcount:
            raise NotFoundError("unknown_scenario")


def drop_scenarios(connection: sqlite3.Connection) -> None:
    """Take all scenarios out of a store that is being written: they were of another city."""
    connection.execute("DROP TABLE IF EXISTS kuzet_scenarios")


def _is_there(connection: sqlite3.Connection) -> bool:
    found = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'kuzet_scenarios'"
    ).fetchone()
    return found is not None


def _read(row: tuple[Any, ...]) -> KeptScenario:
    scenario_id, name, created_at, base, register, changes, figures = row
    moment = datetime.fromisoformat(created_at)
    return KeptScenario(scenario_id, name, moment, base, register, json.loads(changes), json.loads(figures))
