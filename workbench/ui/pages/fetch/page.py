"""Fetch from a historian: choose a source that an allowed plugin brings, agree to the machine it opens, say tags and times.

Nothing is listed but what a person turned on, and nothing is opened before it was agreed to, here and for this fetch.
"""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QStackedWidget, QWidget

from workbench.core.clock import parse_utc
from workbench.core.errors import RequestError, WorkbenchError
from workbench.core.runner import JobCall
from workbench.services.fetch_sources import (
    FetchLookResult,
    FetchSourcesRequest,
    FetchSourcesResult,
    FetchWith,
    list_fetch_sources,
    look_at_source,
)
from workbench.services.log_fetch import FetchRequest, FetchResult
from workbench.ui.actions import Action
from workbench.ui.context import AppContext, Selection
from workbench.ui.format import count
from workbench.ui.page import Page
from workbench.ui.pages.fetch.form import FetchForm
from workbench.ui.widgets.layouts import framed
from workbench.ui.widgets.states import EmptyState

_SLOT = "logs.fetch"


class FetchPage(Page):
    """One fetch at a time; it goes on when the page is left."""

    page_id: ClassVar[str] = "fetch"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.form = FetchForm(context)
        self._none = EmptyState(
            self.theme, "import", self.tr("No source is turned on"),
            self.tr("A historian is read by a plugin, which is off until you allow it: Settings, Plugins. It connects to the one "
                    "machine that its description names, inside this site's network, and only when you say so."),
            self.tr("Open the settings"),
        )  # fmt: skip
        self._stack = QStackedWidget()
        holder = framed(self._none)
        self._stack.addWidget(holder)
        self._stack.addWidget(self.form)
        self.set_content(self._stack)
        self.set_header_buttons("fetch.back")
        self._none.acted.connect(self.open_settings)
        self.form.changed.connect(self.refresh_actions)
        self.form.look_asked.connect(self.look)

    def actions_offered(self) -> tuple[Action, ...]:
        return (
            Action(
                id="fetch.start", title=self.tr("Fetch"), icon="import", callback=self.start, page="fetch", menu="Log",
                keys=("Ctrl+Return",), command="workbench logs fetch", blocked=self.why_not,
            ),
            Action(
                id="fetch.copy", title=self.tr("Copy as command"), icon="terminal", callback=self.copy_command, page="fetch",
                blocked=self._why_no_command,
            ),
            Action(id="fetch.back", title=self.tr("Back to the logs"), icon="arrow-left", callback=self.go_back, page="fetch"),
        )  # fmt: skip

    def activated(self, selection: Selection) -> None:
        project = self.context.project.name if self.context.project else ""
        self.set_header(self.tr("Fetch from a historian"), breadcrumb=(project,))
        self.context.read(list_fetch_sources, FetchSourcesRequest(), self._on_sources, self._on_refused, slot="fetch.sources")

    def focus_first(self) -> None:
        self.form.focus_first()

    def look(self) -> None:
        """Ask what the chosen description would open; nothing is opened."""
        request = self.form.look_request()
        if request is not None:
            self.context.read(look_at_source, request, self._on_looked, self.form.show_refusal, slot="fetch.look")

    def start(self) -> None:
        """Fetch and import, in a project that is made if there is none."""
        self.context.ensure_project(self._start)

    def copy_command(self) -> None:
        """Copy the fetch as a command line; the password is asked for there."""
        request = self._request()
        if request is not None:
            self.context.copy_command(("logs", "fetch"), request)

    def go_back(self) -> None:
        """Back to the logs; a fetch goes on."""
        self.context.navigate("logs")

    def open_settings(self) -> None:
        """Where plugins are allowed."""
        self.context.navigate("settings")

    def why_not(self) -> str:
        """Why nothing can be fetched, '' when it can."""
        if any(view.slot == _SLOT for view in self.context.jobs.running):
            return self.tr("A fetch is running")
        return self.form.why_not()

    def _why_no_command(self) -> str:
        return self.form.why_no_request()

    def _request(self) -> FetchRequest | None:
        try:
            return self.form.request(self.context.project_text if self.context.project else "PROJECT")
        except RequestError as error:
            self.context.messages.error(error)
            return None

    def _start(self) -> None:
        request = self._request()
        if request is None:
            return
        self.form.remember()
        title = self.tr("Fetch from {name}").format(name=self.form.name)
        call = JobCall(title=title, function=FetchWith(self.form.take_secret()), request=request, slot=_SLOT)
        self.context.start_job(call, self._on_result, on_error=self._on_error, on_end=self.refresh_actions)
        self.refresh_actions()

    def _on_sources(self, result: object) -> None:
        assert isinstance(result, FetchSourcesResult)
        self._stack.setCurrentIndex(1 if result.sources else 0)
        self.form.show_sources(result.sources)
        if result.sources:
            self.set_header_buttons("fetch.back", "fetch.copy", primary="fetch.start")
        self.look()

    def _on_looked(self, result: object) -> None:
        assert isinstance(result, FetchLookResult)
        self.form.show_facts(result)

    def _on_result(self, result: object) -> None:
        assert isinstance(result, FetchResult)
        self.context.announce("recording")
        rows = count(result.rows, self.tr("row"), self.tr("rows"))
        self.context.messages.say(self.tr("{name}: {rows}.").format(name=result.source, rows=rows), title=self.tr("Fetched"))
        first = next(iter(result.recordings), None)
        if self.isVisible() and first is not None and first.first_utc and first.last_utc:
            start, end = parse_utc(first.first_utc), parse_utc(first.last_utc)
            self.context.navigate("logs", asset=first.asset, start_ns=start, end_ns=end)
        else:
            self.look()

    def _on_error(self, error: WorkbenchError) -> None:
        self.context.messages.error(error, title=self.tr("Nothing was fetched."))
        self.look()

    def _on_refused(self, error: WorkbenchError) -> None:
        self._stack.setCurrentIndex(0)
        self.context.messages.error(error)
