"""What a project holds at a glance and what in it waits for a person: what the start page shows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from workbench.core.codec import Record
from workbench.core.jobs import Job
from workbench.core.requests import Result
from workbench.services.common import open_project
from workbench.services.projects import ProjectRequest, ProjectResult, show_project
from workbench.services.runs import RunsListRequest, list_runs
from workbench.services.training import RunSummary

if TYPE_CHECKING:
    from workbench.logs.recordings.recording import Recording
    from workbench.project.acts import Item
    from workbench.project.store import Project

TRACE_PIXELS = 334
_PREFERRED_UNITS = ("mm/s", "in/s", "g")


NeedKind = Literal["unknown_verdict", "unsure_events", "no_champion", "not_packaged", "not_signed"]


class Need(Record, frozen=True, kw_only=True):
    """One thing that waits for a person; the window finds the words. `on` names it: a pump, a run, a bundle."""

    kind: NeedKind
    on: str
    at_utc: str
    n: int = 1
    title: str = ""
    asset: str | None = None
    run: str | None = None
    bundle: str | None = None


class Trace(Result, frozen=True, kw_only=True):
    """A small picture of one channel: minimum and maximum a pixel (NaN as None)."""

    asset: str
    recording: str
    channel: str
    unit: str
    start_utc: str
    end_utc: str
    minimum: tuple[float | None, ...]
    maximum: tuple[float | None, ...]


class LastUpdate(Result, frozen=True, kw_only=True):
    """How the newest update of a device ended, as its receipt says."""

    asset: str
    verdict: str
    at_utc: str
    bundle: str
    """Name and release of what was sent."""
    message: str


class OverviewResult(Result, frozen=True, kw_only=True):
    """The project, its newest trace, its runs (best first), the newest update, and what waits for a person."""

    project: ProjectResult
    trace: Trace | None
    runs: tuple[RunSummary, ...]
    update: LastUpdate | None
    needs: tuple[Need, ...]
    n_bundles: int = 0


def show_overview(request: ProjectRequest, job: Job) -> OverviewResult:
    """Read from the index and the stored layers; nothing is computed from samples but one small trace."""

    shown = show_project(request, job)
    runs = list_runs(RunsListRequest(project=request.project), job).runs
    job.checkpoint()
    with open_project(request.project) as project:
        receipts, bundles = project.items("receipt"), project.items("bundle")
        needs = [
            *_unknown_verdicts(receipts), *_unsure_events(project.items("labels")), *_champion_needs(shown, runs, bundles),
            *_unsigned(bundles),
        ]  # fmt: skip
        return OverviewResult(
            project=shown, trace=_newest_trace(project), runs=runs, update=_last_update(receipts), needs=tuple(needs),
            n_bundles=len(bundles),
        )  # fmt: skip


def _unknown_verdicts(receipts: list[Item]) -> list[Need]:
    return [
        Need(kind="unknown_verdict", on=item.asset, at_utc=item.created_utc, asset=item.asset)
        for item in _newest_of_each_asset(receipts)
        if item.details.get("verdict") == "unknown"
    ]


def _unsure_events(layers: list[Item]) -> list[Need]:
    counted = [(item, item.details.get("unsure", 0)) for item in _newest_of_each_asset(layers)]
    return [
        Need(kind="unsure_events", on=item.asset, at_utc=item.created_utc, asset=item.asset, n=n_unsure)
        for item, n_unsure in counted
        if isinstance(n_unsure, int) and n_unsure
    ]


def _newest_of_each_asset(items: list[Item]) -> list[Item]:
    newest: dict[str, Item] = {}
    for item in items:
        newest.setdefault(item.asset, item)
    return list(newest.values())


def _champion_needs(shown: ProjectResult, runs: tuple[RunSummary, ...], bundles: list[Item]) -> list[Need]:
    candidates = [run for run in runs if not run.is_baseline]
    if candidates and shown.champion is None:
        return [Need(kind="no_champion", on="", at_utc=max(run.created_utc for run in candidates), n=len(candidates))]
    champion = next((run for run in candidates if run.id == shown.champion), None)
    if champion is None or any(champion.id in bundle.refs for bundle in bundles):
        return []
    return [Need(kind="not_packaged", on=champion.id[:8], at_utc=champion.created_utc, title=champion.title, run=champion.id)]


def _unsigned(bundles: list[Item]) -> list[Need]:
    if not bundles or bundles[0].details.get("signatures"):
        return []
    item = bundles[0]
    return [Need(kind="not_signed", on=item.name, at_utc=item.created_utc, bundle=item.id)]


def _last_update(receipts: list[Item]) -> LastUpdate | None:
    if not receipts:
        return None
    item = receipts[0]
    return LastUpdate(
        asset=item.asset, verdict=str(item.details.get("verdict", "")), at_utc=item.created_utc,
        bundle=_bundle_name(item.details.get("bundle")), message=str(item.details.get("message") or ""),
    )  # fmt: skip


def _bundle_name(bundle: object) -> str:
    if not isinstance(bundle, dict):
        return ""
    return f"{bundle.get('name') or ''} {bundle.get('release') or ''}".strip()


def _newest_trace(project: Project) -> Trace | None:
    from workbench.logs.recordings.recording import open_recording

    items = [item for item in project.items("recording") if item.details.get("group") != "waveform"]
    if not items:
        return None
    recording = open_recording(project.objects.tree_path("recording", items[0].id))
    return _trace_of(items[0], recording)


def _trace_of(item: Item, recording: Recording) -> Trace | None:
    from workbench.core.clock import format_utc

    facts = recording.summary
    good = [channel for channel in facts.channels if channel.n_good > 1 and channel.min != channel.max]
    if facts.first_ns is None or facts.last_ns is None or not good:
        return None
    channel = next((channel for channel in good if channel.unit in _PREFERRED_UNITS), good[0])
    drawn = recording.envelope(channel.name, facts.first_ns, facts.last_ns, TRACE_PIXELS)
    return Trace(
        asset=item.asset, recording=item.id, channel=channel.name, unit=channel.unit or "",
        start_utc=format_utc(facts.first_ns), end_utc=format_utc(facts.last_ns),
        minimum=_listed(drawn.minimum.tolist()), maximum=_listed(drawn.maximum.tolist()),
    )  # fmt: skip


def _listed(values: list[float]) -> tuple[float | None, ...]:
    return tuple(value if math.isfinite(value) else None for value in values)
