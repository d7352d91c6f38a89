"""Recipes, training, retraining: everything that turns recordings into runs."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from workbench.core.clock import parse_utc
from workbench.core.codec import Record, write_atomic
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter, to_arguments
from workbench.logs.events.event import Event, is_positive, is_renewal
from workbench.services.common import ProjectFolder, open_project
from workbench.services.plan_words import ReferenceUse, SplitPart, estimate_s, left_out_of, notes_of, parts_of, reference_of
from workbench.services.regime_filter import RegimeNames

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.learning.channels import LogView
    from workbench.learning.dataset import EventSpan
    from workbench.learning.recipe import Recipe
    from workbench.learning.run import RunRecord
    from workbench.learning.split import Split
    from workbench.learning.train import Plan
    from workbench.learning.views import RecordingView
    from workbench.project.store import Project
    from workbench.services.experiment import Trained

TaskName = Literal["anomaly", "classify", "rul"]


class RecipeNewRequest(Request, frozen=True, kw_only=True):
    """Write a recipe with sensible defaults, to be edited by hand."""

    out: Annotated[str, parameter("Recipe file (TOML).", path=True, file=True)]
    task: Annotated[TaskName, parameter("What the model is to tell.")] = "anomaly"
    preset: Annotated[Literal["pump", "minimal"], parameter("Set of features.")] = "pump"
    families: Annotated[tuple[str, ...], parameter("Model family; none: all that suit the task.", flag="--family")] = ()
    channels: Annotated[tuple[str, ...], parameter("Input channel; none: all that suit.", flag="--channel")] = ()
    window_s: Annotated[float, parameter("Length of a window; 0: 20 samples, at least 30 s.", unit="s", ge=0, label="Window")] = (
        0.0
    )
    stride_s: Annotated[
        float, parameter("From one window's end to the next; 0: half a window.", unit="s", ge=0, label="Stride")
    ] = 0.0
    false_alarms_per_week: Annotated[
        float, parameter("False alarms a pump-week that the threshold aims at.", ge=0.001, le=10_000, label="False alarms a week")
    ] = 0.5
    regimes: RegimeNames = ()
    reference_periods: Annotated[
        Literal["latest", "all"],
        parameter("Healthy reference: the latest stretch since a work on each pump, or all.", label="Reference"),
    ] = "latest"
    seed: Annotated[int, parameter("First seed of all random numbers.", ge=0, le=2**31 - 1)] = 1
    seeds: Annotated[int, parameter("How many seeds each family is trained with.", ge=1, le=20)] = 1
    overwrite: Annotated[bool, parameter("Write over a recipe that is there and differs.")] = False


class RecipeResult(Result, frozen=True, kw_only=True):
    """The file that was written and its fields."""

    path: str
    recipe: dict[str, object]


def new_recipe(request: RecipeNewRequest, job: Job) -> RecipeResult:
    """A complete, commented TOML file. Raises InputError where it would replace one that somebody has edited."""
    from workbench.learning.recipe import Recipe, check_recipe, format_recipe

    values = {name: value for name, value in msgspec.structs.asdict(request).items() if name not in ("out", "overwrite")}
    recipe, out = Recipe(**values), Path(request.out)
    check_recipe(recipe)
    text = format_recipe(recipe).encode("utf-8")
    if out.is_file() and not request.overwrite and out.read_bytes() not in (b"", text):
        raise InputError(f"{out} is there already, and is not what would be written.", "Choose another name, or add --overwrite.")
    write_atomic(out, text)
    return RecipeResult(path=request.out, recipe=msgspec.to_builtins(recipe))


class TrainRequest(Request, frozen=True, kw_only=True):
    """Train the families of a recipe on a project's recordings and compare them on one hold-out."""

    recipe: Annotated[str, parameter("Recipe file (TOML).", positional=True, path=True, file=True)]
    project: ProjectFolder
    assets: Annotated[tuple[str, ...], parameter("Only these pumps.", flag="--asset")] = ()
    seed: Annotated[int | None, parameter("Seed, instead of the recipe's.", ge=0)] = None


class RunSummary(Record, frozen=True, kw_only=True):
    """One run in a leaderboard. `metrics` keys: see Metrics in help/metrics.md; NaN is never stored, None is."""

    id: str
    family: str
    title: str
    is_baseline: bool
    metrics: dict[str, float | None]
    model_sha256: str
    created_utc: str = ""
    task: TaskName = "anomaly"
    experiment: str = ""
    split_id: str = ""
    is_champion: bool = False
    target_per_week: float = 0.5
    """False alarms a pump-week that the recipe aimed at."""


class TrainResult(Result, frozen=True, kw_only=True):
    """Runs, best first, baselines included; `champion` is a run id."""

    runs: tuple[RunSummary, ...]
    champion: str | None
    experiment: str
    left_out: tuple[dict[str, str], ...] = ()
    """Channels, pumps and families that were not used: {"channel" | "asset" | "family", "why"}."""
    notes: tuple[str, ...] = ()
    """What else to know, such as works on a pump that end what was its reference."""


