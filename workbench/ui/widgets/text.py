"""Text, icons and lines: the smallest parts. Text is always plain: what comes from files is never read as markup."""

from __future__ import annotations

import html

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from workbench.ui.states import State
from workbench.ui.theme import ThemeSource


class Text(QLabel):
    """A label of the type scale. `kind`: caption small body strong label value title display group; `tone`: a text token."""

    def __init__(
        self,
        text: str = "",
        kind: str = "body",
        tone: str = "text1",
        *,
        is_mono: bool = False,
        is_wrapped: bool = False,
    ) -> None:
        super().__init__(text.upper() if kind == "group" else text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("type", kind)
        self.setProperty("tone", tone)
        self.setProperty("mono", is_mono)
        if is_wrapped:
            self.setWordWrap(True)
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.MinimumExpanding)

    def set_tone(self, tone: str) -> None:
        """Another colour token."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            polish_again(self)


class CutText(Text):
    """One line with '…' at its end, or in its middle, where there is no room; the whole is its tool tip. `most_px`: as wide as
    it gets, at most.
    """

    def __init__(
        self, text: str = "", kind: str = "body", tone: str = "text1", *, most_px: int = 0, is_cut_inside: bool = False
    ) -> None:
        super().__init__(text, kind, tone)
        self._cut = Qt.TextElideMode.ElideMiddle if is_cut_inside else Qt.TextElideMode.ElideRight
        self.setToolTip(plain_tip(text))
        self._most_px = most_px
        self.setSizePolicy(QSizePolicy.Policy.Preferred if most_px else QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(min(hint.width(), self._most_px), hint.height()) if self._most_px else hint

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        fitted = self.fontMetrics().elidedText(self.text(), self._cut, self.width())
        painter.drawText(self.contentsRect(), self.alignment(), fitted)
        painter.end()


class IconLabel(QLabel):
    """A plain icon that follows the theme."""

    def __init__(self, theme: ThemeSource, name: str, tone: str = "text2", size_px: int = 16) -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        self._tone = tone
        self._size_px = size_px
        self.setFixedSize(size_px, size_px)
        theme.changed.connect(self._draw)
        self._draw()

    def _draw(self, _tokens: object = None) -> None:
        self.setPixmap(self._theme.pixmap(self._name, self._tone, self._size_px, self.devicePixelRatioF()))


class StateSymbol(QLabel):
    """The symbol of a state alone; a word must stand beside it."""

    def __init__(self, theme: ThemeSource, state: State, size_px: int = 16, *, is_filled: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._state = state
        self._size_px = size_px
        self._is_filled = is_filled
        self.setFixedSize(size_px, size_px)
        theme.changed.connect(self._draw)
        self._draw()

    def set_state(self, state: State) -> None:
        """Another state."""
        self._state = state
        self._draw()

    def _draw(self, _tokens: object = None) -> None:
        scale = self.devicePixelRatioF()
        self.setPixmap(self._theme.state_pixmap(self._state, self._size_px, scale, is_filled=self._is_filled))


class KeyCap(QLabel):
    """A key on the keyboard, such as 'Ctrl K'."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setProperty("type", "caption")
        self.setProperty("tone", "text2")
        self.setProperty("cap", True)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)


def hairline(*, is_vertical: bool = False) -> QFrame:
    """A 1 px line in the border colour."""
    line = QFrame()
    line.setProperty("frame", "line")
    if is_vertical:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line


def plain_tip(text: str) -> str:
    """A tool tip that shows `text` as it is: Qt would take what looks like markup for markup, and load its pictures."""
    return f"<qt>{html.escape(text)}</qt>".replace("\n", "<br>") if "<" in text else text


def polish_again(widget: QWidget) -> None:
    """Make the style sheet look at changed properties."""
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()
