"""The rows of the stacked plots: one a channel, with gutter, grid, curve, events, gaps and quality strip.

Curves are drawn once for a range and kept as pictures: moving the cursor only copies them. At most two segments a pixel
are ever made, from the min/max pyramid, however long the log is.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QScrollBar

from workbench.ui.format import quantity
from workbench.ui.states import find_state
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.chart_axes import curve_colour
from workbench.ui.widgets.plots.clock import clock_ticks, ticks_that_fit
from workbench.ui.widgets.plots.curves import Limits, comfortable, draw_strokes, limits_of, strokes
from workbench.ui.widgets.plots.events import paint_tints
from workbench.ui.widgets.plots.geometry import EDGE_PX, GUTTER_PX, TICK_GAP_PX
from workbench.ui.widgets.plots.marks import Marks
from workbench.ui.widgets.plots.quality import QualityMark, paint_findings, paint_strip
from workbench.ui.widgets.plots.strip import TICK_COLUMN_PX, Strip, fitting_font
from workbench.ui.widgets.plots.time_view import TimeView
from workbench.ui.widgets.plots.tools import PanTool, Tool
from workbench.ui.widgets.plots.value_ticks import value_ticks
from workbench.ui.widgets.plots.words import channel_words, unit_words

if TYPE_CHECKING:
    from workbench.services.log_views import AssetLogs, ChannelView

ROW_PX = 88
MOST_ROW_PX = 200
FOCUS_PX = 3
PLOT_SHARE_PX = 14
"""What of a row is not plot: quality strip and air."""
_SCROLL_PX = 10


class PlotRows(Strip):
    """`row_chosen(channel)` after a click into a gutter; the tool decides what dragging does."""

    row_chosen = Signal(str)

    def __init__(self, theme: ThemeSource, view: TimeView) -> None:
        super().__init__(theme, view)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Plots"))
        self.setProperty("no_ring", True)
        self.setMinimumHeight(ROW_PX)
        self.logs: AssetLogs | None = None
        self.channels: tuple[ChannelView, ...] = ()
        self.marks = Marks((), (), {})
        self.chosen_event = ""
        self.quality: dict[str, tuple[QualityMark, ...]] = {}
        self.tool: Tool = PanTool(self)
        self._pictures: dict[str, tuple[object, QPixmap]] = {}
        self._limits: dict[str, Limits] = {}
        self._bar = QScrollBar(Qt.Orientation.Vertical, self)
        self._bar.valueChanged.connect(self.update)

    # What is shown

    def show_logs(self, logs: AssetLogs | None, channels: tuple[ChannelView, ...]) -> None:
        """Draw these channels of a pump's logs."""
        if logs is not self.logs:
            self._pictures.clear()
        self.logs, self.channels = logs, channels
        self._place_bar()
        self.update()

    def set_marks(self, marks: Marks, chosen: str = "") -> None:
        """Show these events; one of them as chosen."""
        self.marks, self.chosen_event = marks, chosen
        self.update()

    def set_quality(self, quality: dict[str, tuple[QualityMark, ...]]) -> None:
        """Findings by channel for the strips under the plots; empty hides the strips' words."""
        self.quality = quality
        self.update()

    @property
    def row_px(self) -> float:
        """Height of a row: more room shows more rows, and only then taller ones."""
        return float(min(MOST_ROW_PX, max(ROW_PX, self.height() // max(1, len(self.channels)))))

    def plot_box(self, row: int) -> QRectF:
        """The plot of a row in this widget's pixels."""
        top = row * self.row_px - self._bar.value()
        return QRectF(self.columns.left, top + 2, self.columns.width, self.row_px - PLOT_SHARE_PX)

    def row_at(self, y_px: float) -> int | None:
        """The row under a pixel."""
        row = int((y_px + self._bar.value()) // self.row_px)
        return row if 0 <= row < len(self.channels) else None

    # Keys, wheel and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key)
        if self.tool.key(event):
            return
        if steps is not None and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.step_cursor(steps * (10 if event.modifiers() & Qt.KeyboardModifier.ControlModifier else 1))
        elif steps is not None:
            self.view.pan(steps)
        elif event.text() in {"+", "="}:
            self.view.zoom(1, self._zoom_centre())
        elif event.text() in {"-", "_"}:
            self.view.zoom(-1, self._zoom_centre())
        elif key == Qt.Key.Key_Home:
            self.view.show_all()
        elif key in {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}:
            self._scroll_by(key)
        else:
            super().keyPressEvent(event)

    def step_cursor(self, n_pixels: int) -> None:
        """Move the cursor by pixels, from the middle where it is outside."""
        at_ns = self.view.cursor_ns
        if at_ns is None or not self.view.start_ns <= at_ns <= self.view.end_ns:
            at_ns = (self.view.start_ns + self.view.end_ns) // 2
        moved = at_ns + round(n_pixels * self.view.length_ns / self.columns.width)
        self.view.set_cursor(max(self.view.start_ns, min(self.view.end_ns, moved)))

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta()
        in_gutter = event.position().x() < self.columns.left
        if in_gutter and self._bar.isVisible():
            self._bar.setValue(self._bar.value() - turned.y())
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier or abs(turned.x()) > abs(turned.y()):
            self.view.pan(-(turned.x() or turned.y()) / 120)
        else:
            self.view.zoom(turned.y() / 120, self.columns.at_ns(event.position().x()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        row = self.row_at(event.position().y())
        if event.position().x() < self.columns.left:
            if row is not None:
                self.row_chosen.emit(self.channels[row].name)
            return
        self.tool.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.columns.left <= event.position().x() <= self.columns.right:
            self.view.set_cursor(self.columns.at_ns(event.position().x()))
        self.tool.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.tool.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.position().x() >= self.columns.left:
            self.view.zoom(4, self.columns.at_ns(event.position().x()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_bar()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._pictures.clear()

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        last = 0.0
        for row, channel in enumerate(self.channels):
            box = self.plot_box(row)
            if box.bottom() + PLOT_SHARE_PX < 0 or box.top() > self.height():
                continue
            last = box.bottom() + PLOT_SHARE_PX
            self._paint_row(painter, channel, box)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.tool.paint(painter, min(last, float(self.height())))
        x = self.paint_cursor(painter, 0, min(last, float(self.height())))
        if x is not None:
            self._paint_dots(painter, x)
        if self.hasFocus():
            painter.fillRect(QRectF(0, 0, FOCUS_PX, last), self.theme.colour("focus"))
        painter.end()

    def _paint_row(self, painter: QPainter, channel: ChannelView, box: QRectF) -> None:
        painter.drawPixmap(QPointF(0, box.top() - 2), self._picture(channel, box))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        name = channel_words(channel.name, channel.unit, channel.quantity)
        lines = [(channel.name, "label", "text1"), *([(name, "small", "text2")] if name else [])]
        end = self.paint_gutter(painter, lines, box.top())
        state = find_state(channel.state)
        if state is not None:
            painter.setFont(fitting_font(self.theme.font("label"), channel.name, GUTTER_PX - EDGE_PX - TICK_COLUMN_PX))
            at = EDGE_PX + painter.fontMetrics().horizontalAdvance(channel.name) + 5
            if at + 14 < GUTTER_PX:
                painter.drawPixmap(QPointF(at, box.top() + 2), self.theme.state_pixmap(state, 14, self.devicePixelRatioF()))
        self._paint_value(painter, channel, min(end + 2, box.bottom() - 18))

    def _paint_value(self, painter: QPainter, channel: ChannelView, top: float) -> None:
        known = None
        if self.logs is not None and self.view.cursor_ns is not None:
            known = self.logs.last_known(channel.name, self.view.cursor_ns)
        unit = unit_words(channel.unit)
        text = quantity(known.value if known else None, unit)
        painter.setFont(self.theme.font("value"))
        painter.setPen(self.theme.colour("text2" if known is None or known.is_late else "text1"))
        base = top + painter.fontMetrics().ascent() + 2
        painter.drawText(QPointF(EDGE_PX, base), text)
        width = painter.fontMetrics().horizontalAdvance(text)
        painter.setFont(self.theme.font("caption"))
        painter.setPen(self.theme.colour("text3"))
        painter.drawText(QPointF(EDGE_PX + width + 5, base), unit)

    def _paint_dots(self, painter: QPainter, x: float) -> None:
        if self.logs is None or self.view.cursor_ns is None:
            return
        painter.setPen(QPen(self.theme.colour("cursor"), 1.5))
        painter.setBrush(self.theme.colour("plot"))
        for row, channel in enumerate(self.channels):
            box = self.plot_box(row)
            limits = self._limits.get(channel.name)
            known = self.logs.last_known(channel.name, self.view.cursor_ns) if limits and box.bottom() > 0 else None
            if known is None or known.is_late or limits is None or box.top() > self.height():
                continue
            y = box.bottom() - (known.value - limits[0]) / (limits[1] - limits[0]) * box.height()
            painter.drawEllipse(QPointF(x, min(max(y, box.top()), box.bottom())), 3.0, 3.0)

    def _picture(self, channel: ChannelView, box: QRectF) -> QPixmap:
        """All of a row but gutter words and cursor, kept while nothing but the cursor changes."""
        key = (
            self.view.start_ns, self.view.end_ns, self.width(), self.row_px, self.theme.tokens.name, self.devicePixelRatioF(),
            self.zone, self.marks, self.chosen_event, self.quality.get(channel.name), "" in self.quality,
        )  # fmt: skip
        kept = self._pictures.get(channel.name)
        if kept is not None and kept[0] == key:
            return kept[1]
        scale = self.devicePixelRatioF()
        picture = QPixmap(math.ceil(self.width() * scale), math.ceil(self.row_px * scale))
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self._draw_row(painter, channel, QRectF(box.left(), 2, box.width(), box.height()))
        painter.end()
        self._pictures[channel.name] = (key, picture)
        return picture

    def _draw_row(self, painter: QPainter, channel: ChannelView, box: QRectF) -> None:
        assert self.logs is not None
        found = self.logs.envelopes(channel.name, self.view.start_ns, self.view.end_ns, round(box.width()))
        known = (channel.low, channel.high) if channel.low is not None and channel.high is not None else None
        limits = comfortable(limits_of(found), known)
        self._limits[channel.name] = limits
        paint_tints(painter, self.theme, self.columns, self.marks, self.chosen_event, box)
        self._draw_grid(painter, box, limits)
        self._draw_gaps(painter, box)
        painter.save()
        painter.setClipRect(box.adjusted(0, -1, 0, 1))
        height = -box.height() / (limits[1] - limits[0])
        for one in found:
            x_scale = (box.left(), box.width() / self.view.length_ns)
            drawn = strokes(one, self.view.start_ns, x_scale, (box.bottom() - limits[0] * height, height))
            draw_strokes(painter, drawn, curve_colour(self.theme, 0), self.theme.tokens.curve_width_px)
        painter.restore()
        if "" in self.quality:
            paint_strip(painter, self.theme, box, self.gaps_px())
            paint_findings(painter, self.theme, self.columns, box, self.quality.get(channel.name, ()))

    def _draw_grid(self, painter: QPainter, box: QRectF, limits: Limits) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(self.theme.font("small"))
        metrics = painter.fontMetrics()
        for value, text in value_ticks(limits):
            y = round(box.bottom() - (value - limits[0]) / (limits[1] - limits[0]) * box.height())
            painter.setPen(QPen(self.theme.colour("grid"), 1))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            painter.setPen(self.theme.colour("text3"))
            x = box.left() - TICK_GAP_PX - metrics.horizontalAdvance(text)
            base = min(max(y + metrics.ascent() / 2 - 1, metrics.ascent() - 1.0), box.bottom() + 4)
            painter.drawText(QPointF(x, base), text)
        painter.setPen(QPen(self.theme.colour("grid"), 1))
        for tick in clock_ticks(
            self.view.start_ns, self.view.end_ns, self.zone, ticks_that_fit(box.width(), self.view.length_ns)
        ):
            if tick.is_day:
                x = round(self.columns.x_px(tick.at_ns))
                painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))

    def _draw_gaps(self, painter: QPainter, box: QRectF) -> None:
        for left, right in self.gaps_px():
            if right - left >= 2:
                area = QRectF(left, box.top(), right - left, box.height())
                painter.fillRect(area, self.theme.colour("plot"))
                painter.fillRect(area, QBrush(self.theme.colour("border_mid"), Qt.BrushStyle.BDiagPattern))

    def gaps_px(self) -> list[tuple[float, float]]:
        """Pixels of the gaps in the range; those that begin in one pixel and end in it are one."""
        import numpy as np

        if self.logs is None:
            return []
        view, gaps = self.view, self.logs.gap_array
        gaps = gaps[np.searchsorted(gaps[:, 1], view.start_ns) : np.searchsorted(gaps[:, 0], view.end_ns)]
        scale = self.columns.width / view.length_ns
        left, right = (np.clip(self.columns.left + (gaps - view.start_ns) * scale, self.columns.left, self.columns.right)).T
        is_first = np.diff(np.floor(left), prepend=-1.0) > 0
        kept = is_first | (right - left >= 1)
        return list(zip(left[kept].tolist(), right[kept].tolist(), strict=True))

    # Inside

    def _zoom_centre(self) -> int | None:
        at_ns = self.view.cursor_ns
        return at_ns if at_ns is not None and self.view.start_ns <= at_ns <= self.view.end_ns else None

    def _scroll_by(self, key: Qt.Key) -> None:
        rows = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -3, Qt.Key.Key_PageDown: 3}[key]
        self._bar.setValue(self._bar.value() + round(rows * self.row_px))

    def _place_bar(self) -> None:
        needed = math.ceil(len(self.channels) * self.row_px) - self.height()
        self._bar.setVisible(needed > 0)
        self._bar.setRange(0, max(0, needed))
        self._bar.setPageStep(self.height())
        self._bar.setSingleStep(ROW_PX // 2)
        self._bar.setGeometry(self.width() - _SCROLL_PX, 0, _SCROLL_PX, self.height())
