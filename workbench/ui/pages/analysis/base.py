"""What all analysis modes share: channel, machine, the job that computes, refusals in words, notes, ways out."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import msgspec
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QWidget

from workbench.core.errors import RequestError, WorkbenchError
from workbench.core.jobs import Job
from workbench.core.requests import Request
from workbench.core.runner import JobCall
from workbench.services.analysis_reads import Opened, tacho_channel_of
from workbench.services.log_views import AssetLogs, ChannelView
from workbench.services.machine import MachineFacts, MachineRequest, MachineResult, machine
from workbench.ui.context import AppContext
from workbench.ui.format import as_window_says, zone_of
from workbench.ui.pages.analysis.machine_panel import MACHINE_CHANGED, MachinePanel
from workbench.ui.pages.analysis.more_button import MoreButton
from workbench.ui.pages.logs.modes import LogsMode
from workbench.ui.pages.logs.regimes import REGIMES
from workbench.ui.pages.logs.view import LogsView
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.buttons import SecondaryButton
from workbench.ui.widgets.fields import Choice, UnitField
from workbench.ui.widgets.layouts import framed, horizontal, vertical
from workbench.ui.widgets.states import EmptyState
from workbench.ui.widgets.text import Text, hairline

ROW_PX = 40
_WAIT_MS = 25
_FOOT_PX = 68
"""Three lines of notes."""


class AnalysisMode(LogsMode):
    """Subclasses name their command and machine fields, lay out `plots`, build `request`, and draw in `show_picture`."""

    command: ClassVar[tuple[str, ...]] = ()
    machine_fields: ClassVar[tuple[str, ...]] = ()
    needs_channel: ClassVar[bool] = True

    def __init__(self, context: AppContext, view: LogsView) -> None:
        super().__init__(context, view)
        self.logs: AssetLogs | None = None
        self.range_ns = (0, 1)
        self.facts = MachineFacts()
        self._facts_of: tuple[str, str] = ("", "")
        self._shown: tuple[str, ...] = ()
        self.picture: object = None
        self._kept: dict[object, object] = {}
        self._asked: tuple[Request, object, dict[object, object]] | None = None
        self.channel = Choice(context.theme)
        self.channel.setAccessibleName(self.tr("Channel"))
        self.channel.setMinimumWidth(136)
        self.channel.setMaximumWidth(220)
        self.plots = QWidget()
        self.said = EmptyState(context.theme, "signal", "", "")
        self.notes = Text("", "caption", "text2", is_wrapped=True)
        self.panel = MachinePanel(context, self.machine_fields)
        self.bar = _row()
        self.options = _row()
        self._stack = QStackedWidget()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self._ask)
        self._machine_button = SecondaryButton(context.theme, self.tr("Machine"), "sliders")
        self._machine_button.setCheckable(True)
        self.more = MoreButton(self)
        self._lay_out()
        self.channel.currentIndexChanged.connect(self.on_edited)
        self._machine_button.toggled.connect(self.panel.setVisible)
        self.panel.saved.connect(self._on_saved)
        self.panel.closed.connect(self._on_panel_closed)
        context.content_changed.connect(self._on_content)

    # What subclasses say

    def build_request(self) -> Request:
        """The request as the command line would build it; raises RequestError naming a field."""
        raise TypeError(f"{type(self).__name__} builds no request")

    def compute(self, opened: Opened, request: Request, job: Job) -> object:
        """Runs on a thread: the picture of a request."""
        raise TypeError(f"{type(self).__name__} computes nothing")

    def show_picture(self, picture: object) -> tuple[str, ...]:
        """Draw it; returns notes."""
        raise TypeError(f"{type(self).__name__} draws nothing")

    def export(self, request: Request, job: Job) -> object:
        """The command's own function, which also writes the CSV that its request names."""
        raise TypeError(f"{type(self).__name__} exports nothing")

    def beside_request(self) -> object:
        """What `compute` looks at beside the request; another one is another picture."""
        return None

    def request(self) -> Request:
        """The same with the operating states that the page keeps to."""
        return msgspec.structs.replace(self.build_request(), regimes=self.view.chosen_states)

    # From the page

    def show_logs(self, logs: AssetLogs, channels: tuple[str, ...], range_ns: tuple[int, int]) -> None:
        """Compute for this pump and stretch."""
        is_other = self.logs is None or logs is not self.logs
        if is_other:
            self._kept = {}
        self.logs, self.range_ns = logs, range_ns
        if is_other or channels != self._shown:
            self._shown = channels
            self._fill_channels()
            self._follow_shown()
        key = (self.context.project_text, logs.asset)
        if key != self._facts_of:
            self._facts_of = key
            request = MachineRequest(project=key[0], asset=key[1])
            self.context.read(machine, request, self._on_facts, self._on_no_facts, slot=f"machine:{id(self)}")
            return
        self.again()

    def again(self) -> None:
        """Compute anew in a moment: several edits in a row cost one computation."""
        self._timer.start()

    def on_edited(self, _value: object = None) -> None:
        """A field was changed."""
        self.again()

    # Ways out

    def copy_command(self) -> None:
        """Copy what is shown as a command line."""
        try:
            self.context.copy_command(self.command, self.request())
        except RequestError as error:
            self.context.messages.error(error)

    def save_picture(self) -> None:
        """Ask where, and write the plots as PNG."""
        self._choose_file(self.tr("Save picture"), "png", self._on_picture_file)

    def save_values(self) -> None:
        """Ask where, and write the values shown as CSV."""
        self._choose_file(self.tr("Save values"), "csv", self._on_values_file)

    def _choose_file(self, title: str, suffix: str, then: object) -> None:
        asset = self.logs.asset if self.logs is not None else "pump"
        name = f"{asset}-{self.channel.value() or 'pump'}-{self.command[-1]}.{suffix}".replace(" ", "-")
        self.context.messages.choose_save(title, Path.home() / name, f"{suffix.upper()} (*.{suffix})", then)  # type: ignore[arg-type]

    def _on_picture_file(self, paths: list[Path]) -> None:
        self.write_picture(paths[0])

    def write_picture(self, path: Path) -> None:
        """The plots as they are on the screen, twice as fine."""
        from PySide6.QtGui import QPixmap

        pixmap = QPixmap(self.plots.size() * 2)
        pixmap.setDevicePixelRatio(2.0)
        pixmap.fill(self.theme.colour("plot"))
        self.plots.render(pixmap)
        if pixmap.save(str(path)):
            self.context.messages.say(self.tr("Wrote {path}.").format(path=path), icon="download")
        else:
            self.context.messages.error(
                WorkbenchError(self.tr("{path} can't be written.").format(path=path), self.tr("Choose another folder."))
            )

    def _on_values_file(self, paths: list[Path]) -> None:
        self.write_values(paths[0])

    def write_values(self, path: Path) -> None:
        """Run the command with this file, as a job."""
        try:
            request = msgspec.structs.replace(self.request(), out=str(path))
        except RequestError as error:
            self.context.messages.error(error)
            return
        call = JobCall(
            title=self.tr("Write {name}").format(name=path.name), function=self.export, request=request,
            slot=f"export:{path}", lane="thread",
        )  # fmt: skip
        self.context.start_job(call, on_result=self._on_written)

    def _on_written(self, result: object) -> None:
        self.context.messages.say(self.tr("Wrote {path}.").format(path=getattr(result, "out", "")), icon="download")

    # Inside

    def _fill_channels(self) -> None:
        """Waveforms first, of these the ones that are shown; then what else is shown, to say why it has no spectrum."""
        if self.logs is None or not self.needs_channel:
            return
        tacho = tacho_channel_of(self.logs, self.facts)
        waves = [view for view in self.logs.channels if view.group == "waveform"]
        waves.sort(key=lambda view: (view.name not in self._shown, _vibration_first(view)))
        trends = [view for view in self.logs.channels if view.group != "waveform" and view.name in self._shown]
        listed = [view for view in waves if view.name != tacho] + trends + [view for view in waves if view.name == tacho]
        self.channel.set_options((view.name, view.name) for view in listed)

    def _follow_shown(self) -> None:
        """Another choice of channels is a choice of what to analyse, unless the channel on is among them."""
        first = self.channel.itemData(0)
        if first in self._shown and self.channel.value() not in self._shown:
            self.channel.blockSignals(True)  # whoever calls computes anew
            self.channel.set_value(str(first))
            self.channel.blockSignals(False)

    def _on_facts(self, result: object) -> None:
        assert isinstance(result, MachineResult)
        self.facts, self._kept = result.facts, {}
        if self.logs is not None and self.logs.asset == result.asset:
            self.panel.show_facts(self.logs, result.facts)
            self._fill_channels()
            self.again()

    def _on_no_facts(self, error: WorkbenchError) -> None:
        """What was kept can't be read: it is said, and the analysis goes on without."""
        self.facts = MachineFacts()
        self.context.messages.error(error)
        self.again()

    def _on_saved(self, result: object) -> None:
        self._on_facts(result)
        self.context.announce(MACHINE_CHANGED)
        self.context.messages.say(self.tr("Kept for {pump}.").format(pump=self.panel.asset), icon="check")

    def _on_content(self, kind: str) -> None:
        """What is known of the machine changed, here or in another form: it is read again when it is needed."""
        if kind == MACHINE_CHANGED:
            self._facts_of = ("", "")
        if kind == REGIMES:
            self._kept = {}
            if self.view.chosen_states and self.isVisible():
                self.again()

    def _on_panel_closed(self) -> None:
        self._machine_button.setChecked(False)
        self.focus_main()

    def _ask(self) -> None:
        if self.logs is None:
            return
        if self.needs_channel and not self.channel.value():
            self.refuse(self.tr("No channel is shown"), self.tr("Tick a channel at the left."))
            return
        try:
            request = self.request()
        except RequestError as error:
            self.notes.setText(str(error))
            self.notes.set_tone("failure_text")
            return
        asked = (request, self.beside_request(), self._kept)
        if self.picture is not None and self._asked is not None and asked[:2] == self._asked[:2] and asked[2] is self._asked[2]:
            self._on_picture(self.picture)  # nothing changed but how it is looked at: coming back to a mode costs no computation
            return
        self._asked = asked
        reader = _Reader(self, Opened(logs=self.logs, facts=self.facts, kept=self._kept))
        self.context.read(reader.read, request, self._on_picture, self._on_refused, slot=f"analysis:{id(self)}")

    def _on_picture(self, picture: object) -> None:
        self.picture = picture
        self._stack.setCurrentIndex(0)
        self.notes.setText(self._said(" ".join(self.show_picture(picture))))
        self.notes.set_tone("text2")

    def _on_refused(self, error: WorkbenchError) -> None:
        self.refuse(error.message, error.hint)

    def refuse(self, message: str, hint: str) -> None:
        """Say why there is no picture, and what would do."""
        self.picture = None
        self.said.say(self._said(message), self._said(hint))
        self.said.title.setWordWrap(True)
        self.notes.setText("")
        self._stack.setCurrentIndex(1)

    def _said(self, text: str) -> str:
        return as_window_says(text, zone_of(self.context.settings.zone))

    def _lay_out(self) -> None:
        inner = vertical(self)
        for row in (self.bar, self.options):
            inner.addWidget(_holder(row))
        inner.addWidget(hairline())
        holder = framed(self.said)
        holder.setProperty("no_ring", True)  # it has the keys while there is no picture, but nothing to do with them
        self._stack.addWidget(self.plots)
        self._stack.addWidget(holder)
        # The panel stands beside the plots alone: the bars above need the whole width.
        beside = horizontal()
        beside.addWidget(self._stack, 1)
        beside.addWidget(self.panel)
        inner.addLayout(beside, 1)
        inner.addWidget(hairline())
        foot = _row()
        foot.setContentsMargins(16, 4, 16, 4)
        foot.addWidget(self.notes, 1)
        foot_holder = _holder(foot)
        foot_holder.setMinimumHeight(28)
        foot_holder.setMaximumHeight(_FOOT_PX)
        foot_holder.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        inner.addWidget(foot_holder)
        self.panel.hide()
        if self.needs_channel:
            self.bar.addWidget(self.channel)

    def finish_bar(self) -> None:
        """Machine and ways out at the right end; subclasses call it when their own fields are in."""
        self.bar.addStretch(1)
        self.bar.addWidget(self._machine_button)
        self.bar.addWidget(self.more)
        self.options.addStretch(1)


