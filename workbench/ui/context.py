"""What every page is given: the project, the selection that pages hand to each other, jobs, messages, theme, settings.

Made once by `app`. Pages never look for one another: they call `navigate` with a selection.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal

from workbench.core.clock import format_utc, now_ns
from workbench.core.errors import WorkbenchError
from workbench.core.requests import Request, to_arguments
from workbench.core.runner import JobCall
from workbench.core.settings import Settings, operator_name, save_settings
from workbench.services.projects import ProjectRequest, ProjectResult, new_project, show_project
from workbench.ui.actions import ActionTable
from workbench.ui.job_bridge import EndHandler, ErrorHandler, JobBridge, JobHandlers, ResultHandler
from workbench.ui.messages import Messages
from workbench.ui.session_history import SessionHistory
from workbench.ui.theme import ThemeSource

LANE_THREAD = "thread"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is looked at, carried from page to page. Instants in ns since 1970 UTC; None where nothing is chosen."""

    asset: str | None = None
    recording: str | None = None
    channel: str | None = None
    start_ns: int | None = None
    end_ns: int | None = None
    event: str | None = None
    run: str | None = None
    bundle: str | None = None
    port: str | None = None
    paths: tuple[Path, ...] = ()
    """Files of events to be looked at on the Label page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppServices:
    """The parts that `app` builds and the context hands out."""

    theme: ThemeSource
    messages: Messages
    jobs: JobBridge
    actions: ActionTable
    home: Path


def projects_folder(settings: Settings) -> Path:
    """Where new projects go: the person's choice, else 'Pump projects' in the home folder."""
    return Path(settings.projects_folder) if settings.projects_folder else Path.home() / "Pump projects"


def free_folder(parent: Path, name: str) -> Path:
    """`parent/name`, with a number where that is taken."""
    names = (name, *(f"{name}-{number}" for number in range(2, 1000)))
    return next(parent / free for free in names if not (parent / free).exists())


