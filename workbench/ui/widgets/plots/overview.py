"""The overview strip: one channel over everything, and the part that is shown as a region to drag or resize."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap

from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.plots.curves import comfortable, draw_strokes, limits_of, strokes
from workbench.ui.widgets.plots.geometry import EDGE_PX, GUTTER_PX
from workbench.ui.widgets.plots.gutter import fitting_font
from workbench.ui.widgets.plots.strip import Strip
from workbench.ui.widgets.plots.time_view import TimeView

if TYPE_CHECKING:
    from workbench.services.log_views import AssetLogs

OVERVIEW_PX = 50
_TOP_PX = 10
_BOTTOM_PX = 50
_REACH_PX = 7.0
_HANDLE = (4.0, 14.0)
_NAME_PX = GUTTER_PX - EDGE_PX - 8
"""No ticks stand beside it: its name has the whole gutter."""


class OverviewStrip(Strip):
    """Drag inside the region to pan, its ends to resize; a click elsewhere centres it. Keys: arrows, + and −."""

    def __init__(self, theme: ThemeSource, view: TimeView) -> None:
        super().__init__(theme, view)
        self.setFixedHeight(OVERVIEW_PX)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Overview"))
        self.setMouseTracking(True)
        self.setProperty("no_ring", True)
        self._logs: AssetLogs | None = None
        self._channel = ""
        self._picture: tuple[object, QPixmap] | None = None
        self._drag: tuple[str, int, int, int] | None = None

    def set_channel(self, logs: AssetLogs | None, channel: str) -> None:
        """Draw this channel."""
        self._logs, self._channel, self._picture = logs, channel, None
        self.update()

    def region(self) -> QRectF:
        """The area of the part that is shown."""
        left, right = self.columns.whole_x_px(self.view.start_ns), self.columns.whole_x_px(self.view.end_ns)
        return QRectF(left, _TOP_PX, max(3.0, right - left), _BOTTOM_PX - _TOP_PX)

    def wheel_centre(self, x_px: float) -> int:
        return min(max(self.columns.whole_at_ns(x_px), self.view.start_ns), self.view.end_ns)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        part = self._part_at(event.position())
        at_ns = self.columns.whole_at_ns(event.position().x())
        if part == "":
            self.view.move_by(at_ns - (self.view.start_ns + self.view.end_ns) // 2)
            part = "middle"
        self._drag = (part, at_ns, self.view.start_ns, self.view.end_ns)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is None:
            part = self._part_at(event.position())
            shapes = {
                "start": Qt.CursorShape.SizeHorCursor,
                "end": Qt.CursorShape.SizeHorCursor,
                "middle": Qt.CursorShape.OpenHandCursor,
            }
            self.setCursor(shapes.get(part, Qt.CursorShape.ArrowCursor))
            return
        part, from_ns, start_ns, end_ns = self._drag
        shift_ns = self.columns.whole_at_ns(event.position().x()) - from_ns
        if part == "middle":
            self.view.show_range(start_ns + shift_ns, end_ns + shift_ns)
        elif part == "start":  # the other end stays, however far one drags
            self.view.show_range(max(self.view.full_ns[0], min(start_ns + shift_ns, end_ns - self.view.least_ns)), end_ns)
        else:
            self.view.show_range(start_ns, min(self.view.full_ns[1], max(end_ns + shift_ns, start_ns + self.view.least_ns)))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._drag = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1.0, Qt.Key.Key_Right: 1.0}.get(Qt.Key(event.key()))
        if steps is not None:
            self.view.pan(5 * steps)
        elif event.text() in {"+", "="}:
            self.view.zoom(1)
        elif event.text() == "-":
            self.view.zoom(-1)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def _on_cursor(self) -> None:
        """The overview shows no cursor."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        end = self.paint_gutter(painter, [(self.tr("Overview"), "small", "text2")], 10)
        painter.setFont(fitting_font(self.theme.font("small"), self._channel.replace(" ", "_"), _NAME_PX))
        name = painter.fontMetrics().elidedText(self._channel, Qt.TextElideMode.ElideMiddle, _NAME_PX)
        painter.drawText(QPointF(EDGE_PX, end + painter.fontMetrics().ascent()), name)
        if self._logs is not None and self._channel:
            self._paint_curve(painter)
        self._paint_region(painter)
        painter.end()

    def _paint_curve(self, painter: QPainter) -> None:
        columns, region = self.columns, self.region()
        area = QRectF(columns.left, _TOP_PX, columns.width, _BOTTOM_PX - _TOP_PX)
        painter.fillRect(area, self.theme.colour("bg1"))
        painter.drawPixmap(0, 0, self._drawn(is_inside=False))
        painter.save()
        painter.setClipRect(region)
        painter.fillRect(region, self.theme.colour("plot"))
        painter.drawPixmap(0, 0, self._drawn(is_inside=True))
        painter.restore()

    def _tones(self) -> tuple[str, str]:
        """Of the curve outside and inside the region. Where the ground is the plot's own, as in sunlight, it alone tells them."""
        return "border_mid" if self.theme.tokens["bg1"] != self.theme.tokens["plot"] else "grid", "text3"

    def _drawn(self, *, is_inside: bool) -> QPixmap:
        """Both pictures in one pixmap, kept until something but the range changes: the region only moves over them."""
        key = (self.width(), self.view.full_ns, self.theme.tokens.name, self._channel, id(self._logs), self.devicePixelRatioF())
        if self._picture is None or self._picture[0] != key:
            self._picture = (key, self._draw_both())
        both, scale = self._picture[1], self.devicePixelRatioF()
        top = round(OVERVIEW_PX * scale) if is_inside else 0
        part = both.copy(0, top, both.width(), round(OVERVIEW_PX * scale))
        part.setDevicePixelRatio(scale)
        return part

    def _draw_both(self) -> QPixmap:
        assert self._logs is not None
        scale, columns = self.devicePixelRatioF(), self.columns
        picture = QPixmap(round(self.width() * scale), round(2 * OVERVIEW_PX * scale))
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        first, last = self.view.full_ns
        found = self._logs.envelopes(self._channel, first, last, round(columns.width))
        low, high = comfortable(limits_of(found), None)
        slope = columns.width / (last - first)
        painter = QPainter(picture)
        for number, tone in enumerate(self._tones()):
            height = -(_BOTTOM_PX - _TOP_PX) / (high - low)
            y_scale = (_BOTTOM_PX - low * height + number * OVERVIEW_PX, height)
            for one in found:
                drawn = strokes(one, first, (columns.left, slope), y_scale)
                draw_strokes(painter, drawn, self.theme.colour(tone), 1.0)
        painter.end()
        return picture

    def _paint_region(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        region = self.region().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(self.theme.colour("accent"), 2.4 if self.hasFocus() else 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(region)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.colour("accent"))
        for x in (region.left(), region.right()):
            painter.drawRoundedRect(QRectF(x - _HANDLE[0] / 2, region.center().y() - _HANDLE[1] / 2, *_HANDLE), 2, 2)

    def _part_at(self, at: QPointF) -> str:
        region = self.region()
        if abs(at.x() - region.left()) <= _REACH_PX and abs(at.x() - region.left()) <= abs(at.x() - region.right()):
            return "start"
        if abs(at.x() - region.right()) <= _REACH_PX:
            return "end"
        return "middle" if region.left() < at.x() < region.right() else ""
