"""Training, runs and retraining over a small fleet: from a project's recordings to stored runs and back."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from tests.services.learning_fixtures import RECIPE, START_NS, add_pump, make_fleet, write_csv
from workbench.core.clock import NS_PER_S
from workbench.core.errors import InputError, JobCancelled, LeakageError, ProjectError
from workbench.core.jobs import Job, JobEvent, Partial
from workbench.core.scoring_spec import SCORE_THRESHOLD
from workbench.learning.run import load_run
from workbench.project.store import Project
from workbench.scoring.session import ScoringSession
from workbench.services import runs
from workbench.services.regimes import SetRegimeRequest, set_regime
from workbench.services.runs import TimelineRequest, run_timeline
from workbench.services.training import (
    RecipeNewRequest,
    RetrainRequest,
    RunSummary,
    SplitPreviewRequest,
    TrainRequest,
    TrainResult,
    new_recipe,
    preview_split,
    retrain,
    train,
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, TrainResult, list[JobEvent]]:
    """A trained project that the tests of this module only read."""
    root = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(root / "home"))
        folder = root / "project"
        make_fleet(folder)
        (root / "recipe.toml").write_text(RECIPE, encoding="utf-8")
        events: list[JobEvent] = []
        result = train(TrainRequest(recipe=str(root / "recipe.toml"), project=str(folder)), Job(events.append))
    return folder, result, events


@pytest.fixture
def own_copy(tmp_path: Path) -> Path:
    """A fresh fleet that a test may change."""
    make_fleet(tmp_path / "project")
    (tmp_path / "recipe.toml").write_text(RECIPE, encoding="utf-8")
    return tmp_path / "project"


def run_folder(folder: Path, run_id: str) -> Path:
    with Project.open(folder) as project:
        return project.objects.tree_path("run", run_id)


def best_of(result: TrainResult) -> RunSummary:
    return result.runs[0]


def test_every_family_and_all_baselines_become_runs_best_first(trained: tuple[Path, TrainResult, list[JobEvent]]) -> None:
    _, result, events = trained
    assert {"mahalanobis", "boosted_trees", "never_alarm", "random_alarm", "fixed_limit"} == {run.family for run in result.runs}
    assert [run.is_baseline for run in result.runs] == [False, False, True, True, True]
    published = [event.value for event in events if isinstance(event, Partial)]
    assert {run.id for run in result.runs} == {run.id for run in published if isinstance(run, RunSummary)}


def test_the_best_of_the_first_training_is_champion(trained: tuple[Path, TrainResult, list[JobEvent]]) -> None:
    _, result, _ = trained
    assert result.champion == best_of(result).id
    assert [True, *[False] * 4] == [run.is_champion for run in result.runs]


def test_clear_faults_on_a_pump_never_seen_are_caught_without_false_alarms(
    trained: tuple[Path, TrainResult, list[JobEvent]],
) -> None:
    metrics = best_of(trained[1]).metrics
    assert metrics["n_events"] == metrics["n_caught"] == 2
    assert metrics["n_false_alarms"] == 0
    assert (metrics["median_delay_s"] or 0) <= 1200


def test_a_stored_run_is_whole_and_its_graph_gives_the_stored_scores(
    trained: tuple[Path, TrainResult, list[JobEvent]],
) -> None:
    folder, result, _ = trained
    for summary in result.runs:
        run = load_run(run_folder(folder, summary.id))
        holdout, windows = run.holdout(), run.holdout_windows()
        scores = ScoringSession(run.model_path).score(windows)
        np.testing.assert_allclose(scores.score, holdout.score[holdout.window_row], atol=1e-6)
        assert tuple(channel.name for channel in run.record.spec.channels) == ("SI", "FI", "PI", "VI-DE")
        assert 0 < len(run.calibration_windows()) <= 512
        assert "anomaly" not in str(run.record.columns)


def test_runs_are_listed_and_shown_with_what_made_them(trained: tuple[Path, TrainResult, list[JobEvent]]) -> None:
    folder, result, _ = trained
    listed = runs.list_runs(runs.RunsListRequest(project=str(folder)), Job())
    assert [run.id for run in result.runs] == [run.id for run in listed.runs]
    shown = runs.show_run(runs.RunShowRequest(run=result.runs[0].id[:10], project=str(folder)), Job())
    assert shown.summary == listed.runs[0]
    assert {"recipe", "data", "split", "params", "metrics", "provenance", "seed"} <= set(shown.record)


def test_the_timeline_follows_the_threshold_fast(trained: tuple[Path, TrainResult, list[JobEvent]]) -> None:
    folder, result, _ = trained
    run = best_of(result).id
    at = {
        threshold: runs.run_timeline(runs.TimelineRequest(run=run, project=str(folder), threshold=threshold), Job())
        for threshold in (0.0, 0.5, 1.0)
    }
    assert (at[0.5].n_caught, at[0.5].false_alarms_per_week) == (2, 0)
    assert at[0.0].false_alarms_per_week > 0
    assert at[1.0].n_caught == 0
    assert {"blockage", "bearing growth"} == {event.name for event in at[0.5].events if event.is_caught}
    assert {event.id for event in at[0.5].events} == {alarm.event for alarm in at[0.5].alarms}
    assert any(point.threshold == SCORE_THRESHOLD and point.n_caught == 2 for point in at[0.5].curve)
    started_s = time.process_time()
    runs.run_timeline(runs.TimelineRequest(run=run, project=str(folder), threshold=0.4), Job())
    assert time.process_time() - started_s < 0.05


def test_two_runs_are_compared_in_words(trained: tuple[Path, TrainResult, list[JobEvent]]) -> None:
    folder, result, _ = trained
    request = runs.CompareRequest(run=result.runs[0].id, other=result.runs[1].id, project=str(folder))
    said = runs.compare_runs(request, Job()).differences
    assert result.runs[0].title in said[0]
    assert result.runs[1].title in said[0]
    assert not any("different hold-outs" in sentence for sentence in said)


def test_a_run_trained_again_has_the_same_hash(trained: tuple[Path, TrainResult, list[JobEvent]]) -> None:
    folder, result, _ = trained
    for summary in result.runs[:2]:
        again = runs.reproduce_run(runs.ReproduceRequest(run=summary.id, project=str(folder)), Job())
        assert again.is_same_hash
        assert again.is_same_alerts
        assert again.differences == ()


def test_the_split_is_previewed_without_fitting(trained: tuple[Path, TrainResult, list[JobEvent]]) -> None:
    folder, _, _ = trained
    request = SplitPreviewRequest(recipe=str(folder.parent / "recipe.toml"), project=str(folder))
    preview = preview_split(request, Job())
    assert (preview.n_straddling, preview.n_assets_on_two_sides, preview.n_label_inputs) == (0, 0, 0)
    assert {part: sum(one.part == part for one in preview.parts) for part in ("train", "validate", "holdout")} == {
        "train": 2,
        "validate": 1,
        "holdout": 1,
    }
    assert preview.n_events == 8
    assert preview.n_windows == sum(part.n_windows for part in preview.parts)


def test_a_champion_is_chosen_by_hand_with_one_journal_line(own_copy: Path) -> None:
    result = train(TrainRequest(recipe=str(own_copy.parent / "recipe.toml"), project=str(own_copy)), Job())
    with Project.open(own_copy) as project:
        before = project.n_lines()
    shown = runs.set_champion(runs.ChampionRequest(run=result.runs[1].id[:12], project=str(own_copy)), Job())
    assert shown.summary.is_champion
    with Project.open(own_copy) as project:
        assert project.champion == result.runs[1].id
        assert project.n_lines() == before + 1
    again = train(TrainRequest(recipe=str(own_copy.parent / "recipe.toml"), project=str(own_copy), seed=5), Job())
    assert again.champion == result.runs[1].id


def test_retraining_takes_new_data_and_keeps_a_champion_that_is_as_good(own_copy: Path, tmp_path: Path) -> None:
    first = train(TrainRequest(recipe=str(own_copy.parent / "recipe.toml"), project=str(own_copy)), Job())
    new = write_csv(tmp_path / "P-1091A.csv", "P-1091A", seed=9)
    result = retrain(RetrainRequest(project=str(own_copy), data=(str(new),)), Job())
    assert result.champion == first.champion
    champion = load_run(run_folder(own_copy, first.champion or "")).record
    renewed = load_run(run_folder(own_copy, result.runs[0].id)).record
    assert renewed.family == champion.family
    holdouts = [{span.asset for span in record.split.spans if span.part == "holdout"} for record in (champion, renewed)]
    assert holdouts[0] == holdouts[1]
    assert "P-1091A" in {span.asset for span in renewed.split.spans if span.part == "train"}


def test_without_a_champion_there_is_nothing_to_retrain(own_copy: Path) -> None:
    with pytest.raises(InputError, match="no champion"):
        retrain(RetrainRequest(project=str(own_copy)), Job())


def test_cancelling_stops_between_families_and_leaves_whole_runs(own_copy: Path) -> None:
    job = Job(lambda event: job.cancel() if isinstance(event, Partial) else None)
    with pytest.raises(JobCancelled):
        train(TrainRequest(recipe=str(own_copy.parent / "recipe.toml"), project=str(own_copy)), job)
    with Project.open(own_copy) as project:
        assert len(project.items("run")) == 1
        assert project.check() == []


def test_one_pump_is_split_by_time(tmp_path: Path) -> None:
    folder = tmp_path / "one"
    make_fleet(folder, 1, n_days=6)
    (tmp_path / "recipe.toml").write_text('families = ["pca"]\nwindow_s = 1200\nstride_s = 600\n', encoding="utf-8")
    result = train(TrainRequest(recipe=str(tmp_path / "recipe.toml"), project=str(folder)), Job())
    record = load_run(run_folder(folder, result.runs[0].id)).record
    assert record.split.by == "time"
    assert tuple(channel.name for channel in record.spec.channels) == ("SI-1001A", "FI-1001A", "PI-1001A", "VI-1001A-DE")


@pytest.mark.parametrize("task", ["classify", "rul"])
def test_faults_and_hours_left_are_learnt_too(own_copy: Path, tmp_path: Path, task: str) -> None:
    families = {"classify": "logistic", "rul": "boosted_life"}
    text = f'task = "{task}"\nfamilies = ["{families[task]}"]\nwindow_s = 1200\nstride_s = 600\nrul_alert_h = 2\n'
    (tmp_path / "task.toml").write_text(text, encoding="utf-8")
    best = best_of(train(TrainRequest(recipe=str(tmp_path / "task.toml"), project=str(own_copy)), Job()))
    assert families[task] == best.family
    if task == "classify":
        assert (best.metrics["macro_f1"] or 0) > 0.9
    else:
        assert (best.metrics["mae_h"] or 99) < 12


def test_without_labels_anomaly_families_train_and_the_others_are_passed_over(tmp_path: Path) -> None:
    make_fleet(tmp_path / "project", are_labelled=False)
    (tmp_path / "recipe.toml").write_text(RECIPE, encoding="utf-8")
    result = train(TrainRequest(recipe=str(tmp_path / "recipe.toml"), project=str(tmp_path / "project")), Job())
    assert "boosted_trees" not in {run.family for run in result.runs}
    assert result.runs[0].metrics["event_recall"] is None
    assert {"family": "Boosted trees", "why": "No labelled events are on the training pumps."} in result.left_out


def test_a_label_column_asked_for_as_a_channel_is_refused(own_copy: Path, tmp_path: Path) -> None:
    (tmp_path / "leak.toml").write_text('channels = ["FI", "anomaly"]\n', encoding="utf-8")
    with pytest.raises((InputError, LeakageError), match="anomaly"):
        train(TrainRequest(recipe=str(tmp_path / "leak.toml"), project=str(own_copy)), Job())


def test_an_empty_project_says_what_to_do(tmp_path: Path) -> None:
    new_recipe(RecipeNewRequest(out=str(tmp_path / "r.toml")), Job())
    Project.open(tmp_path / "empty").close()
    with pytest.raises(InputError, match="no recordings") as caught:
        train(TrainRequest(recipe=str(tmp_path / "r.toml"), project=str(tmp_path / "empty")), Job())
    assert "Import logs" in caught.value.hint


def test_a_slip_in_the_projects_name_makes_no_project(tmp_path: Path) -> None:
    new_recipe(RecipeNewRequest(out=str(tmp_path / "r.toml")), Job())
    with pytest.raises(ProjectError, match=r"no project in .*statoin"):
        train(TrainRequest(recipe=str(tmp_path / "r.toml"), project=str(tmp_path / "statoin")), Job())
    assert not (tmp_path / "statoin").exists()


def test_a_recipe_that_was_edited_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    for _ in range(2):
        new_recipe(RecipeNewRequest(out=str(path)), Job())
    edited = path.read_text(encoding="utf-8").replace("seed = 1", "seed = 7")
    path.write_text(edited, encoding="utf-8")
    with pytest.raises(InputError, match="is there already"):
        new_recipe(RecipeNewRequest(out=str(path)), Job())
    assert path.read_text(encoding="utf-8") == edited
    new_recipe(RecipeNewRequest(out=str(path), overwrite=True), Job())
    assert "seed = 7" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("wrong", "said"), [('board = "rpi"', "no board 'rpi'"), ("sed = 1", "has a field 'sed'"), ("seed = 'x'", "can't be read")]
)
def test_a_slip_in_a_recipe_is_named(tmp_path: Path, wrong: str, said: str) -> None:
    (tmp_path / "r.toml").write_text(wrong, encoding="utf-8")
    Project.open(tmp_path / "empty").close()
    with pytest.raises(InputError, match=said):
        train(TrainRequest(recipe=str(tmp_path / "r.toml"), project=str(tmp_path / "empty")), Job())


def test_a_recipe_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.toml"):
        train(TrainRequest(recipe=str(tmp_path / "nowhere.toml"), project=str(tmp_path / "p")), Job())


def test_two_recordings_of_one_pump_are_one_asset(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    make_fleet(folder, 3)
    add_pump(folder, "P-1001A", seed=50, first_ns=START_NS + 4 * 86_400 * NS_PER_S, are_labelled=False)
    (tmp_path / "recipe.toml").write_text(RECIPE, encoding="utf-8")
    preview = preview_split(SplitPreviewRequest(recipe=str(tmp_path / "recipe.toml"), project=str(folder)), Job())
    assert len(preview.parts) == 3
    assert preview.n_assets_on_two_sides == 0


def test_the_hold_out_is_measured_by_operating_state_too(own_copy: Path) -> None:
    request = TrainRequest(recipe=str(own_copy.parent / "recipe.toml"), project=str(own_copy))
    parts = preview_split(SplitPreviewRequest(recipe=request.recipe, project=request.project), Job()).parts
    held = next(part.asset for part in parts if part.part == "holdout")
    span = {"start": "2026-03-02T00:00:00Z", "end": "2026-03-03T00:00:00Z"}
    set_regime(SetRegimeRequest(project=str(own_copy), asset=held, name="washing", **span), Job())
    run = train(request, Job()).runs[0]
    slices = {row["name"]: row for row in run_timeline(TimelineRequest(run=run.id, project=str(own_copy)), Job()).slices}
    assert {"while washing", "while steady", held} <= set(slices)
    record = load_run(run_folder(own_copy, run.id)).record
    assert "while washing" in {row["name"] for row in record.slices}
    # The first of the pump's two faults lies in the first day, the second one in the second.
    assert slices["while washing"]["n_events"] == slices["while steady"]["n_events"] == 1
