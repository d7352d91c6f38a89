"""How `logs capture` works: a thread empties the port, this one reads, dates, shows, and flushes to the disk.

A capture lies in `captures/` of its project while it runs, under a lock that the system frees when the program dies. At its
end (stopped, time over, cable out) it becomes a recording by the same way as one that is recovered.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.core.errors import DeviceError, DeviceNotFound, DiskFull, JobCancelled, PortBusy
from workbench.core.jobs import Job
from workbench.services.capture import CaptureRequest, CaptureResult, EndedBy
from workbench.services.capture_live import PUBLISH_S, LiveUpdate
from workbench.services.capture_sources import Pipe, open_feed

if TYPE_CHECKING:
    from workbench.devices.capture.feed import Feed
    from workbench.logs.live.clock import HostClock
    from workbench.logs.live.store import CaptureStore
    from workbench.services.capture_sources import Piece

TAKE_S = 0.05
SILENT_S = 3.0
RETRY_S = 0.5
RATE_WINDOW_S = 2.0


@dataclass(slots=True)
class _Progress:
    """Where the loop stands."""

    started_s: float
    flushed_s: float
    published_s: float
    heard_s: float
    rate: float = 0.0
    rate_rows: int = 0
    rate_since_s: float = 0.0
    safe_rows: int = 0
    n_reconnects: int = 0
    pieces: list[Piece] = field(default_factory=list)


class Capturing:
    """One running capture. `run` returns why it ended; `folder` then holds everything that arrived."""

    def __init__(self, request: CaptureRequest, folder: Path, job: Job) -> None:
        from workbench.logs.live.clock import HostClock
        from workbench.logs.live.store import CaptureStore

        self._request, self._job = request, job
        self._clock: HostClock = HostClock()
        self._feed: Feed | None = open_feed(request, self._clock.now_ns)
        try:
            self.pipe = Pipe(request, self._feed.rate_bytes_per_s)
            self.store: CaptureStore = CaptureStore(folder, keeps_raw=request.raw)
        except BaseException:
            self._feed.close()
            raise
        now_s = time.monotonic()
        self._at = _Progress(started_s=now_s, flushed_s=now_s, published_s=0.0, heard_s=now_s, rate_since_s=now_s)
        self.reason = ""

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.monotonic() - self._at.started_s

    def run(self) -> EndedBy:
        """Capture until something ends it. Raises DiskFull; what was flushed before is whole."""
        try:
            ended = self._loop()
            for piece in self.pipe.settle(self._clock.now_ns()):
                self._keep(piece)
            self.pipe.close()
            self._flush()
            return ended
        finally:
            self._let_go()
            self.store.close()

    def _loop(self) -> EndedBy:
        while True:
            if self._job.is_cancelled:
                return "stopped"
            if self._request.seconds is not None and self.seconds >= self._request.seconds:
                return "time"
            try:
                self._take()
            except DeviceError as error:
                self.reason = str(error)
                self._let_go()
                if not self._request.reconnect:
                    return "unplugged"
                self._at.n_reconnects += 1
                self.pipe.restart()
            self._tend()

    def _take(self) -> None:
        """Everything that is there; waits a moment if nothing is."""
        if self._feed is None:
            self._reopen()
            return
        arrived = self._feed.take(TAKE_S)
        deadline_s = time.monotonic() + TAKE_S
        while arrived is not None:
            self._at.heard_s = time.monotonic()
            self.store.append_raw(arrived.data)
            for piece in self.pipe.take(arrived):
                self._keep(piece)
            arrived = self._feed.take(0.001) if time.monotonic() < deadline_s else None

    def _keep(self, piece: Piece) -> None:
        self.store.append(*piece)
        self._at.pieces.append(piece)

    def _reopen(self) -> None:
        """Wait for the cable; while it is out nothing but the time and the person end the capture."""
        time.sleep(TAKE_S)
        if time.monotonic() - self._at.heard_s < RETRY_S:
            return
        self._at.heard_s = time.monotonic()
        try:
            self._feed = open_feed(self._request, self._clock.now_ns)
        except (PortBusy, DeviceNotFound) as error:
            self.reason = str(error)

    def _let_go(self) -> None:
        if self._feed is not None:
            self._feed.close()
            self._feed = None

    def _tend(self) -> None:
        """Flush and show when it is time."""
        now_s = time.monotonic()
        if now_s - self._at.flushed_s >= self._request.flush_s:
            self._flush()
        if now_s - self._at.published_s >= PUBLISH_S and not self._job.is_cancelled:
            self._at.published_s = now_s
            self._publish(now_s)

    def _flush(self) -> None:
        notes = {**self.pipe.notes(), "host_drift_ns": self._clock.drift_ns(), "reconnects": self._at.n_reconnects}
        self.store.rate_hz = self.pipe.rate_hz
        self.store.flush(self.pipe.tally.snapshot(), {name: value for name, value in notes.items() if value})
        self._at.flushed_s = time.monotonic()
        self._at.safe_rows = self.store.n_rows

    def _publish(self, now_s: float) -> None:
        at = self._at
        if now_s - at.rate_since_s >= RATE_WINDOW_S:
            at.rate = (self.store.n_rows - at.rate_rows) / (now_s - at.rate_since_s)
            at.rate_rows, at.rate_since_s = self.store.n_rows, now_s
        elif not at.rate_rows:  # the first moments: better than nothing
            at.rate = self.store.n_rows / max(now_s - at.rate_since_s, PUBLISH_S)
        pieces, at.pieces = tuple(at.pieces), []
        problems = dict(self.pipe.tally.problems)
        update = LiveUpdate(
            state=self._state(now_s), seconds=now_s - at.started_s, rows=self.store.n_rows, bytes=self.store.n_bytes,
            rate_rows_per_s=at.rate, silent_s=now_s - at.heard_s, safe_rows=at.safe_rows, problems=problems, pieces=pieces,
            layout=self.pipe.words, missing=missing_of(self.pipe.tally.bad),
        )  # fmt: skip
        with suppress(JobCancelled):  # asked to stop at this moment: the loop sees it next, and ends in good order
            self._job.publish(update)
            self._job.progress(self._fraction(), say(update))

    def _fraction(self) -> float | None:
        wanted = self._request.seconds
        return None if wanted is None else min(self.seconds / wanted, 1.0)

    def _state(self, now_s: float) -> str:
        if self._feed is None:
            return "waiting"
        if now_s - self._at.heard_s >= SILENT_S:
            return "silent"
        return "recording" if self.pipe.words else "guessing"


def missing_of(bad: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Values of all channels that are missing, by reason."""
    total: Counter[str] = Counter()
    for reasons in bad.values():
        total.update(reasons)
    return dict(total)


