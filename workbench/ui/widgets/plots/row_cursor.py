"""What moves over the kept picture of the rows: span, cursors with their dots, values in the gutter."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QPainter, QPen

from workbench.ui.widgets.plots.gutter import paint_value
from workbench.ui.widgets.plots.row_model import digits_of_scale

if TYPE_CHECKING:
    from workbench.ui.widgets.plots.rows import PlotRows

FOCUS_PX = 3
_DOT_PX, _DOT_REACH_PX = 3.0, 6


def paint_moving(rows: PlotRows, painter: QPainter, *, is_gutter_asked: bool) -> None:
    """Span, cursors with their dots, values in the gutter, the chosen row and what is dragged."""
    bottom = rows.bottom_px()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rows.tool.paint(painter, bottom)
    for at_ns, tone in ((rows.view.delta_ns, "text2"), (rows.view.cursor_ns, "cursor")):
        if rows.paint_line(painter, at_ns, tone, (0, bottom)) is not None and at_ns is not None:
            painter.setPen(QPen(rows.theme.colour(tone), 1.5))
            painter.setBrush(rows.theme.colour("plot"))
            for dot in dots(rows, at_ns):
                painter.drawEllipse(dot, _DOT_PX, _DOT_PX)
    if is_gutter_asked:
        _paint_values(rows, painter)
    if rows.hasFocus() and rows.rows:
        box = rows.plot_box(rows.current)
        painter.fillRect(QRectF(0, box.top(), FOCUS_PX, box.height() + 8), rows.theme.colour("focus"))
    rows.drag.paint(painter)


def _paint_values(rows: PlotRows, painter: QPainter) -> None:
    """Values at the cursor in the gutter."""
    channels = {channel.name: channel for channel in rows.channels}
    for (row, name), at in rows.drawn.value_places.items():
        base = rows.known(name, rows.view.delta_ns) if rows.view.delta_ns is not None else None
        scale = rows.drawn.scales.get((row, name))
        least = digits_of_scale(scale) if scale is not None else 0
        paint_value(painter, rows.theme, channels[name], (rows.known(name, rows.view.cursor_ns), base), at, least)


def repaint_dots(rows: PlotRows, former_px: frozenset[int]) -> frozenset[int]:
    """Paint anew where dots were and are: between samples that are far apart they lie beside the line. Returns their pixels."""
    at = [one for one in (rows.view.cursor_ns, rows.view.delta_ns) if one is not None]
    now = frozenset(round(dot.x()) for one in at if rows.view.start_ns <= one <= rows.view.end_ns for dot in dots(rows, one))
    for x in former_px | now:
        rows.update(QRect(x - _DOT_REACH_PX, 0, 2 * _DOT_REACH_PX + 1, rows.height()))
    return now


def dots(rows: PlotRows, at_ns: int) -> list[QPointF]:
    """Where the curves are at a cursor: on the samples whose values are said, which between two samples lie left of its line.

    A value that is held until the next one is on the line itself.
    """
    found, columns = [], rows.columns
    line = round(columns.x_px(at_ns)) + 0.5
    for (row, name), scale in rows.drawn.scales.items():
        look = rows.layout_now.look_of(name)
        known, box = rows.known(name, at_ns), rows.plot_box(row)
        if look.is_hidden or known is None or known.is_late or not math.isfinite(share := scale.share(known.value)):
            continue
        is_apart = look.style != "steps" and rows.view.start_ns <= known.at_ns
        x = columns.x_px(known.at_ns) if is_apart else line
        y = box.bottom() - share * box.height()
        found.append(QPointF(x if line - x > 1.5 else line, min(max(y, box.top()), box.bottom())))
    return found
