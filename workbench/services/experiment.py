"""One experiment: each family of a plan fitted, joined into one graph, measured by that graph, and stored as a run."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from workbench.core.clock import format_utc, now_ns
from workbench.core.codec import encode_canonical, sha256_hex
from workbench.core.errors import ModelError
from workbench.core.jobs import Job
from workbench.services.training import RunSummary

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.learning.families.base import ModelFamily
    from workbench.learning.run import RunFiles, RunRecord
    from workbench.learning.train import FittedRun, Measured, Plan, Prepared
    from workbench.project.store import Project
    from workbench.scoring.session import Scores


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """What to train, and the command that asked for it."""

    plan: Plan
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """Runs, best first and baselines last; `passed_over` says which families could not be fitted: {"family", "why"}."""

    runs: tuple[RunSummary, ...]
    passed_over: tuple[dict[str, str], ...]

    @property
    def best(self) -> RunSummary | None:
        """The best run that is no baseline."""
        return next((run for run in self.runs if not run.is_baseline), None)


def run_experiment(project: Project, experiment: Experiment, job: Job) -> Trained:
    """Train, store and journal all families and seeds; best first. A family that can't be fitted is said and passed over.

    Raises LeakageError before anything is fitted, and ModelError when no family could be fitted.
    """
    from workbench.learning.evaluate import rank_all
    from workbench.learning.train import prepare

    plan = replace(experiment.plan, states=_states_of(project, experiment.plan))
    experiment = replace(experiment, plan=plan)
    job.progress(0, f"Computing {len(plan.columns)} features of {len(plan.table)} windows")
    prepared = prepare(plan)
    recipe_id = _store_recipe(project, experiment)
    name = sha256_hex(encode_canonical([plan.recipe, plan.split, plan.spec, format_utc(now_ns())]))[:8]
    tasks = _tasks_of(plan)
    runs: list[RunSummary] = []
    passed_over: list[dict[str, str]] = []
    for number, (family, seed) in enumerate(tasks):
        job.progress(0.15 + 0.85 * number / len(tasks), f"{family.title}, {number + 1} of {len(tasks)}")
        try:
            run = _train_one(prepared, family, seed)
        except ModelError as error:
            passed_over.append({"family": family.title, "why": error.message})
            continue
        summary = _store(project, experiment, run, name, recipe_id)
        runs.append(summary)
        job.publish(summary)
    if not any(not run.is_baseline for run in runs):
        why = " ".join(f"{item['family']}: {item['why']}" for item in passed_over)
        raise ModelError(f"No family could be trained. {why}", "Label events, or take more data.")
    order = rank_all([run.metrics for run in runs], plan.recipe.false_alarms_per_week)
    job.progress(1, f"{len(runs)} runs")
    return Trained(runs=tuple(sorted((runs[index] for index in order), key=_baselines_last)), passed_over=tuple(passed_over))


def _states_of(project: Project, plan: Plan) -> dict[str, dict[str, list[tuple[int, int]]]]:
    """When the pumps of the hold-out were in which operating state; a pump whose log tells none is left out."""
    from workbench.services.regimes import Finder

    finder = Finder(project)
    held = sorted({span.asset for span in plan.split.spans if span.part == "holdout"})
    found = {asset: finder.by_name(asset) for asset in held}
    return {asset: states for asset, states in found.items() if states}


def train_again(plan: Plan, family_name: str, seed: int) -> tuple[RunRecord, RunFiles]:
    """One family of a plan, fitted and measured, but not stored."""
    from workbench.learning.families.registry import find_family
    from workbench.learning.train import prepare

    return _train_one(prepare(plan), find_family(family_name), seed)


def score_again(project: Project, run_id: str, plan: Plan) -> dict[str, float | None] | None:
    """Metrics of a stored run on the hold-out of another plan; None where its inputs differ."""
    from workbench.learning.run import load_run
    from workbench.learning.train import measure
    from workbench.scoring.session import ScoringSession

    run = load_run(project.objects.whole_tree("run", run_id))
    rows = plan.rows("holdout")
    ours, theirs = plan.spec, run.record.spec  # derived channels are the graph's own: it reads the same raw windows
    if (ours.channels, ours.window_samples, ours.sample_period_s) != (
        theirs.channels,
        theirs.window_samples,
        theirs.sample_period_s,
    ):
        return None
    scores = ScoringSession(run.model_path, n_threads=2).score(plan.table.values[rows])
    return measure(plan, _alarms(plan, scores), scores.raw).metrics


def _tasks_of(plan: Plan) -> list[tuple[ModelFamily, int]]:
    from workbench.learning.families.registry import find_family
    from workbench.learning.recipe import family_names

    families = [find_family(name) for name in family_names(plan.recipe)]
    seeds = [plan.recipe.seed + number for number in range(plan.recipe.seeds)]
    return [(family, seed) for family in families for seed in (seeds[:1] if family.is_baseline else seeds)]


def _train_one(prepared: Prepared, family: ModelFamily, seed: int) -> tuple[RunRecord, RunFiles]:
    from workbench.export.onnx_graph import join, to_bytes
    from workbench.learning.train import class_metrics, fit_family, measure
    from workbench.scoring.session import ScoringSession

    started_s = time.perf_counter()
    plan = prepared.plan
    fitted = fit_family(prepared, family, seed)
    model = to_bytes(join(prepared.graph, fitted.fragment, plan.spec, fitted.threshold_raw, fitted.scale))
    scores = ScoringSession(model, n_threads=2).score(plan.table.values[plan.rows("holdout")])
    measured = measure(plan, _alarms(plan, scores), scores.raw)
    metrics = dict(measured.metrics)
    if scores.class_probabilities is not None and plan.spec.task == "classify":
        metrics |= class_metrics(plan, scores.class_probabilities)
    metrics |= _costs(model, plan)
    record = _record_of(prepared, fitted, metrics, measured, model)
    record = msgspec.structs.replace(record, train_seconds=round(time.perf_counter() - started_s, 3))
    return record, _files_of(prepared, fitted, scores, model)


def _alarms(plan: Plan, scores: Scores) -> NDArray[np.bool_]:
    """Alarms of the hold-out windows with the spec's delays, each pump by itself."""
    import numpy as np

    from workbench.scoring.alerts import alarms_of

    rows = plan.rows("holdout")
    asset, end_ns = plan.table.asset[rows], plan.table.end_ns[rows]
    is_alarm = np.zeros(len(rows), np.bool_)
    for index in np.unique(asset):
        own = asset == index
        is_alarm[own] = alarms_of(scores.score[own], end_ns[own], plan.spec)
    return is_alarm


