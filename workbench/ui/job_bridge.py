"""Between jobs and widgets: events cross from the workers' threads to the window's, and reach the page that asked.

The emitter is a QObject on the GUI thread; handlers are bound methods of QObjects and are called on the GUI thread only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QThread, Signal

from workbench.core.errors import WorkbenchError
from workbench.core.jobs import Cancelled, Failed, Finished, JobEvent, Partial, Progress, Sink
from workbench.core.runner import JobCall, Runner

ResultHandler = Callable[[Any], None]
ErrorHandler = Callable[[WorkbenchError], None]
EndHandler = Callable[[], None]
ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True, kw_only=True)
class JobHandlers:
    """Whom a job's events are told; bound methods of QObjects. `on_end` comes last, however the job ended."""

    on_result: ResultHandler | None = None
    on_error: ErrorHandler | None = None
    on_partial: ResultHandler | None = None
    on_end: EndHandler | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """A job as the job panel shows it."""

    id: int
    title: str
    slot: str
    is_quiet: bool
    state: Literal["running", "done", "failed", "cancelled"] = "running"
    fraction: float | None = None
    stop_word: str = ""
    message: str = ""
    remaining_s: float | None = None
    seconds: float | None = None


class JobBridge(QObject):
    """Starts jobs and tells their handlers. `changed(JobView)` for the panel, `crashed(Failed)` for bugs in a job."""

    changed = Signal(object)
    crashed = Signal(object)
    _posted = Signal(object)

    def __init__(self, make_runner: Callable[[Sink], Runner], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._views: dict[int, JobView] = {}
        self._handlers: dict[int, JobHandlers] = {}
        self._posted.connect(self._on_event, Qt.ConnectionType.QueuedConnection)
        self._runner = make_runner(self._posted.emit)

    @property
    def running(self) -> tuple[JobView, ...]:
        """Jobs that have not ended, oldest first."""
        return tuple(self._views.values())

    def start(self, call: JobCall, handlers: JobHandlers, *, is_quiet: bool = False) -> int:
        """Start a job; a former one of the same slot is cancelled and no longer heard. Returns its id."""
        for former in [view for view in self._views.values() if view.slot == call.slot]:
            self._end(former.id, replace(former, state="cancelled"))
        job_id = self._runner.start(call)
        self._views[job_id] = JobView(id=job_id, title=call.title, slot=call.slot, is_quiet=is_quiet, stop_word=call.stop_word)
        self._handlers[job_id] = handlers
        self.changed.emit(self._views[job_id])
        return job_id

    def cancel(self, job_id: int) -> None:
        """Ask a job to stop; it ends at its next cancel point."""
        self._runner.cancel(job_id)

    def close(self) -> None:
        """Cancel everything, wait a moment, end the worker process; nothing is told any more."""
        self._handlers.clear()
        self._views.clear()
        self._runner.close()

    def _on_event(self, event: JobEvent) -> None:
        if QThread.currentThread() is not self.thread():
            raise RuntimeError("A job's event reached a widget outside the window's thread.")
        view = self._views.get(event.job_id)
        if view is None:
            return
        handlers = self._handlers[event.job_id]
        if isinstance(event, Progress):
            self._views[view.id] = replace(view, fraction=event.fraction, message=event.message, remaining_s=event.remaining_s)
            self.changed.emit(self._views[view.id])
        elif isinstance(event, Partial):
            _tell(handlers.on_partial, event.value)
        elif isinstance(event, Finished):
            self._end(view.id, replace(view, state="done", fraction=1.0, seconds=event.seconds))
            _tell(handlers.on_result, event.result)
            _tell_end(handlers.on_end)
        elif isinstance(event, Failed):
            self._end(view.id, replace(view, state="failed"))
            if event.is_bug:
                self.crashed.emit(event)
            _tell(handlers.on_error, event.error)
            _tell_end(handlers.on_end)
        elif isinstance(event, Cancelled):
            self._end(view.id, replace(view, state="cancelled"))
            _tell_end(handlers.on_end)

    def _end(self, job_id: int, view: JobView) -> None:
        self._views.pop(job_id, None)
        self._handlers.pop(job_id, None)
        self.changed.emit(view)


def _is_alive(handler: object) -> bool:
    owner = getattr(handler, "__self__", None)
    return not isinstance(owner, QObject) or shiboken6.isValid(owner)


def _tell(handler: Callable[[ValueT], None] | None, value: ValueT) -> None:
    if handler is not None and _is_alive(handler):
        handler(value)


def _tell_end(handler: EndHandler | None) -> None:
    if handler is not None and _is_alive(handler):
        handler()
