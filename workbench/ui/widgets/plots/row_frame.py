"""One picture of all rows: grid, ticks, events, gaps, curves, quality strips and the names in the gutter; no cursor, no values.

The window keeps the picture while nothing but the cursor moves; exports draw the same at any size. Curves go straight into
a picture's pixels where it has some (`image`), and become strokes of the painter elsewhere (SVG) or where samples are few.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import tzinfo
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QImage, QPainter

from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.chart_axes import curve_colour
from workbench.ui.widgets.plots.clock import clock_ticks, ticks_that_fit
from workbench.ui.widgets.plots.events import paint_tints
from workbench.ui.widgets.plots.geometry import TICK_GAP_PX, Columns
from workbench.ui.widgets.plots.gutter import NamesCache, paint_all_names, paint_percent
from workbench.ui.widgets.plots.limit_lines import Limits, lines_of, paint_limits, widened
from workbench.ui.widgets.plots.marks import Marks
from workbench.ui.widgets.plots.quality import QualityMark, paint_findings, paint_strip
from workbench.ui.widgets.plots.row_curves import CurveDrawing
from workbench.ui.widgets.plots.row_limits import row_scales
from workbench.ui.widgets.plots.row_model import PLOT_SHARE_PX, PlotRow, Scale
from workbench.ui.widgets.plots.value_ticks import log_ticks, value_ticks

if TYPE_CHECKING:
    from workbench.logs.recordings.pyramid import Envelope
    from workbench.services.log_views import AssetLogs


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What is to be drawn. `tops` and `heights` [n rows] in pixels from the picture's top."""

    theme: ThemeSource
    columns: Columns
    zone: tzinfo
    logs: AssetLogs
    rows: tuple[PlotRow, ...]
    tops: tuple[float, ...]
    heights: tuple[float, ...]
    height_px: int
    marks: Marks
    chosen_event: str = ""
    quality: dict[str, tuple[QualityMark, ...]] = field(default_factory=dict)
    limits: Limits = field(default_factory=dict)
    names: NamesCache | None = None
    """Names drawn before, for a window that draws again and again."""

    def box(self, row: int) -> QRectF:
        """The plot of a row."""
        return QRectF(self.columns.left, self.tops[row] + 2, self.columns.width, self.heights[row] - PLOT_SHARE_PX)

    def shown(self) -> list[int]:
        """Rows that lie in the picture."""
        return [row for row, top in enumerate(self.tops) if top < self.height_px and top + self.heights[row] > 0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Where things ended up: the scale of each channel in each row, and where its value goes in the gutter."""

    scales: dict[tuple[int, str], Scale] = field(default_factory=dict)
    value_places: dict[tuple[int, str], QPointF] = field(default_factory=dict)
    axes: dict[int, Scale] = field(default_factory=dict)
    """What the ticks of each row say."""


def draw_frame(image: QImage, scene: Scene) -> Drawn:
    """Draw into a 32-bit picture; its device pixel ratio is taken into account."""
    image.fill(scene.theme.colour("plot"))
    drawing = _Drawing(scene)
    painter = QPainter(image)
    drawing.draw_under(painter)
    painter.end()
    drawing.curves.fill(image)
    painter = QPainter(image)
    drawing.draw_over(painter, has_pixels=True)
    painter.end()
    return drawing.drawn()


def draw_vectors(painter: QPainter, scene: Scene) -> Drawn:
    """The same by strokes alone, for SVG and printers."""
    drawing = _Drawing(scene)
    drawing.draw_under(painter)
    drawing.draw_over(painter, has_pixels=False)
    return drawing.drawn()


class _Drawing:
    """The steps of one picture; envelopes are read once, for all rows together."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.theme = scene.theme
        columns, view = scene.columns, scene.columns.view
        names = {channel.name for row in scene.shown() for channel in scene.rows[row].channels}
        self.n_pixels = round(columns.width)
        self.envelopes = scene.logs.envelopes_of(sorted(names), view.start_ns, view.end_ns, self.n_pixels)
        self.scales: dict[tuple[int, str], Scale] = {}
        self.places: dict[tuple[int, str], QPointF] = {}
        self.axes: dict[int, Scale] = {}
        self.ticks: dict[int, list[tuple[float, str]]] = {}
        for row in scene.shown():
            scales, limits = row_scales(scene.rows[row], self.envelopes)
            lines = lines_of(scene.rows[row], scene.limits)
            if lines:
                limits = widened(limits, scene.rows[row], lines)
                scales = dict.fromkeys(scales, limits)
            self.scales.update({(row, name): scale for name, scale in scales.items()})
            self.axes[row] = limits
            unit = " %" if scene.rows[row].is_percent else ""
            is_empty = not any(_has_values(self.envelopes[channel.name]) for channel in scene.rows[row].channels)
            self.ticks[row] = [] if is_empty else [(limits.share(value), text + unit) for value, text in _ticks(limits)]
        self.gaps = gaps_px(scene.logs, columns)
        self.curves = CurveDrawing(scene, self.envelopes, self.scales)

    def drawn(self) -> Drawn:
        """Where things ended up."""
        return Drawn(scales=self.scales, value_places=self.places, axes=self.axes)

    def draw_under(self, painter: QPainter) -> None:
        """Events, grid, gaps, and everything in the gutter."""
        scene = self.scene
        days = self._days()
        if scene.names is not None:
            scene.names.labels.begin(painter, self.theme)
        for row in scene.shown():
            box = scene.box(row)
            paint_tints(painter, self.theme, scene.columns, scene.marks, scene.chosen_event, box)
            self._draw_grid(painter, box, row, days)
            self._draw_gaps(painter, box)
            self._draw_excluded(painter, box, row)
            if not self.ticks[row]:
                self._draw_no_value(painter, box)
            # Over the hatch of gaps, which would cover the lines' names.
            paint_limits(painter, self.theme, box, self.axes[row], lines_of(scene.rows[row], scene.limits))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rows = [(row, scene.rows[row], scene.box(row)) for row in scene.shown()]
        names = scene.names
        self.places = (
            names.paint(painter, self.theme, rows, scene.height_px) if names else paint_all_names(painter, self.theme, rows)
        )

    def draw_over(self, painter: QPainter, *, has_pixels: bool) -> None:
        """Curves of few samples (or all, where there are no pixels), names at the curves' ends, quality strips."""
        self.curves.stroke(painter, has_pixels=has_pixels)
        for row in self.scene.shown():
            if self.scene.rows[row].is_percent:
                paint_percent(painter, self.theme, self.scene.box(row))
        if "" in self.scene.quality:
            for row in self.scene.shown():
                self._draw_quality(painter, row)
        for row in self.scene.shown():
            if len(self.scene.rows[row].channels) > 1:
                self._draw_end_names(painter, row)

    def _days(self) -> list[float]:
        columns = self.scene.columns
        n_most = ticks_that_fit(columns.width, columns.view.length_ns)
        ticks = clock_ticks(columns.view.start_ns, columns.view.end_ns, self.scene.zone, n_most)
        return [round(columns.x_px(tick.at_ns)) for tick in ticks if tick.is_day and tick.at_ns >= columns.view.start_ns]

    def _draw_grid(self, painter: QPainter, box: QRectF, row: int, days: list[float]) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(self.theme.font("small"))
        metrics = painter.fontMetrics()
        heights = [(round(box.bottom() - share * box.height()), text) for share, text in self.ticks[row]]
        colour = self.theme.colour("grid")
        for y, _ in heights:
            painter.fillRect(QRectF(box.left(), y, box.width(), 1), colour)
        for x in days:
            painter.fillRect(QRectF(x, box.top(), 1, box.height()), colour)
        painter.setPen(self.theme.colour("text3"))
        half, least = metrics.ascent() / 2 - 1, box.top() - 3.0 + metrics.ascent()
        for y, text in heights:
            end = QPointF(box.left() - TICK_GAP_PX, min(max(y + half, least), box.bottom() + 4))
            if self.scene.names is not None:
                self.scene.names.labels.paint(painter, text, end)
            else:
                painter.drawText(QPointF(end.x() - metrics.horizontalAdvance(text), end.y()), text)

    def _draw_gaps(self, painter: QPainter, box: QRectF) -> None:
        for left, right in self.gaps:
            if right - left >= 2:
                area = QRectF(left, box.top(), right - left, box.height())
                painter.fillRect(area, self.theme.colour("plot"))
                painter.fillRect(area, QBrush(self.theme.colour("border_mid"), Qt.BrushStyle.BDiagPattern))

    def _draw_no_value(self, painter: QPainter, box: QRectF) -> None:
        """Say that nothing was forgotten, where no hatch says so already."""
        painter.setFont(self.theme.font("small"))
        words = QCoreApplication.translate("Plots", "no value in this stretch")
        edges = [box.left(), *(edge for gap in self.gaps for edge in gap), box.right()]
        left, right = max(zip(edges[::2], edges[1::2], strict=True), key=_width)
        if right - left >= painter.fontMetrics().horizontalAdvance(words) + 12:
            painter.setPen(self.theme.colour("text3"))
            painter.drawText(QRectF(left + 6, box.top(), right - left, box.height()), int(Qt.AlignmentFlag.AlignVCenter), words)

    def _draw_excluded(self, painter: QPainter, box: QRectF, row: int) -> None:
        """Stretches that a correction takes out of a channel: hatched the other way than gaps, dim."""
        columns = self.scene.columns
        for channel in self.scene.rows[row].channels:
            for start_ns, end_ns in self.scene.logs.excluded(channel.name):
                if end_ns < columns.view.start_ns or start_ns > columns.view.end_ns:
                    continue
                left = max(columns.left, columns.x_px(start_ns))
                right = max(min(columns.right, columns.x_px(end_ns)), left + 2)
                area = QRectF(left, box.top(), right - left, box.height())
                painter.fillRect(area, self.theme.colour("bg3", 0.6))
                painter.fillRect(area, QBrush(self.theme.colour("border_mid", 0.7), Qt.BrushStyle.FDiagPattern))

    def _draw_quality(self, painter: QPainter, row: int) -> None:
        box = self.scene.box(row)
        paint_strip(painter, self.theme, box, self.gaps)
        for channel in self.scene.rows[row].channels:
            paint_findings(painter, self.theme, self.scene.columns, box, self.scene.quality.get(channel.name, ()))

    def _draw_end_names(self, painter: QPainter, row: int) -> None:
        """The name of each curve at its end, one below the other where they would meet."""
        box = self.scene.box(row)
        painter.setFont(self.theme.font("label"))
        height, ascent = painter.fontMetrics().height(), painter.fontMetrics().ascent()
        ends = []
        held = self.scene.rows[row]
        for number, channel in enumerate(held.channels):
            if held.look(number).is_hidden:
                continue
            share = _last_share(self.envelopes.get(channel.name, []), self.scales[row, channel.name])
            if share is not None:
                ends.append((box.bottom() - share * box.height() - height - 2, number, channel.name))
        tops = _apart([y for y, _, _ in sorted(ends)], height, (box.top(), box.bottom()))
        for taken, (_, number, name) in zip(tops, sorted(ends), strict=True):
            width = painter.fontMetrics().horizontalAdvance(name)
            area = QRectF(box.right() - width - 6, taken, width + 6, height)
            painter.fillRect(area, self.theme.colour("plot", 0.85))
            painter.setPen(curve_colour(self.theme, held.colour(number)))
            painter.drawText(QPointF(area.left() + 3, taken + ascent), name)


def _width(span: tuple[float, float]) -> float:
    return span[1] - span[0]


def _apart(tops: list[float], height: float, ends: tuple[float, float]) -> list[float]:
    """Tops of words of a height, in order, moved so that none covers another and all lie between two ends if they can."""
    placed: list[float] = []
    for top in tops:
        placed.append(max(top, ends[0], placed[-1] + height if placed else ends[0]))
    limit = ends[1] - height
    for number in range(len(placed) - 1, -1, -1):
        placed[number] = min(placed[number], limit)
        limit = placed[number] - height
    return placed


def gaps_px(logs: AssetLogs, columns: Columns) -> list[tuple[float, float]]:
    """Pixels of the gaps in the range; those that begin in one pixel and end in it are one."""
    import numpy as np

    view, gaps = columns.view, logs.gap_array
    gaps = gaps[np.searchsorted(gaps[:, 1], view.start_ns) : np.searchsorted(gaps[:, 0], view.end_ns)]
    scale = columns.width / view.length_ns
    left, right = (np.clip(columns.left + (gaps - view.start_ns) * scale, columns.left, columns.right)).T
    is_first = np.diff(np.floor(left), prepend=-1.0) > 0
    kept = is_first | (right - left >= 1)
    return list(zip(left[kept].tolist(), right[kept].tolist(), strict=True))


def _ticks(limits: Scale) -> list[tuple[float, str]]:
    if limits.is_log:
        return log_ticks((limits.low, limits.high))
    return value_ticks((limits.low, limits.high))


def _has_values(found: list[Envelope]) -> bool:
    import numpy as np

    return any(bool(np.isfinite(one.maximum).any()) for one in found)


def _last_share(found: list[Envelope], scale: Scale) -> float | None:
    """Height (0..1) of the last value that is drawn."""
    import numpy as np

    for one in reversed(found):
        good = np.flatnonzero(np.isfinite(one.maximum))
        if len(good):
            share = scale.share(float(one.maximum[good[-1]]))
            return min(max(share, 0.0), 1.0) if share == share else None
    return None
