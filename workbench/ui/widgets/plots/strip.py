"""What all strips of the stacked plots share: theme, the shared time view, their columns, and words in the gutter."""

from __future__ import annotations

from datetime import UTC, tzinfo

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.plots.geometry import Columns
from workbench.ui.widgets.plots.gutter import paint_lines
from workbench.ui.widgets.plots.time_view import TimeView

_CURSOR_REACH_PX = 6
"""How far from the cursor's line something of it is drawn (the dots on the curves)."""


class Strip(QWidget):
    """One full-width part of the plots; repaints when theme or range change, and where the cursor was and is."""

    def __init__(self, theme: ThemeSource, view: TimeView) -> None:
        super().__init__()
        self.theme = theme
        self.view = view
        self.zone: tzinfo = UTC
        self._cursors_px: tuple[int, ...] = ()
        theme.changed.connect(self._on_theme)
        view.range_changed.connect(self.update)
        view.cursor_changed.connect(self._on_cursor)
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
        return paint_lines(painter, self.theme, lines, top_px)

    def paint_cursor(self, painter: QPainter, top_px: float, bottom_px: float) -> float | None:
        """The cursor's line; returns its pixel, or None where it is outside."""
        self.paint_line(painter, self.view.delta_ns, "text2", (top_px, bottom_px))
        return self.paint_line(painter, self.view.cursor_ns, "cursor", (top_px, bottom_px))

    def paint_line(self, painter: QPainter, at_ns: int | None, tone: str, ends_px: tuple[float, float]) -> float | None:
        """A line at an instant from a height to another; returns its pixel, or None where it is outside."""
        if at_ns is None or not self.view.start_ns <= at_ns <= self.view.end_ns:
            return None
        x = round(self.columns.x_px(at_ns)) + 0.5
        style = Qt.PenStyle.SolidLine if tone == "cursor" else Qt.PenStyle.DashLine
        painter.setPen(QPen(self.theme.colour(tone), self.theme.tokens.line_width_px, style))
        painter.drawLine(QPointF(x, ends_px[0]), QPointF(x, ends_px[1]))
        return x

    def cursors_px(self) -> tuple[int, ...]:
        """Pixels of the cursors that are in the range."""
        view, columns = self.view, self.columns
        shown = [at for at in (view.cursor_ns, view.delta_ns) if at is not None and view.start_ns <= at <= view.end_ns]
        return tuple(round(columns.x_px(at)) for at in shown)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the instant under the mouse; with Shift, or sideways, move."""
        turned = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or abs(turned.x()) > abs(turned.y()):
            self.view.pan(-(turned.x() or turned.y()) / 120)
        else:
            self.view.zoom(turned.y() / 120, self.wheel_centre(event.position().x()))
        event.accept()

    def wheel_centre(self, x_px: float) -> int:
        """The instant that keeps its place when the wheel turns over a pixel."""
        return self.columns.at_ns(x_px)

    def _on_cursor(self) -> None:
        """Repaint no more than where a cursor was and where it is: a whole repaint a mouse move costs a frame."""
        places = (*self._cursors_px, *self.cursors_px())
        self._cursors_px = self.cursors_px()
        for x in places:
            self.update(QRect(x - _CURSOR_REACH_PX, 0, 2 * _CURSOR_REACH_PX + 1, self.height()))

    def _on_theme(self, _tokens: object) -> None:
        self.update()
