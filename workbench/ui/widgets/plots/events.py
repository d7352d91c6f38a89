"""Events on the plots: a tint through all rows, a head bar and a name above; unsure lighter, not real hollow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QFont, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip

from workbench.logs.events.looks import Look
from workbench.ui.format import number as number_words
from workbench.ui.format import span
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.plots.event_names import NameLines, Place
from workbench.ui.widgets.plots.geometry import EDGE_PX, Columns
from workbench.ui.widgets.plots.marks import CROWD, EventMark, Marks, joined
from workbench.ui.widgets.plots.marks import marks_of as marks_of  # who shows events takes it from here
from workbench.ui.widgets.plots.shapes import SHAPE_PX, look_colour, paint_shape
from workbench.ui.widgets.plots.strip import Strip
from workbench.ui.widgets.plots.time_view import TimeView
from workbench.ui.widgets.text import plain_tip

EVENTS_PX = 26
BAR_PX = 4
_TINT = 0.10
_UNSURE_TINT = 0.06
_CHOSEN_TINT = 0.16
_UNSURE = 0.5
_REACH_PX = 3.0
LINE_PX = 16
Floats = NDArray[np.float64]


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


def paint_tints(painter: QPainter, theme: ThemeSource, columns: Columns, marks: Marks, chosen: str, box: QRectF) -> None:
    """The fills through a plot, of as many rectangles as the plot has pixels at most; what is not real leaves it as it is."""
    painter.setPen(Qt.PenStyle.NoPen)
    for tone, edges in marks.boxes(columns):
        if tone == CROWD:
            colour = theme.colour("accent", _UNSURE_TINT)
        else:
            colour = look_colour(theme, Look(colour=abs(tone), shape="circle"))
            colour.setAlphaF(_TINT if tone > 0 else _UNSURE_TINT)
        painter.setBrush(colour)
        painter.drawRects([QRectF(a, box.top(), b - a, box.height()) for a, b in edges])
    painter.setBrush(theme.colour("accent", _CHOSEN_TINT))
    painter.drawRects([QRectF(a, box.top(), b - a, box.height()) for a, b in marks.chosen(columns, chosen)])
    mark = marks.find(chosen)
    area = event_box(columns, mark, box.top(), box.bottom()) if mark is not None else None
    if mark is not None and area is not None:
        _paint_onset(painter, theme, columns, mark, area)


def _paint_onset(painter: QPainter, theme: ThemeSource, columns: Columns, mark: EventMark, area: QRectF) -> None:
    """Hatch from last known good to found: it began somewhere there."""
    if mark.onset is None:
        return
    left = max(area.left(), columns.x_px(mark.onset[0]))
    right = min(area.right(), columns.x_px(mark.onset[1]))
    if right > left:
        brush = QBrush(theme.colour("accent", 0.35), Qt.BrushStyle.FDiagPattern)
        painter.fillRect(QRectF(left, area.top(), right - left, area.height()), brush)


class EventStrip(Strip):
    """Names and head bars above the first plot. `event_chosen(id)` when a bar or name was clicked."""

    event_chosen = Signal(str)
    event_added = Signal(str)

    def __init__(self, theme: ThemeSource, view: TimeView) -> None:
        super().__init__(theme, view)
        self._n_lines = 1
        self.setFixedHeight(EVENTS_PX)
        self.title = self.tr("Events")
        self.marks = Marks((), (), {})
        self.chosen = ""

    def set_marks(self, marks: Marks, chosen: str = "") -> None:
        """Show these events, one of them as chosen."""
        self.marks, self.chosen = marks, chosen
        self.update()

    def set_lines(self, n_lines: int) -> None:
        """Give the names so many lines."""
        self._n_lines = n_lines
        self.setFixedHeight(EVENTS_PX + LINE_PX * (n_lines - 1))

    def mark_at(self, x_px: float) -> EventMark | None:
        """The shortest event whose bar is under a pixel."""
        found = self.marks.under(self.columns, x_px, _REACH_PX)
        return self.marks[int(found[0])] if len(found) else None

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            mark = self.mark_at(event.pos().x())
            words = self.title if mark is None else f"{mark.name}, {event_state_words(mark.state)}\n{self._when(mark)}"
            QToolTip.showText(event.globalPos(), plain_tip(words), self)
            return True
        return super().event(event)

    def _when(self, mark: EventMark) -> str:
        return span(mark.start_ns, mark.end_ns, self.zone)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        mark = self.mark_at(event.position().x())
        if mark is not None:
            is_added = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            (self.event_added if is_added else self.event_chosen).emit(mark.id)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.theme.font("small"))
        painter.setPen(self.theme.colour("text2"))
        room = round(self.columns.left) - EDGE_PX - 4
        painter.drawText(QPointF(EDGE_PX, 13), painter.fontMetrics().elidedText(self.title, Qt.TextElideMode.ElideRight, room))
        places = self.marks.between(self.view.start_ns, self.view.end_ns)
        left, right = self.marks.edges_px(self.columns, places)
        self._paint_bars(painter, places, left, right)
        self._paint_names(painter, places, left)
        self.paint_cursor(painter, self.height() - 4, self.height())
        painter.end()

    def _paint_bars(self, painter: QPainter, places: NDArray[np.intp], left: Floats, right: Floats) -> None:
        """Bars of one colour and state that touch are one; the chosen ones in the accent over them."""
        tones, bottom = self.marks.tones()[places], self.height()
        top = bottom - BAR_PX - 3.0
        if self._is_crowd():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.colour("accent", _UNSURE))
            painter.drawRects([QRectF(a, top, b - a, BAR_PX) for a, b in joined(left, right)])
            tones = tones[:0]
        for tone in np.unique(tones).tolist():
            own = tones == tone
            boxes = [QRectF(a, top, max(2.0, b - a - 1), BAR_PX) for a, b in joined(left[own], right[own] - 1)]
            if tone == 0:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(self.theme.colour("text2"), 1))
                painter.drawRects([box.adjusted(0.5, 0.5, -0.5, -0.5) for box in boxes])
                continue
            colour = look_colour(self.theme, Look(colour=abs(tone), shape="circle"))
            colour.setAlphaF(1.0 if tone > 0 else _UNSURE)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRects(boxes)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.colour("accent"))
        painter.drawRects([QRectF(a, bottom - 3, b - a, 2) for a, b in self.marks.chosen(self.columns, self.chosen)])

    def _paint_names(self, painter: QPainter, places: NDArray[np.intp], left: Floats) -> None:
        """Names where there is room, the chosen one first, what was judged behind those that leave room for it; else the shape.

        As many as fit are looked at, not as many as there are; a crowd is counted instead.
        """
        lines = NameLines(self._n_lines, self.columns.left, self.columns.right)
        named: list[tuple[EventMark, Place]] = []
        chosen = self.marks.find(self.chosen)
        box = event_box(self.columns, chosen, 0, 1) if chosen else None
        if chosen is not None and box is not None:
            self._put(lines, named, chosen, box.left())
        if self._is_crowd():
            self._paint_crowd(painter, lines, len(places))
            places = places[:0]
        number = 0
        while number < len(places):
            mark, at_px = self.marks[int(places[number])], float(left[number])
            if mark.id == self.chosen or self._put(lines, named, mark, at_px):
                number += 1
            elif (place := lines.put(at_px, SHAPE_PX)) is not None:
                paint_shape(painter, self.theme, mark.look, self._shape_middle(place))
                number += 1
            else:
                number = max(number + 1, int(np.searchsorted(left, lines.next_free(at_px))))
        for mark, place in named:
            self._paint_name(painter, lines, mark, place)

    def _put(self, lines: NameLines, named: list[tuple[EventMark, Place]], mark: EventMark, at_px: float) -> bool:
        place = lines.put(at_px, SHAPE_PX + 5 + QFontMetricsF(self._name_font()).horizontalAdvance(mark.name))
        if place is not None:
            named.append((mark, place))
        return place is not None

    def _paint_crowd(self, painter: QPainter, lines: NameLines, n_events: int) -> None:
        """In the place of names that would be chance."""
        words = self.tr("{n} events, too many to be told apart: zoom in").format(n=number_words(n_events))
        painter.setFont(self.theme.font("small"))
        place = lines.put(self.columns.left, painter.fontMetrics().horizontalAdvance(words))
        if place is not None:
            painter.setPen(self.theme.colour("text2"))
            painter.drawText(QPointF(place.left_px, self._base_px(place.line)), words)

    def _paint_name(self, painter: QPainter, lines: NameLines, mark: EventMark, place: Place) -> None:
        base_px, plain = self._base_px(place.line), self.theme.font("small")
        paint_shape(painter, self.theme, mark.look, self._shape_middle(place))
        painter.setFont(self._name_font())
        painter.setPen(self.theme.colour("accent" if mark.id == self.chosen else "text1"))
        painter.drawText(QPointF(place.left_px + SHAPE_PX + 5, base_px), mark.name)
        state = f" · {event_state_words(mark.state)}"
        if lines.widen(place, QFontMetricsF(plain).horizontalAdvance(state)):
            painter.setFont(plain)
            painter.setPen(self.theme.colour("text2"))
            painter.drawText(QPointF(place.right_px, base_px), state)

    def _name_font(self) -> QFont:
        font = self.theme.font("label")
        font.setPixelSize(12)
        return font

    def _shape_middle(self, place: Place) -> QPointF:
        return QPointF(place.left_px + SHAPE_PX / 2, self._base_px(place.line) - 4)

    def _base_px(self, line: int) -> float:
        """Base line of the names of a line; the lowest stands right above the bars."""
        return 13.0 + LINE_PX * (self._n_lines - 1 - line)

    def _is_crowd(self) -> bool:
        return any(tone == CROWD for tone, _ in self.marks.boxes(self.columns))
