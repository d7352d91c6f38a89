"""Limits behind the curves of a channel, such as severity zones: each a line of its own style with its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.plots.row_model import PlotRow, Scale

if TYPE_CHECKING:
    from collections.abc import Sequence

_STYLES = {"low": Qt.PenStyle.DotLine, "middle": Qt.PenStyle.DashLine, "high": Qt.PenStyle.SolidLine}
_AIR = 1.28
_NAME_PX = 13.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitLine:
    """Where something begins, in the channel's unit: 'Zone C 4.5'. `weight`: low, middle or high (dots, dashes, full)."""

    value: float
    name: str
    weight: str = "middle"


Limits = Mapping[str, tuple[LimitLine, ...]]
NO_LIMITS: Limits = {}


def lines_of(row: PlotRow, limits: Limits) -> tuple[LimitLine, ...]:
    """The lines of a row: of its first channel that has any, as channels of one unit share an axis."""
    if row.is_percent:
        return ()
    return next((limits[channel.name] for channel in row.channels if channel.name in limits), ())


def widened(axis: Scale, row: PlotRow, lines: Sequence[LimitLine]) -> Scale:
    """An axis that reaches to 0 and to the next limit above what is drawn, unless the person fixed it."""
    above = [line.value for line in lines if line.value > axis.high]
    if not lines or row.limits is not None or axis.is_log:
        return axis
    low = min(axis.low, 0.0) if axis.low > 0 else axis.low
    return replace(axis, low=low, high=max(axis.high, min(above) * _AIR) if above else axis.high)


def paint_limits(painter: QPainter, theme: ThemeSource, box: QRectF, axis: Scale, lines: Sequence[LimitLine]) -> None:
    """Each line with its name above it at the left; names that would meet are left out from below."""
    last = -1e9
    painter.setFont(theme.font("caption"))
    for line in sorted(lines, key=_by_value, reverse=True):
        share = axis.share(line.value)
        if not 0.0 <= share <= 1.0:
            continue
        y = round(box.bottom() - share * box.height()) + 0.5
        painter.setPen(QPen(theme.colour("text1"), theme.tokens.line_width_px, _STYLES[line.weight]))
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        if y - last >= _NAME_PX:
            base = y - 4 if y - _NAME_PX >= box.top() - 2 else y + _NAME_PX - 2
            width = painter.fontMetrics().horizontalAdvance(line.name)
            painter.fillRect(QRectF(box.left() + 3, base - _NAME_PX + 3, width + 6, _NAME_PX), theme.colour("plot", 0.85))
            painter.drawText(QPointF(box.left() + 6, base), line.name)
            last = max(y, base)


def _by_value(line: LimitLine) -> float:
    return line.value
