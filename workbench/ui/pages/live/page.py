"""Live capture: choose a port, listen, see how it would be read, record while the curves are drawn, stop.

Leaving the page keeps capturing; the job strip shows it with its rate, and stops it.
"""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtWidgets import QStackedWidget, QWidget

from workbench.core.clock import parse_utc
from workbench.core.errors import RequestError, WorkbenchError
from workbench.core.runner import JobCall
from workbench.services.capture import CapturePreviewResult, CaptureRequest, CaptureResult, capture, preview_capture
from workbench.services.capture_live import LiveUpdate
from workbench.services.capture_rehearsal import CaptureRehearsalRequest, RehearsalReady, rehearse_capture
from workbench.ui.actions import Action
from workbench.ui.context import AppContext, Selection
from workbench.ui.format import count, duration
from workbench.ui.messages import NoticeText
from workbench.ui.page import Page
from workbench.ui.pages.live.form import LiveForm
from workbench.ui.pages.live.preview import LivePreview
from workbench.ui.pages.live.view import LiveView
from workbench.ui.states import State
from workbench.ui.widgets.buttons import SecondaryButton
from workbench.ui.widgets.layouts import framed
from workbench.ui.widgets.states import EmptyState

_SIDE_PX = 316
_IDLE, _PREVIEW, _LIVE = range(3)
_REHEARSAL = "live.rehearsal"


