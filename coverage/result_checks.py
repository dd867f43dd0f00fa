"""How results check themselves when they are made."""

from __future__ import annotations

from .errors import KuzetError


class ResultBrokenError(KuzetError, AssertionError):
    """A result that contradicts itself: a fault of the program, never of its user."""


def require(holds: bool, code: str) -> None:
    """Raise where a result does not hold what it says."""
    if not holds:
        raise ResultBrokenError("result_broken", check=code)
