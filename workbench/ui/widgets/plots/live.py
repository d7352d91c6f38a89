"""Stacked curves that are drawn while they arrive: the newest at the right edge, its value beside it."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QScrollBar

from workbench.core.clock import NS_PER_S
from workbench.ui.format import quantity, zone_of
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.chart_axes import curve_colour
from workbench.ui.widgets.layouts import vertical
from workbench.ui.widgets.plots.axis import TimeAxisStrip
from workbench.ui.widgets.plots.curves import Limits, comfortable, draw_strokes, limits_of, strokes
from workbench.ui.widgets.plots.geometry import GUTTER_PX, TICK_GAP_PX, Columns
from workbench.ui.widgets.plots.strip import Strip
from workbench.ui.widgets.plots.time_view import TimeView
from workbench.ui.widgets.plots.value_ticks import value_ticks
from workbench.ui.widgets.plots.words import channel_words, unit_words
from workbench.ui.widgets.tab_order import KeysInside

if TYPE_CHECKING:
    from workbench.logs.live.curves import LiveCurves
    from workbench.logs.live.rows import LiveChannel

ROW_PX = 88
MOST_ROW_PX = 400
VALUE_PX = 112
_AIR_PX = 14
_SCROLL_PX = 10
_REST = 3.0
"""Times the cost of a drawing that pass before the next."""


class _LiveStrip(Strip):
    """A strip that leaves room at the right for values."""

    @property
    def columns(self) -> Columns:
        """Where the plots are."""
        return Columns(self.view, self.width() - VALUE_PX + 14)


class LiveAxis(TimeAxisStrip):
    """The time axis under the live rows."""

    @property
    def columns(self) -> Columns:
        """Where the plots are."""
        return Columns(self.view, self.width() - VALUE_PX + 14)


class LiveRows(_LiveStrip):
    """One row a channel; Up and Down scroll where not all fit."""

    def __init__(self, theme: ThemeSource, view: TimeView) -> None:
        super().__init__(theme, view)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Live curves"))
        self.setMinimumHeight(ROW_PX)
        self.curves: LiveCurves | None = None
        self.span_s = 60
        self._limits: dict[str, Limits] = {}
        self._painted_s = self._cost_s = 0.0
        self._bar = QScrollBar(Qt.Orientation.Vertical, self)
        self._bar.valueChanged.connect(self.update)

    def show_curves(self, curves: LiveCurves | None) -> None:
        """Draw these from now on."""
        if curves is not self.curves:
            self._limits.clear()
        self.curves = curves
        self.place_bar()
        self.update()

    @property
    def channels(self) -> list[LiveChannel]:
        """What has a row."""
        return self.curves.channels if self.curves is not None else []

    @property
    def row_px(self) -> float:
        """Height of a row."""
        return float(min(MOST_ROW_PX, max(ROW_PX, self.height() // max(1, len(self.channels)))))

    def place_bar(self) -> None:
        """Scroll where the rows don't fit."""
        needed = math.ceil(len(self.channels) * self.row_px) - self.height()
        self._bar.setVisible(needed > 0)
        self._bar.setRange(0, max(0, needed))
        self._bar.setPageStep(self.height())
        self._bar.setSingleStep(ROW_PX // 2)
        self._bar.setGeometry(self.width() - _SCROLL_PX, 0, _SCROLL_PX, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place_bar()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -3, Qt.Key.Key_PageDown: 3}
        steps = keys.get(Qt.Key(event.key()))
        if steps is None:
            super().keyPressEvent(event)
        else:
            self._bar.setValue(self._bar.value() + round(steps * self.row_px))

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._bar.setValue(self._bar.value() - event.angleDelta().y())
        event.accept()

    @property
    def is_rested(self) -> bool:
        """Whether drawing again now leaves the window most of its time: many noisy channels are drawn less often."""
        return time.perf_counter() - self._painted_s >= _REST * self._cost_s

    def paintEvent(self, _event: QPaintEvent) -> None:
        started_s = time.perf_counter()
        painter = QPainter(self)
        for row, channel in enumerate(self.channels):
            top = row * self.row_px - self._bar.value()
            if top + self.row_px >= 0 and top <= self.height():
                box = QRectF(self.columns.left, top + 4, self.columns.width, self.row_px - _AIR_PX)
                self._paint_row(painter, channel, box)
        painter.end()
        self._painted_s = time.perf_counter()
        self._cost_s = self._painted_s - started_s

    def _paint_row(self, painter: QPainter, channel: LiveChannel, box: QRectF) -> None:
        assert self.curves is not None
        found = self.curves.envelope(channel.name, self.span_s, self.view.start_ns, self.view.end_ns)
        limits = self._calm(channel.name, limits_of([found]))
        self._paint_grid(painter, box, limits)
        painter.save()
        painter.setClipRect(box.adjusted(0, -1, 0, 1))
        height = -box.height() / (limits[1] - limits[0])
        x_scale = (box.left(), box.width() / self.view.length_ns)
        drawn = strokes(found, self.view.start_ns, x_scale, (box.bottom() - limits[0] * height, height))
        draw_strokes(painter, drawn, curve_colour(self.theme, 0), self.theme.tokens.curve_width_px)
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        words = channel_words(channel.name, channel.unit or "", channel.quantity)
        self.paint_gutter(painter, [(channel.name, "label", "text1"), *([(words, "small", "text2")] if words else [])], box.top())
        self._paint_value(painter, channel, box, limits)

    def _calm(self, name: str, drawn: Limits | None) -> Limits:
        """Limits that widen at once and narrow only when much room is left: an axis that breathes can't be read."""
        wanted, kept = comfortable(drawn, None), self._limits.get(name)
        if kept is not None and drawn is not None:
            is_inside = kept[0] <= drawn[0] and drawn[1] <= kept[1]
            if is_inside and wanted[1] - wanted[0] > 0.5 * (kept[1] - kept[0]):
                return kept
        self._limits[name] = wanted
        return wanted

    def _paint_grid(self, painter: QPainter, box: QRectF, limits: Limits) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(self.theme.font("small"))
        metrics = painter.fontMetrics()
        for value, text in value_ticks(limits):
            y = round(box.bottom() - (value - limits[0]) / (limits[1] - limits[0]) * box.height())
            painter.setPen(QPen(self.theme.colour("grid"), 1))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            painter.setPen(self.theme.colour("text3"))
            x = GUTTER_PX - TICK_GAP_PX - metrics.horizontalAdvance(text)
            painter.drawText(QPointF(x, min(max(y + metrics.ascent() / 2 - 1, box.top() + 6), box.bottom() + 4)), text)

    def _paint_value(self, painter: QPainter, channel: LiveChannel, box: QRectF, limits: Limits) -> None:
        """The newest good value, at the height of the curve's end."""
        assert self.curves is not None
        value = self.curves.last.get(channel.name)
        unit = unit_words(channel.unit or "")
        text = quantity(value, unit)
        painter.setFont(self.theme.font("value"))
        painter.setPen(self.theme.colour("text1" if value is not None else "text3"))
        metrics = painter.fontMetrics()
        share = 0.5 if value is None else (value - limits[0]) / (limits[1] - limits[0])
        y = box.bottom() - min(1.0, max(0.0, share)) * box.height()
        base = min(max(y + metrics.ascent() / 2 - 2, box.top() + metrics.ascent()), box.bottom())
        left = box.right() + 12
        painter.drawText(QPointF(left, base), text)
        width = metrics.horizontalAdvance(text)
        painter.setFont(self.theme.font("caption"))
        painter.setPen(self.theme.colour("text3"))
        painter.drawText(QPointF(left + width + 4, base), unit)
        if value is not None:
            painter.setPen(QPen(curve_colour(self.theme, 0), 1.5))
            painter.setBrush(self.theme.colour("plot"))
            painter.drawEllipse(QPointF(box.right(), min(max(y, box.top()), box.bottom())), 3.0, 3.0)


class LivePlots(KeysInside):
    """Rows and their axis; `follow` moves them on."""

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__()
        self.view = TimeView(self)
        self.rows = LiveRows(theme, self.view)
        self.axis = LiveAxis(theme, self.view)
        self.setProperty("surface", "plot")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.main = self.rows
        column = vertical(self, margins_px=(0, 8, 0, 0))
        column.addWidget(self.rows, 1)
        column.addWidget(self.axis)

    def set_zone(self, name: str) -> None:
        """Show local times of a zone."""
        for strip in (self.rows, self.axis):
            strip.set_zone(zone_of(name))
        self.axis.set_zone_words(name or "UTC")

    def set_span(self, span_s: int) -> None:
        """How much is shown."""
        self.rows.span_s = span_s
        self._show(self.rows.curves, 0.0)

    def follow(self, curves: LiveCurves | None, silent_s: float) -> None:
        """Show the newest, unless drawing it would take more than a share of the window's time: the next one comes soon."""
        if curves is self.rows.curves and not self.rows.is_rested:
            return
        self._show(curves, silent_s)

    def _show(self, curves: LiveCurves | None, silent_s: float) -> None:
        if curves is not None and curves.newest_ns is not None:
            end_ns = curves.newest_ns + round(silent_s * NS_PER_S)
            span_ns = self.rows.span_s * NS_PER_S
            self.view.set_full(end_ns - span_ns, end_ns)
            self.view.cursor_ns = None
        self.rows.show_curves(curves)
