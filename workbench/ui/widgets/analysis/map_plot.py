"""A map of spectra over time in the `tide` colours, with a scale in units, gaps as hatch, and the running speed over it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QImage, QKeyEvent, QMouseEvent, QPainter, QPen, QWheelEvent

from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.analysis.frame import XYFrame
from workbench.ui.widgets.chart_axes import value_ticks
from workbench.ui.widgets.plots.clock import clock_ticks, cursor_text, ticks_that_fit
from workbench.ui.widgets.plots.value_ticks import log_ticks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.logs.analysis.maps import SpectralMap
    from workbench.ui.widgets.chart_axes import Ticks

_BAR_PX = 12
_HELD_STEPS = 1.6
"""A burst's column is drawn until the next burst, at most this many usual distances long; beyond it is a gap."""
_DECADES = 3.0
_COLOURS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class MapColours:
    """How heights become colours: the range of the scale, and whether it is logarithmic."""

    low: float
    high: float
    is_log: bool


class MapPlot(XYFrame):
    """x is time (ns since 1970), y frequency or orders; the wheel zooms along y.

    `column_chosen(number)` by mouse and keys, `height_chosen(y)` by the mouse.
    """

    column_chosen = Signal(int)
    height_chosen = Signal(float)
    right_px = 84

    def __init__(self, theme: ThemeSource, name: str) -> None:
        super().__init__(theme, name)
        self.map: SpectralMap | None = None
        self.full_y = self.full_x
        self.rpm: NDArray[np.float64] | None = None
        self.column = 0
        self.height_at: float | None = None
        """The frequency or order that the spectrum of the column has its cursor on."""
        self.is_log_colour = True
        self.unit = ""
        self._zone: tzinfo = UTC
        self._image: tuple[object, QImage, list[tuple[float, float]]] | None = None
        self.colours = MapColours(low=0.0, high=1.0, is_log=True)

    def show_map(self, found: SpectralMap, rpm: NDArray[np.float64], range_ns: tuple[int, int], most_y: float) -> None:
        """Draw a map over a stretch of time, up to a frequency or order."""
        self.map, self.rpm, self.is_empty = found, rpm, not len(found.start_ns)
        self.x_range = self.full_x = (float(range_ns[0]), float(range_ns[1]))
        was_whole = self.y_range == self.full_y
        self.full_y = (0.0, most_y)
        if was_whole or self.y_range[0] >= most_y:
            self.y_range = self.full_y
        self.column = min(self.column, len(found.start_ns) - 1)
        self._image = None
        self._fit_colours()
        self.update()

    def set_zone(self, zone: tzinfo) -> None:
        """Local time of the ticks."""
        self._zone = zone
        self.update()

    def set_log_colour(self, is_log: bool) -> None:
        """Colours by the logarithm of the height, or by the height itself."""
        self.is_log_colour = is_log
        self._fit_colours()
        self._image = None
        self.update()

    def choose_column(self, number: int) -> None:
        """Look at one column."""
        if self.map is None or not len(self.map.start_ns):
            return
        self.column = min(max(number, 0), len(self.map.start_ns) - 1)
        self.column_chosen.emit(self.column)
        self.update()

    def show_height(self, y: float | None) -> None:
        """Mark a frequency or order over all columns, without a signal."""
        self.height_at = y
        self.update()

    def choose_at(self, at_ns: int) -> None:
        """Look at the column nearest to an instant."""
        if self.map is not None and len(self.map.start_ns):
            import numpy as np

            middles = (self.map.start_ns + self.map.end_ns) // 2
            self.choose_column(int(np.argmin(np.abs(middles - at_ns))))

    def _fit_colours(self) -> None:
        import numpy as np

        if self.map is None:
            return
        high = max(float(self.map.rms[:, 1:].max(initial=0.0)), 1e-12)
        low = max(float(np.percentile(self.map.rms[:: max(1, len(self.map.rms) // 64)], 20)), high / 10**_DECADES)
        self.colours = MapColours(low=low if self.is_log_colour else 0.0, high=high, is_log=self.is_log_colour)

    # Mouse and keys

    def x_ticks(self) -> Ticks:
        start, end = int(self.x_range[0]), int(self.x_range[1])
        fit = ticks_that_fit(self.plot_box().width(), end - start)
        ticks = [(float(tick.at_ns), tick.text) for tick in clock_ticks(start, end, self._zone, fit)]
        pill = self._pill()
        if pill is None:
            return ticks
        return [(at, "" if pill[0].left() - 26 < self.x_px(at) < pill[0].right() + 26 else text) for at, text in ticks]

    def _pill(self) -> tuple[QRectF, str] | None:
        """Where the chosen column's time stands on the axis, and its words; ticks that meet it are left out."""
        at = self._column_middle()
        if at is None or self.map is None:
            return None
        box, x = self.plot_box(), self.x_px(at)
        text = cursor_text(int(self.map.start_ns[self.column]), self._zone, int(self.x_range[1] - self.x_range[0]))
        width = QFontMetrics(self.theme.font("group")).horizontalAdvance(text) + 12
        return QRectF(min(max(x - width / 2, box.left()), box.right() - width), box.bottom() + 3, width, 18), text

    def _column_middle(self) -> float | None:
        """The instant at which the chosen column is drawn; None where it isn't in view."""
        if self.map is None or not len(self.map.start_ns):
            return None
        middle = (float(self.map.start_ns[self.column]) + float(self.column_ends_ns()[self.column])) / 2
        return middle if self.x_range[0] <= middle <= self.x_range[1] else None

    def zoom_y(self, steps: float, about: float) -> None:
        """Closer along y about a value."""
        low, high = self.y_range
        factor = 0.8**steps
        length = min(max((high - low) * factor, self.full_y[1] * 1e-3), self.full_y[1])
        start = min(max(about - (about - low) * length / (high - low), 0.0), self.full_y[1] - length)
        self.y_range = (start, start + length)
        self._image = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        box, (low, high) = self.plot_box(), self.y_range
        share = (box.bottom() - event.position().y()) / box.height()
        self.zoom_y(event.angleDelta().y() / 120, low + min(1.0, max(0.0, share)) * (high - low))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if self.plot_box().contains(event.position()):
            self._choose_place(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose_place(event.position())

    def _choose_place(self, at: QPointF) -> None:
        """Column and height under the mouse."""
        self.choose_at(round(self.x_at(at.x())))
        box, (low, high) = self.plot_box(), self.y_range
        self.height_chosen.emit(low + min(1.0, max(0.0, (box.bottom() - at.y()) / box.height())) * (high - low))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.y_range = self.full_y
        self._image = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None:
            self.choose_column(self.column + step * (10 if event.modifiers() & Qt.KeyboardModifier.ControlModifier else 1))
        elif event.text() in {"+", "=", "-", "_"}:
            self.zoom_y(1 if event.text() in {"+", "="} else -1, self.y_range[0])
        elif event.key() == Qt.Key.Key_Home:
            self.zoom_y(-1000, 0.0)
        else:
            super().keyPressEvent(event)

    # Painting

    def paint_data(self, painter: QPainter) -> None:
        if self.map is None:
            return
        box = self.plot_box()
        image, gaps = self._picture(box)
        painter.drawImage(box.topLeft(), image)
        for left, right in gaps:
            area = QRectF(left, box.top(), right - left, box.height())
            painter.fillRect(area, self.theme.colour("plot"))
            painter.fillRect(area, QBrush(self.theme.colour("border_mid"), Qt.BrushStyle.BDiagPattern))
        self._paint_speed(painter, box)
        self._paint_height(painter, box)
        self._paint_column(painter, box)
        self._paint_scale(painter, box)

    def column_ends_ns(self) -> NDArray[np.int64]:
        """Until when each column is drawn: its end, or the next burst where that comes soon."""
        import numpy as np

        assert self.map is not None
        starts, ends = self.map.start_ns, self.map.end_ns
        if len(starts) < 2:
            return ends
        usual = int(np.median(np.diff(starts)))
        following = np.append(starts[1:], starts[-1] + usual)
        return np.asarray(np.maximum(ends, np.minimum(following, starts + int(_HELD_STEPS * usual))), np.int64)

    def _picture(self, box: QRectF) -> tuple[QImage, list[tuple[float, float]]]:
        key = (round(box.width()), round(box.height()), self.x_range, self.y_range, self.theme.tokens.name, self.colours)
        if self._image is not None and self._image[0] == key:
            return self._image[1], self._image[2]
        image, gaps = self._draw(round(box.width()), round(box.height()), box.left())
        self._image = (key, image, gaps)
        return image, gaps

    def _draw(self, width: int, height: int, left: float) -> tuple[QImage, list[tuple[float, float]]]:
        """Every pixel shows the highest of the lines and columns that fall into it."""
        import numpy as np

        assert self.map is not None
        found, (low_y, high_y) = self.map, self.y_range
        edges_y = np.searchsorted(found.y, np.linspace(low_y, high_y, height + 1))
        lines = np.clip(edges_y[:-1], 0, len(found.y) - 1)
        heights = np.maximum.reduceat(found.rms, np.minimum(lines, len(found.y) - 1), axis=1)
        if edges_y[-1] < len(found.y):  # the last group would reach to the end of all lines
            heights[:, -1] = found.rms[:, lines[-1] : max(lines[-1] + 1, int(edges_y[-1]))].max(axis=1)
        edges_x = np.linspace(self.x_range[0], self.x_range[1], width + 1)
        ends = self.column_ends_ns()
        first = np.clip(np.searchsorted(ends, edges_x[:-1], side="right"), 0, len(ends) - 1)
        last = np.clip(np.searchsorted(found.start_ns, edges_x[1:], side="left"), 1, len(ends))
        shown = (found.start_ns[first] < edges_x[1:]) & (ends[first] > edges_x[:-1])
        picked = heights[first]
        for pixel in np.flatnonzero((last - first > 1) & shown).tolist():
            picked[pixel] = heights[first[pixel] : last[pixel]].max(axis=0)
        index = self._levels(picked)
        table = self._colour_table()
        pixels = np.ascontiguousarray(table[index].T[::-1])
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
        return image, _runs(~shown, left)

    def _levels(self, values: NDArray[np.float32]) -> NDArray[np.intp]:
        import numpy as np

        scale = self.colours
        if scale.is_log:
            share = np.log(np.maximum(values, scale.low * 1e-3) / scale.low) / np.log(scale.high / scale.low)
        else:
            share = (values - scale.low) / max(scale.high - scale.low, 1e-12)
        return np.asarray(np.clip(share, 0.0, 1.0) * (_COLOURS - 1)).astype(np.intp)

    def _colour_table(self) -> NDArray[np.uint32]:
        import numpy as np

        stops = [QColor(stop) for stop in self.theme.tokens.series.tide]
        place = np.linspace(0, len(stops) - 1, _COLOURS)
        parts = [
            np.interp(place, np.arange(len(stops)), [getattr(stop, part)() for stop in stops]).round().astype(np.uint32)
            for part in ("red", "green", "blue")
        ]
        return np.asarray((np.uint32(255) << 24) | (parts[0] << 16) | (parts[1] << 8) | parts[2], np.uint32)

    def _paint_speed(self, painter: QPainter, box: QRectF) -> None:
        """Running speed (1X) as a dashed line over a frequency map."""
        import numpy as np

        if self.map is None or self.rpm is None or self.map.y_unit != "Hz":
            return
        middles = (self.map.start_ns + self.column_ends_ns()) / 2.0
        hertz = self.rpm / 60.0
        good = np.isfinite(hertz) & (hertz > 0.5) & (hertz >= self.y_range[0]) & (hertz <= self.y_range[1])
        if not good.any():
            return
        x = [self.x_px(value) for value in middles.tolist()]
        y = [self.y_px(value) if ok else 0.0 for value, ok in zip(hertz.tolist(), good.tolist(), strict=True)]
        lines = [QLineF(x[k], y[k], x[k + 1], y[k + 1]) for k in range(len(x) - 1) if good[k] and good[k + 1]]
        painter.save()
        painter.setClipRect(box)
        painter.setPen(QPen(self.theme.colour("plot"), 3.5))
        painter.drawLines(lines)
        painter.setPen(QPen(self.theme.colour("text1"), 1.4, Qt.PenStyle.DashLine))
        painter.drawLines(lines)
        painter.restore()
        last = int(np.flatnonzero(good)[-1])
        painter.setFont(self.theme.font("group"))
        painter.setPen(self.theme.colour("text1"))
        painter.drawText(QPointF(box.right() + 4, y[last] + 4), "1X")

    def _paint_height(self, painter: QPainter, box: QRectF) -> None:
        if self.height_at is None or not self.y_range[0] <= self.height_at <= self.y_range[1]:
            return
        y = self.y_px(self.height_at)
        for tone, width_px, style in (("plot", 3.0, Qt.PenStyle.SolidLine), ("cursor", 1.0, Qt.PenStyle.DashLine)):
            painter.setPen(QPen(self.theme.colour(tone, alpha=0.7 if tone == "plot" else 1.0), width_px, style))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))

    def _paint_column(self, painter: QPainter, box: QRectF) -> None:
        pill, middle = self._pill(), self._column_middle()
        if pill is None or middle is None:
            return
        x = self.x_px(middle)
        painter.setPen(QPen(self.theme.colour("plot"), 3))
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        painter.setPen(QPen(self.theme.colour("cursor"), self.theme.tokens.line_width_px))
        painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        painter.setFont(self.theme.font("group"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.colour("accent"))
        painter.drawRoundedRect(pill[0], 3, 3)
        painter.setPen(self.theme.colour("on_accent"))
        painter.drawText(pill[0], Qt.AlignmentFlag.AlignCenter, pill[1])

    def _paint_scale(self, painter: QPainter, box: QRectF) -> None:
        """The colours' meaning: a bar with ticks in the map's unit."""
        import numpy as np

        left = box.right() + 26
        height = round(box.height())
        table = self._colour_table()[np.linspace(_COLOURS - 1, 0, height).astype(np.intp)]
        column = np.ascontiguousarray(np.repeat(table[:, None], _BAR_PX, axis=1))
        image = QImage(column.data, _BAR_PX, height, 4 * _BAR_PX, QImage.Format.Format_RGB32).copy()
        painter.drawImage(QPointF(left, box.top()), image)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.theme.colour("border_mid"), 1))
        painter.drawRect(QRectF(left - 0.5, box.top() - 0.5, _BAR_PX + 1, height + 1))
        painter.setFont(self.theme.font("caption"))
        painter.setPen(self.theme.colour("text3"))
        scale = self.colours
        ticks = log_ticks((scale.low, scale.high)) if scale.is_log else value_ticks((scale.low, scale.high), 4)
        for value, text in ticks:
            share = (
                np.log(value / scale.low) / np.log(scale.high / scale.low)
                if scale.is_log
                else (value - scale.low) / (scale.high - scale.low)
            )
            painter.drawText(QPointF(left + _BAR_PX + 5, box.bottom() - float(share) * box.height() + 4), text)
        painter.setPen(self.theme.colour("text2"))
        width = painter.fontMetrics().horizontalAdvance(self.unit)
        painter.drawText(QPointF(self.width() - width - 8, box.top() - 8), self.unit)


def _runs(flags: NDArray[np.bool_], left: float) -> list[tuple[float, float]]:
    """Stretches of true flags [n] as pixels, counted from `left`; single pixels are left out."""
    import numpy as np

    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(left + a, left + b) for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True) if b - a > 1]
