"""The table of statistics under the plots: of the marked span, else of what is shown; between the cursors where there are two."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from workbench.core.clock import format_utc
from workbench.core.errors import WorkbenchError
from workbench.logs.text.spreadsheet import plain_cell
from workbench.services.log_statistics import StatisticsRequest, StatisticsResult, StatisticsRow, log_statistics
from workbench.ui.context import AppContext
from workbench.ui.format import MINUS, MISSING, digits_of, duration, number, span, zone_of
from workbench.ui.pages.logs.view import LogsView
from workbench.ui.widgets.buttons import FlatButton, IconButton
from workbench.ui.widgets.card import SectionHeader
from workbench.ui.widgets.layouts import horizontal, vertical
from workbench.ui.widgets.plots.regimes import regime_words
from workbench.ui.widgets.plots.words import unit_words
from workbench.ui.widgets.table import ROW_PX, ArrayTable, Column
from workbench.ui.widgets.text import hairline

_WAIT_MS = 250
_MOST_ROWS = 6
_MOST_TABLE_PX = 1120
_NOTHING = 1e-4
"""Less than this share of a channel's values is zero for a reader."""
_FIGURES = ("min", "max", "mean", "sd", "median", "rms")


class StatisticsPanel(QWidget):
    """Shown and hidden with T; reads anew a moment after range, span or channels changed."""

    def __init__(self, context: AppContext, view: LogsView) -> None:
        super().__init__()
        self._context = context
        self._view = view
        self._result: StatisticsResult | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self.head = SectionHeader(self.tr("Statistics"))
        self.table = ArrayTable(context.theme, self._columns())
        self._copy = FlatButton(context.theme, self.tr("Copy"), "copy")
        self._command = IconButton(context.theme, "terminal", self.tr("Copy as command"))
        self._close = IconButton(context.theme, "cancel", self.tr("Hide statistics"))
        self._lay_out()
        self._timer.timeout.connect(self._read)
        self._copy.clicked.connect(self.copy)
        self._command.clicked.connect(self.copy_command)
        self._close.clicked.connect(self.put_away)
        changes = (view.shown_changed, view.channels_shown, view.plots.span_changed, view.opened, view.states.edited)
        for signal in changes:
            signal.connect(self._on_changed)
        view.plots.view.cursor_changed.connect(self._on_cursor)
        self.hide()

    def toggle(self) -> None:
        """Show or hide it."""
        if self.isVisible():
            self.put_away()
        else:
            self.show()

    def put_away(self) -> None:
        """Hide it; the keys go back to the plots, not to whatever button comes next."""
        self.hide()
        self._view.focus_main()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape hides it."""
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._on_changed()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def stretch_ns(self) -> tuple[int, int]:
        """What is summed up: the marked span, else between the cursors, else what is shown."""
        view = self._view.plots.view
        if view.span_ns is not None:
            return view.span_ns
        if view.delta_ns is not None and view.cursor_ns is not None:
            return min(view.delta_ns, view.cursor_ns), max(view.delta_ns, view.cursor_ns)
        return self._view.range_ns

    def request(self) -> StatisticsRequest:
        """What the table shows, as a request."""
        start, end = self.stretch_ns()
        return StatisticsRequest(
            project=self._context.project_text, asset=self._view.asset, channel=self._view.channels(),
            start=format_utc(start), end=format_utc(end), regimes=self._view.chosen_states,
        )  # fmt: skip

    def copy(self) -> None:
        """The table as lines with tabs, units in the second column, plain decimal points: as spreadsheets take it."""
        if self._result is None:
            return
        head = ["channel", "unit", "n", "missing", *_FIGURES, "change per h", "duration s"]
        lines = ["\t".join(head)]
        for row in self._result.channels:
            figures = [getattr(row, name) for name in _FIGURES]
            cells = [row.channel, row.unit, row.n, row.n_missing, *figures, row.slope_per_h, row.duration_s]
            lines.append("\t".join(_cell(cell) for cell in cells))
        said = self.tr("Copied: statistics of {n} channels.").format(n=len(self._result.channels))
        self._context.messages.copy("\n".join(lines) + "\n", said)

    def copy_command(self) -> None:
        """The same as a command line."""
        if self._view.logs is not None:
            self._context.copy_command(("logs", "statistics"), self.request())

    def _lay_out(self) -> None:
        column = vertical(self)
        for button in (self._copy, self._command, self._close):
            self.head.add(button)
        column.addWidget(hairline())
        column.addWidget(self.head)
        # On a wide screen a figure stands no farther from the name it belongs to.
        self.table.setMaximumWidth(_MOST_TABLE_PX)
        holder = QWidget()
        holder.setProperty("surface", "panel")
        holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = horizontal(holder)
        row.addWidget(self.table, _MOST_TABLE_PX)
        row.addStretch(1)
        column.addWidget(holder)

    def _columns(self) -> list[Column]:
        figures = {
            "min": self.tr("Min"), "max": self.tr("Max"), "mean": self.tr("Mean"), "sd": self.tr("Std dev"),
            "median": self.tr("Median"), "rms": self.tr("RMS"),
        }  # fmt: skip
        return [
            Column(key="channel", title=self.tr("Channel"), kind="strong", stretch=True),
            Column(key="unit", title=self.tr("Unit"), width_px=52),
            Column(key="n", title=self.tr("Samples"), kind="number", width_px=80),
            Column(key="n_missing", title=self.tr("Missing"), kind="number", width_px=66),
            *(
                Column(key=key, title=title, kind="number", width_px=69, sort_key=f"{key}_value")
                for key, title in figures.items()
            ),
            Column(key="slope", title=self.tr("Change per h"), kind="number", width_px=90, sort_key="slope_value"),
            Column(key="duration", title=self.tr("Duration"), kind="number", width_px=84, sort_key="duration_s"),
        ]

    def _on_changed(self, _what: object = None) -> None:
        if self.isVisible() and self._view.logs is not None:
            self._timer.start()

    def _on_cursor(self) -> None:
        if self._view.plots.view.delta_ns is not None and self._view.plots.view.span_ns is None:
            self._on_changed()

    def _read(self) -> None:
        if self._view.logs is not None:
            self._context.read(log_statistics, self.request(), self._on_result, self._on_nothing, slot="logs.statistics")

    def _on_nothing(self, error: WorkbenchError) -> None:
        """The pump was never in that state: nothing must stand there as if it had been."""
        self._result = None
        self.table.set_data({})
        self.head.facts.setText(error.message)

    def _on_result(self, result: object) -> None:
        assert isinstance(result, StatisticsResult)
        self._result = result
        rows = result.channels
        start, end = self.stretch_ns()
        times = span(start, end, zone_of(self._context.settings.zone))
        states = ", ".join(regime_words(name) for name in result.regimes)
        only = self.tr(" · only {states}").format(states=states) if states else ""
        self.head.facts.setText(f"{self._words()}: {times}{only}")
        self.table.set_data(
            {
                "channel": [row.channel for row in rows],
                "unit": [unit_words(row.unit) for row in rows],
                "n": [row.n for row in rows],
                "n_missing": [row.n_missing for row in rows],
                **{name: [figure(getattr(row, name), row) for row in rows] for name in _FIGURES},
                **{f"{name}_value": [getattr(row, name) for row in rows] for name in _FIGURES},
                "slope": [figure(row.slope_per_h, row) for row in rows],
                "slope_value": [row.slope_per_h for row in rows],
                "duration": [duration(row.duration_s) for row in rows],
                "duration_s": [row.duration_s for row in rows],
            }
        )
        self.table.setFixedHeight(ROW_PX * (min(len(rows), _MOST_ROWS) + 1) + 3)

    def _words(self) -> str:
        view = self._view.plots.view
        if view.span_ns is not None:
            return self.tr("Marked span")
        if view.delta_ns is not None and view.cursor_ns is not None:
            return self.tr("Between the cursors")
        return self.tr("What is shown")


def figure(value: float | None, row: StatisticsRow) -> str:
    """A figure with one digit more than the unit has, or three significant ones where that says nothing."""
    if value is None or not math.isfinite(value):
        return MISSING
    digits = digits_of(unit_words(row.unit), value) + 1
    scale = max(abs(row.min or 0.0), abs(row.max or 0.0))
    if abs(value) < 10.0**-digits * 5 and abs(value) > _NOTHING * scale:
        return f"{value:.2g}".replace("-", MINUS)
    return number(value, digits)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return f"{value:.9g}"
    return plain_cell(str(value))
