"""Long work in processes: how it is followed, stopped, and how it fails."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from kuzet.api import jobs as jobs_module
from kuzet.api.errors import BusyError
from kuzet.api.jobs import Jobs
from kuzet.coverage.errors import NotFoundError
from kuzet.data.store import Store

from . import work
from .conftest import Serve
from .test_problems import require_problem


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    """Return jobs with one worker."""
    made = Jobs(workers=1)
    yield made
    made.close()


def until(holds: Callable[[], bool], *, seconds: float = 60) -> None:
    """Wait until something holds."""
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, "it never came to hold"
        time.sleep(0.02)


def test_a_job_goes_from_accepted_through_running_to_successful(jobs: Jobs) -> None:
    """A job tells how far it is, never less than before, and ends with its run."""
    job = jobs.submit("coverage", work.succeed, "run-1")
    assert job.state == "accepted"
    seen = []
    while jobs.get(job.job_id).state not in jobs_module.FINISHED:
        seen.append(jobs.get(job.job_id))
        time.sleep(0.02)
    done = jobs.get(job.job_id)
    assert (done.state, done.share, done.run_id) == ("successful", 1.0, "run-1")
    assert "running" in {moment.state for moment in seen}
    shares = [moment.share for moment in seen]
    assert shares == sorted(shares)
    assert any(0 < share < 1 for share in shares)
    assert done.started is not None
    assert done.finished is not None
    assert done.created <= done.started <= done.finished


def test_a_job_that_fails_keeps_its_reason(jobs: Jobs) -> None:
    """Bad input keeps its code, a fault of the program tells nothing of the inside, the worker goes on."""
    plain = jobs.submit("coverage", work.fail_plainly)
    unforeseen = jobs.submit("coverage", work.fail_unforeseen)
    after = jobs.submit("coverage", work.succeed, "run-2")
    until(lambda: jobs.get(after.job_id).state == "successful")
    assert jobs.get(plain.job_id).error.code == "bbox_wrong"
    assert jobs.get(plain.job_id).error.facts == {"field": "bbox"}
    assert jobs.get(unforeseen.job_id).error.code == "unexpected"
    assert {jobs.get(job.job_id).state for job in (plain, unforeseen)} == {"failed"}


def test_running_work_stops_when_dismissed(jobs: Jobs, tmp_path: Path) -> None:
    """A dismissed job is so at once, its work stops at its next step, and the worker takes the next job."""
    trace = tmp_path / "trace"
    job = jobs.submit("coverage", work.go_on, str(trace))
    until(trace.exists)
    assert jobs.dismiss(job.job_id).state == "dismissed"
    after = jobs.submit("coverage", work.succeed, "run-3")
    until(lambda: jobs.get(after.job_id).state == "successful", seconds=20)
    assert jobs.get(job.job_id).state == "dismissed"
    assert trace.read_text() == "began"


def test_waiting_work_never_starts_when_dismissed(jobs: Jobs, tmp_path: Path) -> None:
    """A job dismissed while it waits for a worker never begins."""
    first = jobs.submit("coverage", work.go_on, str(tmp_path / "first"))
    waiting = [jobs.submit("coverage", work.go_on, str(tmp_path / f"waiting-{n}")) for n in range(3)]
    for job in waiting:
        jobs.dismiss(job.job_id)
    until((tmp_path / "first").exists)
    jobs.dismiss(first.job_id)
    after = jobs.submit("coverage", work.succeed, "run-4")
    until(lambda: jobs.get(after.job_id).state == "successful")
    assert not list(tmp_path.glob("waiting-*"))


def test_a_worker_that_is_killed_fails_its_job_and_no_later_one(jobs: Jobs) -> None:
    """When the system ends a worker its job says so, and the next job gets a new worker."""
    job = jobs.submit("coverage", work.die)
    until(lambda: jobs.get(job.job_id).state == "failed")
    assert jobs.get(job.job_id).error.code == "worker_lost"
    after = jobs.submit("coverage", work.succeed, "run-5")
    until(lambda: jobs.get(after.job_id).state == "successful")


def test_more_work_than_is_taken_is_refused(
    jobs: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the most active jobs a new one is refused, until one ends."""
    monkeypatch.setattr(jobs_module, "MOST_ACTIVE", 2)
    running = [jobs.submit("coverage", work.go_on, str(tmp_path / str(n))) for n in range(2)]
    with pytest.raises(BusyError, match="too_many_jobs"):
        jobs.submit("coverage", work.succeed, "refused")
    for job in running:
        jobs.dismiss(job.job_id)
    until(lambda: not jobs._slots)
    jobs.submit("coverage", work.succeed, "taken")


