"""The gutter of a row: name, what it measures and its state; the value at the cursor goes where `paint_names` says."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter, QPen

from workbench.ui.format import MINUS, digits_of, number, quantity
from workbench.ui.states import find_state
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.chart_axes import curve_colour
from workbench.ui.widgets.plots.geometry import EDGE_PX, GUTTER_PX
from workbench.ui.widgets.plots.row_model import DASHED_FROM, PlotRow
from workbench.ui.widgets.plots.words import channel_words, unit_words

if TYPE_CHECKING:
    from workbench.services.log_views import ChannelView, LastValue

TICK_COLUMN_PX = 42
LEAST_FONT_PX = 11
NAME_PX = GUTTER_PX - EDGE_PX - TICK_COLUMN_PX
_STATE_PX = 14
_SWATCH_PX = 3
_MOST_LABELS = 256
Rows = list[tuple[int, PlotRow, QRectF]]


def fitting_font(font: QFont, text: str, width_px: float) -> QFont:
    """The font, down to 11 px where the longest word needs it."""
    while font.pixelSize() > LEAST_FONT_PX and max(map(QFontMetricsF(font).horizontalAdvance, text.split(" "))) > width_px:
        font.setPixelSize(font.pixelSize() - 1)
    return font


def paint_lines(painter: QPainter, theme: ThemeSource, lines: list[tuple[str, str, str]], top_px: float) -> float:
    """(text, kind, tone) lines from a height down; long names get smaller and then wrap. Returns where they end."""
    for text, kind, tone in lines:
        painter.setFont(fitting_font(theme.font(kind), text, NAME_PX))
        painter.setPen(theme.colour(tone))
        box = QRectF(EDGE_PX, top_px, NAME_PX, 60)
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWrapAnywhere)
        if max(map(painter.fontMetrics().horizontalAdvance, text.split(" "))) <= NAME_PX:
            flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
        used = painter.boundingRect(box, flags, text)
        painter.drawText(box, flags, text)
        top_px += used.height() + 1
    return top_px


def paint_names(painter: QPainter, theme: ThemeSource, row: PlotRow, box: QRectF) -> dict[str, QPointF]:
    """Names of a row's channels; returns the top left corner of each one's value."""
    if len(row.channels) > 1:
        return _paint_several(painter, theme, row, box)
    channel = row.channels[0]
    words = channel_words(channel.name, channel.unit, channel.quantity)
    if row.look(0).is_hidden:
        words = QCoreApplication.translate("Plots", "hidden")
    lines = [
        (channel.name, "label", "text3" if row.look(0).is_hidden else "text1"),
        *([(words, "small", "text2")] if words else []),
    ]
    end = paint_lines(painter, theme, lines, box.top())
    _paint_state(painter, theme, channel, theme.font("label"), QPointF(EDGE_PX, box.top()))
    return {channel.name: QPointF(EDGE_PX, min(end + 2, box.bottom() - 18))}


def paint_percent(painter: QPainter, theme: ThemeSource, box: QRectF) -> None:
    """Say that each curve of a row is drawn over its own range."""
    painter.setFont(theme.font("caption"))
    painter.setPen(theme.colour("text3"))
    words = QCoreApplication.translate("Plots", "% of each one’s range")
    width = painter.fontMetrics().horizontalAdvance(words) + 6
    # Below the line of 100 %, which is a twelfth below the top.
    area = QRectF(box.left() + 2, box.top() + box.height() / 12 + 3, width, 14)
    painter.fillRect(area, theme.colour("plot", 0.85))
    painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), words)


class NamesCache:
    """The names of the rows as one picture, kept while rows and heights stay: laying words out costs more than drawing curves."""

    def __init__(self) -> None:
        self._key: object = None
        self._image = QImage()
        self._places: dict[tuple[int, str], QPointF] = {}
        self.labels = TickLabels()

    def paint(self, painter: QPainter, theme: ThemeSource, rows: Rows, height_px: int) -> dict[tuple[int, str], QPointF]:
        """Copy it to the left edge; returns where each value goes, by row and channel."""
        ratio = painter.device().devicePixelRatioF()
        key = (theme.tokens.name, height_px, ratio, tuple((row, held, box.top(), box.height()) for row, held, box in rows))
        if key != self._key:
            self._key = key
            self._image = QImage(round(GUTTER_PX * ratio), round(height_px * ratio), QImage.Format.Format_ARGB32_Premultiplied)
            self._image.setDevicePixelRatio(ratio)
            self._image.fill(Qt.GlobalColor.transparent)
            inner = QPainter(self._image)
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._places = paint_all_names(inner, theme, rows)
            inner.end()
        painter.drawImage(QPointF(0, 0), self._image)
        return self._places


class TickLabels:
    """Words of value axes as small pictures on the plot's colour: while one pans, the same few come again and again."""

    def __init__(self) -> None:
        self._key: object = None
        self._images: dict[str, QImage] = {}

    def begin(self, painter: QPainter, theme: ThemeSource) -> None:
        """Take the theme and the screen as they are now."""
        self._theme, self._ratio = theme, painter.device().devicePixelRatioF()
        key = (theme.tokens.name, self._ratio)
        if key != self._key or len(self._images) > _MOST_LABELS:
            self._key = key
            self._ascent = math.ceil(QFontMetricsF(theme.font("small")).ascent())
            self._images.clear()

    def paint(self, painter: QPainter, text: str, end: QPointF) -> None:
        """Draw a word whose baseline ends at a point."""
        if text not in self._images:
            self._images[text] = _word_image(self._theme, text, self._ratio)
        image = self._images[text]
        painter.drawImage(QPointF(end.x() - image.width() / self._ratio, end.y() - self._ascent), image)


