"""One kept worker process for parsing, features and fits: the window's thread is never held up by the GIL.

The function travels by name, the request and the events as pickles over a pipe that only we two hold. Cancel is
cooperative first; after `CANCEL_WAIT_S` the process is ended and a new one starts at the next job.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from workbench.core.errors import JobCancelled, WorkbenchError
from workbench.core.jobs import Failed, Finished, Job, JobEvent, Sink

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

CANCEL_WAIT_S = 2.0
_POLL_S = 0.05


class WorkerProcess:
    """Starts lazily, runs one job at a time, restarts after it was ended."""

    def __init__(self) -> None:
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._busy = threading.Lock()
        self._lifecycle = threading.RLock()  # the program may close while another thread starts the process

    def run(self, function: Callable[[object, Job], object], request: object, job: Job, sink: Sink) -> object:
        """Run in the process and return the result; raises what the job raised."""
        while not self._busy.acquire(timeout=_POLL_S):
            job.checkpoint()
        try:
            pipe = self._ensure()
            self._send(pipe, (function, request, job.job_id))
            return self._follow(pipe, job, sink)
        finally:
            self._busy.release()

    def close(self) -> None:
        """End the process."""
        with self._lifecycle:
            if self._process is not None:
                self._process.terminate()
                self._process.join(1)
                self._process.close()
            if self._pipe is not None:
                self._pipe.close()
            self._process = None
            self._pipe = None

    def _ensure(self) -> Connection:
        with self._lifecycle:
            if self._process is not None and self._process.is_alive() and self._pipe is not None:
                return self._pipe
            self.close()
            import multiprocessing  # not before a job needs the process: the window paints first

            context = multiprocessing.get_context("spawn")
            pipe, theirs = context.Pipe()
            process = context.Process(target=serve, args=(theirs,), daemon=True, name="workbench-worker")
            process.start()
            theirs.close()
            self._pipe, self._process = pipe, process
            return pipe

    def _follow(self, pipe: Connection, job: Job, sink: Sink) -> object:
        asked_s: float | None = None
        while True:
            try:
                event = pipe.recv() if pipe.poll(_POLL_S) else None
            except (EOFError, OSError) as error:
                self.close()
                if job.is_cancelled:
                    raise JobCancelled from error
                raise WorkbenchError("The worker process ended unexpectedly.", "Try again; free some memory first.") from error
            if event is not None and event.job_id != job.job_id:
                continue  # of a job whose listener went away before it ended
            if isinstance(event, Finished):
                return event.result
            if isinstance(event, Failed):
                raise _error_of(event)
            if event is not None:
                sink(event)
            if job.is_cancelled:
                asked_s = self._cancel(pipe, asked_s)

    def _send(self, pipe: Connection, message: object) -> None:
        try:
            pipe.send(message)
        except OSError as error:
            self.close()
            raise WorkbenchError("The worker process ended unexpectedly.", "Try again; free some memory first.") from error

    def _cancel(self, pipe: Connection, asked_s: float | None) -> float:
        if asked_s is None:
            self._send(pipe, "cancel")
            return time.monotonic()
        if time.monotonic() - asked_s > CANCEL_WAIT_S:
            self.close()
            raise JobCancelled
        return asked_s


def _error_of(event: Failed) -> BaseException:
    if event.details == "cancelled":
        return JobCancelled()
    return RuntimeError(event.details) if event.is_bug else event.error


def serve(pipe: Connection) -> None:
    """The process's own loop: take a job, run it on a thread, listen for 'cancel' meanwhile."""
    current: list[Job] = []
    inbox: list[tuple[Callable[[object, Job], object], object, int]] = []
    arrived = threading.Condition()
    closed = threading.Event()
    sending = threading.Lock()

    def send(event: JobEvent) -> None:
        with sending:
            pipe.send(event)

    threading.Thread(target=_listen, args=(pipe, current, inbox, arrived, closed), daemon=True).start()
    while True:
        with arrived:
            while not inbox and not closed.is_set():
                arrived.wait()
            if closed.is_set():
                return
            function, request, job_id = inbox.pop(0)
            job = Job(send, job_id=job_id)
            current[:] = [job]
        send(_run_one(function, request, job))


def _listen(
    pipe: Connection,
    current: list[Job],
    inbox: list[tuple[Callable[[object, Job], object], object, int]],
    arrived: threading.Condition,
    closed: threading.Event,
) -> None:
    while True:
        try:
            message = pipe.recv()
        except (EOFError, OSError):
            message = None
        with arrived:
            if message is None:
                closed.set()
            elif message == "cancel":
                for job in current:
                    job.cancel()
            else:
                inbox.append(message)
            arrived.notify()
        if message is None:
            return


def _run_one(function: Callable[[object, Job], object], request: object, job: Job) -> JobEvent:
    from workbench.core.runner import failure_event

    try:
        return Finished(job_id=job.job_id, result=function(request, job), seconds=0.0)
    except Exception as error:  # noqa: BLE001 - the worker's boundary: every failure travels back as an event
        event = failure_event(error, job.job_id)
    if isinstance(event, Failed):
        return event
    return Failed(job_id=job.job_id, error=WorkbenchError("Cancelled."), is_bug=False, details="cancelled")
