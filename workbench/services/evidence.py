"""What a pump's channels did within an event, against as long a time before it: what speaks for the event, in figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from workbench.core.clock import parse_utc
from workbench.core.codec import Record
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.services.common import ProjectFolder, open_project
from workbench.services.label_layers import find_event, newest_layer
from workbench.services.pumps import check_logged
from workbench.services.regime_filter import RegimeNames, Spans, find_spans, rows_within

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.logs.recordings.recording import Recording
    from workbench.project.store import Project

_MOST_ROWS = 20_000
"""Samples that are looked at in each of the two stretches; of longer ones every n-th."""


class EvidenceRequest(Request, frozen=True, kw_only=True):
    """Say what the channels did within an event, against the time before it."""

    project: ProjectFolder
    asset: Annotated[str, parameter("Equipment tag.")]
    event: Annotated[str | None, parameter("Id of the event (or its first characters); else give start and end.")] = None
    start: Annotated[str | None, parameter("First instant, ISO 8601 UTC.")] = None
    end: Annotated[str | None, parameter("Last instant, ISO 8601 UTC.")] = None
    regimes: RegimeNames = ()


class ChannelEvidence(Record, frozen=True, kw_only=True):
    """Means within and before, and how many standard deviations of the time before lie between; None where nothing is."""

    channel: str
    unit: str
    before: float
    within: float
    n_deviations: float | None


class EvidenceResult(Result, frozen=True, kw_only=True):
    """The channel that moved most comes first."""

    channels: tuple[ChannelEvidence, ...]
    regimes: tuple[str, ...] = ()


def event_evidence(request: EvidenceRequest, job: Job) -> EvidenceResult:
    """Trends only; a channel without samples in either stretch is left out.

    With operating states, within and before alike only what was in them. Raises InputError for an unknown event or state.
    """
    from workbench.services.recordings import open_project_recordings

    with open_project(request.project) as project:
        check_logged(project, request.asset)
    spans = find_spans(request.project, request.asset, request.regimes)
    with open_project(request.project) as project:
        start_ns, end_ns = _span(project, request)
        opened = [recording for _, recording in open_project_recordings(project, (request.asset,))]
        within = _Stretch.of(opened, (start_ns, end_ns), spans)
        before = _Stretch.of(opened, (2 * start_ns - end_ns, start_ns - 1), spans)
        units: dict[str, str] = {}
        for recording in opened:
            for channel in recording.channels:
                units.setdefault(channel.name, channel.unit or "")
        found = []
        for name, unit in units.items():
            job.checkpoint()
            one = _evidence(name, unit, within.values(name, unit), before.values(name, unit))
            found += [one] if one is not None else []
    return EvidenceResult(channels=tuple(sorted(found, key=_by_size)), regimes=request.regimes)


def _span(project: Project, request: EvidenceRequest) -> tuple[int, int]:
    if request.start is not None and request.end is not None:
        return parse_utc(request.start), parse_utc(request.end)
    if request.event is None:
        raise InputError("Nothing is to be looked at.", "Name an event, or give --start and --end.")
    event = find_event(newest_layer(project, request.asset), request.event, request.asset)
    return event.span_ns


def _evidence(name: str, unit: str, within: NDArray[np.float64], before: NDArray[np.float64]) -> ChannelEvidence | None:
    import numpy as np

    if not len(within) or not len(before):
        return None
    spread = float(np.std(before))
    change = float(np.mean(within)) - float(np.mean(before))
    return ChannelEvidence(
        channel=name, unit=unit, before=float(np.mean(before)), within=float(np.mean(within)),
        n_deviations=change / spread if spread > 0 else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A stretch of time over all recordings that reach into it, with the rows of each: an event may lie over a seam."""

    parts: tuple[tuple[Recording, NDArray[np.int64]], ...]

    @classmethod
    def of(cls, recordings: Sequence[Recording], range_ns: tuple[int, int], spans: Spans | None) -> _Stretch:
        import numpy as np

        parts = []
        for recording in recordings:
            axis = recording.axis
            first, end = axis.index_at(range_ns[0], after=False), axis.index_at(range_ns[1], after=True)
            rows = np.arange(first, end, dtype=np.int64)
            if spans is not None:
                rows = rows[rows_within(axis.take(rows), spans)]
            if len(rows):
                parts.append((recording, rows))
        # One step for all: a sample on one side of a seam counts as much as one on the other.
        step = max(1, sum(len(rows) for _, rows in parts) // _MOST_ROWS)
        return cls(tuple((recording, rows[::step]) for recording, rows in parts))

    def values(self, name: str, unit: str) -> NDArray[np.float64]:
        """Finite samples of a channel in that unit; what another recording has in one that can't be converted is left out."""
        import numpy as np

        from workbench.logs.units import can_convert, conversion

        found = [np.zeros(0)]
        for recording, rows in self.parts:
            own = next((channel.unit or "" for channel in recording.channels if channel.name == name), None)
            if own is None or (own != unit and not can_convert(own, unit)):
                continue
            factor, offset = (1.0, 0.0) if own == unit else conversion(own, unit)
            values = np.asarray(recording.values(name)[rows], np.float64) * factor + offset
            found.append(values[np.isfinite(values)])
        return np.concatenate(found)


def _by_size(one: ChannelEvidence) -> tuple[float, str]:
    return -abs(one.n_deviations or 0.0), one.channel
