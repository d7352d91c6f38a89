"""The frame of the analysis plots: axes with units, horizontal grid, zoom and pan along x, and a cursor for mouse and keys."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.chart_axes import value_ticks
from workbench.ui.widgets.plots.value_ticks import log_ticks

if TYPE_CHECKING:
    from workbench.ui.widgets.chart_axes import Ticks

_ZOOM = 0.8
_LEAST_SHARE = 1e-4
_TICK_PX, _LOG_TICK_PX, _MOST_LOG_TICKS = 90, 22, 10
FOCUS_PX = 3
Range = tuple[float, float]


class XYFrame(QWidget):
    """Subclasses paint in `paint_data`. `cursor_moved(x)` after mouse or keys moved it, `view_changed()` after zoom or pan."""

    cursor_moved = Signal(float)
    view_changed = Signal()
    left_px, right_px, top_px, bottom_px = 64, 16, 26, 38

    def __init__(self, theme: ThemeSource, name: str) -> None:
        super().__init__()
        self.theme = theme
        self.full_x: Range = (0.0, 1.0)
        self.x_range: Range = (0.0, 1.0)
        self.y_range: Range = (0.0, 1.0)
        self.is_log = False
        self.is_empty = True
        """Nothing was given to draw yet: no axes either."""
        self.x_label = self.y_label = ""
        self.cursor_x: float | None = None
        self._grabbed: tuple[float, Range] | None = None
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("no_ring", True)
        self.setMinimumSize(240, 110)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._on_theme)

    def sizeHint(self) -> QSize:
        return QSize(520, 260)

    # Ranges

    def set_full_x(self, full: Range, *, keeps_view: bool) -> None:
        """What there is along x; the view stays where it can, else everything is shown."""
        low, high = full if full[1] > full[0] else (full[0], full[0] + 1.0)
        was_whole = self.x_range == self.full_x
        self.full_x = (low, high)
        if not keeps_view or was_whole or self.x_range[0] >= high or self.x_range[1] <= low:
            self.x_range = self.full_x
        else:
            self._show(self.x_range)
        self.update()

    def show_x(self, low: float, high: float) -> None:
        """Show a part of x."""
        self._show((low, high))
        self.view_changed.emit()
        self.update()

    def zoom(self, steps: float, about: float | None = None) -> None:
        """Closer by a fifth a step about an x, which keeps its place."""
        low, high = self.x_range
        centre = (low + high) / 2 if about is None else about
        factor = _ZOOM**steps
        self.show_x(centre - (centre - low) * factor, centre + (high - centre) * factor)

    def pan(self, steps: float) -> None:
        """Farther along x by a tenth of the view a step."""
        length = self.x_range[1] - self.x_range[0]
        self.show_x(self.x_range[0] + 0.1 * steps * length, self.x_range[1] + 0.1 * steps * length)

    def _show(self, wanted: Range) -> None:
        first, last = self.full_x
        length = min(max(wanted[1] - wanted[0], (last - first) * _LEAST_SHARE), last - first)
        low = min(max(wanted[0], first), last - length)
        self.x_range = (low, low + length)

    # Places

    def plot_box(self) -> QRectF:
        """The data's area in pixels."""
        width = self.width() - self.left_px - self.right_px
        return QRectF(self.left_px, self.top_px, max(1, width), max(1, self.height() - self.top_px - self.bottom_px))

    def x_px(self, x: float) -> float:
        """Pixel of an x."""
        box, (low, high) = self.plot_box(), self.x_range
        return box.left() + (x - low) / (high - low) * box.width()

    def x_at(self, pixel: float) -> float:
        """x under a pixel, within the view."""
        box, (low, high) = self.plot_box(), self.x_range
        return low + min(1.0, max(0.0, (pixel - box.left()) / box.width())) * (high - low)

    def y_px(self, y: float) -> float:
        """Pixel of a y; below the axis for what a logarithm doesn't have."""
        box, (low, high) = self.plot_box(), self.y_range
        if not self.is_log:
            return box.bottom() - (y - low) / (high - low) * box.height()
        share = math.log(y / low) / math.log(high / low) if y > 0 else -1.0
        return box.bottom() - share * box.height()

    def y_ticks(self) -> Ticks:
        """Round values of y with their texts."""
        height = self.plot_box().height()
        if self.is_log:
            return log_ticks(self.y_range, min(_MOST_LOG_TICKS, max(2, int(height / _LOG_TICK_PX))))
        return value_ticks(self.y_range, max(3, round(height / 50)))

    def x_ticks(self) -> Ticks:
        """Round values of x with their texts."""
        return value_ticks(self.x_range, max(2, int(self.plot_box().width() / _TICK_PX)))

    # The cursor

    def set_cursor(self, x: float | None) -> None:
        """Put the cursor somewhere without a signal."""
        self.cursor_x = x
        self.update()

    def step(self, n: int) -> float:
        """Where the cursor goes `n` steps on: pixels, unless a subclass knows lines."""
        low, high = self.x_range
        at = self.cursor_x if self.cursor_x is not None and low <= self.cursor_x <= high else (low + high) / 2
        return min(max(at + n * (high - low) / self.plot_box().width(), low), high)

    def move_cursor(self, x: float) -> None:
        """Put it somewhere and say so."""
        self.cursor_x = x
        self.update()
        self.cursor_moved.emit(x)

    # Mouse and keys

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.pan(-(event.angleDelta().y() or event.angleDelta().x()) / 120)
        else:
            self.zoom(event.angleDelta().y() / 120, self.x_at(event.position().x()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() == Qt.MouseButton.LeftButton and self.plot_box().contains(event.position()):
            self._grabbed = (event.position().x(), self.x_range)
            self.move_cursor(self.x_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grabbed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        start, (low, high) = self._grabbed
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier or (low, high) == self.full_x:
            self.move_cursor(self.x_at(event.position().x()))
            return
        shift = (start - event.position().x()) / self.plot_box().width() * (high - low)
        self.show_x(low + shift, high + shift)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.zoom(4, self.x_at(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        pages = {Qt.Key.Key_PageUp: -5, Qt.Key.Key_PageDown: 5}.get(Qt.Key(event.key()))
        if pages is not None:
            self.pan(pages)
        elif steps is not None:
            self.move_cursor(self.step(steps * (10 if event.modifiers() & Qt.KeyboardModifier.ControlModifier else 1)))
        elif event.text() in {"+", "="}:
            self.zoom(1, self.cursor_x)
        elif event.text() in {"-", "_"}:
            self.zoom(-1, self.cursor_x)
        elif event.key() == Qt.Key.Key_Home:
            self.show_x(*self.full_x)
        else:
            super().keyPressEvent(event)

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.theme.colour("plot"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.is_empty:
            self.paint_grid(painter)
            self.paint_data(painter)
        if self.hasFocus():
            painter.fillRect(QRectF(0, 0, FOCUS_PX, self.height()), self.theme.colour("focus"))
        painter.end()

    def paint_data(self, painter: QPainter) -> None:
        """Draw the data."""

    def paint_grid(self, painter: QPainter) -> None:
        """Horizontal lines, tick texts, and the axes' names at their ends."""
        box = self.plot_box()
        painter.setFont(self.theme.font("small"))
        metrics = painter.fontMetrics()
        for value, text in self.y_ticks():
            y = round(self.y_px(value)) + 0.5
            painter.setPen(QPen(self.theme.colour("grid"), 1))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
            painter.setPen(self.theme.colour("text3"))
            painter.drawText(QPointF(box.left() - 8 - metrics.horizontalAdvance(text), y + metrics.ascent() / 2 - 1), text)
        last = -1e9
        for value, text in self.x_ticks():
            width = metrics.horizontalAdvance(text)
            x = min(max(self.x_px(value) - width / 2, box.left() - width / 2), self.width() - width - 2.0)
            painter.setPen(QPen(self.theme.colour("border_mid"), 1))
            painter.drawLine(QPointF(self.x_px(value), box.bottom()), QPointF(self.x_px(value), box.bottom() + 4))
            if x > last + 8:
                painter.setPen(self.theme.colour("text3"))
                painter.drawText(QPointF(x, box.bottom() + 6 + metrics.ascent()), text)
                last = x + width
        self.paint_names(painter, box)

    def paint_names(self, painter: QPainter, box: QRectF) -> None:
        """What y and x are, with their units."""
        painter.setFont(self.theme.font("caption"))
        metrics = painter.fontMetrics()
        painter.setPen(self.theme.colour("text2"))
        painter.drawText(QPointF(10, metrics.ascent() + 4), self.y_label)
        width = metrics.horizontalAdvance(self.x_label)
        painter.drawText(QPointF(box.right() - width, self.height() - 5), self.x_label)

    def paint_cursor(self, painter: QPainter) -> float | None:
        """The accent line; returns its pixel, None where it isn't in view."""
        if self.cursor_x is None or not self.x_range[0] <= self.cursor_x <= self.x_range[1]:
            return None
        box, x = self.plot_box(), self.x_px(self.cursor_x)
        painter.setPen(QPen(self.theme.colour("cursor"), self.theme.tokens.line_width_px))
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        return x

    def _on_theme(self, _tokens: object) -> None:
        self.update()
