"""Buttons with a menu: things to turn on and off, such as channels, or one of several to take, such as a tag."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from workbench.ui.theme import ThemeSource
from workbench.ui.widgets.buttons import SecondaryButton


class CheckMenuButton(SecondaryButton):
    """`changed(names)` after one was turned on or off; at least one stays on. `switched(is_on)` of the switch below them."""

    changed = Signal(object)
    switched = Signal(bool)

    def __init__(self, theme: ThemeSource, text: str, icon: str = "") -> None:
        super().__init__(theme, text, icon)
        self.menu_box = QMenu(self)
        self.menu_box.triggered.connect(self._on_triggered)
        self.clicked.connect(self._on_clicked)
        # Not the menu's children: `clear` would delete them.
        self._line = QAction(self)
        self._line.setSeparator(True)
        self.switch = QAction(self)
        self.switch.setCheckable(True)
        self.show_switch("", is_shown=False)

    def show_switch(self, text: str, *, is_shown: bool, is_on: bool = True) -> None:
        """One more thing to turn on and off, apart from the options."""
        self.switch.setText(text.replace("&", "&&"))
        self.switch.setChecked(is_on)
        for action in (self._line, self.switch):
            action.setVisible(is_shown)

    def set_options(self, options: Iterable[tuple[str, str]], checked: tuple[str, ...]) -> None:
        """(name, text) pairs, and the names that are on."""
        self.menu_box.clear()
        for name, text in options:
            action = QAction(text.replace("&", "&&"), self.menu_box)
            action.setCheckable(True)
            action.setChecked(name in checked)
            action.setData(name)
            self.menu_box.addAction(action)
        self.menu_box.addActions([self._line, self.switch])

    def checked(self) -> tuple[str, ...]:
        """The names that are on."""
        options = (action for action in self.menu_box.actions() if action is not self.switch)
        return tuple(str(action.data()) for action in options if action.isChecked())

    def _on_clicked(self) -> None:
        self.menu_box.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def _on_triggered(self, action: QAction) -> None:
        if action is self.switch:
            self.switched.emit(action.isChecked())
            return
        if not self.checked():
            action.setChecked(True)
        self.changed.emit(self.checked())


class PickMenuButton(SecondaryButton):
    """`picked(text)` when one of the menu's texts was taken: what could also be typed."""

    picked = Signal(str)

    def __init__(self, theme: ThemeSource, text: str, icon: str = "") -> None:
        super().__init__(theme, text, icon)
        self.menu_box = QMenu(self)
        self.menu_box.triggered.connect(self._on_triggered)
        self.clicked.connect(self._on_clicked)

    def set_texts(self, texts: Iterable[str]) -> None:
        """What can be taken; without any the button is disabled."""
        self.menu_box.clear()
        for text in texts:
            action = QAction(text.replace("&", "&&"), self.menu_box)
            action.setData(text)
            self.menu_box.addAction(action)
        self.setEnabled(bool(self.menu_box.actions()))

    def _on_clicked(self) -> None:
        self.menu_box.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def _on_triggered(self, action: QAction) -> None:
        self.picked.emit(str(action.data()))
