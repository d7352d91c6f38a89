"""Operating points against a pump's curve: as density where there are millions, or by time; regions, best point, curve."""

from __future__ import annotations

from datetime import UTC, tzinfo
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from workbench.core.clock import NS_PER_S
from workbench.ui.format import instant
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.analysis.frame import Range, XYFrame
from workbench.ui.widgets.analysis.keys import paint_scale
from workbench.ui.widgets.chart_axes import curve_colour, time_ticks
from workbench.ui.widgets.dots import dot_px, put_squares
from workbench.ui.widgets.plots.regimes import regime_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from workbench.services.analysis_pump import PumpPicture
    from workbench.ui.widgets.chart_axes import Ticks

    Array = NDArray[np.float64]

_MOST_DOTS = 4000
_N_CURVE = 160
_COLOURS = 64
_CELL_PX = 3
_FIRST_SHADE = 0.3


class HeadPlot(XYFrame):
    """Head over flow, both at nominal speed."""

    top_px = 44

    def __init__(self, theme: ThemeSource, name: str) -> None:
        super().__init__(theme, name)
        self.picture: PumpPicture | None = None
        self.colour_by = "density"
        self.regions: tuple[tuple[str, Range], ...] = ()
        """(name, shares of BEP flow), the widest first."""
        self.zone: tzinfo = UTC
        self.regimes: tuple[tuple[int, int, str], ...] = ()
        """Operating states as (start ns, end ns, name), in order of time."""
        self._image: tuple[object, QImage] | None = None

    def show_picture(self, picture: PumpPicture) -> None:
        """Draw these points; the view follows them."""
        self.picture, self._image, self.is_empty = picture, None, False
        most_flow, most_head = picture.usual_most
        tops = [most_flow or 1.0, picture.curve.most_flow if picture.curve else 0.0]
        if picture.best is not None:
            tops.append(picture.best.flow_m3_per_h * 1.3)
        self.set_full_x((0.0, 1.08 * max(tops)), keeps_view=False)
        heads = [most_head or 1.0, picture.curve.a if picture.curve else 0.0]
        self.y_range = (0.0, 1.12 * max(heads))
        self.update()

    def paint_data(self, painter: QPainter) -> None:
        picture = self.picture
        if picture is None:
            return
        box = self.plot_box()
        self._paint_regions(painter, box)
        painter.save()
        painter.setClipRect(box)
        self._paint_points(painter, box)
        painter.restore()
        self._paint_curve(painter, box)
        ends = self.scale_ends()
        if ends is not None:
            paint_scale(painter, self.theme, QPointF(box.right(), 15), ends, first=_FIRST_SHADE)

    def scale_ends(self) -> tuple[str, str] | None:
        """What the lightest and the darkest points mean; None where shades mean nothing."""
        if self.picture is None or not len(self.picture.flow):
            return None
        if self.colour_by == "time":
            first, last = int(self.picture.times_ns[0]), int(self.picture.times_ns[-1])
            is_short = last - first < 600 * NS_PER_S
            return instant(first, self.zone, with_seconds=is_short), instant(last, self.zone, with_seconds=is_short)
        if self._is_density():
            tr = QCoreApplication.translate
            return tr("HeadPlot", "one point"), tr("HeadPlot", "many points")
        return None

    def _is_density(self) -> bool:
        return self.picture is not None and self.colour_by == "density" and len(self.picture.flow) > _MOST_DOTS // 2

    def _paint_regions(self, painter: QPainter, box: QRectF) -> None:
        """Regions of BEP flow: a tint with edges and a name above, the narrower one darker."""
        if self.picture is None or self.picture.best is None:
            return
        best = self.picture.best.flow_m3_per_h
        painter.setFont(self.theme.font("caption"))
        for row, (name, (low, high)) in enumerate(self.regions):
            left, right = max(box.left(), self.x_px(low * best)), min(box.right(), self.x_px(high * best))
            if right <= left:
                continue
            painter.fillRect(QRectF(left, box.top(), right - left, box.height()), self.theme.colour("text3", alpha=0.07))
            painter.setPen(QPen(self.theme.colour("text3"), 1, Qt.PenStyle.DashLine if row else Qt.PenStyle.DotLine))
            for x in (left, right):
                painter.drawLine(QPointF(x, box.top() - 2), QPointF(x, box.bottom()))
            painter.setPen(self.theme.colour("text2"))
            painter.drawText(QPointF(left + 4, box.top() - 4 - 13 * (row == 0)), name)
        x = self.x_px(best)
        if box.left() <= x <= box.right():
            painter.setPen(QPen(self.theme.colour("text1"), 1.2))
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
            if self.picture.curve is None:  # on a curve the best point has a mark of its own
                painter.setFont(self.theme.font("group"))
                painter.drawText(QPointF(x + 4, box.top() + 12), "BEP")

    def _paint_points(self, painter: QPainter, box: QRectF) -> None:
        if self.picture is None or not len(self.picture.flow):
            return
        if self._is_density():
            painter.drawImage(box.topLeft(), self._density(box))
            return
        if self.colour_by == "regime":
            self._paint_states(painter, box)
        else:
            self._paint_dots(painter, by_time=self.colour_by == "time")

    def _density(self, box: QRectF) -> QImage:
        """How many points fall into each cell, by the logarithm of their number; cells are larger where few hold any."""
        import numpy as np

        assert self.picture is not None
        key = (round(box.width()), round(box.height()), self.x_range, self.y_range, self.theme.tokens.name)
        if self._image is not None and self._image[0] == key:
            return self._image[1]
        width, height = round(box.width()), round(box.height())
        columns, rows = max(1, width // _CELL_PX), max(1, height // _CELL_PX)
        counts = _counts((self.picture.flow, self.x_range, columns), (self.picture.head, self.y_range, rows))
        share = np.log1p(counts) / max(float(np.log1p(counts.max())), 1e-9)
        column, row = np.nonzero(counts)
        order = np.argsort(counts[column, row], kind="stable")
        column, row = column[order], row[order]
        colours = _tide(self.theme, first=_FIRST_SHADE)[(share[column, row] * (_COLOURS - 1)).astype(np.intp)].astype(np.uint32)
        pixels = np.zeros((height, width), np.uint32)
        across, down = (column + 0.5) * width / columns, (rows - 0.5 - row) * height / rows
        edge_px = max(_CELL_PX, dot_px(row.size, width * height))
        put_squares(pixels, down.astype(np.int64), across.astype(np.int64), colours, edge_px)
        image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32).copy()
        self._image = (key, image)
        return image

    def _paint_states(self, painter: QPainter, box: QRectF) -> None:
        """Each operating state with a colour and a shape of its own, named at the lower left."""
        import numpy as np

        assert self.picture is not None
        picked = np.linspace(0, len(self.picture.flow) - 1, min(_MOST_DOTS, len(self.picture.flow))).astype(np.intp)
        names = tuple(dict.fromkeys(name for _, _, name in self.regimes))
        numbers = state_numbers(self.picture.times_ns[picked], self.regimes, names)
        counts = np.bincount(numbers[numbers >= 0], minlength=len(names))
        painter.setPen(Qt.PenStyle.NoPen)
        points = zip(self.picture.flow[picked].tolist(), self.picture.head[picked].tolist(), numbers.tolist(), strict=True)
        for flow, head, state in points:
            if flow == flow and head == head:
                painter.setBrush(curve_colour(self.theme, state, 0.75) if state >= 0 else self.theme.colour("text3", alpha=0.4))
                _draw_shape(painter, QPointF(self.x_px(flow), self.y_px(head)), state)
        y = box.bottom() - 10
        painter.setFont(self.theme.font("caption"))
        for state in [number for number in range(len(names)) if counts[number]][::-1]:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(curve_colour(self.theme, state))
            _draw_shape(painter, QPointF(box.left() + 12, y - 4), state)
            painter.setPen(self.theme.colour("text1"))
            painter.drawText(QPointF(box.left() + 22, y), regime_words(names[state]))
            y -= 15

    def _paint_dots(self, painter: QPainter, *, by_time: bool) -> None:
        """At most four thousand points, evenly over time; the latest are the darkest."""
        import numpy as np

        assert self.picture is not None
        picked = np.linspace(0, len(self.picture.flow) - 1, min(_MOST_DOTS, len(self.picture.flow))).astype(np.intp)
        table = _tide(self.theme, first=_FIRST_SHADE)
        plain = curve_colour(self.theme, 0, 0.6)
        box = self.plot_box()
        pairs = zip(self.picture.flow[picked].tolist(), self.picture.head[picked].tolist(), strict=True)
        dots = [
            (number, QPointF(self.x_px(flow), self.y_px(head)))
            for number, (flow, head) in enumerate(pairs)
            if flow == flow and head == head
        ]
        n_places = len({(round(at.x()), round(at.y())) for _, at in dots})
        radius = max(2.0, dot_px(n_places, box.width() * box.height()) / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        for number, at in dots:
            age = int(number / max(1, len(picked) - 1) * (_COLOURS - 1))
            painter.setBrush(QColor.fromRgb(int(table[age])) if by_time else plain)
            painter.drawEllipse(at, radius, radius)

    def _paint_curve(self, painter: QPainter, box: QRectF) -> None:
        """The curve: full where it was made from points, dashed beyond; with its best point and source."""
        import numpy as np

        assert self.picture is not None
        curve, best = self.picture.curve, self.picture.best
        if curve is None:
            return
        flow = np.linspace(self.x_range[0], self.x_range[1], _N_CURVE)
        head = curve.head(flow)
        painter.save()
        painter.setClipRect(box)
        for line, inside in _segments(self, flow, head, (curve.least_flow, curve.most_flow)):
            style = Qt.PenStyle.SolidLine if inside else Qt.PenStyle.DashLine
            painter.setPen(QPen(self.theme.colour("text1"), 1.6, style))
            painter.drawLine(line)
        painter.restore()
        if best is None:
            return
        at = QPointF(self.x_px(best.flow_m3_per_h), self.y_px(float(curve.head(np.array([best.flow_m3_per_h]))[0])))
        painter.setPen(QPen(self.theme.colour("text1"), 1.6))
        painter.setBrush(self.theme.colour("plot"))
        painter.drawPolygon([at + QPointF(0, -6), at + QPointF(6, 0), at + QPointF(0, 6), at + QPointF(-6, 0)])
        painter.setFont(self.theme.font("group"))
        painter.drawText(at + QPointF(10, -6), "BEP")


class ScatterOverFlow(XYFrame):
    """Efficiency over flow, with the parabola's top."""

    def __init__(self, theme: ThemeSource, name: str) -> None:
        super().__init__(theme, name)
        self._flow: Array | None = None
        self._value: Array | None = None
        self._best: tuple[float, float] | None = None

    def show_points(self, flow: Array, value: Array, best: tuple[float, float] | None, full: Range) -> None:
        """Points [n] in %, and the best point (flow, %)."""
        self._flow, self._value, self._best, self.is_empty = flow, value, best, False
        self.set_full_x(full, keeps_view=False)
        self.y_range = (0.0, 100.0)
        self.update()

    def paint_data(self, painter: QPainter) -> None:
        import numpy as np

        if self._flow is None or self._value is None or not len(self._flow):
            return
        box = self.plot_box()
        painter.save()
        painter.setClipRect(box)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(curve_colour(self.theme, 0, 0.5))
        picked = np.linspace(0, len(self._flow) - 1, min(_MOST_DOTS // 2, len(self._flow))).astype(np.intp)
        for flow, value in zip(self._flow[picked].tolist(), self._value[picked].tolist(), strict=True):
            if flow == flow and value == value:
                painter.drawEllipse(QPointF(self.x_px(flow), self.y_px(value)), 1.6, 1.6)
        if self._best is not None:
            q = np.linspace(0.0, self.x_range[1], _N_CURVE)
            parabola = self._best[1] * (2 * q / self._best[0] - (q / self._best[0]) ** 2)
            painter.setPen(QPen(self.theme.colour("text1"), 1.4))
            for line, _ in _segments(self, q, parabola, self.x_range):
                painter.drawLine(line)
        painter.restore()


class BandOverTime(XYFrame):
    """A value's median over time with the span from the 10th to the 90th percentile; a line at 0."""

    def __init__(self, theme: ThemeSource, name: str) -> None:
        super().__init__(theme, name)
        self._rows: tuple[NDArray[np.int64], Array, Array, Array] | None = None
        self._zone: tzinfo | None = None

    def show_band(self, rows: tuple[NDArray[np.int64], Array, Array, Array], range_ns: tuple[int, int], zone: tzinfo) -> None:
        """Middles ns [b], median, low, high [b]."""
        import numpy as np

        self._rows, self._zone, self.is_empty = rows, zone, False
        self.set_full_x((float(range_ns[0]), float(range_ns[1])), keeps_view=False)
        _, _, low, high = rows
        least = float(np.min(low, initial=-1.0))
        most = float(np.max(high, initial=1.0))
        self.y_range = (least - 0.1 * (most - least), most + 0.1 * (most - least))
        self.update()

    def x_ticks(self) -> Ticks:
        return time_ticks(self.x_range, self._zone or UTC, max(2, int(self.plot_box().width() / 90)))

    def paint_data(self, painter: QPainter) -> None:
        if self._rows is None:
            return
        box = self.plot_box()
        times, median, low, high = (part.tolist() for part in self._rows)
        painter.setPen(QPen(self.theme.colour("text1"), self.theme.tokens.line_width_px, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(box.left(), self.y_px(0.0)), QPointF(box.right(), self.y_px(0.0)))
        painter.save()
        painter.setClipRect(box)
        painter.setPen(QPen(curve_colour(self.theme, 0, 0.3), 3.0))
        for at, a, b in zip(times, low, high, strict=True):
            painter.drawLine(QPointF(self.x_px(at), self.y_px(a)), QPointF(self.x_px(at), self.y_px(b)))
        usual = min((b - a for a, b in pairwise(times)), default=0)
        painter.setPen(QPen(curve_colour(self.theme, 0), 1.4 * self.theme.tokens.curve_width_px))
        for k in range(len(times) - 1):
            if times[k + 1] - times[k] < 2.5 * usual:
                ends = [QPointF(self.x_px(times[at]), self.y_px(median[at])) for at in (k, k + 1)]
                painter.drawLine(*ends)
        painter.restore()


def _counts(x: tuple[Array, Range, int], y: tuple[Array, Range, int]) -> NDArray[np.int64]:
    """How many of the points fall into each cell [columns, rows]; each axis as values [n], range and number of cells.

    An eighth of what `numpy.histogram2d` takes, which knows other cells too: this is drawn while one zooms.
    """
    import numpy as np

    inside = np.ones(len(x[0]), bool)
    for values, (low, high), _ in (x, y):
        inside &= (values >= low) & (values <= high)  # NaN is in none
    places = [
        np.minimum(((values[inside] - low) * (n / (high - low))).astype(np.int32), n - 1) for values, (low, high), n in (x, y)
    ]
    return np.bincount(places[0] * y[2] + places[1], minlength=x[2] * y[2]).reshape(x[2], y[2])


def state_numbers(
    times_ns: NDArray[np.int64], regimes: Sequence[tuple[int, int, str]], names: Sequence[str]
) -> NDArray[np.int64]:
    """Number of the state's name at each instant [n]; −1 where there is none."""
    import numpy as np

    if not regimes:
        return np.full(len(times_ns), -1, np.int64)
    starts = np.array([start for start, _, _ in regimes], np.int64)
    ends = np.array([end for _, end, _ in regimes], np.int64)
    kinds = np.array([names.index(name) for _, _, name in regimes], np.int64)
    at = np.searchsorted(starts, times_ns, side="right") - 1
    inside = (at >= 0) & (times_ns <= ends[np.maximum(at, 0)])
    return np.where(inside, kinds[np.maximum(at, 0)], -1)


def _draw_shape(painter: QPainter, at: QPointF, number: int) -> None:
    """Circle, square, triangle, diamond: states differ by more than their colour."""
    shape = number % 4 if number >= 0 else 0
    if shape == 0:
        painter.drawEllipse(at, 2.2, 2.2)
    elif shape == 1:
        painter.drawRect(QRectF(at.x() - 2.2, at.y() - 2.2, 4.4, 4.4))
    else:
        x, y = (2.8, 2.4) if shape == 2 else (2.6, 2.8)
        lower = [QPointF(0, 2.8)] if shape == 3 else []
        places = [QPointF(-x, 0 if shape == 3 else y), QPointF(0, -y), QPointF(x, 0 if shape == 3 else y), *lower]
        painter.drawPolygon([at + place for place in places])


def _segments(frame: XYFrame, x: Array, y: Array, inside: Range) -> list[tuple[QLineF, bool]]:
    """Lines between neighbours, and whether each lies within a range of x."""
    places = [(frame.x_px(a), frame.y_px(b), a) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    return [(QLineF(x0, y0, x1, y1), inside[0] <= (a + b) / 2 <= inside[1]) for (x0, y0, a), (x1, y1, b) in pairwise(places)]


def _tide(theme: ThemeSource, *, first: float) -> NDArray[np.uint32]:
    """The sequential colours from a share on [64]: the lightest are left out, they mean nothing there."""
    import numpy as np

    stops = [QColor(stop) for stop in theme.tokens.series.tide]
    place = np.linspace(first * (len(stops) - 1), len(stops) - 1, _COLOURS)
    parts = [
        np.interp(place, np.arange(len(stops)), [getattr(stop, part)() for stop in stops]).round().astype(np.uint32)
        for part in ("red", "green", "blue")
    ]
    return np.asarray((np.uint32(255) << 24) | (parts[0] << 16) | (parts[1] << 8) | parts[2], np.uint32)
