"""A waterfall: the spectra of a stretch one in front of the other, the latest in front, each hiding what lies behind it.

What stands still in frequency makes a ridge, what grows rises towards the front. Where there are more spectra than lines fit,
each line is the highest of its neighbours, so that nothing is left out.
"""

from __future__ import annotations

import itertools
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter

from workbench.core.clock import NS_PER_DAY
from workbench.ui.format import day
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.analysis.frame import XYFrame
from workbench.ui.widgets.chart_axes import curve_colour
from workbench.ui.widgets.plots.clock import cursor_text
from workbench.ui.widgets.plots.raster import Spans, fill_spans, pixels_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from workbench.logs.analysis.maps import SpectralMap
    from workbench.ui.widgets.chart_axes import Ticks

_MOST_LINES = 60
_LEAST_STEP_PX = 5.0
_RISE = 0.3
"""How much of the height the highest line may take."""
_DECADES, _FLOOR_PERCENT = 3.0, 40.0
_TICK_PX = 22


class WaterfallPlot(XYFrame):
    """x is frequency or orders. `column_chosen(number)` of the map, by click and by up and down."""

    column_chosen = Signal(int)
    left_px = 108

    def __init__(self, theme: ThemeSource, name: str) -> None:
        super().__init__(theme, name)
        self.map: SpectralMap | None = None
        self.column = 0
        self._zone: tzinfo = UTC
        self._image: tuple[object, QImage] | None = None

    def show_map(self, found: SpectralMap, zone: tzinfo, most_x: float) -> None:
        """Draw these spectra up to a frequency or order."""
        self.map, self._zone, self.is_empty, self._image = found, zone, not len(found.start_ns), None
        self.column = min(self.column, max(0, len(found.start_ns) - 1))
        self.set_full_x((0.0, most_x), keeps_view=True)

    def set_log(self, is_log: bool) -> None:
        """Heights by their logarithm, or as they are."""
        self.is_log = is_log
        self.update()

    def choose_column(self, number: int) -> None:
        """Mark one spectrum, without a signal."""
        self.column = number
        self.update()

    def groups(self) -> list[tuple[int, int]]:
        """The spectra (from, up to before) that each line is the highest of, the earliest first."""
        if self.map is None or not len(self.map.start_ns):
            return []
        n, room = len(self.map.start_ns), int(self.plot_box().height() * (1 - _RISE) / _LEAST_STEP_PX)
        n_lines = max(1, min(n, _MOST_LINES, room))
        edges = [round(place * n / n_lines) for place in range(n_lines + 1)]
        return list(itertools.pairwise(edges))

    def base_px(self, line: int) -> float:
        """Where a line would be if it were flat."""
        box, n = self.plot_box(), len(self.groups())
        return box.bottom() - (n - 1 - line) / max(n - 1, 1) * (1 - _RISE) * box.height()

    def y_ticks(self) -> Ticks:
        """None: the lines stand for times, which are written beside them."""
        return []

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        groups = self.groups()
        if groups and self.plot_box().contains(event.position()):
            away = [abs(self.base_px(line) - event.position().y()) for line in range(len(groups))]
            self._choose(groups[away.index(min(away))][0])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None or self.map is None:
            super().keyPressEvent(event)
        else:
            self._choose(self.column + step)

    def paint_data(self, painter: QPainter) -> None:
        if self.map is None:
            return
        box = self.plot_box()
        painter.drawImage(box.topLeft(), self._drawn(box))
        painter.setFont(self.theme.font("small"))
        metrics, last = painter.fontMetrics(), -1e9
        for line, (first, end) in enumerate(self.groups()):
            y, is_chosen = self.base_px(line), first <= self.column < end
            if not is_chosen and (y - last < _TICK_PX or abs(y - self._chosen_px()) < _TICK_PX):
                continue
            at_ns = int(self.map.start_ns[self.column if is_chosen else first])
            text = self._when(at_ns)
            painter.setPen(self.theme.colour("accent" if is_chosen else "text3"))
            painter.drawText(QPointF(box.left() - 8 - metrics.horizontalAdvance(text), y + metrics.ascent() / 2 - 1), text)
            last = y
        self.paint_cursor(painter)

    # Inside

    def _when(self, at_ns: int) -> str:
        """When a line was, so that neighbours differ; the day is left out where all are of one."""
        assert self.map is not None
        first_ns, last_ns = int(self.map.start_ns[0]), int(self.map.start_ns[-1])
        text = cursor_text(at_ns, self._zone, last_ns - first_ns)
        is_one_day = day(first_ns, self._zone) == day(last_ns, self._zone) and last_ns - first_ns < NS_PER_DAY
        return text.removeprefix(f"{day(at_ns, self._zone)} ") if is_one_day else text

    def _chosen_px(self) -> float:
        return next((self.base_px(line) for line, (first, end) in enumerate(self.groups()) if first <= self.column < end), -1e9)

    def _choose(self, number: int) -> None:
        assert self.map is not None
        self.column = min(max(number, 0), len(self.map.start_ns) - 1)
        self.update()
        self.column_chosen.emit(self.column)

    def _drawn(self, box: QRectF) -> QImage:
        ratio = self.devicePixelRatioF()
        size = (round(box.width() * ratio), round(box.height() * ratio))
        chosen = next((line for line, (first, end) in enumerate(self.groups()) if first <= self.column < end), -1)
        key = (size, self.x_range, self.is_log, self.theme.tokens.name, chosen)
        if self._image is None or self._image[0] != key:
            image = QImage(*size, QImage.Format.Format_RGB32)
            image.fill(self.theme.colour("plot"))
            self._fill(image, ratio, chosen)
            image.setDevicePixelRatio(ratio)
            self._image = (key, image)
        return self._image[1]

    def _fill(self, image: QImage, ratio: float, chosen: int) -> None:
        """From the back to the front: hide what is behind, then draw the line."""
        import numpy as np

        box, plain, own = self.plot_box(), curve_colour(self.theme, 0), self.theme.colour("accent")
        pixels = pixels_of(image)
        width_px = self.theme.tokens.curve_width_px * ratio
        marked: Spans | None = None
        for line, shares in enumerate(self._shares(image.width())):
            base = (self.base_px(line) - box.top()) * ratio
            y = base - shares * _RISE * box.height() * ratio
            hidden = Spans(0, y[None, :], np.full((1, len(y)), base))
            fill_spans(pixels, hidden, 0.0, [self.theme.colour("plot")])
            following = np.append(y[1:], y[-1])
            drawn = Spans(0, np.minimum(y, following)[None, :], np.maximum(y, following)[None, :])
            fill_spans(pixels, drawn, width_px, [plain])
            marked = drawn if line == chosen else marked
        if marked is not None:  # over all others: what is chosen is seen whole, also where a line in front hides it
            fill_spans(pixels, marked, 1.6 * width_px, [own])

    def _shares(self, n_pixels: int) -> NDArray[np.float64]:
        """Height of each line at each pixel, 0..1 [lines, pixels]: the highest of the spectrum's lines that fall into it."""
        import numpy as np

        assert self.map is not None
        edges = np.searchsorted(self.map.y, np.linspace(*self.x_range, n_pixels + 1))
        places = np.minimum(edges[:-1], len(self.map.y) - 1)
        starts = [first for first, _ in self.groups()]
        rms = np.maximum.reduceat(self.map.rms.astype(np.float64), starts, axis=0)
        heights = np.maximum.reduceat(rms, places, axis=1)
        if edges[-1] < len(self.map.y):  # the last group would reach to the end of all lines
            heights[:, -1] = rms[:, places[-1] : max(places[-1] + 1, int(edges[-1]))].max(axis=1)
        if not (is_hit := np.diff(edges) > 0).all():
            # Between lines that stand farther apart than pixels the curve goes straight.
            middles = np.linspace(*self.x_range, 2 * n_pixels + 1)[1::2]
            straight = np.stack([np.interp(middles, self.map.y, row) for row in rms])
            heights = np.where(is_hit, heights, straight)
        visible = rms[:, max(1, int(edges[0])) : max(2, int(edges[-1]))]
        high = max(float(visible.max(initial=0.0)), 1e-30)
        if not self.is_log:
            return np.clip(heights / high, 0.0, 1.0)
        # From the floor of what is in view, so that a line lies on its base, beside its time, where nothing stands out.
        low = min(max(float(np.percentile(visible, _FLOOR_PERCENT)), high / 10**_DECADES), high / 10.0)
        return np.asarray(np.clip(np.log10(np.maximum(heights, 1e-300) / low) / np.log10(high / low), 0.0, 1.0))
