"""The XY way to look: one channel against another over the stretch that is shown, coloured by time; a brushed box shows when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.core.clock import NS_PER_S, format_utc
from workbench.core.errors import InputError, WorkbenchError
from workbench.core.jobs import Job
from workbench.core.requests import Request
from workbench.services.log_views import AssetLogs, ChannelView
from workbench.services.log_xy import XYRequest, cloud_of, stretches_in
from workbench.services.regime_filter import find_spans
from workbench.ui.format import count, duration, instant, number, zone_of
from workbench.ui.pages.logs.modes import LogsMode
from workbench.ui.widgets.buttons import IconButton
from workbench.ui.widgets.fields import Choice
from workbench.ui.widgets.layouts import horizontal, vertical
from workbench.ui.widgets.plots.axis import TimeAxisStrip
from workbench.ui.widgets.plots.geometry import EDGE_PX
from workbench.ui.widgets.plots.strip import Strip
from workbench.ui.widgets.plots.words import unit_words
from workbench.ui.widgets.plots.xy_plot import XYPlot, line_words
from workbench.ui.widgets.text import Text, hairline

if TYPE_CHECKING:
    from workbench.logs.xy import Box, XYCloud
    from workbench.ui.context import AppContext
    from workbench.ui.pages.logs.view import LogsView
    from workbench.ui.theme import ThemeSource
    from workbench.ui.widgets.plots.time_view import TimeView

_WAIT_MS = 60
_STRIP_PX = 26
_SHORT_NS = 600 * NS_PER_S
_CHOICE_PX = (136, 260)
Span = tuple[int, int]


class _Task:
    """A reading of the open logs on a thread; under one name, so that a newer one takes the place of an older."""

    __name__ = "xy"

    def __init__(self, logs: AssetLogs, range_ns: Span, box: Box | None = None) -> None:
        self._logs = logs
        self._what = (range_ns, box)

    def __call__(self, request: Request, job: Job) -> object:
        assert isinstance(request, XYRequest)
        names, (range_ns, box) = (request.x, request.y), self._what
        spans = find_spans(request.project, request.asset, request.regimes)
        if box is None:
            return cloud_of(self._logs, names, range_ns, job, spans)
        return stretches_in(self._logs, names, range_ns, box, job, spans)


def usual_pair(channels: Sequence[ChannelView]) -> tuple[str, ...]:
    """What a pump is first looked at by, pressure against flow: names of both, the highest pressure of several; () without."""
    trends = [channel for channel in channels if channel.group == "trend" and channel.high is not None and not channel.formula]
    flow = next((one.name for one in trends if one.quantity in ("flow", "mass flow")), None)
    pressures = [one for one in trends if one.quantity == "pressure"]
    if flow is None or not pressures:
        return ()
    return flow, max(pressures, key=lambda one: one.high or 0.0).name


class StretchStrip(Strip):
    """Over time: when the pairs of the brushed box were. The mouse moves the cursor."""

    def __init__(self, theme: ThemeSource, view: TimeView) -> None:
        super().__init__(theme, view)
        self.setFixedHeight(_STRIP_PX)
        self.setMouseTracking(True)
        self.runs: list[Span] = []

    def set_runs(self, runs: list[Span]) -> None:
        """Show these stretches."""
        self.runs = runs
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.columns.left <= event.position().x() <= self.columns.right:
            self.view.set_cursor(self.columns.at_ns(event.position().x()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        columns = self.columns
        painter.setFont(self.theme.font("small"))
        painter.setPen(self.theme.colour("text2"))
        painter.drawText(QPointF(EDGE_PX, 17), self.tr("In the box"))
        painter.fillRect(QRectF(columns.left, 6, columns.width, 14), self.theme.colour("bg1"))
        colour = self.theme.colour("accent")
        for start, end in self.runs:
            left, right = max(columns.left, columns.x_px(start)), min(columns.right, columns.x_px(end))
            if right >= columns.left and left <= columns.right:
                painter.fillRect(QRectF(left, 6, max(1.5, right - left), 14), colour)
        self.paint_cursor(painter, 0, _STRIP_PX)
        painter.end()


class XYMode(LogsMode):
    """X and Y from the pump's channels of one kind; starts with the first two rows that are shown."""

    def __init__(self, context: AppContext, view: LogsView) -> None:
        super().__init__(context, view)
        self.setProperty("surface", "plot")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._logs: AssetLogs | None = None
        self._range_ns: Span = (0, 1)
        self.x_choice, self.y_choice = Choice(context.theme), Choice(context.theme)
        self.swap_button = IconButton(context.theme, "refresh", self.tr("Swap x and y"))
        self.command_button = IconButton(context.theme, "terminal", self.tr("Copy as command"))
        self.said = Text("", "small", "text2")
        self.plot = XYPlot(context.theme)
        self.strip = StretchStrip(context.theme, view.plots.view)
        self.axis = TimeAxisStrip(context.theme, view.plots.view)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._lay_out()
        self._timer.timeout.connect(self._read)
        self.x_choice.currentIndexChanged.connect(self._on_chosen)
        self.y_choice.currentIndexChanged.connect(self._on_chosen)
        self.swap_button.clicked.connect(self.swap)
        self.command_button.clicked.connect(self.copy_command)
        self.plot.brushed.connect(self._on_brushed)
        view.plots.view.cursor_changed.connect(self._on_cursor)
        self.main = self.plot

    def show_logs(self, logs: AssetLogs, channels: tuple[str, ...], range_ns: Span) -> None:
        """Draw two channels of a pump over a stretch."""
        if logs is not self._logs:
            self._fill(logs, channels)
        self._logs, self._range_ns = logs, range_ns
        zone = self.context.settings.zone
        for strip in (self.strip, self.axis):
            strip.set_zone(zone_of(zone))
        self.axis.set_zone_words(zone or "UTC")
        self._timer.start()

    @property
    def names(self) -> tuple[str, str]:
        """Channels along x and y."""
        return self.x_choice.value(), self.y_choice.value()

    def swap(self) -> None:
        """x becomes y."""
        x, y = self.names
        self.x_choice.set_value(y)
        self.y_choice.set_value(x)

    def copy_command(self) -> None:
        """The numbers of what is shown as a command line."""
        if self._logs is None:
            return
        self.context.copy_command(("logs", "xy"), self._request(self._logs))

    def _request(self, logs: AssetLogs) -> XYRequest:
        start, end = self._range_ns
        return XYRequest(
            project=self.context.project_text, asset=logs.asset, x=self.names[0], y=self.names[1], start=format_utc(start),
            end=format_utc(end), regimes=self.view.chosen_states,
        )  # fmt: skip

    def _lay_out(self) -> None:
        self.x_choice.setAccessibleName(self.tr("Channel along x"))
        self.y_choice.setAccessibleName(self.tr("Channel along y"))
        for choice in (self.x_choice, self.y_choice):
            choice.setMinimumWidth(_CHOICE_PX[0])
            choice.setMaximumWidth(_CHOICE_PX[1])
        self.said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        holder = QWidget()
        row = horizontal(holder, margins_px=(16, 6, 16, 6), gap_px=8)
        for widget in (Text("x", "label"), self.x_choice, self.swap_button, Text("y", "label"), self.y_choice):
            row.addWidget(widget)
        row.addWidget(self.said, 1)
        row.addWidget(self.command_button)
        column = vertical(self, margins_px=(0, 0, 0, 4))
        column.addWidget(holder)
        column.addWidget(hairline())
        column.addWidget(self.plot, 1)
        column.addWidget(self.strip)
        column.addWidget(self.axis)

    def _fill(self, logs: AssetLogs, channels: tuple[str, ...]) -> None:
        trends = [channel.name for channel in logs.channels if channel.group == "trend"]
        names = trends or [channel.name for channel in logs.channels]
        kept = self.names
        usual = usual_pair(logs.channels)
        first = [name for name in (*usual, *channels, *names) if name in names]
        for choice, wanted, default in ((self.x_choice, kept[0], 0), (self.y_choice, kept[1], 1)):
            choice.blockSignals(True)
            choice.set_options([(name, name) for name in names])
            if wanted not in names and first:
                choice.set_value(first[min(default, len(first) - 1)])
            choice.blockSignals(False)

    def _on_chosen(self, _index: int) -> None:
        self.plot.set_box(None)
        self.strip.set_runs([])
        self._timer.start()

    def _read(self) -> None:
        if self._logs is None or not all(self.names):
            return
        if self.x_choice.count() < 2:
            words = self.tr("{pump} has one channel: there is nothing to hold it against.")
            self._on_nothing(InputError(words.format(pump=self._logs.asset)))
            return
        task = _Task(self._logs, self._range_ns)
        self.context.read(task, self._request(self._logs), self._on_cloud, self._on_nothing, slot="logs.xy")
        if self.plot.box is not None:
            self._on_brushed(self.plot.box)

    def _on_cloud(self, result: object) -> None:
        from workbench.logs.xy import XYCloud

        assert isinstance(result, XYCloud)
        labels = self._label(self.names[0]), self._label(self.names[1])
        self.plot.show_cloud(result, labels, self._scale_ends(result))
        words = [count(result.n, self.tr("pair"), self.tr("pairs")), line_words(result, self.names)]
        if result.n_unmatched:
            words.append(self.tr("{n} instants without both").format(n=number(result.n_unmatched)))
        self.said.setText(" · ".join(word for word in words if word))
        self._on_cursor()

    def _on_nothing(self, error: WorkbenchError) -> None:
        """What was drawn is of other states: it goes."""
        self.plot.show_cloud(None, (self._label(self.names[0]), self._label(self.names[1])), ("", ""))
        self.said.setText(error.message)

    def _scale_ends(self, cloud: XYCloud) -> tuple[str, str]:
        if cloud.counts is not None:
            return self.tr("one pair"), self.tr("{n} pairs").format(n=number(float(cloud.counts.max())))
        if not cloud.n:
            return "", ""
        zone = zone_of(self.context.settings.zone)
        ends = int(cloud.times_ns.min()), int(cloud.times_ns.max())
        is_short = ends[1] - ends[0] < _SHORT_NS  # both ends in one minute would say nothing
        return instant(ends[0], zone, with_seconds=is_short), instant(ends[1], zone, with_seconds=is_short)

    def _on_brushed(self, box: object) -> None:
        if self._logs is None or not isinstance(box, tuple):
            self.strip.set_runs([])
            return
        task = _Task(self._logs, self._range_ns, box)
        self.context.read(task, self._request(self._logs), self._on_runs, slot="logs.xy.runs")

    def _on_runs(self, result: object) -> None:
        assert isinstance(result, tuple)
        runs, n_inside = result
        self.strip.set_runs(runs)
        if runs:
            longest = max(runs, key=_length)
            self.view.plots.view.set_span(longest if longest[1] > longest[0] else None)
            text = self.tr("{pairs} in the box, {runs}; the longest, {length}, is marked")
            stretches = count(len(runs), self.tr("stretch"), self.tr("stretches"))
            self.said.setText(
                text.format(
                    pairs=count(n_inside, self.tr("pair"), self.tr("pairs")),
                    runs=stretches,
                    length=duration(_length(longest) / NS_PER_S),
                )
            )

    def _on_cursor(self) -> None:
        if self._logs is None or not self.isVisible():
            return
        at_ns = self.view.plots.view.cursor_ns
        if at_ns is None:
            self.plot.set_at(None)
            return
        known = [self._logs.last_known(name, at_ns) for name in self.names]
        values = [one.value for one in known if one is not None and not one.is_late]
        self.plot.set_at((values[0], values[1]) if len(values) == 2 else None)

    def _label(self, name: str) -> str:
        channel: ChannelView | None = next((one for one in (self._logs.channels if self._logs else ()) if one.name == name), None)
        unit = unit_words(channel.unit) if channel else ""
        return f"{name}, {unit}" if unit else name


def _length(run: Span) -> int:
    return run[1] - run[0]
