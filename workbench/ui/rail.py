"""The left rail: where you are in the loop, and a 12 px symbol where something needs you."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QWidget

from workbench.ui.page_table import PageEntry, page_title
from workbench.ui.states import State, state_word
from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.layouts import vertical

WIDTH_PX = 76
ITEM_PX = 56
_ICON_PX = 20
_LOGO_PX = 24


class RailButton(QAbstractButton):
    """One page on the rail, painted: icon over word; indigo where you are."""

    def __init__(self, theme: ThemeSource, icon: str, text: str, *, is_logo: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._icon_name = icon
        self._is_logo = is_logo
        self._state: State | None = None
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(text if is_logo else "")
        self.setFixedHeight(ITEM_PX)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setProperty("focus_inside", True)
        theme.changed.connect(self._redraw)

    def set_state(self, state: State | None) -> None:
        """Put a symbol beside the icon, or take it away."""
        self._state = state
        self.setAccessibleDescription("" if state is None else state_word(state))
        self.setToolTip("" if state is None else state_word(state))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH_PX, ITEM_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme, is_on, scale = self._theme, self.isChecked(), self.devicePixelRatioF()
        if is_on:
            painter.fillRect(self.rect(), theme.colour("selection"))
            painter.fillRect(QRect(0, 0, 3, self.height()), theme.colour("accent"))
        elif self.underMouse() and not self._is_logo:
            painter.fillRect(self.rect(), theme.colour("bg3"))
        tone = "text1" if is_on or self._is_logo else "text2"
        if self._is_logo:
            left = (self.width() - 1 - _LOGO_PX) // 2 + 1
            painter.drawPixmap(left, 16, theme.pixmap(self._icon_name, tone, _LOGO_PX, scale))
        else:
            left = (self.width() - 1 - _ICON_PX) // 2
            painter.drawPixmap(left, 9, theme.pixmap(self._icon_name, tone, _ICON_PX, scale))
            painter.setFont(theme.font("group" if is_on else "caption"))
            painter.setPen(theme.colour(tone))
            painter.drawText(QRectF(0, 32, self.width() - 1, 16), Qt.AlignmentFlag.AlignCenter, self.text())
            if self._state is not None:
                painter.drawPixmap(left + 19, 8, theme.state_pixmap(self._state, 12, scale, is_filled=True))
        painter.end()

    def _redraw(self, _tokens: object) -> None:
        self.update()


class Rail(QWidget):
    """Emits `chosen(page id)`, and `menu_asked` from the menu item."""

    chosen = Signal(str)
    menu_asked = Signal()

    def __init__(self, theme: ThemeSource, entries: Iterable[PageEntry]) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("surface", "rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH_PX)
        self._group = QButtonGroup(self)
        self._buttons: dict[str, RailButton] = {}
        column = vertical(self, margins_px=(0, 0, 1, 0))
        listed = [entry for entry in entries if entry.place != "hidden"]
        for entry in [item for item in listed if item.place != "bottom"]:
            column.addWidget(self._make(entry))
        column.addStretch(1)
        self.menu_button = RailButton(theme, "more", self.tr("Menu"))
        self.menu_button.setToolTip("F10")
        self.menu_button.clicked.connect(self.menu_asked)
        column.addWidget(self.menu_button)
        for entry in [item for item in listed if item.place == "bottom"]:
            column.addWidget(self._make(entry))
        self._group.idClicked.connect(self._on_clicked)
        theme.changed.connect(self._redraw)

    def button(self, page_id: str) -> RailButton:
        """The button of a page."""
        return self._buttons[page_id]

    def set_current(self, page_id: str) -> None:
        """Show where we are; a page that is not on the rail leaves none on."""
        if page_id in self._buttons:
            self._buttons[page_id].setChecked(True)
            return
        self._group.setExclusive(False)
        for button in self._buttons.values():
            button.setChecked(False)
        self._group.setExclusive(True)

    def set_state(self, page_id: str, state: State | None) -> None:
        """Put a symbol on a page's item."""
        if page_id in self._buttons:
            self._buttons[page_id].set_state(state)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.fillRect(QRect(0, 0, self.width(), self.height()), self._theme.colour("bg0"))
        painter.fillRect(QRect(self.width() - 1, 0, 1, self.height()), self._theme.colour("border"))
        painter.end()

    def _make(self, entry: PageEntry) -> RailButton:
        button = RailButton(self._theme, entry.icon, page_title(entry.id), is_logo=entry.place == "top")
        button.setCheckable(True)
        button.setObjectName(f"rail:{entry.id}")
        self._group.addButton(button, len(self._buttons))
        self._buttons[entry.id] = button
        return button

    def _on_clicked(self, number: int) -> None:
        self.chosen.emit(list(self._buttons)[number])

    def _redraw(self, _tokens: object) -> None:
        self.update()
