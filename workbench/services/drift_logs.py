"""Where `drift` gets its samples from: log files, or the recordings of a project; and the watching itself, channel by channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.core.clock import parse_utc
from workbench.core.errors import InputError, RequestError
from workbench.core.jobs import Job
from workbench.services.common import open_project
from workbench.services.regime_filter import spans_in_log, spans_of_regimes
from workbench.services.trends import Log

if TYPE_CHECKING:
    from workbench.drift.over_time import ChannelHistory, Schedule
    from workbench.services.drift import DriftRequest
    from workbench.services.reference_periods import ReferencePeriod

LEAST_ROWS_SINCE_WORK = 2000
"""Fewer rows after a work on the pump make no reference and analysis period of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """One log with its schedule and the history of each of its channels."""

    log: Log
    schedule: Schedule
    histories: list[ChannelHistory]


def read_logs(request: DriftRequest, job: Job) -> list[Log]:
    """The logs that the request names, else all pumps (or the one asset) of its project."""
    if request.paths:
        logs = _read_files(request, job)
        return [_within(log, spans_in_log(log, request.regimes)) for log in logs] if request.regimes else logs
    if request.project is None:
        raise RequestError("There is nothing to compare.", "Name log files, or a project with recordings.")
    from workbench.services.reference_periods import periods_of
    from workbench.services.trends import open_trends

    with open_project(request.project) as project:
        logs = open_trends(project, request.asset, job)
        assets = [log.source for log in logs]
        works = {asset: periods_of(project, asset) for asset in assets} if request.reference_until is None else {}
        spans = spans_of_regimes(project, assets, request.regimes)
    if request.regimes:
        logs = [_within(log, spans[log.source]) for log in logs]
    return [since_last_work(log, works.get(log.source, ())) for log in logs]


def _within(log: Log, spans: list[tuple[int, int]]) -> Log:
    """Only the rows that lie in one of the stretches: like is compared with like."""
    from workbench.services.regime_filter import rows_within

    keep = rows_within(log.times_ns, spans)
    columns = {name: values[keep] for name, values in log.columns.items()}
    return Log(source=log.source, times_ns=log.times_ns[keep], columns=columns, units=log.units)


def since_last_work(log: Log, periods: Sequence[ReferencePeriod]) -> Log:
    """The log from its last maintenance action on, where what follows is long enough: what was normal before is no reference."""
    import numpy as np

    if len(periods) < 2:
        return log
    first = int(np.searchsorted(log.times_ns, parse_utc(periods[-1].start_utc)))
    if log.times_ns.size - first < LEAST_ROWS_SINCE_WORK:
        return log
    return replace(log, times_ns=log.times_ns[first:], columns={name: values[first:] for name, values in log.columns.items()})


def watch(logs: list[Log], request: DriftRequest, job: Job) -> list[Watched]:
    """Watch every channel of every log; a log that is too short is passed over as long as another is not."""
    from workbench.drift.over_time import plan_schedule

    end_ns = None if request.reference_until is None else parse_utc(request.reference_until)
    watched: list[Watched] = []
    refused: list[InputError] = []
    for number, log in enumerate(logs):
        part = job.part(number / len(logs), (number + 1) / len(logs), log.source)
        try:
            schedule = plan_schedule(log.times_ns, end_ns, request.every)
        except InputError as error:
            refused.append(error)
            continue
        watched.append(Watched(log=log, schedule=schedule, histories=_watch_channels(log, schedule, part)))
    if not watched:
        raise refused[0]
    return watched


def _watch_channels(log: Log, schedule: Schedule, job: Job) -> list[ChannelHistory]:
    import numpy as np

    from workbench.drift.over_time import watch_channel

    histories = []
    for number, (name, values) in enumerate(log.columns.items()):
        job.progress(number / len(log.columns), name)
        histories.append(watch_channel(name, log.times_ns, np.asarray(values, dtype=np.float64), schedule))
    return [history for history in histories if history is not None]


def _read_files(request: DriftRequest, job: Job) -> list[Log]:
    from workbench.logs.parse import ParseOptions
    from workbench.services.log_import import check_questions
    from workbench.services.recordings import trends_of
    from workbench.services.stored_logs import read_logs as read_files

    options = ParseOptions(zone=request.zone, answers=request.answer)
    parsed = read_files([Path(path) for path in request.paths], options, job.progress)
    asked = [*parsed.questions, *(question for one in parsed.recordings for question in one.facts.questions)]
    check_questions(asked)
    return [
        Log(
            source=one.facts.source,
            times_ns=one.times_ns,
            columns=one.columns,
            units={channel.name: channel.unit or "" for channel in one.facts.channels},
        )
        for one in trends_of(parsed.recordings)
        if one.times_ns.size
    ]
