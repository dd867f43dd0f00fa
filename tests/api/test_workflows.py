"""Load, analyse, save: the same question has the same answer, and another question another."""

from __future__ import annotations

from pathlib import Path

import pytest
from kuzet.api.answers import coverage_of, last_runs
from kuzet.api.intake import load_sample
from kuzet.api.workflows import INPUTS, RUNNERS, run_coverage, run_process
from kuzet.coverage.errors import CancelledError, NotReadyError
from kuzet.data.runs import list_differences
from kuzet.data.store import Store
from kuzet.maps.text import has_text


def test_the_same_data_gives_the_same_runs_and_bytes(sample: Path, tmp_path: Path) -> None:
    """A second store made from the same file has the same run ids and answers of the same bytes."""
    first, second = Store(sample), Store(tmp_path / "second.gpkg")
    load_sample(second, zone="Asia/Almaty")
    assert second.input_hashes(INPUTS["patrol"]) == first.input_hashes(INPUTS["patrol"])
    for kind, runner in RUNNERS.items():
        run, _ = runner(second)
        known = first.latest_run(kind)
        assert run.run_id == known.run_id
        assert second.result_hash(run.run_id) == first.result_hash(known.run_id), kind


def test_one_camera_changed_is_another_question(own_store: Path) -> None:
    """With one camera moved a run has another id, the differences name cameras, old runs are told as old."""
    store = Store(own_store)
    before = {kind: store.latest_run(kind) for kind in RUNNERS}
    assert all(current for _, current in last_runs(store).values())
    cameras = store.read_frame("cameras")
    cameras.loc[0, "geometry"] = cameras.geometry.iloc[1]
    store.replace_frame("cameras", cameras)
    assert not any(current for _, current in last_runs(store).values())
    run, _ = run_coverage(store)
    assert run.run_id != before["coverage"].run_id
    assert list_differences(before["coverage"], run) == ["inputs.cameras"]


def test_a_question_answered_before_is_not_computed_again(
    own_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same question takes its answer from the store; another ladder does not."""
    store = Store(own_store)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("computed")

    monkeypatch.setattr("kuzet.api.workflows.measure_coverage", refuse)
    run, coverage = run_coverage(store)
    assert run == store.latest_run("coverage")
    assert (
        coverage.network_m == run.summary["network_m"]
        or abs(coverage.network_m - run.summary["network_m"]) < 1e-3
    )
    with pytest.raises(AssertionError, match="computed"):
        run_coverage(store, ladder="2025")


def test_an_answer_asked_for_again_becomes_the_last_one(own_store: Path) -> None:
    """After another question the first one, asked again, is again what the maps and layers show."""
    store = Store(own_store)
    first = store.latest_run("coverage").run_id
    other, _ = run_coverage(store, ladder="2025")
    assert store.latest_run("coverage").run_id == other.run_id != first
    again, _ = run_coverage(store)
    assert store.latest_run("coverage").run_id == again.run_id == first
    assert set(store.read_frame("coverage_pieces")["run_id"]) == {first}


@pytest.mark.parametrize("kind", ["blind-spots", "sites", "patrol"])
def test_a_run_knows_the_coverage_it_was_built_on(own_store: Path, kind: str) -> None:
    """After a coverage by another ladder, a map still finds the coverage its run was built on."""
    store = Store(own_store)
    run_coverage(store, ladder="2025")
    assert coverage_of(store, store.latest_run(kind)).ladder == "2014"


def test_a_workflow_that_is_stopped_saves_nothing(own_store: Path) -> None:
    """Stopped at any report before it is saved, a workflow leaves the store byte for byte as it was."""
    store = Store(own_store)
    before = own_store.read_bytes()
    for limit in (0.0, 0.3, 0.9):

        def stop(share: float, step: str, limit: float = limit) -> None:
            if share >= limit:
                raise CancelledError("dismissed")

        with pytest.raises(CancelledError):
            run_coverage(store, ladder="2025", progress=stop)
        assert own_store.read_bytes() == before


@pytest.mark.parametrize("kind", RUNNERS)
def test_every_step_has_words(own_store: Path, kind: str) -> None:
    """Progress never goes back, begins at 0, ends at 1, and each step can be said in each language."""
    told: list[tuple[float, str]] = []
    options = {"ladder": "2025"}
    RUNNERS[kind](Store(own_store), **options, progress=lambda share, step: told.append((share, step)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] == pytest.approx(1)
    for _, step in told:
        key = step if step.startswith("steps.") else f"steps.{step}"
        assert all(has_text(key, lang) for lang in ("kk", "ru", "en")), step


def test_without_units_no_patrol_is_planned(own_store: Path) -> None:
    """A shift without units is told before anything is computed."""
    store = Store(own_store)
    store.replace_frame("units", store.read_frame("units").iloc[:0])
    with pytest.raises(NotReadyError, match="no_units"):
        run_process(own_store, "patrol", {})
