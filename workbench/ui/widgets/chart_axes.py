"""Ticks and the frame that all small charts share: horizontal grid, three or four ticks, labels in text3, no box."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.core.clock import NS_PER_S
from workbench.ui.format import day, number
from workbench.ui.theme import ThemeSource

Ticks = list[tuple[float, str]]
_ROUND = (1, 2, 5)
_FEWEST = 3
_LEAST_ROWS, _ROW_PX = 4, 48
_DAY_S = 86_400
_STEPS_S = (60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, *(days * _DAY_S for days in (1, 2, 3, 5, 7, 14, 28, 91)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """What a chart shows: ranges, ticks and the words at the axes' ends. `is_time`: x is ns since 1970."""

    x_range: tuple[float, float] = (0.0, 1.0)
    y_range: tuple[float, float] = (0.0, 1.0)
    x_label: str = ""
    y_label: str = ""
    is_time: bool = False
    has_y_ticks: bool = True
    n_x_ticks: int = 5


class ChartFrame(QWidget):
    """Maps data to pixels and draws grid and ticks; subclasses draw in `paint_data`."""

    left_px = 44
    top_px = 12
    right_px = 16
    bottom_px = 26
    has_verticals = False
    """Lines at the ticks of x too, where a place is read off both axes; over time they stand at every tick anyway."""

    def __init__(self, theme: ThemeSource, *, height_px: int = 140) -> None:
        super().__init__()
        self.theme = theme
        self.axes = Axes()
        self._height_px = height_px
        self._zone: tzinfo = UTC
        self.setMinimumHeight(min(height_px, 96))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._redraw)

    def sizeHint(self) -> QSize:
        return QSize(280, self._height_px)

    def set_axes(self, axes: Axes, zone: tzinfo = UTC) -> None:
        """Show these ranges; a range without extent is widened so that a flat line has a place."""
        self._zone = zone
        self.axes = replace(axes, x_range=_widened(axes.x_range), y_range=_widened(axes.y_range))
        self.update()

    def plot_box(self) -> QRectF:
        """The area of the data in pixels."""
        left = self.left_px if self.axes.has_y_ticks else 8
        bottom = self.bottom_px + (14 if self.axes.x_label else 0)
        return QRectF(
            left, self.top_px, max(1, self.width() - left - self.right_px), max(1, self.height() - self.top_px - bottom)
        )

    def x_px(self, x: float) -> float:
        """Pixel of an x value."""
        low, high = self.axes.x_range
        box = self.plot_box()
        return box.left() + (x - low) / (high - low) * box.width()

    def y_px(self, y: float) -> float:
        """Pixel of a y value."""
        low, high = self.axes.y_range
        box = self.plot_box()
        return box.bottom() - (y - low) / (high - low) * box.height()

    def x_at(self, pixel: float) -> float:
        """The x value under a pixel, within the range."""
        low, high = self.axes.x_range
        box = self.plot_box()
        return low + min(1.0, max(0.0, (pixel - box.left()) / box.width())) * (high - low)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_grid(painter)
        self.paint_data(painter)
        painter.end()

    def paint_data(self, painter: QPainter) -> None:
        """Draw the data; the painter has antialiasing on."""

    def paint_text(self, painter: QPainter, at: QPointF, text: str, *, tone: str = "text1", kind: str = "caption") -> None:
        """A short text whose baseline starts at a point, kept within the widget."""
        painter.setFont(self.theme.font(kind))
        painter.setPen(self.theme.colour(tone))
        width = painter.fontMetrics().horizontalAdvance(text)
        x = min(max(2.0, at.x()), max(2.0, self.width() - width - 2.0))
        painter.drawText(QPointF(x, max(float(painter.fontMetrics().ascent()), at.y())), text)

    def paint_limit(self, painter: QPainter, y: float, label: str) -> None:
        """A dashed horizontal line in text1 with its name at the left end."""
        if not self.axes.y_range[0] <= y <= self.axes.y_range[1]:
            return
        box, y_px = self.plot_box(), self.y_px(y)
        painter.setPen(QPen(self.theme.colour("text1"), self.theme.tokens.line_width_px, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(box.left(), y_px), QPointF(box.right(), y_px))
        self.paint_text(painter, QPointF(box.left() + 6, y_px - 5), label)

    def _paint_grid(self, painter: QPainter) -> None:
        box = self.plot_box()
        painter.setFont(self.theme.font("caption"))
        metrics = painter.fontMetrics()
        if self.axes.has_y_ticks:
            for value, text in value_ticks(self.axes.y_range, max(_LEAST_ROWS, int(box.height() / _ROW_PX))):
                y = round(self.y_px(value)) + 0.5
                painter.setPen(QPen(self.theme.colour("grid"), 1))
                painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
                painter.setPen(self.theme.colour("text3"))
                painter.drawText(QPointF(box.left() - 8 - metrics.horizontalAdvance(text), y + metrics.ascent() / 2 - 1), text)
        self._paint_x_ticks(painter, box)
        self._paint_labels(painter, box)

    def _paint_x_ticks(self, painter: QPainter, box: QRectF) -> None:
        metrics = painter.fontMetrics()
        ticks = time_ticks(self.axes.x_range, self._zone, self.axes.n_x_ticks) if self.axes.is_time else value_ticks(
            self.axes.x_range, self.axes.n_x_ticks
        )  # fmt: skip
        painter.setPen(self.theme.colour("text3"))
        last = -1e9
        for value, text in ticks:
            width = metrics.horizontalAdvance(text)
            x = min(max(0.0, self.x_px(value) - width / 2), self.width() - width)
            if (self.axes.is_time or self.has_verticals) and box.left() < self.x_px(value) < box.right():
                self._paint_vertical(painter, round(self.x_px(value)) + 0.5)
            if x > last + 8:
                painter.drawText(QPointF(x, box.bottom() + 6 + metrics.ascent()), text)
                last = x + width

    def _paint_vertical(self, painter: QPainter, x: float) -> None:
        painter.save()
        painter.setPen(QPen(self.theme.colour("grid"), 1))
        painter.drawLine(QPointF(x, self.plot_box().top()), QPointF(x, self.plot_box().bottom()))
        painter.restore()

    def _paint_labels(self, painter: QPainter, box: QRectF) -> None:
        metrics = painter.fontMetrics()
        painter.setPen(self.theme.colour("text3"))
        if self.axes.x_label:
            width = metrics.horizontalAdvance(self.axes.x_label)
            painter.drawText(QPointF(box.right() - width, self.height() - 4), self.axes.x_label)
        if self.axes.y_label:
            painter.drawText(QPointF(box.left() + 4, box.top() + metrics.ascent() - 10), self.axes.y_label)

    def _redraw(self, _tokens: object) -> None:
        self.update()


def curve_colour(theme: ThemeSource, curve: int, alpha: float = 1.0) -> QColor:
    """The theme's curve colour number `curve`, counted from 0."""
    colour = QColor(theme.tokens.series.curves[curve % len(theme.tokens.series.curves)])
    colour.setAlphaF(alpha)
    return colour


def value_ticks(limits: tuple[float, float], n_ticks: int) -> Ticks:
    """Round values (1, 2, 5 × 10ⁿ) within the limits with the digits that tell them apart: `n_ticks` + 1 at most, but three."""
    low, high = limits
    raw = (high - low) / max(1, n_ticks)
    power = math.floor(math.log10(raw))
    rank = 3 * power + next(place for place, factor in enumerate((1, 2, 5, 10)) if factor * 10.0**power >= raw * 0.999)
    while len(multiples := _multiples(limits, step := _ROUND[rank % 3] * 10.0 ** (rank // 3))) < _FEWEST:
        rank -= 1
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    return [(index * step, number(index * step, digits)) for index in multiples]


def _multiples(limits: tuple[float, float], step: float) -> range:
    """Which multiples of a step lie within limits."""
    return range(math.ceil(limits[0] / step - 1e-9), math.floor(limits[1] / step + 1e-9) + 1)


def time_ticks(limits: tuple[float, float], zone: tzinfo, n_ticks: int) -> Ticks:
    """Instants at round local times: '11 Mar' at midnight, '12:00' between."""
    span_s = (limits[1] - limits[0]) / NS_PER_S
    step_s = next(
        (step for step in _STEPS_S if span_s / step <= n_ticks), _STEPS_S[-1] * max(1, math.ceil(span_s / _STEPS_S[-1] / n_ticks))
    )
    start = datetime.fromtimestamp(limits[0] / NS_PER_S, zone)
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    moment = midnight + timedelta(seconds=math.floor((start - midnight).total_seconds() / step_s) * step_s)
    ticks: Ticks = []
    while (at := moment.timestamp() * NS_PER_S) <= limits[1]:
        if at >= limits[0]:
            is_day = moment.hour == moment.minute == 0
            ticks.append((at, day(int(at), zone) if is_day or step_s >= 86400 else f"{moment:%H:%M}"))
        moment += timedelta(seconds=step_s)
    return ticks


def range_of(values: Sequence[float], *, floor: float | None = None, margin: float = 0.06) -> tuple[float, float]:
    """Least and greatest finite value with a margin; (0, 1) of nothing."""
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return (0.0, 1.0)
    low, high = min(finite), max(finite)
    pad = (high - low) * margin
    return (low - pad if floor is None else min(low, floor), high + pad)


def _widened(limits: tuple[float, float]) -> tuple[float, float]:
    low, high = limits
    if high > low and math.isfinite(low) and math.isfinite(high):
        return limits
    centre = low if math.isfinite(low) else 0.0
    return (centre - max(0.5, abs(centre) * 0.05), centre + max(0.5, abs(centre) * 0.05))
