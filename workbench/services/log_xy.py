"""One channel of a pump against another: the cloud that the window draws, and the same as numbers for the command line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

from workbench.core.clock import format_utc, parse_utc
from workbench.core.errors import InputError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.services.common import ProjectFolder, known
from workbench.services.derived_layer import Source, held_values
from workbench.services.log_views import AssetLogs, open_logged
from workbench.services.regime_filter import RegimeNames, Spans, find_spans, parts_within, rows_within

if TYPE_CHECKING:
    from workbench.logs.xy import Box, PairBlocks, Pairs, XYCloud

_BLOCK_ROWS = 1 << 18
CELLS = (240, 160)
Span = tuple[int, int]


class XYRequest(Request, frozen=True, kw_only=True):
    """Correlate two channels of a pump: pairs by last known value, Pearson's r and the line of least squares."""

    project: ProjectFolder
    asset: Annotated[str, parameter("Equipment tag.")]
    x: Annotated[str, parameter("Channel along x.")]
    y: Annotated[str, parameter("Channel along y.")]
    start: Annotated[str | None, parameter("First instant, ISO 8601 UTC; else the log's first.")] = None
    end: Annotated[str | None, parameter("Last instant, ISO 8601 UTC; else the log's last.")] = None
    regimes: RegimeNames = ()


class XYResult(Result, frozen=True, kw_only=True):
    """`slope` and `offset`: y = slope · x + offset. None where there are too few pairs or one channel is constant."""

    x: str
    y: str
    x_unit: str
    y_unit: str
    n: int
    n_unmatched: int
    r: float | None
    slope: float | None
    offset: float | None
    start_utc: str
    end_utc: str
    regimes: tuple[str, ...] = ()


def log_xy(request: XYRequest, job: Job) -> XYResult:
    """Read both channels over the stretch. Raises InputError for a channel that is not there."""
    logs = open_logged(request.project, request.asset, job)
    start_ns = parse_utc(request.start) if request.start else logs.first_ns
    end_ns = parse_utc(request.end) if request.end else logs.last_ns
    spans = find_spans(request.project, request.asset, request.regimes)
    cloud = cloud_of(logs, (request.x, request.y), (start_ns, end_ns), job, spans)
    units = {channel.name: channel.unit for channel in logs.channels}
    return XYResult(
        x=request.x, y=request.y, x_unit=units[request.x], y_unit=units[request.y], n=cloud.n, n_unmatched=cloud.n_unmatched,
        r=known(cloud.r), slope=known(cloud.slope), offset=known(cloud.offset), start_utc=format_utc(start_ns),
        end_utc=format_utc(end_ns), regimes=request.regimes,
    )  # fmt: skip


def cloud_of(logs: AssetLogs, names: tuple[str, str], range_ns: Span, job: Job, spans: Spans | None = None) -> XYCloud:
    """What to draw of two channels of a pump that is open; with `spans` of the instants in them alone."""
    from workbench.logs.xy import make_cloud

    return make_cloud(_pairs(logs, names, range_ns, spans), CELLS, job.checkpoint)


def stretches_in(
    logs: AssetLogs, names: tuple[str, str], range_ns: Span, box: Box, job: Job, spans: Spans | None = None
) -> tuple[list[Span], int]:
    """When both channels lay in a box, and how many pairs do."""
    from workbench.logs.xy import runs_in

    runs, n_inside = runs_in(_pairs(logs, names, range_ns, spans), box, job.checkpoint)
    # What lies between two stretches of a state was in another one, whatever its values.
    return (runs if spans is None else parts_within(runs, spans)), n_inside


def _pairs(logs: AssetLogs, names: tuple[str, str], range_ns: Span, spans: Spans | None) -> PairBlocks:
    known = {channel.name for channel in logs.channels}
    missing = next((name for name in names if name not in known), None)
    if missing is not None:
        raise InputError(f"{logs.asset} has no channel '{missing}'.", f"There are: {', '.join(sorted(known)) or 'none'}.")
    if len({channel.group for channel in logs.channels if channel.name in names}) > 1:
        raise InputError(f"{names[0]} and {names[1]}: one is a trend, one a waveform.", "Choose two of one kind.")
    base, other = sorted(names, key=lambda name: _n_rows(logs, name, range_ns))
    if base == other:
        base, other = names
    is_swapped = base != names[0]
    parts = logs.parts(other)
    held = held_values([Source(id=part.info.id, recording=part.recording) for part in parts], parts[0].name)

    def blocks() -> Iterable[Pairs]:
        import numpy as np

        from workbench.logs.recordings.held import has_own_instants

        for part in logs.parts(base):
            has_own = has_own_instants(part.recording, part.name)
            axis = part.recording.axis
            first, last = axis.index_at(range_ns[0], after=False), axis.index_at(range_ns[1], after=True)
            for row in range(first, last, _BLOCK_ROWS):
                end = min(row + _BLOCK_ROWS, last)
                times_ns = axis.take(np.arange(row, end, dtype=np.int64))
                own = np.asarray(part.recording.values(part.name)[row:end], np.float64)
                partner = held(times_ns)
                if spans is not None or has_own:
                    keep = np.isfinite(own) if has_own else np.ones(len(own), bool)
                    keep &= True if spans is None else rows_within(times_ns, spans)
                    times_ns, own, partner = times_ns[keep], own[keep], partner[keep]
                yield (times_ns, partner, own) if is_swapped else (times_ns, own, partner)

    return blocks


def _n_rows(logs: AssetLogs, name: str, range_ns: Span) -> int:
    axes = [part.recording.axis for part in logs.parts(name)]
    return sum(axis.index_at(range_ns[1], after=True) - axis.index_at(range_ns[0], after=False) for axis in axes)
