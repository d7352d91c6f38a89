"""Is this pump well? A default model fitted on a log's own beginning scores the rest; anew after each work on the pump."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec

from workbench.core.clock import format_utc, parse_utc
from workbench.core.codec import Record
from workbench.core.errors import InputError, RequestError
from workbench.core.jobs import Job
from workbench.core.requests import Request, Result, parameter
from workbench.services.common import Answers, Join, ZoneName
from workbench.services.logs import Question
from workbench.services.regime_filter import RegimeNames

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.services.screen_logs import ScreenSource

_MOST_ALARMS = 20
SCREEN_PATHS = parameter("Log files or folders; none: the project's recordings.", positional=True, path=True, file=True)


class ScreenRequest(Request, frozen=True, kw_only=True):
    """Is this pump well? Fit the default recipe on the beginning of each log and score the rest."""

    paths: Annotated[tuple[str, ...], SCREEN_PATHS] = ()
    reference_rows: Annotated[int | None, parameter("Rows of each log that are known to be good.", ge=30)] = None
    reference_until: Annotated[str | None, parameter("Instant up to which each log is known to be good, ISO 8601 UTC.")] = None
    ignore: Annotated[tuple[str, ...], parameter("Channel to leave out.")] = ()
    regimes: RegimeNames = ()
    events: Annotated[
        str | None, parameter("Events or work orders: each work on a pump ends its reference.", path=True, file=True)
    ] = None
    project: Annotated[str | None, parameter("Project folder (its recordings, layers and works).", path=True)] = None
    asset: Annotated[str | None, parameter("Only this pump of the project.")] = None
    keep_going: Annotated[bool, parameter("A log that can't be screened is listed with the reason, and the others go on.")] = (
        False
    )
    out: Annotated[str | None, parameter("Folder for <name>.scores.csv; made if absent.", path=True)] = None
    zone: ZoneName = None
    answer: Answers = ()
    join: Join = False


class AlarmSpan(Record, frozen=True, kw_only=True):
    """A stretch of rows in alarm, one after the other: instants of its first and last row."""

    start_utc: str
    end_utc: str
    rows: int


class ScreenPeriod(Record, frozen=True, kw_only=True):
    """A stretch between works on the pump, with a reference of its own; `why` where it has no score."""

    start_utc: str
    end_utc: str
    ended_by: str
    reference_rows: int
    rows: int
    alarm_rows: int
    why: str = ""


class ScreenLog(Record, frozen=True, kw_only=True):
    """One log's outcome; `scores` is the file written, or None; `alarms` holds the longest stretches, by time."""

    source: str
    scores: str | None
    rows: int
    alarm_rows: int
    channels_used: tuple[str, ...]
    left_out: tuple[dict[str, str], ...]
    n_alarms: int = 0
    """Stretches in alarm."""
    alarms: tuple[AlarmSpan, ...] = ()
    periods: tuple[ScreenPeriod, ...] = ()
    """Where works on the pump end its reference; else empty."""
    hours: dict[str, float] = msgspec.field(default_factory=dict)
    """Hours in each operating state, where states could be found."""
    regimes: tuple[str, ...] = ()
    """The states that are scored; empty: all, or those in which the pump runs."""
    n_scored: int = 0
    """Rows that have a score."""
    why: str = ""
    """Why it could not be screened, where others went on."""


class ScreenResult(Result, frozen=True, kw_only=True):
    """One entry a log."""

    logs: tuple[ScreenLog, ...]
    questions: tuple[Question, ...]


def screen(request: ScreenRequest, job: Job) -> ScreenResult:
    """No training by hand, one default, no labels. Publishes a ScreenLog as each is done.

    Raises RequestError without a reference or without logs, InputError for a log whose reference is too short.
    """
    from workbench.services.score_files import READ_SHARE, OutNames
    from workbench.services.screen_logs import read_sources

    if (request.reference_rows is None) == (request.reference_until is None):
        raise RequestError("Say which part of each log is known to be good.", "Give --reference-rows N or --reference-until T.")
    names = OutNames()
    logs: list[ScreenLog] = []
    questions: list[Question] = []
    for number, (source, asked, n_sources) in enumerate(read_sources(request, job)):
        job.progress((number + READ_SHARE) / max(n_sources, number + 1), f"Screening {source.source}")
        questions += asked
        logs.append(_screen_or_say_why(source, request, names.take(source.source)))
        job.publish(logs[-1])
    if not logs:
        raise InputError("No log was found.", f"Looked at: {', '.join(request.paths)}.")
    _check_ignored(request.ignore, logs)
    return ScreenResult(logs=tuple(logs), questions=tuple(questions))


def _check_ignored(ignored: tuple[str, ...], logs: list[ScreenLog]) -> None:
    """A misspelt channel would stay an input without a word."""
    known = {name for log in logs for name in (*log.channels_used, *(item["channel"] for item in log.left_out))}
    unknown = [name for name in ignored if name not in known]
    if unknown:
        raise RequestError(f"No log has a channel '{unknown[0]}' to ignore.", f"There are: {', '.join(sorted(known))}.")


def _screen_or_say_why(log: ScreenSource, request: ScreenRequest, name: str) -> ScreenLog:
    try:
        return _screen_one(log, request, name)
    except InputError as error:
        if not request.keep_going:
            raise
        return ScreenLog(
            source=log.source, scores=None, rows=0, alarm_rows=0, channels_used=(), left_out=log.left_out, why=str(error)
        )  # fmt: skip


