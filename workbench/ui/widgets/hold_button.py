"""Press and hold for two seconds: the second touch of an act that writes. Works with mouse, Space and Enter."""

from __future__ import annotations

import time

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from workbench.ui.theme import ThemeSource

HOLD_S = 2.0
HEIGHT_PX = 56
_FILL_PX = 6
_TICK_MS = 30
_HOLD_KEYS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class HoldButton(QWidget):
    """Emits `held` once it was held for `HOLD_S`; letting go earlier does nothing. Locked shows a lock and the text."""

    held = Signal()

    def __init__(self, theme: ThemeSource, text: str, icon: str = "upload", *, hold_s: float = HOLD_S) -> None:
        super().__init__()
        self._theme = theme
        self._text = text
        self._icon = icon
        self._hold_s = hold_s
        self._is_locked = False
        self._since_s: float | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        self.setFixedHeight(HEIGHT_PX)
        self.setMinimumWidth(200)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(text)
        theme.changed.connect(self._redraw)

    def sizeHint(self) -> QSize:
        return QSize(268, HEIGHT_PX)

    @property
    def is_locked(self) -> bool:
        """Whether it can't be pressed."""
        return self._is_locked

    def unlock(self, text: str, icon: str = "upload") -> None:
        """Make it pressable, saying what will happen: 'Hold to write 2.3.0'."""
        self._text, self._icon, self._is_locked = text, icon, False
        self.setAccessibleName(text)
        self.update()

    def lock(self, text: str) -> None:
        """Make it unpressable; put the reason in a line beside it too."""
        self._text, self._is_locked = text, True
        self.setAccessibleName(text)
        self._let_go()

    def press(self) -> None:
        """Begin to hold."""
        if not self._is_locked and self._since_s is None:
            self._since_s = time.monotonic()
            self._timer.start()
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.press()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._let_go()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _HOLD_KEYS:
            if not event.isAutoRepeat():
                self.press()
            return
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() in _HOLD_KEYS:
            if not event.isAutoRepeat():
                self._let_go()
            return
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._let_go()
        super().focusOutEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        fill, edge, tone = ("bg3", "border_mid", "text_disabled") if self._is_locked else ("ink", "ink", "on_ink")
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(theme.colour(edge), 1))
        painter.setBrush(theme.colour(fill))
        painter.drawRoundedRect(box, 4, 4)
        self._paint_words(painter, tone)
        if self._since_s is not None:
            width = (self.width() - 2) * min(1.0, self._elapsed_s() / self._hold_s)
            painter.fillRect(QRectF(1, self.height() - 1 - _FILL_PX, width, _FILL_PX), QColor(theme.tokens["on_ink"]))
        painter.end()

    def _paint_words(self, painter: QPainter, tone: str) -> None:
        font = self._theme.font("value")
        painter.setFont(font)
        painter.setPen(self._theme.colour(tone))
        text = self._shown_text()
        width = painter.fontMetrics().horizontalAdvance(text)
        start = (self.width() - width - 28) / 2
        icon = self._theme.pixmap("lock" if self._is_locked else self._icon, tone, 18, self.devicePixelRatioF())
        painter.drawPixmap(int(start), (self.height() - 18) // 2, icon)
        painter.drawText(QRectF(start + 28, 0, width + 8, self.height()), Qt.AlignmentFlag.AlignVCenter, text)

    def _shown_text(self) -> str:
        if self._since_s is None:
            return self._text
        left_s = max(0.0, self._hold_s - self._elapsed_s())
        return self.tr("Keep holding, {seconds} s").format(seconds=f"{left_s:.1f}")

    def _elapsed_s(self) -> float:
        return 0.0 if self._since_s is None else time.monotonic() - self._since_s

    def _on_tick(self) -> None:
        if self._elapsed_s() >= self._hold_s:
            self._let_go()
            self.held.emit()
        self.update()

    def _let_go(self) -> None:
        self._since_s = None
        self._timer.stop()
        self.update()

    def _redraw(self, _tokens: object) -> None:
        self.update()
