"""The stacked plots as a picture: all rows, not only those that fit the window, with events, time axis and a title."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, QSize
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtWidgets import QWidget

from workbench.ui.widgets.plots.geometry import EDGE_PX
from workbench.ui.widgets.plots.row_frame import Drawn, Scene, draw_frame, draw_vectors
from workbench.ui.widgets.plots.words import unit_words

if TYPE_CHECKING:
    from workbench.ui.widgets.plots.stack import StackedPlots
    from workbench.ui.widgets.plots.strip import Strip

HEAD_PX = 28


def picture_size(plots: StackedPlots) -> QSize:
    """Pixels of the picture at scale 1."""
    return QSize(plots.width(), HEAD_PX + _strips_px(plots) + math.ceil(plots.rows.content_px) + plots.axis.height())


def draw_picture(plots: StackedPlots, title: str, scale: float = 1.0) -> QImage:
    """A picture at `scale` device pixels a pixel; without the cursors."""
    size = picture_size(plots)
    image = QImage(size * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    scene = plots.rows.whole_scene()
    rows = QImage(QSize(size.width(), scene.height_px) * scale, QImage.Format.Format_RGB32)
    rows.setDevicePixelRatio(scale)
    drawn = draw_frame(rows, scene)
    painter = QPainter(image)
    top = _draw_head(painter, plots, title, size)
    painter.drawImage(QPointF(0, top), rows)
    _draw_foot(painter, plots, scene, drawn, top)
    painter.end()
    return image


def write_svg(plots: StackedPlots, title: str, path: Path) -> bool:
    """The same as vectors; False where the file can't be written."""
    from PySide6.QtSvg import QSvgGenerator

    size = picture_size(plots)
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(size)
    generator.setViewBox(QRect(QPoint(0, 0), size))
    generator.setTitle(title)
    painter = QPainter()
    if not painter.begin(generator):
        return False
    scene = plots.rows.whole_scene()
    top = _draw_head(painter, plots, title, size)
    painter.save()
    painter.translate(0, top)
    drawn = draw_vectors(painter, scene)
    painter.restore()
    _draw_foot(painter, plots, scene, drawn, top)
    return painter.end()


def _strips(plots: StackedPlots) -> list[Strip]:
    return [strip for strip in (plots.regimes, plots.events) if strip.isVisibleTo(plots)]


def _strips_px(plots: StackedPlots) -> int:
    return sum(strip.height() for strip in _strips(plots))


def _draw_head(painter: QPainter, plots: StackedPlots, title: str, size: QSize) -> int:
    """Ground, title and strips; returns where the rows begin."""
    theme = plots.rows.theme
    painter.fillRect(QRect(QPoint(0, 0), size), theme.colour("plot"))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(theme.font("label"))
    painter.setPen(theme.colour("text1"))
    painter.drawText(QPointF(EDGE_PX, 18), title)
    top = HEAD_PX
    for strip in _strips(plots):
        _render(strip, painter, top)
        top += strip.height()
    return top


def _draw_foot(painter: QPainter, plots: StackedPlots, scene: Scene, drawn: Drawn, top: int) -> None:
    """Units under the names (there are no values without a cursor), and the time axis."""
    theme = scene.theme
    painter.setFont(theme.font("small"))
    painter.setPen(theme.colour("text3"))
    units = {channel.name: channel.unit for row in scene.rows for channel in row.channels}
    for (_, name), at in drawn.value_places.items():
        painter.drawText(QPointF(at.x(), top + at.y() + 12), unit_words(units[name]))
    _render(plots.axis, painter, top + scene.height_px)


def _render(strip: Strip, painter: QPainter, top: int) -> None:
    view = strip.view
    kept = view.cursor_ns, view.delta_ns
    view.cursor_ns = view.delta_ns = None
    painter.save()
    painter.translate(0, top)
    strip.render(painter, QPoint(0, 0), QRegion(), QWidget.RenderFlag.DrawChildren)
    painter.restore()
    view.cursor_ns, view.delta_ns = kept
