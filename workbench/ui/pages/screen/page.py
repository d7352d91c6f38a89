"""Screen pumps: is each one well? What is known to be good at the left of the table, the most suspicious pump on top of it."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QStackedWidget, QWidget

from workbench.core.clock import format_utc, parse_utc
from workbench.core.errors import WorkbenchError
from workbench.core.requests import build
from workbench.core.runner import JobCall
from workbench.services.projects import AssetInfo, ProjectRequest, ProjectResult, show_project
from workbench.services.screening import AlarmSpan, ScreenLog, ScreenRequest, ScreenResult, screen
from workbench.ui.actions import Action
from workbench.ui.context import AppContext, Selection
from workbench.ui.format import count
from workbench.ui.page import Page
from workbench.ui.pages.screen.parts import AlarmsCard, PumpsCard, ScreenBar
from workbench.ui.states import State
from workbench.ui.widgets.layouts import framed, vertical
from workbench.ui.widgets.state_filter import states_action
from workbench.ui.widgets.states import EmptyState
from workbench.ui.widgets.text import Text, hairline

SLOT = "screen"
GOOD_SHARE = 0.25
"""Of the time that all chosen pumps were logged: what is offered as known to be good."""
_LEAST_AROUND_NS = 600 * 10**9
_NOTHING, _NOT_YET, _FOUND = range(3)


class ScreenPage(Page):
    """One screening at a time; it goes on when the page is left, and its table stays."""

    page_id: ClassVar[str] = "screen"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._assets: tuple[AssetInfo, ...] = ()
        self._logs: list[ScreenLog] = []
        self._job: int | None = None
        self.bar = ScreenBar(context)
        self.pumps = PumpsCard(context)
        self.alarms = AlarmsCard(context)
        self._problem = Text("", "small", "failure_text", is_wrapped=True)
        self._empty = EmptyState(
            self.theme, "pump", self.tr("No logs yet"), self.tr("Import logs of one or more pumps; then each is held against its "
            "own beginning."), self.tr("Import logs"),
        )  # fmt: skip
        self._ready = EmptyState(
            self.theme, "pump", self.tr("Is each pump well?"),
            self.tr("A default model learns the part of each pump's log that is known to be good, and scores the rest. No "
                    "labels, no training by hand. Say until when the pumps were good, then screen them."),
        )  # fmt: skip
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self.set_header(self.tr("Screen pumps"))
        self.set_header_buttons("screen.back", "screen.copy", primary="screen.start")

    def actions_offered(self) -> tuple[Action, ...]:
        return (
            Action(
                id="screen.start", title=self.tr("Screen"), icon="play", callback=self.start, page="screen", menu="Log",
                keys=("F5", "Ctrl+Return"), command="workbench screen", blocked=self.why_not,
            ),
            Action(
                id="screen.cancel", title=self.tr("Cancel screening"), icon="cancel", callback=self.cancel, page="screen",
                blocked=self.why_no_job,
            ),
            Action(
                id="screen.copy", title=self.tr("Copy as command"), icon="terminal", callback=self.copy_command, page="screen",
                blocked=self._why_no_log,
            ),
            states_action("screen", self.bar.states.open_menu),
            Action(id="screen.back", title=self.tr("Back to the logs"), icon="arrow-left", callback=self.go_back, page="screen"),
        )  # fmt: skip

    def activated(self, selection: Selection) -> None:
        if self.context.project is None:
            self._show_stack()
            return
        request = ProjectRequest(project=self.context.project_text)
        self.context.read(show_project, request, self._on_project, slot="screen.project")

    def focus_first(self) -> None:
        if self._stack.currentIndex() == _FOUND:
            self.pumps.table.setFocus()
        else:
            self.bar.until.setFocus()

    def start(self) -> None:
        """Screen what is chosen; rows come into the table as pumps are done."""
        request = self._checked_request()
        if request is None:
            return
        self._logs = []
        self._show_logs()
        title = self.tr("Screen {pump}").format(pump=request.asset or count(len(self._assets), self.tr("pump"), self.tr("pumps")))
        call = JobCall(title=title, function=screen, request=request, slot=SLOT)
        self._job = self.context.start_job(call, on_result=self._on_result, on_partial=self._on_partial, on_end=self._on_end)
        self._show_running()

    def cancel(self) -> None:
        """Stop; what is in the table stays."""
        if self._job is not None:
            self.context.jobs.cancel(self._job)

    def copy_command(self) -> None:
        """Copy what this page does as a command line."""
        request = self._checked_request()
        if request is not None:
            self.context.copy_command(("screen",), request)

    def go_back(self) -> None:
        """Back to the logs; a screening goes on."""
        self.context.navigate("logs")

    def why_not(self) -> str:
        """Why nothing can be screened now, '' when it can."""
        return self.tr("A screening runs") if self._job is not None else self._why_no_log()

    def why_no_job(self) -> str:
        """Why there is nothing to cancel."""
        return "" if self._job is not None else self.tr("No screening runs")

    def _why_no_log(self) -> str:
        return "" if self._assets else self.tr("Import a log first")

    def _checked_request(self) -> ScreenRequest | None:
        """The request; None where the instant can't be read: that is said below the field."""
        try:
            request = self._request()
        except WorkbenchError as error:
            self._show_problem(str(error))
            return None
        self._show_problem("")
        return request

    def _request(self) -> ScreenRequest:
        until = format_utc(parse_utc(self.bar.until.text()))
        values: dict[str, object] = {
            "project": self.context.project_text, "reference_until": until, "keep_going": True,
            "regimes": self.bar.states.value(),
        }  # fmt: skip
        if self.bar.asset.value():
            values["asset"] = self.bar.asset.value()
        return build(ScreenRequest, values)

    def _show_problem(self, text: str) -> None:
        self.bar.until.set_invalid(bool(text))
        self._problem.setText(text)
        self._problem.setVisible(bool(text))

    def _lay_out(self) -> None:
        shown = QWidget()
        column = vertical(shown, margins_px=(16, 12, 16, 16), gap_px=12)
        column.addWidget(self.pumps, 5)
        column.addWidget(self.alarms, 4)
        for view in (framed(self._empty), framed(self._ready), shown):
            self._stack.addWidget(view)
        holder = QWidget()
        outer = vertical(holder)
        self._problem.setContentsMargins(16, 8, 16, 0)
        self._problem.setVisible(False)
        for widget in (self.bar, hairline(), self._problem):
            outer.addWidget(widget)
        outer.addWidget(self._stack, 1)
        self.set_content(holder)

    def _connect(self) -> None:
        self.bar.asset.currentIndexChanged.connect(self._on_asset)
        self.bar.until.returnPressed.connect(self.start)
        self.pumps.chosen.connect(self._on_pump)
        self.pumps.opened.connect(self._on_pump_opened)
        self.alarms.opened.connect(self._on_alarm)
        self._empty.acted.connect(self.go_back)
        self.context.content_changed.connect(self._on_changed)
        self.context.project_changed.connect(self._on_project_changed)

    def _on_project(self, result: object) -> None:
        assert isinstance(result, ProjectResult)
        self._assets = tuple(asset for asset in result.assets if asset.n_recordings and asset.first_utc and asset.last_utc)
        self.bar.show_pumps([asset.tag for asset in self._assets])
        self._offer_reference()
        self._show_stack()
        self.refresh_actions()

    def _on_asset(self, _index: int) -> None:
        self._offer_reference()

    def _offer_reference(self) -> None:
        """The first quarter of what all chosen pumps have, until a person types something else."""
        wanted = self.bar.asset.value()
        chosen = [asset for asset in self._assets if asset.tag == wanted or not wanted]
        firsts = [parse_utc(asset.first_utc or "") for asset in chosen]
        lasts = [parse_utc(asset.last_utc or "") for asset in chosen]
        if not chosen:
            return
        start, end = max(firsts), min(lasts)
        if end <= start:  # pumps that were never logged together
            start, end = min(firsts), max(lasts)
        whole_minute = round((start + GOOD_SHARE * (end - start)) / 60e9) * 60 * 10**9
        self.bar.offer(format_utc(whole_minute)[:16].replace("T", " "))

    def _show_stack(self) -> None:
        has_logs = bool(self._assets) and self.context.project is not None
        is_found = has_logs and bool(self._logs or self._job is not None)
        self.bar.setVisible(has_logs)
        self._stack.setCurrentIndex(_FOUND if is_found else _NOT_YET if has_logs else _NOTHING)

    def _show_running(self) -> None:
        is_running = self._job is not None
        buttons = ("screen.back", "screen.cancel") if is_running else ("screen.back", "screen.copy")
        self.set_header_buttons(*buttons, primary="screen.start")
        self.bar.setEnabled(not is_running)
        self._show_stack()
        self._show_facts()

    def _show_facts(self) -> None:
        n_found = sum(log.alarm_rows > 0 for log in self._logs)
        site = self.context.project.name if self.context.project else ""
        facts = self.tr("{n} of {all} in alarm").format(n=n_found, all=count(len(self._logs), self.tr("pump"), self.tr("pumps")))
        if self._job is not None:
            facts = self.tr("{n} of {all} done").format(n=len(self._logs), all=self.bar.n_chosen())
        self.set_header(self.tr("Screen pumps"), breadcrumb=(site,), facts=facts if self._logs or self._job is not None else "")
        self.set_state(State.OUT_OF_SPECIFICATION if n_found else None)

    def _show_logs(self) -> None:
        self.pumps.show_logs(self._logs)
        if not self._logs:
            self.alarms.show_log(None)
        elif self.pumps.table.current_row() is None:
            self.pumps.choose_first()

    def _on_partial(self, value: object) -> None:
        if isinstance(value, ScreenLog):
            self._logs.append(value)
            self._show_logs()
            self._show_facts()

    def _on_result(self, result: object) -> None:
        assert isinstance(result, ScreenResult)
        self._logs = list(result.logs)
        self._show_logs()
        self.pumps.choose_first()

    def _on_end(self) -> None:
        self._job = None
        self._show_running()
        if self.isVisible() and self._logs:
            self.pumps.table.setFocus()

    def _on_pump(self, index: int) -> None:
        self.alarms.show_log(self._logs[index])

    def _on_pump_opened(self, index: int) -> None:
        """The longest alarm of a pump, else its whole log."""
        log = self._logs[index]
        longest = max(log.alarms, key=lambda alarm: parse_utc(alarm.end_utc) - parse_utc(alarm.start_utc), default=None)
        if longest is None:
            self.context.navigate("logs", asset=log.source, start_ns=None, end_ns=None)
        else:
            self._open(log, longest)

    def _on_alarm(self, index: int) -> None:
        log = self.alarms.log
        assert log is not None
        self._open(log, log.alarms[index])

    def _open(self, log: ScreenLog, alarm: AlarmSpan) -> None:
        start, end = parse_utc(alarm.start_utc), parse_utc(alarm.end_utc)
        around = max(_LEAST_AROUND_NS, end - start)
        self.context.navigate("logs", asset=log.source, start_ns=start - around, end_ns=end + around)

    def _on_changed(self, kind: str) -> None:
        if kind in {"recording", "corrections", "regimes", "channels"} and self.isVisible():
            self.activated(self.context.selection)

    def _on_project_changed(self, _project: object) -> None:
        self.cancel()
        self._assets, self._logs = (), []
        self._show_logs()
        if self.isVisible():
            self.activated(self.context.selection)
