"""Alarms against events, a row a pump: caught events filled, missed ones dashed with the word, false alarms hollow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF

from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.chart_axes import ChartFrame

_BOX_PX = 18.0
_REACH_PX = 9.0
_TRIANGLE_PX = 4.5


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineBox:
    """One event; instants in ns."""

    row: int
    start_ns: int
    end_ns: int
    is_caught: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineMark:
    """One alarm; `text` is what its tip says."""

    row: int
    at_ns: int
    is_false: bool
    text: str = ""


class TimelineChart(ChartFrame):
    """`alarm_chosen(index)` when an alarm gets the cursor, `alarm_opened(index)` on Enter or double click."""

    alarm_chosen = Signal(int)
    alarm_opened = Signal(int)
    left_px = 16
    top_px = 8

    def __init__(self, theme: ThemeSource, *, height_px: int = 220) -> None:
        super().__init__(theme, height_px=height_px)
        self._rows: tuple[str, ...] = ()
        self._boxes: tuple[TimelineBox, ...] = ()
        self._marks: tuple[TimelineMark, ...] = ()
        self._chosen: int | None = None
        self._missed_word = self.tr("missed")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_rows(self, rows: Sequence[str], boxes: Sequence[TimelineBox], marks: Sequence[TimelineMark]) -> None:
        """Row names from top to bottom, events and alarms."""
        self._rows, self._boxes, self._marks = tuple(rows), tuple(boxes), tuple(marks)
        if self._chosen is not None and self._chosen >= len(self._marks):
            self._chosen = None
        self.update()

    def choose(self, index: int | None) -> None:
        """Put the cursor on an alarm."""
        self._chosen = index
        self.update()
        if index is not None:
            self.alarm_chosen.emit(index)

    def plot_box(self) -> QRectF:
        return super().plot_box().adjusted(8, 0, 0, 0)  # row names begin where the card's title does

    @property
    def chosen(self) -> int | None:
        """The alarm under the cursor."""
        return self._chosen

    def mark_place(self, index: int) -> QPointF:
        """Pixel of an alarm's triangle."""
        mark = self._marks[index]
        return QPointF(self.x_px(mark.at_ns), self._base(mark.row) + 8)

    def paint_data(self, painter: QPainter) -> None:
        for row, name in enumerate(self._rows):
            self.paint_text(painter, QPointF(self.plot_box().left(), self._base(row) - _BOX_PX - 8), name, kind="small")
        for box in self._boxes:
            self._paint_box(painter, box)
        for index, mark in enumerate(self._marks):
            self._paint_mark(painter, self.mark_place(index), mark.is_false)
        if self._chosen is not None:
            self._paint_tip(painter, self._chosen)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.choose(self._nearest(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        found = self._nearest(event.position())
        if found is not None:
            self.alarm_opened.emit(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._chosen is not None:
            self.alarm_opened.emit(self._chosen)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self._marks:
            self._step(1 if key == Qt.Key.Key_Right else -1)
        else:
            super().keyPressEvent(event)

    def _step(self, direction: int) -> None:
        order = sorted(range(len(self._marks)), key=self._order_of)
        place = order.index(self._chosen) + direction if self._chosen is not None else 0
        self.choose(order[max(0, min(len(order) - 1, place))])

    def _order_of(self, index: int) -> tuple[int, int]:
        return self._marks[index].row, self._marks[index].at_ns

    def _nearest(self, at: QPointF) -> int | None:
        found = [(abs(place.x() - at.x()) + abs(place.y() - at.y()), index)
                 for index, place in enumerate(map(self.mark_place, range(len(self._marks))))]  # fmt: skip
        near = min(found, default=(1e9, -1))
        return near[1] if near[0] <= 2 * _REACH_PX else None

    def _base(self, row: int) -> float:
        box = self.plot_box()
        band = box.height() / max(1, len(self._rows))
        return box.top() + band * row + min(band - 12, 24 + _BOX_PX)

    def _paint_box(self, painter: QPainter, box: TimelineBox) -> None:
        left, right = self.x_px(box.start_ns), self.x_px(box.end_ns)
        area = QRectF(left, self._base(box.row) - _BOX_PX, max(4.0, right - left), _BOX_PX)
        pen = QPen(self.theme.colour("accent"), 1, Qt.PenStyle.SolidLine if box.is_caught else Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(self.theme.colour("accent", alpha=0.18) if box.is_caught else Qt.BrushStyle.NoBrush)
        painter.drawRect(area)
        if not box.is_caught:
            width = painter.fontMetrics().horizontalAdvance(self._missed_word)
            centre = area.center().x() - width / 2
            self.paint_text(painter, QPointF(centre, area.top() - 4), self._missed_word, tone="text2")

    def _paint_mark(self, painter: QPainter, at: QPointF, is_false: bool) -> None:
        size = _TRIANGLE_PX
        shape = QPolygonF([at + QPointF(0, -size), at + QPointF(size, size), at + QPointF(-size, size)])
        painter.setPen(QPen(self.theme.colour("text1"), 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush if is_false else self.theme.colour("text1"))
        painter.drawPolygon(shape)

    def _paint_tip(self, painter: QPainter, index: int) -> None:
        place = self.mark_place(index)
        painter.setPen(QPen(self.theme.colour("accent"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(place, _REACH_PX, _REACH_PX)
        text = self._marks[index].text
        painter.setFont(self.theme.font("small"))
        width = painter.fontMetrics().horizontalAdvance(text) + 20
        left = min(max(4.0, place.x() - width / 2), self.width() - width - 4)
        below = place.y() + 14 + 26 < self.height()
        tip = QRectF(left, place.y() + 14 if below else place.y() - 44, width, 26)
        painter.setPen(QPen(self.theme.colour("border_strong"), 1))
        painter.setBrush(self.theme.colour("bg2"))
        painter.drawRoundedRect(tip, 4, 4)
        painter.setPen(self.theme.colour("text1"))
        painter.drawText(tip, Qt.AlignmentFlag.AlignCenter, text)
