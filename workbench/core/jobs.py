"""Jobs: a plain function `fn(request, job) -> Result` that reports progress and can be cancelled.

A job may only call `progress`, `publish` and `checkpoint`. Whoever runs it receives frozen events through one sink: the
window's bridge, the console, or a list in tests. Must not import Qt or anything heavy.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from workbench.core.errors import JobCancelled, WorkbenchError

PROGRESS_INTERVAL_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent:
    """Base of what a job says; `job_id` tells which job."""

    job_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Started(JobEvent):
    """The job began."""

    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(JobEvent):
    """`fraction` 0..1 of the work (None: it has no end of its own), in words, and the seconds that remain (None: unknown)."""

    fraction: float | None
    message: str
    remaining_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial(JobEvent):
    """A frozen value on the way: a live picture, a rate, a row of a table."""

    value: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(JobEvent):
    """The job's result."""

    result: object
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(JobEvent):
    """The job raised; `is_bug` when it was not one of our errors (then `details` holds the traceback)."""

    error: WorkbenchError
    is_bug: bool
    details: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(JobEvent):
    """The job stopped because a person asked."""


Sink = Callable[[JobEvent], None]


class Job:
    """What a running job may say and ask. Thread-safe for `cancel`; the rest belongs to the job's own thread."""

    def __init__(self, sink: Sink | None = None, *, job_id: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self.job_id = job_id
        self._sink = sink or _ignore
        self._clock = clock
        self._started_s = clock()
        self._reported_s = float("-inf")
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Ask the job to stop at its next cancel point."""
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody asked the job to stop."""
        return self._cancelled.is_set()

    def checkpoint(self) -> None:
        """A cancel point: raises JobCancelled if a person asked to stop."""
        if self._cancelled.is_set():
            raise JobCancelled

    def progress(self, fraction: float | None, message: str = "") -> None:
        """Say how much is done (0..1; None where nobody knows the end); throttled, and a cancel point."""
        self.checkpoint()
        now_s = self._clock()
        if (fraction is None or fraction < 1) and now_s - self._reported_s < PROGRESS_INTERVAL_S:
            return
        self._reported_s = now_s
        elapsed_s = now_s - self._started_s
        is_told = fraction is not None and fraction > 0.02 and elapsed_s > 0.5
        remaining_s = elapsed_s * (1 - fraction) / fraction if fraction is not None and is_told else None
        self._sink(Progress(job_id=self.job_id, fraction=fraction, message=message, remaining_s=remaining_s))

    def publish(self, value: object) -> None:
        """Hand out a frozen value on the way."""
        self.checkpoint()
        self._sink(Partial(job_id=self.job_id, value=value))

    def part(self, start: float, end: float, prefix: str = "") -> Job:
        """A job whose progress 0..1 is this job's `start`..`end`: for services that call services."""
        return _PartJob(self, start, end, prefix)


class _PartJob(Job):
    def __init__(self, parent: Job, start: float, end: float, prefix: str) -> None:
        super().__init__(parent._sink, job_id=parent.job_id, clock=parent._clock)
        self._parent = parent
        self._start = start
        self._span = end - start
        self._prefix = prefix
        self._cancelled = parent._cancelled

    def progress(self, fraction: float | None, message: str = "") -> None:
        text = f"{self._prefix}: {message}" if self._prefix and message else self._prefix or message
        self._parent.progress(None if fraction is None else self._start + self._span * fraction, text)


def _ignore(_event: JobEvent) -> None:
    return
