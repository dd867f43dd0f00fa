"""Files of people, read and written; where that fails it is said plainly."""

from __future__ import annotations

import re
from pathlib import Path

from ..coverage.errors import NotFoundError, RefusedError, TooLargeError


def file_stem(name: str) -> str:
    """Return a name from the data as part of the name of a file: letters, digits, dashes."""
    return re.sub(r"[^0-9A-Za-zА-Яа-яӘәҒғҚқҢңӨөҰұҮүҺһІіЁё_-]+", "_", name)[:80]


def read_file(path: Path, *, most_bytes: int) -> bytes:
    """Return what a file holds.

    Raises
    ------
    NotFoundError
        Code `input_file_missing`.
    TooLargeError
        Code `input_file_too_large`.
    """
    require_file(path)
    if path.stat().st_size > most_bytes:
        raise TooLargeError("input_file_too_large", limit_mb=round(most_bytes / 1e6, 1))
    return path.read_bytes()


def require_file(path: Path) -> None:
    """Refuse a path where no file is; NotFoundError (`input_file_missing`)."""
    if not path.is_file():
        raise NotFoundError("input_file_missing", file=path.name[:80])


def write_file(path: Path, content: bytes | str) -> None:
    """Write a file whole; text as UTF-8.

    Raises
    ------
    RefusedError
        Code `output_not_writable`.
    """
    try:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError:
        raise RefusedError("output_not_writable") from None


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, where they are not there yet.

    Raises
    ------
    RefusedError
        Code `output_not_writable`.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise RefusedError("output_not_writable") from None