def _word_image(theme: ThemeSource, text: str, ratio: float) -> QImage:
    metrics = QFontMetricsF(theme.font("small"))
    size = (math.ceil(metrics.horizontalAdvance(text) * ratio), math.ceil(metrics.height() * ratio))
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(theme.colour("plot"))
    painter = QPainter(image)
    painter.setFont(theme.font("small"))
    painter.setPen(theme.colour("text3"))
    painter.drawText(QPointF(0, math.ceil(metrics.ascent())), text)
    painter.end()
    return image


def paint_all_names(painter: QPainter, theme: ThemeSource, rows: Rows) -> dict[tuple[int, str], QPointF]:
    """The names of (number, row, plot's box) rows; returns where each value goes."""
    return {(number, name): at for number, row, box in rows for name, at in paint_names(painter, theme, row, box).items()}


def paint_value(
    painter: QPainter,
    theme: ThemeSource,
    channel: ChannelView,
    known: tuple[LastValue | None, LastValue | None],
    at: QPointF,
    least_digits: int = 0,
) -> None:
    """The last known value at the cursor with its unit, grey after a gap, and the difference to the second cursor's."""
    now, base = known
    unit = unit_words(channel.unit)
    text = value_text(now.value, unit, least_digits) if now else quantity(None, unit)
    painter.setFont(theme.font("value"))
    painter.setPen(theme.colour("text2" if now is None or now.is_late else "text1"))
    line = at.y() + painter.fontMetrics().ascent() + 2
    painter.drawText(QPointF(at.x(), line), text)
    width = painter.fontMetrics().horizontalAdvance(text)
    painter.setFont(theme.font("caption"))
    painter.setPen(theme.colour("text3"))
    if base is None or now is None:
        painter.drawText(QPointF(at.x() + width + 5, line), unit)
        return
    text = _difference(now.value - base.value, unit)
    metrics = painter.fontMetrics()
    painter.setPen(theme.colour("accent"))
    for words in (f"{text} {unit}", text):
        if width + 5 + metrics.horizontalAdvance(words) <= NAME_PX:
            painter.drawText(QPointF(at.x() + width + 5, line), words)
            return
    painter.drawText(QPointF(at.x(), line + metrics.height()), text)


def value_text(value: float, unit: str, least_digits: int = 0) -> str:
    """A value with the digits that its unit deserves, or more where the plot tells more apart."""
    return number(value, max(digits_of(unit, value), least_digits))


def _difference(difference: float, unit: str) -> str:
    """'Δ −0.6'; what the unit's digits would hide is said with two digits of its own."""
    shown = quantity(difference, unit)
    if difference and not any(digit in shown for digit in "123456789"):
        shown = f"{abs(difference):.2g}" if difference > 0 else f"{MINUS}{abs(difference):.2g}"
    return f"Δ {'+' if difference > 0 else ''}{shown}"


def _paint_several(painter: QPainter, theme: ThemeSource, row: PlotRow, box: QRectF) -> dict[str, QPointF]:
    """A block a channel with a swatch of its curve at the edge."""
    step = (box.height() + 8) / len(row.channels)
    places = {}
    for place, channel in enumerate(row.channels):
        top = box.top() + place * step
        is_hidden = row.look(place).is_hidden
        _paint_swatch(painter, theme, row, place, (top + 2, top + min(step, 34) - 4))
        font = fitting_font(theme.font("small"), channel.name, NAME_PX)
        font.setStrikeOut(is_hidden)
        painter.setFont(font)
        painter.setPen(theme.colour("text3" if is_hidden else "text1"))
        painter.drawText(QPointF(EDGE_PX, top + painter.fontMetrics().ascent()), channel.name)
        _paint_state(painter, theme, channel, painter.font(), QPointF(EDGE_PX, top - 2))
        places[channel.name] = QPointF(EDGE_PX, top + 12)
    return places


def _paint_swatch(painter: QPainter, theme: ThemeSource, row: PlotRow, number: int, ends_px: tuple[float, float]) -> None:
    """The colour of a curve at the left edge: full, or an empty frame for a hidden one. A click on it hides and shows."""
    colour = row.colour(number)
    if row.look(number).is_hidden:
        painter.setPen(QPen(theme.colour("text3"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(EDGE_PX - 9.5, ends_px[0], _SWATCH_PX, ends_px[1] - ends_px[0]))
        return
    pen = QPen(curve_colour(theme, colour), _SWATCH_PX)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if colour >= DASHED_FROM:
        pen.setDashPattern([2.0, 1.2])
    painter.setPen(pen)
    painter.drawLine(QPointF(EDGE_PX - 8, ends_px[0]), QPointF(EDGE_PX - 8, ends_px[1]))


def _paint_state(painter: QPainter, theme: ThemeSource, channel: ChannelView, font: QFont, at: QPointF) -> None:
    """The symbol of the worst finding behind the name, where there is room."""
    state = find_state(channel.state)
    if state is None:
        return
    width = QFontMetricsF(fitting_font(QFont(font), channel.name, NAME_PX)).horizontalAdvance(channel.name)
    if at.x() + width + 5 + _STATE_PX < GUTTER_PX:
        scale = painter.device().devicePixelRatioF()
        painter.drawPixmap(QPointF(at.x() + width + 5, at.y() + 2), theme.state_pixmap(state, _STATE_PX, scale))
