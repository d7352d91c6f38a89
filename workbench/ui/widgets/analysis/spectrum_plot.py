"""A spectrum over frequency or orders: curve, other bursts behind it, expected lines with slip, harmonic and sideband cursors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen

from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.analysis.frame import Range, XYFrame
from workbench.ui.widgets.analysis.keys import paint_keys
from workbench.ui.widgets.chart_axes import curve_colour

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_NAME_ROWS = 3
_NAME_PX = 14
_NAME_GAP_PX = 4
_N_HARMONICS = 20
_N_SIDEBANDS = 5
_LEAST_TOOTH_PX = 24
_LEAST_PLOT_PX = 56
_TOOTH_ROWS = {Qt.PenStyle.DashLine: 11, Qt.PenStyle.DotLine: 24}
"""Where harmonics and sidebands have their names: below one another, as they often stand on the same line."""
_DASHES: dict[str, Qt.PenStyle] = {
    "BPFO": Qt.PenStyle.SolidLine, "BPFI": Qt.PenStyle.DashLine, "BSF": Qt.PenStyle.DotLine, "FTF": Qt.PenStyle.DashDotLine,
}  # fmt: skip
_LOG_SPAN = 1e4


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotMark:
    """An expected line: place, name, how far off it may lie, whether it stands out."""

    x: float
    name: str
    tolerance: float = 0.0
    is_strong: bool = False
    is_minor: bool = False
    """Sidebands and harmonics: drawn shorter."""
    rank: int = 0
    """Where names meet, the lower rank keeps its place."""


class SpectrumPlot(XYFrame):
    """`cursor_moved(x)`: the cursor steps from line to line; Shift + arrows go from peak to peak."""

    top_px = 26 + _NAME_ROWS * _NAME_PX

    def __init__(self, theme: ThemeSource, name: str) -> None:
        super().__init__(theme, name)
        self.setMinimumHeight(self.top_px + self.bottom_px + _LEAST_PLOT_PX)
        self.line_x: Array | None = None
        self.line_y: Array | None = None
        self.others: tuple[tuple[Array, Array], ...] = ()
        self.marks: tuple[PlotMark, ...] = ()
        self.peaks: tuple[float, ...] = ()
        self.has_harmonics = self.has_sidebands = False
        self.keys: tuple[tuple[str, str], ...] = ()
        """What the curves are, where there are several: (colour of the theme, words)."""
        self.spacing = 0.0
        """Distance of sidebands: the shaft's speed unless a person changed it."""

    def set_lines(self, x: Array, y: Array, others: Sequence[tuple[Array, Array]] = (), *, full: float | None = None) -> None:
        """Lines [k] and the same of other bursts; `full` cuts the axis. The view stays where it was."""
        self.line_x, self.line_y, self.others, self.is_empty = x, y, tuple(others), False
        self.set_full_x((0.0, full or float(x[-1])), keeps_view=True)
        self.fit_y()
        if self.cursor_x is None or self.cursor_x > float(x[-1]):
            self.cursor_x = self.peaks[0] if self.peaks else None
        self.update()

    def fit_y(self) -> None:
        """From 0 to the highest line in view; of a logarithm from the lowest, one decade at least and four at most."""
        if self.line_x is None or self.line_y is None:
            return
        inside = [y[(x >= self.x_range[0]) & (x <= self.x_range[1])] for x, y in ((self.line_x, self.line_y), *self.others)]
        top = max(1e-12, *(float(y.max(initial=0.0)) for y in inside))
        low = min(float(y.min(initial=top, where=y > 0)) for y in inside)
        self.y_range = (max(top / _LOG_SPAN, min(low / 1.3, top / 10.0)), top * 1.6) if self.is_log else (0.0, top * 1.08)

    def show_x(self, low: float, high: float) -> None:
        super().show_x(low, high)
        self.fit_y()

    def step(self, n: int) -> float:
        """`n` lines on, or as many as a pixel holds."""
        if self.line_x is None:
            return super().step(n)
        step = float(self.line_x[1] - self.line_x[0])
        a_pixel = (self.x_range[1] - self.x_range[0]) / self.plot_box().width()
        lines = max(1, round(a_pixel / step))
        at = self.line_at(self.cursor_x if self.cursor_x is not None else sum(self.x_range) / 2)
        return float(self.line_x[min(max(at + n * lines, 0), len(self.line_x) - 1)])

    def line_at(self, x: float) -> int:
        """Number of the line nearest to an x."""
        assert self.line_x is not None
        step = float(self.line_x[1] - self.line_x[0])
        return min(max(round((x - float(self.line_x[0])) / step), 0), len(self.line_x) - 1)

    def highest_near(self, x: float, reach_px: float = 6.0) -> float:
        """The highest line within some pixels of an x: what a click means."""
        assert self.line_x is not None
        assert self.line_y is not None
        reach = reach_px * (self.x_range[1] - self.x_range[0]) / self.plot_box().width()
        first, last = self.line_at(x - reach), self.line_at(x + reach)
        return float(self.line_x[first + int(self.line_y[first : last + 1].argmax())])

    def move_cursor(self, x: float) -> None:
        if self.line_x is not None and self._grabbed is not None:
            x = self.highest_near(x)
        super().move_cursor(x)

    def next_peak(self, n: int) -> None:
        """Go to the next listed peak to the right (n = 1) or left (−1)."""
        at = self.cursor_x or 0.0
        step = float(self.line_x[1] - self.line_x[0]) / 2 if self.line_x is not None else 0.0
        ahead = [peak for peak in sorted(self.peaks) if (peak - at) * n > step]
        if ahead:
            self.move_cursor(ahead[0] if n > 0 else ahead[-1])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.next_peak(step)
        else:
            super().keyPressEvent(event)

    # Painting

    def paint_data(self, painter: QPainter) -> None:
        if self.line_x is None or self.line_y is None:
            return
        box = self.plot_box()
        self._paint_marks(painter, box)
        painter.save()
        painter.setClipRect(box.adjusted(0, -2, 0, 1))
        for x, y in self.others:
            self._paint_curve(painter, x, y, self.theme.colour("text3", alpha=0.5), 1.0)
        self._paint_curve(painter, self.line_x, self.line_y, curve_colour(self.theme, 0), 1.2 * self.theme.tokens.curve_width_px)
        painter.restore()
        self._paint_combs(painter, box)
        tones = {"": curve_colour(self.theme, 0)}
        paint_keys(
            painter, self.theme, QPointF(box.right(), 15), [(tones.get(t) or self.theme.colour(t), w) for t, w in self.keys]
        )
        at = self.paint_cursor(painter)
        if at is not None and self.cursor_x is not None:
            height = float(self.line_y[self.line_at(self.cursor_x)])
            painter.setPen(QPen(self.theme.colour("cursor"), 1.5))
            painter.setBrush(self.theme.colour("plot"))
            painter.drawEllipse(QPointF(at, min(max(self.y_px(height), box.top()), box.bottom())), 3.5, 3.5)

    def _paint_curve(self, painter: QPainter, x: Array, y: Array, colour: QColor, width_px: float) -> None:
        """One vertical bar a pixel where lines are denser than pixels, so that no peak is lost; else from line to line."""
        import numpy as np

        first, last = np.searchsorted(x, self.x_range)
        first, last = max(int(first) - 1, 0), min(int(last) + 1, len(x))
        if last - first < 2:
            return
        box = self.plot_box()
        x_px = box.left() + (x[first:last] - self.x_range[0]) / (self.x_range[1] - self.x_range[0]) * box.width()
        y_px = self._heights(y[first:last], box)
        if len(x_px) > 2 * box.width():
            columns = np.floor(x_px)
            edges = np.flatnonzero(np.diff(columns, prepend=columns[0] - 1))
            tops, bottoms = np.minimum.reduceat(y_px, edges), np.maximum.reduceat(y_px, edges)
            x_px = np.repeat(columns[edges] + 0.5, 2)
            y_px = np.stack([tops, bottoms], axis=1).ravel()
        painter.setPen(QPen(colour, width_px))
        ends = zip(x_px[:-1].tolist(), y_px[:-1].tolist(), x_px[1:].tolist(), y_px[1:].tolist(), strict=True)
        painter.drawLines([QLineF(*line) for line in ends])

    def _heights(self, y: Array, box: QRectF) -> Array:
        import numpy as np

        low, high = self.y_range
        share = np.log(np.maximum(y, low * 1e-3) / low) / np.log(high / low) if self.is_log else (y - low) / (high - low)
        return np.asarray(box.bottom() - np.clip(share, -0.1, 1.1) * box.height())

    def _paint_marks(self, painter: QPainter, box: QRectF) -> None:
        """Lines with names in up to three rows above the plot; a name without room is left to the list beside the plot."""
        rows: list[list[Range]] = [[] for _ in range(_NAME_ROWS)]
        scale = box.width() / (self.x_range[1] - self.x_range[0])
        for mark in sorted(self.marks, key=_by_place):
            if not self.x_range[0] <= mark.x <= self.x_range[1]:
                continue
            x, half = self.x_px(mark.x), mark.tolerance * scale
            if half >= 1:
                area = QRectF(max(x - half, box.left()), box.top(), min(2 * half, box.right() - x + half), box.height())
                painter.fillRect(area, self.theme.colour("text3", alpha=0.16 if mark.is_strong else 0.08))
            painter.setFont(self.theme.font("group" if mark.is_strong else "caption"))
            width = painter.fontMetrics().horizontalAdvance(mark.name)
            left, row = _free_place(rows, x, width, self.width() - _NAME_GAP_PX)
            top = box.top() if row is None else box.top() - row * _NAME_PX - _NAME_PX + 2
            tone = "text1" if mark.is_strong else "text3"
            style = _DASHES.get(mark.name.split(" ")[-1], Qt.PenStyle.DashLine)
            painter.setPen(QPen(self.theme.colour(tone), 1.6 if mark.is_strong else 1.0, style))
            painter.drawLine(QPointF(x, top), QPointF(x, box.bottom() if not mark.is_minor else box.top() + 0.3 * box.height()))
            if row is not None:
                painter.setPen(self.theme.colour("text1" if mark.is_strong else "text2"))
                painter.drawText(QPointF(left, top + 9), mark.name)

    def _paint_combs(self, painter: QPainter, box: QRectF) -> None:
        """Harmonics (numbered) and sidebands of the cursor."""
        from workbench.logs.analysis.lines import harmonics, sidebands

        if self.cursor_x is None:
            return
        painter.setFont(self.theme.font("caption"))
        if self.has_harmonics:
            has_room = self._distance_px(self.cursor_x) > _LEAST_TOOTH_PX
            for number, x in enumerate(harmonics(self.cursor_x, _N_HARMONICS, self.x_range[1]), start=1):
                self._paint_tooth(painter, box, x, f"{number}×" if has_room or number == 1 else "", Qt.PenStyle.DashLine)
        if self.has_sidebands and self.spacing > 0:
            for x in sidebands(self.cursor_x, self.spacing, _N_SIDEBANDS, self.x_range[1]):
                number = round((x - self.cursor_x) / self.spacing)
                if number:
                    name = f"{number:+d}".replace("-", "−") if self._distance_px(self.spacing) > _LEAST_TOOTH_PX else ""
                    self._paint_tooth(painter, box, x, name, Qt.PenStyle.DotLine)

    def _distance_px(self, distance: float) -> float:
        return distance / (self.x_range[1] - self.x_range[0]) * self.plot_box().width()

    def _paint_tooth(self, painter: QPainter, box: QRectF, x: float, name: str, style: Qt.PenStyle) -> None:
        if not self.x_range[0] <= x <= self.x_range[1]:
            return
        at = self.x_px(x)
        painter.setPen(QPen(self.theme.colour("accent"), 1, style))
        painter.drawLine(QPointF(at, box.top()), QPointF(at, box.bottom()))
        if name:
            painter.setPen(self.theme.colour("accent"))
            width = painter.fontMetrics().horizontalAdvance(name)
            left = at + 3 if at + 3 + width <= box.right() else at - 3 - width
            area = QRectF(left - 1, box.top() + _TOOTH_ROWS[style] - 10, width + 2, 13)
            painter.fillRect(area, self.theme.colour("plot", alpha=0.8))
            painter.drawText(QPointF(left, box.top() + _TOOTH_ROWS[style]), name)


