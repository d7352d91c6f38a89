"""The Label page's tool on the plots: draw a span, choose an event (several with Ctrl), move it, and drag its ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen

from workbench.ui.widgets.plots.marks import EventMark
from workbench.ui.widgets.plots.tools import PanTool, paint_span

if TYPE_CHECKING:
    from workbench.ui.widgets.plots.rows import PlotRows

LEAST_DRAG_PX = 4
_REACH_PX = 6.0
_HANDLE = (6.0, 18.0)
Span = tuple[int, int]


class EventTool(QObject):
    """`drawn(start_ns, end_ns)`, `chosen(id)` ('' for none), `added(id)` with Ctrl, `changed(id, start_ns, end_ns)` after
    a move or resize. With Alt a drag draws even where an event is."""

    drawn = Signal(object, object)
    chosen = Signal(str)
    added = Signal(str)
    changed = Signal(str, object, object)

    def __init__(self, rows: PlotRows) -> None:
        super().__init__(rows)
        self._rows = rows
        self._pan = PanTool(rows)
        self.is_drawing = True
        self._part = ""
        self._held: EventMark | None = None
        self._from_px = 0.0
        self._draft: Span | None = None
        self._is_adding = False

    def press(self, event: QMouseEvent) -> None:
        x = event.position().x()
        self._from_px, self._draft = x, None
        self._is_adding = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        is_new = self.is_drawing and bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        self._part, self._held = ("", None) if is_new else self._find(x)
        if event.button() != Qt.MouseButton.LeftButton or (not self._part and not self.is_drawing):
            self._part = "pan"
            self._pan.press(_as_left(event))
        elif not self._part:
            self._part = "draw"

    def move(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._part == "pan":
            self._pan.move(event)
        elif self._part and (self._draft is not None or abs(x - self._from_px) >= LEAST_DRAG_PX):
            self._draft = self._span_at(x)
            self._rows.update()
        elif not self._part:
            self._show_shape(self._find(x)[0])

    def release(self, event: QMouseEvent) -> None:
        part, held, draft = self._part, self._held, self._draft
        self._part, self._held, self._draft = "", None, None
        if part == "pan":
            is_click = abs(event.position().x() - self._from_px) < LEAST_DRAG_PX
            self._pan.release(event)
            if is_click:
                self.chosen.emit("")
        elif draft is not None and held is not None:
            self.changed.emit(held.id, *draft)
        elif draft is not None:
            self.drawn.emit(*draft)
        elif part and held is not None and self._is_adding:
            self.added.emit(held.id)
        elif part:
            self.chosen.emit(held.id if held else "")
        self._rows.update()

    def key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape and self._rows.view.span_ns is not None:
            self._rows.view.set_span(None)
            return True
        if event.key() == Qt.Key.Key_Escape and (self._draft is not None or self._rows.chosen_event):
            self._part, self._held, self._draft = "", None, None
            self.chosen.emit("")
            return True
        return False

    def paint(self, painter: QPainter, bottom_px: float) -> None:
        for span in (self._rows.view.span_ns, self._draft):
            if span is not None:
                paint_span(painter, self._rows, span, bottom_px)
        mark = self._chosen_mark()
        if mark is None or self._draft is not None:
            return
        painter.setBrush(self._rows.theme.colour("bg2"))
        for at_ns in (mark.start_ns, mark.end_ns):
            if not self._rows.view.start_ns <= at_ns <= self._rows.view.end_ns:
                continue
            x = round(self._rows.columns.x_px(at_ns)) + 0.5
            painter.setPen(QPen(self._rows.theme.colour("accent"), 1))
            painter.drawLine(QPointF(x, 0), QPointF(x, bottom_px))
            painter.setPen(QPen(self._rows.theme.colour("accent"), 1.5))
            painter.drawRoundedRect(QRectF(x - _HANDLE[0] / 2, bottom_px / 2 - _HANDLE[1] / 2, *_HANDLE), 2, 2)

    def _find(self, x_px: float) -> tuple[str, EventMark | None]:
        """What is under a pixel: an end or the middle of an event; the chosen one first, then the shortest."""
        columns, chosen = self._rows.columns, self._chosen_mark()
        if chosen is not None:
            left, right = columns.x_px(chosen.start_ns), columns.x_px(chosen.end_ns)
            if abs(x_px - right) <= _REACH_PX and abs(x_px - right) <= abs(x_px - left):
                return "end", chosen
            if abs(x_px - left) <= _REACH_PX:
                return "start", chosen
            if left - 1 <= x_px <= right + 1:
                return "middle", chosen
        under = self._rows.marks.under(columns, x_px, 1.0)
        return ("middle", self._rows.marks[int(under[0])]) if len(under) else ("", None)

    def _span_at(self, x_px: float) -> Span:
        """The span that the drag means now, in order of time and within what there is."""
        columns, view = self._rows.columns, self._rows.view
        at_ns = columns.at_ns(x_px)
        if self._held is None:
            ends = sorted((columns.at_ns(self._from_px), at_ns))
        elif self._part == "middle":
            shift = round((x_px - self._from_px) / columns.width * view.length_ns)
            first, last = view.full_ns
            shift = max(first - self._held.start_ns, min(last - self._held.end_ns, shift))
            ends = [self._held.start_ns + shift, self._held.end_ns + shift]
        else:
            ends = sorted((at_ns, self._held.end_ns if self._part == "start" else self._held.start_ns))
        return ends[0], ends[1]

    def _chosen_mark(self) -> EventMark | None:
        return self._rows.marks.find(self._rows.chosen_event)

    def _show_shape(self, part: str) -> None:
        shapes = {
            "start": Qt.CursorShape.SizeHorCursor, "end": Qt.CursorShape.SizeHorCursor,
            "middle": Qt.CursorShape.PointingHandCursor,
        }  # fmt: skip
        self._rows.setCursor(shapes.get(part, Qt.CursorShape.CrossCursor if self.is_drawing else Qt.CursorShape.ArrowCursor))


def _as_left(event: QMouseEvent) -> QMouseEvent:
    """The same press as the pan tool wants it, whichever button it was."""
    left = Qt.MouseButton.LeftButton
    return QMouseEvent(event.type(), event.position(), event.globalPosition(), left, left, event.modifiers())
