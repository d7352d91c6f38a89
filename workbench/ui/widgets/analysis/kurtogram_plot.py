"""The kurtogram: each band of each level as a cell, darker the more its envelope is made of repeated impacts; one is chosen.

Antoni 2007's picture: frequency along x, from the widest bands above to the narrowest below.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui.format import number
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.analysis.frame import FOCUS_PX
from workbench.ui.widgets.analysis.keys import paint_scale
from workbench.ui.widgets.chart_axes import value_ticks
from workbench.ui.widgets.text import plain_tip

if TYPE_CHECKING:
    from workbench.logs.analysis.envelope import Band, Kurtogram

_LEFT_PX, _RIGHT_PX, _TOP_PX, _BOTTOM_PX = 64, 16, 24, 36
_LEAST_SPAN = 1.0
"""Colours reach at least to this kurtosis, so that noise alone looks empty."""
_TICK_PX = 90
_SCALE_ROOM_PX = 260


class KurtogramPlot(QWidget):
    """`band_chosen(Band)` when a cell is clicked or taken with Enter; `proposal_asked()` on Backspace and a double click."""

    band_chosen = Signal(object)
    proposal_asked = Signal()

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__()
        self.theme = theme
        self.found: Kurtogram | None = None
        self.band: Band | None = None
        self.at = (0, 0)
        """Level and band that keys act on."""
        self._highest_hz = 1.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setProperty("no_ring", True)
        self.setAccessibleName(self.tr("Kurtogram"))
        self.setMinimumHeight(120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        theme.changed.connect(self._on_theme)

    def sizeHint(self) -> QSize:
        return QSize(520, 180)

    def show_kurtogram(self, found: Kurtogram, band: Band, highest_hz: float) -> None:
        """Draw it, with the band that is taken."""
        is_other = found is not self.found
        self.found, self.band, self._highest_hz = found, band, highest_hz
        if is_other:
            self.at = self._cell_of(found.best)
        self._say_cell()
        self.update()

    def cell_box(self, level: int, place: int) -> QRectF:
        """Pixels of a cell."""
        assert self.found is not None
        box, (width_hz, _) = self._plot_box(), self.found.levels[level]
        height = box.height() / len(self.found.levels)
        scale = box.width() / self._highest_hz
        left, right = place * width_hz * scale, min((place + 1) * width_hz * scale, box.width())
        return QRectF(box.left() + left, box.top() + level * height, right - left, height)

    def band_at(self, level: int, place: int) -> Band:
        """The band of a cell."""
        from workbench.logs.analysis.envelope import Band

        assert self.found is not None
        width_hz, kurtosis = self.found.levels[level]
        high_hz = min((place + 1) * width_hz, self._highest_hz)
        return Band(low_hz=place * width_hz, high_hz=high_hz, kurtosis=float(kurtosis[place]))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        cell = self._cell_under(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.at = cell
            self.band_chosen.emit(self.band_at(*cell))

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.proposal_asked.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_under(event.position())
        self.setToolTip(plain_tip(self._words(*cell)) if cell is not None else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
        move = moves.get(Qt.Key(event.key()))
        if self.found is None:
            super().keyPressEvent(event)
        elif move is not None:
            self._move(*move)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.band_chosen.emit(self.band_at(*self.at))
        elif event.key() == Qt.Key.Key_Backspace:
            self.proposal_asked.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.theme.colour("plot"))
        if self.found is not None and self.found.levels:
            self._paint_cells(painter)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_axes(painter)
            self._paint_band(painter)
            if self.hasFocus():
                painter.setPen(QPen(self.theme.colour("focus"), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(self.cell_box(*self.at).adjusted(1, 1, -1, -1))
        if self.hasFocus():
            painter.fillRect(QRectF(0, 0, FOCUS_PX, self.height()), self.theme.colour("focus"))
        painter.end()

    # Inside

    def _plot_box(self) -> QRectF:
        width, height = self.width() - _LEFT_PX - _RIGHT_PX, self.height() - _TOP_PX - _BOTTOM_PX
        return QRectF(_LEFT_PX, _TOP_PX, max(1, width), max(1, height))

    def _paint_cells(self, painter: QPainter) -> None:
        assert self.found is not None
        top = self._top()
        for level, (_, kurtosis) in enumerate(self.found.levels):
            for place, value in enumerate(kurtosis.tolist()):
                share = min(1.0, max(0.0, value / top)) ** 0.5  # the root: weak bands are told from none
                cell = self.cell_box(level, place)
                painter.fillRect(cell, self.theme.colour("grid"))  # its edge: the lightest shade may be the ground's
                painter.fillRect(cell.adjusted(0.5, 0.5, -0.5, -0.5), self._shade(share))

    def _top(self) -> float:
        """The kurtosis of the darkest shade."""
        assert self.found is not None
        return max(_LEAST_SPAN, *(float(kurtosis.max(initial=0.0)) for _, kurtosis in self.found.levels))

    def _shade(self, share: float) -> QColor:
        stops = [QColor(stop) for stop in self.theme.tokens.series.tide]
        place = share * (len(stops) - 1)
        below = min(int(place), len(stops) - 2)
        one, other, mix = stops[below], stops[below + 1], place - below
        return QColor(*(round(a + (b - a) * mix) for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)))  # type: ignore[index]

    def _paint_axes(self, painter: QPainter) -> None:
        assert self.found is not None
        box = self._plot_box()
        painter.setFont(self.theme.font("small"))
        metrics = painter.fontMetrics()
        painter.setPen(self.theme.colour("text3"))
        step = max(1, math.ceil(metrics.height() * len(self.found.levels) / max(box.height(), 1)))
        for level in range(0, len(self.found.levels), step):
            text = number(self.found.levels[level][0])
            middle = self.cell_box(level, 0).center().y()
            painter.drawText(QPointF(box.left() - 8 - metrics.horizontalAdvance(text), middle + metrics.ascent() / 2 - 1), text)
        for value, text in value_ticks((0.0, self._highest_hz), max(2, int(box.width() / _TICK_PX))):
            width = metrics.horizontalAdvance(text)
            x = min(box.left() + value / self._highest_hz * box.width() - width / 2, self.width() - width - 2.0)
            painter.drawText(QPointF(x, box.bottom() + 4 + metrics.ascent()), text)
        painter.setFont(self.theme.font("caption"))
        painter.setPen(self.theme.colour("text2"))
        title = self.tr("Width of the band, Hz")
        painter.drawText(QPointF(10, 15), title)
        left = 10 + painter.fontMetrics().horizontalAdvance(title)
        name = self.tr("Frequency, Hz")
        painter.drawText(QPointF(box.right() - painter.fontMetrics().horizontalAdvance(name), self.height() - 5), name)
        said = self._words(*self.at)
        right = box.right() - painter.fontMetrics().horizontalAdvance(said)
        painter.drawText(QPointF(right, 15), said)
        ends = (self.tr("kurtosis {least}").format(least=0), number(self._top(), 1))
        if right - left > _SCALE_ROOM_PX:
            paint_scale(painter, self.theme, QPointF(right - 28, 15), ends)

    def _paint_band(self, painter: QPainter) -> None:
        """The band that is taken, over all levels, and its own cell where it is one."""
        if self.band is None:
            return
        box = self._plot_box()
        left, right = (box.left() + hz / self._highest_hz * box.width() for hz in (self.band.low_hz, self.band.high_hz))
        painter.setPen(QPen(self.theme.colour("accent"), 1.5, Qt.PenStyle.DashLine))
        for x in (left, right):
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        level, place = self._cell_of(self.band)
        own = self.band_at(level, place)
        if abs(own.low_hz - self.band.low_hz) < 1.0 and abs(own.high_hz - self.band.high_hz) < 1.0:
            painter.setPen(QPen(self.theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.cell_box(level, place))

    def _cell_of(self, band: Band) -> tuple[int, int]:
        """The cell nearest to a band."""
        assert self.found is not None
        cells = [
            (abs(place * width_hz - band.low_hz) + abs((place + 1) * width_hz - band.high_hz), level, place)
            for level, (width_hz, kurtosis) in enumerate(self.found.levels)
            for place in range(len(kurtosis))
        ]
        return min(cells)[1:] if cells else (0, 0)

    def _cell_under(self, at: QPointF) -> tuple[int, int] | None:
        box = self._plot_box()
        if self.found is None or not self.found.levels or not box.contains(at):
            return None
        level = min(int((at.y() - box.top()) / box.height() * len(self.found.levels)), len(self.found.levels) - 1)
        width_hz, kurtosis = self.found.levels[level]
        place = int((at.x() - box.left()) / box.width() * self._highest_hz / width_hz)
        return level, min(place, len(kurtosis) - 1)

    def _move(self, down: int, right: int) -> None:
        """To the neighbour; in another level to the cell under the middle of this one."""
        assert self.found is not None
        level, place = self.at
        to = min(max(level + down, 0), len(self.found.levels) - 1)
        middle_hz = (place + 0.5) * self.found.levels[level][0]
        width_hz, kurtosis = self.found.levels[to]
        place = int(middle_hz / width_hz) if to != level else place + right
        self.at = (to, min(max(place, 0), len(kurtosis) - 1))
        self._say_cell()
        self.update()

    def _words(self, level: int, place: int) -> str:
        band = self.band_at(level, place)
        words = self.tr("{low} to {high} Hz: kurtosis {k}")
        return words.format(low=number(band.low_hz), high=number(band.high_hz), k=number(band.kurtosis or 0.0, 2))

    def _say_cell(self) -> None:
        if self.found is not None and self.found.levels:
            self.setAccessibleDescription(self._words(*self.at))

    def _on_theme(self, _tokens: object) -> None:
        self.update()
