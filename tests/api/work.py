"""Work for the tests of jobs: functions that a process of its own can find."""

from __future__ import annotations

import os
import time
from pathlib import Path

from kuzet.coverage.errors import InvalidInputError
from kuzet.coverage.progress import Progress


def succeed(run_id: str, *, progress: Progress) -> str:
    """Report three steps and return."""
    for share in (0.2, 0.5, 0.9):
        progress(share, "work")
        time.sleep(0.15)
    return run_id


def fail_plainly(*, progress: Progress) -> str:
    """Fail as bad input does."""
    raise InvalidInputError("bbox_wrong", field="bbox")


def fail_unforeseen(*, progress: Progress) -> str:
    """Fail as a fault of the program does."""
    raise ZeroDivisionError


def die(*, progress: Progress) -> str:
    """End the process, as the system does when memory runs out."""
    os._exit(9)


def go_on(trace: str, *, progress: Progress) -> str:
    """Work until told to stop; write down that it began and, if it is never stopped, that it ended."""
    Path(trace).write_text("began")
    for turn in range(600):
        progress(turn / 600, "work")
        time.sleep(0.05)
    Path(trace).write_text("ended")
    return "never"
