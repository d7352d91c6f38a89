"""What the mouse does on the rows: pan and mark on the Logs page; the Label page brings its own tool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen

if TYPE_CHECKING:
    from workbench.ui.widgets.plots.rows import PlotRows

_LEAST_DRAG_PX, _REACH_PX = 4, 5.0


class Tool(Protocol):
    """Gets what happens on the plots; the cursor follows the mouse whatever the tool."""

    def press(self, event: QMouseEvent) -> None:
        """A button went down in the plots."""

    def move(self, event: QMouseEvent) -> None:
        """The mouse moved, with or without a button."""

    def release(self, event: QMouseEvent) -> None:
        """The button went up."""

    def key(self, event: QKeyEvent) -> bool:
        """A key; True when the tool took it."""

    def paint(self, painter: QPainter, bottom_px: float) -> None:
        """Draw over the rows."""


class PanTool:
    """Dragging pans; with Shift it marks a span, with Ctrl (or at its line) it puts the second cursor somewhere.

    Enter zooms to the span; Escape forgets it, and then the second cursor.
    """

    def __init__(self, rows: PlotRows) -> None:
        self._rows = rows
        self._from_px: float | None = None
        self._from_range = (0, 0)
        self._is_marking = self._holds_delta = False

    def press(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._from_px = event.position().x()
        self._from_range = (self._rows.view.start_ns, self._rows.view.end_ns)
        self._is_marking = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._holds_delta = self._is_at_delta(event) or bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if self._holds_delta:
            self._rows.view.set_delta(self._rows.columns.at_ns(event.position().x()))

    def move(self, event: QMouseEvent) -> None:
        if self._from_px is None:
            self._show_shape(event)
            return
        columns, view, x = self._rows.columns, self._rows.view, event.position().x()
        if self._holds_delta:
            view.set_delta(columns.at_ns(x))
            return
        if self._is_marking:
            if abs(x - self._from_px) >= _LEAST_DRAG_PX:
                ends = sorted((columns.at_ns(self._from_px), columns.at_ns(x)))
                view.set_span((ends[0], ends[1]))
            return
        start, end = self._from_range
        shift_ns = -round((x - self._from_px) / columns.width * (end - start))
        if abs(x - self._from_px) >= _LEAST_DRAG_PX or (view.start_ns, view.end_ns) != self._from_range:
            self._rows.setCursor(Qt.CursorShape.ClosedHandCursor)
            view.show_range(start + shift_ns, end + shift_ns)

    def release(self, event: QMouseEvent) -> None:
        if self._from_px is not None and not self._holds_delta and abs(event.position().x() - self._from_px) < _LEAST_DRAG_PX:
            self._rows.view.set_span(None)
        self._from_px = None
        self._rows.unsetCursor()

    def key(self, event: QKeyEvent) -> bool:
        span = self._rows.view.span_ns
        if span is None and event.key() == Qt.Key.Key_Escape and self._rows.view.delta_ns is not None:
            self._rows.view.set_delta(None)
            return True
        if span is None or event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape}:
            return False
        self._rows.view.set_span(None)
        if event.key() != Qt.Key.Key_Escape:
            self._rows.view.show_range(*span)
        return True

    def _is_at_delta(self, event: QMouseEvent) -> bool:
        delta_ns = self._rows.view.delta_ns
        return delta_ns is not None and abs(self._rows.columns.x_px(delta_ns) - event.position().x()) <= _REACH_PX

    def _show_shape(self, event: QMouseEvent) -> None:
        if self._is_at_delta(event):
            self._rows.setCursor(Qt.CursorShape.SizeHorCursor)
        else:
            self._rows.unsetCursor()

    def paint(self, painter: QPainter, bottom_px: float) -> None:
        if self._rows.view.span_ns is not None:
            paint_span(painter, self._rows, self._rows.view.span_ns, bottom_px)


def paint_span(painter: QPainter, rows: PlotRows, span_ns: tuple[int, int], bottom_px: float) -> None:
    """A span through all rows: tint and its two ends in the accent colour."""
    columns = rows.columns
    left = max(columns.left, columns.x_px(span_ns[0]))
    right = min(columns.right, columns.x_px(span_ns[1]))
    if right < columns.left or left > columns.right:
        return
    painter.fillRect(QRectF(left, 0, right - left, bottom_px), rows.theme.colour("accent", 0.14))
    painter.setPen(QPen(rows.theme.colour("accent"), 1))
    for x in (left, right):
        painter.drawLine(QPointF(round(x) + 0.5, 0), QPointF(round(x) + 0.5, bottom_px))