def _costs(model: bytes, plan: Plan) -> dict[str, float | None]:
    from workbench.export.profile import profile_model

    profile = profile_model(model, plan.table.values[0])
    return {"size_kb": profile.size_bytes / 1000, "ram_kb": profile.ram_bytes / 1000, "latency_ms": profile.latency_ms}


def _record_of(
    prepared: Prepared, fitted: FittedRun, metrics: dict[str, float | None], measured: Measured, model: bytes
) -> RunRecord:
    from workbench.core.provenance import collect
    from workbench.learning.run import DataRef, RunRecord
    from workbench.learning.split import PARTS
    from workbench.learning.train import family_params

    plan, family = prepared.plan, fitted.family
    return RunRecord(
        experiment="", family=family.name, title=family.title, is_baseline=family.is_baseline, is_network=family.is_network,
        task=plan.spec.task, seed=fitted.seed, params=family_params(prepared, family), recipe=plan.recipe,
        spec=plan.spec, features=plan.features, columns=plan.columns,
        data=tuple(
            DataRef(
                asset=asset, recording=recording, corrections=plan.corrections.get(asset, ""), regimes=plan.regimes.get(asset, "")
            )
            for asset, recording in plan.sources
        ),
        split=plan.split, split_id=plan.split.id, events=plan.events, threshold_raw=fitted.threshold_raw, scale=fitted.scale,
        metrics=metrics, curves=measured.curves, slices=measured.slices,
        n_windows={part: len(plan.rows(part)) for part in PARTS}, left_out=plan.inputs.left_out, derived=plan.derived,
        model_sha256=sha256_hex(model), created_utc=format_utc(now_ns()), train_seconds=0.0, provenance=collect(),
    )  # fmt: skip