def train(request: TrainRequest, job: Job) -> TrainResult:
    """Windows, features through the ONNX graph, split by asset then time, fit, evaluate, store; publishes RunSummary.

    The first experiment's best run becomes champion; later ones leave the choice to a person.
    """
    from workbench.services.experiment import Experiment, run_experiment

    recipe = load_recipe(request.recipe)
    recipe = recipe if request.seed is None else msgspec.structs.replace(recipe, seed=request.seed)
    with open_project(request.project) as project:
        plan = plan_project(project, recipe, request.assets, job.part(0, 0.15))
        command = shlex.join(to_arguments(("train",), request))
        trained = run_experiment(project, Experiment(plan=plan, command=command), job.part(0.15, 1))
        if not project.champion and trained.best is not None:
            crown(project, trained.best, command)
        return result_of(trained, project, plan)


class SplitPreviewRequest(Request, frozen=True, kw_only=True):
    """How a recipe would split a project: for the split board, and the leakage guard."""

    recipe: Annotated[str, parameter("Recipe file (TOML).", positional=True, path=True, file=True)]
    project: ProjectFolder


class SplitPreviewResult(Result, frozen=True, kw_only=True):
    """Parts, and the guard's three counts (all must be 0 before training)."""

    parts: tuple[SplitPart, ...]
    n_windows: int
    n_features: int
    n_events: int
    n_straddling: int
    n_assets_on_two_sides: int
    n_label_inputs: int
    channels: tuple[str, ...]
    left_out: tuple[dict[str, str], ...] = ()
    estimate_s: float | None = None
    reference: tuple[ReferenceUse, ...] = ()
    """Stretches between works on the training pumps, and which of them serve as healthy."""
    notes: tuple[str, ...] = ()


def preview_split(request: SplitPreviewRequest, job: Job) -> SplitPreviewResult:
    """Plan only; fits nothing."""
    with open_project(request.project) as project:
        plan = plan_project(project, load_recipe(request.recipe), (), job)
    return SplitPreviewResult(
        parts=parts_of(plan),
        n_windows=len(plan.table),
        n_features=len(plan.columns),
        n_events=sum(event.is_real for event in plan.events),
        n_straddling=plan.guard.n_straddling,
        n_assets_on_two_sides=plan.guard.n_assets_on_two_sides,
        n_label_inputs=plan.guard.n_label_inputs,
        channels=(*(channel.name for channel in plan.spec.channels), *(channel.name for channel in plan.derived)),
        left_out=left_out_of(plan),
        estimate_s=estimate_s(plan),
        reference=reference_of(plan),
        notes=notes_of(plan),
    )


class RetrainRequest(Request, frozen=True, kw_only=True):
    """Train the champion's recipe again on all data, new data included, and compare with the champion."""

    project: ProjectFolder
    data: Annotated[tuple[str, ...], parameter("New log files to import first.", path=True, file=True)] = ()


def retrain(request: RetrainRequest, job: Job) -> TrainResult:
    """Champion stays champion unless the new run is better on the common hold-out."""
    from workbench.learning.run import load_run
    from workbench.services.experiment import Experiment, run_experiment, score_again

    if request.data:
        from workbench.services.logs import ImportRequest, import_logs

        import_logs(ImportRequest(paths=request.data, project=request.project), job.part(0, 0.2, "Importing"))
    with open_project(request.project) as project:
        if not project.champion:
            raise InputError("The project has no champion to train again.", "Train first: workbench train RECIPE --project DIR")
        former = load_run(project.objects.whole_tree("run", project.champion)).record
        recipe = msgspec.structs.replace(former.recipe, families=(former.family,), seeds=1)
        plan = plan_project(project, recipe, (), job.part(0.2, 0.3), keep=former.split)
        command = shlex.join(to_arguments(("retrain",), request))
        trained = run_experiment(project, Experiment(plan=plan, command=command), job.part(0.3, 0.95))
        common = score_again(project, project.champion, plan)
        if trained.best is not None and (common is None or _is_better(trained.best.metrics, common, recipe)):
            crown(project, trained.best, command)
        return result_of(trained, project, plan)


def load_recipe(path: str) -> Recipe:
    """Read and check a recipe file; raises InputError naming it."""
    from workbench.learning.recipe import parse_recipe

    try:
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise InputError(f"There is no {path}.", f"Make one: workbench recipe new --out {shlex.quote(path)}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} can't be read: {error}.", "Make one: workbench recipe new --out FILE") from error
    return parse_recipe(text, what=path)


