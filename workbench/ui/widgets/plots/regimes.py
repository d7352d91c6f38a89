"""The strip above the events: in which operating state the pump was, as named boxes in greys and one blue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QToolTip

from workbench.core.clock import parse_utc
from workbench.services.regimes import RegimeSpan
from workbench.ui.format import number, span
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
_REACH_PX = 4.0
_LEAST_BOX_PX = 4
_LEAST_LETTERS = 5
"""A name cut to fewer letters than this says nothing."""
_FULL, _MOST, _HALF, _FAINT = 0.34, 0.26, 0.17, 0.09
_DARK = frozenset({"start-up", "coast-down"})
UNTOLD = "not distinguishable"
_HOLLOW = frozenset({"stopped", "standby", UNTOLD})
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
    edit: str = ""
    """Id of the edit that says so, '' where it was found."""
    confidence: float = 1.0
    could_be: tuple[str, ...] = ()
    """Stored names of states that the channels don't tell from this one."""


def regime_words(name: str) -> str:
    """The states in the person's language."""
    tr = QCoreApplication.translate
    words = {
        "stopped": tr("Regimes", "Stopped"), "start-up": tr("Regimes", "Start-up"), "steady": tr("Regimes", "Steady"),
        "throttled": tr("Regimes", "Throttled"), "dead-head": tr("Regimes", "Dead-head"), "standby": tr("Regimes", "Standby"),
        "coast-down": tr("Regimes", "Coast-down"), "minimum flow": tr("Regimes", "Minimum flow"),
        "dry run": tr("Regimes", "Dry run"), "reverse rotation": tr("Regimes", "Reverse rotation"),
        "parallel": tr("Regimes", "Parallel operation"), "density change": tr("Regimes", "Density change"),
        UNTOLD: tr("Regimes", "Not distinguishable"),
    }  # fmt: skip
    return words.get(name, name)


def marks_of_regimes(spans: Sequence[RegimeSpan], gaps: NDArray[np.int64]) -> tuple[RegimeMark, ...]:
    """Stretches in order of time; each reaches to the next one's beginning, but not over gaps (int64 ns [n, 2])."""
    starts = [parse_utc(one.start_utc) for one in spans]
    ends = [parse_utc(one.end_utc) for one in spans]
    marks = []
    for at, one in enumerate(spans):
        end_ns = starts[at + 1] if at + 1 < len(spans) and starts[at + 1] > starts[at] else ends[at]
        marks += [
            RegimeMark(
                kind=one.name,
                words=words_of(one),
                start_ns=first,
                end_ns=last,
                edit=one.edit,
                confidence=one.confidence,
                could_be=one.could_be,
            )
            for first, last in _without_gaps(starts[at], end_ns, gaps)
        ]
    return tuple(marks)


def _without_gaps(start_ns: int, end_ns: int, gaps: NDArray[np.int64]) -> list[tuple[int, int]]:
    """The parts of a stretch in which there are samples."""
    first, last = gaps[:, 1].searchsorted(start_ns, side="right"), gaps[:, 0].searchsorted(end_ns)
    inside = gaps[first:last].tolist()
    begins = [start_ns, *(after for _, after in inside)]
    ends = [*(before for before, _ in inside), end_ns]
    return [(begin, end) for begin, end in zip(begins, ends, strict=True) if begin < end]


def words_of(one: RegimeSpan) -> str:
    """'Steady 2 980 rpm' and the like."""
    words = regime_words(one.name)
    return f"{words} {number(one.speed_rpm)} rpm" if one.speed_rpm is not None else words


def _is_one(left: RegimeMark, right: RegimeMark) -> bool:
    """Whether a stretch goes on in the next: one state, that a person made longer or that nothing tells from it."""
    is_same = left.kind == right.kind and left.end_ns == right.start_ns
    return is_same and (left.words == right.words or bool(left.edit or right.edit))


def _length_ns(mark: RegimeMark) -> int:
    return mark.end_ns - mark.start_ns