def say(update: LiveUpdate) -> str:
    """One line about a running capture."""
    if update.state == "waiting":
        return f"waiting for the cable, {update.rows:,} rows so far"
    if update.state == "silent":
        return f"silent for {update.silent_s:.0f} s, {update.rows:,} rows"
    if update.state == "guessing":
        return f"{update.bytes:,} bytes, not recognised yet"
    n_lost = sum(update.problems.values())
    lost = f", {n_lost:,} lost" if n_lost else ""
    rate = update.rate_rows_per_s
    return (
        f"{update.rows:,} rows, {rate:,.0f} a second{lost}" if rate >= 10 else f"{update.rows:,} rows, {rate:.2g} a second{lost}"
    )


def run_capture(request: CaptureRequest, job: Job) -> CaptureResult:
    """See `services.capture.capture`."""
    from workbench.project.lock import write_lock
    from workbench.services.capture_end import Ended, discard, finish_capture, make_folder, recover_before

    recover_before(Path(request.project))
    folder = make_folder(request)
    with write_lock(folder, wait_s=0):
        try:
            capturing = Capturing(request, folder, job)
        except BaseException:
            discard(folder)
            raise
        try:
            ended = capturing.run()
        except DiskFull as error:
            hint = "Free some space; then 'workbench logs capture-recover' makes a recording of what was flushed."
            raise DiskFull(error.message, hint) from error
        facts = Ended(
            by=ended, reason=capturing.reason, seconds=capturing.seconds, n_rows=capturing.store.n_rows,
            n_bytes=capturing.store.n_bytes, tally=capturing.pipe.tally, words=capturing.pipe.words,
        )  # fmt: skip
        result = finish_capture(request, folder, facts)
    discard(folder)  # Windows kept the lock's file while it was held
    return result
