"""A slider drawn with our tokens: the part left of the handle is where you are. A click goes there at once."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSlider

from workbench.ui.theme import ThemeSource

_HEIGHT_PX = 24
_TRACK_PX = 4
_REST_PX = 2
_HANDLE_PX = (10, 18)


class Slider(QSlider):
    """Horizontal; arrows move by one step, Page Up and Down by ten; the wheel only while it has the focus."""

    def __init__(self, theme: ThemeSource, n_steps: int, name: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._theme = theme
        self.setRange(0, n_steps)
        self.setSingleStep(max(1, n_steps // 200))
        self.setPageStep(max(1, n_steps // 20))
        self.setAccessibleName(name)
        self.setFixedHeight(_HEIGHT_PX)
        theme.changed.connect(self._redraw)

    def sizeHint(self) -> QSize:
        return QSize(160, _HEIGHT_PX)

    def handle_px(self) -> float:
        """Where the handle's middle is."""
        return self._left() + self._room() * (self.value() - self.minimum()) / max(1, self.maximum() - self.minimum())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle, at = self.height() / 2, self.handle_px()
        painter.setPen(Qt.PenStyle.NoPen)
        for left, right, tone, height in ((at, self.width(), "border_mid", _REST_PX), (0, at, "accent", _TRACK_PX)):
            painter.setBrush(self._theme.colour(tone))
            painter.drawRoundedRect(QRectF(left, middle - height / 2, right - left, height), height / 2, height / 2)
        width, height = _HANDLE_PX
        painter.setPen(QPen(self._theme.colour("accent"), 2))
        painter.setBrush(self._theme.colour("bg2"))
        painter.drawRoundedRect(QRectF(at - width / 2, middle - height / 2, width, height), 3, 3)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._go_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._go_to(event.position().x())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _go_to(self, x: float) -> None:
        share = min(1.0, max(0.0, (x - self._left()) / max(1.0, self._room())))
        self.setValue(self.minimum() + round(share * (self.maximum() - self.minimum())))

    @staticmethod
    def _left() -> float:
        return _HANDLE_PX[0] / 2 + 1

    def _room(self) -> float:
        return self.width() - 2 * self._left()

    def _redraw(self, _tokens: object) -> None:
        self.update()
