"""The bytes of a result in the store: in parts, since one cell holds a gigabyte at most, and memory less."""

from __future__ import annotations

import hashlib
import io
import sqlite3
import zlib
from typing import Any, Final

from ..coverage.errors import NotFoundError
from .results_file import read_result, write_result

PART_BYTES: Final = 64_000_000
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS kuzet_result_parts (run_id TEXT NOT NULL, part INTEGER NOT NULL,"
    " size INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY (run_id, part))"
)
"""Beside `kuzet_results`, which holds the first part and was the only one in older stores."""


def put_result(connection: sqlite3.Connection, run_id: str, result: object) -> str:
    """Put a result into the store, in the transaction that is open; return its SHA-256."""
    connection.execute(_TABLE)
    drop_parts(connection, run_id)
    digest = hashlib.sha256()
    buffer, parts = bytearray(), 0

    def flush() -> None:
        nonlocal parts
        content = zlib.compress(bytes(buffer), 6 if parts == 0 and len(buffer) < PART_BYTES else 1)
        if parts == 0:
            connection.execute("INSERT INTO kuzet_results VALUES (?, ?)", (run_id, content))
        else:
            connection.execute(
                "INSERT INTO kuzet_result_parts VALUES (?, ?, ?, ?)", (run_id, parts, len(buffer), content)
            )
        buffer.clear()
        parts += 1

    def write(content: bytes) -> None:
        digest.update(content)
        buffer.extend(content)
        if len(buffer) >= PART_BYTES:
            flush()

    write_result(result, write)
    if buffer or not parts:
        flush()
    return digest.hexdigest()


def read_answer(connection: sqlite3.Connection, run_id: str) -> tuple[str, bytes | None]:
    """Return the SHA-256 of a run's result and its first part, None where it is no longer kept."""
    row = connection.execute(
        "SELECT result_sha256, content FROM kuzet_runs LEFT JOIN kuzet_results USING (run_id)"
        " WHERE run_id = ?", (run_id,)
    ).fetchone()  # fmt: skip
    if row is None:
        raise NotFoundError("unknown_run", run_id=run_id)
    return row[0], row[1]


def get_result(connection: sqlite3.Connection, run_id: str, first: bytes) -> Any:
    """Return a result whose first part was read already."""
    known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'kuzet_result_parts'").fetchone()
    rows: list[tuple[int, int]] = []
    if known:
        rows = connection.execute(
            "SELECT part, size FROM kuzet_result_parts WHERE run_id = ? ORDER BY part", (run_id,)
        ).fetchall()
    if not rows:
        return read_result(io.BytesIO(zlib.decompress(first)))
    return read_result(io.BufferedReader(_Parts(connection, run_id, zlib.decompress(first), rows)))


def drop_parts(connection: sqlite3.Connection, run_id: str | None = None) -> None:
    """Drop a result, or the parts of all that are no longer in `kuzet_results`."""
    if run_id is not None:
        connection.execute("DELETE FROM kuzet_results WHERE run_id = ?", (run_id,))
    connection.execute(_TABLE)
    connection.execute(
        "DELETE FROM kuzet_result_parts WHERE run_id NOT IN (SELECT run_id FROM kuzet_results)"
    )


class _Parts(io.RawIOBase):
    """The parts of a result as one file, of which one part at a time is in memory."""

    def __init__(
        self, connection: sqlite3.Connection, run_id: str, first: bytes, rows: list[tuple[int, int]]
    ) -> None:
        self._connection, self._run_id = connection, run_id
        self._starts = [0]
        for size in (len(first), *(size for _, size in rows)):
            self._starts.append(self._starts[-1] + size)
        self._at, self._held, self._content = 0, 0, first

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._starts[-1]}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        if self._at >= self._starts[-1]:
            return 0
        part = next(n for n, stop in enumerate(self._starts[1:]) if self._at < stop)
        if part != self._held:
            self._content, self._held = self._load(part), part
        begin = self._at - self._starts[part]
        view = memoryview(buffer).cast("B")
        found = self._content[begin : begin + len(view)]
        view[: len(found)] = found
        self._at += len(found)
        return len(found)

    def _load(self, part: int) -> bytes:
        table = "kuzet_results" if part == 0 else "kuzet_result_parts"
        which = "" if part == 0 else f" AND part = {part}"
        row = self._connection.execute(
            f"SELECT content FROM {table} WHERE run_id = ?{which}", (self._run_id,)
        ).fetchone()
        return zlib.decompress(row[0])
