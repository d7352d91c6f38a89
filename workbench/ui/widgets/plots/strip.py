"""What all strips of the stacked plots share: theme, the shared time view, their columns, and words in the gutter."""

from __future__ import annotations

from datetime import UTC, tzinfo

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.plots.geometry import EDGE_PX, GUTTER_PX, Columns
from workbench.ui.widgets.plots.time_view import TimeView

TICK_COLUMN_PX = 42
LEAST_FONT_PX = 11


class Strip(QWidget):
    """One full-width part of the plots; repaints when theme, range or cursor change."""

    def __init__(self, theme: ThemeSource, view: TimeView) -> None:
        super().__init__()
        self.theme = theme
        self.view = view
        self.zone: tzinfo = UTC
        theme.changed.connect(self._on_theme)
        view.range_changed.connect(self.update)
        view.cursor_changed.connect(self.update)
        view.span_changed.connect(self.update)

    @property
    def columns(self) -> Columns:
        """Where the plots are in this strip."""
        return Columns(self.view, self.width())

    def set_zone(self, zone: tzinfo) -> None:
        """Show local times of a zone."""
        self.zone = zone
        self.update()

    def paint_gutter(self, painter: QPainter, lines: list[tuple[str, str, str]], top_px: float) -> float:
        """(text, kind, tone) lines from a height down; long names get smaller and then wrap. Returns where they end."""
        width = GUTTER_PX - EDGE_PX - TICK_COLUMN_PX
        for text, kind, tone in lines:
            painter.setFont(fitting_font(self.theme.font(kind), text, width))
            painter.setPen(self.theme.colour(tone))
            box = QRectF(EDGE_PX, top_px, width, 60)
            flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWrapAnywhere)
            if max(map(painter.fontMetrics().horizontalAdvance, text.split(" "))) <= width:
                flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
            used = painter.boundingRect(box, flags, text)
            painter.drawText(box, flags, text)
            top_px += used.height() + 1
        return top_px

    def paint_cursor(self, painter: QPainter, top_px: float, bottom_px: float) -> float | None:
        """The cursor's line; returns its pixel, or None where it is outside."""
        at_ns = self.view.cursor_ns
        if at_ns is None or not self.view.start_ns <= at_ns <= self.view.end_ns:
            return None
        x = round(self.columns.x_px(at_ns)) + 0.5
        painter.setPen(QPen(self.theme.colour("cursor"), self.theme.tokens.line_width_px))
        painter.drawLine(QPointF(x, top_px), QPointF(x, bottom_px))
        return x

    def _on_theme(self, _tokens: object) -> None:
        self.update()


def fitting_font(font: QFont, text: str, width_px: float) -> QFont:
    """The font, down to 11 px where the longest word needs it."""
    while font.pixelSize() > LEAST_FONT_PX and max(map(QFontMetricsF(font).horizontalAdvance, text.split(" "))) > width_px:
        font.setPixelSize(font.pixelSize() - 1)
    return font
