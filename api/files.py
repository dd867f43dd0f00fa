"""Files written for people; where that fails it is said plainly."""

from __future__ import annotations

from pathlib import Path

from ..coverage.errors import RefusedError


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
