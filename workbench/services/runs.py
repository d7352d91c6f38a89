"""Look at runs, compare them, choose the champion, train one again."""

from __future__ import annotations

from typing import Annotated

from workbench.core.codec import Record
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.services.common import ProjectFolder, RunId
from workbench.services.training import RunSummary


class RunsListRequest(Request, frozen=True, kw_only=True):
    """List the runs of a project, best first."""

    project: ProjectFolder


class RunsListResult(Result, frozen=True, kw_only=True):
    """All runs; `champion` is a run id or None."""

    runs: tuple[RunSummary, ...]
    champion: str | None


def list_runs(request: RunsListRequest, job: Job) -> RunsListResult:
    """From the index."""
    raise NotImplementedError


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
    raise NotImplementedError


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
    raise NotImplementedError


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
    raise NotImplementedError


class ChampionRequest(Request, frozen=True, kw_only=True):
    """Make a run the champion of the project."""

    run: RunId
    project: ProjectFolder


def set_champion(request: ChampionRequest, job: Job) -> RunShowResult:
    """One journal line."""
    raise NotImplementedError


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
    raise NotImplementedError