class _Reader:
    """One computation with the logs and facts it began with, so that a thread never sees them change."""

    def __init__(self, mode: AnalysisMode, opened: Opened) -> None:
        self._compute = mode.compute
        self._opened = opened

    def read(self, request: Request, job: Job) -> object:
        """See `AnalysisMode.compute`."""
        return self._compute(self._opened, request, job)


class NumberField(UnitField):
    """A short number with its unit inside; '' is None. The look says what is wrong, the notes say it in words."""

    def __init__(self, theme: ThemeSource, name: str, unit: str = "", text: str = "", *, width_px: int = 86) -> None:
        super().__init__(theme, unit, text)
        self._name = name
        self.setFixedWidth(width_px)
        self.setAccessibleName(name)
        self.setPlaceholderText("–")

    def number(self) -> float | None:
        """The value; raises RequestError naming the field."""
        text = self.text().strip().replace("\u2009", "").replace(" ", "").replace("−", "-").replace(",", ".")
        self.set_invalid(False)
        if not text:
            return None
        try:
            return float(text)
        except ValueError as error:
            self.set_invalid(True)
            raise RequestError(
                self.tr("{name}: '{text}' is not a number.").format(name=self._name, text=self.text()), self.tr("Type a number.")
            ) from error


def labelled(words: str, widget: QWidget) -> QWidget:
    """A field with its label at the left."""
    holder = QWidget()
    row = horizontal(holder, gap_px=6)
    label = Text(words, "small", "text2")
    label.setBuddy(widget)
    if not widget.accessibleName():
        widget.setAccessibleName(words)
    row.addWidget(label)
    row.addWidget(widget)
    return holder


def _row() -> QHBoxLayout:
    return horizontal(margins_px=(16, 0, 16, 0), gap_px=12)


def _holder(row: QHBoxLayout) -> QWidget:
    holder = QWidget()
    holder.setLayout(row)
    holder.setFixedHeight(ROW_PX)
    holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    return holder


def _vibration_first(view: ChannelView) -> tuple[bool, str]:
    return view.quantity != "vibration", view.name
