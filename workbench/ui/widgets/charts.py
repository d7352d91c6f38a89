"""Small charts painted with the theme's own colours: lines with thresholds and cursor, points with a limit, two densities."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen

from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.chart_axes import ChartFrame, curve_colour

_DOT_PX = 3.5
_RING_PX = 5.0
_REACH_PX = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One curve: x and y of equal length; `curve` counts the theme's curve colours from 0."""

    x: Sequence[float]
    y: Sequence[float]
    name: str = ""
    curve: int = 0
    is_dashed: bool = False
    is_filled: bool = False
    is_quiet: bool = False
    has_dots: bool = False
    hollow: frozenset[int] = frozenset()
    """Points drawn as rings: those over a limit."""


class LineChart(ChartFrame):
    """Curves with their names at their ends. `cursor_moved(x)` when the cursor is dragged or moved by the arrow keys."""

    cursor_moved = Signal(float)

    def __init__(self, theme: ThemeSource, *, height_px: int = 140) -> None:
        super().__init__(theme, height_px=height_px)
        self._series: tuple[Series, ...] = ()
        self._limit: tuple[float, str] | None = None
        self._band: tuple[float, float, str, str] | None = None
        self._cursor: float | None = None
        self._is_draggable = False

    def set_series(self, series: Sequence[Series]) -> None:
        """Show these curves."""
        self._series = tuple(series)
        self.update()

    def set_limit(self, value: float | None, label: str = "") -> None:
        """A dashed horizontal limit with its name."""
        self._limit = None if value is None else (value, label)
        self.update()

    def set_band(self, start: float, end: float, label: str, label_after: str = "") -> None:
        """A shaded span of x (the reference period) with its name, and a name for what follows."""
        self._band = (start, end, label, label_after)
        self.update()

    def set_cursor(self, x: float | None, *, is_draggable: bool = False) -> None:
        """A vertical accent line with a ring on the first curve."""
        self._cursor = x
        self._is_draggable = is_draggable
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_draggable else Qt.FocusPolicy.NoFocus)
        self.update()

    def paint_data(self, painter: QPainter) -> None:
        if self._band is not None:
            self._paint_band(painter, *self._band)
        painter.save()
        painter.setClipRect(self.plot_box().adjusted(-_RING_PX, -_RING_PX, _RING_PX, _RING_PX))
        for series in reversed(self._series):
            self._paint_series(painter, series)
        painter.restore()
        taken: list[QRectF] = []
        for series in self._series:
            points = self._points(series)
            if series.name and points:
                self._paint_name(painter, series, points, taken)
        if self._limit is not None:
            self.paint_limit(painter, *self._limit)
        if self._cursor is not None:
            self._paint_cursor(painter, self._cursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._drag(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._drag(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or self._cursor is None or not self._is_draggable:
            super().keyPressEvent(event)
            return
        self._move_cursor(self.x_at(self.x_px(self._cursor) + step * 4))

    def _drag(self, at: QPointF) -> None:
        if self._is_draggable:
            self._move_cursor(self.x_at(at.x()))

    def _move_cursor(self, x: float) -> None:
        self._cursor = x
        self.update()
        self.cursor_moved.emit(x)

    def _paint_series(self, painter: QPainter, series: Series) -> None:
        points = self._points(series)
        if not points:
            return
        colour = self.theme.colour("text3") if series.is_quiet else curve_colour(self.theme, series.curve)
        path = QPainterPath(points[0])
        for point in points[1:]:
            path.lineTo(point)
        if series.is_filled:
            self._fill(painter, path, points, series)
        pen = QPen(
            colour, self.theme.tokens.curve_width_px * 1.2, Qt.PenStyle.DashLine if series.is_dashed else Qt.PenStyle.SolidLine
        )
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        if series.has_dots:
            for index, point in enumerate(points):
                is_hollow = index in series.hollow
                painter.setPen(QPen(self.theme.colour("text1") if is_hollow else colour, 1.4))
                painter.setBrush(self.theme.colour("bg2") if is_hollow else colour)
                painter.drawEllipse(point, _DOT_PX, _DOT_PX)

    def _points(self, series: Series) -> list[QPointF]:
        pairs = zip(series.x, series.y, strict=True)
        return [QPointF(self.x_px(x), self.y_px(y)) for x, y in pairs if math.isfinite(x) and math.isfinite(y)]

    def _fill(self, painter: QPainter, path: QPainterPath, points: list[QPointF], series: Series) -> None:
        area = QPainterPath(path)
        bottom = self.plot_box().bottom()
        area.lineTo(points[-1].x(), bottom)
        area.lineTo(points[0].x(), bottom)
        tint = self.theme.colour("text3", alpha=0.12) if series.is_quiet else curve_colour(self.theme, series.curve, 0.12)
        painter.fillPath(area, tint)

    def _paint_name(self, painter: QPainter, series: Series, points: list[QPointF], taken: list[QRectF]) -> None:
        peak = min(points, key=QPointF.y) if series.is_filled else points[-1]
        painter.setFont(self.theme.font("caption"))
        width = painter.fontMetrics().horizontalAdvance(series.name)
        box = self.plot_box()
        is_left = series.is_filled and series.is_quiet
        x = max(box.left() + 4, peak.x() - width - 10) if is_left else min(peak.x() + 8, box.right() - width)
        y = peak.y() - 8 if peak.y() > box.top() + 20 else peak.y() + 18
        while any(area.intersects(QRectF(x - 4, y - 11, width + 8, 14)) for area in taken):
            y -= 14
        taken.append(QRectF(x, y - 11, width, 14))
        self.paint_text(painter, QPointF(x, y), series.name, tone="text2" if series.is_quiet else "text1")

    def _paint_band(self, painter: QPainter, start: float, end: float, label: str, label_after: str) -> None:
        box = self.plot_box()
        left, right = max(box.left(), self.x_px(start)), min(box.right(), self.x_px(end))
        # Translucent, so that the grid stays; sunlight's bg3 is white.
        painter.fillRect(QRectF(left, box.top(), right - left, box.height()), self.theme.colour("text3", alpha=0.1))
        self.paint_text(painter, QPointF(left + 6, box.top() + 12), label)
        if label_after:
            self.paint_text(painter, QPointF(right + 6, box.top() + 12), label_after)

    def _paint_cursor(self, painter: QPainter, x: float) -> None:
        box, x_px = self.plot_box(), self.x_px(x)
        painter.setPen(QPen(self.theme.colour("accent"), self.theme.tokens.line_width_px))
        painter.drawLine(QPointF(x_px, box.top()), QPointF(x_px, box.bottom()))
        series = self._series[0] if self._series else None
        if series is None or not len(series.x):
            return
        nearest = min(range(len(series.x)), key=lambda index: abs(series.x[index] - x))
        painter.setPen(QPen(self.theme.colour("accent"), 2))
        painter.setBrush(self.theme.colour("bg2"))
        painter.drawEllipse(QPointF(x_px, self.y_px(series.y[nearest])), _RING_PX, _RING_PX)


class ScatterChart(ChartFrame):
    """Points; some ringed; a front as a line; a vertical limit; a diagonal. `point_clicked(index)`."""

    point_clicked = Signal(int)

    def __init__(self, theme: ThemeSource, *, height_px: int = 220) -> None:
        super().__init__(theme, height_px=height_px)
        self._points: tuple[tuple[float, float], ...] = ()
        self._front: tuple[int, ...] = ()
        self._ringed: frozenset[int] = frozenset()
        self._names: dict[int, str] = {}
        self._x_limit: tuple[float, str] | None = None
        self._cross: float | None = None
        self._has_diagonal = False

    def set_points(
        self, points: Sequence[tuple[float, float]], *, front: Sequence[int] = (), ringed: Sequence[int] = (),
        names: dict[int, str] | None = None,
    ) -> None:  # fmt: skip
        """`front`: indices of the best ones, in order of x; `ringed`: indices drawn with a ring; `names` by index."""
        self._points, self._front, self._ringed = tuple(points), tuple(front), frozenset(ringed)
        self._names = dict(names or {})
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if points else Qt.FocusPolicy.NoFocus)
        self.update()

    def set_guides(
        self, *, x_limit: tuple[float, str] | None = None, cross: float | None = None, has_diagonal: bool = False
    ) -> None:
        """A dashed vertical limit with its name; dashed lines at x = y = cross; the diagonal."""
        self._x_limit, self._cross, self._has_diagonal = x_limit, cross, has_diagonal
        self.update()

    def paint_data(self, painter: QPainter) -> None:
        self._paint_guides(painter)
        places = [QPointF(self.x_px(x), self.y_px(y)) for x, y in self._points]
        best = set(self._front)
        if len(self._front) > 1:
            painter.setPen(QPen(curve_colour(self.theme, 0), 1.4))
            painter.drawPolyline([places[index] for index in self._front])
        for index, place in enumerate(places):
            is_plain = best and index not in best
            painter.setPen(Qt.PenStyle.NoPen)
            plain = self.theme.colour("text3", alpha=0.45)
            painter.setBrush(plain if is_plain else curve_colour(self.theme, 0, 1.0 if best else 0.55))
            painter.drawEllipse(place, _DOT_PX, _DOT_PX)
        self._paint_rings(painter, places)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._nearest(event.position())
        if found is not None:
            self.point_clicked.emit(found)

    def _nearest(self, at: QPointF) -> int | None:
        distances = [
            (math.hypot(self.x_px(x) - at.x(), self.y_px(y) - at.y()), index) for index, (x, y) in enumerate(self._points)
        ]
        near = min(distances, default=(math.inf, -1))
        return near[1] if near[0] <= _REACH_PX else None

    def _paint_rings(self, painter: QPainter, places: list[QPointF]) -> None:
        for index in self._ringed:
            painter.setPen(QPen(self.theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(places[index], _RING_PX + 1, _RING_PX + 1)
        for index, name in self._names.items():
            width = painter.fontMetrics().horizontalAdvance(name)
            self.paint_text(painter, places[index] + QPointF(-width / 2, -12), name)

    def _paint_guides(self, painter: QPainter) -> None:
        box = self.plot_box()
        if self._has_diagonal:
            painter.setPen(QPen(self.theme.colour("border_mid"), 1))
            low, high = self.axes.x_range
            painter.drawLine(QPointF(self.x_px(low), self.y_px(low)), QPointF(self.x_px(high), self.y_px(high)))
        painter.setPen(QPen(self.theme.colour("text1"), self.theme.tokens.line_width_px, Qt.PenStyle.DashLine))
        if self._cross is not None:
            painter.drawLine(QPointF(self.x_px(self._cross), box.top()), QPointF(self.x_px(self._cross), box.bottom()))
            painter.drawLine(QPointF(box.left(), self.y_px(self._cross)), QPointF(box.right(), self.y_px(self._cross)))
        if self._x_limit is not None and self.axes.x_range[0] <= self._x_limit[0] <= self.axes.x_range[1]:
            x = self.x_px(self._x_limit[0])
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
            self.paint_text(painter, QPointF(x + 6, box.bottom() - 8), self._x_limit[1])
