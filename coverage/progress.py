"""How pure work tells the outside how far it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called now and then by long work; may raise CancelledError to stop it.

    `share` is the part done, 0 to 1; `step` is a catalogue key under `steps.`.
    """

    def __call__(self, share: float, step: str) -> None:
        """Report how far the work is."""
        ...


def silent(share: float, step: str) -> None:
    """Report to nobody."""


def part(progress: Progress, start: float, stop: float) -> Progress:
    """Return a progress that fills only the stretch from `start` to `stop` of another."""

    def report(share: float, step: str) -> None:
        progress(start + (stop - start) * share, step)

    return report
