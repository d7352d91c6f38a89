"""Two channels against each other: points coloured by time, or counts on a grid of very many; a box can be brushed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen

from workbench.ui.format import MINUS, number
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.chart_axes import Axes, ChartFrame
from workbench.ui.widgets.dots import dot_px, put_squares

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.logs.xy import Box, XYCloud

_SHADES = 64
_FIRST_SHADE = 0.3
"""The lightest colours are left out: on the ground of the plot they can't be seen."""
_LEAST_DRAG_PX = 4
_LONG_NAME = 16
_SCALE_PX, _SCALE_TOP_PX = 120, 6


class XYPlot(ChartFrame):
    """`brushed(box)` after a box was dragged, None after a click or Escape took it away."""

    left_px, top_px, right_px, bottom_px = 64, 30, 22, 30
    has_verticals = True
    brushed = Signal(object)

    def __init__(self, theme: ThemeSource) -> None:
        super().__init__(theme, height_px=320)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("One channel against another"))
        self.setProperty("no_ring", True)
        self.cloud: XYCloud | None = None
        self.box: Box | None = None
        self.at: tuple[float, float] | None = None
        self.scale_ends = ("", "")
        self._from: QPointF | None = None
        self._picture: tuple[object, QImage] | None = None

    def show_cloud(self, cloud: XYCloud | None, labels: tuple[str, str], scale_ends: tuple[str, str]) -> None:
        """Draw these pairs; labels are names with units, ends the words at both ends of the colours."""
        self.cloud, self.scale_ends, self._picture = cloud, scale_ends, None
        x_range, y_range = (cloud.x_range, cloud.y_range) if cloud else ((0.0, 1.0), (0.0, 1.0))
        self.set_axes(Axes(x_range=x_range, y_range=y_range, x_label=labels[0], y_label=labels[1], n_x_ticks=8))

    def _paint_grid(self, painter: QPainter) -> None:
        if self.cloud is not None:  # axes from 0 to 1 say nothing
            super()._paint_grid(painter)

    def set_box(self, box: Box | None) -> None:
        """Show a brushed box."""
        self.box = box
        self.update()

    def set_at(self, at: tuple[float, float] | None) -> None:
        """Mark where both channels are at the cursor."""
        self.at = at
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() == Qt.MouseButton.LeftButton and self.plot_box().contains(event.position()):
            self._from = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is not None and (event.position() - self._from).manhattanLength() >= _LEAST_DRAG_PX:
            self.set_box(self._box_of(self._from, event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._from is None:
            return
        is_click = (event.position() - self._from).manhattanLength() < _LEAST_DRAG_PX
        self._from = None
        if is_click:
            self.set_box(None)
        self.brushed.emit(self.box)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        step = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}.get(key)
        if key == Qt.Key.Key_Escape and self.box is not None:
            self.set_box(None)
            self.brushed.emit(None)
        elif step is not None:
            self._move_box(step, is_growing=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.fillRect(QRectF(0, 0, 3, self.height()), self.theme.colour("focus"))
            painter.end()

    def paint_data(self, painter: QPainter) -> None:
        if self.cloud is None or not self.cloud.n:
            return
        box = self.plot_box()
        painter.drawImage(box.topLeft(), self._drawn(box))
        self._paint_line(painter, box)
        if self.at is not None:
            place = QPointF(self.x_px(self.at[0]), self.y_px(self.at[1]))
            painter.setPen(QPen(self.theme.colour("cursor"), self.theme.tokens.line_width_px))
            painter.drawLine(QPointF(box.left(), place.y()), QPointF(box.right(), place.y()))
            painter.drawLine(QPointF(place.x(), box.top()), QPointF(place.x(), box.bottom()))
            painter.setBrush(self.theme.colour("plot"))
            painter.drawEllipse(place, 4.0, 4.0)
        if self.box is not None:
            low, high = (
                QPointF(self.x_px(self.box[0]), self.y_px(self.box[3])),
                QPointF(self.x_px(self.box[1]), self.y_px(self.box[2])),
            )
            painter.setPen(QPen(self.theme.colour("accent"), 1.5))
            painter.setBrush(self.theme.colour("accent", 0.14))
            painter.drawRect(QRectF(low, high))
        self._paint_scale(painter)
        self._paint_title(painter, box)

    def _paint_title(self, painter: QPainter, box: QRectF) -> None:
        """What y is, again, on a plate: the cursor and the cloud cross where it stands."""
        painter.setFont(self.theme.font("caption"))
        metrics = painter.fontMetrics()
        base = box.top() + metrics.ascent() - 10
        width = metrics.horizontalAdvance(self.axes.y_label)
        painter.fillRect(QRectF(box.left() + 1, base - metrics.ascent(), width + 6, metrics.height()), self.theme.colour("plot"))
        painter.setPen(self.theme.colour("text3"))
        painter.drawText(QPointF(box.left() + 4, base), self.axes.y_label)

    def shades(self) -> NDArray[np.uint32]:
        """The sequential colours, 0xffRRGGBB [64]."""
        import numpy as np

        stops = [QColor(stop) for stop in self.theme.tokens.series.tide]
        place = np.linspace(_FIRST_SHADE * (len(stops) - 1), len(stops) - 1, _SHADES)
        parts = [
            np.interp(place, np.arange(len(stops)), [getattr(stop, part)() for stop in stops]).round().astype(np.uint32)
            for part in ("red", "green", "blue")
        ]
        return np.asarray((np.uint32(255) << 24) | (parts[0] << 16) | (parts[1] << 8) | parts[2], np.uint32)

    def _drawn(self, box: QRectF) -> QImage:
        ratio = self.devicePixelRatioF()
        size = (max(1, round(box.width() * ratio)), max(1, round(box.height() * ratio)))
        key = (size, self.theme.tokens.name, self.axes.x_range, self.axes.y_range)
        if self._picture is None or self._picture[0] != key:
            image = self._draw(size, ratio)
            image.setDevicePixelRatio(ratio)
            self._picture = (key, image)
        return self._picture[1]

    def _draw(self, size: tuple[int, int], ratio: float) -> QImage:
        import numpy as np

        assert self.cloud is not None
        width, height = size
        pixels = np.zeros((height, width), np.uint32)
        if self.cloud.counts is None:
            self._put_points(pixels, ratio)
        else:
            self._put_counts(pixels, self.cloud.counts, ratio)
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
        return image.copy()

    def _put_counts(self, pixels: NDArray[np.uint32], counts: NDArray[np.int64], ratio: float) -> None:
        """Cells coloured by how many pairs lie in them; where they are few, larger than they are."""
        import numpy as np

        height, width = pixels.shape
        n_rows, n_columns = counts.shape
        level = (np.log1p(counts) / np.log1p(max(int(counts.max()), 1)) * (_SHADES - 1)).astype(np.int64)
        row, column = np.nonzero(counts)
        order = np.argsort(counts[row, column], kind="stable")
        row, column = row[order], column[order]
        edge_px = round(dot_px(row.size, width * height / ratio**2) * ratio)
        if edge_px > max(width // n_columns, height // n_rows):
            at = ((n_rows - 0.5 - row) * height / n_rows).astype(np.int64), ((column + 0.5) * width / n_columns).astype(np.int64)
            put_squares(pixels, *at, self.shades()[level[row, column]], edge_px)
            return
        down, right = n_rows - 1 - np.arange(height) * n_rows // height, np.arange(width) * n_columns // width
        shown = np.ix_(down, right)
        pixels[:] = np.where(counts[shown] > 0, self.shades()[level[shown]], 0)

    def _put_points(self, pixels: NDArray[np.uint32], ratio: float) -> None:
        """Squares coloured by time, the latest on top."""
        import numpy as np

        cloud = self.cloud
        assert cloud is not None
        height, width = pixels.shape
        (x0, x1), (y0, y1) = self.axes.x_range, self.axes.y_range
        column = ((cloud.x - x0) / (x1 - x0) * width).astype(np.int64)
        row = ((y1 - cloud.y) / (y1 - y0) * height).astype(np.int64)
        order = np.argsort(cloud.times_ns, kind="stable")
        length = max(int(cloud.times_ns[order[-1]] - cloud.times_ns[order[0]]), 1)
        level = ((cloud.times_ns - cloud.times_ns[order[0]]) / length * (_SHADES - 1)).astype(np.int64)
        n_places = np.unique(row * width + column).size
        edge_px = round(dot_px(n_places, width * height / ratio**2) * ratio)
        put_squares(pixels, row[order], column[order], self.shades()[level][order], edge_px)

    def _paint_line(self, painter: QPainter, box: QRectF) -> None:
        """The line of least squares, dashed, where there is one."""
        cloud = self.cloud
        if cloud is None or cloud.slope != cloud.slope:
            return
        painter.save()
        painter.setClipRect(box)
        painter.setPen(QPen(self.theme.colour("text1"), self.theme.tokens.line_width_px, Qt.PenStyle.DashLine))
        ends = [QPointF(self.x_px(x), self.y_px(cloud.slope * x + cloud.offset)) for x in self.axes.x_range]
        painter.drawLine(ends[0], ends[1])
        painter.restore()

    def _paint_scale(self, painter: QPainter) -> None:
        """The colours with what their ends mean, above the plot at the right."""
        shades = self.shades()
        painter.setFont(self.theme.font("caption"))
        metrics = painter.fontMetrics()
        right = self.plot_box().right() - metrics.horizontalAdvance(self.scale_ends[1]) - 6
        left = right - _SCALE_PX
        for at in range(_SCALE_PX):
            colour = QColor.fromRgb(int(shades[at * _SHADES // _SCALE_PX]))
            painter.fillRect(QRectF(left + at, _SCALE_TOP_PX, 1.5, 8), colour)
        painter.setPen(self.theme.colour("text3"))
        base = _SCALE_TOP_PX + 8.0
        painter.drawText(QPointF(right + 6, base), self.scale_ends[1])
        painter.drawText(QPointF(left - 6 - metrics.horizontalAdvance(self.scale_ends[0]), base), self.scale_ends[0])

    def _box_of(self, first: QPointF, second: QPointF) -> Box:
        xs = sorted((self.x_at(first.x()), self.x_at(second.x())))
        ys = sorted((self._y_at(first.y()), self._y_at(second.y())))
        return xs[0], xs[1], ys[0], ys[1]

    def _y_at(self, pixel: float) -> float:
        low, high = self.axes.y_range
        box = self.plot_box()
        return low + min(1.0, max(0.0, (box.bottom() - pixel) / box.height())) * (high - low)

    def _move_box(self, step: tuple[int, int], *, is_growing: bool) -> None:
        """Arrows move the box by a twentieth, with Shift they move its far corner; without a box one comes in the middle."""
        (x0, x1), (y0, y1) = self.axes.x_range, self.axes.y_range
        d_x, d_y = step[0] * (x1 - x0) / 20, step[1] * (y1 - y0) / 20
        old = self.box or (x0 + 0.4 * (x1 - x0), x0 + 0.6 * (x1 - x0), y0 + 0.4 * (y1 - y0), y0 + 0.6 * (y1 - y0))
        near = 0.0 if is_growing else 1.0
        new = (old[0] + near * d_x, old[1] + d_x, old[2] + near * d_y, old[3] + d_y)
        if new[0] < new[1] and new[2] < new[3]:
            self.set_box(new)
            self.brushed.emit(new)


def line_words(cloud: XYCloud, names: tuple[str, str]) -> str:
    """'r 0.94, PI-1 = 0.42 × FI-1 + 1.7'; x and y stand for names that would leave no room. '' where there is no line."""
    if cloud.r != cloud.r:
        return ""
    x, y = names if max(map(len, names)) <= _LONG_NAME else ("x", "y")
    sign = MINUS if cloud.offset < 0 else "+"
    slope = f"{cloud.slope:.3g}".replace("-", MINUS)
    return f"r {number(cloud.r, 2)}, {y} = {slope} × {x} {sign} {abs(cloud.offset):.3g}"
