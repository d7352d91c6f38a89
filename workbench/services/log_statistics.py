"""Statistics of channels over a stretch of time: what the table under the plots shows, and the command prints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

from workbench.core.clock import format_utc, parse_utc
from workbench.core.codec import Record
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.services.common import ProjectFolder, known
from workbench.services.log_views import AssetLogs, Part, open_logged
from workbench.services.regime_filter import RegimeNames, Spans, find_spans, rows_within

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.logs.recordings.statistics import Block, Blocks, ChannelStatistics

_BLOCK_ROWS = 1 << 20


class StatisticsRequest(Request, frozen=True, kw_only=True):
    """Count, extremes, mean, deviation, median, RMS and rate of change of channels over a stretch."""

    project: ProjectFolder
    asset: Annotated[str, parameter("Equipment tag.")]
    channel: Annotated[tuple[str, ...], parameter("Only these channels.")] = ()
    start: Annotated[str | None, parameter("First instant, ISO 8601 UTC; else the log's first.")] = None
    end: Annotated[str | None, parameter("Last instant, ISO 8601 UTC; else the log's last.")] = None
    regimes: RegimeNames = ()


class StatisticsRow(Record, frozen=True, kw_only=True):
    """One channel, exact over its raw samples; None where there are too few. `slope_per_h`: line of least squares."""

    channel: str
    unit: str
    n: int
    n_missing: int
    min: float | None
    max: float | None
    mean: float | None
    sd: float | None
    median: float | None
    rms: float | None
    slope_per_h: float | None
    duration_s: float | None


class StatisticsResult(Result, frozen=True, kw_only=True):
    """A row a channel, over the samples between two instants, both included (of the operating states that were asked for)."""

    start_utc: str
    end_utc: str
    channels: tuple[StatisticsRow, ...]
    regimes: tuple[str, ...] = ()


def log_statistics(request: StatisticsRequest, job: Job) -> StatisticsResult:
    """Read every sample between the two instants. Raises InputError for a channel that is not there, or an empty stretch."""
    from workbench.logs.recordings.statistics import channel_statistics

    logs = open_logged(request.project, request.asset, job)
    start_ns = parse_utc(request.start) if request.start else logs.first_ns
    end_ns = parse_utc(request.end) if request.end else logs.last_ns
    if end_ns < start_ns:
        raise InputError(f"The stretch ends ({request.end}) before it starts ({request.start}).", "Give the earlier one first.")
    known = {channel.name: channel for channel in logs.channels}
    names = request.channel or tuple(known)
    for name in names:
        if name not in known:
            raise InputError(f"{request.asset} has no channel '{name}'.", f"There are: {', '.join(known) or 'none'}.")
    spans = find_spans(request.project, request.asset, request.regimes)
    rows = []
    for number, name in enumerate(names):
        job.progress(number / len(names), name)
        found = channel_statistics(blocks_of(logs, name, (start_ns, end_ns), spans), job.checkpoint)
        rows.append(_row(name, known[name].unit, found))
    return StatisticsResult(
        start_utc=format_utc(start_ns), end_utc=format_utc(end_ns), channels=tuple(rows), regimes=request.regimes
    )


def blocks_of(logs: AssetLogs, channel: str, range_ns: tuple[int, int], spans: Spans | None = None) -> Blocks:
    """The samples of a channel in [start, end] block by block, recording after recording; read anew at each call.

    With `spans`, exactly those whose instants lie in one of them. Where recordings have the same instant, the one that begins
    first counts.
    """

    def blocks() -> Iterable[Block]:
        import numpy as np

        before: list[Part] = []
        for part in logs.parts(channel):
            axis = part.recording.axis
            before = [one for one in before if one.info.last_ns >= part.info.first_ns]
            first, last = axis.index_at(range_ns[0], after=False), axis.index_at(range_ns[1], after=True)
            for row in range(first, last, _BLOCK_ROWS):
                end = min(row + _BLOCK_ROWS, last)
                times_ns, values = axis.take(np.arange(row, end, dtype=np.int64)), part.recording.values(part.name)[row:end]
                keep = _first_of_instant(times_ns, before)
                if spans is not None:
                    keep &= rows_within(times_ns, spans)
                if keep.all():
                    yield times_ns, values
                elif keep.any():
                    yield times_ns[keep], values[keep]
            before.append(part)

    return blocks


def _first_of_instant(times_ns: NDArray[np.int64], before: Sequence[Part]) -> NDArray[np.bool_]:
    """Which rows [n] have an instant at which none of the recordings before has a value of the channel."""
    import numpy as np

    from workbench.logs.recordings.known_rows import common_rows

    keep = np.ones(len(times_ns), np.bool_)
    for part in before:
        mine, theirs = common_rows(part.recording, times_ns)
        if mine.size:
            keep[mine[np.isfinite(part.recording.values(part.name)[theirs])]] = False
    return keep


def _row(name: str, unit: str, found: ChannelStatistics) -> StatisticsRow:
    return StatisticsRow(
        channel=name, unit=unit, n=found.n, n_missing=found.n_missing, min=known(found.minimum), max=known(found.maximum),
        mean=known(found.mean), sd=known(found.sd), median=known(found.median), rms=known(found.rms),
        slope_per_h=known(found.slope_per_s * 3600), duration_s=known(found.duration_s),
    )  # fmt: skip