class AppContext(QObject):
    """Signals: `project_changed(Path | None)`, `project_refused(Path, WorkbenchError)`, `selection_changed(Selection)`,
    `content_changed(str kind)`,
    `settings_changed(Settings)`, `navigation_asked(str page, Selection)`, `action_asked(str id)`."""

    project_changed = Signal(object)
    project_refused = Signal(object, object)
    selection_changed = Signal(object)
    content_changed = Signal(str)
    settings_changed = Signal(object)
    navigation_asked = Signal(str, object)
    action_asked = Signal(str)

    def __init__(self, services: AppServices, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = services.theme
        self.messages = services.messages
        self.jobs = services.jobs
        self.actions = services.actions
        self.home = services.home
        self._settings = settings
        self._project: Path | None = None
        self._project_info: ProjectResult | None = None
        self._opening: Path | None = None
        self._then: EndHandler | None = None
        self._selection = Selection()
        self.history = SessionHistory(self)

    @property
    def project(self) -> Path | None:
        """The open project's folder."""
        return self._project

    @property
    def project_info(self) -> ProjectResult | None:
        """What was in the project when it was opened."""
        return self._project_info

    @property
    def project_text(self) -> str:
        """The folder as requests want it; raises WorkbenchError when none is open."""
        if self._project is None:
            raise WorkbenchError(self.tr("No project is open."), self.tr("Open or make one on the start page."))
        return str(self._project)

    @property
    def selection(self) -> Selection:
        """What is looked at now."""
        return self._selection

    @property
    def settings(self) -> Settings:
        """What the person chose."""
        return self._settings

    @property
    def operator(self) -> str:
        """The name that goes into the journal."""
        return operator_name(self._settings)

    def open_project(self, folder: Path) -> None:
        """Open a project after looking at it; one that is damaged, gone or too new is refused with `project_refused`."""
        self._opening = folder
        if not folder.is_dir():
            gone = self.tr("{folder} is not there.").format(folder=folder)
            self._on_refused(WorkbenchError(gone, self.tr("It was moved or deleted, or its disk is not plugged in.")))
            return
        self.read(show_project, ProjectRequest(project=str(folder)), self._on_opened, self._on_refused, slot="project.open")

    def make_project(self, folder: Path) -> None:
        """Make a project and open it."""
        self._opening = folder
        self.read(new_project, ProjectRequest(project=str(folder)), self._on_opened, self._on_refused, slot="project.open")

    def ensure_project(self, then: EndHandler) -> None:
        """Call `then` with a project open: now, or after one was made in the projects folder (which is said)."""
        if self._project is not None:
            then()
            return
        self._then = then
        today = format_utc(now_ns())[:10]
        self.make_project(free_folder(projects_folder(self._settings), f"pumps-{today}"))

    def set_project(self, project: Path | None, info: ProjectResult | None = None) -> None:
        """Take a project that was looked at (or none): selection is cleared, everything listens to `project_changed`."""
        self._project, self._project_info = project, info
        self._selection = Selection()
        if project is not None:
            self.change_settings(recent_projects=self._settings.with_recent(project).recent_projects)
        self.project_changed.emit(project)
        self.selection_changed.emit(self._selection)

    def _on_opened(self, info: ProjectResult) -> None:
        self.set_project(Path(info.path), info)
        then, self._then = self._then, None
        if then is not None:
            self.messages.say(self.tr("Made the project {path}.").format(path=info.path), icon="folder")
            then()

    def _on_refused(self, error: WorkbenchError) -> None:
        self._then = None
        self.messages.error(error, title=self.tr("The project was not opened."))
        self.project_refused.emit(self._opening, error)

    def change_settings(self, **changes: Any) -> None:
        """Change and store settings; a disk that refuses is said in a notice."""
        self._settings = msgspec.structs.replace(self._settings, **changes)
        try:
            save_settings(self.home, self._settings)
        except WorkbenchError as error:
            self.messages.error(error)
        self.settings_changed.emit(self._settings)

    def select(self, **changes: Any) -> None:
        """Change what is looked at; everyone else keeps its value."""
        changed = replace(self._selection, **changes)
        if changed != self._selection:
            self._selection = changed
            self.selection_changed.emit(changed)

    def navigate(self, page: str, **changes: Any) -> None:
        """Go to a page, with a selection: `navigate('logs', asset='P-2041A', start_ns=…, end_ns=…)`."""
        self.select(**changes)
        self.navigation_asked.emit(page, self._selection)

    def run_action(self, action_id: str) -> None:
        """Go to the page of an action ('logs.import') and run it there."""
        self.action_asked.emit(action_id)

    def announce(self, kind: str) -> None:
        """Say that the project's content changed: 'recording', 'channels', 'labels', 'run', 'bundle', 'receipt', 'champion'."""
        self.content_changed.emit(kind)

    def start_job(
        self,
        call: JobCall,
        on_result: ResultHandler | None = None,
        on_error: ErrorHandler | None = None,
        on_partial: ResultHandler | None = None,
        on_end: EndHandler | None = None,
    ) -> int:
        """Run a service with progress in the job panel; without `on_error`, errors become notices. Returns the job's id."""
        handlers = JobHandlers(
            on_result=on_result, on_error=on_error or self.messages.error, on_partial=on_partial, on_end=on_end
        )
        return self.jobs.start(call, handlers)

    def read(
        self,
        function: Callable[[Any, Any], Any],
        request: Request,
        on_result: ResultHandler,
        on_error: ErrorHandler | None = None,
        slot: str = "",
    ) -> int:
        """Run a quick reading service on a thread, without showing it in the job panel."""
        # Two readers of the same list must not silence each other: the slot belongs to the one who asks.
        name, reader = function.__name__, id(getattr(on_result, "__self__", on_result))
        slot = slot or f"read:{name}:{reader}"
        call = JobCall(title=name, function=function, request=request, slot=slot, lane=LANE_THREAD)
        return self.jobs.start(call, JobHandlers(on_result=on_result, on_error=on_error or self.messages.error), is_quiet=True)

    def command_text(self, command: tuple[str, ...], request: Request) -> str:
        """The command line that does the same as a request."""
        return shlex.join(to_arguments(command, request))

    def copy_command(self, command: tuple[str, ...], request: Request) -> None:
        """'Copy as command': put that line on the clipboard."""
        self.messages.copy(self.command_text(command, request))
