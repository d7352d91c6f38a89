"""What moves over the kept picture of the rows: span, cursors with their dots, values in the gutter."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from workbench.ui.widgets.plots.gutter import paint_value

if TYPE_CHECKING:
    from workbench.ui.widgets.plots.rows import PlotRows

FOCUS_PX = 3


def paint_moving(rows: PlotRows, painter: QPainter, *, is_gutter_asked: bool) -> None:
    """Span, cursors with their dots, values in the gutter, the chosen row and what is dragged."""
    bottom = rows.bottom_px()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rows.tool.paint(painter, bottom)
    for at_ns, tone in ((rows.view.delta_ns, "text2"), (rows.view.cursor_ns, "cursor")):
        x = rows.paint_line(painter, at_ns, tone, (0, bottom))
        if x is not None and at_ns is not None:
            _paint_dots(rows, painter, x, at_ns, tone)
    if is_gutter_asked:
        _paint_values(rows, painter)
    if rows.hasFocus() and rows.rows:
        box = rows.plot_box(rows.current)
        painter.fillRect(QRectF(0, box.top(), FOCUS_PX, box.height() + 8), rows.theme.colour("focus"))
    rows.drag.paint(painter)


def _paint_values(rows: PlotRows, painter: QPainter) -> None:
    """Values at the cursor in the gutter."""
    channels = {channel.name: channel for channel in rows.channels}
    for (_, name), at in rows.drawn.value_places.items():
        base = rows.known(name, rows.view.delta_ns) if rows.view.delta_ns is not None else None
        paint_value(painter, rows.theme, channels[name], (rows.known(name, rows.view.cursor_ns), base), at)


def _paint_dots(rows: PlotRows, painter: QPainter, x: float, at_ns: int, tone: str) -> None:
    painter.setPen(QPen(rows.theme.colour(tone), 1.5))
    painter.setBrush(rows.theme.colour("plot"))
    for (row, name), scale in rows.drawn.scales.items():
        if rows.layout_now.look_of(name).is_hidden:
            continue
        known, box = rows.known(name, at_ns), rows.plot_box(row)
        if known is None or known.is_late or not math.isfinite(share := scale.share(known.value)):
            continue
        y = box.bottom() - share * box.height()
        painter.drawEllipse(QPointF(x, min(max(y, box.top()), box.bottom())), 3.0, 3.0)
