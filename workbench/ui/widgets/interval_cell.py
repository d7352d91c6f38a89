"""A table cell with a figure's interval: a dot on a line from low to high, and the column's limit dashed through all rows."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QTableView

from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.chart_axes import curve_colour
from workbench.ui.widgets.table import CellPainter
from workbench.ui.widgets.table_model import ArrayModel, Column

_DOT_PX = 4.0


class IntervalPainter(CellPainter):
    """Reads the keys `low`, `middle`, `high` of a row; `set_scale` says what fills the cell and where the limit is."""

    def __init__(self, theme: ThemeSource, model: ArrayModel, parent: QTableView, keys: tuple[str, str, str]) -> None:
        super().__init__(theme, model, parent)
        self._keys = keys
        self._full = 1.0
        self._limit: float | None = None

    def set_scale(self, full: float, limit: float | None) -> None:
        """`full`: the value at the right end; `limit`: the dashed line, None for none."""
        self._full, self._limit = max(full, 1e-9), limit

    def _paint_value(self, painter: QPainter, box: QRect, column: Column, source: int) -> None:
        low, middle, high = (self._number(key, source) for key in self._keys)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, y = self._theme, box.center().y() + 0.5
        if self._limit is not None:
            painter.setPen(QPen(theme.colour("text1"), theme.tokens.line_width_px, Qt.PenStyle.DashLine))
            x = self._x(box, self._limit)
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom() + 1))
        if math.isnan(middle):
            return
        is_quiet = bool(self._model.value("is_quiet", source))
        colour = theme.colour("text3") if is_quiet else curve_colour(theme, 0)
        if not math.isnan(low) and not math.isnan(high):
            painter.setPen(QPen(colour, 1.4))
            painter.drawLine(QPointF(self._x(box, low), y), QPointF(self._x(box, high), y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(self._x(box, middle), y), _DOT_PX, _DOT_PX)

    def _number(self, key: str, source: int) -> float:
        value = self._model.value(key, source)
        return float("nan") if value is None else float(value)  # type: ignore[arg-type]

    def _x(self, box: QRect, value: float) -> float:
        return box.left() + _DOT_PX + min(1.0, max(0.0, value / self._full)) * (box.width() - 2 * _DOT_PX)
