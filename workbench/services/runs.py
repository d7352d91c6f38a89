"""Look at runs, compare them, choose the champion, train one again."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated

import msgspec

from workbench.core.clock import NS_PER_S, format_utc
from workbench.core.codec import Record
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter, to_arguments
from workbench.core.scoring_spec import SCORE_THRESHOLD
from workbench.services.common import ProjectFolder, RunId, open_or_make_project, open_project
from workbench.services.training import RunSummary

if TYPE_CHECKING:
    from workbench.learning.run import Holdout, RunRecord
    from workbench.learning.timeline import Timeline
    from workbench.project.acts import Item


class RunsListRequest(Request, frozen=True, kw_only=True):
    """List the runs of a project, best first."""

    project: ProjectFolder


class RunsListResult(Result, frozen=True, kw_only=True):
    """All runs; `champion` is a run id or None."""

    runs: tuple[RunSummary, ...]
    champion: str | None


def list_runs(request: RunsListRequest, job: Job) -> RunsListResult:
    """From the index."""
    with open_or_make_project(request.project) as project:
        champion = project.champion or None
        runs = [summary_of_item(item, champion) for item in project.items("run")]
    return RunsListResult(runs=tuple(sorted(runs, key=_best_first)), champion=champion)


class RunShowRequest(Request, frozen=True, kw_only=True):
    """Show one run in full."""

    run: RunId
    project: ProjectFolder


class RunShowResult(Result, frozen=True, kw_only=True):
    """The stored record, as plain data."""

    summary: RunSummary
    record: dict[str, object]


def show_run(request: RunShowRequest, job: Job) -> RunShowResult:
    """Recipe, data, split, parameters, metrics, environment."""
    from workbench.learning.run import load_run

    with open_project(request.project) as project:
        item = project.item("run", request.run)
        record = load_run(project.objects.whole_tree("run", item.id)).record
        return RunShowResult(summary=summary_of_item(item, project.champion), record=msgspec.to_builtins(record))


class TimelineAlarm(Record, frozen=True, kw_only=True):
    """One alarm on the hold-out; `event` is the id of the event it caught, or None for a false alarm."""

    asset: str
    start_utc: str
    end_utc: str
    peak_score: float
    event: str | None


class TimelineEvent(Record, frozen=True, kw_only=True):
    """One event on the hold-out and whether it was caught, with the delay."""

    id: str
    asset: str
    name: str
    start_utc: str
    end_utc: str
    is_caught: bool
    delay_s: float | None


class CurvePoint(Record, frozen=True, kw_only=True):
    """Threshold on the score scale against what it would give."""

    threshold: float
    false_alarms_per_week: float
    n_caught: int


class TimelineRequest(Request, frozen=True, kw_only=True):
    """Alarms of one run against the events of the hold-out, at a threshold."""

    run: RunId
    project: ProjectFolder
    threshold: Annotated[float, parameter("Threshold on the score scale.", ge=0, le=1)] = 0.5


class TimelineResult(Result, frozen=True, kw_only=True):
    """What the Compare page draws: spans by asset, events, alarms, the curve, slices (worst first)."""

    spans: tuple[tuple[str, str, str], ...]
    """(asset, first_utc, last_utc) of each hold-out part."""
    events: tuple[TimelineEvent, ...]
    alarms: tuple[TimelineAlarm, ...]
    curve: tuple[CurvePoint, ...]
    slices: tuple[dict[str, object], ...]
    """{"name", "n_events", "n_caught", "false_alarms_per_week"}."""
    false_alarms_per_week: float
    n_caught: int
    n_events: int
    median_delay_s: float | None


def run_timeline(request: TimelineRequest, job: Job) -> TimelineResult:
    """Recomputed from the stored hold-out scores; nothing is fitted."""
    from workbench.learning.run import load_run
    from workbench.learning.timeline import make_timeline

    with open_project(request.project) as project:
        run = load_run(project.objects.whole_tree("run", project.item("run", request.run).id))
    holdout = run.holdout()
    timeline = make_timeline(run.record, holdout, request.threshold)
    metrics = timeline.metrics
    return TimelineResult(
        spans=tuple(
            (span.asset, format_utc(span.start_ns), format_utc(span.end_ns))
            for span in run.record.split.spans
            if span.part == "holdout"
        ),
        events=_events(timeline),
        alarms=_alarms(timeline, run.record, holdout),
        curve=tuple(CurvePoint(threshold=at, false_alarms_per_week=rate, n_caught=caught) for at, rate, caught in timeline.curve),
        slices=tuple(timeline.slices),
        false_alarms_per_week=metrics["false_alarms_per_week"] or 0.0,
        n_caught=int(metrics["n_caught"] or 0),
        n_events=int(metrics["n_events"] or 0),
        median_delay_s=metrics["median_delay_s"],
    )


class CompareRequest(Request, frozen=True, kw_only=True):
    """Compare two runs in words."""

    run: RunId
    other: Annotated[str, parameter("The other run's id.", positional=True)]
    project: ProjectFolder


class CompareResult(Result, frozen=True, kw_only=True):
    """Sentences, each about one difference: recipe, data, parameters, metrics."""

    differences: tuple[str, ...]


def compare_runs(request: CompareRequest, job: Job) -> CompareResult:
    """Words, with the values."""
    from workbench.learning.compare import compare_records
    from workbench.learning.run import load_run

    with open_project(request.project) as project:
        items = [project.item("run", prefix) for prefix in (request.run, request.other)]
        first, second = (load_run(project.objects.whole_tree("run", item.id)).record for item in items)
    return CompareResult(differences=compare_records(first, second, (items[0].id[:8], items[1].id[:8])))


class ChampionRequest(Request, frozen=True, kw_only=True):
    """Make a run the champion of the project."""

    run: RunId
    project: ProjectFolder


def set_champion(request: ChampionRequest, job: Job) -> RunShowResult:
    """One journal line."""
    from workbench.services.training import crown

    with open_project(request.project) as project:
        item = project.item("run", request.run)
        command = shlex.join(to_arguments(("runs", "champion"), request))
        crown(project, summary_of_item(item, None), command)
    return show_run(RunShowRequest(run=item.id, project=request.project), job)


class ReproduceRequest(Request, frozen=True, kw_only=True):
    """Train a run again from its record and compare."""

    run: RunId
    project: ProjectFolder


class ReproduceResult(Result, frozen=True, kw_only=True):
    """Whether the model's hash is the same; else whether the alerts are, and what differs."""

    is_same_hash: bool
    is_same_alerts: bool
    differences: tuple[str, ...]


