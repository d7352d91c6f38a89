"""The 4 px strip under each plot: gaps in ink, findings in their state's colour, with the finding in words at its end."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from workbench.ui.states import State
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.plots.geometry import Columns

STRIP_PX = 4
_SYMBOL_PX = 14
_VEIL = 0.72


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityMark:
    """A finding's stretch of a strip, with its words."""

    start_ns: int
    end_ns: int
    state: State
    text: str = ""


def paint_strip(painter: QPainter, theme: ThemeSource, box: QRectF, gaps_px: list[tuple[float, float]]) -> None:
    """The strip below a plot's box, with its gaps."""
    top = box.bottom() + 4
    painter.fillRect(QRectF(box.left(), top, box.width(), STRIP_PX), theme.colour("bg3" if _has_depth(theme) else "grid"))
    ink = theme.colour("text1")
    for left, right in gaps_px:
        painter.fillRect(QRectF(left, top, max(1.5, right - left), STRIP_PX), ink)


def paint_findings(painter: QPainter, theme: ThemeSource, columns: Columns, box: QRectF, marks: tuple[QualityMark, ...]) -> None:
    """Findings over the strip in their state's colour, with their words above."""
    top = box.bottom() + 4
    for mark in marks:
        if mark.end_ns < columns.view.start_ns or mark.start_ns > columns.view.end_ns:
            continue
        left = max(columns.left, columns.x_px(mark.start_ns))
        right = min(columns.right, columns.x_px(mark.end_ns))
        painter.fillRect(QRectF(left, top, max(1.5, right - left), STRIP_PX), theme.colour(mark.state.value))
        if mark.text:
            _paint_words(painter, theme, columns, QPointF(right, top), mark)


def paint_dimmed(
    painter: QPainter, theme: ThemeSource, columns: Columns, spans: tuple[tuple[int, int], ...], bottom_px: float
) -> None:
    """A veil over what a filter leaves out; what begins and ends in one pixel is left alone."""
    veil = theme.colour("plot", _VEIL)
    for start_ns, end_ns in spans:
        if end_ns >= columns.view.start_ns and start_ns <= columns.view.end_ns:
            left, right = max(columns.left, columns.x_px(start_ns)), min(columns.right, columns.x_px(end_ns))
            if right - left >= 1:
                painter.fillRect(QRectF(left, 0, right - left, bottom_px), veil)


def _paint_words(painter: QPainter, theme: ThemeSource, columns: Columns, at: QPointF, mark: QualityMark) -> None:
    painter.setFont(theme.font("small"))
    width = painter.fontMetrics().horizontalAdvance(mark.text) + _SYMBOL_PX + 6
    left = min(max(columns.left + 2, at.x() + 6), columns.right - width)
    box = QRectF(left - 3, at.y() - 20, width + 6, 16)
    painter.fillRect(box, theme.colour("plot", 0.85))
    symbol = theme.state_pixmap(mark.state, _SYMBOL_PX, painter.device().devicePixelRatioF())
    painter.drawPixmap(QPointF(left, at.y() - 19), symbol)
    painter.setPen(theme.colour("text1"))
    painter.drawText(QPointF(left + _SYMBOL_PX + 5, at.y() - 8), mark.text)


def _has_depth(theme: ThemeSource) -> bool:
    return theme.tokens["bg3"] != theme.tokens["plot"]
