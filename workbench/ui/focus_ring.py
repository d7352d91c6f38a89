"""The focus ring: 2 px accent, 2 px outside the widget that has the keyboard (inside where a widget says `focus_inside`).

One overlay a window, so that every widget has the same ring and nobody has to paint it. Shown for the keyboard, and for text
fields always; hidden after a click on a button.
"""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QApplication, QWidget

from workbench.ui.theme import ThemeSource

_OFFSET_PX = 2
_WIDTH_PX = 2
_FIELDS = ("QLineEdit", "QPlainTextEdit", "QComboBox")
"""Asked for by name: naming the classes would make PySide6 build them, and their enums, before the first paint."""
_MOVES = {QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.LayoutRequest}


class FocusRing(QWidget):
    """Lies over the window and lets everything through."""

    def __init__(self, theme: ThemeSource, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self._watched: list[QWidget] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._on_focus)
        theme.changed.connect(self._redraw)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in _MOVES:
            self._place()
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("focus"), _WIDTH_PX))
        half = _WIDTH_PX / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), 6, 6)
        painter.end()

    def _on_focus(self, _old: QWidget | None, new: QWidget | None) -> None:
        for former in self._watched:
            if shiboken6.isValid(former):
                former.removeEventFilter(self)
        self._watched = []
        if new is None or new.window() is not self.window() or not _wants_ring(new):
            self.hide()
            return
        widget: QWidget | None = new
        while widget is not None and widget is not self.window():
            widget.installEventFilter(self)
            self._watched.append(widget)
            widget = widget.parentWidget()
        self._place()

    def _place(self) -> None:
        is_whole = bool(self._watched) and all(shiboken6.isValid(widget) for widget in self._watched)
        if not is_whole or not self._watched[0].isVisible():
            self.hide()
            return
        widget = self._watched[0]
        grow = 0 if widget.property("focus_inside") else _OFFSET_PX + _WIDTH_PX
        corner = widget.mapTo(self.window(), QPoint(0, 0))
        box = QRect(corner, widget.size()).adjusted(-grow, -grow, grow, grow)
        shown = box.intersected(self.window().rect())
        for parent in self._watched[1:]:
            above = parent.parentWidget()
            if parent.property("clips") or (above is not None and above.inherits("QAbstractItemView")):
                shown = shown.intersected(QRect(parent.mapTo(self.window(), QPoint(0, 0)), parent.size()))
        self.setGeometry(box)
        self.setMask(QRegion(shown.translated(-box.topLeft())))
        self.setVisible(not shown.isEmpty())
        self.raise_()

    def _redraw(self, _tokens: object) -> None:
        self.update()


def _wants_ring(widget: QWidget) -> bool:
    if widget.property("no_ring"):
        return False
    return any(map(widget.inherits, _FIELDS)) or QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton
