"""Bars: progress (ink), a value against its limit, and a thin share bar."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from workbench.ui.theme import ThemeSource


class ProgressBar(QWidget):
    """An ink bar on a track; the words stand beside it. A fraction of None (not known yet) draws the empty track."""

    def __init__(self, theme: ThemeSource, *, height_px: int = 8, width_px: int | None = None) -> None:
        super().__init__()
        self._theme = theme
        self._fraction: float | None = 0.0
        self.setFixedHeight(height_px)
        if width_px:
            self.setFixedWidth(width_px)
        theme.changed.connect(self._redraw)

    def set_fraction(self, fraction: float | None) -> None:
        """0..1, or None while it is not known."""
        self._fraction = fraction
        self.update()

    @property
    def fraction(self) -> float | None:
        """What is shown."""
        return self._fraction

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(self._theme.colour("border_mid"), 1))
        painter.setBrush(self._theme.colour("bg3"))
        painter.drawRect(box)
        if self._fraction:
            painter.fillRect(QRectF(0, 0, self.width() * min(1.0, self._fraction), self.height()), self._theme.colour("ink"))
        painter.end()

    def _redraw(self, _tokens: object) -> None:
        self.update()


def paint_bar(painter: QPainter, theme: ThemeSource, box: QRectF, what: tuple[float, float | None, str]) -> None:
    """Draw (fraction, limit or None, tone) in a box: an 8 px bar on a track, the limit dashed over the whole height."""
    fraction, limit, tone = what
    track = QRectF(box.left(), box.center().y() - 4, box.width(), 8)
    painter.fillRect(track, theme.colour("bg3"))
    if theme.tokens["bg3"] == theme.tokens["bg2"]:  # sunlight has no grey to tell the track by
        painter.setPen(QPen(theme.colour("border"), 1))
        painter.drawRect(track.adjusted(0.5, 0.5, -0.5, -0.5))
    colour = theme.colour(tone) if tone != "curve" else _curve(theme)
    painter.fillRect(QRectF(track.left(), track.top(), track.width() * max(0.0, min(1.0, fraction)), 8), colour)
    if limit is not None:
        pen = QPen(theme.colour("text1"), theme.tokens.line_width_px)
        pen.setDashPattern([4, 3])
        pen.setStyle(Qt.PenStyle.CustomDashLine)
        painter.setPen(pen)
        x = round(track.left() + track.width() * limit) + 0.5
        painter.drawLine(int(x), int(box.top()), int(x), int(box.bottom()))


def _curve(theme: ThemeSource) -> QColor:
    colour = QColor(theme.tokens.series.curves[0])
    colour.setAlphaF(0.8)
    return colour
