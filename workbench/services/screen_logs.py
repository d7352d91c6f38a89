"""What `screen` looks at: log files, or a project's recordings seen through their layers; works on the pump, operating states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.core.errors import RequestError
from workbench.core.jobs import Job
from workbench.services.common import open_project
from workbench.services.logs import Question

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from workbench.core.scoring_spec import ChannelSpec
    from workbench.logs.events.event import Event
    from workbench.logs.parse import ParsedRecording
    from workbench.services.regime_filter import AnyLog
    from workbench.services.screening import ScreenRequest

States = dict[str, list[tuple[int, int]]]
Work = tuple[int, int, str]
"""Begin and end ns, and what it was."""
_AT_REST = ("stopped", "standby", "start-up", "coast-down")
"""A log is screened while its pump runs, unless somebody names states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenSource:
    """One log: instants ns [n], values [n, c], and which rows count (None: all, as far as the pump runs)."""

    source: str
    times_ns: NDArray[np.int64]
    channels: tuple[ChannelSpec, ...]
    values: NDArray[np.float64]
    left_out: tuple[dict[str, str], ...]
    works: tuple[Work, ...]
    states: States
    keep: NDArray[np.bool_] | None


def read_sources(request: ScreenRequest, job: Job) -> Iterator[tuple[ScreenSource, list[Question], int]]:
    """The logs that the request names, else those of its project's pumps, one by one, and how many there are at least.

    Raises RequestError without either.
    """
    if request.paths and request.project:
        raise RequestError("Log files and a project are given; one is screened at a time.", "Leave one of them out.")
    if request.paths:
        for source, asked in _of_files(request, job):
            yield source, asked, len(request.paths)
    elif request.project:
        for source, n_sources in _of_project(request, job):
            yield source, [], n_sources
    else:
        raise RequestError("There is nothing to screen.", "Name log files, or a project with recordings: --project DIR.")


def _of_files(request: ScreenRequest, job: Job) -> Iterator[tuple[ScreenSource, list[Question]]]:
    import numpy as np

    from workbench.services.score_files import channels_of, columns_of, left_out_of, parse_each

    for source, (recording,), asked in parse_each(request.paths, request, job, join=request.join):
        channels, log = channels_of(recording), columns_of(recording, source)
        states, keep = _states_of(log, request)
        found = ScreenSource(
            source=source, times_ns=recording.times_ns, channels=channels,
            values=log.table if channels else np.empty((0, 0)),
            left_out=left_out_of(recording), works=_works(_events_of_file(recording, source, request)), states=states, keep=keep,
        )  # fmt: skip
        yield found, asked


def _of_project(request: ScreenRequest, job: Job) -> Iterator[tuple[ScreenSource, int]]:
    """Each pump's trends: corrected, with derived channels; what looks like a label is no input."""
    import numpy as np

    from workbench.core.scoring_spec import ChannelSpec
    from workbench.logs.units import find_quantity
    from workbench.services.label_layers import newest_layer
    from workbench.services.pumps import channel_pumps
    from workbench.services.regimes import Finder
    from workbench.services.trends import label_like, open_trends

    with open_project(request.project or "") as project:
        logs = open_trends(project, request.asset, job)
        finder = Finder(project)
        channels = channel_pumps(project) if request.events else {}
        layers = {log.source: newest_layer(project, log.source) for log in logs}
        states = {log.source: finder.by_name(log.source) for log in logs}
        labels = {log.source: label_like(project, log.source) for log in logs}
        wanted = {log.source: finder.spans(log.source, request.regimes) for log in logs} if request.regimes else {}
    given = _read_events(request, tuple(layers), channels) if request.events else ()
    for log in logs:
        names = [name for name in log.columns if name not in labels[log.source]]
        units = log.units
        found = ScreenSource(
            source=log.source, times_ns=log.times_ns,
            channels=tuple(
                ChannelSpec(name=name, unit=units[name], quantity=find_quantity(units[name] or None, name)) for name in names
            ),
            values=np.column_stack([np.asarray(log.columns[name], np.float64) for name in names]),
            left_out=tuple({"channel": name, "why": "looks like a label"} for name in sorted(labels[log.source])),
            works=_works((*layers[log.source], *(one for one in given if one.asset == log.source))),
            states=states[log.source], keep=_keep(log.times_ns, states[log.source], wanted.get(log.source), request),
        )  # fmt: skip
        yield found, len(logs)


def _states_of(log: AnyLog, request: ScreenRequest) -> tuple[States, NDArray[np.bool_] | None]:
    from workbench.services.regime_filter import spans_in_log, states_in_log

    states = states_in_log(log)
    return states, _keep(log.times_ns, states, spans_in_log(log, request.regimes) if request.regimes else None, request)


def _keep(
    times_ns: NDArray[np.int64], states: States, wanted: Sequence[tuple[int, int]] | None, request: ScreenRequest
) -> NDArray[np.bool_] | None:
    """Rows in the states that were named; else all in which the pump is found to run, if its reference shows it running."""
    from workbench.core.clock import parse_utc
    from workbench.learning.screen import MINIMUM_REFERENCE_ROWS
    from workbench.services.regime_filter import joined, rows_within

    if wanted is not None:
        return rows_within(times_ns, joined(wanted))
    rest = joined([span for name in _AT_REST for span in states.get(name, ())])
    if not rest:
        return None
    keep = ~rows_within(times_ns, rest)
    until_ns = parse_utc(request.reference_until) if request.reference_until else None
    reference = keep[: request.reference_rows] if until_ns is None else keep[times_ns <= until_ns]
    return keep if reference.sum() >= max(MINIMUM_REFERENCE_ROWS, len(reference) // 2) else None


def _works(events: Sequence[Event]) -> tuple[Work, ...]:
    from workbench.logs.events.event import is_renewal
    from workbench.services.reference_periods import work_span

    return tuple((*work_span(one), one.name) for one in events if is_renewal(one))


def _events_of_file(recording: ParsedRecording, source: str, request: ScreenRequest) -> tuple[Event, ...]:
    """The events about the pump of a log: its tag in the file's name, in the rows, or in most of its channels."""
    from workbench.logs.equipment import asset_of_machine, default_asset

    if request.events is None:
        return ()
    asset = default_asset(source, list(recording.columns))
    if recording.facts.machine:
        asset = asset_of_machine(recording.facts.machine, asset, is_given=False)
    events = _read_events(request, (asset,), {name.casefold(): asset for name in recording.columns})
    return tuple(one for one in events if one.asset == asset)


def _read_events(request: ScreenRequest, assets: tuple[str, ...], channels: Mapping[str, str]) -> tuple[Event, ...]:
    """Our own CSV, or a table of work orders or alarms. Raises LogFormatError, QuestionOpen."""
    from workbench.core.codec import read_bounded
    from workbench.logs.events.files import is_own_csv, parse_events_csv
    from workbench.services.event_import import MAX_BYTES, EventsPreviewRequest, read_events_table, refuse_open

    path = Path(request.events or "")
    data = read_bounded(path, MAX_BYTES)
    only = assets[0] if len(assets) == 1 else None
    if is_own_csv(data):
        return parse_events_csv(data, path, asset=only, state="real")
    asked = EventsPreviewRequest(path=str(path), project="", asset=only, state="real", zone=request.zone, answer=request.answer)
    found = read_events_table(asked, assets, channels)
    refuse_open(found, path.name)
    return tuple(found.made.events)
