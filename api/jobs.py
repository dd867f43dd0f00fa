"""Long work in processes: submit, follow, stop. States and documents are those of OGC API Processes."""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from concurrent.futures import CancelledError as FutureCancelledError
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Literal

import structlog

from ..coverage.errors import CancelledError, KuzetError, NotFoundError
from .errors import BusyError

State = Literal["accepted", "running", "successful", "failed", "dismissed"]
FINISHED: Final = ("successful", "failed", "dismissed")
MOST_ACTIVE: Final = 64
"""Jobs that may wait or run at one time."""
MOST_KEPT: Final = 1_000
"""Finished jobs that are remembered; their runs stay in the store."""
REPORT_EVERY_S: Final = 0.1


Work = Callable[..., str]
"""A function of a module (a process finds it by name) that takes `progress` and returns a run's id."""


@dataclass(frozen=True)
class Job:
    """One job, as it is at a moment.

    Attributes
    ----------
    job_id, process : str
        Its name and that of its process.
    state : str
        `accepted`, `running`, `successful`, `failed` or `dismissed`.
    created, updated, started, finished : datetime or None
        Aware moments.
    share : float
        The part done, 0 to 1.
    step : str or None
        Catalogue key of what it is doing.
    run_id : str or None
        The run it made.
    error : KuzetError or None
        Why it failed.
    """

    job_id: str
    process: str
    state: State
    created: datetime
    updated: datetime
    started: datetime | None = None
    finished: datetime | None = None
    share: float = 0.0
    step: str | None = None
    run_id: str | None = None
    error: KuzetError | None = None


class Jobs:
    """The jobs of one server.

    Parameters
    ----------
    workers : int
        How many work at one time; processes start when the first job comes.
    """

    def __init__(self, *, workers: int) -> None:
        self._workers = workers
        self._context = multiprocessing.get_context("spawn")
        self._lock = threading.RLock()
        self._jobs: dict[str, Job] = {}
        self._slots: dict[str, int] = {}
        self._futures: dict[str, Future[str]] = {}
        self._stops = self._context.RawArray("b", MOST_ACTIVE)
        self._reports: Any = self._context.Queue()
        self._pool = self._new_pool()
        self._listener = threading.Thread(target=self._listen, name="kuzet-jobs", daemon=True)
        self._listener.start()

    def submit(self, process: str, work: Work, *arguments: Any) -> Job:
        """Accept work and return its job.

        Raises
        ------
        BusyError
            Code `too_many_jobs`.
        """
        with self._lock:
            slot = next((n for n in range(MOST_ACTIVE) if n not in self._slots.values()), None)
            if slot is None:
                raise BusyError("too_many_jobs", most=MOST_ACTIVE)
            now = datetime.now(UTC)
            job = Job(uuid.uuid4().hex, process, "accepted", created=now, updated=now)
            self._jobs[job.job_id] = job
            self._slots[job.job_id] = slot
            self._stops[slot] = 0
            self._forget_oldest()
            future = self._start(job.job_id, slot, work, arguments)
            self._futures[job.job_id] = future
        future.add_done_callback(lambda done: self._finish(job.job_id, done))
        return job

    def get(self, job_id: str) -> Job:
        """Return a job as it is now.

        Raises
        ------
        NotFoundError
            Code `no_such_job`.
        """
        with self._lock:
            if job_id not in self._jobs:
                raise NotFoundError("no_such_job")
            return self._jobs[job_id]

    def all(self) -> list[Job]:
        """Return every job that is remembered, the newest first."""
        with self._lock:
            return list(reversed(self._jobs.values()))

    def dismiss(self, job_id: str) -> Job:
        """Stop a job, or forget a finished one; return it as it was left.

        Notes
        -----
        Running work stops when it next reports how far it is, and saves nothing after that.
        """
        with self._lock:
            job = self.get(job_id)
            if job.state in FINISHED:
                del self._jobs[job_id]
                return replace(job, state="dismissed", updated=datetime.now(UTC))
            self._stops[self._slots[job_id]] = 1
            future = self._futures[job_id]
            job = self._change(job_id, state="dismissed", finished=datetime.now(UTC))
        future.cancel()
        return job

    def close(self) -> None:
        """Stop all work and wait until the processes are gone."""
        with self._lock:
            for slot in self._slots.values():
                self._stops[slot] = 1
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._reports.put(None)
        self._listener.join(timeout=5)

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._workers,
            mp_context=self._context,
            initializer=_begin_worker,
            initargs=(self._reports, self._stops),
        )

    def _start(self, job_id: str, slot: int, work: Work, arguments: tuple[Any, ...]) -> Future[str]:
        try:
            return self._pool.submit(_do_work, job_id, slot, work, arguments)
        except BrokenExecutor:
            # a worker was killed, by the system when memory ran out for one: begin afresh
            self._pool = self._new_pool()
            return self._pool.submit(_do_work, job_id, slot, work, arguments)

    def _finish(self, job_id: str, future: Future[str]) -> None:
        changes: dict[str, Any] = {"finished": datetime.now(UTC)}
        try:
            changes |= {"state": "successful", "share": 1.0, "run_id": future.result()}
        except (FutureCancelledError, CancelledError):
            changes |= {"state": "dismissed"}
        except KuzetError as error:
            changes |= {"state": "failed", "error": error}
        except BrokenExecutor:
            changes |= {"state": "failed", "error": KuzetError("worker_lost")}
        except Exception as error:
            structlog.get_logger("kuzet").error("fault", job=job_id, exc_info=error)
            changes |= {"state": "failed", "error": KuzetError("unexpected")}
        with self._lock:
            self._slots.pop(job_id, None)
            self._futures.pop(job_id, None)
            if job_id in self._jobs and self._jobs[job_id].state != "dismissed":
                self._change(job_id, **changes)

    def _listen(self) -> None:
        while (report := self._reports.get()) is not None:
            job_id, share, step = report
            with self._lock:
                job = self._jobs.get(job_id)
                if job is None or job.state in FINISHED:
                    continue
                started = job.started or datetime.now(UTC)
                self._change(job_id, state="running", started=started, share=max(job.share, share), step=step)

    def _change(self, job_id: str, **changes: Any) -> Job:
        job = replace(self._jobs[job_id], updated=datetime.now(UTC), **changes)
        self._jobs[job_id] = job
        return job

    def _forget_oldest(self) -> None:
        finished = [job_id for job_id, job in self._jobs.items() if job.state in FINISHED]
        for job_id in finished[: max(0, len(self._jobs) - MOST_KEPT)]:
            del self._jobs[job_id]


# what a worker process was given when it began
_worker: dict[str, Any] = {}


def _begin_worker(reports: Any, stops: Any) -> None:
    # Ctrl+C goes to the whole group of processes; the server alone decides when its workers end
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _worker.update(reports=reports, stops=stops)


def _do_work(job_id: str, slot: int, work: Work, arguments: tuple[Any, ...]) -> str:
    said_at = 0.0

    def progress(share: float, step: str) -> None:
        nonlocal said_at
        if _worker["stops"][slot]:
            raise CancelledError("dismissed")
        now = time.monotonic()
        if now - said_at >= REPORT_EVERY_S:
            said_at = now
            _worker["reports"].put((job_id, share, step))

    progress(0.0, "start")
    return work(*arguments, progress=progress)