def _screen_one(log: ScreenSource, request: ScreenRequest, name: str) -> ScreenLog:
    import numpy as np

    from workbench.services.score_files import write_scores

    parts = list(_parts(log, request))
    score = np.full(len(log.times_ns), np.nan)
    threshold = np.full(len(log.times_ns), parts[0].threshold)
    for part in parts:
        score[part.scored] = part.score
        threshold[part.rows] = part.threshold
    first = parts[0].scored.start
    times_ns, score, threshold = log.times_ns[first:], score[first:], threshold[first:]
    is_alarm = score >= threshold
    path = None
    if request.out is not None:
        path = Path(request.out) / f"{name}.scores.csv"
        write_scores(path, times_ns, score, threshold, is_alarm)
    spans = _alarm_spans(times_ns, is_alarm)
    left_out = {item["channel"]: item for part in parts for item in part.left_out}
    return ScreenLog(
        source=log.source, scores=None if path is None else str(path), rows=len(score), alarm_rows=int(is_alarm.sum()),
        channels_used=tuple(dict.fromkeys(used for part in parts for used in part.channels)),
        left_out=(*log.left_out, *left_out.values()), n_alarms=len(spans), alarms=_longest(spans),
        periods=tuple(part.period for part in parts) if len(parts) > 1 else (),
        hours={state: round(sum(end - start for start, end in own) / 3.6e12, 2) for state, own in log.states.items()},
        regimes=request.regimes, n_scored=int(np.isfinite(score).sum()),
    )  # fmt: skip


class _Part:
    """A stretch between works, screened: its rows, those behind its reference, and what came of them."""

    def __init__(self, log: ScreenSource, rows: slice, n_reference: int, ended_by: str) -> None:
        import numpy as np

        self.rows = rows
        self.scored = slice(rows.start + n_reference, rows.stop)
        self.threshold = float("nan")
        self.score: NDArray[np.float64] = np.full(self.scored.stop - self.scored.start, np.nan)
        self.channels: tuple[str, ...] = ()
        self.left_out: tuple[dict[str, str], ...] = ()
        self._log, self._n_reference, self._ended_by = log, n_reference, ended_by
        self._why = ""

    def screen(self, ignored: tuple[str, ...]) -> None:
        """Fit on the reference and score the rest. Raises InputError where the reference is too short."""
        from workbench.learning.screen import screen_log

        log, rows = self._log, self.rows
        keep = None if log.keep is None else log.keep[rows]
        found = screen_log(
            log.times_ns[rows], log.channels, log.values[rows], self._n_reference, ignored, keep, may_overwrite=True
        )  # fmt: skip
        self.score, self.threshold = found.score[self._n_reference :], found.threshold
        self.channels = found.channels
        self.left_out = tuple({"channel": item.channel, "why": item.why} for item in found.left_out)

    def give_up(self, why: str) -> None:
        """No score, and why."""
        self._why = why

    @property
    def period(self) -> ScreenPeriod:
        """The same in figures."""
        times_ns = self._log.times_ns
        return ScreenPeriod(
            start_utc=format_utc(int(times_ns[self.rows.start])), end_utc=format_utc(int(times_ns[self.rows.stop - 1])),
            ended_by=self._ended_by, reference_rows=self._n_reference, rows=self.scored.stop - self.scored.start,
            alarm_rows=int((self.score >= self.threshold).sum()), why=self._why,
        )  # fmt: skip


def _parts(log: ScreenSource, request: ScreenRequest) -> Iterator[_Part]:
    """The log between works from its reference on, each part with as long a beginning of its own; the first must have one.

    A reference that ends after a work begins with that work: what was before is another machine.
    """
    import numpy as np

    from workbench.logs.reference_cut import cut_at_works

    times_ns = log.times_ns
    if len(times_ns) < 2:
        raise InputError(f"{log.source} has {len(times_ns)} rows.", "Choose a longer log.")
    cut = cut_at_works((int(times_ns[0]), int(times_ns[-1])), [(start, end) for start, end, _ in log.works])
    until_ns = parse_utc(request.reference_until or "") if request.reference_until else None
    if until_ns is not None:
        cut = [one for one in cut if one[0][1] > until_ns] or cut[-1:]
    n_reference = request.reference_rows
    for number, ((start_ns, end_ns), work) in enumerate(cut):
        first = int(np.searchsorted(times_ns, start_ns))
        rows = slice(first, int(np.searchsorted(times_ns, end_ns, side="right" if work is None else "left")))
        if n_reference is None:
            n_reference = int(np.searchsorted(times_ns, until_ns or 0, side="right")) - first
        n_rows = rows.stop - rows.start
        if number == 0 and not 0 < n_reference < n_rows:
            since = f" between works ({format_utc(start_ns)} to {format_utc(end_ns)})" if len(log.works) else ""
            text = f"{log.source} has {n_rows} rows{since}, and the reference takes {n_reference}."
            raise InputError(text, "Choose a reference that begins and ends inside the log.")
        part = _Part(log, rows, min(n_reference, n_rows), log.works[work][2] if work is not None else "")
        try:
            part.screen(request.ignore)
        except InputError as error:
            if number == 0:
                raise
            part.give_up(error.message)
        yield part


def _alarm_spans(times_ns: NDArray[np.int64], is_alarm: NDArray[np.bool_]) -> list[AlarmSpan]:
    """Stretches of rows in alarm."""
    import numpy as np

    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_alarm, [False]]).astype(np.int8)))
    return [
        AlarmSpan(start_utc=format_utc(int(times_ns[start])), end_utc=format_utc(int(times_ns[end - 1])), rows=int(end - start))
        for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    ]


def _longest(spans: list[AlarmSpan]) -> tuple[AlarmSpan, ...]:
    kept = sorted(spans, key=attrgetter("rows"), reverse=True)[:_MOST_ALARMS]
    return tuple(sorted(kept, key=attrgetter("start_utc")))