def reproduce_run(request: ReproduceRequest, job: Job) -> ReproduceResult:
    """Same lock file and processor: same hash."""
    from workbench.learning.compare import compare_records
    from workbench.learning.run import load_run
    from workbench.services.experiment import train_again
    from workbench.services.training import plan_of_record

    with open_project(request.project) as project:
        item = project.item("run", request.run)
        stored = load_run(project.objects.whole_tree("run", item.id))
        plan = plan_of_record(project, stored.record, job.part(0, 0.3))
    job.progress(0.4, f"Training {stored.record.title} again")
    record, files = train_again(plan, stored.record.family, stored.record.seed)
    former = stored.holdout()
    is_same = record.model_sha256 == stored.record.model_sha256
    alerts = (former.score >= SCORE_THRESHOLD, files.holdout.score >= SCORE_THRESHOLD)
    is_same_alerts = len(alerts[0]) == len(alerts[1]) and bool((alerts[0] == alerts[1]).all())
    differences = () if is_same else compare_records(stored.record, record, (item.id[:8], "the new run"))
    return ReproduceResult(is_same_hash=is_same, is_same_alerts=is_same_alerts, differences=differences)


def summary_of_item(item: Item, champion: str | None) -> RunSummary:
    """A run's row from its entry in the index."""
    return msgspec.convert({**item.details, "id": item.id, "is_champion": item.id == champion}, RunSummary)


def _best_first(run: RunSummary) -> tuple[bool, float, float, float]:
    """As in a leaderboard: baselines last, then by the order of help/metrics.md."""
    from workbench.learning.evaluate import sort_key

    return run.is_baseline, *sort_key(run.metrics, run.target_per_week)


def _events(timeline: Timeline) -> tuple[TimelineEvent, ...]:
    scored, marks = timeline.scored, timeline.marks
    first = {alarm.event: alarm.first for alarm in timeline.alarms if alarm.event is not None}
    present = sorted(set(marks.event[marks.event >= 0].tolist()))
    events = []
    for index in present:
        span = scored.events[index]
        delay_s = max(0.0, (int(scored.end_ns[first[index]]) - span.start_ns) / NS_PER_S) if index in first else None
        event = TimelineEvent(
            id=span.id, asset=span.asset, name=span.name, start_utc=format_utc(span.start_ns), end_utc=format_utc(span.end_ns),
            is_caught=index in first, delay_s=delay_s,
        )  # fmt: skip
        events.append(event)
    return tuple(events)


def _alarms(timeline: Timeline, record: RunRecord, holdout: Holdout) -> tuple[TimelineAlarm, ...]:
    return tuple(
        TimelineAlarm(
            asset=holdout.assets[int(holdout.asset[alarm.first])],
            start_utc=format_utc(int(holdout.end_ns[alarm.first])),
            end_utc=format_utc(int(holdout.end_ns[alarm.last])),
            peak_score=float(holdout.score[alarm.first : alarm.last + 1].max()),
            event=None if alarm.event is None else record.events[alarm.event].id,
        )
        for alarm in timeline.alarms
    )