def _files_of(prepared: Prepared, fitted: FittedRun, scores: Scores, model: bytes) -> RunFiles:
    import numpy as np

    from workbench.export.onnx_graph import to_bytes
    from workbench.learning.run import MAX_CALIBRATION_WINDOWS, MAX_HOLDOUT_WINDOWS, Holdout, RunFiles

    plan = prepared.plan
    rows, table = plan.rows("holdout"), plan.table
    scored = plan.scored(rows)
    kept = np.unique(np.linspace(0, len(rows) - 1, min(MAX_HOLDOUT_WINDOWS, len(rows))).astype(np.int64))
    reference = prepared.reference_rows
    calibration = reference[:: max(1, -(-len(reference) // MAX_CALIBRATION_WINDOWS))]
    return RunFiles(
        parameters=fitted.fitted.parameters(),
        features_onnx=to_bytes(prepared.graph),
        fragment_onnx=to_bytes(fitted.fragment),
        model_onnx=model,
        holdout=Holdout(
            assets=table.assets, end_ns=table.end_ns[rows], asset=table.asset[rows], is_running=table.is_running[rows],
            raw=scores.raw, score=scores.score, window_row=kept, states=scored.states, state=scored.state,
        ),
        holdout_windows=table.values[rows[kept]],
        calibration_windows=table.values[calibration],
    )  # fmt: skip


def _store_recipe(project: Project, experiment: Experiment) -> str:
    from workbench.learning.recipe import format_recipe
    from workbench.project.acts import Act, Item

    recipe = experiment.plan.recipe
    recipe_id = project.objects.put_bytes("recipe", format_recipe(recipe).encode("utf-8"))
    if all(item.id != recipe_id for item in project.items("recipe")):
        item = Item(kind="recipe", id=recipe_id, name=f"{recipe.task} recipe", details={"task": recipe.task, "seed": recipe.seed})
        project.record(Act(act="recipe", what="Recipe stored", item=item, refs=(recipe_id,), command=experiment.command))
    return recipe_id


def _store(project: Project, experiment: Experiment, run: tuple[RunRecord, RunFiles], name: str, recipe_id: str) -> RunSummary:
    from workbench.learning.run import save_run
    from workbench.project.acts import Act, Item

    record, files = msgspec.structs.replace(run[0], experiment=name), run[1]
    with project.objects.staging("run") as folder:
        save_run(folder, record, files)
        run_id = project.objects.put_tree("run", folder)
    summary = summary_of(run_id, record)
    details = {key: value for key, value in msgspec.to_builtins(summary).items() if key not in ("id", "is_champion")}
    used = dict.fromkeys(name for ref in record.data for name in (ref.recording, ref.corrections, ref.regimes) if name)
    item = Item(kind="run", id=run_id, name=record.title, details=details, refs=(recipe_id, *used))
    what = f"Trained {record.title} on {len({ref.asset for ref in record.data})} pumps"
    project.record(Act(act="train", what=what, item=item, refs=(run_id,), command=experiment.command))
    return summary


def summary_of(run_id: str, record: RunRecord) -> RunSummary:
    """A run's row in a leaderboard."""
    return RunSummary(
        id=run_id, family=record.family, title=record.title, is_baseline=record.is_baseline, metrics=record.metrics,
        model_sha256=record.model_sha256, created_utc=record.created_utc, task=record.task, experiment=record.experiment,
        split_id=record.split_id, target_per_week=record.recipe.false_alarms_per_week,
    )  # fmt: skip


def _baselines_last(run: RunSummary) -> bool:
    return run.is_baseline