class LivePage(Page):
    """One capture at a time from this page; more run from the command line."""

    page_id: ClassVar[str] = "live"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._job: int | None = None
        self._request: CaptureRequest | None = None
        self._is_listening = self._is_stopping = False
        self.form = LiveForm(context)
        self.preview = LivePreview(context)
        self.live = LiveView(context)
        self._idle = EmptyState(
            self.theme, "signal", self.tr("Nothing is captured yet"),
            self.tr("Choose the port of a device and listen: the first lines are shown as they would be read."),
        )  # fmt: skip
        self._rehearse = SecondaryButton(self.theme, self.tr("Rehearse with an invented pump"), "rehearsal")
        self._rehearse.clicked.connect(self.rehearse)
        self._stack = QStackedWidget()
        self._lay_out()
        self.form.changed.connect(self.refresh_actions)
        self.preview.baud_asked.connect(self.find_baud)
        context.project_changed.connect(self._on_project)
        self._show(_IDLE)

    def actions_offered(self) -> tuple[Action, ...]:
        return (
            Action(
                id="live.listen", title=self.tr("Listen"), icon="search", callback=self.listen, page="live", menu="Log",
                keys=("F5",), command="workbench logs capture-preview", blocked=self._why_no_listening,
            ),
            Action(
                id="live.start", title=self.tr("Start capture"), icon="play", callback=self.start, page="live", menu="Log",
                keys=("Ctrl+Return",), command="workbench logs capture", blocked=self._why_no_start,
            ),
            Action(
                id="live.stop", title=self.tr("Stop capture"), icon="stop", callback=self.stop, page="live", menu="Log",
                keys=("Ctrl+.",), blocked=self._why_no_stop,
            ),
            Action(
                id="live.copy", title=self.tr("Copy capture as command"), icon="terminal", callback=self.copy_command,
                page="live", blocked=self._why_no_listening,
            ),
            Action(
                id="live.rehearse", title=self.tr("Rehearse with an invented pump"), icon="rehearsal", callback=self.rehearse,
                page="live", menu="Log", command="workbench logs capture-rehearsal", blocked=self._why_no_rehearsal,
            ),
            Action(id="live.back", title=self.tr("Back to the logs"), icon="arrow-left", callback=self.go_back, page="live"),
        )  # fmt: skip

    def activated(self, selection: Selection) -> None:
        self._show_header()
        if self._job is None:
            self.form.load()

    def focus_first(self) -> None:
        if self._job is None:
            self.form.focus_first()
        else:
            self.live.plots.focus_main()

    def listen(self) -> None:
        """Hear what the port says, for a few seconds."""
        self._listen(find_baud=False)

    def find_baud(self) -> None:
        """Listen at the usual baud rates until something is read."""
        self._listen(find_baud=True)

    def _listen(self, *, find_baud: bool) -> None:
        self._is_listening = True
        self._idle.title.setText(self.tr("Listening …"))
        self._show(_IDLE)
        request = self.form.preview_request((), find_baud=find_baud)
        call = JobCall(
            title=self.tr("Listen to {port}").format(port=request.port), function=preview_capture, request=request,
            slot="live.preview", lane=f"port:{request.port}",
        )  # fmt: skip
        self.context.start_job(call, self._on_preview, on_error=self._on_preview_error, on_end=self._on_listened)

    def start(self) -> None:
        """Record from now on, in a project that is made if there is none."""
        self.context.ensure_project(self._start)

    def stop(self) -> None:
        """End it: what arrived becomes a recording."""
        if self._job is not None:
            self._is_stopping = True
            self.live.show_ending()
            self.context.jobs.cancel(self._job)
            self.refresh_actions()

    def copy_command(self) -> None:
        """Copy the capture as a command line."""
        project = self.context.project_text if self.context.project else "PROJECT"
        self.context.copy_command(("logs", "capture"), self.form.capture_request(project, self.preview.renames()))

    def rehearse(self) -> None:
        """Start a device that speaks on this machine, and listen to it; it goes on until it is stopped in the job strip."""
        call = JobCall(
            title=self.tr("Rehearsal of a capture"), function=rehearse_capture, request=CaptureRehearsalRequest(noise=0.01),
            slot=_REHEARSAL, lane="port:rehearsal", stop_word=self.tr("Stop"),
        )  # fmt: skip
        self.context.start_job(call, on_partial=self._on_rehearsal, on_end=self.refresh_actions)

    def _on_rehearsal(self, ready: object) -> None:
        assert isinstance(ready, RehearsalReady)
        self.form.show_port(ready.port)
        self.listen()

    def go_back(self) -> None:
        """Back to the logs; a capture goes on."""
        self.context.navigate("logs")

    def _start(self) -> None:
        try:
            request = self.form.capture_request(self.context.project_text, self.preview.renames())
        except RequestError as error:
            self.context.messages.error(error)
            return
        self._request, self._is_stopping = request, False
        self.form.remember(request)
        self.live.begin()
        call = JobCall(
            title=self._title_of(request), function=capture, request=request, slot=f"capture:{request.port}",
            lane=f"port:{request.port}", stop_word=self.tr("Stop"),
        )  # fmt: skip
        self._job = self.context.start_job(
            call, self._on_result, on_error=self._on_error, on_partial=self._on_update, on_end=self._on_end
        )
        self.form.setVisible(False)
        self._show(_LIVE)
        self.live.plots.focus_main()

    def _title_of(self, request: CaptureRequest) -> str:
        if request.asset:
            return self.tr("Capture {pump} from {port}").format(pump=request.asset, port=request.port)
        return self.tr("Capture from {port}").format(port=request.port)

    def _on_preview(self, result: object) -> None:
        assert isinstance(result, CapturePreviewResult)
        self.preview.show_result(result)
        self.form.fields.set_value("baud_rate_bd", result.baud_rate_bd)
        self._show(_PREVIEW)

    def _on_preview_error(self, error: WorkbenchError) -> None:
        self.context.messages.error(error)
        self._show(_IDLE)

    def _on_listened(self) -> None:
        self._is_listening = False
        self._idle.title.setText(self.tr("Nothing is captured yet"))
        self.refresh_actions()

    def _on_update(self, update: object) -> None:
        assert isinstance(update, LiveUpdate)
        if not self._is_stopping:
            self.live.show_update(update)

    def _on_result(self, result: object) -> None:
        assert isinstance(result, CaptureResult)
        self.context.announce("recording")
        recording = result.recording
        rows = count(recording.rows, self.tr("row"), self.tr("rows"))
        said = self.tr("{name}: {rows} in {time}.").format(name=recording.source, rows=rows, time=duration(result.seconds))
        self._say_end(result, said)
        first, last = recording.first_utc, recording.last_utc
        if self.isVisible() and first and last:
            self.context.navigate("logs", asset=recording.asset, start_ns=parse_utc(first), end_ns=parse_utc(last))

    def _say_end(self, result: CaptureResult, said: str) -> None:
        if result.ended_by != "unplugged":
            self.context.messages.say(said, title=self.tr("Captured"), icon="signal")
            return
        text = self.tr("{said} All that arrived is in the recording. Plug it in and start again to go on.").format(said=said)
        self.context.messages.post(
            NoticeText(text=text, title=self.tr("The cable came out"), state=State.OUT_OF_SPECIFICATION, icon="unplug")
        )

    def _on_error(self, error: WorkbenchError) -> None:
        self.context.messages.error(error, title=self.tr("The capture has ended."))

    def _on_end(self) -> None:
        self._job, self._is_stopping = None, False
        self.form.setVisible(True)
        self._show(_PREVIEW if self.preview.rows else _IDLE)

    def _on_project(self, _project: object) -> None:
        self.refresh_actions()

    def _lay_out(self) -> None:
        holder = framed(self._idle)
        self._idle.add(self._rehearse)
        for widget in (holder, self.preview, self.live):
            self._stack.addWidget(widget)
        self.set_side(self.form, _SIDE_PX)
        self.set_content(self._stack)

    def _show(self, number: int) -> None:
        self._stack.setCurrentIndex(number)
        self._show_header()

    def _show_header(self) -> None:
        project = self.context.project.name if self.context.project else ""
        if self._job is not None and self._request is not None:
            facts = self.tr("from {port}, goes on when you leave this page").format(port=self._request.port)
            self.set_header(self._request.asset or self.tr("Live capture"), breadcrumb=(project,), facts=facts)
            self.set_header_buttons("live.back", primary="live.stop")
            return
        self.set_header(
            self.tr("Live capture"), breadcrumb=(project,), facts=self.tr("ports are only listened to; Modbus only reads")
        )
        is_heard = self._stack.currentIndex() == _PREVIEW and bool(self.preview.rows)
        buttons = ("live.back", "live.listen") if is_heard else ("live.back", "live.start")
        self.set_header_buttons(*buttons, primary="live.start" if is_heard else "live.listen")

    def _why_no_listening(self) -> str:
        if self._job is not None:
            return self.tr("A capture is running.")
        return self.tr("It is listening.") if self._is_listening else self.form.why_not()

    def _why_no_rehearsal(self) -> str:
        if any(view.slot == _REHEARSAL for view in self.context.jobs.running):
            return self.tr("A rehearsal is running.")
        return self._why_no_listening() if self._job is not None or self._is_listening else ""

    def _why_no_start(self) -> str:
        return self._why_no_listening()

    def _why_no_stop(self) -> str:
        if self._job is None:
            return self.tr("Nothing is captured.")
        return self.tr("It is ending.") if self._is_stopping else ""