def plan_of_record(project: Project, record: RunRecord, job: Job) -> Plan:
    """The plan of a stored run, from its own recipe, recordings, events and split. Raises ProjectError where data is gone."""
    from workbench.learning.derived import Fixed
    from workbench.learning.train import make_plan
    from workbench.learning.views import RecordingView
    from workbench.services.recordings import corrections_of, open_corrected

    job.progress(0, "Reading recordings")
    layers = {ref.corrections: corrections_of(project, ref.asset, ref.corrections)[1] for ref in record.data if ref.corrections}
    views = [
        RecordingView(asset=ref.asset, recording=open_corrected(project, ref.recording, layers.get(ref.corrections, ())))
        for ref in record.data
    ]
    edits = {ref.asset: ref.regimes for ref in record.data if ref.regimes}
    return make_plan(
        _in_regimes(project, views, record.recipe, edits),
        [ref.recording for ref in record.data],
        record.events,
        record.recipe,
        record.split,
        fixed=Fixed(channels=tuple(channel.name for channel in record.spec.channels), derived=record.derived),
    )


def plan_project(project: Project, recipe: Recipe, assets: tuple[str, ...], job: Job, *, keep: Split | None = None) -> Plan:
    """The recipe's plan over the project's recordings and events. Raises InputError, ModelError."""
    from workbench.learning.train import make_plan
    from workbench.learning.views import RecordingView
    from workbench.services.derived_layer import derived_by_asset
    from workbench.services.recordings import corrections_of, open_project_recordings
    from workbench.services.regimes import edits_of

    job.progress(0, "Reading recordings")
    found = open_project_recordings(project, assets)
    views = [RecordingView(asset=item.asset, recording=recording) for item, recording in found]
    job.progress(0.3, "Cutting windows")
    named = sorted({item.asset for item, _ in found})
    plan = make_plan(
        _in_regimes(project, views, recipe), [item.id for item, _ in found], _events_of(project), recipe, keep,
        definitions=derived_by_asset(project, named),
    )  # fmt: skip
    layers = {asset: corrections_of(project, asset)[0] for asset in named}
    edits = {asset: edits_of(project, asset)[0] for asset in named} if recipe.regimes else {}
    return replace(
        plan, corrections={asset: layer for asset, layer in layers.items() if layer},
        regimes={asset: layer for asset, layer in edits.items() if layer},
    )  # fmt: skip


def _in_regimes(
    project: Project, views: list[RecordingView], recipe: Recipe, layers: dict[str, str] | None = None
) -> Sequence[LogView]:
    """Only the rows in the recipe's operating states, where it names any. Raises InputError where none is left."""
    if not recipe.regimes:
        return views
    from workbench.learning.views import PartView
    from workbench.services.regime_filter import rows_within, spans_of_regimes

    spans = spans_of_regimes(project, sorted({view.asset for view in views}), recipe.regimes, layers)
    parts = [PartView(whole=view, keep=rows_within(view.times_ns, spans[view.asset])) for view in views]
    kept = [part for part in parts if part.keep.any()]
    if not kept:
        raise InputError(
            f"No pump was ever {' or '.join(recipe.regimes)}.", "See which states there are: workbench logs regimes."
        )
    return parts


def crown(project: Project, run: RunSummary, command: str) -> None:
    """Make a run the champion, with one journal line."""
    from workbench.project.acts import Act

    what = f"Champion is {run.title}, {run.id[:8]}"
    project.set_value("champion", run.id, Act(act="champion", what=what, refs=(run.id,), command=command))


def result_of(trained: Trained, project: Project, plan: Plan) -> TrainResult:
    """The runs with the project's champion marked."""
    champion = project.champion or None
    marked = tuple(msgspec.structs.replace(run, is_champion=run.id == champion) for run in trained.runs)
    left_out = (*left_out_of(plan), *trained.passed_over)
    return TrainResult(runs=marked, champion=champion, experiment=marked[0].experiment, left_out=left_out, notes=notes_of(plan))


def _is_better(new: dict[str, float | None], champion: dict[str, float | None], recipe: Recipe) -> bool:
    from workbench.learning.evaluate import sort_key

    target = recipe.false_alarms_per_week
    return sort_key(new, target) < sort_key(champion, target)


def _events_of(project: Project) -> tuple[EventSpan, ...]:
    """What training is told: planned operation is normal; the unsure, censored and repaired counts neither way."""
    from workbench.services.labels import LabelsListRequest, list_labels

    events = list_labels(LabelsListRequest(project=str(project.root)), Job()).events
    return tuple(_span_of(event) for event in events if event.state != "not_real" and event.kind != "operation")


def _span_of(event: Event) -> EventSpan:
    from workbench.learning.dataset import EventSpan
    from workbench.services.reference_periods import work_span

    start_ns, end_ns = event.span_ns
    found_ns = parse_utc(event.found_utc) if event.found_utc and event.last_good_utc else None
    return EventSpan(
        id=event.id, asset=event.asset, name=event.name, start_ns=start_ns, end_ns=end_ns, is_real=is_positive(event),
        sure_ns=found_ns if found_ns is not None and start_ns < found_ns <= end_ns else None,
        is_renewal=is_renewal(event) and not is_positive(event),
        work_ns=work_span(event) if is_renewal(event) else None,
    )  # fmt: skip
