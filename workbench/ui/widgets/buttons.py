"""Buttons: primary (ink, at most one a page), secondary, flat, danger (never beside the primary), and icon-only."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QPushButton

from workbench.ui.actions import Action
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.text import plain_tip

ICON_PX = 16
_AIR_PX = 4
_ICON_TONES = {"primary": "on_ink", "secondary": "text1", "flat": "text2", "danger": "failure_text"}


class Button(QPushButton):
    """A push button of one kind whose icon follows theme and enablement."""

    def __init__(self, theme: ThemeSource, text: str, icon: str = "", *, kind: str = "secondary") -> None:
        super().__init__(text)
        self._theme = theme
        self._icon_name = icon
        self._kind = kind
        self.setProperty("kind", kind)
        self.setIconSize(QSize(ICON_PX, ICON_PX))
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAutoDefault(False)
        theme.changed.connect(self._draw_icon)
        self._draw_icon()

    def set_icon_name(self, icon: str) -> None:
        """Another icon."""
        self._icon_name = icon
        self._draw_icon()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self._draw_icon()

    def _draw_icon(self, _tokens: object = None) -> None:
        if not self._icon_name:
            return
        tone = _ICON_TONES[self._kind] if self.isEnabled() else "text_disabled"
        icon = self._theme.icon(self._icon_name, tone)
        if self.text():
            # Qt leaves 4 px between icon and text; the look asks for 8: the rest is air inside the pixmap.
            self.setIconSize(QSize(ICON_PX + _AIR_PX, ICON_PX))
            icon = _with_air(icon, self.devicePixelRatioF())
        self.setIcon(icon)


def _with_air(icon: QIcon, scale: float) -> QIcon:
    canvas = QPixmap(round((ICON_PX + _AIR_PX) * scale), round(ICON_PX * scale))
    canvas.setDevicePixelRatio(scale)
    canvas.fill(Qt.GlobalColor.transparent)
    painter = QPainter(canvas)
    painter.drawPixmap(0, 0, icon.pixmap(QSize(ICON_PX, ICON_PX), scale))
    painter.end()
    shown = QIcon(canvas)
    shown.addPixmap(canvas, QIcon.Mode.Disabled)
    return shown


class PrimaryButton(Button):
    """What this page is for."""

    def __init__(self, theme: ThemeSource, text: str, icon: str = "") -> None:
        super().__init__(theme, text, icon, kind="primary")


class SecondaryButton(Button):
    """What else can be done."""

    def __init__(self, theme: ThemeSource, text: str, icon: str = "") -> None:
        super().__init__(theme, text, icon, kind="secondary")


class FlatButton(Button):
    """A quiet act inside a card or a row."""

    def __init__(self, theme: ThemeSource, text: str, icon: str = "") -> None:
        super().__init__(theme, text, icon, kind="flat")


class IconButton(Button):
    """An icon alone; its name is what a screen reader and the tooltip say."""

    def __init__(self, theme: ThemeSource, icon: str, name: str) -> None:
        super().__init__(theme, "", icon, kind="flat")
        self.setProperty("fit", "icon")
        self.setAccessibleName(name)
        self.setToolTip(plain_tip(name))


class ActionButton(Button):
    """A button made from an Action; `refresh` asks it again whether it is blocked."""

    def __init__(self, theme: ThemeSource, action: Action, *, kind: str = "secondary") -> None:
        super().__init__(theme, action.title, action.icon, kind=kind)
        self.action = action
        self.words = ", ".join(action.keys)
        """What the tooltip says when it can be pressed."""
        self.setObjectName(f"button:{action.id}")
        self.clicked.connect(self._on_clicked)
        self.refresh()

    def refresh(self) -> None:
        """Enable or disable; the reason becomes the tooltip, and `reason` is for showing it beside."""
        self.setEnabled(not self.reason)
        self.setToolTip(plain_tip(self.reason) or self.words)

    @property
    def reason(self) -> str:
        """Why it can't be pressed now, '' when it can."""
        return self.action.blocked()

    def _on_clicked(self) -> None:
        self.action.callback()