def _free_row(rows: list[list[Range]], x: float, left: float, width_px: float) -> int | None:
    """The lowest row in which a name beside its line meets no other; its line takes room in the rows below too."""
    wanted = (min(x - 2, left - 1), max(x + 2, left + width_px + 1))
    for number, taken in enumerate(rows):
        line_is_free = all(not _meet((x - 2, x + 2), other) for below in rows[:number] for other in below)
        if line_is_free and not any(_meet(wanted, other) for other in taken):
            taken.append(wanted)
            for below in rows[:number]:
                below.append((x - 2, x + 2))
            return number
    return None


def _free_place(rows: list[list[Range]], x: float, width_px: float, end_px: float) -> tuple[float, int | None]:
    """Where a name begins, and its row: at the right of its line if it finds room there, else at the left."""
    right, left = x + _NAME_GAP_PX, x - _NAME_GAP_PX - width_px
    sides = [right, left] if right + width_px < end_px else [left]
    for side in sides:
        row = _free_row(rows, x, side, width_px)
        if row is not None:
            return side, row
    return sides[0], None


def _meet(one: Range, other: Range) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _by_place(mark: PlotMark) -> tuple[bool, int, int, float]:
    """Lines that stand out get room for their names first, then the main ones, of these the rings' before ball and cage."""
    kind = next((number for number, kind in enumerate(_DASHES) if kind in mark.name.split(" ")), len(_DASHES))
    return not mark.is_strong, mark.rank, kind, mark.x
