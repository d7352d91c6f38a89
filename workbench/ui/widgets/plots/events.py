"""Events on the plots: a tint through all rows, a head bar and a name above; unsure lighter, not real hollow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen

from workbench.core.clock import parse_utc
from workbench.services.labels import Event
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.plots.geometry import EDGE_PX, Columns
from workbench.ui.widgets.plots.strip import Strip
from workbench.ui.widgets.plots.time_view import TimeView

EVENTS_PX = 26
BAR_PX = 4
_TINT = 0.09
_CHOSEN_TINT = 0.18
_UNSURE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class EventMark:
    """One event on the plots; instants in ns."""

    id: str
    name: str
    start_ns: int
    end_ns: int
    state: str


def marks_of(events: Sequence[Event]) -> tuple[EventMark, ...]:
    """Stored events as marks."""
    return tuple(
        EventMark(
            id=event.id, name=event.name, start_ns=parse_utc(event.start_utc), end_ns=parse_utc(event.end_utc), state=event.state
        )
        for event in events
    )


def event_state_words(state: str) -> str:
    """'real', 'not real', 'unsure'."""
    tr = QCoreApplication.translate
    words = {"real": tr("Events", "real"), "not_real": tr("Events", "not real"), "unsure": tr("Events", "unsure")}
    return words.get(state, state)


def event_box(columns: Columns, mark: EventMark, top_px: float, bottom_px: float) -> QRectF | None:
    """The area of an event within the range, at least 2 px wide; None outside."""
    if mark.end_ns < columns.view.start_ns or mark.start_ns > columns.view.end_ns:
        return None
    left = max(columns.left, columns.x_px(mark.start_ns))
    right = min(columns.right, columns.x_px(mark.end_ns))
    return QRectF(left, top_px, max(2.0, right - left), bottom_px - top_px)


def paint_tint(painter: QPainter, theme: ThemeSource, box: QRectF, mark: EventMark, *, is_chosen: bool) -> None:
    """The fill through a plot; events that are not real leave it as it is."""
    if mark.state != "not_real" or is_chosen:
        painter.fillRect(box, theme.colour("accent", _CHOSEN_TINT if is_chosen else _TINT))


class EventStrip(Strip):
    """Names and head bars above the first plot. `event_chosen(id)` when a bar or name was clicked."""

    event_chosen = Signal(str)

    def __init__(self, theme: ThemeSource, view: TimeView) -> None:
        super().__init__(theme, view)
        self.setFixedHeight(EVENTS_PX)
        self.marks: tuple[EventMark, ...] = ()
        self.chosen = ""

    def set_marks(self, marks: tuple[EventMark, ...], chosen: str = "") -> None:
        """Show these events, one of them as chosen."""
        self.marks, self.chosen = marks, chosen
        self.update()

    def mark_at(self, x_px: float) -> EventMark | None:
        """The shortest event whose bar is under a pixel."""
        found = []
        for mark in self.marks:
            box = event_box(self.columns, mark, 0, EVENTS_PX)
            if box is not None and box.left() - 3 <= x_px <= box.right() + 3:
                found.append((mark.end_ns - mark.start_ns, mark.id, mark))
        return min(found)[2] if found else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        mark = self.mark_at(event.position().x())
        if mark is not None:
            self.event_chosen.emit(mark.id)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.theme.font("small"))
        painter.setPen(self.theme.colour("text2"))
        painter.drawText(QPointF(EDGE_PX, 13), self.tr("Events"))
        taken: list[tuple[float, float]] = []
        for mark in sorted(self.marks, key=self._order_of):
            box = event_box(self.columns, mark, EVENTS_PX - BAR_PX - 3, EVENTS_PX - 3)
            if box is not None:
                self._paint_bar(painter, box, mark)
                self._paint_name(painter, box, mark, taken)
        self.paint_cursor(painter, EVENTS_PX - 4, EVENTS_PX)
        painter.end()

    def _paint_bar(self, painter: QPainter, box: QRectF, mark: EventMark) -> None:
        if mark.state == "not_real":
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.theme.colour("accent"), 1))
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
            return
        painter.fillRect(box, self.theme.colour("accent", 1.0 if mark.state == "real" else _UNSURE))

    def _paint_name(self, painter: QPainter, box: QRectF, mark: EventMark, taken: list[tuple[float, float]]) -> None:
        """The name and what was judged, where there is room beside the names that are there."""
        state = f" · {event_state_words(mark.state)}"
        bold, plain = self.theme.font("label"), self.theme.font("small")
        bold.setPixelSize(12)
        painter.setFont(bold)
        width = painter.fontMetrics().horizontalAdvance(mark.name)
        painter.setFont(plain)
        total = width + painter.fontMetrics().horizontalAdvance(state)
        left = max(self.columns.left, min(box.left(), self.columns.right - total))
        if any(left < end + 8 and left + total + 8 > start for start, end in taken):
            return
        taken.append((left, left + total))
        painter.setPen(self.theme.colour("text2"))
        painter.drawText(QPointF(left + width, 13), state)
        painter.setFont(bold)
        painter.setPen(self.theme.colour("accent" if mark.id == self.chosen else "text1"))
        painter.drawText(QPointF(left, 13), mark.name)

    def _order_of(self, mark: EventMark) -> tuple[bool, int]:
        return mark.id != self.chosen, mark.start_ns
