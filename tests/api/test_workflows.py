"""Load, analyse, save: the same question has the same answer, and another question another."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from kuzet.api.answers import coverage_of, last_runs
from kuzet.api.intake import load_sample
from kuzet.api.town import INPUTS
from kuzet.api.workflows import (
    RUNNERS,
    check_inputs,
    run_blind_spots,
    run_coverage,
    run_patrol,
    run_process,
    run_sites,
)
from kuzet.coverage.conditions import BY_DAY
from kuzet.coverage.errors import CancelledError, InvalidInputError, NotReadyError
from kuzet.coverage.results import Coverage
from kuzet.data.runs import Run, list_differences
from kuzet.data.store import Store
from kuzet.maps.text import has_text

ASKED = {
    "day": {},
    "night": {"light": "night"},
    "leaf_off": {"obstacles": "leaf_off"},
    "leaf_on": {"obstacles": "leaf_on"},
    "ground": {"target_m": 0},
}
CHANGED = {("night", "live", "mid"), ("leaf_off", "live", "mid"), ("leaf_on", "archive", "mid")}
"""Where the sample city shows a difference."""
Answers = dict[str, tuple[Run, Coverage]]


@pytest.fixture(scope="module")
def weathered(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the sample store in which coverage was measured under other conditions too."""
    path = shutil.copy(sample, tmp_path_factory.mktemp("weathered") / "weathered.gpkg")
    for inputs in ASKED.values():
        run_coverage(Store(path), **inputs)
    return path


@pytest.fixture(scope="module")
def answers(weathered: Path) -> Answers:
    """Return the runs and coverages of ASKED."""
    return {name: run_coverage(Store(weathered), **inputs) for name, inputs in ASKED.items()}


def side_by_side(first: Coverage, second: Coverage, column: str) -> tuple[np.ndarray, np.ndarray]:
    """Return a column of the pieces of two coverages on the pieces between the ends of both."""
    tables = [first.pieces, second.pieces]
    span = 1.0 + max(float(table["to_m"].max()) for table in tables)
    ends = [
        [table["way"].to_numpy() * span + table[end].to_numpy() for end in ("from_m", "to_m")]
        for table in tables
    ]
    cuts = np.unique(np.concatenate([*ends[0], *ends[1]]))
    middle = (cuts[:-1] + cuts[1:])[np.diff(cuts) > 1e-3] / 2
    rows = [np.searchsorted(start, middle, side="right") - 1 for start, _ in ends]
    on_a_way = np.all([middle < stop[row] for (_, stop), row in zip(ends, rows, strict=True)], axis=0)
    one, other = (table[column].to_numpy()[row[on_a_way]] for table, row in zip(tables, rows, strict=True))
    return one, other


@pytest.mark.parametrize("level", ["low", "mid", "high"])
@pytest.mark.parametrize("state", ["live", "archive"])
@pytest.mark.parametrize(("less", "more"), [("night", "day"), ("leaf_off", "day"), ("leaf_on", "leaf_off")])
def test_no_metre_is_seen_better_under_worse_conditions(
    answers: Answers, less: str, more: str, state: str, level: str
) -> None:
    """On every piece night sees no more than day, past fences no more is seen, past leaves again no more."""
    worse, better = side_by_side(answers[less][1], answers[more][1], f"{state}_{level}")
    assert len(worse) > 3000
    assert (worse <= better + 1e-9).all(), int((worse > better + 1e-9).sum())
    if (less, state, level) in CHANGED:
        assert (worse < better - 1e-6).sum() > 10


def test_other_conditions_are_another_question(answers: Answers) -> None:
    """Each set of conditions has a run of its own that tells them; barriers are an input where they hide."""
    assert len({run.run_id for run, _ in answers.values()}) == len(ASKED)
    for name, (run, coverage) in answers.items():
        told = {key: run.parameters[key] for key in ("light", "obstacles", "target_m")}
        assert told == coverage.conditions == vars(BY_DAY) | ASKED[name]
        assert run.summary["conditions"] == told
        assert ("barriers" in run.inputs) == (told["obstacles"] != "buildings")
    panning = answers["day"][0].summary["panning"]["live"]
    assert panning["cameras"] > 0
    assert 0 < panning["expected_m"] < panning["potential_m"]


def test_barriers_are_part_of_the_question_only_where_they_count(weathered: Path, tmp_path: Path) -> None:
    """A fence taken down makes the answer past fences an old one, and not the answer past buildings alone."""
    store = Store(shutil.copy(weathered, tmp_path / "own.gpkg"))
    store.replace_frame("barriers", store.read_frame("barriers").iloc[1:])
    run_coverage(store)
    assert last_runs(store)["coverage"][1]
    before = Store(weathered)
    fenced, _ = run_coverage(before, obstacles="leaf_off")
    assert last_runs(before)["coverage"][1]
    again, _ = run_coverage(store, obstacles="leaf_off")
    assert list_differences(fenced, again) == ["inputs.barriers"]


def test_the_same_conditions_give_the_same_bytes(weathered: Path, sample: Path, tmp_path: Path) -> None:
    """Measured in another store, the night past hedges in leaf has the same id and the same bytes."""
    asked = {"light": "night", "obstacles": "leaf_on", "target_m": 1}
    stores = [Store(shutil.copy(path, tmp_path / f"{path.stem}-2.gpkg")) for path in (sample, weathered)]
    runs = [run_coverage(store, **asked)[0] for store in stores]
    assert runs[0].run_id == runs[1].run_id
    assert len({store.result_hash(run.run_id) for store, run in zip(stores, runs, strict=True)}) == 1


def test_blind_spots_and_routes_are_of_the_same_conditions(weathered: Path, tmp_path: Path) -> None:
    """Blind spots and patrols of the night rest on the coverage of the night; sites on that of the day."""
    store = Store(shutil.copy(weathered, tmp_path / "own.gpkg"))
    night, _ = run_blind_spots(store, light="night")
    patrol, _ = run_patrol(store, light="night", iterations=20)
    for run in (night, patrol):
        assert coverage_of(store, run).conditions["light"] == "night"
        assert run.parameters["light"] == "night"
    fenced, spots = run_blind_spots(store, obstacles="leaf_on")
    assert coverage_of(store, fenced).conditions["obstacles"] == "leaf_on"
    assert "hidden_by_barrier" in set(spots.spots["cause"])
    sites, _ = run_sites(store, obstacles="leaf_off", count=1)
    assert coverage_of(store, sites).conditions == vars(BY_DAY) | {"obstacles": "leaf_off"}
    assert sites.parameters["light"] == "day"
    assert "barriers" in sites.inputs


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"light": "dusk"}, "unknown_light"),
        ({"obstacles": "fog"}, "unknown_obstacles"),
        ({"target_m": -1}, "target_height_wrong"),
        ({"target_m": float("nan")}, "target_height_wrong"),
    ],
)
def test_conditions_that_are_none_are_refused_at_once(
    sample: Path, asked: dict[str, object], code: str
) -> None:
    """An unknown word or a height out of range is told before anything is read."""
    inputs = {"ladder": "2014", "seen_at": None} | vars(BY_DAY) | asked
    with pytest.raises(InvalidInputError, match=code):
        check_inputs(Store(sample), "coverage", inputs)
    with pytest.raises(InvalidInputError, match=code):
        run_coverage(Store(sample), **asked)


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
