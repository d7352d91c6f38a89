"""The time axis below the plots: ticks in words, the zone said once, and the cursor's time in a pill."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen

from workbench.core.clock import NS_PER_S
from workbench.ui.format import day, duration, number
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.plots.clock import Tick, clock_ticks, cursor_text, ticks_that_fit
from workbench.ui.widgets.plots.geometry import EDGE_PX
from workbench.ui.widgets.plots.strip import Strip
from workbench.ui.widgets.plots.time_view import TimeView

AXIS_PX = 34
_PILL_PX = 18
_DAY_PX = 60
_CYCLE_S = 1.0
"""Below this a difference is a cycle: its frequency is said as well."""


class TimeAxisStrip(Strip):
    """Drawn, never focused; the rows above take the keys."""

    def __init__(self, theme: ThemeSource, view: TimeView) -> None:
        super().__init__(theme, view)
        self.setFixedHeight(AXIS_PX)
        self._zone_words = "UTC"

    def set_zone_words(self, words: str) -> None:
        """What stands in the gutter."""
        self._zone_words = words
        self.update()

    def ticks(self) -> list[Tick]:
        """The ticks of the present range."""
        n_most = ticks_that_fit(self.columns.width, self.view.length_ns)
        return clock_ticks(self.view.start_ns, self.view.end_ns, self.zone, n_most)

    def labels(self) -> list[Tick]:
        """The ticks, and before them the day at the left end, unless they are days or one comes soon."""
        ticks, columns = self.ticks(), self.columns
        days = [tick for tick in ticks if tick.is_day]
        if days and (len(days) == len(ticks) > 1 or columns.x_px(days[0].at_ns) - columns.left <= _DAY_PX):
            return ticks
        return [Tick(at_ns=self.view.start_ns, text=day(self.view.start_ns, self.zone), is_day=True), *ticks]

    def _on_cursor(self) -> None:
        """The pill with the cursor's time moves, and ticks make room for it."""
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.theme.font("small"))
        painter.setPen(self.theme.colour("text2"))
        painter.drawText(QPointF(EDGE_PX, 21), self._zone_words)
        x = self.paint_cursor(painter, 0, 6)
        pill = self._pill_box(painter, x) if x is not None else QRectF()
        second = self._difference_box(painter, pill)
        self._paint_ticks(painter, (pill, second))
        self._paint_difference(painter, second)
        if x is not None:
            self._paint_pill(painter, pill)
        painter.end()

    def difference_text(self) -> str:
        """How long after the second cursor the first is: 'Δ 2 d 9 h'; below a second with its frequency: 'Δ 8.48 ms · 118 Hz'."""
        at_ns, base_ns = self.view.cursor_ns, self.view.delta_ns
        if at_ns is None or base_ns is None or at_ns == base_ns:
            return "Δ 0 s"
        difference_s = (at_ns - base_ns) / NS_PER_S
        if abs(difference_s) >= _CYCLE_S:
            return f"Δ {duration(difference_s)}"
        # Between two knocks of a waveform it is how often they come that names the part.
        hertz = 1 / abs(difference_s)
        return f"Δ {_cycle(difference_s)} · {number(hertz, max(0, min(2, 2 - math.floor(math.log10(hertz)))), 'Hz')}"

    def _difference_box(self, painter: QPainter, pill: QRectF) -> QRectF:
        """Where the length between the cursors goes: at the second one, beside the first one's pill where they would meet."""
        base_ns = self.view.delta_ns
        if base_ns is None:
            return QRectF()
        painter.setFont(self.theme.font("label"))
        text = self.difference_text()
        width = painter.fontMetrics().horizontalAdvance(text) + 16
        x = min(max(self.columns.x_px(base_ns), self.columns.left), self.columns.right)
        left = min(max(self.columns.left, x - width / 2), self.columns.right - width)
        box = QRectF(left, 4, width, _PILL_PX)
        if box.intersects(pill):
            is_left = pill.left() - width - 4 >= self.columns.left
            box.moveLeft(pill.left() - width - 4 if is_left else pill.right() + 4)
        return box

    def _paint_difference(self, painter: QPainter, box: QRectF) -> None:
        if box.isEmpty():
            return
        painter.setFont(self.theme.font("label"))
        painter.setPen(QPen(self.theme.colour("border_strong"), 1))
        painter.setBrush(self.theme.colour("bg2"))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setPen(self.theme.colour("text1"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self.difference_text())

    def _paint_ticks(self, painter: QPainter, pills: tuple[QRectF, QRectF]) -> None:
        columns, ticks = self.columns, self.labels()
        taken = 0.0
        for tick in ticks:
            painter.setFont(self.theme.font("label" if tick.is_day else "small"))
            width = painter.fontMetrics().horizontalAdvance(tick.text)
            x = columns.x_px(tick.at_ns)
            left = x + 4 if tick.is_day else x - width / 2
            box = QRectF(left, 4, width, _PILL_PX)
            is_free = left >= taken and columns.left - 4 <= left and left + width <= columns.right + 4
            if is_free and not any(box.adjusted(-6, 0, 6, 0).intersects(pill) for pill in pills):
                painter.setPen(self.theme.colour("text1" if tick.is_day else "text3"))
                painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip), tick.text)
                taken = left + width + 8

    def _pill_box(self, painter: QPainter, x: float) -> QRectF:
        painter.setFont(self.theme.font("label"))
        text = cursor_text(self.view.cursor_ns or 0, self.zone, self.view.length_ns)
        width = painter.fontMetrics().horizontalAdvance(text) + 16
        left = min(max(self.columns.left, x - width / 2), self.columns.right - width)
        return QRectF(left, 4, width, _PILL_PX)

    def _paint_pill(self, painter: QPainter, box: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.colour("accent"))
        painter.drawRoundedRect(box, 3, 3)
        painter.setFont(self.theme.font("small"))
        painter.setPen(self.theme.colour("on_accent"))
        text = cursor_text(self.view.cursor_ns or 0, self.zone, self.view.length_ns)
        painter.setFont(self.theme.font("label"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


def _cycle(seconds: float) -> str:
    """Three digits of a part of a second: '8.48 ms', '118 µs'."""
    size, unit = (abs(seconds) * 1e3, "ms") if abs(seconds) >= 1e-3 else (abs(seconds) * 1e6, "µs")
    return number(math.copysign(size, seconds), max(0, min(2, 2 - math.floor(math.log10(size)))), unit)
