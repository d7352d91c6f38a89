"""What colours mean, above an analysis plot: a scale with its two ends, or swatches with a word each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPen

from workbench.ui.theme import ThemeSource

_SCALE_PX, _SCALE_HIGH_PX = 96, 8
_SWATCH_PX, _GAP_PX = 14, 16


def paint_scale(painter: QPainter, theme: ThemeSource, right: QPointF, ends: tuple[str, str], *, first: float = 0.0) -> float:
    """The sequential colours from a share on, between the words of their ends; `right` is the end of the baseline.

    Returns where it begins.
    """
    painter.setFont(theme.font("caption"))
    metrics = painter.fontMetrics()
    end = right.x() - metrics.horizontalAdvance(ends[1]) - 6
    bar = QRectF(end - _SCALE_PX, right.y() - _SCALE_HIGH_PX, _SCALE_PX, _SCALE_HIGH_PX)
    stops = [QColor(stop) for stop in theme.tokens.series.tide]
    colours = QLinearGradient(bar.topLeft(), bar.topRight())
    for number, stop in enumerate(stops):
        place = (number / (len(stops) - 1) - first) / (1.0 - first)
        if place >= 0:
            colours.setColorAt(place, stop)
    painter.fillRect(bar, colours)
    painter.setPen(QPen(theme.colour("border_mid"), 1))
    painter.drawRect(bar.adjusted(-0.5, -0.5, 0.5, 0.5))
    painter.setPen(theme.colour("text2"))
    begin = bar.left() - 6 - metrics.horizontalAdvance(ends[0])
    painter.drawText(QPointF(begin, right.y()), ends[0])
    painter.drawText(QPointF(end + 6, right.y()), ends[1])
    return begin


def paint_keys(painter: QPainter, theme: ThemeSource, right: QPointF, keys: Sequence[tuple[QColor, str]]) -> None:
    """A piece of each curve's line with its name; `right` is the end of the baseline."""
    painter.setFont(theme.font("caption"))
    metrics = painter.fontMetrics()
    at = right.x()
    for colour, words in reversed(keys):
        at -= metrics.horizontalAdvance(words)
        painter.setPen(theme.colour("text2"))
        painter.drawText(QPointF(at, right.y()), words)
        painter.setPen(QPen(colour, 2))
        y = right.y() - metrics.ascent() / 2 + 1
        painter.drawLine(QPointF(at - 6 - _SWATCH_PX, y), QPointF(at - 6, y))
        at -= 6 + _SWATCH_PX + _GAP_PX
