"""The defect lines of a bearing over all bursts, above the envelope spectrum: a click goes to that burst."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from workbench.core.errors import WorkbenchError
from workbench.core.jobs import Job
from workbench.core.requests import Request
from workbench.logs.analysis.defect_lines import STANDS_OUT_DB
from workbench.services.analysis_trend import TREND_LINES, DefectTrendRequest, TrendPicture, find_trend_picture
from workbench.ui.context import AppContext
from workbench.ui.format import number, zone_of
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.analysis.frame import FOCUS_PX
from workbench.ui.widgets.chart_axes import Axes, curve_colour
from workbench.ui.widgets.charts import LineChart, Series
from workbench.ui.widgets.layouts import vertical
from workbench.ui.widgets.plots.words import unit_words
from workbench.ui.widgets.text import Text

if TYPE_CHECKING:
    from workbench.services.analysis_envelope import EnvelopeRequest
    from workbench.services.analysis_reads import Opened

_HEADROOM = 1.12
_SIDE_PX = 16


class DefectTrend(QWidget):
    """`burst_chosen(ns)` after a click or the arrow keys; it asks for what it is told to, and shows why not."""

    burst_chosen = Signal(object)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._asked: object = None
        self._burst_ns: int | None = None
        self.found: TrendPicture | None = None
        self.chart = BurstChart(context.theme, height_px=170)
        self.chart.setAccessibleName(self.tr("Defect lines over bursts"))
        self.chart.hide()
        self.said = Text("", "caption", "text2", is_wrapped=True)
        self._reader: _Reader | None = None
        self.setProperty("surface", "plot")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.said.setContentsMargins(_SIDE_PX, 0, 0, 0)
        column = vertical(self, margins_px=(0, 6, 0, 4), gap_px=2)
        column.addWidget(self.said)
        column.addWidget(self.chart, 1)
        self.chart.cursor_moved.connect(self._on_cursor)
        self.chart.stepped.connect(self._on_step)

    def ask(self, opened: Opened, request: DefectTrendRequest, burst_ns: int | None) -> None:
        """Compute where anything but the burst changed; one computation serves all bursts."""
        self._mark(burst_ns)
        asked = (request, id(opened.logs), opened.facts)
        if asked == self._asked:
            return
        self._asked = asked
        self._reader = _Reader(opened, self)
        self._context.read(self._reader.read, request, self._on_found, self._on_refused, slot=f"trend:{id(self)}")

    def _on_found(self, found: object) -> None:
        assert isinstance(found, TrendPicture)
        self.found = found
        x = [float(at_ns) for at_ns in found.start_ns]
        series, top = [], 1e-12
        for place in range(len(TREND_LINES)):
            kept = [index for index, height in enumerate(found.heights[:, place].tolist()) if height == height]
            heights = [float(found.heights[index, place]) for index in kept]
            top = max(top, *heights) if heights else top
            strong = frozenset(at for at, index in enumerate(kept) if found.above_db[index, place] >= STANDS_OUT_DB)
            series.append(Series(x=[x[index] for index in kept], y=heights, curve=place, has_dots=True, hollow=strong))
        axes = Axes(x_range=(x[0], max(x[-1], x[0] + 1.0)), y_range=(0.0, top * _HEADROOM), is_time=True, n_x_ticks=8)
        self.chart.set_axes(axes, zone_of(self._context.settings.zone))
        self.chart.set_series(series)
        self._mark(None)
        self.chart.show()
        self.said.setText(self._words(found))

    def _words(self, found: TrendPicture) -> str:
        words = self.tr(
            "{bearing}, envelope of {low} to {high} Hz, {unit} RMS, {n} bursts; rings: {db} dB or more above the floor."
        )
        said = words.format(
            bearing=found.bearing, low=number(found.band.low_hz), high=number(found.band.high_hz), unit=unit_words(found.unit),
            n=len(found.start_ns), db=number(STANDS_OUT_DB),
        )  # fmt: skip
        left = self.tr("{n} bursts without a turning shaft are left out.").format(n=found.n_left_out) if found.n_left_out else ""
        return f"{said} {left}".strip()

    def _on_refused(self, error: WorkbenchError) -> None:
        self.found = None
        self.chart.hide()  # empty axes from 0 to 1 say nothing
        self.said.setText(str(error))

    def _mark(self, burst_ns: int | None) -> None:
        self._burst_ns = burst_ns if burst_ns is not None else self._burst_ns
        if self.found is not None:
            at_ns = self._burst_ns if self._burst_ns is not None else int(self.found.start_ns[-1])
            self.chart.set_cursor(float(at_ns), is_draggable=True)

    def _on_cursor(self, x: float) -> None:
        """To the burst nearest to where the mouse is."""
        import numpy as np

        if self.found is not None:
            self._go_to(int(np.argmin(np.abs(self.found.start_ns.astype(np.float64) - x))))

    def _on_step(self, n: int) -> None:
        """So many bursts on."""
        import numpy as np

        if self.found is not None:
            at_ns = self._burst_ns if self._burst_ns is not None else int(self.found.start_ns[-1])
            self._go_to(int(np.argmin(np.abs(self.found.start_ns - at_ns))) + n)

    def _go_to(self, place: int) -> None:
        assert self.found is not None
        at_ns = int(self.found.start_ns[min(max(place, 0), len(self.found.start_ns) - 1)])
        self._mark(at_ns)
        self.burst_chosen.emit(at_ns)


class BurstChart(LineChart):
    """`stepped(n)`: arrows go from burst to burst instead of from pixel to pixel."""

    stepped = Signal(int)
    top_px = 22
    left_px = LineChart.left_px + _SIDE_PX

    def __init__(self, theme: ThemeSource, *, height_px: int) -> None:
        super().__init__(theme, height_px=height_px)
        self.setProperty("no_ring", True)  # a bar at the edge says that it has the keys, as in the plot below

    def paint_data(self, painter: QPainter) -> None:
        super().paint_data(painter)
        if self.hasFocus():
            painter.fillRect(QRectF(0, 0, FOCUS_PX, self.height()), self.theme.colour("focus"))
        x = self.plot_box().left() + 6.0
        for place, name in enumerate(TREND_LINES):
            painter.setPen(QPen(curve_colour(self.theme, place), 2.5))
            painter.drawLine(QPointF(x, 10.0), QPointF(x + 14.0, 10.0))
            self.paint_text(painter, QPointF(x + 19.0, 14.0), name)
            x += 34.0 + painter.fontMetrics().horizontalAdvance(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(step)


class _Reader(QObject):
    """One computation with the logs and facts it began with."""

    def __init__(self, opened: Opened, parent: QObject) -> None:
        super().__init__(parent)
        self._opened = opened

    def read(self, request: Request, job: Job) -> object:
        """Runs on a thread."""
        assert isinstance(request, DefectTrendRequest)
        return find_trend_picture(self._opened, request, job)


def trend_request(request: EnvelopeRequest) -> DefectTrendRequest:
    """The lines of the envelope that is shown, over all bursts."""
    return DefectTrendRequest(
        project=request.project, asset=request.asset, channel=request.channel, start=request.start, end=request.end,
        rpm=request.rpm, regimes=request.regimes, low_hz=request.low_hz, high_hz=request.high_hz, bearing=request.bearing,
        slip=request.slip,
    )  # fmt: skip
