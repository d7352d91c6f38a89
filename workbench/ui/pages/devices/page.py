"""The Devices page: who is plugged in, what is checked, two touches to write, a verdict that was read back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QStackedWidget, QWidget

from workbench.core.errors import WorkbenchError
from workbench.core.runner import JobCall
from workbench.services.devices import (
    DevicesListRequest,
    DevicesListResult,
    IdentifyRequest,
    IdentifyResult,
    PreflightRequest,
    PreflightResult,
    PullLogsRequest,
    PullLogsResult,
    ResumeRequest,
    TransferRate,
    UpdateRequest,
    UpdateResult,
    UpdateStep,
    identify,
    list_devices,
    preflight,
    pull_logs,
    resume_update,
    update_device,
)
from workbench.services.rehearsal import RehearsalRequest, start_rehearsal
from workbench.ui.actions import Action
from workbench.ui.context import AppContext, Selection
from workbench.ui.format import size
from workbench.ui.page import Page
from workbench.ui.pages.devices.actions import device_actions
from workbench.ui.pages.devices.checks import CheckView
from workbench.ui.pages.devices.panels import PortPanel, UpdatePanel
from workbench.ui.pages.devices.words import light_name
from workbench.ui.pages.devices.write import VerdictView, WriteView
from workbench.ui.states import State
from workbench.ui.widgets.layouts import framed
from workbench.ui.widgets.states import EmptyState

if TYPE_CHECKING:
    from workbench.services.device_servers import VirtualDevice

_SIDE_PX = 252
_INSPECTOR_PX = 300
_EMPTY, _CHECK, _WRITE, _VERDICT = range(4)
# The window asks before it closes while this slot runs.
_WRITE_SLOT = "devices.update"
_REHEARSAL_SLOT = "rehearsal"
_PORT_SLOT = "device:"


class DevicesPage(Page):
    """Side: ports. Centre: checks, writing, or the verdict. Right: this update and the second touch."""

    page_id: ClassVar[str] = "devices"

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._port = ""
        self._identity: IdentifyResult | None = None
        self._checked: PreflightResult | None = None
        self._rehearsal: VirtualDevice | None = None
        self._is_writing = False
        self._is_reading_back = False
        self._job: int | None = None
        self.ports = PortPanel(context)
        self.checks = CheckView(context)
        self.writing = WriteView(context)
        self.verdict = VerdictView(context)
        self.update_panel = UpdatePanel(context)
        self._empty = EmptyState(
            self.theme, "devices", self.tr("Nothing is plugged in"),
            self.tr("Plug in a device: it is identified and only read. Without hardware, a rehearsal speaks the same protocol."),
            self.tr("Start a rehearsal"),
        )  # fmt: skip
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self.set_header(self.tr("Devices"), facts=self.tr("plugging in only reads"))
        self.set_header_buttons("devices.refresh", "devices.pull")

    def actions_offered(self) -> tuple[Action, ...]:
        return device_actions(self)

    def activated(self, selection: Selection) -> None:
        self.update_panel.load_bundles()
        self.checks.load_tags()
        if not self._is_writing:
            self.look()

    def focus_first(self) -> None:
        if self._stack.currentIndex() == _CHECK:
            self.checks.focus_first()
        else:
            self.ports.setFocus()

    def look(self) -> None:
        """Ask every port who is there; reads only, and never while something else talks to one of them."""
        if self._is_talking():
            return
        request = DevicesListRequest(ports=self.ports.extra_ports())
        call = JobCall(
            title=self.tr("Look for devices"), function=list_devices, request=request, slot="devices.list", lane="thread"
        )
        self.context.start_job(call, on_result=self._on_listed)

    def rehearse(self) -> None:
        """Start a virtual device that replays the end of a pump's log."""
        reason = self.why_no_rehearsal()
        if reason:
            self.context.messages.say(reason, icon="info")
            return
        request = RehearsalRequest(project=self.context.project_text, asset=self.context.selection.asset or "")
        call = JobCall(
            title=self.tr("Start a rehearsal"), function=start_rehearsal, request=request, slot=_REHEARSAL_SLOT, lane="thread"
        )
        self.context.start_job(call, on_result=self._on_rehearsal)

    def check(self) -> None:
        """All pre-flight lights."""
        bundle = self.update_panel.bundle_path()
        if not bundle or not self._port:
            self.checks.show_identity(self._identity)
            self._lock()
            return
        self._checked = None
        self._lock()
        request = PreflightRequest(
            port=self._port, bundle=bundle, project=self._project(), expect_asset=self.checks.asset() or None
        )
        self._start(self.tr("Pre-flight"), preflight, request, self._on_checked)

    def write(self) -> None:
        """The second touch was held: update, confirm, read back."""
        assert self._identity is not None
        self._is_writing = True
        request = UpdateRequest(
            port=self._port, bundle=self.update_panel.bundle_path(), yes=True, project=self._project(),
            expect_asset=self.checks.asset(), expect_serial=self._identity.passport.serial,
        )  # fmt: skip
        bundle = self.update_panel.bundle()
        title = self.tr("Write release {n} to {tag}").format(n=bundle.release if bundle else "–", tag=self._name())
        self._begin_write(title, update_device, request)

    def resume(self) -> None:
        """Read back first, then write what is missing."""
        self._is_writing = True
        self._begin_write(self.tr("Resume the update"), resume_update, ResumeRequest(port=self._port, project=self._project()))

    def pull(self) -> None:
        """The device's own logs, into the project."""
        out = Path(self.context.project_text) / "drafts" / "pulled" if self.context.project else self.context.home / "pulled"
        request = PullLogsRequest(port=self._port, out=str(out), project=self._project())
        self._start(self.tr("Pull logs"), pull_logs, request, self._on_pulled)

    def _begin_write(self, title: str, function: object, request: object) -> None:
        self.writing.begin(title, self._identity)
        self._stack.setCurrentIndex(_WRITE)
        self.update_panel.show_writing()
        self.ports.set_busy(True)
        call = JobCall(title=title, function=function, request=request, slot=_WRITE_SLOT, lane=f"port:{self._port}")  # type: ignore[arg-type]
        self._job = self.context.start_job(
            call,
            on_result=self._on_verdict,
            on_error=self._on_write_error,
            on_partial=self._on_partial,
            on_end=self._on_write_end,
        )
        self._show_header(self.tr("leave it plugged in"))
        self.refresh_actions()

    def stop(self) -> None:
        """Stop writing: the spare slot stays unfinished, the verdict is read back."""
        if self._job is not None:
            self.context.jobs.cancel(self._job)

    def _start(self, title: str, function: object, request: object, on_result: object) -> None:
        lane = f"port:{self._port}"
        call = JobCall(title=title, function=function, request=request, slot=f"{_PORT_SLOT}{title}", lane=lane)  # type: ignore[arg-type]
        self.context.start_job(call, on_result=on_result, on_error=self._on_port_error)  # type: ignore[arg-type]

    def _lay_out(self) -> None:
        for view in (self._empty, self.checks, self.writing, self.verdict):
            holder = framed(view)
            self._stack.addWidget(holder)
        self.set_side(self.ports, _SIDE_PX)
        self.set_content(self._stack)
        self.set_inspector(self.update_panel, _INSPECTOR_PX)

    def _connect(self) -> None:
        self.ports.port_chosen.connect(self._on_port)
        self.ports.look_asked.connect(self.look)
        self.ports.rehearsal_asked.connect(self.rehearse)
        self.checks.tag_changed.connect(self.check)
        self.checks.tag_typed.connect(self._on_typed)
        self.checks.check_asked.connect(self.check)
        self.update_panel.bundle_changed.connect(self.check)
        self.update_panel.held.connect(self.write)
        self.update_panel.stop_asked.connect(self.stop)
        self.verdict.again_asked.connect(self.resume)
        self.verdict.done_asked.connect(self._on_done)
        self._empty.acted.connect(self.rehearse)
        self.context.project_changed.connect(self._on_project_changed)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.stop_rehearsal)

    def stop_rehearsal(self) -> None:
        """End the virtual device that this page started."""
        if self._rehearsal is not None:
            self.ports.drop_port(self._rehearsal.port)
            self._rehearsal.stop()
            self._rehearsal = None

    def _on_listed(self, result: object) -> None:
        assert isinstance(result, DevicesListResult)
        self.ports.show_tiles(result.devices, self._port)
        answering = [tile.port for tile in result.devices if tile.passport is not None]
        if self._is_writing or self._stack.currentIndex() == _VERDICT:
            return
        if not answering:
            self._port, self._identity = "", None
            self._stack.setCurrentIndex(_EMPTY)
            self.update_panel.setVisible(False)
            self.refresh_actions()
        else:
            self._on_port(self._port if self._port in answering else answering[0])

    def _on_port(self, port: str) -> None:
        if self._is_writing:
            return
        self._port = port
        self.ports.choose(port)
        self.context.select(port=port)
        self._start(self.tr("Identify"), identify, IdentifyRequest(port=port), self._on_identity)

    def _on_identity(self, result: object) -> None:
        assert isinstance(result, IdentifyResult)
        self._identity = result
        self._stack.setCurrentIndex(_CHECK)
        self.update_panel.setVisible(True)
        self._show_header(self.tr("nothing written"))
        self.checks.show_identity(result)
        self.update_panel.show_identity(result)
        self.ports.show_identity(result)
        self.refresh_actions()
        self.check()

    def _show_header(self, state: str) -> None:
        if self._identity is None:
            return
        passport = self._identity.passport
        facts = self.tr("{board} on {port} · serial {serial} · {state}").format(
            board=passport.board, port=self._port.removeprefix("socket://"), serial=passport.serial, state=state
        )
        self.set_header(self._name(), breadcrumb=(self.tr("Devices"),), facts=facts)

    def _name(self) -> str:
        passport = self._identity.passport if self._identity else None
        return (passport.tag or passport.serial) if passport else self._port

    def _on_checked(self, result: object) -> None:
        assert isinstance(result, PreflightResult)
        self._checked = result
        self.checks.show_lights(result, self.update_panel.bundle())
        self.update_panel.show_estimate(result.estimate_s)
        self._lock()

    def _lock(self) -> None:
        bundle = self.update_panel.bundle()
        if bundle is None:
            self.update_panel.lock(self.tr("Choose a bundle first."))
        elif not self.checks.tag():
            self.update_panel.lock(self.tr("Type the tag of the pump you stand at."))
        elif self._checked is None or not self._checked.is_ready:
            lights = self._checked.lights if self._checked else ()
            red = [light_name(light.name) for light in lights if light.state == State.FAILURE]
            names = ", ".join(red)
            self.update_panel.lock(self.tr("Red: {names}.").format(names=names) if red else self.tr("Pre-flight runs."))
        elif not self.checks.is_tag_right():
            self.update_panel.lock(self.tr("The tag is not the device's."))
        else:
            self.update_panel.unlock(self.tr("Hold to write release {n}").format(n=bundle.release))

    def _on_partial(self, value: object) -> None:
        if isinstance(value, UpdateStep):
            self.writing.add_step(value)
        elif isinstance(value, TransferRate):
            self.writing.show_rate(value)

    def _on_verdict(self, result: object) -> None:
        assert isinstance(result, UpdateResult)
        self._end_write()
        self.verdict.show_result(result)
        self._stack.setCurrentIndex(_VERDICT)
        self.update_panel.show_receipt(result)
        self._show_header(self.tr("read back") if result.after else self.tr("not read back yet"))
        self.set_state(None if result.verdict == "verified" else State.OUT_OF_SPECIFICATION)
        self.verdict.focus_first()
        self.context.announce("receipt")
        self.look()

    def _on_typed(self) -> None:
        # What was checked was another tag: the second touch stays locked until this one is checked.
        self._checked = None
        self._lock()

    def _on_port_error(self, error: WorkbenchError) -> None:
        self.context.messages.error(error)
        self._checked = None
        self.update_panel.lock(self.tr("The device did not answer. Check the cable, then look again."))

    def _on_write_error(self, error: WorkbenchError) -> None:
        self._end_write()
        self._on_done()
        self.context.messages.error(error)

    def _on_write_end(self) -> None:
        if not self._is_writing:
            return
        if self._is_reading_back:
            self._end_write()
            self._on_done()
            return
        # Stopped: what became of it is read back, never guessed.
        self._is_reading_back = True
        request = ResumeRequest(port=self._port, project=self._project(), yes=False)
        self._begin_write(self.tr("Stopped. Reading back"), resume_update, request)

    def _end_write(self) -> None:
        self._is_writing, self._is_reading_back = False, False
        self._job = None
        self.ports.set_busy(False)
        self.refresh_actions()

    def _on_done(self) -> None:
        self._stack.setCurrentIndex(_CHECK)
        self._checked = None
        self.set_state(None)
        self.checks.clear_tag()
        self._lock()
        self.update_panel.load_bundles()
        self.look()

    def _on_pulled(self, result: object) -> None:
        assert isinstance(result, PullLogsResult)
        text = self.tr("{n} logs, {size}, checked by hash.").format(n=len(result.logs), size=size(result.bytes))
        self.context.messages.say(text)
        if result.recordings:
            self.context.announce("recording")

    def _on_rehearsal(self, device: VirtualDevice) -> None:
        self.stop_rehearsal()
        self._rehearsal = device
        self.ports.add_port(device.port)
        self._port = device.port
        self.look()

    def _on_project_changed(self, _project: object) -> None:
        self.update_panel.load_bundles()

    def _project(self) -> str | None:
        return str(self.context.project) if self.context.project else None

    def _is_talking(self) -> bool:
        slots = [view.slot for view in self.context.jobs.running]
        return self._is_writing or any(slot.startswith(_PORT_SLOT) for slot in slots)

    def why_busy(self) -> str:
        """Why the ports must be left alone now, '' if they needn't."""
        return self.tr("A write runs") if self._is_writing else ""

    def why_no_device(self) -> str:
        """Why nothing can be asked of a device now."""
        return self.why_busy() or ("" if self._identity else self.tr("No device answers yet"))

    def why_no_check(self) -> str:
        """Why nothing can be checked now."""
        return self.why_no_device() or ("" if self.update_panel.bundle() else self.tr("Choose a bundle first"))

    def why_no_rehearsal(self) -> str:
        """Why no rehearsal can be started now."""
        if any(view.slot == _REHEARSAL_SLOT for view in self.context.jobs.running):
            return self.tr("A rehearsal is being started")
        return self.why_busy() or ("" if self.context.project else self.tr("Import a log first: the rehearsal replays it"))