def test_a_finished_job_can_be_forgotten(jobs: Jobs) -> None:
    """Dismissing a finished job takes it off the list."""
    job = jobs.submit("coverage", work.succeed, "run-6")
    until(lambda: jobs.get(job.job_id).state == "successful")
    jobs.dismiss(job.job_id)
    with pytest.raises(NotFoundError):
        jobs.get(job.job_id)
    assert jobs.all() == []


def test_a_process_over_http_from_order_to_result(serve: Serve, own_store: Path) -> None:
    """201 with Location, a status that ends successful, the figures of the stored run, and its map."""
    client = serve()
    answer = client.post("/processes/sites/execution", json={"inputs": {"count": 2}})
    assert answer.status_code == 201
    status = answer.json()
    assert answer.headers["location"].endswith(f"/jobs/{status['jobID']}")
    assert status["type"] == "process"
    assert status["status"] in ("accepted", "running")
    early = client.get(f"/jobs/{status['jobID']}/results")
    if early.status_code != 200:
        require_problem(early, 404)
    states = follow(client, status["jobID"])
    assert states[-1]["status"] == "successful", states[-1]
    assert states[-1]["progress"] == 100
    progress = [state["progress"] for state in states]
    assert progress == sorted(progress)
    result = client.get(f"/jobs/{status['jobID']}/results").json()["result"]
    assert len(result["figures"]["sites"]) == 2
    run = Store(own_store).latest_run("sites")
    assert run.run_id == result["run_id"]
    assert run.summary == result["figures"]
    assert result["run_id"] in client.get("/maps/sites").text
    listed = client.get("/jobs").json()["jobs"]
    assert [job["jobID"] for job in listed] == [status["jobID"]]


def test_a_dismissed_process_leaves_the_store_as_it_was(serve: Serve, own_store: Path) -> None:
    """A job dismissed over HTTP is dismissed, has no result, and has saved nothing."""
    client = serve()
    before = Store(own_store).runs()
    order = client.post("/processes/patrol/execution", json={"inputs": {"seed": 5, "iterations": 100_000}})
    job = order.json()["jobID"]
    until(lambda: client.get(f"/jobs/{job}").json()["status"] == "running")
    gone = client.delete(f"/jobs/{job}")
    assert gone.status_code == 200
    assert gone.json()["status"] == "dismissed"
    require_problem(client.get(f"/jobs/{job}/results"), 409)
    # a second job on the one worker ends only after the first has left it
    after = client.post("/processes/coverage/execution", json={"inputs": {}}).json()["jobID"]
    assert follow(client, after)[-1]["status"] == "successful"
    assert client.get(f"/jobs/{job}").json()["status"] == "dismissed"
    assert Store(own_store).runs() == before


def test_the_server_answers_while_it_computes(serve: Serve) -> None:
    """Health does not wait for a job of some seconds: work is in a process, not in the server."""
    client = serve()
    job = client.post("/processes/patrol/execution", json={"inputs": {"seed": 6}}).json()["jobID"]
    until(lambda: client.get(f"/jobs/{job}").json()["status"] == "running")
    slowest = 0.0
    while client.get(f"/jobs/{job}").json()["status"] == "running":
        began = time.monotonic()
        assert client.get("/health").status_code == 200
        slowest = max(slowest, time.monotonic() - began)
    assert 0 < slowest < 2


def follow(client: httpx.Client, job: str) -> list[dict]:
    """Read a job's events until it ends."""
    states = []
    with client.stream("GET", f"/jobs/{job}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = (line for line in answer.iter_lines() if line.startswith("data: "))
        states += [json.loads(line.removeprefix("data: ")) for line in lines]
    return states
