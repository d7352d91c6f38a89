"""The strip above the events: in which operating state the pump was, as named boxes in greys and one blue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip

from workbench.core.clock import parse_utc
from workbench.services.regimes import RegimeSpan
from workbench.ui.format import span
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.chart_axes import curve_colour
from workbench.ui.widgets.plots.geometry import EDGE_PX
from workbench.ui.widgets.plots.strip import Strip
from workbench.ui.widgets.plots.time_view import TimeView
from workbench.ui.widgets.text import plain_tip

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

REGIMES_PX = 18
_BOX_PX = 16
_PAD_PX = 6
_LEAST_LETTERS = 5
"""A name cut to fewer letters than this says nothing."""
_FULL, _MOST, _HALF, _FAINT = 0.34, 0.26, 0.17, 0.09
_DARK = frozenset({"start-up", "coast-down"})
_HOLLOW = frozenset({"stopped", "standby"})
_BLUES = {
    "throttled": _MOST, "minimum flow": _MOST, "dead-head": _FULL, "dry run": _FULL, "reverse rotation": _FULL,
    "parallel": _HALF, "density change": _FAINT,
}  # fmt: skip
"""How much of the curves' blue: the farther from a steady duty, the more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeMark:
    """One stretch on the strip; instants in ns. `kind` is the stored name, `words` what is shown."""

    kind: str
    words: str
    start_ns: int
    end_ns: int


def regime_words(name: str) -> str:
    """The states in the person's language."""
    tr = QCoreApplication.translate
    words = {
        "stopped": tr("Regimes", "Stopped"), "start-up": tr("Regimes", "Start-up"), "steady": tr("Regimes", "Steady"),
        "throttled": tr("Regimes", "Throttled"), "dead-head": tr("Regimes", "Dead-head"), "standby": tr("Regimes", "Standby"),
        "coast-down": tr("Regimes", "Coast-down"), "minimum flow": tr("Regimes", "Minimum flow"),
        "dry run": tr("Regimes", "Dry run"), "reverse rotation": tr("Regimes", "Reverse rotation"),
        "parallel": tr("Regimes", "Parallel operation"), "density change": tr("Regimes", "Density change"),
    }  # fmt: skip
    return words.get(name, name)


def marks_of_regimes(spans: Sequence[RegimeSpan], gaps: NDArray[np.int64]) -> tuple[RegimeMark, ...]:
    """Stretches in order of time; each reaches to the next one's beginning unless samples are missing between them."""
    starts = [parse_utc(one.start_utc) for one in spans]
    ends = [parse_utc(one.end_utc) for one in spans]
    begun = set(gaps[:, 0].tolist())
    marks = []
    for number, one in enumerate(spans):
        is_joined = number + 1 < len(spans) and ends[number] not in begun and starts[number + 1] > starts[number]
        end_ns = starts[number + 1] if is_joined else ends[number]
        marks.append(RegimeMark(kind=one.name, words=words_of(one), start_ns=starts[number], end_ns=end_ns))
    return tuple(marks)


def words_of(one: RegimeSpan) -> str:
    """'Steady' and the like."""
    return regime_words(one.name)


class RegimeStrip(Strip):
    """Boxes with names; `regime_chosen(RegimeMark)` when one was clicked."""

    regime_chosen = Signal(object)

    def __init__(self, theme: ThemeSource, view: TimeView) -> None:
        super().__init__(theme, view)
        self.setFixedHeight(REGIMES_PX)
        self.marks: tuple[RegimeMark, ...] = ()
        self.chosen: RegimeMark | None = None

    def set_marks(self, marks: tuple[RegimeMark, ...], chosen: RegimeMark | None = None) -> None:
        """Show these stretches."""
        self.marks, self.chosen = marks, chosen
        self.update()

    def mark_at(self, x_px: float) -> RegimeMark | None:
        """The stretch under a pixel of the plots."""
        if not self.columns.left <= x_px <= self.columns.right:
            return None
        at_ns = self.columns.at_ns(x_px)
        return next((mark for mark in self.marks if mark.start_ns <= at_ns <= mark.end_ns), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        mark = self.mark_at(event.position().x())
        if mark is not None:
            self.regime_chosen.emit(mark)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            mark = self.mark_at(event.pos().x())
            tip = "" if mark is None else plain_tip(f"{mark.words}, {span(mark.start_ns, mark.end_ns, self.zone)}")
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.theme.font("small"))
        painter.setPen(self.theme.colour("text2"))
        painter.drawText(QPointF(EDGE_PX, 13), self.tr("Regime"))
        for left, right, mark in self._boxes():
            self._paint_box(painter, QRectF(left, 1, right - left, _BOX_PX), mark)
        painter.end()

    def _boxes(self) -> list[tuple[float, float, RegimeMark]]:
        """(left, right, stretch) in pixels; of many within one pixel the first stands for all."""
        columns, found, reached = self.columns, [], float("-inf")
        for mark in self.marks:
            if mark.end_ns < self.view.start_ns or mark.start_ns > self.view.end_ns:
                continue
            left, right = max(columns.left, columns.x_px(mark.start_ns)), min(columns.right, columns.x_px(mark.end_ns))
            if right - reached >= 1 or mark == self.chosen:
                found.append((left, max(right, left + 1), mark))
                reached = right
        return found

    def _paint_box(self, painter: QPainter, box: QRectF, mark: RegimeMark) -> None:
        is_wide = box.width() >= 4
        area = box.adjusted(0.5, 0.5, -1.0, -0.5) if is_wide else box
        painter.setPen(self._edge(mark) if is_wide else Qt.PenStyle.NoPen)
        painter.setBrush(self._fill(mark))
        if is_wide:
            painter.drawRoundedRect(area, 2, 2)
        else:
            painter.drawRect(area)
        room = box.width() - 2 * _PAD_PX
        painter.setFont(self.theme.font("small"))
        text = painter.fontMetrics().elidedText(mark.words, Qt.TextElideMode.ElideRight, int(room)) if room > 0 else ""
        if text == mark.words or len(text) > _LEAST_LETTERS:
            painter.setPen(self.theme.colour("plot" if mark.kind in _DARK else "text1"))
            painter.drawText(box.adjusted(_PAD_PX, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), text)

    def _fill(self, mark: RegimeMark) -> QColor:
        if mark.kind in _DARK:
            return self.theme.colour("text2")
        if mark.kind in _HOLLOW:
            return self.theme.colour("plot")
        if mark.kind in _BLUES:
            return curve_colour(self.theme, 0, _BLUES[mark.kind])
        return self.theme.colour("bg3")

    def _edge(self, mark: RegimeMark) -> QPen | Qt.PenStyle:
        if mark == self.chosen:
            return QPen(self.theme.colour("accent"), 1.5)
        has_depth = self.theme.tokens["bg3"] != self.theme.tokens["plot"]
        if mark.kind in _HOLLOW or not has_depth:
            return QPen(self.theme.colour("border_mid"), 1)
        return Qt.PenStyle.NoPen
