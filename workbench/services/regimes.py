"""In which operating state each pump was, and when: the coloured strip above the plots."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from workbench.core.clock import format_utc
from workbench.core.codec import Record
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.services.common import ProjectFolder


class RegimeSpan(Record, frozen=True, kw_only=True):
    """One stretch of a recording: stopped, start-up, steady, throttled or dead-head."""

    recording: str
    asset: str
    name: str
    start_utc: str
    end_utc: str


class RegimesRequest(Request, frozen=True, kw_only=True):
    """Find the operating states in a project's recordings."""

    project: ProjectFolder
    asset: Annotated[str | None, parameter("Only this pump.")] = None


class RegimesResult(Result, frozen=True, kw_only=True):
    """Stretches by asset and time; hours by state for each asset. Recordings without current, speed or flow have none."""

    regimes: tuple[RegimeSpan, ...]
    hours: dict[str, dict[str, float]]


def log_regimes(request: RegimesRequest, job: Job) -> RegimesResult:
    """Look at the levels of current (or power, speed) and flow."""
    from workbench.logs.regimes import find_regimes
    from workbench.project.store import Project
    from workbench.services.recordings import open_project_recordings

    spans: list[RegimeSpan] = []
    hours: dict[str, dict[str, float]] = {}
    with Project.open_existing(Path(request.project)) as project:
        pairs = open_project_recordings(project, (request.asset,) if request.asset else ())
        for number, (item, recording) in enumerate(pairs):
            job.progress(number / len(pairs), recording.summary.source)
            columns = {channel.name: recording.values(channel.name) for channel in recording.channels}
            units = {channel.name: channel.unit for channel in recording.channels}
            for regime in find_regimes(recording.times_ns, columns, units):
                spans.append(
                    RegimeSpan(
                        recording=item.id, asset=item.asset, name=regime.name, start_utc=format_utc(regime.start_ns),
                        end_utc=format_utc(regime.end_ns),
                    )
                )  # fmt: skip
                of_asset = hours.setdefault(item.asset, {})
                of_asset[regime.name] = of_asset.get(regime.name, 0.0) + (regime.end_ns - regime.start_ns) / 3.6e12
    return RegimesResult(regimes=tuple(spans), hours=hours)