class RegimeStrip(Strip):
    """Boxes with names. `regime_chosen(RegimeMark)` when one was clicked, `menu_asked(RegimeMark, QPoint global)`,
    `boundary_moved(left, right, at_ns)` after the line between two was dragged. Keys: arrows go from state to state, Enter
    chooses, the menu key asks for the menu."""

    regime_chosen = Signal(object)
    menu_asked = Signal(object, QPoint)
    boundary_moved = Signal(object, object, object)

    def __init__(self, theme: ThemeSource, view: TimeView) -> None:
        super().__init__(theme, view)
        self.setFixedHeight(REGIMES_PX)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Regimes"))
        self.marks: tuple[RegimeMark, ...] = ()
        self.chosen: tuple[str, ...] = ()
        """Names of the states that are a filter now."""
        self._current: RegimeMark | None = None
        self._drag: tuple[RegimeMark, RegimeMark, int] | None = None

    def set_marks(self, marks: tuple[RegimeMark, ...]) -> None:
        """Show these stretches."""
        self.marks, self._current, self._drag = marks, None, None
        self.update()

    def set_chosen(self, names: tuple[str, ...]) -> None:
        """Show which state is a filter."""
        self.chosen = names
        self.update()

    def mark_at(self, x_px: float) -> RegimeMark | None:
        """The stretch under a pixel of the plots."""
        if not self.columns.left <= x_px <= self.columns.right:
            return None
        at_ns = self.columns.at_ns(x_px)
        return next((mark for mark in self.marks if mark.start_ns <= at_ns < mark.end_ns), None)

    def boundary_at(self, x_px: float) -> tuple[RegimeMark, RegimeMark] | None:
        """The two neighbours whose common end is near a pixel."""
        for left, right in pairwise(self.marks):
            is_shown = self.view.start_ns < right.start_ns < self.view.end_ns and not _is_one(left, right)
            if is_shown and left.end_ns == right.start_ns and abs(self.columns.x_px(right.start_ns) - x_px) <= _REACH_PX:
                return left, right
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        mark, boundary = self.mark_at(x), self.boundary_at(x)
        if event.button() == Qt.MouseButton.RightButton:
            if mark is not None:
                self.menu_asked.emit(mark, event.globalPosition().toPoint())
        elif boundary is not None:
            self._drag = (*boundary, boundary[1].start_ns)
        elif mark is not None:
            self._current = mark
            self.regime_chosen.emit(mark)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._drag is not None:
            left, right, _ = self._drag
            self._drag = (left, right, min(max(self.columns.at_ns(x), left.start_ns), right.end_ns))
            self.update()
            return
        is_boundary = self.boundary_at(x) is not None
        self.setCursor(Qt.CursorShape.SizeHorCursor if is_boundary else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        drag, self._drag = self._drag, None
        if drag is not None and drag[2] != drag[1].start_ns:
            self.boundary_moved.emit(*drag)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is not None and self.marks:
            self._go(step)
        elif self._current is not None and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.regime_chosen.emit(self._current)
        elif self._current is not None and event.key() == Qt.Key.Key_Menu:
            x = self.columns.x_px(max(self._current.start_ns, self.view.start_ns))
            self.menu_asked.emit(self._current, self.mapToGlobal(QPoint(round(x), REGIMES_PX)))
        else:
            super().keyPressEvent(event)

    def _go(self, step: int) -> None:
        """The state before or after the current one (the first one in sight, to begin with); the view follows."""
        at = self.marks.index(self._current) + step if self._current in self.marks else self._first_shown()
        self._current = self.marks[min(max(at, 0), len(self.marks) - 1)]
        if self._current.end_ns <= self.view.start_ns or self._current.start_ns >= self.view.end_ns:
            self.view.move_by(self._current.start_ns - self.view.start_ns - self.view.length_ns // 4)
        self.update()

    def _first_shown(self) -> int:
        return next((k for k, mark in enumerate(self.marks) if mark.end_ns > self.view.start_ns), 0)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            mark = self.mark_at(event.pos().x())
            tip = "" if mark is None else plain_tip(self._tip(mark))
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
        self._paint_edits(painter)
        if self._drag is not None:
            painter.setPen(QPen(self.theme.colour("accent"), 2))
            x = round(self.columns.x_px(self._drag[2])) + 0.5
            painter.drawLine(QPointF(x, 0), QPointF(x, REGIMES_PX))
        painter.end()

    def _tip(self, mark: RegimeMark) -> str:
        words = f"{mark.words}, {span(mark.start_ns, mark.end_ns, self.zone)}"
        if mark.edit:
            return self.tr("{words}; set by a person").format(words=words)
        others = self.tr(" or ").join(regime_words(name).lower() for name in mark.could_be)
        if mark.kind == UNTOLD:
            return self.tr("{words}; the channels of this log fit {others}").format(words=words, others=others)
        sure = self.tr("{words}; {share} % sure").format(words=words, share=round(100 * mark.confidence))
        return self.tr("{sure}; {others} would fit too").format(sure=sure, others=others) if others else sure

    def _boxes(self) -> list[tuple[float, float, RegimeMark]]:
        """(left, right, stretch) in pixels; of many within one pixel the first stands for all, what goes on as it was is one."""
        columns, reached = self.columns, float("-inf")
        found: list[tuple[float, float, RegimeMark]] = []
        for mark in self.marks:
            if mark.end_ns < self.view.start_ns or mark.start_ns > self.view.end_ns:
                continue
            left, right = max(columns.left, columns.x_px(mark.start_ns)), min(columns.right, columns.x_px(mark.end_ns))
            if found and _is_one(found[-1][2], mark):
                longest = max(found[-1][2], mark, key=_length_ns)
                found[-1] = (found[-1][0], max(right, found[-1][1]), longest)
                reached = found[-1][1]
            elif right - reached >= 1 or mark is self._current:
                found.append((left, max(right, left + 1), mark))
                reached = right
        return found

    def _paint_box(self, painter: QPainter, box: QRectF, mark: RegimeMark) -> None:
        is_wide = box.width() >= _LEAST_BOX_PX
        area = box.adjusted(0.5, 0.5, -1.0, -0.5) if is_wide else box
        painter.setPen(self._edge(mark) if is_wide else Qt.PenStyle.NoPen)
        painter.setBrush(self._fill(mark))
        if is_wide:
            painter.drawRoundedRect(area, 2, 2)
        else:
            painter.drawRect(area)
        room = box.width() - 2 * _PAD_PX
        painter.setFont(self.theme.font("small"))
        metrics = painter.fontMetrics()
        words = mark.words if metrics.horizontalAdvance(mark.words) <= room else regime_words(mark.kind)
        text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(room)) if room > 0 else ""
        if text == words or len(text) > _LEAST_LETTERS:
            painter.setPen(self.theme.colour("plot" if mark.kind in _DARK else "text1"))
            painter.drawText(box.adjusted(_PAD_PX, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), text)

    def _paint_edits(self, painter: QPainter) -> None:
        """A line below what a person said."""
        columns = self.columns
        for mark in self.marks:
            left, right = max(columns.left, columns.x_px(mark.start_ns)), min(columns.right, columns.x_px(mark.end_ns))
            if mark.edit and right - left >= _LEAST_BOX_PX:
                painter.fillRect(QRectF(left + 2.5, _BOX_PX - 1.5, right - left - 5, 1.5), self.theme.colour("accent"))

    def _fill(self, mark: RegimeMark) -> QColor:
        if mark.kind in _DARK:
            return self.theme.colour("text2")
        if mark.kind in _HOLLOW:
            return self.theme.colour("plot")
        if mark.kind in _BLUES:
            return curve_colour(self.theme, 0, _BLUES[mark.kind])
        return self.theme.colour("bg3" if self._has_depth else "grid")

    @property
    def _has_depth(self) -> bool:
        """Whether the theme's insets stand out from its plots; in sunlight all grounds are white."""
        return bool(self.theme.tokens["bg3"] != self.theme.tokens["plot"])

    def _edge(self, mark: RegimeMark) -> QPen | Qt.PenStyle:
        if mark.kind in self.chosen or (self.hasFocus() and mark is self._current):
            return QPen(self.theme.colour("accent"), 1.5)
        if mark.kind in _HOLLOW or not self._has_depth:
            line = Qt.PenStyle.DashLine if mark.kind == UNTOLD else Qt.PenStyle.SolidLine
            return QPen(self.theme.colour("text2" if mark.kind == UNTOLD else "border_mid"), 1, line)
        return Qt.PenStyle.NoPen
