"""The eight shapes that stand beside the names of events, so that their colour is never the only sign."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from workbench.logs.events.looks import Look, Shape
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.chart_axes import curve_colour

SHAPE_PX = 9.0
_ICON_PX = 16


def shape_words(shape: str) -> str:
    """What a shape is called."""
    tr = QCoreApplication.translate
    words = {
        "circle": tr("Shapes", "circle"), "square": tr("Shapes", "square"), "triangle": tr("Shapes", "triangle"),
        "diamond": tr("Shapes", "diamond"), "wedge": tr("Shapes", "wedge"), "plus": tr("Shapes", "plus"),
        "bar": tr("Shapes", "bar"), "ring": tr("Shapes", "ring"),
    }  # fmt: skip
    return words.get(shape, shape)


def look_colour(theme: ThemeSource, look: Look) -> QColor:
    """The curve colour of a look in the theme that is on."""
    return curve_colour(theme, look.colour - 1)


def paint_shape(painter: QPainter, theme: ThemeSource, look: Look, centre: QPointF, size_px: float = SHAPE_PX) -> None:
    """Draw a look's shape around a point."""
    colour = look_colour(theme, look)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    _draw(painter, look.shape, QRectF(centre.x() - size_px / 2, centre.y() - size_px / 2, size_px, size_px), colour)
    painter.restore()


def look_icon(theme: ThemeSource, look: Look, scale: float = 1.0) -> QIcon:
    """A look as an icon for menus and fields."""
    pixmap = QPixmap(QSize(round(_ICON_PX * scale), round(_ICON_PX * scale)))
    pixmap.setDevicePixelRatio(scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_shape(painter, theme, look, QPointF(_ICON_PX / 2, _ICON_PX / 2), 10.0)
    painter.end()
    return QIcon(pixmap)


def _draw(painter: QPainter, shape: Shape, box: QRectF, colour: QColor) -> None:
    middle = box.center()
    corners: dict[str, list[QPointF]] = {
        "triangle": [QPointF(middle.x(), box.top()), box.bottomRight(), box.bottomLeft()],
        "wedge": [box.topLeft(), box.topRight(), QPointF(middle.x(), box.bottom())],
        "diamond": [
            QPointF(middle.x(), box.top() - 0.5), QPointF(box.right() + 0.5, middle.y()),
            QPointF(middle.x(), box.bottom() + 0.5), QPointF(box.left() - 0.5, middle.y()),
        ],
    }  # fmt: skip
    if shape in corners:
        painter.drawPolygon(QPolygonF(corners[shape]))
    elif shape == "square":
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
    elif shape == "bar":
        painter.drawRect(QRectF(box.left(), middle.y() - 2, box.width(), 4))
    elif shape == "plus":
        painter.drawRect(QRectF(box.left(), middle.y() - 1.25, box.width(), 2.5))
        painter.drawRect(QRectF(middle.x() - 1.25, box.top(), 2.5, box.height()))
    elif shape == "ring":
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 2))
        painter.drawEllipse(box.adjusted(1, 1, -1, -1))
    else:
        painter.drawEllipse(box)
