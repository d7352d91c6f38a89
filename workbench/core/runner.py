"""Runs jobs for the window: threads for light work, one kept worker process for heavy work, one thread a device port.

Every job has a slot; starting again in the same slot cancels and disconnects the former (its later events are dropped).
Must not import Qt; the window's bridge is just a sink.
"""

from __future__ import annotations

import itertools
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from workbench.core.errors import JobCancelled, WorkbenchError
from workbench.core.jobs import Cancelled, Failed, Finished, Job, JobEvent, Sink, Started
from workbench.core.worker import WorkerProcess

JobFunction = Callable[[Any, Job], object]
STOP_WAIT_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class JobCall:
    """What to run: a module-level function and its request, in a slot and a lane ('thread', 'process' or 'port:NAME')."""

    title: str
    function: JobFunction
    request: object
    slot: str
    lane: str = "process"
    stop_word: str = ""
    """What ending it is called where it ends in good order ('Stop'); '' = it is cancelled."""


class Runner:
    """Runs `JobCall`s and hands their events to one sink. Constructed by `app`, closed once."""

    def __init__(self, sink: Sink, *, n_threads: int = 4) -> None:
        self._sink = sink
        self._threads = ThreadPoolExecutor(n_threads, thread_name_prefix="job")
        # Whoever waits for the worker process must not take the threads of light work.
        self._queue = ThreadPoolExecutor(n_threads, thread_name_prefix="worker-job")
        self._ports: dict[str, ThreadPoolExecutor] = {}
        self._worker = WorkerProcess()
        self._ids = itertools.count(1)
        self._slots: dict[str, Job] = {}
        self._active: dict[int, Job] = {}
        self._muted: set[int] = set()
        self._lock = threading.Lock()
        self._is_closed = False

    def start(self, call: JobCall) -> int:
        """Start a job and return its id; the former job of the slot is cancelled and no longer heard."""
        with self._lock:
            if self._is_closed:
                raise WorkbenchError("The program is closing; nothing new is started.")
            job = Job(self._emit, job_id=next(self._ids))
            former = self._slots.get(call.slot)
            if former is not None and former.job_id in self._active:
                former.cancel()
                self._muted.add(former.job_id)
            self._slots[call.slot] = job
            self._active[job.job_id] = job
            pool = self._pool_of(call.lane)
        pool.submit(self._run, call, job)
        return job.job_id

    def cancel(self, job_id: int) -> None:
        """Ask a job to stop; nothing happens if it has ended."""
        with self._lock:
            job = self._active.get(job_id)
        if job is not None:
            job.cancel()

    def close(self, *, wait_s: float = STOP_WAIT_S) -> None:
        """Stop accepting, cancel all, wait at most `wait_s`, end the worker process."""
        with self._lock:
            self._is_closed = True
            jobs = list(self._active.values())
        for job in jobs:
            job.cancel()
        deadline_s = time.monotonic() + wait_s
        while self._active and time.monotonic() < deadline_s:
            time.sleep(0.01)
        self._worker.close()
        for pool in (self._threads, self._queue, *self._ports.values()):
            pool.shutdown(wait=not self._active, cancel_futures=True)

    def _pool_of(self, lane: str) -> ThreadPoolExecutor:
        if not lane.startswith("port:"):
            return self._queue if lane == "process" else self._threads
        if lane not in self._ports:
            self._ports[lane] = ThreadPoolExecutor(1, thread_name_prefix=lane)
        return self._ports[lane]

    def _emit(self, event: JobEvent) -> None:
        if event.job_id not in self._muted:
            self._sink(event)

    def _run(self, call: JobCall, job: Job) -> None:
        started_s = time.monotonic()
        try:
            self._emit(Started(job_id=job.job_id, title=call.title))
            if call.lane == "process":
                result = self._worker.run(call.function, call.request, job, self._emit)
            else:
                result = call.function(call.request, job)
            end: JobEvent = Finished(job_id=job.job_id, result=result, seconds=time.monotonic() - started_s)
        except Exception as error:  # noqa: BLE001 - the job runner is the boundary where every failure becomes an event
            end = failure_event(error, job.job_id)
        with self._lock:
            self._active.pop(job.job_id, None)
        self._emit(end)
        self._muted.discard(job.job_id)


def failure_event(error: BaseException, job_id: int) -> JobEvent:
    """The event for an exception: cancelled, one of our errors, or a bug with its traceback."""
    if isinstance(error, JobCancelled):
        return Cancelled(job_id=job_id)
    if isinstance(error, WorkbenchError):
        return Failed(job_id=job_id, error=error, is_bug=False, details="")
    if isinstance(error, MemoryError):
        known = WorkbenchError("There is not enough memory for this.", "Close other programs or take a smaller part.")
        return Failed(job_id=job_id, error=known, is_bug=False, details="")
    details = "".join(traceback.format_exception(error))
    text = WorkbenchError(f"Something unexpected happened: {type(error).__name__}: {error}.", "A crash report was written.")
    return Failed(job_id=job_id, error=text, is_bug=True, details=details)
