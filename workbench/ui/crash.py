"""Crash reports: a file in WORKBENCH_HOME/crashes with what helps a colleague, and nothing secret.

It holds version, system, library versions and the traceback; the user's own folder is written as `~`. No environment, no
arguments, no values of variables.
"""

from __future__ import annotations

import platform
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from workbench.core.clock import format_utc, now_ns
from workbench.core.codec import write_atomic
from workbench.core.errors import WorkbenchError
from workbench.core.jobs import Failed
from workbench.core.provenance import collect
from workbench.ui.actions import Action
from workbench.ui.messages import Messages, NoticeText
from workbench.ui.states import State


class CrashReporter(QObject):
    """Writes a report for every unexpected exception and says where it is, once for each kind."""

    _caught = Signal(str)

    def __init__(self, home: Path, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = home / "crashes"
        self._messages = messages
        self._last_path = ""
        self._written: dict[str, Path] = {}
        # Other threads may fail too: the queued signal brings it to the window's thread.
        self._caught.connect(self.report)

    def install(self) -> None:
        """Take over the interpreter's hooks."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def uninstall(self) -> None:
        """Give the hooks back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__

    def on_job_bug(self, event: Failed) -> None:
        """A job failed in a way nobody foresaw."""
        self.report(event.details)

    def report(self, details: str) -> Path | None:
        """Show a notice with the report's path; None when it can't be written (said in the notice).

        The same failure is written once: what fails while painting fails again at each frame.
        """
        title = self.tr("Something unexpected happened.")
        try:
            path = self._written.get(details) or self._write(details)
        except WorkbenchError as error:
            self._messages.error(error, title=title)
            return None
        self._last_path = str(path)
        copy = Action(id="crash.copy", title=self.tr("Copy path"), icon="copy", callback=self._copy_path)
        text = self.tr("Your work up to here is kept. A report is in {path}.").format(path=path)
        self._messages.post(NoticeText(title=title, text=text, state=State.FAILURE, actions=(copy,), key="crash"))
        return path

    def _write(self, details: str) -> Path:
        path = self._folder / f"crash-{format_utc(now_ns()).replace(':', '').replace('.', '-')}.txt"
        write_atomic(path, report_text(details).encode())
        self._written[details] = path
        return path

    def _copy_path(self) -> None:
        self._messages.copy(self._last_path)

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self._caught.emit("".join(traceback.format_exception(kind, error, trace)))

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._caught.emit("".join(traceback.format_exception(args.exc_value)))


def report_text(details: str) -> str:
    """The report: facts about the program and this machine, then the traceback with the home folder as `~`."""
    facts = collect()
    packages = "\n".join(f"  {name} {version}" for name, version in sorted(facts.packages.items()))
    home = str(Path.home())
    lines = [
        f"Pump Workbench {facts.workbench_version}",
        f"Time: {format_utc(now_ns())}",
        f"System: {facts.system} {platform.release()} {facts.machine}, Python {facts.python_version}",
        f"Libraries:\n{packages}",
        "",
        details.replace(home, "~") if len(home) > 1 else details,
    ]
    return "\n".join(lines) + "\n"
